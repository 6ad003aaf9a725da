"""The recovery sheets for the safe, printed once: of the store, and of the office's root."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.filing import office_code
from ssj_desktop.domain.papers import RecoveryPaper
from ssj_desktop.models.exchange import OfficeRoot
from ssj_desktop.queries.accounts import recovery_serial
from ssj_desktop.queries.membership import office_root
from ssj_desktop.queries.office import OfficeRow, find_office

Fact = tuple[str, str]

_STEPS = (
    "登录窗口点“忘记密码”，选择账号，照本单输入恢复码，再设新密码。",
    "连续输错会锁定，与密码相同；每次使用都记入操作日志。",
    "用过以后，请安全管理员在“账号与权限”中换一份恢复单，本单随即作废。",
    "本单等同全部数据的钥匙：装入信封封好，存入保险柜，不拍照、不复印、不留电子件。",
)


def recovery_paper(session: Session, code: str, today: date) -> RecoveryPaper:
    office = find_office(session)
    number = f"HF-{office.division}-{office.device}-{recovery_serial(session):03d}"
    facts = (("|行政区划代码", office.division), ("恢复单编号", number))
    return RecoveryPaper(
        organ=office.unit,
        number=number,
        code=code,
        facts=_facts(office, facts, today),
        steps=_STEPS,
        qr_text=f"SSJ1R/{number}/{today.isoformat()}",
        page_foot=f"恢复单 {number}　　只此一份，新单生成后旧单作废",
        watermark=_watermark(office),
    )


def _facts(office: OfficeRow, between: tuple[Fact, ...], today: date) -> tuple[Fact, ...]:
    """First the office, last the day: alike on both sheets."""
    day = f"{today.year}年{today.month}月{today.day}日"
    return (("单位", office.unit), *between, ("|生成日期", day))


def _watermark(office: OfficeRow) -> str:
    return "试 用" if office.trial else ""


_ROOT_STEPS = (
    "管理机丢失或损坏时，在另一台已加入的电脑“设备管理”页点“恢复为管理机…”，照本单输入根密钥。",
    "恢复以后撤销旧的管理机，再与其他电脑各交换一次。",
    "谁有根密钥，谁就能指定管理机：装入信封封好，存入保险柜，不拍照、不复印、不留电子件。",
)


def holds_root_key(session: Session) -> bool:
    """Whether the secret of the office's root still lies here, not yet on paper only."""
    return session.scalar(select(OfficeRoot.seed)) is not None


def root_paper(session: Session, code: str, today: date) -> RecoveryPaper:
    """The sheet with the root key of the office."""
    office, root = find_office(session), office_root(session)
    number = f"GM-{office.division}"
    facts = (("|行政区划代码", office.division), ("单位比对码", office_code(root)))
    return RecoveryPaper(
        organ=office.unit,
        number=number,
        code=code,
        facts=_facts(office, facts, today),
        steps=_ROOT_STEPS,
        qr_text=f"SSJ1G/{number}/{today.isoformat()}",
        page_foot=f"单位根密钥恢复单 {number}　　只此一份，程序里不再保存",
        watermark=_watermark(office),
        title="单位根密钥恢复单",
        code_name="根密钥",
        code_note="数字 0–9 和字母 a–f，不分大小写；第 17 组是校验",
    )
