"""Snapshots from the page: made once, opened by whom they are for, sealed off, never half there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from dashboard.app import create_app
from dashboard.snapshots.delivery import deliveries
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.kept import find_archive
from dashboard.snapshots.office import drop_charts, make_monthly
from etl.audit import now, read_audit
from etl.delivery_tables import delivery, snapshot_log
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.access.conftest import ROW, Served
from tests.etl.loaders import dossiers, load_text
from tests.meeting.offices import say
from tests.services.asking import ask_page, chosen_values
from tests.services.server import free_port
from tests.services.signing_in import signed_in

s = snapshot_log.c
OWN, OTHER = ("21646",), ("21637",)


@pytest.fixture(scope="module", autouse=True)
def warm_charts() -> Iterator[None]:
    """The browser that draws the charts stays for all tests, as it does in a server."""
    yield
    drop_charts()


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    engine = open_engine(sqlite_url)
    load_text(engine, tmp_path, dossiers(ROW), as_of=date(2024, 6, 30))
    settings = Settings.model_construct(
        database_url=sqlite_url, data_dir=tmp_path, signing_key=tmp_path / "key.pem"
    )
    yield Served(create_app(settings, engine=engine).server, engine, settings)
    engine.dispose()


def make(office: Served, *, edition: str = "external", role: str = "editor") -> int:
    client = signed_in(office.server, office.engine, role=role)
    answer = client.post("/bao-cao/lap", data={"period": "2024-06", "edition": edition})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    with office.engine.connect() as connection:
        return max(connection.scalars(select(snapshot_log.c.snapshot_id)))


def test_a_snapshot_is_made_listed_opened_and_downloaded(office: Served) -> None:
    number = make(office)
    client = signed_in(office.server, office.engine, role="viewer")
    listed = str(ask_page(client, "/bao-cao").get_json())
    assert "Tháng 6/2024" in listed and f"/bao-cao/{number}/xem" in listed
    page = client.get(f"/bao-cao/{number}/xem")
    assert "<!doctype html>" in page.get_data(as_text=True).lower()
    assert page.headers["Content-Security-Policy"].startswith("sandbox allow-scripts")
    archive = client.get(f"/bao-cao/{number}/tai/zip")
    assert "attachment" in archive.headers["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
    assert {name.rsplit(".", 1)[-1] for name in names} >= {"pdf", "docx", "xlsx", "html", "json"}
    for kind, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        assert client.get(f"/bao-cao/{number}/tai/{kind}").data.startswith(start)
    assert client.get(f"/bao-cao/{number}/tai/exe").status_code == 404
    with office.engine.connect() as connection:
        actions = [row.action for row in read_audit(connection)]
    assert actions.count("export") == 5 and "snapshot_made" in actions


def test_a_recipient_has_the_snapshots_of_its_units_and_nothing_else(office: Served) -> None:
    number = make(office)
    listed = str(ask_page(signed_in(office.server, office.engine), "/bao-cao").get_json())
    assert "chưa gửi" in listed and "không gửi" not in listed
    inside = make(office, edition="internal")
    # Nobody waits for what is never sent.
    listed = str(ask_page(signed_in(office.server, office.engine), "/bao-cao").get_json())
    assert listed.count("không gửi") == listed.count("chưa gửi") == 1
    own = signed_in(office.server, office.engine, role="recipient", units=OWN)
    other = signed_in(office.server, office.engine, role="recipient", units=OTHER)
    assert own.get(f"/bao-cao/{number}/tai/zip").status_code == 200
    for client, asked in ((own, inside), (other, number), (other, inside), (own, 999)):
        for address in (f"/bao-cao/{asked}/xem", f"/bao-cao/{asked}/tai/zip"):
            assert client.get(address).status_code == 404
    listed = str(ask_page(own, "/bao-cao").get_json())
    assert f"/bao-cao/{number}/xem" in listed and f"/bao-cao/{inside}/xem" not in listed
    assert own.post("/bao-cao/lap", data={"period": "2024-06"}).status_code == 403


def test_what_was_changed_on_disk_is_not_given_out(office: Served) -> None:
    number = make(office)
    with office.engine.connect() as connection:
        path = find_archive(
            connection.execute(select(snapshot_log)).one(), settings=office.settings
        )
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    client = signed_in(office.server, office.engine)
    answer = client.get(f"/bao-cao/{number}/tai/zip")
    assert answer.status_code == 409 and "đã bị sửa" in answer.get_data(as_text=True)


def test_where_nothing_is_loaded_the_way_to_a_report_is_shown(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = open_engine(sqlite_url)
    settings = Settings.model_construct(database_url=sqlite_url, data_dir=tmp_path)
    server = create_app(settings, engine=engine).server
    for role, leads in (("editor", True), ("viewer", False)):
        shown = str(ask_page(signed_in(server, engine, role=role), "/bao-cao").get_json())
        assert "Chưa có số liệu để lập báo cáo." in shown
        assert ("'href': '/nap-du-lieu'" in shown.split("id': 'snapshots'")[1]) == leads
    engine.dispose()


def test_a_period_that_is_none_makes_nothing(office: Served) -> None:
    client = signed_in(office.server, office.engine)
    answer = client.post("/bao-cao/lap", data={"period": "hôm qua"})
    assert answer.status_code == 409 and "Kỳ" in answer.get_data(as_text=True)
    with office.engine.connect() as connection:
        assert connection.scalars(select(snapshot_log)).all() == []


def test_a_failure_is_shown_on_every_page_until_it_is_put_right(
    office: Served, tmp_path: Path
) -> None:
    broken = office.settings.model_copy(update={"chart_browser": tmp_path / "no-browser"})
    drop_charts()
    client = signed_in(create_app(broken, engine=office.engine).server, office.engine)
    answer = client.post("/bao-cao/lap", data={"period": "2024-06"})
    assert answer.status_code == 409
    assert "Chưa lập được báo cáo tháng 6/2024." in str(
        ask_page(client, "/", "?period=2024-06").get_json()
    )
    make(office)
    again = signed_in(office.server, office.engine)
    assert "Chưa lập được" not in str(ask_page(again, "/", "?period=2024-06").get_json())


def test_today_is_held_against_a_kept_snapshot(office: Served, tmp_path: Path) -> None:
    number = make(office)
    client = signed_in(office.server, office.engine)
    same = str(ask_page(client, "/bao-cao", f"?so={number}").get_json())
    assert "Số liệu không thay đổi sau bản này" in same and "Trong báo cáo" not in same
    more = dossiers(ROW, {**ROW, "Mã hồ sơ": "000.00.36.H08-240604-0002"})
    load_text(office.engine, tmp_path, more, name="sau.csv", as_of=date(2024, 6, 30))
    changed = str(ask_page(client, "/bao-cao", f"?so={number}").get_json())
    assert "Dữ liệu đã thay đổi sau bản này" in changed and "Trong báo cáo" in changed
    # Two kept ones are held against each other as well, where they are of one period and edition.
    later = make(office)
    listed = str(ask_page(client, "/bao-cao").get_json())
    assert listed.count("' đã có bản mới hơn'") == 1 and "cùng số liệu" not in listed
    assert f"/bao-cao?so={number}&voi={later}" in str(
        ask_page(client, "/bao-cao", f"?so={number}").get_json()
    )
    both = str(ask_page(client, "/bao-cao", f"?so={number}&voi={later}").get_json())
    assert re.search(r"Hai báo cáo khác nhau [1-9]\d* số", both)
    same = str(ask_page(client, "/bao-cao", f"?so={later}&voi={later}").get_json())
    assert "Hai báo cáo giống nhau từng số" in same
    assert "Không tìm thấy báo cáo số" in str(
        ask_page(client, "/bao-cao", f"?so={number}&voi=99").get_json()
    )


def test_a_number_of_an_address_that_is_not_there_is_said_to_be_unknown(office: Served) -> None:
    """A link that was copied by halves opened the page as if nothing had been asked."""
    client = signed_in(office.server, office.engine, role="editor")
    for path, query, said in (
        ("/bao-cao", "?xem=77", "Không tìm thấy báo cáo số 77"),
        ("/bao-cao", "?so=78", "Không tìm thấy báo cáo số 78"),
        ("/nap-du-lieu", "?lan=999,1,x", "Không tìm thấy lần nạp số 999, x"),
    ):
        assert said in str(ask_page(client, path, query).get_json())
        assert "Không tìm thấy" not in str(ask_page(client, path, "").get_json())
    number = make(office)
    assert "Không tìm thấy" not in str(ask_page(client, "/bao-cao", f"?xem={number}").get_json())


def test_what_is_there_already_is_led_to_and_not_made_again(office: Served) -> None:
    number = make(office)
    client = signed_in(office.server, office.engine, role="editor")

    def press() -> dict[str, str]:
        answer = client.post("/bao-cao/lap", data={"period": "2024-06", "edition": "external"})
        return dict(answer.get_json())

    told = press()
    assert told["message"].startswith("Đã có báo cáo này, lập lúc ")
    assert told["go"] == f"/bao-cao?period=2024-06&xem={number}"
    shown = ask_page(client, "/bao-cao", f"?xem={number}").get_json()["response"]["page"]
    assert str(shown["children"]).count(f"/bao-cao/{number}/tai/zip") == 2
    # The other edition is another report.
    assert make(office, edition="internal") == number + 1
    # What the meeting wrote since belongs into it, though the figures are the same.
    say(office.engine, "meeting", "conclusion", "Xong trước ngày 15", month="2024-06")
    assert press() == {"message": "Đã lập báo cáo.", "go": "/bao-cao?period=2024-06"}
    listed = str(ask_page(client, "/bao-cao").get_json())
    assert listed.count("đã có bản mới hơn, cùng số liệu") == 1
    # One that was changed on disk is there no more.
    with office.engine.connect() as connection:
        row = connection.execute(select(snapshot_log).where(s.snapshot_id == number + 2)).one()
    find_archive(row, settings=office.settings).unlink()
    assert press()["message"] == "Đã lập báo cáo."


def test_the_form_stands_on_the_period_of_the_address(office: Served) -> None:
    client = signed_in(office.server, office.engine)
    shown = str(ask_page(client, "/bao-cao", "?period=2024-06").get_json())
    assert chosen_values(shown) == ["2024-06"]
    # A period that is not offered, or none: it stands on the newest month.
    for search in ("", "?period=2023-05"):
        shown = str(ask_page(client, "/bao-cao", search).get_json())
        assert chosen_values(shown) == ["2024-06"]


def test_the_periods_that_a_report_is_made_of_are_those_of_the_menu(office: Served) -> None:
    client = signed_in(office.server, office.engine)
    answer = ask_page(client, "/bao-cao").get_json()["response"]
    offered = re.findall(r"'value': '(2024[^']*)'", str(answer["page"]["children"]))
    menu = answer["filter-period"]["options"]
    assert offered == [one["value"] for one in menu if not one["disabled"]]
    assert "2024-06" in offered and "2024-07" not in offered


def test_the_monthly_one_is_made_once_from_its_day_on(office: Served) -> None:
    settings = office.settings.model_copy(update={"snapshot_day": 5})

    def monthly(day: date) -> int | None:
        return make_monthly(office.engine, settings=settings, today=day, at=now())

    assert monthly(date(2024, 7, 4)) is None
    for day in (5, 6):
        with pytest.raises(SnapshotError, match="đã lập nhưng chưa gửi đi"):
            monthly(date(2024, 7, day))
    client = signed_in(office.server, office.engine)
    overview = str(ask_page(client, "/", "?period=2024-06").get_json())
    assert "Báo cáo tháng 6/2024 đã lập nhưng chưa gửi đi" in overview

    # It is sent as soon as the server and the recipients are set, the same one.
    recipients = office.settings.data_dir / "recipients.csv"
    recipients.write_text("unit,address\n21646,a@example.gov.vn\n", encoding="utf-8")
    settings = settings.model_copy(
        update={
            "recipients": recipients,
            "smtp_host": "127.0.0.1",
            "smtp_port": free_port(),
            "mail_from": "hai-long@example.gov.vn",
        }
    )
    with office.engine.connect() as connection:
        (row,) = connection.execute(select(snapshot_log)).all()
    assert (row.period, row.made_by) == ("2024-06", "lịch hằng tháng")
    assert monthly(date(2024, 7, 7)) == row.snapshot_id
    assert [one.status for one in deliveries(office.engine)] == ["waiting"]
    assert monthly(date(2024, 7, 8)) is None
    overview = str(ask_page(client, "/", "?period=2024-06").get_json())
    assert "chưa gửi đi" not in overview

    # What is told is what is written down of this one's messages.
    sender = signed_in(create_app(settings, engine=office.engine).server, office.engine)
    address = f"/bao-cao/{row.snapshot_id}/gui"
    told = sender.post(address, data={"seen": "0"}).get_json()["message"]
    assert told == ("Báo cáo này đã ở trong hàng chờ gửi, không gửi thêm lần nữa: 1 đang chờ gửi.")
    with office.engine.begin() as connection:
        connection.execute(
            update(delivery).values(status="sent", last_at=datetime(2024, 7, 7, 1, 30))
        )
    # A page that was opened before it was sent knows nothing of it.
    told = sender.post(address, data={"seen": "0"}).get_json()["message"]
    assert told.startswith("Báo cáo này đã được gửi lúc 07/07/2024 08:30, lần bấm này không gửi")
    shown = str(ask_page(sender, "/bao-cao").get_json())
    assert "Báo cáo tháng 6/2024 đã gửi lúc 07/07/2024 08:30. Gửi lại đến nơi nhận?" in shown
    (box,) = re.findall(r"\{[^{}]*'name': 'seen'[^{}]*\}", shown)
    (seen,) = re.findall(r"'value': '(\d+)'", box)
    told = sender.post(address, data={"seen": seen}).get_json()["message"]
    assert told == "Thư của báo cáo này: 1 đã gửi, 1 đang chờ gửi."


def test_a_month_that_somebody_has_sent_is_not_sent_by_the_worker_too(office: Served) -> None:
    number = make(office)
    settings = office.settings.model_copy(update={"snapshot_day": 5})

    def monthly() -> int | None:
        return make_monthly(office.engine, settings=settings, today=date(2024, 7, 5), at=now())

    sent = {"recipient": "a@example.gov.vn", "attempts": 1, "reply": "250 OK"}
    with office.engine.begin() as connection:
        connection.execute(insert(delivery).values(snapshot_id=number, status="sent", **sent))
    assert monthly() is None
    with office.engine.begin() as connection:
        assert connection.scalars(select(snapshot_log.c.snapshot_id)).all() == [number]
        # Half past midnight at the office, on the first of July.
        connection.execute(update(snapshot_log).values(made_at=datetime(2024, 6, 30, 17, 30)))
    assert monthly() is None
    with office.engine.begin() as connection:
        # One of a month that was not over yet told of a part of it.
        connection.execute(update(snapshot_log).values(made_at=datetime(2024, 6, 30, 16, 30)))
    with pytest.raises(SnapshotError, match="đã lập nhưng chưa gửi đi"):
        monthly()
