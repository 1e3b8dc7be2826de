"""A pytest plugin that fills the ledger while the run goes on and has it printed at the end."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from contract_tests.ledger import Ledger, NotCovered
from contract_tests.reports import html, repeats
from contract_tests.reports.terminal import TerminalReport

if TYPE_CHECKING:
    from rich.console import Console

    from contract_tests.options import Options
    from contract_tests.target import Target

VERDICT = "contract"
_SCRIPTS = "register-contract-"


class Collector:
    """Turns pytest's reports into a ledger; ``live`` prints progress, ``folder`` gets files."""

    def __init__(self, console: Console, *, live: bool = False, folder: Path | None = None) -> None:
        self.ledger = Ledger()
        self.requests = 0
        self._report = TerminalReport(console)
        self._live = live
        self._folder = folder
        self._totals: Counter[str] = Counter()
        self._titles: dict[str, str] = {}
        self._started = time.perf_counter()

    def target_found(self, target: Target, options: Options) -> None:
        """Note what is held to what, and what the target cannot do."""
        pace = "no limit" if options.rate is None else f"{60 / options.rate:g} a minute"
        self.ledger.facts.update(
            target=target.wire.base,
            contract=f"{options.version}, {options.reading} reading",
            profile=options.profile,
            rate=pace,
            clock=f"{target.now:%Y-%m-%d}",
            seed=str(options.seed),
        )
        for name, present, costs in target.abilities():
            if not present:
                self.ledger.not_covered.append(NotCovered(costs, f"the run has no {name}"))
        if self._live:
            self._report.start(self.ledger.facts)

    def unusable(self, sentence: str) -> None:
        """Remember why there was no target."""
        self.ledger.unusable = sentence

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the tests of each layer."""
        for item in session.items:
            name = item.nodeid.split("::")[0]
            self._totals[name] += 1
            doc = getattr(getattr(item, "module", None), "__doc__", None) or name
            self._titles[name] = doc.strip().split(":")[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter one test's verdict in its layer."""
        verdict = dict(report.user_properties).get(VERDICT)
        name = report.nodeid.split("::")[0]
        broken = report.failed and not (isinstance(verdict, dict) and verdict["findings"])
        if not isinstance(verdict, dict):
            if not broken:
                return
            verdict = {}
        layer = self.ledger.layer(name, self._titles.get(name, name))
        self.ledger.add(layer, verdict, report.duration)
        if broken:
            layer.crashes.append((report.nodeid, report.longreprtext))
        if self._live:
            self._report.progress(layer, self._totals[name])

    def pytest_sessionfinish(self) -> None:
        """Complete the facts and write the files."""
        self.ledger.facts["requests"] = str(self.requests)
        self.ledger.facts["seconds"] = f"{time.perf_counter() - self._started:.0f}"
        if self.ledger.scripts:
            folder = self._folder or Path(mkdtemp(prefix=_SCRIPTS))
            repeats.write(self.ledger, folder / "repeat")
        if self._folder is not None and not self.ledger.unusable:
            html.write(self.ledger, self._folder)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Under plain pytest, add what its own report cannot show."""
        if self.ledger.tried:
            terminalreporter.section("contract")
            self._report.finish(self.ledger, findings=False)
        if self.ledger.repeats is not None:
            terminalreporter.write_line(f"scripts that repeat findings: {self.ledger.repeats}")

    def finish(self) -> Ledger:
        """Print the end of the report and return the ledger."""
        self._report.finish(self.ledger)
        return self.ledger


class Quiet:
    """Takes pytest's own terminal report away, for the run that prints a report of its own."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Unregister the terminal reporter."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)
