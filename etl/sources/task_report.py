"""Monthly reports on the plan's tasks: state, measured figures, evidence."""

from __future__ import annotations

import re

import pandas as pd

from etl.catalogue.tasks import load_tasks
from etl.sources.draft import Draft, last_of_each

_CODE = re.compile(r"(I{1,3}|IV|VI?)\s*[.,-]?\s*(\d)(?!\d)", re.IGNORECASE)
_MOST = 1_000_000_000


def task_code(text: str | None) -> str | None:
    """Return the task that ``text`` names ("i.1", "IV-2", "V.3 Trả đúng hạn"); None for none."""
    found = _CODE.match(text or "")
    code = f"{found[1].upper()}.{found[2]}" if found else None
    return code if code in load_tasks() else None


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return the accepted reports, one per task and month, and how many rows were repeated."""
    unit = draft.units()
    named = draft.key("task_code")
    code = named.map(task_code)
    draft.ledger.reject(
        code.isna(),
        column=draft.header("task_code"),
        values=named,
        reason=f"không có nhiệm vụ này trong kế hoạch ({', '.join(load_tasks())}).",
    )
    month = draft.dates(("month",), months=True)["month"].values
    draft.ledger.reject(
        month.isna(),
        column=draft.header("month"),
        values=draft.raw("month"),
        reason="thiếu tháng báo cáo; hãy ghi dạng 06/2024.",
    )
    rows = pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": unit,
            "task_code": code,
            "month": month.dt.strftime("%Y-%m"),
            "status": draft.strict_coded("status"),
            "measured_value": draft.number("measured_value", whole=False, low=0, high=_MOST),
            "measured_of": draft.number("measured_of", whole=False, low=0, high=_MOST),
            "checklist": draft.number("checklist", whole=True, low=0, high=1000),
            "evidence": draft.text("evidence"),
            "note": draft.text("note"),
        },
        index=draft.frame.index,
    )
    draft.ledger.warn(
        "measured_above_total",
        (rows["measured_value"] > rows["measured_of"]).fillna(False).astype(bool),
        column=draft.header("measured_value"),
        message=f"«{draft.header('measured_value')}» lớn hơn «{draft.header('measured_of')}»; vẫn "
        "giữ, hãy kiểm tra lại.",
        values=draft.raw("measured_value"),
    )
    return last_of_each(draft, draft.ledger.kept(rows), ["unit", "month", "task_code"])
