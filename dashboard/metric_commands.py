"""The command ``metric``: one metric, measured as on the pages, for people and programs."""

from __future__ import annotations

import csv
import sys
from typing import Annotated

import orjson
import pandas as pd
import typer
from rich.table import Table

from dashboard.filters import Period, require_calendar
from dashboard.metrics import FIGURES, find_metric, measure
from etl.console import out
from etl.errors import UserError
from etl.frames import plain_records
from etl.migration import open_migrated
from etl.settings import load_settings


def add_metric_command(app: typer.Typer) -> None:
    """Add ``metric`` to a command line."""
    app.command("metric")(metric)


def metric(
    code: Annotated[str, typer.Argument(help="Mã chỉ tiêu, ví dụ late_rate.")],
    by: Annotated[list[str] | None, typer.Option(help="Chia theo; lặp lại được.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Từ tháng, 2024-01.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Đến tháng, 2024-06.")] = None,
    calendar: Annotated[str, typer.Option(help="calendar hoặc report.")] = "calendar",
    unit: Annotated[list[str] | None, typer.Option(help="Mã đơn vị; lặp lại được.")] = None,
    format_: Annotated[str, typer.Option("--format", help="json, csv hoặc table.")] = "table",
) -> None:
    """In một chỉ tiêu, tính như trên trang."""
    find_metric(code)
    if format_ not in _PRINTERS:
        raise UserError(f"Không có dạng «{format_}». Các dạng: {', '.join(_PRINTERS)}.")
    with open_migrated(load_settings()).connect() as connection:
        frame = measure(
            connection,
            code,
            by=by or (),
            months=_months(from_, to),
            calendar=require_calendar(calendar),
            units=unit or None,
        )
    _PRINTERS[format_](frame[[*(by or ()), *FIGURES]])


def _months(first: str | None, last: str | None) -> tuple[str | None, str | None] | None:
    """Return the months between two periods; one that is not given is open to that side."""
    if first is None and last is None:
        return None
    start = Period(first).months[0] if first else None
    end = Period(last).months[1] if last else None
    if start and end and start > end:
        raise UserError(f"Kỳ đầu «{first}» sau kỳ cuối «{last}». Hãy đổi lại thứ tự.")
    return start, end


def _print_json(frame: pd.DataFrame) -> None:
    sys.stdout.write(orjson.dumps(plain_records(frame), option=orjson.OPT_INDENT_2).decode() + "\n")


def _print_csv(frame: pd.DataFrame) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(frame.columns)
    for record in plain_records(frame):
        writer.writerow(["" if value is None else value for value in record.values()])


def _print_table(frame: pd.DataFrame) -> None:
    table = Table(*frame.columns)
    for record in plain_records(frame):
        cells = ("–" if value is None else value for value in record.values())
        table.add_row(*(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in cells))
    out.print(table)


_PRINTERS = {"json": _print_json, "csv": _print_csv, "table": _print_table}
