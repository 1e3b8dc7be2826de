"""Decides how texts of a document are set: names as code, long names breakable, sources linked."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import flask
from markupsafe import Markup, escape

from register_mock.pages.topics import DECISION

_DECISION = re.compile(r"\b(decision (\d+))\b")


def prose(text: str, name: str) -> Markup:
    """Return a description with its `names` set as code and its decisions linked.

    ``name`` is the reference it stands in; everything else is escaped.
    """
    pieces = str(text).split("`")
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if number % 2 else cited(piece, name)
        for number, piece in enumerate(pieces)
    )


def breakable(text: str) -> Markup:
    """Return a long name with places where a narrow column may break it."""
    return Markup("_<wbr>").join(escape(piece) for piece in str(text).split("_"))


def cited(text: str, name: str) -> Markup:
    """Return a source whose decisions are links to their rows, in the reference ``name``."""
    made, end = Markup(), 0
    for match in _DECISION.finditer(str(text)):
        anchor = DECISION + match[2]
        place = flask.url_for("pages.topic", name=name, id="decisions", _anchor=anchor)
        link = Markup('<a href="{}">{}</a>').format(place, match[1])
        made += escape(text[end : match.start()]) + link
        end = match.end()
    return made + escape(str(text)[end:])


def readable(value: Any) -> str:
    """Return JSON as a person reads it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def told(value: Any) -> str:
    """Return a value of an explanation in one line: a text as it is, a list by its members."""
    if isinstance(value, list):
        return ", ".join(map(told, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def header_lines(headers: Mapping[str, str]) -> str:
    """Return headers as they are written, one a line."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items()) or "None"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "prose": prose,
    "breakable": breakable,
    "cited": cited,
    "readable": readable,
    "header_lines": header_lines,
    "told": told,
}
