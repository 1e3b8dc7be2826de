"""Where to point, and what the target can do.

Decides, before a single check runs, whether there is a Register API at the address at all; what
is wrong there becomes one sentence. Then finds the target's abilities, which decide what can be
tested and what is reported as not covered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from register_contract.target.client import Client, Place, Probe, Wire
from register_contract.target.clock import read_date
from register_contract.target.control import Control, ControlError, Holder
from register_contract.target.ending import RunEndedError
from register_contract.target.exchange import NO_JSON, Exchange
from register_contract.target.options import FULL, OWN_DATA, READ_ONLY, Options
from register_contract.target.owned import Owned
from register_contract.target.tidying import Tidying
from register_contract.target.transport import GuardedSession

_FIRST_YEAR = 2025
_DAYS = 365
_SHOWN = 200


class UnusableTargetError(Exception):
    """The target cannot be tested; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Provider:
    """One provider of the target as far as the suite knows it."""

    token: str = field(repr=False)
    ukprn: str | None = None


@dataclass(frozen=True)
class Target:
    """A target that answered, and its abilities."""

    wire: Wire
    place: Place
    version: str
    reading: str
    writes: bool
    now: datetime
    first: Provider | None = None
    second: Provider | None = None
    control: Control | None = None
    read_at: float = field(default_factory=time.monotonic)

    @property
    def present(self) -> datetime:
        """What the target's clock says by now; a run may take hours.

        In a world of its own it goes on from where it was set, elsewhere as answers tell it.
        """
        told = self.wire.clock.present if self.control is None else None
        return told or self.now + timedelta(seconds=time.monotonic() - self.read_at)

    @property
    def profile(self) -> str:
        """How careful the run is, now that it is known what the target is."""
        if self.wire.session.owned is not None:
            return OWN_DATA
        return FULL if self.writes else READ_ONLY

    @property
    def ukprn(self) -> str:
        """Who the first provider is; known where there is a control API."""
        assert self.first is not None
        assert self.first.ukprn is not None
        return self.first.ukprn

    @property
    def api(self) -> Client:
        """The public API as the first provider."""
        return Client(self.wire, self.place, self.first.token if self.first else None)

    @property
    def other(self) -> Client | None:
        """The public API as the second provider, if there is one."""
        return self.api.as_token(self.second.token) if self.second else None

    def tidying(self) -> Tidying | None:
        """What removes the records of a run that writes to its own alone; None for other runs."""
        owned = self.wire.session.owned
        pairs = (("TOKEN", self.first), ("SECOND_TOKEN", self.second))
        clients = {name: self.api.as_token(each.token) for name, each in pairs if each}
        return None if owned is None else Tidying(owned, clients)

    def within(self, control: Control, holders: Sequence[Holder]) -> Target:
        """The same in a world of its own, as the first two of its providers."""
        first, second, *_ = (*(Provider(each.token, each.ukprn) for each in holders), None)
        return replace(self, control=control, first=first, second=second)

    def abilities(self) -> list[tuple[str, bool, str]]:
        """Name, presence and consequence of each ability, for the report."""
        return [
            ("writing", self.writes, "everything that creates or changes a record"),
            (
                "leave to change what it did not make (--profile own-data)",
                self.wire.session.owned is None,
                "records that were there before, and calls that the contract does not have",
            ),
            ("second provider", self.second is not None, "isolation between providers"),
            ("control API", self.control is not None, "states and tokens only it can make"),
        ]


