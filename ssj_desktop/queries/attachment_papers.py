"""现场检查附件: the list of a task's attachments with their hashes, and what goes under each photo."""

from sqlalchemy.orm import Session

from ssj_desktop.domain.papers import Column, Photograph, PhotoPaper, Row
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.queries.attachments import AttachmentRow, attachments_of
from ssj_desktop.queries.inspections import find_task
from ssj_desktop.queries.office import find_office

_COLUMNS = (
    Column("序号", 10, "center", "number"),
    Column("标题", 38),
    Column("事项", 22, kind="code"),
    Column("格式", 30),
    Column("照片自记时间", 28),
    Column("SHA-256", 62),
)
_GROUP = 16


def attachment_paper(session: Session, task_id: str) -> PhotoPaper:
    """Void attachments are not on it; what was photographed on which day is the camera's word."""
    task, organ = find_task(session, task_id), find_office(session).unit
    rows = attachments_of(session, task_id)
    photographs = tuple(
        Photograph(row.sha256, f"{number}. {row.title}", _caption(row))
        for number, row in enumerate(rows, start=1)
        if row.kind is not AttachmentKind.PDF
    )
    visit = task.visit_on.isoformat() if task.visit_on else "未填"
    team = "、".join(member.name for member in task.people)
    scans = len(rows) - len(photographs)
    return PhotoPaper(
        organ=organ,
        title="现场检查附件清单和照片",
        head_lines=(
            f"检查对象：{task.target_name}",
            f"任务编号：{task.number}　检查日期：{visit}　检查组：{team}",
            f"附件 {len(rows)} 个，其中照片 {len(photographs)} 张"
            + (f"，PDF 扫描件 {scans} 份另附" if scans else ""),
        ),
        columns=_COLUMNS,
        rows=tuple(_line(number, row) for number, row in enumerate(rows, start=1)),
        photographs=photographs,
        note="SHA-256 是原文件的校验值，与操作日志一致；印出的照片是缩小件。照片自记时间由相机写入，仅供参考。",
        page_foot=f"{task.number}　　内部留存，不用于公示",
    )


def _line(number: int, row: AttachmentRow) -> Row:
    return (
        str(number), row.title, row.item or "整次检查", f"{row.kind.label} {row.size_text}",
        row.taken_at or "—", grouped(row.sha256),
    )  # fmt: skip


def grouped(sha256: str) -> str:
    """Sixty-four digits in four groups, so that they can be compared by eye and wrapped."""
    return " ".join(sha256[place : place + _GROUP] for place in range(0, len(sha256), _GROUP))


def _caption(row: AttachmentRow) -> str:
    about = (row.item or "整次检查", f"校验值 {row.short_hash}…", row.taken_text)
    return "　".join(filter(None, about))
