"""Closed vocabularies: a stable English value for files and code, a Chinese label for people."""

from enum import Enum
from typing import Self

from ssj_desktop.domain.errors import InvalidInput


class Term(str, Enum):
    """A member of a closed vocabulary; ``value`` is stored, ``label`` is shown and printed."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        return term

    def __str__(self) -> str:
        return self.label

    @classmethod
    def of(cls, text: str) -> Self:
        """The term whose label or value is ``text``; InvalidInput names the choices otherwise."""
        for term in cls:
            if text in (term.label, term.value):
                return term
        choices = "、".join(term.label for term in cls)
        raise InvalidInput(f"“{text}”不在字典中。", f"请改为：{choices}。")


class TargetKind(Term):
    """主体类型: what can be inspected (方案 二（三）1)."""

    ENTERPRISE = "ENTERPRISE", "企业"
    INDIVIDUAL_BUSINESS = "INDIVIDUAL_BUSINESS", "个体工商户"
    INSTITUTION = "INSTITUTION", "事业单位及其他组织"
    PROJECT = "PROJECT", "建设项目"
    ESTATE = "ESTATE", "住宅小区"
    CRANE = "CRANE", "起重机械"
    DRAINAGE_USER = "DRAINAGE_USER", "排水户"
    PERSON = "PERSON", "注册人员"


class TargetStatus(Term):
    """状态 of an inspection target; all but 正常 leave the pool (方案 二（六）)."""

    NORMAL = "NORMAL", "正常"
    MOVED_OUT = "MOVED_OUT", "迁出"
    REVOKED = "REVOKED", "吊销"
    DEREGISTERED = "DEREGISTERED", "注销"
    ANNULLED = "ANNULLED", "撤销"
    SUSPENDED = "SUSPENDED", "停业"
    UNREACHABLE = "UNREACHABLE", "失联"


class CreditRiskClass(Term):
    """信用风险分类; steers the draw and is never published (国市监信发〔2022〕6号)."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class InspectorStatus(Term):
    """状态 of an inspector; only 在岗 can be drawn (方案 二（三）2)."""

    ACTIVE = "ACTIVE", "在岗"
    SUSPENDED = "SUSPENDED", "暂停"
    LEFT = "LEFT", "离岗"


class StaffGap(Term):
    """What a comparison with the staff roster finds, in the order of weight (方案 二（三）2)."""

    NOT_ENROLLED = "NOT_ENROLLED", "应入库未入库"
    NO_CERTIFICATE = "NO_CERTIFICATE", "应入库无执法证"
    LEFT = "LEFT", "已离岗仍在库"
    EXPIRED = "EXPIRED", "执法证已过期"
    OTHER_NUMBER = "OTHER_NUMBER", "执法证号不一致"
    OTHER_EXPIRY = "OTHER_EXPIRY", "有效期不一致"
    NOT_ON_ROSTER = "NOT_ON_ROSTER", "花名册里没有"
    UNMARKED = "UNMARKED", "未分类标注"


class OfficeLevel(Term):
    """层级 of an office or inspector."""

    PROVINCE = "PROVINCE", "省"
    CITY = "CITY", "市"
    COUNTY = "COUNTY", "县"


class ItemClass(Term):
    """事项类别 (国市监信〔2019〕38号): 重点 has no ratio ceiling."""

    GENERAL = "GENERAL", "一般"
    KEY = "KEY", "重点"


class ItemStatus(Term):
    """认领 state of an item in this office (方案 二（二）)."""

    ADOPTED = "ADOPTED", "已认领"
    NOT_ADOPTED = "NOT_ADOPTED", "未认领"
    RETIRED = "RETIRED", "停用"


class EditionState(Term):
    """Where an edition of the item list stands today (方案 二（二）)."""

    COMING = "COMING", "将施行"
    IN_FORCE = "IN_FORCE", "现行"
    REPLACED = "REPLACED", "已被替代"


class ListChange(Term):
    """How an item differs between two lists."""

    ADDED = "ADDED", "新增事项"
    CHANGED = "CHANGED", "内容有变化"
    WITHDRAWN = "WITHDRAWN", "已取消"
    SUPPLEMENT = "SUPPLEMENT", "本单位补充"


