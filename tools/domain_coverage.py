"""pytest plug-in: records the branches of ``ssj_desktop/domain`` taken in this process.

``pytest -p domain_coverage`` with this folder on the path; every worker writes a file of its own,
``coverage combine --data-file=.coverage.domain`` joins them.
"""

from pathlib import Path

from coverage import Coverage

_ROOT = Path(__file__).resolve().parent.parent
_recording = Coverage(
    data_file=str(_ROOT / ".coverage.domain"),
    data_suffix=True,
    branch=True,
    config_file=False,
    source=[str(_ROOT / "ssj_desktop" / "domain")],
)
_recording.set_option("run:disable_warnings", ["no-data-collected"])  # the process that only leads
_recording.start()  # now: conftest files import the package before any hook runs


def pytest_unconfigure() -> None:
    _recording.stop()
    _recording.save()
