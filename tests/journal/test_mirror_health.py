"""The doctor and the drill read the mirror of the journal, and write again what it lacks."""

from pathlib import Path

import office
import pytest
from journal.copied_office import copied_office

from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.formats.mirror import parse_line
from ssj_desktop.models.draws import SealedMachine
from ssj_desktop.queries.journal import journal_head, list_hashes
from ssj_desktop.services.accounts import ChangeSetting, change_setting, sign_in
from ssj_desktop.services.backups import back_up, drill
from ssj_desktop.services.data_keys import change_data_key
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import examine
from ssj_desktop.services.draws import freeze_draw
from ssj_desktop.services.mirror import mirror_of, read_mirror
from ssj_desktop.services.mirror_health import mend_mirror
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import plan_repair, repair

ME = Credentials("张敏", office.PASSWORD)


def lines_of(desk: Desk) -> list[bytes]:
    return mirror_of(desk.database.path).read_bytes().splitlines(keepends=True)


def write(desk: Desk, lines: list[bytes]) -> None:
    mirror_of(desk.database.path).write_bytes(b"".join(lines))


def test_a_whole_mirror_is_left_as_it_is(desk: Desk) -> None:
    before = lines_of(desk)
    health = mend_mirror(desk)
    assert health.text == f"完整，{len(desk.ask(list_hashes))} 条操作都在"
    assert lines_of(desk) == before


@pytest.mark.parametrize("bent", [b"", b"7\tabc\n", "毁坏\n".encode()])
def test_a_damaged_line_is_named_and_what_it_held_written_again(desk: Desk, bent: bytes) -> None:
    store = desk.database.path
    back_up(desk, BackupReason.MANUAL)
    for number in range(4):
        desk.do(change_setting, ChangeSetting("contact", str(number)))
    head, lines = desk.ask(journal_head), lines_of(desk)
    victim = parse_line(lines[-3].rstrip(b"\n"))
    assert victim is not None
    write(desk, [*lines[:-3], bent or lines[-3][:-9] + b"AAAAAAAA\n", *lines[-2:]])
    assert mend_mirror(desk).text == (
        f"从第 {victim.sequence} 条操作起缺失或损坏 1 处，已从数据库补写"
    )
    assert mend_mirror(desk).lacking == 0
    desk.close()
    content = bytearray(store.read_bytes())
    content[2 * 4096 + 777] ^= 0x55
    store.write_bytes(content)
    done = repair(plan_repair(store, ME), ME, desk.surroundings)
    assert done.rows_lost == 0
    again = sign_in(store, office.PASSWORD, ME.account, desk.surroundings)
    assert head in again.ask(list_hashes)
    again.close()


def test_a_mirror_that_is_gone_is_written_whole_with_the_number_of_a_frozen_draw(
    tmp_path: Path,
) -> None:
    clerk, _, line = copied_office(tmp_path)
    key = clerk.do(freeze_draw, office.freezing(clerk, line))
    clerk.seal()
    clerk.do(change_setting, ChangeSetting("contact", "以后"))
    mirror = mirror_of(clerk.database.path)
    mirror.unlink()
    assert mend_mirror(clerk).first == 1
    written = read_mirror(mirror, (clerk.database.key,))
    hashes = clerk.ask(list_hashes)
    assert {block.entry.hash for block in written.chain.values()} == set(hashes)
    with clerk.database.reading() as session:
        sealed = session.get(SealedMachine, key)
        assert sealed is not None
        assert written.machines == {key: sealed.machine}
    clerk.close()


def test_an_act_after_the_mending_adds_its_own_lines_only(desk: Desk) -> None:
    lines = lines_of(desk)
    write(desk, [*lines[:3], *lines[4:]])
    mend_mirror(desk)
    mended = lines_of(desk)
    desk.close()
    again = sign_in(desk.database.path, office.PASSWORD, ME.account, desk.surroundings)
    count = len(again.ask(list_hashes))
    again.do(change_setting, ChangeSetting("contact", "1"))
    added = len(again.ask(list_hashes)) - count
    signing_in = count - max(line.sequence for line in map(parse_line, mended) if line)
    assert len(lines_of(again)) == len(mended) + signing_in + added
    again.close()


def test_lines_under_an_earlier_data_key_are_whole(desk: Desk) -> None:
    change_data_key(desk, office.PASSWORD, "怀疑泄露")
    assert mend_mirror(desk).lacking == 0


def test_a_disk_that_refuses_the_mirror_is_told_and_the_drill_does_not_pass(desk: Desk) -> None:
    back_up(desk, BackupReason.MANUAL)
    assert "日志镜像完整" in drill(desk).result
    mirror = mirror_of(desk.database.path)
    mirror.unlink()
    mirror.mkdir()
    (found,) = [each for each in examine(desk) if each.name == "日志镜像"]
    assert not found.ok
    assert "没有补写：写不进“office.ssj.journal”" in found.text
    assert not drill(desk).passed
    mirror.rmdir()
    assert "已从数据库补写" in drill(desk).result


def test_a_store_that_may_only_be_read_keeps_its_mirror(desk: Desk) -> None:
    lines = lines_of(desk)
    write(desk, lines[:-1])
    desk.read_only = True
    assert "没有补写：数据库已损坏" in mend_mirror(desk).text
    assert lines_of(desk) == lines[:-1]
    desk.read_only = False


def test_a_foreign_line_with_a_monstrous_number_is_no_line() -> None:
    assert parse_line(b"9" * 5000 + b"\t" + b"a" * 64 + b"\tAAAA") is None
