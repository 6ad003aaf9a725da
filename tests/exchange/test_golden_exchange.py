"""What earlier programs handed on is taken in for ever, and gives the rows it gave then."""

from pathlib import Path

import pytest
from golden_office import ANSWER, FOLDER, NEWS, ROWS, SEGMENT, newcomer, rows_text

from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.segments import APPLIED, list_segments
from ssj_desktop.services.exchange import FOLDER as SHARED
from ssj_desktop.services.exchange import TakeIn, take_in
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.joining import accept, read_admission


@pytest.mark.parametrize("golden", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_a_new_computer_takes_in_answer_bundle_and_segment_of_an_earlier_program(
    golden: Path, tmp_path: Path
) -> None:
    desk = newcomer(tmp_path).desk
    accept(desk, golden / ANSWER, read_admission(desk, golden / ANSWER)[2])
    bring_in(desk, golden / NEWS)
    later = (golden / SEGMENT).read_bytes()
    identity = read_segment_file(later).identity
    desk.do(take_in, TakeIn(SHARED, "A 机", {identity: later}))
    assert identity in {segment.id for segment in desk.ask(list_segments, APPLIED)}
    assert desk.ask(rows_text) == (golden / ROWS).read_text(encoding="utf-8")
    assert desk.ask(full_audit).is_intact
    desk.close()
