"""What is held, in the terms of another version: the same record under the names of that contract.

Versions of the API show one store. What a field is called is told by ``x-names``: names of the
newest version, and those of the one at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from register_contract.oracle.contract import Contract
from register_contract.oracle.holdings import Held
from register_contract.oracle.world import World


def translated(world: World, source: Contract, target: Contract) -> World:
    """What is held by the terms of one contract, in those of another of the same target."""
    return World(
        {
            id: (holder, _record(held, source, target))
            for id, (holder, held) in world.trainees.items()
        }
    )


def _record(held: Held, source: Contract, target: Contract) -> Held:
    return replace(
        held,
        sent=_renamed(held.sent, source, target),
        kept=_renamed(held.kept, source, target),
        seen=_renamed(held.seen, source, target),
        children={
            kind: tuple(_record(row, source, target) for row in rows)
            for kind, rows in held.children.items()
        },
    )


def _renamed(fields: Mapping[str, Any], source: Contract, target: Contract) -> dict[str, Any]:
    return {target.public(source.inner(name)): value for name, value in fields.items()}
