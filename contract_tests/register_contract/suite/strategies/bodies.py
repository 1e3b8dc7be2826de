"""Valid request bodies, each different: the documented examples, moved to the target's today.

Everything random comes from one seed and the name of the test, so a run can be repeated and a
test sends the same whether it runs alone or with others.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract
from register_contract.oracle.fields import constraint, properties
from register_contract.oracle.values import cycle_of, first_day

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COURSE_DAYS = 300
_STARTED_DAYS_AGO = 60


class Bodies:
    """Makes the ``data`` of requests for one test."""

    def __init__(self, contract: Contract, now: datetime, seed: int, purpose: str, nonce: str):
        self._contract = contract
        self.today = now.date()
        self.random = random.Random(f"{seed}:{purpose}")
        self.nonce = nonce
        self._count = 0

    def example(self, operation: str, name: str = "documented") -> dict[str, Any]:
        """A copy of the documented ``data`` of that operation."""
        found = self._contract.operation(operation)
        if name not in found.examples:
            raise CannotTryError(f"the contract has no sample request of {operation}")
        data = dict(deepcopy(found.examples[name]["value"]["data"]))
        fields = properties(self._contract, self._contract.data_schema(found))
        for field in data.keys() & fields.keys():
            data[field] = self._listed(fields[field], data[field])
        return data

    def _listed(self, field: Mapping[str, Any], value: Any) -> Any:
        """The value, or another code where the sample has one that the list has not."""
        codes = constraint(self._contract, field).get("enum")
        if not codes or value in codes:
            return value
        return next((code for code in codes if type(code) is type(value)), codes[0])

    def word(self, length: int = 7) -> str:
        """A random word, capitalised."""
        return "".join(self.random.choices(_LETTERS, k=length)).capitalize()

    @property
    def start(self) -> date:
        """A course start in the past of the current academic cycle."""
        first = first_day(cycle_of(self.today))
        return max(first, self.today - timedelta(days=_STARTED_DAYS_AGO))

    def trainee(self, **changes: Any) -> dict[str, Any]:
        """A trainee nobody has sent before."""
        self._count += 1
        data = self.example("create_trainee")
        born = date(1970, 1, 1) + timedelta(days=self.random.randrange(10_000))
        data[self._contract.public("first_names")] = self.word()
        data[self._contract.public("last_name")] = self.word() + self.nonce
        data.update(
            date_of_birth=born.isoformat(),
            email=f"{self.word(10).lower()}{self.nonce}@example.com",
            hesa_id=str(self.random.randrange(10**12, 10**13)),
            provider_trainee_id=f"ct-{self.random.randrange(10**9)}",
            itt_start_date=self.start.isoformat(),
            itt_end_date=(self.start + timedelta(days=_COURSE_DAYS)).isoformat(),
            pg_apprenticeship_start_date=self.start.isoformat(),
        )
        data.update(changes)
        return data

    def placement(self, **changes: Any) -> dict[str, Any]:
        """A placement at a school the target does not know."""
        data = self.example("create_placement")
        data.update(urn=str(self.random.randrange(200_000, 890_000)), name=f"{self.word()} School")
        data.update(changes)
        return data

    def degree(self, **changes: Any) -> dict[str, Any]:
        """A degree that differs from the others in subject and year."""
        data = self.example("create_degree")
        subjects = self.codes("create_degree", "subject") or [data.get("subject")]
        data.update(
            subject=self.random.choice(subjects),
            graduation_year=str(self.random.randrange(1990, self.today.year)),
        )
        data.update(changes)
        return data

    def codes(self, operation: str, field: str) -> list[Any]:
        """The codes that a field of an operation's data takes."""
        schema = self._contract.data_schema(self._contract.operation(operation))
        found = properties(self._contract, schema).get(field, {})
        return list(constraint(self._contract, found).get("enum", ()))

    def for_operation(self, operation: str) -> dict[str, Any] | None:
        """Valid ``data`` for any operation that takes a body; None for those that take none."""
        made: Mapping[str, Any] = {
            "create_trainee": self.trainee,
            "create_placement": self.placement,
            "create_degree": self.degree,
            "update_placement": self.placement,
            "update_degree": self.degree,
        }
        name = self._contract.acts_as(operation)
        if name in made:
            return dict(made[name]())
        if self._contract.operation(name).body is None:
            return None
        data = self.example(name)
        for field in data:
            if field.endswith("_date"):
                data[field] = self.today.isoformat()
        return data
