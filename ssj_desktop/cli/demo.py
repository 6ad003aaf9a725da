"""The main job on the sample data: import, plan, witnessed draw, results, publication."""

import argparse
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.cli.demo_photos import photograph
from ssj_desktop.cli.verifying import read_any_record
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.errors import SsjError, VerificationFailed
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import (
    AmendmentKind,
    DisclosureKind,
    FollowUp,
    ReplacementReason,
    ResultCode,
    Role,
)
from ssj_desktop.formats import office_papers
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.formats.excel.registry import render_faults, render_registry
from ssj_desktop.formats.excel.table import render_table as render_workbook
from ssj_desktop.formats.files import write_all
from ssj_desktop.formats.html.kit import write_with_kit
from ssj_desktop.formats.html.site import render_site, site_files
from ssj_desktop.formats.pdf.table import render_table as render_pdf
from ssj_desktop.queries.attachments import list_attachments
from ssj_desktop.queries.calendar import work_calendar
from ssj_desktop.queries.disclosures import disclosure_paper, list_subjects
from ssj_desktop.queries.draw_ledger import amendment_paper, ledger_paper, pool_paper
from ssj_desktop.queries.draws import draw_record, recomputed
from ssj_desktop.queries.import_preview import CHANGED, FAULTY, NEW, UNCHANGED
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.journal import audit
from ssj_desktop.queries.plans import plan_paper
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.publication import public_site
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import (
    TRIAL_COST,
    AddAccount,
    FoundOffice,
    create_account,
    create_store,
)
from ssj_desktop.services.amendments import (
    ApplyAmendment,
    DecideAmendment,
    apply_amendment,
    decide_amendment,
)
from ssj_desktop.services.attachment_pages import attachment_pages
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    PrepareDisclosure,
    approve_disclosure,
    assess_disclosure,
    prepare_disclosure,
)
from ssj_desktop.services.draws import FreezeDraw, Panelist, PerformDraw, draw, freeze_draw
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)
from ssj_desktop.services.plans import (
    DraftPlan,
    FilePlan,
    SaveLine,
    approve_plan,
    draft_plan,
    file_plan,
    save_line,
)
from ssj_desktop.services.registries import Enrol, ImportRows, enrol, import_rows, read_sheet

Say = Callable[[str], None]
CLERK, APPROVER, PASSWORD = "张敏", "高建国", "Trial-2026-demo"
SAMPLES = (
    ("targets", "检查对象名录.xlsx"),
    ("inspectors", "执法检查人员名录.xlsx"),
    ("items", "抽查事项补充.xlsx"),
)
PANEL = (
    Panelist("刘昕", "县纪委监委派驻纪检监察组", "副组长"),
    Panelist("马骉", "县政协", "委员（城建界别）"),
    Panelist("丁玉兰", "云岭县公证处", "公证员"),
)
DIGITS = ("514263", "30927718", "662135")


def found_trial(path: Path) -> tuple[Desk, Desk]:
    """A trial store with a clerk and an approver."""
    office = FoundOffice("云岭县住房和城乡建设局", "239921", CLERK, trial=True)
    clerk, _ = create_store(path, office, PASSWORD, cost=TRIAL_COST)
    approver = AddAccount(APPROVER, (Role.APPROVER,))
    create_account(clerk, approver, PASSWORD, PASSWORD, TRIAL_COST)
    return clerk, clerk.signed_in_as(Actor(APPROVER, (Role.APPROVER,)))


def fill_registries(clerk: Desk, say: Say) -> dict[str, bytes]:
    """Import the sample workbooks; returns the list of faults as a workbook."""
    papers: dict[str, bytes] = {}
    for kind, name in SAMPLES:
        file = read_sheet(kind, places.resource("samples", name))
        done = clerk.do(import_rows, ImportRows(file))
        counts = "，".join(
            f"{s} {done.preview.count(s)}" for s in (NEW, CHANGED, UNCHANGED, FAULTY)
        )
        say(f"导入 {name}：读取 {len(done.preview.rows)} 行 = {counts}")
        if done.preview.count(FAULTY):
            papers[f"导入错误清单_{name}"] = render_faults(name, file.parsed)
    for panelist in PANEL:
        texts = {
            "name": panelist.name,
            "unit": panelist.unit,
            "capacity": panelist.capacity,
            "outside": "是",
        }
        clerk.do(enrol, Enrol("witnesses", texts))
    return papers


