"""What a device remembers of passwords, the inspector of an account, confirmations by witnesses."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for column in (
        sa.Column("person_code", sa.String(length=64), nullable=True),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
    ):
        op.add_column("accounts", column)
    op.create_table(
        "account_keys",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.String(length=32), nullable=True),
        sa.Column("former_passwords", sa.Text(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=True),
        sa.Column("pin", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account_keys")),
    )
    op.create_table(
        "own_door",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("recovery_sheets", sa.Integer(), nullable=False),
        sa.Column("recovery_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_own_door")),
    )
    op.create_table(
        "slip_confirmations",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_confirmations")),
    )
    op.create_index(
        op.f("ix_slip_confirmations_draw_id"), "slip_confirmations", ["draw_id"], unique=False
    )
