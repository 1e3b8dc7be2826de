"""What a target has to hold: each trainee as the last answer about it showed it.

An answer is held to that. What was read is as it was written, and a write changes only what it is
about: an update the fields that it sends and those that are made of them, an event what it writes,
a deletion the one record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from register_contract.oracle.contract import (
    CREATE,
    DELETE,
    LIST,
    OUTSIDE,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Contract,
    Operation,
)
from register_contract.oracle.derived import touched_by
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.listing import AT_OR_AFTER, Listing
from register_contract.oracle.said import effective
from register_contract.target.words import short
from register_contract.verdict.finding import Breach

Record = Mapping[str, Any]
_GONE = object()


class Memory:
    """The trainees that answers have shown, by their id.

    ``is_alone`` says that nothing happens to them but by the requests of this run; otherwise what
    happens outside the API may have changed the fields that it writes, which are ``restless``.
    """

    def __init__(self, contract: Contract, is_alone: bool) -> None:
        self._contract = contract
        self._held: dict[str, dict[str, Any]] = {}
        self._dated = last_changes(contract)
        self.restless = frozenset() if is_alone else self._written_outside() | self._dated

    def _written_outside(self) -> frozenset[str]:
        events = (row for row in self._contract.events.values() if row["cause"] == OUTSIDE)
        names = {self._contract.public(name) for row in events for name in row["writes"]}
        return frozenset(names | {self._contract.state_field})

    def forget(self) -> None:
        """Something may have happened to anybody: know nothing any more."""
        self._held.clear()

    def happened(self, trainee_id: str, event: Mapping[str, Any]) -> None:
        """An event outside the API happened to one trainee: what it writes is not known."""
        for name in self._written_by(event):
            self._held.get(trainee_id, {}).pop(name, None)

    def take(self, shown: Any) -> None:
        """Keep a trainee as it was shown."""
        name = self._contract.id_field(TRAINEE)
        if isinstance(shown, Mapping) and isinstance(shown.get(name), str):
            self._held[shown[name]] = dict(shown)

    def has(self, shown: Any) -> bool:
        """Whether a trainee is shown just as it was before."""
        name = self._contract.id_field(TRAINEE)
        return isinstance(shown, Mapping) and self._held.get(str(shown.get(name))) == shown

    def answered(
        self, operation: Operation, ids: Mapping[str, Any], sent: Any, status: int, data: Any
    ) -> list[Breach]:
        """Hold an answer to what is known, and learn from it; ``ids`` are those of the path."""
        known = self._held.get(str(ids.get(TRAINEE)))
        if status >= 300:
            self._refused(operation, known, sent)
            return []
        if known is None:
            self._learn(operation, data)
            return []
        breaches = list(self._differing(operation, ids, sent, known, data))
        self._learn(operation, data)
        self._learn_child(operation, ids, known, data)
        return breaches

    # --- what is learned

    def _refused(self, operation: Operation, known: dict[str, Any] | None, sent: Any) -> None:
        if known is None or not operation.body or not isinstance(sent, Mapping):
            return
        for name in self._contract.data_schema(operation).get("x-lost-when-refused", ()):
            if sent.get(name) not in (None, ""):
                known.pop(name, None)  # whether it was refused for its fields is not known here

    def _learn(self, operation: Operation, data: Any) -> None:
        if not (operation.kind == TRAINEE and operation.does == LIST):
            self.take(data)

    def _learn_child(
        self, operation: Operation, ids: Mapping[str, Any], known: dict[str, Any], data: Any
    ) -> None:
        """Of a write that shows the record alone: the trainee has it from now on."""
        child = self._child(operation, data)
        if child is None or operation.does not in (CREATE, UPDATE):
            return
        holder, name = (
            self._contract.held_in(operation.kind),
            self._contract.id_field(operation.kind),
        )
        records = known.get(holder, [])
        if operation.does == CREATE:
            records = [*records, child]
        else:
            records = [child if each.get(name) == child.get(name) else each for each in records]
        field = self._contract.shown(operation.kind).get("x-record", {}).get("sorted_by")
        known[holder] = sorted(records, key=lambda each: each[field]) if field else records
        for each in self._dated:
            known.pop(each, None)

    def _child(self, operation: Operation, data: Any) -> Record | None:
        """The record in the answer of an operation on a placement or a degree."""
        if operation.kind in ("", TRAINEE):
            return None
        first = data[0] if isinstance(data, list) and len(data) == 1 else data
        name = self._contract.id_field(operation.kind)
        return first if isinstance(first, Mapping) and name in first else None

    # --- what differs

    def _differing(
        self,
        operation: Operation,
        ids: Mapping[str, Any],
        sent: Any,
        known: Record,
        data: Any,
    ) -> Iterator[Breach]:
        if operation.kind != TRAINEE and not operation.writes:
            yield from self._child_read(operation, ids, known, data)
        elif isinstance(data, Mapping) and self._contract.id_field(TRAINEE) in data:
            wanted, allowed = dict(known), self._may_change(operation, sent)
            if operation.does == DELETE and operation.kind != TRAINEE:
                holder, name = self._holder(operation)
                gone = ids.get(operation.kind)
                wanted[holder] = [row for row in known.get(holder, []) if row.get(name) != gone]
            yield from self._unlike(operation, wanted, data, allowed)

    def _holder(self, operation: Operation) -> tuple[str, str]:
        kind = operation.kind
        return self._contract.held_in(kind), self._contract.id_field(kind)

    def _child_read(
        self, operation: Operation, ids: Mapping[str, Any], known: Record, data: Any
    ) -> Iterator[Breach]:
        holder, name = self._holder(operation)
        records = known.get(holder)
        if operation.does == LIST:
            wanted: Any = records
        else:
            wanted_id = ids.get(operation.kind)
            rows = (each for each in records or () if each.get(name) == wanted_id)
            wanted = next(rows, _GONE)
        if wanted is not _GONE and wanted is not None and data != wanted:
            yield self._breach(operation, short(wanted), short(data), ())

    def _may_change(self, operation: Operation, sent: Any) -> Collection[str]:
        """The fields of the trainee that a write may change, but for the list of one kind."""
        if not operation.writes:
            return ()
        if operation.does == UPDATE and isinstance(sent, Mapping):
            schema = self._contract.data_schema(operation)
            said = effective(self._contract, schema, sent)
            replaced = {n for row in schema.get("x-replaced", ()) for n in row["fields"]}
            made = touched_by(self._contract, TRAINEE)
            public = {self._contract.public(name) for name in replaced}
            return {*said, *sent, *made, *public, *self._dated}
        event = event_of(self._contract, operation)
        return self._dated if event is None else self._written_by(event)

    def _written_by(self, event: Mapping[str, Any]) -> Collection[str]:
        made = touched_by(self._contract, TRAINEE, ["shown"])
        written = {self._contract.public(name) for name in event["writes"]}
        return {*written, *made, self._contract.state_field, *self._dated}

    def _unlike(
        self, operation: Operation, wanted: Record, shown: Record, allowed: Collection[str]
    ) -> Iterator[Breach]:
        names = [n for n in {**wanted, **shown} if n not in allowed and n not in self.restless]
        differing = [n for n in names if n in wanted and wanted[n] != shown.get(n, _GONE)]
        if differing:
            before = {name: wanted[name] for name in differing}
            after = {name: shown[name] for name in differing if name in shown}
            yield self._breach(operation, short(before), short(after), differing)

    def _breach(
        self, operation: Operation, wanted: str, got: str, fields: Collection[str]
    ) -> Breach:
        field = next(iter(fields), "")
        what = f"{', '.join(fields)}" or f"a {operation.kind}"
        if operation.writes:
            said = f"{operation.id} changes {what}, which it does not write"
            rule, cause = "write.touches-more", "A write changes what it does not write"
        else:
            said = f"{operation.id} shows {what} otherwise than the answer before"
            rule, cause = "read.not-as-written", "What is read is not what was answered before"
        return Breach(
            rule,
            said,
            wanted,
            got,
            self._contract.sources[operation.id],
            cause,
            field=field,
        )


def last_changes(contract: Contract) -> frozenset[str]:
    """The fields that tell when a trainee was changed last."""
    try:
        return frozenset(Listing(contract).fields(AT_OR_AFTER))
    except CannotTryError:
        return frozenset()  # nothing is listed by them
