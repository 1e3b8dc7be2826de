"""The command ``register-contract``: hold a target to the contract, or print the contract.

``run`` wraps the pytest suite in this folder and gives it a report and the exit codes of a tool:
0 the target keeps the contract, 1 findings, 2 wrong usage or no usable target.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console

import spec
from contract_tests.options import PROFILES, READINGS, UsageError, settle
from contract_tests.reports.collect import Collector, Quiet

_SUITE = Path(__file__).parent


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="register-contract")
def main() -> None:
    """The contract of the Register trainee teachers API, and a suite that holds targets to it."""


@main.command()
@click.argument("url", required=False)
@click.option("--token", envvar="REGISTER_TOKEN", help="Bearer token of a provider.")
@click.option(
    "--second-token", envvar="REGISTER_SECOND_TOKEN", help="Bearer token of another provider."
)
@click.option("--api-version", metavar="V", help="Contract to hold it to; default the newest.")
@click.option("--as", "reading", type=click.Choice(READINGS), default="documented")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="Default: full on loopback, read-only anywhere else.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Repeats a run; default random, printed.")
@click.option("--rate", metavar="N/m", help="Requests a minute; default 90/m unless loopback.")
@click.option(
    "--spec", "spec_dir", type=click.Path(exists=True, file_okay=False), help="Other contracts."
)
@click.option("--report", type=click.Path(file_okay=False), help="Folder for HTML and JUnit XML.")
@click.option("--only", metavar="WORDS", help="Only tests whose name matches (pytest -k).")
@click.option("--timeout", type=float, default=20.0, show_default=True, help="Seconds to wait.")
def run(url: str | None, report: str | None, only: str | None, **given: Any) -> None:
    """Hold the target at URL to the contract; without URL, hold a mock started for the run."""
    try:
        options = settle(url=url, version=given.pop("api_version"), **given)
        spec.bundle(options.version, options.reading, options.spec_dir)
    except (UsageError, spec.SpecError) as error:
        _stop(str(error))
    words = [str(_SUITE), "--api-version", options.version, "--as", options.reading]
    words += ["--profile", options.profile, "--seed", str(options.seed)]
    words += ["--request-timeout", str(options.timeout)]
    for name, value in (
        ("--register-url", url),
        ("--token", options.token),
        ("--second-token", options.second_token),
        ("--rate", given["rate"]),
        ("--spec-dir", options.spec_dir),
    ):
        words += [f"{name}={value}"] if value is not None else []
    words += ["-k", only] if only else []
    sys.exit(_run_suite(words, Path(report) if report else None))


def _run_suite(words: list[str], folder: Path | None) -> int:
    house = [f"--config-file={_SUITE / 'suite.ini'}", f"--rootdir={_SUITE}"]
    # What else is installed beside us must not change the run.
    house += ["--disable-plugin-autoload", "-p", "no:cacheprovider"]
    # Fixtures print too: what the target is, once it is known.
    house += ["--capture=no"]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        house.append(f"--junitxml={folder / 'junit.xml'}")
    console = Console()
    collector = Collector(console, live=True, folder=folder)
    code = pytest.main([*house, *words], plugins=[Quiet(), Named(collector)])
    ledger = collector.ledger
    if ledger.unusable:
        _stop(ledger.unusable)
    collector.finish()
    if folder is not None:
        console.print(f"report: {folder / 'report.html'}, {folder / 'junit.xml'}", highlight=False)
    return int(code) if code in (0, 1) else 2


class Named:
    """Registers the collector under the name the suite's conftest looks for."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Register it before the conftest makes one of its own."""
        if not config.pluginmanager.has_plugin("contract-collector"):
            config.pluginmanager.register(self._collector, "contract-collector")


@main.command("spec")
@click.argument("version")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml")
@click.option("--as", "reading", type=click.Choice(READINGS), default="documented")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_spec(version: str, form: str, reading: str, spec_dir: str | None) -> None:
    """Print the contract of VERSION as one OpenAPI document."""
    try:
        document = spec.bundle(version, reading, Path(spec_dir) if spec_dir else None)
    except spec.SpecError as error:
        _stop(str(error))
    click.echo(spec.openapi_dump(document, form).rstrip("\n"))


def _stop(sentence: str) -> Any:
    click.echo(f"register-contract: {sentence}", err=True)
    sys.exit(2)
