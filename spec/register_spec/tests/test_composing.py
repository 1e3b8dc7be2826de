"""Base, steps and readings: how they follow each other, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import register_spec as spec
from register_spec.documents import Document, SpecError
from register_spec.naming import name_outward

NEWEST = spec.versions()[-1]
Action = dict[str, Any]
NEWEST = spec.versions()[-1]


def overlay(path: Path, *actions: Action, follows: str | None = None, **more: Any) -> None:
    """Write a step or a reading of the version that the file is called after."""
    content: dict[str, Any] = {"overlay": "1.0.0", "info": {"title": "T", "version": path.stem}}
    content |= {"x-follows": follows} if follows else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({**content, **more, "actions": list(actions)}, sort_keys=False))


def action(id_: str, target: str, **way: Any) -> Action:
    """A whole action."""
    return {"x-id": id_, "description": "So.", "x-source": "003", "target": target, **way}


LONGER = action(
    "longer",
    "$.components.schemas.TraineeFields.properties.first_names",
    update={"maxLength": 100},
)


DRIFT = {
    "documents": "first_names has at most 60 characters.",
    "service": "It takes 100.",
    "evidence": "seen in a test",
    "since": "2025-10-15",
}
DRIFTING = {**LONGER, "x-drift": DRIFT}


def limit(document: Document, schema: str = "TraineeFields") -> Any:
    """The field that the tests change."""
    return document["components"]["schemas"][schema]["properties"]["first_names"]["maxLength"]


def test_the_versions_are_the_base_and_the_steps_in_their_order(folder: Path) -> None:
    known = spec.versions(folder)
    assert known[:2] == ["v1.0-pre", "v2025.0"]
    overlay(folder / "steps" / "v2024.9.yaml", follows="v9")
    overlay(folder / "steps" / "v9.yaml", follows=NEWEST)
    assert spec.versions(folder) == [*known, "v9", "v2024.9"]


def test_a_version_is_one_step_file(folder: Path) -> None:
    overlay(folder / "steps" / "v9.yaml", LONGER, follows=NEWEST)
    assert limit(spec.bundle("v9", spec_dir=folder)) == 100
    assert limit(spec.bundle(NEWEST, spec_dir=folder)) == 60
    assert spec.bundle("v9", spec_dir=folder)["info"]["version"] == "v9"


def test_what_is_said_once_changes_in_all_its_places(folder: Path) -> None:
    """A request's field and its answer, a field and those like it."""
    first = action(
        "first",
        "$.components.schemas.TraineeFields.properties.disability1",
        update={"maxLength": 3},
    )
    overlay(folder / "steps" / "v9.yaml", LONGER, first, follows=NEWEST)
    found = spec.bundle("v9", spec_dir=folder)
    assert limit(found, "Trainee") == 100
    for place in ("TraineeFields", "Trainee"):
        fields = found["components"]["schemas"][place]["properties"]
        for field in ("disability1", "disability9"):
            content = fields[field]
            assert content.get("anyOf", [content])[0]["maxLength"] == 3


def test_a_reading_is_one_overlay_and_goes_on_until_it_is_ended(folder: Path) -> None:
    """A deviation is written once; later versions have it, until one says it is over."""
    readings = folder / "readings" / "deployed"
    overlay(readings / "v1.0-pre.yaml", DRIFTING)
    assert spec.readings("v1.0-pre", folder) == ["documented", "deployed"]
    assert limit(spec.bundle("v1.0-pre", "deployed", folder)) == 100
    assert limit(spec.bundle("v1.0-pre", "documented", folder)) == 60

    overlay(readings / "v2025.0.yaml")
    assert limit(spec.bundle("v2025.0", "deployed", folder)) == 100

    over = {"x-id": "mended", "description": "So.", "x-source": "003", "x-ends": "longer"}
    overlay(readings / "v2025.0.yaml", over)
    assert limit(spec.bundle("v2025.0", "deployed", folder)) == 60
    assert limit(spec.bundle("v1.0-pre", "deployed", folder)) == 100


def test_the_matrix_may_have_holes(folder: Path) -> None:
    overlay(folder / "readings" / "deployed" / "v2025.0.yaml")
    assert spec.readings("v1.0-pre", folder) == ["documented"]
    with pytest.raises(SpecError, match=r"v1.0-pre has no 'deployed' reading; available: docu"):
        spec.bundle("v1.0-pre", "deployed", folder)


