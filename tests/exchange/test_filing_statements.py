"""Filings, countersignatures and receipts as signed text."""

from dataclasses import replace

import pytest
from exchange.parcels import OFFICE, READER, SENDER

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.filing import (
    Countersignature,
    Filing,
    FilingReceipt,
    OfficeCard,
    check_verdict,
    digest_of,
    read_statement,
    statement_text,
)
from ssj_desktop.domain.vocabulary import FilingVerdict

ROOT, HASH = OFFICE.public.hex(), "a" * 64
FILING = Filing(
    "f1", ROOT, "云岭县住房和城乡建设局", "239921", "PLAN", "2026年度抽查计划", "plan-1", "1",
    HASH, f"{HASH},{'b' * 64}", HASH, "张敏", "2026-03-16T01:30:00Z", "",
)  # fmt: skip
CARD = OfficeCard(ROOT, "云岭县住房和城乡建设局", "239921", "COUNTY", "")
COUNTERSIGN = Countersignature(
    HASH, ROOT, "云岭市局", "同意转报", "李强", "2026-03-17T01:30:00Z", ""
)
RECEIPT = FilingReceipt(
    HASH, ROOT, "省厅", "FILED", "备〔2026〕12号", "", "王芳", "2026-03-18T01:30:00Z", ""
)


@pytest.mark.parametrize("statement", [FILING, CARD, COUNTERSIGN, RECEIPT])
def test_every_statement_comes_back_from_its_text_with_its_signer(statement: object) -> None:
    text = statement_text(statement, SENDER)  # type: ignore[type-var]
    read = read_statement(type(statement), text)  # type: ignore[type-var]
    assert read == replace(statement, signer=SENDER.public.hex())  # type: ignore[type-var]


def test_a_changed_title_or_another_signer_is_noticed() -> None:
    text = statement_text(FILING, SENDER)
    for wrong in (
        text.replace("2026年度", "2025年度"),
        text.replace(SENDER.public.hex(), READER.public.hex()),
    ):
        with pytest.raises(InvalidInput):
            read_statement(Filing, wrong)


@pytest.mark.parametrize(
    "statement",
    [
        replace(FILING, kind="POEM"),
        replace(FILING, papers="a,b"),
        replace(FILING, office=""),
        replace(CARD, level="VILLAGE"),
        replace(CARD, office="x"),
        replace(COUNTERSIGN, statement="x"),
        replace(RECEIPT, verdict="MAYBE"),
        replace(RECEIPT, office="x"),
    ],
)
def test_an_unsound_statement_is_refused_although_signed(statement: object) -> None:
    with pytest.raises(InvalidInput):
        read_statement(type(statement), statement_text(statement, SENDER))  # type: ignore[type-var]


def test_papers_are_named_by_their_hashes() -> None:
    assert FILING.paper_hashes == (HASH, "b" * 64)
    assert replace(FILING, papers="").paper_hashes == ()


def test_the_digest_of_a_filing_is_that_of_its_signed_text() -> None:
    assert digest_of(statement_text(FILING, SENDER)) != digest_of(statement_text(FILING, READER))


def test_a_number_goes_with_filed_and_an_opinion_with_returned() -> None:
    check_verdict(FilingVerdict.FILED, "备1", "")
    check_verdict(FilingVerdict.RETURNED, "", "缺比例")
    for verdict in FilingVerdict:
        with pytest.raises(InvalidInput):
            check_verdict(verdict, " ", " ")
