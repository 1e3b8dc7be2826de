"""``register-mock scenarios``: what happens and why, listed, printed, and played."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import Edition
from register_mock.scenarios.judging import Judge
from register_mock.scenarios.playing import NOW, Stage
from register_spec import SpecError
from register_spec.scenarios.files import FOLDER, Scenario, read_scenarios

WRONG, UNUSABLE = 1, 2


@click.command("scenarios")
@click.argument("name", required=False)
@click.option("--as", "reading", metavar="READING", help="Only of this reading.")
@click.option("--api-version", metavar="VERSION", help="Only of this version.")
@click.option("--shows", "row", metavar="ROW", help="Only those that show this row, by its id.")
@click.option("--play", is_flag=True, help="Play them, and tell what goes otherwise.")
@click.option(
    "--spec",
    "spec_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="On the documents of this folder.",
)
def scenarios_command(
    name: str | None,
    reading: str | None,
    api_version: str | None,
    row: str | None,
    play: bool,
    spec_dir: Path | None,
) -> None:
    """List what happens and why; with NAME, or the beginning of one, only such.

    NAME of one file, as create_trainee/duplicate, prints that.
    """
    try:
        options = Options(seed="empty", now=NOW, frozen=True, spec_dir=spec_dir)
        judge = Judge(Stage(create_app(options)), read_scenarios())
    except SpecError as error:
        click.echo(f"register-mock: {error}", err=True)
        sys.exit(UNUSABLE)
    cases = [
        (scenario, edition)
        for scenario, edition in judge.cases
        if scenario.name.startswith(name or "")
        and reading in (None, edition.reading)
        and api_version in (None, edition.version)
        and (row is None or row in scenario.shows)
    ]
    if not cases:
        click.echo(
            "register-mock: there is no such scenario; without NAME all are listed", err=True
        )
        sys.exit(UNUSABLE)
    if play:
        sys.exit(_played(judge, cases))
    click.echo("\n".join(_listed(name, cases)))


def _listed(name: str | None, cases: list[tuple[Scenario, Edition]]) -> Iterator[str]:
    """Yield a line for each scenario, or the file that is meant."""
    file = FOLDER / f"{name}.yaml"
    if name is not None and file.is_file():
        yield file.read_text(encoding="utf-8").rstrip()
        return
    for scenario in dict.fromkeys(scenario for scenario, _ in cases):
        yield f"{scenario.name}: {scenario.sentence}"


def _played(judge: Judge, cases: list[tuple[Scenario, Edition]]) -> int:
    """Play scenarios and print those that go otherwise; return the exit status."""
    wrong = 0
    for scenario, edition in cases:
        flaws = judge.flaws(scenario, edition)
        wrong += bool(flaws)
        if flaws:
            click.echo(f"{scenario.name}, {edition.key}: {scenario.sentence}")
            click.echo("\n".join(f"    {flaw}" for flaw in flaws))
    click.echo(f"{len(cases)} played, {wrong} of them went otherwise")
    return WRONG if wrong else 0
