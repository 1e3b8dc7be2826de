"""The words of a report: what stands for `{names}` in a row, and how to let something happen.

The same is done by commands for a mock that runs, and by snippets in a test with the fixture.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from register_mock.readiness.known import Known

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where things are to be let happen.

    `url` is the mock, `options` what commands say of it and of the world; `in_test` asks for
    snippets of the fixture instead.
    """

    url: str
    options: str = ""
    in_test: bool = False


class Words:
    """The words of a report about one document."""

    def __init__(self, known: Known, place: Place) -> None:
        """Speak of this document, for a mock at this place."""
        replacing = [each.name for each in known.operations.values() if each.replaces]
        self._version, self._place = known.version, place
        self._always = {
            "url": f"{place.url}{known.base}",
            "creation": known.creation.name,
            "replacement": ", ".join(replacing),
        }

    def of(self, text: str, **more: str) -> str:
        """Return a text with what its names stand for."""
        return text.format(**self._always | more)

    def doing(self, row: Any, **more: str) -> str:
        """Return what lets something happen, as a sentence, a command or a snippet."""
        if isinstance(row, str):
            return self.of(row, **more)
        said = {word: self.of(text, **more) for word, text in row.items()}
        word = next(word for word in _COMMANDS if word in said)
        makers = _SNIPPETS if self._place.in_test else _COMMANDS
        return makers[word](said, self._place, self._version)


Maker = Callable[[Row, Place, str], str]
CONTROL = "register_mock.control"


def _fault(said: Row, place: Place, version: str) -> str:
    names = ("operation", "status")
    options = "".join(f" --{name} {said[name]}" for name in names if name in said)
    return f"register-mock fault {said['fault']}{options} --times 1{place.options}"


def _event(said: Row, place: Place, version: str) -> str:
    return f"register-mock event {said['event']} TRAINEE_ID{place.options}"


def _curl(place: Place, path: str, body: str) -> str:
    world = place.options.partition("--world ")[2]
    header = f" -H 'X-Mock-World: {world}'" if world else ""
    return f"curl{header} -d {shlex.quote(body)} {place.url}/_mock{path}"


def _token(said: Row, place: Place, version: str) -> str:
    return _curl(place, "/providers/UKPRN/tokens", f'{{"status": "{said["token"]}"}}')


def _state(said: Row, place: Place, version: str) -> str:
    body = (
        f'{{"provider": "UKPRN", "version": "{version}", "state": "{said["state"]}", "data": DATA}}'
    )
    return f"{_curl(place, '/trainees', body)}, then {said['then']}"


def _fault_in_test(said: Row, place: Place, version: str) -> str:
    operation = f', operation="{said["operation"]}"' if "operation" in said else ""
    status = f", status={said['status']}" if "status" in said else ""
    return f'{CONTROL}.fault("{said["fault"]}"{operation}{status}, times=1)'


def _event_in_test(said: Row, place: Place, version: str) -> str:
    return f'{CONTROL}.fire(trainee_id, "{said["event"]}")'


def _token_in_test(said: Row, place: Place, version: str) -> str:
    return f'{CONTROL}.add_token(register_mock.provider.ukprn, "{said["token"]}")'


def _state_in_test(said: Row, place: Place, version: str) -> str:
    made = f'register_mock.provider.ukprn, "{version}", data, state="{said["state"]}"'
    return f"{CONTROL}.add_trainee({made}), then {said['then']}"


_COMMANDS: Mapping[str, Maker] = {
    "fault": _fault,
    "event": _event,
    "token": _token,
    "state": _state,
}
_SNIPPETS: Mapping[str, Maker] = {
    "fault": _fault_in_test,
    "event": _event_in_test,
    "token": _token_in_test,
    "state": _state_in_test,
}
