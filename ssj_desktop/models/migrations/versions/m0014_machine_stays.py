"""The machine's number of a frozen draw stays on its device until the result."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "sealed_machines",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("machine", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_sealed_machines")),
    )
