"""The server of this device: keep it, try it, exchange with it."""

from dataclasses import dataclass

from sqlalchemy import delete, insert

from ssj_desktop.domain.errors import RuleViolation, SsjError
from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.membership import read_record
from ssj_desktop.domain.server_address import ServerAddress, server_url
from ssj_desktop.models.exchange import OwnServer
from ssj_desktop.queries.attachment_routes import sizes_of
from ssj_desktop.queries.lineage import segment_parents, segments_beyond
from ssj_desktop.queries.membership import member_texts, office_root
from ssj_desktop.queries.own_server import KnownServer, LinkQuestion, LinkState, find_server
from ssj_desktop.services.carrying import finish, missing_here
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.exchange import SERVER, TakeIn, seal_changes, take_in
from ssj_desktop.services.steps import Steps, in_silence

_PROBE_SECONDS = 4
_UNFIT = "服务器上还没有附件的表，附件没有发出：请管理机在“服务器设置”里再点一次“建立数据表”"


@dataclass(frozen=True, slots=True)
class KeepServer:
    """Where it stands and the password of its login."""

    address: ServerAddress
    password: str


def keep_server(work: Work, command: KeepServer) -> None:
    """Remember the server on this device; the journal names the place and never the password."""
    place = command.address
    work.session.execute(delete(OwnServer))
    work.session.execute(
        insert(OwnServer).values(
            only=1, host=place.host, port=place.port, database=place.database, login=place.login,
            password=command.password, safety=place.safety.value, certificate=place.certificate,
        )
    )  # fmt: skip
    work.note("设置服务器", place.text, "sync", login=place.login, safety=place.safety.value)


def forget_server(work: Work, _: None) -> None:
    known = find_server(work.session)
    if known is None:
        raise RuleViolation("本机没有设置服务器。", "无需清除。")
    work.session.execute(delete(OwnServer))
    work.note("不再使用服务器", known.address.text, "sync")


def try_server(desk: Desk, address: ServerAddress, password: str) -> str:
    """Reach it, sign in, and count what of this office lies there; one sentence."""
    from ssj_desktop.models.segment_server import SegmentServer  # noqa: PLC0415 - heavy driver

    office = desk.ask(office_root)
    count = len(SegmentServer(server_url(address, password), office).hashes())
    return f"连接成功，服务器上有本单位 {count} 段数据。"


def look_at_server(question: LinkQuestion) -> LinkState:
    """Online or not, and how much waits; a refusal is an answer too."""
    from ssj_desktop.models.segment_server import SegmentServer  # noqa: PLC0415 - heavy driver

    try:
        there = SegmentServer(question.url, question.office, _PROBE_SECONDS).hashes()
    except SsjError as refusal:
        return LinkState(is_online=False, why=str(refusal))
    return question.compare(there)


def send_to(desk: Desk, url: str, steps: Steps = in_silence) -> tuple[int, int]:
    """Add to a server what it lacks, bytes before the rows that name them; segments, attachments."""
    from ssj_desktop.models.attachment_server import AttachmentServer  # noqa: PLC0415 - the same
    from ssj_desktop.models.segment_server import SegmentServer  # noqa: PLC0415 - heavy driver

    server = SegmentServer(url, desk.ask(office_root))
    shelf, files = AttachmentServer(server), desk.attachments
    sizes = desk.ask(sizes_of)
    there = shelf.hashes() if sizes and shelf.is_furnished() else frozenset(sizes)
    hashes = [sha256 for sha256 in sizes if sha256 not in there and files.is_whole(sha256)]
    for done, _ in enumerate(shelf.push(hashes, files.get) if hashes else (), 1):
        steps(f"发出附件第 {done} 个，共 {len(hashes)} 个", done, len(hashes))
    segments = desk.ask(segments_beyond, ())
    return server.push(segments, desk.ask(member_texts), steps), len(hashes)


def exchange_server(desk: Desk, steps: Steps = in_silence) -> ExchangeReport | None:
    """Send what the server lacks, take in what this store lacks; None when both are level.

    Sending comes first: it cannot be undone there, and what is sent twice is kept once.
    """
    from ssj_desktop.models.attachment_server import AttachmentServer  # noqa: PLC0415 - the same
    from ssj_desktop.models.segment_server import SegmentServer  # noqa: PLC0415 - heavy driver

    known = _server_of(desk)
    seal_changes(desk)
    server = SegmentServer(known.url, desk.ask(office_root))
    shelf = AttachmentServer(server)
    held, texts = desk.ask(segment_parents), desk.ask(member_texts)
    sent, attachments = send_to(desk, known.url, steps)
    segments = dict(server.pull(held, steps))
    fresh = [text for digest, text in server.members().items() if digest not in texts]
    lacking = missing_here(desk)
    if not (sent or attachments or segments or fresh or shelf.has_any(lacking)):
        return None
    records = tuple(read_record(text) for text in fresh)
    unfit = bool(desk.ask(sizes_of)) and not shelf.is_furnished()
    command = TakeIn(
        SERVER, known.address.text, segments, records, (), sent,
        remarks=(_UNFIT,) if unfit else (), steps=steps,
    )  # fmt: skip
    return finish(desk, desk.do(take_in, command), shelf, attachments, steps)


def project_own(desk: Desk) -> list[str]:
    """汇总 on the server of this device, for whose login the owner of the database allowed it."""
    from ssj_desktop.services.serving import project  # noqa: PLC0415 - heavy driver

    return project(desk, _server_of(desk).url, "", "", "")[0]


def _server_of(desk: Desk) -> KnownServer:
    known = desk.ask(find_server)
    if known is None:
        raise RuleViolation("本机没有设置服务器。", "请先在“数据同步”页设置服务器。")
    return known
