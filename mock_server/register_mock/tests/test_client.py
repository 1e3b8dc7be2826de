"""The typed client against the mock: every call of the control API, every answer, every refusal."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from register_mock import client
from register_mock.client import Control, ControlError, RateLimit, RegisterMock, Timer, link
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_spec.documents import read_yaml, source_folder

NOW = datetime(2025, 10, 15, 9, tzinfo=UTC)
NEWEST = VERSIONS[-1]
METHODS = ("get", "put", "post", "delete", "patch")

pytestmark = pytest.mark.register_mock(now="2025-10-15T09:00:00Z")


def made(mock: RegisterMock, state: str | None = None, **details: Any) -> str:
    """Return the id of a trainee that was made in a state."""
    trainee = mock.control.add_trainee(
        mock.provider.ukprn, NEWEST, trainee_data(NEWEST), state=state, details=details or None
    )
    return trainee.trainee_id


def test_worlds_are_made_shown_saved_and_removed(register_mock: RegisterMock) -> None:
    control = register_mock.control
    made_world = control.create_world("second", seed="empty", random_seed=7, reading="documented")
    second = control.in_world("second")
    try:
        assert [world.name for world in control.worlds()][-1] == "second"
        assert second.show_world().providers == made_world.providers
        assert made_world.providers[0].token != register_mock.token
        second.snapshot("before")
        second.add_provider("Eastbrook Institute", "10001234")
        assert len(second.providers()) == 3
        assert len(second.restore("before").providers) == 2
        assert second.reset("demo").seed == "demo"
        assert second.reset().seed == "empty"
        assert control.health().worlds == len(control.worlds())
        assert control.health().versions == register_mock.versions
    finally:
        second.delete_world()
    assert "second" not in [world.name for world in control.worlds()]


def test_time_is_set_frozen_and_moved_on(register_mock: RegisterMock) -> None:
    control = register_mock.control
    assert control.now() == NOW
    assert control.advance(days=1, seconds=5).now == datetime(2025, 10, 16, 9, 0, 5, tzinfo=UTC)
    assert control.advance(days=2).now.day == 18
    assert control.advance().now.day == 18
    assert control.freeze("2024-02-29T00:00:00Z").now == datetime(2024, 2, 29, tzinfo=UTC)
    assert control.set_clock(datetime(2026, 1, 1)).frozen is False  # noqa: DTZ001
    assert control.now().year == 2026
    assert control.freeze().frozen is True
    assert control.set_clock(None).frozen is False
    assert abs(control.now() - datetime.now(UTC)).total_seconds() < 60


def test_providers_tokens_and_registers(register_mock: RegisterMock) -> None:
    control = register_mock.control
    url = f"{register_mock.url()}/info"
    provider = control.add_provider("Eastbrook Institute", "10001234")
    assert provider.token == provider.tokens[0].token
    for status, expires_on, expected in (
        ("active", None, 200),
        ("active", date(2025, 10, 16), 200),
        ("active", "2025-10-15", 401),
        ("expired", None, 401),
        ("revoked", None, 401),
    ):
        token = control.add_token(provider.ukprn, status, expires_on).token
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(url, headers=headers, timeout=5).status_code == expected
    control.discard_provider(provider.ukprn)
    headers = {"Authorization": f"Bearer {provider.token}"}
    assert requests.get(url, headers=headers, timeout=5).status_code == 401
    school = control.add_school("100010", "Kestrel Primary School", town="Kesterton")
    assert control.schools()[-1] == school
    assert (school.town, school.postcode) == ("Kesterton", None)
    partner = control.add_partner("Silverbrook Training Hub", ukprn="10000005")
    assert control.partners()[-1] == partner


def test_trainees_and_what_happens_to_them(register_mock: RegisterMock) -> None:
    control = register_mock.control
    trainee_id = made(register_mock)
    assert control.receive_trn(trainee_id, "7654321") == "trn_received"
    (trainee,) = control.trainees(provider=register_mock.provider.ukprn, state="trn_received")
    assert (trainee.trainee_id, trainee.data["trn"]) == (trainee_id, "7654321")
    assert trainee.created_at == NOW
    assert control.discard(trainee_id) == "trn_received"
    recommended = made(register_mock, "recommended_for_award", outcome_date="2025-06-17")
    assert control.award(recommended, NOW) == "awarded"
    deferred = made(register_mock, "deferred", trn="1234567")
    assert control.reinstate(deferred, date(2025, 10, 1)) == "trn_received"
    withdrawn = made(register_mock, "withdrawn", trn=None)
    assert control.undo_withdrawal(withdrawn) == "submitted_for_trn"
    assert [each.discarded for each in control.trainees()] == [True, False, False, False]
    assert control.trainees(provider=register_mock.other_provider.ukprn) == []


def test_settings_are_changed_in_part(register_mock: RegisterMock) -> None:
    control = register_mock.control
    assert (control.settings().trn.mode, control.settings().trn.seconds) == ("after", 60)
    control.settings(trn="manual", award=5, rate_limit={"requests": 3})
    limit = RateLimit(enabled=True, requests=7, seconds=30)
    timer = Timer(mode="after", seconds=2.5)
    changed = control.settings(rate_limit=limit, trn=timer)
    assert (changed.rate_limit, changed.trn) == (limit, timer)
    control.settings(trn="manual", award=5, rate_limit={"requests": 3, "enabled": False})
    settings = control.settings(rate_limit=True)
    assert (settings.trn.mode, settings.award.seconds) == ("manual", 5)
    assert (settings.rate_limit.enabled, settings.rate_limit.requests) == (True, 3)


def test_faults_of_every_kind(register_mock: RegisterMock) -> None:
    control = register_mock.control
    control.fault("status", status=503, body={"no": "way"}, operation="show_info", times=1)
    control.fault("delay", seconds=0.01, version=NEWEST)
    last = control.fault("malformed_json", provider=register_mock.provider.ukprn, probability=1)
    url, headers = f"{register_mock.url()}/info", register_mock.headers
    answer = requests.get(url, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (503, {"no": "way"})
    with pytest.raises(ValueError, match="Unterminated"):
        requests.get(url, headers=headers, timeout=5).json()
    assert [fault.fired for fault in control.faults()] == [1, 1, 1]
    control.delete_fault(last.id)
    assert requests.get(url, headers=headers, timeout=5).json() == {"status": "ok"}
    control.fault("drop", trainee_id="nobody")
    control.clear_faults()
    assert control.faults() == []


def test_the_journal_says_what_was_asked_and_why_it_was_refused(
    register_mock: RegisterMock,
) -> None:
    control = register_mock.control
    requests.get(f"{register_mock.url()}/info", headers=register_mock.headers, timeout=5)
    control.advance(seconds=1)
    refused = requests.post(
        f"{register_mock.url()}/trainees",
        json={"data": trainee_data(NEWEST, sex="42")},
        headers=register_mock.headers,
        timeout=5,
    )
    request = control.request(refused.headers["X-Mock-Request-Id"])
    assert (request.status, request.operation, request.version) == (422, "create_trainee", NEWEST)
    (reason,) = request.explanation
    assert (reason.field, reason.sent) == ("sex", "42")
    assert "99" in reason.allowed
    assert request.request["body"]["data"]["sex"] == "42"
    assert str(request).startswith(f"{request.id} POST /api/{NEWEST}/trainees 422\n    sex is not ")
    assert [each.status for each in control.requests()] == [200, 422]
    for filters in (
        {"operation": "create_trainee"},
        {"status": 422},
        {"since": control.now()},
        {"since": "req-000001"},
        {"limit": 1},
    ):
        assert control.requests(**filters) == [request]
    assert control.requests(version=VERSIONS[0]) == []
    assert control.requests(provider=register_mock.other_provider.ukprn) == []
    control.clear_requests()
    assert control.requests() == []


def test_a_refusal_says_what_would_be_right(register_mock: RegisterMock) -> None:
    control = register_mock.control
    trainee_id = made(register_mock)
    with pytest.raises(ControlError) as illegal:
        control.award(trainee_id)
    assert (illegal.value.status, illegal.value.code) == (409, "illegal_event")
    assert illegal.value.more == {"state": "submitted_for_trn"}
    assert "receive_trn" in illegal.value.detail
    with pytest.raises(ControlError) as refused:
        control.add_trainee(register_mock.provider.ukprn, NEWEST, {"first_names": "Ann"})
    assert refused.value.status == 422
    assert refused.value.more["response"]["errors"]
    with pytest.raises(ControlError, match=r"404 unknown_world: .*there are default"):
        control.in_world("nowhere").now()
    with pytest.raises(ControlError, match=r"400 .*days: .*0"):
        control.advance(days=-1)
    assert control.now() == NOW


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that nothing answers at."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_what_is_no_mock_is_told_so(nobody: str, register_mock: RegisterMock) -> None:
    with pytest.raises(ConnectionError, match="register-mock serve"):
        Control(nobody).now()
    with pytest.raises(ValueError, match="give an address such as"):
        Control("127.0.0.1:4010")
    with pytest.raises(ControlError, match="is not a mock of this kind"):
        Control(f"{register_mock.base_url}/openapi").now()
    with pytest.raises(ValueError, match=f"there are {', '.join(VERSIONS)}"):
        register_mock.url("v1")


def test_the_control_document_is_that_of_the_server(register_mock: RegisterMock) -> None:
    assert "/_mock/clock/advance:" in register_mock.control.document()
    with pytest.raises(ControlError, match="is not a mock of this kind"):
        Control(f"{register_mock.base_url}/reference").document()


def test_a_mock_that_runs_already_is_found(register_mock: RegisterMock) -> None:
    found = RegisterMock.at(f"{register_mock.base_url}/", register_mock.world.name)
    assert found.url() == register_mock.url()
    assert (found.token, found.other_token) == (register_mock.token, register_mock.other_token)
    assert found.headers != found.other_headers
    register_mock.control.discard_provider(found.other_provider.ukprn)
    alone = RegisterMock.at(register_mock.base_url, register_mock.world.name)
    with pytest.raises(LookupError, match="has 1 provider"):
        _ = alone.other_token


def test_requests_are_exported_as_an_archive(register_mock: RegisterMock) -> None:
    """By the same filters, masked, with what was said of them."""
    body = {"data": {**trainee_data(NEWEST), "sex": "nobody"}}
    url = f"{register_mock.url(NEWEST)}/trainees?token=secret&a=1"
    sent = requests.post(url, json=body, headers=register_mock.headers, timeout=5)
    assert sent.status_code == 422
    register_mock.control.fault("drop", operation="show_info", times=1)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{register_mock.url(NEWEST)}/info", headers=register_mock.headers, timeout=5)
    log = register_mock.control.har()["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "register-mock")
    created, dropped = log["entries"]
    assert (dropped["response"]["status"], dropped["response"]["statusText"]) == (0, "")
    assert created["startedDateTime"] == "2025-10-15T09:00:00.000Z"
    assert created["time"] == created["timings"]["wait"] > 0
    question, answer = created["request"], created["response"]
    assert question["url"].startswith(f"{register_mock.url(NEWEST)}/trainees?token=")
    assert question["queryString"][1] == {"name": "a", "value": "1"}
    assert json.loads(question["postData"]["text"]) == body
    assert question["bodySize"] == len(sent.request.body or "")
    assert question["postData"]["mimeType"] == "application/json"
    assert answer["content"]["mimeType"] == "application/json; charset=utf-8"
    assert (answer["status"], answer["statusText"]) == (422, "Unprocessable Entity")
    assert (answer["content"]["text"], answer["bodySize"]) == (sent.text, len(sent.content))
    assert created["comment"].startswith(f"{sent.headers['X-Mock-Request-Id']}; inclusion: ")
    written = json.dumps(log)
    assert "secret" not in written
    assert register_mock.token not in written
    some = register_mock.control.har(operation="show_info", since=NOW, limit=5)["log"]["entries"]
    assert some == [dropped]
    with pytest.raises(ControlError, match="no_such"):
        register_mock.control.har(operation="no_such")


Says = Callable[[bytes], Control]


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Makes the control of somebody who answers every call so, with 200."""

    def control(content: bytes) -> Control:
        monkeypatch.setattr(link, "send", lambda *_: (200, content))
        return Control("http://127.0.0.1:1")

    return control


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", ""),
        (b"[" * 100_000, ""),
        (b"null", ""),
        (b"{}", "now: missing"),
        (b'{"now": 7, "frozen": false}', "now: not a moment"),
        (b'{"now": "2025-10-15T09:00:00Z", "frozen": "no"}', "frozen: not true or false"),
    ],
)
def test_an_answer_that_is_none_of_a_mock_s_is_told_so(
    content: bytes, flaw: str, saying: Says
) -> None:
    with pytest.raises(ControlError, match=f"is not a mock of this kind.*{flaw}") as told:
        saying(content).clock()
    assert (told.value.status, told.value.code) == (200, "no_mock")


