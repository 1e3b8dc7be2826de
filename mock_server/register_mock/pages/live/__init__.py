"""The live page: a world as a person sees it, made of control calls and nothing else.

``/`` is the world ``default``, ``/worlds/<name>`` another one; below it are its trainees and its
journal. What a button does is a control call as well: the form names the operation and its fields.
Everything can be read and done without the script, which only keeps a page up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flask

from register_mock.pages.fields import Schema
from register_mock.pages.live.desk import Ask, Desk

DEFAULT = "default"


@dataclass(frozen=True)
class Live:
    """What the live pages are made from: the way to the control API, and the documents."""

    ask: Ask
    control: Schema
    documents: Mapping[str, Schema]

    @cached_property
    def desk(self) -> Desk:
        """The desk of this server."""
        return Desk(self.ask)

    def page(self, template: str, world: str, **more: Any) -> str:
        """Return a page about a world."""
        done = self.summaries.get(flask.request.args.get("done", ""))
        return flask.render_template(
            f"live/{template}",
            world=world,
            here=place(world),
            done=done,
            form_token=self.desk.form_token(),
            is_signed_in=self.desk.is_signed_in,
            **more,
        )

    @cached_property
    def summaries(self) -> Mapping[str, str]:
        """What each control call does, by its name."""
        return {
            row["operationId"]: row["summary"]
            for item in self.control["paths"].values()
            for row in item.values()
            if isinstance(row, dict)
        }

    def values(self, schema: str) -> list[str]:
        """Return the values that a text of the control API can have, by the name of its schema."""
        found: list[str] = self.control["components"]["schemas"][schema]["enum"]
        return found


def place(world: str) -> str:
    """Return the path of a world's first page."""
    return "/" if world == DEFAULT else flask.url_for("pages.world", world=world)


def only_some(asked: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return those parameters of a query that have a value."""
    return {name: asked[name].strip() for name in names if asked.get(name, "").strip()}
