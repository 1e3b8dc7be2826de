"""Values at and just beyond the limits of each documented field, one field changed at a time.

Made from the keywords and code lists of the spec. What a value deserves is not decided here but
by the field rules (``oracle.fields``).
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.rules import as_stored, rules_of
from register_contract.oracle.schemas import constraint, properties
from register_contract.oracle.scope import Scope
from register_contract.suite.strategies.limits import Change, Limits, comparisons, source_of
from register_contract.target.words import short

ABSENT = object()
_FEW, _SAMPLE = 8, 3
"""Lists that are longer are sampled: ``test_codes`` tries more of their codes."""
_MOST_STRANGERS = 40
_MOST_BESIDE = 6
_FILLER = "x"
_LENGTHS = ("minLength", "maxLength")


@dataclass(frozen=True)
class Boundary:
    """One changed field: where, the value (or ABSENT), and both in words.

    ``beside`` are other fields of the record that a rule ties to it.
    """

    path: tuple[str | int, ...]
    value: Any
    words: str
    beside: Change = dataclasses.field(default_factory=dict)

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Whether the field's place is there: a record in a list may be gone by another change."""
        here: Any = data
        for step in self.path[:-1]:
            inside = isinstance(here, list) and isinstance(step, int) and step < len(here)
            if not inside and not (isinstance(here, Mapping) and step in here):
                return False
            here = here[step]
        return isinstance(here, Mapping)

    def apply(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` with the change."""
        changed = deepcopy({**data, **self.beside})
        here: Any = changed
        for step in self.path[:-1]:
            here = here[step]
        if self.value is ABSENT:
            here.pop(self.path[-1], None)
        else:
            here[self.path[-1]] = self.value
        return changed


class Boundaries:
    """Makes the boundaries of one operation; ``chance`` samples long code lists."""

    def __init__(self, contract: Contract, chance: random.Random, today: date) -> None:
        self._contract = contract
        self._chance = chance
        self._today = today

    def of(
        self, schema: Mapping[str, Any], base: Mapping[str, Any], operation: str = ""
    ) -> Iterator[Boundary]:
        """Every boundary of every field of ``schema``; ``base`` is valid and shows its lists."""
        for name, field in properties(self._contract, schema).items():
            yield from self._field((name,), field, base.get(name))
        sendable = properties(self._contract, schema).keys()
        for row in rules_of(self._contract, operation):
            scope = as_stored(self._contract, operation, base, self._today)
            for each in self._rule(row, schema, scope):
                # What a rule of an event asks of the trainee is not sent with the event.
                if each.beside.keys() <= sendable:
                    yield each

    def _field(
        self, path: tuple[str | int, ...], field: Mapping[str, Any], sample: Any
    ) -> Iterator[Boundary]:
        name = str(path[-1])
        yield Boundary(path, ABSENT, f"without {name}")
        yield Boundary(path, None, f"with {name} null")
        yield Boundary(path, "", f"with an empty {name}")
        rule = constraint(self._contract, field)
        for value, words in self._values(rule, sample):
            yield Boundary(path, value, f"with {name} {words}")
        items = self._contract.resolve(rule.get("items", {}))
        if isinstance(sample, list) and sample and properties(self._contract, items):
            for child, inner in properties(self._contract, items).items():
                yield from self._field((*path, 0, child), inner, sample[0].get(child))

    def _values(self, rule: Mapping[str, Any], sample: Any) -> Iterator[tuple[Any, str]]:
        """Values for one constraint with the words for them; ``sample`` is a valid one, if any."""
        types = rule.get("type", [])
        types = [types] if isinstance(types, str) else types
        if "array" in types:
            yield from self._lists(rule)
            return
        if "string" in types:
            yield {"a": 1}, "an object"
            yield True, "a boolean"
        if "integer" not in types:
            yield 12345, "the number 12345"
        elif "string" not in types:
            yield 7, "the number 7"
            yield "abc", "a text"
        if "enum" in rule:
            yield from self._codes(rule)
        elif rule.get("format") == "date" or self._takes_dates(rule):
            yield from self._dates(rule)
        elif "string" in types:
            yield from self._lengths(rule)
            yield from self._lengths_in_form(rule, sample)
        for branch in (rule, *rule.get("anyOf", ())):
            yield from _numbers(branch)

    @staticmethod
    def _takes_dates(rule: Mapping[str, Any]) -> bool:
        return any(branch.get("format") == "date" for branch in rule.get("anyOf", ()))

    def _codes(self, rule: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        """Codes of a list, and what is none."""
        known = [code for code in rule["enum"] if code is not None]
        chosen = known if len(known) <= _FEW else self._chance.sample(known, _SAMPLE)
        for code in chosen:
            yield code, f"the code {short(code)}"
        longest = rule.get("maxLength", 8)
        for wrong in ("~" * longest, f"{chosen[0]} ", str(chosen[0])[:-1] + "?"):
            if wrong not in known:
                yield wrong, f"the unknown code {short(wrong)}"
        for code in self._strangers(rule):
            yield code, f"the code {short(code)}, which the contract does not have,"
        every = self._contract.every_code.get(str(rule.get("x-code-list")), ())
        for code in self._near([*known, *every]):
            yield code, f"the code {short(code)}, near those of its list,"

    def _strangers(self, rule: Mapping[str, Any]) -> list[str]:
        """Codes of the same list that other versions have, or had, and this field has not."""
        every = self._contract.every_code.get(str(rule.get("x-code-list")), ())
        strangers = [code for code in every if code not in rule["enum"]]
        if len(strangers) <= _MOST_STRANGERS:
            return strangers
        return self._chance.sample(strangers, _MOST_STRANGERS)

    def _near(self, codes: list[Any]) -> list[str]:
        """Texts that look like the codes of a list and are none: the next, and with other zeros."""
        known = [code for code in codes if isinstance(code, str) and code]
        chosen = known if len(known) <= _FEW else self._chance.sample(known, _FEW)
        if all(len(code) == 1 and code.isdecimal() for code in known):
            found = list("0123456789")
        else:
            numbers = [code for code in chosen if code.isdecimal()]
            found = [f"{int(code) + 1:0{len(code)}}" for code in numbers]
            found += [f"0{numbers[0]}", *(code.lstrip("0") for code in numbers)] if numbers else []
            found += [code.swapcase() for code in chosen]
        return [each for each in dict.fromkeys(found) if each and each not in codes][:_FEW]

    def _dates(self, rule: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        texts = [self._today.isoformat(), "2024-02-29", "2023-02-30", "2023-13-01", "01/02/2023"]
        texts += ["2023-1-1", "yesterday", *_other_forms(self._today)]
        texts += ["2012", "12", "20122", "0999"] if "anyOf" in rule else []
        for text in texts:
            yield text, f"the text {short(text)}"

    def _lengths_in_form(self, rule: Mapping[str, Any], sample: Any) -> Iterator[tuple[Any, str]]:
        """Likewise, texts that keep to the form of the field, which others may be refused for."""
        free = self._contract.once("form", rule, lambda: _without_lengths(rule))
        is_right = self._contract.validator(free).is_valid
        if not isinstance(sample, str) or not sample or is_right(_FILLER * len(sample)):
            return
        for words, text in (("in capitals", sample.upper()), ("in small letters", sample.lower())):
            if text != sample:
                yield text, words
        for place, mark in enumerate(sample):
            if not mark.isalnum() and not mark.isspace():
                yield f"{sample[:place]}{mark}{sample[place:]}", f"with {mark} twice in it"
                yield f"{sample[:place]}{sample[place + 1 :]}", f"with one {mark} less in it"
                yield f"{sample[:place]}é{sample[place:]}", f"with an accent before {mark}"
        for length in _around_limits(rule):
            more = length - len(sample)
            text = sample[0] * more + sample if more > 0 else sample[-more:]
            if is_right(text) and text:
                yield text, f"of {length} characters, in its form"

    @staticmethod
    def _lengths(rule: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        for length in _around_limits(rule):
            yield _FILLER * length, f"of {length} characters"
        if "maxLength" in rule and rule["maxLength"] > 1:
            longest = _FILLER * (rule["maxLength"] - 1)
            yield f" {longest} ", f"of {len(longest)} characters between blanks"
        yield "Zoë O'Neill-Ng"[: max(_limits(rule), default=60)], "with accents and punctuation"

    def _lists(self, rule: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        yield "abc", "a text"
        yield 7, "the number 7"
        items = self._contract.resolve(rule.get("items", {}))
        if rule.get("minItems"):
            yield [], "an empty list"
        if "enum" in items:
            for code in items["enum"][:_SAMPLE]:
                yield [code], f"the list {short([code])}"
            yield ["no_such_code"], "a list with an unknown code"
            for code in self._strangers(items):
                words = f"the list {short([code])}, whose code the contract does not have,"
                yield [code], words

    def _rule(
        self, row: Mapping[str, Any], schema: Mapping[str, Any], scope: Scope
    ) -> Iterator[Boundary]:
        """What a rule asks for met and not, while its ``when`` holds and while it does not."""
        sides: list[tuple[Change, str]] = [({}, "")]
        if "when" in row:
            sides += list(Limits(schema, scope).of(row["when"]))[:_MOST_BESIDE]
        for beside, words in sides:
            if beside:
                yield _tied(beside, words)
            for change, limit in Limits(schema, scope.over(beside)).of(row["must"]):
                if not change.keys() & beside.keys():
                    said = f"{limit} and {words.removeprefix('with ')}" if words else limit
                    yield _tied({**beside, **change}, said)
        yield from self._alike(row, schema, scope)

    def _alike(
        self, row: Mapping[str, Any], schema: Mapping[str, Any], scope: Scope
    ) -> Iterator[Boundary]:
        """What a rule asks for, where its ``when`` asks two fields to be the same, in both."""
        for test in comparisons(row.get("when"), "same_as"):
            other = source_of(test["same_as"])
            for change, words in Limits(schema, scope).of(row["must"]):
                if other is not None and len(change) == 1:
                    name = self._contract.public(other)
                    value = next(iter(change.values()))
                    yield _tied({name: value, **change}, f"{words} and {name} the same")


def _around_limits(rule: Mapping[str, Any]) -> list[int]:
    """The lengths at the limits of a text and beside them."""
    return sorted({limit + step for limit in _limits(rule) for step in (-1, 0, 1)})


def _without_lengths(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: rule[name] for name in rule if name not in _LENGTHS}


def _limits(rule: Mapping[str, Any]) -> list[int]:
    return [rule[name] for name in _LENGTHS if name in rule]


def _tied(changes: Change, words: str) -> Boundary:
    """Several changed fields as one boundary; the last of them is the one it is about."""
    name, value = list(changes.items())[-1]
    return Boundary((name,), value, words, changes)


def _other_forms(day: date) -> list[str]:
    """A day in other forms of ISO 8601 than the usual: what is read of them, ``x-read-as`` says."""
    year, week, weekday = day.isocalendar()
    return [f"{day:%Y%m%d}", f"{year}-W{week:02}-{weekday}", f"{day:%Y-%j}", f"{day}T10:00:00Z"]


def _numbers(rule: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Numbers at and beyond the limits of a form of the value that is a number."""
    if rule.get("type") != "integer":
        return
    for name, beyond in (("minimum", -1), ("maximum", 1)):
        if name in rule:
            for value in (rule[name], rule[name] + beyond, rule[name] - beyond / 2):
                yield value, f"the number {value}"
