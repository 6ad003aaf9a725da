"""The ways an exchange can go: shared folder, bundle on a stick, server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.have import Have
from ssj_desktop.domain.membership import MemberRecord, call_roll, read_record
from ssj_desktop.domain.signed_text import is_hash
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.bundle import Contents, write_bundle
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.cargo import Cargo, Manifest
from ssj_desktop.formats.envelope import Envelope, Label
from ssj_desktop.formats.files import write_pieces_and_read_back
from ssj_desktop.formats.segment_folder import SegmentFolder
from ssj_desktop.queries.attachment_routes import sizes_of
from ssj_desktop.queries.excerpts import tasks_out_with
from ssj_desktop.queries.exchanges import news_of, other_members
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.lineage import segment_parents, segments_beyond, tips
from ssj_desktop.queries.membership import (
    find_roster,
    is_field_laptop,
    list_records,
    member_texts,
    office_root,
    own_keys,
)
from ssj_desktop.services.carrying import (
    due_for_tasks,
    due_to,
    finish,
    manifest_for,
    missing_here,
    pieces_of,
    wishes,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.excerpts import EXCERPTS, HEADS, FromOffice, excerpt_for
from ssj_desktop.services.exchange import (
    FOLDER,
    SERVER,
    STICK,
    Said,
    TakeIn,
    note_served,
    own_have,
    seal_changes,
    segments_for,
    stamp,
    take_in,
)
from ssj_desktop.services.steps import Steps, counted, in_silence

EXCHANGE = "exchange"
ASKED, ATTESTED = "attachments_missing", "attachments_held"
"""Facts of a bundle: hashes its sender lacks, and in a receipt those it holds."""
ENDING = ".ssjb"


def exchange_folder(desk: Desk, path: Path, steps: Steps = in_silence) -> ExchangeReport | None:
    """Take in what is new in a shared folder and add what it lacks; None when all was level."""
    refuse_field_laptop(desk)
    seal_changes(desk)
    folder = SegmentFolder(path, desk.ask(office_root), desk.ask(own_keys))
    there, known = folder.hashes(), desk.ask(segment_parents)
    fresh = dict(folder.read(counted(sorted(there - known.keys()), steps, "读取", "段")))
    missing = {n: c for n, c in desk.ask(segments_beyond, ()).items() if n not in there}
    sent = _add(desk, folder, missing, steps)
    haves = desk.ask(news_of, folder.haves())
    report = None
    if fresh or missing or haves or sent or folder.attachments.has_any(missing_here(desk)):
        names = _names(desk, [have.device for have in folder.haves()])
        command = TakeIn(
            FOLDER, names, fresh, folder.members(), haves, len(missing), str(path), steps=steps
        )
        report = finish(desk, desk.do(take_in, command), folder.attachments, sent, steps)
    folder.add_members(desk.ask(member_texts))
    folder.write_have(*own_have(desk))
    if not fresh:
        _refuse_locked(folder.locked(there - known.keys()))
    return report


def refuse_field_laptop(desk: Desk) -> None:
    """A folder or a server holds everything, a laptop in the field only what it needs."""
    if desk.ask(is_field_laptop):
        raise RuleViolation("外业机不使用共享文件夹和服务器。", "请用 U 盘上的外业包与局里交换。")


def _add(desk: Desk, folder: SegmentFolder, missing: dict[str, bytes], steps: Steps) -> int:
    """What the folder lacks, under a key that exactly the members of today may have.

    Bytes of attachments come before the rows that name them; how many there were.
    """
    records = (*desk.ask(list_records), *folder.members())
    active = call_roll(folder.office, records).active()
    members = {m.public: bytes.fromhex(m.opening) for m in active if m.role is not DeviceRole.FIELD}
    around = desk.surroundings
    key = folder.keys.share(members, stamp(around.now()), around.chance)
    files, lacking = desk.attachments, folder.attachments.lacking(desk.ask(sizes_of))
    hashes = [sha256 for sha256 in lacking if files.is_whole(sha256)]
    for sha256 in counted(hashes, steps, "写出附件", "个"):
        folder.attachments.add(sha256, files.get(sha256), key, around.chance)
    for name in counted(tuple(missing), steps, "写出", "段"):
        folder.add({name: missing[name]}, key, around.chance)
    return len(hashes)


def _refuse_locked(count: int) -> None:
    if count:
        raise RuleViolation(
            f"共享文件夹里有 {count} 段数据，本机还没有钥匙。",
            "请先在一台早已加入的电脑上与这个文件夹交换一次，再回到本机交换。",
        )


def _names(desk: Desk, devices: Sequence[str]) -> str:
    members = desk.ask(find_roster).members
    own = desk.ask(own_keys).device
    return "、".join(members[d].name for d in devices if d in members and d != own)


def write_exchange_bundle(
    desk: Desk,
    path: Path,
    devices: Sequence[str] = (),
    kind: str = EXCHANGE,
    steps: Steps = in_silence,
    parts: dict[str, bytes] | None = None,
) -> tuple[str, int]:
    """A bundle for ``devices`` (default: all others) with what they lack; SHA-256 and count."""
    members = [m for m in desk.ask(other_members) if _is_for(m, devices)]
    if len(members) == 1 and members[0].role is DeviceRole.FIELD:
        return write_for_laptop(desk, path, members[0], kind, steps=steps)
    if any(member.role is DeviceRole.FIELD for member in members):
        raise InvalidInput("外业机的数据包要单独导出。", "请只选择这一台外业机，再导出一次。")
    if not members:
        raise RuleViolation("没有可以交换的设备。", "请先在“设备管理”页让另一台电脑加入。")
    return write_with_segments(desk, path, members, kind, {}, parts or {}, steps)


def write_with_segments(
    desk: Desk,
    path: Path,
    members: Sequence[MemberRecord],
    kind: str,
    facts: dict[str, object],
    parts: dict[str, bytes],
    steps: Steps = in_silence,
) -> tuple[str, int]:
    """What computers of the office lack, attachments included; SHA-256 and number of segments."""
    receivers = tuple(m.device for m in members)
    segments = segments_for(desk, receivers)
    manifest = manifest_for(desk, due_to(desk, receivers, segments))
    everything = {f"segments/{name}.seg": content for name, content in segments.items()}
    front = _front_of(desk, members, kind, facts, {**everything, **parts}, manifest)
    digest = write_pieces_and_read_back(path, pieces_of(desk, front, manifest, steps))
    note_served(desk, receivers)
    return digest, len(segments)


def _is_for(member: MemberRecord, devices: Sequence[str]) -> bool:
    """Without a choice: all computers of the office, for they hold everything."""
    return member.device in devices if devices else member.role is not DeviceRole.FIELD


def write_for_laptop(
    desk: Desk,
    path: Path,
    member: MemberRecord,
    kind: str,
    facts: dict[str, object] | None = None,
    parts: dict[str, bytes] | None = None,
    *,
    with_attachments: bool = False,
    steps: Steps = in_silence,
) -> tuple[str, int]:
    """The tasks of a field laptop and what they need, no segments; SHA-256 and number of tasks."""
    seal_changes(desk)
    tasks = desk.ask(tasks_out_with, member.device)
    chosen = excerpt_for(desk, member, tasks, stamp(desk.surroundings.now()))
    due = due_for_tasks(desk, member.device, tasks) if with_attachments else ()
    manifest, everything = manifest_for(desk, due), {**chosen.parts, **(parts or {})}
    front = _front_of(desk, [member], kind, {**chosen.facts, **(facts or {})}, everything, manifest)
    return write_pieces_and_read_back(path, pieces_of(desk, front, manifest, steps)), len(tasks)


def _front_of(
    desk: Desk,
    members: Sequence[MemberRecord],
    kind: str,
    facts: dict[str, object],
    parts: dict[str, bytes],
    manifest: Manifest,
) -> bytes:
    """The envelope of a bundle for these members; the attachments in ``manifest`` follow it."""
    keys = desk.ask(own_keys)
    everything = dict(parts)
    for digest, text in desk.ask(member_texts).items():
        everything[f"members/{digest}.txt"] = text.encode()
    asked = wishes(desk)
    said: dict[str, object] = {**facts, **({ASKED: asked} if asked else {})}
    label = Label(
        desk.surroundings.chance(16).hex(), kind, desk.ask(office_root), keys.public.hex(),
        stamp(desk.surroundings.now()),
    )  # fmt: skip
    contents = Contents(
        tuple(sorted(desk.ask(tips))), desk.ask(journal_head), said, everything, manifest
    )
    openings = [bytes.fromhex(member.opening) for member in members]
    return write_bundle(label, openings, contents, keys, desk.surroundings.chance)


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle of this office whose sender is a member, and what taking it in means."""

    label: Label
    contents: Contents
    command: TakeIn
    cargo: Cargo


