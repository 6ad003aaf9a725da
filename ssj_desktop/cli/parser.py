"""The command line in Chinese: headings of the help, and what is wrong with a wrong usage."""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

_FAULTS = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument (.*): expected (one|at least one) argument", r"\1 后面没有写内容"),
    (r"argument (.*): expected (\d+) arguments?", r"\1 后面应写 \2 项"),
    (
        r"argument (.*): invalid choice: '?(.*?)'? \(choose from (.*)\)",
        r"\1 没有“\2”，可以写：\3",
    ),
    (r"argument (.*): invalid (?:int|float) value: '(.*)'", r"\1 应是数字，写的是“\2”"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 不能与 \2 同时使用"),
    (r"argument (.*): ignored explicit argument '(.*)'", r"\1 后面不应有“\2”"),
    (r"one of the arguments (.*) is required", r"\1 必须写一个"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 不完整，可能是 \2"),
)

_METAVARS = {
    "account": "账号", "admin": "姓名", "amendment": "申请编号", "batches": "批数", "code": "比对码",
    "count": "天数", "date": "日期", "device": "设备", "digits": "数字", "division": "区划代码",
    "draw": "抽取编号", "evidence": "证据", "expert": "专业", "file": "文件", "files": "文件",
    "folder": "文件夹", "item": "事项编码", "kind": "种类", "lead": "部门", "letter": "字母",
    "line": "序号", "method": "方式", "months": "月份", "name": "名称", "number": "编号",
    "officer": "姓名", "opinion": "意见", "out": "文件夹", "partner": "部门", "place": "地点",
    "plan": "计划编号", "position": "序号", "quota": "数量", "reason": "原因", "rectify_by": "日期",
    "role": "角色", "spec": "SPEC.json", "start": "日期", "supervisor": "姓名", "task": "任务编号",
    "team": "人数", "total": "总数", "unit": "单位", "url": "地址", "visit": "日期", "year": "年度",
}  # fmt: skip


def in_chinese(message: str) -> str:
    """The sentence of argparse in Chinese; one it has learnt since stays as it is."""
    for pattern, words in _FAULTS:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, words, message, flags=re.DOTALL).replace("'", "")
    return message


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Wrong usage answers in Chinese with exit code 2."""

    def __init__(self, **settings: Any) -> None:
        wanted = settings.pop("add_help", True)
        super().__init__(**{"formatter_class": _Formatter, **settings}, add_help=False)
        self._positionals.title, self._optionals.title = "内容", "选项"
        if wanted:
            self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        """What stands for a value in the help is named in Chinese, by what it is."""
        action = super().add_argument(*names, **settings)
        if action.nargs != 0 and action.metavar is None and action.choices is None:
            action.metavar = _METAVARS.get(action.dest, "内容")
        return action

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Argparse gives an optional word up when an option stands before it; here it is found."""
        found, left = super().parse_known_args(args, namespace)
        for action in self._actions:
            is_open = action.nargs == "?" and not action.option_strings
            is_empty = is_open and getattr(found, action.dest, None) == action.default
            if is_empty and left and left[0][:1] != "-":
                setattr(found, action.dest, left.pop(0))
        return found, left

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(2, f"用法不对：{in_chinese(message)}。\n查看帮助：{self.prog} --help\n")
