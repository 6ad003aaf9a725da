"""record.json: the machine-readable record, and its recomputation from itself alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ssj_desktop.domain.draw.freezing import ALGORITHM, thaw
from ssj_desktop.domain.draw.matching import Candidate, Matching, Team
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.draw.selection import StratumResult, Ticketed
from ssj_desktop.domain.errors import InvalidInput, SsjError
from ssj_desktop.domain.identifiers import shown

FORMAT = "SSJ-RECORD-1"
Record = dict[str, Any]


def record_of(outcome: Outcome, paper: Mapping[str, Any] | None = None) -> Record:
    """The record of a draw; ``paper`` holds what else was printed (time, place, people)."""
    record = _undigested(outcome, paper)
    record["digest"] = record_digest(record)
    return record


def _undigested(outcome: Outcome, paper: Mapping[str, Any] | None) -> Record:
    frozen = outcome.frozen
    matching = outcome.matching or Matching(0, 0, ())
    record: Record = {
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "draw": outcome.scheme.draw,
        "device": outcome.scheme.device,
        "rehearsal": outcome.scheme.rehearsal,
        "items": list(outcome.scheme.items),
        "files": {file.name: file.content.decode() for file in frozen},
        "hashes": {
            "pool": frozen.pool.sha256,
            "poolpub": frozen.poolpub.sha256,
            "plan": frozen.plan.sha256,
            "staff": frozen.staff.sha256,
            "prev": outcome.previous,
        },
        "machine": outcome.machine,
        "commitment": outcome.commitment,
        "witnesses": list(outcome.witnesses),
        "public": outcome.public,
        "seed_text": outcome.seed_text.decode(),
        "seed": outcome.seed,
        "strata": [_stratum(stratum) for stratum in outcome.strata],
        "cap": matching.cap,
        "cap_raise": matching.cap_raise,
        "teams": [_team(team) for team in matching.teams],
        "paper": dict(paper or {}),
    }
    if outcome.scheme.batches:
        record["batches"] = [list(batch) for batch in outcome.batches()]
    if outcome.experts:
        record["experts"] = {
            "cap": outcome.experts.cap,
            "cap_raise": outcome.experts.cap_raise,
            "teams": [_team(team) for team in outcome.experts.teams],
        }
    return record


def _stratum(stratum: StratumResult) -> Record:
    return {
        "code": stratum.code,
        "eligible": stratum.eligible,
        "k": stratum.k,
        "cutoff": stratum.cutoff,
        "drawn": _ids(stratum.drawn),
        "substitutes": _ids(stratum.substitutes),
        "would_be": _ids(stratum.would_be),
    }


def _ids(pairs: tuple[Ticketed, ...]) -> list[str]:
    return [identifier for _, identifier in pairs]


def _team(team: Any) -> Record:
    return {
        "object": team.object,
        "officers": list(team.officers),
        "leader": team.leader or ABSENT,
        "seats": [
            [[c.officer, c.load, c.ticket, c.standing] for c in candidates]
            for candidates in team.seats
        ],
    }


def teams_of(record: Mapping[str, Any]) -> dict[str, Team]:
    """Object → team as recorded; ``record`` is the whole record or its part on experts."""
    return {
        team["object"]: Team(
            team["object"],
            tuple(team["officers"]),
            "" if team["leader"] == ABSENT else team["leader"],
            tuple(tuple(Candidate(*fields) for fields in seat) for seat in team["seats"]),
        )
        for team in record["teams"]
    }


def record_bytes(record: Any) -> bytes:
    """Canonical JSON: sorted keys, two blanks of indent, LF at the end."""
    return (json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def record_digest(record: Record) -> str:
    """SHA-256 of the canonical JSON of the record without its digest."""
    bare = {key: value for key, value in record.items() if key != "digest"}
    return hashlib.sha256(record_bytes(bare)).hexdigest()


def read_record(content: bytes) -> Record:
    """A record from bytes; InvalidInput when it is none."""
    try:
        record = json.loads(content.decode("utf-8"))
        record_bytes(record)
    except (ValueError, RecursionError):
        raise InvalidInput(
            "这个文件不是抽取记录（JSON 格式有误）。", "请选择 record.json。"
        ) from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise InvalidInput(
            "这个文件不是抽取记录。", "请选择本程序写出的 record.json 或记录表 PDF。"
        )
    missing = [key for key in _KEYS if key not in record]
    if missing:
        raise InvalidInput(f"抽取记录缺少“{missing[0]}”。", "请使用完整的原始记录。")
    return record


_KEYS = (
    "algorithm", "draw", "device", "files", "hashes", "machine", "commitment", "witnesses",
    "public", "seed_text", "seed", "strata", "cap", "cap_raise", "teams", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a verification looked at."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What agrees and what does not."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


_COMPARED = (
    ("文件内容", "files"), ("校验值", "hashes"), ("机器数 M", "machine"),
    ("机器数承诺", "commitment"), ("见证数字", "witnesses"), ("公开数 X", "public"),
    ("种子文本", "seed_text"), ("随机种子 R", "seed"), ("抽中、候补与截止票号", "strata"),
    ("人员上限 C", "cap"), ("上限上调 e", "cap_raise"), ("检查组", "teams"),
    ("批次", "batches"), ("专家", "experts"),
)  # fmt: skip
_HEAD = ("format", "algorithm", "draw", "device", "rehearsal", "items")
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


def verify_record(record: Record) -> Verification:
    """Recompute a record from its frozen files and contributions, and compare everything."""
    whole = Check("记录完整性", record["digest"] == record_digest(record))
    try:
        fresh = _undigested(_recompute(record), record.get("paper"))
    except SsjError as problem:
        return Verification((whole, Check("重新计算", ok=False, detail=problem.message)))
    except _UNREADABLE:
        return Verification((whole, Check("重新计算", ok=False, detail="冻结文件的内容不完整。")))
    compared = [
        _compare(name, key, record, fresh)
        for name, key in _COMPARED
        if key in fresh or key in record
    ]
    same = all(_text(record.get(key)) == _text(fresh[key]) for key in _HEAD)
    strange = sorted(set(record) - {"digest", *fresh} - {key for _, key in _COMPARED})
    return Verification(
        (
            whole,
            Check("编号、设备与事项", same),
            *compared,
            *(Check(f"不认识的项“{shown(key)}”", ok=False) for key in strange),
        )
    )


def _text(value: Any) -> str:
    """JSON text, so that 1, 1.0 and true are three different things."""
    return json.dumps(value, sort_keys=True)


def _compare(name: str, key: str, record: Record, fresh: Record) -> Check:
    stored, again = record.get(key), fresh.get(key)
    if _text(stored) == _text(again):
        return Check(name, ok=True)
    return Check(name, ok=False, detail=_first_difference(stored, again))


def _first_difference(stored: Any, fresh: Any) -> str:
    if isinstance(stored, str) and isinstance(fresh, str) and "\n" in stored + fresh:
        return _first_unequal(stored.split("\n"), fresh.split("\n"), "行")
    if isinstance(stored, list) and isinstance(fresh, list):
        return _first_unequal(stored, fresh, "项")
    if isinstance(stored, dict) and isinstance(fresh, dict):
        unequal = (key for key in sorted({*stored, *fresh}) if not _has_same(stored, fresh, key))
        key = next(unequal)
        return f"{shown(key)}：" + _first_difference(stored.get(key), fresh.get(key))
    return f"记录为 {shown(str(stored), 60)}，应为 {shown(str(fresh), 60)}"


def _has_same(stored: Mapping[str, Any], fresh: Mapping[str, Any], key: str) -> bool:
    return key in stored and key in fresh and _text(stored[key]) == _text(fresh[key])


def _first_unequal(stored: list[Any], fresh: list[Any], unit: str) -> str:
    for place, (one, other) in enumerate(zip(stored, fresh, strict=False), start=1):
        if _text(one) != _text(other):
            return f"第 {place} {unit}：" + _first_difference(one, other)
    return f"记录有 {len(stored)} {unit}，应有 {len(fresh)} {unit}"


def _recompute(record: Record) -> Outcome:
    if record["algorithm"] != ALGORITHM:
        raise InvalidInput(
            f"不认识的抽取规则“{shown(str(record['algorithm']))}”。", "请升级本程序后再核对。"
        )
    if not isinstance(record.get("paper", {}), dict):
        raise InvalidInput("“paper”不是一个对象。", "请使用完整的原始记录。")
    files = {name: str(text).encode() for name, text in record["files"].items()}
    scheme = thaw(files["pool.int"], files["plan"], files["staff"], str(record["device"]))
    return perform(
        scheme,
        str(record["hashes"]["prev"]),
        str(record["machine"]),
        [str(digits) for digits in record["witnesses"]],
        str(record["public"]),
    )
