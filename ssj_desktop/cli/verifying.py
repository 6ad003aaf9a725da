"""verify: recompute records (.json, or the attachment of a .pdf) and say what agrees."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.draw.record import Record, Verification, read_record, verify_record
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.identifiers import shown
from ssj_desktop.formats.files import read_file
from ssj_desktop.formats.pdf.reader import record_in

_MOST_RECORD_BYTES = 600 * 1024 * 1024


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    verify = commands.add_parser(
        "verify", parents=[common], help="重新计算抽取记录（.json 或 .pdf）"
    )
    verify.add_argument("files", nargs="+")
    verify.set_defaults(run=run_verify)


def read_any_record(path: Path) -> Record:
    """A record from .json, or from the attachment of its PDF."""
    content = read_file(path, _MOST_RECORD_BYTES)
    if content.startswith(b"%PDF-") or path.suffix.lower() == ".pdf":
        content = record_in(path)
    return read_record(content)


def run_verify(terminal: Terminal, options: argparse.Namespace) -> int:
    """3 when a record disagrees, else 1 when a file is no record; every file is looked at."""
    found = [_verified(name) for name in options.files]
    failed = [file for file in found if file.verification and not file.verification.ok]
    refused = [file for file in found if file.refusal]
    lines = [line for file in found for line in file.lines()]
    if failed:
        end = f"有 {len(failed)} 份记录与重新计算的结果不一致，请使用原始记录，并保留现场。"
    elif refused:
        end = f"有 {len(refused)} 个文件无法核对。"
    else:
        end = "全部一致，记录可信。"
    facts = {"ok": not failed and not refused, "agrees": not failed, "message": end}
    terminal.say(
        lines if failed or refused else [*lines, end],
        **facts,
        files=[file.facts() for file in found],
    )
    if failed or refused:
        sys.stderr.write(f"{end}\n")
    return 3 if failed else int(bool(refused))


@dataclass(frozen=True, slots=True)
class _VerifiedFile:
    """One file of ``ssj verify``: what it was found to be, or why it could not be read."""

    name: str
    draw: str
    verification: Verification | None
    refusal: SsjError | None = None

    def lines(self) -> list[str]:
        if self.verification is None:
            return [self.name, f"　无法核对　{self.refusal}"]
        return [
            f"{self.name}（{self.draw}）",
            *(
                f"　{'一致' if c.ok else '不一致'}　{c.name}　{c.detail}".rstrip()
                for c in self.verification.checks
            ),
        ]

    def facts(self) -> dict[str, Any]:
        if self.verification is None:
            return {"file": self.name, "ok": False, "refusal": str(self.refusal)}
        checks = [[c.name, c.ok, c.detail] for c in self.verification.checks]
        return {"file": self.name, "ok": self.verification.ok, "checks": checks}


def _verified(name: str) -> _VerifiedFile:
    try:
        record = read_any_record(Path(name))
    except SsjError as refusal:
        return _VerifiedFile(name, "", None, refusal)
    return _VerifiedFile(name, shown(str(record["draw"])), verify_record(record))
