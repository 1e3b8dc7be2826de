"""A breach of the contract as a value: what a person needs to understand and repeat it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from contract_tests.exchange import Exchange


@dataclass(frozen=True)
class Finding:
    """One place where the target and the contract part.

    ``rule`` is short and stable (for lists and filters), ``sentence`` is for people, ``source`` is
    the document that says so.
    """

    rule: str
    operation: str
    sentence: str
    source: str
    expected: str
    got: str
    curl: str
    seed: int

    @property
    def key(self) -> tuple[str, str, str]:
        """Two findings with one key are the same news."""
        return (self.rule, self.operation, self.sentence)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        return asdict(self)

    def as_text(self) -> str:
        """The finding in a few lines of plain text."""
        return "\n".join(
            [
                f"{self.sentence}  [{self.rule}]",
                f"  operation: {self.operation}",
                f"  source:    {self.source}",
                f"  expected:  {self.expected}",
                f"  got:       {self.got}",
                f"  repeat:    {self.curl}",
                f"  seed:      {self.seed}",
            ]
        )


class ContractBreachError(Exception):
    """Raised once, at the end of a test, when it recorded findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n\n".join(finding.as_text() for finding in self.findings))


@dataclass(frozen=True)
class Breach:
    """What a check returns: a finding without its circumstances (seed, operation, source)."""

    rule: str
    sentence: str
    expected: str
    got: str
    source: str = ""

    def of(self, exchange: Exchange, operation: str, source: str, seed: int) -> Finding:
        """Complete the breach with the exchange it was seen in."""
        return Finding(
            rule=self.rule,
            operation=operation,
            sentence=self.sentence,
            source=self.source or source,
            expected=self.expected,
            got=self.got,
            curl=exchange.curl(),
            seed=seed,
        )
