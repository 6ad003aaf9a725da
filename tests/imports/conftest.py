"""Draws for the records among these tests are those of the draw tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "domain" / "draw"))
