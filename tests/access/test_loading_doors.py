"""Loading through its routes: whose file it is, whose unit, what a name may do, what is left."""

from __future__ import annotations

import io
import os
import time
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from dashboard.access.gate import MOST_BODY
from dashboard.components.waiting import waiting_card
from dashboard.filters import Filters
from dashboard.pages import loading
from dashboard.reports.context import open_context
from dashboard.reports.data import build_data_report
from dashboard.reports.loading import last_batches, some_batches
from etl.access_tables import audit_log
from etl.errors import DatabaseFault, UserError
from etl.reading.limits import MEGABYTE
from etl.staging import KEPT_HOURS, is_outdated, list_waiting, safe_name
from etl.tables import fact_dossier, fact_feedback, fact_survey_answer, load_batch, plan
from etl.templates import write_templates
from tests.access.conftest import ROW, Served
from tests.components.helpers import of_type, words
from tests.etl.loaders import dossiers, load_text
from tests.examples import share
from tests.services.asking import ask_page, page_question
from tests.services.signing_in import signed_in

OWN, OTHER = "21646", "21637"
GOOD = dossiers({**ROW, "Mã hồ sơ": "H2"}, {**ROW, "Mã hồ sơ": "H3"})
FEEDBACK = (
    "Mã PAKN;Nguồn;Phân loại;Trạng thái;Ngày gửi;Mã đơn vị\n"
    "P1;Sổ góp ý;Khác;Đã trả lời;03/06/2024;{unit}\n"
)


def bring(client: FlaskClient, text: str, name: str = "tep.csv") -> int:
    data = {"tep": (io.BytesIO(text.encode("utf-8-sig")), name)}
    return client.post("/nap-du-lieu/tep", data=data).status_code


