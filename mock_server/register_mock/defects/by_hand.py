"""The modules of defects of code, imported so that they are registered."""

from register_mock.defects import (
    access,
    answers,
    careers,
    checks,
    concurrency,
    duplicates,
    following,
    lists,
    persistence,
    times,
)
from register_mock.defects.patches import PATCHES

__all__ = [
    "PATCHES",
    "access",
    "answers",
    "careers",
    "checks",
    "concurrency",
    "duplicates",
    "following",
    "lists",
    "persistence",
    "times",
]