def open_exchange_bundle(desk: Desk, path: Path, steps: Steps = in_silence) -> Opened:
    """Who sent it is checked before it is decrypted, and every attachment before any is used."""
    file = open_bundle_file(path)
    envelope = file.envelope
    _refuse_foreign(desk, envelope)
    contents, cargo = file.contents(desk.ask(own_keys))
    records = records_in(contents)
    roster = call_roll(envelope.label.office, (*desk.ask(list_records), *records))
    member = roster.find(envelope.label.sender)
    if member is None or not member.is_active:
        raise PermissionRefused(
            "发出数据包的电脑不在本单位的设备名单里，或已被撤销。", "请核对来源；内容没有采用。"
        )
    cargo.check(lambda done, total: steps(f"核对附件第 {done} 个，共 {total} 个", done, total))
    brought = brought_in(contents)
    heads = (*contents.heads, *brought.covered, *brought.heads, *_hashes(contents, "acknowledged"))
    have = Have(
        envelope.label.office, envelope.label.sender, heads, contents.journal_head,
        envelope.label.made,
    )  # fmt: skip
    segments = {
        name.removesuffix(".seg"): part for name, part in contents.named("segments").items()
    }
    said = Said(member.device, _hashes(contents, ASKED), _hashes(contents, ATTESTED))
    command = TakeIn(
        STICK, member.name, segments, records, (have,), 0, path.name, file.digest(),
        brought=brought, said=said, steps=steps,
    )  # fmt: skip
    return Opened(envelope.label, contents, command, cargo)


