"""Whether new rules can reach nothing that was taken before: then they break nobody.

A rule that is about certain codes of a field asks nothing of a client where the old side refuses
each of these codes for what they are, whatever stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from register_contract.diff.evaluators import Change
from register_contract.diff.witness.bench import Bench
from register_contract.diff.witness.worlds import Player
from register_contract.oracle.exercised import RULES, row_id
from register_contract.oracle.rules import fields_of
from register_contract.oracle.scope import Scope
from register_contract.oracle.words import condition_mentions, condition_word

_LIST = 8


def why_unreached(changes: Sequence[Change], bench: Bench) -> str:
    """Why these changes concern only what the old side refuses, in words; "" where they may not."""
    reasons: list[str] = []
    for change in changes:
        at, new = change.raw.place.at, change.raw.new
        is_new_rule = at[:1] == ("x-rules",) and change.raw.old is None and new is not None
        reason = next(_reasons(new.value, bench), "") if is_new_rule and new is not None else ""
        if not reason:
            return ""
        reasons.append(reason)
    return "; ".join(dict.fromkeys(reasons))


def _reasons(row: Mapping[str, Any], bench: Bench) -> Iterator[str]:
    """Fields of which a rule wants such codes as the old side refuses without exception."""
    condition = row.get("when")
    if condition is None or row.get("of", "trainee") != "trainee":
        return
    parts = condition["all"] if condition_word(condition) == "all" else [condition]
    for part in parts:
        names = set(condition_mentions(part))
        if len(names) == 1:
            (name,) = names
            codes = [code for code in bench.values_of(name) if _holds(part, name, code, bench)]
            if codes and all(_is_refused(name, code, bench.old, bench) for code in codes):
                shown = ", ".join(map(str, codes[:_LIST])) + ("…" if codes[_LIST:] else "")
                yield f"it concerns only {name} {shown}, which was refused before"


def _holds(condition: Any, name: str, code: Any, bench: Bench) -> bool:
    contract = bench.new.contract
    return Scope(contract, {contract.public(name): code}, whole=True).holds(condition) is True


def _is_refused(name: str, code: Any, player: Player, bench: Bench) -> bool:
    """Whether a side refuses a code of a field for that alone."""
    public = player.contract.public(name)
    rules = player.contract.table("x-rules")
    alone = {
        row_id(RULES, id)
        for id, row in rules.items()
        if fields_of(player.contract, row) == {public}
    }
    every = {row_id(RULES, id) for id in rules}
    found = player.problems({**bench.base(), name: code}) or ()
    return any(each.path == (public,) and not (set(each.rows) & every) - alone for each in found)
