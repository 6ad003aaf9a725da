"""Segments that waited for a newer program: applied at the first sign-in after the upgrade."""

from ssj_desktop.queries.segments import has_ripened
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.judging import judge_segment
from ssj_desktop.services.sync import ApplySegments, apply_segments


def apply_what_waited(desk: Desk) -> None:
    """Nothing is entered when nothing waits that this program can read by now."""
    if desk.ask(has_ripened):
        desk.do(apply_waiting, None)


def apply_waiting(work: Work, _: None = None) -> None:
    """Taking in what lies here already; whoever signs in first starts it, it is no act of theirs."""
    apply_segments(work, ApplySegments((), judge_segment, "程序升级"))
