"""Whether two answers say the same, apart from what each target makes up: ids, times, TRNs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from register_contract.target.decoding import plain, standing_at, texts_in
from register_contract.target.exchange import NO_JSON, Exchange
from register_contract.verdict.recipe import Aspect

_REFUSED = 400


@dataclass(frozen=True)
class Outcome:
    """What came of sending an example again: the answer, or the step that was answered otherwise.

    ``stopped`` counts that step from 1; 0 means that the last request was reached.
    """

    answer: Exchange
    stopped: int = 0


@dataclass(frozen=True)
class Comparer:
    """Compares answers; ``made_up`` are the keys whose texts differ from target to target."""

    made_up: frozenset[str]

    def same(self, one: Exchange, outcome: Outcome, aspect: Aspect) -> bool:
        """Whether a target's answer is that of the outcome.

        A refusal has to be the same as a whole, what is shown of a record only in the aspect.
        """
        other = outcome.answer
        if outcome.stopped or one.failure or other.failure or one.status != other.status:
            return False
        if one.status >= _REFUSED or aspect.kind == "whole":
            return bool(self._plain(_body(one)) == self._plain(_body(other)))
        return bool(self.view(Outcome(one), aspect) == self.view(outcome, aspect))

    def view(self, outcome: Outcome, aspect: Aspect) -> Any:
        """What an outcome is in one aspect: two with the same view differ in nothing there."""
        answer = outcome.answer
        if outcome.stopped:
            return ("stopped", outcome.stopped, answer.status, self._plain(_body(answer)))
        if aspect.kind == "status":
            return answer.status
        body = _body(answer)
        if aspect.kind == "said":
            return aspect.said in texts_in(body)
        # What each target makes up tells nothing: the rest may, as that it is another record's.
        is_whole = aspect.kind == "whole" or aspect.field in self.made_up
        if answer.status >= _REFUSED or is_whole:
            return (answer.status, self._plain(body))
        if aspect.kind == "field":
            shown = body.get(answer.place, body) if isinstance(body, dict) else body
            # A list may show it in any of its records.
            records = shown if isinstance(shown, list) else [shown]
            found = [standing_at(record, (aspect.field,)) for record in records]
            return self._plain(found, aspect.field)
        if aspect.kind == "there":
            return standing_at(body, aspect.at) != NO_JSON
        key = next((step for step in reversed(aspect.at) if isinstance(step, str)), "")
        return self._plain(standing_at(body, aspect.at), key)

    def closer(self, outcome: Outcome, aspect: Aspect, fields: frozenset[str]) -> Any:
        """The same, and of a refusal the texts about these fields.

        What is not said any more may be said in other words, which is not the same as nothing.
        """
        view = self.view(outcome, aspect)
        if outcome.stopped or aspect.kind != "said":
            return view
        words = {form for name in fields for form in (name, name.replace("_", " "))}
        refused = outcome.answer.status >= _REFUSED
        texts = texts_in(_body(outcome.answer)) if refused else ()
        about = [text for text in texts if any(word in text.casefold() for word in words)]
        return (view, about)

    def _plain(self, value: Any, key: str = "") -> Any:
        return plain(value, self.made_up, key)


def _body(answer: Exchange) -> Any:
    return answer.body.decode("utf-8", "replace") if answer.json is NO_JSON else answer.json
