"""A recorded example with a variable for each value that another target makes up anew.

What the exported forms share: the requests, the variables, and what is asked of the last answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from register_contract.target.decoding import NO_JSON, plain, standing_at, texts_in
from register_contract.verdict.recipe import Recipe, Renaming, Step

if TYPE_CHECKING:
    from register_contract.verdict.recorded import Recorded

_REFUSED = 400


class NoExportError(Exception):
    """An example cannot be written in a form; the message says why."""


class Form(StrEnum):
    """How a value stands in a request: as it is, with its last letter cut off, in other letters."""

    PLAIN = ""
    CUT = "cut"
    SWAPPED = "swapped"
    QUOTED = "quoted"


@dataclass(frozen=True)
class Var:
    """A variable in a text."""

    name: str


Text = tuple[str | Var, ...]


@dataclass(frozen=True)
class Capture:
    """A variable that the ``nth`` text under a key of an answer is put in."""

    name: str
    key: str
    nth: int
    form: Form


@dataclass(frozen=True)
class Given:
    """A variable that is there from the start: a token of the target, or what makes names new."""

    name: str
    of: str
    form: Form
    is_token: bool

    @property
    def words(self) -> str:
        """What it has to be."""
        what = (
            f"a token of the target ({self.of})" if self.is_token else "eight new digits each time"
        )
        forms = {
            Form.CUT: ", without its last letter",
            Form.SWAPPED: ", capitals for small letters and small ones for capitals",
            Form.QUOTED: ", as it stands in an address",
        }
        return what + forms.get(self.form, "")


@dataclass(frozen=True)
class Call:
    """One request; ``status`` is what it was answered with in the run."""

    method: str
    path: Text
    headers: tuple[tuple[str, Text], ...]
    body: Text | None
    status: int
    captures: tuple[Capture, ...] = ()

    @property
    def title(self) -> str:
        """Method and path in words."""
        path = "".join(each if isinstance(each, str) else each.name for each in self.path)
        return f"{self.method} {path.partition('?')[0]}"


@dataclass(frozen=True)
class Check:
    """What the last answer has to be, or not to be any more.

    ``kind`` is ``status`` or ``value``, of which it is to be another one than ``value`` (that
    ``at`` a place); ``says`` or ``is silent``, about a text; ``there`` or ``gone``, about what
    stands ``at`` a place; or ``whole``, a body with ``~`` for texts that are made up.
    """

    kind: str
    value: Any
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All that an exported file says; ``made_up`` are fields whose texts targets make up."""

    title: str
    facts: tuple[str, ...]
    given: tuple[Given, ...]
    worlds: tuple[str, ...]
    calls: tuple[Call, ...]
    last: Call
    check: Check
    made_up: tuple[str, ...]
    expected: str
    got: str


@dataclass
class _Variables:
    """The variables so far, by the text that each stands for."""

    known: dict[str, Var]
    given: list[Given]
    taken: set[str]

    def new(self, name: str) -> str:
        made, number = name, 1
        while made in self.taken:
            number += 1
            made = f"{name}_{number}"
        self.taken.add(made)
        return made

    def give(self, requests: Sequence[Step], value: str, name: str, *, is_token: bool) -> None:
        """A variable that whoever runs the file has to give, in each form that is needed."""
        for form, text in _forms_in(requests, value, is_token=is_token):
            made = self.new(_named(name, form))
            self.known[text] = Var(made)
            self.given.append(Given(made, name, form, is_token))

    def capture(self, step: Step, later: Sequence[Step]) -> Iterator[Capture]:
        """Variables for what the answer of a request makes up, where later ones hold it."""
        for made in step.made:
            is_token = made.key == "token"
            for form, text in _forms_in(later, made.value, is_token=is_token):
                name = self.new(_named(made.key.upper(), form))
                self.known[text] = Var(name)
                yield Capture(name, made.key, made.nth, form)

    def text(self, text: str) -> Text:
        """A text in pieces, the longest values first: one may begin with another."""
        pieces: list[str | Var] = [text]
        for value in sorted(self.known, key=len, reverse=True):
            pieces = [new for piece in pieces for new in _split(piece, value, self.known[value])]
        return tuple(piece for piece in pieces if piece != "")


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _named(name: str, form: Form) -> str:
    return f"{name}_{form.upper()}" if form else name


