"""Hide small survey cells in Reports. Dossier and feedback counts are not persons: they stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pandas as pd

from dashboard import formatting as fmt
from dashboard.components.tables import NUMBER_KINDS
from dashboard.filters import months_between
from dashboard.metrics import find_metric
from dashboard.model import Chart, Kpi, Missing, Report, Section, Span, Table
from dashboard.reports.context import TREND_MONTHS, YEAR_MONTHS, Context
from dashboard.reports.directives import all_words
from dashboard.reports.meeting import preparation_words
from dashboard.reports.tasks import criteria, state_words, strip_notes, task_states
from dashboard.snapshots.cells import HIDDEN_MARK
from dashboard.snapshots.suppression import FEWEST, hidden_cells, hidden_months
from dashboard.text import HIDDEN_WORD
from etl.catalogue.metrics import METRICS, SURVEY
from etl.frames import plain_records

FEW = "Ít phiếu nên không nêu số."
HIDDEN_NOTE = f"Ẩn: dưới {FEWEST} phiếu, hoặc ẩn kèm để không suy ngược được"

TREND = "24 tháng"
"""The sum of forms that stands in the note of the trend."""

Judged = Mapping[str, dict[str, Any]]
"""What became of each task in one month, by its code, as its words are made from."""


def is_survey(code: str) -> bool:
    """Whether a metric counts persons' answers: surveys, and the ratings of dossiers."""
    return code in METRICS and (METRICS[code].mart is SURVEY or code == "rating3_rate")


@dataclass(frozen=True)
class Hiding:
    """What must be hidden of one period's surveys and ratings."""

    months: frozenset[str]
    """Months whose survey figures are hidden."""
    judged: Mapping[str, Judged]
    """Months in which a reading inside a task's words is hidden, with that reading marked."""
    criteria: frozenset[str]
    """Criteria whose figure of the last twelve months is hidden."""
    previous: frozenset[str]
    """Criteria whose figure of the twelve months before is hidden."""
    windows: frozenset[str]
    """Windows of time whose total is hidden, in the words that reports use for them."""
    rating_months: frozenset[str]
    """Months whose ratings of dossiers are hidden."""
    ratings: frozenset[str]
    """Windows of time whose ratings of dossiers are hidden."""
    period_window: str
    """The words for the period itself."""
    year_window: str
    """The words for the last twelve months."""

    def total_is_hidden(self, code: str, window: str) -> bool:
        """Whether a metric's total over a window (in words) is hidden."""
        if code == "rating3_rate":
            return window in self.ratings
        return is_survey(code) and window in self.windows

    def month_is_hidden(self, code: str, month: str) -> bool:
        """Whether a metric's figure of one month is hidden."""
        if code == "rating3_rate":
            return month in self.rating_months
        return is_survey(code) and month in self.months


def find_hiding(context: Context) -> Hiding:
    """Return what the period's surveys and ratings make it necessary to hide."""
    period = context.period
    trend = context.trend_months(TREND_MONTHS)
    year = context.months_to_end(YEAR_MONTHS)
    months = months_between(*trend)
    year_window = context.window_words(YEAR_MONTHS)
    # In the order in which they can be done without.
    windows = {
        TREND: trend,
        fmt.period_label(period.previous()): period.previous().months,
        fmt.period_label(period.last_year()): period.last_year().months,
        fmt.period_label(period): period.months,
        year_window: year,
    }
    sums = {words: [m for m in months if a <= m <= b] for words, (a, b) in windows.items()}
    hidden, hidden_windows = hidden_months(_forms(context, "survey_responses", trend), sums)
    # The trend has no ratings, so nobody is told their sum over it.
    rated = {words: among for words, among in sums.items() if words != TREND}
    rating_months, ratings = hidden_months(_forms(context, "rating3_rate", trend), rated)
    before = (months[0], months[TREND_MONTHS - YEAR_MONTHS - 1])
    now = context.measure("satisfaction_index", by=("criterion",), months=year)
    earlier = context.measure("satisfaction_index", by=("criterion",), months=before)
    hiding = Hiding(
        months=hidden,
        judged={},
        criteria=hidden_cells(_sizes(now, "criterion")),
        previous=hidden_cells(_sizes(earlier, "criterion")),
        windows=hidden_windows,
        rating_months=rating_months,
        ratings=ratings,
        period_window=fmt.period_label(period),
        year_window=year_window,
    )
    readings = _hidden_readings(context, sums[year_window], hidden)
    return replace(hiding, judged=_judged(context, hiding, readings))


