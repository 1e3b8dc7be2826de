"""``register-contract score``: the defects that the suite finds, by class."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from register_contract.score.catalogue import Defect, chosen, defects
from register_contract.score.matrix import as_json, as_text, line
from register_contract.score.owners import note, owners
from register_contract.score.plain import attempt_plainly, make_baseline
from register_contract.score.trying import (
    BROKEN,
    FOUND,
    SUITE,
    Effort,
    Outcome,
    Serving,
    attempt,
)
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import MockServers, running_mock

Attempt = Callable[[Defect, Effort, Connection], None]

_READ_ONCE = ("register_contract.running", "register_contract.suite.strategies.cases")
"""What takes long to import, and is so for all processes that are forked."""


def score(
    ids: Sequence[str],
    kind: str | None,
    sample: int | None,
    seed: int,
    workers: int,
    form: str,
    examples: int | None,
    max_requests: int | None,
    against: str,
    plan: str | None,
    noted: bool,
) -> int:
    """Print what is found of the defects that are asked for; 0 where each is, else 1.

    ``against`` says by what, and ``plan`` by how much of the suite; with ``noted`` it is written
    down which test found what, and that test is tried first the next time. Raises StoppedError
    where there is nothing to try, or plain schemathesis is asked to make no more than so many
    requests, or to keep to a plan, which it cannot.
    """
    all_of = defects()
    todo = chosen(all_of, ids, kind, sample, seed)
    effort = Effort(seed, examples, max_requests, plan)
    console = Console(stderr=form == "json")
    with TemporaryDirectory(prefix="register-contract-") as name, _mocks() as serving:
        trying: Attempt = partial(attempt, serving, _first)
        if against != SUITE:
            trying = _plainly(todo, effort, Path(name))
        else:
            _read_ahead(todo)
        started = time.perf_counter()
        outcomes = []
        for outcome in _each(todo, workers, trying, effort):
            console.print(line(outcome), highlight=False, soft_wrap=True, markup=False)
            outcomes.append(outcome)
    seconds = time.perf_counter() - started
    if noted:
        note(outcomes, [each.id for each in all_of])
    if form == "json":
        print(as_json(outcomes, seconds, seed, against, plan))
    else:
        text = as_text(outcomes, seconds, seed, against, plan)
        console.print(text, highlight=False, markup=False)
    return 0 if all(outcome.state == FOUND for outcome in outcomes) else 1


def _first(defect: Defect) -> Sequence[str]:
    """The tests to try first: the one that found it last, and the layers that its class is for."""
    owner = owners().get(defect.id)
    return [*([owner] if owner else ()), *defect.first]


def _read_ahead(todo: Sequence[Defect]) -> None:
    """Read what the suite reads of the editions, so that processes that are forked have it."""
    if not hasattr(os, "fork"):
        return
    from register_contract.running import read_ahead

    for edition in dict.fromkeys(defect.edition for defect in todo):
        version, _, reading = edition.partition("@")
        read_ahead(version, reading)


@contextmanager
def _mocks() -> Iterator[Serving]:
    """What serves the mocks: one process that is forked, where that can be."""
    if not hasattr(os, "fork"):
        yield running_mock
        return
    with closing(MockServers()) as servers:
        yield servers.running


def _plainly(todo: Sequence[Defect], effort: Effort, folder: Path) -> Attempt:
    """How schemathesis tries one, once it was run against mocks without any."""
    if effort.max_requests is not None:
        raise StoppedError("schemathesis takes no --max-requests; --examples makes it send fewer")
    if effort.plan is not None:
        raise StoppedError("schemathesis has no --plan; --examples makes it send fewer")
    for edition in dict.fromkeys(defect.edition for defect in todo):
        make_baseline(edition, effort, folder)
    return partial(attempt_plainly, folder)


def _each(
    todo: Sequence[Defect], workers: int, trying: Attempt, effort: Effort
) -> Iterator[Outcome]:
    """Try so many at a time, each in a process that ends with it."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    for module in _READ_ONCE if can_fork else ():
        importlib.import_module(module)
    context: Any = multiprocessing.get_context("fork" if can_fork else "spawn")
    waiting = list(reversed(todo))
    running: dict[Connection, tuple[Defect, multiprocessing.process.BaseProcess]] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            defect = waiting.pop()
            mine, theirs = context.Pipe(duplex=False)
            process = context.Process(target=trying, args=(defect, effort, theirs))
            process.start()
            theirs.close()
            running[mine] = (defect, process)
        for ready in wait(list(running)):
            assert isinstance(ready, Connection)
            defect, process = running.pop(ready)
            try:
                yield ready.recv()
            except EOFError:
                yield Outcome(defect, BROKEN, f"its process ended with {process.exitcode}")
            process.join()
            ready.close()
