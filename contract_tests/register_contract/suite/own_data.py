"""What a run that writes to its own records alone does before its first test and after the last."""

from __future__ import annotations

from contextlib import suppress

from register_contract.oracle.contract import SHOW, CannotTryError, Contract
from register_contract.target.target import Target
from register_contract.verdict.reports.collect import Collector


def see_that_nobody_is_there(found: Target, contract: Contract) -> None:
    """Ask for the record that the suite made an id up for: only of nobody's it is written to."""
    if found.wire.session.owned is not None:
        with suppress(CannotTryError):
            show = contract.doing(SHOW)
            found.api.call(show.method, show.path, path=show.filled(contract.nobody))


def tidy(found: Target, collector: Collector) -> None:
    """Remove what can be removed of the records that the run made, and tell what is left."""
    tidying = found.tidying()
    if tidying is None:
        return
    found.wire.session.lift_limits()
    due = tidying.due
    if due:
        collector.tell(f"Removing what the run made and can delete ({due}); Ctrl-C leaves it there")
    try:
        tidying.run()
    finally:
        collector.tidied(tidying)