def _hidden_readings(
    context: Context, year: list[str], hidden: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """Return the readings by criterion and month that the words about tasks must not give.

    The criterion's figure of the year is published; where its months cannot be made safe beside
    it, none of them is given.
    """
    shown = (context.trend_months(TREND_MONTHS)[0], f"{context.period.year}-12")
    readings = set()
    for criterion in criteria(context):
        own = _forms(context, "satisfaction_index", shown, criterion=criterion)
        chosen, given_up = hidden_months(own, {"year": year}, forced=hidden & set(own))
        readings |= {(criterion, month) for month in (own if given_up else chosen)}
    return frozenset(readings)


def _forms(
    context: Context, code: str, months: tuple[str, str], *, criterion: str = ""
) -> dict[str, int]:
    """Return the forms of each month that has a survey."""
    members = {"criterion": criterion} if criterion else {}
    frame = context.trend(code, months=months, members=members)
    return _sizes(frame, "month", column="numerator" if code == "survey_responses" else "n")


def _sizes(frame: pd.DataFrame, by: str, *, column: str = "n") -> dict[str, int]:
    pairs = zip(frame[by], frame[column], strict=True)
    return {str(name): int(n) for name, n in pairs if not pd.isna(n)}


def _judged(
    context: Context, hiding: Hiding, readings: frozenset[tuple[str, str]]
) -> dict[str, Judged]:
    """Return the months whose tasks rest on a hidden reading, with each such reading marked."""

    def is_hidden(reading: Mapping[str, Any], month: str) -> bool:
        if reading["criterion"]:
            return is_survey(reading["what"]) and (reading["criterion"], month) in readings
        return hiding.month_is_hidden(reading["what"], month)

    first = min(f"{context.period.year}-01", context.months_to_end(YEAR_MONTHS)[0])
    judged: dict[str, dict[str, Any]] = {}
    marked = set()
    for record in plain_records(task_states(context, months=(first, context.period.months[1]))):
        task, month = record["task"], record["month"]
        measured = orjson.loads(record["measured"])
        for reading in measured:
            if is_hidden(reading, month):
                reading["is_hidden"] = True
                marked.add(month)
        judged.setdefault(month, {})[task] = {**record, "measured": orjson.dumps(measured)}
    return {month: judged[month] for month in marked}


# Applying -----------------------------------------------------------------------------------------


def hide(report: Report, hiding: Hiding) -> Report:
    """Return the report without the survey cells that must not be seen."""
    sections = tuple(_hide_section(section, hiding) for section in report.sections)
    kpis = tuple(_hide_kpi(kpi, hiding) for kpi in report.kpis)
    sentence = report.sentence
    if hiding.year_window in hiding.windows and report.code in ("overview", "satisfaction"):
        words = "Khảo sát ít phiếu nên chỉ số hài lòng không nêu."
        sentence = (Span(words),)
    return replace(report, sections=sections, kpis=kpis, sentence=sentence)


def _hide_section(section: Section, hiding: Hiding) -> Section:
    if section.code == "dictionary" and section.table is not None:
        return replace(section, table=_hide_worked(section.table, hiding))
    if section.code == "comparison" and section.table is not None:
        return replace(section, table=_hide_compared(section.table, hiding))
    if section.code in ("directives", "preparation") and section.table is not None:
        return _hide_directives(section, hiding)
    if section.code == "matrix":
        return _hide_matrix(section, hiding)
    if section.code == "task_strip" and section.missing is None:
        return _hide_strip(section, hiding)
    if is_survey(section.metric) and section.missing is None:
        return _hide_breakdown(section, hiding)
    return section


def _hide_breakdown(section: Section, hiding: Hiding) -> Section:
    """Blank the rows of a survey section that hold too few forms, in its table and its chart."""
    table, chart = section.table, section.chart
    if table is None or "n" not in table.rows:
        return _withheld(section, "Phần này không cho biết số phiếu từng ô nên không phát hành.")
    rows = table.rows.reset_index(drop=True)
    if "month" in rows:
        is_hidden = rows["month"].isin(hiding.months)
    else:
        if hiding.year_window in hiding.windows:
            return _withheld(section, FEW)
        keys = [str(number) for number in range(len(rows))]
        sizes = {key: 0 if pd.isna(n) else int(n) for key, n in zip(keys, rows["n"], strict=True)}
        hidden = hidden_cells(sizes)
        if hidden and hidden == {key for key, n in sizes.items() if n}:
            return _withheld(section, FEW)
        is_hidden = pd.Series([key in hidden for key in keys], dtype=bool)
    masked = _blank(table, rows, is_hidden)
    if "previous" in rows and "criterion" in rows and hiding.previous:
        masked.loc[masked["criterion"].isin(hiding.previous), "previous"] = float("nan")
    note = section.note
    if "month" in rows and TREND in hiding.windows:
        note = ""  # it says how many forms all the months hold
    if not is_hidden.any():
        return replace(section, table=Table(table.columns, masked), note=note)
    if "cumulative" in masked:
        # Its steps would give the hidden counts away.
        masked["cumulative"] = float("nan")
    if chart is not None:
        chart = _without_hidden(chart, masked[is_hidden], hiding)
    return replace(
        section,
        sentence=(Span(f"{section.title}: ô ít phiếu được ẩn"),),
        table=Table(table.columns, masked),
        chart=chart,
        note=f"{note} · {HIDDEN_NOTE}" if note else HIDDEN_NOTE,
    )


def _withheld(section: Section, reason: str) -> Section:
    return Section(
        section.code,
        section.title,
        (Span(section.title),),
        metric=section.metric,
        missing=Missing("no_data", reason),
    )


def _blank(table: Table, rows: pd.DataFrame, is_hidden: pd.Series) -> pd.DataFrame:
    """Return the rows with every number of the hidden ones gone, shown columns and others alike."""
    masked = rows.copy()
    for name in rows.columns:
        column = rows[name]
        is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if is_number:
            wide = column.astype("Int64") if pd.api.types.is_integer_dtype(column) else column
            masked[name] = wide.mask(is_hidden)
    for column_of_table in table.columns:
        name = column_of_table.key
        if column_of_table.kind in NUMBER_KINDS and masked[name].dtype == object:
            masked[name] = masked[name].mask(is_hidden)
    if "state" in masked:
        masked["state"] = masked["state"].mask(is_hidden, "missing")
    return masked.assign(**{HIDDEN_MARK: is_hidden.to_numpy(dtype=bool)})


def _without_hidden(chart: Chart, hidden: pd.DataFrame, hiding: Hiding) -> Chart | None:
    frame = chart.frame.reset_index(drop=True)
    if "month" in frame:
        is_hidden = frame["month"].isin(hiding.months)
        blank = _blank(Table((), frame), frame, is_hidden).drop(columns=HIDDEN_MARK)
        options = {**chart.options}
        if "missing_text" in options:
            options["missing_text"] = "thiếu hoặc ẩn khảo sát"
        return Chart(chart.form, blank, options)
    frame = frame[~frame["label"].isin(hidden["label"])].reset_index(drop=True)
    frame = frame.drop(columns=[c for c in ("previous", "cumulative") if c in frame])
    if chart.form == "pareto":
        # A running total over some of the cells would be another number than the table's.
        return None
    return Chart(chart.form, frame, chart.options) if len(frame) else None


def _hide_kpi(kpi: Kpi, hiding: Hiding) -> Kpi:
    if not is_survey(kpi.metric) or kpi.missing is not None:
        return kpi
    if hiding.total_is_hidden(kpi.metric, kpi.window):
        return Kpi(
            metric=kpi.metric,
            label=kpi.label,
            window=kpi.window,
            value=fmt.NOTHING,
            missing=Missing("no_data", FEW),
        )
    rows = kpi.rows
    if kpi.row("before").label in hiding.windows:
        # The change beside it would give the hidden value away.
        rows = tuple(
            replace(row, value=HIDDEN_WORD) if row.role in ("before", "change") else row
            for row in rows
        )
    spark = kpi.spark
    if spark is not None and "month" in spark.frame and hiding.months:
        frame = spark.frame.reset_index(drop=True)
        blank = _blank(Table((), frame), frame, frame["month"].isin(hiding.months))
        spark = Chart(spark.form, blank.drop(columns=HIDDEN_MARK), spark.options)
    return replace(kpi, rows=rows, spark=spark)


def _hide_worked(table: Table, hiding: Hiding) -> Table:
    """The dictionary gives each metric's figure of the period."""
    rows = table.rows.copy()
    is_hidden = [hiding.total_is_hidden(code, hiding.period_window) for code in rows["code"]]
    rows["worked"] = rows["worked"].mask(pd.Series(is_hidden, index=rows.index), HIDDEN_WORD)
    return Table(table.columns, rows)


def _hide_compared(table: Table, hiding: Hiding) -> Table:
    """A row of figures in words: each period's own figure, then the change against it."""
    labels = {find_metric(code).label: code for code in METRICS if is_survey(code)}
    heads = {column.key: column.label for column in table.columns}
    rows = table.rows.copy()
    for index, label in rows["label"].items():
        code = labels.get(label)
        if code is None:
            continue
        gone = {key for key, words in heads.items() if hiding.total_is_hidden(code, words)}
        gone |= {"change"} if gone & {"now", "before"} else set()
        gone |= {"year_change"} if gone & {"now", "year_ago"} else set()
        for key in gone & set(rows):
            rows.loc[index, key] = HIDDEN_WORD
    return Table(table.columns, rows)


def _hide_directives(section: Section, hiding: Hiding) -> Section:
    """Leave out what gives a figure of hidden months or criteria."""
    assert section.table is not None
    rows = section.table.rows
    is_told = [not _gives_away(row, hiding) for row in plain_records(rows)]
    if all(is_told):
        return section
    rows = rows[is_told].reset_index(drop=True)
    items = [item for item in section.data["items"] if not _gives_away(item, hiding)]
    section = replace(section, table=Table(section.table.columns, rows))
    if section.code == "preparation":
        said = preparation_words(len(rows))
        return replace(section, sentence=said, data={**section.data, "items": items})
    label = all_words(len(rows), shown=len(items))
    return replace(section, data={**section.data, "items": items, "table_label": label})


def _gives_away(item: Mapping[Any, Any], hiding: Hiding) -> bool:
    if item["rule"] == "low_criterion":
        return hiding.year_window in hiding.windows or item["about"] in hiding.criteria
    code = "survey_responses" if item["rule"] == "small_survey" else item["about"]
    return any(hiding.month_is_hidden(code, month) for month in item["months"])


def _hide_matrix(section: Section, hiding: Hiding) -> Section:
    """Say the words about tasks anew for the months in which they rest on a hidden reading."""
    months = section.data["months"]
    tasks = [
        {
            **task,
            "details": [
                state_words(hiding.judged[month][task["code"]])
                if task["code"] in hiding.judged.get(month, {})
                else words
                for month, words in zip(months, task["details"], strict=True)
            ],
        }
        for task in section.data["tasks"]
    ]
    return replace(section, data={**section.data, "tasks": tasks})


def _hide_strip(section: Section, hiding: Hiding) -> Section:
    """The same for the strip of one month, its notes and its table."""
    judged = hiding.judged.get(section.data["month"])
    if judged is None or section.table is None:
        return section
    words = {code: state_words(record) for code, record in judged.items()}
    groups = [
        {**group, "tasks": [{**task, "detail": words[task["code"]]} for task in group["tasks"]]}
        for group in section.data["criteria"]
    ]
    rows = section.table.rows
    return replace(
        section,
        data={**section.data, "criteria": groups, "notes": strip_notes(dict(judged))},
        table=Table(section.table.columns, rows.assign(detail=rows["code"].map(words))),
    )
