"""Defects: the catalogue is well formed, covers every row, and puts one in at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

import register_spec as spec
from register_mock.app import create_app
from register_mock.commands.cli import main
from register_mock.config import OptionError, Options
from register_mock.defects.by_hand import PATCHES
from register_mock.defects.catalogue import catalogue, collected, documents_of, named
from register_mock.defects.model import CLASSES, HAND, WRITTEN_FOR, Defect, Patch
from register_mock.defects.operators import OPERATORS, operated
from register_mock.defects.operators.tables import UNSEEN, is_used
from register_mock.defects.rows import read_rows
from register_mock.defects.serving import put_in, served
from register_mock.in_process import InProcessMock
from register_mock.operations import OPERATIONS as FUNCTIONS
from register_mock.request import pipeline
from register_mock.scenarios.asking import ask
from register_mock.serving.announce import Started, banner
from register_mock.tests.conftest import NOW
from register_mock.tests.plays.play import Answers
from register_mock.tests.plays.playing import answered, differing
from register_mock.world.worlds import Worlds
from register_spec import SpecError

Row = tuple[str, ...]
# Lists that no request and no answer has: years, and what stands for nobody's school.
OUTSIDE = ("academic_cycle", "urn_of_nobody")
# There the field takes any text, and a rule asks for the one code that matters.
SILENT = [("v1.0-pre@deployed", "codes", "fund_code")]
BY_HAND = [each for each in catalogue().values() if each.origin == HAND]


def test_the_newest_version_is_what_a_defect_shows_in() -> None:
    assert spec.versions()[-1] == WRITTEN_FOR


@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_is_filled(kind: str) -> None:
    found = [each for each in BY_HAND if each.kind == kind]
    assert len(found) >= (6 if kind == "concurrency" else 10)


def test_there_are_enough_by_hand_and_most_show_in_the_newest_version() -> None:
    assert len(BY_HAND) >= 200
    found = [each for each in catalogue().values() if each.edition == WRITTEN_FOR]
    assert len(found) >= 0.75 * len(catalogue())


def test_each_is_told_in_a_sentence_of_its_own() -> None:
    sentences = Counter(each.sentence for each in catalogue().values())
    assert [said for said, number in sentences.items() if number > 1] == []
    for each in catalogue().values():
        assert each.sentence.endswith("."), each.id
        assert each.id.partition(":")[0].isidentifier(), each.id
        assert each.id.partition(":")[0].islower(), each.id
        assert bool(each.actions) is (each.patch is None), each.id


def test_each_shows_in_an_edition_that_there_is() -> None:
    there = documents_of()
    assert [each.id for each in catalogue().values() if each.edition not in there] == []


def refusal_of(row: dict[str, Any], folder: Path) -> str:
    file = folder / "rows.yaml"
    file.write_text(json.dumps({"lists": [row]}))
    with pytest.raises(SpecError) as error:
        list(read_rows(file))
    return str(error.value)


def test_a_row_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    row = {"id": "odd", "says": "Something.", "target": "$.paths"}
    assert "odd" in refusal_of(row, tmp_path)
    assert "`update`" in refusal_of(row, tmp_path)
    assert "'colour'" in refusal_of({**row, "remove": True, "colour": 1}, tmp_path)
    assert "has no says" in refusal_of({"id": "odd", "target": "$", "remove": True}, tmp_path)


def refused(*defects: Defect) -> str:
    with pytest.raises(SpecError) as error:
        collected(defects, documents_of())
    return str(error.value)


def test_one_that_has_no_place_is_refused_by_name() -> None:
    action = spec.alteration({"target": "$.paths.nowhere", "remove": True}, "odd")
    said = refused(Defect("odd", "lists", "Odd.", actions=(action,)))
    assert "odd" in said
    assert "matches nothing" in said


def test_one_of_no_class_or_of_a_known_id_is_refused() -> None:
    assert "no class 'odd'" in refused(Defect("x", "odd", "Odd."))
    assert "stands twice" in refused(PATCHES[0], PATCHES[0])


# --- every row


def rows_without(edition: str) -> list[Row]:
    """Return the rows of an edition that no operator breaks."""
    name, document = edition, documents_of()[edition]
    own = {each.id for each in operated({name: document})}
    rows = [row for row in rows_of(document) if (edition, *row) not in SILENT]
    return [row for row in rows if not any(id_ in own for id_ in breaking(row))]


def rows_of(document: Mapping[str, Any]) -> list[Row]:
    """Return the rows of every table of a document."""
    lifecycle = document["x-lifecycle"]
    kinds = {k: v for k, v in document["x-derived"].items() if not k.startswith("x-")}
    duplicates = {k: v for k, v in document["x-duplicates"].items() if not k.startswith("x-")}
    return [
        *(("rule", name) for name in document["x-rules"]),
        *(
            ("edge", event, state, edge["to"])
            for event, row in lifecycle["events"].items()
            for edge in row["edges"]
            for state in edge["from"]
        ),
        *(
            ("lock", operation, state)
            for lock in lifecycle["locks"]
            for operation in lock["operations"]
            for state in lock["states"]
        ),
        *(
            ("derived", kind, phase, name)
            for kind, phases in kinds.items()
            for phase, rows in phases.items()
            for name in rows
            if f"{kind}.{phase}.{name}" not in UNSEEN
        ),
        *(
            ("key", kind, key)
            for kind, row in duplicates.items()
            for group in ("all", "any")
            for key in row.get(group, {})
        ),
        *(
            ("sentence", table, name)
            for table in ("answers", "fields")
            for name in document["x-sentences"][table]
            if name not in UNSEEN
        ),
        *(
            ("stage", name)
            for name in document["x-precedence"]["stages"]
            if is_used(document, name)
        ),
        *(("exception", name) for name in document["x-precedence"]["exceptions"]),
        *(("codes", name) for name in document["x-code-lists"] if name not in OUTSIDE),
    ]


def breaking(row: Row) -> list[str]:
    """Return the ids of what breaks a row, one of which there has to be."""
    table, *names = row
    match table:
        case "rule":
            return [f"rule_dropped:{names[0]}"]
        case "edge":
            return [f"edge_missing:{'-'.join(names)}"]
        case "lock":
            return [f"lock_missing:{names[0]}"]
        case "derived":
            return [f"derived_missing:{'.'.join(names)}"]
        case "key":
            kind, key = names
            ways = ("duplicate_key_ignored", "duplicate_compared_as_sent")
            whole = [f"duplicates_not_looked_for:{kind}.create_{kind}"]
            return [*(f"{way}:{kind}.{key}" for way in ways), *whole]
        case "sentence":
            return [f"sentence_altered:{'.'.join(names)}"]
        case "stage":
            return [f"stage_early:{names[0]}", f"stage_late:{names[0]}", *passed_by(names[0])]
        case "exception":
            return [f"exception_dropped:{names[0]}"]
    return [f"code_not_listed:{names[0]}", f"code_refused:{names[0]}"]


def passed_by(stage: str) -> list[str]:
    """What moves another stage past one that cannot be moved itself with any effect."""
    return {"route": ["stage_late:authentication"], "child": ["stage_early:data"]}.get(stage, [])


@pytest.mark.parametrize("edition", documents_of())
def test_every_row_of_every_table_has_a_defect(edition: str) -> None:
    assert rows_without(edition) == []


def test_a_row_without_a_defect_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATORS, "rule_dropped")
    assert ("rule", "primary_subject") in rows_without(WRITTEN_FOR)


# --- put in and undone


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the newest document alone, so that nothing else is compiled."""
    made = tmp_path_factory.mktemp("newest")
    spec.make_ready(spec.bundle(WRITTEN_FOR), spec.DOCUMENTED, made)
    return made


