"""How a command reaches a running mock: the options that say where it is, and what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from register_mock.client import Control, ControlError
from register_mock.config import CONTROL_TOKEN_VARIABLE, DEFAULT_PORT
from register_mock.explain.render import plain

USAGE_ERROR = 2
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
DEFAULT_WORLD = "default"
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
        click.option(
            "--world", default=DEFAULT_WORLD, show_default=True, help="Name of the world."
        ),
        click.option(
            "--url",
            default=DEFAULT_URL,
            show_default=True,
            help="Where the mock is.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def reached(url: str, world: str, control_token: str | None) -> Iterator[Control]:
    """Give the control of a world; what goes wrong is one line and exit code 2."""
    try:
        yield Control(url, world, control_token=control_token)
    except ControlError as error:
        hint = "; give it with --control-token" if error.code == "unauthorized" else ""
        refuse(f"{error.detail}{hint}")
    except (ConnectionError, ValueError) as error:
        refuse(str(error))


def refuse(sentence: str) -> None:
    """End with a sentence. It may quote an answer, and who answers need not be a mock."""
    click.echo(f"register-mock: {plain(sentence)}", err=True)
    sys.exit(USAGE_ERROR)
