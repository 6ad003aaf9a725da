"""One description per registry field: read by form, sheet, table and print.

What may be typed in a form is exactly what may be imported from a sheet: both call
:meth:`Field.parse`. A value is a str, int, bool, date, Term or a tuple of str; None means empty.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, TypeAlias

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import clean_code, clean_name, credit_code_problem
from ssj_desktop.domain.vocabulary import (
    CreditRiskClass,
    InspectorStatus,
    ItemClass,
    ItemStatus,
    OfficeLevel,
    TargetKind,
    TargetStatus,
    Term,
)

Value: TypeAlias = str | int | bool | date | Term | tuple[str, ...] | None
_TAG_BREAK = re.compile(r"[、,，;；/\n]+")
_DATE_PARTS = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s.*)?")
_YES = frozenset({"是", "Y", "YES", "1", "√", "有", "TRUE", "组长"})
_NO = frozenset({"否", "N", "NO", "0", "×", "无", "FALSE", ""})
_SPREADSHEET_EPOCH = date(1899, 12, 30)


class FieldKind(Enum):
    """How a value is typed, shown and stored."""

    __hash__ = object.__hash__  # members are single; the inherited one is slow in long imports

    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    TAGS = "tags"
    DATE = "date"
    NUMBER = "number"
    FLAG = "flag"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a registry.

    ``aliases`` are other header titles met in office workbooks; ``private`` values are masked on
    screen and never published; ``warn`` returns a soft complaint that does not refuse the value;
    ``width`` is in Chinese characters.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    vocabulary: type[Term] | None = None
    synonyms: Mapping[str, str] | None = None
    suggestions: tuple[str, ...] = ()
    private: bool = False
    default: Value = None
    hint: str = ""
    sample: str = ""
    width: int = 10
    warn: Callable[[Any], str | None] | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """Labels of a closed choice, in order; empty for open fields."""
        return tuple(term.label for term in self.vocabulary) if self.vocabulary else ()

    def parse(self, text: str) -> Value:
        """The value of what was typed or read; InvalidInput says what is wrong and what to do."""
        typed = text.strip(" \u3000\u00a0\t\r\n")
        if not typed:
            if self.required:
                raise InvalidInput(f"{self.label}不能为空。", f"请填写{self.label}。")
            return self.default
        return _PARSERS[self.kind](self, typed)

    def show(self, value: Value) -> str:
        """The value as shown on screen and written to sheets."""
        match value:
            case None:
                return ""
            case Term():
                return value.label
            case bool():
                return "是" if value else "否"
            case date():
                return value.isoformat()
            case tuple():
                return "、".join(value)
        return str(value)

    def warning(self, value: Value) -> str | None:
        """The soft complaint about a value that may be stored all the same."""
        return self.warn(value) if self.warn and value is not None else None


def _parse_text(field: Field, typed: str) -> Value:
    del field
    return clean_name(typed)


def _parse_note(field: Field, typed: str) -> Value:
    del field
    lines = (clean_name(line.replace("\t", " ")) for line in typed.splitlines())
    return "\n".join(line for line in lines if line)


def _parse_code(field: Field, typed: str) -> Value:
    code = clean_code(typed)
    if not code:
        raise InvalidInput(f"{field.label}不能为空。", f"请填写{field.label}。")
    return code


def _parse_choice(field: Field, typed: str) -> Value:
    key = unicodedata.normalize("NFKC", typed).upper()
    synonym = (field.synonyms or {}).get(key, key)
    return field.vocabulary.of(synonym) if field.vocabulary else synonym


def _parse_tags(field: Field, typed: str) -> Value:
    del field
    tags = [clean_name(part) for part in _TAG_BREAK.split(typed)]
    return tuple(dict.fromkeys(tag for tag in tags if tag)) or None


def _parse_date(field: Field, typed: str) -> Value:
    plain = unicodedata.normalize("NFKC", typed)
    if plain in ("长期", "长期有效"):
        return date(9999, 9, 9)
    try:
        return _read_date(plain)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{field.label}“{typed}”不是日期。", "请按 2026-03-16 的样子填写。"
        ) from None


def _read_date(plain: str) -> date:
    if re.fullmatch(r"\d{8}", plain):
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if re.fullmatch(r"[1-9]\d{4}", plain):  # a date cell that lost its format
        return _SPREADSHEET_EPOCH + timedelta(days=int(plain))
    parts = _DATE_PARTS.fullmatch(plain)
    if parts is None:
        raise ValueError(plain)
    return date(int(parts[1]), int(parts[2]), int(parts[3]))


def _parse_number(field: Field, typed: str) -> Value:
    plain = unicodedata.normalize("NFKC", typed)
    if not re.fullmatch(r"\d{1,9}", plain):
        raise InvalidInput(f"{field.label}“{typed}”不是整数。", "请填写阿拉伯数字，例如 12。")
    return int(plain)


def _parse_flag(field: Field, typed: str) -> Value:
    plain = unicodedata.normalize("NFKC", typed).upper()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise InvalidInput(f"{field.label}“{typed}”看不明白。", "请填写“是”或“否”。")


_PARSERS: dict[FieldKind, Callable[[Field, str], Value]] = {
    FieldKind.TEXT: _parse_text,
    FieldKind.NOTE: _parse_note,
    FieldKind.CODE: _parse_code,
    FieldKind.CHOICE: _parse_choice,
    FieldKind.TAGS: _parse_tags,
    FieldKind.DATE: _parse_date,
    FieldKind.NUMBER: _parse_number,
    FieldKind.FLAG: _parse_flag,
}


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry (名录库): its fields and the one that tells rows apart.

    ``key`` is the number by which a row of a sheet finds its row in the store; rows without a
    number are found by ``name``. ``counter`` is the measure word of a row.
    """

    kind: str
    label: str
    noun: str
    counter: str
    key: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


