"""Reports as JSON and back, without loss: what is read is equal to what was written.

JSON knows neither dates nor tuples nor four kinds of blank, pandas does: what JSON lacks is an
object with the single key ``$…``. Keys are sorted, so that equal Reports give equal bytes.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import orjson
import pandas as pd

from dashboard.model import (
    Chart,
    Kpi,
    KpiRow,
    Missing,
    Report,
    Section,
    Span,
    Table,
    TableColumn,
    Verdict,
)

_RECORDS: Mapping[str, Any] = {
    one.__name__: one
    for one in (Chart, Kpi, KpiRow, Missing, Report, Section, Span, Table, TableColumn, Verdict)
}
_PLAIN = frozenset({str, int, bool, type(None)})
"""Types that JSON has as they are: most values, so they are asked for first."""
_BLANKS: dict[str, Any] = {"nan": float("nan"), "na": pd.NA, "nat": pd.NaT}


def dump(value: Any) -> bytes:
    """Return plain values as canonical JSON: UTF-8, sorted keys, no blanks, a final newline."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def encode_report(report: Report) -> dict[str, Any]:
    """Return a Report as plain values that JSON can carry."""
    return {"$record": _encode_record(report)}


def decode_report(plain: Mapping[str, Any]) -> Report:
    """Return the Report that :func:`encode_report` wrote.

    Raises:
        KeyError, TypeError, ValueError: the values are not those of a Report.
    """
    report = decode(plain)
    if not isinstance(report, Report):
        raise TypeError(f"not a report but a {type(report).__name__}")
    return report


# Writing ------------------------------------------------------------------------------------------


def _encode_record(record: Any) -> dict[str, Any]:
    kind = type(record)
    if kind is not _RECORDS.get(kind.__name__):
        raise TypeError(f"a report cannot hold a {kind.__name__}")
    fields = dataclasses.fields(record)
    return {
        "type": kind.__name__,
        "fields": {field.name: encode(getattr(record, field.name)) for field in fields},
    }


def encode(value: Any) -> Any:
    """Return any value a Report holds as plain values."""
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return _encode_float(value)
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, pd.DataFrame):
        return {"$frame": encode_frame(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"$record": _encode_record(value)}
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError(f"a key that is no string: {list(value)}")
        return {name: encode(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    return _encode_scalar(value)


def _encode_float(value: float) -> Any:
    if math.isinf(value):
        raise ValueError("a number without end has no place in a report")
    return {"$blank": "nan"} if math.isnan(value) else value


def _encode_scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        return encode(value.item())
    if value is pd.NA:
        return {"$blank": "na"}
    if value is pd.NaT:
        return {"$blank": "nat"}
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    raise TypeError(f"a report cannot hold a {type(value).__name__}")


def encode_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as columns with their types; rows are numbered anew."""
    return {
        "rows": len(frame),
        "columns": [
            {
                "name": str(name),
                "type": str(frame[name].dtype),
                "values": [encode(value) for value in frame[name].tolist()],
            }
            for name in frame.columns
        ],
    }


# Reading ------------------------------------------------------------------------------------------


def decode(plain: Any) -> Any:
    """Return the value that :func:`encode` wrote."""
    if type(plain) in _PLAIN or type(plain) is float:
        return plain
    if isinstance(plain, list):
        return [decode(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if len(plain) == 1:
        ((name, inner),) = plain.items()
        reader = _READERS.get(name)
        if reader is not None:
            return reader(inner)
    return {name: decode(item) for name, item in plain.items()}


def decode_frame(plain: Mapping[str, Any]) -> pd.DataFrame:
    """Return the frame that :func:`encode_frame` wrote."""
    columns = {
        column["name"]: pd.Series(
            [decode(value) for value in column["values"]], dtype=column["type"]
        )
        for column in plain["columns"]
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(plain["rows"]), columns=list(columns))


def _decode_record(plain: Mapping[str, Any]) -> Any:
    fields = {name: decode(value) for name, value in plain["fields"].items()}
    return _RECORDS[plain["type"]](**fields)


_READERS: dict[str, Any] = {
    "$record": _decode_record,
    "$frame": decode_frame,
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$blank": lambda kind: _BLANKS[kind],
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
}
