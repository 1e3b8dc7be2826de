"""One isolated copy of everything that changes. It is passed in, never global.

Time, ids and chance come from here alone: two worlds with one seed, one random seed and one clock,
asked the same, answer the same bytes.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

from register_mock.contract.moments import timestamp
from register_mock.contract.states import Edge, Lifecycle
from register_mock.trainee.model import Trainee
from register_mock.world.clock import Clock
from register_mock.world.faults import Faults
from register_mock.world.ids import Ids
from register_mock.world.journal import Journal
from register_mock.world.moves import CLOCK, Move, Moves
from register_mock.world.providers import Provider, Register, Token
from register_mock.world.settings import Settings
from register_mock.world.store import IndexKey, MemoryStore
from register_mock.world.tokens import token_for
from register_mock.world.windows import Windows

Due = tuple[datetime, int, str, str, Lifecycle]


@dataclass(frozen=True)
class Origin:
    """How a world was made, so that it can be made again.

    Its clock starts at `now`, an ISO date-time, and stands still there if `frozen`; without them
    it starts as the server was told.
    """

    name: str
    reading: str
    seed: str
    random_seed: int
    now: str | None = None
    frozen: bool = False


@dataclass
class Content:
    """All that a snapshot keeps: copied whole, restored whole."""

    seed: str
    clock: Clock
    store: MemoryStore
    providers: dict[str, Provider]
    registers: dict[str, Register]
    settings: Settings
    due: list[Due]
    ids: Any
    faults: Faults
    journal: Journal
    windows: Windows
    moves: Moves

    def copy(self) -> Content:
        """Return an independent copy; records are immutable and shared."""
        return replace(
            self,
            clock=self.clock.copy(),
            store=self.store.copy(),
            providers=dict(self.providers),
            registers={name: register.copy() for name, register in self.registers.items()},
            due=list(self.due),
            faults=self.faults.copy(),
            journal=self.journal.copy(),
            windows=self.windows.copy(),
            moves=self.moves.copy(),
        )


class World:
    """The state of one test, demonstration or user.

    `lifecycle` is that of the newest edition in the world's reading: outside events go by it.
    `seed` is the one it holds since it was made or reset, `first` what it was then by each seed,
    `snapshots` what it can go back to besides.
    Hold `lock` from the due events of a request to its journal entry.
    """

    def __init__(
        self, origin: Origin, lifecycle: Lifecycle, indexes: Mapping[str, IndexKey]
    ) -> None:
        """Make an empty world; seeds fill it."""
        self.origin = origin
        self.lifecycle = lifecycle
        self.lock = RLock()
        self.clock = Clock()
        self.ids = Ids(origin.random_seed)
        self.store = MemoryStore(indexes)
        self.providers: dict[str, Provider] = {}
        self.registers = {"schools": Register(), "partners": Register()}
        self.settings = Settings()
        self.faults = Faults(origin.random_seed)
        self.journal = Journal()
        self.windows = Windows()
        self.moves = Moves()
        self.seed = origin.seed
        self.first: dict[str, Content] = {}
        self.snapshots: dict[str, Content] = {}
        self._due: list[Due] = []
        self._held: datetime | None = None

    @property
    def name(self) -> str:
        """The name calls address the world by."""
        return self.origin.name

    def now(self) -> datetime:
        """Return the present moment of this world."""
        return self._held or self.clock.now()

    def timestamp(self) -> str:
        """Return the present moment as records keep it."""
        return timestamp(self.now())

    def hold_still(self) -> None:
        """Let all of a request happen at one moment; `go_on` ends it."""
        self._held = self.clock.now()

    def go_on(self) -> None:
        """Let time pass again."""
        self._held = None

    # --- providers and registers

    def add_provider(self, name: str, ukprn: str) -> Provider:
        """Add a provider with one active token and return it."""
        provider = Provider(name, ukprn, (Token(token_for(self.name, ukprn)),))
        self.providers[ukprn] = provider
        return provider

    def add_token(self, ukprn: str, status: str, expires_on: str | None) -> Token:
        """Give a provider one token more and return it."""
        provider = self.providers[ukprn]
        token = Token(token_for(self.name, ukprn, len(provider.tokens)), status, expires_on)
        self.providers[ukprn] = provider.with_token(token)
        return token

    def discard_provider(self, ukprn: str) -> None:
        """Discard a provider; its tokens let nobody in any more, its trainees stay."""
        self.providers[ukprn] = replace(self.providers[ukprn], discarded=True)

    def provider_of(self, token: str) -> str | None:
        """Return the ukprn a good token belongs to, or None."""
        today = self.now().date()
        for provider in self.providers.values():
            for known in provider.tokens:
                if known.token == token:
                    is_in = known.is_good(today) and not provider.discarded
                    return provider.ukprn if is_in else None
        return None

    def issued(self, token: str) -> bool:
        """Return whether this world gave out a token, good or not any more."""
        return any(
            known.token == token
            for provider in self.providers.values()
            for known in provider.tokens
        )

    def find(self, register: str, key: str, value: str) -> Mapping[str, Any] | None:
        """Return the school or lead partner whose `key` is `value`."""
        return self.registers[register].find(key, value)

    # --- events

    def fire(
        self,
        event: str,
        trainee: Trainee,
        inputs: Mapping[str, Any],
        at: datetime | None = None,
        lifecycle: Lifecycle | None = None,
        timers: bool = True,
        edge: Edge | None = None,
        by: str | None = None,
    ) -> Trainee | None:
        """Fire an event on a trainee, keep the changed record and return it.

        `inputs` have the public names of the edition whose `lifecycle` is given, else of the
        newest one. It happens at the moment `at`, by default now; `timers` says whether what it
        starts (a TRN, an award) is on its way then. It takes the `edge` that is given, whatever
        that asks for, by default the first that fits. `by` says what makes it happen, if it is
        neither the request that is answered now nor who else acts on the world.
        Returns None, and changes nothing, when the event has no edge from the trainee's state.
        """
        moment = at or self.now()
        lifecycle = lifecycle or self.lifecycle
        edge = edge or lifecycle.events[event].edge(trainee, moment)
        if edge is None:
            return None
        issued = lifecycle.events[event].issues
        if issued is not None and not inputs.get(issued):
            inputs = {**inputs, issued: self.ids.trn()}
        changed = lifecycle.fire(event, edge, trainee, inputs, moment)
        self.store.put(changed)
        cause = by or self._cause()
        move = Move(timestamp(moment), event, trainee.state, changed.state, cause)
        self.moves.add(trainee.id, move)
        if edge.starts is not None and timers:
            self._start_timer(edge.starts, changed.id, moment, lifecycle)
        return changed

    def _cause(self) -> str:
        """Return what makes something happen now: a request, while one is held still for."""
        return self.moves.outside if self._held is None else self.journal.next_id()

    def _start_timer(
        self, event: str, trainee_id: str, moment: datetime, lifecycle: Lifecycle
    ) -> None:
        """Set an event going, by the newest edition or by one that has it still."""
        owner = self.lifecycle if event in self.lifecycle.events else lifecycle
        delay = self._delay(event, owner)
        if delay is not None:
            due = moment + timedelta(seconds=delay)
            heapq.heappush(self._due, (due, self.ids.next_number(), trainee_id, event, owner))

    def _delay(self, event: str, lifecycle: Lifecycle) -> float | None:
        timer = lifecycle.events[event].timer
        return None if timer is None else self.settings.delay(timer)

    def drop_manual(self) -> None:
        """Forget the events on their way that come only by hand now."""
        self._due = [due for due in self._due if self._delay(due[3], due[4]) is not None]
        heapq.heapify(self._due)

    def fire_due(self) -> None:
        """Fire the outside events whose time has come, each at its own moment, in order."""
        if not self._due:
            return
        now = self.now()
        while self._due and self._due[0][0] <= now:
            moment, _, trainee_id, event, lifecycle = heapq.heappop(self._due)
            trainee = self.store.get(trainee_id)
            if trainee is not None and not trainee.is_discarded:
                self.fire(event, trainee, {}, moment, lifecycle, by=CLOCK)

    # --- snapshots

    def content(self) -> Content:
        """Return a copy of all that changes."""
        return Content(
            self.seed,
            self.clock,
            self.store,
            self.providers,
            self.registers,
            self.settings,
            self._due,
            self.ids.state(),
            self.faults,
            self.journal,
            self.windows,
            self.moves,
        ).copy()

    def save(self, name: str) -> None:
        """Keep a snapshot under this name, in place of an older one."""
        self.snapshots[name] = self.content()

    def restore(self, content: Content) -> None:
        """Become what `content` was taken from."""
        copied = content.copy()
        self.seed, self.clock, self.store = copied.seed, copied.clock, copied.store
        self.providers, self.registers = copied.providers, copied.registers
        self.settings, self._due = copied.settings, copied.due
        self.faults, self.journal, self.windows = copied.faults, copied.journal, copied.windows
        self.moves = copied.moves
        self.ids.restore(copied.ids)


def moment(text: str) -> datetime:
    """Return the moment of an ISO date or date-time; without a zone it is UTC.

    Raises ValueError when the text is neither.
    """
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
