"""Recorded requests, played one after the other as they were and in the words of the target.

The world that is asked as it was has to answer as was recorded; only then is anything said of a
request. What happened in between and was not recorded, such as a TRN that arrived, is found by
trying: it did, if the answer is then the recorded one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from register_mock.contract.edition import KINDS, Edition
from register_mock.rehearse.placing import listed, placed, same_ids, shown_here
from register_mock.rehearse.sides import STRANGER, Sent, Side, Sides, headers_of
from register_mock.rehearse.traffic import Asked, Traffic
from register_spec import NO_ANSWER, Translated, Translation, translation

_NOT_TOLD = {
    NO_ANSWER: "no answer was recorded",
    408: "the recorded answer, 408, is about the network",
    429: "the recorded answer, 429, is about how often was asked",
}
_ID = f"{KINDS[0]}_id"
_SERVER_ERROR = 500
_UNAUTHORIZED = 401


class Happening(NamedTuple):
    """What may have happened: in words, and how it comes about in each of the worlds."""

    words: str
    before: Callable[[], bool]
    after: Callable[[], bool]


@dataclass(frozen=True)
class Played:
    """A request as it went: what both worlds answered; `untold` says why nothing can be said.

    `translation` is that of its version, None for one of the target; `happened` is what had to
    happen before, that was not recorded.
    """

    asked: Asked
    translation: Translation | None
    translated: Translated | None
    before: Sent | None = None
    after: Sent | None = None
    untold: str = ""
    happened: str = ""


@dataclass
class Player:
    """Plays traffic towards the version `to` of a reading."""

    traffic: Traffic
    sides: Sides
    to: Edition
    reading: str
    spec_dir: Path | None
    ids: dict[str, str] = field(default_factory=dict)
    _lost: list[Asked] = field(default_factory=list)
    _translations: dict[str, Translation] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)

    def played(self) -> Iterator[Played]:
        """Yield each request as it went, in order."""
        for each in self.traffic.asked:
            yield self._one(each)

    def _one(self, asked: Asked) -> Played:
        own = asked.edition.version
        of = self._of(asked)
        if asked.operation is None:
            return Played(asked, of, None, untold=f"{own} has no such operation")
        translated = None if of is None else of.request(asked.content, asked.operation.name)
        why = _NOT_TOLD.get(asked.entry.status, "")
        if not why and asked.entry.status >= _SERVER_ERROR:
            why = f"the recorded answer, {asked.entry.status}, is a fault of the server"
        if why:
            self._lost = [asked]
            return Played(asked, of, translated, untold=why)
        self.sides.move_to(asked.entry.sent_at)
        self._place(asked)
        before, happened = self._as_recorded(asked)
        self._lost = []
        after = before if translated is None else self._after(asked, translated)
        self._learn(asked, before)
        if after is None or translated is None or before.is_refusal != after.is_refusal:
            self.sides.put_right()
        else:
            shown = record_alone(before.body) or {}
            self.sides.make_alike(str(shown.get(_ID) or self._id(asked, KINDS[0])))
        why = self._disagreement(asked, before)
        return Played(asked, of, translated, before, after, why, happened)

    def _of(self, asked: Asked) -> Translation | None:
        version = asked.edition.version
        return None if version == self.to.version else self._translation(version)

    def _translation(self, version: str) -> Translation:
        if version not in self._translations:
            source, target = (f"{each}@{self.reading}" for each in (version, self.to.version))
            self._translations[version] = translation(source, target, self.spec_dir)
        return self._translations[version]

    # --- the world that is asked as it was

    def _as_recorded(self, asked: Asked) -> tuple[Sent, str]:
        """Return the answer that is the recorded one, and what had to happen for it.

        Where nothing makes it that, the first answer is returned.
        """
        saved = self.sides.saved()
        first = self._before(asked)
        if not self._disagreement(asked, first):
            return first, ""
        self.sides.back_to(saved)
        for each in [*self._happenings(asked)]:
            self.sides.back_to(saved)
            if each.before():
                numbers = self.sides.before.world.ids.state()
                found = self._before(asked)
                if not self._disagreement(asked, found):
                    each.after()
                    self.sides.after.world.ids.restore(numbers)
                    return found, each.words
        self.sides.back_to(saved)
        return self._before(asked), ""

    def _happenings(self, asked: Asked) -> Iterator[Happening]:
        """Yield what may have happened since: events outside of the API, or a lost request."""
        for lost in self._lost:
            words = f"request {lost.number} was done after all"
            yield Happening(words, partial(self._done, lost), partial(self._done_after, lost))
        side, other = self.sides.before, self.sides.after
        trainee = side.trainee(self._id(asked, KINDS[0]))
        if trainee is not None:
            for event in side.world.lifecycle.possible(trainee, side.world.now()):
                each = (partial(where.fire, event, trainee.id) for where in (side, other))
                yield Happening(event, *each)

    def _done(self, lost: Asked) -> bool:
        return not self._before(lost).is_refusal

    def _done_after(self, lost: Asked) -> bool:
        assert lost.operation is not None
        of = self._of(lost)
        translated = None if of is None else of.request(lost.content, lost.operation.name)
        sent = None if translated is None else self._after(lost, translated)
        if sent is None or sent.is_refusal:
            self.sides.put_right()
        return True

    def _before(self, asked: Asked) -> Sent:
        assert asked.operation is not None
        body = asked.entry.body or b""
        return self._send(self.sides.before, asked, asked.edition, asked.operation.name, body)

    def _after(self, asked: Asked, translated: Translated) -> Sent | None:
        if translated.operation is None:
            return None
        body = asked.entry.body or b""
        if translated.changed:
            body = orjson.dumps(translated.body)
        return self._send(self.sides.after, asked, self.to, translated.operation, body)

    def _send(self, side: Side, asked: Asked, edition: Edition, name: str, body: bytes) -> Sent:
        operation = edition.operations[name]
        target = operation.path
        for kind, parameter in operation.ids.items():
            target = target.replace(f"{{{parameter}}}", self._id(asked, kind))
        headers = headers_of(asked.entry.headers, operation.headers)
        method = operation.method if asked.entry.method != "HEAD" else "HEAD"
        token = self._token(side, asked)
        sent = f"{target}?{asked.query}"
        return side.send(edition, method, sent, headers, body, token)

    def _token(self, side: Side, asked: Asked) -> str | None:
        if asked.token in side.tokens and asked.token is not None:
            return side.tokens[asked.token]
        if asked.token is not None:
            return STRANGER
        # Browsers leave credentials out of what they export.
        is_in = not self.traffic.has_tokens and asked.entry.status != _UNAUTHORIZED
        return side.tokens[None] if is_in else None

    def _id(self, asked: Asked, kind: str) -> str:
        return self._own(asked.arguments.get(kind, ""))

    def _own(self, recorded: str) -> str:
        return self.ids.get(recorded.lower(), recorded)

    # --- what the recorded answer says

    def _disagreement(self, asked: Asked, sent: Sent) -> str:
        """Return why an answer is not the recorded one; empty when it is."""
        recorded, version = asked.entry.status, asked.edition.version
        if sent.status != recorded:
            named = asked.arguments.get(KINDS[0])
            if named is not None and self.sides.before.trainee(self._id(asked, KINDS[0])) is None:
                return (
                    f"{KINDS[0]} {named} was made before this traffic begins, and no answer of it "
                    f"shows one that {version} takes"
                )
            why = "; ".join(f"{each.field or each.rule}: {each.message}" for each in sent.findings)
            said = f" ({why})" if why else ""
            return f"{recorded} was recorded, and the mock of {version} answers {sent.status}{said}"
        for name, row in asked.edition.trainee_fields.items():
            if "x-states" in row:
                was, is_now = (_value(each, name) for each in (asked.answer, sent.body))
                if was is not None and is_now is not None and was != is_now:
                    return f"{name} {was} was recorded, and the mock of {version} has {is_now}"
        return ""

    def _learn(self, asked: Asked, sent: Sent) -> None:
        """Remember which id stands here for a recorded one."""
        self.ids.update(same_ids(record_alone(asked.answer), record_alone(sent.body)))

    def _place(self, asked: Asked) -> None:
        """Put trainees there that were made before the traffic begins, as they were shown first.

        They are the one that is asked for, and those in a list, or of a duplicate, in the answer.
        """
        side = self.sides.before
        token = self._token(side, asked)
        ukprn = side.world.provider_of(token) if token is not None else None
        if ukprn is None:
            return
        # A record that is met again may be of a request without an answer.
        others = () if self._lost else listed(asked.answer)
        named = [asked.arguments.get(KINDS[0], ""), *others]
        missing = [
            each
            for each in dict.fromkeys(filter(None, named))
            if each.lower() not in self._tried and side.trainee(self._own(each)) is None
        ]
        for recorded in missing:
            self._tried.add(recorded.lower())
            own = placed(side, self.traffic, asked, recorded, ukprn)
            if own:
                self.ids[recorded.lower()] = own
                self.ids.update(shown_here(side, self.traffic, recorded, own))
        if missing:
            self.sides.put_right()


def record_alone(body: Any) -> Any:
    """Return the record that an answer shows; None for a list, and for what shows none."""
    found = body.get("data", body) if isinstance(body, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _value(body: Any, name: str) -> Any:
    record = record_alone(body)
    return record.get(name) if isinstance(record, Mapping) else None
