"""An edition as an OpenAPI document with examples of what the scenarios send and get.

An example is in it when the document's own schema takes it: what a scenario sends is often wrong on
purpose. A request and its answer have the same name, as mocks that answer by examples pair them.
"""

from __future__ import annotations

import copy
from typing import Any

import register_spec as spec
from register_contract.exporting.collection import plain
from register_contract.exporting.edition import Edition
from register_contract.oracle.contract import JSON
from register_spec.scenarios.files import PLACEHOLDER, Scenario, texts
from register_spec.scenarios.script import Request


def as_openapi(edition: Edition) -> dict[str, str]:
    """The file by its path."""
    document = copy.deepcopy(edition.document)
    rows = {row["operationId"]: row for _, _, row, _ in spec.operations(document)}
    for scenario in edition.scenarios():
        for number, request in enumerate(edition.requests(scenario)):
            if request.operation is not None and request.wanted is not None:
                name = f"{plain(scenario.name)}_{number}"
                _add(edition, rows[request.operation], scenario, request, name)
    return {"register.openapi.yaml": spec.openapi_dump(document, "yaml")}


def _add(
    edition: Edition, row: dict[str, Any], scenario: Scenario, request: Request, name: str
) -> None:
    """Add what is sent and what is answered, as far as that is known beforehand."""
    wanted = request.wanted or {}
    status = str(wanted["status"])
    for place, key, value in (
        (row, "requestBody", request.body),
        (row["responses"], status, wanted.get("body")),
    ):
        if value is None or key not in place or any(map(PLACEHOLDER.search, texts(value))):
            continue
        whole = copy.deepcopy(spec.resolve(edition.document, place[key]))
        media = whole.get("content", {}).get(JSON)
        if media is None or not edition.contract.validator(media["schema"]).is_valid(value):
            continue
        media.setdefault("examples", {})[name] = {"summary": scenario.sentence, "value": value}
        place[key] = whole
