"""The table of every action and every role; ``python tests/accounts/matrix.py`` rewrites it."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import ssj_desktop.services  # noqa: E402
from ssj_desktop.domain.permissions import ALLOWED, READABLE, may_open  # noqa: E402
from ssj_desktop.domain.vocabulary import Role  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "role_matrix.txt"
PAGE_KEYS = ("home", "targets", "plans", "draws", "inspections", "disclosures", "journal", "accounts", "settings")  # fmt: skip


def _line(name: str, marks: Iterable[bool]) -> str:
    return (
        name.ljust(32)
        + "".join("是         " if mark else "-".ljust(11) for mark in marks).rstrip()
    )


def render() -> str:
    """Use-cases, queries with business data, and pages against the seven roles."""
    head = " " * 32 + " ".join(role.label.ljust(5, "　") for role in Role).rstrip("　")
    lines = ["办理（“-”为拒绝）", head]
    lines += [_line(name, (role in allowed for role in Role)) for name, allowed in sorted(ALLOWED.items())]  # fmt: skip
    lines += ["", "查看业务数据", head]
    lines += [_line(name, (role in readers for role in Role)) for name, readers in sorted(READABLE.items())]  # fmt: skip
    lines += ["", "页面", head]
    lines += [_line(key, (may_open(key, (role,)) for role in Role)) for key in PAGE_KEYS]
    return "\n".join(lines) + "\n"


def use_cases() -> dict[str, Callable[..., object]]:
    """Every use-case of the services by name."""
    found = {}
    for module in pkgutil.iter_modules(ssj_desktop.services.__path__):
        loaded = importlib.import_module(f"ssj_desktop.services.{module.name}")
        for name in ALLOWED:
            made = vars(loaded).get(name)
            if callable(made) and made.__module__ == loaded.__name__:
                found[name] = made
    return found


if __name__ == "__main__":
    GOLDEN.write_text(render(), encoding="utf-8")
