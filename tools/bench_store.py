"""The store layer against bare SQLCipher in the same mode: import, re-import, rows, search, audit."""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from killing import PASSWORD
from long_journal import lengthen
from measuring import Action, Row, compare, repeated, report

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.headings import find_table
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.journal import covered_bytes
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.journal import audit, list_entries
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.queries.registry_pages import list_row_ids, rows_by_ids
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import ImportRows, SheetFile, import_rows

SIZES = (1_000, 10_000, 100_000)
ENTRIES = 200_000
FILLS = 3
HEADS = ("单位名称", "统一社会信用代码", "行业类别", "所在区域", "地址", "法定代表人", "备注")
AREAS = ("兴华街道", "建设街道", "云岭镇", "双河镇")
TRADES = ("建筑业企业", "物业服务企业", "房地产开发企业", "燃气经营企业")
CREATE = "CREATE TABLE t (id TEXT PRIMARY KEY, " + ", ".join(f"c{n}" for n in range(15)) + ")"
INSERT = "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def texts(number: int, note: str = "") -> tuple[str, ...]:
    return (
        f"云岭县第{number}{TRADES[number % 4][:4]}有限公司", f"HLJ{number:09d}", TRADES[number % 4],
        AREAS[number % 4], f"{AREAS[number % 4]}建设路{number}号", f"王{number % 97}", note,
    )  # fmt: skip


def sheet_file(size: int, changed_every: int = 0) -> SheetFile:
    """A parsed workbook; with ``changed_every`` some rows carry another note."""
    head = SheetRow(1, {column: Cell(text) for column, text in enumerate(HEADS)})
    rows = []
    for number in range(size):
        changed = changed_every and number % changed_every == 0
        cells = texts(number, "已变更" if changed else "")
        rows.append(SheetRow(number + 2, {c: Cell(text) for c, text in enumerate(cells) if text}))
    workbook = Workbook("规模.xlsx", (Sheet("Sheet1", (head, *rows)),))
    parsed = parse_rows(find_table(workbook, TARGETS), TARGETS)
    return SheetFile("targets", workbook.name, "0" * 64, parsed, ())


def bare_rows(size: int) -> list[tuple[str, ...]]:
    return [(f"{n:036d}", *texts(n), *(["正常"] * 8)) for n in range(size)]


def bare_store(path: Path) -> Any:
    """SQLCipher without our layer, in the mode the store uses."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{'07' * 32}'\"")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute(CREATE)
    return connection


class Bench:
    """One size: a founded store and a bare one, both filled."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.made = 0
        self.fresh = sheet_file(size)
        self.bare_values = bare_rows(size)
        self.desks = [self.new_desk() for _ in range(FILLS)]
        self.bares = [self.new_bare() for _ in range(FILLS)]
        self.desk, self.bare = self.desks[0], self.bares[0]

    def new_desk(self) -> Desk:
        self.made += 1
        office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
        path = self.folder / f"{self.size}-{self.made}.ssj"
        return create_store(path, office, PASSWORD, cost=LEAST_COST)[0]

    def new_bare(self) -> Any:
        self.made += 1
        return bare_store(self.folder / f"{self.size}-{self.made}.bare")

    def fill(self) -> None:
        self.desk = self.desks.pop()
        self.desk.do(import_rows, ImportRows(self.fresh))

    def fill_bare(self) -> None:
        self.bare = self.bares.pop()
        self.bare.execute("BEGIN IMMEDIATE")
        self.bare.executemany(INSERT, self.bare_values)
        self.bare.execute("COMMIT")

    def upsert_bare(self) -> None:
        self.bare.execute("BEGIN IMMEDIATE")
        self.bare.executemany(
            INSERT + " ON CONFLICT (id) DO UPDATE SET c6 = excluded.c6", self.bare_values
        )
        self.bare.execute("COMMIT")

    def rows(self) -> list[Row]:
        imported = compare("批量导入", self.size, self.fill, self.fill_bare, 3.5, FILLS)
        return [imported, self.read(), self.search(), self.page(), self.again()]

    def read(self) -> Row:
        return compare(
            "取全部行", self.size, lambda: self.desk.ask(list_rows, "targets"),
            lambda: self.bare.execute("SELECT * FROM t ORDER BY c0, id").fetchall(), 1.3,
        )  # fmt: skip

    def search(self) -> Row:
        names = [values[1] for values in self.bare_values]
        wanted = RowFilter("9物业")
        return compare(
            "边输入边查找，前 50 行", self.size,
            repeated(lambda: self.desk.ask(list_rows, "targets", wanted, 50), 20),
            repeated(lambda: [name for name in names if wanted.search in name], 20),
            0.1 if self.size >= 1_000_000 else None,
        )  # fmt: skip

    def page(self) -> Row:
        """As the table reads: the keys once, then the rows of the page in view."""
        ids = self.desk.ask(list_row_ids, "targets")
        deep = self.size * 9 // 10

        def rows_at(place: int) -> Action:
            return lambda: self.desk.ask(rows_by_ids, "targets", list(ids[place : place + 100]))

        return compare(
            "九成处一页对首页",
            self.size,
            repeated(rows_at(deep), 20),
            repeated(rows_at(0), 20),
            1.0,
        )

    def again(self) -> Row:
        """Each round changes the same hundredth of the rows, to and fro."""
        versions = [sheet_file(self.size, 100), self.reset_file()]
        turn = iter(versions * 2)
        return compare(
            "再次导入，1% 有变", self.size,
            lambda: self.desk.do(import_rows, ImportRows(next(turn))), self.upsert_bare, 2.0,
            rounds=3,
        )  # fmt: skip

    def reset_file(self) -> SheetFile:
        """The same rows with another note where the first file changed them."""
        head = SheetRow(1, {column: Cell(text) for column, text in enumerate(HEADS)})
        rows = []
        for number in range(self.size):
            note = "又变更" if number % 100 == 0 else ""
            cells = {c: Cell(t) for c, t in enumerate(texts(number, note)) if t}
            rows.append(SheetRow(number + 2, cells))
        workbook = Workbook("规模.xlsx", (Sheet("Sheet1", (head, *rows)),))
        parsed = parse_rows(find_table(workbook, TARGETS), TARGETS)
        return SheetFile("targets", workbook.name, "1" * 64, parsed, ())


def audit_row(folder: Path) -> Row:
    """Checking the chain against SHA-256 over the same bytes, which lie in memory already."""
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(folder / "journal.ssj", office, PASSWORD, cost=LEAST_COST)
    lengthen(desk, ENTRIES)
    bodies = [covered_bytes(entry) for entry in desk.ask(list_entries, ENTRIES)]
    row = compare(
        "日志核对", ENTRIES, lambda: desk.ask(audit),
        lambda: [hashlib.sha256(body).hexdigest() for body in bodies], 5,
    )  # fmt: skip
    desk.close()
    return row


def main() -> int:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for size in SIZES:
            bench = Bench(Path(folder), size)
            rows += bench.rows()
            bench.desk.close()
        rows.append(audit_row(Path(folder)))
    return report("store", rows)


if __name__ == "__main__":
    sys.exit(main())
