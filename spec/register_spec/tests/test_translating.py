"""A request is translated by what the steps declare; what has no counterpart is named."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_spec.translating import NO_CODE, NO_FIELD, NOT_KNOWN, TAKEN, Translated

OLDEST, MIDDLE, NEWEST = spec.versions()
Json = dict[str, Any]
# At night as many of each operation as are asked for.
BODIES = [1_000, pytest.param(10_000, marks=pytest.mark.nightly)]
SIDES = [(MIDDLE, NEWEST), (NEWEST, MIDDLE), (OLDEST, MIDDLE)]
ROUTE, YEAR = "training_route", "course_year"


def sendable(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield the operations with a body, and the schema of its data."""
    for _, _, row, _ in spec.operations(document):
        body = spec.resolve(document, row.get("requestBody", {}))
        if body:
            yield (
                row["operationId"],
                body["content"]["application/json"]["schema"]["properties"]["data"],
            )


def nested(document: Json, field: Json) -> Json | None:
    """Return the schema of the records that a field holds."""
    for branch in field.get("anyOf", []):
        items = spec.resolve(document, branch).get("items", {})
        if "$ref" in items:
            return dict(items)
    return None


class Fields:
    """The fields of a schema by their names inside, read anew: public name, and what is inside."""

    def __init__(self, document: Json, schema: Json) -> None:
        rows = spec.schema_properties(document, schema)
        inner = document["x-names"]
        self.of = {inner.get(name, name): name for name in rows}
        self.inside = {
            inner.get(name, name): Fields(document, found)
            for name, row in rows.items()
            if (found := nested(document, row)) is not None
        }

    def body(self, chance: random.Random) -> Json:
        """Return any fields with any values, in any order."""
        names = list(self.of)
        chosen = chance.sample(names, chance.randrange(min(len(names), 9) + 1))
        return {self.of[name]: self.value(name, chance) for name in chosen}

    def value(self, name: str, chance: random.Random) -> Any:
        if name in self.inside and chance.random() < 0.8:
            return [self.inside[name].body(chance) for _ in range(chance.randrange(3))]
        return chance.choice(VALUES)

    def shared(self, other: Fields, data: Json, named: Fields | None = None) -> Json:
        """Return what is sent in fields that another schema has too, under the names of `named`."""
        named = named or self
        found = {}
        for name, public in self.of.items():
            if public in data and name in other.of:
                value = data[public]
                if name in self.inside and isinstance(value, list):
                    inside, there = self.inside[name], other.inside[name]
                    value = [
                        inside.shared(there, each, named.inside[name])
                        if isinstance(each, dict)
                        else each
                        for each in value
                    ]
                found[named.of[name]] = value
        return found


TEXTS = ("", "02", "12345", "é'\"", "2025-09-01", "15")
VALUES: tuple[Any, ...] = (*TEXTS, None, 202, 1.5, True, [], ["a", "b"])


@pytest.mark.parametrize("bodies", BODIES)
@pytest.mark.parametrize(("source", "target"), SIDES)
def test_there_and_back_is_the_same_on_every_field_of_both(
    source: str, target: str, bodies: int
) -> None:
    there, back = spec.translation(source, target), spec.translation(target, source)
    chance = random.Random(f"{source} {target}")
    known = {id: Fields(there.target, schema) for id, schema in sendable(there.target)}
    for operation, schema in sendable(there.source):
        mine = Fields(there.source, schema)
        theirs = known.get(operation) or known["recommend_for_qts"]
        for _ in range(bodies):
            data = mine.body(chance)
            made = there.request({"data": data}, operation)
            assert made.operation is not None
            assert made.body["data"] == mine.shared(theirs, data, theirs)
            again = back.request(made.body, made.operation).body["data"]
            assert again == mine.shared(theirs, data)
            lost = {each.place[1] for each in made.unmatched if each.kind == NO_FIELD}
            assert lost == {n for i, n in mine.of.items() if n in data and i not in theirs.of}


def unmatched(made: Translated) -> list[tuple[str, str, str | None]]:
    """Return what has no counterpart: its name, what it is, and by which change."""
    rows = ((each.place[-1], each.kind, each.cause) for each in made.unmatched)
    return [(str(name), kind, cause.id if cause else None) for name, kind, cause in rows]


def test_a_rename_is_named_with_its_change() -> None:
    body = {"data": {"course_subject_one": "100511", "sex": "10"}}
    made = spec.translate(body, "create_trainee", MIDDLE, NEWEST)
    assert made.body == {"data": {"course_subject_1": "100511", "sex": "10"}}
    assert body["data"]["course_subject_one"] == "100511", "what was given stays"
    (row,) = made.renamed
    assert row.place == ("data", "course_subject_one")
    assert row.cause is not None
    assert row.cause.id == "course_subjects"
    assert made.changed
    assert not made.unmatched


def test_what_only_the_source_has_is_left_out_and_named() -> None:
    body = {"data": {"iqts_country": "FR", ROUTE: "15", "first_names": "Ada"}}
    made = spec.translate(body, "create_trainee", NEWEST, MIDDLE)
    assert made.body == {"data": {ROUTE: "15", "first_names": "Ada"}}
    assert unmatched(made) == [("iqts_country", NO_FIELD, "iqts_country"), (ROUTE, NO_CODE, "iqts")]
    assert "no code '15'" in made.unmatched[1].sentence