def listed(folder: Path, query: str = "") -> tuple[int, Any]:
    """Ask a fresh mock for its trainees and return the status and the body."""
    app = create_app(Options(seed="demo", now=NOW, frozen=True, spec_dir=folder))
    worlds: Worlds = app.extensions["register_mock"]
    world = worlds.get("default")
    assert world is not None
    token = next(iter(world.providers.values())).tokens[0].token
    headers = {"Authorization": f"Bearer {token}"}
    answer = ask(app, "GET", f"/api/{WRITTEN_FOR}/trainees{query}", headers)
    return answer.status, answer.body


def test_a_row_and_a_patch_are_put_in_and_undone(folder: Path) -> None:
    functions = dict(FUNCTIONS)
    with put_in(named("default_page_of_25")):
        assert len(listed(folder)[1]["data"]) == 25
    with put_in(named("last_page_repeated")):
        assert listed(folder, "?page=999")[0] == 200
    assert functions == FUNCTIONS
    assert listed(folder, "?page=999")[0] == 404


def test_a_patch_is_undone_when_something_breaks() -> None:
    class Thing:
        colour = "red"

    patch = Patch(Thing, "colour", lambda old: old.upper())

    def broken() -> None:
        with patch.entered():
            assert Thing.colour == "RED"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert Thing.colour == "red"


