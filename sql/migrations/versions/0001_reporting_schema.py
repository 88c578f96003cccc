"""reporting schema

Revision: 0001, after:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dim_alias",
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("alias_key", sa.Text(), nullable=False),
        sa.Column("alias_label", sa.Text(), nullable=False),
        sa.Column("canonical_label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "alias_key", name=op.f("pk_dim_alias")),
        comment="One row per spelling that counts as another member of its dimension.",
    )
    op.create_table(
        "dim_criterion",
        sa.Column("criterion", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("short_label", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("criterion", name=op.f("pk_dim_criterion")),
        comment="One row per criterion of the plan; 'overall' holds questions about the whole.",
    )
    op.create_table(
        "dim_date",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("is_working_day", sa.Boolean(), nullable=False),
        sa.Column("calendar_month", sa.String(length=7), nullable=False),
        sa.Column("report_month", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_dim_date")),
        comment="One row per day; its month in both calendars.",
    )
    op.create_table(
        "dim_department",
        sa.Column("department_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("department_id", name=op.f("pk_dim_department")),
        sa.UniqueConstraint("key", name=op.f("uq_dim_department_key")),
        comment="One row per spelling of a department.",
    )
    op.create_table(
        "dim_field",
        sa.Column("field_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("field_id", name=op.f("pk_dim_field")),
        sa.UniqueConstraint("key", name=op.f("uq_dim_field_key")),
        comment="One row per spelling of a field of procedures.",
    )
    op.create_table(
        "dim_month",
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("year", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "month", name=op.f("pk_dim_month")),
        comment="One row per calendar and month, with its first and last day.",
    )
    op.create_table(
        "dim_procedure",
        sa.Column("procedure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("canonical_id", sa.Integer(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=True),
        sa.Column("procedure_code", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("procedure_id", name=op.f("pk_dim_procedure")),
        sa.UniqueConstraint("key", name=op.f("uq_dim_procedure_key")),
        comment="One row per spelling of a procedure.",
    )
    op.create_table(
        "dim_unit",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent", sa.String(length=200), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "valid_from", name=op.f("pk_dim_unit")),
        comment="One row per unit code and validity: five codes were reused under new names in 2025.",
    )
    op.create_table(
        "fact_dossier",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("dossier_code", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("intake_due_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("returned_at", sa.DateTime(), nullable=True),
        sa.Column("supplement_requested_at", sa.DateTime(), nullable=True),
        sa.Column("supplemented_at", sa.DateTime(), nullable=True),
        sa.Column("supplement_count", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("apology_sent_at", sa.DateTime(), nullable=True),
        sa.Column("late_cause", sa.Text(), nullable=True),
        sa.Column("rating3", sa.String(length=20), nullable=True),
        sa.Column("status_code", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("apology_on", sa.Date(), nullable=True),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("requests_after_intake", sa.Integer(), nullable=False),
        sa.Column("waiting_from", sa.Date(), nullable=True),
        sa.Column("waiting_to", sa.Date(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("intake_on", sa.Date(), nullable=True),
        sa.Column("intake_counted_on", sa.Date(), nullable=True),
        sa.Column("intake_within", sa.Boolean(), nullable=False),
        sa.Column("intake_no_time", sa.Boolean(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "dossier_code", name=op.f("pk_fact_dossier")),
        comment="One row per unit and dossier of the one-stop desk.",
    )
    with op.batch_alter_table("fact_dossier", schema=None) as batch_op:
        batch_op.create_index("ix_fact_dossier_unit_closed_on", ["unit", "closed_on"], unique=False)
        batch_op.create_index(
            "ix_fact_dossier_unit_entered_on", ["unit", "entered_on"], unique=False
        )

    op.create_table(
        "fact_feedback",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("feedback_code", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("transferred_at", sa.DateTime(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("limit_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("is_on_time", sa.Boolean(), nullable=False),
        sa.Column("is_excluded", sa.Boolean(), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "feedback_code", name=op.f("pk_fact_feedback")),
        comment="One row per unit and item of feedback; its text never enters.",
    )
    op.create_table(
        "fact_ranking",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("index_pct", sa.Float(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("respondents", sa.Integer(), nullable=True),
        sa.Column("total_units", sa.Integer(), nullable=True),
        sa.Column("decision_no", sa.Text(), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "year", name=op.f("pk_fact_ranking")),
        comment="One row per unit and year as published; units without a row are holes.",
    )
    op.create_table(
        "fact_survey_answer",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("survey", sa.String(length=100), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit",
            "survey",
            "month",
            "response_id",
            "question_id",
            name=op.f("pk_fact_survey_answer"),
        ),
        comment="One row per form and question; a null score is a blank or a don't-know.",
    )
    op.create_table(
        "fact_task_report",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("task_code", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("measured_value", sa.Float(), nullable=True),
        sa.Column("measured_of", sa.Float(), nullable=True),
        sa.Column("checklist", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("first_batch_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "month", "task_code", name=op.f("pk_fact_task_report")),
        comment="One row per unit, month and task that was reported.",
    )
    op.create_table(
        "load_batch",
        sa.Column("batch_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping_sha256", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("covered_from", sa.Date(), nullable=False),
        sa.Column("covered_to", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("has_changed", sa.Boolean(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("new_members", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_load_batch")),
        comment="One row per loaded file; rows_read = inserted + updated + unchanged + rejected + repeated. Times are UTC.",
    )
    op.create_table(
        "mart_coverage",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cutoff", sa.Date(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit", "calendar", "source", "month", name=op.f("pk_mart_coverage")
        ),
        comment="One row per unit, calendar, source and month that a loaded file speaks for.",
    )
    op.create_table(
        "mart_dossier",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("seen_month", sa.String(length=7), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("received_online", sa.Integer(), nullable=False),
        sa.Column("received_no_due", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("entered_due", sa.Integer(), nullable=False),
        sa.Column("entered_no_due", sa.Integer(), nullable=False),
        sa.Column("received_766", sa.Integer(), nullable=False),
        sa.Column("resolved_early", sa.Integer(), nullable=False),
        sa.Column("resolved_on_time", sa.Integer(), nullable=False),
        sa.Column("resolved_late", sa.Integer(), nullable=False),
        sa.Column("resolved_no_due", sa.Integer(), nullable=False),
        sa.Column("resolved_766", sa.Integer(), nullable=False),
        sa.Column("withdrawn_early", sa.Integer(), nullable=False),
        sa.Column("withdrawn_on_time", sa.Integer(), nullable=False),
        sa.Column("withdrawn_late", sa.Integer(), nullable=False),
        sa.Column("withdrawn_no_due", sa.Integer(), nullable=False),
        sa.Column("supplemented", sa.Integer(), nullable=False),
        sa.Column("repeat_supplemented", sa.Integer(), nullable=False),
        sa.Column("apologised", sa.Integer(), nullable=False),
        sa.Column("explained", sa.Integer(), nullable=False),
        sa.Column("returned_due", sa.Integer(), nullable=False),
        sa.Column("returned_ready", sa.Integer(), nullable=False),
        sa.Column("intake_counted", sa.Integer(), nullable=False),
        sa.Column("intake_within", sa.Integer(), nullable=False),
        sa.Column("intake_no_time", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("rated_satisfied", sa.Integer(), nullable=False),
        sa.Column("deadline_changed", sa.Integer(), nullable=False),
        sa.Column("opening_due", sa.Integer(), nullable=False),
        sa.Column("opening_no_due", sa.Integer(), nullable=False),
        sa.Column("opening_766", sa.Integer(), nullable=False),
        sa.Column("pending_in_time", sa.Integer(), nullable=False),
        sa.Column("pending_overdue", sa.Integer(), nullable=False),
        sa.Column("pending_no_due", sa.Integer(), nullable=False),
        sa.Column("pending_766", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit",
            "calendar",
            "month",
            "seen_month",
            "department_id",
            "field_id",
            "procedure_id",
            "channel",
            name=op.f("pk_mart_dossier"),
        ),
        comment="One row per unit, calendar, month, month of knowing, department, field, procedure and channel. Stocks stand on rows whose two months are the same.",
    )
    op.create_table(
        "mart_feedback",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("seen_month", sa.String(length=7), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("conduct", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("open_in_time", sa.Integer(), nullable=False),
        sa.Column("open_overdue", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit",
            "calendar",
            "month",
            "seen_month",
            "department_id",
            "channel",
            "category",
            name=op.f("pk_mart_feedback"),
        ),
        comment="One row per unit, calendar, month, month of knowing, department, channel and class.",
    )
    op.create_table(
        "mart_survey",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("criterion", sa.String(length=10), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("satisfied", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.Integer(), nullable=False),
        sa.Column("score_1", sa.Integer(), nullable=False),
        sa.Column("score_2", sa.Integer(), nullable=False),
        sa.Column("score_3", sa.Integer(), nullable=False),
        sa.Column("score_4", sa.Integer(), nullable=False),
        sa.Column("score_5", sa.Integer(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit",
            "calendar",
            "month",
            "level",
            "criterion",
            "question_id",
            "department_id",
            "field_id",
            "channel",
            name=op.f("pk_mart_survey"),
        ),
        comment="One row per unit, calendar, month, level (question, criterion, all), department, field and channel; forms are counted once at each level.",
    )
    op.create_table(
        "mart_task",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("task", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("partly", sa.Integer(), nullable=False),
        sa.Column("not_met", sa.Integer(), nullable=False),
        sa.Column("not_reported", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("metric_state", sa.String(length=20), nullable=True),
        sa.Column("report_state", sa.String(length=20), nullable=True),
        sa.Column("measured", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "calendar", "month", "task", name=op.f("pk_mart_task")),
        comment="One row per unit, calendar, ended month and task; `measured` names each yardstick.",
    )
    op.create_table(
        "plan",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("baseline_year", sa.Integer(), nullable=True),
        sa.Column("baseline_pct", sa.Float(), nullable=True),
        sa.Column("target_pct", sa.Float(), nullable=True),
        sa.Column("ranked_units", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("unit", "year", name=op.f("pk_plan")),
        comment="One row per unit and year: baseline, target and how many units are ranked.",
    )
    op.create_table(
        "before_image",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("has_deadline_change", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["load_batch.batch_id"], name=op.f("fk_before_image_batch_id")
        ),
        sa.PrimaryKeyConstraint("unit", "batch_id", "source", "key", name=op.f("pk_before_image")),
        comment="One row per fact row a batch changed or removed: what it was before.",
    )
    op.create_table(
        "dim_question",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("survey", sa.String(length=100), nullable=False),
        sa.Column("criterion", sa.String(length=10), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion"], ["dim_criterion.criterion"], name=op.f("fk_dim_question_criterion")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_dim_question")),
        sa.UniqueConstraint(
            "survey", "criterion", "key", name=op.f("uq_dim_question_survey_criterion_key")
        ),
        comment="One row per survey, criterion and question.",
    )
    op.create_table(
        "dim_task",
        sa.Column("task", sa.String(length=10), nullable=False),
        sa.Column("criterion", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["criterion"], ["dim_criterion.criterion"], name=op.f("fk_dim_task_criterion")
        ),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_dim_task")),
        comment="One row per task of the plan.",
    )
    op.create_table(
        "load_coverage",
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("covered_from", sa.Date(), nullable=False),
        sa.Column("covered_to", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["load_batch.batch_id"], name=op.f("fk_load_coverage_batch_id")
        ),
        sa.PrimaryKeyConstraint("unit", "batch_id", name=op.f("pk_load_coverage")),
        comment="One row per batch and unit it speaks for.",
    )
    op.create_table(
        "load_reject",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["load_batch.batch_id"], name=op.f("fk_load_reject_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_load_reject")),
        comment="One row per refused row of a file; values are redacted.",
    )


def downgrade() -> None:
    op.drop_table("load_reject")
    op.drop_table("load_coverage")
    op.drop_table("dim_task")
    op.drop_table("dim_question")
    op.drop_table("before_image")
    op.drop_table("plan")
    op.drop_table("mart_task")
    op.drop_table("mart_survey")
    op.drop_table("mart_feedback")
    op.drop_table("mart_dossier")
    op.drop_table("mart_coverage")
    op.drop_table("load_batch")
    op.drop_table("fact_task_report")
    op.drop_table("fact_survey_answer")
    op.drop_table("fact_ranking")
    op.drop_table("fact_feedback")
    with op.batch_alter_table("fact_dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_dossier_unit_entered_on")
        batch_op.drop_index("ix_fact_dossier_unit_closed_on")

    op.drop_table("fact_dossier")
    op.drop_table("dim_unit")
    op.drop_table("dim_procedure")
    op.drop_table("dim_month")
    op.drop_table("dim_field")
    op.drop_table("dim_department")
    op.drop_table("dim_date")
    op.drop_table("dim_criterion")
    op.drop_table("dim_alias")
