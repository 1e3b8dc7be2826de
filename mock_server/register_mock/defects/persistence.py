"""What is not kept, or not kept as it was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

from register_mock.contract.shape import Shape
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS, children
from register_mock.request import record, stages
from register_mock.request.walk import Walk
from register_mock.trainee.model import Trainee
from register_mock.world.store import MemoryStore

KIND = "persistence"


def _forgetting(function: Any) -> Any:
    """Return an operation after which its trainee is as it was before."""

    def forgets(walk: Walk) -> Any:
        before = walk.found_trainee()
        answer = function(walk)
        walk.world.store.put(before)
        return answer

    return forgets


@defect(KIND, OPERATIONS, "update_trainee")
def put_stores_nothing(function: Any) -> Any:
    """An update of a trainee answers with the change and keeps the record as it was."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "update_placement")
def placement_update_stores_nothing(function: Any) -> Any:
    """An update of a placement answers with the change and keeps the placement as it was."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "update_degree")
def degree_update_stores_nothing(function: Any) -> Any:
    """An update of a degree answers with the change and keeps the degree as it was."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "create_degree")
def created_degree_not_kept(function: Any) -> Any:
    """A degree that was added is answered and is not there afterwards."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "create_placement")
def created_placement_not_kept(function: Any) -> Any:
    """A placement that was added is answered and is not there afterwards."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "delete_degree")
