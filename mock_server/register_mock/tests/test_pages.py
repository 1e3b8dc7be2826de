"""The pages show the whole document, escape what they show, and need nothing from outside."""

import copy
import html
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask
import pytest
import yaml
from flask.testing import FlaskClient

import register_spec as spec
from register_mock.contract.envelopes import Answer, json_answer
from register_mock.contract.phrases import Phrases
from register_mock.control.api import Put
from register_mock.pages import Site, blueprint, phrases
from register_mock.pages.conditions import sentence
from register_mock.tests.conftest import Api
from register_spec import openapi_dump
from register_spec.tests.answers import all_at_once
from register_spec.tests.copies import changed_contract

CONTROL = spec.documents.read_yaml(spec.source_folder() / "control.yaml")


def nobody(put: Put) -> Answer:
    """Let no control call in: the pages of a document need none."""
    return json_answer(401, {"error": "unauthorized", "detail": put.name})


def client_for(documents: dict[str, Any]) -> FlaskClient:
    app = flask.Flask(__name__)
    app.register_blueprint(blueprint(Site(documents, nobody, CONTROL, spec.choices())))
    return app.test_client()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_for({version: spec.bundle(version) for version in spec.versions()})


def test_home_leads_to_every_document(api: Api) -> None:
    page = api.client.get("/").text
    for name in (*spec.versions(), "control", f"{spec.versions()[-1]}@deployed"):
        assert f'href="/reference/{name}"' in page
        for form in ("yaml", "json"):
            assert f'href="/openapi/{name}.{form}"' in page


def pages_of(client: FlaskClient, name: str) -> dict[str, str]:
    """Return every page of a reference by its address, found by following links."""
    found: dict[str, str] = {}
    waiting = [f"/reference/{name}"]
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code == 200, path
        found[path] = answer.text if answer.mimetype == "text/html" else ""
        ahead = {urlsplit(link).path for link in links_on(found[path])}
        waiting += sorted(
            link for link in ahead - found.keys() - set(waiting) if link.startswith("/reference/")
        )
    return found


def links_on(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src|action|data-index)="([^"]+)"', page))


@pytest.fixture(scope="module", params=spec.versions())
def pages(request: pytest.FixtureRequest, client: FlaskClient) -> tuple[str, dict[str, str]]:
    return request.param, pages_of(client, request.param)


def test_every_operation_and_object_has_a_page(pages: tuple[str, dict[str, str]]) -> None:
    version, found = pages
    document = spec.bundle(version)
    overview = found[f"/reference/{version}"]
    for path, method, operation, _ in spec.operations(document):
        address = f"/reference/{version}/operations/{operation['operationId']}"
        assert f"<code>{path}</code>" in found[address]
        by_path = rf'href="{address}"><span class="method {method}">{method.upper()}</span> <code>'
        assert re.search(by_path + re.escape(path), overview)
        assert overview.count(f'href="{address}"') == 3  # beside it, by path, and by name
    for name, schema in document["components"]["schemas"].items():
        if fields := spec.schema_properties(document, schema):
            page = found[f"/reference/{version}/objects/{name}"]
            assert all(f'id="field-{field}"' in page for field in fields)


def test_every_link_leads_somewhere(client: FlaskClient, pages: tuple[str, dict[str, str]]) -> None:
    _, found = pages
    for address, page in found.items():
        for link in links_on(page):
            assert link.startswith(("/", "#")), f"{address} leads outside: {link}"
            path, _, anchor = link.partition("#")
            target = page if not path else found.get(path)
            if target is None:
                # A page about a world asks for the control token.
                expected = (303,) if path == "/" else (200,)
                assert client.get(path).status_code in expected, f"{address}: {link}"
            elif anchor:
                assert f'id="{anchor}"' in target, f"{address}: {link}"


def test_pages_can_be_read_without_eyes_or_mouse(pages: tuple[str, dict[str, str]]) -> None:
    for address, page in pages[1].items():
        if not page:
            continue
        assert page.count('<main id="main"') == page.count("<h1>") == 1, address
        levels = [int(level) for level in re.findall(r"<h([1-6])", page.partition("<main")[2])]
        steps = pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), address
        for region in re.findall(r"<(?:div class=\"scroll\"|pre)[^>]*>", page):
            assert 'tabindex="0"' in region, address
            assert "aria-label" in region, address
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), address


