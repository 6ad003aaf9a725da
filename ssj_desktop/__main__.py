"""``python -m ssj_desktop``."""

import sys

from ssj_desktop.app import main

sys.exit(main())
