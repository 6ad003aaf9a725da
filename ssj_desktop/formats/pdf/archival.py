"""PDF/A-3U: output intent, metadata and the machine-readable attachments (ISO 19005-3)."""

import io
from collections.abc import Mapping
from datetime import datetime

import pikepdf
from pikepdf import AttachedFileSpec, Dictionary, Name, Pdf

from ssj_desktop import places

_MIME = {".json": "application/json", ".txt": "text/plain"}


def archive(
    content: bytes,
    title: str,
    organ: str,
    when: datetime,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """The archival form of a rendered PDF; the same input gives the same bytes."""
    files = attachments or {}
    with Pdf.open(io.BytesIO(content)) as pdf:
        _add_output_intent(pdf)
        pdf.Root.Lang = pikepdf.String("zh-CN")
        pdf.Root.MarkInfo = Dictionary(Marked=False)
        for name, attached in files.items():
            _attach(pdf, name, attached, when)
        _describe(pdf, title, organ, when, part="3" if files else "2")
        target = io.BytesIO()
        pdf.save(
            target,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return target.getvalue()


def _add_output_intent(pdf: Pdf) -> None:
    profile = pdf.make_stream(places.resource("icc", "sRGB.icc").read_bytes(), N=3)
    pdf.Root.OutputIntents = pikepdf.Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=pikepdf.String("sRGB"),
                DestOutputProfile=profile,
            )
        ]
    )


def _attach(pdf: Pdf, name: str, content: bytes, when: datetime) -> None:
    mime = _MIME.get(name[name.rfind(".") :], "application/octet-stream")
    pdf.attachments[name] = AttachedFileSpec(
        pdf,
        content,
        filename=name,
        mime_type=mime,
        relationship=Name.Data,
        description=name,
        mod_date=f"D:{when:%Y%m%d%H%M%S}",
    )


def _describe(pdf: Pdf, title: str, organ: str, when: datetime, part: str) -> None:
    stamp = when.strftime("%Y%m%d%H%M%S")
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["dc:title"] = title
        metadata["dc:creator"] = [organ]
        metadata["xmp:CreateDate"] = when.strftime("%Y-%m-%dT%H:%M:%S")
        metadata["xmp:ModifyDate"] = when.strftime("%Y-%m-%dT%H:%M:%S")
        metadata["pdf:Producer"] = "SSJ Desktop"
        metadata["pdfaid:part"] = part
        metadata["pdfaid:conformance"] = "U"
    pdf.docinfo["/Title"] = title
    pdf.docinfo["/Author"] = organ
    pdf.docinfo["/Producer"] = "SSJ Desktop"
    pdf.docinfo["/CreationDate"] = f"D:{stamp}"
    pdf.docinfo["/ModDate"] = f"D:{stamp}"
