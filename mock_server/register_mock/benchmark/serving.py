"""What serving costs: requests a second, latency, start, memory, and the control calls.

Each figure is the median of several runs, and each has its yardstick beside it: bare Flask
on Granian, returning the same bytes, in turns. Absolute figures are those of one machine;
ratios last.
"""

import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import click
import requests
from rich.console import Console
from rich.table import Table

from register_mock.benchmark.example import new_trainee
from register_mock.benchmark.load import COUNTER, Measured, Plan, run
from register_mock.benchmark.processes import bare, cold_start, inside, mock, resident_mb

STARTS = 5
CONTROL_CALLS = 20
INSIDE_GOALS = {"start": "at most 0.5 s", "stop": "at most 0.05 s"}


@dataclass(frozen=True)
class Target:
    """One request to load a server with, and the answer that it gives."""

    name: str
    label: str
    request: bytes
    status: int
    body: bytes
    goal: str


def measure(
    console: Console, seconds: float, runs: int, connections: tuple[int, ...], reading: str
) -> None:
    """Load servers of a reading, and time their start and their control calls."""
    start = statistics.median(cold_start("--as", reading) for _ in range(STARTS))
    insides = [inside() for _ in range(STARTS)]
    with mock("--as", reading) as told:
        idle = resident_mb(told["pid"])
        targets = _targets(told)
        with bare({target.name: target.body for target in targets}) as yardstick:
            for number, each in enumerate(connections):
                first = number * 10_000_000
                plan = Plan(told["host"], told["port"], b"", 200, each, seconds, first)
                ground = replace(plan, host=yardstick["host"], port=yardstick["port"])
                console.print(_measured_table(plan, ground, targets, runs, console))
        loaded = resident_mb(told["pid"])
        control = _control_times(told["url"])
    console.print(f"cold start            {start:.2f} s (median of {STARTS}; goal: at most 1 s)")
    for what, goal in INSIDE_GOALS.items():
        took = statistics.median(each[what] for each in insides)
        console.print(f"in process, {what:<9} {took:.3f} s (median of {STARTS}; goal: {goal})")
    console.print(f"memory, idle          {_mb(idle)} (goal: at most 120 MB)")
    console.print(f"memory, after         {_mb(loaded)} (with every trainee created above)")
    for name, milliseconds in control.items():
        console.print(f"{name:<21} {milliseconds:.1f} ms (seed empty; goal: at most 5 ms)")


def _measured_table(
    plan: Plan, ground: Plan, targets: list[Target], runs: int, console: Console
) -> Table:
    """Load the mock and bare Flask in turns, and put what was measured side by side."""
    table = _table(plan.connections)
    for target in targets:
        console.print(f"measuring {target.label} …", style="dim")
        pairs = [
            (_loaded(ground, target, number), _loaded(plan, target, number))
            for number in range(runs)
        ]
        base, ours = (_median(list(each)) for each in zip(*pairs, strict=True))
        ratio = f"{ours.per_second / base.per_second:.2f}"
        table.add_row(target.label, *_cells(ours), ratio, target.goal)
        table.add_row("  bare Flask, same bytes", *_cells(base), "", "")
    return table


def _targets(told: dict[str, Any]) -> list[Target]:
    """Ask the mock once for each answer, so that bare Flask can give the same bytes."""
    version = told["versions"][-1]
    token = told["world"]["providers"][0]["tokens"][0]["token"]
    base = f"{told['url']}/api/{version}/trainees"
    headers = {"Authorization": f"Bearer {token}"}
    listed = requests.get(f"{base}?per_page=50", headers=headers, timeout=30)
    trainees = listed.json()["data"]
    trainee_id = trainees[0]["trainee_id"]
    shown = requests.get(f"{base}/{trainee_id}", headers=headers, timeout=30)
    name = f"Doe{COUNTER.decode()}"
    new = new_trainee(version, told["world"]["reading"], last_name=name)
    created = requests.post(
        base, data=new.replace(COUNTER, b"a"), headers=_json(headers), timeout=30
    )
    path = f"/api/{version}/trainees"
    return [
        Target(
            "show",
            "GET /trainees/{id}",
            _request("GET", f"{path}/{trainee_id}", headers),
            shown.status_code,
            shown.content,
            "≥ 0.80",
        ),
        Target(
            "list",
            f"GET /trainees ({len(trainees)} of them)",
            _request("GET", f"{path}?per_page=50", headers),
            listed.status_code,
            listed.content,
            "≥ 0.40",
        ),
        Target(
            "create",
            "POST /trainees",
            _request("POST", path, _json(headers), new),
            created.status_code,
            created.content,
            "≥ 0.45",
        ),
    ]


def _json(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Content-Type": "application/json"}


def _request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _loaded(plan: Plan, target: Target, number: int) -> Measured:
    """Run the load in a process of its own; each run has numbers that no other has."""
    first = plan.first_number + number * 1_000_000
    one = replace(plan, request=target.request, status=target.status, first_number=first)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        measured = pool.submit(run, one).result()
    if measured.wrong:
        raise click.ClickException(f"{target.label}: some answers were not {target.status}")
    return measured


def _median(measured: list[Measured]) -> Measured:
    """Return the run in the middle."""
    return sorted(measured, key=lambda each: each.per_second)[len(measured) // 2]


def _control_times(url: str) -> dict[str, float]:
    session = requests.Session()

    def timed(call: Callable[[int], requests.Response]) -> float:
        took = []
        for number in range(CONTROL_CALLS):
            response = call(number)
            response.raise_for_status()
            took.append(response.elapsed.total_seconds() * 1000)
        return statistics.median(took)

    def create(number: int) -> requests.Response:
        world = {"name": f"benchmark-{number}", "seed": "empty"}
        return session.post(f"{url}/_mock/worlds", json=world, timeout=30)

    def reset(number: int) -> requests.Response:
        headers = {"X-Mock-World": f"benchmark-{number}"}
        return session.post(f"{url}/_mock/reset", json={}, headers=headers, timeout=30)

    return {"creating a world": timed(create), "resetting a world": timed(reset)}


def _table(connections: int) -> Table:
    title = f"{connections} connections (goal: p99 at most 10 ms at 16)"
    table = Table(title=title, title_justify="left", box=None)
    table.add_column("request", no_wrap=True)
    for name in ("requests/s", "p50 ms", "p99 ms", "of bare"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("goal", no_wrap=True)
    return table


def _cells(measured: Measured) -> tuple[str, str, str]:
    return (
        f"{measured.per_second:,.0f}",
        f"{measured.p50_ms:.2f}",
        f"{measured.p99_ms:.2f}",
    )


def _mb(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f} MB"
