"""The pages show the whole document, escape what they show, and need nothing from outside."""

import copy
import re
from typing import Any

import flask
import pytest
import yaml
from flask.testing import FlaskClient

import spec
from mock_server.pages import Site, blueprint
from mock_server.pages.conditions import sentence

WORLD = {
    "name": "default",
    "reading": "documented",
    "seed": "demo",
    "now": "2026-11-21T10:00:00.000Z",
    "providers": [
        {
            "name": "<script>alert(1)</script>",
            "ukprn": "10000001",
            "tokens": [{"token": "mock_1", "status": "active", "expires_on": None}],
        }
    ],
}


def client_for(documents: dict[str, Any]) -> FlaskClient:
    app = flask.Flask(__name__)
    app.register_blueprint(blueprint(Site(documents, lambda: WORLD)))
    return app.test_client()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_for({version: spec.bundle(version) for version in spec.versions()})


def test_home_leads_to_every_version_and_escapes_names(client: FlaskClient) -> None:
    page = client.get("/").text
    for version in spec.versions():
        assert f'href="/reference/{version}"' in page
        assert f'href="/openapi/{version}.yaml"' in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize("version", spec.versions())
def test_reference_shows_every_operation_and_object(client: FlaskClient, version: str) -> None:
    page = client.get(f"/reference/{version}").text
    document = spec.bundle(version)
    for item in document["paths"].values():
        for operation in item.values():
            if "operationId" in operation:
                assert f'<h2 id="{operation["operationId"]}">' in page
    for name, schema in document["components"]["schemas"].items():
        if spec.schema_properties(document, schema):
            assert f'<h3 id="object-{name}">' in page
    assert "training_route" in page


@pytest.mark.parametrize("version", spec.versions())
def test_links_on_the_reference_lead_somewhere(client: FlaskClient, version: str) -> None:
    page = client.get(f"/reference/{version}").text
    anchors = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    assert {link[1:] for link in links if link.startswith("#")} <= anchors
    outside = {link for link in links if not link.startswith(("#", "/", "data:,"))}
    assert outside == set()
    for link in links:
        if "/codes/" in link:
            assert client.get(link).status_code == 200


@pytest.mark.parametrize("version", spec.versions())
def test_the_document_itself_is_served(client: FlaskClient, version: str) -> None:
    document = spec.bundle(version)
    assert client.get(f"/openapi/{version}.json").json == document
    as_yaml = client.get(f"/openapi/{version}.yaml")
    assert as_yaml.content_type == "text/plain; charset=utf-8"
    assert yaml.load(as_yaml.text, yaml.CBaseLoader)["info"]["version"] == version


def test_code_list_shows_codes_with_labels(client: FlaskClient) -> None:
    page = client.get("/reference/v2025.0/codes/sex").text
    assert "<code>96</code>" in page
    assert "Information refused" in page


def test_nothing_may_run_on_a_page(client: FlaskClient) -> None:
    policy = client.get("/reference/v2025.0").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/reference/v9",
        "/openapi/v9.yaml",
        "/openapi/v2025.0.xml",
        "/reference/control",
        "/reference/v2025.0/codes/x",
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_hostile_document_is_shown_as_text() -> None:
    document = copy.deepcopy(spec.bundle("v2025.0"))
    hostile = "`<img src=x onerror=alert(1)>`</pre><script>"
    document["info"]["description"] = hostile
    operation = document["paths"]["/info"]["get"]
    operation["summary"] = operation["description"] = hostile
    document["components"]["schemas"]["Info"]["properties"][hostile] = {"description": hostile}
    document["x-code-lists"]["sex"] = [{"code": hostile, "label": hostile}]
    client = client_for({"v2025.0": document})
    for path in ("/reference/v2025.0", "/reference/v2025.0/codes/sex"):
        page = client.get(path).text
        assert "<img" not in page
        assert "<script" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b", "c"]}},
            "If a is 1: b and c are required.",
        ),
        (
            {
                "if": {"properties": {"a": {"not": {"enum": ["x"]}}}},
                "then": {"properties": {"b": False}},
                "else": {"if": {"required": ["d"]}, "then": {"required": ["e"]}},
            },
            'If a is not "x": b must not be sent. Otherwise, if d is sent: e is required.',
        ),
        (
            {
                "if": {"properties": {"a": {"pattern": r"\S"}}},
                "else": {"properties": {"b": {"enum": ["x", "y"]}}},
            },
            'Unless a is given: b must be "x" or "y".',
        ),
        (
            {
                "if": {"properties": {"a": {"multipleOf": 2}}},
                "then": {"properties": {"b": {"pattern": r"\S"}}},
            },
            'If a matches {"multipleOf": 2}: b must be given.',
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: dict[str, Any], expected: str) -> None:
    assert sentence(condition) == expected
