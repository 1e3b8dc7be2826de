"""How known drift is compared and its entries found: on answers made up here, without a mock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from register_contract.again.comparing import Comparer, Outcome
from register_contract.known_drift.attributing import Attribution, Case, Suspect
from register_contract.known_drift.rows import Row, likeliest, may_be, named, rows_of
from register_contract.known_drift.variants import Key, Variant, Variants, Way
from register_contract.target.control import ControlError
from register_contract.target.exchange import Exchange
from register_contract.verdict.finding import Example
from register_contract.verdict.recipe import Aspect, Recipe, Step

COMPARER = Comparer(frozenset({"trainee_id", "created_at"}))
WHOLE, STATUS = Aspect("whole"), Aspect("status")
SAID = Aspect("said", said="Sex is invalid")


def answer(body: Any, status: int = 200, failure: str = "") -> Exchange:
    return Exchange(
        "GET", "http://h/x", {}, None, status, {}, json.dumps(body).encode(), failure=failure
    )


def outcome(body: Any, status: int = 200, stopped: int = 0) -> Outcome:
    return Outcome(answer(body, status), stopped)


TRAINEE = {"data": {"trainee_id": "aaaa", "sex": "10", "trn": None}}
RECIPE = Recipe((), Step("GET", "/x", (), None, 200), answer({}), WHOLE)


@pytest.mark.parametrize(
    ("aspect", "other", "is_same"),
    [
        (WHOLE, outcome({"data": {**TRAINEE["data"], "trainee_id": "bbbb"}}), True),
        (WHOLE, outcome({"data": {**TRAINEE["data"], "trainee_id": None}}), False),
        (WHOLE, outcome({"data": {**TRAINEE["data"], "sex": "11"}}), False),
        (Aspect("field", field="trn"), outcome({"data": {"sex": "11", "trn": None}}), True),
        (Aspect("field", field="sex"), outcome({"data": {"sex": "11"}}), False),
        # A record without what stands around it.
        (Aspect("field", field="sex"), outcome({"sex": "10"}), True),
        # Of a record that another target makes up an id for, too.
        (
            Aspect("field", field="trainee_id"),
            outcome({"data": {**TRAINEE["data"], "sex": 1}}),
            False,
        ),
        (Aspect("field", field="trainee_id"), outcome(TRAINEE), True),
        (Aspect("place", at=("data", "sex")), outcome({"sex": "10"}), False),
        (Aspect("there", at=("data", "sex")), outcome({"data": {"sex": "11"}}), True),
        (Aspect("there", at=("data", "sex")), outcome({"data": {}}), False),
        (STATUS, outcome({}), True),
        (STATUS, outcome(TRAINEE, 201), False),
        (WHOLE, outcome(TRAINEE, stopped=1), False),
    ],
)
def test_an_answer_is_compared_in_its_aspect(aspect: Aspect, other: Outcome, is_same: bool) -> None:
    assert COMPARER.same(answer(TRAINEE), other, aspect) is is_same


@pytest.mark.parametrize("years", [[2014, 2003], [2003]])
def test_a_field_of_a_list_is_compared_in_each_record(years: list[int]) -> None:
    """In another order it is another answer."""
    aspect = Aspect("field", field="graduation_year")
    one, other = (
        {"data": [{"degree_id": "x", "graduation_year": year} for year in order]}
        for order in ([2003, 2014], years)
    )
    assert COMPARER.same(answer(one), outcome(one), aspect)
    assert not COMPARER.same(answer(one), outcome(other), aspect)


def test_a_refusal_is_compared_as_a_whole() -> None:
    refused = answer({"errors": ["Sex is invalid", "another"]}, 422)
    assert COMPARER.same(refused, Outcome(refused), SAID)
    assert not COMPARER.same(refused, outcome({"errors": ["Sex is invalid"]}, 422), SAID)
    assert not COMPARER.same(answer({}, 422, "timed out"), outcome({}, 422), STATUS)


def test_of_two_wordings_the_closer_look_sees_the_difference() -> None:
    one, two = outcome({"errors": ["sex is wrong"]}, 422), outcome({"errors": ["Sex: wrong"]}, 422)
    assert COMPARER.view(one, SAID) == COMPARER.view(two, SAID)
    assert COMPARER.closer(one, SAID, frozenset({"sex"})) != COMPARER.closer(
        two, SAID, frozenset({"sex"})
    )
    # Not said any more, and said in other words, are not the same.
    gone = outcome({"errors": ["email is wrong"]}, 422)
    assert COMPARER.closer(gone, SAID, frozenset({"sex"})) != COMPARER.closer(
        two, SAID, frozenset({"sex"})
    )
    assert COMPARER.closer(gone, SAID, frozenset({"sex"})) == COMPARER.closer(
        outcome({"data": {"sex": "sex"}}), SAID, frozenset({"sex"})
    )
    # What is said of other fields is no matter.
    other = outcome({"errors": ["sex is wrong", "email is wrong"]}, 422)
    assert COMPARER.closer(one, SAID, frozenset({"sex"})) == COMPARER.closer(
        other, SAID, frozenset({"sex"})
    )


def row(id_: str, text: str = "", **touches: Sequence[str]) -> Row:
    kinds = {kind: list(touches.get(kind, ())) for kind in ("operations", "schemas", "fields")}
    entry = {"documents": text, "service": text, "description": text, "reproduced": True}
    (made,) = rows_of({"x-drift": {id_: {**entry, "touches": kinds}}}, {})
    return made


def test_which_entries_may_be_it() -> None:
    sex, show, anywhere = (
        row("sex", fields=["TraineeFields.sex"]),
        row("show", operations=["show_trainee"]),
        row("anywhere", "The token may stand alone."),
    )
    example = Example("create_trainee", "create_trainee with sex an object", "", "", "", "")
    fields = named(example, SAID, frozenset({"sex", "email"}))
    assert fields == {"sex"}
    assert [may_be(each, "create_trainee", fields) for each in (sex, show, anywhere)] == [
        True,
        False,
        True,
    ]
    assert may_be(show, "show_trainee", frozenset())
    assert not may_be(sex, "create_trainee", frozenset({"email"}))
    first, *_ = likeliest([anywhere, sex], example, SAID, fields)
    assert first is sex
    token = Example("show_info", "show_info with another token answers 200", "", "", "", "")
    assert likeliest([sex, row("other"), anywhere], token, STATUS, frozenset())[0] is anywhere


class Made:
    """Variants that are there at once: what each answers, by its row; ``also`` goes with a row."""

    def __init__(self, answers: dict[str, Any], **also: Sequence[str]) -> None:
        self.answers = answers
        self.also = also
        self.served: list[Key] = []

    def each(self, batches: Iterator[Sequence[Key]]) -> Iterator[tuple[Variant, ...]]:
        for keys in batches:
            self.served += keys
            also = {key: frozenset(self.also.get(key.row, ())) for key in keys}
            yield tuple(
                Variant(key, "http://h", also[key], f"but-for-{key.name}" if also[key] else "")
                for key in keys
            )

    def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
        gone = variant.key.rows if variant.key.way is Way.WITHOUT else {variant.key.row}
        if reading != variant.key.name:
            gone = variant.also
        found = [self.answers[row] for row in sorted(gone) if row in self.answers]
        return outcome(found[0] if found else self.answers[""])


def test_of_two_that_do_the_same_the_later_is_named() -> None:
    """Neither has to be there; with one of them alone the documents' answer is this one."""

    class Twice(Made):
        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            same = variant.key.way is Way.WITHOUT or variant.key.row in "bc"
            return outcome(2 if same else 0)

    assert shown(Twice({"": 2}), "a", "b", "c", "d") == (["c"], True)


