"""Attachments, and the secret that encrypts their files on this device."""

import sqlalchemy as sa
from alembic import op

from ssj_desktop.models.keyfile import new_data_key

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("item_number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.String(length=32), nullable=False),
        sa.Column("attached_at", sa.String(length=32), nullable=False),
        sa.Column("attached_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_task_id"), "attachments", ["task_id"], unique=False)
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
    op.create_table(
        "attachment_voids",
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.String(length=32), nullable=False),
        sa.Column("voided_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_voids")),
    )
    op.create_index(
        op.f("ix_attachment_voids_attachment_id"), "attachment_voids", ["attachment_id"]
    )
    secret = op.create_table(
        "attachment_secret",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_attachment_secret")),
    )
    op.bulk_insert(secret, [{"only": 1, "secret": new_data_key()}])
