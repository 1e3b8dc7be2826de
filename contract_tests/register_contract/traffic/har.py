"""Reads recorded traffic, an HTTP archive or a journal of the mock, as exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import register_spec as spec
from register_contract.target.ending import StoppedError
from register_contract.target.exchange import OF_THE_CONNECTION, Exchange
from register_contract.target.files import read_json

_OF_THE_RECORDER = (*OF_THE_CONNECTION, "host", "cookie")


@dataclass(frozen=True)
class Entry:
    """One exchange, and when its request was sent, by the clock of who recorded it."""

    exchange: Exchange
    sent_at: datetime


def read_har(path: Path) -> list[Entry]:
    """The exchanges in a file, in the order in which they were sent.

    Raises StoppedError, in words, for what is neither an archive nor a journal.
    """
    try:
        found = spec.recorded(read_json(path), str(path))
    except spec.SpecError as error:
        raise StoppedError(str(error)) from error
    return [Entry(_exchange(each), each.sent_at) for each in found]


def _exchange(each: spec.Recorded) -> Exchange:
    return Exchange(
        each.method,
        each.url,
        {name: value for name, value in each.headers if name.lower() not in _OF_THE_RECORDER},
        each.body,
        each.status,
        {name.lower(): value for name, value in each.answer_headers},
        each.answer,
        each.seconds,
        failure="" if each.status else "no answer was recorded",
    )
