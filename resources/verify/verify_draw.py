#!/usr/bin/env python3
"""Recompute a draw record (algorithm cs1) with the Python standard library alone.

    python3 verify_draw.py record.json | record.pdf | FOLDER OF A DRAW

Shares no code with the program that made the record. Exit code 0: all agrees; 1: differences named; 2: no record.
"""
import hashlib, json, os, re, sys, zlib

FILES = (("pool", "pool.int"), ("poolpub", "pool.pub"), ("plan", "plan"), ("staff", "staff"))

def sha(data):
    return hashlib.sha256(data).hexdigest()

def ticket(seed, name):
    d = sha((sha(seed.encode()) + name).encode())
    return "0." + str(int(d, 16)).zfill(64)[::-1]

def rows(text):
    return [line.split("\t") for line in text.rstrip("\n").split("\n")]

def words(field):
    return [] if field == "-" else field.split(",")

def read(path):
    with open(path, "rb") as file:
        return file.read()

def load(path):
    """The record of a .json, of the attachment of a .pdf, or of an exported folder."""
    if os.path.isdir(path):
        record = load(os.path.join(path, "record.json"))
        record["files"] = {name: read(os.path.join(path, name)).decode("utf-8") for name in record["files"]}
        return record
    data = read(path)
    if not data.startswith(b"%PDF"): return json.loads(data.decode("utf-8"))
    for found in re.finditer(rb"stream\r?\n", data):
        try:
            plain = zlib.decompressobj().decompress(data[found.end():])
        except zlib.error: continue
        if b'"SSJ-RECORD-1"' in plain and plain[:1] == b"{":
            return json.loads(plain.decode("utf-8"))
    raise ValueError("PDF 里没有 record.json 附件")

