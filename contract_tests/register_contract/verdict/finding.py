"""A breach of the contract as a value: what a person needs to understand and repeat it.

One cause is one finding, however often it shows: the check that sees a breach says what marks its
cause, and findings of one cause are counted, with a few examples. More are kept than are shown:
what else the target does is looked for in all of them (``known_drift``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from register_contract.target.exchange import Exchange
from register_contract.verdict.recipe import Aspect
from register_contract.verdict.timeline import Span, as_text

MOST_SHOWN = 3
MOST_KEPT = 12
MOST_WAYS = 40
"""So many are kept of a cause that comes about in several ways."""
_ABOUT_PRESENCE = ("field.undocumented", "field.missing")
_ABOUT_STATUS = ("status.wrong", "status.undocumented", "status.server-error", "field.not-refused")


@dataclass(frozen=True)
class Example:
    """One time a cause showed. ``sentence`` is for people, ``source`` the document that says so.

    ``curl`` is the request alone, ``script`` what repeats it with all that it needs, ``file`` the
    name of the file that holds it: the same in each run, and however its texts are shown.
    ``timeline`` tells when the calls were under way, where it is about some that met. ``way`` tells
    those apart that have the same sentence for another reason.
    """

    operation: str
    sentence: str
    source: str
    expected: str
    got: str
    curl: str
    script: str = ""
    file: str = ""
    timeline: tuple[Span, ...] = ()
    way: str = ""

    def __post_init__(self) -> None:
        if not self.file:
            name = _file_of(self.operation, self.sentence, self.way)
            object.__setattr__(self, "file", name)


def _file_of(*told: str) -> str:
    """The name of the file for an example of which this is told."""
    # A target may send half a surrogate pair, which has no UTF-8.
    text = "\n".join(filter(None, told)).encode("utf-8", "surrogatepass")
    return f"finding-{hashlib.sha256(text).hexdigest()[:8]}.sh"


@dataclass(frozen=True)
class Finding:
    """One cause for which the target and the contract part, and some examples, the first first.

    ``rule`` is short and stable (for lists and filters); ``note`` says why it may be no more than
    what documents and service are known to part in.
    """

    rule: str
    cause: str
    seed: int
    count: int
    operations: tuple[str, ...]
    examples: tuple[Example, ...]
    note: str = ""

    @property
    def key(self) -> str:
        """Two findings with one key are the same news."""
        return self.cause

    @property
    def first(self) -> Example:
        """The example that was met first."""
        return self.examples[0]

    @property
    def sentence(self) -> str:
        """What is wrong: the case itself when there is one case, else what the cases share."""
        if self.count == 1:
            return self.first.sentence
        shared = self.first.sentence if len(self.examples) == 1 else self.cause
        return f"{shared} ({self.count:,} times)"

    @property
    def where(self) -> str:
        """The operations it shows in."""
        return ", ".join(self.operations)

    @property
    def shown(self) -> tuple[Example, ...]:
        """Up to three examples for people: of other operations where there are some."""
        each: dict[str, Example] = {}
        for example in self.examples:
            each.setdefault(example.operation, example)
        rest = (example for example in self.examples if example not in each.values())
        chosen = [*each.values(), *rest][:MOST_SHOWN]
        return tuple(example for example in self.examples if example in chosen)

    def wants(self, operation: str, sentence: str, way: str = "") -> bool:
        """Whether a case in these words would be one more example, or a better one.

        One that comes about in another way is, as far as there is room.
        """
        if (sentence, way) in [(example.sentence, example.way) for example in self.examples]:
            return False
        if len(self.examples) < MOST_KEPT:
            return True
        if way and len(self.examples) < MOST_WAYS:
            return way not in {example.way for example in self.examples}
        kept = {example.operation for example in self.examples}
        return operation not in kept and len(kept) < MOST_KEPT

    def joined(self, other: Finding) -> Finding:
        """Both as one finding."""
        made = self
        for example in other.examples:
            if made.wants(example.operation, example.sentence, example.way):
                made = replace(made, examples=made.with_example(example))
        operations = tuple(dict.fromkeys((*made.operations, *other.operations)))
        return replace(made, count=made.count + other.count, operations=operations)

    def with_example(self, example: Example) -> tuple[Example, ...]:
        """The examples with one more; it takes the place of one whose operation has another."""
        kept = list(self.examples)
        is_new = example.operation not in {one.operation for one in kept}
        if len(kept) >= MOST_KEPT and is_new and not example.way:
            names = [one.operation for one in kept]
            kept.pop(max(i for i, name in enumerate(names) if names.count(name) > 1))
        return (*kept, example)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Finding:
        """The finding that ``as_dict`` made plain."""
        examples = tuple(
            Example(**{**each, "timeline": tuple(Span(**span) for span in each["timeline"])})
            for each in raw["examples"]
        )
        return cls(**{**raw, "operations": tuple(raw["operations"]), "examples": examples})

    def as_text(self) -> str:
        """The finding in a few lines of plain text."""
        lines = [f"{self.sentence}  [{self.rule}]", f"  operation: {self.where}"]
        for example in self.shown:
            if self.sentence != example.sentence:
                lines.append(f"  example:   {example.sentence}")
            lines += [
                f"  source:    {example.source}",
                f"  expected:  {example.expected}",
                f"  got:       {example.got}",
                f"  request:   {example.curl}",
                f"  repeat:    sh repeat/{example.file}",
                *(f"  {line}" for line in as_text(example.timeline)),
            ]
        lines += [f"  note:      {self.note}"] if self.note else []
        return "\n".join([*lines, f"  seed:      {self.seed}"])


class ContractBreachError(Exception):
    """Raised once, at the end of a test, when it recorded findings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n\n".join(finding.as_text() for finding in self.findings))