def shown(
    made: Made, *ids: str, seconds: float = 60.0, likely: int | None = None, stopped: int = 0
) -> tuple[list[str], bool]:
    """The rows of a case: documents say 0, the other reading what the variants answer without."""
    rows = [replace(row(id_), place=place) for place, id_ in enumerate(ids)]
    case = Case(
        RECIPE, outcome(0, stopped=stopped), outcome(made.answers[""]), frozenset(), rows, likely
    )
    attribution = Attribution([case], [], Way.WITHOUT, COMPARER, made.play)
    all_tried = attribution.run(cast("Variants", made), seconds)
    return case.rows, all_tried


def test_an_entry_is_it_when_the_answer_is_the_documents_without_it() -> None:
    assert shown(Made({"": 2, "b": 0}), "a", "b", "c") == (["b"], True)


def test_all_entries_that_have_a_part_in_it_are_named() -> None:
    assert shown(Made({"": 2, "a": 1, "c": 3}), "a", "b", "c") == (["a", "c"], True)


def test_what_a_step_before_is_about_may_be_any_entry() -> None:
    """So there an entry is tried, at last, that is not likely by the words of the example."""
    made = Made({"": 2, "b": 3, "d": 4})
    assert shown(made, "a", "b", "c", "d", likely=2, stopped=1) == (["b", "d"], True)
    assert [key.row for key in made.served][-1] == "d"
    assert shown(made, "a", "b", "c", "d", likely=2) == (["b"], True)


def test_an_entry_without_which_a_step_before_fails_is_not_named() -> None:
    """Both readings take that step: that one without the entry does not says nothing of it."""

    class Broken(Made):
        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            if variant.key == Key(Way.WITHOUT, "a"):
                return outcome(0, status=422, stopped=1)
            return super().play(variant, reading, recipe)

    assert shown(Broken({"": 2, "b": 0}), "a", "b") == (["b"], True)


def test_an_entry_that_takes_another_along_for_a_step_before() -> None:
    """Without it alone that step fails; without both it does not, and what is asked for differs."""

    class Paired(Made):
        def alike(self, rows: set[str]) -> list[str]:
            return sorted({"a", "b", "c"} - rows)

        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            gone = variant.key.rows if variant.key.way is Way.WITHOUT else set()
            if "b" in gone:
                return outcome(0) if "c" in gone else outcome(7, status=422, stopped=1)
            return outcome(2) if variant.key.way is Way.WITHOUT else outcome(5)

    assert shown(Paired({"": 2}), "a", "b", "c") == (["b"], True)


