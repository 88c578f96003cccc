"""Freeze: the Reports of a period as the pages show them, at one data version, and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, select

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.filters import Filters, Period
from dashboard.model import Report
from dashboard.reports.context import Context, open_context
from dashboard.reports.data import build_data_report
from dashboard.reports.dossiers import build_dossiers_report
from dashboard.reports.feedback import build_feedback_report
from dashboard.reports.meeting import build_meeting_report
from dashboard.reports.overview import build_overview_report
from dashboard.reports.ranking import build_ranking_report
from dashboard.reports.satisfaction import build_satisfaction_report
from dashboard.reports.tasks import build_tasks_report
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.codec import decode_report, dump, encode_report
from dashboard.snapshots.edition import make_external
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.hiding import find_hiding, hide
from dashboard.snapshots.summary import SUMMARY, build_summary_report
from dashboard.text import DEMO_WORDS
from etl.catalogue.metrics import METRICS
from etl.errors import UserError
from etl.offices import own_unit
from etl.settings import Settings
from etl.tables import dim_month

FORMAT = 1
"""Version of report.json; a reader refuses one that it does not know."""

Edition = Literal["external", "internal"]
Build = Callable[[Context], Report]


def _ranking(context: Context) -> Report:
    """The newest ranking published up to the period's year: a later one was not known then."""
    return build_ranking_report(context, year=context.period.year)


BUILDERS: Mapping[str, Build] = {
    "overview": build_overview_report,
    "satisfaction": build_satisfaction_report,
    "ranking": _ranking,
    "dossiers": build_dossiers_report,
    "feedback": build_feedback_report,
    "tasks": build_tasks_report,
    "data": build_data_report,
    "meeting": build_meeting_report,
}
"""The builder of every page by the code of its Report."""

REPORT, NOTICE, MINUTES, DECK = "bao-cao", "thong-bao", "ket-luan", "trinh-chieu"
"""What the names of files begin with, by what is in them."""

MEETING = "meeting"
"""Code of the Report of a meeting's record: words, which may change at one data version."""

_OPERATIONAL = frozenset({"freshness", "batches", "rejects", "aliases"})
"""Sections about loading: when and from which file, which may differ at one data version."""


@dataclass(frozen=True)
class Frozen:
    """All Reports of one period at one data version: the one thing every format is made from."""

    period: Period
    calendar: str
    unit: str
    unit_name: str
    parent: str
    edition: Edition
    as_of: Mapping[str, date]
    data_version: str
    is_demo: bool
    metrics: tuple[Mapping[str, Any], ...]
    """The definition of every metric in use."""
    reports: Mapping[str, Report]

    @property
    def period_label(self) -> str:
        """The period in words: "Tháng 6/2024"."""
        return fmt.period_label(self.period)

    @property
    def unit_words(self) -> str:
        """The unit inside a sentence: "xã Hoài Châu Bắc"."""
        return fmt.lower_first(self.unit_name)

    @property
    def latest(self) -> date | None:
        """The latest as-of date of any source but the ranking."""
        return max((day for name, day in self.as_of.items() if name != "ranking"), default=None)

    @property
    def summary(self) -> Report:
        """The snapshot's own report."""
        return self.reports[SUMMARY]

    @property
    def ordered(self) -> list[Report]:
        """Every report, the snapshot's own first."""
        return sorted(self.reports.values(), key=lambda report: report.code != SUMMARY)

    @property
    def marks(self) -> tuple[str, ...]:
        """The words in capitals that every document of it bears."""
        inside = ["LƯU HÀNH NỘI BỘ"] if self.edition == "internal" else []
        return ("DỰ THẢO", *([DEMO_WORDS] if self.is_demo else []), *inside)

    def file_name(self, kind: str) -> str:
        """Return the name of a file of it without its ending; ``kind`` is what it begins with.

        "bao-cao-21646-2024-06-7f3ac21e"; "-noi-bo" inside the office, "-ky-bao-cao" by months of
        the report calendar.
        """
        inside = "-noi-bo" if self.edition == "internal" else ""
        by = "-ky-bao-cao" if self.calendar == "report" else ""
        return f"{kind}-{self.unit}-{self.period.code}{by}-{self.data_version}{inside}"

    @cached_property
    def encoded(self) -> dict[str, dict[str, Any]]:
        """The Reports as plain values that JSON can carry."""
        return {code: encode_report(report) for code, report in self.reports.items()}

    @cached_property
    def content_sha256(self) -> str:
        """The SHA-256 over what was said: counts, printed figures and sentences, no floats.

        The same data version and period give the same hash on every engine and machine. Rows
        enter in the order of their own text: an order is no figure. What a meeting has written is
        no figure either, and may grow at one data version: the signature holds it, not this hash.
        """
        said = {
            "period": self.period.code,
            "calendar": self.calendar,
            "unit": self.unit,
            "edition": self.edition,
            "data_version": self.data_version,
            "is_demo": self.is_demo,
            "reports": {
                code: _said(report) for code, report in self.reports.items() if code != MEETING
            },
        }
        return hashlib.sha256(dump(said)).hexdigest()

    @cached_property
    def json(self) -> bytes:
        """report.json: canonical JSON that :func:`from_json` reads back without loss."""
        return dump(
            {
                "format": FORMAT,
                "period": self.period.code,
                "calendar": self.calendar,
                "unit": self.unit,
                "unit_name": self.unit_name,
                "parent": self.parent,
                "edition": self.edition,
                "as_of": {source: day.isoformat() for source, day in self.as_of.items()},
                "data_version": self.data_version,
                "is_demo": self.is_demo,
                "metrics": list(self.metrics),
                "reports": self.encoded,
                "content_sha256": self.content_sha256,
            }
        )


