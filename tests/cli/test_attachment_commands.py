"""``ssj task attach``, ``attachments`` and ``void`` as they are typed."""

import io
import json
from pathlib import Path

import office
import pytest
from PIL import Image

from ssj_desktop.cli import main
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The closed store of an office with one draw, and the number of a task."""
    monkeypatch.setenv("SSJ_PASSWORD", office.PASSWORD)
    clerk, approver = office.found(tmp_path)
    office.enrol_targets(clerk, 4)
    office.enrol_inspectors(clerk, 4)
    key = clerk.do(freeze_draw, office.freezing(clerk, office.approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, ("514263", "30927718", "-")))
    number = clerk.ask(list_tasks)[0].number
    clerk.close()
    return clerk.database.path, number


def photo(path: Path, colour: str = "navy") -> Path:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return path


def ssj(place: tuple[Path, str], *words: object) -> int:
    return main(["task", *map(str, words), "--store", str(place[0])])


def test_photographs_are_attached_listed_exported_printed_and_voided(
    place: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number, one, two = place[1], photo(tmp_path / "1.jpg"), photo(tmp_path / "2.jpg", "red")
    assert ssj(place, "attach", number, one, two, "--title", "配电箱") == 0
    assert "已添加 2 个附件，共 2 个" in capsys.readouterr().out
    out, pages = tmp_path / "out", tmp_path / "pages.pdf"
    assert ssj(place, "attachments", number, "--out", out, "--pages", pages, "--json") == 0
    told = json.loads(capsys.readouterr().out)["attachments"]
    assert [row["title"] for row in told] == ["配电箱", "现场照片 2"]
    assert {path.read_bytes() for path in out.iterdir()} == {one.read_bytes(), two.read_bytes()}
    assert pages.read_bytes().startswith(b"%PDF-")
    assert ssj(place, "void", number, told[0]["sha256"][:8], "--reason", "拍错了") == 0
    capsys.readouterr()
    assert ssj(place, "attachments", number) == 0
    assert "已作废：拍错了" in capsys.readouterr().out
    assert main(["audit", "--store", str(place[0])]) == 0
    assert "附件：共 2 个，全部完好。" in capsys.readouterr().out


def test_one_bad_file_refuses_all_of_the_command(
    place: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 broken")
    assert ssj(place, "attach", place[1], photo(tmp_path / "1.jpg"), bad) == 1
    assert "打不开" in capsys.readouterr().err
    assert ssj(place, "attachments", place[1]) == 0
    assert "还没有附件" in capsys.readouterr().out


def test_what_cannot_be_told_apart_is_refused(
    place: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ssj(place, "void", place[1], "abcd", "--reason", "x") == 1
    assert "不能确定" in capsys.readouterr().err
    one = photo(tmp_path / "1.jpg")
    assert ssj(place, "attach", place[1], one, "--title", "a", "--title", "b") == 1
    assert "标题比文件多" in capsys.readouterr().err
