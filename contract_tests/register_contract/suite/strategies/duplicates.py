"""Variations of a record, and whether each still is a duplicate of it.

Read from ``x-duplicates``: every key of ``all`` has to match and, where there is ``any``, one of
those. Each variation changes one thing, so a wrong answer names the key that is read wrongly.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from unicodedata import normalize

from register_contract.oracle.alike import deciding, is_duplicate, keys_of
from register_contract.oracle.contract import Contract
from register_contract.oracle.rules import as_stored
from register_contract.oracle.said import effective
from register_contract.oracle.scope import Scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.words import mentions
from register_contract.suite.strategies.spellings import Spellings, Way


@dataclass(frozen=True)
class Variation:
    """Changes of a record, whether the result still is a duplicate, and both in words.

    ``key`` is the one that decides it alone, if there is such (``alike.deciding``).
    """

    changes: Mapping[str, Any]
    is_duplicate: bool
    words: str
    key: str | None = None


class Variations:
    """Makes the variations of one kind of duplicate."""

    def __init__(
        self,
        contract: Contract,
        row: Mapping[str, Any],
        chance: random.Random,
        today: date,
        accepts: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        """``accepts`` says whether a record is valid."""
        self._create = row["operations"][0]
        self._schema = contract.data_schema(contract.operation(self._create))
        self._contract = contract
        self._row = row
        self._all = keys_of(row, "all")
        self._any = keys_of(row, "any")
        self._chance = chance
        self._today = today
        self._accepts = accepts

    def of(self, sent: Mapping[str, Any]) -> Iterator[Variation]:
        """Every variation of ``sent`` of which the contract says whether it is a duplicate."""
        yield Variation({}, True, "exactly the same")
        made = self._spellings(sent)
        for value in self._all.values():
            others = self._first_valid(sent, made.others(value))
            yield from self._judged(sent, chain(made.of(value), others))
        for label, value in self._any.items():
            yield from self._judged(sent, _beside(self._apart(made, label), made.of(value)))
        yield from self._judged(sent, self._of_any(made))
        yield from self._judged(sent, self._elsewhere(sent, made))

    def _first_valid(self, sent: Mapping[str, Any], ways: Iterator[Way]) -> Iterator[Way]:
        """The first way that makes a valid record; where none does, the first."""
        every = list(ways)
        valid = (way for way in every if self._accepts({**sent, **way[0]}))
        first = next(valid, next(iter(every), None))
        yield from [] if first is None else [first]

    def _elsewhere(self, sent: Mapping[str, Any], made: Spellings) -> Iterator[Way]:
        """Another value of each field that is no key, as far as the record stays valid."""
        values = [*self._all.values(), *self._any.values()]
        keys = {self._contract.public(name) for value in values for name in mentions(value)}
        changes: dict[str, Any] = {}
        texts = [name for name, value in sent.items() if isinstance(value, str) and value]
        for name in texts if self._accepts(sent) else ():
            if name in keys:
                continue
            for change in made.unlike(name):
                if self._accepts({**sent, **changes, **change}):
                    changes |= change
                    break
        if changes:
            yield changes, "with another value of all that is no key"

    def accented(self, sent: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Variation]]:
        """Changes of ``sent`` that put an accent into a name, and that name written otherwise."""
        made = self._spellings(sent)
        for label, value in {**self._all, **self._any}.items():
            name = made.folded(value)
            if name is None or "@" in str(sent[name]):
                continue  # an address has no accents
            apart = self._apart(made, label) if label in self._any else {}
            before = {name: f"{sent[name]}é"}
            ways = [
                ({**apart, name: normalize("NFD", before[name])}, "in two characters"),
                ({**apart, name: f"{sent[name]}e"}, "as e"),
            ]
            said = [(change, f"with the é of {name} {words}") for change, words in ways]
            for variation in self._judged({**sent, **before}, iter(said)):
                yield before, variation

    def _spellings(self, sent: Mapping[str, Any]) -> Spellings:
        scope = Scope(self._contract, sent, whole=True, today=self._today)
        return Spellings(self._schema, scope, self._chance)

    def _kept(self, sent: Mapping[str, Any]) -> Scope:
        said = effective(self._contract, self._schema, sent)
        return as_stored(self._contract, self._create, said, self._today)

    def _judged(self, sent: Mapping[str, Any], ways: Iterator[Way]) -> Iterator[Variation]:
        """The ways as variations; without those of which nobody here can say what they are."""
        for changes, words in ways:
            one, other = self._kept(sent), self._kept({**sent, **changes})
            try:
                key = deciding(self._row, one, other)
                yield Variation(changes, is_duplicate(self._row, one, other), words, key)
            except CannotSayError:
                continue

    def _apart(self, made: Spellings, label: str) -> dict[str, Any]:
        """Another value for each key of ``any`` but one, so that it alone can match."""
        found: dict[str, Any] = {}
        for other, value in self._any.items():
            if other != label:
                found |= dict(next(made.others(value), ({}, ""))[0])
        return found

    def _of_any(self, made: Spellings) -> Iterator[Way]:
        """One key of ``any`` the same, none, and one of which nothing is left."""
        names = " and ".join(self._any)
        together = self._apart(made, "")
        if len(self._any) > 1:
            for label in self._any:
                words = f"where of {names} only {label} is the same"
                yield self._apart(made, label), words
        if together:
            yield together, f"with another {names}"
        for value in self._any.values():
            field = made.folded(value)
            if field is not None and "alphanumeric" in value:
                words = f"with a {field} of punctuation only, and all else of these different"
                yield {**together, field: "-- '"}, words


def _beside(others: Mapping[str, Any], ways: Iterator[Way]) -> Iterator[Way]:
    """The ways, each with other values of these fields too."""
    for changes, words in ways:
        said = f"{words} and another {', '.join(others)}" if others else words
        yield {**others, **changes}, said
