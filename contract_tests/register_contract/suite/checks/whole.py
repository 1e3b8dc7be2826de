"""An answer as a whole: its form, what follows from what was sent, and from the answers before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from register_contract.oracle.contract import CREATE, Contract, Operation
from register_contract.oracle.derived import (
    Untold,
    derived_breaches,
    kept_breaches,
    kept_of_new,
    order_breaches,
    presence_breaches,
    records_in,
)
from register_contract.oracle.lifecycle import event_of
from register_contract.oracle.made import made_breaches
from register_contract.oracle.memory import Memory
from register_contract.oracle.said import effective
from register_contract.oracle.unsaid import UnknownWordError
from register_contract.suite.checks.answers import check_answer
from register_contract.suite.checks.events import written_breaches
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Breach


class Whole:
    """Holds answers to one contract, one after the other.

    Without a ``memory`` no answer is held to those before it. ``derives`` says whether the records
    are made by who asks: those made elsewhere differ even in the documents' samples. ``untold``
    hears of what the contract does not say.
    """

    def __init__(self, contract: Contract, memory: Memory | None, *, derives: bool, untold: Untold):
        self._contract = contract
        self._memory = memory
        self._derives = derives
        self._untold = untold

    def breaches(
        self,
        operation: Operation,
        ids: Mapping[str, Any],
        sent: Any,
        exchange: Exchange,
        today: date,
        wrong: list[Breach],
    ) -> list[Breach]:
        """What is wrong with an answer, which is remembered; the first kind of it alone.

        ``ids`` are those of the path, ``sent`` is the ``data`` of the request, and what is
        ``wrong`` already comes before all else.
        """
        wrong = wrong or check_answer(self._contract, operation, exchange)
        wrong = wrong or self._derived(operation, exchange, today)
        wrong = wrong or self.as_sent(operation, sent, exchange, today)
        if self._memory is None:
            return wrong
        remembered = self._memory.answered(operation, ids, sent, exchange.status, exchange.data)
        return wrong or remembered

    def _derived(self, operation: Operation, exchange: Exchange, today: date) -> list[Breach]:
        """What does not follow from the rest of a record; not of lists, nor if shown before."""
        is_list = not operation.writes and not operation.path_names
        if not self._derives or exchange.status >= 300 or is_list:
            return []
        if self._memory is not None and self._memory.has(exchange.data):
            return []  # the answer that showed it first was judged
        found = list(order_breaches(self._contract, exchange.data))
        for kind, shown in records_in(self._contract, exchange.data):
            found += presence_breaches(self._contract, kind, shown)
            found += derived_breaches(self._contract, kind, shown, today, self._untold)
        return found

    def as_sent(
        self, operation: Operation, sent: Any, exchange: Exchange, today: date
    ) -> list[Breach]:
        """What does not follow from what was sent, where a record is made or an event happens."""
        contract = self._contract
        records = list(records_in(contract, exchange.data))
        if not 200 <= exchange.status < 300 or not isinstance(sent, Mapping) or not records:
            return []
        kind, shown = records[0]
        event = event_of(contract, operation)
        is_new = operation.does == CREATE and exchange.status == operation.success
        if kind != operation.kind or not (is_new or event):
            return []
        try:
            said = effective(contract, contract.data_schema(operation), sent)
            if not is_new and event is not None:
                return written_breaches(contract, event, shown, today, said, operation.id)
            kept = kept_of_new(contract, operation, said, today)
            wrong = list(kept_breaches(contract, operation, kept, shown))
            wrong = wrong or list(made_breaches(contract, operation, said, shown, today))
            if wrong or event is None:
                return wrong
            return written_breaches(contract, event, shown, today, said, operation.id)
        except UnknownWordError as error:
            self._untold(f"what {operation.id} makes of what is sent", str(error))
            return []
