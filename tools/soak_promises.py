"""The promised figures that the test-suite holds in full: one row of the table for each.

``--short`` changes nothing: these are quick.
"""

import sys
from dataclasses import dataclass

from figures import Figure, tell
from promises import outcome_of


@dataclass(frozen=True, slots=True)
class Promise:
    """An id, what was asked, and the tests that show it."""

    name: str
    asked: str
    tests: tuple[str, ...]


PROMISES = (
    Promise(
        "J1 J2 测试",
        "日志和数据行的每处改动、删除、插入、换位、截断都被发现；整链改写与旧备份凭任一旧链头发现",
        ("tests/sync/test_audit.py",),
    ),
    Promise(
        "I1",
        "恶意和古怪的工作簿：不崩溃、不卡死、不半途导入，每次拒绝一句中文",
        ("tests/imports/test_hostile_workbooks.py",),
    ),
    Promise(
        "I2",
        "40 种以上脏工作簿：每个坏行按单元格指出",
        ("tests/imports/test_dirty_workbooks.py",),
    ),
    Promise(
        "S1",
        "锁定、闲置锁屏和密码规则",
        ("tests/accounts/test_sign_in.py", "tests/domain/test_account_rules.py"),
    ),
    Promise(
        "S3",
        "标记串不在库、日志、镜像、临时文件、备份、数据包、崩溃文件、诊断包中；公开文件不含证件号和电话",
        ("tests/accounts/test_markers.py", "tests/accounts/test_markers_on_the_way.py"),
    ),
    Promise("S4", "每种操作 × 每个角色", ("tests/accounts/test_roles.py",)),
    Promise(
        "mutation",
        "合并与传送里至少 12 种故意的错误全部被发现",
        ("tests/sync/test_convergence.py", "-k", "injected_fault"),
    ),
    Promise(
        "server",
        "真实 PostgreSQL，8 个写入者并有中断的事务：不漏一段",
        ("tests/exchange/test_server.py",),
    ),
    Promise(
        "versions",
        "每个旧格式的数据包永远能收；旧程序转交它不能采用的内容",
        ("tests/sync/test_segment_format.py", "tests/exchange/test_newer_programs.py"),
    ),
)


def figure_of(promise: Promise) -> Figure:
    passed, bad, said = outcome_of(promise.tests)
    if bad or not passed:
        print(said)
    held = f"{passed} 项检查通过，{bad} 项不通过"
    return Figure(promise.name, promise.asked, held, passed > 0 and bad == 0)


def main() -> int:
    figures = [figure_of(promise) for promise in PROMISES]
    print(f"soak promises：{len(figures)} 项承诺，{sum(f.is_held for f in figures)} 项达到")
    return tell(*figures)


if __name__ == "__main__":
    sys.exit(main())
