"""What only a field laptop still had of an office that was put back to an older backup."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "returned_excerpts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.String(length=32), nullable=False),
        sa.Column("returned_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_excerpts")),
    )
