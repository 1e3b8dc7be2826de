"""A small language to try words in: two fields renamed, one code list, one domain table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from register_mock.contract.domain import DomainTable
from register_mock.contract.language import Language
from register_mock.contract.names import Names
from register_mock.contract.reference import CodeLists
from register_mock.contract.values import Scope
from register_mock.world.providers import Register

NAMES = Names({"degree_of_old": "degree"})
LISTS = CodeLists(
    {
        "country": [
            {"code": "XF", "label": "England", "uk": True},
            {"code": "US", "label": "United States", "uk": False},
            {"code": "??", "label": "Unknown"},
        ]
    }
)
DOMAIN = {
    "routes": DomainTable(
        "routes",
        {
            "columns": ["cycle", "route"],
            "rows": [[{"from": 2022, "to": 2024}, ["02", "03"]], [2025, "03"]],
        },
    )
}


class Schools:
    """A register with one school that has no town."""

    def find(self, register: str, key: str, value: str) -> Any:
        """Return the school or partner whose `key` is `value`."""
        schools = Register([{"urn": "1", "name": "First School", "town": ""}])
        return schools.find(key, value) if register == "schools" else None


SCOPE = Scope(
    now=datetime(2024, 2, 29, 10, 30, 5, 250_000, UTC),
    state="deferred",
    registers=Schools(),
    inputs={"trn": "0000001", "empty": None},
    children={"degree": 2},
    sent=frozenset({"a", "b"}),
)


def language() -> Language:
    """Return the language."""
    return Language(NAMES, LISTS, DOMAIN)
