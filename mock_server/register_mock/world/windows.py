"""How often each token has asked in the present window of the rate limit."""

from __future__ import annotations

from collections.abc import Hashable


class Windows:
    """Counts of one window; another window begins at nought."""

    def __init__(self) -> None:
        """Start before any window."""
        self._window: Hashable = None
        self._counts: dict[str, int] = {}

    def count(self, window: Hashable, who: str) -> int:
        """Count one more request of somebody in a window, and return how many there are now."""
        if window != self._window:
            self._window, self._counts = window, {}
        self._counts[who] = self._counts.get(who, 0) + 1
        return self._counts[who]

    def copy(self) -> Windows:
        """Return the same counts, independent of these."""
        other = Windows()
        other._window, other._counts = self._window, dict(self._counts)
        return other
