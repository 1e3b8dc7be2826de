"""How a client goes on after an answer: the rows `behaviour` of `readiness.yaml`, in journals.

A row with `after` begins with each request that this holds for; of the later ones of its provider
the first that one of the `ways` fits decides. Without `after` each request is looked at by itself.
What cannot be told, because a body is gone or masked, counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from register_mock.contract.language import Language
from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists
from register_mock.contract.values import NOTHING
from register_mock.readiness.facts import Facts, Seen, beside
from register_mock.readiness.lines import Line, Verdict, times

Json = Mapping[str, Any]
Holds = Callable[[Facts], bool | None]
LANGUAGE = Language(Names({}), CodeLists({}), {})
UNTOLD = "cannot be told: a body is not kept, or masked"


def condition(row: Any) -> Holds:
    """Return a condition of a row as a function of facts."""
    compiled = LANGUAGE.condition(row)
    return lambda facts: compiled(facts, NOTHING)


@dataclass(frozen=True)
class Way:
    """One way to go on: `verdict` is shown, badly or open; `when` says which request takes it.

    One that is taken `ever` decides even where another one was taken before.
    """

    says: str
    verdict: str
    when: Holds | None = None
    ever: bool = False


@dataclass(frozen=True)
class Case:
    """What one request came to: the way it took, and the requests that show it."""

    way: Way
    refs: tuple[str, ...]
    first: Seen


@dataclass(frozen=True)
class Behaviour:
    """A compiled row."""

    id: str
    says: str
    after: Holds | None
    among_all: bool
    ways: Sequence[Way]
    otherwise: Way | None
    silent: Way | None
    only_deprecated: bool
    do: Any
    source: str

    @property
    def ever(self) -> Sequence[Way]:
        """The ways that decide whatever came before them."""
        return [way for way in self.ways if way.ever]

    def cases(self, journal: Sequence[Seen], is_own: Callable[[Seen], bool]) -> list[Case]:
        """Return what the row comes to in a journal, for the requests that are `own`."""
        found: list[Case] = []
        for place, each in enumerate(journal):
            if not is_own(each):
                continue
            if self.after is None:
                way = self._way(each.facts)
                if way is not None:
                    found.append(Case(way, (each.ref,), each))
            elif self.after(each.facts):
                found.append(self._followed(each, journal[place + 1 :]))
        return found

    def _way(self, facts: Facts, ways: Sequence[Way] | None = None) -> Way | None:
        asked = self.ways if ways is None else ways
        return next((way for way in asked if way.when and way.when(facts)), None)

    def _followed(self, first: Seen, later: Sequence[Seen]) -> Case:
        provider = first.entry.provider
        followers = [each for each in later if self.among_all or each.entry.provider == provider]
        unsure = False
        for ways in (self.ever, self.ways):
            for each in followers if ways else ():
                facts = beside(first, each)
                way = self._way(facts, ways)
                if way is not None:
                    return Case(way, (first.ref, each.ref), first)
                unsure = unsure or facts["again"] is None
        if unsure:
            return Case(Way(UNTOLD, "open"), (first.ref,), first)
        ends = self.otherwise if followers else self.silent
        nothing = (
            "nothing that decides it came after it" if followers else "no request came after it"
        )
        return Case(ends or Way(nothing, "open"), (first.ref,), first)

    def line(self, cases: Sequence[Case], do: str) -> Line:
        """Return the line of all cases: badly, if one is; shown, if one is; else not shown."""
        good = [case for case in cases if case.way.verdict == "shown"]
        bad = [case for case in cases if case.way.verdict == "badly"]
        verdict = Verdict.BADLY if bad else Verdict.SHOWN if good else Verdict.NOT_SHOWN
        told = dict.fromkeys(_told(case) for case in cases)
        counts = {text: [case for case in cases if _told(case) == text] for text in told}
        notes = [
            f"{text} ({times(len(of))}, last {of[-1].refs[-1]})" for text, of in counts.items()
        ]
        return Line(
            self.id,
            self.says,
            verdict,
            times=len(good),
            last=good[-1].refs[-1] if good else None,
            requests=list(dict.fromkeys(" then ".join(case.refs) for case in bad)),
            notes=notes,
            do=do,
            source=self.source,
        )


def compiled(rows: Json) -> list[Behaviour]:
    """Return the rows of `behaviour`, compiled."""
    return [
        Behaviour(
            id=id_,
            says=row["says"],
            after=condition(row["after"]) if "after" in row else None,
            among_all=row.get("among") == "all",
            ways=[_way(each) for each in row["ways"].values()],
            otherwise=_way(row["else"]) if "else" in row else None,
            silent=_way(row["silent"]) if "silent" in row else None,
            only_deprecated=row.get("where") == "deprecated",
            do=row["do"],
            source=str(row["x-source"]),
        )
        for id_, row in rows.items()
    ]


def _way(row: Json) -> Way:
    when = condition(row["when"]) if "when" in row else None
    return Way(row["says"], row["is"], when, "ever" in row)


def _told(case: Case) -> str:
    """Return what a way says of a case; `{operation}` is the operation of its first request."""
    return case.way.says.format(operation=case.first.entry.operation)
