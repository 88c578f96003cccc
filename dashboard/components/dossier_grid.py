"""The list of dossiers in AG Grid: searched and sorted. Used on no other page."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.components.icons import icon
from dashboard.components.tables import CHIP_ICONS
from dashboard.model import Section, TableColumn
from etl.frames import plain_records

GRID_ID, GRID_PLACE_ID, GRID_ASKED_ID = "dossier-grid", "dossier-grid-place", "dossier-grid-asked"
_HEIGHT, _LEAST, _EMPTY = 440, 290, 180
"""In px: of a long list, of one in which a column's filter still opens, of one without a row."""
_ROW, _AROUND = 38, 102
ROWS_PER_PAGE = 20

WORDS = {
    "noRowsToShow": "Không có hồ sơ nào",
    "page": "Trang",
    "to": "đến",
    "of": "trên",
    "first": "Đầu",
    "last": "Cuối",
    "previous": "Trước",
    "next": "Sau",
    "firstPage": "Trang đầu",
    "lastPage": "Trang cuối",
    "nextPage": "Trang sau",
    "previousPage": "Trang trước",
    "pageSizeSelectorLabel": "Số dòng:",
    "ariaPageSizeSelectorLabel": "Số dòng mỗi trang",
    "filterOoo": "Lọc…",
    "contains": "Có chứa",
    "notContains": "Không chứa",
    "equals": "Bằng",
    "notEqual": "Khác",
    "startsWith": "Bắt đầu bằng",
    "endsWith": "Kết thúc bằng",
    "blank": "Trống",
    "notBlank": "Không trống",
    "andCondition": "Và",
    "orCondition": "Hoặc",
    "loadingOoo": "Đang tải…",
    "thousandSeparator": ".",
    "decimalSeparator": ",",
    "ariaSortableColumn": "Bấm Enter để sắp xếp",
    "ariaLabelColumnFilter": "Lọc cột",
}
THEME = (
    "themeQuartz.withParams({fontFamily: 'var(--font)', fontSize: 13, rowHeight: 38, "
    "backgroundColor: 'var(--surface)', foregroundColor: 'var(--ink)', "
    "headerBackgroundColor: 'var(--sunken)', headerTextColor: 'var(--ink-2)', "
    "headerFontWeight: 600, borderColor: 'var(--line)', rowHoverColor: 'var(--sunken)', "
    "accentColor: 'var(--accent)', chromeBackgroundColor: 'var(--surface)', "
    "browserColorScheme: 'inherit'})"
)
"""The grid in the dashboard's own tokens, so that it follows the light and the dark theme."""

_WIDTHS = {
    "state": 180,
    "days": 112,
    "procedure": 244,
    "cause": 220,
    "dossier_code": 232,
    "department": 168,
    "field": 150,
}
_WIDTH, _NARROW = 130, 116
_CLIPPED = ("procedure", "cause")
"""Columns whose words may be longer than they are wide: a pointer is shown the whole."""
_PHONE_ROW = 106
_WHOLE = {
    "colId": "whole",
    "headerName": "Hồ sơ",
    "flex": 1,
    "cellRenderer": "dossier",
    "cellRendererParams": {"icons": CHIP_ICONS},
    "sortable": False,
    "filter": False,
    "resizable": False,
}
"""On a phone: a dossier in one cell. Its columns are there to be searched."""


def dossier_grid(section: Section, *, is_phone: bool = False) -> html.Section:
    """Return the section's table as a grid with a search box and a link to its workbook."""
    if section.missing is not None or section.table is None:
        return card(section)
    rows = [
        {
            **{column.key: _value(row[column.key], column) for column in section.table.columns},
            "tone": row["tone"],
        }
        for row in plain_records(section.table.rows)
    ]
    columns = [_column(column) for column in section.table.columns]
    high = _AROUND + len(rows) * (_PHONE_ROW if is_phone else _ROW)
    height = f"{max(_LEAST, min(_HEIGHT, high)) if rows else _EMPTY}px"
    options = {}
    if is_phone:
        columns = [_WHOLE, *({**column, "hide": True} for column in columns)]
        options = {"rowHeight": _PHONE_ROW, "includeHiddenColumnsInQuickFilter": True}
    grid = dag.AgGrid(
        id=GRID_ID,
        rowData=rows,
        columnDefs=columns,
        defaultColDef={"sortable": True, "resizable": True, "filter": True, "minWidth": 90},
        dashGridOptions={
            "pagination": True,
            "paginationPageSize": ROWS_PER_PAGE,
            "paginationPageSizeSelector": [ROWS_PER_PAGE, 50, 100],
            "localeText": WORDS,
            "animateRows": False,
            "tooltipShowDelay": 300,
            "enableCellTextSelection": True,
            "theme": {"function": THEME},
            # What leaves the office goes through its own door, which writes it down.
            "suppressCsvExport": True,
            **options,
        },
        style={"height": height, "width": "100%"},
        dangerously_allow_code=False,
    )
    tools = html.Div(
        [
            html.Label("Tìm trong danh sách", htmlFor="dossier-search", className="sr"),
            dcc.Input(
                id="dossier-search",
                type="search",
                placeholder="Tìm mã, thủ tục, bộ phận…",
                className="grid-search",
                debounce=False,
            ),
            html.A(
                [icon("download"), "Tải Excel"],
                id="dossier-export",
                href=section.data["export"],
                className="btn-a",
                **{"data-door": "yes"},
            ),
        ],
        className="grid-tools",
    )
    # Drawn by the browser once the grid's library is there: assets/grid.js.
    place = [
        html.Div(id=GRID_PLACE_ID, style={"minHeight": height}),
        dcc.Store(id=GRID_ASKED_ID, data=grid.to_plotly_json()),
    ]
    return card(section, tools, *place, show_table=False, head_link=section.data.get("back"))


def _value(value: Any, column: TableColumn) -> Any:
    """Return a cell for the grid: days as ISO text, which sorts as days do."""
    if value is None:
        return ""
    if column.kind == "date":
        return value.isoformat()
    return fmt.plain(value) if isinstance(value, float) else value


def _column(column: TableColumn) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "field": column.key,
        "headerName": column.label,
        "width": _WIDTHS.get(column.key, _WIDTH),
    }
    if column.key in _CLIPPED:
        definition["tooltipField"] = column.key
    if column.kind == "chip":
        definition["cellRenderer"] = "chip"
        definition["cellRendererParams"] = {"icons": CHIP_ICONS}
    if column.kind == "date":
        definition["valueFormatter"] = {"function": "isoDay(params.value)"}
        definition["width"] = _NARROW
    if column.kind == "late":
        definition["valueFormatter"] = {"function": "lateDays(params.value)"}
        definition["type"] = "rightAligned"
        # The list is sorted by it; a button to filter would take the room of its name.
        definition["suppressHeaderFilterButton"] = True
        definition["wrapHeaderText"] = True
    return definition
