"""The code lists that GET /reference-data shows, to anybody."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.tests.conftest import VERSIONS, Api
from register_spec import bundle

LISTS = bundle(VERSIONS[-1])["x-code-lists"]


def read(api: Api, query: str = "") -> tuple[int, Any]:
    """Return status and body, asked without a token."""
    answer = api.client.get(f"/api/{api.version}/reference-data{query}")
    return answer.status_code, answer.json


def test_one_list_is_the_list_itself(newest: Api) -> None:
    whole = read(newest)[1]
    for name, shown in whole.items():
        assert read(newest, f"?field={name}") == (200, shown)


def test_the_codes_are_those_that_fields_take(newest: Api) -> None:
    whole = read(newest)[1]
    assert len(whole) == 19
    for name in whole.keys() & LISTS.keys():
        rows = [(row["code"], row["label"]) for row in LISTS[name]]
        entries = whole[name]["entries"]
        assert [(each["code"], each["display_name"]) for each in entries] == rows
        assert whole[name]["metadata"]["name"] == name


def test_a_reason_has_an_entry_for_each_trigger(newest: Api) -> None:
    entries = read(newest, "?field=withdrawal_reasons")[1]["entries"]
    pairs = [(each["code"], each["trigger"]) for each in entries]
    assert pairs == [
        (row["code"], trigger)
        for trigger in ("provider", "trainee")
        for row in LISTS["withdrawal_reason"]
        if trigger in row["triggers"]
    ]
    (concerns, _) = [each for each in entries if each["code"] == "safeguarding_concerns"]
    assert concerns["requires_safeguarding_concern_reasons"] is True
    assert concerns["requires_another_reason"] is False


@pytest.mark.parametrize("field", ["bogus", ""])
def test_an_unknown_name_is_not_found(newest: Api, field: str) -> None:
    message = f"Reference data field '{field}' not found"
    wanted = {"errors": [{"error": "NotFound", "message": message}]}
    assert read(newest, f"?field={field}") == (404, wanted)


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_older_versions_have_no_such_path(newest: Api, version: str) -> None:
    api = Api(newest.client, newest.worlds, version, newest.token)
    assert api.call("GET", "/reference-data")[0] == 404
