"""``register-mock rehearse TRAFFIC --to VERSION``: what the move to a version means for traffic.

0 every request works there, 1 some do not, or cannot be told, 2 there is no rehearsal (one sentence
says why). Nothing leaves this machine: both versions are played in this process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from register_mock.config import DOCUMENTED, OptionError
from register_mock.control.entries import Personal, personal_fields
from register_mock.explain.render import plain
from register_mock.rehearse.forms import FORMS
from register_mock.rehearse.judging import SAME, TRANSLATED
from register_mock.rehearse.report import Report, rehearsed
from register_mock.rehearse.told import Teller
from register_mock.trainee.serialise import to_json
from register_spec import SpecError

NOT_ALL, UNUSABLE = 1, 2
_OWN = 0o600


@click.command("rehearse")
@click.argument("traffic", type=click.Path(path_type=Path))
@click.option("--to", required=True, metavar="VERSION", help="The version to move to.")
@click.option(
    "--as", "reading", default=DOCUMENTED, show_default=True, metavar="READING", help="Of both."
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", show_default=True)
@click.option("--mask-personal-data", is_flag=True, help="Mask names, dates of birth and the like.")
@click.option(
    "--bodies",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each translated body into this folder.",
)
@click.option(
    "--seed",
    default="empty",
    show_default=True,
    metavar="demo|empty|FILE",
    help="What the worlds hold before the first request.",
)
@click.option(
    "--spec", "spec_dir", type=click.Path(path_type=Path), metavar="DIR", help="Other documents."
)
def rehearse_command(
    traffic: Path,
    to: str,
    reading: str,
    form: str,
    mask_personal_data: bool,
    bodies: Path | None,
    seed: str,
    spec_dir: Path | None,
) -> None:
    """Rehearse the move to another version on recorded traffic.

    TRAFFIC is an HTTP archive (HAR), as browsers, proxies and `register-mock requests --har` write
    it, or a journal of this mock (GET /_mock/requests). Nothing of it leaves this machine.
    """
    try:
        report = rehearsed(traffic, to, reading, seed, spec_dir)
        personal = personal_fields(report.editions) if mask_personal_data else Personal()
        teller = Teller(report, personal)
        if bodies is not None:
            _write_bodies(report, teller, bodies)
    except (SpecError, OptionError) as error:
        click.echo(f"register-mock: {plain(str(error))}", err=True)
        sys.exit(UNUSABLE)
    click.echo(FORMS[form](teller.as_data()))
    works = report.counts[SAME] + report.counts[TRANSLATED]
    sys.exit(0 if works == len(report.outcomes) else NOT_ALL)


def _write_bodies(report: Report, teller: Teller, folder: Path) -> None:
    """Write the bodies that were translated, each for its owner alone to read.

    Raises SpecError when they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in report.outcomes:
            translated, asked = each.played.translated, each.played.asked
            if translated is not None and translated.changed:
                path = folder / f"{asked.number:04d}-{translated.operation}.json"
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN)
                with os.fdopen(file, "wb") as written:
                    written.write(to_json(teller.body(translated.body)) + b"\n")
    except OSError as error:
        raise SpecError(
            f"--bodies {folder}: {error.strerror}; give a folder to write to"
        ) from error
