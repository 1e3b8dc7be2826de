"""Decides the options of ``register-mock explain`` and ``register-mock requests``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from rich.console import Console, RenderableType

from register_mock.config import CONTROL_TOKEN_VARIABLE, DEFAULT_PORT
from register_mock.explain.fetching import JournalClient, NoJournalError
from register_mock.explain.render import line, plain, screen

USAGE_ERROR = 2
# Columns enough for any line.
UNWRAPPED = 1_000_000
Command = Callable[..., None]


def where(command: Command) -> Command:
    """Add the options that say which world of which server is meant."""
    for option in (
        click.option(
            "--control-token",
            envvar=CONTROL_TOKEN_VARIABLE,
            show_envvar=True,
            metavar="TOKEN",
            help="What the server was started with, if any.",
        ),
        click.option("--world", default="default", show_default=True, help="Name of the world."),
        click.option(
            "--url",
            default=f"http://127.0.0.1:{DEFAULT_PORT}",
            show_default=True,
            help="Where the mock is.",
        ),
    ):
        command = option(command)
    return command


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


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what goes wrong into one line and exit code 2."""
    try:
        yield
    except NoJournalError as error:
        # It may quote an answer, and who answers need not be a mock.
        click.echo(f"register-mock: {plain(str(error))}", err=True)
        sys.exit(USAGE_ERROR)


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
    with _told():
        client = JournalClient(url, world, control_token)
        entry = client.last() if request_id == "last" else client.entry(request_id)
    _print(screen(entry, full))


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
    client = JournalClient(url, world, control_token)
    with _told(), contextlib.suppress(KeyboardInterrupt):
        for entry in client.followed(filters) if follow else client.entries(filters):
            _print(line(entry))
