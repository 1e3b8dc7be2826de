"""A version and reading of the contract, as scenarios and exports ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import register_spec as spec
from register_contract.oracle.contract import CREATE, Contract, Operation
from register_spec.scenarios.editions import editions_for
from register_spec.scenarios.files import Scenario, read_scenarios
from register_spec.scenarios.rows import rows_of
from register_spec.scenarios.script import Request, at_first, script


@dataclass(frozen=True)
class _Operation:
    """An operation, and all that the document says of it."""

    own: Operation
    document: Mapping[str, Any]

    @property
    def acts_as(self) -> str:
        return self.own.acts_as

    @property
    def method(self) -> str:
        return self.own.method

    @property
    def path(self) -> str:
        return self.own.path

    @property
    def ids(self) -> Mapping[str, str]:
        return self.own.ids


@dataclass(frozen=True)
class _Names:
    contract: Contract

    def public(self, inner: str, /) -> str:
        return self.contract.public(inner)

    def inner(self, public: str, /) -> str:
        return self.contract.inner(public)


class Edition:
    """One version and reading. Raises spec.SpecError when there is no such one."""

    def __init__(self, version: str, reading: str, spec_dir: Path | None) -> None:
        self.version, self.reading = version, reading
        self.key = f"{version} {reading}"
        self.spec_dir = spec_dir
        self.document: dict[str, Any] = spec.bundle(version, reading, spec_dir)
        self.contract = Contract(version, self.document, {})
        self.base_path = self.contract.place.path
        self.names = _Names(self.contract)
        rows = {row["operationId"]: row for _, _, row, _ in spec.operations(self.document)}
        self.operations = {
            name: _Operation(own, rows[name]) for name, own in self.contract.operations.items()
        }

    @property
    def label(self) -> str:
        """What it is called, as on the command line."""
        is_plain = self.reading == spec.DOCUMENTED
        return self.version if is_plain else f"{self.version}@{self.reading}"

    @cached_property
    def header(self) -> tuple[str, str]:
        """The header with the token, and its value with `{token}`."""
        ((name, form),) = self.contract.place.carrying("{token}").items()
        return name, form

    @cached_property
    def unknown(self) -> dict[str, str]:
        """What stands for the ids of records that are not there."""
        return at_first(self)

    def in_order(self) -> list[Operation]:
        """The operations, so that each finds what it is about: makers first, removers last."""
        rows = self.contract.operations.values()

        def place(each: Operation) -> tuple[int, int]:
            if each.does == CREATE:
                return 0, len(each.path_names)
            return (2, -len(each.path_names)) if each.method == "DELETE" else (1, 0)

        return sorted(rows, key=place)

    @cached_property
    def _others(self) -> list[Edition]:
        """The same version in its readings, and older versions in this reading."""
        readings = [*spec.readings(self.version, self.spec_dir)]
        return [
            self if reading == self.reading else Edition(self.version, reading, self.spec_dir)
            for reading in dict.fromkeys([*readings, self.reading])
        ]

    @cached_property
    def _served(self) -> dict[str, Edition]:
        """The editions of this reading, by their version."""
        versions = spec.versions(self.spec_dir)
        plain = spec.plain(self.reading)
        return {
            each: self if each == self.version else Edition(each, self.reading, self.spec_dir)
            for each in versions
            if plain in spec.readings(each, self.spec_dir)
        }

    def scenarios(self) -> list[Scenario]:
        """The scenarios that are about this edition."""
        rows = {each.key: rows_of(each) for each in self._others}
        return [each for each in read_scenarios() if self in editions_for(each, self._others, rows)]

    def requests(self, scenario: Scenario) -> list[Request]:
        """The requests of a scenario."""
        named = str(scenario.given)
        served = self._served if any(each in named for each in self._versions) else None
        return script(scenario, self, self.header, served=served)

    @cached_property
    def _versions(self) -> list[str]:
        return [each for each in spec.versions(self.spec_dir) if each != self.version]
