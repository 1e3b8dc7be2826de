"""The words of a refused field, as ``x-sentences`` has them: label, text, the two together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from register_contract.oracle.contract import CannotTryError, Contract

_GAP = re.compile(r"{(\w+)}")


class Sentences:
    """The texts of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._table: Mapping[str, Any] = contract.table("x-sentences")

    def label(self, field: str) -> str:
        """The field's name in a sentence; without a form of labels as it is."""
        form = self._table.get("label", {})
        if field in form.get("own", {}):
            return str(form["own"][field])
        ending = form.get("without", "")
        if ending and field.endswith(ending):
            field = field[: -len(ending)]
        if form.get("spaces"):
            field = " ".join(field.split("_")).lstrip()
        return field[:1].upper() + field[1:].lower() if form.get("capital") else field

    def text(self, text: Any, facts: Mapping[str, Any], values: Sequence[Any] = ()) -> str:
        """The text of a rule with what it asks for put in.

        ``facts`` are ``field``, ``value`` and ``limit``, ``values`` what would have been taken.
        """
        form, shown = self._table.get("values"), [quoted(v) for v in values if v is not None]
        known = {name: quoted(fact) for name, fact in facts.items()}
        if form is not None:
            few = [filled(form["each"], {"value": each}) for each in shown]
            known["values"] = form["between"].join(few)
            known["examples"] = form["between"].join(few[: form["most"]])
        if isinstance(text, Mapping):
            if form is None:
                raise CannotTryError("x-sentences says nothing of values, but a text asks for them")
            text = text["many"] if len(shown) >= form["most"] else text["few"]
        return filled(text, known)

    def about(self, field: str, text: str) -> str:
        """The whole sentence about a field."""
        return self.joined(self.label(field), text)

    def joined(self, label: str, text: str) -> str:
        """The whole sentence about a field that is called so."""
        return filled(self._table["sentence"], {"label": label, "text": text})

    @property
    def order(self) -> Sequence[Mapping[str, Any]]:
        """In which order problems are told; empty for that of the schema."""
        rows: Sequence[Mapping[str, Any]] = self._table.get("order", ())
        return rows

    def query(self, parameter: Mapping[str, Any], value: str) -> str:
        """The sentence about a query parameter with a wrong value: its own, or the general one."""
        text = parameter.get("x-sentences", {}).get("query", self._table["query"])
        return self.text(text, {"field": parameter["name"], "value": value})


def quoted(value: Any) -> str:
    """A value inside a text; a whole number is written without a fraction, however it was sent."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with its gaps filled. Raises CannotTryError for one that nothing is known for."""

    def fill(gap: re.Match[str]) -> str:
        if gap[1] not in known:
            raise CannotTryError(f"x-sentences: {text!r} asks for {gap[0]}, not known here")
        return known[gap[1]]

    return _GAP.sub(fill, text)
