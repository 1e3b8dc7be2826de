"""Decides the options of ``register-mock advance``, ``event``, ``fault`` and ``reset``.

Each is one call of the control API to a running mock, by the client that tests use too.
"""

from __future__ import annotations

import json
from datetime import datetime
from math import isfinite
from typing import Any, cast

import click

from register_mock.client import Fault
from register_mock.commands.reaching import reached, where

KINDS = ("status", "delay", "drop", "fail_after_commit", "malformed_json", "extra_field")


@click.command("advance")
@click.option("--days", type=float, default=0, metavar="N", help="So many days.")
@click.option("--seconds", type=float, default=0, metavar="N", help="So many seconds.")
@where
def advance_command(
    days: float, seconds: float, url: str, world: str, control_token: str | None
) -> None:
    """Move a world's clock on; TRNs and awards that are due arrive."""
    if not isfinite(days) or not isfinite(seconds) or not (days or seconds):
        raise click.UsageError("say how far: --days N, --seconds N, or both")
    with reached(url, world, control_token) as control:
        clock = control.advance(days=days, seconds=seconds)
        standing = ", standing still" if clock.frozen else ""
        click.echo(f"In world {control.world} it is {_time(clock.now)}{standing}")


@click.command("event")
@click.argument("event", metavar="EVENT")
@click.argument("trainee_id")
@click.option("--trn", metavar="TRN", help="receive_trn: this number. [default: the next one]")
@click.option("--awarded-at", metavar="TIME", help="award: at this moment. [default: now]")
@click.option("--reinstate-date", metavar="DATE", help="reinstate: on this day. [default: today]")
@where
def event_command(
    event: str, trainee_id: str, url: str, world: str, control_token: str | None, **carried: Any
) -> None:
    """Let happen to a trainee what happens outside the API.

    The mock says which EVENTs there are, and what each of them may be told.
    """
    given = {name: value for name, value in carried.items() if value is not None}
    with reached(url, world, control_token) as control:
        state = control.fire(trainee_id, event, **given)
        click.echo(f"{event}: trainee {trainee_id} is {state}")


@click.command("fault")
@click.argument("kind", metavar="[KIND]", type=click.Choice(KINDS), required=False)
@click.option("--operation", metavar="NAME", help="Only this operation, e.g. create_trainee.")
@click.option("--version", metavar="VERSION", help="Only this version of the API.")
@click.option("--provider", metavar="UKPRN", help="Only this provider.")
@click.option("--trainee", "trainee_id", metavar="ID", help="Only this trainee.")
@click.option("--times", type=int, metavar="N", help="So often. [default: for ever]")
@click.option("--probability", type=float, metavar="P", help="By chance, 0 to 1.")
@click.option("--status", type=int, metavar="N", help="status, fail_after_commit: the answer's.")
@click.option("--seconds", type=float, metavar="N", help="delay: so long.")
@click.option("--body", metavar="JSON", help="status: the answer's body.")
@click.option("--name", metavar="NAME", help="extra_field: the name of the field.")
@click.option("--clear", is_flag=True, help="Remove all faults.")
@where
def fault_command(
    kind: str | None,
    clear: bool,
    body: str | None,
    url: str,
    world: str,
    control_token: str | None,
    **said: Any,
) -> None:
    """Let public calls go wrong; without a KIND, list the faults there are.

    KIND: status answers so, delay answers late, drop closes the connection, fail_after_commit does
    what was asked and then answers with an error, malformed_json breaks the answer off, extra_field
    adds a field to it that no document has.
    """
    if kind is None and (body is not None or any(value is not None for value in said.values())):
        raise click.UsageError(f"say which kind of fault: {', '.join(KINDS)}")
    if kind is not None and clear:
        raise click.UsageError("--clear removes all faults and goes with no KIND")
    with reached(url, world, control_token) as control:
        if clear:
            control.clear_faults()
            click.echo("There are no faults")
        elif kind is None:
            found = [_shown(fault) for fault in control.faults()]
            click.echo("\n".join(found) or "There are no faults")
        else:
            content = None if body is None else _content(body)
            made = control.fault(cast(Any, kind), body=content, **said)
            click.echo(_shown(made))


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _content(body: str) -> Any:
    """Return a body given as JSON, or as text that is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _shown(fault: Fault) -> str:
    """Return a fault as a line."""
    effect = {key: value for key, value in fault.effect.items() if key != "kind"}
    parts = [fault.id, fault.effect["kind"]]
    parts += [f"{key} {json.dumps(value)}" for key, value in effect.items() if value is not None]
    parts += [f"for {key} {value}" for key, value in fault.match.items() if value is not None]
    if fault.probability is not None:
        parts.append(f"with probability {fault.probability:g}")
    parts.append("for ever" if fault.times is None else f"{fault.times} times")
    return f"{', '.join(parts)}; came true {fault.fired} times"


@click.command("reset")
@click.option("--seed", metavar="demo|empty|FILE", help="Another seed than it was made with.")
@where
def reset_command(seed: str | None, url: str, world: str, control_token: str | None) -> None:
    """Put a world back to its seed; its tokens stay."""
    with reached(url, world, control_token) as control:
        fresh = control.reset(seed)
        click.echo(f"World {fresh.name} is as seed {fresh.seed} says, {_time(fresh.now)}")
