"""Write the sample workbooks as an office would have them; the same bytes' worth every time.

Run: python tools/make_samples.py resources/samples
All names, codes and people are invented; 239921 is no real division.
"""

import random
import sys
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ssj_desktop.domain.identifiers import credit_check_character, organisation_check_character

CHANCE = random.Random(20260316)
DIVISION = "239921"
AREAS = ("兴华街道", "建设街道", "站前街道", "云岭镇", "双河镇", "青山镇", "永安乡", "红旗乡")
INDUSTRIES = {
    "建筑业企业": (("建筑工程", "建筑安装工程", "市政工程", "装饰工程", "路桥工程"), 420),
    "房地产开发企业": (("房地产开发", "置业"), 90),
    "物业服务企业": (("物业服务", "物业管理"), 160),
    "房地产经纪机构": (("房地产经纪", "不动产经纪"), 80),
    "工程监理企业": (("工程监理", "建设监理"), 40),
    "预拌混凝土企业": (("商品混凝土",), 25),
    "燃气经营企业": (("燃气", "液化气"), 18),
    "供热企业": (("供热",), 15),
    "排水户": (("餐饮服务", "洗车服务", "食品加工"), 120),
}
WORDS = (
    "宏达 恒泰 鑫源 北方 龙江 安居 祥和 诚信 永固 众合 百川 长岭 兴达 金桥 松江 隆泰 博远 清源 蓝天 恒信 "
    "正阳 通泰 华府 康乐 松涛 北苑 金鼎 瑞丰 盛世 天成 万和 嘉业 广厦 同方 中和 泰和 大成 远大 新城 宝地"
).split()
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "建国",
    "敏",
    "志远",
    "丽",
    "铁军",
    "冬梅",
    "婧怡",
    "喆",
    "犇",
    "堃",
    "文静",
    "海波",
    "玉兰",
    "昕",
    "洋",
    "㛃",
    "𬭎",
    "䶮",
)
HEAD = ("序号", "企业名称", "统一社会信用代码", "主体类型", "类别", "信用等级", "所属街道", "经营状态",
        "法定代表人", "住所", "联系人", "联系电话", "资质等级", "投诉次数", "备注")  # fmt: skip


def person() -> str:
    return CHANCE.choice(SURNAMES) + CHANCE.choice(GIVEN)


def credit_code() -> str:
    organisation = "MA1" + "".join(
        CHANCE.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(5)
    )
    body = "91" + DIVISION + organisation + organisation_check_character(organisation)
    return body + credit_check_character(body)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isalnum() and c.isascii() else c for c in text)


def company_rows() -> list[list[object]]:
    rows, names = [], set()
    for industry, (trades, count) in INDUSTRIES.items():
        for _ in range(count):
            rows.append(company(industry, trades, names))
    return rows


def company(industry: str, trades: tuple[str, ...], names: set[str]) -> list[object]:
    while True:
        word = CHANCE.choice(WORDS) + (CHANCE.choice(WORDS) if len(names) % 3 else "")
        name = f"云岭县{word}{CHANCE.choice(trades)}{CHANCE.choice(('有限公司', '有限责任公司'))}"
        if name not in names:
            names.add(name)
            break
    kind = "个体工商户" if industry == "排水户" and CHANCE.random() < 0.6 else "企业"
    status = CHANCE.choices(("存续", "正常", "注销", "迁出", "停业", "吊销"), (60, 32, 3, 2, 2, 1))[
        0
    ]
    grade = CHANCE.choices("ABCD", (52, 36, 9, 3))[0]
    area = CHANCE.choice(AREAS)
    return [None, name, credit_code(), kind, industry, grade, area, status, person(),
            f"云岭县{area}{CHANCE.choice(('建设', '人民', '中央', '文化'))}路 {CHANCE.randint(1, 320)} 号",
            person(), f"0456-67{CHANCE.randint(10000, 99999)}",
            CHANCE.choice(("施工总承包三级", "施工总承包二级", "专业承包三级", "")) if industry == "建筑业企业" else "",
            CHANCE.choices((0, 1, 2, 3), (80, 12, 6, 2))[0] or None, None]  # fmt: skip


