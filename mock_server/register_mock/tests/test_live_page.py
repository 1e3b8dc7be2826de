"""The live pages without a browser: what they show, what their forms do, and whom they let in."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from register_mock.contract.credentials import BEARER
from register_mock.pages.live.curl import curl
from register_mock.pages.live.drawing import drawn
from register_mock.pages.live.forms import body_of
from register_mock.tests.controlling import NEWEST, A, Controlled, controlled, trainee_data
from register_mock.tests.live import Live, as_served
from register_spec.documents import read_yaml, source_folder

CONTROL = read_yaml(source_folder() / "control.yaml")
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}</script><script>alert(2)</script>"


@pytest.fixture
def mock() -> Controlled:
    return controlled()


@pytest.fixture
def page(mock: Controlled) -> FlaskClient:
    return mock.app.test_client()


def fields_of(form: str) -> dict[str, str]:
    """Return what a form sends when nothing is chosen."""
    named = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in named}


def form_with(page: str, text: str) -> dict[str, str]:
    """Return what the form sends that has a button with this text."""
    forms = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
    return fields_of(next(form for form in forms if re.search(rf"<button[^>]*>{text}", form)))


def press(client: FlaskClient, path: str, text: str, **chosen: str) -> Any:
    """Press the button with this text on a page; return the page that follows."""
    fields = {**form_with(client.get(path).text, text), **chosen}
    world = re.match("/worlds/([^/]+)", path)
    where = f"/worlds/{world[1] if world else 'default'}/do"
    return client.post(where, data=fields, follow_redirects=True)


def test_a_press_is_a_control_call(mock: Controlled, page: FlaskClient) -> None:
    assert "stands still" in page.get("/").text
    done = press(page, "/", "On by a day")
    assert (done.status_code, done.request.path) == (200, "/")
    assert "Move time on by seconds or days" in done.text
    assert mock.done("GET", "/clock")["now"] == "2025-10-16T09:00:00.000Z"
    press(page, "/", "Let it run")
    assert mock.done("GET", "/clock")["frozen"] is False
    press(page, "/", "Set the clock", now="2024-02-29T12:00:00Z", frozen="true")
    assert mock.done("GET", "/clock") == {"now": "2024-02-29T12:00:00.000Z", "frozen": True}
    press(page, "/", "Switch to “manual”")
    assert mock.done("GET", "/settings")["trn"] == {"mode": "manual", "seconds": 60}
    press(page, "/", "Switch to “on”")
    assert mock.done("GET", "/settings")["rate_limit"]["enabled"] is True
    press(page, "/", "Add an expired token")
    statuses = [each["status"] for each in mock.done("GET", "/providers")["providers"][0]["tokens"]]
    assert statuses == ["active", "expired"]
    press(page, "/", "Make a world", name="other", seed="empty", reading="deployed")
    assert mock.done("GET", "/worlds/other")["reading"] == "deployed"
    assert 'href="/worlds/other"' in page.get("/").text
    press(page, "/worlds/other", "On by a day")
    press(page, "/", "Remove")
    assert mock.ask("GET", "/worlds/other")[0] == 404


def test_each_kind_of_fault_has_a_button(mock: Controlled, page: FlaskClient) -> None:
    kinds = [
        form["properties"]["kind"]["const"]
        for form in CONTROL["components"]["schemas"]["FaultEffect"]["oneOf"]
    ]
    found = re.findall(r'name="_with" value="([^"]+)"', page.get("/").text)
    for sent in map(html.unescape, found):
        assert press(page, "/", "Status 503", _with=sent, times="1").status_code == 200
    faults = mock.done("GET", "/faults")["faults"]
    assert [fault["effect"]["kind"] for fault in faults] == kinds
    assert {fault["times"] for fault in faults} == {1}
    press(page, "/", "Remove<")
    assert len(mock.done("GET", "/faults")["faults"]) == len(kinds) - 1
    press(page, "/", "Remove all faults")
    assert mock.done("GET", "/faults")["faults"] == []


def make(mock: Controlled, state: str | None = None, **data: Any) -> str:
    wanted = {"provider": A, "version": NEWEST, "data": {**trainee_data(), **data}}
    wanted |= {} if state is None else {"state": state}
    made: str = mock.done("POST", "/trainees", wanted)["trainee_id"]
    return made


def test_events_that_may_happen_are_buttons(mock: Controlled, page: FlaskClient) -> None:
    trainee_id = make(mock, "submitted_for_trn")
    path = f"/worlds/default/trainees/{trainee_id}?version={NEWEST}"
    shown = page.get(path).text
    assert "Receive trn" in shown
    assert ">Award</button>" not in shown
    press(page, path, "Receive trn", trn="7654321")
    record = mock.done("GET", f"/trainees/{trainee_id}")
    assert (record["state"], record["data"]["trn"]) == ("trn_received", "7654321")
    assert page.get("/worlds/default/trainees/nobody").status_code == 404


def test_what_is_refused_is_told_and_nothing_is_changed(
    mock: Controlled, page: FlaskClient
) -> None:
    wrong = press(page, "/", "Set the clock", now="yesterday")
    assert wrong.status_code == 400
    assert "There is a problem" in wrong.text
    assert "yesterday" in wrong.text
    assert mock.done("GET", "/clock")["now"] == "2025-10-15T09:00:00.000Z"
    assert page.get("/worlds/nobody").status_code == 404
    assert page.get("/worlds/default/requests?status=x").status_code == 400
    assert press(page, "/", "On by a day", _call="make_tea").status_code == 400


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_form_of_a_strange_page_does_nothing(
    mock: Controlled, page: FlaskClient, token: str
) -> None:
    assert press(page, "/", "On by a day", _token=token).status_code == 403
    assert mock.done("GET", "/clock")["now"] == "2025-10-15T09:00:00.000Z"


@pytest.mark.parametrize(
    "back",
    ["//evil.example/", "/\t/evil.example/", "https://evil.example/", "/\\evil", "x"],
)
def test_a_form_leads_back_to_this_server_only(page: FlaskClient, back: str) -> None:
    fields = {**form_with(page.get("/").text, "On by a day"), "_back": back}
    answer = page.post("/worlds/default/do", data=fields)
    assert (answer.status_code, answer.location) == (303, "/?done=advance_clock")


@pytest.mark.parametrize(
    ("name", "fields", "body"),
    [
        ("set_clock", {"now": "null", "frozen": "true"}, {"now": None, "frozen": True}),
        ("advance_clock", {"days": "1.5", "seconds": ""}, {"days": 1.5}),
        ("change_settings", {"rate_limit.requests": "7"}, {"rate_limit": {"requests": 7}}),
        ("fire_event", {"event": "receive_trn", "trn": "0012345"},
         {"event": "receive_trn", "trn": "0012345"}),
        ("add_fault", {"match.operation": "show_info", "times": "2", "effect.kind": "delay",
                       "effect.seconds": "2"},
         {"match": {"operation": "show_info"}, "times": 2,
          "effect": {"kind": "delay", "seconds": 2.0}}),
        ("add_fault", {"times": "often"}, {"times": "often"}),
        ("delete_fault", {"x": "y"}, None),
    ],
)  # fmt: skip
def test_a_form_is_read_by_the_document(name: str, fields: dict[str, str], body: Any) -> None:
    assert body_of(CONTROL, name, fields) == body


def test_hostile_texts_are_shown_as_text(mock: Controlled, page: FlaskClient) -> None:
    mock.done("POST", "/providers", {"name": HOSTILE, "ukprn": "10001234"})
    trainee_id = make(mock, first_names=HOSTILE[:50], last_name="‮<b>x</b>")
    token = mock.world.providers[A].tokens[0].token
    mock.public("POST", "/trainees", token, {"first_names": HOSTILE, HOSTILE: HOSTILE})
    page.get("/api/<script>alert(3)</script>?a=<script>alert(4)</script>")
    headers = {"Authorization": f"Bearer {token}", "X-Odd": HOSTILE}
    page.open(f"/api/{NEWEST}/info", method="GET", headers=headers)
    ids = [each["id"] for each in mock.done("GET", "/requests")["requests"]]
    assert len(ids) == 3
    paths = [
        "/",
        "/worlds/default/trainees",
        "/worlds/default/trainees?search=" + HOSTILE.replace("&", "%26"),
        f"/worlds/default/trainees/{trainee_id}",
        "/worlds/default/requests",
        *(f"/worlds/default/requests/{each}" for each in ids),
        "/worlds/<script>alert(5)<script>",
        "/worlds/default/trainees/<script>alert(6)<script>",
    ]
    for path in paths:
        shown = page.get(path).text
        assert "<img" not in shown, path
        assert "<b>x" not in shown, path
        assert set(re.findall("<script[^>]*>[^<]*", shown)) <= {'<script src="/live.js" defer>'}
        assert "49" not in re.findall(r"onerror=alert\(1\)[^7]{0,40}\d\d", shown)
    assert "&lt;img src=x onerror" in page.get(f"/worlds/default/trainees/{trainee_id}").text


def test_a_request_can_be_pasted_into_a_shell(tmp_path: Any) -> None:
    """What is in the line is what was sent, whatever it was: the shell takes none of it."""
    entry = {
        "method": "POST",
        "path": "/api/x/$(touch pwned)'",
        "query": "a=`touch pwned`",
        "request": {
            "headers": {"Authorization": "Bearer mock_…", "X-A": "$(touch pwned)", "Host": "h"},
            "body": {"name": "it's $HOME `x`"},
        },
    }
    line = curl(entry, "http://127.0.0.1:1", BEARER, "mock_1")
    shown = f"{sys.executable} -c 'import sys; print(*sys.argv[1:], sep=chr(10))' "
    told = subprocess.run(
        shown + line.removeprefix("curl "),
        shell=True, capture_output=True, text=True, cwd=tmp_path, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert told == [
        "-X",
        "POST",
        "http://127.0.0.1:1/api/x/$(touch%20pwned)'?a=`touch pwned`",
        "-H",
        "Authorization: Bearer mock_1",
        "-H",
        "X-A: $(touch pwned)",
        "--data-raw",
        '{"name": "it\'s $HOME `x`"}',
    ]
    assert list(tmp_path.iterdir()) == []
    without = shlex.split(curl(entry, "http://127.0.0.1:1", BEARER, None))
    assert "Authorization: Bearer $TOKEN" in without


def test_the_drawing_has_every_state_and_no_two_in_one_place(mock: Controlled) -> None:
    lifecycle = mock.done("GET", "/lifecycle")
    drawing = drawn(lifecycle)
    assert [box.state for box in drawing.boxes] != []
    assert {box.state for box in drawing.boxes} == {row["state"] for row in lifecycle["states"]}
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(drawing.boxes)
    told = {word for arrow in drawing.arrows for line in arrow.lines for word in line.split()}
    for edge in lifecycle["edges"]:
        if edge["from"] != edge["to"] and edge["to"] != "previous":
            assert set(edge["event"].split("_")) <= told


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A mock that asks for its control token."""
    with as_served(tmp_path_factory.mktemp("guarded"), "--control-token", "open-sesame") as live:
        yield live