def main_text(page: str) -> str:
    """Return what a reader sees of the main part of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page.partition("<main")[2])).split())


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ("authentication", "Authorization: Bearer {token}. A token belongs to one provider."),
        ("authentication", '"error": "Unauthorized"'),
        ("versioning", "Also served here: v1.0-pre, v2026.1."),
        ("errors", "The token. Without a valid one: 401."),
        ("errors", "is too long (maximum is {limit} characters)"),
        ("field-lengths", "TraineeFields first_names at most 60"),
        ("states", "From submitted_for_trn or trn_received to deferred."),
        ("states", "Writes trn (as sent)."),
        (
            "rules",
            "itt_start_date must be on or before 1 year after today; an update that changes",
        ),
        ("rules", "must be on or after 10 years before today; an update"),
        ("rules", "before today, when trainee_start_date is not the same as itt_start_date;"),
        ("rules", "has another with equal date_of_birth, training_route, last_name (without case)"),
        ("decisions", "001 Register API reference, v1.0-pre, as of April 2025"),
        ("decisions", "Which error first?"),
    ],
)
def test_topics_are_told_in_sentences(client: FlaskClient, topic: str, told: str) -> None:
    assert told in main_text(client.get(f"/reference/v2025.0/topics/{topic}").text)


def test_every_decision_that_is_cited_can_be_read(pages: tuple[str, dict[str, str]]) -> None:
    version, found = pages
    decisions = found[f"/reference/{version}/topics/decisions"]
    cited = set(re.findall(r"decision (\d+)", openapi_dump(spec.bundle(version), "json")))
    assert {"1", "6", "14"} <= cited
    for number in cited:
        assert f'id="decision-{number}"' in decisions
    linked = f'<a href="/reference/{version}/topics/decisions#decision-14">decision 14</a>'
    assert linked in found[f"/reference/{version}/topics/states"]
    for address, page in found.items():
        said = re.sub(r"<code>.*?</code>|<pre.*?</pre>|<a .*?</a>", "", page, flags=re.DOTALL)
        assert re.findall(r"decision \d+", said) == [], address


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"must": {"value": "a", "not_before": {"today": {"years": -1, "days": 3}}}},
         "a must be on or after 1 year before today and 3 days after today."),
        ({"must": {"value": "a", "not_after": "b"}, "text": "is late"},
         'a must be on or before B; the refusal says "is late".'),
        ({"must": {"not": {"value": "a", "in": ["x", 4]}},
          "when": {"all": [{"value": "b", "is": "present"}, {"not": {"value": "a", "has": "y"}}]}},
         "a must not be one of x, 4, when B is present and a is not a list with y."),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(row: dict[str, Any], told: str) -> None:
    assert phrases.rule(row, Phrases(lambda name: "B" if name == "b" else name)) == told


def test_bodies_and_exceptions_are_told_as_they_are(tmp_path: Path) -> None:
    folder = changed_contract(tmp_path / "spec", all_at_once)
    document = spec.bundle("v2026.1", spec_dir=folder)
    client = client_for({"v2026.1": document})
    told = main_text(client.get("/reference/v2026.1/topics/errors").text)
    for part in (
        "create_trainee with Enhanced-Errors: true",
        '"errors": {"{container}": {"{field}": ["{text}" for each problem]}}',
        '{"message": "Validation failed: {count} error", of several "Validation failed',
        '"data": [the records it repeats]',
        "create_placement, recommend_for_qts The key data of the body before: The trainee of the",
        "few: has invalid value of '{value}'. Valid values are {values}.",
    ):
        assert part in told, part
    rows = document["x-sentences"]["answers"]
    said = "404 “Trainee(s) not found”"
    assert phrases.refusal("trainee_not_found", rows) == said


def test_a_document_without_decisions_or_tables_has_pages_too() -> None:
    client = client_for({"v2025.0": {"openapi": "3.1.0", "info": {"title": "T", "version": "x"}}})
    assert "<h1>T" in client.get("/reference/v2025.0").text
    assert client.get("/reference/v2025.0/topics/errors").status_code == 404


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("trainees post", "operations/create_trainee"),
        ("recommend_for", "operations/recommend_for_qts"),
        ("National insurance", "objects/TraineeFields#field-ni_number"),
        ("mathematics", "codes/course_subject#code-100403"),
        ("field lengths", "topics/field-lengths"),
    ],
)
def test_the_search_finds_without_a_script(client: FlaskClient, asked: str, address: str) -> None:
    page = client.get("/reference/v2025.0/search", query_string={"q": asked}).text
    assert f'<a href="/reference/v2025.0/{address}">' in page.partition("<main")[2]
    entries = client.get("/reference/v2025.0/index.json").get_json()
    assert address in {page for _, _, page, _ in entries}


def test_a_search_for_nothing_or_in_vain_says_so(client: FlaskClient) -> None:
    page = client.get("/reference/v2025.0/search?q=%20").text
    assert "Give a name" in page
    page = client.get("/reference/v2025.0/search?q=<script>no").text
    assert "Nothing has all of these words: “&lt;script&gt;no”" in page


@pytest.mark.parametrize("path", ["/reference", "/reference/", "/openapi", "/openapi/", "/docs"])
def test_addresses_people_guess_lead_to_the_versions(api: Api, path: str) -> None:
    answer = api.client.get(path)
    assert (answer.status_code, answer.location) == (302, "/#versions")
    assert 'id="versions"' in api.client.get("/").text


def test_the_icon_is_a_picture(client: FlaskClient) -> None:
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_person_who_is_lost_gets_a_page_and_no_journal_entry(api: Api) -> None:
    lost = api.client.get("/nowhere", headers={"Accept": BROWSER})
    assert (lost.status_code, lost.mimetype) == (404, "text/html")
    assert 'href="/"' in lost.text
    assert "default-src 'none'" in lost.headers["Content-Security-Policy"]
    assert api.client.get("/reference/v9", headers={"Accept": BROWSER}).mimetype == "text/html"
    for path in ("/reference", "/openapi/", "/docs", "/favicon.ico", "/reference/v2025.0"):
        assert api.client.get(path).status_code < 400
    assert api.client.get("/_mock/requests").get_json()["total"] == 0


@pytest.mark.parametrize("path", ["/api/v2025.0/nowhere", "/_mock/nowhere"])
def test_the_apis_answer_in_json_whoever_asks(api: Api, path: str) -> None:
    answer = api.client.get(path, headers={"Accept": BROWSER})
    assert answer.mimetype == "application/json"
    assert api.client.get("/nowhere", headers={"Accept": "*/*"}).mimetype == "application/json"


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


def test_only_the_own_script_may_run(client: FlaskClient) -> None:
    answer = client.get("/reference/v2025.0")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert re.findall("<script[^>]*>[^<]*", answer.text) == ['<script src="/search.js" defer>']
    assert client.get("/search.js").mimetype == "text/javascript"


@pytest.mark.parametrize(
    "path",
    [
        "/reference/v9",
        "/openapi/v9.yaml",
        "/openapi/v2025.0.xml",
        "/reference/v2025.0/codes/x",
        "/reference/v2025.0/operations/x",
        "/reference/v2025.0/objects/x",
        "/reference/v2025.0/topics/x",
        "/reference/v9/search",
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
    below = ("", "/codes/sex", "/operations/show_info", "/objects/Info", "/search?q=onerror")
    for path in below:
        page = client.get(f"/reference/v2025.0{path}").text
        assert "<img" not in page
        assert "<script>" not in page
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
        (
            {
                "if": {"not": {"properties": {"a": {"const": 1}, "b": {"pattern": r"\S"}}}},
                "then": {"properties": {"c": {"not": {"const": 2}, "items": {"enum": [3]}}}},
            },
            "If a is not 1 or b is not given: c must not be 2; c has only entries that are 3.",
        ),
        (
            {
                "if": {"properties": {"a": {"contains": {"not": {"const": 1}}}}},
                "then": {"properties": {"b": {"not": {"contains": {"const": 2}}}}},
            },
            "If a has an entry that is not 1: b must have no entry that is 2.",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: dict[str, Any], expected: str) -> None:
    assert sentence(condition) == expected
