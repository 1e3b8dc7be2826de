"""Rules that compare with today hold an update to what it changes (decision 28)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from register_mock.tests.conftest import Api

WRONG = ["Trainee start date is invalid"]
METHODS = pytest.mark.parametrize("method", ["PUT", "PATCH"])
YEAR = timedelta(days=366)


def path_of(api: Api, **changes: Any) -> str:
    return f"/trainees/{api.created(**changes)['trainee_id']}"


def dates(api: Api, path: str) -> tuple[str, str]:
    shown = api.call("GET", path)[1]["data"]
    return shown["itt_start_date"], shown["trainee_start_date"]


@METHODS
def test_a_start_that_became_too_old_holds_nothing_up(newest: Api, method: str) -> None:
    """Ten years and a day later only a change of the start is refused."""
    path = path_of(newest, itt_start_date="2015-10-15", trainee_start_date="2015-10-16")
    newest.world.clock.advance(YEAR)
    assert newest.call(method, path, {"email": "new@example.com"})[0] == 200
    assert newest.call(method, path, {"trainee_start_date": "2015-10-16"})[0] == 200
    shown = newest.call("GET", path)[1]["data"]
    assert newest.call(method, path, {**shown, "first_names": "Ada"})[0] == 200
    worse = {"trainee_start_date": "2015-10-17"}
    assert newest.messages(newest.call(method, path, worse)) == WRONG
    assert newest.call(method, path, {"trainee_start_date": "2020-10-16"})[0] == 200


@METHODS
def test_nor_does_one_that_was_only_defaulted(newest: Api, method: str) -> None:
    """The default is judged when the date that it follows changes."""
    path = path_of(newest, itt_start_date="2015-10-15")
    newest.world.clock.advance(YEAR)
    assert newest.call(method, path, {"email": "new@example.com"})[0] == 200
    assert newest.messages(newest.call(method, path, {"itt_start_date": "2015-10-01"})) == WRONG
    assert dates(newest, path) == ("2015-10-15", "2015-10-15")


@METHODS
def test_a_default_moves_with_the_date_it_follows(api: Api, method: str) -> None:
    """Also after an unrelated change, and after the record was sent back as read."""
    path = path_of(api, itt_start_date="2025-11-01")
    assert dates(api, path) == ("2025-11-01", "2025-11-01")
    assert api.call(method, path, {"itt_start_date": "2025-12-01"})[0] == 200
    assert dates(api, path) == ("2025-12-01", "2025-12-01")
    assert api.call(method, path, {"email": "new@example.com"})[0] == 200
    assert api.call(method, path, api.call("GET", path)[1]["data"])[0] == 200
    assert api.call(method, path, {"itt_start_date": "2025-12-24"})[0] == 200
    assert dates(api, path) == ("2025-12-24", "2025-12-24")


@METHODS
def test_a_value_that_was_sent_stays(api: Api, method: str) -> None:
    """Even one that equals the other date, and one that is as read beside a move of the other."""
    path = path_of(api, itt_start_date="2025-09-01", trainee_start_date="2025-09-01")
    assert api.call(method, path, {"itt_start_date": "2025-09-08"})[0] == 200
    assert dates(api, path) == ("2025-09-08", "2025-09-01")
    path = path_of(api, last_name="Roe", itt_start_date="2025-09-01")
    both = {"itt_start_date": "2025-09-08", "trainee_start_date": "2025-09-01"}
    assert api.call(method, path, both)[0] == 200
    assert dates(api, path) == ("2025-09-08", "2025-09-01")
    assert api.call(method, path, {"itt_start_date": "2025-09-15"})[0] == 200
    assert dates(api, path) == ("2025-09-15", "2025-09-01")
    assert api.call(method, path, {"trainee_start_date": None})[0] == 200
    assert dates(api, path) == ("2025-09-15", "2025-09-15")


@METHODS
def test_a_future_start_of_its_own_is_held_to_its_partner(newest: Api, method: str) -> None:
    """Moving the course away from a start in the future changes what the rule is about."""
    path = path_of(newest, itt_start_date="2025-11-01", trainee_start_date="2025-11-01")
    assert newest.messages(newest.call(method, path, {"itt_start_date": "2025-12-01"})) == WRONG
    assert dates(newest, path) == ("2025-11-01", "2025-11-01")


def test_the_record_says_nothing_of_it(api: Api) -> None:
    """Which fields follow others is not shown."""
    shown = api.created(itt_start_date="2025-09-01")
    assert "fields_following" not in shown
