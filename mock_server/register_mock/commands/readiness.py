"""Decides the options of ``register-mock readiness``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from register_mock.commands.documents import documents
from register_mock.commands.reaching import DEFAULT_URL, DEFAULT_WORLD, reached, refuse, where
from register_mock.readiness.formats import FORMATS
from register_mock.readiness.kept import Kept, read_file
from register_mock.readiness.made import OfFolder, reported
from register_mock.readiness.words import Place
from register_mock.world.clock import Clock
from register_spec import SpecError, with_switches


@click.command("readiness")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True
)
@click.option(
    "--journal",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of a kept journal, as GET /_mock/requests answers, instead of a mock's. [repeatable]",
)
@documents("--journal: of a world of this reading.", "By the documents of this folder.")
@where
def readiness_command(
    form: str,
    files: tuple[Path, ...],
    reading: str,
    spec_dir: Path | None,
    url: str,
    world: str,
    control_token: str | None,
) -> None:
    """Say what a client has shown to a mock, and what it has not shown yet.

    For each version that it asked for: every answer, move and list of its documents, the kinds of
    rules it met, and how it went on after failures.
    """
    try:
        journals = _read(files, reading) if files else [_asked(url, world, control_token)]
        place = Place(url, _options(url, world))
        report = reported(journals, OfFolder(spec_dir), Clock().now(), place)
    except (SpecError, ValueError) as error:
        refuse(str(error))
        return
    sys.stdout.write(FORMATS[form](report))


def _options(url: str, world: str) -> str:
    """Return the options by which other commands find the same mock and world."""
    said = f" --url {shlex.quote(url)}" if url != DEFAULT_URL else ""
    return f"{said} --world {shlex.quote(world)}" if world != DEFAULT_WORLD else said


def _read(files: Sequence[Path], reading: str) -> list[Kept]:
    return [read_file(path, reading) for path in files]


def _asked(url: str, world: str, control_token: str | None) -> Kept:
    with reached(url, world, control_token) as control:
        told = control.show_world()
        reading = with_switches(told.reading, told.switched_on)
        return Kept(told.name, reading, control.requests())
