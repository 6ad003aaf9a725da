#!/usr/bin/env python3
"""Recompute a draw record (algorithm cs1) with the Python standard library alone; shares no code with the program.

    python3 verify_draw.py record.json | record.pdf | FOLDER OF A DRAW        exit code 0 agrees, 1 differs, 2 no record
"""
import hashlib, json, pathlib, re, sys, zlib

FILES = (("pool", "pool.int"), ("poolpub", "pool.pub"), ("plan", "plan"), ("staff", "staff"))

def sha(data): return hashlib.sha256(data).hexdigest()
def rows(text): return [line.split("\t") for line in text.rstrip("\n").split("\n")]
def words(field): return [] if field == "-" else field.split(",")

def ticket(seed, name):
    d = sha((sha(seed.encode()) + name).encode())
    return "0." + str(int(d, 16)).zfill(64)[::-1]

def load(path):
    """The record of a .json, of the attachment of a .pdf, or of an exported folder."""
    if path.is_dir():
        record = load(path / "record.json")
        return {**record, "files": {name: (path / name).read_bytes().decode("utf-8") for name in record["files"]}}
    data, found = path.read_bytes(), set()
    if not data.startswith(b"%PDF"): return json.loads(data.decode("utf-8"))
    for begin in re.finditer(rb"stream\r?\n", data):
        try: plain = zlib.decompressobj().decompress(data[begin.end():])
        except zlib.error: continue
        if plain[:1] == b"{" and b'"SSJ-RECORD-1"' in plain: found.add(plain)
    if len(found) != 1: raise ValueError("PDF 里有 %d 份 record.json" % len(found))
    return json.loads(found.pop().decode("utf-8"))

