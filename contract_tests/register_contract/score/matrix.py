"""How a score is told: a line for each defect, then found of all by class."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from register_contract.score.trying import BROKEN, FOUND, SURVIVED, Outcome

_SHOWN = 110


def line(outcome: Outcome) -> str:
    """One defect in one line."""
    cost = f"{outcome.requests:>6} requests {outcome.seconds:>6.1f} s"
    said = outcome.said if outcome.state != SURVIVED else outcome.defect.sentence
    layer = f"{outcome.layer}: " if outcome.layer else ""
    return f"{outcome.state:<8} {cost}  {outcome.defect.id}  ({layer}{said[:_SHOWN]})"


def as_text(
    outcomes: Sequence[Outcome],
    seconds: float,
    seed: int,
    against: str,
    plan: str | None = None,
) -> str:
    """The matrix: each class, what survived, what could not be tried, and the medians.

    ``against`` is by what they were looked for, and ``plan`` how much of it, where it has one.
    """
    kinds = dict.fromkeys(outcome.defect.kind for outcome in outcomes)
    rows = [_row(kind, [o for o in outcomes if o.defect.kind == kind]) for kind in kinds]
    lines = ["", *rows, _row("all", outcomes), ""]
    for state, words in ((SURVIVED, "Survived"), (BROKEN, "Not tried")):
        names = [o.defect.id for o in outcomes if o.state == state]
        lines += [f"{words}: {', '.join(names)}"] if names else []
    by = f"{against}, {plan} plan" if plan else against
    return "\n".join([*lines, f"{by}, {seconds:.0f} s, seed {seed}"])


def as_json(
    outcomes: Sequence[Outcome],
    seconds: float,
    seed: int,
    against: str,
    plan: str | None = None,
) -> str:
    """All of it as data."""
    return json.dumps(
        {
            "against": against,
            **({"plan": plan} if plan else {}),
            "seed": seed,
            "seconds": round(seconds, 1),
            "defects": [asdict(o) for o in outcomes],
        },
        indent=2,
    )


def _row(kind: str, outcomes: Sequence[Outcome]) -> str:
    found = [o for o in outcomes if o.state == FOUND]
    share = f"{len(found):>4} of {len(outcomes):<4} {100 * len(found) / len(outcomes):5.1f} %"
    if not found:
        return f"{kind:<22} {share}"
    requests, seconds = median(o.requests for o in found), median(o.seconds for o in found)
    return f"{kind:<22} {share}  median {requests:>6.0f} requests {seconds:>5.1f} s"
