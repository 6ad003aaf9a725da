"""Times the check of a journal of 200,000 entries, and the one without this program.

``--short``: 5,000 entries.
"""

import subprocess
import sys
from pathlib import Path

from figures import Figure, tell
from killing import PASSWORD, scratch_folder
from long_journal import lengthen
from measuring import cpu_seconds

from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.journal import audit
from ssj_desktop.services.accounts import FoundOffice, create_store
from ssj_desktop.services.journal_export import export_journal

ALONE = True
ENTRIES, SHORT_ENTRIES = 200_000, 5_000
SECONDS = 3.0
VERIFIER = Path(__file__).parents[1] / "resources" / "verify" / "verify_journal.py"


def many_years(folder: Path, count: int) -> Figure:
    office = FoundOffice("云岭县住房和城乡建设局", "239921", "王芳")
    desk, _ = create_store(folder / "long.ssj", office, PASSWORD, cost=LEAST_COST)
    lengthen(desk, count - desk.ask(audit).length)
    begun = cpu_seconds()
    check = desk.ask(audit)
    ours = cpu_seconds() - begun
    begun = cpu_seconds()
    whole = desk.ask(full_audit)
    everything = cpu_seconds() - begun
    export_journal(desk, folder / "out")
    begun = cpu_seconds()
    command = [sys.executable, "-I", str(VERIFIER), str(folder / "out")]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False,
                          env={"PYTHONUTF8": "1"}).stdout.strip()  # fmt: skip
    alone = cpu_seconds() - begun
    desk.close()
    sound = check.broken_at is None and whole.is_intact and said == f"完好，至第 {count} 条"
    held = f"{count} 条 {ours:.1f} 秒（处理器时间）；连同每一行 {everything:.1f} 秒；独立核对程序 {alone:.1f} 秒"
    asked = "20 万条日志 3 秒内核对；另有不用本程序的核对"
    return Figure("J3", asked, held, sound and ours <= SECONDS)


def main(arguments: list[str]) -> int:
    with scratch_folder() as folder:
        figure = many_years(folder, SHORT_ENTRIES if "--short" in arguments else ENTRIES)
    print(f"soak years：{figure.held}")
    return tell(figure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
