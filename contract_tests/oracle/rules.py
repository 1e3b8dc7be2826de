"""The date rules of ``x-rules``: which of them a body breaks on a given day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from contract_tests.contract import CannotTryError, Contract


class UnknownRuleError(CannotTryError):
    """The spec has a rule this suite cannot read."""


def rules_of(contract: Contract, operation: str) -> list[Mapping[str, Any]]:
    """The rows of ``x-rules`` for that operation; a PATCH has those of its PUT."""
    names = {operation, operation.replace("patch_", "update_", 1)}
    return [row for row in contract.table("x-rules") or () if names & set(row["operations"])]


def rule_breaks(
    contract: Contract, operation: str, data: Any, today: date
) -> Iterator[Mapping[str, Any]]:
    """The rules ``data`` breaks. A missing or unreadable date breaks none of them."""
    if not isinstance(data, Mapping):
        return
    for row in rules_of(contract, operation):
        value = as_date(data.get(row["field"]))
        limit = limit_of(row, data, today)
        if value is None or limit is None or _is_excused(row, data):
            continue
        if (row["check"] == "not_after" and value > limit) or (
            row["check"] == "not_before" and value < limit
        ):
            yield row
        elif row["check"] not in ("not_after", "not_before"):
            raise UnknownRuleError(f"x-rules: {row['id']} has the check {row['check']!r}")


def limit_of(row: Mapping[str, Any], data: Mapping[str, Any], today: date) -> date | None:
    """The date a rule compares with."""
    limit = row.get("limit", {})
    if "field" in limit:
        return as_date(data.get(limit["field"]))
    step = limit.get("today", {})
    return years_on(today, step.get("years", 0)) + timedelta(days=step.get("days", 0))


def years_on(day: date, years: int) -> date:
    """The same day in another year; the last of February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def as_date(value: Any) -> date | None:
    """The date in a text, or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _is_excused(row: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    excuse, needed = row.get("unless"), row.get("when")
    if excuse is not None and _holds(excuse, data):
        return True
    return needed is not None and not _holds(needed, data)


def _holds(condition: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    value = data.get(condition["field"])
    if "equals_field" in condition:
        return bool(value == data.get(condition["equals_field"]))
    if "equals" in condition:
        return bool(value == condition["equals"])
    if "in" in condition:
        return value in condition["in"]
    if "is" in condition:
        return bool((value in (None, "")) == (condition["is"] == "blank"))
    raise UnknownRuleError(f"x-rules: a condition on {condition['field']} that is not known here")
