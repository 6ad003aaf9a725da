"""Editions of the item list: which is in force, and what differs from the office's own list."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.fields import ITEMS
from ssj_desktop.domain.item_lists import ItemChange, Texts, compare_lists, edition_states
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.vocabulary import EditionState, ItemStatus
from ssj_desktop.models.item_lists import EditionItem, ListEdition
from ssj_desktop.queries.office import find_office
from ssj_desktop.queries.registries import RegistryRow, list_rows, shown

_COLUMNS = (
    Column("序号", 14, "center", "number"), Column("变化", 30, "center"), Column("事项编码", 34, "center", "code"),
    Column("抽查事项", 62), Column("说明", 121),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition as the office sees it today."""

    id: str
    name: str
    organ: str
    in_force_from: date
    items: int
    state: EditionState
    published: str
    counts_from: date
    """The day from which its publication is due: in force, and in the hands of this office."""

    @property
    def why_not_adopt(self) -> str | None:
        if self.state is EditionState.COMING:
            return f"《{self.name}》自 {self.in_force_from.isoformat()} 起施行，还没有到施行日期。"
        if self.state is EditionState.REPLACED:
            return f"《{self.name}》已被更新的版本替代。"
        return None


def list_editions(session: Session, today: date) -> tuple[EditionRow, ...]:
    """Editions, the newest first."""
    query = select(ListEdition).order_by(ListEdition.in_force_from.desc(), ListEdition.loaded_at)
    rows = session.scalars(query).all()
    states = edition_states([row.in_force_from for row in rows], today)
    return tuple(
        EditionRow(
            row.id, row.name, row.organ, row.in_force_from, row.items, state,
            f"{row.published_on.isoformat()}　{row.published_where}" if row.published_on else "",
            max(row.in_force_from, row.loaded_at.astimezone().date()),
        )
        for row, state in zip(rows, states, strict=True)
    )  # fmt: skip


def find_edition(session: Session, wanted: str, today: date) -> EditionRow:
    """By key or name; without one, the edition in force."""
    rows = list_editions(session, today)
    for row in rows:
        if wanted in (row.id, row.name) or (not wanted and row.state is EditionState.IN_FORCE):
            return row
    if wanted:
        raise RuleViolation(f"没有名为“{wanted}”的清单版本。", "请先载入，或核对名称。")
    raise RuleViolation("还没有现行的清单版本。", "请先载入省厅印发的抽查事项清单。")


def edition_texts(session: Session, edition_id: str) -> dict[str, Texts]:
    """The items of an edition by number, in its order."""
    query = (
        select(EditionItem.number, EditionItem.texts)
        .where(EditionItem.edition_id == edition_id)
        .order_by(EditionItem.position)
    )
    return {row.number: row.texts for row in session.execute(query)}


def own_items(session: Session) -> dict[str, RegistryRow]:
    """The items of this office by number, those no longer in use left out."""
    rows = list_rows(session, "items")
    return {
        str(row.values["number"]): row
        for row in rows
        if row.values["status"] is not ItemStatus.RETIRED
    }


def compare_with_own(session: Session, edition_id: str) -> tuple[ItemChange, ...]:
    """What adopting an edition would change in the list of this office."""
    own = {number: shown(ITEMS, row.values) for number, row in own_items(session).items()}
    former = session.scalars(select(EditionItem.number).where(EditionItem.edition_id != edition_id))
    return compare_lists(own, edition_texts(session, edition_id), frozenset(former))


def compare_with_previous(session: Session, edition: EditionRow) -> tuple[ItemChange, ...]:
    """What an edition changed; RuleViolation for the first one."""
    earlier = session.scalars(
        select(ListEdition.id)
        .where(ListEdition.in_force_from < edition.in_force_from)
        .order_by(ListEdition.in_force_from.desc())
    ).first()
    if earlier is None:
        raise RuleViolation(f"《{edition.name}》之前没有载入过别的版本。", "请先载入上一版再比较。")
    before = edition_texts(session, earlier)
    return compare_lists(before, edition_texts(session, edition.id), frozenset(before))


def changes_paper(
    session: Session, edition: EditionRow, beside: str, changes: tuple[ItemChange, ...]
) -> TablePaper:
    """The comparison as a table; ``beside`` names the other side."""
    unit = find_office(session).unit
    rows = tuple(
        (str(n), change.kind.label, change.number, change.name, _said(change))
        for n, change in enumerate(changes, start=1)
    )
    return TablePaper(
        organ=unit,
        title="抽查事项清单比较表",
        head_lines=(
            (f"版本：{edition.name}", f"施行日期：{edition.in_force_from.isoformat()}"),
            (f"比较对象：{beside}", f"共 {len(rows)} 项不同"),
        ),
        columns=_COLUMNS,
        rows=rows,
        foot_left=f"{unit}　　抽查事项清单比较表",
        foot_right=f"共 {len(rows)} 项",
        page_foot="抽查事项清单比较表",
    )


def _said(change: ItemChange) -> str:
    parts = (f"{label}：{old or '（空）'} → {new}" for label, old, new in change.fields)
    return "；".join(parts).replace("\n", " ") or "—"
