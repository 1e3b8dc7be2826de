"""What an operator would change, before it has its name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is broken: its name, the class, the sentence, the place and what comes there.

    Without an `update` the place is taken away.
    """

    row: str
    kind: str
    sentence: str
    target: str
    update: Any = None

    def action(self) -> dict[str, Any]:
        """Return it as an action of an overlay."""
        if self.update is None:
            return {"target": self.target, "remove": True}
        return {"target": self.target, "update": self.update}


Operator = Callable[[Document], Iterator[Change]]


def path(*names: str) -> str:
    """Return the JSONPath of keys, from the root of a document."""
    return "$" + "".join(f"[{_quoted(name)}]" for name in names)


def entry(value: str) -> str:
    """Return what selects the entries of a list that are this text."""
    return f"[?@ == {_quoted(value)}]"


def _quoted(text: str) -> str:
    return "'" + json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def mentions(node: Any, word: str) -> bool:
    """Tell whether a key of this name stands anywhere in a row."""
    if isinstance(node, Mapping):
        return word in node or any(mentions(each, word) for each in node.values())
    return isinstance(node, list) and any(mentions(each, word) for each in node)


def says(node: Any, key: str, value: Any) -> bool:
    """Tell whether this key has this value anywhere in a row."""
    if isinstance(node, Mapping):
        own = key in node and node[key] == value
        return own or any(says(each, key, value) for each in node.values())
    return isinstance(node, list) and any(says(each, key, value) for each in node)
