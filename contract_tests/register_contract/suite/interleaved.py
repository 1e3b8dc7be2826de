"""One provider that speaks several versions of the API by turns, to trainees of one store.

Each call is judged by the contract of its own version and by the model: what was done through
another version counts as if it were done through this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from register_contract.oracle.contract import CREATE, SHOW, TRAINEE, UPDATE, Contract, Operation
from register_contract.oracle.memory import last_changes
from register_contract.oracle.step import Due, Model
from register_contract.oracle.versions import translated
from register_contract.oracle.world import Call, World
from register_contract.suite.bench import Bench
from register_contract.suite.checks import expect
from register_contract.suite.checks.whole import unlike
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Breach

_SELF = "the first provider"
_MOST = 3


class Interleaved:
    """Draws calls of the versions that benches speak, each in the one world they share."""

    def __init__(self, benches: Mapping[str, Bench]) -> None:
        self._benches = benches
        self._models = {
            version: Model(bench.contract, blind_to=last_changes(bench.contract))
            for version, bench in benches.items()
        }
        self._last, own = next(iter(benches.items()))
        self._chance = own.bodies.random
        self._world = World()
        self._history: list[Exchange] = []

    def play(self, count: int) -> None:
        """Make so many calls, or as many as there are until one is not answered as it should be."""
        for number in range(count):
            version = self._chance.choice(list(self._benches))
            bench = self._benches[version]
            operation = self._drawn(bench.contract, is_first=not number)
            if not self._call(version, bench, operation):
                return

    def _drawn(self, contract: Contract, *, is_first: bool) -> Operation:
        rows = [each for each in contract.operations.values() if TRAINEE in each.ids and each.kind]
        few = len(self._world.trainees) < _MOST
        if is_first or (few and self._chance.random() < 1 / _MOST):
            return contract.doing(CREATE)
        # As often looked at as changed.
        shows = [each for each in rows if each.does == SHOW]
        return self._chance.choice(shows if self._chance.random() < 1 / 2 else rows)

    def _call(self, version: str, bench: Bench, operation: Operation) -> bool:
        """Call through one version; returns whether the answer is the one that is due."""
        world = translated(self._world, self._contract(self._last), bench.contract)
        ids = self._ids(world, operation)
        data = None
        if (operation.does, operation.kind) == (UPDATE, TRAINEE):
            data = bench.bodies.change()
        elif operation.body is not None:
            data = bench.bodies.for_operation(operation.id)
        call = Call(operation, _SELF, ids, data, bench.bodies.today)
        due = self._models[version].step(world, call)
        bench.forget()
        exchange = bench.call(operation.id, path=ids, data=data, after=self._history)
        what = f"{operation.id} of {version} on trainees of other versions"
        breaches = list(self._unlike(version, due, exchange, what))
        clean = bench.found(breaches, exchange, operation.id, self._history)
        self._history.append(exchange)
        self._last, self._world = version, self._models[version].learned(due, exchange.data)
        return clean and exchange.status == due.status

    def _contract(self, version: str) -> Contract:
        return self._benches[version].contract

    def _ids(self, world: World, operation: Operation) -> dict[str, str]:
        if TRAINEE not in operation.ids:
            return {}
        _, held = self._chance.choice(list(world.trainees.values()))
        found = {TRAINEE: held.id}
        for kind in operation.ids.keys() - {TRAINEE}:
            rows = held.children.get(kind, ())
            found[kind] = self._chance.choice(rows).id if rows else held.id
        return found

    def _unlike(self, version: str, due: Due, exchange: Exchange, what: str) -> Iterator[Breach]:
        if due.refusal is not None:
            yield from expect.refusal(exchange, due.refusal, what, "")
            return
        wrong = expect.status(exchange, due.status, what)
        yield from wrong
        for place in () if wrong else self._models[version].places(due, exchange.data):
            if place.is_wrong:
                yield unlike(self._contract(version), due.call.operation, place)
