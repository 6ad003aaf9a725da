"""Before a draw goes on: what lies in the store is what was frozen, hashed and signed."""

import json

from sqlalchemy import select

from ssj_desktop.domain.draw.canonical import sha256
from ssj_desktop.domain.draw.seed import commitment
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.journal import FROZEN
from ssj_desktop.domain.journal_names import name_code
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.queries.journal_names import own_name_key
from ssj_desktop.services.desk import Work
from ssj_desktop.services.machine_number import machine_of


def refuse_altered(work: Work, row: Draw) -> None:
    """The hashes and the commitment on the signed sheet must still be those of the stored files."""
    hashes = {
        "pool.int": sha256(row.pool_int),
        "pool.pub": sha256(row.pool_pub),
        "plan": sha256(row.plan_file),
        "staff": sha256(row.staff_file),
    }
    machine = machine_of(work, row)
    sealed = commitment(row.number, row.pool_hash, machine, rehearsal=work.office.rehearsal)
    noted = _noted(work, row) or hashes
    if hashes["pool.int"] != row.pool_hash or sealed != row.commitment or hashes != noted:
        raise RuleViolation(
            f"抽取 {row.number} 的冻结文件与承诺单上的校验值不符。",
            "请保留现场，不要继续；用备份核对是谁在什么时候改动的。",
        )


def _noted(work: Work, row: Draw) -> dict[str, str] | None:
    """The hashes in the journal entry of the freeze; None where another device wrote it.

    Somebody may have enrolled a certificate of the same number, for which a code would stand.
    """
    names = (row.number, name_code(own_name_key(work.session), row.number))
    entry = select(JournalRow.payload).where(
        JournalRow.action == FROZEN, JournalRow.subject.in_(names)
    )
    payload = work.session.scalars(entry).first()
    if payload is None:
        return None
    said = json.loads(payload)
    return {name: said[name] for name in ("pool.int", "pool.pub", "plan", "staff")}
