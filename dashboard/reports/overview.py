"""Tổng quan: one sentence, four numbers, then what to do."""

from __future__ import annotations

from dataclasses import replace

from dashboard import formatting as fmt
from dashboard.model import Report, Sentence, Span
from dashboard.reports.absence import chosen_words
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.directives import directives_section
from dashboard.reports.dossiers import late_sentence
from dashboard.reports.due import due_section
from dashboard.reports.kpis import ratio_kpi, satisfaction_kpi, task_kpi
from dashboard.reports.satisfaction import criteria_section, index_words, trend_section
from dashboard.reports.signals import last_reading
from dashboard.reports.tasks import strip_section


def build_overview_report(context: Context) -> Report:
    """Return the report of the page Tổng quan."""
    return Report(
        code="overview",
        title="Tổng quan",
        period=fmt.period_label(context.period),
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=overview_sentence(
            context,
            late_sentence(
                context.period,
                one_row(context.measure("late_rate")),
                context.measure("late_rate", by=("department",)),
                reading=last_reading(context, "late_rate"),
                chosen=chosen_words(context),
            ),
        ),
        kpis=(
            satisfaction_kpi(context),
            ratio_kpi(context, "late_rate", link="/ho-so"),
            ratio_kpi(context, "feedback_on_time_rate", link="/phan-anh"),
            task_kpi(context),
        ),
        sections=(
            trend_section(context),
            directives_section(context),
            criteria_section(context),
            strip_section(context, month=_task_month(context)),
            due_section(context),
        ),
    )


def overview_sentence(context: Context, late: Sentence) -> Sentence:
    """Join what is said of late dossiers, which ends with a full stop, and of the index."""
    stop = replace(late[-1], text=late[-1].text.removesuffix("."))
    return (*late[:-1], stop, Span("; "), *index_words(context), Span("."))


def _task_month(context: Context) -> str:
    """Return the last month up to the period's end whose tasks are judged, else that end."""
    months = context.measure(
        "task_completion_rate", by=("month",), months=context.months_to_end(YEAR_MONTHS)
    )
    known = months[months["denominator"].notna()]["month"]
    return str(known.max()) if len(known) else context.period.months[1]
