"""Exchange between devices and levels: root key, members, peers, history, leases, filings."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "exchanges",
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
    )
    op.create_table(
        "field_leases",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("bundle", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_leases")),
    )
    op.create_index(op.f("ix_field_leases_device"), "field_leases", ["device"], unique=False)
    op.create_index(op.f("ix_field_leases_task_id"), "field_leases", ["task_id"], unique=False)
    op.create_table(
        "filing_answers",
        sa.Column("filing", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_answers")),
    )
    op.create_index(op.f("ix_filing_answers_filing"), "filing_answers", ["filing"], unique=False)
    op.create_table(
        "filing_papers",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_papers")),
    )
    op.create_index(op.f("ix_filing_papers_sha256"), "filing_papers", ["sha256"], unique=False)
    op.create_table(
        "filings",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    op.create_index(op.f("ix_filings_digest"), "filings", ["digest"], unique=False)
    op.create_table(
        "member_records",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_member_records")),
    )
    op.create_table(
        "office_root",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("taken_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_office_root")),
    )
    op.create_table(
        "peer_offices",
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_offices")),
    )
    op.create_index(op.f("ix_peer_offices_office"), "peer_offices", ["office"], unique=False)
    op.create_table(
        "peer_states",
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("journal_head", sa.String(length=64), nullable=False),
        sa.Column("heard_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_peer_states")),
    )