def _warn_credit_code(code: str) -> str | None:
    """Only codes of registration departments; project and permit numbers look different."""
    return credit_code_problem(code) if len(code) == 18 and code[0] in "159Y" else None


_CREDIT_SYNONYMS = {
    **{f"{letter}{tail}": letter for letter in "ABCD" for tail in ("级", "类", "级企业", "等级")},
    "低": "A", "低风险": "A", "信用良好": "A",
    "一般": "B", "中": "B", "中风险": "B", "一般风险": "B",
    "较高": "C", "中高": "C", "较高风险": "C",
    "高": "D", "高风险": "D",
}  # fmt: skip
_STATUS_SYNONYMS = {
    "在业": "正常", "存续": "正常", "开业": "正常", "在营": "正常", "在建": "正常", "营业": "正常",
    "已注销": "注销", "已迁出": "迁出", "吊销未注销": "吊销", "被吊销": "吊销", "已吊销": "吊销",
    "歇业": "停业", "停产": "停业", "已停业": "停业", "停工": "停业", "被撤销": "撤销",
    "无法联系": "失联",
}  # fmt: skip
INDUSTRIES = (
    "建筑业企业", "房地产开发企业", "房地产经纪机构", "物业服务企业", "工程监理企业",
    "工程勘察设计企业", "工程造价咨询企业", "招标代理机构", "工程质量检测机构", "预拌混凝土企业",
    "燃气经营企业", "供热企业", "供水企业", "排水企业", "在建工程项目", "住宅小区", "起重机械",
    "排水户", "注册人员", "个体工商户",
)  # fmt: skip

