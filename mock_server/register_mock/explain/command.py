"""Decides the options of ``register-mock explain`` and ``register-mock requests``."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import click
from rich.console import Console, RenderableType

from register_mock.commands.reaching import reached, refuse, where
from register_mock.explain.following import followed
from register_mock.explain.render import line, screen

# Columns enough for any line.
UNWRAPPED = 1_000_000


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
@click.option("--limit", type=int, default=20, show_default=True, help="The newest so many.")
@where
def requests_command(
    follow: bool, url: str, world: str, control_token: str | None, **filters: Any
) -> None:
    """List what the mock was asked, newest last, with the reasons of refusals."""
    with reached(url, world, control_token) as control, suppress(KeyboardInterrupt):
        for entry in followed(control, filters) if follow else control.requests(**filters):
            _print(line(entry))