def test_what_needs_threads_has_some() -> None:
    with served(None) as threads:
        assert threads is None
    with served("default_page_of_25") as threads:
        assert threads is None
    with served("trainee_check_and_store_apart") as threads:
        assert threads is not None


def test_a_mock_in_this_process_has_it_until_it_is_closed(folder: Path) -> None:
    rehearsed = vars(pipeline)["rehearsed"]
    mock = InProcessMock(Options(seed="empty", spec_dir=folder, defect="unauthorized_as_403"))
    assert requests.get(f"{mock.url}/api/{WRITTEN_FOR}/info", timeout=10).status_code == 403
    mock.close()
    assert vars(pipeline)["rehearsed"] is rehearsed
    with pytest.raises(OptionError):
        InProcessMock(Options(seed="empty", spec_dir=folder, defect="unauthorised_as_403"))
    assert vars(pipeline)["rehearsed"] is rehearsed


def test_an_unknown_one_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="default_page_of_25"):
        named("default_page_of_52")


# --- the command line


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


def test_serve_refuses_an_unknown_one() -> None:
    code, said = run("serve", "--port", "0", "--defect", "per_page_caped")
    assert code == 2
    assert "per_page_capped_silently" in said


def test_the_banner_tells_which_one_is_served() -> None:
    world = {
        "name": "default", "reading": "documented", "seed": "empty", "now": NOW,
        "providers": [{"name": "N", "ukprn": "1", "tokens": [{"token": "t"}]}],
    }  # fmt: skip
    api = {"version": "v1", "path": "/api/v1", "header": "Authorization: Bearer {token}"}
    options = Options(defect="default_page_of_25")
    said = banner(Started(options, (api,), world))
    assert "Defect default_page_of_25 (lists, shows in v2026.1): A page has 25 trainees" in said
    assert "Defect" not in banner(Started(Options(), (api,), world))


def test_they_are_listed_as_json_and_text() -> None:
    code, said = run("defects", "--format", "json")
    assert code == 0
    rows = json.loads(said)
    assert len(rows) == len(catalogue())
    assert all(row.keys() == {"id", "class", "sentence", "edition", "origin"} for row in rows)
    code, said = run("defects", "--class", "time")
    assert code == 0
    assert said.startswith("time (")
    assert "\nlists (" not in said


# --- by night: each shows, and shows something else than the others of its class


class Shown:
    """What defects show that are played one after the other; the clean mock is played once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clean: dict[tuple[str, str, bool], Answers] = {}

    def by(self, defect: Defect, *, whole: bool) -> Answers:
        """Return the answers that are others with a defect; `whole` plays scenarios as well."""
        place = self._folder / defect.edition
        if not place.exists():
            spec.make_ready(spec.bundle(defect.version, defect.reading), defect.reading, place)
        kind, edition = defect.kind, defect.edition
        key = (kind, edition, whole)
        if key not in self._clean:
            self._clean[key] = answered(None, kind, edition, place, whole=whole)
        return differing(self._clean[key], answered(defect, kind, edition, place, whole=whole))


def equal(shown: Mapping[str, Answers]) -> list[list[str]]:
    """Return the ids of those that show the same."""
    groups: dict[str, list[str]] = {}
    for id_, answers in shown.items():
        groups.setdefault(repr(sorted(answers.items())), []).append(id_)
    return [group for group in groups.values() if len(group) > 1]


@pytest.mark.nightly
@pytest.mark.parametrize("kind", CLASSES)
def test_each_shows_and_no_two_show_the_same(kind: str, tmp_path: Path) -> None:
    look, known = Shown(tmp_path), catalogue()
    own = [each for each in known.values() if each.kind == kind]
    shown = {each.id: look.by(each, whole=False) for each in own}
    # What the plays of the class cannot tell, scenarios may.
    again = [id_ for group in equal(shown) for id_ in group]
    again += [id_ for id_, answers in shown.items() if not answers and id_ not in again]
    if kind != "concurrency":
        shown |= {id_: look.by(known[id_], whole=True) for id_ in again}
    assert [id_ for id_, answers in shown.items() if not answers] == []
    assert equal(shown) == []


def test_what_shows_nothing_or_the_same_is_found() -> None:
    assert equal({"a": {"x": "1"}, "b": {"x": "1"}, "c": {"x": "2"}}) == [["a", "b"]]
    assert differing({"x": "1", "y": "2"}, {"x": "1", "z": "3"}) == {"y": "", "z": "3"}
