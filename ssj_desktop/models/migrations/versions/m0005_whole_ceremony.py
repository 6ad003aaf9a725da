"""Experts, ad-hoc plans, totals and batches, sealed lists, and what may change after a draw."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0001"

ADDED: dict[str, list[sa.Column[Any]]] = {
    "annual_plans": [sa.Column("ad_hoc", sa.Boolean(), nullable=True)],
    "plan_lines": [
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("batches", sa.Integer(), nullable=True),
        sa.Column("expert_seats", sa.Text(), nullable=True),
    ],
    "draws": [
        sa.Column("public_source", sa.Text(), nullable=True),
        sa.Column("sealed_until", sa.Date(), nullable=True),
        sa.Column("unsealed_by", sa.Text(), nullable=True),
    ],
    "inspection_tasks": [
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("experts", sa.Text(), nullable=True),
    ],
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "experts",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("specialties", sa.Text(), nullable=True),
        sa.Column("areas", sa.Text(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("conflicts", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.String(length=32), nullable=False),
        sa.Column("revised_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experts")),
    )
    op.create_index(op.f("ix_experts_code"), "experts", ["code"], unique=False)
    op.create_index(op.f("ix_experts_number"), "experts", ["number"], unique=False)
    op.create_table(
        "draw_amendments",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("target_code", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("successor", sa.String(length=64), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_amendments")),
    )
    op.create_index(
        op.f("ix_draw_amendments_draw_id"), "draw_amendments", ["draw_id"], unique=False
    )
