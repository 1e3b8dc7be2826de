"""The rows of `x-rules`: dates against today. One function for each `check`.

A rule looks at the record as it would be stored; a missing value breaks no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from register_mock.contract.cycles import parsed_date, years_from
from register_mock.contract.names import Names
from register_mock.contract.problems import Problem
from register_mock.contract.reference import CodeLists, Condition, condition

Limit = Callable[[Mapping[str, Any], date], date | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled row of `x-rules`; `field` is the name used inside, `public` the one shown.

    `fields` are all the fields it looks at, `compared` the public names of those beside its own.
    """

    id: str
    operations: frozenset[str]
    field: str
    public: str
    fields: frozenset[str]
    text: str
    breaks: Callable[[date, date], bool]
    words: str
    limit: Limit
    when: Condition | None
    unless: Condition | None
    compared: frozenset[str]
    on_change: bool
    source: Any
    pointer: str

    def binds(
        self,
        record: Mapping[str, Any],
        before: Mapping[str, Any] | None,
        wrong: Container[Any],
    ) -> bool:
        """Tell whether the rule has a say.

        Not on a field that is wrong already (`wrong` has public names), nor beside one; and where
        the row says so, not on what an update leaves as it was in the record `before`.
        """
        if self.public in wrong or any(name in wrong for name in self.compared):
            return False
        if not self.on_change or before is None:
            return True
        return any(record.get(name) != before.get(name) for name in self.fields)

    def problem(self, record: Mapping[str, Any], today: date) -> Problem | None:
        """Return what is wrong with the record on this day, if this rule is broken."""
        value = record.get(self.field)
        day = parsed_date(value) if isinstance(value, str) else None
        limit = self.limit(record, today)
        if day is None or limit is None or not self.breaks(day, limit):
            return None
        if self.when is not None and not self.when(record):
            return None
        if self.unless is not None and self.unless(record):
            return None
        return Problem(
            path=(self.public,),
            rule=self.id,
            text=self.text,
            sent=value,
            allowed=f"{self.words} {limit.isoformat()}",
            source=self.source,
            pointer=self.pointer,
        )


def compile_rules(
    rows: Mapping[str, dict[str, Any]], lists: CodeLists, names: Names, default_text: str
) -> list[Rule]:
    """Return the rows of `x-rules`, with field names as used inside."""
    return [
        Rule(
            id=id_,
            operations=frozenset(row["operations"]),
            field=names.inner(row["field"]),
            public=row["field"],
            fields=frozenset(map(names.inner, {row["field"], *_compared(row)})),
            text=row.get("text", default_text),
            breaks=_CHECKS[row["check"]][0],
            words=_CHECKS[row["check"]][1],
            limit=_limit(row["limit"], names),
            when=condition(row["when"], lists, names) if "when" in row else None,
            unless=condition(row["unless"], lists, names) if "unless" in row else None,
            compared=_compared(row),
            on_change=row.get("binds") == "on_change",
            source=row.get("x-source"),
            pointer=f"#/x-rules/{id_}",
        )
        for id_, row in rows.items()
    ]


def _compared(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the public names of the fields a row compares its own field with."""
    parts = (row["limit"], row.get("when", {}), row.get("unless", {}))
    names = {part[key] for part in parts for key in ("field", "equals_field") if key in part}
    return frozenset(names - {row["field"]})


def _limit(row: Mapping[str, Any], names: Names) -> Limit:
    if "field" in row:
        field = names.inner(row["field"])
        return lambda record, today: parsed_date(record.get(field) or "")
    shift = row["today"]
    return lambda record, today: (
        years_from(today, shift.get("years", 0)) + timedelta(days=shift.get("days", 0))
    )


def _not_after(day: date, limit: date) -> bool:
    return day > limit


def _not_before(day: date, limit: date) -> bool:
    return day < limit


_CHECKS: dict[str, tuple[Callable[[date, date], bool], str]] = {
    "not_after": (_not_after, "on or before"),
    "not_before": (_not_before, "on or after"),
}
