"""Keeping editions of the item list: load as issued, adopt, note the publication.

方案 二（二）（五）: the list is issued by the province in editions, adopted by each office, and
published.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.fields import ITEMS
from ssj_desktop.domain.item_lists import GOVERNED
from ssj_desktop.domain.vocabulary import ItemStatus, ListChange
from ssj_desktop.models.item_lists import EditionItem, ListEdition
from ssj_desktop.models.registries import InspectionItem
from ssj_desktop.queries.item_lists import (
    compare_with_own,
    edition_texts,
    find_edition,
    own_items,
)
from ssj_desktop.queries.registries import RegistryRow, find_row, shown
from ssj_desktop.services.desk import Work
from ssj_desktop.services.registries import (
    SheetFile,
    _new_row,
    _remember,
    _store_change,
    parse_texts,
)


@dataclass(frozen=True, slots=True)
class LoadEdition:
    """A list as issued: the file read for the item registry, its name, who issued it, from when."""

    file: SheetFile
    name: str
    organ: str
    in_force_from: date


@dataclass(frozen=True, slots=True)
class NotePublication:
    """Where and when the list was made public."""

    edition: str
    on: date
    where: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many items came in, were changed, and went out of use."""

    added: int
    changed: int
    withdrawn: int


def load_edition(work: Work, command: LoadEdition) -> str:
    """Keep a list exactly as issued: all its rows, or nothing."""
    name, organ = command.name.strip(), command.organ.strip()
    if not name or not organ:
        raise InvalidInput(
            "没有填写清单名称或印发机关。", "例如“抽查事项清单（第一版）”“省住建厅”。"
        )
    if work.session.scalar(select(ListEdition.id).where(ListEdition.name == name)):
        raise RuleViolation(f"《{name}》已经载入过。", "如有更正，请用带修订日期的名称载入。")
    rows = command.file.parsed.rows
    _refuse_faulty(command.file)
    edition = work.new_id()
    work.session.execute(
        insert(ListEdition).values(
            id=edition, name=name, organ=organ, in_force_from=command.in_force_from,
            file_name=command.file.file_name, file_sha256=command.file.sha256, items=len(rows),
            loaded_at=work.now, loaded_by=work.actor.name,
        )
    )  # fmt: skip
    kept = ("number", *GOVERNED)
    texts = [
        {name: text for name, text in shown(ITEMS, row.values).items() if name in kept}
        for row in rows
    ]
    work.session.execute(
        insert(EditionItem),
        [
            {"id": id_, "edition_id": edition, "position": place, "number": each["number"], "texts": each}
            for place, (id_, each) in enumerate(zip(work.new_ids(len(texts)), texts, strict=True))
        ],
    )  # fmt: skip
    work.note(
        "载入清单版本", f"《{name}》", "items", organ=organ, sha256=command.file.sha256,
        in_force_from=command.in_force_from.isoformat(), items=len(rows),
    )  # fmt: skip
    return edition


def _refuse_faulty(file: SheetFile) -> None:
    """An edition is kept whole: with one row missing it would not be what was issued."""
    faulty = [row.faults[0] for row in file.parsed.rows if row.faults]
    if faulty:
        raise RuleViolation(
            f"“{file.file_name}”有 {len(faulty)} 行有误，没有载入（{faulty[0].place}：{faulty[0].reason.rstrip('。')}）。",
            "清单要整份载入，请改好后再试。",
        )
    if not file.parsed.rows:
        raise RuleViolation(f"“{file.file_name}”里没有事项。", "请选择抽查事项清单的工作簿。")


def adopt_edition(work: Work, edition: str) -> Adopted:
    """Bring the list of this office to the edition in force.

    New items wait to be adopted one by one, changed ones keep their state, withdrawn ones go out
    of use; supplements of the office stay.
    """
    row = find_edition(work.session, edition, work.today)
    if row.why_not_adopt:
        raise RuleViolation(row.why_not_adopt, "请选择现行的版本。")
    changes = compare_with_own(work.session, row.id)
    texts, reason = edition_texts(work.session, row.id), f"《{row.name}》"
    done = {kind: [each for each in changes if each.kind is kind] for kind in ListChange}
    for change in done[ListChange.ADDED]:
        _add(work, {**texts[change.number], "source": reason}, reason)
    own = own_items(work.session)
    for change in done[ListChange.CHANGED]:
        given = {name: text for name, text in texts[change.number].items() if text}
        _change(work, own[change.number], given, reason)
    for change in done[ListChange.WITHDRAWN]:
        _change(work, own[change.number], {"status": ItemStatus.RETIRED.label}, reason)
    adopted = Adopted(*(len(done[kind]) for kind in _COUNTED))
    if not any(done[kind] for kind in _COUNTED):
        raise RuleViolation(f"本单位清单与《{row.name}》一致，没有要更新的。", "不必再更新。")
    work.note(
        "按清单版本更新", reason, "items",
        added=adopted.added, changed=adopted.changed, withdrawn=adopted.withdrawn,
    )  # fmt: skip
    return adopted


_COUNTED = (ListChange.ADDED, ListChange.CHANGED, ListChange.WITHDRAWN)


def _add(work: Work, texts: dict[str, str], reason: str) -> None:
    """A number that had gone out of use comes back as the row it was."""
    values = parse_texts(ITEMS, {**texts, "status": ItemStatus.NOT_ADOPTED.label})
    query = select(InspectionItem.id).where(InspectionItem.number == values["number"])
    known = work.session.scalars(query).first()
    old = find_row(work.session, "items", known) if known else None
    row_id = known or work.new_id()
    if old is not None:
        _store_change(work, ITEMS, row_id, values)
    else:
        row = _new_row(work, row_id, str(values["number"]), values)
        work.session.execute(insert(InspectionItem).values(**row))
    _remember(work, ITEMS, row_id, old.values if old else None, values, reason, None)


def _change(work: Work, row: RegistryRow, given: dict[str, str], reason: str) -> None:
    values = parse_texts(ITEMS, {**shown(ITEMS, row.values), **given})
    _store_change(work, ITEMS, row.id, values)
    _remember(work, ITEMS, row.id, row.values, values, reason, None)


def note_publication(work: Work, command: NotePublication) -> None:
    """The list in force was made public; the day and the place are kept as proof."""
    row = find_edition(work.session, command.edition, work.today)
    where = command.where.strip()
    if not where:
        raise InvalidInput("没有填写公示的地方。", "请填写网址或公示栏位置。")
    if command.on > work.today:
        raise InvalidInput(f"公示日期 {command.on.isoformat()} 还没有到。", "请在公示后登记。")
    edition = work.session.get_one(ListEdition, row.id)
    edition.published_on, edition.published_where = command.on, where
    work.note("清单公示", f"《{row.name}》", "items", on=command.on.isoformat(), where=where)
