"""`--record` and `--proxy`: a file that is whole at any time, and a deployment that is judged."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from register_mock.app import OPENED, create_app
from register_mock.client import Control
from register_mock.config import OptionError, Options
from register_mock.in_process import InProcessMock
from register_mock.serving.serve import MOST_FORWARDED
from register_mock.tests.conftest import VERSIONS, trainee_data
from register_mock.tests.live import as_served

NEWEST = VERSIONS[-1]
API = f"/api/{NEWEST}"
SECRET = "abcdefghijklmnopqrstuvwxyz0123456789"


def entries(path: Path) -> list[Any]:
    """The entries of an archive, which is whole."""
    log = json.loads(path.read_bytes())["log"]
    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "register-mock"
    return list(log["entries"])


# --- record


def test_the_file_is_whole_before_between_and_after_requests(tmp_path: Path) -> None:
    path = tmp_path / "traffic.har"
    with as_served(tmp_path, "--record", str(path)) as live:
        assert entries(path) == []
        for number in range(3):
            body = {"data": trainee_data(NEWEST)}
            sent = requests.post(f"{live.api}/trainees", json=body, headers=live.headers, timeout=9)
            assert sent.status_code == (409 if number else 201)
            assert len(entries(path)) == number + 1
        assert live.token not in path.read_text()
        found = entries(path)
        shown = requests.get(f"{live.url}/_mock/requests.har", timeout=9).json()["log"]["entries"]
        assert found == shown
    assert [each["response"]["status"] for each in found] == [201, 409, 409]
    assert found[0]["request"]["postData"]["text"].startswith('{"data"')
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_it_is_whole_after_the_process_was_killed_and_gone_on_with(tmp_path: Path) -> None:
    path, ready = tmp_path / "traffic.har", tmp_path / "ready.json"
    command = [str(Path(sys.executable).with_name("register-mock")), "serve", "--port", "0"]
    command += ["--seed", "empty", "--record", str(path), "--ready-file", str(ready)]
    for start in range(2):
        ready.unlink(missing_ok=True)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                while not ready.exists():
                    assert process.poll() is None
                    time.sleep(0.02)
                url = json.loads(ready.read_text())["url"]
                enough = threading.Event()
                asking = threading.Thread(target=_ask_on, args=(url, enough), daemon=True)
                asking.start()
                assert enough.wait(60)
            finally:
                process.send_signal(signal.SIGKILL)
        asking.join(10)
        assert len(entries(path)) >= MANY * (start + 1)


MANY = 30


def _ask_on(url: str, enough: threading.Event) -> None:
    """Ask until nobody answers; say when it was often enough."""
    for number in range(100_000):
        try:
            requests.get(f"{url}{API}/info", timeout=5)
        except requests.RequestException:
            return
        if number == MANY:
            enough.set()


def test_files_that_cannot_be_recorded_in_are_said(tmp_path: Path) -> None:
    foreign = tmp_path / "notes.txt"
    foreign.write_text("mine")
    taken = tmp_path / "taken.har"
    first = create_app(Options(seed="empty", record=taken))
    for path, said in (
        (foreign, "no mock has recorded"),
        (tmp_path / "none" / "x.har", "its folder does not exist"),
        (tmp_path, "cannot be written: is a directory"),
        (taken, "another mock records there"),
    ):
        with pytest.raises(OptionError, match=said):
            create_app(Options(seed="empty", record=path))
    assert foreign.read_text() == "mine"
    first.extensions[OPENED].close()
    create_app(Options(seed="empty", record=taken)).extensions[OPENED].close()


def test_what_is_personal_is_masked_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "traffic.har"
    options = Options(seed="empty", record=path, mask_personal_data=True)
    with closing(InProcessMock(options)) as server:
        token = Control(server.url).show_world().providers[0].token
        body = {"data": trainee_data(NEWEST, first_names="Wilhelmina")}
        headers = {"Authorization": f"Bearer {token}"}
        requests.post(f"{server.url}{API}/trainees", json=body, headers=headers, timeout=9)
    assert len(entries(path)) == 1
    assert "Wilhelmina" not in path.read_text()


# --- proxy


@dataclass
class Deployment:
    """Something that is asked; `answer` is what it says next, `asked` what came."""

    url: str = ""
    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def deployment() -> Iterator[Deployment]:
    """Serve one from a thread."""
    held = Deployment()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            held.asked.append((self.command, self.path, dict(self.headers.items()), body))
            status, headers, content = held.answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def proxy(url: str, **words: Any) -> Iterator[str]:
    """A mock that passes requests on."""
    with closing(InProcessMock(Options(seed="empty", proxy=url, **words))) as server:
        yield server.url


TEXT = {"Content-Type": "text/plain"}
JSON = {"Content-Type": "application/json; charset=utf-8"}


def reasons(url: str) -> list[tuple[str, str]]:
    """What the journal says of the newest request."""
    newest = Control(url).requests()[-1]
    return [(each.rule, each.message) for each in newest.explanation]


def test_a_mock_behind_it_deviates_in_nothing() -> None:
    """What the mock answers is passed on as it is: statuses, bodies, kinds; nothing deviates."""
    with closing(InProcessMock(Options(seed="empty"))) as real:
        token = Control(real.url).show_world().providers[0].token
        headers = {"Authorization": f"Bearer {token}"}
        with proxy(real.url, proxy_writes=True) as url:
            body = {"data": trainee_data(NEWEST)}
            made = requests.post(f"{url}{API}/trainees", json=body, headers=headers, timeout=9)
            again = requests.post(f"{url}{API}/trainees", json=body, headers=headers, timeout=9)
            path = f"/trainees/{made.json()['data']['trainee_id']}"
            shown = requests.get(f"{url}{API}{path}?a=%C3%A9%20b", headers=headers, timeout=9)
            head = requests.head(f"{url}{API}{path}", headers=headers, timeout=9)
            nobody = requests.get(f"{url}{API}/trainees", timeout=9)
            nowhere = requests.get(f"{url}{API}/nothing", headers=headers, timeout=9)
            got = [made, again, shown, head, nobody, nowhere]
            assert [each.status_code for each in got] == [201, 409, 200, 200, 401, 404]
            journal = Control(url).requests()
            assert [each.operation for each in journal][:3] == [
                "create_trainee", "create_trainee", "show_trainee",
            ]  # fmt: skip
            assert [reason for each in journal for reason in each.explanation] == []
            assert Control(url).trainees() == []
        assert [each.status for each in Control(real.url).requests()] == [
            201, 409, 200, 200, 401, 404,
        ]  # fmt: skip
        assert Control(real.url).requests()[2].query == "a=%C3%A9%20b"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((418, JSON, b"{}"), "the document has no such status"),
        ((200, JSON, b'{"data": 7}'), '7 is not of type "object"'),
        ((200, JSON, b'{"data": '), "the body is no JSON"),
        ((200, {"Content-Type": "text/html"}, b"<p>"), "not text/html"),
        ((200, {}, b""), "not nothing"),
        ((429, TEXT | {"Retry-After": "soon"}, b"Retry later\n"), "the header Retry-After, 'soon'"),
    ],
)
def test_what_deviates_is_in_the_journal_and_passed_back_as_it_is(
    answer: tuple[int, dict[str, str], bytes], said: str
) -> None:
    with deployment() as real, proxy(real.url) as url:
        real.answer = answer
        got = requests.get(f"{url}{API}/trainees/abc", timeout=9)
        assert (got.status_code, got.content) == (answer[0], answer[2])
        ((rule, message), *_) = reasons(url)
        assert rule == "deviation"
        assert said in message
        assert f"show_trainee of {NEWEST} documented" in message


def test_a_documented_header_deviates_in_nothing() -> None:
    with deployment() as real, proxy(real.url) as url:
        real.answer = (429, TEXT | {"Retry-After": "7"}, b"Retry later\n")
        assert requests.get(f"{url}{API}/trainees/abc", timeout=9).headers["Retry-After"] == "7"
        assert reasons(url) == []


def test_only_what_reads_is_passed_on_until_told_otherwise() -> None:
    with deployment() as real, proxy(real.url) as url:
        got = requests.post(f"{url}{API}/trainees", json={"data": {}}, timeout=9)
        assert got.status_code == 403
        ((error),) = got.json()["errors"]
        assert error["error"] == "Forbidden"
        assert "--proxy-writes" in error["message"]
        assert real.asked == []
        assert reasons(url)[0][0] == "read_only"
    with deployment() as real, proxy(real.url, proxy_writes=True) as url:
        requests.post(f"{url}{API}/trainees", json={"data": {}}, timeout=9)
        ((method, path, _, body),) = real.asked
        assert (method, path, body) == ("POST", f"{API}/trainees", b'{"data": {}}')


def test_tokens_and_cookies_are_masked_and_what_is_the_mocks_stays_here(tmp_path: Path) -> None:
    path = tmp_path / "traffic.har"
    with deployment() as real, proxy(f"{real.url}/before/", record=path) as url:
        real.answer = (401, {**JSON, "Set-Cookie": f"session={SECRET}"}, b'{"error":"x"}')
        headers = {"Authorization": f"Bearer {SECRET}", "X-Mock-World": "default"}
        got = requests.get(f"{url}{API}/info", headers=headers, timeout=9)
        assert got.headers["Set-Cookie"] == f"session={SECRET}"
        assert "," not in got.headers["Date"].partition(", ")[2]
        ((_, asked, sent, _),) = real.asked
        assert asked == f"/before{API}/info"
        assert sent["Authorization"] == f"Bearer {SECRET}"
        assert "X-Mock-World" not in sent
        assert sent["Host"] == real.url.removeprefix("http://")
        assert SECRET not in requests.get(f"{url}/_mock/requests", timeout=9).text
        assert SECRET not in path.read_text()
        assert entries(path)[0]["response"]["status"] == 401


def test_a_deployment_that_does_not_answer_is_a_502() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for address, said in (
        (f"http://127.0.0.1:{port}", "Connection refused"),
        ("http://nowhere.invalid", "cannot be reached"),
    ):
        with proxy(address) as url:
            got = requests.get(f"{url}{API}/info", timeout=30)
            assert got.status_code == 502
            (error,) = got.json()["errors"]
            assert error["error"] == "BadGateway"
            assert error["message"].startswith(address)
            assert said in error["message"]
            assert reasons(url)[0][0] == "no_answer"


def test_others_do_not_wait_for_it_and_the_server_ends_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with as_served(tmp_path, "--proxy", address) as live:
            # More than may wait: those that are over wait for these, and nobody else for them.
            number = MOST_FORWARDED + 4
            waiting = [
                threading.Thread(target=_ask, args=(f"{live.api}/info",)) for _ in range(number)
            ]
            for each in waiting:
                each.start()
            connections = [silent.accept()[0] for _ in range(MOST_FORWARDED)]
            began = time.monotonic()
            assert requests.get(f"{live.url}/_mock/clock", timeout=9).status_code == 200
            assert time.monotonic() - began < 2
            began = time.monotonic()
        for connection in connections:
            connection.close()
        assert time.monotonic() - began < 5
        for each in waiting:
            each.join()


def _ask(url: str) -> None:
    try:
        requests.get(url, timeout=60)
    except requests.ConnectionError:
        return


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"proxy": "register.example"}, "give the address of a deployment"),
        ({"proxy": "https://"}, "give the address of a deployment"),
        ({"proxy": "http://h:99999"}, "give the address of a deployment"),
        ({"proxy": "https://me:secret@h"}, "--proxy https://…@h: give the address"),
        ({"proxy": "http://localhost:4010", "host": "0.0.0.0"}, "that is the mock itself"),
        ({"proxy": "http://127.0.0.1:4010/"}, "that is the mock itself"),
        ({"proxy_writes": True}, "says nothing without --proxy"),
        ({"proxy": f"https://h{API}"}, f"give the address before {API}"),
    ],
)
def test_addresses_that_make_no_sense_are_one_sentence(words: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        create_app(Options(seed="empty", **words))
