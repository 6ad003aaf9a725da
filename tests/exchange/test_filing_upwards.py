"""备案 county → city → province with three real stores: receipts, countersignature, tampering."""

from datetime import date
from pathlib import Path

import pytest
from office import Clock, approved_line, enrol_targets, found

from ssj_desktop.domain.errors import FileRefused, InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.vocabulary import FilingKind, FilingVerdict, PlanState, Role
from ssj_desktop.formats.bundle import read_bundle
from ssj_desktop.formats.envelope import open_envelope
from ssj_desktop.queries.filings import (
    filing_paper,
    find_filing,
    list_filings,
    list_peer_offices,
)
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.plans import list_plans
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.filing_files import (
    card_file,
    filing_bundle,
    own_code,
    read_card_file,
    take_filing_bundle,
)
from ssj_desktop.services.filings import (
    AnswerFiling,
    CountersignFiling,
    PrepareFiling,
    TakeFilings,
    add_peer_office,
    answer_filing,
    countersign_filing,
    prepare_filing,
    take_filings,
)
from ssj_desktop.services.plans import RevisePlan, revise_plan

COUNTY, CITY, PROVINCE = "云岭县住房和城乡建设局", "云岭市住房和城乡建设局", "云省住房和城乡建设厅"


def approver(desk: Desk) -> Desk:
    return desk.signed_in_as(Actor("高建国", (Role.APPROVER,)))


def open_office(folder: Path, unit: str, division: str) -> Desk:
    return found(folder / division, Clock(), unit, division)[0]


def introduce(one: Desk, other: Desk) -> None:
    """Both take in the other's card after comparing ten digits."""
    for desk, peer in ((one, other), (other, one)):
        _, command = read_card_file(card_file(peer), own_code(peer))
        desk.do(add_peer_office, command)


@pytest.fixture
def county(tmp_path: Path) -> Desk:
    return open_office(tmp_path, COUNTY, "239921")


@pytest.fixture
def city(tmp_path: Path) -> Desk:
    return open_office(tmp_path, CITY, "239900")


def plan_of(desk: Desk) -> str:
    enrol_targets(desk)
    approved_line(desk, approver(desk))
    return desk.ask(list_plans)[0].id


def test_a_filed_plan_comes_back_with_its_number_and_signer(county: Desk, city: Desk) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    taken = take_filing_bundle(city, filing_bundle(county, digest, CITY))
    assert len(taken.filings) == 1
    command = AnswerFiling(digest, FilingVerdict.FILED, "云住建备〔2026〕12号")
    approver(city).do(answer_filing, command)
    answered = take_filing_bundle(county, filing_bundle(city, digest, COUNTY))
    assert len(answered.answers) == 1
    entry = county.ask(find_filing, digest)
    assert entry.state == "已备案 云住建备〔2026〕12号"
    assert "高建国" in entry.answered_by
    plan = county.ask(list_plans)[0]
    assert plan.state is PlanState.FILED


def test_a_returned_plan_stays_approved_and_says_why(county: Desk, city: Desk) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    take_filing_bundle(city, filing_bundle(county, digest, CITY))
    with pytest.raises(InvalidInput):
        approver(city).do(answer_filing, AnswerFiling(digest, FilingVerdict.RETURNED))
    approver(city).do(
        answer_filing, AnswerFiling(digest, FilingVerdict.RETURNED, opinion="缺 B 类比例")
    )
    take_filing_bundle(county, filing_bundle(city, digest, COUNTY))
    assert county.ask(find_filing, digest).receipts[0].opinion == "缺 B 类比例"
    assert county.ask(list_plans)[0].state is PlanState.APPROVED


def test_the_city_hands_on_with_its_countersignature_and_the_county_text_intact(
    tmp_path: Path, county: Desk, city: Desk
) -> None:
    province = open_office(tmp_path, PROVINCE, "230000")
    introduce(county, city)
    introduce(city, province)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    take_filing_bundle(city, filing_bundle(county, digest, CITY))
    with pytest.raises(PermissionRefused, match="加签"):
        take_filing_bundle(province, filing_bundle(city, digest, PROVINCE))
    approver(city).do(countersign_filing, CountersignFiling(digest, "同意转报"))
    take_filing_bundle(province, filing_bundle(city, digest, PROVINCE))
    at_province = province.ask(find_filing, digest)
    assert at_province.filing == county.ask(find_filing, digest).filing
    assert [each.unit for each in at_province.countersigns] == [CITY]
    approver(province).do(answer_filing, AnswerFiling(digest, FilingVerdict.FILED, "省备1"))
    take_filing_bundle(city, filing_bundle(province, digest, CITY))
    take_filing_bundle(county, filing_bundle(city, digest, COUNTY))
    assert county.ask(find_filing, digest).receipts[0].unit == PROVINCE