def test_what_cannot_be_loaded_is_not_said_to_be_tried(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    for text, refused in ((GOOD, 0), ("%PDF-1.4\n", 1), ("Họ tên;Tuổi\nA;40\n", 1)):
        data = {"tep": (io.BytesIO(text.encode("utf-8-sig")), "tep.csv")}
        told = client.post("/nap-du-lieu/tep", data=data).get_json()
        assert (told["refused"], "chưa nạp được" in told["message"]) == (refused, bool(refused))


def test_a_template_that_waits_shows_its_rows_and_not_its_lists(
    served: Served, tmp_path: Path
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    (path,) = write_templates(tmp_path, ["task_report"])
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    for cell in sheet[2]:
        sheet.cell(3, cell.column).value = str(cell.value).removeprefix("Ví dụ: ")
    book.save(path)
    client.post("/nap-du-lieu/tep", data={"tep": (io.BytesIO(path.read_bytes()), path.name)})
    (one,) = list_waiting(served.settings.data_dir, 1)
    shown = words(
        waiting_card(one.token, one.name, one.look, asdict(one.choice), base="", is_old=False)
    )
    assert "«Số liệu»" in shown
    assert "Danh sách" not in shown


def test_what_waits_is_counted_and_stands_first_on_a_phone(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, GOOD, "tot.csv")
    bring(client, "%PDF-1.4\n", "bao-cao.xlsx")
    question = page_question(client, pathname="/nap-du-lieu")
    (screen,) = [one for one in question["inputs"] if one["id"] == "screen"]
    for size, order in (("wide", ["help", "tep-"]), ("phone", ["tep-", "help"])):
        screen["value"] = size
        shown = str(client.post("/_dash-update-component", json=question).get_json())
        assert "1 tệp chờ nạp, 1 tệp chưa nạp được" in shown
        assert sorted(order, key=lambda code: shown.index(f"'id': '{code}")) == order


def test_the_latest_loads_stand_open_and_those_before_are_folded(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_text(served.engine, tmp_path, GOOD, name="moi.csv", as_of=date(2024, 6, 30))
    client = signed_in(served.server, served.engine, role="editor")
    assert "Các lần nạp trước đó" not in str(ask_page(client, "/nap-du-lieu").get_json())
    monkeypatch.setattr(loading, "_LATEST", 1)
    shown = str(ask_page(client, "/nap-du-lieu").get_json())
    latest, older = shown.split("Các lần nạp trước đó (1)", 1)
    assert "moi.csv" in latest and "moi.csv" not in older and "tep.csv" in older


def waiting(served: Served, owner: int = 1) -> list[str]:
    return [one.token for one in list_waiting(served.settings.data_dir, owner)]


def count(served: Served, table: object) -> int:
    with served.engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


def test_a_waiting_file_is_its_owners_alone(served: Served) -> None:
    mine = signed_in(served.server, served.engine, role="editor")
    other = signed_in(served.server, served.engine, role="administrator")
    assert bring(mine, GOOD) == 200
    (token,) = waiting(served)
    for act in ("nap", "bo", "xem-lai", "ghep"):
        assert other.post(f"/nap-du-lieu/{token}/{act}").status_code == 409
    assert count(served, fact_dossier) == 1
    assert mine.post(f"/nap-du-lieu/{token}/nap").status_code == 200
    assert count(served, fact_dossier) == 3
    assert waiting(served) == []
    # A second time, and after going back: there is nothing left to load.
    assert mine.post(f"/nap-du-lieu/{token}/nap").status_code == 409
    assert count(served, load_batch) == 2


@pytest.mark.parametrize("token", ["..", "%2e%2e", "../../etc", "0" * 16, "ABCDEF0123456789", ""])
def test_a_token_leads_nowhere_else(served: Served, token: str) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert client.post(f"/nap-du-lieu/{token}/nap").status_code in (404, 405, 409)
    assert count(served, load_batch) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Windows\\a.csv", "a.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("<img src=x>.csv", "_img src=x_.csv"),
        ("...", "khong-ten"),
        ("hồ sơ tháng 6.xlsx", "hồ sơ tháng 6.xlsx"),
        ("x" * 400 + ".csv", "x" * 196 + ".csv"),
        ("ế" * 130 + ".csv", "ế" * 65 + ".csv"),
        ("bao_cao_thang_6", "bao_cao_thang_6"),
        ("Báo cáo. Tháng sáu năm 2024", "Báo cáo. Tháng sáu năm 2024"),
    ],
)
def test_a_name_stays_a_name(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_rows_of_another_unit_are_not_loaded_by_who_may_not(served: Served) -> None:
    held = signed_in(served.server, served.engine, role="editor", units=(OWN,))
    assert bring(held, FEEDBACK.format(unit=OTHER)) == 200
    (token,) = waiting(served)
    (found,) = list_waiting(served.settings.data_dir, 1)
    assert OTHER in found.look["refused"]
    assert held.post(f"/nap-du-lieu/{token}/nap").status_code == 409
    assert count(served, fact_feedback) == 0
    free = signed_in(served.server, served.engine, role="administrator")
    assert bring(free, FEEDBACK.format(unit=OTHER)) == 200
    (token,) = waiting(served, 2)
    assert free.post(f"/nap-du-lieu/{token}/nap").status_code == 200
    assert count(served, fact_feedback) == 1


def test_loads_of_another_unit_are_not_told_to_who_may_not_see_it(served: Served) -> None:
    free = signed_in(served.server, served.engine, role="administrator")
    faulty = "P2;Sổ góp ý;Khác;Đã trả lời;31/02/2024;{unit}\n"
    assert bring(free, (FEEDBACK + faulty).format(unit=OTHER), "cua-nguoi-khac.csv") == 200
    (token,) = waiting(served)
    assert free.post(f"/nap-du-lieu/{token}/nap").status_code == 200
    held = signed_in(served.server, served.engine, role="editor", units=(OWN,))

    def told(units: tuple[str, ...] | None) -> list[list[str]]:
        with served.engine.connect() as connection:
            context = open_context(
                connection, settings=served.settings, filters=Filters(), units=units
            )
            tables = [section.table for section in build_data_report(context).sections]
            lists = [one.rows["file"].tolist() for one in tables if one and "file" in one.rows]
            found = [last_batches(context), some_batches(context, [1, 2])]
            return [*lists, *([str(one["file"]) for one in batches] for batches in found)]

    assert sum("cua-nguoi-khac.csv" in names for names in told(None)) == 4
    assert not any("cua-nguoi-khac.csv" in names for names in told((OWN,)))
    assert any(told((OWN,)))
    assert free.get("/nap-du-lieu/lan/2/bi-loai").status_code == 200
    assert held.get("/nap-du-lieu/lan/2/bi-loai").status_code == 409


def test_nobody_loads_for_an_office_whose_figures_they_may_not_see(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor", units=(OTHER,))
    assert bring(client, GOOD) == 403
    assert client.post("/nap-du-lieu/lan/1/hoan-tac").status_code == 403
    assert client.get("/nap-du-lieu/lan/1/bi-loai").status_code == 404
    assert client.post("/nap-du-lieu/nhap/plan", json={"rows": []}).status_code == 403
    assert count(served, fact_dossier) == 1


def test_a_change_without_the_sessions_token_is_refused(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    client.environ_base.pop("HTTP_X_CSRFTOKEN")
    assert bring(client, GOOD) == 403
    assert client.post("/nap-du-lieu/lan/1/hoan-tac").status_code == 403
    assert waiting(served) == []


def test_loads_and_undos_name_who_did_them(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, GOOD)
    (token,) = waiting(served)
    client.post(f"/nap-du-lieu/{token}/nap")
    assert client.post("/nap-du-lieu/lan/2/hoan-tac").status_code == 200
    a = audit_log.c
    with served.engine.connect() as connection:
        told = connection.execute(select(a.action, a.actor).order_by(a.entry_id.desc()).limit(2))
        assert [tuple(row) for row in told] == [("undo", "thu_editor"), ("load", "thu_editor")]
    assert count(served, fact_dossier) == 1


def test_a_file_over_the_limit_is_refused_in_words(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    size = served.settings.max_file_mb * MEGABYTE + MOST_BODY + 1
    answer = client.post(
        "/nap-du-lieu/tep",
        environ_overrides={"CONTENT_LENGTH": str(size)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert f"Tệp lớn hơn giới hạn {served.settings.max_file_mb} MB" in answer.get_data(as_text=True)
    big = {"rows": [{"note": "x" * MOST_BODY}]}
    for address in ("/nap-du-lieu/nhap/plan", "/_dash-update-component"):
        answer = client.post(address, json=big)
        assert answer.status_code == 413
        # No file was sent: the reader is told of no limit of files.
        told = answer.get_data(as_text=True)
        assert f"giới hạn {MOST_BODY // MEGABYTE} MB" in told and "Tệp" not in told


@pytest.mark.parametrize("body", [None, [], {"rows": 1}, {"rows": [1]}, {"rows": [{"a": {}}]}])
def test_typed_rows_that_are_none_are_refused(served: Served, body: object) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert client.post("/nap-du-lieu/nhap/task_report", json=body).status_code == 400
    assert client.post("/nap-du-lieu/nhap/dossier", json={"rows": []}).status_code == 409


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        (
            "plan",
            {"year": "2024", "baseline_pct": "x", "target_pct": "101"},
            [
                ("baseline_pct", "Chỉ số năm gốc (%) «x»: cần một số"),
                ("target_pct", "Mục tiêu (%) «101»: cần một số"),
            ],
        ),
        (
            "alias",
            {"dimension": "department", "spelling": " ", "canonical": ""},
            [("spelling", "Cách viết trong tệp: "), ("canonical", "Được tính là: ")],
        ),
        (
            "alias",
            {"dimension": "department", "spelling": "Tư  pháp", "canonical": "tư pháp"},
            [("spelling", "Cách viết trong tệp «Tư  pháp»: hai cách viết")],
        ),
        (
            "task_report",
            {"task_code": "I.1", "month": "2024-06", "status": "Đạt", "measured_value": "mười"},
            [("measured_value", "Số thực hiện «mười»: ")],
        ),
    ],
)
def test_a_fault_of_what_is_typed_names_its_box_and_says_its_label(
    served: Served, kind: str, row: dict[str, str], told: list[tuple[str, str]]
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    body = client.post(f"/nap-du-lieu/nhap/{kind}", json={"rows": [row]}).get_json()
    assert [(fault["row"], fault["column"]) for fault in body["faults"]] == [
        (1, column) for column, _ in told
    ]
    for fault, (_, label) in zip(body["faults"], told, strict=True):
        assert fault["words"].startswith(f"dòng 1, {label}")
        assert fault["words"].endswith(fault["reason"])


def test_a_refusal_names_what_the_page_has_and_no_option(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    assert bring(client, "Ký hiệu;Việc\nA1;Chứng thực\n", "la.csv") == 200
    (token,) = waiting(served)
    unknown = client.post(f"/nap-du-lieu/{token}/nap")
    with served.engine.begin() as connection:
        connection.execute(update(load_batch).values(is_demo=True))
    row = {"task_code": "I.1", "month": "2024-06", "status": "Đạt"}
    mixed = client.post("/nap-du-lieu/nhap/task_report", json={"rows": [row]})
    for answer, step in ((unknown, "ô Loại số liệu"), (mixed, "«Xóa dữ liệu minh họa và nạp»")):
        said = answer.get_data(as_text=True)
        assert answer.status_code == 409 and step in said
        assert "--" not in said and "task_report" not in said


def test_columns_matched_for_one_kind_say_nothing_of_another(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, "Ký hiệu;Việc\nA1;Chứng thực\n", "la.csv")
    (token,) = waiting(served)
    # Of no kind yet, then of this one, then another is chosen.
    for matched, source, kept in (
        ("", "dossier", {}),
        ("dossier", "dossier", {"department": "Việc"}),
        ("dossier", "feedback", {}),
    ):
        form = {"matched": matched, "source": source, "column-department": "Việc"}
        assert client.post(f"/nap-du-lieu/{token}/ghep", data=form).status_code == 200
        (found,) = list_waiting(served.settings.data_dir, 1)
        assert (found.choice.source, found.choice.columns) == (source, kept)


def test_columns_matched_by_hand_are_known_in_the_next_file_of_their_headers(
    served: Served,
) -> None:
    client = signed_in(served.server, served.engine, role="editor")

    def look_of(text: str, name: str) -> tuple[str, dict[str, Any]]:
        bring(client, text, name)
        (token,) = waiting(served)
        (found,) = list_waiting(served.settings.data_dir, 1)
        return token, found.look

    head = "Ký hiệu;Việc;Phòng;Lúc nhận"
    token, look = look_of(f"{head}\nA1;Chứng thực;Tư pháp;03/06/2024\n", "thang-6.csv")
    assert not look["is_recalled"] and not look["parts"]
    columns = {
        "dossier_code": "Ký hiệu",
        "procedure_name": "Việc",
        "department": "Phòng",
        "received_at": "Lúc nhận",
    }
    form = {f"column-{name}": header for name, header in columns.items()}
    client.post(f"/nap-du-lieu/{token}/ghep", data={"source": "dossier", **form})
    client.post(f"/nap-du-lieu/{token}/nap")
    token, look = look_of(
        "LÚC NHẬN;Phòng;Việc;Ký hiệu\n03/07/2024;Tư pháp;Chứng thực;A2\n", "7.csv"
    )
    assert look["is_recalled"] and [part["inserted"] for part in look["parts"]] == [1]
    shown = str(ask_page(client, "/nap-du-lieu").get_json())
    assert "Cột được ghép như lần trước" in shown
    client.post(f"/nap-du-lieu/{token}/xem-lai")
    (found,) = list_waiting(served.settings.data_dir, 1)
    assert found.look["is_recalled"], "looked at again, they are still those of the last time"
    client.post(f"/nap-du-lieu/{token}/nap")
    other = f"{head}\nA3;Chứng thực;Tư pháp;03/07/2024\n".replace("Phòng", "Tổ")
    _, look = look_of(other, "khac.csv")
    assert not look["is_recalled"] and not look["parts"]


def test_no_question_goes_when_a_survey_is_read_by_what_the_form_shows(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    text = "Mã phiếu;Ngày khảo sát;I.1 Dễ tìm;II.1 Chỗ ngồi\nP1;03/06/2024;5;3\n"
    bring(client, text)
    (one,) = list_waiting(served.settings.data_dir, 1)
    shown = waiting_card(one.token, one.name, one.look, asdict(one.choice), base="", is_old=False)
    form = {
        box.name: option.value
        for box in of_type(shown, "Select")
        for option in of_type(box, "Option")
        if getattr(option, "selected", None)
    }
    told = client.post(f"/nap-du-lieu/{one.token}/ghep", data={**form, "as_of": "30/06/2024"})
    assert told.status_code == 200
    (one,) = list_waiting(served.settings.data_dir, 1)
    assert not one.choice.is_by_hand, "it is what the headers say"
    client.post(f"/nap-du-lieu/{one.token}/nap")
    with served.engine.connect() as connection:
        kept = connection.scalars(select(fact_survey_answer.c.score)).all()
    assert sorted(kept) == [3, 5]


def test_a_file_is_loaded_though_its_columns_could_not_be_remembered(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, GOOD)
    (token,) = waiting(served)
    form = {"source": "dossier", "column-dossier_code": "Mã hồ sơ"}
    client.post(f"/nap-du-lieu/{token}/ghep", data=form)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseFault

    monkeypatch.setattr("etl.staging.remember", fail)
    assert client.post(f"/nap-du-lieu/{token}/nap").status_code == 200
    assert not waiting(served)


def test_what_is_saved_is_shown_where_it_was_typed(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    alias = {"dimension": "department", "spelling": "Địa chính-XD", "canonical": "Địa chính"}
    report = {"task_code": "I.1", "month": "2024-05", "status": "Đạt"}
    for kind, rows, address in (
        ("task_report", [{}, report], "?nhap=task_report&thang=2024-05"),
        ("ranking", [{"unit": OWN, "year": "2022", "rank": "3"}], "?nhap=ranking&nam=2022"),
        ("plan", [{"year": "2025", "target_pct": "92"}], "?nhap=plan&nam=2025"),
        ("alias", [alias], "?nhap=alias"),
        ("alias_delete", [alias], "?nhap=alias"),
    ):
        body = client.post(f"/nap-du-lieu/nhap/{kind}", json={"rows": rows}).get_json()
        assert body == {"message": "Đã lưu.", "go": f"/nap-du-lieu{address}"}


def test_a_load_outdates_the_trials_of_its_own_source_alone(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="administrator")
    bring(client, GOOD, "nap.csv")
    bring(client, GOOD, "cho.csv")
    bring(client, FEEDBACK.format(unit=OWN), "phan_anh.csv")
    found = {one.name: one for one in list_waiting(served.settings.data_dir, 1)}
    client.post(f"/nap-du-lieu/{found.pop('nap.csv').token}/nap")
    with served.engine.connect() as connection:
        outdated = {
            name: is_outdated(connection, one, settings=served.settings)
            for name, one in found.items()
        }
    assert outdated == {"cho.csv": True, "phan_anh.csv": False}


def test_names_that_files_have_are_suggested_where_spellings_are_merged(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    page = str(ask_page(client, "/nap-du-lieu", "?nhap=alias").get_json())
    assert f"'value': '{ROW['Bộ phận']}'" in page
    assert page.count("'list': 'known-names'") == 2


def test_a_blank_plan_takes_its_figures_away_and_nothing_typed_is_said(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    for value, kept in (("50", 50), ("", None)):
        row = {"year": "2030", "baseline_pct": value, "target_pct": value}
        assert "go" in client.post("/nap-du-lieu/nhap/plan", json={"rows": [row]}).get_json()
        with served.engine.connect() as connection:
            query = select(plan.c.baseline_pct).where(plan.c.unit == OWN, plan.c.year == 2030)
            assert connection.execute(query).one() == (kept,)
    body = client.post("/nap-du-lieu/nhap/plan", json={"rows": [{}]}).get_json()
    assert [fault["words"] for fault in body["faults"]] == ["Chưa có ô nào được nhập."]
    assert body["message"] == "Chưa lưu."


def test_a_file_that_waited_a_day_is_thrown_away(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, GOOD)
    (found,) = list_waiting(served.settings.data_dir, 1)
    assert found.folder.stat().st_mode & 0o077 == 0
    old = time.time() - KEPT_HOURS * 3600 - 60
    os.utime(found.path.parent, (old, old))
    # Looking at it again does not let it wait longer.
    assert client.post(f"/nap-du-lieu/{found.token}/xem-lai").status_code == 200
    # Whoever looks at what waits, under whatever name, throws it away.
    assert waiting(served, 2) == []
    assert not found.folder.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("look.json", b'{"kind": "CSV", "refused": "", "sheets": [{}], "parts": [{}]}'),
        ("look.json", b'{"kind": "C'),
        ("look.json", b"[]"),
        ("choice.json", b'{"source": "dossier", "no_such": 1}'),
    ],
)
def test_a_file_that_another_version_has_looked_at_is_named_and_looked_at_anew(
    served: Served, name: str, kept: bytes
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, GOOD, "cho.csv")
    (found,) = list_waiting(served.settings.data_dir, 1)
    (found.folder / name).write_bytes(kept)
    page = str(ask_page(client, "/nap-du-lieu").get_json())
    assert "cho.csv" in page and "Các lần nạp gần đây" in page
    assert ("bản chương trình trước" in page) == (name == "look.json")
    assert client.post(f"/nap-du-lieu/{found.token}/xem-lai").status_code == 200
    (again,) = list_waiting(served.settings.data_dir, 1)
    assert again.is_loadable
    assert client.post(f"/nap-du-lieu/{found.token}/nap").status_code == 200
    assert count(served, fact_dossier) == 3


LOOK_FIELDS = (
    "at format is_recalled kind parts refused replaces_demo sheets size sources version",
    "head header_row is_hidden missing name nearest notes problems proposals rows source",
    "columns rows",
    "canonical certainty header label others",
    (
        "as_of covered_from covered_to inserted new_members rejected rejects removed repeated "
        "rows_read sheet source unchanged updated warnings"
    ),
    "dimension label",
    "column reason row value",
)
"""Of a look, its sheets, their heads and proposals, its parts, their new members and rejects."""


def test_a_look_of_other_fields_has_another_format(served: Served) -> None:
    """Under the same number it would break the page of whoever has a file wait at an upgrade."""
    client = signed_in(served.server, served.engine, role="editor")
    bring(client, dossiers({**ROW, "Ngày hẹn trả": "41/06/2024"}, {**ROW, "Bộ phận": "Mới"}))
    (found,) = list_waiting(served.settings.data_dir, 1)
    (sheet,), (part,) = found.look["sheets"], found.look["parts"]
    (member,), (reject,) = part["new_members"], part["rejects"]
    parts = (found.look, sheet, sheet["head"], sheet["proposals"][0], part, member, reject)
    fields = tuple(" ".join(sorted(one)) for one in parts)
    assert (found.look["format"], fields) == (2, LOOK_FIELDS)


def test_what_is_waiting_tells_no_personal_data(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    text = GOOD.splitlines()
    rows = [f"{one};Nguyễn Văn Riêng;0905123456" for one in text[1:]]
    assert bring(client, "\n".join([f"{text[0]};Họ và tên;Ghi chú", *rows])) == 200
    (found,) = list_waiting(served.settings.data_dir, 1)
    seen = (found.folder / "look.json").read_text(encoding="utf-8")
    assert "Nguyễn Văn Riêng" not in seen and "0905123456" not in seen


def test_no_context_is_opened_on_a_unit_that_is_not_the_readers(served: Served) -> None:
    with served.engine.connect() as connection:
        asked = {"settings": served.settings, "filters": Filters()}
        assert open_context(connection, units=(OWN,), **asked).latest == date(2024, 6, 30)
        # Whoever holds another unit alone looks at that one, whatever is asked for.
        for unit in (None, OWN, "all"):
            asked["filters"] = Filters(unit=unit)
            context = open_context(connection, units=(OTHER,), **asked)
            assert (context.codes, context.offices, context.has_data) == ((OTHER,), (), False)
        with pytest.raises(UserError, match="không được xem số liệu"):
            replace(context, units=(OWN,))


BEGINNINGS = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"<html><table><tr><td>",
        b'<?xml version="1.0"?>',
        "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận\n".encode(),
        "Mã phiếu,Ngày khảo sát,Tiêu chí,Mức độ\n".encode(),
    ]
)
SUFFIXES = st.sampled_from(["csv", "xlsx", "xls", "ods", "html", "txt", "tsv", "exe", ""])


@share(0.3)
@given(
    beginning=BEGINNINGS,
    rest=st.one_of(st.binary(max_size=300), st.text(max_size=120).map(str.encode)),
    stem=st.text(max_size=30),
    suffix=SUFFIXES,
)
def test_no_file_that_is_brought_breaks_the_server(
    served: Served, beginning: bytes, rest: bytes, stem: str, suffix: str
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    name = f"{stem}.{suffix}" if suffix else stem
    answer = client.post(
        "/nap-du-lieu/tep", data={"tep": (io.BytesIO(beginning + rest), name or "a")}
    )
    assert answer.status_code in (200, 409), answer.get_data(as_text=True)
    for token in waiting(served):
        assert client.post(f"/nap-du-lieu/{token}/nap").status_code in (200, 409)
    assert ask_page(client, "/nap-du-lieu").status_code == 200
    for token in waiting(served):
        assert client.post(f"/nap-du-lieu/{token}/bo").status_code == 200


@share(0.3)
@given(
    kind=st.sampled_from(["task_report", "ranking", "plan", "alias", "alias_delete", "la"]),
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    "task_code",
                    "month",
                    "status",
                    "year",
                    "unit",
                    "rank",
                    "index_pct",
                    "dimension",
                    "spelling",
                    "canonical",
                    "target_pct",
                    "evidence",
                ]
            ),
            st.one_of(st.text(max_size=20), st.sampled_from(["I.1", "2024-06", "2024", "Đạt"])),
        ),
        max_size=3,
    ),
)
def test_no_row_that_is_typed_breaks_the_server(
    served: Served, kind: str, rows: list[dict[str, str]]
) -> None:
    client = signed_in(served.server, served.engine, role="editor")
    answer = client.post(f"/nap-du-lieu/nhap/{kind}", json={"rows": rows})
    assert answer.status_code in (200, 409), answer.get_data(as_text=True)
