"""What is checked too little, too much or at the wrong place before anything is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from register_mock.contract.problems import Refusal
from register_mock.contract.rules import Rule
from register_mock.contract.shape import Shape
from register_mock.defects.patches import defect
from register_mock.request.stages import STAGES
from register_mock.request.walk import Walk

KIND = "validation"


def looked(stage: Any, look: Any) -> Any:
    """Return a stage that looks in another way."""
    return replace(stage, look=look)


@defect(KIND, Shape, "problems")
def only_first_error_told(problems: Any) -> Any:
    """Of several wrong fields only the first is told."""
    return lambda self, kept: problems(self, kept)[:1]


@defect(KIND, Shape, "problems")
def nested_records_not_checked(problems: Any) -> Any:
    """The degrees and placements of a new trainee are not checked."""
    return lambda self, kept: [each for each in problems(self, kept) if len(each.path) < 3]


@defect(KIND, Shape, "problems")
def codes_not_checked(problems: Any) -> Any:
    """Any text is taken as a code of a list."""
    return lambda self, kept: [each for each in problems(self, kept) if each.rule != "inclusion"]


@defect(KIND, Shape, "problems")
def lengths_not_checked(problems: Any) -> Any:
    """Texts of any length are taken."""
    return lambda self, kept: [each for each in problems(self, kept) if each.rule != "too_long"]


@defect(KIND, Rule, "problem")
def rules_hold_for_new_trainees_only(problem: Any) -> Any:
    """The rules across fields are not held against an update that changes nothing else."""

    def judged(self: Rule, record: Any, scope: Any, within: Any = ()) -> Any:
        is_small = len(scope.sent) == 1
        return None if is_small else problem(self, record, scope, within)

    return judged


@defect(KIND, STAGES, "data")
def empty_data_taken(stage: Any) -> Any:
    """An update with an empty object as data is taken."""

    def data(walk: Walk) -> Any:
        sent = walk.body.get("data") if isinstance(walk.body, dict) else None
        return None if sent == {} else stage.look(walk)

    return looked(stage, data)


@defect(KIND, STAGES, "data")
def data_without_envelope_taken(stage: Any) -> Any:
    """Fields are taken that do not stand under data."""

    def data(walk: Walk) -> Any:
        if isinstance(walk.body, dict) and walk.body and "data" not in walk.body:
            walk.body = {"data": walk.body}
        return stage.look(walk)

    return looked(stage, data)


@defect(KIND, STAGES, "data")
def unknown_keys_refused(stage: Any) -> Any:
    """A body with a key that no document knows is refused as missing data."""

    def data(walk: Walk) -> Any:
        refusal = stage.look(walk)
        shape = walk.operation.shape
        if refusal is None and shape is not None and walk.data.keys() - shape.fields.keys():
            return Refusal("missing_data")
        return refusal

    return looked(stage, data)


@defect(KIND, STAGES, "json")
def json_read_whatever_it_is_called(stage: Any) -> Any:
    """A body is read as JSON even when it is called plain text."""

    def json(walk: Walk) -> Any:
        environ = {**walk.call.environ, "CONTENT_TYPE": "application/json"}
        walk.call = walk.call._replace(environ=environ)
        return stage.look(walk)

    return looked(stage, json)


@defect(KIND, STAGES, "fields")
def names_trimmed_before_their_limit(stage: Any) -> Any:
    """Blanks around a name do not count for its length."""

    def fields(walk: Walk) -> Any:
        for name in ("first_names", "last_name"):
            if isinstance(walk.data.get(name), str) and walk.data[name].strip():
                walk.data = {**walk.data, name: walk.data[name].strip()}
        return stage.look(walk)

    return looked(stage, fields)
