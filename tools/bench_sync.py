"""Exchange against bare tools: triggers, sealing, taking in, size of a bundle, server, 200 edits."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard
from measuring import Row, compare, report
from sqlalchemy import insert
from sync_replicas import KEY, START, RandomSurroundings, Replica, found_template, office_of

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.postgres import as_login, running_server
from exchange.two_desks import computers

from ssj_desktop.models.cipher import opened
from ssj_desktop.models.registries import Target
from ssj_desktop.models.segment_server import Login, SegmentServer, furnish_server
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.services.desk import Work
from ssj_desktop.services.field_bundles import bring_in
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.sync import ApplySegments, apply_segments
from ssj_desktop.services.transports import write_exchange_bundle

ROWS, ROUNDS, EDITS = 100_000, 3, 200
COLUMNS = [column.name for column in Target.__table__.columns]
MARKS = ", ".join("?" * len(COLUMNS))
BARE = f"INSERT INTO targets ({', '.join(COLUMNS)}) VALUES ({MARKS})"  # noqa: S608 - own names
OFFICE = "a" * 64


def rows(count: int) -> list[dict[str, Any]]:
    """Rows as an import makes them, under random keys."""
    chance = RandomSurroundings("bench")
    return [
        {
            "id": chance.new_id(), "code": f"91239921X{n:09d}", "number": f"91239921X{n:09d}",
            "name": f"云岭县第{n}物业服务有限公司", "initials": "YLXDWY", "kind": "ENTERPRISE",
            "industry": "物业服务企业", "credit_class": "A", "area": "兴华街道", "status": "NORMAL",
            "representative": f"王{n % 97}", "address": f"兴华街道建设路{n}号", "enrolled_at": START,
            "revised_at": START,
        }
        for n in range(count)
    ]  # fmt: skip


class Bench:
    """Stores that are filled in turns: bare, through the triggers, and from a segment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values = rows(ROWS)
        self.plain = [
            tuple(str(v) if (v := row.get(name)) is not None else None for name in COLUMNS)
            for row in self.values
        ]
        self.template = found_template(folder)
        self.made = 0

    def replica(self) -> Replica:
        self.made += 1
        folder = self.folder / str(self.made)
        folder.mkdir()
        return office_of(1, folder, self.template, str(self.made))[0]

    def bare(self) -> None:
        """The same rows in the same encrypted mode, without triggers."""
        replica = self.replica()
        replica.close()
        with opened(replica.path, KEY) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in names.fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(BARE, self.plain)
            connection.execute("COMMIT")
        replica.path.unlink()

    def fill(self, replica: Replica) -> None:
        def deed(work: Work) -> None:
            work.session.execute(insert(Target), self.values)

        replica.act(deed)

    def run(self) -> list[Row]:
        empty = [self.replica() for _ in range(ROUNDS)]
        full, unsealed = list(empty), list(empty)
        filled = compare("触发器记录", ROWS, lambda: self.fill(empty.pop()), self.bare, 3.5, ROUNDS)

        def seal() -> None:
            unsealed.pop().desk.seal()

        sealed = compare("封存", ROWS, seal, self.bare, 1.5, ROUNDS)
        segments = full[0].segments()
        takers = [self.replica() for _ in range(ROUNDS)]
        command = ApplySegments(tuple(segments.values()), lambda *_: "")
        taken = compare(
            "并入", ROWS, lambda: takers.pop().desk.do(apply_segments, command),
            self.bare, 5, ROUNDS,
        )  # fmt: skip
        return [filled, sealed, taken, self.size(segments), *self.server(segments)]

    def dump(self) -> bytes:
        """What ``.dump`` of a plain SQLite file with these rows would write."""
        lines = (
            "INSERT INTO targets VALUES("
            + ",".join("NULL" if value is None else f"'{value}'" for value in row)
            + ");\n"
            for row in self.plain
        )
        return "".join(lines).encode()

    def size(self, segments: dict[str, bytes]) -> Row:
        """The bundle as it is written to a stick, against zstd of the dump at the same level."""
        a, b = computers(self.folder)
        peer = b.ask(own_keys).device
        path = self.folder / "bundle.ssjb"
        write_exchange_bundle(a, path, [peer])
        empty = path.stat().st_size
        ours = empty + sum(map(len, segments.values()))
        bare = len(zstandard.ZstdCompressor(level=3).compress(self.dump()))
        a.close()
        b.close()
        return Row("数据包（此行单位 KB）", ROWS, ours / 1e6, bare / 1e6, 1.2)

    def server(self, segments: dict[str, bytes]) -> list[Row]:
        """Pushing the same rows against psql's copy of them, by the clock: the server works too."""
        with running_server() as url:
            names = [Login("bench", "Sesame-2026", OFFICE)]
            furnish_server(url, names)
            table = self.folder / "rows.tsv"
            table.write_text("".join(_copied(row) for row in self.plain), encoding="utf-8")
            columns = ", ".join(f'"{name}" text' for name in COLUMNS)
            psql = ["psql", url, "-q", "-v", "ON_ERROR_STOP=1"]
            login = as_login(url, "bench")

            def copy() -> None:
                make = (
                    f"CREATE TEMP TABLE t ({columns}, PRIMARY KEY (id));\n\\copy t FROM '{table}'\n"
                )
                subprocess.run(psql, input=make.encode(), check=True)

            def push() -> None:
                SegmentServer(login, OFFICE).push(segments, {})
                subprocess.run(
                    psql, check=True,
                    input=b"ALTER TABLE ssj.segments DISABLE TRIGGER USER; DELETE FROM ssj.segments;",
                )  # fmt: skip

            ours, bare = _clocked(push, copy)
            return [Row("送到 PostgreSQL", ROWS, ours, bare, 3)]


def _copied(row: tuple[str | None, ...]) -> str:
    return "\t".join("\\N" if value is None else value for value in row) + "\n"


def _clocked(ours: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float]:
    seconds: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for place, action in enumerate((ours, bare)):
            begun = time.perf_counter()
            action()
            seconds[place].append(time.perf_counter() - begun)
    mine, other = map(statistics.median, seconds)
    return mine, other


def some_edits(folder: Path) -> str:
    """200 edits of one computer, written as a bundle and taken in by the other."""
    a, b = computers(folder)
    for n in range(EDITS):
        texts = {"name": f"第{n}物业公司", "kind": "企业", "number": f"91239921Y{n:09d}"}
        a.do(enrol, Enrol("targets", texts))
    path = folder / "edits.ssjb"
    peer = [b.ask(own_keys).device]
    write_exchange_bundle(a, path, peer)
    bring_in(b, path)
    write_exchange_bundle(b, path, [a.ask(own_keys).device])
    bring_in(a, path)
    for n, row in enumerate(a.ask(list_rows, "targets", RowFilter())[:EDITS]):
        a.do(revise, Revise("targets", row.id, {"contact": f"王{n}"}, "电话核实"))
    begun = time.perf_counter()
    write_exchange_bundle(a, path, peer)
    bring_in(b, path)
    seconds, size = time.perf_counter() - begun, path.stat().st_size
    a.close()
    b.close()
    return f"{EDITS} 处修改交换一次：{seconds:.2f} 秒（目标 1 秒内），{size / 1000:.1f} kB（目标 50 kB 内）"


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / "edits").mkdir()
        print(some_edits(place / "edits"), flush=True)
        found = Bench(place).run()
    return report("sync", found)


if __name__ == "__main__":
    sys.exit(main())
