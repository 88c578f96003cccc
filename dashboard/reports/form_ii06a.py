"""Form II.06a: what came in, what was resolved and what is open, by field."""

from __future__ import annotations

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.reports.absence import nothing_there
from dashboard.reports.context import Context
from dashboard.reports.slices import mart_slice, mart_sums
from etl.catalogue.metrics import DOSSIER
from etl.summing import sums

FORM_COLUMNS = (
    "entered_due",
    "opening_due",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "withdrawn_early",
    "withdrawn_on_time",
    "withdrawn_late",
    "pending_in_time",
    "pending_overdue",
)
WITHOUT_DUE = (
    "entered_no_due",
    "opening_no_due",
    "resolved_no_due",
    "withdrawn_no_due",
    "pending_no_due",
)
"""What dossiers without a due date count for, in the order of the form's columns 3, 7 and 11."""


def form_ii06a(context: Context) -> pd.DataFrame:
    """Form II.06a: one row per field, thirteen columns; the last row is the total.

    Columns c3 to c13 as the form numbers them; withdrawn dossiers count as resolved there, and
    ``withdrawn_late`` says how many of column 10 they are. Source: form II.06a, Circular
    01/2020/TT-VPCP.
    """
    part = mart_slice(context, DOSSIER, by=("field", "channel"))
    frame = sums(context.connection, DOSSIER, FORM_COLUMNS, part=part)
    is_online = (frame["channel"] == "online").astype("Int64")
    form = pd.DataFrame(
        {
            "field": frame["field"],
            "c4": frame["entered_due"] * is_online,
            "c5": frame["entered_due"] * (1 - is_online),
            "c6": frame["opening_due"],
            "c8": frame["resolved_early"] + frame["withdrawn_early"],
            "c9": frame["resolved_on_time"] + frame["withdrawn_on_time"],
            "c10": frame["resolved_late"] + frame["withdrawn_late"],
            "c12": frame["pending_in_time"],
            "c13": frame["pending_overdue"],
            "withdrawn_late": frame["withdrawn_late"],
        }
    )
    form = form.groupby("field", as_index=False).sum()
    form["c3"] = form["c4"] + form["c5"] + form["c6"]
    form["c7"] = form["c8"] + form["c9"] + form["c10"]
    form["c11"] = form["c12"] + form["c13"]
    form = form[form["c3"] + form["c7"] + form["c11"] > 0]
    form = form.sort_values("field", key=lambda names: names.map(fmt.alphabetical))
    numbers = [f"c{n}" for n in range(3, 14)] + ["withdrawn_late"]
    total = form[numbers].sum().to_frame().T.assign(field="Tổng cộng")
    return pd.concat([form, total], ignore_index=True)[["field", *numbers]]


FORM_LABELS = {
    "c3": "Tổng số tiếp nhận",
    "c4": "Trực tuyến",
    "c5": "Trực tiếp, bưu chính",
    "c6": "Kỳ trước chuyển",
    "c7": "Tổng đã giải quyết",
    "c8": "Trước hạn",
    "c9": "Đúng hạn",
    "c10": "Quá hạn",
    "c11": "Tổng đang giải quyết",
    "c12": "Trong hạn",
    "c13": "Quá hạn",
}


def form_section(context: Context) -> Section:
    """Form II.06a as a table, fields down."""
    code, title = "form_ii06a", "Biểu II.06a"
    form = form_ii06a(context)
    if len(form) == 1:
        why = nothing_there(context, "dossiers_received", "hồ sơ")
        return Section(code, title, (Span(title),), missing=why)
    total = form.iloc[-1]
    footnote = (
        f"Cột 10 gồm {fmt.count(total['withdrawn_late'])} hồ sơ rút sau ngày hẹn. "
        if total["withdrawn_late"]
        else ""
    )
    without_due = mart_sums(context, DOSSIER, WITHOUT_DUE)
    came = without_due["entered_no_due"] + without_due["opening_no_due"]
    done = without_due["resolved_no_due"] + without_due["withdrawn_no_due"]
    return Section(
        code,
        title,
        (
            Span(
                f"Tiếp nhận {fmt.count(total['c3'])}, đã giải quyết {fmt.count(total['c7'])}, "
                f"đang giải quyết {fmt.count(total['c11'])} hồ sơ có hạn"
            ),
        ),
        table=Table(
            (
                TableColumn("field", "Lĩnh vực"),
                *(TableColumn(key, label, "integer") for key, label in FORM_LABELS.items()),
            ),
            form,
        ),
        note=f"{footnote}Hồ sơ không có hạn, ngoài biểu: tiếp nhận {fmt.count(came)} (kỳ trước "
        f"chuyển {fmt.count(without_due['opening_no_due'])}), đã giải quyết {fmt.count(done)}, "
        f"đang giải quyết {fmt.count(without_due['pending_no_due'])}.",
        data={
            "subtitle": f"Theo lĩnh vực, {fmt.period_words(context.period)}; "
            "hồ sơ rút hoặc dừng tính vào đã giải quyết"
        },
    )
