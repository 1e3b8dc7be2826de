"""The language of an edition's tables: values and conditions in its names, lists and tables.

What a table says is written as Python once, at start, and run as it was written: a create asks some
hundred values, and to walk to each of them through objects would take twice as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from register_mock.contract.conditions import condition_expression
from register_mock.contract.domain import DomainTable
from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists
from register_mock.contract.values import Condition, Scope, Value, several, value_expression

PARAMETERS = "fields, scope"
"""What a function that is written takes: those of a record, and the scope."""
# These are written as they are; all else has a name.
_PLAIN = (type(None), bool, int, str)


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
        writing = self.writing()
        return writing.function(writing.value(row))

    def values(self, rows: Sequence[Any]) -> Callable[[Mapping[str, Any], Scope], tuple[Any, ...]]:
        """Return several values of a table as one function."""
        writing = self.writing()
        return writing.function(several(rows, writing))

    def condition(self, row: Any) -> Condition:
        """Return a condition of a table as a function."""
        writing = self.writing()
        return writing.function(writing.condition(row))

    def writing(self) -> Written:
        """Return what writes one function in this language."""
        return Written(self)

    def field(self, name: str) -> str:
        """Return the name of a field, and remember that it is looked at."""
        self.looked_at[name] = None
        return name

    def others(self, rows: Sequence[Any]) -> Callable[[Mapping[str, Any], Scope], tuple[Any, ...]]:
        """Return values of other records than the one looked at, as one function."""
        return self.apart().values(rows)

    def public(self, name: str) -> str:
        """Return the public name of a field."""
        return self._names.public(name)

    def inner(self, public: str) -> str:
        """Return the name used inside for a public one."""
        return self._names.inner(public)

    def table(self, name: str, attribute: str) -> dict[str, Any]:
        """Return code -> attribute of a code list."""
        return self._lists.table(name, attribute)

    def domain(self, name: str) -> DomainTable:
        """Return a table of `x-domain`."""
        return self._domain[name]


class Written:
    """A function that is being written (`contract.conditions.Tables`).

    `known` has the expressions of fields that are not looked up in `fields`.
    """

    def __init__(self, language: Language) -> None:
        """Write in this language; nothing is written yet."""
        self._language = language
        self._objects: dict[str, Any] = {}
        self._numbers = count()
        self.known: dict[str, str] = {}
        self.public, self.table = language.public, language.table
        self.domain, self.of_others = language.domain, language.others

    def value(self, row: Any) -> str:
        """Return the expression of a value."""
        return value_expression(row, self)

    def condition(self, row: Any) -> str:
        """Return the expression of a condition."""
        return condition_expression(row, self)

    def field(self, name: str) -> str:
        """Return the expression of a field, and remember that it is looked at."""
        return self.known.get(name) or f"fields.get({self._language.field(name)!r})"

    def constant(self, content: Any) -> str:
        """Return the expression of an object: as Python writes it, or a name for it."""
        if type(content) in _PLAIN:
            return repr(content)
        name = f"object_{next(self._numbers)}"
        self._objects[name] = content
        return name

    def name(self) -> str:
        """Return a name that the function has nowhere else."""
        return f"value_{next(self._numbers)}"

    def function(self, expression: str) -> Callable[[Mapping[str, Any], Scope], Any]:
        """Return the function that gives the value of an expression."""
        return self.procedure([f"return {expression}"])

    def procedure(self, lines: Iterable[str], parameters: str = PARAMETERS) -> Callable[..., Any]:
        """Return the function of these lines."""
        text = "\n    ".join((f"def written({parameters}):", *lines, "pass"))
        exec(compile(text, "<a table of the contract>", "exec"), self._objects)
        written: Callable[..., Any] = self._objects["written"]
        return written
