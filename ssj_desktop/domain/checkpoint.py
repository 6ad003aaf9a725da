"""The head of a chain as a signed note in C2SP tlog-checkpoint form.

Three lines say which log, how long, and its head; a line with SM3 may follow. Ed25519 signs the
note, so a head can be shown to somebody who may not see a single row.
"""

import base64
import hashlib

SIGNATURE_BYTES = 64
_ED25519 = b"\x01"


def origin(office: str, device: str, epoch: int) -> str:
    """Names one log for ever: office, device and epoch of the journal."""
    return f"ssj/{office}/{device}/{epoch}"


def note_text(log: str, size: int, head: str, sm3: str = "") -> str:
    """The text that is signed: origin, number of entries, head as base64, SM3 where available."""
    lines = [log, str(size), base64.b64encode(bytes.fromhex(head)).decode()]
    if sm3:
        lines.append(f"sm3 {sm3}")
    return "\n".join(lines) + "\n"


def signed_note(text: str, log: str, public_key: bytes, signature: bytes) -> str:
    """Text, an empty line, and the signature line of C2SP signed-note."""
    named = hashlib.sha256(log.encode() + b"\n" + _ED25519 + public_key).digest()[:4]
    return f"{text}\n— {log} {base64.b64encode(named + signature).decode()}\n"
