"""Row operations, sealed segments, devices; the journal covers the rows it changed (ADR 008)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("journal", sa.Column("stamp", sa.String(length=22), nullable=True))
    op.add_column("journal", sa.Column("rows", sa.String(length=64), nullable=True))
    op.create_table(
        "operations",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("tbl", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry"],
            ["journal.sequence"],
            name=op.f("fk_operations_entry"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_operations")),
    )
    op.create_index(op.f("ix_operations_entry"), "operations", ["entry"], unique=False)
    op.create_table(
        "open_entry",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("stem", sa.String(length=24), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_open_entry")),
    )
    op.create_table(
        "row_heads",
        sa.Column("tbl", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("op", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("tbl", "key", "op", name=op.f("pk_row_heads")),
        sqlite_with_rowid=False,
    )
    _create_segments()
    _create_devices()


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parents", sa.Text(), nullable=False),
        sa.Column("is_tip", sa.Boolean(), nullable=False),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("touched", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_state"), "segments", ["state"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("tbl", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("sides", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tbl", "key", "field", name=op.f("pk_conflicts")),
    )


def _create_devices() -> None:
    op.create_table(
        "own_device",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_own_device")),
    )
    op.create_table(
        "capture_state",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_capture_state")),
    )
    op.create_table(
        "devices",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_device"), "devices", ["device"], unique=False)
