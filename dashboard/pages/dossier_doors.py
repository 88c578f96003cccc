"""The route of the list of dossiers: the workbook of what the page shows. The gate guards it."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request
from sqlalchemy import Engine

from dashboard import formatting as fmt
from dashboard.access.gate import reader, refuse
from dashboard.filters import MEMBER_FILTERS, Filters, query_values
from dashboard.pages.telling import attachment, note
from dashboard.reports.context import Context, open_context
from dashboard.reports.dossier_lists import EXPORT_PATH, listed_section
from dashboard.snapshots.xlsx import write_section
from dashboard.text import DEMO_WORDS
from etl.audit import Detail
from etl.errors import UserError
from etl.settings import Settings
from etl.warehouse import read_transaction


def open_dossier_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the route."""

    @server.get(EXPORT_PATH, endpoint="dossier_export")
    def export() -> Response:
        query = request.query_string.decode("utf-8", errors="replace")
        try:
            with read_transaction(engine) as connection:
                context = open_context(
                    connection,
                    settings=settings,
                    filters=Filters.from_query(query),
                    units=reader().units,
                )
                if context.has_several or not context.has_data:
                    return refuse(404, "Không có danh sách hồ sơ này: hãy chọn một đơn vị.")
                section = listed_section(context, query_values(query).get("list", ""))
                if section.missing is not None:
                    return refuse(404, section.missing.reason)
                data = write_section(section, title="Hồ sơ", stamp=_stamp(context))
        except UserError as error:
            return refuse(403, str(error))
        assert section.table is not None
        unit, period = context.unit.code, context.period.code
        detail: Detail = {
            "form": "dossiers.xlsx",
            "unit": unit,
            "list": section.metric,
            "rows": len(section.table.rows),
        }
        note(engine, "export", period, **(detail | cast(Detail, _chosen(context))))
        return attachment(data, f"ho-so-{unit}-{period}.xlsx")


def _chosen(context: Context) -> dict[str, str]:
    """Return what the list is narrowed to."""
    found = {name: getattr(context.filters, name) for name in MEMBER_FILTERS}
    return {name: value for name, value in found.items() if value}


def _stamp(context: Context) -> str:
    """Say whose dossiers they are, of when, and after which data."""
    as_of = context.as_of.get("dossier", context.latest)
    parts = [
        context.unit.office,
        fmt.period_label(context.period),
        *_chosen(context).values(),
        f"số liệu đến {fmt.day(as_of)}",
        f"phiên bản {fmt.version(context.data_version)}",
        *([DEMO_WORDS] if context.is_demo else []),
    ]
    return " · ".join(parts)
