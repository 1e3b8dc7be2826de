"""One run: pytest over the suite in this package, its report, and the exit codes of a tool.

0 nothing was found, 1 findings, 2 no verdict: wrong usage, no usable target, or a run that did
not reach its end (``verdict`` decides).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from rich.console import Console

import register_spec as spec
from register_contract.known_drift.phase import look_for_known_drift
from register_contract.oracle.contract import Contract
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import OWN_MOCK
from register_contract.target.options import (
    Options,
    UsageError,
    check_only,
    report_folder,
    settle,
)
from register_contract.target.progress import Progress, ProgressError, asked_for
from register_contract.traffic.holding import held_traffic
from register_contract.verdict.judgement import verdict_of
from register_contract.verdict.reports.collect import Collector, Quiet
from register_contract.verdict.reports.files import ReportError, write_files
from register_contract.verdict.results import Results

_SUITE = Path(__file__).with_name("suite")
_HOUSE = (
    f"--config-file={_SUITE / 'suite.ini'}",
    f"--rootdir={_SUITE}",
    # What else is installed beside us must not change the run.
    *("--disable-plugin-autoload", "-p", "no:cacheprovider"),
    # Fixtures print too: what the target is, once it is known.
    "--capture=no",
)


def run_suite(
    url: str | None,
    version: str | None,
    report: str | None,
    only: str | None,
    given: dict[str, Any],
    *,
    known_drift: bool = True,
    exports: Sequence[str] = (),
) -> int:
    """Hold a target to the contract and tell the outcome; returns the exit code.

    ``given`` are the other options of the command line; without ``known_drift`` all that is found
    stays a finding. Each is written in the forms of ``exports``. Raises StoppedError.
    """
    try:
        options = settle(url=url, version=version, **given)
        check_only(only or "x")
        folder = report_folder(report) if report else None
        document = spec.bundle(options.version, options.reading, options.spec_dir)
        if options.resume:
            Progress(options.resume, asked_for(options, only or "", document))  # or it is said why
        words = _words(options, url, only, given["rate"], given["max_time"])
        return _run_pytest(words, folder, only, known_drift, exports)
    except (UsageError, ProgressError, ReportError, spec.SpecError) as error:
        raise StoppedError(str(error)) from error


def hold_recorded(
    path: Path,
    version: str | None,
    reading: str,
    spec_dir: str | None,
    report: str | None,
    *,
    known_drift: bool = True,
    exports: Sequence[str] = (),
) -> int:
    """Hold the answers in an HTTP archive to the contract and tell the outcome.

    Returns the exit code. Raises StoppedError.
    """
    try:
        options = settle(version=version, reading=reading, spec_dir=spec_dir)
        folder = report_folder(report) if report else None
        spec.bundle(options.version, options.reading, options.spec_dir)
        console = Console()
        collector = Collector(console, live=True, folder=folder, exports=exports)
        held_traffic(path, options, collector)
        if known_drift:
            _tell_known_drift(collector)
        collector.finish()
        return _closed(collector.results, console, folder)
    except (UsageError, ReportError, spec.SpecError) as error:
        raise StoppedError(str(error)) from error


def examine(
    url: str,
    version: str,
    *,
    first: Sequence[str],
    reading: str,
    seed: int,
    examples: int | None,
    max_requests: int | None,
    plan: str | None,
) -> Results:
    """Hold a target to the contract up to its first finding; prints nothing.

    The layers named ``first`` are tried before all others, unless the plan has an order of its own.
    """
    options = settle(
        version=version,
        url=url,
        reading=reading,
        seed=seed,
        examples=examples,
        max_requests=max_requests,
        stop_first=True,
        plan=plan,
    )
    words = [*_words(options, url, None, None, None), f"--first={','.join(first)}"]
    # The folder is for the scripts that repeat a finding, which nobody asks for here.
    with TemporaryDirectory(prefix="register-contract-") as folder:
        collector = Collector(Console(quiet=True), folder=Path(folder))
        pytest.main([*_HOUSE, *words], plugins=[Quiet(), Named(collector)])
    return collector.results


def read_ahead(version: str, reading: str) -> None:
    """Read what a run reads before its first request; it is remembered in this process."""
    options = settle(version=version, url=OWN_MOCK, reading=reading)
    words = [*_words(options, OWN_MOCK, None, None, None), "--collect-only"]
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        collector = Collector(Console(quiet=True))
        pytest.main([*_HOUSE, *words], plugins=[Quiet(), Named(collector)])


def _words(
    options: Options, url: str | None, only: str | None, rate: str | None, max_time: str | None
) -> list[str]:
    """The settings as pytest's command line takes them."""
    words = [str(_SUITE), "--api-version", options.version, "--as", options.reading]
    words += ["--plan", options.plan]
    words += ["--seed", str(options.seed)]
    words += ["--request-timeout", str(options.timeout)]
    for name, value in (
        ("--register-url", url),
        ("--token", options.token),
        ("--second-token", options.second_token),
        ("--profile", options.profile),
        ("--rate", rate),
        ("--max-time", max_time),
        ("--examples", options.examples),
        ("--max-requests", options.max_requests),
        ("--spec-dir", options.spec_dir),
        ("--resume", options.resume),
    ):
        words += [f"{name}={value}"] if value is not None else []
    words += ["--stop-first"] if options.stop_first else []
    return words + (["-k", only] if only else [])


def _run_pytest(
    words: list[str],
    folder: Path | None,
    only: str | None,
    known_drift: bool,
    exports: Sequence[str],
) -> int:
    """Run pytest and tell the outcome; returns the exit code."""
    house = [*_HOUSE, *([f"--junitxml={folder / 'junit.xml'}"] if folder else [])]
    console = Console()
    collector = Collector(console, live=True, folder=folder, exports=exports)
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
            f"files, such as lifecycle, lists or test_auth"
        )
    if not results.unusable:
        if known_drift:
            _tell_known_drift(collector)
        collector.finish()
    return _closed(results, console, folder)


def _closed(results: Results, console: Console, folder: Path | None) -> int:
    """Write the files of a run, and return its exit code. Raises StoppedError without a target."""
    written = write_files(results, folder) if folder else ""
    if results.unusable:
        raise StoppedError(results.unusable)
    if written:
        console.print(written, highlight=False, soft_wrap=True)
    return verdict_of(results).exit_code


def _tell_known_drift(collector: Collector) -> None:
    """Tell known drift from findings, when the run came to its end."""
    results, asked = collector.results, collector.results.circumstances
    if asked is None or results.ended or results.interrupted or not results.findings:
        return
    document = spec.bundle(asked.version, asked.reading, asked.spec_dir)
    contract = Contract(asked.version, document, spec.every_code(asked.spec_dir))
    try:
        look_for_known_drift(results, contract, asked, collector.tell)
    except KeyboardInterrupt:
        collector.tell("Interrupted: known drift is not told from findings")
    except Exception as error:  # the findings are worth more than what can be said of them
        flaw = " ".join(f"{type(error).__name__}, {error}".split())
        collector.tell(f"Known drift cannot be told from findings: {flaw}")


class Named:
    """Registers the collector under the name the suite's conftest looks for."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Register it before the conftest makes one of its own."""
        if not config.pluginmanager.has_plugin("contract-collector"):
            config.pluginmanager.register(self._collector, "contract-collector")
