"""What is written of a page is what Dash itself would have written."""

from __future__ import annotations

from datetime import date

import numpy as np
import orjson
import pandas as pd
import plotly.graph_objects as go
import pytest
from dash import dcc, html
from dash._utils import to_json

from dashboard.writing import written

FIGURE = go.Figure(
    data=[
        {
            "type": "scatter",
            "x": np.array([1.0, np.nan, 3.0]),
            "y": np.array([1, 2, 3]),
            "customdata": np.array([["Một", None], ["</script>", 2]], dtype=object),
        }
    ]
)


@pytest.mark.parametrize(
    "drawn",
    [
        html.Div([html.P("Tỷ lệ trễ", **{"data-k": 1}), None, ["a", html.Br()]], id="x"),
        dcc.Graph(id="g", figure=FIGURE),
        {"options": [{"label": "Tất cả", "value": ""}], "is_first": True, "none": None},
        [np.float64(0.25), np.int64(7), np.bool_(True), float("nan"), pd.NA, pd.NaT],
        date(2024, 6, 30),
        "Tiếng Việt có dấu",
    ],
    ids=["components", "graph", "plain", "scalars", "date", "text"],
)
def test_a_drawing_is_written_as_dash_writes_it(drawn: object) -> None:
    assert orjson.loads(orjson.dumps(written(drawn))) == orjson.loads(to_json(drawn))


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        written(html.Div(object()))
