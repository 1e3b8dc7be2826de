"""A request costs little whatever its body: counted in problems, reasons and bytes, not in time."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.shape import MOST_MEMBERS, Shape
from register_mock.tests import adversarial
from register_mock.tests.adversarial import DEGREE, PLACEMENT, WITHDRAWAL
from register_mock.tests.conftest import Api, make_api, trainee_data
from register_mock.tests.live import NEWEST
from register_mock.wire import MAX_BODY, read_json
from register_mock.world.journal import MOST_BYTES

# A problem a field of the trainee, and of each nested record that is looked into.
MOST_PROBLEMS = 1_000
MOST_ANSWERED = 100_000
NESTED = {"degrees_attributes": DEGREE, "placements_attributes": PLACEMENT}


@pytest.fixture(scope="module")
def api() -> Api:
    return make_api(NEWEST)


@pytest.fixture(scope="module")
def trainee_id(api: Api) -> str:
    made: str = api.created(first_names="Ada", email="ada@example.com")["trainee_id"]
    return made


def fields_of(schema: str) -> list[str]:
    document = spec.bundle(NEWEST)
    return list(spec.schema_properties(document, {"$ref": f"#/components/schemas/{schema}"}))


def requests() -> Iterator[Any]:
    trainees = fields_of("TraineeRequest")
    for name, body in adversarial.creations(trainees):
        yield pytest.param("POST", "/trainees", body, id=name)
    for name, body in adversarial.arrays(WITHDRAWAL, "reasons"):
        yield pytest.param("POST", "/trainees/{id}/withdraw", body, id=name)
    for part, schema in (("degrees", "DegreeRequest"), ("placements", "PlacementRequest")):
        body = adversarial.wide(fields_of(schema), lambda share: [[]] * (share // 3))
        yield pytest.param("POST", f"/trainees/{{id}}/{part}", body, id=f"{part} of lists")
    body = adversarial.wide(list(NESTED), lambda share: [{}] * (share // 3))
    yield pytest.param("PUT", "/trainees/{id}", body, id="an update")


def send(api: Api, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    answer = api.client.open(
        f"/api/{NEWEST}{path}",
        method=method,
        headers={"Authorization": f"Bearer {api.token}", "Content-Type": "application/json"},
        data=body,
    )
    return answer.status_code, answer.data


@pytest.mark.parametrize(("method", "path", "body"), list(requests()))
def test_a_body_makes_bounded_work(
    api: Api,
    trainee_id: str,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: bytes,
) -> None:
    assert len(body) <= MAX_BODY
    read = 0
    original = Shape._read

    def counted(shape: Shape, error: object) -> object:
        nonlocal read
        read += 1
        return original(shape, error)

    monkeypatch.setattr(Shape, "_read", counted)
    status, answer = send(api, method, path.replace("{id}", trainee_id), body)
    entry = api.world.journal.entries()[-1]
    assert (status == 200) if method == "PUT" else (400 <= status < 500)
    assert read <= MOST_PROBLEMS
    assert len(entry.findings) <= MOST_PROBLEMS
    assert len(answer) <= MOST_ANSWERED
    assert not any(
        isinstance(each.sent, list) and len(each.sent) > 1_000 for each in entry.findings
    )


@pytest.mark.parametrize(("field", "member"), NESTED.items())
def test_an_array_that_is_too_long_is_one_problem(
    api: Api, field: str, member: dict[str, str]
) -> None:
    outcome = api.create(**{field: [{}, member] * MOST_MEMBERS, "sex": "44"})
    label = field.capitalize().replace("_", " ")
    assert sorted(api.messages(outcome)) == [
        f"{label} is invalid",
        "Sex is not included in the list",
    ]
    reason = next(e for e in api.world.journal.entries()[-1].findings if e.field == field)
    assert reason.allowed == f"at most {MOST_MEMBERS} members"
    assert str(reason.sent).startswith("[{}," + json.dumps(member, separators=(",", ":"))[:9])


def test_an_array_of_the_longest_is_looked_into(api: Api) -> None:
    messages = api.messages(api.create(placements_attributes=[PLACEMENT] * 49 + [{}]))
    assert messages
    assert "Placements attributes is invalid" not in messages
    long = {name: [each] * MOST_MEMBERS for name, each in NESTED.items()}
    made = api.created(first_names="Long", email="long@example.com", **long)
    assert (len(made["degrees"]), len(made["placements"])) == (MOST_MEMBERS, MOST_MEMBERS)


def test_many_reasons_are_one_problem(api: Api, trainee_id: str) -> None:
    reasons = ["record_added_in_error"] * (MOST_MEMBERS + 1)
    outcome = api.call(
        "POST", f"/trainees/{trainee_id}/withdraw", {**WITHDRAWAL, "reasons": reasons}
    )
    assert api.messages(outcome) == ["Reasons is invalid"]


def test_the_journal_is_bounded_by_its_reasons_too() -> None:
    api = make_api(NEWEST)
    wrong = dict.fromkeys(fields_of("DegreeRequest"), "z" * 60)
    data = trainee_data(NEWEST, degrees_attributes=[wrong] * MOST_MEMBERS)
    body = json.dumps({"data": data}).encode()
    assert len(body) < 40_000
    journal = api.world.journal
    for _ in range(40):
        assert send(api, "POST", "/trainees", body)[0] == 422
    entries = journal.entries()
    assert len(entries[-1].findings) > 5 * MOST_MEMBERS
    assert sum(each.weight for each in entries if not each.is_light) <= MOST_BYTES
    assert entries[0].is_light
    assert entries[0].findings[0].message == "country is not included in the list"
    # What was weighed is what is kept: not less by much, and more only by what is shared.
    tracemalloc.start()
    send(api, "POST", "/trainees", body)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    newest = journal.entries()[-1]
    weight = newest.weight
    newest.lighten()
    gc.collect()
    freed = before - tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 0.4 * weight < freed < 1.5 * weight


def test_a_light_entry_lets_go_of_long_texts(api: Api) -> None:
    fault = {"kind": "status", "status": 503, "body": "x" * 900_000}
    api.world.faults.add({}, fault, 1, None)
    assert api.client.get(f"/api/{NEWEST}/info?page={'9' * 9_000}").status_code == 503
    assert api.call("GET", f"/trainees?page={'x' * 9_000}")[0] == 422
    for entry in api.world.journal.entries()[-2:]:
        entry.lighten()
        assert len(repr(entry)) < 5_000
        assert entry.findings


@pytest.mark.parametrize("body", [pytest.param(b, id=n) for n, b in adversarial.too_deep()])
def test_a_body_that_is_too_deep_is_malformed(api: Api, body: bytes) -> None:
    status, answer = send(api, "POST", "/trainees", body)
    assert (status, json.loads(answer)["errors"][0]["error"]) == (400, "BadRequest")
    control = api.client.post("/_mock/faults", data=body)
    assert (control.status_code, json.loads(control.data)["error"]) == (400, "malformed_json")


@pytest.mark.parametrize("slashes", range(1, 7))
def test_nul_is_told_from_its_escaped_spelling(slashes: int) -> None:
    escaped = rb"\\" * slashes
    assert read_json(b'["' + escaped + b'u0000"]') == ["\\" * slashes + "u0000"]
    with pytest.raises(ValueError, match="NUL"):
        read_json(b'["' + escaped + rb'\u0000"]')


def test_a_deep_body_is_shown_even_when_fields_are_masked() -> None:
    app = create_app(Options(seed="empty", mask_personal_data=True))
    deep = b'{"data":' * 900 + b"1" + b"}" * 900
    token = next(iter(app.extensions["register_mock"].get("default").providers.values())).tokens[0]
    app.test_client().post(
        f"/api/{NEWEST}/trainees",
        data=deep,
        headers={"Authorization": f"Bearer {token.token}", "Content-Type": "application/json"},
    )
    shown = app.test_client().get("/_mock/requests/req-000001")
    assert shown.status_code == 200
    assert "not shown" in json.loads(shown.data)["request"]["body"]
