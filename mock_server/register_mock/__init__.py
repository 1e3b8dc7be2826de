"""A stateful mock of the Register trainee teachers API, driven by the documents in `spec`.

`register_mock.running` gives a mock to a test: as a context manager, or as a decorator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from register_mock.for_tests import running

__all__ = ["running"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: every command imports this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from register_mock.for_tests import running

    return running