TARGETS = Registry(
    kind="targets", label="检查对象名录库", noun="检查对象", counter="家", key="number",
    fields=(
        Field("name", "名称", required=True, width=20, sample="云岭县安居物业服务有限公司",
              aliases=("企业名称", "单位名称", "对象名称", "检查对象名称", "检查对象", "市场主体名称",
                       "主体名称", "项目名称", "工程名称", "小区名称", "名称(姓名)", "姓名", "公司名称",
                       "机构名称", "市场主体", "设备名称")),
        Field("number", "统一社会信用代码", FieldKind.CODE, width=19, sample="91239921MA1BK3WF0N",
              hint="没有信用代码的填项目、许可或备案编号；都没有的留空，由程序编本地号。",
              aliases=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "统一社会信用代码/编号",
                       "统一社会信用代码/注册号", "统一社会信用代码(注册号)", "信用代码/编号", "注册号",
                       "许可证号", "施工许可证号", "备案编号", "项目代码", "证照编号", "代码", "对象编码",
                       "编号", "机构代码"),
              warn=_warn_credit_code),
        Field("kind", "主体类型", FieldKind.CHOICE, vocabulary=TargetKind,
              default=TargetKind.ENTERPRISE, sample="企业",
              aliases=("对象类型", "市场主体类型", "检查对象类型", "主体类别"),
              synonyms={"项目": "建设项目", "工程项目": "建设项目", "在建项目": "建设项目",
                        "小区": "住宅小区", "个体": "个体工商户", "个体户": "个体工商户",
                        "事业单位": "事业单位及其他组织", "人员": "注册人员", "公司": "企业",
                        "塔吊": "起重机械", "其他组织": "事业单位及其他组织"}),
        Field("industry", "行业类别", suggestions=INDUSTRIES, sample="物业服务企业",
              aliases=("类别", "行业", "企业类别", "企业类型", "所属行业", "业务类别", "监管类别",
                       "行业分类", "专业类别", "行业类型", "类型")),
        Field("credit_class", "信用风险等级", FieldKind.CHOICE, vocabulary=CreditRiskClass,
              synonyms=_CREDIT_SYNONYMS, sample="A", width=6,
              aliases=("信用等级", "信用风险", "信用风险分类", "信用分类", "风险等级", "信用类别",
                       "信用风险分类等级", "信用评价等级", "等级")),
        Field("area", "所在区域", sample="兴华街道",
              aliases=("区域", "街道", "乡镇", "所属区域", "属地", "所属街道", "镇街", "辖区", "片区",
                       "乡镇街道", "乡镇(街道)", "街道(乡镇)", "行政区域")),
        Field("status", "状态", FieldKind.CHOICE, vocabulary=TargetStatus, width=6,
              default=TargetStatus.NORMAL, synonyms=_STATUS_SYNONYMS, sample="正常",
              aliases=("经营状态", "登记状态", "企业状态", "主体状态", "存续状态", "项目状态")),
        Field("representative", "法定代表人", sample="李建国", width=8,
              aliases=("法人", "法人代表", "负责人", "法定代表人(负责人)", "法定代表人/负责人",
                       "法定代表人姓名", "项目负责人", "企业负责人")),
        Field("address", "地址", width=24, sample="云岭县兴华街道建设路 118 号",
              aliases=("注册地址", "经营地址", "住所", "项目地址", "详细地址", "单位地址", "住所地",
                       "经营场所", "建设地点", "通讯地址")),
        Field("contact", "联系人", sample="王芳", aliases=("联络人", "联系人姓名"), width=8,
              private=True),
        Field("phone", "联系电话", width=12, private=True, sample="0456-6721188",
              aliases=("电话", "手机", "手机号", "联系方式", "手机号码", "联系人电话", "电话号码")),
        Field("licence", "资质许可", width=16, sample="施工总承包三级",
              aliases=("资质等级", "资质", "许可证", "资质类别及等级", "资质类别", "资质证书")),
        Field("complaints", "投诉举报次数", FieldKind.NUMBER, width=6, sample="0",
              aliases=("投诉次数", "投诉举报", "投诉举报数")),
        Field("note", "备注", FieldKind.NOTE, width=16, aliases=("说明", "备注说明")),
    ),
)  # fmt: skip

