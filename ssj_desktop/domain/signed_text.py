"""Short statements as lines of text that a device signs: ``MAGIC``, then ``name TAB value``.

The signature is the last line and covers everything before it with an empty signature.
"""

import re
from collections.abc import Mapping

from ssj_desktop.domain.device_keys import DeviceKeys, is_signed
from ssj_desktop.domain.errors import InvalidInput

MOST_TEXT = 1 << 16
SIGNATURE = "signature"
_HEX128 = re.compile(r"[0-9a-f]{128}\Z")
_HALF_CHARACTER = re.compile("[\\ud800-\\udfff]")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")


def write_lines(magic: str, values: Mapping[str, str]) -> str:
    """The text; InvalidInput for what the other side could not read back.

    That is a line break, which would make another line, half a character, or a text too long.
    """
    if any("\n" in value for value in values.values()):
        raise InvalidInput("名称或说明中不能换行。", "请改成一行。")
    text = "\n".join([magic, *(f"{name}\t{value}" for name, value in values.items())]) + "\n"
    if len(text) > MOST_TEXT:
        raise InvalidInput(f"名称或说明过长（共 {len(text)} 字）。", "请缩短到几百字。")
    if _HALF_CHARACTER.search(text):
        raise InvalidInput("名称或说明中有残缺的字符。", "请删去后重新填写。")
    return text


def sign_lines(magic: str, values: Mapping[str, str], keys: DeviceKeys) -> str:
    """The text of ``values`` with the signature of ``keys`` as its last line."""
    unsigned = write_lines(magic, {**values, SIGNATURE: ""})
    return write_lines(magic, {**values, SIGNATURE: keys.sign(unsigned.encode()).hex()})


def read_lines(magic: str, text: str) -> dict[str, str]:
    """The values of a text in exactly the form of ``write_lines``."""
    lines = text.split("\n") if len(text) <= MOST_TEXT else []
    if not lines or lines[0] != magic or lines[-1] != "":
        raise unreadable()
    values = dict(line.partition("\t")[::2] for line in lines[1:-1])
    if write_lines(magic, values) != text:
        raise unreadable()
    return values


def read_signed(magic: str, text: str, names: tuple[str, ...], signer: str) -> dict[str, str]:
    """The values without the signature, which the key in the line ``signer`` has made."""
    values = read_lines(magic, text)
    if tuple(values) != (*names, SIGNATURE):
        raise unreadable()
    if not is_signed_by(magic, values, values[signer]):
        raise unreadable()
    return {name: values[name] for name in names}


def is_signed_by(magic: str, values: Mapping[str, str], public: str) -> bool:
    signature = values[SIGNATURE]
    if not (_HEX64.match(public) and _HEX128.match(signature)):
        return False
    unsigned = write_lines(magic, {**values, SIGNATURE: ""}).encode()
    return is_signed(bytes.fromhex(public), bytes.fromhex(signature), unsigned)


def is_hash(text: str) -> bool:
    """Sixty-four lower-case hex characters."""
    return _HEX64.match(text) is not None


def unreadable() -> InvalidInput:
    return InvalidInput("签名文件的内容看不懂，或签名不对。", "请让对方重新导出，再试一次。")
