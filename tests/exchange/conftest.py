"""Where no PostgreSQL can be installed by the system's package tool, its tests are not collected."""

import sys

collect_ignore = (
    ["test_server.py", "test_server_exchange.py", "test_server_windows.py"]
    if sys.platform == "win32"
    else []
)
