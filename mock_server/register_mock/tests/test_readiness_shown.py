"""Where the report is had: the command, a file, the page of the mock."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from register_mock.client import RegisterMock
from register_mock.commands.cli import main
from register_mock.config import Options
from register_mock.in_process import InProcessMock
from register_mock.tests.live import NEWEST


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = InProcessMock(Options(seed="empty"))
    mock = RegisterMock.at(server.url)
    requests.get(f"{mock.url()}/info", headers=mock.headers, timeout=5)
    mock.control.create_world("mine", reading="deployed")
    yield server.url
    server.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["readiness", *words])


def test_the_command_asks_a_running_mock(url: str) -> None:
    result = run("--url", url)
    assert result.exit_code == 0, result.output
    assert f"\n{NEWEST}, documented: 0 shown badly, " in result.output
    assert "\n  show_info was answered with 200.\n      once, last req-000001\n" in result.output
    assert f"--times 1 --url {url}\n" in result.output


def test_another_world_has_its_reading_and_is_named_in_commands(url: str) -> None:
    told = json.loads(run("--url", url, "--world", "mine", "--format", "json").output)
    (edition,) = told["editions"]
    assert (edition["reading"], edition["requests"]) == ("deployed", 0)
    dos = [line["do"] for part in edition["parts"] for line in part["lines"]]
    assert f"register-mock fault extra_field --times 1 --url {url} --world mine" in dos
    assert any(each.startswith("curl -H 'X-Mock-World: mine' -d ") for each in dos)


def test_what_a_line_says_to_do_is_a_command(url: str) -> None:
    told = json.loads(run("--url", url, "--format", "json").output)
    dos = {line["do"] for part in told["editions"][0]["parts"] for line in part["lines"]}
    faults = sorted(each for each in dos if each.startswith("register-mock fault "))
    assert len(faults) > 100
    for each in (faults[0], next(f for f in faults if "extra_field" in f)):
        done = CliRunner().invoke(main, each.split()[1:])
        assert done.exit_code == 0, done.output
    assert "came true 0 times" in done.output
    RegisterMock.at(url).control.clear_faults()


def test_a_kept_journal_is_read(url: str, tmp_path: Path) -> None:
    file = tmp_path / "monday.json"
    file.write_text(requests.get(f"{url}/_mock/requests", timeout=5).text, encoding="utf-8")
    one = run("--journal", str(file)).output
    assert "From world monday (documented): 1 request, req-000001 to req-000001" in one
    twice = run("--journal", str(file), "--journal", str(file), "--as", "deployed").output
    assert f"{NEWEST}, deployed: 0 shown badly" in twice
    assert "2 times, last monday: req-000001" in twice


@pytest.mark.parametrize(
    ("words", "content", "sentence"),
    [
        (("--journal", "{file}"), "no JSON", "it is no journal; give what `GET /_mock/requests`"),
        (("--journal", "{file}"), '{"log": {}}', "it is no journal"),
        (("--journal", "{file}"), '{"requests": [{"id": 1}]}', "request 1 of the journal: id: not"),
        (("--journal", "{file}"), None, "cannot be read"),
        (("--journal", "{file}", "--as", "x"), '{"requests": []}', "the reading 'x', which no"),
        (("--spec", "/nowhere", "--journal", "{file}"), '{"requests": []}', "/nowhere is not a"),
        (("--world", "nope", "--url", "{url}"), None, "there is no world 'nope'"),
        (("--url", "http://127.0.0.1:1"), None, "no mock answers at http://127.0.0.1:1"),
        (("--url", "nowhere"), None, "give an address such as"),
        (("--format", "pdf"), None, "'pdf' is not one of 'text', 'html', 'md', 'json'"),
    ],
)
def test_what_cannot_be_read_is_said(
    url: str, tmp_path: Path, words: tuple[str, ...], content: str | None, sentence: str
) -> None:
    file = tmp_path / "kept.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    result = run(*(each.format(file=file, url=url) for each in words))
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"faults": [{"id": 1}]}, "faults: each has an effect with a kind"),
    ({"response": {"headers": {"Retry-After": 5}, "body": None, "is_kept": True}}, "headers: give"),
    ({"request": {"headers": {}, "body": None}}, "body or is_kept missing"),
    ({"explanation": [{"rule": 1}]}, "explanation: rule: not a text"),
)


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_an_entry_that_no_mock_wrote_is_said(
    url: str, tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    (row,) = requests.get(f"{url}/_mock/requests", timeout=5).json()["requests"]
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"requests": [row, {**row, **change}]}), encoding="utf-8")
    result = run("--journal", str(file))
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert f"{file}: request 2 of the journal: {sentence}" in result.output


def test_deep_bodies_are_looked_at_all_the_same(url: str, tmp_path: Path) -> None:
    (row,) = requests.get(f"{url}/_mock/requests", timeout=5).json()["requests"]
    deep = "[" * 900 + "]" * 900
    message = f'{{"headers": {{}}, "is_kept": true, "body": {deep}}}'
    told = json.dumps({**row, "method": "POST", "status": 422, "request": "~", "response": "~"})
    told = told.replace('"~"', message)
    file = tmp_path / "deep.json"
    file.write_text(f'{{"requests": [{told}, {told}]}}', encoding="utf-8")
    result = run("--journal", str(file))
    assert result.exit_code == 0, result.output
    assert "show_info" in result.output


def test_the_page_is_whole_by_itself(url: str) -> None:
    answer = requests.get(f"{url}/readiness", timeout=10)
    assert answer.status_code == 200
    page = answer.text
    assert re.findall(r"<(?:script|link|img|iframe)|(?:src|href)=|url\(|@import", page) == []
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert f"{NEWEST}, documented reading" in page
    assert page.count("<h1>") == page.count("<main>") == 1
    command = run("--url", url, "--format", "html").output
    made = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert made.sub("", command) == made.sub("", page)


def test_the_page_of_a_world_and_of_none(url: str) -> None:
    assert "deployed reading" in requests.get(f"{url}/readiness/mine", timeout=10).text
    assert requests.get(f"{url}/readiness/nope", timeout=5).status_code == 404
    assert 'href="/readiness"' in requests.get(url, timeout=5).text


def test_a_server_with_a_control_token_asks_for_it() -> None:
    server = InProcessMock(Options(seed="empty", control_token="a-long-secret"))
    try:
        with requests.Session() as browser:
            asked = browser.get(f"{server.url}/readiness", timeout=5)
            assert asked.url == f"{server.url}/sign-in?back=/readiness"
            shown = browser.post(asked.url, data={"control_token": "a-long-secret"}, timeout=5)
            assert shown.url == f"{server.url}/readiness"
            assert "not shown" in shown.text.lower()
        told = run("--url", server.url, "--control-token", "a-long-secret")
        assert "no requests" in told.output
    finally:
        server.close()
