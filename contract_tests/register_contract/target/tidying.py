"""What a run that wrote to its own records alone removes of them at its end, and what it leaves.

What the contract can delete is deleted, the newest first, and no more than a bounded number: such a
run goes slowly, and its target may be in use. What belongs to a record that stays and was made with
it stays in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from register_contract.target.client import Client
from register_contract.target.ending import RunEndedError
from register_contract.target.owned import Owned, Record

MOST_REMOVED = 100
_GONE = 404
NOT_YET = "the run was ended before it came to that"
_BOUND = f"no more than {MOST_REMOVED} are removed at the end of a run"
_NO_TOKEN = "it was made with no token that the run was given"


@dataclass(frozen=True)
class Left:
    """A record that stays on the target, and why."""

    record: Record
    why: str


class Tidying:
    """Removes what ``owned`` has; ``clients`` call the API with each of the run's tokens.

    ``left`` is right at any time, also when ``run`` is interrupted.
    """

    def __init__(self, owned: Owned, clients: Mapping[str, Client]) -> None:
        self._owned = owned
        self._clients = clients
        self._whys: dict[str, str] = {}
        self.removed = 0

    @property
    def left(self) -> list[Left]:
        """What stays on the target, in the order in which it was made."""
        rows = self._owned.records.values()
        return [Left(each, self._whys.get(each.id) or self._why(each)) for each in rows]

    @property
    def unsure(self) -> int:
        """How many calls may have made a record whose id did not come back."""
        return self._owned.unsure

    @property
    def due(self) -> int:
        """How many records there are to be removed, within the bound."""
        rows = self._owned.records.values()
        return min(MOST_REMOVED, sum(self._path(each) is not None for each in rows))

    def run(self) -> None:
        """Delete what can be deleted; it does not raise what the target does to it."""
        rows = [*self._owned.records.values()]
        rows.reverse()
        # What others belong to comes first: with it they are gone too.
        rows.sort(key=lambda each: bool(each.within))
        sent = 0
        for record in rows:
            if record.id not in self._owned.records or self._path(record) is None:
                continue
            if sent == MOST_REMOVED:
                self._whys[record.id] = _BOUND
                continue
            client = self._clients.get(record.token)
            if client is None:
                self._whys[record.id] = _NO_TOKEN
                continue
            sent += 1
            try:
                self._remove(client, record)
            except RunEndedError as error:
                self._whys.update(dict.fromkeys(self._owned.records, str(error)))
                return

    def _remove(self, client: Client, record: Record) -> None:
        answer = client.call("DELETE", str(self._path(record)))
        if answer.status == _GONE:
            self._owned.forget(record.id)
        if record.id in self._owned.records:
            self._whys[record.id] = f"its deletion is answered with {answer.describe()}"
        else:
            self.removed += 1

    def _path(self, record: Record) -> str | None:
        """What to delete; None where the contract has no call for it."""
        door = self._owned.deleting(record.kind)
        ids = (quote(each, safe="") for each in (record.within, record.id) if each)
        parts = door.template.split("/") if door is not None else ()
        filled = [next(ids, "") if part.startswith("{") else part for part in parts]
        return "/".join(filled) if filled else None

    def _why(self, record: Record) -> str:
        if self._path(record) is None:
            return f"the contract has no call that deletes a {record.kind}"
        return NOT_YET
