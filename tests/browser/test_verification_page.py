"""The offline page, in a real Chromium from a local file: the same verdicts as the program."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from chromium import Page, open_page
from draw_builders import outcome
from mutations import changed, every_leaf_changed
from random_draws import random_outcome

from ssj_desktop import places
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.record import (
    Record,
    record_bytes,
    record_digest,
    record_of,
    verify_record,
)
from ssj_desktop.formats.pdf.archival import archive
from ssj_desktop.formats.pdf.sheet import Margins, Sheet

PAGE = places.resource("verify", "verify_draw.html")
DRAWS = 150


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_page() as opened:
        opened.visit(PAGE)
        yield opened


def record(number: int) -> str:
    return record_bytes(record_of(random_outcome(number), {"place": "会议室𬭎\u2028"})).decode()


def verdicts(page: Page, texts: list[str]) -> list[list[str]]:
    return page.run(f"({json.dumps(texts)}).map(verifyText)")  # type: ignore[no-any-return]


def test_it_opens_from_a_file_asks_for_nothing_and_complains_of_nothing(page: Page) -> None:
    page.visit(PAGE)
    assert set(page.requests) == {PAGE.resolve().as_uri()}
    assert page.complaints == []
    assert page.run("location.protocol") == "file:"


def test_its_policy_holds_in_the_browser(page: Page) -> None:
    asked = "fetch('file:///etc/hostname').then(() => 'went through', fault => 'stopped')"
    assert page.run(asked) == "stopped"
    assert "connect-src" in " ".join(page.complaints) or "default-src" in " ".join(page.complaints)
    page.visit(PAGE)
    page.complaints.clear()


def test_its_hash_and_tickets_are_those_of_the_specification(page: Page) -> None:
    texts = ["", "abc", "a" * 55, "a" * 56, "a" * 63, "a" * 64, "a" * 65, "云岭县" * 40, "𬭎"]
    found = page.run(f"({json.dumps(texts)}).map(text => sha256(text))")
    assert found == [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    seed = "9db9f6fde9d3309f382a06f70091c222b0e4345df4ef7d502a1e89f9750708a7-O"
    assert page.run(f"ticketsUnder('{seed}')('91230521MA18D00002')").startswith(
        "0.137392972052113064"
    )


def test_it_agrees_with_the_program_on_random_draws(page: Page) -> None:
    found = verdicts(page, [record(number) for number in range(DRAWS)])
    assert [(number, wrong) for number, wrong in enumerate(found) if wrong] == []


@pytest.mark.parametrize("number", [3, 11, 28])
def test_it_disagrees_on_every_changed_leaf_even_with_a_fitting_digest(
    page: Page, number: int
) -> None:
    names, texts = zip(
        *(
            (name, record_bytes(edited).decode())
            for name, edited in every_leaf_changed(json.loads(record(number)))
        ),
        strict=True,
    )
    found = verdicts(page, list(texts))
    assert [name for name, wrong in zip(names, found, strict=True) if not wrong] == []
    assert len(names) > 40
    assert all(re.search("[\u4e00-\u9fff]", text) for wrong in found for text in wrong)


def test_a_mutated_record_never_passes_and_never_breaks_the_page(page: Page) -> None:
    import random

    chance, whole, texts = random.Random(4), json.loads(record(17)), []
    while len(texts) < 150:
        edited = changed(whole, chance)
        try:
            edited["digest"] = record_digest(edited)
        except (UnicodeEncodeError, TypeError, KeyError):
            continue
        text = json.dumps(edited)
        program = is_agreed_by_the_program(edited)
        if not program:
            texts.append(text)
    assert [
        text[:200] for text, wrong in zip(texts, verdicts(page, texts), strict=True) if not wrong
    ] == []


def is_agreed_by_the_program(edited: Any) -> bool:
    return isinstance(edited, dict) and "files" in edited and verify_record(edited).ok


def resealed(edited: Record) -> Record:
    """What a forger does who knows the rules: every hash and the seed made to fit the files."""
    files = edited["files"]
    names = {"pool": "pool.int", "poolpub": "pool.pub", "plan": "plan", "staff": "staff"}
    edited["hashes"] |= {k: hashlib.sha256(files[n].encode()).hexdigest() for k, n in names.items()}
    promise = f"SSJ-M-1\n{edited['draw']}\n{edited['hashes']['pool']}\n{edited['machine']}\n"
    edited["commitment"] = hashlib.sha256(promise.encode()).hexdigest()
    lines = [line.split("\t") for line in edited["seed_text"].splitlines()]
    fresh = "\n".join(
        "\t".join([n, edited["hashes"].get(n, v[0])]) if (v := rest) else n for n, *rest in lines
    )
    edited["seed_text"] = fresh + "\n"
    edited["seed"] = hashlib.sha256(edited["seed_text"].encode()).hexdigest()
    edited["digest"] = record_digest(edited)
    return edited


FORGERIES = {
    "two of one": ("pool.int", "\n91230921000001", "\n91230921000001"),
    "minimum with a sign": ("plan", "\t500\t1\t", "\t500\t+1\t"),
    "quota in the plan": ("plan", "\t40\t2\t2\n", "\t40\t3\t2\n"),
    "count": ("pool.int", "\t52\n", "\t51\n"),
    "no reason": ("pool.int", "\tX\tCLOSED\t", "\tX\t-\t"),
    "reasons in use": ("plan", "exclusions\tCLOSED", "exclusions\t-"),
    "another hash": ("plan", "\tsha256\t", "\tsm3\t"),
    "unknown line": ("plan", "cap\t", "cup\t"),
    "seat number": ("plan", "seat\t-\t2\t", "seat\t-\t3\t"),
    "hidden mark": ("pool.int", "云岭县第1建", "云岭县第1\u200b建"),
    "carriage return": ("staff", "\n23092100", "\r\n23092100"),
    "published name": ("pool.pub", "云岭县第1建", "云岭县第一建"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_file_with_every_hash_made_to_fit_is_found_by_page_and_program(
    page: Page, name: str
) -> None:
    whole = json.loads(record_bytes(record_of(outcome())))
    file, old, new = FORGERIES[name]
    text = whole["files"][file]
    if name == "two of one":
        line = text.splitlines()[2]
        new_text = text.replace(line, f"{line}\n{line}", 1).replace("\t52\n", "\t53\n", 1)
    else:
        new_text = text.replace(old, new, 1)
    assert new_text != text
    whole["files"][file] = new_text
    forged = resealed(whole)
    assert not verify_record(forged).ok
    assert verdicts(page, [record_bytes(forged).decode()])[0]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "7", '{"format":"SSJ-RECORD-1"}', "[" * 50_000, '{"a":1,"a":2}', "\ufeff{}", "nul"]
)  # fmt: skip
def test_what_is_no_record_is_said_to_be_none(page: Page, text: str) -> None:
    (wrong,) = verdicts(page, [text])
    assert wrong[0].startswith("不是完整的抽取记录：")


def test_its_own_inflate_reads_what_zlib_writes(page: Page) -> None:
    import random

    chance = random.Random(1)
    samples = [
        b"", b"a", b"abc" * 5000, chance.randbytes(3000), "云岭县住房和城乡建设局".encode() * 400,
        bytes(chance.choice(b"ACGT") for _ in range(70_000)),
    ]  # fmt: skip
    for sample in samples:
        for level in (0, 1, 6, 9):
            packed = base64.b64encode(zlib.compress(sample, level) + b"tail").decode()
            hexed = page.run(
                f"Array.from(inflate(Uint8Array.from(atob('{packed}'), c => c.charCodeAt(0)), 0, 1 << 30),"
                "byte => byte.toString(16).padStart(2, '0')).join('')"
            )
            assert bytes.fromhex(hexed) == sample


# --- by hand: a firm types its code, drops a file ---------------------------------------------


def pdf_of(files: dict[str, bytes]) -> bytes:
    sheet = Sheet(Margins(16, 19, 18, 21), "抽取记录", "")
    sheet.text(sheet.left, sheet.y, "随机抽取记录表", "Hei", 12)
    attached = {name: files[name] for name in ("record.json", "seed.txt")}
    return archive(sheet.finish(), "记录", "住建局", datetime(2026, 9, 1), attached)  # noqa: DTZ001


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_a_chosen_record_is_recomputed_and_a_typed_code_finds_its_place(
    page: Page, tmp_path: Path, kind: str
) -> None:
    result = outcome()
    files = draw_files(result)
    path = tmp_path / f"record.{kind}"
    path.write_bytes(files["record.json"] if kind == "json" else pdf_of(files))
    page.visit(PAGE)
    page.choose("#file", path)
    page.wait_for("document.querySelector('.verdict')")
    assert "全部一致" in page.text("#result")
    assert result.seed in page.text("#result")
    drawn = result.strata[0].drawn[0][1]
    page.type("#code", drawn.lower())
    page.press("Enter", 13)
    assert "抽中" in page.text("#answer")
    assert result.strata[0].drawn[0][0] in page.text("#answer")
    page.type("#code", result.strata[0].substitutes[1][1])
    page.press("Enter", 13)
    assert "候补第 2 位" in page.text("#answer")
    page.type("#code", "NOBODY")
    page.press("Enter", 13)
    assert "不在这次的待抽库里" in page.text("#answer")
    assert page.complaints == []


def test_an_edited_record_and_a_wrong_file_are_told_apart(page: Page, tmp_path: Path) -> None:
    whole = record_of(outcome())
    whole["strata"][0]["drawn"][0] = whole["strata"][0]["substitutes"][0]
    whole["digest"] = record_digest(whole)
    (tmp_path / "改过.json").write_bytes(record_bytes(whole))
    (tmp_path / "照片.pdf").write_bytes(b"%PDF-1.7\nstream\nnothing\n")
    page.visit(PAGE)
    page.choose("#file", tmp_path / "改过.json")
    page.wait_for("document.querySelector('.verdict')")
    assert "不一致：有 1 处" in page.text("#result")
    assert "分层 A 的抽中对象" in page.text("#result")
    page.choose("#file", tmp_path / "照片.pdf")
    page.wait_for("document.querySelector('#result').innerText.includes('没有 record.json 附件')")


def test_a_firm_needs_only_its_code_the_seed_and_the_printed_cut_off(page: Page) -> None:
    result = outcome()
    page.visit(PAGE)
    stratum = result.strata[0]
    spaced = " ".join(re.findall("....", result.seed.upper()))
    for (ticket, code), words in (
        (stratum.drawn[-1], "不大于截止票号"), (stratum.substitutes[0], "：这一层没有抽中"),
    ):  # fmt: skip
        page.type("#code", code)
        page.type("#seed", spaced)
        page.type("#cutoff", stratum.cutoff[:20])
        page.press("Enter", 13)
        page.run("document.querySelector('button').click()")
        assert ticket[:20] in page.text("#answer")
        assert words in page.text("#answer")
    page.type("#seed", "123")
    page.run("document.querySelector('button').click()")
    assert "64 位" in page.text("#answer")


def test_it_fits_a_small_screen_without_scrolling_sideways(page: Page) -> None:
    page.visit(PAGE)
    page.resize(360, 740)
    assert page.run("document.documentElement.scrollWidth") <= 360
    page.resize(1366, 728)


def test_a_pdf_with_two_different_records_is_not_trusted(page: Page, tmp_path: Path) -> None:
    one, two = (draw_files(random_outcome(n)) for n in (1, 2))
    (tmp_path / "two.pdf").write_bytes(pdf_of(one) + b"\n" + pdf_of(two))
    page.visit(PAGE)
    page.choose("#file", tmp_path / "two.pdf")
    page.wait_for("document.querySelector('.verdict')")
    assert "2 份不同的记录" in page.text("#result")
