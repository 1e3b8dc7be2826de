"""What one change is: an id of `levels.yaml`, and what stands on each side.

A dozen evaluators, each for one kind of place. A field is decided by containment: a request has to
take what it took, an answer may show what it showed. Which evaluator looks at a key of ours stands
beside the key (`x-change`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from register_contract.diff.containment import Verdict, contained
from register_contract.diff.decisions import Decided, Fact, Place, names_in
from register_contract.diff.keys import KEYS, Judged
from register_contract.diff.raw import Raw
from register_contract.diff.schemas import ITEMS
from register_contract.diff.tied import tied

_REQUIRED, _CLOSED = "(required)", "(closed)"
_REFUSED = "4"
_NULL = '{"type":"null"}'
_SENT = ("never", "when present", "as its keys", None)
"""How often an answer carries a key (`x-sent`), the rarest first."""


@dataclass(frozen=True)
class Change:
    """One raw change, judged. ``values`` are some that only one side takes, where there are such.

    ``field`` is what it is about, ``reason`` why it is undecided.
    """

    raw: Raw
    id: str
    field: str
    kind: str = ""
    values: tuple[Any, ...] = ()
    reason: str = ""

    @property
    def operations(self) -> list[str]:
        """The operations whose documents decide it; none for a row of a table."""
        return [self.raw.place.operation] if self.raw.place.operation else []


@dataclass(frozen=True)
class Sides:
    """Both documents, for what a change cannot say alone."""

    old: Decided
    new: Decided
    same_version: bool


Evaluator = Callable[[Raw, Sides], Iterator[Change]]


def judged(raw: Raw, sides: Sides) -> Iterator[Change]:
    """What a raw change is; nothing where no client can see it."""
    yield from _BY_ROOM[raw.place.room](raw, sides)


def _operation(raw: Raw, _: Sides) -> Iterator[Change]:
    if raw.place.at:
        word = "deprecated" if raw.kind == "added" else "revived"
        yield Change(raw, f"operation.{word}", "")
    else:
        yield Change(raw, f"operation.{raw.kind}", "")


def _address(raw: Raw, sides: Sides) -> Iterator[Change]:
    id = "address.changed" if sides.same_version else "address.of_version"
    yield Change(raw, id, "")


def _parameter(raw: Raw, sides: Sides) -> Iterator[Change]:
    kind, name = raw.place.at[:2]
    if kind == "path" and name.isdigit():
        paths = {**sides.old.paths, **sides.new.paths}
        name = names_in(paths[raw.place.operation])[int(name)]
    if len(raw.place.at) == 2:
        words = {"removed": "removed", "added": "added"}
        word = words.get(raw.kind) or ("required" if raw.fact.value else "optional")
        if word == "added" and raw.fact.value:
            word = "required"
        yield Change(raw, f"parameter.{word}", name, kind)
    elif raw.kind == "changed":
        yield from _taken(raw, "parameter", name, kind)


def _body(raw: Raw, sides: Sides) -> Iterator[Change]:
    if raw.place.at:
        yield Change(raw, f"body.form.{raw.kind}", raw.place.at[0])
    elif raw.kind == "changed":
        yield Change(raw, f"body.{'required' if raw.fact.value else 'optional'}", "")
    else:
        is_asked = raw.kind == "added" and raw.fact.value
        yield Change(raw, "body.required" if is_asked else f"body.{raw.kind}", "")


def _request(raw: Raw, sides: Sides) -> Iterator[Change]:
    at, name = raw.place.at, field_of(raw.place)
    if at[-1] == _REQUIRED:
        yield Change(raw, f"request.field.{_word(raw, 'required', 'optional')}", name)
    elif at[-1] == _CLOSED:
        yield Change(raw, f"request.{_word(raw, 'closed', 'opened')}", name)
    elif raw.kind == "changed":
        yield from _taken(raw, "request", name)
    elif at[-1] != ITEMS:
        asked = Place(raw.place.room, raw.place.operation, (*at, _REQUIRED)) in sides.new.facts
        word = "required" if raw.kind == "added" and asked else raw.kind
        yield Change(raw, f"request.field.{word}", name)


def _condition(raw: Raw, sides: Sides) -> Iterator[Change]:
    """Fields that depend on each other: decided together, with all that is said of them."""
    name = raw.place.at[-1]
    if raw.new is None:
        yield Change(raw, "condition.removed", name)
        return
    found = tied(raw, sides)
    if found.verdict is Verdict.YES:
        # What is sent by now fulfils it.
        yield Change(raw, "concerns.new", name)
        return
    id = f"condition.{raw.kind}" if found.verdict is Verdict.NO else "request.undecided"
    yield Change(raw, id, name, "", found.values, found.reason)


def _answer(raw: Raw, _: Sides) -> Iterator[Change]:
    status, *form = raw.place.at
    if form:
        yield Change(raw, f"answer.form.{raw.kind}", form[0])
    elif raw.kind == "removed" and status >= _REFUSED:
        yield Change(raw, "answer.refusal.removed", status)
    else:
        yield Change(raw, f"answer.status.{raw.kind}", status)


def _header(raw: Raw, sides: Sides) -> Iterator[Change]:
    name, *rest = raw.place.at[1:]
    if rest:
        if raw.kind == "changed":
            yield from _shown_values(raw, name)
    elif raw.kind == "changed":
        word = "required" if raw.fact.value else "optional"
        yield Change(raw, f"answer.header.{word}", name)
    else:
        yield Change(raw, f"answer.header.{raw.kind}", name)


def _shown(raw: Raw, _: Sides) -> Iterator[Change]:
    at, name = raw.place.at, field_of(raw.place)
    if at[-1] == _REQUIRED:
        yield Change(raw, f"answer.field.{_word(raw, 'required', 'optional')}", name)
    elif at[-1] == _CLOSED:
        yield Change(raw, f"answer.{_word(raw, 'closed', 'opened')}", name)
    elif raw.kind == "changed":
        yield from _shown_values(raw, name)
    elif at[-1] != ITEMS:
        yield Change(raw, f"answer.field.{raw.kind}", name)


def _access(raw: Raw, _: Sides) -> Iterator[Change]:
    old, new = raw.old and raw.old.value, raw.new and raw.new.value
    word = "asked" if new and not old else "free" if old and not new else "changed"
    yield Change(raw, f"access.{word}", "")


def _taken(raw: Raw, room: str, name: str, kind: str = "") -> Iterator[Change]:
    """A request takes other values than before."""
    assert raw.old is not None
    assert raw.new is not None
    found = contained(raw.old.value, raw.new.value)
    word = {Verdict.YES: "wider", Verdict.NO: "narrower"}.get(found.verdict, "undecided")
    yield Change(raw, f"{room}.{word}", name, kind, found.values, found.reason)


def _shown_values(raw: Raw, name: str) -> Iterator[Change]:
    """An answer shows other values than before."""
    assert raw.old is not None
    assert raw.new is not None
    found = contained(raw.new.value, raw.old.value)
    word = {Verdict.YES: "narrower", Verdict.NO: "wider"}.get(found.verdict, "undecided")
    yield Change(raw, f"answer.{word}", name, "", found.values, found.reason)


def _word(raw: Raw, there: str, gone: str) -> str:
    return there if raw.kind == "added" else gone


def _key(raw: Raw, sides: Sides) -> Iterator[Change]:
    """A key of ours beside an operation, a parameter or a field, or a row of a table."""
    yield from _BY_KEY[KEYS.judged(raw.fact.key)](raw, sides)


def _order_of_rows(raw: Raw, _: Sides) -> Iterator[Change]:
    if KEYS.judged(raw.fact.key) is Judged.CODES:
        yield Change(raw, "codes.order", raw.place.at[-1])
    else:
        yield Change(raw, "precedence.changed", raw.fact.key)


def _codes(raw: Raw, _: Sides) -> Iterator[Change]:
    name = raw.place.at[1]
    if raw.kind != "changed" or len(raw.place.at) < 3:
        yield Change(raw, f"codes.{raw.kind}", name)
        return
    assert raw.old is not None
    assert raw.new is not None
    one, other = raw.old.value, raw.new.value
    rest = [{k: v for k, v in row.items() if k != "label"} for row in (one, other)]
    yield Change(raw, "codes.label" if rest[0] == rest[1] else "codes.changed", name)


def _names(raw: Raw, sides: Sides) -> Iterator[Change]:
    inner = str(raw.fact.value)
    is_seen = any(_is_seen(inner, side) for side in (sides.old, sides.new))
    yield Change(raw, "names.renamed" if is_seen else "names.never_shown", raw.place.at[-1])


def _is_seen(name: str, side: Decided) -> bool:
    """Whether a field is sent, or shown in any answer."""
    return any(
        place.at[-1] == name
        and (place.room == "request" or not (_is_never_sent(fact) or fact.value == _NULL))
        for place, fact in side.facts.items()
        if place.room in ("request", "shown", "parameter") and place.at
    )


def _is_never_sent(fact: Fact) -> bool:
    return fact.node is not None and fact.node.keys.get("x-sent") == "never"


def _presence(raw: Raw, _: Sides) -> Iterator[Change]:
    old, new = (None if fact is None else fact.value for fact in (raw.old, raw.new))
    word = "more" if _SENT.index(new) > _SENT.index(old) else "less"
    yield Change(raw, f"presence.{word}", raw.place.at[-2])


def _order(raw: Raw, _: Sides) -> Iterator[Change]:
    """The keys that an answer carries, and their order."""
    old, new = ([] if fact is None else fact.value for fact in (raw.old, raw.new))
    if raw.kind == "changed":
        for name in [each for each in old if each not in new]:
            yield Change(raw, "presence.less", name)
        for name in [each for each in new if each not in old]:
            yield Change(raw, "presence.more", name)
        if [each for each in old if each in new] == [each for each in new if each in old]:
            return
    yield Change(raw, "order.changed", "")


def _wording(raw: Raw, sides: Sides) -> Iterator[Change]:
    one, other = (None if fact is None else fact.value for fact in (raw.old, raw.new))
    rows = [each for each in (one, other) if isinstance(each, Mapping)]
    if len(rows) > 1 and any(rows[0].get(w) != rows[1].get(w) for w in ("status", "headers")):
        yield Change(raw, "answers.otherwise", row_of(raw))
        return
    if one is None or other is None:
        row, side = (other, sides.old) if one is None else (one, sides.new)
        asked = row.get("operations") if isinstance(row, Mapping) else None
        if asked and not any(name in side.names.values() for name in asked):
            # It came, or went, with its operations.
            if one is None:
                yield Change(raw, "concerns.new", row_of(raw))
            return
    if raw.place.at[:2] == ("x-sentences", "answers") and _is_another_form(raw, sides):
        yield Change(raw, "refusal.form", raw.place.at[2])
        return
    yield Change(raw, "wording.changed", row_of(raw))


def _is_another_form(raw: Raw, sides: Sides) -> bool:
    """Whether a refusal has other keys than all those that were for the same."""
    row = raw.new.value if raw.new is not None else None
    if row is None or "asked_with" in row:
        return False
    id = row.get("for", raw.place.at[2])
    before = [
        fact.value
        for place, fact in sides.old.facts.items()
        if place.room == "table"
        and place.at[:2] == ("x-sentences", "answers")
        and fact.value.get("for", place.at[2]) == id
    ]
    return bool(before) and _form(row["body"]) not in [_form(each["body"]) for each in before]


def _form(body: Any) -> Any:
    """What keys a body has, whatever its texts."""
    if isinstance(body, Mapping):
        if "each" in body or {"one", "other"} & body.keys():
            return [_form(body.get("as"))] if "as" in body else "text"
        return {key: _form(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_form(each) for each in body[:1]]
    return "text"


def _precedence(raw: Raw, _: Sides) -> Iterator[Change]:
    yield Change(raw, "precedence.changed", row_of(raw))


def _behaviour(raw: Raw, sides: Sides) -> Iterator[Change]:
    more, table = KEYS.more(raw.fact.key), raw.place.at
    # What forbids and what lets pass stand in one table.
    if table[:2] == ("x-lifecycle", "locks"):
        more = "refuses"
    elif table[:2] == ("x-lifecycle", "states"):
        if raw.kind == "changed":
            return  # What a state is called by people.
        more = "allows"
    elif table[3:4] == ("edges",):
        more = "allows"
    words = {"added": "more", "removed": "less", "changed": "otherwise"}
    if table[0] == "x-rules" and raw.kind == "changed":
        alike = _differing_keys(raw)
        if alike <= {"text", "label", "facts"}:
            yield Change(raw, "wording.changed", row_of(raw))
            return
        if alike <= {"text", "label", "facts", "section", "at_save", "beside"}:
            yield Change(raw, "precedence.changed", row_of(raw))
            return
    if more != "answers":
        yield Change(raw, f"{more}.{words[raw.kind]}", row_of(raw))
        return
    other = sides.old if raw.new is not None else sides.new
    made = _made_by(raw)
    is_new = bool(made) and raw.kind != "changed" and not any(_is_shown(n, other) for n in made)
    yield Change(raw, "concerns.new" if is_new else "answers.otherwise", row_of(raw))


def _differing_keys(raw: Raw) -> set[str]:
    """The keys of a row that are otherwise."""
    assert raw.old is not None
    assert raw.new is not None
    one, other = raw.old.value, raw.new.value
    return {key for key in {**one, **other} if one.get(key) != other.get(key)}


def _made_by(raw: Raw) -> list[str]:
    """The fields that a row of a table makes."""
    row = raw.fact.value
    if raw.place.room != "table":
        return []
    if raw.place.at[3:4] == ("writes",):
        return [raw.place.at[-1]]
    names = [row.get("field"), *row.get("fields", ())] if isinstance(row, Mapping) else []
    return [name for name in names if isinstance(name, str)]


def _is_shown(name: str, side: Decided) -> bool:
    return any(
        place.room == "shown" and place.at[-1] == name and not _is_never_sent(fact)
        for place, fact in side.facts.items()
    )


def _nothing(raw: Raw, _: Sides) -> Iterator[Change]:
    yield from ()


def row_of(raw: Raw) -> str:
    """What a row of a table, or a key beside a field, is called."""
    at = raw.place.at
    if raw.place.room == "table":
        return ".".join((at[0].removeprefix("x-"), *at[1:]))
    inner = [step for step in at[1:-1] if step not in (ITEMS, "application/json", "data")]
    return f"{at[-1]} of {inner[-1]}" if inner else at[-1]


def field_of(place: Place) -> str:
    """The field that a place is about, without what all fields of a body stand under."""
    # Before its name come the form of the body, and of an answer its status.
    skip = {"request": 1, "shown": 2}.get(place.room, 0)
    steps = [step for step in place.at[skip:] if not step.startswith("(")]
    named = [step for step in steps if step != ITEMS]
    return ".".join(named[1:] if len(named) > 1 and named[0] == "data" else named) or "the body"


_BY_ROOM: Mapping[str, Evaluator] = {
    "api": _address,
    "operation": _operation,
    "parameter": _parameter,
    "body": _body,
    "request": _request,
    "condition": _condition,
    "answer": _answer,
    "header": _header,
    "shown": _shown,
    "access": _access,
    "key": _key,
    "table": _key,
    "order": _order_of_rows,
}
_BY_KEY: Mapping[Judged, Evaluator] = {
    Judged.NOTHING: _nothing,
    Judged.CODES: _codes,
    Judged.NAMES: _names,
    Judged.PRESENCE: _presence,
    Judged.ORDER: _order,
    Judged.ACCESS: _access,
    Judged.WORDING: _wording,
    Judged.PRECEDENCE: _precedence,
    Judged.BEHAVIOUR: _behaviour,
}
