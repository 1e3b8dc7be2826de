"""The rows of `x-rules`: what a schema cannot say of a record.

A rule looks at the record as it would be stored. It is broken by a condition that does not hold,
never by one that cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from register_mock.contract.expected import Expected, expected
from register_mock.contract.language import Language
from register_mock.contract.problems import Problem
from register_mock.contract.values import Condition, Scope, Value

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled row of `x-rules`; `field` is the name used inside, `public` the one shown.

    `fields` are all the fields it looks at, `concerned` their public names; `of` is the kind
    of record it is about, None for that of the operation.
    """

    id: str
    operations: frozenset[str]
    field: str
    public: str
    fields: tuple[str, ...]
    concerned: frozenset[str]
    text: str
    label: str | None
    section: str
    of: str | None
    beside: bool
    at_save: bool
    in_any_case: bool
    asks_for_a_value: bool
    facts: Mapping[str, Value]
    must: Condition
    when: Condition | None
    expected: Expected
    on_change: bool
    source: Any
    pointer: str

    @property
    def is_late(self) -> bool:
        """Whether it is judged when all else is right."""
        return self.at_save or bool(self.section)

    def binds(self, record: Record, before: Record | None, wrong: Set[Any]) -> bool:
        """Tell whether the rule has a say.

        Not where a field that it looks at is wrong already (`wrong` has public names), or only
        its own where it is judged in any case; and where the row says so, not on what an update
        leaves as it was in the record `before`.
        """
        if wrong and not wrong.isdisjoint({self.public} if self.in_any_case else self.concerned):
            return False
        if not self.on_change or before is None:
            return True
        return any(record.get(name) != before.get(name) for name in self.fields)

    def problem(
        self, record: Record, scope: Scope, within: tuple[str | int, ...] = ()
    ) -> Problem | None:
        """Return what is wrong with the record, or the entry `within` it, if the rule is broken."""
        if self.must(record, scope) is not False:
            return None
        if self.when is not None and not self.when(record, scope):
            return None
        return Problem(
            path=(*within, self.public),
            rule=self.id,
            text=self.text,
            sent=record.get(self.field),
            allowed=self.expected(record, scope),
            source=self.source,
            pointer=self.pointer,
            label=self.label,
            section=self.section,
            facts={name: fact(record, scope) for name, fact in self.facts.items()},
        )


def compile_rules(
    rows: Mapping[str, dict[str, Any]], language: Language, default_text: str
) -> list[Rule]:
    """Return the rows of `x-rules`, compiled."""
    return [_rule(id_, row, language.apart(), default_text) for id_, row in rows.items()]


def _rule(id_: str, row: Mapping[str, Any], language: Language, default_text: str) -> Rule:
    field = language.field(row["field"])
    must = language.condition(row["must"])
    when = language.condition(row["when"]) if "when" in row else None
    fields = tuple(language.looked_at)
    facts = {name: language.apart().value(each) for name, each in row.get("facts", {}).items()}
    return Rule(
        id=id_,
        operations=frozenset(row["operations"]),
        field=field,
        public=language.public(field),
        fields=fields,
        concerned=frozenset(map(language.public, fields)),
        text=row.get("text", default_text),
        label=row.get("label"),
        section=row.get("section", ""),
        of=row.get("of"),
        beside="beside" in row,
        at_save="at_save" in row,
        in_any_case="in_any_case" in row,
        asks_for_a_value=row["must"].get("is") == "present",
        facts=facts,
        must=must,
        when=when,
        expected=expected(row["must"], language),
        on_change=row.get("binds") == "on_change",
        source=row.get("x-source"),
        pointer=f"#/x-rules/{id_}",
    )
