"""The list of dossiers as a workbook: whose it is, that it stays text, and that it is written."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from etl.audit import read_audit
from tests.access.conftest import ROW, Served
from tests.etl.loaders import dossiers, load_text
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

OWN, OTHER = ("21646",), ("21637",)
ADDRESS = "/ho-so/danh-sach.xlsx?period=2024-06"


def cells(answer: Any) -> list[list[Any]]:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def exports(served: Served) -> list[tuple[str, str, Any]]:
    with served.engine.connect() as connection:
        rows = read_audit(connection)
    return [
        (one.actor, one.subject, orjson.loads(one.detail)) for one in rows if one.action == "export"
    ]


def test_the_workbook_is_the_list_of_the_page_and_is_written_down(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="viewer")
    shown = str(ask_page(client, "/ho-so", "?period=2024-06").get_json())
    assert f"'{ADDRESS}'" in shown
    answer = client.get(ADDRESS)
    assert answer.headers["Content-Disposition"].endswith('filename="ho-so-21646-2024-06.xlsx"')
    rows = cells(answer)
    assert "UBND xã Hoài Châu Bắc · Tháng 6/2024 · số liệu đến 30/06/2024" in rows[2][0]
    assert rows[3][:4] == ["Tình trạng", "Hẹn trả", "Trễ (ngày làm việc)", "Mã hồ sơ"]
    (row,) = rows[4:]
    assert row[:4] == ["Đã xong, trễ hạn", row[1], 2, ROW["Mã hồ sơ"]]
    assert row[1].date() == date(2024, 6, 10)
    ((actor, subject, detail),) = exports(served)
    assert (actor, subject) == ("thu_viewer", "2024-06")
    assert detail == {"form": "dossiers.xlsx", "list": "late_rate", "rows": 1, "unit": "21646"}


def test_filters_and_the_number_behind_narrow_it(served: Served) -> None:
    client = signed_in(served.server, served.engine)
    assert cells(client.get(f"{ADDRESS}&department=kh%C3%B4ng+c%C3%B3"))[4:] == []
    rows = cells(client.get(f"{ADDRESS}&list=dossiers_received"))
    assert [row[0] for row in rows[4:]] == ["Được đếm"]
    assert exports(served)[0][2]["list"] == "dossiers_received"
    for bad in ("?period=x&list=%00&unit=%ff", "?department=" + "x" * 9000):
        assert client.get(f"/ho-so/danh-sach.xlsx{bad}").status_code == 200
    unloaded = client.get("/ho-so/danh-sach.xlsx?period=2030-01")
    assert unloaded.status_code == 404
    assert "Tháng 1/2030 chưa có số liệu hồ sơ" in unloaded.text


def test_it_holds_the_readers_units_alone(served: Served, tmp_path: Path) -> None:
    other = {**ROW, "Mã hồ sơ": "000.00.36.H08-240603-0777"}
    load_text(
        served.engine,
        tmp_path,
        dossiers(other),
        name="khac.csv",
        as_of=date(2024, 6, 30),
        unit=OTHER[0],
    )
    for units, seen in ((OWN, [ROW["Mã hồ sơ"]]), (OTHER, [other["Mã hồ sơ"]])):
        client = signed_in(served.server, served.engine, role="viewer", units=units)
        for unit in ("", *OWN, *OTHER, "all"):
            answer = client.get(f"{ADDRESS}&unit={unit}")
            codes = [row[3] for row in cells(answer)[4:]]
            assert codes == seen, (units, unit)
    nobody = signed_in(served.server, served.engine, role="viewer", units=("21640",))
    assert nobody.get(f"{ADDRESS}&unit={OWN[0]}").status_code == 404
    everything = signed_in(served.server, served.engine, role="viewer")
    assert everything.get(f"{ADDRESS}&unit=all").status_code == 404


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("//x")'])
def test_what_looks_like_a_formula_is_text(served: Served, tmp_path: Path, sign: str) -> None:
    risky = {**ROW, "Mã hồ sơ": "000.00.36.H08-240604-0002", "Bộ phận": f"{sign} bộ phận"}
    load_text(served.engine, tmp_path, dossiers(risky), name="x.csv", as_of=date(2024, 6, 30))
    answer = signed_in(served.server, served.engine).get(ADDRESS)
    assert sum(f"{sign.strip()} bộ phận" == row[5] for row in cells(answer)[4:]) == 1