def project_rows() -> list[list[object]]:
    rows: list[list[object]] = []
    for n in range(1, 121):
        area = CHANCE.choice(AREAS)
        name = f"云岭县{CHANCE.choice(WORDS)}{CHANCE.choice(('花园', '小区', '家园', '广场'))}{n}#楼工程"
        rows.append([None, name, f"{DIVISION}2025{n:04d}0101", "在建项目", "在建工程项目",
                     CHANCE.choices("ABC", (6, 3, 1))[0], area, "在建", person(), f"云岭县{area}", person(),
                     f"1394567{CHANCE.randint(1000, 9999)}", "", None, None])  # fmt: skip
    for n in range(1, 81):
        area = CHANCE.choice(AREAS)
        rows.append([None, f"{CHANCE.choice(WORDS)}{CHANCE.choice(('花园', '家园'))}住宅小区（{n}区）", None,
                     "小区", "住宅小区", None, area, "正常", person(), f"云岭县{area}", None, None, "", None, None])  # fmt: skip
    for n in range(1, 41):
        rows.append([None, f"QTZ63 塔式起重机 {n} 号", f"HLJ-QZ-{n:05d}", "起重机械", "起重机械", None,
                     CHANCE.choice(AREAS), "正常", person(), None, None, None, "", None, None])  # fmt: skip
    return rows


def spoil(rows: list[list[object]]) -> None:
    """The faults an office's list really has."""
    rows[16][2] = 912399210000012345.0
    rows[37][2] = 91239921000004567 * 10
    rows[52][1] = None
    rows[70][2] = rows[33][2]
    rows[112][5] = "E"
    rows[140][3] = "企业单位"
    rows[8][2] = full_width(str(rows[8][2]))
    rows[23][2] = str(rows[23][2])[:8] + " " + str(rows[23][2])[8:]
    rows[60][1] = "  " + str(rows[60][1]) + "　"
    code = str(rows[90][2])
    rows[90][2] = code[:17] + ("A" if code[17] != "A" else "B")
    for place, name in (
        (5, "云岭县鑫䶮建筑工程有限公司"),
        (6, "云岭县金𬭎市政工程有限公司"),
        (7, "云岭县堃泰建筑安装有限公司"),
    ):
        rows[place][1] = name


def sheet_head(sheet: Worksheet, title: str, line: str, head: tuple[str, ...]) -> None:
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    sheet["A1"].font, sheet["A1"].alignment = (
        Font(size=18, bold=True),
        Alignment(horizontal="center"),
    )
    sheet.append([line])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(head))
    sheet.append(list(head))
    for cell in sheet[3]:
        cell.font = Font(bold=True)


def write_targets(folder: Path) -> list[list[object]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "企业信息"
    sheet_head(
        sheet,
        "云岭县住建领域检查对象名录",
        "填报单位：云岭县住房和城乡建设局　　　填报日期：2026年3月2日",
        HEAD,
    )
    rows = company_rows() + project_rows()
    spoil(rows)
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row[1:]])
    sheet.append([None, f"合计：{len(rows)} 个"])
    sheet.append(["填表说明：信用等级以省平台 2026 年 2 月数据为准。"])
    for column, width in zip(
        "ABCDEFGHIJKLMNO", (6, 34, 22, 12, 16, 8, 12, 10, 10, 30, 10, 15, 16, 8, 10), strict=True
    ):
        sheet.column_dimensions[column].width = width
    book.create_sheet("填表说明").append(["本表由各股室汇总，供年度双随机抽查使用。"])
    book.save(folder / "检查对象名录.xlsx")
    return rows