def make_plan(clerk: Desk, approver: Desk) -> tuple[str, str]:
    """A plan with three lines, approved and filed; returns the plan and the first line."""
    year = clerk.today().year
    plan = clerk.do(draft_plan, DraftPlan(year))
    lines = [
        clerk.do(save_line, SaveLine(plan, LineDraft(
            f"{year}年{name}双随机抽查", items, (("industry", industry),), by, parse_quotas(quota),
            3, 10, "住房和城乡建设局", partners,
        )))
        for name, items, industry, by, quota, partners in (
            ("物业服务企业", ("ZJ-07-07", "YL-01-01"), ("物业服务企业",), "credit_class", "A=5%+2,B=10%+1,C=30%+1,D=100%", ()),
            ("燃气和供热企业", ("ZJ-08-01",), ("燃气经营企业", "供热企业"), "", "ALL=20%+1", ("市场监督管理局",)),
            ("建筑业企业", ("ZJ-01-01", "ZJ-01-02"), ("建筑业企业",), "credit_class", "A=5%+2,B=10%+2,C=30%+1,D=100%", ()),
        )
    ]  # fmt: skip
    approver.do(approve_plan, plan)
    clerk.do(file_plan, FilePlan(plan, "市住房和城乡建设局", clerk.today(), "备字第 12 号"))
    return plan, lines[0]


def hold_draw(clerk: Desk, line: str, digits: tuple[str, ...] = DIGITS) -> str:
    """Freeze, slips, result."""
    visit = clerk.today() + timedelta(days=7)
    frozen = clerk.do(
        freeze_draw,
        FreezeDraw(
            clerk.surroundings.new_id(), line, "局机关三楼 305 会议室", APPROVER, visit, PANEL
        ),
    )
    clerk.do(draw, PerformDraw(frozen, digits))
    return frozen


_FINDINGS = (
    (
        ResultCode.PROBLEM_PENDING,
        "上半年公共收益未公布，小区公示栏和业主群均无记录。",
        FollowUp.ORDER_TO_CORRECT,
    ),
    (
        ResultCode.PROBLEM_CORRECTED,
        "收费项目和标准公示不全，已当场补齐。",
        FollowUp.ORDER_TO_CORRECT,
    ),
)


def inspect(clerk: Desk, approver: Desk, draw_id: str) -> int:
    """Enter, submit and review every task of a draw."""
    today = clerk.today()
    due = clerk.ask(work_calendar).nth_working_day(today, 10).day
    tasks = [t for t in clerk.ask(list_tasks, draw_id) if t.is_editable]
    for place, task in enumerate(tasks):
        clerk.do(schedule_visit, ScheduleVisit(task.id, today))
        for item in task.items:
            entry = Entry(item.item, (ResultCode.NO_PROBLEM_FOUND,))
            if place % 5 == 2:
                code, finding, follow = _FINDINGS[place % 2]
                entry = Entry(item.item, (code,), finding, follow, due)
            clerk.do(enter_result, EnterResult(task.id, entry))
        if place == 2:
            photograph(clerk, task.id, task.items[0].item)
        clerk.do(submit_task, task.id)
        approver.do(review_task, ReviewTask(task.id, passed=True))
    return len(tasks)


def disclose(clerk: Desk, approver: Desk) -> dict[str, bytes]:
    """Every subject that is due, through the gate; PDF, workbook and web page."""
    papers: dict[str, bytes] = {}
    tables = []
    for subject in clerk.ask(list_subjects, clerk.today()):
        found = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
        clerk.do(
            assess_disclosure, AssessDisclosure(found, "经研判，公示后不会引发舆情，建议公示。")
        )
        approver.do(approve_disclosure, found)
        paper = clerk.ask(disclosure_paper, found, clerk.today())
        tables.append(paper)
        name = f"公示_{_NAMES[subject.kind]}"
        papers[f"{name}.pdf"] = render_pdf(paper, clerk.surroundings.now())
        papers[f"{name}.xlsx"] = render_workbook(paper)
    papers["公示网页.html"] = render_site(clerk.office.unit, tables)
    return papers


_NAMES = {
    DisclosureKind.ITEM_LIST: "抽查事项清单",
    DisclosureKind.PLAN: "年度抽查计划",
    DisclosureKind.DRAW_LIST: "抽取名单",
    DisclosureKind.RESULTS: "抽查结果",
}


def build_demo_store(folder: Path, say: Say = lambda _text: None) -> tuple[Desk, Desk]:
    """A trial store with a plan, one finished draw and one open draw, for pictures and tests."""
    clerk, approver = found_trial(folder / "demo.ssj")
    fill_registries(clerk, say)
    _, line = make_plan(clerk, approver)
    task = clerk.ask(list_tasks, hold_draw(clerk, line))[0]
    photograph(clerk, task.id, task.items[0].item)
    return clerk, approver


