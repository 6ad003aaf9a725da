"""S3 beyond the store: mirror, bundles, field bundles, files of a crash, the diagnostic pack."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from exchange.two_desks import approver_at, computers
from office import approved_line, enrol_inspectors, freezing
from people import office
from test_markers import ID, LANDLINE, MARKERS, PHONE, places_to_look, raw_copies

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import write_pack
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out, write_field_bundle
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.registries import Enrol, enrol

__all__ = ["places_to_look"]

NAME = MARKERS[-1]
DIE = f"""
import gc, logging, os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, qWarning
from ssj_desktop.ui.crash import LOG, CrashReports
from ssj_desktop.domain.scrubbing import bug_text

class Leaving:
    def __del__(self):
        raise ValueError("{NAME} {PHONE}")

app = QCoreApplication([])
reports = CrashReports(Path(sys.argv[1]))
phone, name = "{PHONE}", "{NAME}"
leaving = Leaving()
del leaving
gc.collect()
try:
    {{"{ID}": 1}}[name + phone]
except KeyError as bug:
    LOG.error("%s", bug_text(bug))
qWarning("{LANDLINE}")
os.abort()
"""


def enrol_markers(desk: Desk) -> None:
    texts = {"name": "云岭县另一公司", "contact": NAME, "phone": PHONE, "note": f"{LANDLINE} {ID}"}
    desk.do(enrol, Enrol("targets", texts))


def test_no_bundle_mirror_backup_or_temporary_file_holds_a_marker(
    places_to_look: dict[str, Path], tmp_path: Path
) -> None:
    desk, laptop = computers(tmp_path / "office")
    enrol_markers(desk)
    enrol_inspectors(desk)
    line = approved_line(desk, approver_at(desk))
    desk.do(draw, PerformDraw(desk.do(freeze_draw, freezing(desk, line)), ("314159", "271828", "161803")))  # fmt: skip
    stick = places_to_look["user"]
    tasks = [task.id for task in desk.ask(list_tasks)]
    write_field_bundle(desk, stick / "带出.ssjb", laptop.ask(own_keys).device, tasks)
    bring_in(laptop, stick / "带出.ssjb")
    write_bundle_out(laptop, stick / "交回.ssjb", ())
    bring_in(desk, stick / "交回.ssjb")
    back_up(desk, BackupReason.MANUAL)
    assert mirror_of(desk.database.path).stat().st_size > 0
    assert len(list(stick.glob("*.ssjb"))) == 2
    for each in (desk, laptop):
        each.close()
    assert raw_copies(*places_to_look.values()) == []


def test_what_a_crash_leaves_behind_names_nobody(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIE, str(tmp_path)], capture_output=True, check=False
    )
    assert died.returncode != 0
    left = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert "ValueError" in left["ssj.log"]
    assert "KeyError" in left["ssj.log"]
    assert "Fatal Python error" in left["crash.log"]
    assert raw_copies(tmp_path) == []


@pytest.mark.parametrize("is_open", [True, False])
def test_the_diagnostic_pack_names_nobody(tmp_path: Path, is_open: bool) -> None:
    desk, _ = office(tmp_path / "office")
    enrol_markers(desk)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "ssj.log").write_text(f'File "C:\\Users\\{NAME}\\ssj.py", line 1\n', "utf-8")
    refusal = None if is_open else SsjError(f"“{NAME}”的电话 {PHONE} 与 {ID} 重复。", LANDLINE)
    pack = tmp_path / "pack.zip"
    write_pack(pack, logs, desk if is_open else None, refusal)
    desk.close()
    inside = tmp_path / "inside"
    with zipfile.ZipFile(pack) as file:
        file.extractall(inside)
    assert (inside / "facts.json").stat().st_size > 50
    assert raw_copies(inside) == []
    assert "云岭县" not in (inside / "facts.json").read_text("utf-8")
