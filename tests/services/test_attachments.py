"""Attachments of a task: added with their bytes or not at all, voided with a reason, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_inspectors, enrol_targets, found, freezing
from sqlalchemy import delete, update

from ssj_desktop.domain.attachments import MOST_OF_A_TASK, digest_of
from ssj_desktop.domain.errors import (
    FileRefused,
    InvalidInput,
    PermissionRefused,
    RuleViolation,
)
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import ResultCode, Role
from ssj_desktop.formats.attachment_files import files_in
from ssj_desktop.models.attachments import Attachment
from ssj_desktop.queries.attachments import attachments_of, list_attachments, named_hashes
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.attachments import (
    Attach,
    VoidAttachment,
    attach,
    exported_content,
    note_attachment_export,
    void_attachment,
)
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)

JPEG = b"\xff\xd8\xff\xe0 a photograph"
PDF = b"%PDF-1.7 a scan"


@dataclass
class Visit:
    """The first task of a small draw."""

    clerk: Desk
    approver: Desk
    task: TaskRow

    def attach(self, content: bytes = JPEG, title: str = "配电箱", item: str = "") -> str:
        return self.clerk.do(attach, Attach(self.task.id, title, content, item))

    def stored(self) -> int:
        return len(list(files_in(self.clerk.attachments.folder)))

    def submit(self) -> None:
        self.clerk.do(schedule_visit, ScheduleVisit(self.task.id, self.clerk.today()))
        for item in self.task.items:
            entry = Entry(item.item, (ResultCode.NO_PROBLEM_FOUND,))
            self.clerk.do(enter_result, EnterResult(self.task.id, entry))
        self.clerk.do(submit_task, self.task.id)


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk, 4)
    enrol_inspectors(clerk, 4)
    key = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, ("514263", "30927718", "-")))
    yield Visit(clerk, approver, clerk.ask(list_tasks)[0])
    clerk.close()


def test_an_attachment_is_kept_with_its_bytes_hash_and_journal_entry(visit: Visit) -> None:
    visit.attach(JPEG, " 配电箱  东侧 ")
    (row,) = visit.clerk.ask(attachments_of, visit.task.id)
    assert (row.title, row.sha256, row.size) == ("配电箱 东侧", digest_of(JPEG), len(JPEG))
    assert visit.clerk.attachments.get(row.sha256) == JPEG
    entry = visit.clerk.ask(list_entries)[0]
    assert (entry.action, entry.subject) == ("添加附件", visit.task.number)
    assert row.sha256 in str(entry)
    assert visit.clerk.ask(full_audit).is_intact


def test_taking_the_file_out_is_entered_unless_the_store_is_damaged(visit: Visit) -> None:
    visit.attach(JPEG)
    (row,) = visit.clerk.ask(attachments_of, visit.task.id)
    assert exported_content(visit.clerk, row) == JPEG
    entries = visit.clerk.ask(list_entries)
    assert (entries[0].action, entries[0].subject) == ("导出附件", visit.task.number)
    assert row.sha256 in str(entries[0])
    visit.clerk.read_only = True
    assert exported_content(visit.clerk, row) == JPEG
    assert visit.clerk.ask(list_entries) == entries
    visit.clerk.read_only = False
    with pytest.raises(InvalidInput, match="找不到这个附件"):
        visit.clerk.do(note_attachment_export, "无")


def test_photographs_belong_to_the_visit_or_to_one_of_its_items(visit: Visit) -> None:
    item = visit.task.items[0].item
    visit.attach(JPEG)
    visit.attach(JPEG, item=item)
    visit.attach(PDF, "笔录", item)
    rows = visit.clerk.ask(attachments_of, visit.task.id)
    expected = [("", "配电箱"), (item, "笔录"), (item, "配电箱")]
    assert sorted((row.item, row.title) for row in rows) == expected
    assert visit.clerk.ask(named_hashes) == tuple(sorted({digest_of(JPEG), digest_of(PDF)}))
    assert visit.clerk.ask(named_hashes, [visit.task.id]) == visit.clerk.ask(named_hashes)
    assert visit.clerk.ask(named_hashes, ["another"]) == ()
    assert visit.stored() == 2


@pytest.mark.parametrize(
    ("content", "title", "item"),
    [
        (b"MZ no picture", "配电箱", ""),
        (JPEG, " ", ""),
        (JPEG, "配电箱", "ZJ-99-99"),
    ],
)
def test_a_refused_attachment_leaves_neither_row_nor_file(
    visit: Visit, content: bytes, title: str, item: str
) -> None:
    with pytest.raises(InvalidInput):
        visit.attach(content, title, item)
    assert visit.clerk.ask(list_attachments) == ()
    assert visit.stored() == 0


def test_the_same_file_is_attached_once(visit: Visit) -> None:
    key = visit.attach()
    with pytest.raises(RuleViolation, match="标题是“配电箱”"):
        visit.attach(title="另一个标题")
    visit.clerk.do(void_attachment, VoidAttachment(key, "标题写错"))
    visit.attach(title="另一个标题")
    assert [row.title for row in visit.clerk.ask(attachments_of, visit.task.id)] == ["另一个标题"]


def test_the_fifty_first_attachment_is_refused(visit: Visit) -> None:
    for number in range(MOST_OF_A_TASK):
        visit.attach(JPEG + bytes([number]))
    with pytest.raises(RuleViolation, match="最多 50 个"):
        visit.attach(PDF)


def test_what_fails_after_the_file_leaves_at_most_a_file_nobody_names(visit: Visit) -> None:
    def attach_and_fail(work: Work, command: Attach) -> None:
        attach(work, command)
        raise RuleViolation("断电。", "请重试。")

    attach_and_fail.__name__ = "attach"
    with pytest.raises(RuleViolation, match="断电"):
        visit.clerk.do(attach_and_fail, Attach(visit.task.id, "配电箱", JPEG))
    assert (visit.clerk.ask(list_attachments), visit.stored()) == ((), 1)
    visit.attach()
    assert (len(visit.clerk.ask(list_attachments)), visit.stored()) == (1, 1)


def test_a_void_attachment_keeps_row_bytes_and_reason(visit: Visit) -> None:
    key = visit.attach()
    with pytest.raises(InvalidInput, match="理由"):
        visit.clerk.do(void_attachment, VoidAttachment(key, " "))
    visit.clerk.do(void_attachment, VoidAttachment(key, "拍错了对象"))
    assert visit.clerk.ask(attachments_of, visit.task.id) == ()
    (row,) = visit.clerk.ask(list_attachments)
    assert (row.is_void, row.void_reason, row.voided_by) == (True, "拍错了对象", "张敏")
    assert visit.clerk.attachments.has(row.sha256)
    with pytest.raises(RuleViolation, match="已经作废"):
        visit.clerk.do(void_attachment, VoidAttachment(key, "再一次"))
    with pytest.raises(InvalidInput, match="找不到"):
        visit.clerk.do(void_attachment, VoidAttachment("none", "x"))


def test_a_task_under_review_takes_and_loses_nothing_until_it_is_returned(visit: Visit) -> None:
    key = visit.attach()
    visit.submit()
    for act in (
        lambda: visit.attach(PDF),
        lambda: visit.clerk.do(void_attachment, VoidAttachment(key, "拍错了")),
    ):
        with pytest.raises(RuleViolation, match="待复核"):
            act()
    visit.approver.do(review_task, ReviewTask(visit.task.id, passed=False, opinion="补照片"))
    visit.attach(PDF)
    assert len(visit.clerk.ask(attachments_of, visit.task.id)) == 2


def test_an_inspector_attaches_to_the_own_tasks_only_and_an_approver_to_none(visit: Visit) -> None:
    stranger = visit.clerk.signed_in_as(Actor("外人", (Role.INSPECTOR,)))
    with pytest.raises(PermissionRefused, match="不是分到您的"):
        stranger.do(attach, Attach(visit.task.id, "配电箱", JPEG))
    with pytest.raises(PermissionRefused):
        visit.approver.do(attach, Attach(visit.task.id, "配电箱", JPEG))
    assert visit.stored() == 0


def test_rows_of_attachments_never_change(visit: Visit) -> None:
    key = visit.attach()

    def forge(work: Work, _: None) -> None:
        work.session.execute(update(Attachment).where(Attachment.id == key).values(title="别的"))

    def erase(work: Work, _: None) -> None:
        work.session.execute(delete(Attachment))

    for act in (forge, erase):
        act.__name__ = "attach"
        with pytest.raises(Exception, match="append-only"):
            visit.clerk.do(act, None)


def test_bytes_that_are_elsewhere_are_missing_and_nothing_else_suffers(visit: Visit) -> None:
    visit.attach()
    visit.attach(PDF, "笔录")
    files = visit.clerk.attachments
    files.path_of(digest_of(PDF)).unlink()
    assert files.missing(visit.clerk.ask(named_hashes)) == (digest_of(PDF),)
    with pytest.raises(FileRefused, match="尚未收到"):
        files.get(digest_of(PDF))
    assert visit.clerk.ask(full_audit).is_intact
    assert files.put(PDF) == digest_of(PDF)
    assert files.missing(visit.clerk.ask(named_hashes)) == ()
