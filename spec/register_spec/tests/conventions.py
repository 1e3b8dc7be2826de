"""A version in which all that could be taken for a convention is otherwise: it is data."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import register_spec as spec
from register_spec.composing import compose
from register_spec.documents import openapi_dump
from register_spec.resolve import operations

VERSION = "v9.0"
BASE_PATH = "/register/nine"
TOKEN_HEADER = "X-Provider-Token"

# Another base path and token header; an operation under another path, with another parameter; other
# names of the field that holds placements, of what clears a field, of an event and of a schema.
STEP = """
overlay: 1.0.0
info: {title: v9.0 after NEWEST, version: v9.0}
x-follows: NEWEST
actions:
  - x-id: base_path
    description: The base path is another one.
    x-source: "003"
    target: $.servers[?@.url == '/api/NEWEST']
    update: {url: /register/nine}
  - x-id: token_header
    description: The token comes in a header of its own.
    x-source: "003"
    target: $.components.securitySchemes.bearer
    update:
      type: apiKey
      in: header
      name: X-Provider-Token
      x-header: "X-Provider-Token: key={token};"
  - x-with: token_header
    target: $.components.securitySchemes.bearer.scheme
    remove: true
  - x-id: recommendations
    description: A trainee is recommended under another path too.
    x-source: "003"
    target: $.paths
    update:
      /recommendations/{slug}:
        parameters:
          - name: slug
            in: path
            required: true
            schema: {type: string}
            x-record: {kind: trainee}
        post:
          operationId: post_recommendation
          x-same-as: recommend_for_qts
  - x-id: placed_at
    description: The placements of a new trainee are sent as placed_at.
    x-source: "003"
    target: $.components.schemas.TraineeRequest.properties
    update:
      placed_at:
        description: Placements to make with the trainee.
        type: array
        items: {$ref: "#/components/schemas/PlacementRequest"}
        x-clearable: true
        x-record: {kind: placement}
        x-source: "003"
  - x-with: placed_at
    target: $.components.schemas.TraineeRequest.properties.placements_attributes
    remove: true
  - x-with: placed_at
    target: $.components.examples.create_trainee_request.value.data
    update: {placed_at: [{urn: "900020"}]}
  - x-with: placed_at
    target: $.components.examples.create_trainee_request.value.data.placements_attributes
    remove: true
  - x-id: emptied
    description: What clears a field has another name.
    x-source: "003"
    target: $.components.schemas
    update: {Emptied: {type: [string, "null"], maxLength: 0, x-clears: true}}
  - x-with: emptied
    target: $.components.schemas.Cleared
    remove: true
  - x-id: number_arrives
    description: The event that brings a TRN has another name.
    x-source: "003"
    target: $['x-lifecycle'].events
    x-before: defer
    update:
      number_arrives:
        cause: outside
        edges: [{from: [submitted_for_trn], to: trn_received, when: {value: trn, is: blank}}]
        writes: {trn: {input: number}}
        issues: number
        timer: trn
  - x-with: number_arrives
    target: $['x-lifecycle'].events.receive_trn
    remove: true
  - x-with: number_arrives
    target: $['x-lifecycle'].events.submit_for_trn
    update: {starts: number_arrives}
  - x-with: number_arrives
    target: $['x-lifecycle'].events.reinstate
    update: {edges: [{from: [deferred], to: trn_received}]}
"""

# How the control API is told of the event.
ARRIVAL = """\
        - type: object
          additionalProperties: false
          required: [event]
          properties:
            event: {const: number_arrives}
            number: {$ref: '#/components/schemas/Trn'}
"""


def with_conventions(folder: Path) -> Path:
    """Return a copy of the contract that has the version besides."""
    ignored = shutil.ignore_patterns("register_spec", "readings")
    shutil.copytree(spec.source_folder(), folder, ignore=ignored)
    (folder / "steps" / f"{VERSION}.yaml").write_text(_step(), encoding="utf-8")
    control = (folder / "control.yaml").read_text(encoding="utf-8")
    before, opening, after = control.partition("    EventRequest:\n")
    after = after.replace("      oneOf:\n", f"      oneOf:\n{ARRIVAL}", 1)
    (folder / "control.yaml").write_text(before + opening + after, encoding="utf-8")
    return folder


NAMES = {
    "slug": "trainee_id",
    "degree_slug": "degree_id",
    "held_placements": "placements",
    "begins_on": "itt_start_date",
    "joined_on": "trainee_start_date",
    "changed_at": "updated_at",
    "reference_number": "trn",
    "given_names": "first_names",
    "family_name": "last_name",
    "born_on": "date_of_birth",
}
"""Other public names of fields, and so of the parameters and parts of paths called like them."""


def with_other_names(folder: Path, *, operations_too: bool) -> Path:
    """Write the version alone, in which nothing is called as it was; return the folder.

    That is fields, parts of paths, states and events; with `operations_too` operations as well,
    which no request and no answer says.
    """
    there = with_conventions(folder.with_name(f"{folder.name}-as-it-was"))
    document = compose(VERSION, spec.DOCUMENTED, there)
    lifecycle = document["x-lifecycle"]
    states = {name: f"now_{name}" for name in lifecycle["states"]}
    events = {name: f"then_{name}" for name in lifecycle["events"]}
    lifecycle["events"] = {events[name]: row for name, row in lifecycle["events"].items()}
    for event in lifecycle["events"].values():
        for row in (event, *event["edges"]):
            if "starts" in row:
                row["starts"] = events[row["starts"]]
    document = _renamed(document, states)
    if operations_too:
        ids = [row["operationId"] for _, _, row, _ in operations(document)]
        document = _renamed(document, {name: f"call_{name}" for name in ids})
    document["x-names"] = {**document.get("x-names", {}), **NAMES}
    folder.mkdir(parents=True)
    text = openapi_dump(document, "yaml")
    (folder / f"{VERSION}.yaml").write_text(text, encoding="utf-8")
    # The control API says the names of the events that no operation causes.
    control = (there / "control.yaml").read_text(encoding="utf-8")
    for name, other in events.items():
        control = control.replace(f"event: {{const: {name}}}", f"event: {{const: {other}}}")
    (folder / "control.yaml").write_text(control, encoding="utf-8")
    return folder


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The same with other names where a key or a text is just one of them."""
    if isinstance(node, str):
        return names.get(node, node)
    if isinstance(node, list):
        return [_renamed(child, names) for child in node]
    if isinstance(node, dict):
        return {names.get(key, key): _renamed(child, names) for key, child in node.items()}
    return node


def _step() -> str:
    return STEP.replace("NEWEST", spec.versions()[-1])
