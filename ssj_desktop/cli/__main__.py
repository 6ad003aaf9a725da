"""``python -m ssj_desktop.cli``."""

import sys

from ssj_desktop.cli import main

sys.exit(main())
