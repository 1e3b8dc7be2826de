"""Generated cases of one operation, positive and negative, made by schemathesis.

Only generation is taken from it: requests leave through our own session, and answers are judged
by our own checks. Its coverage phase stays off, and so do its guesses from constants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from register_contract.oracle.contract import Contract, Operation
from register_contract.oracle.moments import FORMAT
from register_contract.suite.strategies.drawing import drawn
from register_contract.suite.strategies.moments import forms

POSITIVE, NEGATIVE = "positive", "negative"
_MODES = {POSITIVE: GenerationMode.POSITIVE, NEGATIVE: GenerationMode.NEGATIVE}
_PAST_DAYS, _COMING_DAYS = 700, 60
_SETTINGS = {
    "generation": {"allow-x00": False, "with-security-parameters": False, "database": "none"},
    "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
    "analysis": {"constants": {"enabled": False}},
}


@dataclass(frozen=True)
class Case:
    """One generated request: its query and its body, as bytes or as a JSON value."""

    query: Mapping[str, Any]
    body: Any
    has_body: bool

    @property
    def raw(self) -> bytes | None:
        """The body as sent."""
        if not self.has_body:
            return None
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def near_dates(today: date) -> st.SearchStrategy[str]:
    """Dates around the target's today, so that generated courses and events are plausible."""
    days = st.integers(-_PAST_DAYS, _COMING_DAYS)
    return days.map(lambda step: (today + timedelta(days=step)).isoformat())


def near_moments(today: date) -> st.SearchStrategy[str]:
    """Moments up to the target's today, each in one of the forms that the contract takes."""
    end = datetime.combine(today, time())
    moments = st.datetimes(end - timedelta(days=_PAST_DAYS), end, timezones=st.just(UTC))
    return moments.flatmap(lambda moment: st.sampled_from(sorted(forms(moment).values())))


class Generator:
    """Makes cases for the operations of one contract."""

    def __init__(self, contract: Contract, today: date) -> None:
        # Formats are global in schemathesis; a run has one target and so one today.
        schemathesis.openapi.format("date", near_dates(today))
        schemathesis.openapi.format(FORMAT, near_moments(today))
        config = schemathesis.Config.from_dict(_SETTINGS)
        document = json.loads(json.dumps(contract.document))
        self._schema = schemathesis.openapi.from_dict(document, config=config)

    def cases(self, operation: Operation, mode: str, count: int, seed: int) -> Iterator[Case]:
        """Up to ``count`` cases, the same for the same seed; none when there cannot be any."""
        strategy = self._schema[operation.path][operation.method].as_strategy(
            generation_mode=_MODES[mode]
        )
        try:
            generated = [_plain(case) for case in drawn(strategy, count, seed)]
        except Unsatisfiable:
            return  # no negative case exists for an operation without body and parameters
        yield from generated


@cache
def generator(contract: Contract, today: date) -> Generator:
    """The generator of a contract, made once."""
    return Generator(contract, today)


def _plain(case: Any) -> Case:
    has_body = not isinstance(case.body, NotSet)
    query = {name: _text(value) for name, value in (case.query or {}).items()}
    return Case(query, _portable(case.body) if has_body else None, has_body)


def _portable(value: Any) -> Any:
    """The same with whole numbers that every reader of JSON keeps as they are (RFC 8259, 6)."""
    if isinstance(value, dict):
        return {name: _portable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_portable(each) for each in value]
    is_large = isinstance(value, int) and abs(value) >= 2**53
    return value % 2**53 if is_large else value


def _text(value: Any) -> Any:
    """A query value as it is written in a URL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