def connect(options: Options, place: Place, base: str, versions: list[str]) -> Target:
    """Probe ``base``, where the version lies at ``place``, and return the target.

    Raises UnusableTargetError with one sentence. A target that is refused, or not waited for, is
    left as it was found.
    """
    session = GuardedSession(
        base,
        writes=options.profile in (FULL, OWN_DATA),
        interval=options.rate,
        max_time=options.max_time,
        max_requests=options.max_requests,
        owned=_owned(options, place, base) if options.profile == OWN_DATA else None,
    )
    control = Control(Wire(session, base, options.timeout))
    try:
        return _probed(control, options, place, versions)
    except (UnusableTargetError, RunEndedError):
        leave(control)
        raise
    except ControlError as error:
        hindered = leave(control)
        sentence = f"{base} has a control API that fails: {error}"
        raise UnusableTargetError("; ".join(filter(None, (sentence, hindered)))) from error
    except Exception as error:
        # Nothing has been tried yet: what nobody thought of is told like all the rest.
        leave(control)
        kind, reason = type(error).__name__, " ".join(str(error).split())
        raise UnusableTargetError(f"{base} cannot be asked: {kind}, {reason}") from error
    except BaseException:
        leave(control)
        raise


def _owned(options: Options, place: Place, base: str) -> Owned:
    names = {options.token: "TOKEN", options.second_token: "SECOND_TOKEN"}

    def carried(headers: Mapping[str, str]) -> str:
        return names.get(place.carried(headers), "")

    return Owned(base + place.path, place.doors, carried)


def leave(control: Control) -> str:
    """Delete the worlds that the run made; returns what hinders it, in words.

    It does not raise what the target does to it: how the run ended must not be hidden by that.
    """
    control.wire.session.lift_limits()
    try:
        return control.leave()
    except RunEndedError:
        # Why is what the run ended with, or as good as that.
        return "a world of this run may be left behind in the mock"


def _probed(control: Control, options: Options, place: Place, versions: list[str]) -> Target:
    wire, asks = control.wire, options.profile not in (READ_ONLY, OWN_DATA)
    found = asks and is_mock(control, options)
    if found:
        # A world of our own is the one place where writing needs no permission.
        wire.session.allow_writing()
    writes = found or options.profile in (FULL, OWN_DATA)
    now = datetime.now(UTC)
    target = Target(wire, place, options.version, options.reading, writes, now)
    if found:
        return _in_own_world(target, options, control)
    if options.token is None:
        first = _asked(wire, place, None)
        explain_probe(first, wire.base, place.probe, options, versions, token_sent=False)
        raise UnusableTargetError(_no_token(wire.base, options))
    first = _asked(wire, place, options.token)
    explain_probe(first, wire.base, place.probe, options, versions)
    if options.second_token is not None:
        second = _asked(wire, place, options.second_token)
        if second.status == 401:
            raise UnusableTargetError(
                "the second token is not accepted (401); check --second-token"
            )
    now = _clock_of(first, wire.base)
    wire.clock.start(now)
    return replace(
        target,
        first=Provider(options.token),
        second=Provider(options.second_token) if options.second_token else None,
        now=now,
    )


def _asked(wire: Wire, place: Place, token: str | None) -> Exchange:
    """Ask with a token, or without one, whether the API answers."""
    return Client(wire, place, token).call("GET", place.probe.path)


def _no_token(base: str, options: Options) -> str:
    how = {READ_ONLY: "only reads", OWN_DATA: "writes only to what it made itself at"}
    if options.profile not in how:
        return f"{base} has no control API to get a token from; give one by --token"
    return (
        f"a run that {how[options.profile]} {base} makes no token there; give one by --token or "
        f"REGISTER_TOKEN"
    )


def is_mock(control: Control, options: Options) -> bool:
    """Whether the mock's control API answers. Raises UnusableTargetError when it is odd."""
    base = control.wire.base
    try:
        served = control.probe()
    except ControlError as error:
        raise UnusableTargetError(f"{base} answers GET /_mock/health {error}") from error
    if served is None:
        return False
    if options.version not in served:
        raise UnusableTargetError(
            f"{base} does not serve {options.version}; it serves {', '.join(served) or 'none'}"
        )
    return True


