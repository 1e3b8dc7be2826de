"""A pytest plugin that notes what is done, and tells again what was done before (``--resume``).

What pytest reported of a test is kept as pytest makes it plain, and is reported again instead of
the test being made again. So results, JUnit XML and all other reports are those of both parts.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from register_contract.target.ending import ENDED, RunEndedError
from register_contract.target.owned import Record
from register_contract.target.progress import Progress, ProgressError, digest_of
from register_contract.target.tidying import NOT_YET, Left
from register_contract.verdict.finding import Finding
from register_contract.verdict.recorded import as_data, from_data, recorded
from register_contract.verdict.reports.collect import VERDICT, Collector
from register_contract.verdict.reports.data import own_records
from register_contract.verdict.results import Circumstances, NotCovered, OwnRecords

if TYPE_CHECKING:
    from register_contract.target.options import Options
    from register_contract.target.target import Target

_LARGEST = 1_000_000
_TOO_LARGE = "what it was made with is too large to be kept for a run that goes on (--resume)"


class Resuming:
    """Writes to ``progress``, and gives the ``collector`` what is in it."""

    def __init__(self, progress: Progress, collector: Collector, options: Options) -> None:
        self._progress = progress
        self._options = options
        self._collector = collector
        self._done = {str(each["id"]): each for each in progress.of("test")}
        self._reports: list[pytest.TestReport] = []
        self._sent, self._time = 0, time.perf_counter()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin to write, unless the file is of other tests than there are."""
        names = sorted(item.nodeid for item in session.items)
        told = {"count": len(names), "digest": digest_of("\n".join(names))}
        before = next(self._progress.of("tests"), told)
        try:
            if before != told:
                raise ProgressError(
                    f"{self._progress.path} is of another run: it had {before['count']} tests, "
                    f"and these are {len(names)}, or others; repeat its options, or delete it"
                )
            if not self._done.keys() >= set(names):
                self._progress.begin()
                self._progress.add("tests", told)
        except (ProgressError, OSError) as error:
            pytest.exit(self._collector.unusable(str(error)), returncode=2)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Tell what was done before, then let the rest be done."""
        self._session = session
        before = [item for item in session.items if item.nodeid in self._done]
        if any(self._progress.of("met")):
            try:
                self._restore(len(before), len(session.items))
                self._tell_again(session, before)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                flaw = f"{self._progress.path} is damaged ({type(error).__name__}: {error})"
                told = f"{flaw}; delete it to begin anew"
                pytest.exit(self._collector.unusable(told), returncode=2)
        session.items = [item for item in session.items if item.nodeid not in self._done]
        # To pytest tests that fail before the first is run are tests that cannot be collected.
        failed, session.testsfailed = session.testsfailed, 0
        try:
            return (yield)
        finally:
            session.testsfailed += failed

    def _tell_again(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        hook = session.config.hook
        for item in items:
            for raw in self._done[item.nodeid]["reports"]:
                report = hook.pytest_report_from_serializable(config=session.config, data=raw)
                if isinstance(report.longrepr, list):
                    report.longrepr = tuple(report.longrepr)  # JSON has no tuples
                hook.pytest_runtest_logreport(report=report)
        self._reports.clear()

    def _restore(self, done: int, planned: int) -> None:
        """Give the collector what is in no test's report."""
        collector, results = self._collector, self._collector.results
        for told in self._progress.of("met"):
            results.circumstances = Circumstances(
                self._options.version,
                self._options.reading,
                self._options.spec_dir,
                datetime.fromisoformat(told["now"]),
                told["timers"],
                frozenset(told["made up"]),
            )
            results.facts.update(told["facts"])
            lacks = [NotCovered(*each) for each in told["lacks"]]
            known = results.not_covered
            known += [each for each in lacks if each not in known]
        for each in self._done.values():
            for file, raw in each["recipes"].items():
                results.recipes[file] = from_data(raw).recipe
            results.not_covered += [NotCovered(f, _TOO_LARGE) for f in each["too large"]]
        parts = list(self._progress.of("part"))
        results.left_behind = parts[-1]["left behind"] if parts else ""
        results.own = self._own_records(parts)
        spent = [*self._done.values(), *parts]
        collector.before = (
            sum(each["requests"] for each in spent),
            sum(each["seconds"] for each in spent),
        )
        results.facts["resumed"] = f"{done} of {planned} tests were done before"
        if self._options.url is None:
            results.facts["target"] = "a mock of its own"  # each part has another one
        collector.start()
        if done == planned:
            collector.tell("All of it was tried before: nothing is sent")

    def target_found(self, target: Target, lacks: list[NotCovered]) -> None:
        """Note what the target is, and what is made there. Raises ProgressError for another one."""
        results = self._collector.results
        assert results.circumstances is not None
        before = next((told["facts"] for told in self._progress.of("met")), results.facts)
        for name in ("contract", "profile"):
            if before[name] != results.facts[name]:
                raise ProgressError(
                    f"{self._progress.path} is of another run: its {name} was {before[name]}, "
                    f"not {results.facts[name]}; name another file"
                )
        owned, mark = target.wire.session.owned, target.wire.history.setting.nonce
        asked = results.circumstances
        told = {
            "facts": results.facts,
            "now": asked.now.isoformat(),
            "timers": list(asked.timers),
            "made up": sorted(asked.made_up),
            "lacks": [[each.what, each.why] for each in lacks],
            "mark": mark,
        }
        self._add("met", told)
        if owned is not None:
            owned.restore(self._records().values())
            owned.tell = self._note_record

    def _note_record(self, told: Record | str) -> None:
        clean = self._collector.clean.sentence
        if isinstance(told, str):
            self._add("gone", clean(told))
        else:
            self._add("record", asdict(replace(told, id=clean(told.id))))

    def _add(self, kind: str, value: Any) -> None:
        try:
            self._progress.add(kind, value)
        except OSError as error:
            raise RunEndedError(
                f"{self._progress.path} could not be written ({error.strerror}), so the run ends: "
                f"what it does could not be noted any more"
            ) from error

    def _records(self) -> dict[str, Record]:
        """What the parts before made and did not remove."""
        found: dict[str, Record] = {}
        for line in self._progress.lines:
            if "record" in line:
                found[line["record"]["id"]] = Record(**line["record"])
            found.pop(line.get("gone", ""), None)
        return found

    def _own_records(self, parts: list[Any]) -> OwnRecords | None:
        """What the parts before left, as far as they wrote to their own records alone."""
        marks = [told["mark"] for told in self._progress.of("met")]
        own: dict[str, Any] = next((e["own"] for e in reversed(parts) if e["own"]), {})
        whys = {row["id"]: row["why"] for row in own.get("left", ())}
        left = [Left(each, whys.get(each.id, NOT_YET)) for each in self._records().values()]
        if not left and not own:
            return None
        return OwnRecords(marks, left, own.get("removed", 0), own.get("unsure", 0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what is reported of the test that is being made."""
        self._reports.append(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write what was reported of a test, unless the run ended within it."""
        reports, self._reports = self._reports, []
        carried: dict[str, Any] = {
            name: value for each in reports for name, value in each.user_properties
        }
        if ENDED in carried:
            return
        recipes, too_large = self._recipes(carried.get(VERDICT, {}))
        told = {
            "id": nodeid,
            "reports": [self._plain(each) for each in reports],
            "recipes": recipes,
            "too large": too_large,
            **self._spent(),
        }
        try:
            self._add("test", told)
        except RunEndedError as error:
            self._session.shouldstop = self._collector.results.ended = str(error)

    def _plain(self, report: pytest.TestReport) -> Any:
        config = self._session.config
        return config.hook.pytest_report_to_serializable(config=config, report=report)

    def _recipes(self, verdict: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """What the examples of a verdict were made with, as plain data, and which are too large."""
        results, found, too_large = self._collector.results, {}, []
        for finding in map(Finding.from_dict, verdict.get("findings", ())):
            for example in finding.examples:
                recipe = results.recipes.get(example.file)
                if recipe is None or results.circumstances is None:
                    continue
                if len(recipe.answer.body) > _LARGEST:
                    too_large.append(example.file)
                    continue
                asked, clean = results.circumstances, self._collector.clean
                found[example.file] = as_data(recorded(asked, finding, example, recipe, clean))
        return found, too_large

    def _spent(self) -> dict[str, float]:
        """How many requests and seconds it took since this was asked last."""
        sent, now = self._collector.sent, time.perf_counter()
        spent = {"requests": sent - self._sent, "seconds": round(now - self._time, 3)}
        self._sent, self._time = sent, now
        return spent

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Write what the part took besides its tests, once it has been cleaned up."""
        try:
            return (yield)
        finally:
            self._end()

    def _end(self) -> None:
        results = self._collector.results
        told = {
            **self._spent(),
            "left behind": results.left_behind,
            "own": own_records(results.own) if results.own else None,
        }
        if self._progress.is_open:
            with suppress(RunEndedError):  # it is what the run has ended with
                self._add("part", told)
            self._progress.close()
