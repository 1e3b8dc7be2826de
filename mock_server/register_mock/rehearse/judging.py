"""What the move means for one request, and which named changes that is by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from register_mock.contract.edition import Edition
from register_mock.rehearse.comparing import (
    GONE,
    NEW,
    OTHER,
    Difference,
    differences,
    in_other_words,
    renamed_in,
)
from register_mock.rehearse.playing import Played
from register_mock.world.journal import Finding
from register_spec import Attribution, Change, Translation

SAME = "the same"
TRANSLATED = "works after translation"
REFUSED = "refused now"
DIFFERS = "behaves differently"
UNTOLD = "cannot be told"
VERDICTS = (SAME, TRANSLATED, REFUSED, DIFFERS, UNTOLD)

REFUSAL, VALUE, REQUEST, NAMES, ADVICE = "refusal", "value", "request", "names", "advice"
ABOUT = (REFUSAL, VALUE, REQUEST, NAMES, ADVICE)
"""What a reason is about: a refusal, a value that is another one, the request that is translated,
the names of the answer, or what need not be done yet. The gravest comes first."""


@dataclass(frozen=True)
class Because:
    """One thing that is otherwise: what it is about (`ABOUT`), in words, and by which change.

    `change` is None where no named change says so; `difference` has the values of a `VALUE`.
    """

    about: str
    words: str
    change: Change | None
    difference: Difference | None = None


@dataclass(frozen=True)
class Outcome:
    """One request: what the move means for it, and why.

    `words` say what came out; `reasons` are those of a refusal that is new.
    """

    played: Played
    verdict: str
    words: str
    because: tuple[Because, ...] = ()
    reasons: tuple[Finding, ...] = ()

    @property
    def changes(self) -> list[Change]:
        """The named changes that it is by, each once."""
        found: list[Change] = []
        for each in self.because:
            if each.change is not None and each.change not in found:
                found.append(each.change)
        return found


def judged(played: Played, to: Edition) -> Outcome:
    """Return what the move to an edition means for a request that was played."""
    of, translated = played.translation, played.translated
    if of is None:
        return Outcome(played, SAME, f"it is of {to.version} already")
    if played.untold or translated is None:
        return Outcome(played, UNTOLD, played.untold)
    before, after = played.before, played.after
    assert before is not None
    if after is None:
        said = f"{to.version} has no {played.asked.shown}"
        return Outcome(played, REFUSED, said, (Because(REFUSAL, said, translated.cause),))
    if played.asked.entry.body and played.asked.content is None and _reads(played):
        return Outcome(played, UNTOLD, "its body is no JSON, and is not translated")
    judge = _Judge(played, of, to)
    if after.is_refusal and not before.is_refusal:
        return judge.refused(after.status, after.findings)
    return judge.answered(before.status, before.body, after.status, after.body)


def _reads(played: Played) -> bool:
    operation = played.asked.operation
    return operation is not None and operation.shape is not None and not _refused_twice(played)


def _refused_twice(played: Played) -> bool:
    sides = (played.before, played.after)
    return all(each is not None and each.is_refusal for each in sides)


@dataclass
class _Judge:
    """Looks at one request; `found` is what is otherwise about it."""

    played: Played
    of: Translation
    to: Edition
    found: list[Because] = field(default_factory=list)

    @property
    def causes(self) -> Attribution:
        return self.of.causes

    def refused(self, status: int, findings: Sequence[Finding]) -> Outcome:
        """A request that was done, and is not any more."""
        self._request()
        self.found += [Because(REFUSAL, _reason(each), self._behind(each)) for each in findings]
        words = f"{self._status()} was, {status} is"
        return Outcome(self.played, REFUSED, words, tuple(self.found), tuple(findings))

    def answered(self, was: int, old: Any, status: int, new: Any) -> Outcome:
        """A request that is answered alike, or otherwise, on both sides."""
        self._request()
        is_refusal = was >= _REFUSED
        told = in_other_words(old, self.of, is_refusal)
        found = [*differences(told, new)]
        if was != status:
            self._moved(was, status, found)
            words = f"{was} was, {status} is"
            return Outcome(self.played, DIFFERS, words, tuple(self.found))
        if is_refusal and any(each.kind == OTHER or len(each.path) == 1 for each in found):
            self._told_otherwise(found)
            words = f"{was}, and the refusal has another form or other words"
            return Outcome(self.played, DIFFERS, words, tuple(self.found))
        self._names(old, found)
        others = [each for each in found if each.kind == OTHER]
        for each in others:
            words = f"{each.field} has another value"
            self.found.append(Because(VALUE, words, self._of_value(each.path), each))
        if others:
            words = f"{was}, with other values of {_listed(each.field for each in others)}"
            return Outcome(self.played, DIFFERS, words, tuple(self.found))
        verdict = TRANSLATED if self._is_translated() else SAME
        return Outcome(self.played, verdict, str(was), tuple(self.found))

    def _status(self) -> int:
        assert self.played.before is not None
        return self.played.before.status

    def _is_translated(self) -> bool:
        translated = self.played.translated
        assert translated is not None
        is_other = translated.operation != _name(self.played)
        is_read = any(each.about != ADVICE for each in self.found)
        return translated.changed or is_other or is_read

    # --- what is otherwise

    def _request(self) -> None:
        """What was translated in the request."""
        translated = self.played.translated
        assert translated is not None
        for row in translated.renamed:
            self.found.append(Because(REQUEST, f"{row.old} → {row.new}", row.cause))
        self.found += [Because(REQUEST, row.sentence, row.cause) for row in translated.unmatched]
        if translated.operation != _name(self.played):
            words = f"{_name(self.played)} → {translated.operation}"
            self.found.append(Because(REQUEST, words, translated.cause))
        elif translated.replaced_by is not None:
            there = self.to.operations[translated.replaced_by]
            words = f"deprecated: {there.method} {there.path} takes its place"
            self.found.append(Because(ADVICE, words, translated.cause))

    def _names(self, old: Any, found: Iterable[Difference]) -> None:
        """Fields of the answer that are called otherwise, gone or new."""
        for name in sorted(renamed_in(old, self.of)):
            words = f"the answer has {name} as {self.of.name(name)}"
            self.found.append(Because(NAMES, words, self.causes.of_name(name)))
        for kind, words in ((GONE, "the answer has no {}{} any more"), (NEW, "the answer has {}")):
            rows: dict[str, bool] = {}
            for each in found:
                if each.kind == kind:
                    rows[each.field] = rows.get(each.field, False) or each.is_told
            for name, is_told in rows.items():
                value = ", which had a value," if is_told and kind == GONE else ""
                said = words.format(name, value)
                self.found.append(Because(NAMES, said, self._of_field(name)))

    def _moved(self, was: int, status: int, found: Sequence[Difference]) -> None:
        """Why a status is another one."""
        if status < _REFUSED <= was:
            assert self.played.before is not None
            for each in self.played.before.findings:
                words = f"{each.field or each.rule}, which was refused, is taken"
                self.found.append(Because(REFUSAL, words, self._behind(each)))
        else:
            self._told_otherwise(found)

    def _told_otherwise(self, found: Sequence[Difference]) -> None:
        """Why a refusal reads otherwise: a row of the answers, or a rule that is not the same."""
        assert self.played.after is not None
        assert self.played.before is not None
        rules = {each.rule for each in self.played.before.findings}
        for each in self.played.after.findings:
            change = self._behind(each)
            if each.rule not in rules and change is not None:
                self.found.append(Because(REFUSAL, _reason(each), change))
        rows = [self.causes.of_answer(row) for row in self._rows()]
        for change in dict.fromkeys(row for row in rows if row is not None):
            self.found.append(Because(REFUSAL, "the refusal is told otherwise", change))
        if not any(each.about == REFUSAL for each in self.found):
            names = _listed(each.field for each in found if each.field) or "content"
            self.found.append(Because(REFUSAL, f"the refusal has other {names}", None))

    def _rows(self) -> list[str]:
        """The rows of the answers that may have told this refusal.

        A reason that is a row's is told by that; problems of fields by rows that go through these.
        """
        after, operation = self.played.after, self._there()
        assert after is not None
        own = [
            row
            for row in self.to.answers.rows
            if row.status == after.status
            and (row.operations is None or operation in row.operations)
        ]
        rules = {each.rule for each in after.findings}
        named = [row.id for row in own if rules & {row.id, row.reason}]
        return named or [row.id for row in own if _goes_through_problems(row.body)]

    def _there(self) -> str:
        assert self.played.translated is not None
        return self.to.operations[str(self.played.translated.operation)].acts_as

    # --- by which change

    def _behind(self, finding: Finding) -> Change | None:
        """The change that a reason of a refusal is by."""
        pointer = str((finding.source or {}).get("pointer", ""))
        _, _, path = pointer.partition("#/")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]
        found = self.causes.behind(steps, self.of.target["x-names"]) if path else None
        return found or self._of_value((finding.field or "").split("."))

    def _of_field(self, name: str) -> Change | None:
        """The change by which an answer has a field, or has it not."""
        inner = self.to.names.inner(name)
        for document in (self.of.target, self.of.source):
            for schema in document["components"]["schemas"]:
                change = self.causes.of_field(schema, inner)
                if change is not None:
                    return change
        return self._of_value([name])

    def _of_value(self, path: Sequence[str]) -> Change | None:
        """The change of what makes a value; else one about the field, and this operation if any.

        Where none is about the last one on the way to it, one about those around it is.
        """
        made = self.causes.of_derived(self.to.names.inner(path[-1])) if path else None
        if made is not None:
            return made
        concerns = [(each, self.causes.concern(each)) for each in self.causes.changes]
        concerns.sort(key=lambda row: row[0].is_gone)
        for inner in map(self.to.names.inner, reversed(path)):
            for change, concern in concerns:
                is_here = not concern.operations or _name(self.played) in concern.operations
                if inner in concern.fields and is_here:
                    return change
        return None


_REFUSED = 400


def _name(played: Played) -> str:
    assert played.asked.operation is not None
    return played.asked.operation.name


def _goes_through_problems(body: Any) -> bool:
    if isinstance(body, Mapping):
        return body.get("each") == "problem" or any(map(_goes_through_problems, body.values()))
    return isinstance(body, list) and any(map(_goes_through_problems, body))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _reason(finding: Finding) -> str:
    """A reason of a refusal, which begins with what it is about."""
    name = finding.field or finding.rule
    told = finding.message.startswith(name.rpartition(".")[2])
    return finding.message if told else f"{name}: {finding.message}"


def by_change(outcomes: Iterable[Outcome]) -> Mapping[tuple[str, str], list[Outcome]]:
    """Return the requests that each named change is behind, by the file and the id of it."""
    found: dict[tuple[str, str], list[Outcome]] = {}
    for each in outcomes:
        for change in each.changes:
            found.setdefault((change.file, change.id), []).append(each)
    return found
