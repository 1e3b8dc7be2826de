"""Every reason in the journal points to the place in the document that it rests on."""

from __future__ import annotations

from typing import Any

import register_spec as spec
from register_mock.tests.conftest import Api
from register_mock.tests.test_journal import entries, reasons


def place(reason: Any) -> Any:
    """Return what stands where a reason points to (RFC 6901)."""
    version, _, pointer = reason["source"]["pointer"].partition("#/")
    node: Any = spec.bundle(version)
    for step in pointer.split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return node


def test_every_pointer_leads_somewhere(api: Api) -> None:
    trainee = f"/trainees/{api.created()['trainee_id']}"
    refused = [
        api.create(),
        api.create(sex="Q", first_names=None, degrees_attributes=[{"country": "FR"}, {}]),
        api.create(last_name="x" * 61, date_of_birth=5, placements_attributes=[{"urn": 1}]),
        api.call("GET", "/trainees?status=busy&page=0&since=x"),
        api.call("GET", "/trainees?academic_cycle=1999"),
        api.call("GET", "/nothing"),
        api.call("GET", "/trainees/nobody"),
        api.call("POST", "/trainees"),
        api.call("POST", f"{trainee}/withdraw", {"trigger": "x", "reasons": ["y"]}),
        api.call("POST", f"{trainee}/recommend-for-qts", {"qts_standards_met_date": "2025-07-01"}),
    ]
    assert all(status >= 400 for status, _ in refused)
    explained = [reason for entry in entries(api) for reason in entry["explanation"]]
    assert len(explained) > 20
    for reason in explained:
        assert place(reason) is not None, reason


def test_a_parameter_and_a_rule_have_their_own_place(newest: Api) -> None:
    newest.call("GET", "/trainees?status=busy")
    assert place(reasons(newest)[0])["name"] == "status"
    newest.create(itt_start_date="2029-09-01")
    assert "itt_start_date" in [place(r).get("field") for r in reasons(newest)]
