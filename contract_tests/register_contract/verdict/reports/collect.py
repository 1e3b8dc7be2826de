"""A pytest plugin that fills the results while the run goes on and has it printed at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from register_contract.target.ending import ENDED
from register_contract.target.tidying import Left
from register_contract.verdict.cleaning import Cleaner
from register_contract.verdict.reports import repeats
from register_contract.verdict.reports.data import write_own
from register_contract.verdict.reports.terminal import TerminalReport
from register_contract.verdict.results import (
    Circumstances,
    Layer,
    NotCovered,
    OwnRecords,
    Results,
)

if TYPE_CHECKING:
    from _pytest._code.code import TracebackEntry
    from rich.console import Console

    from register_contract.target.options import Options
    from register_contract.target.target import Target
    from register_contract.target.tidying import Tidying

VERDICT = "contract"
_SCRIPTS = "register-contract-"


class Collector:
    """Turns pytest's reports into results; ``live`` prints progress.

    What repeats findings goes to ``folder``, or to a temporary one, in the forms of ``exports``
    too.
    """

    def __init__(
        self,
        console: Console,
        *,
        live: bool = False,
        folder: Path | None = None,
        exports: Sequence[str] = (),
    ) -> None:
        self.results = Results()
        self.planned: dict[str, int] = {}
        """How many trials each test makes, by its id."""
        self.most: dict[str, int] = {}
        """How many of them the plan has, where it has fewer."""
        self.clean = Cleaner()
        self._target: Target | None = None
        self._report = TerminalReport(console)
        self._live = live
        self._folder = folder
        self._exports = exports
        self.before: tuple[int, float] = (0, 0.0)
        """The requests and seconds of the parts of the run before this one."""
        self._told = False
        self._deselected: Counter[str] = Counter()
        self._started = time.perf_counter()

    def target_found(
        self, target: Target, options: Options, made_up: frozenset[str]
    ) -> list[NotCovered]:
        """Note what is held to what, and what the target cannot do; returns the latter."""
        self._target = target
        self.results.circumstances = Circumstances(
            options.version,
            options.reading,
            options.spec_dir,
            target.now,
            target.place.timers,
            made_up,
        )
        pace = "no limit" if options.rate is None else f"{60 / options.rate:g} a minute"
        self.results.facts.update(
            target=target.wire.base,
            contract=f"{options.version}, {options.reading} reading",
            profile=target.profile,
            rate=pace,
            clock=f"{target.now:%Y-%m-%d}",
            seed=str(options.seed),
            plan=options.plan,
        )
        lacks = [
            NotCovered(costs, f"the run has no {name}")
            for name, present, costs in target.abilities()
            if not present
        ]
        known = self.results.not_covered
        known += [each for each in lacks if each not in known]
        self.start()
        return lacks

    def tidied(self, tidying: Tidying) -> None:
        """Enter what a run that wrote to its own records alone has left on the target."""
        assert self._target is not None
        sentence, mark = self.clean.sentence, self._target.wire.history.setting.nonce
        left = [
            Left(replace(each.record, id=sentence(each.record.id)), sentence(each.why))
            for each in tidying.left
        ]
        own = self.results.own or OwnRecords([], [])
        self.results.own = OwnRecords(
            [*own.marks, mark], left, own.removed + tidying.removed, own.unsure + tidying.unsure
        )

    def left_behind(self, sentence: str) -> None:
        """Enter what could not be cleaned up, beside what parts of the run before could not."""
        both = (self.results.left_behind, self.clean.sentence(sentence))
        self.results.left_behind = "; ".join(filter(None, both))

    def start(self) -> None:
        """Say what is held to what, and what will be tried, once."""
        if self._live and not self._told:
            self._report.start(self.results)
        self._told = True

    @property
    def sent(self) -> int:
        """How many requests have left."""
        return self._target.wire.session.sent if self._target else 0

    def show(self, layer: Layer) -> None:
        """Show a layer that has come to its end."""
        if self._live:
            self._report.progress(layer)
            self._report.close_layer()

    def unusable(self, sentence: str) -> str:
        """Remember why there was no target; returns the sentence as it may be shown."""
        self.results.unusable = self.clean.sentence(sentence)
        return self.results.unusable

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what ``--only`` leaves out; it is part of the contract all the same."""
        self._deselected.update(_title(item) for item in items)

    def passed_over(self, items: Sequence[pytest.Item], why: str) -> None:
        """Count what the plan leaves out; it is part of the contract all the same."""
        for title, count in Counter(map(_title, items)).items():
            self.results.not_covered.append(NotCovered(f"{title} ({count} tests)", why))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Enter the layers and how many tests each has, and what is left out by choice."""
        for item in session.items:
            layer, trials = self.results.layer(_module(item.nodeid), _title(item)), self.planned
            layer.planned += 1
            most = self.most.get(item.nodeid)
            made = trials.get(item.nodeid, 1)
            layer.trials += made if most is None else min(made, most)
        self.results.planned = sum(self.planned.values())
        for title, count in self._deselected.items():
            what = f"{title} ({count} tests)"
            self.results.not_covered.append(NotCovered(what, "--only leaves it out"))
        self.results.not_covered.extend(_not_asked_for(session))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Enter a module of the suite that cannot be read."""
        if report.failed:
            layer = self.results.layer(_module(report.nodeid), report.nodeid)
            layer.crashes.append((report.nodeid, report.longreprtext))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter one test's verdict in its layer."""
        carried = dict(report.user_properties)
        verdict, ended = carried.get(VERDICT), carried.get(ENDED)
        self.results.ended = self.results.ended or str(ended or "")
        has_findings = isinstance(verdict, dict) and verdict["findings"]
        broken = report.failed and not has_findings and not ended
        layer = self.results.layer(_module(report.nodeid), report.nodeid)
        if isinstance(verdict, dict):
            causes = [finding["cause"] for finding in verdict["findings"]]
            self.results.causes[report.nodeid] = causes
        if broken:
            layer.crashes.append((report.nodeid, report.longreprtext))
        if isinstance(verdict, dict) or (broken and report.when != "teardown"):
            given = verdict if isinstance(verdict, dict) else {}
            trials = 0 if broken else self.planned.get(report.nodeid, 1)
            self.results.add(
                layer,
                given,
                report.duration,
                trials=trials,
                cut_short=bool(ended),
                test=report.nodeid,
            )
            if self._live:
                self._report.progress(layer)

    def cut_short(self, item: pytest.Item, verdict: dict[str, object], seconds: float) -> None:
        """Enter what a test had seen when the run was interrupted within it."""
        layer = self.results.layer(_module(item.nodeid), _title(item))
        self.results.add(layer, self.clean.within(verdict), seconds, cut_short=True)
        if self._live:
            self._report.progress(layer)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that a person or a signal stopped the run; other endings have their reason."""
        stopped_by_us = isinstance(
            excinfo.value, pytest.Session.Interrupted | pytest.exit.Exception
        )
        self.results.interrupted = not stopped_by_us
        excinfo.traceback = excinfo.traceback.filter(_has_a_line)

    def pytest_internalerror(self, excrepr: object) -> bool | None:
        """Enter an error of pytest or of a hook; the report of a run shows it in its own way."""
        layer = self.results.layer("", "The suite itself")
        layer.crashes.append(("outside any test", self.clean(str(excrepr))))
        return self._live or None

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Complete the facts once everything else has ended, however it ended."""
        try:
            return (yield)
        finally:
            requests, seconds = self.before
            seconds += time.perf_counter() - self._started
            self.results.facts["requests"] = str(requests + self.sent)
            self.results.facts["seconds"] = f"{seconds:.0f}"
            self._write_scripts()
            if self.results.own and self.results.own.left:
                write_own(self.results.own, self._place())

    def _write_scripts(self) -> None:
        if self.results.scripts:
            repeats.write(self.results, self._place() / "repeat", self.clean, self._exports)

    def _place(self) -> Path:
        """The folder of the run; a temporary one is made when something is written to it."""
        self._folder = self._folder or Path(mkdtemp(prefix=_SCRIPTS))
        return self._folder

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Under plain pytest, add what its own report cannot show."""
        if self.results.tried:
            terminalreporter.section("contract")
            self._report.finish(self.results, findings=False)
        if self.results.repeats is not None:
            terminalreporter.write_line(f"scripts that repeat findings: {self.results.repeats}")

    def tell(self, sentence: str) -> None:
        """Say what is going on after the last test."""
        self._report.say(self.clean.sentence(sentence))

    def finish(self) -> Results:
        """Print the end of the report and return the results."""
        # What is known drift by now may have given way to other examples.
        self._write_scripts()
        self._report.finish(self.results)
        return self.results


def _has_a_line(entry: TracebackEntry) -> bool:
    """Whether Python knows where the entry is: an interrupt may come where no line stands.

    pytest prints the place of an interrupt, and breaks down over one without a line.
    """
    try:
        return entry.lineno >= 0
    except TypeError:
        return False


def _module(nodeid: str) -> str:
    return nodeid.split("::")[0]


def _title(item: pytest.Item) -> str:
    """What a layer is called: its module's docstring up to the colon."""
    doc = getattr(getattr(item, "module", None), "__doc__", None) or _module(item.nodeid)
    return str(doc).strip().split(":")[0]


def _not_asked_for(session: pytest.Session) -> Iterator[NotCovered]:
    """What plain pytest was not asked to collect, when it was given files or tests by name."""
    for word in session.config.args:
        if "::" in word:
            yield NotCovered(f"tests beside {word}", "the run was given a part of the suite")
        elif Path(word).suffix == ".py":
            yield NotCovered(f"modules beside {word}", "the run was given a part of the suite")


class Quiet:
    """Takes pytest's own terminal report away, for the run that prints a report of its own."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Unregister the terminal reporter."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            config.pluginmanager.unregister(reporter)
