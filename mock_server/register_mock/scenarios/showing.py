"""Whether a scenario that names a row shows it: by what was answered, and why.

A rule, a problem of a field, a duplicate, an event and a lock are found in the explanation of a
refusal; a move in the states before and after; an answer in its status and body; a derived value in
a field that the scenario looks at and that is not just what was sent. An entry of the ledger is
shown when the documented reading does not answer so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_mock.contract.edition import Edition
from register_mock.scenarios.playing import Played
from register_spec.scenarios.rows import LOCKS, REFUSED

PUT_IN = re.compile(r"\\\{[a-z_]+\\\}")


def not_shown(id: str, row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    """Return why a scenario that was played does not show a row, or None when it does.

    An entry of the ledger is looked at elsewhere: it takes two readings.
    """
    table, *rest = id.split(".")
    if table == "x-drift":
        return None
    reason = _LOOKS[table](rest, row, played, edition)
    return None if reason is None else f"{id} is not shown: {reason}"


def _rule(rest: list[str], row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    found = [each["rule"] for step in played for each in step.explanation]
    if rest[-1] in found:
        return None
    return f"the rules that refused were {', '.join(found) or 'none'}"


def _duplicate(rest: list[str], row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    place = f"#/x-duplicates/{rest[0]}"
    if any(place in _pointer(each) for step in played for each in step.explanation):
        return None
    return "nothing was refused as a duplicate"


def _pointer(finding: Mapping[str, Any]) -> str:
    return str((finding.get("source") or {}).get("pointer", ""))


def _lifecycle(rest: list[str], row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    if rest[0] == LOCKS:
        _, operation, state = rest
        for step in played:
            locked = any("#/x-lifecycle/locks" in _pointer(each) for each in step.explanation)
            if locked and step.before == state and step.operation == operation:
                return None
        return f"no {operation} was refused of a trainee who is {state}"
    event, origin, target = rest
    cause = edition.document["x-lifecycle"]["events"][event]["cause"]
    initial = edition.document["x-lifecycle"]["initial"]
    for step in played:
        before = step.before or initial
        if before != origin or event != _event_of(step, edition, cause, event):
            continue
        if target == REFUSED and step.status >= 400 and step.after == origin:
            if step.event or any(_is_of_state(each, event, edition) for each in step.explanation):
                return None
        elif step.status < 300 and target in (step.after, *_words(step)):
            return None
    return f"no {event} led from {origin} to {target}"


def _is_of_state(finding: Mapping[str, Any], event: str, edition: Edition) -> bool:
    """Tell whether a finding refuses an event for the state: the machine's, or a rule's."""
    rule = edition.document["x-rules"].get(finding["rule"], {})
    of_state: bool = rule.get("must", {}).get("value") == {"state": True}
    return of_state or finding["rule"] == event


def _event_of(step: Played, edition: Edition, cause: str, event: str) -> str | None:
    if step.operation is None:
        return step.event
    return event if edition.operations[step.operation].acts_as == cause else None


def _words(step: Played) -> tuple[str, ...]:
    """Return what an edge may say instead of a state."""
    return ("same",) if step.before == step.after else ("previous",)


def _derived(rest: list[str], row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    fields = [row["field"]] if "field" in row else row["fields"]
    names = {edition.names.public(field) for field in fields}
    looked_at = False
    for step in played:
        for key, value in _pairs(step.wanted.get("record", step.wanted.get("contains"))):
            if key in names:
                looked_at = True
                sent = [other for name, other in _pairs(step.sent) if name == key]
                if not any(type(other) is type(value) and other == value for other in sent):
                    return None
    if looked_at:
        return f"what is shown of {', '.join(sorted(names))} is what was sent"
    return f"no record of an answer is looked at for {' or '.join(sorted(names))}"


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, at any depth."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield key, value
            yield from _pairs(value)
    elif isinstance(node, list):
        for each in node:
            yield from _pairs(each)


def _sentence(rest: list[str], row: Any, played: Sequence[Played], edition: Edition) -> str | None:
    if rest[0] == "fields":
        return _problem(row, played)
    for step in played:
        if step.status == row["status"] and _is_like(row["body"], step.body):
            return None
    return f"no answer has status {row['status']} and this body"


def _problem(row: Any, played: Sequence[Played]) -> str | None:
    """Look for a problem of a field that has the row's name, by a keyword it is for."""
    found = [
        (each["rule"], _pointer(each).rsplit("/", 1)[-1])
        for step in played
        for each in step.explanation
    ]
    if any(rule == row["rule"] and keyword in row["on"] for rule, keyword in found):
        return None
    return f"what refused was {', '.join(map(' by '.join, found)) or 'nothing'}"


def _is_like(template: Any, body: Any) -> bool:
    """Tell whether a body can have been made of a template of `x-sentences`."""
    if isinstance(template, str):
        pattern = PUT_IN.sub(".*", re.escape(template))
        return isinstance(body, str) and re.fullmatch(pattern, body, re.DOTALL) is not None
    if isinstance(template, list):
        return (
            isinstance(body, list)
            and len(template) == len(body)
            and all(_is_like(one, other) for one, other in zip(template, body, strict=True))
        )
    if not isinstance(template, Mapping):
        return bool(template == body)
    if "each" in template:
        return _is_each(template, body)
    if set(template) == {"one", "other"}:
        return any(_is_like(text, body) for text in template.values())
    return (
        isinstance(body, Mapping)
        and template.keys() == body.keys()
        and all(_is_like(value, body[key]) for key, value in template.items())
    )


def _is_each(template: Mapping[str, Any], body: Any) -> bool:
    if "by" in template:
        return isinstance(body, Mapping) and bool(body)
    if not isinstance(body, list) or not body:
        return False
    return all(_is_like(template["as"], each) for each in body) if "as" in template else True


_LOOKS: dict[str, Any] = {
    "x-rules": _rule,
    "x-duplicates": _duplicate,
    "x-lifecycle": _lifecycle,
    "x-derived": _derived,
    "x-sentences": _sentence,
}