def deleted_degree_stays(function: Any) -> Any:
    """A deleted degree is left out of the answer and is still there afterwards."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "delete_placement")
def deleted_placement_stays(function: Any) -> Any:
    """A deleted placement is left out of the answer and is still there afterwards."""
    return _forgetting(function)


@defect(KIND, OPERATIONS, "delete_placement")
def delete_removes_a_sibling(function: Any) -> Any:
    """Deleting a placement removes the one after it too."""

    def delete_placement(walk: Walk) -> Any:
        trainee, gone = walk.found_trainee(), walk.found_child()
        place = trainee.placements.index(gone)
        left = trainee.placements[: place + 1] + trainee.placements[place + 2 :]
        walk.trainee = replace(trainee, placements=left)
        return function(walk)

    return delete_placement


@defect(KIND, OPERATIONS, "delete_degree")
def delete_removes_all_degrees(function: Any) -> Any:
    """Deleting one degree removes all of them."""

    def delete_degree(walk: Walk) -> Any:
        walk.trainee = replace(walk.found_trainee(), degrees=(walk.found_child(),))
        return function(walk)

    return delete_degree


@defect(KIND, record, "_merged")
def update_clears_what_was_not_sent(merged: Any) -> Any:
    """An update of a trainee clears each optional text that was not sent."""
    optional = ("previous_last_name", "provider_trainee_id", "ni_number", "nationality")

    def cleared(*parts: Any) -> Any:
        found = merged(*parts)
        data, stored = parts[3], parts[5]
        if stored is not None:
            for name in optional:
                if name not in data:
                    found.pop(name, None)
        return found

    return cleared


@defect(KIND, record, "_merged")
def placement_update_replaces(merged: Any) -> Any:
    """An update of a placement clears its postcode when that was not sent."""

    def replaced(*parts: Any) -> Any:
        found = merged(*parts)
        if parts[5] is not None and "postcode" not in parts[3] and "urn" in found:
            found.pop("postcode", None)
        return found

    return replaced


@defect(KIND, record, "_merged")
def null_in_an_update_is_ignored(merged: Any) -> Any:
    """Null in an update leaves the field as it was instead of clearing it."""

    def kept(edition: Any, sendable: Shape, shape: Shape, data: Any, *rest: Any) -> Any:
        said = {name: value for name, value in data.items() if value is not None}
        return merged(edition, sendable, shape, said, *rest)

    return kept


@defect(KIND, record, "_merged")
def empty_text_in_an_update_is_ignored(merged: Any) -> Any:
    """An empty text in an update leaves the field as it was instead of clearing it."""

    def kept(edition: Any, sendable: Shape, shape: Shape, data: Any, *rest: Any) -> Any:
        said = {name: value for name, value in data.items() if value != ""}
        return merged(edition, sendable, shape, said, *rest)

    return kept


@defect(KIND, OPERATIONS, "create_trainee")
def only_first_degree_kept(function: Any) -> Any:
    """Of the degrees sent with a new trainee only the first is kept."""

    def create_trainee(walk: Walk) -> Any:
        walk.children = {**walk.children, "degree": walk.children.get("degree", [])[:1]}
        return function(walk)

    return create_trainee


@defect(KIND, OPERATIONS, "create_trainee")
def only_last_placement_kept(function: Any) -> Any:
    """Of the placements sent with a new trainee only the last is kept."""

    def create_trainee(walk: Walk) -> Any:
        walk.children = {**walk.children, "placement": walk.children.get("placement", [])[-1:]}
        return function(walk)

    return create_trainee


@defect(KIND, OPERATIONS, "create_trainee")
def nested_degrees_lost(function: Any) -> Any:
    """A new trainee answers with its degrees, but none of them is kept."""

    def create_trainee(walk: Walk) -> Any:
        answer = function(walk)
        made = list(walk.world.store.all())[-1]
        walk.world.store.put(replace(made, degrees=(), shown={}))
        return answer

    return create_trainee


def _of_texts(change: Any) -> Any:
    """Return what makes texts of a new trainee others before they are kept."""

    def make(function: Any) -> Any:
        def create_trainee(walk: Walk) -> Any:
            walk.record = {
                name: change(value) if isinstance(value, str) else value
                for name, value in walk.record.items()
            }
            return function(walk)

        return create_trainee

    return make


@defect(KIND, OPERATIONS, "create_trainee")
def leading_zeros_lost(function: Any) -> Any:
    """Texts of digits lose their leading zeros when a trainee is created."""
    change = _of_texts(lambda text: text.lstrip("0") or "0" if text.isdecimal() else text)
    return change(function)


@defect(KIND, OPERATIONS, "create_trainee")
def unicode_decomposed(function: Any) -> Any:
    """Accented letters of a new trainee are kept as letter and accent apart."""
    return _of_texts(lambda text: normalize("NFD", text))(function)


@defect(KIND, OPERATIONS, "create_trainee")
def characters_beyond_the_basic_plane_lost(function: Any) -> Any:
    """Characters beyond the first 65,536 are lost from the texts of a new trainee."""
    return _of_texts(lambda text: "".join(c for c in text if ord(c) < 0x10000))(function)


@defect(KIND, OPERATIONS, "create_trainee")
def accents_lost(function: Any) -> Any:
    """Letters with an accent become plain ones in the texts of a new trainee."""

    def plain(text: str) -> str:
        return normalize("NFD", text).encode("ascii", "ignore").decode()

    return _of_texts(lambda text: text if text.isascii() else plain(text))(function)


@defect(KIND, OPERATIONS, "create_trainee")
def names_in_title_case(function: Any) -> Any:
    """First and last names of a new trainee are kept with a capital for each word alone."""

    def create_trainee(walk: Walk) -> Any:
        for name in ("first_names", "last_name"):
            walk.record[name] = walk.record[name].title()
        return function(walk)

    return create_trainee


@defect(KIND, OPERATIONS, "create_trainee")
def email_kept_in_small_letters(function: Any) -> Any:
    """The e-mail address of a new trainee is kept in small letters."""

    def create_trainee(walk: Walk) -> Any:
        walk.record["email"] = walk.record["email"].lower()
        return function(walk)

    return create_trainee


@defect(KIND, OPERATIONS, "create_trainee")
def blanks_around_names_lost(function: Any) -> Any:
    """Blanks around the texts of a new trainee are cut off."""
    return _of_texts(str.strip)(function)


@defect(KIND, OPERATIONS, "update_trainee")
def update_answers_with_the_old_record(function: Any) -> Any:
    """An update of a trainee is kept, but answered with the record as it was before."""

    def update_trainee(walk: Walk) -> Any:
        before = walk.edition.show(walk.found_trainee())
        function(walk)
        return [before]

    return update_trainee


@defect(KIND, OPERATIONS, "update_trainee")
def update_drops_degrees(function: Any) -> Any:
    """An update of a trainee loses its degrees."""

    def update_trainee(walk: Walk) -> Any:
        walk.trainee = replace(walk.found_trainee(), degrees=())
        return function(walk)

    return update_trainee


@defect(KIND, stages, "_refused")
def refused_update_is_kept(refused: Any) -> Any:
    """A refused update of a trainee changes its last name all the same."""

    def kept(walk: Walk, refusal: Any) -> Any:
        name = walk.data.get("last_name")
        if walk.trainee is not None and isinstance(name, str) and name:
            fields = {**walk.trainee.fields, "last_name": name}
            walk.world.store.put(replace(walk.trainee, fields=fields, shown={}))
        return refused(walk, refusal)

    return kept


@defect(KIND, OPERATIONS, "show_trainee")
def reading_changes_the_record(function: Any) -> Any:
    """Reading a trainee moves the time of its last change."""

    def show_trainee(walk: Walk) -> Any:
        answer = function(walk)
        walk.world.store.put(walk.found_trainee().changed(walk.world.timestamp()))
        return answer

    return show_trainee


@defect(KIND, children, "_keep")
def child_change_reorders_siblings(keep: Any) -> Any:
    """Placements and degrees change their order whenever one of them is written."""

    def reordered(walk: Walk, kept: Any) -> None:
        keep(walk, tuple(reversed(kept)))

    return reordered


@defect(KIND, MemoryStore, "put")
def showing_lags_behind(put: Any) -> Any:
    """A changed trainee is shown as it was, wherever it had been read before."""

    def stale(self: MemoryStore, trainee: Trainee) -> None:
        old = self.get(trainee.id)
        put(self, trainee if old is None else replace(trainee, shown=dict(old.shown)))

    return stale
