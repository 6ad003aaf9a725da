"""Sections 3 to 6 of the draw rule read anew, straight from SPEC.json, with other people's tools.

Tickets by consistent_sampler, quotas by exact fractions, officers by networkx flows; nothing of the
package is imported. Slow and short on purpose.
"""

import hashlib
import unicodedata
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import networkx as nx
from consistent_sampler import first_fraction

if TYPE_CHECKING:
    from collections.abc import Callable

Spec = dict[str, Any]


def identifier(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def name(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip(" \u3000") or "-"


def file_of(lines: list[list[str]]) -> bytes:
    return b"".join("\t".join(line).encode() + b"\n" for line in lines)


def pool_files(spec: Spec) -> dict[str, bytes]:
    """pool.int and pool.pub."""
    draw = identifier(spec["draw"])
    rows = sorted((identifier(o["id"]), o) for o in spec["pool"])
    full = [
        [i, name(o.get("name", "")), o["stratum"], o.get("status", "E"), o.get("reason") or "-",
         o.get("area") or "-", "-"]
        for i, o in rows
    ]  # fmt: skip
    head = [draw, str(len(rows))]
    return {
        "pool.int": file_of([["SSJ-POOL-1"], head, *full]),
        "pool.pub": file_of([["SSJ-POOLPUB-1"], head, *([r[0], r[1], r[3]] for r in full)]),
    }


def staff_file(spec: Spec) -> bytes:
    people = sorted((identifier(p["id"]), p) for p in spec.get("officers", []))
    lines = [["SSJ-STAFF-1"], [identifier(spec["draw"]), str(len(people))]]
    for i, p in people:
        cap = p.get("cap")
        lines.append([
            i, p.get("department") or "-", ",".join(p.get("specialties", [])) or "-",
            "Y" if p.get("leader") else "N", ",".join(p.get("areas", ["*"])),
            "-" if cap is None else str(cap),
        ])  # fmt: skip
    barred = {(identifier(o), identifier(p)) for o, p in spec.get("recusals", [])}
    return file_of([*lines, *(["recusal", *pair] for pair in sorted(barred))])


def seed_of(spec: Spec, files: dict[str, bytes]) -> tuple[str, str]:
    """Seed text and R; ``files`` holds the four frozen files."""
    hashes = {k: hashlib.sha256(v).hexdigest() for k, v in files.items()}
    lines = [
        ("draw", identifier(spec["draw"])), ("device", identifier(spec["device"])),
        ("pool", hashes["pool.int"]), ("poolpub", hashes["pool.pub"]), ("plan", hashes["plan"]),
        ("staff", hashes["staff"]), ("prev", spec["prev"]), ("M", spec["machine"]),
        *((f"W{n}", w) for n, w in enumerate(spec["witnesses"], 1)), ("X", spec.get("public", "-")),
    ]  # fmt: skip
    text = "SSJ-SEED-1\n" + "".join(f"{k}\t{v}\n" for k, v in lines)
    return text, hashlib.sha256(text.encode()).hexdigest()


def quotas(spec: Spec, n: dict[str, int]) -> dict[str, int]:
    found = {}
    for rule in spec["strata"]:
        code, count = rule["code"], n[rule["code"]]
        exact = Fraction(rule.get("ratio", 0), 10_000) * count
        if rule["mode"] == "NUMBER":
            found[code] = min(rule["number"], count)
        elif rule["mode"] != "TOTAL":
            rounded = ceil(exact) if rule["mode"] == "RATIO" else floor(exact)
            found[code] = min(max(rounded, rule.get("minimum", 0)), count)
    shared = {r["code"]: n[r["code"]] for r in spec["strata"] if r["mode"] == "TOTAL"}
    whole = sum(shared.values())
    wanted = min(spec.get("total") or 0, whole)
    exact_of = {c: Fraction(wanted * m, whole or 1) for c, m in shared.items()}
    found |= {c: floor(x) for c, x in exact_of.items()}
    ranked = sorted(shared, key=lambda c: (floor(exact_of[c]) - exact_of[c], -shared[c], c))
    for code in ranked[: wanted - sum(floor(x) for x in exact_of.values())]:
        found[code] += 1
    return found


def strata_of(spec: Spec, r: str) -> list[dict[str, Any]]:
    """The strata as record.json writes them."""
    ticket: Callable[[str], str] = lambda i: first_fraction(i, r + "-O")  # noqa: E731
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for o in spec["pool"]:
        i = identifier(o["id"])
        groups.setdefault((o["stratum"], o.get("status", "E")), []).append((ticket(i), i))
    codes = sorted(rule["code"] for rule in spec["strata"])
    k = quotas(spec, {c: len(groups.get((c, "E"), [])) for c in codes})
    spare = {rule["code"]: rule.get("substitutes", 0) for rule in spec["strata"]}
    found = []
    for c in codes:
        order, out = sorted(groups.get((c, "E"), [])), sorted(groups.get((c, "X"), []))
        cutoff = order[k[c] - 1][0] if k[c] else "-"
        found.append({
            "code": c, "eligible": len(order), "k": k[c], "cutoff": cutoff,
            "drawn": [i for _, i in order[: k[c]]],
            "substitutes": [i for _, i in order[k[c] : k[c] + spare[c]]],
            "would_be": [i for t, i in out if k[c] and t < cutoff],
        })  # fmt: skip
    return found


def can_sit(spec: Spec, officer: Spec, seat: Spec, target: Spec) -> bool:
    barred = {(identifier(o), identifier(p)) for o, p in spec.get("recusals", [])}
    areas = officer.get("areas", ["*"])
    return (
        (not seat.get("department") or seat["department"] == officer.get("department"))
        and (not seat.get("specialty") or seat["specialty"] in officer.get("specialties", []))
        and (not seat.get("leader") or bool(officer.get("leader")))
        and (not target.get("area") or "*" in areas or target["area"] in areas)
        and (identifier(target["id"]), identifier(officer["id"])) not in barred
    )


def can_fill(spec: Spec, targets: list[Spec], cap: int, raised: int, fixed: dict[Any, str]) -> bool:
    """Whether all seats of all targets can be filled with ``fixed`` seats as they are."""
    graph, seats = nx.DiGraph(), spec["seats"]
    graph.add_nodes_from("st")
    for p in spec["officers"]:
        own = cap if p.get("cap") is None else min(cap, p["cap"] + raised)
        graph.add_edge("s", p["id"], capacity=own)
        for o in targets:
            graph.add_edge(p["id"], (p["id"], o["id"]), capacity=1)
            for n, seat in enumerate(seats):
                if fixed.get((o["id"], n), p["id"]) == p["id"] and can_sit(spec, p, seat, o):
                    graph.add_edge((p["id"], o["id"]), (o["id"], n), capacity=1)
                    graph.add_edge((o["id"], n), "t", capacity=1)
    return nx.maximum_flow_value(graph, "s", "t") == len(targets) * len(seats)


def teams_of(spec: Spec, r: str, drawn: list[str]) -> tuple[int, int, list[dict[str, Any]]]:
    """C, e and the teams (without candidates); an impossible staffing is an AssertionError."""
    by_id = {identifier(o["id"]): o for o in spec["pool"]}
    for o in spec["pool"]:
        assert o.get("status", "E") == "X" or can_fill({**spec, "officers": [{**p, "cap": None} for p in spec["officers"]]}, [o], 1, 0, {})  # fmt: skip
    targets = [by_id[i] for i in sorted(drawn, key=lambda i: (first_fraction(i, r + "-S"), i))]
    least = ceil(Fraction(len(targets) * len(spec["seats"]), len(spec["officers"])))
    if not targets:
        return 0, 0, []
    e = next(x for x in range(len(targets) + 1) if can_fill(spec, targets, len(targets), x, {}))
    c = next(x for x in range(least, len(targets) + 1) if can_fill(spec, targets, x, e, {}))
    fixed: dict[Any, str] = {}
    return c, e, [seat_team(spec, r, targets, (c, e), fixed, o) for o in targets]


def seat_team(
    spec: Spec, r: str, targets: list[Spec], limits: tuple[int, int], fixed: dict[Any, str], o: Spec
) -> dict[str, Any]:
    team: list[Spec] = []
    for n, seat in enumerate(spec["seats"]):
        loads = {p["id"]: list(fixed.values()).count(p["id"]) for p in spec["officers"]}
        ranked = sorted(
            (loads[p["id"]], first_fraction(f"{identifier(o['id'])}/{identifier(p['id'])}", r + "-S"),
             identifier(p["id"]), p["id"])
            for p in spec["officers"] if can_sit(spec, p, seat, o) and p not in team
        )  # fmt: skip
        for load, _, _, key in ranked:
            p = next(q for q in spec["officers"] if q["id"] == key)
            own = limits[0] if p.get("cap") is None else min(limits[0], p["cap"] + limits[1])
            if load < own and can_fill(spec, targets, *limits, {**fixed, (o["id"], n): key}):
                fixed[o["id"], n] = key
                team.append(p)
                break
    tagged = [p for p, seat in zip(team, spec["seats"], strict=True) if seat.get("leader")]
    able = sorted(
        (first_fraction(identifier(p["id"]), r + "-L"), identifier(p["id"]))
        for p in team
        if p.get("leader")
    )
    leader = identifier(tagged[0]["id"]) if tagged else able[0][1] if able else "-"
    return {
        "object": identifier(o["id"]),
        "officers": [identifier(p["id"]) for p in team],
        "leader": leader,
    }
