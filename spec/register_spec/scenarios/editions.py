"""Where a scenario is played, and what it says of an edition.

Mock and suite each have an edition of their own making, of which this is what scenarios ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from register_spec.documents import SpecError
from register_spec.scenarios.bodies import CREATE, Names, Operation
from register_spec.scenarios.files import Scenario

Json = Mapping[str, Any]


class Edition(Protocol):
    """One version and reading: its document, its operations by their ids, its names of fields."""

    @property
    def version(self) -> str:
        """The name of the version."""

    @property
    def reading(self) -> str:
        """The name of the reading."""

    @property
    def key(self) -> str:
        """Both."""

    @property
    def document(self) -> Json:
        """The bundled document."""

    @property
    def base_path(self) -> str:
        """What the paths of the version begin with."""

    @property
    def names(self) -> Names:
        """What fields are called."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by their ids."""


AnEdition = TypeVar("AnEdition", bound=Edition)


def answer_of(scenario: Scenario, step: Json, edition: Edition) -> Json:
    """Return what a step says of its answer in an edition.

    Raises SpecError when it says nothing of that edition.
    """
    if "answer" in step:
        answer: Json = step["answer"]
        return answer
    found = next((row for key, row in step["answer_by"].items() if fits(key, edition)), None)
    if found is None:
        raise SpecError(
            f"scenario {scenario.name}: answer_by has nothing for {edition.key}; "
            f"it has {', '.join(step['answer_by'])}"
        )
    return dict(found)


def fits(words: str, edition: Edition) -> bool:
    """Tell whether an edition is the one that is meant: by version, reading, or both."""
    here = {edition.version, edition.reading}
    return any(set(each.split()) <= here for each in words.split(","))


def editions_for(
    scenario: Scenario, editions: Sequence[AnEdition], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[AnEdition]:
    """Yield the editions in which a scenario is played; `rows` are those of each, by its key.

    They are those that it names; else, of the versions that know all rows it shows, those whose
    answer it tells: all readings where it tells them apart, else those that know the rows.
    """
    for edition in editions:
        steps = scenario.steps
        if any(
            step["request"].get("operation", CREATE) not in edition.operations for step in steps
        ):
            continue
        if scenario.editions:
            if any(fits(words, edition) for words in scenario.editions):
                yield edition
            continue
        apart = [step["answer_by"] for step in steps if "answer_by" in step]
        same = [each for each in editions if each.version == edition.version]
        known = set().union(*(rows[each.key] for each in same)) if apart else rows[edition.key]
        told = all(any(fits(words, edition) for words in each) for each in apart)
        if told and set(known).issuperset(scenario.shows):
            yield edition
