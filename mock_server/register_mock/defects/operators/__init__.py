"""Defects made of the rows of the documents: each operator breaks every row of its table.

An operator is a function of a document; it yields what it would change, and the sentence. The id is
`operator:row`; a row that several editions have is broken where it is served first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.defects.model import Defect
from register_mock.defects.operators import moves, schemas, tables
from register_mock.defects.operators.change import Operator
from register_spec import alteration

OPERATORS: dict[str, Operator] = {**tables.OPERATORS, **moves.OPERATORS, **schemas.OPERATORS}


def operated(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[Defect]:
    """Yield the defects of every operator on every row of the documents, each id once."""
    seen: set[str] = set()
    for name, operator in OPERATORS.items():
        for edition, document in documents.items():
            for change in operator(document):
                id_ = f"{name}:{change.row}"
                if id_ not in seen:
                    seen.add(id_)
                    actions = (alteration(change.action(), f"defect {id_}"),)
                    yield Defect(id_, change.kind, change.sentence, edition, name, actions=actions)