WRONG: dict[str, tuple[str, list[Action], dict[str, Any], str]] = {
    "follows nothing": ("steps/v9.yaml", [], {}, f"one step has to follow {NEWEST}"),
    "follows what is followed": (
        "steps/v9.yaml",
        [],
        {"follows": "v1.0-pre"},
        "one step has to follow v1.0-pre",
    ),
    "another name": (
        "steps/v9.yaml",
        [],
        {"follows": NEWEST, "info": {"version": "v8"}},
        "steps/v9.yaml: info.version is 'v8'",
    ),
    "ends nothing": (
        "readings/deployed/v2025.0.yaml",
        [{"x-id": "over", "description": "So.", "x-source": "003", "x-ends": "longer"}],
        {},
        "x-ends names 'longer', no action before it",
    ),
    "says not what drifts": (
        "readings/deployed/v2025.0.yaml",
        [LONGER],
        {},
        "action longer: has no x-drift",
    ),
    "says it without evidence": (
        "readings/deployed/v2025.0.yaml",
        [{**LONGER, "x-drift": {**DRIFT, "evidence": " "}}],
        {},
        "action longer: x-drift: evidence: ",
    ),
    "drifts in a step": (
        "steps/v9.yaml",
        [DRIFTING],
        {"follows": NEWEST},
        "action longer: `x-drift` goes with the first action of a change of a reading",
    ),
    "changes what it does not reproduce": (
        "readings/deployed/v2025.0.yaml",
        [{**LONGER, "x-drift": {**DRIFT, "reproduced": False}}],
        {},
        "action longer: changes something, so it is reproduced",
    ),
    "does nothing and says nothing of it": (
        "readings/deployed/v2025.0.yaml",
        [{key: value for key, value in DRIFTING.items() if key != "update"}],
        {},
        "action longer: says one of `update`, `remove: true` and `x-ends`",
    ),
    "matches nothing": (
        "steps/v9.yaml",
        [action("a", "$.components.schemas.Nobody", remove=True)],
        {"follows": NEWEST},
        r"steps/v9.yaml: action a: \$.components.schemas.Nobody matches nothing",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_step_or_reading_is_refused_by_name(folder: Path, kind: str) -> None:
    file, actions, words, sentence = WRONG[kind]
    overlay(folder / file, *actions, **words)
    reading = "deployed" if "readings" in file else "documented"
    with pytest.raises(SpecError, match=sentence):
        spec.bundle(Path(file).stem, reading, folder)


def test_two_bases_are_refused(folder: Path) -> None:
    (folder / "v2025.0.yaml").write_text("{}")
    with pytest.raises(SpecError, match=r"v1.0-pre.yaml and v2025.0.yaml: one is the base"):
        spec.versions(folder)


def test_names_go_outward_wherever_they_stand() -> None:
    document = {
        "x-names": {"old": "new"},
        "a": {"new": {"description": "new or renew; new_one"}, "list": ["new", 1, None]},
    }
    assert name_outward(document, "v9") == {
        "x-names": {"old": "new"},
        "a": {"old": {"description": "old or renew; new_one"}, "list": ["old", 1, None]},
    }
    with pytest.raises(SpecError, match=r"v9.a: two fields are called 'old'"):
        name_outward({"x-names": {"old": "new"}, "a": {"new": 1, "old": 2}}, "v9")
    with pytest.raises(SpecError, match="two public names for 'new'"):
        name_outward({"x-names": {"old": "new", "older": "new"}}, "v9")


def test_a_rename_is_one_row(folder: Path) -> None:
    """The field has its old name in a version as long as there is a row for it."""
    for version, name in (("v2025.0", "lead_partner_urn"), ("v2026.1", "training_partner_urn")):
        document = spec.bundle(version, spec_dir=folder)
        assert name in document["components"]["schemas"]["TraineeFields"]["properties"]
        assert name in document["components"]["schemas"]["Trainee"]["required"]
        # The tables stay in inner names.
        row = document["x-derived"]["trainee"]["stored"]["training_partner"]
        assert row["fields"][0] == "training_partner_urn"


def without(folder: Path, *ids: str) -> Document:
    return spec.bundle_without("v1.0-pre", "observed", ids, folder)


def test_a_reading_without_one_of_its_changes(folder: Path) -> None:
    other = {**action("others", "$.info", update={"title": "Observed"}), "x-drift": DRIFT}
    overlay(folder / "readings" / "observed" / "v1.0-pre.yaml", DRIFTING, other)
    whole = spec.bundle("v1.0-pre", "observed", folder)
    left = without(folder, "longer")
    assert list(whole["x-drift"]) == ["longer", "others"]
    assert list(left["x-drift"]) == ["others"]
    assert (limit(whole), limit(left)) == (100, limit(spec.bundle("v1.0-pre", spec_dir=folder)))
    assert left["info"]["title"] == "Observed"


def test_what_builds_on_a_change_goes_with_it(folder: Path) -> None:
    again = {**action("again", LONGER["target"], update={"maxLength": 200}), "x-drift": DRIFT}
    shorter = {**LONGER, "target": f"{LONGER['target']}[?@ == 100]", "remove": True}
    gone = {**shorter, "x-id": "gone", "x-drift": DRIFT}
    del gone["update"]
    room = folder / "readings" / "observed"
    overlay(room / "v1.0-pre.yaml", DRIFTING)
    overlay(room / f"{NEWEST}.yaml", gone)
    assert "gone" in spec.bundle(NEWEST, "observed", folder)["x-drift"]
    assert not spec.bundle_without(NEWEST, "observed", ["longer"], folder)["x-drift"]
    # What fails by itself is an error all the same.
    overlay(room / f"{NEWEST}.yaml", gone, {**again, "target": "$.nowhere"})
    with pytest.raises(SpecError, match=r"action again: .* matches nothing"):
        spec.bundle(NEWEST, "observed", folder)


def test_an_ended_change_that_is_left_out_needs_no_end(folder: Path) -> None:
    room = folder / "readings" / "observed"
    over = {"x-id": "over", "description": "So.", "x-source": "003", "x-ends": "longer"}
    overlay(room / "v1.0-pre.yaml", DRIFTING)
    overlay(room / f"{NEWEST}.yaml", over)
    made = spec.bundle_without(NEWEST, "observed", ["longer"], folder)
    assert limit(made) == limit(spec.bundle(NEWEST, spec_dir=folder))


def test_a_folder_of_bundled_documents_has_just_these(folder: Path, tmp_path: Path) -> None:
    overlay(folder / "readings" / "observed" / "v1.0-pre.yaml", DRIFTING)
    made = spec.bundle("v1.0-pre", "observed", folder)
    ready = tmp_path / "ready"
    spec.make_ready(made, "mine", ready)
    assert spec.versions(ready) == ["v1.0-pre"]
    assert spec.readings("v1.0-pre", ready) == ["mine"]
    assert spec.bundle("v1.0-pre", "mine", ready) == made
    with pytest.raises(SpecError, match="cannot be read"):
        spec.bundle("v1.0-pre", "documented", ready)
