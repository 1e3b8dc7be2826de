"""An example of a finding as data that can be tried again elsewhere, or later: ``finding-….json``.

Its form is ``finding.schema.json``. Tokens of the target are not in it: a name stands in the place
of each, and whoever tries the example again gives his own.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from register_contract.target.ending import StoppedError
from register_contract.target.exchange import Exchange
from register_contract.target.files import read_json
from register_contract.verdict.cleaning import Cleaner
from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.recipe import Aspect, Made, Recipe, Renaming, Step
from register_contract.verdict.results import Circumstances

FORM = 1
_SCHEMA = Path(__file__).with_name("finding.schema.json")
_PLACEHOLDER = "<<REGISTER_{}>>"
_TOLD = ("operation", "sentence", "source", "expected", "got", "curl", "file")
_SHOWN = 200


@dataclass(frozen=True)
class Recorded:
    """An example of a finding, and what the run was held to that met it.

    ``asked`` has no folder of contracts: a file is read where that may be another.
    """

    asked: Circumstances
    rule: str
    cause: str
    seed: int
    example: Example
    recipe: Recipe

    @property
    def title(self) -> str:
        """What is wrong, in a sentence."""
        return self.example.sentence


def recorded(
    asked: Circumstances, finding: Finding, example: Example, recipe: Recipe, clean: Cleaner
) -> Recorded:
    """One example of a finding, without tokens of the target and without its script."""
    names = {token: _PLACEHOLDER.format(name) for name, token in recipe.secrets.items()}
    hide = Renaming(names)

    def hidden(text: str) -> str:
        return clean.without_secrets(hide(text))

    answer = replace(
        recipe.answer,
        url="",
        request_headers={},
        request_body=None,
        body=hidden(recipe.answer.body.decode("latin-1")).encode("latin-1"),
        headers={name: hidden(value) for name, value in recipe.answer.headers.items()},
    )
    steps, last = tuple(map(hide.step, recipe.steps)), hide.step(recipe.last)
    said = "\n".join(step.said for step in (*steps, last)).casefold()
    used = {
        name: names[token]
        for name, token in recipe.secrets.items()
        if names[token][:-1].casefold() in said
    }
    plain = Recipe(steps, last, answer, recipe.aspect, used, recipe.nonce)
    bare = replace(example, script="")
    return Recorded(asked, finding.rule, finding.cause, finding.seed, bare, plain)


def as_data(example: Recorded) -> dict[str, Any]:
    """It as plain data."""
    recipe, asked = example.recipe, example.asked
    told = asdict(example.example)
    return {
        "form": FORM,
        "version": asked.version,
        "reading": asked.reading,
        "now": asked.now.isoformat(),
        "timers": list(asked.timers),
        "made_up": sorted(asked.made_up),
        "rule": example.rule,
        "cause": example.cause,
        "seed": example.seed,
        **{name: told[name] for name in _TOLD},
        "aspect": {**asdict(recipe.aspect), "at": list(recipe.aspect.at)},
        "tokens": dict(recipe.secrets),
        "nonce": recipe.nonce,
        "steps": [_step(step) for step in recipe.steps],
        "last": _step(recipe.last),
        "answer": {
            "status": recipe.answer.status,
            "failure": recipe.answer.failure,
            "headers": dict(recipe.answer.headers),
            "body": _text(recipe.answer.body),
            "place": recipe.answer.place,
        },
    }


def as_text(example: Recorded) -> str:
    """It as the text of a file: ASCII, as half a surrogate pair has no UTF-8."""
    return json.dumps(as_data(example), indent=2) + "\n"


def read(path: Path) -> Recorded:
    """The example in a file. Raises StoppedError, in words, where there is none."""
    raw = read_json(path)
    wrong = best_match(_validator().iter_errors(raw))
    if wrong is not None:
        where = "/".join(map(str, wrong.absolute_path)) or "the whole"
        raise StoppedError(
            f"{path} holds no finding as `run --report DIR` writes them to DIR/repeat: "
            f"{where}: {wrong.message[:_SHOWN]}"
        )
    try:
        datetime.fromisoformat(raw["now"])
    except ValueError as error:
        raise StoppedError(f"{path}: now: {raw['now']!r} is no time") from error
    return from_data(raw)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def from_data(raw: Mapping[str, Any]) -> Recorded:
    """The example that ``as_data`` made plain."""
    answer, aspect = raw["answer"], raw["aspect"]
    last = _step_from(raw["last"])
    exchange = Exchange(
        last.method,
        "",
        {},
        None,
        answer["status"],
        answer["headers"],
        _bytes(answer["body"]) or b"",
        failure=answer["failure"],
        place=answer["place"],
    )
    recipe = Recipe(
        tuple(map(_step_from, raw["steps"])),
        last,
        exchange,
        Aspect(**{**aspect, "at": tuple(aspect["at"])}),
        raw["tokens"],
        raw["nonce"],
    )
    now = datetime.fromisoformat(raw["now"])
    made_up = frozenset(raw["made_up"])
    asked = Circumstances(raw["version"], raw["reading"], None, now, raw["timers"], made_up)
    example = Example(**{name: raw[name] for name in _TOLD})
    return Recorded(asked, raw["rule"], raw["cause"], raw["seed"], example, recipe)


def _step(step: Step) -> dict[str, Any]:
    return {
        "method": step.method,
        "path": step.path,
        "headers": [list(pair) for pair in step.headers],
        "body": None if step.body is None else _text(step.body),
        "status": step.status,
        "world": step.world,
        "made": [asdict(made) for made in step.made],
    }


def _step_from(raw: Mapping[str, Any]) -> Step:
    return Step(
        raw["method"],
        raw["path"],
        tuple((name, value) for name, value in raw["headers"]),
        None if raw["body"] is None else _bytes(raw["body"]),
        raw["status"],
        raw["world"],
        tuple(Made(**made) for made in raw["made"]),
    )


def _text(body: bytes) -> str | dict[str, str]:
    """A body as a text; one that is none as base64."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode("ascii")}


def _bytes(body: Any) -> bytes:
    if isinstance(body, Mapping):
        return b64decode(body["base64"])
    return str(body).encode("utf-8", "surrogatepass")
