"""The tools are scripts beside the package; tests of stopped exchanges import them by name.

Where no PostgreSQL can be installed by the system's package tool, its tests are not collected.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

collect_ignore = (
    [
        "test_server.py",
        "test_server_exchange.py",
        "test_server_tls.py",
        "test_server_windows.py",
    ]
    if sys.platform == "win32"
    else []
)
