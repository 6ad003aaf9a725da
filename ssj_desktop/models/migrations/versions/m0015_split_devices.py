"""What a device said when it did not hold what it had acknowledged: it was restored or cloned."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("peer_states", sa.Column("behind", sa.Text(), nullable=True))
