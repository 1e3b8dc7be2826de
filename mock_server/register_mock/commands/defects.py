"""``register-mock defects``: the named deviations that `serve --defect` can have."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from register_mock.defects.catalogue import catalogue
from register_mock.defects.model import CLASSES, Defect
from register_spec import SpecError


def text(defects: Iterable[Defect]) -> Iterator[str]:
    """Yield the lines for a terminal: the classes, and what they have."""
    found = list(defects)
    for kind in CLASSES:
        own = [each for each in found if each.kind == kind]
        if own:
            yield f"{kind} ({len(own)})"
            yield from (
                f"  {each.id} [{each.edition}, {each.origin}] {each.sentence}" for each in own
            )


def as_json(defects: Iterable[Defect]) -> Iterator[str]:
    """Yield a list of objects as one JSON text."""
    yield json.dumps([each.told() for each in defects], indent=1, ensure_ascii=False)


FORMATS = {"text": text, "json": as_json}


@click.command("defects")
@click.option("--class", "kind", type=click.Choice(CLASSES), help="Of this class only.")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True
)
@click.option(
    "--spec",
    "spec_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="For the documents of this folder.",
)
def defects_command(kind: str | None, form: str, spec_dir: Path | None) -> None:
    """List the defects that a mock can be served with, one at a time."""
    try:
        found = catalogue(spec_dir).values()
    except SpecError as error:
        click.echo(f"register-mock: {error}", err=True)
        sys.exit(2)
    chosen = [each for each in found if kind in (None, each.kind)]
    click.echo("\n".join(FORMATS[form](chosen)))
