"""Dialogs one key away from a figure: its definition, how to read it, the numbers behind it.

They are native ``<dialog>`` elements that ``assets/shell.js`` opens from any element with
``data-opens``: focus, Escape and the backdrop are the browser's, and no callback is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.buttons import close_button
from dashboard.components.words import Child
from etl.catalogue.metrics import METRICS

_MEASURED_BY = {
    "ratio": "Tỷ lệ: cộng tử số và mẫu số của cả kỳ rồi chia một lần",
    "mean": "Trung bình: cộng điểm của cả kỳ rồi chia một lần",
    "flow": "Đếm việc xảy ra trong kỳ",
    "stock": "Đếm tại ngày chốt của kỳ",
    "published": "Lấy đúng số công bố, không tính lại",
}


def opener(text: str, dialog_id: str, *, class_name: str = "link-btn") -> html.Button:
    """Return a button that opens the dialog ``dialog_id``."""
    return html.Button(
        text,
        type="button",
        className=class_name,
        **{"data-opens": dialog_id, "aria-haspopup": "dialog"},
    )


def dialog(
    dialog_id: str, title: str, *body: Child, subtitle: str = "", wide: bool = False
) -> html.Dialog:
    """Return a closed dialog with a heading and a close button."""
    title_id = f"{dialog_id}-title"
    heading: list[Child] = [title]
    if subtitle:
        heading.append(html.Small(subtitle))
    return html.Dialog(
        [
            html.Header(
                [
                    html.H3(heading, id=title_id),
                    close_button(**{"data-action": "close"}),
                ]
            ),
            # A long one is scrolled by keyboard too.
            html.Div(list(body), className="body", tabIndex=0),
        ],
        id=dialog_id,
        className="sheet wide" if wide else "sheet",
        **{"aria-labelledby": title_id},
    )


def facts(pairs: Sequence[tuple[str, Child]]) -> html.Dl:
    """Return pairs of a name and what it is; pairs that say nothing are left out."""
    children = []
    for name, value in pairs:
        if value:
            children += [html.Dt(name), html.Dd(value)]
    return html.Dl(children, className="facts")


def definition_dialog(
    dialog_id: str, metric: str, *, worked: Sequence[tuple[str, str]] = ()
) -> html.Dialog | None:
    """Return the definition of a metric as the catalogue has it; None for an unknown code.

    ``worked`` are the numbers of the card that it opens from, already in words.
    """
    if metric not in METRICS:
        return None
    found = METRICS[metric]
    behind = (
        html.A(
            "Danh sách hồ sơ được tính",
            href=f"/ho-so?list={found.code}#dossier_list",
            className="btn-a",
            # What the reader has filtered goes along: the list explains the number on the screen.
            **{"data-adds": "yes"},
        )
        if found.counts_dossiers
        else None
    )
    return dialog(
        dialog_id,
        found.label,
        facts(
            (
                ("Định nghĩa", found.definition),
                ("Không tính", found.excluded),
                ("Tính theo", found.month_of),
                ("Cách cộng", _MEASURED_BY[found.kind]),
                ("Đơn vị", found.unit),
                ("Căn cứ", found.legal_source),
                ("Phụ trách", found.owner),
                *worked,
            )
        ),
        behind,
    )
