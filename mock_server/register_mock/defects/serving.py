"""A defect put in, for as long as a mock with it is made and asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import register_spec as spec
from register_mock.contract import editions
from register_mock.defects.catalogue import named
from register_mock.defects.model import Defect, Patch
from register_mock.request import pipeline
from register_spec.overlay import ActionError

AT_ONCE = 16
"""How many calls a defect may have at once that only shows when calls meet."""
_OUTSIDE = ("register_mock.defects.", "register_mock.scenarios.", "register_mock.tests.")
"""Whose memory is of no mock that is made and asked: they have mocks of their own."""
_Remembering = type(lru_cache(lambda: None))


@contextmanager
def put_in(defect: Defect | None) -> Iterator[None]:
    """Have a defect in what is made and asked inside; it is undone at the end.

    What was remembered without it is forgotten before, what was remembered with it afterwards. The
    answers are not rehearsed: they may be wrong.
    """
    if defect is None:
        yield
        return
    with ExitStack() as entered:
        entered.callback(_forget)
        entered.enter_context(Patch(pipeline, "rehearsed", _unrehearsed).entered())
        entered.enter_context(Patch(editions, "bundled", _documents_with(defect)).entered())
        if defect.patch is not None:
            entered.enter_context(defect.patch.entered())
        _forget()
        yield


@contextmanager
def served(id_: str | None, spec_dir: Path | None = None) -> Iterator[Executor | None]:
    """Have the defect of this id in, if one is named; yield the threads that it needs.

    Raises OptionError when there is none of this id.
    """
    defect = None if id_ is None else named(id_, spec_dir)
    with put_in(defect):
        if defect is None or not defect.meeting:
            yield None
            return
        with ThreadPoolExecutor(AT_ONCE) as threads:
            yield threads


def _unrehearsed(old: Any) -> Any:
    return lambda edition, unknown: None


def _documents_with(defect: Defect) -> Any:
    def make(bundled: Any) -> Any:
        def changed(version: str, reading: str, spec_dir: Path | None) -> dict[str, Any]:
            document = bundled(version, reading, spec_dir)
            # Where it has no place, or is so already, a version stays as it is.
            with suppress(ActionError):
                return spec.altered(document, *defect.actions)
            return spec.altered(document)

        return changed

    return make


def _forget() -> None:
    """Empty what the mock's functions remember of what they returned."""
    for name, module in list(sys.modules.items()):
        if name.startswith("register_mock.") and not name.startswith(_OUTSIDE):
            for found in vars(module).values():
                if isinstance(found, _Remembering):
                    found.cache_clear()