@dataclass(frozen=True)
class Breach:
    """What a check returns: a finding without its circumstances (seed, operation, source).

    ``cause`` is what all breaches have in common that one change of the target would mend, in
    words. Without it that is the sentence, whichever operation it is about. ``about`` has the ids
    of the records it is about, where the answer shows more than one.

    Where in the answer it shows, as far as that is known: the text that is ``said`` or missing, the
    ``field`` of the record, the place ``at`` which it stands in the body. ``timeline`` and ``way``:
    as in an example.
    """

    rule: str
    sentence: str
    expected: str
    got: str
    source: str = ""
    cause: str = ""
    about: tuple[str, ...] = ()
    said: str = ""
    field: str = ""
    at: tuple[str | int, ...] | None = None
    timeline: tuple[Span, ...] = ()
    way: str = ""

    @property
    def aspect(self) -> Aspect:
        """What of the answer it is about."""
        if self.said:
            return Aspect("said", said=self.said)
        if self.rule in _ABOUT_STATUS:
            return Aspect("status")
        if self.field:
            return Aspect("field", field=self.field)
        if self.at is None:
            return Aspect("whole")
        return Aspect("there" if self.rule in _ABOUT_PRESENCE else "place", at=self.at)

    @property
    def is_lost_success(self) -> bool:
        """Whether the answer should have told of a success, and does not."""
        return self.rule == "status.wrong" and self.expected.startswith("2")

    def cause_in(self, operation: str) -> str:
        """The cause, for a breach seen in an answer of ``operation``."""
        return self.cause or self.sentence.replace(operation, "an operation")

    def of(
        self, exchange: Exchange, operation: str, source: str, seed: int, script: str = ""
    ) -> Finding:
        """Complete the breach with the exchange it was seen in."""
        example = Example(
            operation=operation,
            sentence=self.sentence,
            source=self.source or source,
            expected=self.expected,
            got=self.got,
            curl=exchange.curl(),
            script=script,
            timeline=self.timeline,
            # What is said, or not, tells two apart that are about the same request in words.
            file=_file_of(operation, self.sentence, self.way or self.said),
            way=self.way,
        )
        return Finding(
            rule=self.rule,
            cause=self.cause_in(operation),
            seed=seed,
            count=1,
            operations=(operation,),
            examples=(example,),
        )
