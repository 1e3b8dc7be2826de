"""The decorator that makes a function a defect: its name is the id, its docstring the sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from register_mock.defects.model import WRITTEN_FOR, Defect, Made, Patch

PATCHES: list[Defect] = []
"""Every defect of code, in the order of their modules."""


def defect(
    kind: str, where: Any, name: str, *, edition: str = WRITTEN_FOR, meeting: bool = False
) -> Callable[[Made], Made]:
    """Register a function that returns what takes the place of an attribute.

    `kind` is the class of the defect; `where` is the module, the class or the table of functions
    that has the attribute `name`; the function is given what it is. `meeting` is for what only
    happens among calls that are served at once.
    """

    def register(make: Made) -> Made:
        sentence = " ".join((make.__doc__ or "").split())
        patch = Patch(where, name, make)
        PATCHES.append(Defect(make.__name__, kind, sentence, edition, patch=patch, meeting=meeting))
        return make

    return register
