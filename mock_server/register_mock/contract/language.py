"""The language of an edition's tables: values and conditions in its names, lists and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from register_mock.contract.conditions import compiled_condition
from register_mock.contract.domain import DomainTable
from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists
from register_mock.contract.values import Condition, Value, compiled_value


class Language:
    """Compiles the values and conditions of one edition; `looked_at` are the fields they name."""

    def __init__(self, names: Names, lists: CodeLists, domain: Mapping[str, DomainTable]) -> None:
        """Speak of these fields, code lists and tables."""
        self._names = names
        self._lists = lists
        self._domain = domain
        self.looked_at: dict[str, None] = {}

    def apart(self) -> Language:
        """Return the same language, for what `looked_at` should tell of one row alone."""
        return Language(self._names, self._lists, self._domain)

    def value(self, row: Any) -> Value:
        """Return a value of a table as a function."""
        return compiled_value(row, self)

    def condition(self, row: Any) -> Condition:
        """Return a condition of a table as a function."""
        return compiled_condition(row, self)

    def field(self, name: str) -> str:
        """Return the name of a field, and remember that it is looked at."""
        self.looked_at[name] = None
        return name

    def public(self, name: str) -> str:
        """Return the public name of a field."""
        return self._names.public(name)

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute of a code list."""
        return self._lists.table(name, attribute)

    def domain(self, name: str) -> DomainTable:
        """Return a table of `x-domain`."""
        return self._domain[name]
