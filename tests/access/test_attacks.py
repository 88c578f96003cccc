"""What an attacker tries first, tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from dashboard.access.gate import COOKIE, CSRF_COOKIE, CSRF_FIELD, next_path
from dashboard.access.passwords import PasswordError, hash_password, is_password
from dashboard.access.users import FREE_ATTEMPTS, add_user, make_link, set_active, use_link
from etl.access_tables import app_session
from etl.audit import now
from etl.warehouse import write_transaction
from tests.access.conftest import Served
from tests.examples import share
from tests.services.asking import ask_page, page_question
from tests.services.signing_in import signed_in

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
    assert first.get(f"/vao/{token}").status_code == 303
    assert first.get("/").status_code == 200
    assert second.get(f"/vao/{token}").status_code == 403
    assert second.get("/").status_code == 303


def test_a_link_grows_old_and_none_is_made_once_somebody_has_a_password(
    served: Served, client: FlaskClient
) -> None:
    with write_transaction(served.engine) as connection:
        assert make_link(connection, at=now()) is None
    with write_transaction(served.engine) as connection:
        set_active(connection, "lan", is_active=True)
    assert client.get("/vao/nothing-like-it").status_code == 403


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


def test_a_password_is_kept_as_a_slow_hash() -> None:
    stored = hash_password(PASSWORD, name="lan")
    assert stored.startswith("$argon2id$") and PASSWORD not in stored
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
def test_no_callback_payload_breaks_the_server(
    served: Served, body: Any, value: Any, search: str
) -> None:
    client = signed_in(served.server, served.engine)
    assert client.post("/_dash-update-component", json=body).status_code in (400, 403)
    question = page_question(client, pathname="/ho-so", search=search)
    assert client.post("/_dash-update-component", json=question).status_code == 200
    for part in ("inputs", "outputs", "state", "changedPropIds"):
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