def write_inspectors(folder: Path, targets: list[list[object]]) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "执法人员"
    head = ("序号", "姓名", "执法证编号", "有效期至", "工作单位", "股室", "层级", "职务", "执法领域", "业务专长",
            "可任组长", "任务上限", "回避单位", "在岗情况", "手机号")  # fmt: skip
    sheet_head(sheet, "云岭县行政执法人员名录", "截至 2026 年 3 月 1 日", head)
    specialties = ("施工安全", "建筑市场", "房地产", "物业管理", "燃气", "供热", "消防", "排水")
    used: set[str] = set()
    for n in range(1, 41):
        housing = n <= 28
        name = person()
        while name in used:
            name = person()
        used.add(name)
        expiry = (
            "2025年12月31日"
            if n in (9, 31)
            else f"{CHANCE.randint(2027, 2029)}-{CHANCE.randint(1, 12):02d}-28"
        )
        skills = "、".join(CHANCE.sample(specialties, 3)) if housing else "企业登记、信用监管"
        conflict = str(targets[CHANCE.randrange(100, 300)][1]) if n % 6 == 0 else None
        sheet.append([n, name, f"{DIVISION}{n:04d}", expiry,
                      "住房和城乡建设局" if housing else "市场监督管理局",
                      CHANCE.choice(("法规股", "建管股", "房产股", "质安站")) if housing else "信用监管股",
                      "县级", CHANCE.choice(("科员", "副股长", "股长")), "城乡建设" if housing else "市场监管", skills,
                      "是" if n % 2 else "否", 8 if n % 9 == 0 else None, conflict,
                      "退休" if n == 17 else "在岗", f"1384567{n:04d}"])  # fmt: skip
    book.save(folder / "执法检查人员名录.xlsx")


def write_update(folder: Path, targets: list[list[object]]) -> None:
    """New, changed, unchanged and faulty rows for the preview."""
    book = Workbook()
    sheet = book.active
    sheet.title = "企业信息"
    sheet_head(sheet, "2026 年新增和变更企业", "填报单位：云岭县住房和城乡建设局", HEAD[:9])
    names: set[str] = set()
    rows = [company("物业服务企业", ("物业服务",), names)[:9] for _ in range(96)]
    rows += [[*row[:5], "A" if row[5] != "A" else "C", *row[6:9]] for row in targets[200:214]]
    rows += [row[:9] for row in targets[300:304]]
    faulty = [company("建筑业企业", ("劳务",), names)[:9] for _ in range(6)]
    faulty[0][2], faulty[1][1], faulty[2][5], faulty[3][3] = 9.12399e17, None, "E", "其它"
    faulty[4][2], faulty[5][2] = rows[3][2], "9123992１MA1Ｖ０００"
    for number, row in enumerate(rows + faulty, start=1):
        sheet.append([number, *row[1:]])
    book.save(folder / "2026年新增企业.xlsx")


def write_items(folder: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "补充事项"
    sheet_head(
        sheet,
        "云岭县补充抽查事项",
        "依据地方法规梳理",
        (
            "事项编码",
            "抽查类别",
            "事项名称",
            "检查对象",
            "事项类别",
            "检查方式",
            "检查依据",
            "频次",
        ),
    )
    sheet.append(
        [
            "YL-01-01",
            "物业管理",
            "住宅小区电动自行车充电设施检查",
            "物业服务企业",
            "一般检查事项",
            "现场检查",
            "《黑龙江省住宅物业管理条例》",
            "全年1次",
        ]
    )
    sheet.append(
        [
            "YL-01-02",
            "城镇供水",
            "二次供水设施检查",
            "供水企业",
            "重点检查事项",
            "现场检查、书面检查",
            "《城市供水条例》",
            "全年1次",
        ]
    )
    book.save(folder / "抽查事项补充.xlsx")


def write_csv(folder: Path) -> None:
    lines = ["单位名称,信用代码,类别,信用等级,所属街道"]
    lines += [
        f"云岭县{CHANCE.choice(WORDS)}供水站{n}号,{credit_code()},供水企业,B,{CHANCE.choice(AREAS)}"
        for n in range(1, 21)
    ]
    (folder / "供水企业_GB18030.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    targets = write_targets(folder)
    write_inspectors(folder, targets)
    write_update(folder, targets)
    write_items(folder)
    write_csv(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
