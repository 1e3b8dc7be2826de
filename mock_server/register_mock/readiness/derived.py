"""What a document wants to see once: its answers, its moves, its lists, its kinds of rules.

The lines follow from the document (`known`); their words are those of `readiness.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from register_mock.readiness.behaviour import condition
from register_mock.readiness.facts import RESUMES, Seen
from register_mock.readiness.known import OUTSIDE, Asked, Known, Move, Operation
from register_mock.readiness.lines import Line, counted
from register_mock.readiness.words import Words

Json = Mapping[str, Any]
Journals = Sequence[Sequence[Seen]]
GOOD, REFUSED = 300, 400


def answers(known: Known, journals: Journals, row: Json, words: Words) -> Iterator[Line]:
    """Yield a line for each documented status of each operation."""
    for operation in known.operations.values():
        for status in operation.statuses:
            found = [
                each for each in _own(known, journals, operation) if each.entry.status == status
            ]
            named = {**_called(operation), "status": str(status)}
            do = row["done"] if status < GOOD else row["do"]
            yield counted(
                f"answer.{operation.name}.{status}",
                words.of(row["says"], **named),
                found,
                words.doing(do, **named),
                operation.source,
            )


def _own(known: Known, journals: Journals, operation: Operation) -> Iterator[Seen]:
    for journal in journals:
        for each in journal:
            if each.known is known and each.operation is operation:
                yield each


def _called(operation: Operation) -> dict[str, str]:
    return {"operation": operation.name, "method": operation.method, "path": operation.path}


def moves(known: Known, journals: Journals, rows: Json, words: Words) -> Iterator[Line]:
    """Yield a line for each move of the lifecycle that an operation makes, or that can be seen.

    What happens outside without another state cannot be seen in a journal.
    """
    sightings = [each for journal in journals for each in _sightings(known, journal)]
    for move in known.moves:
        if move.cause == OUTSIDE and move.before == move.after:
            continue
        found = [
            seen
            for before, after, seen in sightings
            if (before, after) == (move.before, move.after)
        ]
        named = {"event": move.event, "before": move.before, "after": move.after}
        if move.cause == OUTSIDE:
            text = rows["outside"]
            do = text["do"]
            found = [seen for seen in found if not _moved(known, seen)]
        else:
            text = rows["move"]
            found = list(_causing(known, journals, move))
            operation = _latest(known, move.cause)
            named |= _called(operation)
            do = text["done"] if operation.creates else text["do"]
        yield counted(
            f"move.{move.event}.{move.before}.{move.after}",
            words.of(text["says"], **named),
            found,
            words.doing(do, **named),
            move.source,
        )


def _latest(known: Known, cause: str) -> Operation:
    """Return the operation that causes an event: one that is not deprecated, if there is one."""
    found = [each for each in known.operations.values() if each.acts_as == cause]
    return next((each for each in found if not each.deprecated), found[0])


def _causing(known: Known, journals: Journals, move: Move) -> Iterator[Seen]:
    """Yield the requests that made a move, whether the client was told or not."""
    for journal in journals:
        for each in journal:
            moved = each.entry.trainee
            if each.known is not known or each.operation is None or moved is None:
                continue
            before = moved.before or known.initial
            is_move = (before, moved.after) == (move.before, move.after)
            is_done = each.is_done or "fail_after_commit" in each.facts["faults"]
            if is_done and is_move and each.operation.acts_as == move.cause:
                yield each


def _moved(known: Known, each: Seen) -> bool:
    moved = each.entry.trainee
    return moved is not None and (moved.before or known.initial) != moved.after


def _sightings(known: Known, journal: Sequence[Seen]) -> Iterator[tuple[str, str, Seen]]:
    """Yield the state in which a client saw a trainee last, and the one that it saw next."""
    last: dict[str, str] = {}
    for each in journal:
        if each.known is None or not each.is_done:
            continue
        states = dict(each.known.states_in(each.entry.response["body"]))
        for trainee, state in states.items():
            before = last.get(trainee)
            if before is not None and before != state and each.known is known:
                yield before, state, each
            last[trainee] = state


def lists(known: Known, journals: Journals, rows: Json, words: Words) -> Iterator[Line]:
    """Yield a line for what each parameter of a list can."""
    for operation in known.operations.values():
        for asked in operation.features:
            text = rows[asked.word]
            named = {**_called(operation), "parameter": asked.parameter, "value": asked.example}
            own = [each for each in _own(known, journals, operation) if each.is_done]
            suffix = f".{asked.value}" if asked.value else ""
            yield counted(
                f"list.{operation.name}.{asked.parameter}{suffix}",
                words.of(text["says"], **named),
                [each for each in own if _LOOKS.get(asked.word, _is_sent)(each, asked, own)],
                words.doing(text["do"], **named),
                operation.source,
            )


def _is_sent(each: Seen, asked: Asked, own: Sequence[Seen]) -> bool:
    found = _sent(each, asked.parameter)
    return bool(found) and (asked.value is None or asked.value in found)


def _sent(each: Seen, parameter: str) -> list[str]:
    names = (parameter, f"{parameter}[]")
    return [value for name, value in parse_qsl(each.entry.query) if name in names]


def _is_paged(each: Seen, asked: Asked, own: Sequence[Seen]) -> bool:
    """Whether it is a further page of a list whose page before was asked for too."""
    number = _page(each, asked)
    place = own.index(each)
    return number > 1 and any(
        _page(other, asked) == number - 1 and _others(other, asked) == _others(each, asked)
        for other in own[:place]
        if other.entry.provider == each.entry.provider
    )


def _page(each: Seen, asked: Asked) -> int:
    sent = _sent(each, asked.parameter)
    return int(sent[-1]) if sent and sent[-1].isascii() and sent[-1].isdigit() else 1


def _others(each: Seen, asked: Asked) -> list[tuple[str, str]]:
    return sorted(pair for pair in parse_qsl(each.entry.query) if pair[0] != asked.parameter)


def _resumes(each: Seen, asked: Asked, own: Sequence[Seen]) -> bool:
    return bool(each.facts["cursor"] == RESUMES)


_LOOKS: dict[str, Callable[[Seen, Asked, Sequence[Seen]], bool]] = {
    "number": _is_paged,
    "at_or_after": _resumes,
}


def classes(known: Known, journals: Journals, rows: Json, words: Words) -> Iterator[Line]:
    """Yield a line for each kind of rules."""
    for name, row in rows.items():
        is_met = condition(row["met"])
        found = [
            each
            for journal in journals
            for each in journal
            if each.known is known and (each.entry.status or 0) >= REFUSED and is_met(each.facts)
        ]
        source = str(row["x-source"])
        yield counted(f"rules.{name}", row["says"], found, words.doing(row["do"]), source)
