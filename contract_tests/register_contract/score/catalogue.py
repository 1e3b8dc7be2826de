"""The named defects of the mock, as ``register-mock defects`` lists them, and which are tried."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import register_spec as spec
from register_contract.target.ending import StoppedError
from register_contract.target.mock_process import mock_command

FIRST = {
    "response shape": ("examples", "walk", "lists", "duplicates", "boundaries"),
    "wording": ("lifecycle", "precedence", "rules", "auth"),
    "validation": (
        "examples",
        "precedence",
        "updates",
        "envelopes",
        "texts",
        "rules",
        "conditions",
        "boundaries",
    ),
    "status": ("auth", "rate", "lifecycle", "precedence", "isolation", "lists"),
    "versions mixed": ("examples", "precedence", "walk"),
    "lifecycle": ("lifecycle", "walk", "time"),
    "access and isolation": ("isolation", "auth", "walk", "time"),
    "duplicates": ("duplicates",),
    "lists": ("lists", "isolation"),
    "persistence": ("updates", "texts", "walk", "lifecycle"),
    "time": ("time", "rules", "walk", "lists", "duplicates"),
    "derived values": ("examples", "derived", "rules", "registers", "walk", "updates", "codes"),
    "concurrency": ("simultaneous", "rate"),
}
"""The layers that a class of defects is for: they are tried first."""


@dataclass(frozen=True)
class Defect:
    """A realistic mistake, by name; ``edition`` is where it shows, such as ``v2026.1@deployed``."""

    id: str
    kind: str
    sentence: str
    edition: str

    @property
    def first(self) -> tuple[str, ...]:
        """The layers to try first; none for a class that is not known here."""
        return FIRST.get(self.kind, ())


def defects() -> list[Defect]:
    """All of them, in the order of the mock's list. Raises StoppedError where it gives none."""
    done = subprocess.run(
        [*mock_command("defects"), "--format", "json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoppedError(f"register-mock lists no defects: {done.stderr.strip()[-300:]}")
    return [
        Defect(row["id"], row["class"], row["sentence"], _whole(row["edition"]))
        for row in json.loads(done.stdout)
    ]


def _whole(edition: str) -> str:
    return edition if "@" in edition else f"{edition}@{spec.DOCUMENTED}"


def chosen(
    all_of: Sequence[Defect], ids: Sequence[str], kind: str | None, sample: int | None, seed: int
) -> list[Defect]:
    """Those that are asked for by id and class; of these so many by chance, each class in turn.

    Raises StoppedError for an id or class that there is not.
    """
    known = {defect.id for defect in all_of}
    strange = [id for id in ids if id not in known]
    if strange:
        raise StoppedError(f"no defect {strange[0]!r}; `register-mock defects` lists them")
    kinds = dict.fromkeys(defect.kind for defect in all_of)
    if kind is not None and kind not in kinds:
        raise StoppedError(f"no class {kind!r} of defects; there are {', '.join(kinds)}")
    left = [
        defect for defect in all_of if (not ids or defect.id in ids) and kind in (None, defect.kind)
    ]
    return left if sample is None else _sample(left, sample, seed)


def _sample(left: Sequence[Defect], size: int, seed: int) -> list[Defect]:
    mixed = list(left)
    random.Random(seed).shuffle(mixed)
    met: dict[str, int] = {}
    places = {}
    for defect in mixed:
        places[defect.id] = met[defect.kind] = met.get(defect.kind, 0) + 1
    mixed.sort(key=lambda defect: places[defect.id])
    taken = {defect.id for defect in mixed[:size]}
    return [defect for defect in left if defect.id in taken]