def _in_own_world(target: Target, options: Options, control: Control) -> Target:
    """Move into a world of our own, so that no record of anybody else is touched."""
    name = f"contract-{options.version}-{options.seed}-{target.now:%Y%m%d%H%M%S%f}"
    own, holders = control.create_world(name)
    now = noon_of(options.seed)
    own.prepare(now, target.place.timers)
    if options.token is not None:
        asked = _asked(target.wire, target.place, options.token)
        explain_probe(asked, target.wire.base, target.place.probe, options, [options.version])
    return replace(target.within(own, holders), now=now)


def noon_of(seed: int) -> datetime:
    """The day on which a run with that seed takes place in a world of its own.

    A day of the seed's choice instead of today: the run can be repeated on any other day, and
    several seeds try several times of the academic year. Noon, so that no run crosses midnight.
    """
    days = random.Random(f"clock {seed}").randrange(_DAYS)
    return datetime(_FIRST_YEAR, 8, 1, 12, tzinfo=UTC) + timedelta(days=days)


def _clock_of(exchange: Exchange, base: str) -> datetime:
    """The target's time. Raises UnusableTargetError for a date that is none, or of no sense."""
    stamp = exchange.headers.get("date")
    if not stamp:
        return datetime.now(UTC)
    now = read_date(stamp)
    if now is None:
        raise UnusableTargetError(
            f"{base} answers with the header Date {stamp[:_SHOWN]!r}, which is no date of today; "
            f"the run needs its clock"
        )
    return now


def explain_probe(
    exchange: Exchange,
    base: str,
    probe: Probe,
    options: Options,
    versions: list[str],
    *,
    token_sent: bool = True,
) -> None:
    """Return when ``exchange`` (the ``probe`` of ``base``) came from a usable Register API.

    Raises UnusableTargetError with the one sentence that explains it otherwise.
    """
    sentence = (
        _no_api(exchange, base, probe)
        or _wrong_status(exchange, base, probe, options, versions, token_sent)
        or _odd_body(exchange, base, probe)
    )
    if sentence:
        raise UnusableTargetError(sentence)


def _no_api(exchange: Exchange, base: str, probe: Probe) -> str | None:
    if exchange.failure:
        return f"nothing usable answers at {base}: {exchange.failure}"
    if 300 <= exchange.status < 400:
        to = exchange.headers.get("location", "another place")[:_SHOWN]
        return f"{base} redirects to {to}; give the address that answers by itself"
    if "html" in exchange.content_type:
        return (
            f"{base} answers with an HTML page (status {exchange.status}): a web site, a login or "
            f"a maintenance page, but not the API"
        )
    if exchange.status == 429:
        return f"{base} refuses more requests for now (429); wait a minute, or lower --rate"
    if exchange.status >= 500:
        return f"{base} is failing: {probe.words} answers {exchange.describe()}"
    if exchange.json is NO_JSON:
        kind = exchange.content_type[:_SHOWN] or "no content type"
        got = f"{exchange.json_flaw} (status {exchange.status}, {kind})"
        return f"{base} is not the API: it answers with {got}"
    return None


def _wrong_status(
    exchange: Exchange,
    base: str,
    probe: Probe,
    options: Options,
    versions: list[str],
    token_sent: bool,
) -> str | None:
    if probe.answers(exchange.status, exchange.json):
        return None
    if exchange.status == 401:
        if not token_sent:
            return None
        return f"{base} does not accept the token (401); check --token and that it is active"
    if exchange.status == 404:
        others = ", ".join(version for version in versions if version != options.version)
        return (
            f"{base} does not know version {options.version} (404 for {exchange.url}); it may "
            f"speak another one: {others}"
        )
    if exchange.status != 200:
        return f"{base} is not usable: {probe.words} answers {exchange.describe()}"
    return None


def _odd_body(exchange: Exchange, base: str, probe: Probe) -> str | None:
    if exchange.status == 401 or probe.answers(exchange.status, exchange.json):
        return None
    return f"{base} answers {probe.words} unlike the Register API: {exchange.describe()}"