@pytest.mark.parametrize(("code", "named"), [("7", True), ("2", False), (None, False), ("", False)])
def test_a_code_of_a_list_that_is_new_is_named(code: str | None, named: bool) -> None:
    made = spec.translate({"data": {YEAR: code}}, "create_trainee", OLDEST, MIDDLE)
    assert made.body == {"data": {YEAR: code}}
    assert unmatched(made) == ([(YEAR, NO_CODE, "course_year_listed")] if named else [])


def test_codes_in_a_list_are_looked_at_one_by_one() -> None:
    reasons = ["did_not_make_progress", "safeguarding_concerns"]
    made = spec.translate({"data": {"reasons": reasons}}, "withdraw_trainee", NEWEST, MIDDLE)
    assert [each.value for each in made.unmatched] == ["safeguarding_concerns"]


def test_what_was_ignored_is_not_read_now() -> None:
    """A name that meant nothing means something in the other version."""
    body = {"data": {"iqts_country": "FR", "course_subject_1": "1", "course_subject_one": "2"}}
    made = spec.translate(body, "update_trainee", MIDDLE, NEWEST)
    assert made.body == {"data": {"course_subject_1": "2"}}
    assert unmatched(made) == [
        ("iqts_country", NOT_KNOWN, "iqts_country"),
        ("course_subject_1", TAKEN, "course_subjects"),
    ]
    # Also where the field that has the name there is not sent.
    alone = spec.translate({"data": {"course_subject_1": "1"}}, "update_trainee", MIDDLE, NEWEST)
    assert alone.body == {"data": {}}
    assert unmatched(alone) == [("course_subject_1", NOT_KNOWN, "course_subjects")]


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"data": []}, {"data": None}, {"data": {"a": 1}, "b": 2}]
)
def test_what_no_version_knows_stays(body: Any) -> None:
    made = spec.translate(body, "create_trainee", MIDDLE, NEWEST)
    assert made.body == body
    assert not made.changed


def test_an_operation_that_takes_the_place_of_another_is_told() -> None:
    made = spec.translate({"data": {}}, "recommend_for_qts", MIDDLE, NEWEST)
    assert (made.operation, made.replaced_by) == ("recommend_for_qts", "update_qts_or_eyts_status")
    back = spec.translate({"data": {}}, "update_qts_or_eyts_status", NEWEST, MIDDLE)
    assert back.operation == "recommend_for_qts"
    assert back.path == "/trainees/{trainee_id}/recommend-for-qts"
    gone = spec.translate(None, "show_reference_data", NEWEST, MIDDLE)
    assert gone.operation is None
    assert gone.cause is not None
    assert gone.cause.id == "reference_data"


def test_names_inside_nested_records_are_translated(tmp_path: Path) -> None:
    """No rename of the contract lies in a nested record: one that is put in is followed."""
    folder = tmp_path / "spec"
    shutil.copytree(spec.source_folder(), folder, ignore=shutil.ignore_patterns("*.py", "tests"))
    with (folder / "tables" / "names.yaml").open("a") as names:
        names.write("year_of_graduation: graduation_year\n")
    with (folder / "steps" / f"{NEWEST}.yaml").open("a") as step:
        step.write(
            "\n  - x-id: graduation\n    description: year_of_graduation is now graduation_year.\n"
            "    x-source: decision 1\n    target: $['x-names'].year_of_graduation\n"
            "    remove: true\n"
        )
    sent = [{"year_of_graduation": "2012", "country": "FR"}, "x"]
    body = {"data": {"degrees_attributes": sent}}
    made = spec.translate(body, "create_trainee", MIDDLE, NEWEST, folder)
    assert made.body["data"]["degrees_attributes"] == [
        {"graduation_year": "2012", "country": "FR"},
        "x",
    ]
    assert made.renamed[0].place == ("data", "degrees_attributes", 0, "year_of_graduation")
    back = spec.translate(made.body, "create_trainee", NEWEST, MIDDLE, folder)
    assert back.body == body


def test_readings_are_versions_too() -> None:
    made = spec.translate(
        {"data": {}}, "create_trainee", f"{MIDDLE}@deployed", f"{NEWEST}@deployed"
    )
    assert made.operation == "create_trainee"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create_trainee", "v1", NEWEST), "there is no version 'v1'; available: v1.0-pre"),
        (("create_trainee", MIDDLE, f"{NEWEST}@x"), "v2026.1 has no 'x' reading; there are"),
        (("make", MIDDLE, NEWEST), "v2025.0 has no operation 'make'; it has show_info"),
    ],
)
def test_what_there_is_not_is_said(words: tuple[str, str, str], said: str) -> None:
    with pytest.raises(spec.SpecError, match=said):
        spec.translate({}, *words)


def test_a_place_is_attributed_to_the_closest_change() -> None:
    causes = spec.translation(MIDDLE, NEWEST).causes
    fields = ("components", "schemas", "TraineeFields", "properties")
    rows = {
        (*fields, "email", "allOf", 1, "pattern"): "email_format",
        (*fields, "application_id", "anyOf", 0, "maximum"): "application_id_length",
        ("x-rules", "primary_subject", "must"): "primary_subject",
        ("x-lifecycle", "locks"): "modified_in_some_states_only",
        (*fields, "first_names", "maxLength"): None,
        ("x-rules", "end_after_start"): None,
    }
    found = {place: causes.behind(place, {}) for place in rows}
    assert {place: each and each.id for place, each in found.items()} == rows
