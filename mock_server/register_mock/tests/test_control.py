"""The control API, its document and its functions are one; every call of it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest
import yaml

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.control import EXPLAINED, FUNCTIONS
from register_mock.tests.controlling import NEWEST, NOW, A, B, controlled, trainee_data
from register_spec.tests.copies import changed_contract

# Every call the control API promises, by the operation that serves it.
CALLS = {
    "show_health": "GET /_mock/health",
    "show_control_document": "GET /_mock/openapi.yaml",
    "create_world": "POST /_mock/worlds",
    "list_worlds": "GET /_mock/worlds",
    "show_world": "GET /_mock/worlds/{name}",
    "delete_world": "DELETE /_mock/worlds/{name}",
    "reset_world": "POST /_mock/reset",
    "save_snapshot": "POST /_mock/snapshots/{name}",
    "restore_snapshot": "POST /_mock/snapshots/{name}/restore",
    "show_clock": "GET /_mock/clock",
    "set_clock": "PUT /_mock/clock",
    "advance_clock": "POST /_mock/clock/advance",
    "list_providers": "GET /_mock/providers",
    "create_provider": "POST /_mock/providers",
    "discard_provider": "DELETE /_mock/providers/{ukprn}",
    "create_token": "POST /_mock/providers/{ukprn}/tokens",
    "list_schools": "GET /_mock/schools",
    "create_school": "POST /_mock/schools",
    "list_partners": "GET /_mock/partners",
    "create_partner": "POST /_mock/partners",
    "list_records": "GET /_mock/trainees",
    "make_record": "POST /_mock/trainees",
    "show_record": "GET /_mock/trainees/{trainee_id}",
    "show_lifecycle": "GET /_mock/lifecycle",
    "fire_event": "POST /_mock/trainees/{trainee_id}/events",
    "show_settings": "GET /_mock/settings",
    "change_settings": "PUT /_mock/settings",
    "list_faults": "GET /_mock/faults",
    "add_fault": "POST /_mock/faults",
    "clear_faults": "DELETE /_mock/faults",
    "delete_fault": "DELETE /_mock/faults/{id}",
    "list_requests": "GET /_mock/requests",
    "export_requests": "GET /_mock/requests.har",
    "stream_requests": "GET /_mock/requests/stream",
    "show_request": "GET /_mock/requests/{id}",
    "clear_requests": "DELETE /_mock/requests",
}
DOCUMENT: dict[str, Any] = spec.documents.read_yaml(spec.source_folder() / "control.yaml")


def operations() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation, item


def test_calls_document_and_functions_agree() -> None:
    documented = {operation["operationId"]: call for call, operation, _ in operations()}
    assert documented == CALLS
    assert set(FUNCTIONS) == set(CALLS)
    assert set(EXPLAINED) <= set(CALLS)


def test_the_document_is_openapi_and_its_examples_fit() -> None:
    openapi_spec_validator.validate(DOCUMENT)
    served = controlled().app.test_client().get("/_mock/openapi.yaml")
    assert served.content_type == "application/yaml"
    document = yaml.load(served.data, yaml.CSafeLoader)
    openapi_spec_validator.validate(document)
    assert document["components"]["schemas"]["Version"]["enum"] == spec.versions()
    for content in _contents():
        for example in [content["example"]] if "example" in content else []:
            schema = {"allOf": [content["schema"]], "components": DOCUMENT["components"]}
            jsonschema_rs.validate(schema, example, validate_formats=True)


def _contents() -> Iterator[dict[str, Any]]:
    for _, operation, _ in operations():
        answers = [spec.resolve(DOCUMENT, each) for each in operation["responses"].values()]
        for message in [operation.get("requestBody", {}), *answers]:
            yield from message.get("content", {}).values()


def test_every_operation_says_what_it_can_be_refused_with() -> None:
    for call, operation, item in operations():
        statuses = set(operation["responses"])
        assert "401" in statuses, call
        if "requestBody" in operation:
            assert "400" in statuses, call
        parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
        if parameters:
            assert "404" in statuses, call


def test_request_bodies_are_closed() -> None:
    for call, operation, _ in operations():
        if "requestBody" not in operation:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        schema = spec.resolve(DOCUMENT, schema)
        for form in schema.get("oneOf", [schema]):
            assert form["additionalProperties"] is False, call


def test_events_are_those_the_documents_leave_to_the_outside() -> None:
    forms = DOCUMENT["components"]["schemas"]["EventRequest"]["oneOf"]
    written = {form["properties"]["event"]["const"] for form in forms}
    for version in spec.versions():
        events = spec.bundle(version)["x-lifecycle"]["events"]
        assert {name for name, row in events.items() if row["cause"] == "outside"} == written


def test_an_operation_without_a_function_fails_at_start(tmp_path: Path) -> None:
    changed_contract(tmp_path, lambda document: None)
    document = {**DOCUMENT, "paths": {**DOCUMENT["paths"]}}
    document["paths"]["/_mock/tea"] = {"get": {"operationId": "make_tea", "responses": {}}}
    (tmp_path / "control.yaml").write_text(spec.openapi_dump(document, "yaml"), encoding="utf-8")
    with pytest.raises(spec.SpecError, match="make_tea"):
        create_app(Options(seed="empty", spec_dir=tmp_path))


def test_every_call_works() -> None:
    mock = controlled()
    assert mock.done("GET", "/health")["worlds"] == 1
    mock.done("GET", "/openapi.yaml")
    made = mock.done("POST", "/worlds", {"name": "other", "random_seed": 3})
    assert (made["name"], made["seed"], made["now"]) == ("other", "empty", NOW)
    assert [world["name"] for world in mock.done("GET", "/worlds")["worlds"]] == [
        "default",
        "other",
    ]
    assert mock.done("GET", "/worlds/other") == made
    _work(mock)
    mock.done("DELETE", "/worlds/other")
    assert mock.called == set(CALLS)


def _work(mock: Any) -> None:
    provider = mock.done("POST", "/providers", {"name": "Eastbrook", "ukprn": "10001234"})
    token = provider["tokens"][0]["token"]
    assert provider["tokens"] == [{"token": token, "status": "active", "expires_on": None}]
    assert mock.public("GET", "/info", token)[0] == 200
    for status in ("active", "expired", "revoked"):
        added = mock.done("POST", "/providers/10001234/tokens", {"status": status})
        expected = 200 if status == "active" else 401
        assert (added["status"], mock.public("GET", "/info", added["token"])[0]) == (
            status,
            expected,
        )
    mock.done("POST", "/schools", {"urn": "100010", "name": "Kestrel Primary", "town": "Kesterton"})
    assert len(mock.done("GET", "/schools")["schools"]) == 11
    mock.done("POST", "/partners", {"name": "Silverbrook", "ukprn": "10000005"})
    assert len(mock.done("GET", "/partners")["partners"]) == 5
    mock.done("POST", "/snapshots/before")
    mock.done("PUT", "/settings", {"trn": {"mode": "manual"}})
    assert mock.done("GET", "/settings")["trn"] == {"mode": "manual", "seconds": 60}
    wanted = {"provider": "10001234", "version": NEWEST, "data": trainee_data()}
    trainee_id = mock.done("POST", "/trainees", wanted)["trainee_id"]
    mock.done("POST", "/clock/advance", {"days": 2})
    assert mock.done("GET", "/clock") == {"now": "2025-10-17T09:00:00.000Z", "frozen": True}
    event = {"event": "receive_trn", "trn": "7654321"}
    assert mock.done("POST", f"/trainees/{trainee_id}/events", event) == {
        "trainee_id": trainee_id,
        "state": "trn_received",
    }
    listed = mock.done("GET", "/trainees?provider=10001234&state=trn_received")["trainees"]
    assert [(each["trainee_id"], each["data"]["trn"]) for each in listed] == [
        (trainee_id, "7654321")
    ]
    assert mock.done("GET", f"/trainees/{trainee_id}?version={NEWEST}")["data"]["trn"] == "7654321"
    assert mock.done("GET", "/lifecycle")["discarded"] == 0
    fault = mock.done("POST", "/faults", {"effect": {"kind": "status", "status": 503}, "times": 1})
    assert mock.public("GET", "/info", token)[0] == 503
    assert mock.done("GET", "/faults")["faults"][0]["fired"] == 1
    mock.done("DELETE", f"/faults/{fault['id']}")
    mock.done("DELETE", "/faults")
    requests = mock.done("GET", "/requests?status=503")
    assert requests["total"] == 1
    mock.done("GET", f"/requests/{requests['requests'][0]['id']}")
    exported = mock.done("GET", "/requests.har?status=503")["log"]["entries"]
    assert [each["response"]["status"] for each in exported] == [503]
    mock.done("GET", "/requests/stream?seconds=0")
    mock.done("DELETE", "/requests")
    assert mock.done("POST", "/snapshots/before/restore")["now"] == NOW
    assert mock.done("GET", "/trainees")["trainees"] == []
    mock.done("DELETE", "/providers/10001234")
    assert mock.public("GET", "/info", token)[0] == 401
    assert [each["ukprn"] for each in mock.done("GET", "/providers")["providers"]] == [A, B]
    mock.done("PUT", "/clock", {"now": "2024-02-29T12:00:00+01:00"})
    reset = mock.done("POST", "/reset")
    assert (reset["now"], [each["ukprn"] for each in reset["providers"]]) == (NOW, [A, B])