def test_the_control_token_is_asked_for_once(guarded: Live) -> None:
    with requests.Session() as browser:
        first = browser.get(f"{guarded.url}/worlds/default/requests", timeout=5)
        assert first.url == f"{guarded.url}/sign-in?back=/worlds/default/requests"
        assert guarded.token not in first.text
        stream = browser.get(
            f"{guarded.url}/worlds/default/stream", timeout=5, allow_redirects=False
        )
        assert stream.status_code == 303
        wrong = browser.post(first.url, data={"control_token": "open-sesam"}, timeout=5)
        assert (wrong.status_code, len(browser.cookies)) == (401, 0)
        assert "There is a problem" in wrong.text
        right = browser.post(
            first.url, data={"control_token": "open-sesame"}, timeout=5, allow_redirects=False
        )
        cookie = right.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "open-sesame" not in cookie
        home = browser.get(f"{guarded.url}/", timeout=5).text
        assert guarded.token in home
        _presses(guarded, browser, home)
        out = fields_of(re.findall(r'<form method="post" action="/sign-out".*?</form>', home)[0])
        browser.post(f"{guarded.url}/sign-out", data=out, timeout=5)
        browser.cookies.set("register_mock_session", cookie.partition("=")[2].partition(";")[0])
        assert "/sign-in" in browser.get(f"{guarded.url}/", timeout=5).url


def _presses(guarded: Live, browser: requests.Session, home: str) -> None:
    """A form of this session does something, and that of another one, or of none, does not."""
    form = form_with(home, "On by a day")
    do = f"{guarded.url}/worlds/default/do"
    with requests.Session() as other:
        other.post(f"{guarded.url}/sign-in", data={"control_token": "open-sesame"}, timeout=5)
        assert other.post(do, data=form, timeout=5).status_code == 403
    assert requests.post(do, data=form, timeout=5).status_code == 403
    assert "Move time on" in browser.post(do, data=form, timeout=5).text
