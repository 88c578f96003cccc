"""The meeting's record in real browsers: typed by two at once, with the server killed, by roles."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from dashboard.access.gate import COOKIE, CSRF_COOKIE
from dashboard.access.sessions import open_session
from dashboard.access.users import add_user, change_user, find_user
from etl.audit import now
from etl.record import Key, read_entry, read_history
from etl.record_tables import record_entry, record_history
from etl.warehouse import open_engine, write_transaction
from tests.conftest import PATIENCE_MS
from tests.etl.loaders import dossiers, load_text
from tests.services.server import PROCESSES, SESSIONS, served
from tests.services.signing_in import browser_session

pytestmark = pytest.mark.browser

LATE = {
    "Mã hồ sơ": "A2",
    "Bộ phận": "Địa chính",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "12/06/2024",
    "Ngày kết thúc xử lý": "14/06/2024",
}
CAUSE = Key("21646", "dossier", "cause", subject="A2")
DIFFICULTIES = Key("21646", "department", "difficulties", month="2024-06", subject="Địa chính")
MEETING = "/hop-thang?period=2024-06"


def new_office(folder: Path, template: Path) -> Engine:
    """An office with one late dossier, in a database of its own."""
    shutil.copy(template, folder / "warehouse.db")
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    load_text(engine, folder, dossiers(LATE), as_of=date(2024, 6, 30))
    return engine


@pytest.fixture
def page(warm_page: Any) -> Any:
    return warm_page


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """An office whose server a test starts and stops itself."""
    engine = new_office(tmp_path, sqlite_template)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("meeting")


@pytest.fixture(scope="module")
def shared_office(folder: Path, sqlite_template: Path) -> Iterator[Engine]:
    engine = new_office(folder, sqlite_template)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def served_meeting(folder: Path, shared_office: Engine) -> Iterator[str]:
    with served(folder, DEMO="0") as address:
        yield address


@pytest.fixture
def blank(shared_office: Engine) -> Engine:
    """The served office with nothing in its record yet."""
    with shared_office.begin() as connection:
        for table in (record_entry, record_history):
            connection.execute(table.delete())
    return shared_office


def open_meeting(page: Any, address: str) -> None:
    page.goto(f"{address}{MEETING}")
    page.wait_for_selector("[data-record][data-ready=yes]")


def pass_time(page: Any) -> None:
    """Let the page ask now for what others have saved, and try again what failed.

    For a page whose clock was installed before it was opened; left alone it goes on as any clock.
    """
    page.clock.fast_forward(20_000)


def field(page: Any, name: str) -> Any:
    return page.get_by_role("textbox", name=name)


def wait_saved(page: Any) -> None:
    page.wait_for_selector(".record-state[data-waiting='0']", state="attached")


def entry(engine: Engine, key: Key) -> str:
    with engine.connect() as connection:
        return read_entry(connection, key).value


def test_what_is_typed_is_saved_and_there_again(
    quiet_page: Any, served_meeting: str, blank: Engine
) -> None:
    page = quiet_page
    open_meeting(page, served_meeting)
    field(page, "Nguyên nhân: A2").fill("Chờ xác minh thực địa")
    field(page, "Khó khăn nêu ra: Địa chính").fill("Thiếu người")
    wait_saved(page)
    assert entry(blank, CAUSE) == "Chờ xác minh thực địa"
    page.get_by_role("button", name="Thêm kết luận").click()
    page.keyboard.type("Tăng một người cho bộ phận Địa chính")
    page.get_by_role("textbox", name="Ai làm").fill("Chủ tịch")
    page.get_by_label("Hạn", exact=True).fill("2024-07-15")
    page.get_by_label("Ngày họp").fill("2024-07-02")
    wait_saved(page)
    # A heading over what is typed says nothing that grows old.
    heading = page.get_by_role("heading", name="Kết luận cuộc họp", exact=True)
    assert heading.count() == 1
    page.reload()
    page.wait_for_selector("[data-record][data-ready=yes]")
    assert field(page, "Nguyên nhân: A2").input_value() == "Chờ xác minh thực địa"
    row = page.locator("[data-decision]")
    assert row.locator("textarea").input_value() == "Tăng một người cho bộ phận Địa chính"
    assert heading.count() == 1
    assert "chưa ghi nguyên nhân" not in page.locator(".bottom-line").inner_text()
    # The next month has it on its agenda.
    page.goto(f"{served_meeting}/hop-thang?period=2024-07")
    page.locator(".rec-open").get_by_text("Tăng một người").wait_for()


def test_newer_data_wait_until_nobody_types(
    quiet_page: Any, served_meeting: str, blank: Engine
) -> None:
    page = quiet_page
    open_meeting(page, served_meeting)
    box = field(page, "Khó khăn nêu ra: Địa chính")
    box.click()
    page.evaluate(
        """() => {
          document.querySelector('[data-record]').dataset.drawn = 'before';
          window.dash_clientside.set_props('newer', { data: 'ffffffff' });
        }"""
    )
    box.press_sequentially("Thiếu người, máy in hỏng, đường truyền chậm", delay=20)
    assert box.input_value() == "Thiếu người, máy in hỏng, đường truyền chậm"
    assert page.locator("[data-drawn=before]").count() == 1
    box.blur()
    page.locator("[data-drawn=before]").wait_for(state="detached")
    page.wait_for_selector("[data-record]")
    assert box.input_value() == "Thiếu người, máy in hỏng, đường truyền chậm"


def test_two_editors_of_one_field_lose_nothing(
    context: Any, served_meeting: str, blank: Engine
) -> None:
    context.add_cookies(SESSIONS[served_meeting])
    context.clock.install()
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        open_meeting(page, served_meeting)
    name = "Khó khăn nêu ra: Địa chính"
    field(one, name).fill("Thiếu người.")
    wait_saved(one)
    pass_time(other)
    other.wait_for_function(
        "() => [...document.querySelectorAll('textarea')].some(e => e.value === 'Thiếu người.')"
    )
    # Both go on from the same text at once, each at another place of it.
    field(one, name).press("End")
    field(one, name).press_sequentially(" Máy in hỏng.", delay=5)
    field(other, name).press("Home")
    field(other, name).press_sequentially("Tháng 6: ", delay=5)
    for page in (one, other):
        wait_saved(page)
    for page in (one, other):
        pass_time(page)
        page.wait_for_function(
            "() => [...document.querySelectorAll('textarea')]"
            ".some(e => e.value === 'Tháng 6: Thiếu người. Máy in hỏng.')"
        )
    wait_saved(one)
    wait_saved(other)
    assert entry(blank, DIFFICULTIES) == "Tháng 6: Thiếu người. Máy in hỏng."


def test_a_killed_server_loses_nothing_that_was_shown_as_saved(
    page: Any, office: Engine, tmp_path: Path
) -> None:
    with ExitStack() as first:
        address = first.enter_context(served(tmp_path, DEMO="0"))
        page.context.add_cookies(SESSIONS[address])
        open_meeting(page, address)
        cause = field(page, "Nguyên nhân: A2")
        cause.fill("Chờ xác minh")
        wait_saved(page)
        cause.press_sequentially(" thực địa", delay=5)
        PROCESSES[address].kill()
        PROCESSES[address].wait()
        assert entry(office, CAUSE).startswith("Chờ xác minh")
        cause.press_sequentially(", chủ đất đi vắng", delay=5)
        page.get_by_text(re.compile("Máy chủ chưa trả lời")).wait_for()
        assert page.locator(".rec-words").get_by_text("chưa lưu, chờ máy chủ").count() == 1
        page.get_by_role("button", name="Các lần sửa").first.click()
        page.locator("#said").get_by_text("chưa xem được các lần sửa").wait_for()
    with served(tmp_path, DEMO="0", PORT=address.rsplit(":", 1)[1]):
        wait_saved(page)
        assert entry(office, CAUSE) == "Chờ xác minh thực địa, chủ đất đi vắng"


def test_what_waited_is_sent_after_the_page_was_closed(
    page: Any, office: Engine, tmp_path: Path
) -> None:
    with served(tmp_path, DEMO="0") as address:
        page.context.add_cookies(SESSIONS[address])
        open_meeting(page, address)
        page.route("**/bien-ban", lambda route: route.abort())
        field(page, "Nguyên nhân: A2").fill("Chờ chữ ký")
        page.get_by_text(re.compile("Máy chủ chưa trả lời")).wait_for()
        page.goto("about:blank")
        assert entry(office, CAUSE) == ""
        page.unroute("**/bien-ban")
        open_meeting(page, address)
        assert field(page, "Nguyên nhân: A2").input_value() == "Chờ chữ ký"
        wait_saved(page)
        assert entry(office, CAUSE) == "Chờ chữ ký"


def test_leaders_close_decisions_and_viewers_only_read(
    quiet_page: Any, browser: Any, served_meeting: str, blank: Engine
) -> None:
    open_meeting(quiet_page, served_meeting)
    quiet_page.get_by_role("button", name="Thêm kết luận").click()
    quiet_page.keyboard.type("Rà soát hồ sơ")
    wait_saved(quiet_page)
    with blank.connect() as connection:
        subject = connection.scalar(
            select(record_entry.c.subject).where(record_entry.c.kind == "decision")
        )
    state = Key("21646", "decision", "state", month="2024-06", subject=str(subject))
    for role, may_type, may_close in (
        ("viewer", False, False),
        ("editor", True, False),
        ("leader", True, True),
    ):
        context = browser.new_context()
        context.add_cookies(browser_session(blank, served_meeting, role))
        page = context.new_page()
        open_meeting(page, served_meeting)
        box = page.get_by_role("checkbox", name="Đã xong")
        box.wait_for()
        assert box.is_enabled() == may_close, role
        assert field(page, "Nguyên nhân: A2").is_enabled() == may_type, role
        if may_close:
            box.check()
            wait_saved(page)
        context.close()
    assert entry(blank, state) == "closed"
    with blank.connect() as connection:
        (told,) = read_history(connection, state)
    assert told.saved_by == "nguoi_leader"


def test_a_role_taken_away_meanwhile_is_said_and_nothing_typed_is_lost(
    browser: Any, served_meeting: str, blank: Engine
) -> None:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.clock.install()
    saves: list[int] = []
    page.on(
        "response", lambda one: saves.append(one.status) if one.url.endswith("/bien-ban") else None
    )

    def sign_in(name: str = "thu_ky") -> None:
        with write_transaction(blank) as connection:
            found = find_user(connection, name)
            assert found is not None
            token, csrf = open_session(connection, found.user_id, at=now())
        cookies = ((COOKIE, token), (CSRF_COOKIE, csrf))
        context.add_cookies([{"name": n, "value": v, "url": served_meeting} for n, v in cookies])

    def give_role(role: str) -> None:
        with write_transaction(blank) as connection:
            change_user(connection, "thu_ky", role=role, actor="quan_tri")

    with write_transaction(blank) as connection:
        for name in ("thu_ky", "thu_ky_khac"):
            add_user(connection, name, role="editor", units=(), password=None, at=now())
    sign_in()
    open_meeting(page, served_meeting)
    cause = field(page, "Nguyên nhân: A2")
    state = page.locator(".record-state")
    # Another role ends every session: whoever types hears of it, not of a server that is gone.
    give_role("viewer")
    cause.fill("Chờ xác minh")
    state.get_by_text(re.compile("Phiên làm việc đã hết.* 1 ô chưa lưu vẫn được giữ")).wait_for()
    # Another signs in beside the open page: what one has typed is not saved as the other's.
    sign_in("thu_ky_khac")
    pass_time(page)
    state.get_by_text(re.compile("người khác đăng nhập. 1 ô chưa lưu vẫn được giữ")).wait_for()
    # Signed in again as one who may not write.
    sign_in()
    pass_time(page)
    state.get_by_text(
        re.compile("không còn được ghi biên bản. 1 ô chưa lưu vẫn được giữ")
    ).wait_for()
    # What others save is asked for on and on; what was refused is not sent again by itself.
    sent = len(saves)
    for _ in range(2):
        with page.expect_response(lambda one: one.url.endswith("/bien-ban/2024-06")):
            pass_time(page)
    assert len(saves) == sent
    assert cause.input_value() == "Chờ xác minh" and entry(blank, CAUSE) == ""
    # Drawn anew for a reader it is still there, and nobody is told that it waits for the server.
    open_meeting(page, served_meeting)
    state.get_by_text(re.compile("không còn được ghi biên bản")).wait_for()
    assert field(page, "Nguyên nhân: A2").input_value() == "Chờ xác minh"
    assert page.get_by_text(re.compile("máy chủ", re.IGNORECASE)).count() == 0
    give_role("editor")
    sign_in()
    pass_time(page)
    wait_saved(page)
    assert entry(blank, CAUSE) == "Chờ xác minh"
    context.close()


def test_personal_data_is_hidden_as_it_is_saved(
    quiet_page: Any, served_meeting: str, blank: Engine
) -> None:
    open_meeting(quiet_page, served_meeting)
    field(quiet_page, "Giải trình: A2").fill("Đã gọi 0905123456 xin lỗi")
    wait_saved(quiet_page)
    assert field(quiet_page, "Giải trình: A2").input_value() == (
        "Đã gọi [đã ẩn số điện thoại] xin lỗi"
    )
    quiet_page.locator(".rec-host").filter(has=field(quiet_page, "Giải trình: A2")).get_by_role(
        "button", name="Các lần sửa"
    ).click()
    quiet_page.locator("dialog[open]").get_by_text("đã ẩn số điện thoại").wait_for()
    quiet_page.locator("dialog[open]").get_by_role("button", name="Đóng").click()
