"""A web page cannot drive a mock on loopback: foreign Host and Origin are turned away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.test import TestResponse

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.tests.controlling import NEWEST, Controlled, controlled
from register_mock.tests.live import Live, as_served, on_werkzeug, raw, status_of

OWN = "http://localhost:4010"
EVIL = "https://evil.example"
INFO = f"/api/{NEWEST}/info"
RESET = b'{"seed":"empty"}'


def sent(mock: Controlled, method: str, path: str, **headers: str) -> TestResponse:
    """Send a request as a browser does: without a preflight, a body is text."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return mock.app.test_client().open(
        path, method=method, base_url=OWN, headers=named, data=RESET, content_type="text/plain"
    )


@pytest.fixture(scope="module")
def mock() -> Controlled:
    """A mock that was started without options."""
    return controlled()


def is_turned_away(answer: TestResponse, error: str) -> str:
    assert answer.status_code == 403
    assert answer.json is not None
    assert set(answer.json) == {"error", "detail"}
    assert answer.json["error"] == error
    return str(answer.json["detail"])


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "null",
        "",
        "nonsense",
        "http://localhost",
        "http://localhost:3000",
        "https://localhost:4010",
        "http://127.0.0.1:4010",
        "http://localhost:4010.evil.example",
        "http://localhost:4010@evil.example",
        "http://localhost:99999",
    ],
)
@pytest.mark.parametrize("path", ["/_mock/reset", "/_mock/nothing", "/_mock"])
def test_a_control_call_of_another_origin_changes_nothing(
    mock: Controlled, origin: str, path: str
) -> None:
    mock.world.registers["partners"].add({"urn": None, "ukprn": "10009999", "name": "To be kept"})
    detail = is_turned_away(sent(mock, "POST", path, Origin=origin), "foreign_origin")
    assert "--cors ORIGIN" in detail
    assert mock.world.registers["partners"].find("name", "To be kept") is not None


def test_even_reading_is_refused_to_another_origin(mock: Controlled) -> None:
    """The control API shows tokens."""
    is_turned_away(sent(mock, "GET", "/_mock/worlds", Origin=EVIL), "foreign_origin")


def test_a_browser_that_keeps_the_origin_back_is_known_by_its_fetch_metadata(
    mock: Controlled,
) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        answer = sent(mock, "POST", "/_mock/reset", Sec_Fetch_Site=site)
        assert answer.status_code == status
    # A link from elsewhere, and a page typed by hand.
    assert sent(mock, "GET", "/_mock/health", Sec_Fetch_Site="cross-site").status_code == 200
    assert sent(mock, "POST", "/_mock/reset", Sec_Fetch_Site="none").status_code == 200


def test_programs_and_own_pages_are_let_in(mock: Controlled) -> None:
    assert sent(mock, "POST", "/_mock/reset").status_code == 200
    for own in (OWN, "HTTP://LOCALHOST:4010"):
        assert sent(mock, "POST", "/_mock/reset", Origin=own).status_code == 200
    plain = {"Host": "localhost", "Origin": "http://localhost:80"}
    assert sent(mock, "POST", "/_mock/reset", **plain).status_code == 200


def test_cors_lets_one_origin_in_or_all() -> None:
    page = "http://localhost:3000"
    one, every = controlled(cors=page), controlled(cors="*")
    assert sent(one, "POST", "/_mock/reset", Origin=page).status_code == 200
    answer = sent(one, "POST", "/_mock/reset", Origin="http://localhost:3001")
    is_turned_away(answer, "foreign_origin")
    assert sent(every, "POST", "/_mock/reset", Origin=EVIL).status_code == 200


def test_more_slashes_at_the_begin_lead_past_nobody(mock: Controlled) -> None:
    """The routes read a path as if it had one."""
    answer = mock.app.test_client().post(
        "/",
        base_url=OWN,
        headers={"Origin": EVIL},
        environ_overrides={"PATH_INFO": "//_mock/reset"},
    )
    is_turned_away(answer, "foreign_origin")


