"""Mail to a real server on loopback: sent only when taken, tried again when not, all recorded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache, partial
from pathlib import Path
from threading import Event

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from dashboard import worker
from dashboard.filters import Period
from dashboard.reports.snapshot_list import Sending, delivery_fault, find_sendings
from dashboard.snapshots.delivery import (
    WAITS,
    deliveries,
    find_recipients,
    queue,
    record,
    send_due,
)
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Edition
from dashboard.snapshots.kept import read_archive, snapshots_folder
from dashboard.snapshots.making import Snapshot, make_snapshot, store
from dashboard.snapshots.office import make_and_keep
from dashboard.snapshots.signing import open_signing_key
from dashboard.snapshots.verifying import Outcome, verify_archive
from dashboard.worker import Worker
from etl.delivery_tables import delivery, snapshot_log
from etl.errors import DatabaseFault
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, load_text
from tests.services.server import free_port

NOW = datetime(2024, 7, 5, 8, 0)
JUNE = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}
LATE = {**JUNE, "Ngày kết thúc xử lý": "12/06/2024"}


@dataclass
class Mailbox:
    """A server's handler that answers as told and keeps what it took."""

    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    goodbye: str = "221 Bye"
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 queued as 7F3A"
        if answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=default)
            self.taken.append((envelope.rcpt_tos, message))
        return answer

    async def handle_QUIT(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        return self.goodbye


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def office(mailbox: Mailbox, tmp_path: Path, signed: Settings) -> Iterator[Settings]:
    """The settings of an office with a key, two recipients and a mail server."""
    recipients = tmp_path / "recipients.csv"
    recipients.write_text(
        "unit,address,valid_from,valid_to\n"
        "21646,thi-xa@example.gov.vn,,2025-06-30\n"
        "21646,noi-vu@example.gov.vn,2024-01-01,\n"
        "21646,tinh@example.gov.vn,2025-07-01,\n"
        "21655,khac@example.gov.vn,,\n",
        encoding="utf-8",
    )
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    server.start()
    yield signed.model_copy(
        update={
            "data_dir": tmp_path,
            "recipients": recipients,
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": "none",
            "mail_from": "hai-long@example.gov.vn",
        }
    )
    server.stop()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Settings:
    key = tmp_path_factory.mktemp("key") / "signing.pem"
    return settings.model_copy(update={"signing_key": key})


@pytest.fixture(scope="module")
def june(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, signed: Settings
) -> Callable[[Edition], Snapshot]:
    """June's snapshot of a small office, made once: what becomes of it is what is tested here."""
    folder = tmp_path_factory.mktemp("june")
    shutil.copy(sqlite_template, folder / "warehouse.db")
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    load_text(engine, folder, dossiers(LATE, LATE, {**JUNE, "Ngày kết thúc xử lý": "07/06/2024"}))
    return cache(partial(make, engine, signed))


def make(engine: Engine, settings: Settings, edition: Edition = "external") -> Snapshot:
    return make_snapshot(
        engine, settings=settings, period=Period("2024-06"), edition=edition, formats=("json",)
    )


def keep(engine: Engine, snapshot: Snapshot, folder: Path) -> int:
    """Store the archive and record it; return its number."""
    settings = Settings.model_construct(data_dir=folder)
    path = store(snapshot, snapshots_folder(settings))
    return record(engine, snapshot, path, settings=settings, made_by="thử", at=NOW)


@pytest.fixture
def queued(
    engine: Engine, office: Settings, june: Callable[[Edition], Snapshot], tmp_path: Path
) -> Snapshot:
    snapshot = june("external")
    number = keep(engine, snapshot, tmp_path)
    assert queue(engine, number, settings=office, at=NOW) == 2
    return snapshot


def test_everyone_of_the_day_gets_the_archive_and_a_summary(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    done = send_due(engine, settings=office, at=NOW)
    assert [(one.recipient, one.status, one.attempts) for one in done] == [
        ("thi-xa@example.gov.vn", "sent", 1),
        ("noi-vu@example.gov.vn", "sent", 1),
    ]
    assert all(one.reply == "250 2.0.0 queued as 7F3A" for one in done)
    assert [to for to, _ in mailbox.taken] == [[one.recipient] for one in done]
    message = mailbox.taken[0][1]
    assert message["Subject"] == "Báo cáo chỉ số hài lòng xã Hoài Châu Bắc, Tháng 6/2024"
    body = message.get_body(("plain",))
    assert body is not None
    assert "2/3 hồ sơ trễ hạn (66,7 %)" in body.get_content()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == queued.name
    trusted = [open_signing_key(office.signing_key).public]
    assert verify_archive(attached.get_content(), trusted=trusted).outcome is Outcome.INTACT
    assert send_due(engine, settings=office, at=NOW + timedelta(days=1)) == []
    assert len(mailbox.taken) == 2


def test_what_waits_goes_out_while_the_monthly_snapshot_cannot_be_made(
    engine: Engine,
    office: Settings,
    mailbox: Mailbox,
    queued: Snapshot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def fail(_engine: Engine, **asked: object) -> None:
        tried.append(asked)
        raise SnapshotError("không có trình duyệt")

    monkeypatch.setattr(worker, "make_monthly", fail)
    watching = Worker(engine, tmp_path, settings=office.model_copy(update={"data_dir": tmp_path}))
    for _ in range(2):
        watching.make_round()
    assert len(mailbox.taken) == 2
    # What failed a moment ago is not tried again at once: a chart's browser would start each time.
    assert len(tried) == 1


def test_a_database_that_does_not_answer_ends_a_round_and_not_the_worker(
    engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, rounds = Event(), iter((DatabaseFault(), OperationalError("", {}, Exception()), None))

    def make_round() -> None:
        fault = next(rounds)
        if fault is not None:
            raise fault
        stopped.set()

    watching = Worker(engine, tmp_path, settings=settings)
    monkeypatch.setattr(watching, "make_round", make_round)
    watching.run(stopped, seconds=0)
    assert next(rounds, "over") == "over"


def test_what_is_refused_for_now_is_tried_again_later(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    mailbox.answers = ["451 4.3.0 try again later"]
    first, second = send_due(engine, settings=office, at=NOW)
    assert (first.status, second.status) == ("waiting", "sent")
    assert "451 4.3.0 try again later" in first.reply
    assert first.next_at == NOW + WAITS[0]
    assert send_due(engine, settings=office, at=NOW + WAITS[0] / 2) == []
    (again,) = send_due(engine, settings=office, at=NOW + WAITS[0])
    assert (again.status, again.attempts) == ("sent", 2)
    assert len(mailbox.taken) == 2


def test_what_is_refused_for_good_is_not_tried_again(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    mailbox.refused = {"thi-xa@example.gov.vn"}
    first, second = send_due(engine, settings=office, at=NOW)
    assert (first.status, second.status) == ("failed", "sent")
    assert "550 5.1.1 no such mailbox" in first.reply
    assert [one.recipient for one in deliveries(engine, status="failed")] == [first.recipient]
    assert send_due(engine, settings=office, at=NOW + timedelta(days=9)) == []


def test_a_server_that_is_down_is_asked_again_with_longer_waits_then_given_up(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    down = office.model_copy(update={"smtp_port": free_port()})
    at, waits = NOW, []
    while waiting := deliveries(engine, status="waiting"):
        done = send_due(engine, settings=down, at=at)
        assert len(done) == len(waiting)
        words = f"Không nối được máy chủ thư {down.smtp_host}: máy chủ không trả lời ở cổng"
        assert {one.reply for one in done} == {f"{words} {down.smtp_port}"}
        if done[0].next_at is not None:
            waits.append(done[0].next_at - at)
            at = done[0].next_at
    assert waits == list(WAITS)
    assert waits == sorted(waits)
    assert {one.status for one in deliveries(engine)} == {"failed"}
    assert mailbox.taken == []


def test_a_server_without_what_is_asked_for_is_told_by_the_setting_to_change(
    engine: Engine, office: Settings, queued: Snapshot
) -> None:
    asking = office.model_copy(update={"smtp_security": "starttls"})
    words = f"Không nối được máy chủ thư {office.smtp_host}: máy chủ không có STARTTLS"
    replies = {one.reply for one in send_due(engine, settings=asking, at=NOW)}
    assert replies == {f"{words}: hãy đặt SMTP_SECURITY"}


def test_what_was_taken_is_not_sent_again_for_how_the_server_says_goodbye(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    mailbox.goodbye = "421 4.3.2 shutting down"
    assert {one.status for one in send_due(engine, settings=office, at=NOW)} == {"sent"}
    assert send_due(engine, settings=office, at=NOW + timedelta(days=1)) == []
    assert len(mailbox.taken) == 2


def test_an_address_that_no_server_takes_stops_no_other(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    """One that was queued before such addresses were refused."""
    with engine.begin() as connection:
        connection.execute(
            update(delivery)
            .where(delivery.c.recipient == "thi-xa@example.gov.vn")
            .values(recipient="phòng@b.vn")
        )
    first, second = send_due(engine, settings=office, at=NOW)
    assert (first.status, second.status) == ("failed", "sent")
    assert "«phòng@b.vn»" in first.reply


def test_one_snapshot_is_sent_without_what_else_waits(
    engine: Engine,
    office: Settings,
    mailbox: Mailbox,
    queued: Snapshot,
    tmp_path: Path,
) -> None:
    other = keep(engine, queued, tmp_path)
    queue(engine, other, settings=office, at=NOW)
    assert len(send_due(engine, settings=office, at=NOW, snapshot_id=other)) == 2
    assert [one.status for one in deliveries(engine, snapshot_id=other)] == ["sent", "sent"]
    assert len(deliveries(engine, status="waiting")) == 2


def kept_number(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(snapshot_log.c.snapshot_id)).scalar_one()


@pytest.fixture
def half_sent(engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot) -> int:
    """The number of a snapshot that one of its two recipients could not be sent."""
    mailbox.refused = {"thi-xa@example.gov.vn"}
    send_due(engine, settings=office, at=NOW)
    return kept_number(engine)


def newest(engine: Engine) -> int:
    return deliveries(engine)[0].delivery_id


def test_pressed_at_once_or_again_while_it_waits_it_is_queued_once(
    engine: Engine, office: Settings, june: Callable[[Edition], Snapshot], tmp_path: Path
) -> None:
    number = keep(engine, june("external"), tmp_path)
    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(queue, engine, number, settings=office, at=NOW, seen=0) for _ in range(4)
        ]
        assert sorted(run.result() for run in runs) == [0, 0, 0, 2]
    # Who knows of what waits does not queue it again either.
    assert queue(engine, number, settings=office, at=NOW, seen=newest(engine)) == 0
    assert [one.status for one in deliveries(engine)] == ["waiting", "waiting"]


def test_what_was_sent_is_sent_again_only_by_who_knows_that_it_was(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    number = kept_number(engine)
    send_due(engine, settings=office, at=NOW)
    assert queue(engine, number, settings=office, at=NOW) == 0
    later = NOW + timedelta(hours=1)
    assert queue(engine, number, settings=office, at=later, seen=newest(engine)) == 2
    send_due(engine, settings=office, at=later)
    assert len(mailbox.taken) == 4
    with engine.connect() as connection:
        assert find_sendings(connection)[number] == Sending(
            sent=2, newest=newest(engine), last_at=later
        )


def test_what_could_not_be_sent_to_some_is_sent_again_to_them_alone(
    engine: Engine, office: Settings, mailbox: Mailbox, half_sent: int
) -> None:
    with engine.connect() as connection:
        assert find_sendings(connection)[half_sent].words == "1 đã gửi, 1 gửi không được"
        assert delivery_fault(connection, unit="21646").endswith("Mở trang Báo cáo để gửi lại.")
    mailbox.refused = set()
    assert queue(engine, half_sent, settings=office, at=NOW, seen=newest(engine)) == 1
    (again,) = send_due(engine, settings=office, at=NOW)
    assert (again.recipient, again.status) == ("thi-xa@example.gov.vn", "sent")
    with engine.connect() as connection:
        assert find_sendings(connection)[half_sent].words == "2 đã gửi"
        assert delivery_fault(connection, unit="21646") == ""


def test_who_is_no_recipient_any_more_is_not_waited_for(
    engine: Engine, office: Settings, half_sent: int
) -> None:
    office.recipients.write_text("unit,address\n21646,noi-vu@example.gov.vn\n", encoding="utf-8")
    # Whoever is left has it: nobody gets it twice for an address that was taken off the list.
    assert queue(engine, half_sent, settings=office, at=NOW, seen=newest(engine)) == 0
    with engine.connect() as connection:
        assert find_sendings(connection)[half_sent].words == "1 đã gửi"


def test_of_two_senders_at_once_each_message_has_one(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot
) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(send_due, engine, settings=office, at=NOW) for _ in range(4)]
        done = [one for run in runs for one in run.result()]
    assert sorted(one.recipient for one in done) == [
        "noi-vu@example.gov.vn",
        "thi-xa@example.gov.vn",
    ]
    assert len(mailbox.taken) == 2


def test_a_sender_that_was_cut_off_leaves_the_message_to_the_next(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot, monkeypatch
) -> None:
    def cut_off(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("dashboard.snapshots.delivery.send", cut_off)
        with pytest.raises(KeyboardInterrupt):
            send_due(engine, settings=office, at=NOW)
    assert {one.status for one in deliveries(engine)} == {"waiting"}
    done = send_due(engine, settings=office, at=NOW + timedelta(hours=1))
    assert {one.status for one in done} == {"sent"}
    assert len(done) == 2


def test_two_snapshots_of_one_moment_are_both_kept(
    engine: Engine, signed: Settings, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, dossiers(LATE))
    settings = signed.model_copy(update={"data_dir": tmp_path})
    for _ in range(2):
        number = make_and_keep(
            engine,
            settings=settings,
            period=Period("2024-06"),
            edition="external",
            made_by="thử",
            at=NOW,
            formats=("json",),
            keeps_browser=False,
        )
        with engine.connect() as connection:
            rows = connection.execute(select(snapshot_log)).all()
        assert rows[-1].snapshot_id == number
        for row in rows:
            read_archive(row, settings=settings)
    assert len({row.path for row in rows}) == 2


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(None, id="as it is written now"),
        pytest.param("/var/lib/hai-long/snapshots/{}", id="whole, of another folder"),
        pytest.param("C:\\hai-long\\data\\snapshots\\{}", id="whole, of another system"),
    ],
)
def test_an_archive_is_found_where_the_folder_of_data_is_now(
    engine: Engine,
    june: Callable[[Edition], Snapshot],
    tmp_path: Path,
    written: str | None,
) -> None:
    before, after = (
        Settings.model_construct(data_dir=tmp_path / name) for name in ("before", "after")
    )
    path = store(june("external"), snapshots_folder(before) / "20240705-080000-0a1b2c3d")
    record(engine, june("external"), path, settings=before, made_by="thử", at=NOW)
    if written is not None:
        parts = "\\".join(path.parts[-2:]) if "\\" in written else "/".join(path.parts[-2:])
        with engine.begin() as connection:
            connection.execute(update(snapshot_log).values(path=written.format(parts)))
    with engine.connect() as connection:
        row = connection.execute(select(snapshot_log)).one()
    if written is None:
        assert row.path == "/".join(path.parts[-2:])
    before.data_dir.rename(after.data_dir)
    assert read_archive(row, settings=after) == june("external").archive
    with pytest.raises(SnapshotError, match=f"Không còn tệp «{path.name}»"):
        read_archive(row, settings=before)


def test_a_whole_path_that_still_leads_there_is_kept_to(
    engine: Engine, june: Callable[[Edition], Snapshot], tmp_path: Path
) -> None:
    """An archive outside the folder of data has no place below it."""
    path = store(june("external"), tmp_path / "elsewhere")
    elsewhere = Settings.model_construct(data_dir=tmp_path / "data")
    record(engine, june("external"), path, settings=elsewhere, made_by="thử", at=NOW)
    with engine.connect() as connection:
        row = connection.execute(select(snapshot_log)).one()
    assert Path(row.path).is_absolute()
    assert read_archive(row, settings=elsewhere) == june("external").archive


def test_an_archive_that_was_changed_is_not_sent(
    engine: Engine, office: Settings, mailbox: Mailbox, queued: Snapshot, tmp_path: Path
) -> None:
    path = tmp_path / "snapshots" / queued.name
    path.write_bytes(path.read_bytes()[:-1])
    assert {one.status for one in send_due(engine, settings=office, at=NOW)} == {"failed"}
    assert mailbox.taken == []


def test_the_internal_edition_stays_inside(
    engine: Engine, office: Settings, june: Callable[[Edition], Snapshot], tmp_path: Path
) -> None:
    number = keep(engine, june("internal"), tmp_path)
    with pytest.raises(SnapshotError, match="nội bộ"):
        queue(engine, number, settings=office, at=NOW)


def test_a_demonstration_is_never_sent(
    demo_engine: Engine, office: Settings, mailbox: Mailbox, tmp_path: Path
) -> None:
    number = keep(demo_engine, make(demo_engine, office), tmp_path)
    with pytest.raises(SnapshotError, match="minh họa"):
        queue(demo_engine, number, settings=office, at=NOW)
    assert deliveries(demo_engine) == []
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_host": ""}, "Chưa đặt máy chủ thư"),
        ({"mail_from": ""}, "Chưa đặt máy chủ thư"),
        ({"recipients": Path("/none/recipients.csv")}, "Chưa có danh sách người nhận"),
    ],
)
def test_what_is_not_set_is_said(
    engine: Engine,
    office: Settings,
    june: Callable[[Edition], Snapshot],
    tmp_path: Path,
    changes: dict,
    words: str,
) -> None:
    number = keep(engine, june("external"), tmp_path)
    with pytest.raises(SnapshotError, match=words):
        queue(engine, number, settings=office.model_copy(update=changes), at=NOW)
    assert deliveries(engine) == []


def test_recipients_are_those_of_the_unit_on_the_day(office: Settings, tmp_path: Path) -> None:
    later = find_recipients(office, unit="21646", on=datetime(2025, 7, 5).date())
    assert later == ["noi-vu@example.gov.vn", "tinh@example.gov.vn"]
    assert find_recipients(office, unit="21655", on=NOW.date()) == ["khac@example.gov.vn"]


def test_the_day_of_the_recipients_is_the_office_s_own(
    engine: Engine, office: Settings, june: Callable[[Edition], Snapshot], tmp_path: Path
) -> None:
    """An evening by the clock that records keep is the next morning in the office."""
    number = keep(engine, june("external"), tmp_path)
    queue(engine, number, settings=office, at=datetime(2025, 6, 30, 18, 0))
    assert [one.recipient for one in reversed(deliveries(engine))] == [
        "noi-vu@example.gov.vn",
        "tinh@example.gov.vn",
    ]


@pytest.mark.parametrize(
    ("line", "encoding", "words"),
    [
        ("21646,a@b.vn,30/06/2024", "utf-8", "dòng 2"),
        ("21646,phòng@b.vn,", "utf-8", "dòng 2, cột address: «phòng@b.vn»"),
        ("21646,,", "utf-8", "dòng 2, cột address: «»"),
        ("21646,a.b.vn,", "utf-8", "dòng 2, cột address: «a.b.vn»"),
        ("21646,a b@c.vn,", "utf-8", "dòng 2, cột address: «a b@c.vn»"),
        ("21646,a@b.vn,", "utf-16", "CSV UTF-8"),
    ],
)
def test_a_list_of_recipients_that_is_not_understood_is_said(
    office: Settings, line: str, encoding: str, words: str
) -> None:
    office.recipients.write_text(f"unit,address,valid_from\n{line}\n", encoding=encoding)
    with pytest.raises(SnapshotError, match=words):
        find_recipients(office, unit="21646", on=NOW.date())
