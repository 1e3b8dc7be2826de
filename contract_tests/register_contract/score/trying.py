"""One defect: the suite is run against a mock that has it, until its first finding."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from register_contract.target.mock_process import MockStartError

if TYPE_CHECKING:
    from register_contract.score.catalogue import Defect
    from register_contract.verdict.results import Results

Serving = Callable[..., AbstractContextManager[str]]
"""Serves a mock with these words of ``register-mock serve``; yields its origin."""
FirstOf = Callable[["Defect"], Sequence[str]]
_TEST = "test_"
FOUND, SURVIVED, BROKEN = "found", "survived", "broken"
SUITE, SCHEMATHESIS = AGAINST = ("suite", "schemathesis")
"""By what defects are looked for."""


@dataclass(frozen=True)
class Outcome:
    """What came of a defect: found, survived, or broken, where there was no run to speak of.

    ``seconds`` and ``requests`` go from the first request to the finding, or to the end of the run;
    ``said`` is the finding, or why there was no run; ``test`` is the one that found it, as
    ``layer.test``.
    """

    defect: Defect
    state: str
    said: str = ""
    layer: str = ""
    requests: int = 0
    seconds: float = 0.0
    test: str = ""


@dataclass(frozen=True)
class Effort:
    """How each defect is looked for: the seed, and how much, as ``run`` takes it."""

    seed: int
    examples: int | None = None
    max_requests: int | None = None
    plan: str | None = None


def attempt(
    serving: Serving, first: FirstOf, defect: Defect, effort: Effort, out: Connection
) -> None:
    """Try one defect in a process of its own; sends its Outcome.

    ``serving`` makes its mock, and ``first`` tells which tests are tried before others.
    """
    out.send(_outcome(serving, first, defect, effort))


def _outcome(serving: Serving, first: FirstOf, defect: Defect, effort: Effort) -> Outcome:
    version, _, reading = defect.edition.partition("@")
    try:
        with (
            serving("--defect", defect.id, "--as", reading) as base,
            open(os.devnull, "w") as nothing,
            contextlib.redirect_stdout(nothing),
            contextlib.redirect_stderr(nothing),
        ):
            from register_contract.running import examine

            started = time.perf_counter()
            results = examine(base, version, first=first(defect), reading=reading, **asdict(effort))
            return _told(defect, results, time.perf_counter() - started)
    except MockStartError as error:
        return Outcome(defect, BROKEN, str(error))


def _told(defect: Defect, results: Results, seconds: float) -> Outcome:
    requests = int(results.facts.get("requests", "0"))
    for layer in results.layers.values():
        for finding in layer.findings:
            test = _test(results)
            return Outcome(defect, FOUND, finding.sentence, layer.title, requests, seconds, test)
        for name, text in layer.crashes:
            last = text.strip().splitlines()[-1] if text.strip() else name
            return Outcome(defect, BROKEN, f"{name}: {last}", layer.title, requests, seconds)
    # One that was ended has looked as far as it might.
    state = SURVIVED if results.tried and not results.unusable else BROKEN
    return Outcome(defect, state, results.unusable, "", requests, seconds)


def _test(results: Results) -> str:
    """The test that found something, as ``layer.test``."""
    place = next((place for place, causes in results.causes.items() if causes), "")
    module, _, name = place.partition("[")[0].partition(".py::")
    return f"{module.rpartition('/')[2]}.{name}".replace(_TEST, "") if name else ""
