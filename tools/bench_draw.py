"""The draw against the outside package, officers against networkx flows, all in the same run."""

import hashlib
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import networkx as nx
from consistent_sampler import sampler
from measuring import ROUNDS, Action, Row, compare, repeated, report, seconds_of

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "browser"))

from chromium import browser, open_page  # noqa: E402
from firefox import firefox, open_firefox  # noqa: E402

from ssj_desktop import places  # noqa: E402
from ssj_desktop.domain.draw.matching import Matching, Staff, match  # noqa: E402
from ssj_desktop.domain.draw.outcome import Outcome, perform  # noqa: E402
from ssj_desktop.domain.draw.record import record_bytes, record_of, verify_record  # noqa: E402
from ssj_desktop.domain.draw.scheme import Officer, PoolEntry, Scheme, Seat, StratumRule  # noqa: E402
from ssj_desktop.domain.draw.selection import select  # noqa: E402

SIZES = (1_000, 10_000, 100_000, 1_000_000)
RATIO = 500  # 5 %
SEED = "9db9f6fde9d3309f382a06f70091c222b0e4345df4ef7d502a1e89f9750708a7"
NOTHING, MACHINE, DIGITS = "0" * 64, "1" * 64, ("314159", "271828")
AREAS = ("兴华街道", "建设街道", "云岭镇", "双河镇")
QUESTIONS = 3


def pool(size: int) -> tuple[PoolEntry, ...]:
    return tuple(
        PoolEntry(f"9123992100{n:08d}", f"云岭县第{n}建筑工程有限公司", "A", area=AREAS[n % 4])
        for n in range(size)
    )


def scheme(size: int) -> Scheme:
    return Scheme("239921-A-2026-0001", "A", ("ZJ-07-07",), (StratumRule("A", "RATIO", RATIO),), pool(size))  # fmt: skip


def drawn(whole: Scheme) -> Outcome:
    """Everything between the last slip and the result: freeze, seed, tickets, order."""
    return perform(whole, NOTHING, MACHINE, DIGITS)


