"""docs/draw-format.md is run as printed: every command, every line of its output."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.spec_file import read_spec

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs" / "draw-format.md").read_text("utf-8")
GOLDEN = ROOT / "tests" / "golden" / "cs1"


def blocks(kind: str) -> list[str]:
    return re.findall(f"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)


def shell(script: str, folder: Path) -> str:
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "-eu"], input=script.encode(), cwd=folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def commands(block: str) -> list[str]:
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def outputs(block: str) -> str:
    return "".join(f"{line}\n" for line in block.splitlines() if not line.startswith("$ "))


def test_the_worked_example_prints_what_it_says(tmp_path: Path) -> None:
    example = "".join(blocks("console"))
    assert shell("\n".join(commands(example)), tmp_path) == outputs(example)


def test_the_worked_example_is_what_the_program_draws(tmp_path: Path) -> None:
    spec = read_spec(blocks("json")[0].encode())
    result = perform(spec.scheme, spec.previous, spec.machine, spec.witnesses, spec.public)
    files = draw_files(result)
    shell("\n".join(commands("".join(blocks("console")))), tmp_path)
    for name in ("pool.int", "pool.pub", "plan", "staff", "seed.txt"):
        assert (tmp_path / name).read_bytes() == files[name]
    assert result.commitment in DOCUMENT
    assert result.seed in DOCUMENT
    for ticket, identifier in result.all_tickets():
        assert f"{ticket} {identifier}\n" in DOCUMENT


@pytest.mark.parametrize("case", ["01", "03", "05", "08"])
def test_a_whole_exported_draw_is_redone_with_sha256sum_awk_and_sort(
    tmp_path: Path, case: str
) -> None:
    (source,) = GOLDEN.glob(f"{case}_*")
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    recipe = [
        line
        for line in commands("".join(blocks("console")))
        if line.split("=")[0] in ("h", "digits")
    ]
    functions = [
        line for line in commands("".join(blocks("console"))) if re.match(r"(sum|ticket)\(\)", line)
    ]
    said = shell("\n".join([*functions, *recipe, *blocks("bash")]), tmp_path)
    assert said == "票号全部一致\n抽中名单一致\n"
    tickets = tmp_path / "tickets.tsv"
    tickets.write_bytes(tickets.read_bytes().replace(b"drawn", b"-", 1))
    with pytest.raises(AssertionError):
        shell("\n".join([*functions, *recipe, *blocks("bash")]), tmp_path)


def test_every_key_of_a_record_is_described() -> None:
    for path in GOLDEN.glob("*/record.json"):
        for key in json.loads(path.read_bytes()):
            assert f"`{key}`" in DOCUMENT, key


def test_every_kind_of_line_is_described() -> None:
    for path in GOLDEN.glob("*/plan"):
        for line in path.read_text("utf-8").splitlines()[2:]:
            assert re.search(rf"^ +\[?{re.escape(line.split()[0])} ", DOCUMENT, re.MULTILINE), line