INSPECTORS = Registry(
    kind="inspectors", label="执法检查人员名录库", noun="执法检查人员", counter="人",
    key="certificate_number",
    fields=(
        Field("name", "姓名", required=True, width=8, sample="张敏",
              aliases=("执法人员姓名", "人员姓名", "执法人员", "检查人员", "检查人员姓名", "名字")),
        Field("certificate_number", "执法证号", FieldKind.CODE, required=True, width=16,
              sample="2399210017",
              aliases=("执法证编号", "证号", "证件号码", "行政执法证号", "执法证件号", "执法证号码",
                       "执法证件编号", "行政执法证编号", "证件编号", "执法证")),
        Field("certificate_expiry", "执法证有效期至", FieldKind.DATE, width=12, sample="2028-12-31",
              aliases=("有效期至", "有效期", "证件有效期", "执法证有效期", "证件有效期至", "到期日期",
                       "有效期限", "有效期截止", "截止日期", "到期日")),
        Field("department", "部门", required=True, width=14, sample="住房和城乡建设局",
              aliases=("所属部门", "执法部门", "单位", "工作单位", "所在单位", "执法机关", "所属单位",
                       "执法主体", "单位名称", "部门名称")),
        Field("section", "科室", sample="法规股",
              aliases=("股室", "内设机构", "处室", "所在科室", "机构")),
        Field("level", "层级", FieldKind.CHOICE, vocabulary=OfficeLevel, default=OfficeLevel.COUNTY,
              width=6, sample="县", synonyms={"省级": "省", "市级": "市", "县级": "县", "区": "县",
                                             "区县": "县", "县区": "县", "区级": "县"}),
        Field("post", "职务", sample="副股长", aliases=("岗位", "职务职级", "职务/职级")),
        Field("categories", "执法类别", FieldKind.TAGS, sample="城乡建设",
              aliases=("执法种类", "执法领域", "执法范围")),
        Field("specialties", "业务专长", FieldKind.TAGS, sample="施工安全、房地产", width=14,
              aliases=("专长", "专业", "专业特长", "业务领域", "专业方向", "擅长领域", "专业领域")),
        Field("areas", "管辖区域", FieldKind.TAGS, sample="", width=12,
              hint="留空表示全部区域。",
              aliases=("负责区域", "执法区域", "管辖片区", "片区", "区域", "辖区")),
        Field("leader", "可任组长", FieldKind.FLAG, default=False, width=6, sample="是",
              aliases=("组长", "是否组长", "可任组长(是/否)", "是否可任组长", "组长资格")),
        Field("cap", "任务上限", FieldKind.NUMBER, width=6, sample="",
              hint="一次抽取最多承担的检查家数；留空表示不限。",
              aliases=("个人上限", "任务数上限", "年度任务上限", "最多任务数")),
        Field("conflicts", "回避单位", FieldKind.TAGS, width=20, private=True, sample="",
              hint="应当回避的检查对象名称或代码，用顿号隔开。",
              aliases=("回避对象", "回避企业", "利害关系单位", "回避情况", "回避", "应回避单位")),
        Field("status", "状态", FieldKind.CHOICE, vocabulary=InspectorStatus, width=6,
              default=InspectorStatus.ACTIVE, sample="在岗",
              aliases=("在岗状态", "人员状态", "在岗情况"),
              synonyms={"有效": "在岗", "在职": "在岗", "正常": "在岗", "失效": "离岗", "离职": "离岗",
                        "退休": "离岗", "调离": "离岗", "休假": "暂停", "借调": "暂停", "病假": "暂停",
                        "停用": "暂停", "调出": "离岗"}),
        Field("phone", "联系电话", width=12, private=True, sample="",
              aliases=("电话", "手机", "手机号", "联系方式", "手机号码")),
        Field("note", "备注", FieldKind.NOTE, width=16, aliases=("说明",)),
    ),
)  # fmt: skip

