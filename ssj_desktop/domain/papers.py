"""Papers as plain text ready to print; rendered to PDF and to workbooks by the formats."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``width_mm`` on paper; ``kind`` text, code, ticket, number or date."""

    title: str
    width_mm: int
    align: str = "left"
    kind: str = "text"


Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePaper:
    """A landscape table: 公示表, 年度抽查计划表, lists."""

    organ: str
    title: str
    head_lines: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot_left: str = ""
    foot_right: str = ""
    page_foot: str = ""
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture of a :class:`PhotoPaper`; its bytes are handed to the renderer by ``sha256``."""

    sha256: str
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class PhotoPaper:
    """现场检查附件: a list of all attachments with their hashes, then the photographs."""

    organ: str
    title: str
    head_lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    photographs: tuple[Photograph, ...]
    note: str
    page_foot: str


@dataclass(frozen=True, slots=True)
class HashLine:
    """A printed hash; empty ``sm3`` prints one line only."""

    label: str
    sha256: str
    sm3: str = ""
    kind: str = "SHA-256"


@dataclass(frozen=True, slots=True)
class Signer:
    """A person who signs: 身份, 姓名, 单位, and what the person wrote."""

    capacity: str
    name: str
    unit: str
    digits: str = ""


@dataclass(frozen=True, slots=True)
class RecordPaper:
    """随机抽取记录表. Rows are strings in the order of the printed columns."""

    organ: str
    number: str
    ordinal: str
    facts: tuple[tuple[str, str], ...]
    strata: tuple[Row, ...]
    drawn: tuple[Row, ...]
    substitutes: tuple[Row, ...]
    would_be: tuple[Row, ...]
    would_be_note: str
    witnesses: tuple[Signer, ...]
    hashes: tuple[HashLine, ...]
    recipe: tuple[str, ...]
    qr_text: str
    page_foot: str
    candidates: tuple[Row, ...] = ()
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalPaper:
    """作废单, 替补审批表, 回避审批表; ``boxes`` are (head, statement, who signs)."""

    organ: str
    title: str
    number: str
    ordinal: str
    facts: tuple[tuple[str, str], ...]
    boxes: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    page_foot: str
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class PredrawPaper:
    """随机抽取前承诺单; ``annex`` names every changed object: kind, number, object and reason, who and when."""

    organ: str
    number: str
    ordinal: str
    facts: tuple[tuple[str, str], ...]
    drift_title: str
    drift: tuple[Row, ...]
    hashes: tuple[HashLine, ...]
    signers: tuple[Signer, ...]
    qr_text: str
    page_foot: str
    watermark: str = ""
    annex: tuple[Row, ...] = ()

    @property
    def title(self) -> str:
        return "随机抽取前承诺单"


@dataclass(frozen=True, slots=True)
class RecoveryPaper:
    """恢复单: the code in groups, for the safe; ``qr_text`` carries ids only, never the code."""

    organ: str
    number: str
    code: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    qr_text: str
    page_foot: str
    watermark: str = ""
    title: str = "数据库恢复单"
    code_name: str = "恢复码"
    code_note: str = "字母和数字 2–7，没有数字 0 和 1；不分大小写"
