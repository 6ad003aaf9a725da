"""Wrong usage is answered in Chinese, and an option may stand anywhere."""

from pathlib import Path

import pytest

from ssj_desktop.cli import build_parser, main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["draw", "run"], "缺少 --spec, --out"),
        (["foo"], "命令 没有“foo”，可以写：init"),
        (["workdays", "2026-01-01", "五"], "天数 应是数字，写的是“五”"),
        (["draw", "show", "--store"], "--store 后面没有写内容"),
        (["audit", "--heads", "x"], "不认识"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    shown = capsys.readouterr().err
    assert f"用法不对：{said}" in shown
    assert "usage" not in shown


def test_the_help_has_no_english_heading(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["draw", "freeze", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("用法：ssj draw freeze")
    assert not {"options:", "positional", "show this help", "PLACE"} & set(shown.split())


@pytest.mark.parametrize(
    ("words", "dest", "value"),
    [
        (["account", "add", "--store", "s.ssj", "高建国"], "name", "高建国"),
        (["account", "add", "高建国", "--store", "s.ssj"], "name", "高建国"),
        (["draw", "show", "--json", "239921-A-2026-0001"], "draw", "239921-A-2026-0001"),
        (["restore", "--store", "s.ssj", "旧.ssj"], "backup", "旧.ssj"),
    ],
)
def test_a_word_is_found_after_an_option_too(words: list[str], dest: str, value: str) -> None:
    assert getattr(build_parser().parse_args(words), dest) == value


def test_the_year_need_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    store = ["--store", str(tmp_path / "office.ssj")]
    main([*store, "init", "--unit", "云岭县住建局", "--division", "239921", "--admin", "张敏"])
    assert main([*store, "plan", "new"]) == 0
    assert main([*store, "plan", "list"]) == 0
    assert "年度计划" in capsys.readouterr().out
