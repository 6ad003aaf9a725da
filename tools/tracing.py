"""Runs a child under strace: to read what it did, or to put errors into its calls."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

Done = subprocess.CompletedProcess[bytes]
_INJECTED = re.compile(r"\(INJECTED\)")


class NoTracing(RuntimeError):
    """strace is missing here or may not look at other processes."""


def traced(command: Sequence[str], trace: Path, calls: str, *options: str) -> Done:
    """The ended child; ``trace`` has the ``calls`` it made."""
    line = ["strace", "-f", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={calls}", *options]
    try:
        done = subprocess.run([*line, *command], capture_output=True, check=False)
    except FileNotFoundError:
        raise NoTracing("strace is not installed") from None
    if done.returncode and "ptrace" in complaint_of(done).lower():
        raise NoTracing(complaint_of(done))
    return done


def with_errors(
    command: Sequence[str], trace: Path, watched: Iterable[Path], fault: tuple[str, str], when: str
) -> tuple[Done, int]:
    """The ended child and how many errors were put: ``fault`` is the error and the calls it hits.

    Only calls on the ``watched`` files count; ``when`` says which of them, as strace writes it.
    """
    error, calls = fault
    paths = [word for path in watched for word in ("-P", str(path))]
    inject = f"inject={calls}:error={error}:when={when}"
    done = traced(command, trace, calls, *paths, "-e", inject)
    return done, len(_INJECTED.findall(trace.read_text("utf-8", "replace")))


def errors_by_process(trace: Path) -> Counter[int]:
    """How many errors each process met."""
    lines = trace.read_text("utf-8", "replace").splitlines()
    return Counter(int(line.split(" ", 1)[0]) for line in lines if _INJECTED.search(line))


def complaint_of(done: Done) -> str:
    return done.stderr.decode("utf-8", "replace")
