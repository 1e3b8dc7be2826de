"""``register-contract audit``: whether whole runs still exercise every row of the contract.

A row that is exercised no more is coverage that has shrunk, and nobody would see it otherwise: the
run that lost it keeps the contract all the same. A row that is listed as left out and is exercised
by now is told too, or the list would hide it once it is lost again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from register_contract.audit.known import LIST, known
from register_contract.target.ending import StoppedError
from register_contract.target.files import read_json


def audit(reports: Sequence[Path]) -> tuple[list[str], int]:
    """What reports of whole runs say of the rows, in lines, and the exit code: 1 if any is amiss.

    Raises StoppedError for what is no report of such a run.
    """
    listed, lines, code = known(), list[str](), 0
    for path in reports:
        told, rows = _told(path)
        edition = rows["edition"]
        held = [each for each in listed if each.holds(edition, _is_whole(told))]
        either = {each.row for each in held if each.by_chance}
        exercised = [row for row in rows["exercised"] if row not in either]
        wrong = list(amiss(edition, exercised, rows["unexercised"], {each.row for each in held}))
        wrong += [f"{edition}: vacuous: {test}" for test in told["vacuous"]]
        done, left = len(rows["exercised"]), len(rows["unexercised"])
        sentence = f"{edition}: {done} of {done + left} rows exercised"
        lines += wrong or [
            f"{sentence}, the others are left out for a reason" if left else sentence
        ]
        code = 1 if wrong else code
    return lines, code


def amiss(
    edition: str, exercised: Sequence[str], unexercised: Sequence[str], left_out: Collection[str]
) -> Iterator[str]:
    """A line for each row that is exercised no more, or that is listed as left out and is not."""
    for row in unexercised:
        if row not in left_out:
            yield f"{edition}: {row} is not exercised; if that is meant, {LIST.name} says why"
    for row in exercised:
        if row in left_out:
            yield f"{edition}: {row} is exercised; {LIST.name} lists it as left out"


def _is_whole(told: Mapping[str, Any]) -> bool:
    """Whether a run was not told to leave something out."""
    return all("--only" not in note["why"] for note in told["not_covered"])


def _told(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    told = read_json(path)
    rows = told.get("rows") if isinstance(told, dict) else None
    if not isinstance(rows, dict) or not rows.get("edition"):
        raise StoppedError(f"{path} is no report.json of a run that tells of rows")
    if told["verdict"]["why"] and not told["vacuous"]:
        raise StoppedError(f"{path} tells of a run that did not reach its end")
    return told, rows