def draw_rows(size: int) -> list[Row]:
    whole, goal = scheme(size), 0.5 if size >= 1_000_000 else 1.0
    ids, wanted = [entry.id for entry in whole.pool], size * RATIO // 10_000
    times = max(1, 20_000 // size)
    theirs = repeated(lambda: list(sampler(ids, seed=SEED + "-O", take=wanted)), times)
    rounds = 3 if size >= 1_000_000 else 5
    rows = [
        compare("抽取 5%", size, repeated(lambda: select(whole, SEED), times), theirs, goal, rounds),
        compare("抽取 5%，连同冻结", size, repeated(lambda: drawn(whole), times), theirs, 1.0, rounds),
    ]  # fmt: skip
    return [replace(row, ours=row.ours / times, bare=row.bare / times) for row in rows]


def within(operation: str, size: int, seconds: float, action: Action) -> Row:
    """An absolute promise: the column of the other tool shows the limit."""
    return Row(operation, size, median_of(action), seconds, 1.0)


def median_of(action: Action) -> float:
    return statistics.median(seconds_of(action) for _ in range(ROUNDS))


def number(*words: object) -> int:
    return int(hashlib.sha256(repr(words).encode()).hexdigest(), 16)


def staffed(objects: int, people: int, seats: tuple[Seat, ...]) -> Scheme:
    """Departments, specialties, areas, own caps and recusals, all tight enough to be felt."""
    officers = tuple(
        Officer(
            f"P{n:03d}", "住建局" if number("d", n) % 4 else "市监局",
            ("施工安全",) if number("s", n) % 2 else ("燃气",), number("l", n) % 3 == 0,
            ("*",) if number("a", n) % 2 else AREAS[: 1 + number("b", n) % 3],
            None if number("c", n) % 5 else 8,
        )
        for n in range(people)
    )  # fmt: skip
    entries = pool(objects)
    recusals = tuple(
        (entries[number("r", n) % objects].id, officers[number("q", n) % people].id)
        for n in range(objects // 3)
    )
    rules = (StratumRule("A", "RATIO", 10_000),)
    return Scheme("D", "A", ("ZJ",), rules, entries, officers, recusals, {"-": seats})


TWO = (Seat("住建局", "施工安全"), Seat())
THREE = (*TWO, Seat("市监局"))


def is_fillable(case: Scheme, cap: int, fixed: dict[tuple[str, int], str]) -> bool:
    """One question of rule 6.5, answered by a maximum flow."""
    staff, graph = Staff(case), nx.DiGraph()
    for officer in case.officers:
        graph.add_edge("s", officer.id, capacity=min(cap, officer.cap or cap))
    for entry in case.pool:
        for place, seat in enumerate(staff.seats(entry)):
            key = (entry.id, place)
            graph.add_edge(key, "t", capacity=1)
            able = staff.eligible(entry, seat)
            for officer_id in able & {fixed[key]} if key in fixed else able:
                graph.add_edge(officer_id, (officer_id, entry.id), capacity=1)
                graph.add_edge((officer_id, entry.id), key, capacity=1)
    filled = nx.maximum_flow_value(graph, "s", "t")
    return bool(filled == sum(len(staff.seats(entry)) for entry in case.pool))


def questions(result: Matching) -> list[tuple[str, int, str]]:
    """(object, seat, officer) of every flow the oracle would have to compute, one a seat."""
    return [
        (team.object, place, officer)
        for team in result.teams
        for place, officer in enumerate(team.officers)
    ]


def seconds_of_flows(case: Scheme, result: Matching, most: int) -> float:
    """CPU of the oracle for all its questions; of more than ``most`` the mean stands for the rest."""
    asked, fixed = questions(result), dict[tuple[str, int], str]()
    spent = 0.0
    for target, place, officer in islice(asked, most):
        fixed[target, place] = officer
        spent += seconds_of(lambda: is_fillable(case, result.cap, fixed))
    return spent / min(most, len(asked)) * len(asked)


def flow_row(operation: str, objects: int, people: int, most: int) -> Row:
    case = staffed(objects, people, TWO)
    ours = median_of(lambda: match(case, SEED, case.pool))
    bare = seconds_of_flows(case, match(case, SEED, case.pool), most)
    return Row(operation, objects, ours, bare, 0.02)


def page_rows(objects: int, people: int) -> Iterator[Row]:
    """The printed record recomputed: by the program, and by the offline page in real browsers."""
    whole = staffed(objects, people, TWO)
    whole = replace(whole, strata=(StratumRule("A", "RATIO", RATIO),), recusals=())
    text = record_bytes(record_of(drawn(whole))).decode()
    yield within("重算记录：程序（限 5 s）", objects, 5.0, lambda: verify_record(json.loads(text)))
    page_file = places.resource("verify", "verify_draw.html")
    for name, found, opened in (
        ("Chromium", browser(), open_page),
        ("Firefox", firefox(), open_firefox),
    ):
        if found:
            with opened() as page:
                page.visit(page_file)
                if page.run(f"verifyText({json.dumps(text)})") != []:
                    raise SystemExit(f"{name} 中的核对网页不认可一份真实的记录。")
                asked = (
                    f"(() => {{const t = {json.dumps(text)}, b = performance.now(); verifyText(t);"
                )
                asked += "return performance.now() - b})()"
                seconds = statistics.median(page.run(asked) for _ in range(3)) / 1000
                yield Row(f"重算记录：网页，{name}（限 5 s）", objects, seconds, 5.0, 1.0)


def main() -> int:
    rows = [row for size in SIZES for row in draw_rows(size)]
    county, office = scheme(20_000), staffed(300, 60, TWO)
    region = staffed(1_000, 120, THREE)
    rows += [
        within("抽取 5%（限 100 ms）", 20_000, 0.1, lambda: select(county, SEED)),
        within("抽取 5%，连同冻结（限 100 ms）", 20_000, 0.1, lambda: drawn(county)),
        flow_row("匹配 40×12 对最大流", 40, 12, 80),
        flow_row(f"匹配 300×60 对最大流（按 {QUESTIONS} 问推算）", 300, 60, QUESTIONS),
        within("匹配 300×60（限 1 s）", 300, 1.0, lambda: match(office, SEED, office.pool)),
        within("匹配 1000×120×3（限 10 s）", 1_000, 10.0, lambda: match(region, SEED, region.pool)),
        *page_rows(20_000, 60),
    ]
    return report("draw", rows)


if __name__ == "__main__":
    sys.exit(main())
