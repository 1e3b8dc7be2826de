"""``register-contract run --from-har``: hold recorded answers to the contract, one by one.

Each is held to the form that its operation documents, to what follows from its own fields, and to
what its own request deserved. What came before, or came between without being recorded, is not
known: answers are not held to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import register_spec as spec
from register_contract.oracle.contract import CREATE, TRAINEE, CannotTryError, Contract, Operation
from register_contract.oracle.fields import FieldRules
from register_contract.oracle.refusals import Refusals
from register_contract.suite.checks import expect
from register_contract.suite.checks.whole import Notes, Whole
from register_contract.target.ending import StoppedError
from register_contract.target.exchange import Exchange
from register_contract.target.history import History, Setting
from register_contract.target.options import Options
from register_contract.traffic.har import Entry, read_har
from register_contract.verdict.finding import Breach
from register_contract.verdict.reports.collect import Collector
from register_contract.verdict.results import Circumstances, Judge, NotCovered

_MEASURE = "answers that this contract documents (an operation with one status) were recorded"
_REFUSED = 300


def held_traffic(path: Path, options: Options, collector: Collector) -> None:
    """Hold what was recorded in a file to a contract, and enter it in the collector's results.

    Raises StoppedError for a file that cannot be read, or has nothing of that version.
    """
    version, reading, folder = options.version, options.reading, options.spec_dir
    contract = Contract(version, spec.bundle(version, reading, folder), spec.every_code(folder))
    recorded = read_har(path)
    here, base = _of_version(recorded, contract)
    if not here:
        raise StoppedError(
            f"{path} has {len(recorded)} requests, and none below {contract.place.path}; give "
            f"the version that was asked with --api-version"
        )
    results = collector.results
    carried = (contract.place.carried(each.exchange.request_headers) for each in here)
    tokens = list(dict.fromkeys(filter(None, carried)))
    collector.clean.hide(*tokens)
    results.measure = _MEASURE
    results.circumstances = Circumstances(
        version, reading, folder, here[0].sent_at, contract.place.timers, contract.made_up
    )
    results.facts.update(
        target=collector.clean.sentence(base),
        contract=f"{version}, {reading} reading",
        traffic=str(path),
        clock=f"{here[0].sent_at:%Y-%m-%d}",
        requests=str(len(here)),
    )
    others = len(recorded) - len(here)
    if others:
        why = f"they are not below {contract.place.path} of {base}"
        results.not_covered.append(NotCovered(f"{others} of the requests", why))
    collector.start()
    names = ["TOKEN", "SECOND_TOKEN", *(f"TOKEN_{n}" for n in range(3, len(tokens) + 1))]
    history = History()
    history.setting = Setting(
        base,
        secrets=dict(zip(names, tokens, strict=False)),
        ids=contract.ids,
        moments=contract.moments,
        probe=contract.place.probe.path,
    )
    history.begin()
    _hold(contract, here, base, history, collector)


def _of_version(recorded: Sequence[Entry], contract: Contract) -> tuple[list[Entry], str]:
    """What was asked of the version at the first address that has it, and that address."""
    place = contract.place.path
    found: list[Entry] = []
    base = ""
    for each in recorded:
        parts = urlsplit(each.exchange.url)
        before, is_there, rest = parts.path.partition(place)
        origin = f"{parts.scheme}://{parts.netloc}{before}"
        if is_there and rest[:1] in ("", "/") and base in ("", origin):
            base = origin
            found.append(each)
    return found, base


def _hold(
    contract: Contract,
    recorded: Sequence[Entry],
    base: str,
    history: History,
    collector: Collector,
) -> None:
    """Judge one after the other; each operation is a layer of the report."""
    results = collector.results
    judges: dict[str, Judge] = {}
    met: set[tuple[str, int]] = set()
    paths = [(_pattern(each), each) for each in contract.operations.values()]
    for each in recorded:
        path = urlsplit(each.exchange.url).path.partition(contract.place.path)[2]
        operation, ids = _operation(paths, each.exchange.method, path)
        if operation is None:
            asked = f"{each.exchange.method} {path}"
            why = "the contract has no such operation"
            results.not_covered.append(NotCovered(collector.clean.sentence(asked), why))
            continue
        answer = operation.answers.get(each.exchange.status)
        exchange = replace(
            each.exchange,
            place=answer.place if answer else "data",
            token_header=contract.place.header,
        )
        history.note(exchange)
        judge = judges.setdefault(
            operation.id, Judge(0, contract.sources, history, recipes=results.recipes)
        )
        if exchange.failure:
            judge.skip(f"{operation.id} without an answer", exchange.failure)
            continue
        met |= {(operation.id, exchange.status)} if answer else set()
        breaches = list(_breaches(contract, operation, ids, exchange, each.sent_at.date(), judge))
        judge.saw(breaches, exchange, operation.id)
    for name, judge in judges.items():
        layer = results.layer(name, name)
        layer.planned = 1
        results.add(layer, collector.clean.within(judge.as_dict()), 0.0, trials=0)
        collector.show(layer)
    results.planned = sum(len(each.answers) for each in contract.operations.values())
    results.whole = len(met)


def _pattern(operation: Operation) -> re.Pattern[str]:
    """The path of an operation, with a group for each of its ids."""
    pieces = re.split(r"\{(\w+)\}", operation.path)
    made = (f"(?P<{p}>[^/]+)" if i % 2 else re.escape(p) for i, p in enumerate(pieces))
    return re.compile("".join(made) + "/?")


def _operation(
    paths: Sequence[tuple[re.Pattern[str], Operation]], method: str, path: str
) -> tuple[Operation | None, dict[str, str]]:
    """The operation of a request, a literal path before one with ids, and these by their kind."""
    for pattern, operation in sorted(paths, key=lambda pair: len(pair[1].path_names)):
        found = pattern.fullmatch(path) if operation.method == method else None
        if found:
            return operation, {kind: found[name] for kind, name in operation.ids.items()}
    return None, {}


def _breaches(
    contract: Contract,
    operation: Operation,
    ids: dict[str, str],
    exchange: Exchange,
    today: date,
    judge: Judge,
) -> Iterator[Breach]:
    sent = exchange.sent
    derives = operation.writes and exchange.status < _REFUSED
    notes = Notes(judge.skip, judge.not_said)
    whole = Whole(contract, is_alone=None, derives=derives, notes=notes)
    found = _deserved(contract, operation, sent, exchange, today, judge)
    yield from whole.breaches(operation, ids, sent, exchange, today, found)


def _deserved(
    contract: Contract,
    operation: Operation,
    sent: Any,
    exchange: Exchange,
    today: date,
    judge: Judge,
) -> list[Breach]:
    """Whether a new record was refused for its fields as it should be; or was not, and should."""
    if operation.does != CREATE or not isinstance(sent, dict):
        return []
    try:
        schema = contract.data_schema(operation)
        problems = FieldRules(contract, today).problems(schema, sent, operation.id)
        asked = exchange.request_headers
        refused = Refusals(contract).of_fields(operation.id, problems, asked)
    except CannotTryError as error:
        judge.skip(f"whether {operation.id} is refused as it should be", str(error))
        return []
    by_itself = bool(problems) or operation.kind == TRAINEE
    if exchange.status != operation.success and not (
        by_itself and exchange.status == refused.status
    ):
        return []  # for a reason that lies in no field, such as the state of the trainee
    what, source = f"{operation.id} with what was recorded", contract.sources[operation.id]
    return expect.deserved(exchange, operation, refused if problems else None, what, source)
