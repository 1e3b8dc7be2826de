"""The list of trainees as the contract describes it: which parameter does what (``x-list``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from register_contract.oracle.contract import (
    LIST,
    CannotTryError,
    Contract,
    Operation,
    source_text,
)
from register_contract.oracle.derived import shown_scope
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.words import mentions

Row = Mapping[str, Any]
NUMBER, SIZE = "number", "size"
SORTED_BY, AT_OR_AFTER, WITH_VALUE, IN_CYCLE = "sorted_by", "at_or_after", "with_value", "in_cycle"
"""What a parameter does; the first two are words of ``page``."""


class Listing:
    """The operation that lists trainees, and its parameters by what they do."""

    def __init__(self, contract: Contract) -> None:
        """Raises CannotTryError when the contract has no such operation."""
        self._contract = contract
        self.operation: Operation = contract.doing(LIST)
        self._doing: dict[str, Row] = {}
        for row in self.operation.queries:
            words = row.get("x-list", {})
            for word in [words["page"]] if "page" in words else words:
                self._doing.setdefault(word, row)

    @property
    def id(self) -> str:
        """The operationId."""
        return self.operation.id

    def parameter(self, what: str) -> Row:
        """The parameter that does it. Raises CannotTryError."""
        if what not in self._doing:
            words = what.replace("_", " ")
            raise CannotTryError(f"{self.id} has no parameter for {words} (x-list)")
        return self._doing[what]

    def query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A query from what parameters do. Raises CannotTryError for one that there is not."""
        return {str(self.parameter(what)["name"]): value for what, value in asked.items()}

    def at_most(self, count: int) -> dict[str, Any]:
        """A query for so many trainees; empty when the contract has no size of a page."""
        return self.query({SIZE: count}) if SIZE in self._doing else {}

    def value(self, what: str) -> Any:
        """The value, as a table writes it, that a parameter sorts or selects by."""
        return self.parameter(what)["x-list"][what]

    def fields(self, what: str) -> list[str]:
        """The public names of the fields that it is read from, those first that count first."""
        return [self._contract.public(name) for name in mentions(self.value(what))]

    def of(self, row: Row, what: str, today: date) -> Any:
        """That value of a shown trainee; None when it has none, or does not show it."""
        try:
            scope = shown_scope(self._contract, self.operation.kind, row, today)
            return scope.value(self.value(what))
        except CannotSayError:
            return None

    @property
    def meanings(self) -> Iterator[tuple[str, str, Any]]:
        """Name, value and condition of each value that means some of the trainees."""
        for row in self.operation.queries:
            for value, condition in row.get("x-meaning", {}).items():
                yield str(row["name"]), str(value), condition

    def page_fields(self, schema: Any) -> Iterator[tuple[tuple[str, ...], str]]:
        """The places in an answer that tell something of its page, and what (``x-page``)."""
        for name, field in self._contract.resolve(schema).get("properties", {}).items():
            if "x-page" in field:
                yield (name,), str(field["x-page"])
            elif "properties" in field:
                yield from (((name, *path), word) for path, word in self.page_fields(field))

    def source(self, name: str = "") -> str:
        """The document that describes the list, or one of its parameters."""
        for row in self.operation.queries:
            if row["name"] == name:
                return source_text(row.get("x-source"))
        return self._contract.sources[self.id]
