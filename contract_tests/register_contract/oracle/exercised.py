"""The rows of the tables by id, and those that an answer was held to.

An id is the place of a row in the document:

- ``x-rules.<rule>``, ``x-sentences.answers.<answer>``, ``x-sentences.fields.<problem>``: a refusal
  that was due by it was compared with the answer;
- ``x-lifecycle.<event>.<from>.<to or refused>``, ``x-lifecycle.locks.<operation>.<state>``: what
  came of an event, or of a locked operation, in that state; ``x-lifecycle.<event>.writes.<field>``:
  what the event wrote;
- ``x-duplicates.<kind>``, and of its keys ``….all.<key>`` and ``….any.<key>``: a key has decided
  alone whether a record is a duplicate;
- ``x-derived.<kind>.<phase>.<row>``: it has changed a value that was compared, or one that such a
  value was made of;
- ``x-precedence.<stage>``, ``x-precedence.exceptions.<name>``: a request had several reasons to be
  refused, this stage one of them, and the first was named;
- ``x-list.<parameter>``, ``x-meaning.<parameter>.<value>``, ``x-page.<field>``: a list was compared
  with what they say.

Bodies that are made and predictions that nothing is compared with exercise nothing: an id is noted
where two values are compared, one of which is an answer's.
"""

from __future__ import annotations

REFUSED, LOCKS, WRITES, EXCEPTIONS = "refused", "locks", "writes", "exceptions"
RULES, ANSWERS, FIELDS = "x-rules", "x-sentences.answers", "x-sentences.fields"
LIFECYCLE, DERIVED, DUPLICATES = "x-lifecycle", "x-derived", "x-duplicates"
PRECEDENCE, LIST, MEANING, PAGE = "x-precedence", "x-list", "x-meaning", "x-page"


class Exercised:
    """Collects the ids of rows that answers were held to."""

    def __init__(self) -> None:
        self.rows: set[str] = set()

    def note(self, *ids: str) -> None:
        """An answer was held to these rows."""
        self.rows.update(ids)


def row_id(*steps: str) -> str:
    """The id of a row: its table and what leads to it in there."""
    return ".".join(steps)
