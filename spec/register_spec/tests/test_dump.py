"""A bundle as text is the same document for every reader of YAML or JSON."""

import json
import re
from typing import Any

import pytest
import yaml

import register_spec as spec
from register_spec.documents import Document


class Eager(yaml.CSafeLoader):
    """YAML 1.1, and takes for a number or a truth value what other readers do, too."""


def _other(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> object:
    return ("not a text", node.value)


Eager.add_constructor("!other", _other)
Eager.add_implicit_resolver("!other", re.compile(r"[yYnN]$"), list("yYnN"))
Eager.add_implicit_resolver("!other", re.compile(r"(0[0-9]+|0o[0-7]+)$"), ["0"])
Eager.add_implicit_resolver("!other", re.compile(r"[0-9]+[eE][0-9]+$"), list("0123456789"))


def test_yaml_comes_back_as_it_was() -> None:
    newest = spec.bundle("v2025.0")
    text = spec.openapi_dump(newest, "yaml")
    where = _differs(yaml.load(text, Loader=Eager), newest)
    assert where is None


def _differs(found: Any, wanted: Any, place: str = "") -> str | None:
    """The first place where two documents part; a whole comparison would print both."""
    if type(found) is not type(wanted):
        return f"{place}: {found!r}"
    if isinstance(wanted, dict):
        if list(found) != list(wanted):
            return f"{place}: other keys"
        parts = [_differs(found[key], wanted[key], f"{place}.{key}") for key in wanted]
    elif isinstance(wanted, list):
        if len(found) != len(wanted):
            return f"{place}: another length"
        parts = [_differs(f, w, place) for f, w in zip(found, wanted, strict=True)]
    else:
        return None if found == wanted else f"{place}: {found!r}"
    return next((part for part in parts if part), None)


def test_json_comes_back_as_it_was(bundled: Document) -> None:
    where = _differs(json.loads(spec.openapi_dump(bundled, "json")), bundled)
    assert where is None


def test_nothing_is_abbreviated(bundled: Document) -> None:
    shared = {
        "a": bundled["info"],
        "b": bundled["info"],
        "c": bundled["tags"],
        "d": bundled["tags"],
    }
    text = spec.openapi_dump(shared, "yaml")
    assert "&id" not in text
    assert text.count("title: Register trainee teachers API") == 2


@pytest.mark.parametrize("text", ["083", "0o17", "1e5", "12:30", "y", "2024-01-01", "2", ""])
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert yaml.load(spec.openapi_dump({"a": text}, "yaml"), Loader=Eager) == {"a": text}
