"""What an attacker tries first, tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from argon2 import extract_parameters
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from dashboard.access import attempts
from dashboard.access.attempts import FREE_ATTEMPTS
from dashboard.access.gate import COOKIE, CSRF_COOKIE, CSRF_FIELD, CSRF_HEADER, next_path
from dashboard.access.passwords import PasswordError, hash_password, is_password
from dashboard.access.sessions import TOUCH
from dashboard.access.users import add_user, make_link, set_active, use_link
from dashboard.app import create_app
from etl.access_tables import app_session, sign_in_attempt
from etl.audit import now, read_audit
from etl.settings import Settings
from etl.warehouse import open_engine, write_transaction
from tests.access.conftest import ROW, Served
from tests.etl.loaders import dossiers, load_text
from tests.examples import share
from tests.services.asking import ask_page, page_question
from tests.services.signing_in import signed_in

TYPED_NAMES = ("dimension", "spelling", "canonical", "year", "unit", "rank", "target_pct")
QUERY_NAMES = ("period", "department", "field", "channel", "list", "so", "lan", "year", "nam")
PASSWORD = "con đường làng có hàng tre"


@pytest.fixture
def client(served: Served) -> FlaskClient:
    with write_transaction(served.engine) as connection:
        add_user(connection, "lan", role="leader", password=PASSWORD, at=now())
    return served.server.test_client()


def sign_in(client: FlaskClient, password: str = PASSWORD, **options: Any) -> Any:
    data = {"name": "lan", "password": password, "next": "/ho-so?period=2024-06"}
    return client.post("/dang-nhap", data=data, **options)


def cookie(client: FlaskClient, name: str = COOKIE) -> str:
    found = client.get_cookie(name)
    return "" if found is None else found.value


def test_the_right_password_opens_the_page_that_was_asked_for(client: FlaskClient) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/ho-so?period=2024-06")
    assert client.get("/").status_code == 200


def test_an_account_is_one_however_its_name_was_typed(client: FlaskClient, served: Served) -> None:
    for typed in ("lan", " LAN ", "lan\x01"):
        data = {"name": typed, "password": PASSWORD}
        assert client.post("/dang-nhap", data=data).status_code == 303, typed
    with served.engine.connect() as connection:
        signed = [row for row in read_audit(connection) if row.action == "sign_in"]
    assert [row.actor for row in signed] == ["lan"] * 3


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    set_cookies = sign_in(client).headers.getlist("Set-Cookie")
    session = next(one for one in set_cookies if one.startswith(f"{COOKIE}="))
    assert "HttpOnly" in session and "SameSite=Lax" in session and "Secure" not in session
    behind_tls = sign_in(client, base_url="https://localhost").headers.getlist("Set-Cookie")
    assert all("Secure" in one for one in behind_tls)


def test_a_session_brought_along_is_not_the_one_that_is_signed_in(client: FlaskClient) -> None:
    client.set_cookie(COOKIE, "chosen-by-an-attacker")
    sign_in(client)
    assert cookie(client) != "chosen-by-an-attacker"
    stranger = client.application.test_client()
    stranger.set_cookie(COOKIE, "chosen-by-an-attacker")
    assert stranger.get("/").status_code == 303


def test_a_cookie_kept_from_before_signing_out_opens_nothing(client: FlaskClient) -> None:
    sign_in(client)
    kept = cookie(client)
    client.post("/thoat", data={CSRF_FIELD: cookie(client, CSRF_COOKIE)})
    thief = client.application.test_client()
    thief.set_cookie(COOKIE, kept)
    assert thief.get("/").status_code == 303


def test_signing_out_everywhere_ends_the_other_sessions_too(
    client: FlaskClient, served: Served
) -> None:
    phone = served.server.test_client()
    sign_in(client)
    sign_in(phone)
    client.post("/thoat-moi-noi", data={CSRF_FIELD: cookie(client, CSRF_COOKIE)})
    assert phone.get("/").status_code == 303


def test_a_new_password_ends_every_session_and_opens_one(
    client: FlaskClient, served: Served
) -> None:
    phone = served.server.test_client()
    sign_in(client)
    sign_in(phone)
    new = "mùa gặt tháng mười vui quá"
    data = {"present": PASSWORD, "password": new, "again": new}
    answer = client.post("/mat-khau", data={**data, CSRF_FIELD: cookie(client, CSRF_COOKIE)})
    assert answer.status_code == 303
    assert phone.get("/").status_code == 303
    assert client.get("/").status_code == 200
    assert sign_in(phone, PASSWORD).status_code == 401
    assert sign_in(phone, new).status_code == 303


def test_a_session_sleeps_and_ages(client: FlaskClient, served: Served) -> None:
    sign_in(client)
    s = app_session.c
    for column, age in (
        (s.seen_at, timedelta(minutes=served.settings.session_idle_minutes, seconds=5)),
        (s.created_at, timedelta(hours=served.settings.session_hours, seconds=5)),
    ):
        sign_in(client)
        assert client.get("/").status_code == 200
        with write_transaction(served.engine) as connection:
            connection.execute(update(app_session).values({column.name: now() - age}))
        assert client.get("/").status_code == 303


def test_whoever_is_shut_out_is_out_at_once(client: FlaskClient, served: Served) -> None:
    sign_in(client)
    with write_transaction(served.engine) as connection:
        set_active(connection, "lan", is_active=False)
    assert client.get("/").status_code == 303
    assert sign_in(client).status_code == 401


def test_guessing_is_slowed_down_and_the_right_password_waits_too(client: FlaskClient) -> None:
    statuses = [sign_in(client, f"sai lần thứ {i} rồi").status_code for i in range(8)]
    free = FREE_ATTEMPTS["account"]
    assert statuses[:free] == [401] * free
    assert set(statuses[free:]) == {429}
    answer = sign_in(client)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


def test_guessing_at_many_accounts_from_one_address_is_slowed_down(client: FlaskClient) -> None:
    statuses = [
        client.post("/dang-nhap", data={"name": f"ai{i}", "password": "thử một lần"}).status_code
        for i in range(FREE_ATTEMPTS["address"] + 2)
    ]
    assert statuses[-1] == 429 and statuses[0] == 401


def test_a_strangers_failures_shut_nobody_out_where_they_have_signed_in_before(
    client: FlaskClient,
) -> None:
    at_home, elsewhere = ({"REMOTE_ADDR": one} for one in ("10.0.0.5", "10.0.0.66"))
    assert sign_in(client, environ_base=at_home).status_code == 303
    for _ in range(FREE_ATTEMPTS["address"] + 1):
        last = sign_in(client, "sai một lần nữa", environ_base=elsewhere)
    assert last.status_code == 429
    assert sign_in(client, environ_base=elsewhere).status_code == 429
    assert sign_in(client, environ_base=at_home).status_code == 303
    # And at home guessing is slowed down as anywhere.
    for _ in range(FREE_ATTEMPTS["account"] + 1):
        last = sign_in(client, "sai một lần nữa", environ_base=at_home)
    assert last.status_code == 429


def test_a_try_counts_before_its_password_is_looked_at(
    client: FlaskClient, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def watched(password: str, stored: str | None) -> bool:
        with served.engine.connect() as connection:
            query = select(func.count()).select_from(sign_in_attempt)
            seen.append(connection.scalar(query) or 0)
        return False

    monkeypatch.setattr(attempts, "is_password", watched)
    for _ in range(3):
        sign_in(client, "sai rồi")
    assert seen == [1, 2, 3]


def test_the_present_password_is_not_guessed_at_leisure_from_an_open_session(
    client: FlaskClient,
) -> None:
    sign_in(client)
    new = "mùa gặt tháng mười vui quá"
    data = {"password": new, "again": new, CSRF_FIELD: cookie(client, CSRF_COOKIE)}
    for _ in range(FREE_ATTEMPTS["account"]):
        client.post("/mat-khau", data={**data, "present": "đoán một lần"})
    answer = client.post("/mat-khau", data={**data, "present": PASSWORD})
    assert "Sai nhiều lần" in answer.get_data(as_text=True)


def test_an_own_password_is_not_set_anew_without_the_present_one(served: Served) -> None:
    with write_transaction(served.engine) as connection:
        add_user(connection, "hoa", role="administrator", password=PASSWORD, at=now())
    client = served.server.test_client()
    assert client.post("/dang-nhap", data={"name": "hoa", "password": PASSWORD}).status_code == 303
    new = {"password": "mùa gặt tháng mười vui quá", CSRF_FIELD: cookie(client, CSRF_COOKIE)}
    for typed in ("hoa", " HOA"):
        answer = client.post("/nguoi-dung/mat-khau", data={**new, "name": typed})
        assert answer.status_code == 400, typed
        assert "mục Đổi mật khẩu" in answer.get_data(as_text=True)


def test_a_page_that_asks_on_its_own_keeps_no_session_awake(
    client: FlaskClient, served: Served
) -> None:
    sign_in(client)
    before = now() - timedelta(minutes=30)

    def seen_after(ask: Callable[[], Any]) -> datetime | None:
        with write_transaction(served.engine) as connection:
            connection.execute(update(app_session).values(seen_at=before))
        ask()
        with served.engine.connect() as connection:
            return connection.scalar(select(app_session.c.seen_at))

    token = {CSRF_HEADER: cookie(client, CSRF_COOKIE)}
    dependencies = client.get("/_dash-dependencies").get_json()
    clock = next(one for one in dependencies if one["output"] == "newer.data")
    tick = {
        "output": "newer.data",
        "outputs": {"id": "newer", "property": "data"},
        "inputs": [{**one, "value": 1} for one in clock["inputs"]],
        "state": [{**one, "value": {"version": ""}} for one in clock["state"]],
        "changedPropIds": ["refresh.n_intervals"],
    }
    asked = lambda: client.post("/_dash-update-component", json=tick, headers=token)  # noqa: E731
    assert asked().status_code == 200
    assert seen_after(asked) == before
    assert seen_after(lambda: client.get("/hop-thang/bien-ban/2024-06")) == before
    assert seen_after(lambda: client.get("/")) > before


def test_a_reader_waits_for_no_load_to_be_seen(client: FlaskClient, served: Served) -> None:
    sign_in(client)
    before = now() - timedelta(minutes=30)
    with write_transaction(served.engine) as connection:
        connection.execute(update(app_session).values(seen_at=before))
    with write_transaction(served.engine):
        assert client.get("/").status_code == 200
    with served.engine.connect() as connection:
        assert connection.scalar(select(app_session.c.seen_at)) == before
    assert client.get("/").status_code == 200


def test_an_administrator_gives_no_more_than_she_may_see(served: Served) -> None:
    held = signed_in(served.server, served.engine, units=("21646",))
    other = signed_in(served.server, served.engine, role="viewer")
    assert other.get("/").status_code == 200
    new = {"name": "moi", "role": "administrator", "password": PASSWORD}
    for units in ("", "21637", "21646, 21637"):
        assert held.post("/nguoi-dung", data={**new, "units": units}).status_code == 400
    for address in ("/nguoi-dung/mat-khau", "/nguoi-dung/trang-thai"):
        data = {"name": "thu_viewer", "password": PASSWORD, "active": "0"}
        assert held.post(address, data=data).status_code == 400
    assert other.get("/").status_code == 200
    assert held.post("/nguoi-dung", data={**new, "units": "21646"}).status_code == 303
    free = signed_in(served.server, served.engine)
    unknown = free.post("/nguoi-dung", data={**new, "name": "la", "units": "21646;x"})
    assert "Không có đơn vị «x»" in unknown.get_data(as_text=True)


def test_an_unknown_name_and_a_wrong_password_sound_the_same(client: FlaskClient) -> None:
    wrong, unknown = (
        client.post("/dang-nhap", data={"name": name, "password": "không phải mật khẩu"})
        for name in ("lan", "khong_co")
    )
    assert wrong.status_code == unknown.status_code == 401
    said = wrong.get_data(as_text=True).replace('value="lan"', 'value="khong_co"')
    assert said == unknown.get_data(as_text=True)


def test_another_sites_page_changes_nothing(client: FlaskClient, served: Served) -> None:
    sign_in(client)
    token = cookie(client, CSRF_COOKIE)
    assert client.post("/thoat", data={}).status_code == 403
    assert client.post("/thoat", data={CSRF_FIELD: "guessed"}).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/thoat", data={CSRF_FIELD: token}, headers=headers).status_code == 403
        assert sign_in(served.server.test_client(), headers=headers).status_code == 403
    question = page_question(client, pathname="/")
    assert client.post("/_dash-update-component", json=question).status_code == 403
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/ho-so\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, text: str) -> None:
    assert next_path(text) == "/"
    data = {"name": "lan", "password": PASSWORD, "next": text}
    assert client.post("/dang-nhap", data=data).location == "/"


@pytest.mark.parametrize(
    "address",
    [
        "/assets/../etl/settings.py",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fpyproject.toml",
        "/assets/....//pyproject.toml",
        "/_dash-component-suites/dash/../../../../etc/passwd",
    ],
)
def test_no_address_leads_out_of_the_assets(served: Served, address: str) -> None:
    answer = signed_in(served.server, served.engine).get(address)
    body = answer.get_data(as_text=True)
    assert "root:" not in body and "[project]" not in body and "class Settings" not in body


def test_a_one_time_link_works_once(served: Served) -> None:
    with write_transaction(served.engine) as connection:
        token = make_link(connection, at=now())
    first, second = served.server.test_client(), served.server.test_client()
    # A preview of a chat, a scanner of mails, a browser that fetches ahead: none is its reader.
    for look in (second.head, second.get, second.options):
        assert look(f"/vao/{token}").status_code == 200
    assert second.get("/").status_code == 303
    shown = first.get(f"/vao/{token}").get_data(as_text=True)
    assert f'method="post" action="/vao/{token}"' in shown
    foreign = {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"}
    assert second.post(f"/vao/{token}", headers=foreign).status_code == 403
    assert first.post(f"/vao/{token}").status_code == 303
    assert first.get("/").status_code == 200
    for again in (second.get, second.post):
        assert again(f"/vao/{token}").status_code == 403
    assert second.get("/").status_code == 303


def test_a_first_password_that_is_refused_is_still_one_to_be_set(served: Served) -> None:
    client = signed_in(served.server, served.engine)
    for page in (client.get("/mat-khau"), client.post("/mat-khau", data={"password": "ngắn"})):
        assert "<h1>Đặt mật khẩu</h1>" in page.get_data(as_text=True)


def test_no_link_is_made_once_somebody_has_a_password(served: Served, client: FlaskClient) -> None:
    with write_transaction(served.engine) as connection:
        assert make_link(connection, at=now()) is None


def test_a_link_that_was_never_printed_opens_nothing_and_says_what_to_do(served: Served) -> None:
    client = served.server.test_client()
    for knock in (client.get, client.post):
        answer = knock("/vao/nothing-like-it")
        assert answer.status_code == 403
        assert "python -m dashboard link" in answer.get_data(as_text=True)


def test_a_link_from_before_opens_nothing_once_somebody_has_a_password(served: Served) -> None:
    with write_transaction(served.engine) as connection:
        token = make_link(connection, at=now())
        add_user(connection, "hoa", role="administrator", password=PASSWORD, at=now())
    client = served.server.test_client()
    assert client.get(f"/vao/{token}").status_code == 403
    assert client.post(f"/vao/{token}").status_code == 403


def test_an_old_link_opens_nothing(served: Served) -> None:
    with write_transaction(served.engine) as connection:
        token = make_link(connection, at=now() - timedelta(hours=25))
        assert token is not None
        assert use_link(connection, token, at=now()) is None


@pytest.mark.parametrize(
    "password", ["ngắn quá", "aaaaaaaaaaaaaaaa", "matkhau123456", "Password123456!", "123456789012"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordError):
        hash_password(password, name="lan")


def test_a_password_is_not_the_accounts_name() -> None:
    with pytest.raises(PasswordError):
        hash_password("nguyen.van.lan12", name="nguyen.van.lan")


@pytest.mark.usefixtures("slow_hashes")
def test_a_password_is_kept_as_a_slow_hash() -> None:
    stored = hash_password(PASSWORD, name="lan")
    assert stored.startswith("$argon2id$") and PASSWORD not in stored
    cost = extract_parameters(stored)
    # OWASP's least for argon2id, in KiB and rounds.
    assert cost.memory_cost >= 19 * 1024 and cost.time_cost >= 2
    assert is_password(PASSWORD, stored)
    assert not is_password(PASSWORD + "x", stored)
    assert not is_password(PASSWORD, None)


def test_every_answer_says_what_a_browser_may_do(served: Served, client: FlaskClient) -> None:
    for address in ("/dang-nhap", "/assets/tokens.css", "/", "/healthz"):
        answer = client.get(address)
        headers = answer.headers
        answer.close()
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe-inline" not in scripts and "'sha256-" in scripts
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
    secure = client.get("/dang-nhap", base_url="https://localhost").headers
    assert "Strict-Transport-Security" in secure


def test_health_says_nothing_of_the_office(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data() == b"ok"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert set(ready.get_json()) == {"database", "last_load", "disk"}


IMPOSSIBLE = ("a\x00b", "\ud800", "x" * 300, "9" * 20, "²", "1900-01", "2099-12", "2099")
"""No text, no number and no period that a database could hold or a page show."""


def test_what_no_database_can_hold_breaks_nothing(database_url: str, tmp_path: Path) -> None:
    engine = open_engine(database_url)
    load_text(engine, tmp_path, dossiers(ROW), as_of=date(2024, 6, 30))
    told = Settings.model_construct(database_url=database_url, data_dir=tmp_path)
    server = create_app(told, engine=engine).server
    server.config["PROPAGATE_EXCEPTIONS"] = False
    inside, nobody = signed_in(server, engine), server.test_client()
    entry = {"kind": "department", "field": "difficulties", "month": "2024-06", "subject": "a"}

    def post(address: str, body: Any) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return inside.post(address, data=text, content_type="application/json")

    for bad in IMPOSSIBLE:
        plain = bad.encode("utf-8", "replace").decode()
        answers = [
            nobody.post("/dang-nhap", data={"name": plain, "password": plain}),
            *(
                post("/hop-thang/bien-ban", {**entry, "value": "x", "base": "", name: bad})
                for name in (*entry, "value", "base")
            ),
            *(
                inside.get("/hop-thang/bien-ban/lich-su", query_string={**entry, name: plain})
                for name in entry
            ),
            *(
                post(f"/nap-du-lieu/nhap/{kind}", {"rows": [dict.fromkeys(TYPED_NAMES, bad)]})
                for kind in ("plan", "ranking", "task_report", "alias", "alias_delete")
            ),
            inside.post("/nguoi-dung", data={"name": "ok", "role": "viewer", "units": plain}),
            inside.post("/nguoi-dung/mat-khau", data={"name": plain, "password": PASSWORD}),
            inside.get("/hop-thang/trinh-chieu", query_string={"so": plain}),
            inside.get(f"/bao-cao/{quote(plain)}/xem"),
            inside.get(f"/nap-du-lieu/lan/{quote(plain)}/bi-loai"),
            inside.post(f"/nap-du-lieu/lan/{quote(plain)}/hoan-tac"),
        ]
        assert [one.status_code for one in answers if one.status_code >= 500] == [], repr(bad)
        search = "&".join(f"{name}={bad}" for name in QUERY_NAMES)
        for path in ("/ho-so", "/hop-thang", "/bao-cao", "/nap-du-lieu"):
            shown = ask_page(inside, path, f"?{search}")
            assert shown.status_code == 200 and "missing error" not in str(shown.get_json())
    deep = "[" * 100_000
    assert post("/_dash-update-component", deep).status_code == 400
    assert post("/hop-thang/bien-ban", deep).status_code == 400
    engine.dispose()


# Fuzzing ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@share(0.2)
@given(body=JSON, value=JSON, search=st.text(max_size=60))
@example(body={"output": []}, value=[], search="")
def test_no_callback_payload_breaks_the_server(
    served: Served, body: Any, value: Any, search: str
) -> None:
    client = signed_in(served.server, served.engine)
    # Whether it keeps its session awake is asked of a question before anything else.
    with write_transaction(served.engine) as connection:
        connection.execute(update(app_session).values(seen_at=now() - 2 * TOUCH))
    assert client.post("/_dash-update-component", json=body).status_code in (400, 403)
    question = page_question(client, pathname="/ho-so", search=search)
    assert client.post("/_dash-update-component", json=question).status_code == 200
    for part in ("output", "inputs", "outputs", "state", "changedPropIds"):
        broken = {**question, part: value}
        status = client.post("/_dash-update-component", json=broken).status_code
        assert status in (200, 204, 400, 403), (part, value)
    for one in question["inputs"]:
        one["value"] = value
    assert client.post("/_dash-update-component", json=question).status_code in (200, 204, 400)


COOKIE_LETTERS = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='",;\\')


@share(0.2)
@given(
    token=st.text(COOKIE_LETTERS, max_size=80),
    query=st.text(max_size=60),
)
def test_no_cookie_and_no_query_breaks_the_server(served: Served, token: str, query: str) -> None:
    client = served.server.test_client()
    client.set_cookie(COOKIE, token)
    for address in ("/", "/dang-nhap", "/mat-khau", "/ho-so"):
        status = client.get(address, query_string={"next": query, "period": query}).status_code
        assert status in (200, 303), address
    inside = signed_in(served.server, served.engine)
    assert ask_page(inside, "/ho-so", f"?{query}").status_code == 200
