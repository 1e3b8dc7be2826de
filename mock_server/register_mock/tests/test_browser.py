"""The live page in Chromium: a vendor's first ten minutes, live, with two readers, for everybody.

Skipped where Debian's package `chromium` is not installed.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect, sync_playwright

from register_mock.control.stream import MOST_VIEWERS
from register_mock.tests.controlling import NEWEST, trainee_data
from register_mock.tests.live import Live, as_served

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (390, 1280)
TRIES = 3
HOSTILE = "<img src=x onerror=alert(1)>"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's package chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with as_served(tmp_path_factory.mktemp("browser")) as served:
        yield served


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    """Open a page whose script must not fail, and that asks nobody but the mock."""
    requests.post(f"{live.url}/_mock/reset", timeout=5)
    wrong: list[str] = []

    def strange(url: str) -> None:
        if not url.startswith(live.url):
            wrong.append(url)

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: wrong.append(dialog.message))
    opened.on("request", lambda asked: strange(asked.url))
    yield opened
    context.close()
    assert wrong == []


def make(live: Live, **data: Any) -> str:
    body = json.dumps({"data": {**trainee_data(), **data}})
    headers = {**live.headers, "Content-Type": "application/json"}
    made = requests.post(f"{live.api}/trainees", data=body, headers=headers, timeout=5)
    assert made.status_code == 201, made.text
    return str(made.json()["data"]["trainee_id"])


def is_live(page: Page) -> None:
    expect(page.locator("[data-said]")).to_have_text("Live")


def test_the_first_ten_minutes_of_a_vendor(page: Page, live: Live) -> None:
    page.goto(live.url)
    # The line on the page works as it stands, and the page tells of it.
    is_live(page)
    line = page.get_by_label("a first call for").first.inner_text()
    assert '{"status":"ok"}' in subprocess.check_output(shlex.split(f"{line} -s"), text=True)
    latest = page.locator("#latest")
    expect(latest).to_contain_text("show_info")
    # A refused create says why, and can be sent again.
    headers = {**live.headers, "Content-Type": "application/json"}
    requests.post(f"{live.api}/trainees", data='{"data": {"email": "x"}}', headers=headers)
    row = latest.get_by_role("row").filter(has_text="422")
    expect(row).to_contain_text("can't be blank")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Request req-")
    again = page.get_by_label("the same request").inner_text().replace("\\\n", " ")
    answer = json.loads(subprocess.check_output(shlex.split(f"{again} -s"), text=True))
    assert len(answer["errors"]) > 1
    # A good one is found by its name, and is waiting for a TRN.
    trainee_id = make(live, first_names="Ottoline", last_name="Quickfinch")
    page.get_by_role("navigation", name="This server").get_by_role("link", name="Trainees").click()
    page.get_by_label("Words").fill("quickfinch")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Ottoline Quickfinch").click()
    expect(page.locator("#now")).to_contain_text(trainee_id)
    expect(page.get_by_role("region", name="Operations")).to_contain_text(
        "needs a trainee in state"
    )
    # The TRN arrives by a press; what could not be done can be done then.
    page.get_by_role("button", name="Receive trn").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    expect(page.get_by_role("region", name="History")).to_contain_text("control")
    expect(page.locator(".summary").first).to_contain_text("trn received")
    page.get_by_role("navigation", name="Versions").get_by_role("link").first.click()
    expect(page.get_by_label("shows it")).to_contain_text("Quickfinch")
    # A bad day is rehearsed by a press.
    page.get_by_role("link", name="register-mock").click()
    page.get_by_role("button", name="Status 503").click()
    assert requests.get(f"{live.api}/info", headers=live.headers, timeout=5).status_code == 503
    expect(latest.get_by_role("row").first).to_contain_text("503")
    expect(page.locator("#drawing")).to_contain_text("taken 1")


def test_two_readers_see_it_within_a_second_and_one_may_pause(
    page: Page, browser: Browser, live: Live
) -> None:
    other = browser.new_page()
    journal = f"{live.url}/worlds/default/requests"
    page.goto(f"{journal}?status=404")
    other.goto(journal)
    is_live(page)
    is_live(other)
    other.get_by_role("button", name="Pause").click()
    expect(other.locator("[data-said]")).to_have_text("Paused")
    for path in ("nowhere", "info"):
        requests.get(f"{live.api}/{path}", headers=live.headers, timeout=5)
    rows, others = page.locator("#journal tr"), other.locator("#journal tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("404")
    expect(others).to_have_count(0)
    other.get_by_role("button", name="Pause").click()
    expect(others).to_have_count(2)
    assert min(seconds_until_it_is_seen(page, live) for _ in range(TRIES)) < 1
    # What is read stays: the row of before, with the focus in it.
    rows.first.get_by_role("link").focus()
    seconds_until_it_is_seen(page, live)
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    other.close()


def seconds_until_it_is_seen(page: Page, live: Live) -> float:
    """Return how long a page of what was not found takes to show one more."""
    rows = page.locator("#journal tr")
    before = rows.count()
    began = time.monotonic()
    requests.get(f"{live.api}/elsewhere", headers=live.headers, timeout=5)
    expect(rows).to_have_count(before + 1)
    return time.monotonic() - began


def test_one_viewer_too_many_asks_each_second(page: Page, live: Live) -> None:
    streams = f"{live.url}/_mock/requests/stream"
    watching = [requests.get(streams, stream=True, timeout=20) for _ in range(MOST_VIEWERS)]
    for each in watching:
        assert each.raw.read(1)
    page.goto(f"{live.url}/worlds/default/requests")
    expect(page.locator("[data-said]")).to_contain_text("each second")
    requests.get(f"{live.api}/info", headers=live.headers, timeout=5)
    expect(page.locator("#journal tr")).to_have_count(1)
    for each in watching:
        each.close()


def test_all_of_it_is_there_without_a_script(browser: Browser, live: Live) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live.url)
    page.get_by_role("button", name="On by a day").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    # What only a script can do is not offered.
    for name in ("Pause", "Copy"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    context.close()


def addresses(live: Live) -> Iterator[str]:
    trainee_id = make(live, first_names=HOSTILE, last_name="x" * 40)
    headers = {**live.headers, "Content-Type": "application/json"}
    body = json.dumps({"data": {"first_names": "", HOSTILE: "y" * 300}})
    refused = requests.post(f"{live.api}/trainees", data=body, headers=headers, timeout=5)
    requests.post(f"{live.url}/_mock/faults", json={"effect": {"kind": "drop"}}, timeout=5)
    yield "/?done=reset_world"
    yield "/worlds/default/trainees"
    yield f"/worlds/default/trainees/{trainee_id}"
    yield "/worlds/default/requests"
    yield f"/worlds/default/requests/{refused.headers['X-Mock-Request-Id']}"
    yield from ("/drift", "/sign-in", "/worlds/nobody", "/nowhere")
    reference = f"/reference/{NEWEST}"
    yield from (reference, f"{reference}/operations/create_trainee", f"{reference}/topics/rules")
    yield from (f"{reference}/objects/Placement", f"{reference}/codes/sex")
    yield f"{reference}/search?q=trn"


def test_every_page_can_be_used_by_everybody(page: Page, live: Live) -> None:
    """No page has a violation that axe finds, is wider than its window, or runs what it shows."""
    found: dict[str, Any] = {}
    for address in addresses(live):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(live.url + address)
            violations = Axe().run(page).response["violations"]
            wrong = [(each["id"], each["nodes"][0]["html"][:200]) for each in violations]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(("wider than the window", ""))
            if wrong:
                found[f"{address} at {width}"] = wrong
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_zoomed_and_dark_pages_can_be_read(
    browser: Browser, live: Live, scheme: Any
) -> None:
    """320 pixels are what a window of 1,280 has at 400 %."""
    context = browser.new_context(viewport={"width": 320, "height": 256}, color_scheme=scheme)
    page = context.new_page()
    for address in ("/", "/worlds/default/requests", "/readiness"):
        page.goto(live.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
        violations = Axe().run(page).response["violations"]
        assert [each["id"] for each in violations] == [], address
    context.close()


def test_the_keyboard_is_enough(page: Page, live: Live) -> None:
    page.goto(live.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    button = page.get_by_role("button", name="On by a day")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    color = button.evaluate("each => getComputedStyle(each).backgroundColor")
    assert re.sub(r"\s", "", color) == "rgb(255,221,0)"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
