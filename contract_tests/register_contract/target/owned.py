"""Which records a run made itself, where it may write to no others (``--profile own-data``).

An id is the run's own when a call that makes records answered with it, and no answer before had
shown it. A write leaves only as a call of the contract, and only when each id in its path is such
an id, letter by letter; or one that the suite made up, which the target was seen not to know.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from register_contract.target.history import pairs

NOT_ITS_OWN = "the run writes only to what it made itself (--profile own-data)"
UNKNOWN_CALL = (
    "what a call that the contract does not have would change, nobody can say (--profile own-data)"
)
_SAFE = ("GET", "HEAD")
_PIECES = re.compile(r'["\s&=]+')
_UNKNOWN, _BROKEN = 404, 500


@dataclass(frozen=True)
class Door:
    """A call of the contract that writes: its path below that of the version, as a template.

    ``kind`` is the kind of record it is about; it ``creates`` or ``deletes`` one, or neither.
    """

    method: str
    template: str
    kind: str
    creates: bool = False
    deletes: bool = False

    def ids_in(self, method: str, path: str) -> list[str] | None:
        """The ids in the path of a request that is this call; None for any other request."""
        parts, asked = self.template.split("/"), path.split("/")
        if method != self.method or len(parts) != len(asked):
            return None
        pairs_ = [(part, unquote(each)) for part, each in zip(parts, asked, strict=True)]
        if any(part != each for part, each in pairs_ if not part.startswith("{")):
            return None
        return [each for part, each in pairs_ if part.startswith("{")]


@dataclass(frozen=True)
class Doors:
    """All calls that write; the keys of answers that hold ids, with the kind of record they name.

    ``nobody`` are the ids that the suite makes up for records that do not exist.
    """

    calls: tuple[Door, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    nobody: frozenset[str] = frozenset()

    def of(self, method: str, path: str) -> tuple[Door, list[str]] | None:
        """The call that a request is, and the ids in its path; None when it is none of them."""
        for door in self.calls:
            ids = door.ids_in(method, path)
            if ids is not None:
                return door, ids
        return None


@dataclass(frozen=True)
class Record:
    """A record that the run made: its kind and id, and of what belongs to another, that one's id.

    ``token`` names the variable of the token that made it.
    """

    kind: str
    id: str
    within: str = ""
    token: str = ""


@dataclass(frozen=True)
class Sending:
    """A request that may leave, and when: what was shown before it, the run did not make by it."""

    moment: int
    method: str
    path: str
    made: Door | None
    within: str
    token: str


class Owned:
    """What the run made so far below ``base``, the address of the version.

    ``carried`` reads from a request's headers which token it carries, by the name of its variable.
    ``tell`` is given each record that is made, and the id of each that is gone.
    """

    def __init__(
        self,
        base: str,
        doors: Doors,
        carried: Callable[[Mapping[str, str]], str] = lambda headers: "",
    ) -> None:
        self._root = urlsplit(base).path
        self._doors = doors
        self._carried = carried
        self._lock = threading.Lock()
        self._moment = 0
        self._shown: dict[str, int] = {}
        self._absent: set[str] = set()
        self._ids: set[str] = set()
        self.records: dict[str, Record] = {}
        self.unsure = 0
        """How many calls may have made a record whose id did not come back."""
        self.tell: Callable[[Record | str], None] = lambda told: None

    def refused(self, method: str, url: str, body: bytes | str | None) -> str:
        """Why a request must not leave; empty for one that may."""
        if method in _SAFE:
            return ""
        found = self._doors.of(method, self._below(url))
        if found is None:
            return UNKNOWN_CALL
        door, ids = found
        with self._lock:
            mine = door.creates if not ids else self._may_name(ids)
            return "" if mine and not self._names_others(url, body) else NOT_ITS_OWN

    def _may_name(self, ids: list[str]) -> bool:
        """Whether the path is about what the run made, or about what does not exist."""
        outer = ids[0] in self._ids or ids[0] in self._absent
        return outer and all(each in self._ids or each in self._doors.nobody for each in ids[1:])

    def _names_others(self, url: str, body: bytes | str | None) -> bool:
        """Whether query or body have the id of a record that was there before."""
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
        said = f"{unquote(urlsplit(url).query)}&{text}"
        return any(each in self._shown and each not in self._ids for each in _PIECES.split(said))

    def sending(self, method: str, url: str, headers: Mapping[str, str]) -> Sending:
        """Note that a request leaves."""
        path = self._below(url)
        found = self._doors.of(method, path)
        door, ids = found or (None, [])
        with self._lock:
            self._moment += 1
            return Sending(
                self._moment,
                method,
                path,
                door if door is not None and door.creates else None,
                ids[0] if ids else "",
                self._carried(headers),
            )

    def answered(self, sent: Sending, status: int, body: bytes) -> None:
        """Learn from the answer to a request what the run made, and what was there before it.

        Without an answer ``status`` is 0.
        """
        text = body.decode("utf-8", "replace")
        shown = [(self._doors.ids[key], id_) for key, id_ in pairs(text) if key in self._doors.ids]
        with self._lock:
            self._moment += 1
            if sent.made is not None and 200 <= status < 300:
                self._made(sent, sent.made, shown)
                return
            if sent.made is not None and (not status or status >= _BROKEN) and not sent.within:
                self.unsure += 1
            for _, id_ in shown:
                self._shown.setdefault(id_, self._moment)
            self._look(sent, status)

    def _made(self, sent: Sending, door: Door, shown: list[tuple[str, str]]) -> None:
        new = [pair for pair in shown if self._shown.get(pair[1], sent.moment) >= sent.moment]
        own = [id_ for kind, id_ in new if kind == door.kind and id_ not in self._ids]
        if not sent.within:
            own = own[:1]  # one call makes one record, whatever else the answer shows
            self.unsure += not own
        self._ids.update(own, (id_ for kind, id_ in new if kind != door.kind))
        for id_ in own:
            self._keep(Record(door.kind, id_, sent.within, sent.token))

    def _keep(self, record: Record) -> None:
        self.records[record.id] = record
        self.tell(record)

    def _look(self, sent: Sending, status: int) -> None:
        """See what is not there: what is made up, and what was deleted."""
        above, _, last = unquote(sent.path).rpartition("/")
        outer = any(door.creates and door.template == above for door in self._doors.calls)
        if outer and sent.method in _SAFE and status == _UNKNOWN and last in self._doors.nobody:
            self._absent.add(last)
        found = self._doors.of(sent.method, sent.path)
        if found is not None and found[0].deletes and 200 <= status < 300:
            self.forget(last)

    def forget(self, gone: str) -> None:
        """A record is gone, and with it what belonged to it."""
        for id_ in [each.id for each in self.records.values() if gone in (each.id, each.within)]:
            del self.records[id_]
            self.tell(id_)

    def deleting(self, kind: str) -> Door | None:
        """The call that deletes a record of a kind, if the contract has one."""
        return next(
            (each for each in self._doors.calls if each.deletes and each.kind == kind), None
        )

    def restore(self, records: Iterable[Record]) -> None:
        """Take over what an earlier part of the run made and did not remove."""
        for record in records:
            self._ids.add(record.id)
            self.records[record.id] = record

    def _below(self, url: str) -> str:
        path = urlsplit(url).path
        return path.removeprefix(self._root) if path.startswith(self._root) else path
