"""The command ``register-contract``: hold a target to the contract, or print the contract.

``run`` wraps the pytest suite in this folder and gives it a report and the exit codes of a tool:
0 nothing was found, 1 findings, 2 no verdict: wrong usage, no usable target, or a run that did
not reach its end (``verdict`` decides).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console

import register_spec as spec
from register_contract.target.ending import signals_interrupt
from register_contract.target.options import (
    PROFILES,
    Options,
    UsageError,
    check_only,
    report_folder,
    settle,
)
from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports.collect import Collector, Quiet
from register_contract.verdict.reports.files import ReportError, write_files

_SUITE = Path(__file__).with_name("suite")


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
@click.option("--as", "reading", default=spec.DOCUMENTED, metavar="READING", show_default=True)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="Default: full where the mock's control API answers, read-only anywhere else.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Repeats a run; default random, printed.")
@click.option("--rate", metavar="N/m", help="Requests a minute; default 90/m unless loopback.")
@click.option(
    "--spec", "spec_dir", type=click.Path(exists=True, file_okay=False), help="Other contracts."
)
@click.option("--report", metavar="DIR", help="Folder for HTML and JUnit XML.")
@click.option("--only", metavar="WORDS", help="Only tests whose name matches (pytest -k).")
@click.option(
    "--timeout", type=float, default=20.0, show_default=True, help="Seconds for a whole answer."
)
@click.option("--max-time", metavar="N[s|m|h]", help="Time for the run; default 2h, or none.")
def run(url: str | None, report: str | None, only: str | None, **given: Any) -> None:
    """Hold the target at URL to the contract; without URL, hold a mock started for the run."""
    try:
        with signals_interrupt():
            options = settle(url=url, version=given.pop("api_version"), **given)
            check_only(only or "x")
            folder = report_folder(report) if report else None
            spec.bundle(options.version, options.reading, options.spec_dir)
            words = _words(options, url, only, given["rate"], given["max_time"])
            code = _run_suite(words, folder, only)
    except (UsageError, ReportError, spec.SpecError) as error:
        _stop(str(error))
    except KeyboardInterrupt:
        _stop("interrupted; nothing was tried")
    sys.exit(code)


def _words(
    options: Options, url: str | None, only: str | None, rate: str | None, max_time: str | None
) -> list[str]:
    """The settings as pytest's command line takes them."""
    words = [str(_SUITE), "--api-version", options.version, "--as", options.reading]
    words += ["--seed", str(options.seed)]
    words += ["--request-timeout", str(options.timeout)]
    for name, value in (
        ("--register-url", url),
        ("--token", options.token),
        ("--second-token", options.second_token),
        ("--profile", options.profile),
        ("--rate", rate),
        ("--max-time", max_time),
        ("--spec-dir", options.spec_dir),
    ):
        words += [f"{name}={value}"] if value is not None else []
    return words + (["-k", only] if only else [])


def _run_suite(words: list[str], folder: Path | None, only: str | None) -> int:
    """Run pytest and tell the outcome; returns the exit code."""
    house = [f"--config-file={_SUITE / 'suite.ini'}", f"--rootdir={_SUITE}"]
    # What else is installed beside us must not change the run.
    house += ["--disable-plugin-autoload", "-p", "no:cacheprovider"]
    # Fixtures print too: what the target is, once it is known.
    house += ["--capture=no"]
    house += [f"--junitxml={folder / 'junit.xml'}"] if folder else []
    console = Console()
    collector = Collector(console, live=True, folder=folder)
    results = collector.results
    try:
        code = pytest.main([*house, *words], plugins=[Quiet(), Named(collector)])
    except KeyboardInterrupt:  # while it cleaned up
        code, results.interrupted = pytest.ExitCode.INTERRUPTED, True
    except OSError as error:  # pytest could not write its XML; in a test it is caught
        collector.finish()
        raise ReportError(f"the report could not be written: {error}") from error
    if code == pytest.ExitCode.NO_TESTS_COLLECTED and only:
        results.unusable = (
            f"--only {only!r} matches no test; it is matched with names of tests, operations and "
            f"files, such as lifecycle, create_trainee or test_auth"
        )
    if not results.unusable:
        collector.finish()
    written = write_files(results, folder) if folder else ""
    if results.unusable:
        _stop(results.unusable)
    if written:
        console.print(written, highlight=False, soft_wrap=True)
    return verdict_of(results).exit_code


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
@click.option("--as", "reading", default=spec.DOCUMENTED, metavar="READING", show_default=True)
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_spec(version: str, form: str, reading: str, spec_dir: str | None) -> None:
    """Print the contract of VERSION as one OpenAPI document."""
    try:
        document = spec.bundle(version, reading, Path(spec_dir) if spec_dir else None)
    except spec.SpecError as error:
        _stop(str(error))
    click.echo(spec.openapi_dump(document, form).rstrip("\n"))


@main.command("versions")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_versions(spec_dir: str | None) -> None:
    """Print the versions of the contract and what each changed: the release notes."""
    try:
        lines = release_notes(spec.source_folder(Path(spec_dir) if spec_dir else None))
    except spec.SpecError as error:
        _stop(str(error))
    click.echo("\n".join(lines))


def release_notes(folder: Path) -> list[str]:
    """Return a heading for each version, its readings, and a line for each change of its step."""
    first, *_ = spec.versions(folder)
    lines = [f"{first} ({', '.join(spec.readings(first, folder))})"]
    for step in spec.steps(folder):
        lines += ["", f"{step.version} ({', '.join(spec.readings(step.version, folder))})"]
        lines += [f"- {' '.join(sentence.split())}" for sentence in step.sentences]
    return lines


def _stop(sentence: str) -> Any:
    click.echo(f"register-contract: {sentence}", err=True)
    sys.exit(2)
