"""Form-encoded bodies: what they stand for, and what the deployed reading does with them."""

from __future__ import annotations

from typing import Any

import pytest

from register_mock.request.forms import read_form
from register_mock.tests.test_deployed_trainee import NEW, body, deployed, made

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("", {}),
        ("data", {"data": ""}),
        ("data[sex]=10&data[sex]=11", {"data": {"sex": "11"}}),
        (
            "data%5Bfirst_names%5D=Zo%C3%AB+Ann",
            {"data": {"first_names": "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} Ann"}},
        ),
        ("data[reasons][]=a&data[reasons][]=b", {"data": {"reasons": ["a", "b"]}}),
        (
            "d[x][][a]=1&d[x][][b]=2&d[x][][a]=3&d[x][][b][c]=4",
            {"d": {"x": [{"a": "1", "b": "2"}, {"a": "3", "b": {"c": "4"}}]}},
        ),
        ("d[x][][y][]=1&d[x][][y][]=2", {"d": {"x": [{"y": ["1", "2"]}]}}),
        ("d[x=1", {"d[x": "1"}),
    ],
)
def test_what_a_form_stands_for(form: str, content: dict[str, Any]) -> None:
    assert read_form(form.encode()) == content


@pytest.mark.parametrize(
    "form",
    ["d=1&d[x]=1", "d[]=1&d[x]=1", "d[x]=1&d=2", "d=%FF", "d=%00", "d" + "[x]" * 40 + "=1"],
)
def test_a_form_that_is_none(form: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_form(form.encode())


def sent(method: str, path: str, data: str | dict[str, Any], kind: str = FORM) -> Any:
    api = deployed(NEW)
    headers = {"Authorization": f"Bearer {api.token}"}
    address = f"/api/{NEW}{path}"
    return api.client.open(address, method=method, data=data, content_type=kind, headers=headers)


def test_a_trainee_with_a_degree_in_a_form() -> None:
    plain = {f"data[{name}]": value for name, value in body(NEW).items() if type(value) is str}
    degree = {
        "subject": "100425",
        "country": "FR",
        "non_uk_degree": "051",
        "graduation_year": "2015",
    }
    nested = {f"data[degrees_attributes][][{name}]": value for name, value in degree.items()}
    answer = sent("POST", "/trainees", {**plain, **nested})
    assert answer.status_code == 201, answer.json
    shown = answer.json["data"]["degrees"][0]
    assert (shown["subject"], shown["country"], shown["graduation_year"]) == ("100425", "FR", 2015)


def test_a_form_may_be_malformed_or_without_data() -> None:
    path = f"/trainees/{made(deployed(NEW))['trainee_id']}"
    assert sent("PUT", path, "data=1&data[sex]=10").status_code == 400
    missing = ["Param is missing or the value is empty or invalid: data"]
    for text, kind in (
        ("sex=10", FORM),
        ('{"data": {"sex": "11"}}', FORM),
        ('{"data": {"sex": "11"}}', "text/plain"),
        ('{"data": {"sex": "11"}}', ""),
    ):
        answer = sent("PUT", path, text, kind)
        assert (answer.status_code, answer.json["errors"]) == (422, missing)
