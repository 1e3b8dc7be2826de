"""Faults a deployment could have, one function each, and the words the report has to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import register_spec as spec
from register_contract.tests.proxy import Ask, Asked, Fault, Given, changed


@dataclass(frozen=True)
class Known:
    """A fault of a version, the tests to run (all of them would find it), what must be said.

    ``version`` may say the reading too, as on the command line.
    """

    fault: Fault
    only: str
    words: str
    version: str

    @property
    def reading(self) -> str:
        """The reading of the target."""
        return self.version.partition("@")[2] or spec.DOCUMENTED


NEWEST = spec.versions()[-1]
FAULTS: dict[str, Known] = {}


def known(only: str, words: str, version: str = NEWEST) -> Callable[[Fault], Fault]:
    """Enter a fault in the table under its function's name."""

    def enter(fault: Fault) -> Fault:
        FAULTS[fault.__name__] = Known(fault, only, words, version)
        return fault

    return enter


@known("lifecycle and reading_changes", "lacks the field data.ukprn")
def field_dropped(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None:
        return given
    left = {k: v for k, v in given.trainee.items() if k != "ukprn"}
    return replace(given, body={"data": left})


@known("examples and create_trainee", "request of create_trainee answers 200 instead of 201")
def wrong_status(asked: Asked, given: Given, ask: Ask) -> Given:
    return replace(given, status=200) if given.status == 201 else given


@known("auth and show_info", "show_info without a token answers 403 instead of 401")
def forbidden_for_unauthorized(asked: Asked, given: Given, ask: Ask) -> Given:
    return replace(given, status=403) if given.status == 401 else given


class _Leak:
    """Remembers who made which trainee, and shows it to everyone."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    def __call__(self, asked: Asked, given: Given, ask: Ask) -> Given:
        if given.trainee is not None:
            made = given.trainee["trainee_id"]
            if asked.method == "POST":  # two worlds of the mock have the same ids
                self.owners[made] = asked.authorization
            self.owners.setdefault(made, asked.authorization)
        owner = self.owners.get(asked.path.rsplit("/", 1)[-1])
        if given.status == 404 and asked.method == "GET" and owner:
            return ask(replace(asked, authorization=owner))
        return given


@known("isolation and show_trainee", "show_trainee for another provider's trainee answers 200")
def anothers_trainee_shown(asked: Asked, given: Given, ask: Ask) -> Given:
    return _LEAK(asked, given, ask)


_LEAK = _Leak()


@known("reading_changes", "data.course_age_range is a number and has to be null or string")
def number_for_a_string(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None or not given.trainee.get("course_age_range"):
        return given
    return changed(given, course_age_range=int(given.trainee["course_age_range"]))


@known("lists and pages", "the same trainee on page 1 and on page 2")
def page_two_is_page_one(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/trainees") and asked.query.get("page") == "2":
        return ask(replace(asked, query={**asked.query, "page": "1"}))
    return given


@known(
    "happens_once and withdraw", "withdraw_trainee a second time on the same trainee answers 200"
)
def withdrawn_twice(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/withdraw") and "possible to perform" in str(given.body):
        shown = ask(replace(asked, method="GET", path=asked.path[: -len("/withdraw")]))
        return replace(given, status=200, body=shown.body)
    return given


@known("reading_changes", "shows a field no document has: data.internal_score")
def undocumented_field(asked: Asked, given: Given, ask: Ask) -> Given:
    return changed(given, internal_score=0.7)


@known("boundaries and create_trainee", "without saying “first_names can't be blank”")
def wrong_sentence(asked: Asked, given: Given, ask: Ask) -> Given:
    errors = given.body.get("errors") if isinstance(given.body, dict) else None
    if not isinstance(errors, list):
        return given
    right, wrong = "first_names can't be blank", "first_names must be given"
    spoiled = [wrong if error == right else error for error in errors]
    return replace(given, body={**given.body, "errors": spoiled})


@known("duplicates and trainees", "like an existing trainee, exactly the same, answers 201")
def duplicates_accepted(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.method == "POST" and asked.ends("/trainees") and given.status == 409:
        return replace(given, status=201, body={"data": given.body["data"][0]})
    return given


@known("reading_changes", "data.created_at has a value that breaks the documented format")
def timestamp_without_zone(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.trainee is None:
        return given
    return changed(given, created_at=str(given.trainee["created_at"]).removesuffix("Z"))


@known("lists and since", "shows trainees it should not")
def since_ignored(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/trainees") and "since" in asked.query and given.status in (200, 404):
        rest = {k: v for k, v in asked.query.items() if k != "since"}
        return ask(replace(asked, query=rest))
    return given


@known("lists and order", "is not in order of updated_at")
def order_ignored(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.query.get("sort_order") == "asc" and given.status == 200:
        return ask(replace(asked, query={**asked.query, "sort_order": "desc"}))
    return given


@known("lifecycle and defer_trainee", "defer_trainee on a trainee that is submitted_for_trn: state")
def deferral_changes_nothing(asked: Asked, given: Given, ask: Ask) -> Given:
    if asked.ends("/defer") and given.trainee is not None:
        return changed(given, state="submitted_for_trn")
    return given


@known("boundaries and create_placement", "create_placement without name answers 422")
def name_asked_for_beside_a_urn(asked: Asked, given: Given, ask: Ask) -> Given:
    data: Any = asked.body.get("data") if isinstance(asked.body, dict) else None
    nameless = isinstance(data, dict) and not data.get("name")
    if asked.ends("/placements") and given.status == 201 and nameless:
        error = {"error": "UnprocessableEntity", "message": "Name can't be blank"}
        return replace(given, status=422, body={"errors": [error]})
    return given


@known("precedence and defer_trainee", "defer_trainee with a broken body for an unknown trainee")
def lookup_before_parsing(asked: Asked, given: Given, ask: Ask) -> Given:
    if given.status == 400:
        error = {"error": "NotFound", "message": "Trainee(s) not found"}
        return replace(given, status=404, body={"errors": [error]})
    return given


OF_EVERY_RUN = frozenset(
    {
        "anothers_trainee_shown",
        "deferral_changes_nothing",
        "duplicates_accepted",
        "forbidden_for_unauthorized",
        "lookup_before_parsing",
        "page_two_is_page_one",
        "wrong_sentence",
        "wrong_status",
    }
)
"""One of a layer. The others are tried at night: a minute of CI for ten."""
