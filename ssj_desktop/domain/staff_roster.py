"""人员花名册 against the inspector registry: is everybody in it who has to be?

方案 二（三）2: 确保所有行政执法类公务员、具有行政执法资格的工作人员全部入库，并按照执法资质、业务专长进行
分类标注.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ssj_desktop.domain.fields import INSPECTORS, Field, Registry, Value
from ssj_desktop.domain.identifiers import look_alike
from ssj_desktop.domain.vocabulary import InspectorStatus, StaffGap

STAFF = Registry(
    kind="staff", label="人员花名册", noun="人员", counter="人", key="certificate_number",
    fields=(
        INSPECTORS.field("name"),
        replace(
            INSPECTORS.field("certificate_number"), required=False,
            hint="没有执法证的留空。", aliases=(*INSPECTORS.field("certificate_number").aliases, "证件号"),
        ),
        INSPECTORS.field("certificate_expiry"),
        replace(INSPECTORS.field("department"), required=False),
        INSPECTORS.field("section"),
        Field("identity", "人员身份", sample="行政执法类公务员", width=12,
              aliases=("身份", "人员类别", "人员性质", "编制类型", "公务员类别", "编制性质")),
        INSPECTORS.field("status"),
    ),
)  # fmt: skip
_ENFORCING = "行政执法"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to put right: about whom and what stands where."""

    kind: StaffGap
    name: str
    department: str
    number: str
    detail: str


@dataclass(frozen=True, slots=True)
class StaffCheck:
    """``obliged`` people have to be in the registry, ``enrolled`` of them are."""

    obliged: int
    enrolled: int
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        return self.obliged - self.enrolled


Row = Mapping[str, Value]


def compare(staff: Sequence[Row], registry: Sequence[Row], today: date) -> StaffCheck:
    """``staff`` are values of the roster, ``registry`` those of every inspector."""
    pairs, strangers = _paired(staff, registry)
    obliged = [(person, known) for person, known in pairs if _must_be_enrolled(person)]
    gaps = [gap for person, known in pairs for gap in _gaps(person, known)]
    gaps += [
        _gap(StaffGap.NOT_ON_ROSTER, row, "名录里在岗，花名册里没有此人。")
        for row in strangers
        if row["status"] is InspectorStatus.ACTIVE
    ]
    gaps += [gap for row in registry for gap in _own_gaps(row, today)]
    order = {kind: place for place, kind in enumerate(StaffGap)}
    gaps.sort(key=lambda gap: order[gap.kind])
    return StaffCheck(len(obliged), sum(known is not None for _, known in obliged), tuple(gaps))


def _must_be_enrolled(person: Row) -> bool:
    """行政执法类公务员, or who holds a certificate; nobody who has left."""
    works_here = person.get("status") is not InspectorStatus.LEFT
    enforces = _ENFORCING in str(person.get("identity") or "")
    return works_here and (enforces or bool(person.get("certificate_number")))


def _paired(
    staff: Sequence[Row], registry: Sequence[Row]
) -> tuple[list[tuple[Row, Row | None]], list[Row]]:
    """Each person with the registry row of the same number, else of the same single name."""
    numbers = {row["certificate_number"]: row for row in registry}
    known = [numbers.get(person.get("certificate_number")) for person in staff]
    taken = {id(row) for row in known if row is not None}
    rest = [row for row in registry if id(row) not in taken]
    by_name = _by_name(rest)
    same_name = _by_name(person for person, row in zip(staff, known, strict=True) if row is None)
    pairs: list[tuple[Row, Row | None]] = []
    for person, row in zip(staff, known, strict=True):
        found, name = row, _name(person)
        if found is None and len(by_name[name]) == len(same_name[name]) == 1:
            found = by_name[name][0]
            taken.add(id(found))
        pairs.append((person, found))
    return pairs, [row for row in rest if id(row) not in taken]


def _by_name(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[_name(row)].append(row)
    return found


def _name(row: Row) -> str:
    return look_alike(str(row["name"]))


def _gaps(person: Row, known: Row | None) -> Iterator[Gap]:
    if known is None:
        yield from _absent(person)
        return
    if person.get("status") is InspectorStatus.LEFT:
        if known["status"] is InspectorStatus.ACTIVE:
            yield _gap(StaffGap.LEFT, known, "花名册上已离岗，名录里仍在岗。")
        return
    for name, kind in (
        ("certificate_number", StaffGap.OTHER_NUMBER),
        ("certificate_expiry", StaffGap.OTHER_EXPIRY),
    ):
        given = person.get(name)
        if given is not None and given != known[name]:
            yield _gap(kind, known, f"花名册为 {given}，名录为 {known[name] or '空'}。")


def _absent(person: Row) -> Iterator[Gap]:
    if not _must_be_enrolled(person):
        return
    if person.get("certificate_number"):
        yield _gap(StaffGap.NOT_ENROLLED, person, "有执法证，不在名录里。")
    else:
        yield _gap(StaffGap.NO_CERTIFICATE, person, "行政执法类人员，没有执法证号，也不在名录里。")


def _own_gaps(row: Row, today: date) -> Iterator[Gap]:
    """What the registry itself lacks, for those who can be drawn."""
    if row["status"] is not InspectorStatus.ACTIVE:
        return
    lacking = [
        INSPECTORS.field(name).label for name in ("categories", "specialties") if not row[name]
    ]
    if lacking:
        yield _gap(StaffGap.UNMARKED, row, f"没有标注{'、'.join(lacking)}。")
    expiry = row["certificate_expiry"]
    if isinstance(expiry, date) and expiry < today:
        yield _gap(StaffGap.EXPIRED, row, f"执法证 {expiry} 到期。")


def _gap(kind: StaffGap, row: Row, detail: str) -> Gap:
    name, department, number = (
        str(row.get(each) or "") for each in ("name", "department", "certificate_number")
    )
    return Gap(kind, name, department, number, detail)
