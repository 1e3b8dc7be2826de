"""Documents of others: untidy ones, and what they show by accident."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_contract.diff.comparison import Comparison, compare
from register_contract.diff.entries import BREAKING, Entry, profile_of
from register_contract.diff.sides import read_side
from register_contract.diff.witness.static import by_documents
from register_contract.target.ending import StoppedError
from register_contract.tests.diff.untidy import NEW, OLD


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    return of(tmp_path, OLD, NEW)


def of(folder: Path, old: str, new: str) -> Comparison:
    sides = []
    for name, text in (("old", old), ("new", new)):
        path = folder / f"{name}.yaml"
        path.write_text(text)
        sides.append(read_side(str(path), None, None))
    return compare(sides[0], sides[1], profile_of("dfe"))


def entry(comparison: Comparison, id: str) -> Entry:
    return next(each for each in comparison.entries if id in each.ids)


def test_renames_are_proposed_once_each(comparison: Comparison) -> None:
    renames = [(r.old, r.new) for each in comparison.entries for r in each.renames]
    assert sorted(renames) == [
        ("kind_one", "kind_1"),
        ("lead_person_urn", "training_person_urn"),
    ]
    assert all("proposed" in e.sentence for e in comparison.entries if e.renames)


def test_what_all_answers_lack_is_gone(comparison: Comparison) -> None:
    gone = entry(comparison, "answer.field.removed")
    assert gone.level == BREAKING
    assert gone.operations == ["GET /things", "POST /things"]
    assert len(gone.changes) == 2


def test_what_one_answer_shows_is_a_note(comparison: Comparison) -> None:
    assert len(comparison.entries) == 4, [each.sentence for each in comparison.entries]
    assert any("note" in note for note in comparison.notes)
    assert any("errors.code" in note for note in comparison.notes)


def test_a_narrower_field_has_a_value_that_shows_it(comparison: Comparison) -> None:
    narrower = entry(comparison, "request.narrower")
    by_documents(comparison)
    shown: Any = narrower.witness
    assert not shown["run"]
    assert "taken" in shown["difference"]
    assert 3 < len(str(narrower.changes[0].values[0])) <= 5


def test_lines_of_both_files_are_known(comparison: Comparison) -> None:
    change = entry(comparison, "request.narrower").changes[0]
    assert change.raw.old is not None
    origin = change.raw.old.origins[0]
    line = comparison.old.lines[origin]
    assert "code:" in OLD.splitlines()[line - 1]


_OF_ONE = """
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  %s/things/{%s}:
    get:
      parameters:
        - {name: %s, in: path, required: true, schema: {type: string%s}}
      responses: {"200": {description: one}}
"""


def test_a_parameter_of_a_path_is_the_same_below_another_base(tmp_path: Path) -> None:
    """It is known by its place behind the base path, and told by its name."""
    old = _OF_ONE % ("/api/{version}", "id", "id", "")
    same = of(tmp_path, old, _OF_ONE % ("/api/v1.0", "thing_id", "thing_id", ""))
    assert not [each.ids for each in same.entries if each.ids != ["address.changed"]]
    less = of(tmp_path, old, _OF_ONE % ("/api/v1.0", "thing_id", "thing_id", ", maxLength: 3"))
    assert entry(less, "parameter.narrower").sentence == "the path parameter thing_id takes less"


def test_a_renaming_that_is_none_is_not_proposed(tmp_path: Path) -> None:
    new = OLD.replace("note: {type: string}", "remark: {type: string}").replace("note]", "remark]")
    comparison = of(tmp_path, OLD, new)
    assert not [each for each in comparison.entries if each.renames]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no object"),
        ("a: [", "neither YAML nor JSON"),
        ("swagger: '2.0'", "Swagger 2.0"),
        ("{openapi: 3.2.0, info: {}, paths: {}}", "3.0 and 3.1"),
        ("{openapi: 3.0.3, paths: {}}", "no `info`"),
        ("{openapi: 3.0.3, info: {}}", "no `paths`"),
        ("{openapi: 3.0.3, info: {}, paths: {/a: 1}}", "paths./a is no object"),
        (
            "{openapi: 3.0.3, info: {}, paths: {/a: {get: {responses: {200: {$ref: '#/no'}}}}}}",
            "leads nowhere",
        ),
        (
            "{openapi: 3.0.3, info: {}, paths: {/a: {get: {responses: {200: {$ref: 'b#/c'}}}}}}",
            "other documents",
        ),
        ("{openapi: 3.0.3, info: {}, paths: {/a: {get: {parameters: [{}]}}}}", "KeyError"),
        (
            "{openapi: 3.1.0, info: {}, paths: {/a: {get: {responses: {200: {content: "
            "{application/json: {schema: {type: wrong}}}}}}}}}",
            "is no schema",
        ),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(StoppedError, match=said):
        of(tmp_path, text, text)


def test_schemas_that_hold_themselves_are_looked_at_once(tmp_path: Path) -> None:
    text = """
openapi: 3.1.0
info: {title: T, version: v1}
paths:
  /a:
    post:
      operationId: a
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}
      responses: {200: {description: ok}}
components:
  schemas:
    Tree:
      type: object
      properties: {child: {$ref: '#/components/schemas/Tree'}, name: {type: string}}
"""
    comparison = of(tmp_path, text, text.replace("name: {type: string}", "name: {type: integer}"))
    assert {id for each in comparison.entries for id in each.ids} == {"request.narrower"}


def test_an_unknown_keyword_is_told(tmp_path: Path) -> None:
    new = OLD.replace("maxLength: 5", "maxLength: 5, shape: round")
    assert any("shape" in note for note in of(tmp_path, OLD, new).notes)


def test_a_document_of_others_is_compared_with_ours_by_what_both_can_say(tmp_path: Path) -> None:
    """Ours without its tables, as somebody else might print it, says the same."""
    bare = {key: value for key, value in spec.bundle("v2026.1").items() if key[:2] != "x-"}
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(bare))
    sides = (read_side(str(path), None, None), read_side("v2026.1", None, None))
    for one, other in (sides, sides[::-1]):
        found = compare(one, other, profile_of("dfe"))
        assert not [each.key for each in found.entries]