def test_a_public_call_of_another_origin_is_answered(mock: Controlled) -> None:
    """It needs a token in a header, which a browser sends after a preflight only."""
    mock.world.journal.clear()
    assert sent(mock, "GET", INFO, Origin=EVIL).status_code == 401
    assert len(mock.world.journal.entries()) == 1


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4010",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "0.0.0.0:4010",
        "192.168.1.5:4010",
        "localhost:99999",
        "127.0.0.1, evil.example",
        "[::1",
        "a b",
        "\xff",
        "x" * 5_000,
    ],
)
@pytest.mark.parametrize("path", ["/", "/style.css", "/nowhere", INFO, "/_mock/worlds"])
def test_a_foreign_host_is_answered_nothing(mock: Controlled, host: str, path: str) -> None:
    mock.world.journal.clear()
    answer = sent(mock, "GET", path, Host=host)
    detail = is_turned_away(answer, "foreign_host")
    assert "--allow-host NAME" in detail
    assert len(detail) < 1_000
    # It has come to no world.
    assert mock.world.journal.entries() == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:80", "mock.localhost:1", "127.0.0.1:4010", "127.8.8.8", "[::1]:4010"],
)
def test_names_of_this_machine_are_answered_to(mock: Controlled, host: str) -> None:
    assert sent(mock, "GET", "/", Host=host).status_code == 200
    assert sent(mock, "GET", INFO, Host=host).status_code == 401


def test_allow_host_lets_names_in() -> None:
    names = ("host.docker.internal", "Tunnel.Example")
    mock = controlled(allow_hosts=names)
    for host in ("host.docker.internal:4010", "tunnel.example"):
        assert sent(mock, "GET", INFO, Host=host).status_code == 401
        assert sent(mock, "POST", "/_mock/reset", Host=host).status_code == 200
    is_turned_away(sent(mock, "GET", INFO, Host="a.tunnel.example"), "foreign_host")
    # The name is let in, and the pages of other names are not.
    headers = {"Host": "tunnel.example", "Origin": EVIL}
    is_turned_away(sent(mock, "POST", "/_mock/reset", **headers), "foreign_origin")


def test_elsewhere_the_control_token_decides() -> None:
    token = "a-token-for-all"
    mock = controlled(host="0.0.0.0", control_token=token)
    headers = {"Host": "mock.example", "Origin": EVIL}
    assert sent(mock, "POST", "/_mock/reset", **headers).status_code == 401
    headers["Authorization"] = f"Bearer {token}"
    assert sent(mock, "POST", "/_mock/reset", **headers).status_code == 200


def test_a_preflight_for_a_foreign_host_is_refused() -> None:
    client = create_app(Options(seed="empty", cors="*")).test_client()
    headers = {"Origin": EVIL, "Access-Control-Request-Method": "POST", "Host": "evil.example"}
    assert client.options("/_mock/reset", headers=headers).status_code == 403


@pytest.fixture(scope="module", params=["werkzeug", "served", "in process"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    if request.param == "in process":
        mock = InProcessMock()
        yield Live(int(mock.url.rpartition(":")[2]), "")
        mock.close()
        return
    folder = Path(tmp_path_factory.mktemp("served"))
    with on_werkzeug() if request.param == "werkzeug" else as_served(folder) as running:
        yield running


def raw_status(live: Live, target: str, **headers: str) -> int | None:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    sent = [f"POST {target} HTTP/1.1", *lines, "Connection: close", "", ""]
    return status_of(raw(live.port, "\r\n".join(sent).encode(), seconds=20))


def test_every_server_turns_a_page_away(live: Live) -> None:
    url = f"{live.url}/_mock/reset"
    text = {"Content-Type": "text/plain"}
    for strange in ({"Origin": EVIL}, {"Host": "evil.example"}, {"Origin": "null"}):
        answer = requests.post(url, data=RESET, headers=text | strange, timeout=20)
        assert (answer.status_code, set(answer.json())) == (403, {"error", "detail"})
    assert requests.post(url, data=RESET, headers=text, timeout=20).ok
    own = text | {"Origin": live.url}
    assert requests.post(url, data=RESET, headers=own, timeout=20).ok


@pytest.mark.parametrize(
    "target", ["/_mock/reset", "//_mock/reset", "/%5Fmock/reset", "/./_mock/reset", "/_mock//reset"]
)
def test_no_other_spelling_of_a_path_leads_past_the_door(live: Live, target: str) -> None:
    assert raw_status(live, target, Host="localhost", Origin=EVIL) in (401, 403, 404)
    assert raw_status(live, target, Host="evil.example") == 403


def test_what_names_no_host_was_not_sent_by_a_browser(live: Live) -> None:
    old = b"GET /_mock/health HTTP/1.0\r\n\r\n"
    assert status_of(raw(live.port, old, seconds=20)) == 200


def test_a_page_that_sends_much_is_told_too(live: Live) -> None:
    body = b"x" * 5_000_000
    answer = requests.post(
        f"{live.url}/_mock/reset", data=body, headers={"Origin": EVIL}, timeout=20
    )
    assert answer.status_code == 403
