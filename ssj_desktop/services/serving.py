"""The shared server: furnish it, and make the roll-up for city and province."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.membership import read_record
from ssj_desktop.models.disclosures import Disclosure
from ssj_desktop.models.draws import Draw, SelectedTarget
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.models.registries import REGISTRY_TABLES
from ssj_desktop.models.segment_server import Login, SegmentServer, furnish_server
from ssj_desktop.queries.filings import list_peer_offices
from ssj_desktop.queries.lineage import tips
from ssj_desktop.queries.membership import office_root
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.joining import replica_of

Answer = tuple[list[str], dict[str, Any]]
Counts = dict[tuple[int, str, str], int]


def furnish(desk: Desk, url: str, login: str, password: str, reader: str) -> Answer:
    """Tables, guards and the logins of this office (and of its reader above)."""
    if not login or not password:
        raise InvalidInput("没有给出账号或密码。", "请填写本单位在服务器上的账号和密码。")
    office = desk.ask(office_root)
    logins = [Login(login, password, office)]
    if reader:
        logins.append(Login(reader, password, office, may_write=False))
    furnish_server(url, logins, projector=reader)
    return [f"服务器已就绪，账号 {login} 属于本单位。"], {"login": login, "office": office}


def project(desk: Desk, url: str, _login: str, _password: str, _reader: str) -> Answer:
    """Fold the segments of every known office in an empty store, count, replace its roll-up."""
    offices = {desk.ask(office_root): desk.office.unit}
    offices |= {peer.office: peer.unit for peer in desk.ask(list_peer_offices)}
    lines = []
    for office, unit in offices.items():
        server = SegmentServer(url, office)
        segments = dict(server.pull(()))
        if not segments:
            continue
        records = tuple(read_record(text) for text in server.members().values())
        with tempfile.TemporaryDirectory(prefix="ssj-") as folder:
            replica = replica_of(Path(folder) / "office.ssj", office, segments, records)
            counts, heads = replica.ask(roll_up), replica.ask(tips)
            replica.close()
        server.project(heads, counts)
        lines.append(f"{unit}：{len(segments)} 段，汇总 {len(counts)} 项。")
    return lines or ["服务器上还没有数据段。"], {"offices": len(lines)}


def roll_up(session: Session) -> Counts:
    """Counts by year, measure and part; registries stand under year 0."""
    counts: Counter[tuple[int, str, str]] = Counter()
    for kind, table in REGISTRY_TABLES.items():
        counts[0, kind, "全部"] = session.scalar(select(func.count()).select_from(table)) or 0
    for year, state in session.execute(select(AnnualPlan.year, AnnualPlan.state)):
        counts[year, "plans", state.value] += 1
    draws = dict[str, int]()
    for key, year, drawn in session.execute(select(Draw.id, Draw.year, Draw.state)):
        counts[year, "draws", drawn] += 1
        draws[key] = year
    for draw_id, standing in session.execute(
        select(SelectedTarget.draw_id, SelectedTarget.standing)
    ):
        counts[draws.get(draw_id, 0), "selected", standing] += 1
    for draw_id, task in session.execute(select(InspectionTask.draw_id, InspectionTask.state)):
        counts[draws.get(draw_id, 0), "tasks", task.value] += 1
    for day, kind, disclosed in session.execute(
        select(Disclosure.completed_on, Disclosure.kind, Disclosure.state)
    ):
        counts[day.year, f"disclosures.{kind.value}", disclosed.value] += 1
    return dict(counts)