def test_the_paper_at_the_city_is_the_paper_of_the_county(county: Desk, city: Desk) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    take_filing_bundle(city, filing_bundle(county, digest, CITY))
    (sha256,) = city.ask(find_filing, digest).filing.paper_hashes
    assert city.ask(filing_paper, sha256) == county.ask(filing_paper, sha256)
    assert city.ask(filing_paper, sha256).startswith(b"%PDF-")


def test_a_new_version_is_filed_as_a_revision_and_changes_as_a_summary(county: Desk) -> None:
    from ssj_desktop.services.plans import approve_plan

    plan = plan_of(county)
    fresh = county.do(revise_plan, RevisePlan(plan, "上级新增事项"))
    with pytest.raises(RuleViolation):
        county.do(prepare_filing, PrepareFiling(fresh))
    approver(county).do(approve_plan, fresh)
    county.do(prepare_filing, PrepareFiling(fresh))
    today = county.today()
    county.do(prepare_filing, PrepareFiling(first=date(2026, 1, 1), last=today))
    kinds = {entry.kind for entry in county.ask(list_filings)}
    assert kinds == {FilingKind.REVISION, FilingKind.SUMMARY}
    with pytest.raises(InvalidInput):
        county.do(prepare_filing, PrepareFiling(first=today, last=date(2026, 1, 1)))


def test_taking_the_same_bundle_twice_adds_nothing(county: Desk, city: Desk) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    file = filing_bundle(county, digest, CITY)
    take_filing_bundle(city, file)
    assert take_filing_bundle(city, file).filings == ()
    assert len(city.ask(list_filings)) == 1


def test_an_office_that_was_not_introduced_is_refused(county: Desk, city: Desk) -> None:
    _, command = read_card_file(card_file(city), own_code(city))
    county.do(add_peer_office, command)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    with pytest.raises(PermissionRefused, match="没有登记"):
        take_filing_bundle(city, filing_bundle(county, digest, CITY))
    with pytest.raises(InvalidInput, match="没有登记"):
        filing_bundle(county, digest, PROVINCE)


def test_a_card_with_another_code_or_of_ones_own_office_is_refused(
    county: Desk, city: Desk
) -> None:
    _, wrong = read_card_file(card_file(city), own_code(county))
    with pytest.raises(InvalidInput, match="比对码"):
        county.do(add_peer_office, wrong)
    _, own = read_card_file(card_file(county), own_code(county))
    with pytest.raises(InvalidInput, match="自己"):
        county.do(add_peer_office, own)
    for content in (b"{}", b"[]", b"\xff", b'{"format":"ssj-office-card-1","card":1,"members":[]}'):
        with pytest.raises((FileRefused, InvalidInput)):
            read_card_file(content)
    assert county.ask(list_peer_offices) == ()


def test_a_paper_exchanged_on_the_way_by_the_sender_itself_is_refused(
    county: Desk, city: Desk
) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    envelope = open_envelope(filing_bundle(county, digest, CITY))
    parts = dict(read_bundle(envelope, city.ask(own_keys)).parts)
    (paper,) = [name for name in parts if name.startswith("papers/")]
    command = TakeFilings(
        envelope.label.office, envelope.label.sender, {**parts, paper: b"%PDF-another"}
    )
    with pytest.raises(FileRefused, match="附件"):
        city.do(take_filings, command)
    assert city.ask(list_filings) == ()


def test_only_the_receiving_office_answers_and_answers_once(county: Desk, city: Desk) -> None:
    introduce(county, city)
    digest = county.do(prepare_filing, PrepareFiling(plan_of(county)))
    with pytest.raises(RuleViolation, match="报出"):
        approver(county).do(answer_filing, AnswerFiling(digest, FilingVerdict.FILED, "自备"))
    with pytest.raises(RuleViolation, match="加签"):
        approver(county).do(countersign_filing, CountersignFiling(digest, ""))
    take_filing_bundle(city, filing_bundle(county, digest, CITY))
    approver(city).do(answer_filing, AnswerFiling(digest, FilingVerdict.FILED, "备1"))
    with pytest.raises(RuleViolation, match="已经答复"):
        approver(city).do(answer_filing, AnswerFiling(digest, FilingVerdict.FILED, "备2"))
