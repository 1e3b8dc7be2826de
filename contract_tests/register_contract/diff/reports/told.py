"""What a comparison says, as one value that every form is made of: a finding explains itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from register_contract.diff.comparison import Comparison
from register_contract.diff.entries import ADDITION, BREAKING, DANGER, ORDER, UNDECIDED, Entry
from register_contract.diff.sides import Side
from register_contract.diff.traffic import Held
from register_contract.diff.witness.search import Search, Witness
from register_contract.target.exchange import Exchange

CALLING, SEEING, MAINTAINING = "calling", "seeing", "maintaining"
AUDIENCES = {
    CALLING: "What a client must change before it calls",
    SEEING: "What a client will see",
    MAINTAINING: "What maintainers should know",
}
FAIL_ON = ("breaking", "danger", "any")
_CALLED = ("request.", "parameter.", "body.", "condition.", "refuses.", "allows.", "names.",
           "operation.removed", "access.", "address.", "codes.removed")  # fmt: skip
_SEEN = ("answer.", "answers.", "presence.", "codes.", "wording.", "precedence.", "refusal.")
_VERSION = re.compile(r"v(\d{4})\.(\d+)")
_SHOWN = 1200


@dataclass(frozen=True)
class Told:
    """One entry, as every form tells it.

    ``places`` are lines of files; ``details`` what is otherwise, as it was and as it is.
    """

    level: str
    audience: str
    sentence: str
    operations: list[str]
    details: list[tuple[str, str, str]]
    sources: list[str]
    ids: list[str]
    fingerprint: str
    reason: str
    accepted: str
    shown: Mapping[str, Any] | None
    places: list[tuple[str, int]]

    @property
    def where(self) -> str:
        """The operations in a few words."""
        if not self.operations:
            return ""
        more = len(self.operations) - 3
        return ", ".join(self.operations[:3]) + (f" and {more} more" if more > 0 else "")

    @property
    def example(self) -> str:
        """The witness in one line."""
        if self.shown is None:
            return self.reason
        run = "" if self.shown["run"] else " (not run)"
        return f"{self.shown['words']}: {self.shown['difference']}{run}"


@dataclass(frozen=True)
class Report:
    """A comparison as it is told; ``code`` is the exit code that ``fail_on`` asks for."""

    old: str
    new: str
    profile: str
    headline: str
    advice: str
    entries: list[Told]
    notes: list[str]
    code: int
    said: str
    requests: list[Held]

    def of(self, audience: str) -> list[Told]:
        """The entries for an audience."""
        return [each for each in self.entries if each.audience == audience]


def report(
    comparison: Comparison,
    search: Search | None,
    fail_on: str,
    in_place: bool,
    held: Sequence[Held] = (),
) -> Report:
    """A comparison as it is told. ``search`` is None where nobody looked for witnesses.

    ``held`` are recorded requests, and what each side makes of them.
    """
    told = [_told(entry, comparison) for entry in comparison.entries]
    open_ = [each for each in told if not each.accepted]
    fails = {
        "breaking": (BREAKING, UNDECIDED),
        "danger": (BREAKING, UNDECIDED, DANGER),
        "any": ORDER,
    }[fail_on]
    code = int(any(each.level in fails for each in open_))
    return Report(
        comparison.old.label,
        comparison.new.label,
        comparison.profile.name,
        _headline(comparison, open_),
        _advice(comparison, open_, in_place),
        told,
        comparison.notes,
        code,
        _said(comparison, search),
        list(held),
    )


def _said(comparison: Comparison, search: Search | None) -> str:
    """What stands behind it: which requests were sent, or why none were."""
    if search is None:
        return "No request was sent: --no-witness."
    if search.unserved:
        return f"No request was sent: no mock serves both sides ({search.unserved})."
    if not (comparison.old.ours and comparison.new.ours):
        return "No request was sent: a mock serves documents of this contract alone."
    return f"{search.tried} trials were sent to a mock of each side."


def _headline(comparison: Comparison, open_: Sequence[Told]) -> str:
    old, new = comparison.old.label, comparison.new.label
    if not comparison.entries:
        return f"{old} → {new}: no change"
    words = {
        BREAKING: ("breaks a client", "break a client"),
        UNDECIDED: ("is not decided", "are not decided"),
        DANGER: ("may surprise one", "may surprise one"),
        ADDITION: ("adds something, or refuses less", "add something, or refuse less"),
    }
    parts = []
    for level, said in words.items():
        count = sum(1 for each in open_ if each.level == level)
        if count:
            parts.append(f"{count} {said[count != 1]}")
    accepted = len(comparison.entries) - len(open_)
    parts += [f"{accepted} accepted"] if accepted else []
    count = len(comparison.entries)
    changes = "one change" if count == 1 else f"{count} changes"
    return f"{old} → {new}: {changes}; {', '.join(parts) or 'all accepted'}"


def _advice(comparison: Comparison, open_: Sequence[Told], in_place: bool) -> str:
    """What the policy (document 008) says of the number of the version."""
    breaks = any(each.level == BREAKING for each in open_)
    unknown = any(each.level == UNDECIDED for each in open_)
    version = comparison.old.version
    found = _VERSION.fullmatch(version)
    if in_place and (breaks or unknown):
        why = "something breaks" if breaks else "it is not decided that nothing breaks"
        return f"It cannot land inside {version}: {why}. It needs {_next(version)}."
    if in_place:
        return f"It can land inside {version}: what does not break stays inside a version."
    if not found:
        return ""
    if not (breaks or unknown):
        return f"It need not be a new version: what does not break stays inside {version}."
    if comparison.new.version == version:
        return f"By the policy it needs a new version: {_next(version)}."
    return (
        f"By the policy it needs a new version ({_next(version)}), as {comparison.new.version} is."
    )


def _next(version: str) -> str:
    """The next number: MAJOR counts breaking changes, and begins anew each year."""
    found = _VERSION.fullmatch(version)
    if not found:
        return "the next MAJOR"
    year, major = int(found[1]), int(found[2])
    return f"v{year}.{major + 1}, or v{year + 1}.0 from {year + 1} on"


def _told(entry: Entry, comparison: Comparison) -> Told:
    return Told(
        entry.level,
        _audience(entry),
        entry.sentence,
        entry.operations,
        entry.details,
        entry.sources,
        entry.ids,
        entry.fingerprint,
        entry.reason,
        entry.accepted,
        shown(entry.witness, comparison) if isinstance(entry.witness, Witness) else entry.witness,
        [*_places(entry, comparison)],
    )


def _audience(entry: Entry) -> str:
    if entry.level == ADDITION:
        return MAINTAINING
    worst = entry.ids[0] if entry.ids else "names."
    if worst.startswith(_CALLED):
        return CALLING
    return SEEING if worst.startswith(_SEEN) else MAINTAINING


def shown(witness: Witness, comparison: Comparison) -> dict[str, Any]:
    """A witness as data: what was sent to each side, and what came."""
    return {
        "words": witness.words,
        "difference": witness.difference.words,
        "run": True,
        "before": [_exchange(each) for each in witness.old.exchanges],
        "now": [_exchange(each) for each in witness.new.exchanges],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    path = "/" + exchange.url.split("/", 3)[-1]
    return {
        "request": f"{exchange.method} {path}",
        "sent": _body(exchange.request_body),
        "status": exchange.status,
        "answer": _body(exchange.body),
    }


def _body(body: bytes | None) -> str:
    text = (body or b"").decode("utf-8", "replace")
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


def _places(entry: Entry, comparison: Comparison) -> Iterable[tuple[str, int]]:
    """The lines of the files where an entry stands, the new file first."""
    seen: set[tuple[str, int]] = set()
    for change in entry.changes:
        for side, fact in (
            (comparison.new, change.raw.new),
            (comparison.old, change.raw.old),
        ):
            if fact is None or not side.file:
                continue
            for origin in fact.origins[:2]:
                line = _line(side, origin)
                if line and (side.file, line) not in seen:
                    seen.add((side.file, line))
                    yield side.file, line


def _line(side: Side, origin: tuple[str, ...]) -> int:
    for size in range(len(origin), 0, -1):
        if origin[:size] in side.lines:
            return side.lines[origin[:size]]
    return 0
