"""Rules of ISO 19005-3 that a file can break without looking any different; each has a name.

veraPDF is not to be had where these tests run, so the rules this program could break stand here.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
from pikepdf import Name, Pdf

_NS = {"pdfaid": "http://www.aiim.org/pdfa/ns/id/", "dc": "http://purl.org/dc/elements/1.1/",
       "pdf": "http://ns.adobe.com/pdf/1.3/", "xmp": "http://ns.adobe.com/xap/1.0/",
       "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}  # fmt: skip
_FORBIDDEN_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/Hide",
    "/GoToE",
}


def objects(pdf: Pdf) -> Iterator[Any]:
    return (
        found for found in pdf.objects if isinstance(found, (pikepdf.Dictionary, pikepdf.Stream))
    )


def streams(pdf: Pdf) -> Iterator[pikepdf.Stream]:
    return (found for found in pdf.objects if isinstance(found, pikepdf.Stream))


def typed(pdf: Pdf, kind: str) -> Iterator[Any]:
    return (found for found in objects(pdf) if found.get("/Type") == Name(f"/{kind}"))


def filters(stream: pikepdf.Stream) -> set[str]:
    found = stream.get("/Filter")
    if found is None:
        return set()
    return {str(each) for each in found} if isinstance(found, pikepdf.Array) else {str(found)}


def metadata(pdf: Pdf) -> ET.Element:
    return ET.fromstring(pdf.Root.Metadata.read_bytes())  # noqa: S314 - our own file


def said(pdf: Pdf, key: str) -> str:
    space, name = key.split(":")
    tree, full = metadata(pdf), f"{{{_NS[space]}}}{name}"
    for node in tree.iter():
        if full in node.attrib:
            return node.attrib[full]
        if node.tag == full:
            return "".join(node.itertext()).strip()
    return ""


def fonts(pdf: Pdf) -> list[Any]:
    return list(typed(pdf, "Font"))


def described(font: Any) -> list[Any]:
    """The descriptors of a font, of its descendants when it is composite."""
    inner = font.get("/DescendantFonts", [font])
    return [each.get("/FontDescriptor") for each in inner]


def contents(pdf: Pdf) -> bytes:
    return b"\n".join(
        b"".join(
            part.read_bytes()
            for part in (
                page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
            )
        )
        for page in pdf.pages
    )


def _attachments_are_described(pdf: Pdf, content: bytes) -> bool:
    named = list(pdf.attachments.items())
    listed = pdf.Root.get("/AF", [])
    return len(named) == len(listed) and all(
        found.get("/AFRelationship") in (Name.Data, Name.Source, Name.Alternative, Name.Supplement)
        and "/F" in found and "/UF" in found
        and found.EF.F.get("/Subtype") is not None and "/ModDate" in found.EF.F.get("/Params", {})
        for found in listed
    )  # fmt: skip


def _dates_agree(pdf: Pdf, content: bytes) -> bool:
    digits = re.sub(r"\D", "", said(pdf, "xmp:CreateDate"))[:14]
    return str(pdf.docinfo["/CreationDate"]).startswith(f"D:{digits}") and digits != ""


Rule = Callable[[Pdf, bytes], bool]
RULES: dict[str, Rule] = {
    "the header names PDF 1.x at the first byte": lambda p, c: re.match(rb"%PDF-1\.[4-7]\r?\n", c) is not None,
    "a comment of four high bytes follows": lambda p, c: re.match(rb"%[\x80-\xff]{4}", c.split(b"\n")[1]) is not None,
    "nothing stands behind the end mark": lambda p, c: c.rstrip(b"\r\n").endswith(b"%%EOF"),
    "the trailer has an ID": lambda p, c: len(p.trailer.get("/ID", [])) == 2,
    "it is not encrypted": lambda p, c: "/Encrypt" not in p.trailer,
    "metadata are a plain stream": lambda p, c: not filters(p.Root.Metadata) and p.Root.Metadata.Subtype == Name.XML,
    "metadata name part and level": lambda p, c: (said(p, "pdfaid:part"), said(p, "pdfaid:conformance"))
    == ("3" if len(p.attachments) else "2", "U"),
    "title and producer agree with the metadata": lambda p, c: (said(p, "dc:title"), said(p, "pdf:Producer"))
    == (str(p.docinfo["/Title"]), str(p.docinfo["/Producer"])),
    "dates agree with the metadata": _dates_agree,
    "one output intent with an RGB profile": lambda p, c: len(p.Root.OutputIntents) == 1
    and p.Root.OutputIntents[0].S == Name.GTS_PDFA1 and p.Root.OutputIntents[0].DestOutputProfile.N == 3,
    "every font is embedded": lambda p, c: bool(fonts(p)) and all(
        d is not None and ("/FontFile2" in d or "/FontFile3" in d) for f in fonts(p) if f.Subtype != Name.CIDFontType2 for d in described(f)),
    "every font says its characters": lambda p, c: all("/ToUnicode" in f for f in fonts(p) if f.Subtype != Name.CIDFontType2),
    "composite fonts map their glyphs": lambda p, c: all("/CIDToGIDMap" in f for f in fonts(p) if f.Subtype == Name.CIDFontType2),
    "no filter that is not allowed": lambda p, c: not any(filters(s) & {"/LZWDecode", "/Crypt"} for s in streams(p)),
    "no stream lies outside the file": lambda p, c: not any("/F" in s or "/FFilter" in s for s in streams(p)),
    "no action but a jump": lambda p, c: not any(str(o.get("/S")) in _FORBIDDEN_ACTIONS for o in objects(p)),
    "nothing happens by itself": lambda p, c: not any("/AA" in o for o in objects(p)) and "/OpenAction" not in p.Root,
    "no form": lambda p, c: "/AcroForm" not in p.Root,
    "no JavaScript by name": lambda p, c: "/JavaScript" not in p.Root.get("/Names", {}),
    "no layer": lambda p, c: "/OCProperties" not in p.Root,
    "no PostScript, alternate or proxy image": lambda p, c: not any(
        str(o.get("/Subtype")) == "/PS" or "/Alternates" in o or "/OPI" in o for o in objects(p)),
    "no image is smoothed": lambda p, c: not any(o.get("/Interpolate") is True for o in objects(p)),
    "no colour of a press": lambda p, c: not re.search(rb"(?m)(^|\s)[\d.]+ [\d.]+ [\d.]+ [\d.]+ [kK]\s", contents(p)),
    "graphic states are nested 28 deep at most": lambda p, c: _depth(contents(p)) <= 28,
    "attachments are described and associated": _attachments_are_described,
    "the language is named": lambda p, c: str(p.Root.Lang) == "zh-CN",
    "names are short": lambda p, c: all(len(str(k)) <= 127 for o in objects(p) for k in o.keys()),  # noqa: SIM118
}  # fmt: skip


def _depth(content: bytes) -> int:
    depth = deepest = 0
    for mark in re.findall(rb"(?m)(?:^|\s)(q|Q)(?=\s|$)", content):
        depth += 1 if mark == b"q" else -1
        deepest = max(deepest, depth)
    return deepest


def broken(content: bytes) -> list[str]:
    """The rules that this file breaks."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        return [name for name, rule in RULES.items() if not rule(pdf, content)]