def run(out: Path, say: Say) -> None:
    """The whole job into ``out``; ends with the verification of its own record."""
    shutil.rmtree(out / "试用库", ignore_errors=True)
    clerk, approver = found_trial(out / "试用库" / "demo.ssj")
    papers = fill_registries(clerk, say)
    plan, line = make_plan(clerk, approver)
    say("编制年度抽查计划：3 项任务，已审定、备案")
    papers |= _plan_papers(clerk, plan)
    draw_id = hold_draw(clerk, line)
    papers |= _draw_papers(clerk, draw_id)
    say(f"随机抽取：{clerk.ask(draw_record, draw_id)['draw']}，三位见证人，记录表已写出")
    papers |= replace_one(clerk, approver, draw_id)
    say(f"检查结果：{inspect(clerk, approver, draw_id)} 家已录入并复核")
    papers |= _photo_pages(clerk)
    papers |= disclose(clerk, approver)
    written = write_with_kit(out, papers)
    site = clerk.ask(public_site, clerk.today())
    written += write_all(out / "公示网站", site_files(site))
    _verify_own(out, clerk)
    clerk.close()
    say("写出的文件：")
    for path in written:
        say(f"  {path}")


def _photo_pages(clerk: Desk) -> dict[str, bytes]:
    """Of each visit that has photographs."""
    tasks = {row.task_id: row.task_number for row in clerk.ask(list_attachments)}
    return {
        f"附件照片页_{number}.pdf": attachment_pages(clerk, key) for key, number in tasks.items()
    }


def _plan_papers(clerk: Desk, plan: str) -> dict[str, bytes]:
    paper = clerk.ask(plan_paper, plan)
    rows = [row.values for row in clerk.ask(list_rows, "targets")]
    registry = render_registry(REGISTRIES["targets"], rows, clerk.office.unit, str(clerk.today()))
    return {
        "年度抽查计划表.pdf": render_pdf(paper, clerk.surroundings.now()),
        "年度抽查计划表.xlsx": render_workbook(paper),
        "检查对象名录库.xlsx": registry,
    }


def _draw_papers(clerk: Desk, draw_id: str) -> dict[str, bytes]:
    files = draw_files(clerk.ask(recomputed, draw_id), clerk.ask(draw_record, draw_id))
    now = clerk.surroundings.now()
    files |= record_papers(clerk.ask(record_paper, draw_id), files, now)
    for name, paper in (
        ("抽取前承诺单", clerk.ask(predraw_paper, draw_id)),
        ("待抽库清单", clerk.ask(pool_paper, draw_id)),
        ("随机抽取台账", clerk.ask(ledger_paper, clerk.today().year)),
    ):
        files[f"{name}.pdf"] = office_papers.render_pdf(paper, now)
        files[f"{name}.xlsx"] = office_papers.render_workbook(paper)
    return files


def replace_one(clerk: Desk, approver: Desk, draw_id: str) -> dict[str, bytes]:
    """One drawn object turns out to be deregistered: 替补 by the printed order."""
    task = clerk.ask(list_tasks, draw_id)[0]
    reason, evidence = ReplacementReason.DEREGISTERED.label, "登记机关注销登记通知书，附卷第 3 页"
    command = ApplyAmendment(task.id, AmendmentKind.REPLACEMENT, reason, evidence)
    amendment = clerk.do(apply_amendment, command)
    approver.do(decide_amendment, DecideAmendment(amendment, approved=True))
    paper = clerk.ask(amendment_paper, amendment)
    return {"替补审批表.pdf": office_papers.render_pdf(paper, clerk.surroundings.now())}


def _verify_own(out: Path, clerk: Desk) -> None:
    for name in ("record.json", "record.pdf"):
        if not verify_record(read_any_record(out / name)).ok:
            raise VerificationFailed(f"{name} 核对不通过。", "请保留现场并联系技术支持。")
    check = clerk.ask(audit)
    if check.broken_at is not None:
        raise VerificationFailed(f"日志第 {check.broken_at} 条起断裂。", "请保留现场。")


def main() -> int:
    """``python -m ssj_desktop.cli.demo --out DIR``."""
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("--out", default="out")
    options = parser.parse_args()
    try:
        run(Path(options.out), lambda text: print(text, flush=True))  # noqa: T201 - a command's answer
    except SsjError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    print("抽取记录已重新计算：全部一致；操作日志完好。")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
