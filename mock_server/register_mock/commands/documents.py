"""Decides the options that say which documents a command reads, and in which reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from register_mock.config import DOCUMENTED

Command = Callable[..., Any]


def documents(reading: str, folder: str) -> Callable[[Command], Command]:
    """Return what adds `--as` and `--spec` to a command, with these sentences of help."""

    def add(command: Command) -> Command:
        of_folder = click.option(
            "--spec", "spec_dir", type=click.Path(path_type=Path), metavar="DIR", help=folder
        )
        as_read = click.option(
            "--as",
            "reading",
            metavar="READING",
            default=DOCUMENTED,
            show_default=True,
            help=reading,
        )
        return as_read(of_folder(command))

    return add
