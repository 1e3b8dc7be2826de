"""A version in which all that could be taken for a convention is otherwise: it is data."""

from __future__ import annotations

import shutil
from pathlib import Path

import register_spec as spec

VERSION = "v9.0"
BASE_PATH = "/register/nine"
TOKEN_HEADER = "X-Provider-Token"

# Another base path and token header; an operation under another path, with another parameter; other
# names of the field that holds placements, of what clears a field, of an event and of a schema.
STEP = """
overlay: 1.0.0
info: {title: v9.0 after v2025.0, version: v9.0}
x-follows: v2025.0
actions:
  - x-id: base_path
    description: The base path is another one.
    x-source: "003"
    target: $.servers[?@.url == '/api/v2025.0']
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


def with_conventions(folder: Path) -> Path:
    """Return a copy of the contract that has the version besides."""
    ignored = shutil.ignore_patterns("register_spec")
    shutil.copytree(spec.source_folder(), folder, ignore=ignored)
    (folder / "steps" / f"{VERSION}.yaml").write_text(STEP, encoding="utf-8")
    return folder
