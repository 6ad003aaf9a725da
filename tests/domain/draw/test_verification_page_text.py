"""The offline page as text: one file, no reference outside, a policy that names its own script."""

import base64
import hashlib
import re

from ssj_desktop import places

TEXT = places.resource("verify", "verify_draw.html").read_text("utf-8")


def test_its_policy_forbids_every_connection_and_names_its_own_script_by_hash() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', TEXT)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for kind, tag in (("script", "<script>"), ("style", "<style>")):
        inside = TEXT.split(tag)[1].split(f"</{kind}>")[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1], f"{kind}: sha256-{digest}"


def test_it_refers_to_nothing_outside_itself() -> None:
    assert not re.findall(
        r"https?:|//[a-z]+\.|\bsrc=|\bhref=|@import|url\(|fetch\(|XMLHttp|import\(", TEXT
    )
