"""Decides what the mock says when it answers: the banner, and the file that scripts wait for.

Both are made from the server's own answers, so they cannot say what is not so.
"""

import contextlib
import http.client
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from register_mock.config import Options
from register_mock.contract.credentials import TokenHeader
from register_mock.serving import ready_file


@dataclass(frozen=True)
class Started:
    """What the running server says of itself."""

    options: Options
    apis: tuple[dict[str, str], ...]
    world: dict[str, Any]
    readings: tuple[dict[str, str], ...] = ()


def announce(options: Options) -> None:
    """Ask the server of this process, print the banner and write the ready file.

    Its port listens by now. Raises ``OptionError`` when the file cannot be written, and
    ``ConnectionError`` or ``HTTPException`` when the server has stopped meanwhile.
    """
    health = _answer(options, "/_mock/health")
    world = _answer(options, "/_mock/worlds/default")
    started = Started(options, tuple(health["apis"]), world, tuple(health["readings"]))
    # `register-mock serve | head -1` is no reason for a stack trace.
    with contextlib.suppress(BrokenPipeError):
        print(banner(started), flush=True)
    if options.ready_file is not None:
        _write_ready_file(started)


def banner(started: Started) -> str:
    """Return the text printed at start: addresses, tokens and a command to paste."""
    options, world = started.options, started.world
    providers = world["providers"]
    width = max(len(f"{provider['name']} ({provider['ukprn']})") for provider in providers)
    lines = [
        f"The mock answers at {options.url}",
        "",
        *(f"  {api['version']:<10}{options.url}{api['path']}" for api in started.apis),
        f"  {'reference':<10}{options.url}/",
        f"  {'control':<10}{options.url}/_mock",
        "",
        f"World {world['name']}: {world['reading']} reading, seed {world['seed']}, "
        f"random seed {options.random_seed}, now {world['now']}",
        *_others(started),
        *_defect(options),
        *_passing(options),
        "",
        "Tokens",
    ]
    for provider in providers:
        label = f"{provider['name']} ({provider['ukprn']})"
        token = provider["tokens"][0]["token"]
        lines.append(f"  {label:<{width}}  {token}")
    return "\n".join([*lines, "", "Try", f"  {curl(started)}", "", "Ctrl-C stops it."])


def _others(started: Started) -> Iterator[str]:
    """Yield a line for each reading that the world does not have: what for, and how to get it."""
    for each in started.readings:
        name = each["reading"]
        if name != started.world["reading"]:
            body = json.dumps({"name": name, "reading": name})
            yield (
                f"Reading {name}: {each['summary']} --as {name}, or a world of it: "
                f"curl -d '{body}' {started.options.url}/_mock/worlds"
            )


def _defect(options: Options) -> Iterator[str]:
    """Yield a line for the defect that is served, if one is."""
    if options.defect is not None:
        from register_mock.defects.catalogue import named

        found = named(options.defect, options.spec_dir)
        yield f"Defect {found.id} ({found.kind}, shows in {found.edition}): {found.sentence}"


def _passing(options: Options) -> Iterator[str]:
    """Yield where requests are passed on to, and where they are recorded."""
    if options.proxy is not None:
        which = "" if options.proxy_writes else ", what reads; --proxy-writes for the rest"
        yield f"Passed on to {options.proxy}{which}"
    if options.record is not None:
        yield f"Recorded in {options.record}"


def curl(started: Started) -> str:
    """Return a command that can be pasted into a shell and is answered."""
    token = started.world["providers"][0]["tokens"][0]["token"]
    path = "info" if started.world["seed"] == "empty" else "trainees?per_page=1"
    newest = started.apis[-1]
    url = f"{started.options.url}{newest['path']}/{path}"
    return TokenHeader.of(newest["header"]).curl(token, url)


def _write_ready_file(started: Started) -> None:
    options = started.options
    assert options.ready_file is not None
    content = {
        "host": options.address,
        "port": options.port,
        "url": options.url,
        "pid": os.getpid(),
        # Once a process of its own; scripts that weigh the server ask for it.
        "worker": os.getpid(),
        "versions": [api["version"] for api in started.apis],
        "world": started.world,
    }
    ready_file.write(options.ready_file, content)


def _answer(options: Options, path: str) -> dict[str, Any]:
    headers = {}
    if options.control_token is not None:
        headers["Authorization"] = f"Bearer {options.control_token}"
    host = options.url.removeprefix("http://").rpartition(":")[0].strip("[]")
    connection = http.client.HTTPConnection(host, options.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    return answer