def _split(piece: str | Var, value: str, var: Var) -> Iterator[str | Var]:
    if isinstance(piece, Var):
        yield piece
        return
    first, *rest = piece.split(value)
    yield first
    for each in rest:
        yield var
        yield each


def plan_of(example: Recorded) -> Plan:
    """What is to be written. Raises NoExportError for a body that is no text."""
    recipe, file = example.recipe, example.example.file.removesuffix(".sh")
    requests = [*recipe.steps, recipe.last]
    worlds = {step.world: f"{file}-{place}" for place, step in enumerate(requests) if step.world}
    rename = Renaming(worlds)
    requests = [rename.step(step) for step in requests]
    variables = _Variables({}, [], {"BASE"})
    for name, value in recipe.secrets.items():
        variables.give(requests, value, name, is_token=True)
    if recipe.nonce:
        variables.give(requests, recipe.nonce, "NONCE", is_token=False)
    calls = []
    for place, step in enumerate(requests):
        call = _call(variables, step)
        captures = tuple(variables.capture(step, requests[place + 1 :]))
        calls.append(replace(call, captures=captures))
    return Plan(
        example.title,
        (
            f"rule {example.rule} · {example.example.source} · seed {example.seed}",
            f"contract {example.asked.version}, {example.asked.reading} reading",
        ),
        tuple(variables.given),
        tuple(worlds.values()),
        tuple(calls[:-1]),
        calls[-1],
        _check(recipe, example.asked.made_up),
        tuple(sorted(example.asked.made_up)),
        example.example.expected,
        example.example.got,
    )


def _call(variables: _Variables, step: Step) -> Call:
    body = None
    if step.body is not None:
        try:
            body = variables.text(step.body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise NoExportError("a body that is no UTF-8 has no form there") from error
    headers = tuple((name, variables.text(value)) for name, value in step.headers)
    return Call(step.method, variables.text(step.path), headers, body, step.status)


def _forms_in(
    requests: Sequence[Step], value: str, *, is_token: bool
) -> Iterator[tuple[Form, str]]:
    """How a value stands in requests, each form with the text that it is there."""
    said = [step.said for step in requests]
    forms = {
        Form.PLAIN: value,
        Form.SWAPPED: value.swapcase(),
        Form.QUOTED: quote(value, safe=""),
        Form.CUT: value[:-1] if is_token else value,
    }
    met: set[str] = set()
    for form, text in forms.items():
        others = said if form is not Form.CUT else [each.replace(value, "") for each in said]
        if text not in met and any(text in each for each in others):
            yield form, text
        met.add(text)


def _check(recipe: Recipe, made_up: frozenset[str]) -> Check:
    """What is asked of the last answer."""
    answer, aspect = recipe.answer, recipe.aspect
    body = answer.json
    if aspect.kind == "status" or body is NO_JSON:
        return Check("status", answer.status)
    if aspect.kind == "said":
        is_said = aspect.said in texts_in(body)
        return Check("is silent" if is_said else "says", aspect.said)
    at = aspect.at
    if aspect.kind == "field":
        at = (*([answer.place] if answer.place else []), aspect.field)
    found = standing_at(body, at)
    if aspect.kind == "there":
        return Check("there" if found is NO_JSON else "gone", None, at)
    is_whole = aspect.kind == "whole" or answer.status >= _REFUSED
    if is_whole or found is NO_JSON or isinstance(found, (dict, list)):
        return Check("whole", plain(body, made_up))
    return Check("value", found, at)
