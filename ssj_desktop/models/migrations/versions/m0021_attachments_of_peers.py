"""What other devices said of attachments: which they lack, and which their receipts name."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("peer_states", sa.Column("asked", sa.Text(), nullable=True))
    op.add_column("peer_states", sa.Column("attested", sa.Text(), nullable=True))
