"""Scenario files: read, checked, and written out for each of their examples.

A file is held against `fixtures/scenario.schema.yaml`; what is wrong with it is a SpecError that
names the file and says what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from register_spec.documents import SpecError, read_yaml
from register_spec.wording import Form

# The wheel puts them into the package; in a clone they lie at its top.
_INSTALLED = Path(__file__).parents[1] / "fixtures"
FIXTURES = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[3] / "fixtures"
FOLDER = FIXTURES / "scenarios"
# A value of an example stands for `<its name>`, as in the scenario outlines of Gherkin.
PLACEHOLDER = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


@dataclass(frozen=True, eq=False)
class Scenario:
    """One scenario; `name` is its folder and file, and the number of the example if it has some.

    `sentence` says what happens and why, `shows` are ids of rows, `editions` where it is to be
    played (nothing: wherever its rows are known), `given` what there is before. Each of `steps`
    has a `request`, and an `answer` or, by edition, `answer_by`.
    """

    name: str
    sentence: str
    shows: tuple[str, ...]
    editions: tuple[str, ...]
    given: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


def read_scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Return the scenarios of a folder, in the order of their names.

    Raises SpecError when a file is wrong.
    """
    paths = sorted(folder.glob("*/*.yaml"))
    if not paths:
        raise SpecError(f"{folder}: there are no scenarios; they lie in <operation_id>/<name>.yaml")
    return [each for path in paths for each in read_scenario(path)]


def read_scenario(path: Path) -> list[Scenario]:
    """Return the scenario of a file, once for each of its examples.

    Raises SpecError when the file is wrong.
    """
    document = read_yaml(path)
    flaws = _form().flaws(document)
    if flaws:
        raise SpecError(f"scenario {path}: " + "; ".join(flaw.sentence for flaw in flaws))
    steps = (document, *document.get("then", ()))
    for number, step in enumerate(steps, start=1):
        _check_step(path, number, step)
    operations = [step["request"].get("operation") for step in steps]
    if operations[0] is not None and path.parent.name not in operations:
        raise SpecError(
            f"scenario {path}: its folder is named like none of its operations: "
            f"{', '.join(filter(None, operations))}"
        )
    examples: Sequence[Mapping[str, Any]] = document.get("examples", [])
    name = f"{path.parent.name}/{path.stem}"
    if not examples:
        return [_scenario(name, document)]
    _check_examples(path, examples)
    return [
        _scenario(f"{name}/{_label(example)}", filled(document, example)) for example in examples
    ]


@lru_cache(maxsize=1)
def _form() -> Form:
    schema = read_yaml(FIXTURES / "scenario.schema.yaml")
    components = schema.pop("components")
    return Form(schema, components)


# Of each pair only one may stand there.
_EITHER = (("answer", "answer_by"), ("operation", "event"), ("data", "body"), ("body", "text"))


def _check_step(path: Path, number: int, step: Mapping[str, Any]) -> None:
    keys = {*step, *step["request"]}
    for one, other in _EITHER:
        if {one, other} <= keys:
            raise SpecError(
                f"scenario {path}: request {number}: both {one} and {other} are there; "
                "give one of them"
            )


def _check_examples(path: Path, examples: Sequence[Mapping[str, Any]]) -> None:
    for number, example in enumerate(examples):
        if example.keys() != examples[0].keys():
            raise SpecError(
                f"scenario {path}: examples[{number}]: has {', '.join(example)}; "
                f"the first has {', '.join(examples[0])}"
            )
    labels = [_label(example) for example in examples]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise SpecError(f"scenario {path}: examples: two of them are {twice!r}")


def _label(example: Mapping[str, Any]) -> str:
    return ",".join(str(value) for value in example.values())


def _scenario(name: str, document: Mapping[str, Any]) -> Scenario:
    first = {key: document[key] for key in ("request", "answer", "answer_by") if key in document}
    return Scenario(
        name=name,
        sentence=document["scenario"],
        shows=tuple(document["shows"]),
        editions=tuple(document.get("in", ())),
        given=document.get("given", {}),
        steps=(first, *document.get("then", ())),
    )


def filled(node: Any, values: Mapping[str, Any]) -> Any:
    """Return a tree with the values in place of their `<names>`; unknown names stay.

    A text that is nothing but a name becomes the value, of whatever type it is.
    """
    if isinstance(node, Mapping):
        return {filled(key, values): filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(each, values) for each in node]
    if not isinstance(node, str):
        return node
    whole = PLACEHOLDER.fullmatch(node)
    if whole is not None:
        return values.get(whole[1], node)
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), node)


def texts(node: Any) -> Iterator[str]:
    """Yield every text of a tree."""
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, str):
        yield node