def test_what_is_nested_in_an_answer_is_looked_at_too(saying: Says) -> None:
    provider = {"name": "A", "ukprn": "1", "tokens": [{"token": 7}]}
    with pytest.raises(ControlError, match="tokens: token: not a text"):
        saying(json.dumps({"providers": [provider]}).encode()).providers()
    with pytest.raises(ControlError, match="not a list"):
        saying(b'{"providers": {}}').providers()
    limit = {"enabled": True, "requests": True, "seconds": 60}
    timer = {"mode": "after", "seconds": 60}
    odd = json.dumps({"trn": timer, "award": timer, "rate_limit": limit}).encode()
    with pytest.raises(ControlError, match="rate_limit: requests: not a whole number"):
        saying(odd).settings()


def test_every_call_of_the_control_api_has_a_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client and `spec/control.yaml` agree: its calls, and no others."""
    called: set[tuple[str, str]] = set()

    def recorded(url: str, wait: float, method: str, target: str, *_: Any) -> tuple[int, bytes]:
        called.add((method, unquote(target).partition("?")[0]))
        return 404, b'{"error": "recorded", "detail": ""}'

    monkeypatch.setattr(link, "send", recorded)
    control = Control("http://127.0.0.1:1", "{name}")
    for asked in (
        control.health,
        control.worlds,
        control.create_world,
        control.show_world,
        control.delete_world,
        control.reset,
        lambda: control.snapshot("{name}"),
        lambda: control.restore("{name}"),
        control.clock,
        control.freeze,
        control.advance,
        control.providers,
        lambda: control.add_provider("", ""),
        lambda: control.discard_provider("{ukprn}"),
        lambda: control.add_token("{ukprn}"),
        control.schools,
        lambda: control.add_school("", ""),
        control.partners,
        lambda: control.add_partner(""),
        control.trainees,
        lambda: control.add_trainee("", "", {}),
        lambda: control.trainee("{trainee_id}"),
        lambda: control.discard("{trainee_id}"),
        control.lifecycle,
        control.settings,
        lambda: control.settings(trn="manual"),
        control.faults,
        lambda: control.fault("drop"),
        control.clear_faults,
        lambda: control.delete_fault("{id}"),
        control.requests,
        control.har,
        lambda: control.watch(0),
        lambda: control.request("{id}"),
        control.clear_requests,
        control.document,
    ):
        with pytest.raises(ControlError):
            asked()
    document = read_yaml(source_folder() / "control.yaml")
    assert called == {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def test_every_key_of_an_answer_is_a_field() -> None:
    """The values and the schemas of `spec/control.yaml` agree."""
    document = read_yaml(source_folder() / "control.yaml")
    schemas = document["components"]["schemas"]
    for kind, name in {
        client.World: "World",
        client.Provider: "Provider",
        client.Token: "Token",
        client.Clock: "Clock",
        client.School: "School",
        client.Partner: "Partner",
        client.MadeTrainee: "MadeRecord",
        client.Trainee: "Record",
        client.Timer: "Timer",
        client.RateLimit: "RateLimit",
        client.Settings: "Settings",
        client.Fault: "Fault",
        client.Reason: "Finding",
        client.Moved: "Moved",
        client.Request: "Entry",
        client.FullTrainee: "RecordInFull",
        client.Lifecycle: "Lifecycle",
        client.Notice: "Notice",
    }.items():
        assert {field.name for field in fields(kind)} == set(schemas[name]["properties"]), name
