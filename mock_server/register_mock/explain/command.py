"""Decides the options of ``register-mock explain`` and ``register-mock requests``."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console, RenderableType

from register_mock.commands.reaching import reached, refuse, where
from register_mock.explain.following import followed
from register_mock.explain.render import line, screen

# Columns enough for any line.
UNWRAPPED = 1_000_000
# Of a journal, where nothing else is said.
SHOWN = 20


def _write(path: Path, archive: Any) -> None:
    """Write an archive; what it holds is personal, and for its owner alone to read."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as written:
            json.dump(archive, written, indent=1, ensure_ascii=False)
    except OSError as error:
        refuse(f"--har {path}: {error.strerror}; give a file that can be written")
    entries = len(archive["log"]["entries"])
    click.echo(f"{path} has {entries} request{'' if entries == 1 else 's'}")


def _print(shown: RenderableType) -> None:
    """Print, wrapped on a terminal; elsewhere a line stays a line, without spaces behind it."""
    console = Console()
    if console.is_terminal:
        console.print(shown)
        return
    wide = Console(width=UNWRAPPED)
    with wide.capture() as captured:
        wide.print(shown)
    for each in captured.get().splitlines():
        click.echo(each.rstrip())


@click.command("explain")
@click.argument("request_id")
@click.option("--full", is_flag=True, help="Show bodies and lists to their end.")
@where
def explain_command(
    request_id: str, full: bool, url: str, world: str, control_token: str | None
) -> None:
    """Say why a request was answered as it was.

    REQUEST_ID is what the answer had in X-Mock-Request-Id; `last` is the newest request.
    """
    with reached(url, world, control_token) as control:
        found = [control.request(request_id)] if request_id != "last" else control.requests(limit=1)
    if not found:
        refuse(f"world {world} was not asked anything yet")
    _print(screen(found[0], full))


@click.command("requests")
@click.option("--follow", is_flag=True, help="Wait for more, until Ctrl-C.")
@click.option("--operation", metavar="NAME", help="Only this operation, e.g. create_trainee.")
@click.option("--status", type=int, metavar="N", help="Only answers with this status.")
@click.option("--version", metavar="VERSION", help="Only this version of the API.")
@click.option("--provider", metavar="UKPRN", help="Only this provider's.")
@click.option("--since", metavar="TIME|ID", help="Only from this time, or after this request.")
@click.option("--limit", type=int, metavar="N", help="The newest so many.  [default: 20]")
@click.option(
    "--har",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write them into an HTTP archive instead, all there are.",
)
@where
def requests_command(
    follow: bool,
    har: Path | None,
    url: str,
    world: str,
    control_token: str | None,
    **filters: Any,
) -> None:
    """List what the mock was asked, newest last, with the reasons of refusals."""
    if har is not None:
        if follow:
            raise click.UsageError("--follow waits for more, and --har writes what there is")
        with reached(url, world, control_token) as control:
            _write(har, control.har(**filters))
        return
    filters["limit"] = SHOWN if filters["limit"] is None else filters["limit"]
    with reached(url, world, control_token) as control, suppress(KeyboardInterrupt):
        for entry in followed(control, filters) if follow else control.requests(**filters):
            _print(line(entry))
