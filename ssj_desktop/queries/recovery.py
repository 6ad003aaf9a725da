"""The recovery sheet for the safe, printed once."""

from datetime import date

from sqlalchemy.orm import Session

from ssj_desktop.domain.papers import RecoveryPaper
from ssj_desktop.queries.accounts import recovery_serial
from ssj_desktop.queries.office import find_office

_STEPS = (
    "登录窗口点“忘记密码”，选择账号，照本单输入恢复码，再设新密码。",
    "连续输错会锁定，与密码相同；每次使用都记入操作日志。",
    "用过以后，请安全管理员在“账号与权限”中换一份恢复单，本单随即作废。",
    "本单等同全部数据的钥匙：装入信封封好，存入保险柜，不拍照、不复印、不留电子件。",
)


def recovery_paper(session: Session, code: str, today: date) -> RecoveryPaper:
    office = find_office(session)
    number = f"HF-{office.division}-{office.device}-{recovery_serial(session):03d}"
    return RecoveryPaper(
        organ=office.unit,
        number=number,
        code=code,
        facts=(
            ("单位", office.unit),
            ("|行政区划代码", office.division),
            ("恢复单编号", number),
            ("|生成日期", f"{today.year}年{today.month}月{today.day}日"),
        ),
        steps=_STEPS,
        qr_text=f"SSJ1R/{number}/{today.isoformat()}",
        page_foot=f"恢复单 {number}　　只此一份，新单生成后旧单作废",
        watermark="试 用" if office.trial else "",
    )
