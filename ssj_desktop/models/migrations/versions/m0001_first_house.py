"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "annual_plans",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("filed_to", sa.Text(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filing_number", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plans")),
    )
    op.create_index(op.f("ix_annual_plans_year"), "annual_plans", ["year"], unique=False)
    op.create_table(
        "changed_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_changed_days")),
    )
    op.create_table(
        "disclosures",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.String(length=32), nullable=False),
        sa.Column("assessed_by", sa.Text(), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.String(length=32), nullable=True),
        sa.Column("exemption_basis", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_subject_id"), "disclosures", ["subject_id"], unique=False)
    op.create_table(
        "draws",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("plan_line_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("supervisor", sa.Text(), nullable=False),
        sa.Column("visit_date", sa.Date(), nullable=False),
        sa.Column("panel", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("pool_int", sa.LargeBinary(), nullable=False),
        sa.Column("pool_pub", sa.LargeBinary(), nullable=False),
        sa.Column("plan_file", sa.LargeBinary(), nullable=False),
        sa.Column("staff_file", sa.LargeBinary(), nullable=False),
        sa.Column("pool_hash", sa.String(length=64), nullable=False),
        sa.Column("pool_basis", sa.String(length=64), nullable=False),
        sa.Column("drift", sa.Text(), nullable=False),
        sa.Column("previous_head", sa.String(length=64), nullable=False),
        sa.Column("machine", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.String(length=32), nullable=False),
        sa.Column("slips_opened_at", sa.String(length=32), nullable=True),
        sa.Column("drawn_at", sa.String(length=32), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.Column("replaces", sa.String(length=40), nullable=True),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
    )
    op.create_index(op.f("ix_draws_number"), "draws", ["number"], unique=False)
    op.create_index(op.f("ix_draws_plan_line_id"), "draws", ["plan_line_id"], unique=False)
    op.create_index(op.f("ix_draws_pool_basis"), "draws", ["pool_basis"], unique=False)
    op.create_index(op.f("ix_draws_pool_hash"), "draws", ["pool_hash"], unique=False)
    op.create_index(op.f("ix_draws_request_id"), "draws", ["request_id"], unique=False)
    op.create_table(
        "import_batches",
        sa.Column("registry_kind", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("reverted_at", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_table(
        "inspection_items",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("target_text", sa.Text(), nullable=True),
        sa.Column("item_class", sa.String(length=32), nullable=False),
        sa.Column("methods", sa.Text(), nullable=True),
        sa.Column("levels", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("ratio_ceiling", sa.Text(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("specialty", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.String(length=32), nullable=False),
        sa.Column("revised_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_items")),
    )
    op.create_index(op.f("ix_inspection_items_code"), "inspection_items", ["code"], unique=False)
    op.create_index(
        op.f("ix_inspection_items_number"), "inspection_items", ["number"], unique=False
    )
    op.create_table(
        "inspection_tasks",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("target_id", sa.String(length=36), nullable=False),
        sa.Column("target_code", sa.String(length=64), nullable=False),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.String(length=32), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.String(length=32), nullable=True),
        sa.Column("review_opinion", sa.Text(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_tasks")),
    )
    op.create_index(
        op.f("ix_inspection_tasks_draw_id"), "inspection_tasks", ["draw_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_tasks_number"), "inspection_tasks", ["number"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_tasks_target_id"), "inspection_tasks", ["target_id"], unique=False
    )
    op.create_table(
        "inspector_assignments",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("target_code", sa.String(length=64), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("inspector_code", sa.String(length=64), nullable=False),
        sa.Column("leader", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector_assignments")),
    )
    op.create_index(
        op.f("ix_inspector_assignments_draw_id"), "inspector_assignments", ["draw_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspector_assignments_inspector_code"),
        "inspector_assignments",
        ["inspector_code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inspector_assignments_target_code"),
        "inspector_assignments",
        ["target_code"],
        unique=False,
    )
    op.create_table(
        "inspectors",
        sa.Column("certificate_number", sa.String(length=64), nullable=False),
        sa.Column("certificate_expiry", sa.Date(), nullable=True),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=True),
        sa.Column("specialties", sa.Text(), nullable=True),
        sa.Column("areas", sa.Text(), nullable=True),
        sa.Column("leader", sa.Boolean(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("conflicts", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.String(length=32), nullable=False),
        sa.Column("revised_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspectors")),
    )
    op.create_index(
        op.f("ix_inspectors_certificate_number"), "inspectors", ["certificate_number"], unique=False
    )
    op.create_index(op.f("ix_inspectors_code"), "inspectors", ["code"], unique=False)
    op.create_table(
        "item_results",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("item_number", sa.String(length=64), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("follow_up", sa.String(length=32), nullable=False),
        sa.Column("rectify_by", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.String(length=32), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_results")),
    )
    op.create_index(op.f("ix_item_results_task_id"), "item_results", ["task_id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("local_time", sa.String(length=40), nullable=False),
        sa.Column("monotonic_ns", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
    )
    op.create_table(
        "office",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("founded_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_table(
        "plan_lines",
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("line_key", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("object_filter", sa.Text(), nullable=False),
        sa.Column("stratify_by", sa.String(length=16), nullable=False),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("base_count", sa.Integer(), nullable=False),
        sa.Column("base_date", sa.Date(), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("partners", sa.Text(), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("targeting", sa.String(length=32), nullable=False),
        sa.Column("team_size", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_lines")),
    )
    op.create_index(op.f("ix_plan_lines_line_key"), "plan_lines", ["line_key"], unique=False)
    op.create_index(op.f("ix_plan_lines_plan_id"), "plan_lines", ["plan_id"], unique=False)
    op.create_table(
        "registry_changes",
        sa.Column("registry_kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_changes")),
    )
    op.create_index(
        op.f("ix_registry_changes_batch_id"), "registry_changes", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_registry_changes_row_id"), "registry_changes", ["row_id"], unique=False
    )
    op.create_table(
        "selected_targets",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("target_code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selected_targets")),
    )
    op.create_index(
        op.f("ix_selected_targets_draw_id"), "selected_targets", ["draw_id"], unique=False
    )
    op.create_index(
        op.f("ix_selected_targets_target_code"), "selected_targets", ["target_code"], unique=False
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "targets",
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("credit_class", sa.String(length=32), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("representative", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("complaints", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.String(length=32), nullable=False),
        sa.Column("revised_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
    )
    op.create_index(op.f("ix_targets_code"), "targets", ["code"], unique=False)
    op.create_index(op.f("ix_targets_number"), "targets", ["number"], unique=False)
    op.create_table(
        "witness_slips",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digits", sa.String(length=20), nullable=False),
        sa.Column("entered_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_slips")),
    )
    op.create_index(op.f("ix_witness_slips_draw_id"), "witness_slips", ["draw_id"], unique=False)
    op.create_table(
        "witnesses",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.String(length=32), nullable=False),
        sa.Column("revised_at", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnesses")),
    )
    op.create_index(op.f("ix_witnesses_code"), "witnesses", ["code"], unique=False)
    op.execute(
        "CREATE TRIGGER journal_refuses_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER journal_refuses_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER witness_slips_refuses_update BEFORE UPDATE ON witness_slips BEGIN SELECT RAISE(ABORT, 'witness_slips is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER witness_slips_refuses_delete BEFORE DELETE ON witness_slips BEGIN SELECT RAISE(ABORT, 'witness_slips is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER selected_targets_refuses_update BEFORE UPDATE ON selected_targets BEGIN SELECT RAISE(ABORT, 'selected_targets is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER selected_targets_refuses_delete BEFORE DELETE ON selected_targets BEGIN SELECT RAISE(ABORT, 'selected_targets is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER inspector_assignments_refuses_update BEFORE UPDATE ON inspector_assignments BEGIN SELECT RAISE(ABORT, 'inspector_assignments is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER inspector_assignments_refuses_delete BEFORE DELETE ON inspector_assignments BEGIN SELECT RAISE(ABORT, 'inspector_assignments is append-only'); END"
    )
