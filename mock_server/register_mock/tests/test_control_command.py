"""`register-mock advance`, `event`, `fault` and `reset`: the common control calls, by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner, Result

import register_spec as spec
from register_mock.client import RegisterMock
from register_mock.commands.cli import main
from register_mock.commands.control import KINDS
from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.tests.conftest import trainee_data
from register_mock.tests.live import NEWEST, on_werkzeug


@pytest.fixture
def mock() -> Iterator[RegisterMock]:
    with on_werkzeug() as live:
        yield RegisterMock.at(live.url)


def run(mock: RegisterMock | str, *words: str) -> Result:
    url = mock if isinstance(mock, str) else mock.base_url
    return CliRunner().invoke(main, [*words, "--url", url])


def said(mock: RegisterMock, *words: str) -> str:
    result = run(mock, *words)
    assert result.exit_code == 0, result.output
    return result.output.rstrip("\n")


def made(mock: RegisterMock, state: str = "submitted_for_trn") -> str:
    data = trainee_data(NEWEST)
    return mock.control.add_trainee(mock.provider.ukprn, NEWEST, data, state=state).trainee_id


def test_advance_lets_the_trn_arrive(mock: RegisterMock) -> None:
    requests.post(
        f"{mock.url()}/trainees",
        json={"data": trainee_data(NEWEST)},
        headers=mock.headers,
        timeout=5,
    )
    shown = said(mock, "advance", "--days", "1", "--seconds", "1.5")
    assert shown == "In world default it is 2025-10-16T09:00:01.500Z, standing still"
    assert [each.state for each in mock.control.trainees()] == ["trn_received"]


def test_every_event_can_be_fired(mock: RegisterMock) -> None:
    trainee = made(mock)
    shown = said(mock, "event", "receive_trn", trainee, "--trn", "7654321")
    assert shown == f"receive_trn: trainee {trainee} is trn_received"
    assert mock.control.trainees()[0].data["trn"] == "7654321"
    before = {
        "award": "recommended_for_award",
        "reinstate": "deferred",
        "undo_withdrawal": "withdrawn",
        "discard": "draft",
    }
    events = spec.bundle(NEWEST)["x-lifecycle"]["events"].items()
    outside = {name for name, event in events if event["cause"] == "outside"}
    assert {"receive_trn", *before} == outside
    for number, (event, state) in enumerate(before.items()):
        data = trainee_data(NEWEST, first_names=f"No {number}", email=f"no{number}@example.com")
        data["last_name"] = "abcd"[number]
        one = mock.control.add_trainee(mock.provider.ukprn, NEWEST, data, state=state).trainee_id
        assert said(mock, "event", event, one).startswith(f"{event}: trainee {one} is ")
    assert [t.discarded for t in mock.control.trainees()] == [False] * 4 + [True]


def test_a_fault_is_made_listed_and_cleared(mock: RegisterMock) -> None:
    shown = said(
        mock, "fault", "status", "--status", "503", "--operation", "show_info", "--times", "1"
    )
    line = "fault-1, status, status 503, for operation show_info, 1 times; came true {} times"
    assert shown == line.format(0)
    assert requests.get(f"{mock.url()}/info", headers=mock.headers, timeout=5).status_code == 503
    said(mock, "fault", "status", "--status", "500", "--body", '{"a": 1}')
    said(mock, "fault", "delay", "--seconds", "0.1", "--probability", "0.5")
    assert said(mock, "fault").splitlines()[0] == line.format(1)
    faults = mock.control.faults()
    assert (faults[1].effect["body"], faults[2].probability) == ({"a": 1}, 0.5)
    assert said(mock, "fault", "--clear") == said(mock, "fault") == "There are no faults"
    for kind in KINDS:
        extra = {"status": ("--status", "500"), "delay": ("--seconds", "1")}.get(kind, ())
        said(mock, "fault", kind, *extra)
    assert [each.effect["kind"] for each in mock.control.faults()] == list(KINDS)


def test_reset_and_another_world(mock: RegisterMock) -> None:
    mock.control.create_world("mine", seed="empty")
    made(mock)
    assert said(mock, "reset", "--world", "mine").startswith("World mine is as seed empty says")
    assert len(mock.control.trainees()) == 1
    said(mock, "reset")
    assert mock.control.trainees() == []
    said(mock, "reset", "--seed", "demo")
    assert len(mock.control.trainees()) > 50


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("advance", "--days N, --seconds N, or both"),
        ("advance --days nan", "--days N, --seconds N, or both"),
        ("advance --days 1e9", "a number from 0 to"),
        ("event award nobody", "there is no trainee 'nobody'"),
        ("fault explode", "'status', 'delay', 'drop'"),
        ("fault --status 500", "say which kind of fault: status, delay"),
        ("fault status", "'status' is missing; give: a number from"),
        ("fault drop --operation fly", "'fly' is not one of show_info, list_trainees"),
        ("fault drop --clear", "goes with no KIND"),
        ("reset --seed nosuch", "'nosuch' is not one of demo, empty"),
        ("reset --world nowhere", "there is no world 'nowhere'; there are default"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(
    mock: RegisterMock, words: str, sentence: str
) -> None:
    result = run(mock, *words.split())
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_which_events_there_are_says_the_mock(mock: RegisterMock) -> None:
    trainee = made(mock)
    for words, sentence in (
        (("event", "fly", trainee), "(possible in submitted_for_trn: receive_trn, discard)"),
        (("event", "discard", trainee, "--trn", "1234567"), "unknown key 'trn'"),
    ):
        result = run(mock, *words)
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert sentence in result.output


@pytest.mark.parametrize("words", ["advance --days 1", "event award x", "fault", "reset"])
def test_no_server_is_one_line(words: str) -> None:
    for url, sentence in (
        ("http://127.0.0.1:9", "register-mock serve"),
        ("nonsense", "such as http://127.0.0.1:4010"),
    ):
        result = run(url, *words.split())
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert sentence in result.output


def test_a_control_token_is_asked_for_and_taken() -> None:
    server = InProcessMock(Options(seed="empty", control_token="12345678"))
    try:
        refused = run(server.url, "reset")
        assert (refused.exit_code, "--control-token" in refused.output) == (2, True)
        assert run(server.url, "reset", "--control-token", "12345678").exit_code == 0
    finally:
        server.close()
