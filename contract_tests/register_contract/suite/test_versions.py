"""Versions: what is done through one version of the API is seen through the others.

Documents: the release notes; the renames of ``x-names``.
"""

from __future__ import annotations

from collections.abc import Mapping

from register_contract.oracle.contract import Contract
from register_contract.suite.bench import Bench
from register_contract.suite.interleaved import Interleaved
from register_contract.suite.population import own_world

_CALLS = 40


def test_versions_by_turns(bench: Bench, neighbours: Mapping[str, Contract]) -> None:
    """Random calls of two versions, one after the other, on trainees of both."""
    bench.needs_writing("versions by turns")
    bench.needs(neighbours, "versions by turns", "the target tells of no other version")
    for version, contract in neighbours.items():
        inside = own_world(bench)
        other = inside.of_version(contract)
        Interleaved({bench.contract.version: inside, version: other}).play(_CALLS)
