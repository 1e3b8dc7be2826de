"""``register-mock states``: the picture of the lifecycle, drawn from the table `x-lifecycle`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

import register_spec as spec
from register_mock.commands.documents import documents
from register_mock.contract.names import Names
from register_mock.contract.phrases import Phrases

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow: what leads from a state to a state, who causes it, and on which condition."""

    origin: str
    target: str
    event: str
    cause: str
    condition: str

    @property
    def label(self) -> str:
        """The event, its condition, and the operation that causes it when it has another name."""
        cause = "" if self.cause == OUTSIDE else f" by {self.cause}"
        return f"{self.event}{cause}{self.condition}"


def transitions(table: Mapping[str, Any], words: Phrases) -> list[Transition]:
    """Return every arrow of an `x-lifecycle` table; `previous` becomes what it can mean.

    `words` put the conditions into words.
    """
    return [
        Transition(origin, target, name, event["cause"], _condition(edge.get("when"), words))
        for name, event in table["events"].items()
        for edge in event["edges"]
        for origin in edge["from"]
        for target in _targets(table, origin, edge["to"])
    ]


def _targets(table: Mapping[str, Any], origin: str, target: str) -> list[str]:
    if target == "same":
        return [origin]
    if target != "previous":
        return [target]
    edges = [edge for event in table["events"].values() for edge in event["edges"]]
    return [
        state
        for state in table["states"]
        if any(state in edge["from"] and edge["to"] == origin for edge in edges)
    ]


def _condition(when: Mapping[str, Any] | None, words: Phrases) -> str:
    if when is None:
        return ""
    said = {"blank": "without", "present": "with"}.get(when.get("is", ""))
    if said is not None:
        return f", {said} {words.value(when['value'])}"
    return f", when {words.condition(when)}"


def mermaid(table: Mapping[str, Any], words: Phrases) -> Iterator[str]:
    """Return the lines of a Mermaid `stateDiagram-v2`."""
    drawn, everywhere = _split(table, words)
    yield "stateDiagram-v2"
    yield f"    [*] --> {table['initial']}"
    for each in drawn:
        yield f"    {each.origin} --> {each.target}: {each.label}"
    for label in everywhere:
        yield f"    note left of {table['initial']}: in any state, without changing it, {label}"


def text(table: Mapping[str, Any], words: Phrases) -> Iterator[str]:
    """Return the lines for a terminal: each state and what leads on from it."""
    drawn, everywhere = _split(table, words)
    for state, meaning in table["states"].items():
        yield f"{state}{' (first)' if state == table['initial'] else ''}: {meaning}"
        for each in drawn:
            if each.origin == state:
                yield f"    -> {each.target}: {each.label}"
    for label in everywhere:
        yield f"In any state, without changing it: {label}"


def _split(table: Mapping[str, Any], words: Phrases) -> tuple[list[Transition], list[str]]:
    """Separate what can happen in every state and changes none: arrows for it would hide the rest.

    Returns the arrows to draw, and the labels of the others.
    """
    found = transitions(table, words)
    loops: dict[str, set[str]] = {}
    for each in found:
        if each.origin == each.target:
            loops.setdefault(each.label, set()).add(each.origin)
    everywhere = [label for label, states in loops.items() if states == set(table["states"])]
    return [each for each in found if each.label not in everywhere], everywhere


FORMATS = {"mermaid": mermaid, "text": text}


@click.command("states")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="mermaid",
    show_default=True,
    help="A diagram to paste into a page, or lines to read here.",
)
@click.option("--api-version", metavar="VERSION", help="Of this version.  [default: the newest]")
@documents("In this reading.", "From the documents of this folder.")
def states_command(form: str, api_version: str | None, reading: str, spec_dir: Path | None) -> None:
    """Print the states of a trainee and what leads from one to another."""
    try:
        document = spec.bundle(api_version or spec.versions(spec_dir)[-1], reading, spec_dir)
    except spec.SpecError as error:
        click.echo(f"register-mock: {error}", err=True)
        sys.exit(2)
    words = Phrases(Names(document["x-names"]).public)
    click.echo("\n".join(FORMATS[form](document["x-lifecycle"], words)))