def brought_in(contents: Contents) -> FromOffice:
    """What a field laptop gets instead of segments."""
    heads = {n.removesuffix(".seg"): part for n, part in contents.named(HEADS).items()}
    excerpts = tuple(contents.named(EXCERPTS).values())
    return FromOffice(heads, excerpts, _hashes(contents, "covered"))


def _hashes(contents: Contents, name: str) -> tuple[str, ...]:
    found = contents.facts.get(name, ())
    return tuple(each for each in found if isinstance(each, str) and is_hash(each))


def records_in(contents: Contents) -> tuple[MemberRecord, ...]:
    parts = contents.named("members").values()
    return tuple(read_record(part.decode("utf-8", "replace")) for part in parts)


def _refuse_foreign(desk: Desk, envelope: Envelope) -> None:
    if envelope.label.office != desk.ask(office_root):
        raise PermissionRefused("这是别的单位的数据包。", "备案数据包请在“上下级备案”页收取。")


def push(desk: Desk, url: str) -> tuple[int, int]:
    """Add to the server what it lacks; the numbers of segments and attachments sent."""
    from ssj_desktop.services.own_server import send_to  # noqa: PLC0415 - heavy driver

    refuse_field_laptop(desk)
    seal_changes(desk)
    return send_to(desk, url)


def pull(desk: Desk, url: str) -> ExchangeReport:
    """Take in what the server has and this store lacks."""
    from ssj_desktop.models.attachment_server import AttachmentServer  # noqa: PLC0415 - the same
    from ssj_desktop.models.segment_server import SegmentServer  # noqa: PLC0415 - heavy driver

    refuse_field_laptop(desk)
    seal_changes(desk)
    server = SegmentServer(url, desk.ask(office_root))
    records = tuple(read_record(text) for text in server.members().values())
    segments = dict(server.pull(desk.ask(segment_parents)))
    report = desk.do(take_in, TakeIn(SERVER, url.rpartition("@")[2], segments, records))
    return finish(desk, report, AttachmentServer(server))


def choose_devices(desk: Desk, names: Sequence[str]) -> tuple[str, ...]:
    """Devices by name, letter or id; InvalidInput when one is unknown."""
    members = desk.ask(other_members)
    found = []
    for name in names:
        hits = [m.device for m in members if name in (m.name, m.letter, m.device)]
        if not hits:
            raise InvalidInput(f"没有名为“{name}”的设备。", "请用 ssj sync devices 查看名单。")
        found.append(hits[0])
    return tuple(found)
