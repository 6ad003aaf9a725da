"""Segments are written in their second form (docs/journal-format.md); no table changes.

The number alone matters: a program of an earlier schema keeps and hands on segments of this one,
and does not try to apply what it cannot read.
"""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Nothing to do."""
