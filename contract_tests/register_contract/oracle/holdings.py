"""What a target holds of a trainee, and how calls change it: the records of the model.

Nothing here asks a target: a record is what was sent, as the tables store it, and what answers have
shown of the fields that nobody here can say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from register_contract.oracle.careers import Stage
from register_contract.oracle.contract import TRAINEE, CannotTryError, Contract, Operation
from register_contract.oracle.derived import kept_of_new, kept_of_update, touched_by
from register_contract.oracle.kept import followers, laid_over, nested
from register_contract.oracle.lifecycle import PREVIOUS, next_state, written
from register_contract.oracle.moments import Within
from register_contract.oracle.said import effective, replaced
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import UNKNOWN, Scope
from register_contract.oracle.words import value_word

Record = Mapping[str, Any]
Made = TypeVar("Made")
OF_FIELDS = "of fields"
"""What is made of the fields of a record alone, in whatever order its children are."""


class NoEdgeError(CannotTryError):
    """An event that cannot happen is said to have happened."""


@dataclass(frozen=True)
class Held:
    """A record of a kind. ``id`` is empty as long as no answer has told it.

    ``sent`` is what was said of it, as updates have laid it over, ``kept`` what is stored of that,
    UNKNOWN where nobody here can say; ``seen`` are the fields that answers have shown since they
    were written last, and ``dated`` those of which only is known when they were. A trainee has a
    ``stage``, and ``children`` by their kind, in the order in which they were made; one that was
    taken away ``hides``, as the event says which did that. ``changed_by`` are the rows of
    ``x-derived`` that have changed a field, by its name.
    """

    kind: str
    id: str
    sent: Record
    kept: Record
    seen: Record = field(default_factory=dict)
    dated: Mapping[str, Within] = field(default_factory=dict)
    stage: Stage | None = None
    children: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    hides: Any = None
    changed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    _made: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def state(self) -> str | None:
        """The state that a trainee is in."""
        return self.stage.states[-1] if self.stage else None

    @property
    def is_gone(self) -> bool:
        """Whether no call finds it any more."""
        return self.hides is True

    def once(self, what: Any, make: Callable[[], Made]) -> Made:
        """What is made of the record; made once, and kept with it."""
        if what not in self._made:
            self._made[what] = make()
        found: Made = self._made[what]
        return found

    def scope(self, contract: Contract, today: date) -> Scope:
        """What rows of tables are read over."""
        held = {kind: len(rows) for kind, rows in self.children.items()}
        return Scope(
            contract,
            self.kept,
            whole=True,
            today=today,
            state=self.state,
            inputs={},
            children=held,
            changed_by=self.changed_by,
        )

    def child(self, kind: str, ids: Mapping[str, str]) -> Held | None:
        """Its record of a kind that the ids of a path name."""
        rows = self.children.get(kind, ())
        return next((each for each in rows if each.id and each.id == ids.get(kind)), None)

    def with_children(self, kind: str, rows: Iterable[Held]) -> Held:
        """The same with other records of a kind."""
        return replace(self, children={**self.children, kind: tuple(rows)})

    def replacing(self, old: Held, new: Held) -> Held:
        """The same with another record in the place of one."""
        rows = self.children[old.kind]
        return self.with_children(old.kind, (new if each is old else each for each in rows))

    def arranged(self, ids: Sequence[str]) -> Held:
        """The same with its records of each kind as these ids come, the others behind them."""
        places = {each: place for place, each in enumerate(ids)}
        children = {
            kind: tuple(sorted(rows, key=lambda row: places.get(row.id, len(places))))
            for kind, rows in self.children.items()
        }
        if children == self.children:
            return self
        made = replace(self, children=children)
        made._made.update({what: each for what, each in self._made.items() if OF_FIELDS in what})
        return made

    def without(self, names: Collection[str]) -> Held:
        """The same, of which some fields have to be seen again."""
        seen = {name: value for name, value in self.seen.items() if name not in names}
        dated = {name: when for name, when in self.dated.items() if name not in names}
        return replace(self, seen=seen, dated=dated)

    def written(self, names: Iterable[str], when: Within) -> Held:
        """The same, of which some fields hold when that was; the records in it are as they were."""
        return replace(self, dated={**self.dated, **dict.fromkeys(names, when)})


def new_trainee(contract: Contract, operation: Operation, data: Record, today: date) -> Held:
    """The trainee that a request makes, with the records sent with it; in no state yet."""
    schema = contract.data_schema(operation)
    said = effective(contract, schema, data)
    none: dict[str, tuple[Held, ...]] = dict.fromkeys(contract.held, ())
    held = _kept(TRAINEE, said, kept_of_new(contract, operation, said, today), none)
    for name, kind in contract.nested(properties(contract, schema)).items():
        held = held.with_children(kind, _nested(contract, kind, schema, name, said, today))
    return held


def _nested(
    contract: Contract, kind: str, schema: Record, name: str, said: Record, today: date
) -> Iterator[Held]:
    taken = properties(
        contract, constraint(contract, properties(contract, schema)[name]).get("items", {})
    )
    for each in said.get(name) or ():
        if isinstance(each, Mapping):
            sent = {key: value for key, value in each.items() if key in taken}
            scope = Scope(contract, sent, whole=True, today=today)
            yield _kept(kind, sent, nested(contract, kind, scope), {})


def _kept(kind: str, sent: Record, kept: Scope, children: Mapping[str, tuple[Held, ...]]) -> Held:
    return Held(kind, "", sent, kept.fields, children=children, changed_by=kept.changed_by)


def new_child(contract: Contract, operation: Operation, data: Record, today: date) -> Held:
    """The placement or degree that a request makes."""
    said = effective(contract, contract.data_schema(operation), data)
    return _kept(operation.kind, said, kept_of_new(contract, operation, said, today), {})


def updated(
    contract: Contract, operation: Operation, held: Held, data: Record, said: Record, today: date
) -> Held:
    """A record after an update that was accepted; ``said`` is what is read of its data."""
    schema = contract.data_schema(operation)
    before = held.scope(contract, today)
    gone = replaced(contract, schema, before, said)
    base = base_of(contract, operation, held)
    kept = kept_of_update(contract, held.kind, before, base, said, gone)
    left = {name: value for name, value in held.sent.items() if name not in gone}
    sent = laid_over(contract, held.kind, left, _chosen(contract, held, said))
    changed = {*said, *data, *gone, *touched_by(contract, held.kind)}
    fresh = held.without(changed)
    return replace(fresh, sent=sent, kept=kept.fields, changed_by=kept.changed_by)


def _chosen(contract: Contract, held: Held, said: Record) -> dict[str, Any]:
    """What was said, but for a default that was sent back as it was shown (decision 28)."""
    follow = {field for field, _, _ in followers(contract, held.kind) if not held.sent.get(field)}
    return {n: v for n, v in said.items() if n not in follow or v != held.kept.get(n)}


def base_of(contract: Contract, operation: Operation, held: Held) -> dict[str, Any]:
    """What an update is laid over: of its fields what is kept, or where that is not known was sent.

    A default that follows another field is not the record's own.
    """
    fields = properties(contract, contract.data_schema(operation))
    follow = {field for field, _, _ in followers(contract, held.kind) if not held.sent.get(field)}
    found = {name: held.kept.get(name, UNKNOWN) for name in fields if name not in follow}
    found = {n: held.sent.get(n) if value is UNKNOWN else value for n, value in found.items()}
    return {name: value for name, value in found.items() if value not in (None, "")}


def happened(
    contract: Contract, event: Mapping[str, Any], held: Held, sent: Any, today: date
) -> Held:
    """A trainee after an event with the inputs that were ``sent``. Raises CannotTryError."""
    inputs = sent if isinstance(sent, Mapping) else {}
    state = held.state or contract.initial
    scope = replace(held.scope(contract, today), inputs=inputs, state=state)
    to = next_state(event, state, scope)
    if to is None:
        raise NoEdgeError(f"no edge leads from {state}")
    found = written(event, scope)
    stage = moved(held.stage, state, to)
    kept = {**held.kept, **found}
    gone = {*found, *touched_by(contract, held.kind, ["shown"]), contract.state_field}
    hides = event.get("hides", held.hides)
    return replace(held.without(gone), kept=kept, stage=stage, hides=hides)


def written_now(contract: Contract, event: Mapping[str, Any]) -> set[str]:
    """The fields into which an event writes when it happened, under public names."""
    rows = event["writes"].items()
    return {contract.public(name) for name, row in rows if _is_now(row)}


def _is_now(row: Any) -> bool:
    return isinstance(row, Mapping) and value_word(row) == "now"


def moved(stage: Stage | None, state: str, to: str) -> Stage:
    """Where a trainee stands once an event has led it from a state to another."""
    if stage is None:
        return Stage((to,))
    if to == PREVIOUS:
        return replace(stage, states=stage.states[:-1] or stage.states)
    return stage if to == state else replace(stage, states=(*stage.states, to))
