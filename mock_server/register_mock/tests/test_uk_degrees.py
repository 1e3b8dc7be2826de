"""A UK degree has grade, type and institution, however it is sent and whatever it was before."""

from __future__ import annotations

from itertools import combinations, product

import pytest

import register_spec as spec
from register_mock.tests.conftest import Api

UK_ONLY = {"grade": "02", "uk_degree": "083", "institution": "0117"}
ANY = {"subject": "100425", "graduation_year": "2015"}
ABROAD = {**ANY, "country": "US", "non_uk_degree": "051"}
SENTENCES = {
    "grade": "Grade can't be blank",
    "uk_degree": "Uk degree can't be blank",
    "institution": "Institution can't be blank",
}
COUNTRIES = [
    row["code"] for row in spec.bundle(spec.versions()[-1])["x-code-lists"]["country"] if row["uk"]
]
MISSING = [names for many in (1, 2, 3) for names in combinations(UK_ONLY, many)]


def test_the_countries_of_the_uk() -> None:
    assert sorted(COUNTRIES) == ["GB", "XF", "XG", "XH", "XI", "XK"]


def test_an_incomplete_uk_degree_is_refused(api: Api) -> None:
    """Alone and nested, with and without the type of a degree from elsewhere."""
    path = f"/trainees/{api.created()['trainee_id']}/degrees"
    for country, missing in product(COUNTRIES, MISSING):
        complete = {**ANY, **UK_ONLY, "country": country}
        wanted = [SENTENCES[name] for name in missing]
        for more in ({}, {"non_uk_degree": "051"}):
            data = {n: v for n, v in {**complete, **more}.items() if n not in missing}
            assert api.messages(api.call("POST", path, data)) == wanted, data
            nested = api.create(last_name="Roe", degrees_attributes=[data])
            assert api.messages(nested) == wanted, data


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_degree_from_abroad_does_not_become_an_empty_one(api: Api, method: str) -> None:
    """The merged record is a UK degree that lacks its fields: refused, and nothing is lost."""
    trainee = f"/trainees/{api.created(degrees_attributes=[ABROAD])['trainee_id']}"
    before = api.call("GET", trainee)
    path = f"{trainee}/degrees/{before[1]['data']['degrees'][0]['degree_id']}"
    for country in COUNTRIES:
        refused = api.call(method, path, {"country": country})
        assert api.messages(refused) == list(SENTENCES.values())
        assert api.call("GET", trainee) == before
    country = COUNTRIES[0]
    status, answer = api.call(method, path, {"country": country, **UK_ONLY})
    assert status == 200
    assert {name: answer["data"][name] for name in UK_ONLY} == UK_ONLY


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_uk_degree_is_not_emptied(api: Api, method: str) -> None:
    """Not by a field, and not by a type of degree from elsewhere beside it."""
    trainee = f"/trainees/{api.created(degrees_attributes=[{**ANY, **UK_ONLY}])['trainee_id']}"
    before = api.call("GET", trainee)
    path = f"{trainee}/degrees/{before[1]['data']['degrees'][0]['degree_id']}"
    for name, value in product(UK_ONLY, (None, "")):
        assert api.messages(api.call(method, path, {name: value})) == [SENTENCES[name]]
        beside = {name: value, "country": "XH", "non_uk_degree": "051"}
        assert api.messages(api.call(method, path, beside)) == [SENTENCES[name]]
    assert api.call("GET", trainee) == before