def test_a_variant_that_nobody_serves_is_waited_for_no_more() -> None:
    """So what may do the same is tried alone in the end."""

    class Unserved(Made):
        def each(self, batches: Iterator[Sequence[Key]]) -> Iterator[tuple[Variant, ...]]:
            for served in super().each(batches):
                yield tuple(v for v in served if v.key != Key(Way.WITHOUT, "a"))

        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            same = variant.key.way is Way.WITHOUT or variant.key.row == "c"
            return outcome(2 if same else 0)

    assert shown(Unserved({"": 2}), "a", "b", "c") == (["c"], True)


def test_a_mock_that_breaks_down_at_one_example_is_asked_for_the_others() -> None:
    """That it did says nothing of the row, nor of what the others show without it."""
    breaking = replace(RECIPE, last=Step("GET", "/breaks", (), None, 200))

    class Breaking(Made):
        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            if recipe is breaking:
                raise ControlError("breaks down")
            return super().play(variant, reading, recipe)

    made = Breaking({"": 2, "a": 0})
    cases = [
        Case(recipe, outcome(0), outcome(2), frozenset(), [row("a")])
        for recipe in (breaking, RECIPE)
    ]
    Attribution(cases, [], Way.WITHOUT, COMPARER, made.play).run(cast("Variants", made), 60.0)
    assert [case.rows for case in cases] == [[], ["a"]]


def test_what_changes_nothing_is_not_named() -> None:
    class Never(Made):
        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            return outcome(2 if variant.key.way is Way.WITHOUT else 0)

    assert shown(Never({"": 2}), "a", "b") == ([], True)


def test_of_what_had_to_go_together_the_one_that_is_it_is_named() -> None:
    """Without ``a`` there is no ``b``; ``b`` taken away by itself does as well."""
    assert shown(Made({"": 2, "a": 0, "b": 0}, a=["b"]), "a", "b")[0] == ["b"]
    assert shown(Made({"": 2, "a": 0}, a=["b"]), "a", "b")[0] == ["a"]


def test_when_the_time_is_up_it_is_said() -> None:
    assert shown(Made({"": 2, "b": 0}), "a", "b", seconds=-1) == ([], False)


def test_one_entry_alone_may_be_what_a_target_does() -> None:
    made = Made({"": 0, "b": 2})
    recipe = Recipe((), Step("GET", "/x", (), None, 200), answer(2), WHOLE)
    suspect = Suspect(recipe, outcome(0), [row("a"), row("b")])
    Attribution([], [suspect], Way.ALONE, COMPARER, made.play).run(cast("Variants", made), 60)
    assert suspect.found == ("b",)
    assert {key.way for key in made.served} == {Way.ALONE}
    fault = Suspect(recipe, outcome(0), [row("a")])
    Attribution([], [fault], Way.ALONE, COMPARER, made.play).run(cast("Variants", made), 60)
    assert not fault.found


def test_several_entries_may_do_it_together() -> None:
    """What other examples show, all of it, and then without what is not needed."""

    class Both(Made):
        def play(self, variant: Variant, reading: str, recipe: Recipe) -> Outcome:
            has = variant.key.rows
            return outcome(2 if {"a", "b"} <= has else 1 if recipe is other and has & {"c"} else 0)

    recipe, other = (
        Recipe((), Step("GET", "/x", (), None, 200), answer(number), WHOLE) for number in (2, 1)
    )
    third = Suspect(other, outcome(0), [row("c")])
    suspect = Suspect(recipe, outcome(0), [])
    shown_alone = [
        Case(RECIPE, outcome(0), outcome(2), frozenset(), [row(id_)], shown=[id_]) for id_ in "ab"
    ]
    made = Both({"": 0})
    attribution = Attribution(shown_alone, [suspect, third], Way.ALONE, COMPARER, made.play)
    assert attribution.run(cast("Variants", made), 60)
    assert third.found == ("c",)
    assert suspect.found == ("a", "b")


def test_what_goes_with_an_entry_is_as_little_as_can_be() -> None:
    """Whatever else it takes for a document without it, before or after it in the ledger."""
    variants = Variants("v2026.1", "deployed", None)
    key = Key(Way.WITHOUT, "disabilities_as_sent")
    together = variants._companions_of(key)
    assert together == {"keys_of_a_trainee", "fewer_keys_of_a_trainee", "keys_of_v2026"}
    document = variants._document(key)
    assert document is not None
    assert not (together | key.rows) & set(document["x-drift"])


def test_with_what_no_mock_serves_go_those_of_the_same_places() -> None:
    variants = Variants("v2026.1", "deployed", None)
    key = Key(Way.WITHOUT, "missing_data_is_a_text")
    ((variant,),) = list(variants.each(iter([[key]])))
    assert variant.also == {"missing_data_reworded"}
    assert variant.against
