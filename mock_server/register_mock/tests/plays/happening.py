"""Plays about what happens to a trainee: events, careers, and days of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from register_mock.tests.plays.play import (
    ASKED,
    STATES,
    WITHDRAWAL,
    Json,
    Play,
    ids_in,
)
from register_mock.tests.plays.sent import (
    CHILDREN,
    values_of,
)
from register_spec.scenarios.bodies import outward


def events(play: Play) -> None:
    """Each event in each state, from the API and from outside, and what is left."""
    outside = ("receive_trn", "award", "reinstate", "undo_withdrawal", "discard")
    for state in STATES:
        for path, body in ASKED.values():
            trainee = play.made(state)
            play.at("2025-10-16T09:00:00Z")
            play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
            play.show(trainee)
            play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
            for event in ("reinstate", "undo_withdrawal", "award"):
                play.fire(trainee, event)
                play.show(trainee)
        for event in outside:
            trainee = play.made(state)
            play.at("2025-10-16T09:00:00Z")
            play.fire(trainee, event)
            play.show(trainee)
            play.ask("GET", "/trainees?academic_cycle=2022")
        writes: tuple[tuple[str, str, Json], ...] = (
            ("PUT", "", {"last_name": "Other"}),
            ("PATCH", "", {"last_name": "Other"}),
            ("POST", "/degrees", CHILDREN["degree"]),
            ("POST", "/placements", CHILDREN["placement"]),
        )
        for method, path, data in writes:
            trainee = play.made(state)
            play.ask(method, f"/trainees/{trainee}{path}", data)
        for kind in CHILDREN:
            for method, sent in (("PATCH", CHILDREN[kind]), ("DELETE", None)):
                trainee = play.made(state)
                child = ids_in(play.show(trainee), f"{kind}s", f"{kind}_id")[0]
                play.ask(method, f"/trainees/{trainee}/{kind}s/{child}", sent)


WITHDRAWALS: tuple[Json, ...] = (
    {"reasons": []},
    {"reasons": ["record_added_in_error"], "trigger": "trainee"},
    {"reasons": ["trainee_workload_issues"], "trigger": "provider"},
    {"reasons": ["trainee_workload_issues"], "trigger": "trainee"},
    {"reasons": ["had_to_withdraw_trainee_another_reason"]},
    {"reasons": ["had_to_withdraw_trainee_another_reason"], "another_reason": "So"},
    {"reasons": ["safeguarding_concerns"]},
    {"reasons": ["safeguarding_concerns"], "safeguarding_concern_reasons": "So"},
    {"reasons": ["mandatory_reasons", "unacceptable_behaviour"], "future_interest": "no"},
    {"trigger": "nobody"},
    {"future_interest": "maybe"},
    {"withdrawal_date": None},
    {"withdrawal_date": "x"},
    {"another_reason": "a" * 1000},
)


def event_inputs(play: Play) -> None:
    """What is told of an event: missing, wrong, too long."""
    paths = {
        "DeferRequest": ("defer", {"defer_date": "2025-10-01", "defer_reason": "A reason"}),
        "WithdrawRequest": ("withdraw", WITHDRAWAL),
        "RecommendRequest": ("recommend-for-qts", {"qts_standards_met_date": "2025-10-01"}),
    }
    for schema, (path, base) in paths.items():
        for name, row in play.fields(schema).items():
            for value in (..., *values_of(name, row)):
                body = {key: each for key, each in base.items() if key != name}
                body |= {} if value is ... else {name: value}
                trainee = play.made("trn_received")
                play.ask("POST", f"/trainees/{trainee}/{path}", outward(body, play.edition.names))
    for changes in WITHDRAWALS:
        trainee = play.made("trn_received")
        body = {**WITHDRAWAL, **changes}
        play.ask("POST", f"/trainees/{trainee}/withdraw", outward(body, play.edition.names))
        play.show(trainee)
        play.fire(trainee, "undo_withdrawal")
        play.show(trainee)


def careers(play: Play) -> None:
    """Longer lives: a TRN during a pause, a return, a withdrawal after a deferral, an award."""
    lives: tuple[tuple[str, ...], ...] = (
        ("defer", "receive_trn", "reinstate"),
        ("defer", "reinstate", "receive_trn"),
        ("withdraw", "receive_trn", "undo_withdrawal"),
        ("withdraw", "undo_withdrawal", "receive_trn"),
        ("receive_trn", "defer", "withdraw", "undo_withdrawal", "reinstate"),
        ("receive_trn", "withdraw", "undo_withdrawal", "recommend_for_award", "award"),
        ("defer", "withdraw", "receive_trn", "undo_withdrawal"),
    )
    for life in lives:
        play.again()
        trainee = play.create()
        for number, event in enumerate(life):
            play.at(f"2025-10-{16 + number}T09:00:00Z")
            play.fire(trainee, event)
            play.show(trainee)
    play.again()
    one, other = play.create(), play.create(first_names="Other", email="other@example.com")
    for minute in ("09:00:30", "09:01:00", "09:02:00"):
        play.at(f"2025-10-15T{minute}Z")
        play.show(one)
        play.show(other)
    draft = play.stored(one)
    if draft is not None:
        kept = {k: v for k, v in draft.fields.items() if k != "submission_ready"}
        play.world.store.put(replace(draft, state="draft", fields=kept, shown={}))
        play.show(one)
        play.world.store.put(draft)
    qts = {"qts_standards_met_date": "2025-10-01"}
    play.ask("POST", f"/trainees/{one}/recommend-for-qts", qts)
    play.ask("POST", f"/trainees/{other}/update-qts-or-eyts-status", qts)
    for day in ("2025-10-15T09:05:00Z", "2025-10-17T09:00:00Z"):
        play.at(day)
        play.show(one)
        play.show(other)


def days(play: Play) -> None:
    """Dates on both sides of a limit, on an ordinary day, a leap day, and late in the evening."""
    offsets = {
        "itt_start_date": (1, 0), "trainee_start_date": (-10, 0), "itt_end_date": (5, -10),
    }  # fmt: skip
    for now in ("2025-10-15T09:00:00Z", "2024-02-29T09:00:00Z", "2025-07-10T23:30:00Z"):
        today = date.fromisoformat(now[:10])
        for name, years in offsets.items():
            for number in (*years, 0):
                for shift in (-2, -1, 0, 1, 2):
                    day = _years_on(today, number) + timedelta(days=shift)
                    play.again()
                    play.at(now)
                    play.create(**{name: day.isoformat()})
    play.again()
    play.create(itt_start_date="2024-02-29")
    play.again()
    play.create(itt_start_date="2028-02-29")
    play.again()
    play.create(itt_start_date="2024-02-29", trainee_start_date="2024-02-29")
    play.again()
    play.create(itt_start_date="2023-02-29", date_of_birth="1992-02-29")
    trainee = play.made("submitted_for_trn", itt_start_date="2026-10-15")
    play.at("2024-10-15T09:00:00Z")
    play.ask("PATCH", f"/trainees/{trainee}", {"last_name": "Other"})
    trainee = play.made(
        "submitted_for_trn", trainee_start_date="2016-01-01", itt_end_date="2016-02-02"
    )
    play.at("2027-10-15T09:00:00Z")
    play.ask("PATCH", f"/trainees/{trainee}", {"last_name": "Other"})
    play.ask("PATCH", f"/trainees/{trainee}", {"itt_start_date": "2016-01-01"})
    trainee = play.made("trn_received")
    play.at("2025-07-10T23:30:00Z")
    play.ask("POST", f"/trainees/{trainee}/defer", {"defer_date": "2025-07-01"})
    play.show(trainee)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
