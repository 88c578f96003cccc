"""The reporting schema, declared once. Migrations follow it; ``alembic check`` holds them to it.

``unit`` (the GSO code) comes first in every key of facts and marts: it is what a cluster would
be distributed by. Months are text ``YYYY-MM`` of one of two calendars, ``calendar`` or
``report``; the date dimension knows both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NO_MEMBER = 0
"""Id of the dimension member that stands for a blank cell."""

ACCEPTED, UNDONE = "accepted", "undone"
"""What a batch may be: loaded, or taken back."""

MONTH = String(7)
CALENDAR = String(8)


# Dimensions -----------------------------------------------------------------------------------

dim_date = Table(
    "dim_date",
    metadata,
    Column("date", Date, primary_key=True),
    Column("is_working_day", Boolean, nullable=False),
    Column("calendar_month", MONTH, nullable=False),
    Column("report_month", MONTH, nullable=False),
    comment="One row per day; its month in both calendars.",
)

dim_month = Table(
    "dim_month",
    metadata,
    Column("calendar", CALENDAR, primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date, nullable=False),
    Column("quarter", String(7), nullable=False),
    Column("year", String(4), nullable=False),
    comment="One row per calendar and month, with its first and last day.",
)

dim_unit = Table(
    "dim_unit",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(200), nullable=False),
    Column("is_demo", Boolean, nullable=False),
    comment="One row per unit code and validity: five codes were reused under new names in 2025.",
)


def _members(name: str, comment: str, *more: Column[int] | Column[str]) -> Table:
    """Return a dimension whose members appear as files name them; aliases merge them."""
    return Table(
        f"dim_{name}",
        metadata,
        Column(f"{name}_id", Integer, primary_key=True, autoincrement=False),
        Column("key", Text, nullable=False, unique=True),
        Column("label", Text, nullable=False),
        Column("canonical_id", Integer, nullable=False),
        Column("first_batch_id", Integer),
        *more,
        comment=comment,
    )


dim_department = _members("department", "One row per spelling of a department.")
dim_field = _members("field", "One row per spelling of a field of procedures.")
dim_procedure = _members(
    "procedure", "One row per spelling of a procedure.", Column("procedure_code", String(100))
)

dim_criterion = Table(
    "dim_criterion",
    metadata,
    Column("criterion", String(10), primary_key=True),
    Column("label", String(200), nullable=False),
    Column("short_label", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    comment="One row per criterion of the plan; 'overall' holds questions about the whole.",
)

dim_question = Table(
    "dim_question",
    metadata,
    Column("question_id", Integer, primary_key=True, autoincrement=False),
    Column("survey", String(100), nullable=False),
    Column("criterion", String(10), ForeignKey("dim_criterion.criterion"), nullable=False),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    UniqueConstraint("survey", "criterion", "key"),
    comment="One row per survey, criterion and question.",
)

dim_task = Table(
    "dim_task",
    metadata,
    Column("task", String(10), primary_key=True),
    Column("criterion", String(10), ForeignKey("dim_criterion.criterion"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    comment="One row per task of the plan.",
)

dim_alias = Table(
    "dim_alias",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("alias_key", Text, primary_key=True),
    Column("alias_label", Text, nullable=False),
    Column("canonical_label", Text, nullable=False),
    comment="One row per spelling that counts as another member of its dimension.",
)

plan = Table(
    "plan",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("baseline_year", Integer),
    Column("baseline_pct", Float),
    Column("target_pct", Float),
    Column("ranked_units", Integer),
    comment="One row per unit and year: baseline, target and how many units are ranked.",
)


# Loading --------------------------------------------------------------------------------------

load_batch = Table(
    "load_batch",
    metadata,
    Column("batch_id", Integer, primary_key=True, autoincrement=True),
    Column("source", String(20), nullable=False),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("mapping_sha256", String(64), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("covered_from", Date, nullable=False),
    Column("covered_to", Date, nullable=False),
    Column("status", String(10), nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("has_changed", Boolean, nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("inserted", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("new_members", Text, nullable=False),
    Column("loaded_at", DateTime, nullable=False),
    # One of the file's tables a row; its columns that were asked for, in its order.
    Column("headers", Text),
    Column("undone_at", DateTime),
    # Of what decided what the load did (etl/repeats.py); blank where nobody asked for it.
    Column("fingerprint", String(64)),
    comment="One row per loaded file; rows_read = inserted + updated + unchanged + rejected "
    "+ repeated. Times are UTC.",
)

load_coverage = Table(
    "load_coverage",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("batch_id", Integer, ForeignKey("load_batch.batch_id"), primary_key=True),
    Column("source", String(20), nullable=False),
    Column("covered_from", Date, nullable=False),
    Column("covered_to", Date, nullable=False),
    Column("as_of", Date, nullable=False),
    comment="One row per batch and unit it speaks for.",
)

column_match = Table(
    "column_match",
    metadata,
    Column("headers_sha256", String(64), primary_key=True),
    Column("source", String(20), nullable=False),
    # Canonical name → header, as JSON.
    Column("pairs", Text, nullable=False),
    comment="One row per set of headers that somebody has matched by hand: name to header.",
)

load_reject = Table(
    "load_reject",
    metadata,
    Column("batch_id", Integer, ForeignKey("load_batch.batch_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("value", Text),
    Column("reason", Text, nullable=False),
    # The row's cells by header, as it may be given back: columns asked for alone, redacted.
    Column("cells", Text),
    comment="One row per refused row of a file; values are redacted.",
)

load_dependency = Table(
    "load_dependency",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("batch_id", Integer, ForeignKey("load_batch.batch_id"), primary_key=True),
    Column("on_batch_id", Integer, primary_key=True),
    Column("rows", Integer, nullable=False),
    comment="One row per unit, batch and earlier batch whose rows it confirmed, changed or "
    "removed: the earlier one is not undone before it.",
)

before_image = Table(
    "before_image",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("batch_id", Integer, ForeignKey("load_batch.batch_id"), primary_key=True),
    Column("source", String(20), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("action", String(10), nullable=False),
    Column("image", Text, nullable=False),
    Column("has_deadline_change", Boolean, nullable=False),
    comment="One row per fact row a batch changed or removed: what it was before.",
)


# Facts ----------------------------------------------------------------------------------------


PROVENANCE = ("first_batch_id", "batch_id")
"""The columns of a fact row that name the batch it came with and the one that last wrote it."""


def _provenance() -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in PROVENANCE]


fact_dossier = Table(
    "fact_dossier",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("dossier_code", Text, primary_key=True),
    Column("department_id", Integer, nullable=False),
    Column("field_id", Integer, nullable=False),
    Column("procedure_id", Integer, nullable=False),
    Column("channel", String(20)),
    Column("submitted_at", DateTime),
    Column("intake_due_at", DateTime),
    Column("received_at", DateTime),
    Column("due_at", DateTime),
    Column("finished_at", DateTime),
    Column("returned_at", DateTime),
    Column("supplement_requested_at", DateTime),
    Column("supplemented_at", DateTime),
    Column("supplement_count", Integer),
    Column("status", String(20)),
    Column("apology_sent_at", DateTime),
    Column("late_cause", Text),
    Column("rating3", String(20)),
    # Derived from the columns above and the working calendar; `etl rebuild` recomputes them.
    Column("status_code", String(20), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("received_on", Date),
    Column("entered_on", Date),
    Column("due_on", Date),
    Column("closed_on", Date),
    Column("returned_on", Date),
    Column("apology_on", Date),
    Column("requests", Integer, nullable=False),
    Column("requests_after_intake", Integer, nullable=False),
    Column("waiting_from", Date),
    Column("waiting_to", Date),
    Column("is_complete", Boolean, nullable=False),
    Column("intake_on", Date),
    Column("intake_counted_on", Date),
    Column("intake_within", Boolean, nullable=False),
    Column("intake_no_time", Boolean, nullable=False),
    *_provenance(),
    Index("ix_fact_dossier_unit_closed_on", "unit", "closed_on"),
    Index("ix_fact_dossier_unit_entered_on", "unit", "entered_on"),
    comment="One row per unit and dossier of the one-stop desk.",
)

fact_feedback = Table(
    "fact_feedback",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("feedback_code", Text, primary_key=True),
    Column("department_id", Integer, nullable=False),
    Column("channel", String(20)),
    Column("category", String(20), nullable=False),
    Column("sent_at", DateTime, nullable=False),
    Column("transferred_at", DateTime),
    Column("answered_at", DateTime),
    Column("published_at", DateTime),
    Column("status", String(20), nullable=False),
    Column("satisfied", Integer),
    # Derived.
    Column("sent_on", Date, nullable=False),
    Column("answered_on", Date),
    Column("published_on", Date),
    Column("limit_on", Date, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("is_on_time", Boolean, nullable=False),
    Column("is_excluded", Boolean, nullable=False),
    Column("is_refused", Boolean, nullable=False),
    *_provenance(),
    comment="One row per unit and item of feedback; its text never enters.",
)

fact_survey_answer = Table(
    "fact_survey_answer",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("survey", String(100), primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("response_id", Text, primary_key=True),
    Column("question_id", Integer, primary_key=True),
    Column("answered_on", Date, nullable=False),
    Column("score", Integer),
    Column("channel", String(20)),
    Column("department_id", Integer, nullable=False),
    Column("field_id", Integer, nullable=False),
    *_provenance(),
    comment="One row per form and question; a null score is a blank or a don't-know.",
)

fact_ranking = Table(
    "fact_ranking",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("index_pct", Float),
    Column("rank", Integer),
    Column("respondents", Integer),
    Column("total_units", Integer),
    Column("decision_no", Text),
    Column("decision_date", Date),
    *_provenance(),
    comment="One row per unit and year as published; units without a row are holes.",
)

fact_task_report = Table(
    "fact_task_report",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("task_code", String(10), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("measured_value", Float),
    Column("measured_of", Float),
    Column("checklist", Integer),
    Column("evidence", Text),
    Column("note", Text),
    *_provenance(),
    comment="One row per unit, month and task that was reported.",
)


# Marts ----------------------------------------------------------------------------------------

DOSSIER_FLOWS = (
    "received",
    "received_online",
    "received_no_due",
    "complete",
    "entered_due",
    "entered_no_due",
    "received_766",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "resolved_no_due",
    "resolved_766",
    "withdrawn_early",
    "withdrawn_on_time",
    "withdrawn_late",
    "withdrawn_no_due",
    "supplemented",
    "repeat_supplemented",
    "apologised",
    "explained",
    "returned_due",
    "returned_ready",
    "intake_counted",
    "intake_within",
    "intake_no_time",
    "rated",
    "rated_satisfied",
    "deadline_changed",
)
DOSSIER_STOCKS = (
    "opening_due",
    "opening_no_due",
    "opening_766",
    "pending_in_time",
    "pending_overdue",
    "pending_no_due",
    "pending_766",
)
FEEDBACK_COUNTS = (
    "received",
    "conduct",
    "counted",
    "on_time",
    "answered",
    "published",
    "open_in_time",
    "open_overdue",
)
SURVEY_COUNTS = (
    "answers",
    "satisfied",
    "score_sum",
    "score_1",
    "score_2",
    "score_3",
    "score_4",
    "score_5",
    "forms",
    "responses",
)
TASK_COUNTS = ("counted", "met", "partly", "not_met", "not_reported", "not_applicable")


def _counts(names: tuple[str, ...]) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in names]


mart_dossier = Table(
    "mart_dossier",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("calendar", CALENDAR, primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("seen_month", MONTH, primary_key=True),
    Column("department_id", Integer, primary_key=True),
    Column("field_id", Integer, primary_key=True),
    Column("procedure_id", Integer, primary_key=True),
    Column("channel", String(20), primary_key=True),
    *_counts(DOSSIER_FLOWS + DOSSIER_STOCKS),
    comment="One row per unit, calendar, month, month of knowing, department, field, procedure "
    "and channel. Stocks stand on rows whose two months are the same.",
)

mart_feedback = Table(
    "mart_feedback",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("calendar", CALENDAR, primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("seen_month", MONTH, primary_key=True),
    Column("department_id", Integer, primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("category", String(20), primary_key=True),
    *_counts(FEEDBACK_COUNTS),
    comment="One row per unit, calendar, month, month of knowing, department, channel and class.",
)

mart_survey = Table(
    "mart_survey",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("calendar", CALENDAR, primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("level", String(10), primary_key=True),
    Column("criterion", String(10), primary_key=True),
    Column("question_id", Integer, primary_key=True),
    Column("department_id", Integer, primary_key=True),
    Column("field_id", Integer, primary_key=True),
    Column("channel", String(20), primary_key=True),
    *_counts(SURVEY_COUNTS),
    comment="One row per unit, calendar, month, level (question, criterion, all), department, "
    "field and channel; forms are counted once at each level.",
)

mart_task = Table(
    "mart_task",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("calendar", CALENDAR, primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("task", String(10), primary_key=True),
    *_counts(TASK_COUNTS),
    Column("state", String(20), nullable=False),
    Column("metric_state", String(20)),
    Column("report_state", String(20)),
    Column("measured", Text, nullable=False),
    comment="One row per unit, calendar, ended month and task; `measured` names each yardstick.",
)

mart_coverage = Table(
    "mart_coverage",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("calendar", CALENDAR, primary_key=True),
    Column("source", String(20), primary_key=True),
    Column("month", MONTH, primary_key=True),
    Column("cutoff", Date, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    comment="One row per unit, calendar, source and month that a loaded file speaks for.",
)
