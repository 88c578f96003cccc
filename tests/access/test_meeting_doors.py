"""The meeting through its routes: its record, its minutes, its deck, and who may have them."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from etl.warehouse import write_transaction
from tests.access.conftest import ROW, Served
from tests.etl.loaders import dossiers, load_text
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

OWN, OTHER = ("21646",), ("21637",)
HELD = {"kind": "meeting", "field": "held_on", "month": "2024-06", "subject": ""}


def save(client: FlaskClient, value: Any, **key: Any) -> Any:
    asked = {"base": "", "value": value, **HELD, **key}
    return client.post("/hop-thang/bien-ban", json=asked)


def test_a_field_is_saved_and_read_back(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert save(client, "2024-07-01").get_json()["version"] == 1
    viewer = signed_in(served.server, served.engine, role="viewer")
    told = viewer.get("/hop-thang/bien-ban/2024-06").get_json()
    # An open page hears whether its reader may still write.
    assert not told["may"]
    assert client.get("/hop-thang/bien-ban/2024-06").get_json()["may"]
    (entry,) = told["entries"]
    assert (entry["value"], entry["saved_by"]) == ("2024-07-01", "thu_editor")
    asked = "kind=meeting&field=held_on&month=2024-06&subject="
    history = viewer.get(f"/hop-thang/bien-ban/lich-su?{asked}").get_json()["entries"]
    assert [one["value"] for one in history] == ["2024-07-01"]
    assert save(viewer, "2024-07-02").status_code == 403
    # Typed on a page of one, sent after another has signed in beside it: it is nobody's.
    assert client.get("/hop-thang/bien-ban/2024-06").get_json()["user"] == "thu_editor"
    assert save(client, "2024-07-03", base="2024-07-01", user="thu_leader").status_code == 403
    assert save(client, "2024-07-03", base="2024-07-01", user="thu_editor").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"value": "hôm qua"},
        {"field": "khong_co", "value": "a"},
        {"month": "2024-13", "value": "2024-07-01"},
        {"kind": "department", "field": "assessment", "value": "x" * 5000, "subject": "a"},
    ],
)
def test_what_cannot_be_saved_says_why(served: Served, change: dict[str, str]) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    answer = save(client, **change)
    assert answer.status_code == 409
    assert answer.get_data(as_text=True).endswith((".", "!"))


@pytest.mark.parametrize("body", [None, [], {}, {**HELD, "value": 1, "base": ""}])
def test_what_is_no_field_is_refused(served: Served, body: object) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert client.post("/hop-thang/bien-ban", json=body).status_code == 400


def test_a_decision_is_closed_by_leaders_alone(served: Served) -> None:
    state = {"kind": "decision", "field": "state", "subject": "d1"}
    editor = signed_in(served.server, served.engine, role="editor")
    # A fault of the field's, as every refusal of what is typed: the page's script says it there.
    refused = save(editor, "closed", **state)
    assert refused.status_code == 409 and "lãnh đạo" in refused.get_data(as_text=True)
    leader = signed_in(served.server, served.engine, role="leader")
    assert save(leader, "closed", **state).status_code == 200


def test_a_decision_does_not_leave_the_agenda_by_being_emptied(served: Served) -> None:
    what = {"kind": "decision", "field": "what", "subject": "d1"}
    editor = signed_in(served.server, served.engine, role="editor")
    assert save(editor, "Rà soát", **what).status_code == 200
    refused = save(editor, " ", **what, base="Rà soát")
    assert refused.status_code == 409 and "lãnh đạo" in refused.get_data(as_text=True)
    assert save(editor, "Rà soát hồ sơ", **what, base="Rà soát").status_code == 200
    leader = signed_in(served.server, served.engine, role="leader")
    assert save(leader, "", **what, base="Rà soát hồ sơ").get_json()["value"] == ""


def test_nothing_of_it_is_for_who_may_not_see_the_unit(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="administrator", units=OTHER)
    assert save(client, "2024-07-01").status_code == 403
    for address in (
        "/hop-thang/bien-ban/2024-06",
        "/hop-thang/bien-ban/lich-su",
        "/hop-thang/trinh-chieu?period=2024-06",
        "/hop-thang/ket-luan/2024-06/pdf",
    ):
        answer = client.get(address)
        assert answer.status_code == 403
        assert ROW["Bộ phận"] not in answer.get_data(as_text=True)


def test_the_deck_of_a_month_and_of_a_kept_snapshot(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor", units=OWN)
    answer = client.get("/hop-thang/trinh-chieu?period=2024-06")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-scripts")
    page = answer.get_data(as_text=True)
    assert page.lower().startswith("<!doctype html>") and ROW["Bộ phận"] in page
    assert client.post("/bao-cao/lap", data={"period": "2024-06"}).status_code == 200
    kept = client.get("/hop-thang/trinh-chieu?so=1")
    assert kept.status_code == 200
    assert "đã thay đổi" not in kept.get_data(as_text=True)
    load_text(
        served.engine,
        served.settings.data_dir,
        dossiers({**ROW, "Mã hồ sơ": "H9"}),
        name="them.csv",
    )
    assert "đã thay đổi" in client.get("/hop-thang/trinh-chieu?so=1").get_data(as_text=True)
    for address in ("?period=2024-13", "?so=99", ""):
        assert client.get(f"/hop-thang/trinh-chieu{address}").status_code == 404


def test_the_calendar_that_was_chosen_goes_along_to_the_deck_and_the_minutes(
    served: Served,
) -> None:
    # Past the fourteenth it is of June by the calendar, and of July as months are reported.
    days = {"Ngày hẹn trả": "18/06/2024", "Ngày kết thúc xử lý": "20/06/2024"}
    later = {**ROW, "Mã hồ sơ": "H9", **days}
    load_text(served.engine, served.settings.data_dir, dossiers(later), name="them.csv")
    client = signed_in(served.server, served.engine, role="editor")
    save(client, "2024-07-01")
    asked = "?period=2024-06&calendar=report"
    page = str(ask_page(client, "/hop-thang", asked).get_json())
    assert ROW["Mã hồ sơ"] in page and "H9" not in page
    assert "has-calendar" in page
    deck, minutes = "/hop-thang/trinh-chieu", "/hop-thang/ket-luan/2024-06/docx"
    for link, is_said in ((f"{deck}{asked}", True), (f"{deck}?period=2024-06", False)):
        assert (
            "Tháng 6/2024, theo tháng báo cáo" in client.get(link).get_data(as_text=True)
        ) == is_said
    for link, shown in ((f"{minutes}?calendar=report", False), (minutes, True)):
        with ZipFile(io.BytesIO(client.get(link).data)) as document:
            text = document.read("word/document.xml").decode()
        assert ROW["Mã hồ sơ"] in text and ("H9" in text) == shown
    assert f"'{deck}{asked}'" in page and f"'{minutes}?calendar=report'" in page


def test_the_minutes_are_printed_once_something_is_written(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert client.get("/hop-thang/ket-luan/2024-06/pdf").status_code == 409
    save(client, "2024-07-01")
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert client.get(f"/hop-thang/ket-luan/2024-06/{kind}").data.startswith(start)
    assert client.get("/hop-thang/ket-luan/2024-06/exe").status_code == 404
    with write_transaction(served.engine) as connection:
        assert (
            connection.exec_driver_sql(
                "select count(*) from audit_log where action = 'export'"
            ).scalar()
            == 2
        )
