"""A zip of a few small files."""

import io
import zipfile
from collections.abc import Mapping


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes: no time of packing, no owner."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
