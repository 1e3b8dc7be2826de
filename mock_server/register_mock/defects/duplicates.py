"""Which records count as duplicates of which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

from register_mock.contract import values
from register_mock.contract.duplicates import DuplicateRule
from register_mock.defects.checks import looked
from register_mock.defects.patches import defect
from register_mock.request.stages import STAGES
from register_mock.request.walk import Walk
from register_mock.world.store import MemoryStore

KIND = "duplicates"


@defect(KIND, MemoryStore, "candidates")
def withdrawn_trainee_is_no_duplicate(candidates: Any) -> Any:
    """A withdrawn trainee does not count when another one like it is created."""

    def others(self: MemoryStore, *asked: Any) -> Any:
        return [each for each in candidates(self, *asked) if each.state != "withdrawn"]

    return others


@defect(KIND, MemoryStore, "candidates")
def deferred_trainee_is_no_duplicate(candidates: Any) -> Any:
    """A deferred trainee does not count when another one like it is created."""

    def others(self: MemoryStore, *asked: Any) -> Any:
        return [each for each in candidates(self, *asked) if each.state != "deferred"]

    return others


@defect(KIND, MemoryStore, "candidates")
def discarded_trainee_is_a_duplicate(candidates: Any) -> Any:
    """A deleted trainee still counts when another one like it is created."""

    def others(self: MemoryStore, *asked: Any) -> Any:
        found = candidates(self, *asked)
        kept = [{**each.fields, "discarded_at": None} for each in found]
        return [replace(each, fields=fields) for each, fields in zip(found, kept, strict=True)]

    return others


@defect(KIND, MemoryStore, "candidates")
def other_providers_trainee_is_a_duplicate(candidates: Any) -> Any:
    """A trainee of another provider counts as a duplicate."""

    def others(self: MemoryStore, digest: str, ukprn: str, key: Any) -> Any:
        known = {each.ukprn for each in self.all()} | {ukprn}
        return [each for one in sorted(known) for each in candidates(self, digest, one, key)]

    return others


@defect(KIND, STAGES, "duplicates")
def trainee_with_children_is_no_duplicate(stage: Any) -> Any:
    """A new trainee that is sent without degrees is never a duplicate."""

    def duplicates(walk: Walk) -> Any:
        is_new = walk.operation.acts_as == "create_trainee"
        return None if is_new and not walk.data.get("degrees_attributes") else stage.look(walk)

    return looked(stage, duplicates)


@defect(KIND, values.VALUES, "alphanumeric")
def accents_ignored_in_first_names(maker: Any) -> Any:
    """First names that differ in their accents alone are equal for duplicates."""

    def plain(value: Any) -> Any:
        if not isinstance(value, str):
            return None
        letters = normalize("NFD", value.casefold())
        return "".join(each for each in letters if each.isalnum())

    return values._of_one("alphanumeric", plain)


@defect(KIND, values.VALUES, "alphanumeric")
def digits_ignored_in_first_names(maker: Any) -> Any:
    """First names that differ in their digits alone are equal for duplicates."""

    def letters(value: Any) -> Any:
        if not isinstance(value, str):
            return None
        return "".join(each for each in value.casefold() if each.isalpha())

    return values._of_one("alphanumeric", letters)


@defect(KIND, values.VALUES, "casefold")
def texts_compared_in_lower_case_only(maker: Any) -> Any:
    """Names are compared in small letters, so that ß and SS differ."""
    return values._of_one("casefold", lambda value: value.lower())


@defect(KIND, DuplicateRule, "collisions")
def only_the_first_conflict_shown(collisions: Any) -> Any:
    """Of several trainees that a new one repeats only the first is shown."""

    def first(self: DuplicateRule, fields: Any, others: Any) -> Any:
        found, labels = collisions(self, fields, others)
        return found[:1], labels

    return first


@defect(KIND, STAGES, "duplicates")
def degree_is_a_duplicate_of_itself(stage: Any) -> Any:
    """An update that leaves a degree as it is is refused as a duplicate of itself."""

    def duplicates(walk: Walk) -> Any:
        own, walk.child = walk.child, None
        prepared = walk.prepared
        refusal = stage.look(walk) if prepared is not None else None
        walk.child = own
        return refusal

    return looked(stage, duplicates)
