"""The ledger: what holds in a version, and beside what it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import register_spec as spec
from register_spec.tests.test_composing import DRIFT, action, overlay

FIELD = "$.components.schemas.TraineeFields.properties.course_subject_1"


def drifting(id_: str, target: str, **way: object) -> dict[str, object]:
    """A whole action of a reading."""
    return action(id_, target, **way) | {"x-drift": DRIFT}


def test_an_entry_holds_until_it_is_ended(folder: Path) -> None:
    room = folder / "readings" / "deployed"
    overlay(room / "v1.0-pre.yaml", drifting("first", FIELD, update={"maxLength": 7}))
    over = {"x-id": "mended", "description": "So.", "x-source": "003", "x-ends": "first"}
    second = drifting("second", "$['x-sentences']", update={"query": "{value}?"})
    overlay(room / "v2025.0.yaml", second)
    oldest = spec.bundle("v1.0-pre", "deployed", folder)["x-drift"]
    assert list(oldest) == ["first"]
    newer = spec.bundle("v2025.0", "deployed", folder)["x-drift"]
    assert {id_: entry["version"] for id_, entry in newer.items()} == {
        "first": "v1.0-pre",
        "second": "v2025.0",
    }
    overlay(room / "v2025.0.yaml", over, second)
    assert list(spec.bundle("v2025.0", "deployed", folder)["x-drift"]) == ["second"]
    assert "x-drift" not in spec.bundle("v2025.0", spec_dir=folder)


def test_an_entry_without_effect_is_told(folder: Path) -> None:
    row = drifting("crash", FIELD)
    row["x-drift"] = {**DRIFT, "reproduced": False}
    overlay(folder / "readings" / "deployed" / "v1.0-pre.yaml", row)
    found = spec.bundle("v1.0-pre", "deployed", folder)
    entry = found["x-drift"]["crash"]
    assert entry["reproduced"] is False
    assert entry["touches"]["fields"] == ["TraineeFields.course_subject_one"]
    plain = spec.bundle("v1.0-pre", spec_dir=folder)
    assert found == {**plain, "x-drift": found["x-drift"]}


PLACES = {
    "$.paths['/trainees/{trainee_id}'].put": ("operations", ["update_trainee", "patch_trainee"]),
    "$.paths['/trainees/{trainee_id}/defer']": ("operations", ["defer_trainee"]),
    "$.components.schemas.TraineeFields.properties.sex": ("fields", ["TraineeFields.sex"]),
    "$.components.schemas.Trainee": ("schemas", ["Trainee"]),
    "$.components.responses.PlacementNotFound": (
        "operations",
        ["show_placement", "update_placement", "delete_placement", "patch_placement"],
    ),
    "$['x-code-lists'].sex.codes": ("fields", ["TraineeFields.sex"]),
    "$['x-lifecycle'].events.defer": ("operations", ["defer_trainee"]),
    "$['x-sentences'].answers.defer_state": ("operations", ["defer_trainee"]),
    "$['x-duplicates'].degree": ("operations", ["create_degree", "update_degree", "patch_degree"]),
    "$['x-derived'].trainee.shown.ebacc": ("fields", ["Trainee.ebacc"]),
}


@pytest.mark.parametrize("target", PLACES)
def test_an_entry_says_whom_it_concerns(folder: Path, target: str) -> None:
    row = drifting("there", target)
    row["x-drift"] = {**DRIFT, "reproduced": False}
    overlay(folder / "readings" / "deployed" / "v1.0-pre.yaml", row)
    touches = spec.bundle("v1.0-pre", "deployed", folder)["x-drift"]["there"]["touches"]
    kind, names = PLACES[target]
    assert sorted(touches.pop(kind)) == sorted(names)
    assert not any(touches.values())


def test_an_entry_that_later_ones_replace_everywhere_is_over(folder: Path) -> None:
    room = folder / "readings" / "deployed"
    first = drifting("first", FIELD, update={"maxLength": 7, "minLength": 2})
    overlay(room / "v1.0-pre.yaml", first)
    overlay(room / "v2025.0.yaml", drifting("second", FIELD, update={"maxLength": 8}))
    assert list(spec.bundle("v2025.0", "deployed", folder)["x-drift"]) == ["first", "second"]
    schema = FIELD.removesuffix(".course_subject_1")
    field = {"course_subject_1": {"maxLength": 8, "minLength": 3}}
    overlay(room / "v2025.0.yaml", drifting("second", schema, update=field))
    assert list(spec.bundle("v2025.0", "deployed", folder)["x-drift"]) == ["second"]
