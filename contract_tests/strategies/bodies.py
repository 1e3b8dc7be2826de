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

from contract_tests.contract import Contract

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COURSE_DAYS = 300
_STARTED_DAYS_AGO = 60


def cycle_of(day: date) -> int:
    """The academic cycle (1 August to 31 July) of a day, by its first year."""
    return day.year if day.month >= 8 else day.year - 1


class Bodies:
    """Makes the ``data`` of requests for one test."""

    def __init__(self, contract: Contract, now: datetime, seed: int, purpose: str, nonce: str):
        self._contract = contract
        self.today = now.date()
        self.random = random.Random(f"{seed}:{purpose}")
        self._nonce = nonce
        self._count = 0

    def example(self, operation: str, name: str = "documented") -> dict[str, Any]:
        """A copy of the documented ``data`` of that operation."""
        value = self._contract.operations[operation].examples[name]["value"]
        return dict(deepcopy(value["data"]))

    def word(self, length: int = 7) -> str:
        """A random word, capitalised."""
        return "".join(self.random.choices(_LETTERS, k=length)).capitalize()

    @property
    def start(self) -> date:
        """A course start in the past of the current academic cycle."""
        first = date(cycle_of(self.today), 8, 1)
        return max(first, self.today - timedelta(days=_STARTED_DAYS_AGO))

    def trainee(self, **changes: Any) -> dict[str, Any]:
        """A trainee nobody has sent before."""
        self._count += 1
        data = self.example("create_trainee")
        born = date(1970, 1, 1) + timedelta(days=self.random.randrange(10_000))
        data.update(
            first_names=self.word(),
            last_name=self.word() + self._nonce,
            date_of_birth=born.isoformat(),
            email=f"{self.word(10).lower()}{self._nonce}@example.com",
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
        data.update(
            subject=self.random.choice(self.codes("DegreeFields", "subject")),
            graduation_year=str(self.random.randrange(1990, self.today.year)),
        )
        data.update(changes)
        return data

    def codes(self, schema: str, field: str) -> list[Any]:
        """The codes a field of a named schema takes."""
        found = self._contract.schema(schema)["properties"][field]
        return list(found["enum"])

    def for_operation(self, operation: str) -> dict[str, Any] | None:
        """Valid ``data`` for any operation that takes a body; None for those that take none."""
        made: Mapping[str, Any] = {
            "create_trainee": self.trainee,
            "create_placement": self.placement,
            "create_degree": self.degree,
            "update_placement": self.placement,
            "update_degree": self.degree,
        }
        name = operation.replace("patch_", "update_", 1)
        if name in made:
            return dict(made[name]())
        if not self._contract.operations[name].examples:
            return None
        data = self.example(name)
        for field in data:
            if field.endswith("_date"):
                data[field] = self.today.isoformat()
        return data
