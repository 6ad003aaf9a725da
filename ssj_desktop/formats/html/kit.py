"""The verification kit for strangers: the offline page and the stand-alone file (cs1, section 7)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.public_site import PublicDraw
from ssj_desktop.formats.files import write_all

VERIFY_PAGE, VERIFY_SCRIPT = "verify_draw.html", "verify_draw.py"
KIT_FOLDER = "核对工具"
_NO_DRAWS = '<script type="application/json" id="published">[]</script>'


def write_with_kit(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """The files of a draw, and beside them a folder with what a stranger needs to check them."""
    written = write_all(folder, files)
    return (*written, *write_all(folder / KIT_FOLDER, kit_files()))


def kit_files() -> dict[str, bytes]:
    return {VERIFY_PAGE: verification_page(), VERIFY_SCRIPT: verification_script()}


def verification_page(draws: Sequence[PublicDraw] = ()) -> bytes:
    """The offline page; draws whose seed may be known are offered for choice."""
    page = places.resource("verify", VERIFY_PAGE).read_text(encoding="utf-8")
    offered = [
        {"draw": draw.number, "title": draw.title, "seed": draw.seed, "cutoffs": draw.cutoffs}
        for draw in draws
        if draw.seed
    ]
    text = json.dumps(offered, ensure_ascii=False).replace("<", "\\u003c")
    return page.replace(_NO_DRAWS, _NO_DRAWS.replace("[]", text)).encode()


def verification_script() -> bytes:
    return places.resource("verify", VERIFY_SCRIPT).read_bytes()
