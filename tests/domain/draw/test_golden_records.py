"""Golden draws of algorithm cs1 as readable text files: frozen, verified byte by byte for ever.

A difference here means that old records would no longer verify: it needs a new algorithm name.
"""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from consistent_sampler import first_fraction
from outside_reading import pool_files, seed_of, staff_file, strata_of, teams_of

from ssj_desktop import places
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.record import read_record, record_of, verify_record
from ssj_desktop.domain.draw.spec_file import read_spec

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "cs1"
CASES = sorted(path.name for path in FOLDER.iterdir())
PLAIN = [case for case in CASES if case[:2] in ("01", "02", "03", "07")]  # no later additions
FILES = ("pool.int", "pool.pub", "plan", "staff", "seed.txt", "tickets.tsv", "record.json")


def kept(case: str) -> dict[str, bytes]:
    return {name: (FOLDER / case / name).read_bytes() for name in FILES}


def script() -> ModuleType:
    path = places.resource("verify", "verify_draw.py")
    spec = importlib.util.spec_from_file_location("verify_draw_for_golden", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_way_to_draw_has_a_golden_record() -> None:
    assert len(CASES) == 8
    plans = "".join(kept(case)["plan"].decode() for case in CASES)
    for mode in ("RATIO", "RATIO_MAX", "NUMBER", "TOTAL", "PROBABILITY"):
        assert f"\t{mode}\t" in plans
    for kind in ("condition", "batches", "expert-seat", "seat", "witness", "SSJ-REHEARSAL-PLAN-1"):
        assert f"\n{kind}" in f"\n{plans}"
    records = [json.loads(kept(case)["record.json"]) for case in CASES]
    assert any(record["cap_raise"] > 0 for record in records)
    assert any(stratum["would_be"] for record in records for stratum in record["strata"])
    assert any(stratum["eligible"] == 0 for record in records for stratum in record["strata"])
    assert any("recusal\t" in record["files"]["staff"] for record in records)


@pytest.mark.parametrize("case", CASES)
def test_the_same_spec_gives_the_same_bytes_for_ever(case: str) -> None:
    spec = read_spec((FOLDER / case / "spec.json").read_bytes())
    result = perform(spec.scheme, spec.previous, spec.machine, spec.witnesses, spec.public)
    assert draw_files(result, record_of(result, spec.paper())) == kept(case)


@pytest.mark.parametrize("case", CASES)
def test_program_and_stand_alone_file_agree_with_it(case: str) -> None:
    record = read_record(kept(case)["record.json"])
    assert verify_record(record).ok
    assert script().verify(record) == []
    assert script().main([str(FOLDER / case)]) == 0


@pytest.mark.parametrize("case", CASES)
def test_its_tickets_are_those_of_the_outside_package(case: str) -> None:
    files = kept(case)
    seed = json.loads(files["record.json"])["seed"]
    lines = [line.split("\t") for line in files["tickets.tsv"].decode().splitlines()]
    assert [line[1] for line in lines] == [first_fraction(line[0], f"{seed}-O") for line in lines]
    assert lines == sorted(lines, key=lambda line: (line[1], line[0]))


@pytest.mark.parametrize("case", PLAIN)
def test_the_outside_reading_of_the_rule_gives_the_same_draw(case: str) -> None:
    spec, files = json.loads((FOLDER / case / "spec.json").read_bytes()), kept(case)
    record = json.loads(files["record.json"])
    assert pool_files(spec) == {name: files[name] for name in ("pool.int", "pool.pub")}
    assert staff_file(spec) == files["staff"]
    text, r = seed_of(spec, files)
    assert (text.encode(), r) == (files["seed.txt"], record["seed"])
    assert strata_of(spec, r) == record["strata"]
    if "officers" in spec:
        drawn = [i for stratum in record["strata"] for i in stratum["drawn"]]
        bare = [{k: v for k, v in team.items() if k != "seats"} for team in record["teams"]]
        assert teams_of(spec, r, drawn) == (record["cap"], record["cap_raise"], bare)