class InspectionMethod(Term):
    """检查方式 (方案 二（六）)."""

    ON_SITE = "ON_SITE", "现场检查"
    WRITTEN = "WRITTEN", "书面检查"
    ONLINE = "ONLINE", "网络检查"
    ENTRUSTED = "ENTRUSTED", "委托检查"


class Targeting(Term):
    """抽查类型."""

    UNDIRECTED = "UNDIRECTED", "不定向抽查"
    DIRECTED = "DIRECTED", "定向抽查"


class QuotaMode(Term):
    """How many of a stratum are drawn (draw rule cs1, section 5)."""

    RATIO = "RATIO", "不低于比例"
    RATIO_MAX = "RATIO_MAX", "不高于比例"
    NUMBER = "NUMBER", "按数量"
    TOTAL = "TOTAL", "按总数分摊"
    PROBABILITY = "PROBABILITY", "按概率"


class PlanState(Term):
    """State of one version of an annual plan (方案 二（五）)."""

    DRAFT = "DRAFT", "编制中"
    APPROVED = "APPROVED", "已审定"
    FILED = "FILED", "已备案"
    PUBLISHED = "PUBLISHED", "已公示"
    REPLACED = "REPLACED", "已被新版替代"


class ExclusionReason(Term):
    """Why an object of the pool takes no part in a draw; printed on the record."""

    DRAWN_THIS_YEAR = "DRAWN_THIS_YEAR", "本年度已抽中"
    YEARLY_CEILING = "YEARLY_CEILING", "达到年度频次上限"
    CLOSED = "CLOSED", "停业或注销等"
    MERGED_VISIT = "MERGED_VISIT", "并入其他检查"
    NO_OFFICER = "NO_OFFICER", "无可用执法人员"
    OTHER = "OTHER", "其他（附说明）"


class AmendmentKind(Term):
    """What may change after a draw, always by the printed order (draw rule cs1, 5 and 6.7)."""

    REPLACEMENT = "REPLACEMENT", "替补"
    RECUSAL = "RECUSAL", "回避"


class AmendmentState(Term):
    """State of an application for 替补 or 回避."""

    APPLIED = "APPLIED", "待审批"
    APPROVED = "APPROVED", "已同意"
    REFUSED = "REFUSED", "不同意"


class ReplacementReason(Term):
    """Why a drawn object may be replaced; the closed list of the record's back."""

    DEREGISTERED = "DEREGISTERED", "已注销、吊销或撤销"
    MOVED_OUT = "MOVED_OUT", "已迁出本辖区"
    CLOSED_DOWN = "CLOSED_DOWN", "已关闭停业或停工"
    UNREACHABLE = "UNREACHABLE", "通过登记的住所无法联系"
    NO_SUCH_BUSINESS = "NO_SUCH_BUSINESS", "不再从事抽查事项涉及的活动"
    FORCE_MAJEURE = "FORCE_MAJEURE", "灾害等不可抗力"


class RecusalReason(Term):
    """Why an inspector leaves a seat after the draw (行政处罚法第四十三条)."""

    INTEREST = "INTEREST", "与检查对象有利害关系"
    KINSHIP = "KINSHIP", "与检查对象负责人有近亲属关系"
    FORMER_POST = "FORMER_POST", "曾在检查对象任职"
    OTHER_FAIRNESS = "OTHER_FAIRNESS", "其他可能影响公正的关系"
    UNAVAILABLE = "UNAVAILABLE", "因病、调离等不能履职"


class TaskState(Term):
    """State of the inspection of one drawn object."""

    OPEN = "OPEN", "待检查"
    ENTERING = "ENTERING", "录入中"
    SUBMITTED = "SUBMITTED", "待复核"
    RETURNED = "RETURNED", "退回修改"
    REVIEWED = "REVIEWED", "已复核"
    REPLACED = "REPLACED", "已替补"