ITEMS = Registry(
    kind="items", label="抽查事项清单", noun="抽查事项", counter="项", key="number",
    fields=(
        Field("number", "事项编码", FieldKind.CODE, required=True, width=10, sample="ZJ-07-07",
              aliases=("编码", "事项编号", "编号", "事项代码", "抽查事项编码")),
        Field("category", "抽查类别", sample="房地产市场", aliases=("类别", "抽查领域", "事项大类")),
        Field("name", "抽查事项", required=True, width=24, sample="物业服务企业检查",
              aliases=("事项名称", "抽查事项名称", "检查事项", "事项")),
        Field("target_text", "检查对象", width=16, sample="物业服务企业",
              aliases=("抽查对象", "检查对象类型")),
        Field("item_class", "事项类别", FieldKind.CHOICE, vocabulary=ItemClass, width=6,
              default=ItemClass.GENERAL, sample="一般",
              synonyms={"一般检查事项": "一般", "重点检查事项": "重点", "一般事项": "一般",
                        "重点事项": "重点"}),
        Field("methods", "检查方式", FieldKind.TAGS, width=12, sample="现场检查、书面检查",
              aliases=("抽查方式",)),
        Field("levels", "检查主体层级", FieldKind.TAGS, width=8, sample="市、县",
              aliases=("检查主体", "层级", "实施层级")),
        Field("legal_basis", "检查依据", FieldKind.NOTE, width=30, required=True,
              sample="《物业管理条例》第五条",
              aliases=("抽查依据", "法律依据", "依据", "设定依据")),
        Field("ratio_ceiling", "抽查比例上限", width=12, sample="由年度计划限定",
              aliases=("抽查比例", "比例上限", "比例")),
        Field("frequency", "频次", width=14, sample="全年1次", aliases=("抽查频次", "检查频次")),
        Field("specialty", "所需专长", width=10, sample="物业管理",
              hint="抽取执法人员时，主检席位要求的业务专长；留空表示不限。", aliases=("专长要求",)),
        Field("status", "认领状态", FieldKind.CHOICE, vocabulary=ItemStatus, width=8,
              default=ItemStatus.ADOPTED, sample="已认领", aliases=("状态", "认领情况"),
              synonyms={"是": "已认领", "否": "未认领", "认领": "已认领"}),
        Field("source", "来源", FieldKind.NOTE, width=24, aliases=("事项来源", "资料来源")),
    ),
)  # fmt: skip

WITNESSES = Registry(
    kind="witnesses", label="见证人名录", noun="见证人", counter="人", key="name",
    fields=(
        Field("name", "姓名", required=True, width=8, sample="刘昕", aliases=("见证人姓名", "见证人")),
        Field("unit", "单位", required=True, width=18, sample="县纪委监委派驻纪检监察组",
              aliases=("工作单位", "所在单位")),
        Field("capacity", "身份", width=10, sample="副组长", aliases=("职务", "见证身份")),
        Field("outside", "外单位人员", FieldKind.FLAG, default=True, width=8, sample="是",
              aliases=("是否外单位",)),
        Field("phone", "联系电话", width=12, private=True, aliases=("电话", "手机")),
    ),
)  # fmt: skip

EXPERTS = Registry(
    kind="experts", label="专家名录", noun="专家", counter="人", key="number",
    fields=(
        Field("name", "姓名", required=True, width=8, sample="周明远", aliases=("专家姓名", "专家")),
        Field("number", "专家编号", FieldKind.CODE, width=12, sample="ZJ0001",
              hint="没有编号的留空，由程序编本地号。",
              aliases=("编号", "证书编号", "专家证号", "专家库编号")),
        Field("unit", "单位", required=True, width=18, sample="黑龙江省建筑设计院",
              aliases=("工作单位", "所在单位")),
        Field("title", "职称", width=10, sample="高级工程师", aliases=("技术职称", "职称职务")),
        Field("specialties", "专业", FieldKind.TAGS, width=14, sample="燃气、消防",
              aliases=("专长", "业务专长", "专业领域", "擅长领域")),
        Field("areas", "可去区域", FieldKind.TAGS, width=12, sample="", hint="留空表示全部区域。",
              aliases=("区域", "服务区域")),
        Field("cap", "任务上限", FieldKind.NUMBER, width=6, sample="",
              hint="一次抽取最多参加的检查家数；留空表示不限。", aliases=("个人上限",)),
        Field("conflicts", "回避单位", FieldKind.TAGS, width=20, private=True, sample="",
              hint="应当回避的检查对象名称或代码，用顿号隔开。",
              aliases=("回避对象", "回避企业", "利害关系单位")),
        Field("status", "状态", FieldKind.CHOICE, vocabulary=InspectorStatus, width=6,
              default=InspectorStatus.ACTIVE, sample="在岗", aliases=("在岗状态",)),
        Field("phone", "联系电话", width=12, private=True, aliases=("电话", "手机")),
    ),
)  # fmt: skip

REGISTRIES = {
    registry.kind: registry for registry in (TARGETS, INSPECTORS, ITEMS, WITNESSES, EXPERTS)
}