def freeze(
    connection: Connection,
    *,
    settings: Settings,
    period: Period,
    unit: str | None = None,
    calendar: str = "calendar",
    edition: Edition = "external",
) -> Frozen:
    """Build every page's Report for a period and freeze it.

    The external edition holds aggregates only; in both, small survey cells are hidden.

    Raises:
        SnapshotError: nothing is loaded for the unit, or the calendar does not know the period.
    """
    own = settings.model_copy(update={"unit": unit}) if unit else settings
    context = open_context(
        connection,
        settings=own,
        filters=Filters(period=period, calendar=calendar),
        # A report of one unit tells nothing of another, nor of what the office was before.
        units=(own_unit(own, period.months[1], calendar=calendar),),
    )
    _require(context)
    hiding = find_hiding(context)
    reports = {code: hide(build(context), hiding) for code, build in BUILDERS.items()}
    reports[SUMMARY] = build_summary_report(context, kpis=reports["overview"].kpis, hiding=hiding)
    if edition == "external":
        reports = {code: make_external(report) for code, report in reports.items()}
    # Read back at once: rows are numbered and values typed as they will be by whoever opens it.
    encoded = {code: encode_report(report) for code, report in reports.items()}
    frozen = Frozen(
        period=period,
        calendar=calendar,
        unit=context.unit.code,
        unit_name=context.unit.full_name,
        parent=context.unit.parent,
        edition=edition,
        as_of=dict(sorted(context.as_of.items())),
        data_version=context.data_version,
        is_demo=context.is_demo,
        metrics=tuple(
            _definition(code)
            for code in METRICS
            if not METRICS[code].is_optional or own.reading_766
        ),
        reports={code: decode_report(one) for code, one in encoded.items()},
    )
    # What is written of it is what it was read from.
    vars(frozen)["encoded"] = encoded
    return frozen


def _require(context: Context) -> None:
    if not context.as_of:
        raise SnapshotError(
            f"Chưa nạp số liệu nào của đơn vị {context.unit.code} nên chưa lập được báo cáo. "
            "Hãy nạp số liệu rồi lập lại."
        )
    known = context.connection.scalars(
        select(dim_month.c.month).where(
            dim_month.c.calendar == context.filters.calendar,
            dim_month.c.month.in_(context.period.months),
        )
    ).all()
    if set(known) != set(context.period.months):
        raise SnapshotError(
            f"{fmt.period_label(context.period)} nằm ngoài lịch của cơ sở dữ liệu. "
            "Hãy chọn kỳ khác."
        )


def _definition(code: str) -> dict[str, Any]:
    declared = {**asdict(METRICS[code]), "mart": METRICS[code].mart.table}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in declared.items()
    }


# Reading ----------------------------------------------------------------------------------------


def from_json(data: bytes) -> Frozen:
    """Return the snapshot of a report.json, as :attr:`Frozen.json` wrote it.

    Raises:
        SnapshotError: not a report.json, or of a version that this program does not know.
    """
    try:
        plain = orjson.loads(data)
        if plain["format"] != FORMAT:
            raise SnapshotError(
                f"report.json thuộc định dạng {plain['format']}, chương trình này đọc định dạng "
                f"{FORMAT}. Hãy dùng bản chương trình đã lập báo cáo."
            )
        return Frozen(
            period=Period(plain["period"]),
            calendar=plain["calendar"],
            unit=plain["unit"],
            unit_name=plain["unit_name"],
            parent=plain["parent"],
            edition=plain["edition"],
            as_of={name: date.fromisoformat(day) for name, day in plain["as_of"].items()},
            data_version=plain["data_version"],
            is_demo=plain["is_demo"],
            metrics=tuple(plain["metrics"]),
            reports={code: decode_report(one) for code, one in plain["reports"].items()},
        )
    except SnapshotError:
        raise
    except (KeyError, TypeError, ValueError, UserError) as error:
        raise SnapshotError(f"report.json không đọc được ({error}).") from error


# What the content hash is over --------------------------------------------------------------------


def _said(report: Report) -> dict[str, Any]:
    return {
        "sentence": plain_text(report.sentence),
        "kpis": [
            [
                kpi.metric,
                kpi.window,
                f"{kpi.value}{kpi.suffix}",
                *([row.label, row.value] for row in kpi.rows),
            ]
            for kpi in report.kpis
        ],
        "sections": {
            section.code: [
                plain_text(section.sentence),
                section.missing.reason if section.missing else "",
                [] if section.table is None else sorted(printed_rows(section.table)),
            ]
            for section in report.sections
            if section.code not in _OPERATIONAL
        },
    }
