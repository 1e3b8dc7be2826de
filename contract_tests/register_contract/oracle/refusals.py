"""The refusal a request deserves, status and body, as the rows of ``x-sentences`` make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.exercised import ANSWERS, Exercised, row_id
from register_contract.oracle.fields import Problem
from register_contract.oracle.sentences import Sentences, filled

# Stands in a predicted body for the records that a new one repeats: which ones is judged apart.
RECORDS = "(the records it repeats)"


def not_found(kind: str) -> str:
    """The reason for a record of a kind that is not there (spec/README.md, x-sentences)."""
    return f"{kind}_not_found"


@dataclass(frozen=True)
class Refusal:
    """Status and body of a refusal; a body that is no JSON is a text.

    ``rows`` are those that it was made of, which an answer that is compared with it has exercised.
    """

    status: int
    body: Any
    rows: tuple[str, ...] = field(default=(), compare=False)
    exercised: Exercised = field(default_factory=Exercised, compare=False, repr=False)

    def compared(self) -> None:
        """An answer was held to it."""
        self.exercised.note(*self.rows)


class Refusals:
    """What one contract answers to requests that it refuses."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sentences = Sentences(contract)

    def wanted(
        self,
        reason: str,
        operation: str,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Refusal:
        """The refusal of a request with these headers. Raises CannotTryError without a row."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        for id_, row in self._rows(reason, operation):
            asked = row.get("asked_with", {}).items()
            if all(sent.get(name.lower()) == value for name, value in asked):
                rows = (row_id(ANSWERS, id_), *(each for one in problems for each in one.rows))
                body = self._body(row["body"], problems, {})
                return Refusal(row["status"], body, rows, self._contract.exercised)
        raise CannotTryError(f"the contract has no answer {reason} of {operation} in x-sentences")

    def of_fields(
        self,
        operation: str,
        problems: Sequence[Problem],
        headers: Mapping[str, str] | None = None,
    ) -> Refusal:
        """The refusal for problems of a body. Raises CannotTryError without a row."""
        reason = "invalid_sections" if problems and problems[0].section else "invalid_fields"
        return self.wanted(reason, operation, problems, headers)

    def headers(self, reason: str, operation: str) -> list[Mapping[str, str]]:
        """The request headers that choose an answer to this reason; none at all is one choice."""
        found: list[Mapping[str, str]] = []
        for _, row in self._rows(reason, operation):
            asked = row.get("asked_with", {})
            if asked not in found:
                found.append(asked)
        return found

    def _rows(self, reason: str, operation: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        names = {operation, self._contract.acts_as(operation)}
        for id_, row in self._contract.table("x-sentences").get("answers", {}).items():
            is_meant = "operations" not in row or names & set(row["operations"])
            if row.get("for", id_) == reason and is_meant:
                yield id_, row

    def _body(self, node: Any, problems: Sequence[Problem], more: Mapping[str, str]) -> Any:
        if isinstance(node, list):
            return [self._body(each, problems, more) for each in node]
        if isinstance(node, str):
            return filled(node, {"count": str(_count(problems)), **more})
        if set(node) == {"one", "other"}:
            return self._body(node["other" if _count(problems) != 1 else "one"], problems, more)
        if node.get("each") == "conflict":
            return RECORDS
        if "each" in node:
            return self._unrolled(node, problems)
        return {key: self._body(child, problems, more) for key, child in node.items()}

    def _unrolled(self, node: Mapping[str, Any], problems: Sequence[Problem]) -> Any:
        rows = []
        for problem in problems:
            label = problem.label or self._sentences.label(problem.field)
            gaps = {
                "field": problem.field,
                "container": problem.container,
                "section": problem.section,
                "label": label,
                "name": label.split(" ")[-1],
                "text": problem.text,
                "sentence": problem.sentence,
                "first_word": problem.sentence.split(" ")[0],
                "rest": " ".join(problem.sentence.split(" ")[1:]),
            }
            keys = [filled(key, gaps) for key in node.get("by", ())]
            rows.append(([key for key in keys if key], self._body(node["as"], problems, gaps)))
        return _grouped(rows) if "by" in node else [shown for _, shown in rows]


def _count(problems: Sequence[Problem]) -> int:
    """How many there are; those of one section are one."""
    return len({problem.section or number for number, problem in enumerate(problems)})


def _grouped(rows: Sequence[tuple[list[str], Any]]) -> Any:
    """Lists by their first keys; what has no key left beside others that have goes by its last."""
    if not any(keys for keys, _ in rows):
        return [shown for _, shown in rows]
    found: dict[str, list[tuple[list[str], Any]]] = {}
    for keys, shown in rows:
        found.setdefault(keys[0], []).append((keys[1:], shown))
    made = {}
    for key, inner in found.items():
        mixed = any(keys for keys, _ in inner)
        made[key] = _grouped([(keys if keys or not mixed else [key], s) for keys, s in inner])
    return made


def agrees(wanted: Any, got: Any) -> bool:
    """Whether a body is the predicted one.

    One sentence several times in a row is one: no document says how often it comes when several
    entries of a list are wrong alike.
    """
    if wanted == RECORDS:
        return isinstance(got, list)
    if isinstance(wanted, dict) and isinstance(got, dict):
        return wanted.keys() == got.keys() and all(agrees(wanted[key], got[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        wanted, got = _runs(wanted), _runs(got)
        return len(wanted) == len(got) and all(map(agrees, wanted, got))
    return bool(wanted == got)


def _runs(rows: Sequence[Any]) -> list[Any]:
    return [row for number, row in enumerate(rows) if not number or row != rows[number - 1]]