def quotas(rules, total, n):
    """k per stratum; None where every object is drawn with a probability."""
    def own(mode, ratio, least, number, count):
        if mode == "NUMBER": return min(number, count)
        exact = count * ratio + (9999 if mode == "RATIO" else 0)
        return None if mode == "PROBABILITY" else min(max(exact // 10000, least), count)
    k = {c: own(r[2], int(r[3]), int(r[4]), int(r[5]), n[c]) for c, r in rules.items() if r[2] != "TOTAL"}
    shared = [c for c, r in rules.items() if r[2] == "TOTAL"]
    whole = sum(n[c] for c in shared) or 1
    wanted = min(total, whole) if any(n[c] for c in shared) else 0
    k.update({c: wanted * n[c] // whole for c in shared})
    order = sorted(shared, key=lambda c: (-(wanted * n[c] % whole), -n[c], c))
    for code in order[:wanted - sum(k[c] for c in shared)]:
        k[code] += 1
    return k

def draw(pool, plan, seed):
    """Strata as the record writes them."""
    rules = {r[1]: r for r in plan if r[0] == "stratum"}
    total = next(int(r[1]) if r[1] != "-" else 0 for r in plan if r[0] == "total")
    tickets = {c: {"E": [], "X": []} for c in rules}
    for row in pool:
        tickets[row[2]][row[3]].append((ticket(seed + "-O", row[0]), row[0]))
    k, strata = quotas(rules, total, {c: len(t["E"]) for c, t in tickets.items()}), []
    for code in sorted(rules):
        order = sorted(tickets[code]["E"])
        if k[code] is None:
            cut = "0.%04d" % int(rules[code][3]) if int(rules[code][3]) < 10000 else "1.0000"
            drawn, spare, out = [p for p in order if p[0] < cut], [], True
        else:
            drawn, spare = order[:k[code]], order[k[code]:k[code] + int(rules[code][8])]
            cut, out = (drawn[-1][0], True) if drawn else ("-", False)
        below = sorted(p for p in tickets[code]["X"] if out and p[0] < cut)
        lists = {name: [i for _, i in pairs] for name, pairs in
                 (("drawn", drawn), ("substitutes", spare), ("would_be", below))}
        strata.append({"code": code, "eligible": len(order), "k": len(drawn), "cutoff": cut, **lists})
    return strata

class Seating:
    """People on seats (object, candidates); ``fill`` moves others where it must and may."""
    def __init__(self, seats, limit):
        self.seats, self.limit, self.taken, self.fixed = seats, limit, {}, set()

    def rivals(self, seat, person):
        """Seats that person would have to leave: the own object's, else any one when at the limit."""
        sits = [s for s, p in self.taken.items() if p == person]
        twin = [s for s in sits if self.seats[s][0] == self.seats[seat][0]]
        return twin or (sits if len(sits) >= self.limit[person] else [None])

    def fill(self, seat, seen):
        for person in self.seats[seat][1]:
            if (seat, person) not in seen:
                seen.add((seat, person))
                for rival in [s for s in self.rivals(seat, person) if s not in self.fixed]:
                    self.taken.pop(rival, None)
                    self.taken[seat] = person
                    if rival is None or self.fill(rival, seen): return True
                    del self.taken[seat]
                    self.taken[rival] = person
        return False

    def fix(self, seat, person):
        """Whether person can have this seat while all others can still be filled."""
        before, held = dict(self.taken), self.taken.pop(seat)
        moved = [None] if held == person else [s for s in self.rivals(seat, person) if s not in self.fixed][:1]
        self.taken.pop(moved[0] if moved else None, None)
        self.taken[seat] = person
        self.fixed.add(seat)
        if moved and (moved[0] is None or self.fill(moved[0], set())): return True
        self.taken = before
        self.fixed.discard(seat)
        return False

def teams(pool, barred, seed, drawn, people, tags_of):
    """e, C and [object, officers, leader]: rules 6.2 to 6.6. people: id -> fields of the staff file."""
    def fits(row, p, tags):
        department, specialties, leader, areas = people[p][:4]
        return (tags[0] in ("-", department) and (tags[1] == "-" or tags[1] in words(specialties))
                and (tags[2] != "Y" or leader == "Y") and (row[0], p) not in barred
                and (row[5] == "-" or "*" in words(areas) or row[5] in words(areas)))
    def seating(e, cap):
        limit = {p: cap if f[4] == "-" else min(cap, int(f[4]) + e) for p, f in people.items()}
        made = Seating(seats, limit)
        return made if all(made.fill(s, set()) for s in range(len(seats))) else None
    order = sorted(drawn, key=lambda i: (ticket(seed + "-S", i), i))
    seats = [(i, [p for p in sorted(people) if fits(pool[i], p, t)]) for i in order for t in tags_of(pool[i])]
    e = next(x for x in range(len(order) + 1) if seating(x, len(order)))
    cap = next(c for c in range(-(-len(seats) // len(people)), len(order) + 1) if seating(e, c))
    made, loads, team = seating(e, cap), dict.fromkeys(people, 0), {i: [] for i in order}
    for seat, (name, fit) in enumerate(seats):
        rank = {p: (loads[p], ticket(seed + "-S", name + "/" + p), p) for p in fit}
        person = next(p for p in sorted(fit, key=rank.get)
                      if p not in team[name] and loads[p] < made.limit[p] and made.fix(seat, p))
        team[name].append(person)
        loads[person] += 1
    def leader(name):
        tagged = [p for p, t in zip(team[name], tags_of(pool[name])) if t[2] == "Y"]
        able = sorted((ticket(seed + "-L", p), p) for p in team[name] if people[p][2] == "Y")
        return tagged[0] if tagged else able[0][1] if able else "-"
    return e, cap, [[name, team[name], leader(name)] for name in order]

def verify(record):
    """Everything that does not agree, in words."""
    wrong, files = [], record["files"]
    def check(name, stored, again):
        if stored != again:
            wrong.append("%s：记录为 %s，应为 %s" % (name, str(stored)[:70], str(again)[:70]))
    bare = json.dumps({k: v for k, v in record.items() if k != "digest"}, ensure_ascii=False, sort_keys=True, indent=1)
    check("记录摘要", record["digest"], sha((bare + "\n").encode()))
    hashes = {key: sha(files[name].encode()) for key, name in FILES}
    check("校验值", record["hashes"], dict(hashes, prev=record["hashes"]["prev"]))
    mark, number = "REHEARSAL-" if record["rehearsal"] else "", record["draw"]
    pool, pub, plan, staff = (rows(files[name]) for _, name in FILES)
    for name, text in (("POOL", pool), ("POOLPUB", pub), ("PLAN", plan), ("STAFF", staff)):
        check(name + " 首行", [text[0], text[1][0]], [["SSJ-%s%s-1" % (mark, name)], number])
    check("公开名单、事项", [pub[2:], record["items"]], [[[r[0], r[1], r[3]] for r in pool[2:]], words(plan[1][1])])
    promise = "SSJ-%sM-1\n%s\n%s\n%s\n" % (mark, number, hashes["pool"], record["machine"])
    check("机器数承诺", record["commitment"], sha(promise.encode()))
    facts = [("draw", number), ("device", record["device"]), *hashes.items()]
    facts += [("prev", record["hashes"]["prev"]), ("M", record["machine"]),
              *(("W%d" % n, w) for n, w in enumerate(record["witnesses"], 1)), ("X", record["public"])]
    text = "SSJ-%sSEED-1\n" % mark + "".join("%s\t%s\n" % fact for fact in facts)
    seed = sha(text.encode())
    check("随机种子 R 及其文本", [record["seed"], record["seed_text"]], [seed, text])
    strata = draw(pool[2:], plan, seed)
    check("抽中、候补与截止票号", record["strata"], strata)
    drawn = [i for stratum in strata for i in stratum["drawn"]]
    by_id, barred = {r[0]: r for r in pool[2:]}, {(r[1], r[2]) for r in staff[2:] if r[0] == "recusal"}
    guests, none = [r[2:5] for r in plan if r[0] == "expert-seat"], {"cap": 0, "cap_raise": 0, "teams": []}
    seats = {t: [r[3:6] for r in plan if r[:2] == ["seat", t]] for t in {r[6] for r in pool[2:]}}
    for title, part, width, tags_of in (("检查组", record, 6, lambda row: seats[row[6]]),
                                        ("专家", record.get("experts", none), 7, lambda row: guests)):
        people = {r[-6]: r[-5:] for r in staff[2:] if len(r) == width}
        active = people and drawn and any(tags_of(row) for row in pool[2:])
        e, cap, again = teams(by_id, barred, seed, drawn, people, tags_of) if active else (0, 0, [])
        kept = [[t["object"], t["officers"], t["leader"]] for t in part["teams"]]
        check(title + "（e、C、各组）", [part["cap_raise"], part["cap"], kept], [e, cap, again])
    order = [i for _, i in sorted((ticket(seed + "-O", i), i) for i in drawn)]
    count = next((int(r[1]) for r in plan if r[0] == "batches"), 0)
    size, more = divmod(len(order), count or 1)
    cuts = [n * size + min(n, more) for n in range(count + 1)]
    check("批次", record.get("batches", []), [order[a:b] for a, b in zip(cuts, cuts[1:])])
    return wrong

def main(paths):
    try:
        found = {path: verify(load(path)) for path in paths}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError) as fault:
        print("不是完整的抽取记录（%s）" % fault)
        return 2
    for path, wrong in found.items():
        print("%s：%s" % (path, "不一致" if wrong else "全部一致"), *wrong, sep="\n　")
    return int(any(found.values()))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else print(__doc__) or 2)
