"""The date rules of ``x-rules``: which of them a body breaks on a given day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract


class UnknownRuleError(CannotTryError):
    """The spec has a rule this suite cannot read."""


def rules_of(contract: Contract, operation: str) -> list[Mapping[str, Any]]:
    """The rows of ``x-rules`` for that operation; a PATCH has those of its PUT."""
    names = {operation, contract.acts_as(operation)}
    rows = contract.table("x-rules") or {}
    return [{"id": id_, **row} for id_, row in rows.items() if names & set(row["operations"])]


def rule_breaks(
    contract: Contract,
    operation: str,
    data: Any,
    today: date,
    before: Mapping[str, Any] | None = None,
    wrong: Collection[str] = (),
) -> Iterator[Mapping[str, Any]]:
    """The rules ``data`` breaks. A missing or unreadable date breaks none of them.

    Nor does one beside a ``wrong`` field, or, for some rules, one that an update of the record
    ``before`` leaves as it was.
    """
    if not isinstance(data, Mapping):
        return
    rows = rules_of(contract, operation)
    if rows:
        data = with_defaults(contract, operation, data)
        before = None if before is None else with_defaults(contract, operation, before)
    told = set(wrong)
    for row in rows:
        names = {row["field"], *_partners(row)}
        if names & told or (before is not None and _is_let_be(row, names, data, before)):
            continue
        if _is_broken(row, data, today):
            told.add(row["field"])
            yield row


def _is_broken(row: Mapping[str, Any], data: Mapping[str, Any], today: date) -> bool:
    value = as_date(data.get(row["field"]))
    limit = limit_of(row, data, today)
    if value is None or limit is None or _is_excused(row, data):
        return False
    if row["check"] == "not_after":
        return value > limit
    if row["check"] == "not_before":
        return value < limit
    raise UnknownRuleError(f"x-rules: {row['id']} has the check {row['check']!r}")


def _is_let_be(
    row: Mapping[str, Any], names: set[str], data: Mapping[str, Any], before: Mapping[str, Any]
) -> bool:
    """Whether an update changes nothing that the rule is about, and the rule minds that."""
    binds = row.get("binds", "always")
    if binds not in ("always", "on_change"):
        raise UnknownRuleError(f"x-rules: {row['id']} binds {binds!r}")
    return binds == "on_change" and all(data.get(n) == before.get(n) for n in names)


def _partners(row: Mapping[str, Any]) -> set[str]:
    """The fields a rule compares its own with."""
    conditions = [row.get("limit", {}), row.get("unless") or {}, row.get("when") or {}]
    return {each[key] for each in conditions for key in ("field", "equals_field") if key in each}


def with_defaults(contract: Contract, operation: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with the defaults that the service puts in."""
    kind = contract.operations[operation].kind
    whole = dict(data)
    for row in contract.table("x-derived").get(kind, {}).get("stored", {}).values():
        if row["rule"] == "default" and whole.get(row["field"]) in (None, ""):
            whole[row["field"]] = whole.get(row["from"]) if "from" in row else row["value"]
    return whole


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
