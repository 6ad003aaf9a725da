"""Which backups stay, what their names say, and what never reaches a log."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop.domain.backups import (
    BackupName,
    choose_kept,
    is_drill_due,
    parse_backup_name,
)
from ssj_desktop.domain.scrubbing import bug_text, scrub, short_path
from ssj_desktop.domain.vocabulary import BackupReason

START = datetime(2026, 3, 16, 1, 30, tzinfo=UTC)


def named(
    sequence: int, at: datetime = START, epoch: int = 1, reason: BackupReason = BackupReason.TIMER
) -> BackupName:
    return BackupName(epoch, sequence, f"{sequence:012x}", at, reason)


def half_hourly(days: int) -> list[BackupName]:
    """Sixteen backups on each day of a long time."""
    return [
        named(day * 16 + slot, START + timedelta(days=day, minutes=30 * slot))
        for day in range(days)
        for slot in range(16)
    ]


def test_a_name_says_what_is_inside_and_reads_back() -> None:
    for reason in BackupReason:
        name = named(123, reason=reason)
        assert parse_backup_name(name.file_name) == name
    expected = "e1.0000123.00000000007b.20260316T013000Z.before-draw.ssj"
    assert named(123, reason=BackupReason.BEFORE_DRAW).file_name == expected


def test_other_files_are_no_backups() -> None:
    good = named(1).file_name
    others = ("office.ssj", good + ".keys", good.replace("timer", "other"), "." + good, "",
              good.replace("0316T", "1399T"))  # fmt: skip
    assert [parse_backup_name(text) for text in others] == [None] * len(others)


def test_two_days_whole_then_days_weeks_and_months() -> None:
    known = half_hourly(400)
    kept = sorted(choose_kept(known), key=lambda name: name.at)
    newest = known[-1].at
    assert [name for name in known if name.at >= newest - timedelta(days=2)] == [
        name for name in kept if name.at >= newest - timedelta(days=2)
    ]
    days = {(name.at + timedelta(hours=8)).date() for name in kept}
    weeks = {(name.at + timedelta(hours=8)).isocalendar()[:2] for name in kept}
    months = {(name.at + timedelta(hours=8)).strftime("%Y%m") for name in kept}
    assert len([day for day in days if day > newest.date() - timedelta(days=12)]) == 12
    assert (len(weeks) >= 10, len(months)) == (True, 9)
    assert len(kept) < 33 + 12 + 10 + 9


def test_a_clock_far_ahead_thins_nothing_of_the_days_before() -> None:
    """The newest by entry stays even when its clock was set years back."""
    known = [
        *half_hourly(5),
        named(900, START + timedelta(days=3650)),
        named(901, START - timedelta(days=900)),
    ]
    kept = choose_kept(known)
    assert {900, 901} <= {name.sequence for name in kept}
    assert {(name.at + timedelta(hours=8)).date() for name in kept} == {
        (name.at + timedelta(hours=8)).date() for name in known
    }


@given(st.lists(st.integers(0, 4000), unique=True, max_size=60))
def test_thinning_twice_thins_no_further(hours: list[int]) -> None:
    known = [named(n, START + timedelta(hours=hour)) for n, hour in enumerate(sorted(hours))]
    kept = choose_kept(known)
    assert choose_kept(kept) == kept
    assert bool(kept) == bool(known)


def test_a_drill_is_due_after_a_month_or_when_the_clock_went_back() -> None:
    now = START
    assert is_drill_due(None, now)
    assert not is_drill_due(now - timedelta(days=29), now)
    assert is_drill_due(now - timedelta(days=30), now)
    assert is_drill_due(now + timedelta(days=40), now)


MARKERS = (
    "张敏",
    "13845678901",
    "230921198001011234",
    "91230921MA1B2C3D4E",
    "138-4567-8901",
    "·买买提",
)


def test_names_codes_and_numbers_are_left_out_of_a_text() -> None:
    text = f"no row for {MARKERS}: 'Zhang San 7' “兴华街道 12号” KeyError 'credit_code' line 42"
    scrubbed = scrub(text)
    assert not [mark for mark in (*MARKERS, "Zhang", "兴华", "4567") if mark in scrubbed]
    assert "KeyError 'credit_code' line 42" in scrubbed


def test_a_bug_is_told_by_frames_kinds_and_scrubbed_messages() -> None:
    def fail() -> None:
        try:
            raise KeyError(MARKERS[0])
        except KeyError as cause:
            raise ValueError(f"bad {MARKERS[2]}") from cause

    try:
        fail()
    except ValueError as bug:
        text = bug_text(bug)
    assert text.index("KeyError: ") < text.index("ValueError: bad #")
    assert "test_backup_rules.py:" in text
    assert not [mark for mark in MARKERS if mark in text]


def test_a_bug_without_a_message_is_its_kind() -> None:
    assert bug_text(RuntimeError()) == "RuntimeError\n"


def test_a_path_loses_the_folders_above() -> None:
    assert short_path(r"C:\Users\张三\app\ssj_desktop\ui\x.py") == "ssj_desktop/ui/x.py"
    assert short_path(r"C:\Users\张三\x.py") == "x.py"
    assert short_path("/opt/ssj_desktop/ui/x.py") == "ssj_desktop/ui/x.py"
