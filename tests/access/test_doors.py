"""Every route and callback, as nobody, as every role, across units: none is open by chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.access.admin_doors import AUDIT_CHECK
from dashboard.access.gate import CALLBACKS, PUBLIC, ROUTES, SIGNED_IN, outputs_of
from dashboard.access.roles import ADMINISTRATOR, GRANTS, ROLES
from dashboard.access.users import list_users, set_password
from dashboard.app import create_app
from dashboard.pages import PAGES
from etl.audit import now
from etl.settings import Settings
from etl.warehouse import open_engine, write_transaction
from tests.access.conftest import ROW, Served
from tests.etl.loaders import dossiers, load_text
from tests.services.asking import ask_page, chosen_values
from tests.services.signing_in import signed_in

OWN, OTHER = ("21646",), ("21637",)
LINKS = ("sign_in_link", "sign_in_link_post")
"""Doors that let nobody through without a link that is good."""
MOST = ADMINISTRATOR
"""The role that sees every page."""
SCOPES = {"mọi đơn vị": (), "đơn vị này": OWN, "đơn vị khác": OTHER}
SECRET = ROW["Bộ phận"]
THEIRS = {**ROW, "Mã hồ sơ": "000.00.36.H08-240603-0777", "Bộ phận": "Bộ phận của đơn vị kia"}
SECRETS = {
    OWN: (ROW["Mã hồ sơ"], ROW["Bộ phận"], "95,17", "95.17"),
    OTHER: (THEIRS["Mã hồ sơ"], THEIRS["Bộ phận"]),
}
"""What is known of a unit and of no other: to be found on its pages alone. A ranking that the town
has published names every unit, on the page of the ranking.
"""


def addresses(served: Served) -> dict[str, tuple[str, str]]:
    """Return endpoint → (method, an address of it)."""
    found = {}
    for rule in served.server.url_map.iter_rules():
        address = re.sub(r"<[^>]*package_name>", "dash", rule.rule)
        address = re.sub(r"<[^>]*fingerprinted_path>", "dash-renderer/build/none.js", address)
        address = re.sub(r"<int[^:>]*:[^>]*>", "1", address)
        address = re.sub(r"<[^>]*>", "khong-co", address)
        methods = rule.methods or set()
        found[rule.endpoint] = ("GET" if "GET" in methods else "POST", address)
    return found


def knock(client: FlaskClient, method: str, address: str) -> int:
    if method == "GET":
        return client.get(address).status_code
    return client.post(address, data={}).status_code


def test_every_route_has_a_rule_and_every_rule_a_route(served: Served) -> None:
    assert set(addresses(served)) == set(ROUTES)


def test_every_callback_has_a_rule_and_every_rule_a_callback(served: Served) -> None:
    served_outputs = {
        outputs_of(output)[0]
        for output, known in served.server.config["CALLBACK_SPECS"].items()
        if "callback" in known
    }
    assert served_outputs == set(CALLBACKS)


def test_nobody_gets_through_a_door_that_is_not_public(served: Served) -> None:
    client = served.server.test_client()
    for endpoint, (method, address) in addresses(served).items():
        status = knock(client, method, address)
        if ROUTES[endpoint] == PUBLIC:
            # A sign-in without a name is answered by the door itself, not by the gate.
            assert status != 401 or endpoint == "sign_in_post", endpoint
        else:
            assert status in (303, 401), (endpoint, status)


def test_every_role_gets_through_its_own_doors_alone(served: Served) -> None:
    matrix: dict[str, dict[str, str]] = {}
    for role in ROLES:
        for endpoint, (method, address) in addresses(served).items():
            if endpoint in ("sign_out", "sign_out_everywhere"):
                continue  # They end the session that the next door needs.
            rule = ROUTES[endpoint]
            status = knock(signed_in(served.server, served.engine, role=role), method, address)
            is_let_in = rule in (PUBLIC, SIGNED_IN) or rule in GRANTS[role]
            assert (status == 403) != is_let_in or endpoint in LINKS, (
                role,
                endpoint,
                status,
            )
            matrix.setdefault(endpoint, {})[role] = "vào" if is_let_in else "–"
    for endpoint, row in matrix.items():
        print(f"{endpoint:70} {row}")


@pytest.fixture(scope="module")
def two_units(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Served]:
    """An office with dossiers, forms and a published ranking of its own unit and of another."""
    folder = tmp_path_factory.mktemp("two_units")
    path = folder / "warehouse.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = Settings.model_construct(database_url=f"sqlite:///{path}", data_dir=folder)
    engine = open_engine(settings.database_url)
    day = {"as_of": date(2024, 6, 30)}
    load_text(engine, folder, dossiers(ROW), **day)
    load_text(engine, folder, dossiers(THEIRS), name="khac.csv", unit=OTHER[0], **day)
    ranking = (
        f"Năm;Đơn vị;Chỉ số hài lòng;Xếp hạng\n2024;{OWN[0]};95,17;1\n2024;{OTHER[0]};80,00;2\n"
    )
    load_text(engine, folder, ranking, name="xep_hang.csv")
    yield Served(create_app(settings, engine=engine).server, engine, settings)
    engine.dispose()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_shows_its_numbers_to_those_alone_who_may_see_them(
    two_units: Served,
    page,  # type: ignore[no-untyped-def]
) -> None:
    print(page.path)
    served = two_units
    for role in ROLES:
        for name, units in SCOPES.items():
            client = signed_in(served.server, served.engine, role=role, units=units)
            is_granted = page.permission in GRANTS[role]
            may = is_granted and (units != OTHER or page.is_of_units)
            # Whoever may not see the first page has another one there: that of the reports.
            is_shown = may or page.path == "/"
            # Everyone tries what is not theirs; what is theirs is looked at with one role.
            foreign = (*(OWN if units == OTHER else OTHER), "all")
            for unit in ("", *OWN, *OTHER, "all") if role == MOST else foreign:
                answer = ask_page(client, page.path, f"?period=2024-06&unit={unit}").get_json()
                said = str(answer)
                assert ("không được xem trang này" in said) != is_shown, (role, name)
                for mine, theirs in ((OWN, OTHER), (OTHER, OWN)):
                    if units == theirs or not may:
                        assert not [one for one in SECRETS[mine] if one in said], (role, name, unit)
                if page.path == "/ho-so" and may and units:
                    assert SECRETS[units][0] in said, (role, name, unit)
            print(f"  {role:15} {name:12} {'xem' if may else '–'}")


def test_who_may_see_another_unit_alone_is_led_to_its_pages(two_units: Served) -> None:
    def first(role: str, units: tuple[str, ...]) -> dict[str, Any]:
        client = signed_in(two_units.server, two_units.engine, role=role, units=units)
        found: dict[str, Any] = ask_page(client, "/").get_json()["response"]
        return found

    viewer = first("viewer", OTHER)
    assert viewer["unit-line"]["children"] == "UBND phường Tam Quan"
    # There is nothing to choose between, and no way to what is not theirs.
    assert "has-unit" not in viewer["filters"]["className"]
    shown = str(viewer["navigation"])
    assert "/ho-so" in shown and "/hop-thang" not in shown and "/xep-hang" not in shown
    recipient = first("recipient", OTHER)
    assert "Chưa có báo cáo nào được lập" in str(recipient["page"])
    assert "/bao-cao" in str(recipient["navigation"])
    assert "/ho-so" not in str(recipient["navigation"])
    # Of a unit that nothing is loaded of there are pages, and nothing in them.
    nothing = first("viewer", ("21640",))
    assert "Chưa có" in str(nothing["page"])
    assert not [one for secrets in SECRETS.values() for one in secrets if one in str(nothing)]


def test_an_answer_kept_for_one_reader_is_not_given_to_another(served: Served) -> None:
    ask_page(signed_in(served.server, served.engine), "/ho-so", "?period=2024-06")
    other = signed_in(served.server, served.engine, role="viewer", units=OTHER)
    assert SECRET not in str(ask_page(other, "/ho-so", "?period=2024-06").get_json())


def test_what_a_reader_may_not_see_is_not_in_the_navigation(served: Served) -> None:
    def names(role: str) -> str:
        client = signed_in(served.server, served.engine, role=role)
        return str(ask_page(client, "/", "?period=2024-06").get_json())

    assert "/quan-tri" in names("administrator")
    for role in set(ROLES) - {"administrator"}:
        assert "/quan-tri" not in names(role)


def test_a_refusal_that_fills_the_window_has_a_way_back(served: Served) -> None:
    client = signed_in(served.server, served.engine)
    words = "Không có báo cáo này."
    alone = client.get("/bao-cao/999/xem", headers={"Sec-Fetch-Dest": "document"})
    page = alone.get_data(as_text=True)
    assert (alone.status_code, alone.mimetype) == (404, "text/html")
    assert words in page and 'href="/"' in page
    hostile = "/hop-thang/trinh-chieu?period=<script>"
    alone = client.get(hostile, headers={"Sec-Fetch-Dest": "document"})
    assert alone.status_code == 404 and "«&lt;script&gt;»" in alone.get_data(as_text=True)
    # A script says the words itself.
    asked = client.get("/bao-cao/999/xem", headers={"Sec-Fetch-Dest": "empty"})
    assert (asked.mimetype, asked.get_data(as_text=True)) == ("text/plain", words)


def test_nothing_of_the_data_is_in_the_frame(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="recipient")
    for address in ("/", "/_dash-layout", "/_dash-dependencies"):
        assert SECRET not in client.get(address).get_data(as_text=True)


def test_a_recipient_is_told_nothing_of_the_pages_beside_the_snapshots(served: Served) -> None:
    client = signed_in(served.server, served.engine, role="recipient", units=OWN)
    answer = ask_page(client, "/bao-cao", "?period=2024-06")
    assert "Báo cáo" in answer.get_data(as_text=True)
    told = str(answer.get_json())
    assert SECRET not in told and "việc cần chú ý" not in told


def test_a_callback_that_is_not_ours_is_refused(served: Served) -> None:
    client = signed_in(served.server, served.engine)
    for output in ("page.children", "..page.children..", "khong.co", "theme.data", ""):
        answer = client.post("/_dash-update-component", json={"output": output, "inputs": []})
        assert answer.status_code == 403, output


def test_a_callback_is_for_those_alone_who_have_its_right(served: Served) -> None:
    for role, status in (("viewer", 400), ("recipient", 403)):
        client = signed_in(served.server, served.engine, role=role)
        # The question is none that Dash could answer: who may ask is decided before.
        answer = client.post("/_dash-update-component", json={"output": "newer.data"})
        assert answer.status_code == status, role


def test_a_user_is_given_another_role_and_units_and_begins_anew(served: Served) -> None:
    def change(client: FlaskClient, name: str, **asked: str) -> tuple[int, str]:
        answer = client.post("/nguoi-dung/vai-tro", data={"name": name, **asked})
        return answer.status_code, answer.get_data(as_text=True)

    def user(name: str) -> tuple[str, tuple[str, ...]]:
        with served.engine.connect() as connection:
            return next((u.role, u.units) for u in list_users(connection) if u.name == name)

    only = signed_in(served.server, served.engine)
    status, said = change(only, "thu_administrator", role="viewer")
    assert status == 400 and "quản trị duy nhất" in said
    assert 'href="/quan-tri"' in said
    reader = signed_in(served.server, served.engine, role="viewer", units=OWN)
    name = "thu_viewer21646"
    # What is left blank stays: nobody comes to see all units by an oversight.
    assert change(only, name, role="editor", units=" ")[0] == 303
    assert user(name) == ("editor", OWN)
    assert reader.get("/du-lieu").status_code == 303
    assert change(only, name, units="21646; 21637")[0] == 303
    assert user(name) == ("editor", tuple(sorted(OWN + OTHER)))
    held = signed_in(served.server, served.engine, units=OWN)
    assert change(held, name, role="viewer")[0] == 400
    assert change(only, name, units=OWN[0])[0] == 303
    assert change(held, name, units="Tất cả")[0] == 400
    for wrong in ({}, {"role": "vua"}, {"units": "x"}):
        assert change(only, name, **wrong)[0] == 400
    assert user(name) == ("editor", OWN)
    assert change(only, name, units="Tất cả")[0] == 303
    assert user(name) == ("editor", ())
    # Another administrator is left, so this one may go.
    assert change(only, "thu_administrator", role="viewer")[0] == 303
    assert only.get("/quan-tri").status_code == 303


def test_a_new_user_is_a_viewer_unless_somebody_says_otherwise(served: Served) -> None:
    shown = str(ask_page(signed_in(served.server, served.engine), "/quan-tri").get_json())
    assert chosen_values(shown) == ["viewer", ""]
    assert f"'href': '{AUDIT_CHECK}'" in shown


def test_without_any_password_nobody_is_shut_out_and_the_way_in_is_told(served: Served) -> None:
    first = signed_in(served.server, served.engine)
    client = served.server.test_client()
    leave = "Đăng xuất khỏi mọi thiết bị"
    assert "Chưa ai có mật khẩu" in client.get("/dang-nhap").get_data(as_text=True)
    assert leave not in first.get("/mat-khau").get_data(as_text=True)
    with write_transaction(served.engine) as connection:
        set_password(connection, "thu_administrator", "bốn từ tiếng Việt", at=now())
    assert "Chưa ai có mật khẩu" not in client.get("/dang-nhap").get_data(as_text=True)
    again = signed_in(served.server, served.engine)
    assert leave in again.get("/mat-khau").get_data(as_text=True)
