"""Why a call is refused: the first stage of ``x-precedence`` that has a reason, by the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from register_contract.oracle.alike import is_duplicate
from register_contract.oracle.contract import (
    CREATE,
    TRAINEE,
    UPDATE,
    CannotTryError,
    Contract,
)
from register_contract.oracle.fields import FieldRules, Problem
from register_contract.oracle.holdings import Held, base_of
from register_contract.oracle.judged import as_compared, judged_record, judged_schema
from register_contract.oracle.lifecycle import event_of, next_state
from register_contract.oracle.refusals import Refusal, Refusals, not_found
from register_contract.oracle.said import effective, is_missing_data
from register_contract.oracle.scope import Scope
from register_contract.oracle.showing import shown
from register_contract.oracle.unsaid import CannotSayError
from register_contract.oracle.world import Call, World

_FIELDS, _SAVING = "fields", "saving"


@dataclass(frozen=True)
class _Case:
    """A call, the trainee it is about, and what is laid under its data; what was found of it."""

    world: World
    call: Call
    held: Held | None
    record: Held | None
    base: Mapping[str, Any]
    problems: list[Sequence[Problem]] = field(default_factory=list)


class Refusing:
    """What one contract refuses."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._refusals = Refusals(contract)
        self._rules: dict[date, FieldRules] = {}
        self._stages: Mapping[str, Callable[[_Case], Refusal | None]] = {
            "authentication": self._stranger,
            "trainee": self._no_trainee,
            "child": self._no_child,
            "data": self._no_data,
            _FIELDS: self._wrong_fields,
            "state": self._wrong_state,
            "duplicates": self._duplicate,
            _SAVING: self._wrong_when_saved,
        }

    def reason(self, world: World, call: Call, held: Held | None) -> tuple[Refusal, bool] | None:
        """The refusal of a call about a trainee, and whether that is for its fields.

        None for a success. Raises CannotTryError.
        """
        operation, contract = call.operation, self._contract
        record = held
        if held is not None and operation.kind != TRAINEE:
            record = held.child(operation.kind, call.ids)
        is_update = operation.does == UPDATE and record is not None
        base = base_of(contract, operation, record) if is_update and record else {}
        case = _Case(world, call, held, record, base)
        for stage in contract.precedence(operation):
            look = self._stages.get(stage)
            refused = look(case) if look else None
            if refused is not None:
                return refused, stage in (_FIELDS, _SAVING)
        return None

    def repeats(self, call: Call, made: Held) -> bool:
        """Whether a call that makes a record repeats one. Raises CannotTryError."""
        row = self._contract.table("x-duplicates").get(made.kind)
        return row is not None and self._is_duplicate(row, made, self._new(call, {}), call.today)

    def _new(self, call: Call, base: Mapping[str, Any]) -> Scope:
        """The record of a call as it is compared with others."""
        rules = self._on(call.today)

        def made() -> Scope:
            said = said_of(self._contract, call)
            return as_compared(
                self._contract, rules, call.operation, base, call.data, call.today, said
            )

        return made() if base else call.once("new", made)

    def _because(self, reason: str, case: _Case) -> Refusal:
        return self._refusals.wanted(reason, case.call.operation.id)

    # --- the stages

    def _stranger(self, case: _Case) -> Refusal | None:
        asked = case.call.operation.secured
        return self._because("unauthorized", case) if asked and not case.call.holder else None

    def _no_trainee(self, case: _Case) -> Refusal | None:
        if TRAINEE not in case.call.operation.ids or case.held is not None:
            return None
        return self._because(not_found(TRAINEE), case)

    def _no_child(self, case: _Case) -> Refusal | None:
        kind = case.call.operation.kind
        if kind == TRAINEE or kind not in case.call.operation.ids or case.record is not None:
            return None
        return self._because(not_found(kind), case)

    def _no_data(self, case: _Case) -> Refusal | None:
        operation = case.call.operation
        if operation.body is None:
            return None
        schema = self._contract.data_schema(operation)
        missing = is_missing_data(self._contract, schema, case.call.data)
        return self._because("missing_data", case) if missing else None

    def _wrong_fields(self, case: _Case) -> Refusal | None:
        problems = self._problems_of(case)
        is_late = _SAVING in self._contract.precedence(case.call.operation)
        if is_late and problems and problems[0].late:
            return None
        return self._of_fields(case, problems)

    def _wrong_when_saved(self, case: _Case) -> Refusal | None:
        return self._of_fields(case, self._problems_of(case))

    def _problems_of(self, case: _Case) -> Sequence[Problem]:
        if not case.problems:
            is_new = case.record is None and case.call.operation.does == CREATE
            # What is made anew is looked at alone.
            found = case.call.once("problems", lambda: self._problems(case)) if is_new else None
            case.problems.append(self._problems(case) if found is None else found)
        return case.problems[0]

    def _of_fields(self, case: _Case, problems: Sequence[Problem]) -> Refusal | None:
        return self._refusals.of_fields(case.call.operation.id, problems) if problems else None

    def _problems(self, case: _Case) -> Sequence[Problem]:
        contract, call = self._contract, case.call
        operation = call.operation
        if operation.body is None or not isinstance(call.data, Mapping):
            return ()
        is_update = operation.does == UPDATE
        about = None
        if case.held is not None and operation.kind == TRAINEE:
            about = shown(contract, case.held, call.today)
        said = said_of(contract, call)
        return self._on(call.today).problems(
            judged_schema(contract, operation),
            judged_record(contract, operation, case.base, call.data, said),
            operation.id,
            case.base if is_update else None,
            about,
            said if is_update else None,
        )

    def _on(self, day: date) -> FieldRules:
        if day not in self._rules:
            self._rules[day] = FieldRules(self._contract, day)
        return self._rules[day]

    def _wrong_state(self, case: _Case) -> Refusal | None:
        if case.held is None:
            return None
        contract, operation, state = self._contract, case.call.operation, case.held.state or ""
        lock, event = contract.lock(operation, state), event_of(contract, operation)
        if lock is not None:
            return self._because(lock, case)
        if event is None:
            return None
        inputs = said_of(contract, case.call)
        scope = replace(case.held.scope(contract, case.call.today), inputs=inputs)
        if next_state(event, state, scope) is not None:
            return None
        if "refusal" not in event:
            raise CannotTryError("the contract does not say how it is refused")
        return self._because(event["refusal"], case)

    def _duplicate(self, case: _Case) -> Refusal | None:
        call, operation = case.call, case.call.operation
        row = self._contract.table("x-duplicates").get(operation.kind, {})
        if operation.acts_as not in row.get("operations", ()):
            return None
        new = self._new(call, case.base)
        for other in self._others(case):
            if self._is_duplicate(row, other, new, call.today):
                if other.hides:
                    raise CannotTryError(f"whether a hidden {other.kind} is repeated is not said")
                return self._because(row["answer"], case)
        return None

    def _others(self, case: _Case) -> Sequence[Held]:
        """The records that a new or changed one may repeat."""
        kind, holder = case.call.operation.kind, case.call.holder
        if kind == TRAINEE:
            rows = [held for owner, held in case.world.trainees.values() if owner == holder]
        else:
            rows = list(case.held.children.get(kind, ())) if case.held else []
        return [each for each in rows if each is not case.record and not each.is_gone]

    def _is_duplicate(self, row: Mapping[str, Any], old: Held, new: Scope, today: date) -> bool:
        try:
            return is_duplicate(row, old.scope(self._contract, today), new)
        except CannotSayError as error:
            raise CannotTryError(f"whether a {old.kind} is repeated: {error}") from error


def said_of(contract: Contract, call: Call) -> Mapping[str, Any]:
    """What is read of the data of a call; nothing of a call without any."""
    operation, data = call.operation, call.data
    if operation.body is None or not isinstance(data, Mapping):
        return {}
    return call.once("said", lambda: effective(contract, contract.data_schema(operation), data))