def quotas(rules, total, n):
    """k per stratum; None where an object is drawn with a probability."""
    def own(mode, ratio, minimum, number, count):
        if mode == "NUMBER": return min(number, count)
        exact = count * ratio + (9999 if mode == "RATIO" else 0)
        return None if mode == "PROBABILITY" else min(max(exact // 10000, minimum), count)
    k = {c: own(r[2], int(r[3]), int(r[4]), int(r[5]), n[c]) for c, r in rules.items() if r[2] != "TOTAL"}
    shared = [c for c, r in rules.items() if r[2] == "TOTAL"]
    whole = sum(n[c] for c in shared) or 1
    wanted = min(total, whole) if any(n[c] for c in shared) else 0
    k.update({c: wanted * n[c] // whole for c in shared})
    order = sorted(shared, key=lambda c: (-(wanted * n[c] % whole), -n[c], c))
    for code in order[:wanted - sum(k[c] for c in shared)]: k[code] += 1
    return k

def draw(pool, plan, seed):
    """Strata as the record writes them."""
    rules, strata = {r[1]: r for r in plan if r[0] == "stratum"}, []
    total = next(int(r[1]) if r[1] != "-" else 0 for r in plan if r[0] == "total")
    tickets = {c: {"E": [], "X": []} for c in rules}
    for row in pool: tickets[row[2]][row[3]].append((ticket(seed + "-O", row[0]), row[0]))
    k = quotas(rules, total, {c: len(t["E"]) for c, t in tickets.items()})
    for code in sorted(rules):
        order, spare = sorted(tickets[code]["E"]), []
        if k[code] is None:
            cut = "%d.%04d" % divmod(int(rules[code][3]), 10000)
            drawn = [p for p in order if p[0] < cut]
        else:
            drawn, spare = order[:k[code]], order[k[code]:k[code] + int(rules[code][8])]
            cut = drawn[-1][0] if drawn else "-"
        below = sorted(p for p in tickets[code]["X"] if p[0] < cut)
        lists = (("drawn", drawn), ("substitutes", spare), ("would_be", below))
        strata.append({"code": code, "eligible": len(order), "k": len(drawn), "cutoff": cut,
                       **{name: [i for _, i in pairs] for name, pairs in lists}})
    return strata

class Seating:
    """People on seats (object, candidates), at most ``limit`` each and one per object."""
    def __init__(self, seats, limit):
        self.seats, self.limit, self.taken, self.fixed = seats, limit, {}, set()
        self.held = {p: {} for p in limit}  # person -> object -> seat
    def put(self, seat, person):
        before, name = self.taken.pop(seat, None), self.seats[seat][0]
        if before is not None: del self.held[before][name]
        if person is not None: self.taken[seat], self.held[person][name] = person, seat
    def fill(self, root):
        """Seat somebody there, moving others where it must and may; breadth first."""
        asked, queue, crowded = {root: (None, None)}, [root], set()
        for seat in queue:
            for person in self.seats[seat][1]:
                held, rivals = self.held[person], [self.held[person].get(self.seats[seat][0])]
                if rivals == [None] and len(held) < self.limit[person]:
                    while seat is not None:
                        self.put(seat, person)
                        seat, person = asked[seat]
                    return True
                if rivals == [None]: rivals = [s for s in held.values() if person not in crowded]
                if len(held) >= self.limit[person] and self.seats[seat][0] not in held: crowded.add(person)
                new = [rival for rival in rivals if rival not in asked and rival not in self.fixed]
                asked.update(dict.fromkeys(new, (seat, person)))
                queue += new
        return False
    def fix(self, seat, person):
        """Whether person can have this seat while all others can still be filled."""
        before, held = dict(self.taken), self.held[person]
        rival = held.get(self.seats[seat][0])
        if rival is None and len(held) >= self.limit[person]: rival = next(s for s in held.values() if s not in self.fixed)
        if rival is not None: self.put(rival, None)
        self.put(seat, person)
        self.fixed.add(seat)
        if rival in (None, seat) or self.fill(rival): return True
        self.fixed.discard(seat)
        for s, p in [*((s, None) for s in before), *before.items()]: self.put(s, p)
        return False

def least(low, high, holds):
    """The smallest number that holds, found by halves: more never hurts."""
    middle = (low + high) // 2
    return low if low >= high else least(low, middle, holds) if holds(middle) else least(middle + 1, high, holds)

def teams(pool, barred, seed, drawn, people, tags_of):
    """e, C and the teams as the record writes them: rules 6.2 to 6.6. people: id -> fields of the staff file."""
    def fits(row, p, tags):
        department, specialties, leader, areas = people[p][:4]
        return (tags[0] in ("-", department) and (tags[1] == "-" or tags[1] in words(specialties))
                and (tags[2] != "Y" or leader == "Y") and (row[0], p) not in barred
                and (row[5] == "-" or "*" in words(areas) or row[5] in words(areas)))
    def seating(e, cap):
        limit = {p: cap if f[4] == "-" else min(cap, int(f[4]) + e) for p, f in people.items()}
        made = Seating(seats, limit)
        return made if all(map(made.fill, range(len(seats)))) else None
    order = sorted(drawn, key=lambda i: (ticket(seed + "-S", i), i))
    seats = [(i, [p for p in sorted(people) if fits(pool[i], p, t)]) for i in order for t in tags_of(pool[i])]
    e = least(0, len(order), lambda x: seating(x, len(order)))
    cap = least(-(-len(seats) // len(people)), len(order), lambda x: seating(e, x))
    made, loads, team, lists = seating(e, cap), dict.fromkeys(people, 0), {i: [] for i in order}, {i: [] for i in order}
    for seat, (name, fit) in enumerate(seats):
        listed, person = [], None
        for load, number, p in sorted((loads[p], ticket(seed + "-S", name + "/" + p), p) for p in fit):
            word = ("" if person else "已在本组" if p in team[name] else "已达上限" if load >= made.limit[p]
                    else "抽中" if made.fix(seat, p) else "选后其余席位无法排满")
            person = p if word == "抽中" else person
            listed.append([p, load, number, word])
        team[name].append(person)
        lists[name].append(listed)
        loads[person] += 1
    def leader(name):
        tagged = [p for p, t in zip(team[name], tags_of(pool[name])) if t[2] == "Y"]
        able = sorted((ticket(seed + "-L", p), p) for p in team[name] if people[p][2] == "Y")
        return tagged[0] if tagged else able[0][1] if able else "-"
    return e, cap, [{"object": i, "officers": team[i], "leader": leader(i), "seats": lists[i]} for i in order]

def verify(record):
    """Everything that does not agree, in words."""
    wrong, files, number = [], record["files"], record["draw"]
    def check(name, stored, again):
        if json.dumps(stored, sort_keys=True) != json.dumps(again, sort_keys=True):
            wrong.append("%s：记录为 %s，应为 %s" % (name, str(stored)[:70], str(again)[:70]))
    bare = {key: value for key, value in record.items() if key != "digest"}
    check("记录摘要", record["digest"], sha((json.dumps(bare, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()))
    hashes, prev = {key: sha(files[name].encode()) for key, name in FILES}, record["hashes"]["prev"]
    check("校验值", record["hashes"], dict(hashes, prev=prev))
    mark, (pool, pub, plan, staff) = "REHEARSAL-" if record["rehearsal"] else "", (rows(files[n]) for _, n in FILES)
    for name, text in (("POOL", pool), ("POOLPUB", pub), ("PLAN", plan), ("STAFF", staff)):
        check(name + " 首行", [text[0], text[1][0]], [["SSJ-%s%s-1" % (mark, name)], number])
    ids, digits = [r[0] for r in pool[2:]], [w for w in record["witnesses"] if w != "-"]
    check("公开名单、事项", [pub[1:], record["items"]], [[pool[1], *([r[0], r[1], r[3]] for r in pool[2:])], words(plan[1][1])])
    check("编码的次序、家数", [ids, pool[1][1]], [sorted(set(ids)), str(len(ids))])
    check("规则、格式", [record["algorithm"], plan[1][2:4], record["format"]], ["cs1", ["cs1", "sha256"], "SSJ-RECORD-1"])
    shapes = (("[0-9A-Z][0-9A-Z_-]{0,63}", [*ids, number, record["device"]]), ("[0-9]{6,20}", digits), ("[0-9a-f]{64}", [prev, record["machine"]]))
    check("编码、见证数字或校验值的样子", [t for shape, texts in shapes for t in texts if not re.fullmatch(shape, t)], [])
    check("见证数字够数", len(digits) > all(r[2] != "PROBABILITY" for r in plan if r[0] == "stratum"), True)
    promise = sha(("SSJ-%sM-1\n%s\n%s\n%s\n" % (mark, number, hashes["pool"], record["machine"])).encode())
    facts = [("draw", number), ("device", record["device"]), *hashes.items(), ("prev", prev), ("M", record["machine"]),
             *(("W%d" % n, w) for n, w in enumerate(record["witnesses"], 1)), ("X", record["public"])]
    text = "SSJ-%sSEED-1\n" % mark + "".join("%s\t%s\n" % fact for fact in facts)
    seed = sha(text.encode())
    check("机器数承诺、随机种子 R 及其文本", [record["commitment"], record["seed"], record["seed_text"]], [promise, seed, text])
    strata = draw(pool[2:], plan, seed)
    check("抽中、候补与截止票号", record["strata"], strata)
    check("分层家数 N", [r[6] for r in plan if r[0] == "stratum"], [str(each["eligible"]) for each in strata])
    drawn = [i for stratum in strata for i in stratum["drawn"]]
    by_id, barred = {r[0]: r for r in pool[2:]}, {(r[1], r[2]) for r in staff[2:] if r[0] == "recusal"}
    guests, none = [r[2:5] for r in plan if r[0] == "expert-seat"], {"cap": 0, "cap_raise": 0, "teams": []}
    seats = {t: [r[3:6] for r in plan if r[:2] == ["seat", t]] for t in {r[6] for r in pool[2:]}}
    for title, part, width, tags_of in (("检查组", record, 6, lambda row: seats[row[6]]),
                                        ("专家", record.get("experts", none), 7, lambda row: guests)):
        people = {r[-6]: r[-5:] for r in staff[2:] if len(r) == width}
        active = people and drawn and any(tags_of(row) for row in pool[2:])
        e, cap, again = teams(by_id, barred, seed, drawn, people, tags_of) if active else (0, 0, [])
        check(title + "（e、C、各组）", [part["cap_raise"], part["cap"], part["teams"]], [e, cap, again])
    order = [i for _, i in sorted((ticket(seed + "-O", i), i) for i in drawn)]
    count = next((int(r[1]) for r in plan if r[0] == "batches"), 0)
    size, more = divmod(len(order), count or 1)
    cuts = [n * size + min(n, more) for n in range(min(count, 366) + 1)]
    check("批次", record.get("batches", []), [order[a:b] for a, b in zip(cuts, cuts[1:])])
    return wrong

def main(paths):
    try:
        found = {path: verify(load(pathlib.Path(path))) for path in paths}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError) as fault:
        print("不是完整的抽取记录（%s）" % fault)
        return 2
    for path, wrong in found.items(): print("%s：%s" % (path, "不一致" if wrong else "全部一致"), *wrong, sep="\n　")
    return int(any(found.values()))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else print(__doc__) or 2)
