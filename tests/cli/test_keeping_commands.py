"""backup, restore and doctor as an administrator types them."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from ssj_desktop import places
from ssj_desktop.cli import main

PHONE, NUMBER = "13845678901", "230921198001011234"


@pytest.fixture
def ssj(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command on one store; exit code and the JSON answer."""
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    store = tmp_path / "office.ssj"

    def run(*words: str) -> tuple[int, dict[str, object]]:
        code = main(["--store", str(store), "--json", *words])
        return code, json.loads(capsys.readouterr().out)

    assert run("init", "--unit", "云岭县住建局", "--division", "239921", "--admin", "张敏")[0] == 0
    return run


def test_a_backup_is_made_listed_and_rehearsed(ssj, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    stick = tmp_path / "stick"
    stick.mkdir()
    code, made = ssj("backup", "--second", str(stick))
    assert code == 0
    assert Path(made["second"]).parent == stick
    code, listed = ssj("backup", "--list")
    assert sorted(listed["backups"]) == sorted([made["backup"], made["second"]])
    code, drilled = ssj("restore", "--drill")
    assert (code, drilled["file"]) == (0, Path(made["backup"]).name)


def test_a_restore_is_refused_until_its_loss_was_confirmed(ssj, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, made = ssj("backup")
    ssj("backup", "--second", str(tmp_path))
    code, refused = ssj("restore", made["backup"])
    assert code == 1
    assert "备份之后的 2 条操作" in refused["message"]
    code, done = ssj("restore", made["backup"], "--yes")
    assert (code, done["lost"]) == (0, 2)
    assert Path(done["kept"]).exists()
    assert ssj("audit")[0] == 0


def test_a_restore_under_an_open_window_is_refused(ssj, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, made = ssj("backup")
    lock = QLockFile(str(tmp_path / "office.lock"))
    assert lock.tryLock(0)
    code, refused = ssj("restore", made["backup"], "--yes")
    lock.unlock()
    assert (code, refused["message"]) == (1, "窗口还开着这个数据库。")


def test_a_drill_that_fails_exits_with_three(ssj) -> None:  # type: ignore[no-untyped-def]
    _, made = ssj("backup")
    path = Path(made["backup"])
    path.write_bytes(path.read_bytes()[:-4096] + b"\0" * 4096)
    assert ssj("restore", "--drill")[0] == 3


def test_the_doctor_packs_no_personal_data(ssj, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sheet = tmp_path / "名录.csv"
    sheet.write_text(
        f"姓名,执法证号,手机号码,所属部门\n张三丰,{NUMBER},{PHONE},住建局\n", encoding="utf-8-sig"
    )
    assert ssj("import", "inspectors", str(sheet))[0] == 0
    log = tmp_path / "user" / "ssj.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("ValueError: #\n", encoding="utf-8")
    code, answer = ssj("doctor", "--out", str(tmp_path / "pack.zip"))
    assert code == 0, answer
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        whole = b"".join(pack.read(name) for name in pack.namelist()).decode()
        facts = json.loads(pack.read("facts.json"))
        assert "logs/ssj.log" in pack.namelist()
    assert not [m for m in ("张三丰", "张敏", "云岭", PHONE, NUMBER, str(tmp_path)) if m in whole]
    assert facts["store"]["rows"]["journal"] > 0
    assert {finding["name"] for finding in facts["store"]["findings"]} >= {"数据库", "日志", "备份"}


def test_the_doctor_of_a_damaged_store_exits_with_three_and_still_packs(
    ssj,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    store = tmp_path / "office.ssj"
    content = bytearray(store.read_bytes())
    content[-100] ^= 1
    store.write_bytes(content)
    code, answer = ssj("doctor", "--out", str(tmp_path / "pack.zip"))
    assert code == 3
    assert "损坏" in answer["message"]
    assert zipfile.is_zipfile(tmp_path / "pack.zip")


def test_the_doctor_of_a_store_that_does_not_open_says_why_and_still_packs(
    ssj,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    (tmp_path / "office.ssj").write_bytes(b"\0" * 8192)
    code, _ = ssj("doctor", "--out", str(tmp_path / "pack.zip"))
    assert code == 1
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        facts = json.loads(pack.read("facts.json"))
    assert facts["refusal"]["kind"] == "StoreDamaged"
    assert str(tmp_path) not in json.dumps(facts)


def test_the_key_file_alone_comes_back_from_a_backup(ssj, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ssj("backup")
    keys = tmp_path / "office.ssj.keys"
    whole = keys.read_bytes()
    keys.write_bytes(whole[:-10])
    assert ssj("audit")[0] == 1
    code, refused = ssj("repair", "--keys")
    assert (code, keys.read_bytes()) == (1, whole[:-10])
    assert "取回整个密钥文件" in refused["message"]
    code, done = ssj("repair", "--keys", "--yes")
    assert (code, keys.read_bytes()) == (0, whole)
    assert Path(done["copy"]).exists()
    assert ssj("audit")[0] == 0
    shutil.rmtree(tmp_path / "office-backups")
    code, refused = ssj("repair", "--keys", "--yes")
    assert (code, "没有完好的密钥文件" in refused["message"]) == (1, True)
