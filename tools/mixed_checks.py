"""Looks at a world after a kill: nothing confirmed is lost, nothing is there by half or damaged.

``look`` after each kill; ``farewell`` at the end, when the two computers meet and must be equal.
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import make_old_database
import soak_migrations
from killing import acknowledged
from mixed_load import ROWS_OF_A_BUNDLE, World, digest_of, resume_draws
from photographs import without_bytes
from single_store import Tally, compare, kind_of, mark_in
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import rows
from ssj_desktop.models.attachments import Attachment
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.copies import facts_of, find_faults
from ssj_desktop.models.draws import Draw, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.office import Setting
from ssj_desktop.models.registries import RegistryChange, Target
from ssj_desktop.queries.attachments import named_hashes
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.attachment_copies import check_pool, named_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.transports import exchange_folder, open_exchange_bundle

BESIDE = frozenset(("take", "give", "migrate"))
"""Acts that leave no mark of theirs in the journal of A."""
SHARED = frozenset(("enrol", "revise", "import", "attach"))
NEWEST = 2
KEPT = ("targets", "draws", "inspection_tasks", "plan_lines")


@dataclass
class Confirmed:
    """The lines of the log: marks in their order, and what must stay true of some of them."""

    marks: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, str]:
        return {mark: fact for mark, fact in self.facts.items() if kind_of(mark) == kind}


def confirmed_in(log: Path) -> Confirmed:
    found = Confirmed()
    for line in acknowledged(log):
        mark, _, fact = line.partition("\t")
        if mark != "ready":
            found.marks.append(mark)
            found.facts[mark] = fact
    return found


def look(folder: Path) -> Tally:
    """Everything that can be seen of one kill."""
    world, tally = World(folder), Tally()
    confirmed = confirmed_in(world.log)
    desk = world.opened("A")
    try:
        own = [mark for mark in confirmed.marks if kind_of(mark) not in BESIDE]
        desk.ask(compare, own, tally)
        desk.ask(compare_draws, confirmed.of("draw"), tally)
        desk.ask(compare_bundles, confirmed.of("take"), tally)
        look_at_pictures(desk, confirmed.of("attach"), tally)
    finally:
        desk.close()
    look_at_backups(world, world.store(), desk.database.key, tally)
    look_at_bundles(world, confirmed.of("give"), tally)
    look_at_old_stores(world, confirmed.of("migrate"), tally)
    return tally


# --- draws ------------------------------------------------------------------------------------


def compare_draws(session: Session, digests: dict[str, str], tally: Tally) -> None:
    """One result for each request, the one that was confirmed; numbers without a gap."""
    asked = Counter(session.scalars(select(Draw.request_id)))
    tally.half += [f"{request} 有 {count} 次抽取" for request, count in asked.items() if count > 1]
    tally.lost += [mark for mark in digests if mark not in asked]
    tally.lost += [
        f"{mark} 的结果变了"
        for mark, digest in digests.items()
        if mark in asked and digest_of(session, mark) != digest
    ]
    newest = select(Draw).where(Draw.state == DrawState.DRAWN.value).order_by(Draw.serial.desc())
    for each in session.scalars(newest.limit(NEWEST)):
        tally.half += [f"{each.request_id} {fault}" for fault in faults_of_draw(session, each)]


def faults_of_draw(session: Session, found: Draw) -> list[str]:
    """What is wrong with one draw that has a result."""
    of_it = SelectedTarget.draw_id == found.id, SelectedTarget.standing == "drawn"
    selected = session.scalar(select(func.count()).where(*of_it))
    tasks = session.scalar(select(func.count()).where(InspectionTask.draw_id == found.id))
    sound = found.record is not None and verify_record(json.loads(found.record)).ok
    wrong = {
        "的记录核对不符": not sound,
        f"抽中 {selected} 家而任务有 {tasks} 项": selected != tasks or not tasks,
    }
    return [text for text, is_wrong in wrong.items() if is_wrong]


# --- bundles ----------------------------------------------------------------------------------


def compare_bundles(session: Session, taken: dict[str, str], tally: Tally) -> None:
    """What B sent is there whole or not at all, and for sure once that was confirmed."""
    names = session.scalars(select(Target.name).where(Target.name.contains("[in-")))
    there = Counter(mark_in(name) for name in names)
    tally.half += [
        f"{mark} 有 {count} 行" for mark, count in there.items() if count != ROWS_OF_A_BUNDLE
    ]
    tally.lost += [
        f"{mark} 收进的第 {number} 包"
        for mark, number in taken.items()
        if not there[f"[in-{number}]"]
    ]


def look_at_bundles(world: World, given: dict[str, str], tally: Tally) -> None:
    """A bundle that has its name is whole and B can read it; each is looked at once."""
    promised = dict(fact.split("=") for fact in given.values())
    files = {path.name: path for path in fresh(world, world.out.glob("*.ssjb"))}
    tally.lost += [name for name in promised if not (world.out / name).exists()]
    if files:
        other = world.opened("B")
        for name, path in files.items():
            tally.damaged += faults_of_bundle(other, path, promised.get(name))
        other.close()


def faults_of_bundle(other: Desk, path: Path, promised: str | None) -> list[str]:
    if promised not in (None, sha_of(path)):
        return [f"{path.name} 的内容变了"]
    try:
        open_exchange_bundle(other, path)
    except SsjError as refusal:
        return [f"{path.name}：{refusal}"]
    return []


def fresh(world: World, files: Iterable[Path]) -> list[Path]:
    """Files that were not looked at after an earlier kill; they are not written again."""
    seen = world.folder / "seen.txt"
    known = set(seen.read_text("utf-8").split("\n")) if seen.exists() else set()
    found = [path for path in files if str(path) not in known]
    seen.write_text("\n".join(known | {str(path) for path in found}), "utf-8")
    return found


def sha_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def look_at_pictures(desk: Desk, confirmed: dict[str, str], tally: Tally) -> None:
    """Every photograph a row names is there with its bytes; one that was confirmed has its row."""
    named = desk.ask(named_hashes)
    tally.lost += [mark for mark, sha256 in confirmed.items() if sha256 not in named]
    tally.half += without_bytes(desk)


# --- backups and upgrades ---------------------------------------------------------------------


def look_at_backups(world: World, store: Path, key: bytes, tally: Tally) -> None:
    """A backup that has its name is whole, and every photograph beside it that has its own."""
    backups = [each.path for each in list_backups(backups_folder(store))]
    for path in fresh(world, backups):
        faults = find_faults(path, key)
        tally.damaged += [f"{path.name}：{fault}" for fault in faults]
        if not faults and check_pool(named_in(path, key), path.parent).damaged:
            tally.damaged.append(f"{path.name} 旁边的附件已损坏")


def look_at_old_stores(world: World, upgraded: dict[str, str], tally: Tally) -> None:
    """An old store is as it was or whole in the new schema; opening it again ends the upgrade."""
    marks = {name: mark for mark, name in upgraded.items()}
    for store in sorted(world.old.glob("*.ssj")):
        source = source_of(store)
        key, _ = soak_migrations.known(source)
        look_at_backups(world, store, key, tally)
        if store.name not in marks:
            look_at_unfinished(store, source, tally)
        try:
            look_at_upgraded(store, source, marks.get(store.name), tally)
        except SsjError as refusal:
            tally.damaged.append(f"{store.name}：{refusal}")
        shutil.rmtree(backups_folder(store), ignore_errors=True)
    for path in world.old.iterdir():
        path.unlink()


def source_of(store: Path) -> Path:
    return make_old_database.FOLDER / f"{store.name.partition('_')[0]}.ssj"


def look_at_unfinished(store: Path, source: Path, tally: Tally) -> None:
    key, before = soak_migrations.known(source)
    if facts_of(store, key).schema != source.stem:
        return
    if soak_migrations.digest(store, key) != before:
        tally.half.append(f"{store.name} 升级到一半")


def look_at_upgraded(store: Path, source: Path, mark: str | None, tally: Tally) -> None:
    desk = sign_in(store, make_old_database.PASSWORD)
    tally.damaged += [f"{store.name}：{fault}" for fault in find_faults(store, desk.database.key)]
    before = rows_before(source)
    after = dict(facts_of(store, desk.database.key).rows)
    tally.lost += [f"{store.name}：{table}" for table in KEPT if after[table] != before[table]]
    if mark and desk.ask(setting_after_upgrade) != mark:
        tally.lost.append(mark)
    desk.close()


@cache
def rows_before(source: Path) -> dict[str, int]:
    key, _ = soak_migrations.known(source)
    return dict(facts_of(source, key).rows)


def setting_after_upgrade(session: Session) -> str | None:
    found = session.get(Setting, "升级后")
    return found.value if found else None


# --- the end ----------------------------------------------------------------------------------


def farewell(folder: Path) -> Tally:
    """B meets A in the folder: first what A had put there, then both until level and equal."""
    world, tally = World(folder), Tally()
    confirmed = confirmed_in(world.log)
    desk, other = world.opened("A"), world.opened("B")
    exchange_folder(other, world.shared)
    tally.lost += [f"{mark} 不在共享文件夹里" for mark in missing(other, put_out(confirmed.marks))]
    resume_draws(desk)
    tally.half += desk.ask(faults_of_all_draws)
    for each in (desk, other, desk, other):
        exchange_folder(each, world.shared)
    tally.lost += faults_of_last_backup(desk)
    tally.lost += [f"{mark} 没有到 B" for mark in missing(other, confirmed.marks)]
    for letter, each in (("A", desk), ("B", other)):
        answer = each.ask(full_audit)
        tally.damaged += [] if answer.is_intact else [f"{letter}：{answer.sentence}"]
        tally.lost += [f"{letter}：{fault}" for fault in without_bytes(each)]
    if contents(desk) != contents(other):
        tally.damaged.append("两台电脑的数据不相等")
    for each in (desk, other):
        each.close()
    tally.confirmed = len(confirmed.marks)
    return tally


def faults_of_last_backup(desk: Desk) -> list[str]:
    """The backup after all kills has every photograph beside it."""
    back_up(desk, BackupReason.MANUAL)
    folder = backups_folder(desk.database.path)
    seen = check_pool(named_in(list_backups(folder)[0].path, desk.database.key), folder)
    return [f"最后的备份：{seen.text}"] if seen.missing or seen.damaged else []


def put_out(marks: list[str]) -> list[str]:
    """What was confirmed before the last confirmed exchange with the folder."""
    exchanges = [place for place, mark in enumerate(marks) if kind_of(mark) == "folder"]
    return marks[: exchanges[-1]] if exchanges else []


def missing(desk: Desk, marks: list[str]) -> list[str]:
    there = desk.ask(shared_marks)
    return [mark for mark in marks if kind_of(mark) in SHARED and mark not in there]


def shared_marks(session: Session) -> set[str | None]:
    columns = (Target.name, RegistryChange.reason, Attachment.title)
    return {mark_in(text) for column in columns for text in session.scalars(select(column))}


def faults_of_all_draws(session: Session) -> list[str]:
    draws = session.scalars(select(Draw).order_by(Draw.serial)).all()
    wrong = [each.request_id for each in draws if each.state != DrawState.DRAWN.value]
    found = [f"{request} 没有抽完" for request in wrong]
    if [each.serial for each in draws] != list(range(1, len(draws) + 1)):
        found.append("抽取编号不连续")
    for each in draws:
        found += [f"{each.request_id} {fault}" for fault in faults_of_draw(session, each)]
    return found


def contents(desk: Desk) -> dict[str, list[str]]:
    """Every row of every covered table."""
    return {table.name: desk.ask(rows_of, rows.all_rows(table)) for table in covered_tables()}


def rows_of(session: Session, query: str) -> list[str]:
    return sorted(text for _, text in session.connection().exec_driver_sql(query))