class ResultCode(Term):
    """抽查结果, per item and object; labels of the national publicity system."""

    NO_PROBLEM_FOUND = "NO_PROBLEM_FOUND", "未发现问题"
    PROBLEM_CORRECTED = "PROBLEM_CORRECTED", "发现问题经责令已改正"
    PROBLEM_PENDING = "PROBLEM_PENDING", "发现问题待后续处理"
    NO_SUCH_ACTIVITY = "NO_SUCH_ACTIVITY", "未发现开展本次抽查涉及的经营活动"
    UNREACHABLE = "UNREACHABLE", "通过登记的住所（经营场所）无法联系"
    NON_COOPERATION = "NON_COOPERATION", "不配合检查情节严重"
    CLOSED = "CLOSED", "已关闭停业或正在组织清算"
    DEREGISTERED = "DEREGISTERED", "注销"
    REVOKED = "REVOKED", "被吊销"
    ANNULLED = "ANNULLED", "被撤销"
    MOVED_OUT = "MOVED_OUT", "迁出"


class FollowUp(Term):
    """后续处理 of a finding (方案 二（八）)."""

    NONE = "NONE", "无需处理"
    ORDER_TO_CORRECT = "ORDER_TO_CORRECT", "责令限期改正"
    PENALTY = "PENALTY", "立案处罚"
    REFERRAL = "REFERRAL", "移送有关部门"
    OTHER = "OTHER", "其他"


class AttachmentKind(Term):
    """格式 of an attachment, told by its first bytes."""

    JPEG = "JPEG", "JPG 照片"
    PNG = "PNG", "PNG 图片"
    PDF = "PDF", "PDF 文件"


class DisclosureKind(Term):
    """What is published (方案 二（二）、二（五）、二（八）)."""

    ITEM_LIST = "ITEM_LIST", "抽查事项清单"
    PLAN = "PLAN", "年度抽查计划"
    DRAW_LIST = "DRAW_LIST", "抽取名单"
    RESULTS = "RESULTS", "抽查结果"


class DisclosureState(Term):
    """State of one publication; the assessment is a gate (方案 二（八）)."""

    PREPARED = "PREPARED", "待研判"
    ASSESSED = "ASSESSED", "待审批"
    APPROVED = "APPROVED", "可公示"
    PUBLISHED = "PUBLISHED", "已公示"
    EXEMPTED = "EXEMPTED", "不予公示"
    WITHDRAWN = "WITHDRAWN", "已撤下"


class Role(Term):
    """Account roles; no account may both prepare and approve the same thing."""

    SYSTEM_ADMIN = "SYSTEM_ADMIN", "系统管理员"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员"
    AUDITOR = "AUDITOR", "审计员"
    CLERK = "CLERK", "经办人"
    APPROVER = "APPROVER", "审批人"
    WITNESS = "WITNESS", "见证人"
    INSPECTOR = "INSPECTOR", "检查人员"


class DeviceRole(Term):
    """设备类别: which tables a device may originate."""

    ADMIN = "ADMIN", "管理机"
    OFFICE = "OFFICE", "办公机"
    FIELD = "FIELD", "外业机"


class ServerSafety(Term):
    """服务器连接: how far the connection is secured (values of libpq's sslmode)."""

    VERIFIED = "verify-full", "加密并核对服务器证书"
    ENCRYPTED = "require", "加密，不核对证书"
    PLAIN = "disable", "不加密（只限单位内网）"


class MemberState(Term):
    """设备状态 in the roster of the office."""

    ACTIVE = "ACTIVE", "在用"
    REVOKED = "REVOKED", "已撤销"


class BackupReason(Term):
    """What a backup of the store was made for."""

    EXIT = "EXIT", "退出时"
    BEFORE_IMPORT = "BEFORE_IMPORT", "导入前"
    BEFORE_DRAW = "BEFORE_DRAW", "抽取前"
    BEFORE_UPGRADE = "BEFORE_UPGRADE", "升级前"
    BEFORE_RESTORE = "BEFORE_RESTORE", "恢复前"
    AFTER_REKEY = "AFTER_REKEY", "换密钥后"
    TIMER = "TIMER", "定时"
    MANUAL = "MANUAL", "手工"


class FilingKind(Term):
    """备案内容: what goes to the level above."""

    PLAN = "PLAN", "年度抽查计划备案"
    REVISION = "REVISION", "计划调整备案"
    SUMMARY = "SUMMARY", "名录变动汇总"


class FilingVerdict(Term):
    """备案答复 of the level above."""

    FILED = "FILED", "已备案"
    RETURNED = "RETURNED", "退回"
