"""Seeds: what `demo` promises, and what wrong seeds are told."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import OptionError, Options
from register_mock.tests.controlling import NOW, A, B, controlled
from register_spec.tests.copies import changed_contract

# An ordinary day, the borders of an academic cycle, and a day that few years have.
DAYS = [NOW, "2026-07-31T23:59:00Z", "2026-08-01T00:00:00Z", "2028-02-29", "2025-12-31"]
HEAD = "providers: [{name: A, ukprn: '10000571'}]\n"
DOUBLED = "".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghijklm"))
ROW = "{provider: '10000571', version: v2025.0, state: draft"


def datum(written: str) -> str:
    """Return a seed with one trainee, one value of which is written so."""
    return f"{HEAD}trainees: [{ROW}, data: {{first_names: {written}}}}}]"


@pytest.fixture(scope="module", params=DAYS)
def demo(request: pytest.FixtureRequest) -> Any:
    return controlled(seed="demo", now=request.param)


def test_demo_has_every_state_and_every_route(demo: Any) -> None:
    records = demo.done("GET", f"/trainees?provider={A}")["trainees"]
    lifecycle = spec.bundle(spec.versions()[-1])["x-lifecycle"]
    assert {each["state"] for each in records} == set(lifecycle["states"])
    assert any(each["discarded"] for each in records)
    routes = {each["data"]["training_route"] for each in records}
    for version in spec.versions():
        codes = spec.bundle(version)["x-code-lists"]["training_route"]
        # 02 is over: the cohort has to be right in the deployed reading too.
        assert {row["code"] for row in codes} - {"02"} <= routes


def test_demo_has_three_cycles_and_more_than_two_pages(demo: Any) -> None:
    token = demo.world.providers[A].tokens[0].token
    assert demo.public("GET", "/trainees?page=3", token)[0] == 200
    year = int(demo.world.now().year) - (demo.world.now().month < 8)
    for cycle in (year, year - 1, year - 2):
        assert demo.public("GET", f"/trainees?academic_cycle={cycle}", token)[0] == 200
    other = demo.world.providers[B].tokens[0].token
    listed = demo.public("GET", "/trainees", other)[1]["data"]
    assert 3 <= len(listed) <= 10


def test_no_record_of_demo_is_a_duplicate(demo: Any) -> None:
    editions = demo.app.extensions["register_mock"].editions["documented"]
    for edition in editions.values():
        rule = next(rule for rule in edition.duplicates if rule.among == "provider")
        for trainee in demo.world.store.all():
            key = rule.index_key(trainee.fields)
            near = demo.world.store.candidates(rule.digest, trainee.ukprn, key)
            others = [(each.id, each.fields) for each in near if each.id != trainee.id]
            assert rule.collisions(trainee.fields, others) == ((), ())


def test_demo_has_near_duplicates(demo: Any) -> None:
    records = demo.done("GET", f"/trainees?provider={A}")["trainees"]
    near = [each["data"] for each in records if each["data"]["first_names"] == "Robin"]
    assert len({each["date_of_birth"] for each in near}) > 1
    assert len({each["training_route"] for each in near}) > 1
    assert len({each["itt_start_date"] for each in near}) > 1
    assert len({each["last_name"] for each in near}) > 1


def test_demo_has_children_of_every_kind(demo: Any) -> None:
    records = [each["data"] for each in demo.done("GET", "/trainees")["trainees"]]
    degrees = [degree for each in records for degree in each["degrees"]]
    assert {degree["country"] is None for degree in degrees} == {True, False}
    placements = [placement for each in records for placement in each["placements"]]
    assert {placement["urn"] is None for placement in placements} == {True, False}
    assert any(len(each["degrees"]) == 2 for each in records)


def test_times_of_demo_are_sensible(demo: Any) -> None:
    now = demo.done("GET", "/clock")["now"]
    for each in demo.done("GET", "/trainees")["trainees"]:
        data = each["data"]
        assert each["created_at"] <= each["updated_at"] <= now
        for name in ("submitted_for_trn_at", "recommended_for_award_at", "awarded_at"):
            assert (data[name] or "")[:19] <= now[:19]


def test_seeded_trainees_wait_on(demo: Any) -> None:
    before = Counter(each["state"] for each in demo.done("GET", "/trainees")["trainees"])
    demo.done("POST", "/clock/advance", {"days": 1})
    after = Counter(each["state"] for each in demo.done("GET", "/trainees")["trainees"])
    demo.done("POST", "/reset")
    assert before == after


def test_demo_is_the_same_every_time() -> None:
    first, second = (controlled(seed="demo").done("GET", "/trainees") for _ in range(2))
    assert first == second


def test_demo_passes_its_own_checks_in_every_version() -> None:
    mock = controlled(seed="demo", self_check=True)
    token = mock.world.providers[A].tokens[0].token
    for version in spec.versions():
        answer = mock.app.test_client().get(
            f"/api/{version}/trainees?per_page=200", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1", ["not of type object"]),
        ("schools: []", ["providers"]),
        ("providers: [{name: A}]", ["providers.0", "'ukprn' is missing", "10000571"]),
        (HEAD + "pupils: []", ["unknown key 'pupils'", "trainees"]),
        ("extends: nowhere", ["'nowhere' is not a seed"]),
        (HEAD + "trainees: [" + ROW + ", stat: x}]", ["trainees.0", "unknown key 'stat'"]),
        (HEAD + "trainees: [" + ROW.replace("v2025.0", "v9") + "}]", ["[0]", "'v9'", "v2025.0"]),
        (HEAD + "trainees: [" + ROW.replace("0571", "0572") + "}]", ["[0]", "'10000572'"]),
        (HEAD + "trainees: [" + ROW.replace("draft", "lost") + "}]", ["[0]", "'lost'", "draft"]),
        (HEAD + "trainees: [" + ROW + ", use: [x]}]", ["[0]", "no part 'x'"]),
        (HEAD + "trainees: [" + ROW + ", data: {sex: {next: x}}}]", ["[0]", "no list 'x'"]),
        (HEAD + "trainees: [" + ROW + ", data: {sex: {day: 9-1}}}]", ["[0]", "MM-DD"]),
        (HEAD + "trainees: [" + ROW + ", data: {email: {email: '{x}'}}}]", ["[0]", "no field 'x'"]),
        (HEAD + "trainees: [" + ROW + ", times: [{x: 1}]}]", ["[0]", "{days: N}"]),
        (
            HEAD + "trainees: [" + ROW + ", count: 3, data: {sex: '44'}}]",
            ["trainees[0], record 1 of 3", "Sex is not included in the list"],
        ),
        ("providers: [", ["is not YAML"]),
        ("", ["None is not of type object"]),
        ("1: 2", ["key 1 is not a text"]),
        ("providers: &a [*a]", ["inside itself"]),
        ("a: &a [x, x]\n" + DOUBLED, ["values, with its aliases"]),
        ('providers: [{name: "\\ud800", ukprn: x}]', ["is not YAML"]),
        ('providers: [{name: "a\\0b", ukprn: x}]', ["providers.0.name", "NUL"]),
        (HEAD + "schools: [{urn: !!binary aGk=, name: A}]", ["schools.0.urn", "a bytes"]),
        (HEAD.replace("[{", "[{name: B, ukprn: '10000571'}, {"), ["two have the ukprn 10000571"]),
        ("extends: " + "x" * 5_000, ["is not a seed"]),
        ("count: " + "9" * 5_000, ["is not YAML"]),
        (datum("{days: 99999999999}"), ["[0]", "days: 99999999999", "up to 36500"]),
        (datum("{days: x}"), ["[0]", "days: 'x'"]),
        (datum("{day: 01-01, later: x}"), ["[0]", "later: 'x'", "up to 100"]),
        (datum("{day: 02-31}"), ["[0]", "out of range"]),
        (datum("{serial: '{a}'}"), ["[0]", "{:09d}"]),
        (datum("{serial: '{:9999999999}'}"), ["[0]", "{:09d}"]),
        (datum("{serial: []}"), ["[0]", "serial: []"]),
        (datum("{serial: '{'}"), ["[0]", "give a text"]),
        (datum("{email: '{0}'}"), ["[0]", "{first_names}"]),
        (datum("{email: 1}"), ["[0]", "email: 1"]),
        (datum("{next: []}"), ["[0]", "no list []"]),
        (datum("{next: x}") + "\nlists: {x: [{next: x}]}", ["[0]", "'x' takes from itself"]),
        (
            HEAD + "lists: {x: [[1]]}\ntrainees: [" + ROW + ", use: [{next: x}]}]",
            ["[0]", "no part [1]"],
        ),
    ],
)
def test_a_wrong_seed_names_the_row(tmp_path: Path, text: str, words: list[str]) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(text, encoding="utf-8")
    with pytest.raises(spec.SpecError) as caught:
        create_app(Options(seed=str(seed)))
    for word in ["seed.yaml", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("content", [b"\x00", b"\xff\xfe", "é".encode("latin-1")])
def test_a_seed_that_is_no_text_is_told_so(tmp_path: Path, content: bytes) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_bytes(content)
    with pytest.raises(spec.SpecError, match=r"seed\.yaml (is not YAML|cannot be read)"):
        create_app(Options(seed=str(seed)))


@pytest.mark.parametrize("seed", [".", "", "a\0b", "x" * 5_000, "demo/", "../seed.schema"])
def test_what_is_no_seed_at_all_is_refused(seed: str) -> None:
    with pytest.raises(OptionError, match="choose one of demo, empty, or give the path"):
        Options(seed=seed)


def test_a_seed_of_ones_own(tmp_path: Path) -> None:
    readme = Path(str(spec.source_folder())).parent / "fixtures" / "seeds" / "README.md"
    example = readme.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    seed = tmp_path / "mine.yaml"
    seed.write_text(example, encoding="utf-8")
    mock = controlled(seed=str(seed))
    records = [each["data"] for each in mock.done("GET", "/trainees")["trainees"]]
    assert [(each["first_names"], each["itt_start_date"]) for each in records] == [
        ("Ada", "2024-09-01"),
        ("Grace", "2024-09-01"),
    ]
    assert len(mock.done("POST", "/worlds", {"name": "again"})["providers"]) == 2
    assert mock.done("GET", "/trainees", world="again") == mock.done("GET", "/trainees")
    seed.write_text("pupils: []", encoding="utf-8")
    status, content = mock.ask("POST", "/worlds", {"name": "third"})
    assert (status, content["error"]) == (400, "wrong_seed")
    assert "unknown key 'pupils'" in content["detail"]
    # What was read before is still there.
    assert len(mock.done("POST", "/reset")["providers"]) == 2


def test_a_discarded_record_goes_through_the_event_that_hides(tmp_path: Path) -> None:
    """Whatever that is called; without one, a seed cannot ask for it."""
    (tmp_path / "one.yaml").write_text(HEAD + f"trainees: [{ROW}, discarded: true, data: {{}}}}]")

    def start(change: Any) -> Any:
        folder = changed_contract(tmp_path / "spec", change, version="v2025.0")
        options = Options(seed=str(tmp_path / "one.yaml"), spec_dir=folder)
        return create_app(options).test_client()

    def rename(document: Any) -> None:
        events = document["x-lifecycle"]["events"]
        events["forget"] = events.pop("discard")

    assert start(rename).get("/_mock/trainees").get_json()["trainees"][0]["discarded"]
    with pytest.raises(spec.SpecError, match=r"trainees\[0\]: no event of v2025.0 hides"):
        start(lambda document: document["x-lifecycle"]["events"].pop("discard"))
    with pytest.raises(spec.SpecError, match=r"events.discard: an event hides a trainee "):
        start(lambda document: document["x-lifecycle"]["events"]["discard"].pop("hides"))
