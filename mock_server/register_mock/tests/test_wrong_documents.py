"""A document that no check foresaw is a sentence at start; one that is odd but lawful is served."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import register_spec as spec
from register_mock.tests.conftest import VERSIONS, Api, make_api
from register_spec.tests.copies import changed_contract
from register_spec.tests.editions import VERSION, with_edition

Change = Callable[[Any], None]
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]


def _schema(document: Any, field: str) -> Any:
    return document["components"]["schemas"]["TraineeFields"]["properties"][field]


def _no_servers(document: Any) -> None:
    del document["servers"]


def _no_rule_text(document: Any) -> None:
    rows = document["x-sentences"]["fields"].values()
    for row in rows:
        row["on"] = [each for each in row["on"] if each != "rule"]


def _wrong_pattern(document: Any) -> None:
    _schema(document, "first_names")["pattern"] = "("


def _no_length(document: Any) -> None:
    _schema(document, "first_names")["maxLength"] = "many"


@pytest.mark.parametrize("change", [_no_servers, _no_rule_text, _wrong_pattern, _no_length])
def test_what_cannot_be_served_is_one_sentence(change: Change, tmp_path: Path) -> None:
    folder = changed_contract(tmp_path / "spec", change)
    with pytest.raises(spec.SpecError) as told:
        make_api(NEWEST, spec_dir=folder)
    assert str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("path", ["/_mock", "/_mock/v9"])
def test_no_version_is_below_the_control_api(path: str, tmp_path: Path) -> None:
    folder = changed_contract(tmp_path / "spec", lambda d: d["servers"][0].update(url=path))
    sentence = f"servers: '{path}' cannot be the base path of {NEWEST}: below /_mock is the mock's"
    with pytest.raises(spec.SpecError, match=sentence):
        make_api(NEWEST, spec_dir=folder)


def test_two_versions_do_not_share_a_base_path(tmp_path: Path) -> None:
    folder = with_edition(tmp_path / "spec")
    step = folder / "steps" / f"{VERSION}.yaml"
    text = step.read_text(encoding="utf-8")
    step.write_text(text.replace("url: /api/v9.0", "url: /api/v1.0-pre"), encoding="utf-8")
    with pytest.raises(spec.SpecError, match=r"v1\.0-pre and v9\.0 have the same base path, "):
        make_api(VERSION, spec_dir=folder)


def test_what_a_path_shares_by_reference_is_served(tmp_path: Path) -> None:
    """Identifiers and filters may stand beside a path, and elsewhere by their name."""

    def share(document: Any) -> None:
        listed = document["paths"]["/trainees"]["get"]
        shown = document["paths"]["/trainees/{trainee_id}"]
        rows = [*listed["parameters"], *shown["parameters"]]
        document["components"]["parameters"] = {row["name"]: row for row in rows}
        for owner in (listed, shown):
            names = [row["name"] for row in owner["parameters"]]
            owner["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in names]

    api = make_api(NEWEST, spec_dir=changed_contract(tmp_path / "spec", share))
    trainee = api.created(itt_start_date="2025-09-01")["trainee_id"]
    assert api.call("GET", f"/trainees/{trainee}")[0] == 200
    assert api.call("GET", "/trainees?status=in_training")[0] == 200
    assert api.call("GET", "/trainees?status=nothing")[0] == 422


def test_route_has_its_place_in_the_order(newest: Api, tmp_path: Path) -> None:
    def before(document: Any) -> None:
        stages = document["x-precedence"]["stages"]
        stages.remove("route")
        stages.insert(0, "route")

    def asked(api: Api) -> int:
        return api.client.get(f"/api/{api.version}/nowhere").status_code

    assert asked(newest) == 401
    assert asked(make_api(NEWEST, spec_dir=changed_contract(tmp_path / "spec", before))) == 404


def test_an_event_that_a_later_version_lacks_still_comes(tmp_path: Path) -> None:
    """The trainee of the older version is awarded by what that version says."""
    folder = tmp_path / "spec"
    ignored = shutil.ignore_patterns("register_spec", "readings")
    shutil.copytree(spec.source_folder(), folder, ignore=ignored)
    (step, *_) = sorted((folder / "steps").glob("*.yaml"))
    text = step.read_text(encoding="utf-8")
    text += """
  - x-id: no_award
    description: Nobody is awarded any more.
    x-source: "003"
    target: $['x-lifecycle'].events.award
    remove: true
  - x-id: nothing_starts
    description: A recommendation starts nothing.
    x-source: "003"
    target: $['x-lifecycle'].events.recommend_for_award.starts
    remove: true
"""
    step.write_text(text, encoding="utf-8")
    api = make_api(OLDEST, spec_dir=folder)
    trainee = api.created()["trainee_id"]
    api.client.post(f"/_mock/trainees/{trainee}/events", json={"event": "receive_trn"})
    told = api.client.put("/_mock/settings", json={"award": {"mode": "after", "seconds": 0}})
    assert told.status_code == 200
    met = {"qts_standards_met_date": "2025-10-01"}
    status, _ = api.call("POST", f"/trainees/{trainee}/recommend-for-qts", met)
    assert status == 202
    assert api.call("GET", f"/trainees/{trainee}")[1]["data"]["state"] == "awarded"


def test_a_fault_of_a_version_leaves_other_paths_alone(newest: Api) -> None:
    effect = {"kind": "status", "status": 503}
    fault = {"effect": effect, "match": {"version": NEWEST}, "times": 1}
    assert newest.client.post("/_mock/faults", json=fault).status_code == 201
    assert newest.client.get("/nothing").status_code == 401
    assert newest.client.get(f"/api/{NEWEST}x/info").status_code == 401
    assert newest.call("GET", "/info")[0] == 503
    versions = [
        each["version"] for each in newest.client.get("/_mock/requests").get_json()["requests"]
    ]
    assert versions == [None, None, NEWEST]
