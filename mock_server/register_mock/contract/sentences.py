"""The words of a problem: how a field is called in a sentence, and the text of its rule.

Texts and the form of a label are rows of `x-sentences`; a text says in braces what is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

import orjson

from register_mock.contract.problems import Path, Problem, Text
from register_spec import SpecError

# What a text may speak of: the text of a rule, a sentence of a label and such a text, and any
# text of an answer about one problem.
IN_TEXTS = frozenset({"field", "value", "limit"})
IN_SENTENCES = frozenset({"label", "text"})
OF_PROBLEMS = frozenset(
    {"field", "container", "section", "label", "name", "text", "sentence", "first_word", "rest"}
)
_OF_LISTS = frozenset({"values", "examples"})


def leaf(path: Path) -> str:
    """Return the field a path ends at: the last name, without an index."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "data")


def container(path: Path) -> str:
    """Return the field whose members a path leads into, or nothing for a field of its own."""
    names = [step for step in path if isinstance(step, str)]
    return names[0] if len(names) > 1 else ""


class Words:
    """The texts of one edition.

    Raises SpecError for a text that speaks of what there is not.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Read the root's `x-sentences`."""
        self._label: Mapping[str, Any] = table.get("label", {})
        self._sentence: str = table["sentence"]
        self._values: Mapping[str, Any] | None = table.get("values")
        check_text("x-sentences.sentence", self._sentence, IN_SENTENCES)
        self.check_rule("x-sentences.query", table["query"])
        for name, row in table["fields"].items():
            self.check_rule(f"x-sentences.fields.{name}.text", row["text"])

    def check_rule(self, place: str, text: Text, facts: Iterable[str] = ()) -> None:
        """Hold the text of a rule against what it may speak of, `facts` of its own besides."""
        if self._values is None and not isinstance(text, str):
            raise SpecError(f"{place}: `few` and `many` need x-sentences.values")
        known = IN_TEXTS if self._values is None else IN_TEXTS | _OF_LISTS
        known = known.union(facts)
        for each in [text] if isinstance(text, str) else text.values():
            check_text(place, each, known)

    def label(self, name: str) -> str:
        """Return a field's name as sentences write it."""
        form = self._label
        if name in form.get("own", ()):
            return str(form["own"][name])
        name = name.removesuffix(form.get("without", ""))
        if "spaces" in form:
            name = name.replace("_", " ").lstrip()
        return name.capitalize() if "capital" in form else name

    def called(self, problem: Problem) -> str:
        """Return what a sentence calls the field of a problem."""
        own = self.label(leaf(problem.path)) if problem.label is None else problem.label
        return f"{problem.within} {own}" if problem.within else own

    def text(self, problem: Problem) -> str:
        """Return what is said of the field, behind its label."""
        text, told = problem.text, {"limit": problem.limit, "field": leaf(problem.path)}
        if self._values is not None:
            listed = problem.allowed if isinstance(problem.allowed, list) else []
            values = [as_text(each) for each in listed if each is not None]
            most = self._values["most"]
            told |= {"values": self._listed(values), "examples": self._listed(values[:most])}
            if not isinstance(text, str):
                text = text["few" if len(values) < most else "many"]
        assert isinstance(text, str), "rules are checked"
        facts = {name: as_text(fact) for name, fact in problem.facts.items()}
        return text.format_map({**told, "value": as_text(problem.sent), **facts})

    def sentence(self, problem: Problem) -> str:
        """Return the whole sentence about a problem."""
        text = self.text(problem)
        if problem.is_sentence:
            return text
        return self._sentence.format(label=self.called(problem), text=text)

    def of(self, problem: Problem) -> dict[str, str]:
        """Return what a text of an answer may say of one problem."""
        sentence, label = self.sentence(problem), self.called(problem)
        first_word, _, rest = sentence.partition(" ")
        return {
            "field": leaf(problem.path),
            "container": container(problem.path),
            "section": problem.section,
            "label": label,
            "name": label.rpartition(" ")[2],
            "text": self.text(problem),
            "sentence": sentence,
            "first_word": first_word,
            "rest": rest,
        }

    def _listed(self, values: list[str]) -> str:
        assert self._values is not None
        each: str = self._values["each"]
        return str(self._values["between"]).join(each.format(value=value) for value in values)


def as_text(value: Any) -> str:
    """Return a value as a text quotes it: JSON, unless it is a text.

    A very small number is written as Python, and Ruby, write it: 1e-05.
    """
    if type(value) is float:
        return repr(value)
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def check_text(place: str, text: str, known: frozenset[str]) -> None:
    """Raise SpecError when a text speaks of something else than `known`."""
    try:
        named = [name for name in _named(text) if name not in known]
    except ValueError as error:
        raise SpecError(f"{place}: {text!r} has braces that are not in pairs: {error}") from None
    if named:
        there = ", ".join(f"{{{name}}}" for name in sorted(known)) or "nothing"
        raise SpecError(f"{place}: {{{named[0]}}} is not known there; known is {there}")


def _named(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(text) if name is not None)
