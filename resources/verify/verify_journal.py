#!/usr/bin/env python3
"""Recompute an exported journal and its signed checkpoints with the Python standard library alone.

    python3 verify_journal.py FOLDER [--head HEX] [--key HEX]     exit code 0 intact, 3 broken or forked, 2 no journal

FOLDER comes from “ssj audit --export FOLDER”; --head is any older head from paper (20 hex digits suffice),
--key the public key of the device when it is known from elsewhere. Shares no code with the program.
"""
import base64, hashlib, json, pathlib, re, sys

FIELDS = ("sequence", "device", "epoch", "at", "local_time", "monotonic_ns", "clock", "actor", "role", "action",
          "subject", "payload", "stamp", "rows", "previous")
OLDER = [name for name in FIELDS if name not in ("stamp", "rows")]

# --- Ed25519 (RFC 8032) in whole numbers -----------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def x_of(y, sign):
    """The x of a point, None when there is none."""
    if y >= P: return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0: return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P: x = x * ROOT % P
    if (x * x - square) % P: return None
    return P - x if (x & 1) != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, p):
    total = (0, 1, 1, 0)
    while number:
        if number & 1: total = add(total, p)
        p, number = add(p, p), number >> 1
    return total


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def is_signed(public, text, signature):
    if len(public) != 32 or len(signature) != 64: return False
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    return same(times(s, BASE), add(r, times(h, a)))


# --- the chain ----------------------------------------------------------------------------------


def covered(line, values):
    """The bytes under the hash; entries from before the journal covered rows have named lines."""
    if values["rows"]: return b"SSJ-JOURNAL-2\n" + line + b"\n"
    escape = lambda value: str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return ("SSJ-JOURNAL-1\n" + "".join(f"{name}\t{escape(values[name])}\n" for name in OLDER)).encode()


def check_chain(content):
    """All hashes, and the first bad sequence or None."""
    hashes, previous = [], "0" * 64
    lines = content.split(b"\n")
    if lines[-1] != b"": return hashes, len(lines)
    for number, whole in enumerate(lines[:-1], 1):
        line, _, claimed = whole.rpartition(b"\t")
        try: values = dict(zip(FIELDS, json.loads(line), strict=True))
        except (ValueError, TypeError): return hashes, number
        good = (values["sequence"] == number and values["previous"] == previous
                and hashlib.sha256(covered(line, values)).hexdigest() == claimed.decode("ascii", "replace"))
        if not good: return hashes, number
        previous = claimed.decode()
        hashes.append(previous)
    return hashes, None


def check_note(text, hashes, public):
    """The sequence a checkpoint vouches for; a text when it does not agree."""
    body, _, last = text.partition("\n\n")
    lines, found = body.split("\n"), re.fullmatch("— (\\S+) (\\S+)\n", last)
    if len(lines) < 3 or not found or not lines[1].isdigit() or found[1] != lines[0]: return "检查点看不懂"
    size, head = int(lines[1]), base64.b64decode(lines[2]).hex()
    signature = base64.b64decode(found[2])
    named = hashlib.sha256(lines[0].encode() + b"\n\x01" + public).digest()[:4]
    if signature[:4] != named or not is_signed(public, (body + "\n").encode(), signature[4:]): return "检查点签名不对"
    if not 0 < size <= len(hashes) or hashes[size - 1] != head: return f"与检查点第 {size} 条不一致（分叉或回滚）"
    return size


def main(arguments):
    options = dict(zip(arguments[1::2], arguments[2::2]))
    if not arguments or len(arguments) % 2 == 0 or not set(options) <= {"--head", "--key"}:
        print(__doc__)
        return 2
    folder = pathlib.Path(arguments[0])
    try:
        content, public = (folder / "journal.txt").read_bytes(), (folder / "device.pub").read_text("ascii").strip()
    except OSError as problem:
        print(f"读不了导出的日志：{problem}")
        return 2
    hashes, broken = check_chain(content)
    if broken is not None:
        print(f"第 {broken} 条起断裂")
        return 3
    public = options.get("--key", public)
    for path in sorted(folder.glob("checkpoint-*.txt")):
        answer = check_note(path.read_text("utf-8"), hashes, bytes.fromhex(public))
        if isinstance(answer, str):
            print(f"{path.name}：{answer}")
            return 3
    head = options.get("--head", "").replace(" ", "").lower()
    if head and (len(head) < 20 or not any(each.startswith(head) for each in hashes)):
        print(f"与纸面记录 {head} 不一致（分叉或回滚）")
        return 3
    print(f"完好，至第 {len(hashes)} 条")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
