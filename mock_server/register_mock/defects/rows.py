"""The defects of `rows.yaml`: changes of a row, in the language of steps and readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from register_mock.defects.model import WRITTEN_FOR, Defect
from register_spec import SpecError, alteration
from register_spec.documents import read_yaml

FILE = Path(__file__).with_name("rows.yaml")
_TOLD = frozenset({"id", "says", "edition", "then"})
_CHANGES = frozenset({"target", "update", "remove", "x-before", "x-after"})


def read_rows(file: Path = FILE) -> Iterator[Defect]:
    """Yield the defects of a file; raises SpecError, by name, for one that is none."""
    for kind, rows in read_yaml(file).items():
        for row in rows:
            yield _defect(kind, row)


def _defect(kind: str, row: Mapping[str, Any]) -> Defect:
    name = f"defect {row.get('id', row)}"
    missing = sorted({"id", "says", "target"} - row.keys())
    unknown = sorted(row.keys() - _TOLD - _CHANGES)
    if missing or unknown:
        known = ", ".join(sorted(_TOLD | _CHANGES))
        what = f"has no {missing[0]}" if missing else f"has an unknown key {unknown[0]!r}"
        raise SpecError(f"{name}: {what}; known are {known}")
    change = {key: value for key, value in row.items() if key in _CHANGES}
    changes = (change, row["then"]) if "then" in row else (change,)
    actions = tuple(alteration(each, name) for each in changes)
    return Defect(row["id"], kind, row["says"], row.get("edition", WRITTEN_FOR), actions=actions)
