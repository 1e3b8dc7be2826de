"""What a page of a list, and an update of the oldest trainee, cost among few trainees and many.

Requests go into the application itself, without a server. Both worlds are asked in turns and the
median counts: what else the machine does meets both.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import click
from flask import Flask
from rich.table import Table

import register_spec as spec
from register_mock.app import create_app
from register_mock.benchmark.example import new_trainee
from register_mock.config import Options
from register_mock.contract.credentials import token_header
from register_mock.contract.moments import timestamp
from register_mock.world.world import World
from register_mock.world.worlds import DEFAULT

FEW, MANY = 1_000, 100_000
MOST_RATIO = 2.0
# In the academic cycle in which the trainee of the documents' example starts.
NOW = "2023-06-15T09:00:00Z"
PER_PAGE = 50
# So many trainees share their fields; each is a record of its own.
ALIKE = 100


@dataclass(frozen=True)
class Sized:
    """A mock whose one world holds so many trainees of one provider and cycle."""

    app: Flask
    size: int
    headers: Mapping[str, str]
    ids: Iterator[str]

    def send(self, method: str, path: str, body: bytes = b"") -> int:
        """Send a request into the application; returns the status when the answer is whole."""
        told: list[str] = []
        pieces: list[bytes] = []
        where, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            **self.headers,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }

        def start(status: str, *_: Any) -> Callable[[bytes], None]:
            told.append(status)
            return pieces.append

        pieces += self.app(environ, start)
        return int(told[0][:3])


@dataclass(frozen=True)
class Asked:
    """One kind of request: what it is called, the status it must have, and how it is sent."""

    label: str
    status: int
    send: Callable[[Sized], int]


def measured(runs: int) -> Table:
    """Measure each kind of request in a small world and in a large one, and return the table."""
    version = spec.versions()[-1]
    small, large = (sized(version, size) for size in (FEW, MANY))
    title = f"lists, {PER_PAGE} a page, ms (goal: ratio at most {MOST_RATIO:g})"
    table = Table(title=title, title_justify="left", box=None)
    table.add_column("request", no_wrap=True)
    for name in (f"{FEW:,} trainees", f"{MANY:,} trainees", "ratio"):
        table.add_column(name, justify="right", no_wrap=True)
    for asked in kinds(version):
        few, many = compared(asked, small, large, runs)
        table.add_row(asked.label, f"{few:.2f}", f"{many:.2f}", f"{many / few:.2f}")
    return table


def kinds(version: str) -> list[Asked]:
    """Return what is measured: pages that a cost could grow with, and the dearest update."""
    path = trainees_of(version)

    def page(label: str, answer: int = 200, **query: Any) -> Asked:
        words = urlencode({"per_page": PER_PAGE, **query})
        return Asked(label, answer, lambda world: world.send("GET", f"{path}?{words}"))

    def far(world: Sized) -> int:
        number = world.size // PER_PAGE // 2
        return world.send("GET", f"{path}?per_page={PER_PAGE}&page={number}")

    def renamed(world: Sized) -> int:
        body = json.dumps({"data": {"first_names": "Grace"}}).encode()
        return world.send("PATCH", f"{path}/{next(world.ids)}", body)

    return [
        page("asc", sort_order="asc"),
        page("desc", sort_order="desc"),
        page("a status that nobody has", 404, status="withdrawn"),
        page("since now", 404, since=NOW),
        Asked(f"page {MANY // PER_PAGE // 2:,} (page {FEW // PER_PAGE // 2} of few)", 200, far),
        Asked("PATCH of the oldest", 200, renamed),
    ]


def trainees_of(version: str) -> str:
    """Return the path at which trainees are made and listed."""
    return f"{spec.base_path(spec.bundle(version))}/trainees"


def compared(asked: Asked, small: Sized, large: Sized, runs: int) -> tuple[float, float]:
    """Return the milliseconds of a request in both worlds: medians, taken in turns."""
    took: Mapping[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(runs):
        for world in (small, large):
            start = time.perf_counter()
            status = asked.send(world)
            took[world.size].append((time.perf_counter() - start) * 1000)
            if status != asked.status:
                raise click.ClickException(f"{asked.label}: answered {status}")
    return statistics.median(took[FEW]), statistics.median(took[MANY])


def sized(version: str, size: int) -> Sized:
    """Return a mock with so many trainees: one is created, the others are its likes.

    They changed a second apart, the oldest first, and have two states.
    """
    app = create_app(Options(seed="empty", now=NOW, frozen=True))
    world: World = app.extensions["register_mock"].get(DEFAULT)
    token = next(iter(world.providers.values())).tokens[0].token
    name, _, value = token_header(spec.bundle(version)).line(token).partition(": ")
    made = Sized(app, size, {f"HTTP_{name.upper().replace('-', '_')}": value}, iter(()))
    status = made.send("POST", trainees_of(version), new_trainee(version))
    if status != 201:
        raise click.ClickException(f"the example of a new trainee was answered with {status}")
    ids = list(_filled(world, size))
    return replace(made, ids=iter(ids))


def _filled(world: World, size: int) -> Iterator[str]:
    """Put the likes of the one trainee into its world; yields all ids, the oldest first."""
    (first,) = world.store.all()
    ends = world.now()
    fields = first.fields
    for number in range(size):
        if number % ALIKE == 0:
            fields = {**fields, "last_name": f"Doe{number}"}
        changed = timestamp(ends - timedelta(seconds=size - number))
        like = replace(
            first,
            id=first.id if number == 0 else f"like-{number}",
            state=first.state if number % 2 else "trn_received",
            fields=fields,
            created_at=changed,
            updated_at=changed,
            sequence=number,
            shown={},
        )
        world.store.put(like)
        yield like.id
