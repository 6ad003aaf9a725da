"""`ssj draw run --spec` against the rule read anew with other people's packages."""

import json
import random
from typing import Any

import outside_reading
import pytest
from outside_reading import pool_files, seed_of, staff_file, strata_of, teams_of

from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.spec_file import read_spec
from ssj_desktop.domain.errors import RuleViolation


def random_spec(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    codes = ["乙", "A", "C2", "ＢB"][: chance.randint(1, 4)]
    shared = chance.random() < 0.4
    strata = []
    for place, code in enumerate(codes):
        mode = "TOTAL" if shared and place != 1 else chance.choice(["RATIO", "RATIO_MAX", "NUMBER"])
        rule = {"code": code, "mode": mode, "substitutes": chance.randint(0, 3)}
        if mode.startswith("RATIO"):
            rule |= {
                "ratio": chance.choice([0, 1, 500, 700, 3333, 10_000]),
                "minimum": chance.randint(0, 3),
            }
        if mode == "NUMBER":
            rule["number"] = chance.randint(0, 5)
        strata.append(rule)
    pool = []
    for n in range(chance.randint(1, 24)):
        entry = {"id": chance.choice(["9123{:05d}x", "Ｌ{:03d}", "l-{:04d}_a"]).format(n), "stratum": chance.choice(codes),
                 "name": chance.choice(["　云岭县第{}公司 ", "cafe\u0301{}", "{}"]).format(n)}  # fmt: skip
        if chance.random() < 0.3:
            entry["area"] = chance.choice(["一街道", "二街道"])
        if chance.random() < 0.2:
            entry |= {"status": "X", "reason": "CLOSED"}
        pool.append(entry)
    spec = {
        "draw": f"230921-a-2026-{number:04d}", "device": "a", "prev": f"{number:064x}", "machine": f"{number + 7:064x}",
        "witnesses": [str(10**6 + number), "-", "000000", "12345678901234567890"][: chance.randint(3, 4)],
        "items": ["ZJ-07-07"], "strata": strata, "pool": pool,
    }  # fmt: skip
    if any(rule["mode"] == "TOTAL" for rule in strata):
        spec["total"] = chance.randint(0, 12)
    if chance.random() < 0.8:
        spec["officers"] = [
            {"id": f"p{n}", "department": chance.choice(["住建局", "市监局"]), "leader": chance.random() < 0.5,
             "specialties": chance.choice([[], ["施工安全"], ["物业", "施工安全"]]),
             "areas": chance.choice([["*"], ["*"], ["一街道"], ["一街道", "二街道"]]),
             "cap": chance.choice([None, None, 0, 1, 2])}
            for n in range(chance.randint(2, 6))
        ]  # fmt: skip
        spec["seats"] = chance.choice([
            [{}, {}], [{"department": "住建局"}, {}], [{"specialty": "施工安全", "leader": True}, {"department": "市监局"}],
            [{"leader": True}], [{}, {"leader": True}, {}],
        ])  # fmt: skip
        spec["recusals"] = [
            [chance.choice(pool)["id"], f"P{chance.randint(0, 5)}"] for _ in range(3)
        ]
    chance.shuffle(pool)
    return spec


@pytest.mark.parametrize("block", range(4))
def test_files_seed_strata_and_teams_are_those_of_the_outside_reading(block: int) -> None:
    staffed = 0
    for number in range(block * 15, block * 15 + 15):
        spec = random_spec(number)
        read = read_spec(json.dumps(spec).encode())
        try:
            result = perform(read.scheme, read.previous, read.machine, read.witnesses, read.public)
        except RuleViolation:
            with pytest.raises(AssertionError):
                teams_of(spec, "0", [])
            continue
        files = draw_files(result)
        assert {k: files[k] for k in ("pool.int", "pool.pub")} == pool_files(spec)
        assert files["staff"] == staff_file(spec)
        text, r = seed_of(spec, files)
        assert (files["seed.txt"].decode(), result.seed) == (text, r)
        record = json.loads(files["record.json"])
        assert record["strata"] == strata_of(spec, r)
        if spec.get("officers"):
            drawn = [i for stratum in record["strata"] for i in stratum["drawn"]]
            cap, raised, teams = teams_of(spec, r, drawn)
            mine = [
                {k: team[k] for k in ("object", "officers", "leader")} for team in record["teams"]
            ]
            assert (record["cap"], record["cap_raise"], mine) == (cap, raised, teams), number
            staffed += bool(teams)
    assert staffed > 2


def test_the_tickets_of_the_specification_are_those_of_the_outside_package() -> None:
    seed = "9db9f6fde9d3309f382a06f70091c222b0e4345df4ef7d502a1e89f9750708a7-O"
    known = {
        "91230521MA18D00002": "0.137392972052113064", "91230521MA18D00001": "0.607011087311289579",
        "91230521MA18A00001": "0.632300318599854082",
    }  # fmt: skip
    for identifier, start in known.items():
        assert outside_reading.first_fraction(identifier, seed).startswith(start)
