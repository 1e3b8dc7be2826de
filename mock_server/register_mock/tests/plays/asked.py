"""Plays about who asks and what for: duplicates, other people's records, lists, calls that meet."""

from __future__ import annotations

from dataclasses import replace

import orjson

from register_mock.tests.plays.play import (
    STATES,
    WITHDRAWAL,
    Json,
    Play,
    id_in,
    ids_in,
)
from register_mock.tests.plays.sent import (
    CHILDREN,
    FOREIGN,
)
from register_mock.trainee.model import Trainee
from register_mock.world.settings import RateLimit
from register_spec.scenarios.bodies import outward


def duplicates(play: Play) -> None:
    """A trainee, and another one that differs in one thing."""
    base = {"first_names": "Zoë Ann", "last_name": "McStraße", "email": "zoe@example.com"}
    other = {"first_names": "Quite", "email": "another@example.com"}
    changes: tuple[Json, ...] = (
        {}, {"email": "another@example.com"}, {"first_names": "Quite"}, other,
        {"email": "ZOE@EXAMPLE.COM", "first_names": "Quite"},
        {"first_names": "ZOË ANN", "email": "a@example.com"},
        {"first_names": "Zoe Ann", "email": "a@example.com"},
        {"first_names": "Zoë-Ann!", "email": "a@example.com"},
        {"first_names": "Zoë Ann 2", "email": "a@example.com"},
        {"first_names": "Zoë", "email": "a@example.com"}, {"last_name": "MCSTRASSE"},
        {"last_name": "mcstraße"}, {"last_name": "Other"}, {"date_of_birth": "1991-01-01"},
        {"training_route": "12"}, {"sex": "10"}, {"itt_start_date": "2022-08-01"},
        {"itt_start_date": "2022-07-31"}, {"itt_start_date": "2023-07-31"},
        {"itt_start_date": "2023-08-01"}, {"itt_start_date": "2022-12-31"},
        {"trainee_start_date": "2023-09-01"}, {"itt_start_date": "2023-09-01",
         "trainee_start_date": "2023-01-01"}, {"degrees_attributes": []},
    )  # fmt: skip
    for change in changes:
        play.again()
        play.create(**base)
        play.create(**{**base, **change})
    for state in STATES:
        play.made(state, **base)
        play.create(**base)
    play.create(**{**base, "itt_end_date": "2040-01-01"})
    late = {**CHILDREN["degree"], "graduation_year": "2099"}
    play.create(**{**base, "degrees_attributes": [late]})
    gone = play.made("trn_received", **base)
    play.fire(gone, "discard")
    play.create(**base)
    play.again()
    for start in ("2022-09-01", "2023-09-01"):
        play.create(**base, itt_start_date=start)
    play.create(**base, itt_start_date="2022-09-02")
    play.again()
    play.create(**base)
    play.ask("POST", "/trainees", play.data(**base), number=1)
    play.again()
    play.create(**base)
    play.create(
        **{**base, "first_names": "Quite", "last_name": "McStraße", "email": "b@example.com"}
    )
    play.create(**{**base, "email": "b@example.com"})
    second = play.create(**other, last_name="Different")
    play.ask("PATCH", f"/trainees/{second}", base)


def duplicate_degrees(play: Play) -> None:
    """Degrees that differ in one thing, made and made so by an update."""
    base = CHILDREN["degree"]
    for name, value in (
        ("subject", "100486"), ("grade", "01"), ("uk_degree", "084"), ("institution", "0118"),
        ("graduation_year", "2004"), ("graduation_year", "2003-05-05"), ("country", "XG"),
    ):  # fmt: skip
        owner = play.made("trn_received", degrees_attributes=[base])
        changed = {**base, name: value}
        made = id_in(play.ask("POST", f"/trainees/{owner}/degrees", changed), "degree_id")
        play.ask("PATCH", f"/trainees/{owner}/degrees/{made}", {name: base[name]})
    for name, value in (("country", "DE"), ("non_uk_degree", "084"), ("grade", "01")):
        owner = play.made("trn_received", degrees_attributes=[FOREIGN])
        play.ask("POST", f"/trainees/{owner}/degrees", {**FOREIGN, name: value})


def access(play: Play) -> None:
    """Who is let in, with which token, and whose records are found."""
    own = play.made("trn_received")
    theirs = id_in(play.ask("POST", "/trainees", play.data(), number=1), "trainee_id")
    degree, placement = play.show(own), play.ask("GET", f"/trainees/{theirs}", number=1)
    ids = {
        "degree": (ids_in(degree, "degrees", "degree_id")[0],
                   ids_in(placement, "degrees", "degree_id")[0]),
        "placement": (ids_in(degree, "placements", "placement_id")[0],
                      ids_in(placement, "placements", "placement_id")[0]),
    }  # fmt: skip
    provider = next(iter(play.world.providers.values()))
    token = provider.tokens[0].token
    for said in (
        None, "", token, f"Bearer {token}", f"bearer {token}", f"Basic {token}",
        f"Bearer  {token} ",
        f"Bearer {token.upper()}", f"Bearer {token[:-1]}", "Bearer mock_unknown", f"Token {token}",
        f"Bearer {token} x",
    ):  # fmt: skip
        for path in (
            "/info",
            "/trainees",
            "/nowhere",
            "/reference-data?field=sex",
            "/trainees?page=x",
        ):
            play.ask("GET", path, headers={"Authorization": said})
        play.ask("POST", "/trainees", body=b"{", headers={"Authorization": said})
    until = ("2025-10-14", "2025-10-15", "2025-10-16", "2025-10-17")
    for status, last in (*(("active", day) for day in until), ("revoked", None)):
        made = play.world.add_token(provider.ukprn, status, last)
        play.ask("GET", f"/trainees/{own}", headers={"Authorization": f"Bearer {made.token}"})
    for trainee in (theirs, own.lower(), own.upper(), "x" * 24):
        for method, path, data in (
            ("GET", "", None), ("PATCH", "", {"last_name": "Seen"}), ("GET", "/degrees", None),
            ("GET", "/placements", None), ("POST", "/degrees", CHILDREN["degree"]),
            ("POST", "/withdraw", outward(WITHDRAWAL, play.edition.names)), ("PUT", "", {}),
            ("POST", "/defer", {"defer_date": "2025-10-01"}),
        ):  # fmt: skip
            play.ask(method, f"/trainees/{trainee}{path}", data)
        for kind, (mine, others) in ids.items():
            for child in (others, mine, mine.upper()):
                play.ask("GET", f"/trainees/{trainee}/{kind}s/{child}")
            play.ask("DELETE", f"/trainees/{trainee}/{kind}s/{others}")
    play.ask("GET", f"/trainees/{theirs}", number=1)
    for kind, (_, others) in ids.items():
        play.ask("GET", f"/trainees/{own}/{kind}s/{others}")
    sibling = play.create(first_names="Sibling", email="s@example.com")
    for kind, (mine, _) in ids.items():
        play.ask("GET", f"/trainees/{sibling}/{kind}s/{mine}")
        play.ask("PATCH", f"/trainees/{sibling}/{kind}s/{mine}", CHILDREN[kind])
    play.fire(own, "discard")
    play.show(own)
    play.ask("PATCH", f"/trainees/{own}", {"last_name": "Gone"})
    play.world.discard_provider(provider.ukprn)
    play.ask("GET", "/info")


def order_of_checks(play: Play) -> None:
    """Requests that are wrong in several ways at once."""
    name = play.edition.names.public("withdrawal_date")
    wrong: tuple[tuple[str, str, bytes], ...] = (
        ("POST", "/degrees", b"{"), ("POST", "/degrees", b"{}"), ("POST", "/defer", b"{"),
        ("POST", "/defer", b'{"data": {"defer_date": "x"}}'), ("PUT", "", b"{"), ("PUT", "", b"{}"),
        ("PUT", "", b'{"data": {"email": "x"}}'),
        ("POST", "/degrees", b'{"data": {"grade": "xx"}}'),
        ("POST", "/withdraw", b"{}"),
        ("POST", "/withdraw", b'{"data": {"%s": "x"}}' % name.encode()),
        ("POST", "/recommend-for-qts", b"{}"), ("PATCH", "/degrees/" + "y" * 24, b"{}"),
        ("PATCH", "/degrees/" + "y" * 24, b"{"), ("DELETE", "/degrees/" + "y" * 24, b""),
        ("PATCH", "/placements/" + "y" * 24, b'{"data": {"postcode": "123456789"}}'),
        ("POST", "/degrees", orjson.dumps({"data": CHILDREN["degree"]})),
        ("POST", "/degrees", orjson.dumps({"data": {**CHILDREN["degree"], "grade": "xx"}})),
    )  # fmt: skip
    for state in ("trn_received", "withdrawn"):
        for method, path, body in wrong:
            owner = play.made(state, degrees_attributes=[CHILDREN["degree"]])
            play.ask(method, f"/trainees/{owner}{path}", body=body)
            play.ask(method, f"/trainees/{'z' * 24}{path}", body=body)
            play.ask(method, f"/trainees/{owner}{path}", body=body, headers={"Authorization": None})
    play.again()
    play.create()
    play.create(sex="00")
    play.create(itt_start_date="2030-01-01")
    for body in (
        b"",
        b"[]",
        b"null",
        b'{"data": []}',
        b'{"data": null}',
        b'{"data": {"q": 1}}',
        b"[" * 200,
    ):
        play.ask("POST", "/trainees", body=body)
    play.ask("POST", "/trainees", body=b'{"data": {"q": "' + b"a" * 2**20 + b'"}}')
    play.ask("POST", "/trainees", body=orjson.dumps({"data": play.data(first_names="Text")}),
             headers={"Content-Type": "text/plain"})  # fmt: skip
    play.ask("POST", "/trainees", body=orjson.dumps(play.data(first_names="Bare")))
    for method, path in (("DELETE", "/trainees"), ("GET", "/nowhere"), ("PATCH", "/info")):
        play.ask(method, path)


def reference(play: Play) -> None:
    """The code lists."""
    play.ask("GET", "/reference-data")
    for name in ("sex", "withdrawal_reasons", "training_route", "unknown", ""):
        play.ask("GET", f"/reference-data?field={name}")


def rate_limit(play: Play) -> None:
    """More requests than are taken."""
    play.again()
    play.world.settings = replace(play.world.settings, rate_limit=RateLimit(True, 2, 60))
    for _ in range(4):
        play.ask("GET", "/info")


QUERIES = (
    "", "page=2", "page=3", "page=9", "page=0", "per_page=1", "per_page=7&page=2", "per_page=101",
    "per_page=150", "per_page=0", "per_page=-1", "sort_order=asc",
    "sort_order=asc&per_page=7&page=3",
    "sort_order=desc", "sort_order=up", "has_trn=true", "has_trn=false", "has_trn=1",
    "status=deferred", "status=withdrawn", "status=awarded", "status=in_training",
    "status=course_not_yet_started", "status=unknown", "status=", "academic_cycle=2024",
    "academic_cycle=2026", "academic_cycle=2023", "academic_cycle=1999", "academic_cycle=x",
    "status=in_training&has_trn=false", "status=deferred&has_trn=true",
    "status=deferred&per_page=2",
    "since=2025-10-10T08:00:00.000Z", "since=2025-10-10T08:00:00.001Z", "since=2025-10-10",
    "since=2025-10-10T10:00:00%2B02:00", "since=2025-10-10T06:00:00-02:00",
    "since=2025-10-10T07:30:00%2B01:00",
    "since=20251010T080000Z",
    "since=2025-283", "since=2025-W41-5", "since=2030-01-01", "since=x", "since=0000-01-01",
    "since=2025-10-10&status=withdrawn", "since=2025-10-10&academic_cycle=2024", "unknown=1",
    "since=2025-10-10&sort_order=asc&per_page=3&page=2", "page=x&status=y", "page=2&page=1",
)  # fmt: skip


def lists(play: Play) -> None:
    """Lists of two hundred and sixty trainees of two providers, asked in many ways."""
    first = play.made("trn_received", itt_start_date="2025-09-01", itt_end_date="2026-07-01")
    record = play.stored(first)
    if record is None:
        return
    for number in range(260):
        play.world.store.put(_copied(record, number, list(play.world.providers)))
    for query in QUERIES:
        play.ask("GET", f"/trainees?{query}")
    play.at("2026-07-31T09:00:00Z")
    play.ask("GET", "/trainees")
    play.at("2026-08-01T00:30:00Z")
    play.ask("GET", "/trainees")
    play.at("2025-08-20T09:00:00Z")
    play.ask("GET", "/trainees")


def _copied(record: Trainee, number: int, providers: list[str]) -> Trainee:
    """Return another trainee like one, with a state, a start and times by its number."""
    states = (*STATES, "draft")
    starts = (
        "2025-09-01", "2025-10-15", "2025-10-16", "2025-10-14", "2026-07-31", "2025-08-01",
        "2025-07-31", "2024-09-01", "2026-08-01", "2025-08-31",
    )  # fmt: skip
    state, start = states[number * 5 % 7], starts[number * 3 % 10]
    fields = {**record.fields, "itt_start_date": start, "trainee_start_date": start}
    fields["trn"] = None if number % 3 == 0 else f"{number:07d}"
    if number % 17 == 0:
        fields["trainee_start_date"] = "2024-08-02"
    if number % 11 == 0:
        fields["discarded_at"] = "2025-10-01T00:00:00.000Z"
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    id_ = "".join(letters[(number * 7 + place * number) % 33] for place in range(20))
    return replace(
        record,
        id=f"{id_}{1111 + number}".replace("0", "z"),
        ukprn=providers[0] if number % 8 else providers[1],
        state=state,
        fields=fields,
        created_at=f"2025-09-{1 + number * 11 % 28:02d}T08:00:00.000Z",
        updated_at=f"2025-10-{1 + number * 5 % 14:02d}T08:00:00.000Z",
        sequence=1000 + number,
        shown={},
    )


def races(play: Play) -> None:
    """Calls that meet: what they are answered, in any order, and what is left."""
    trainee = play.data()
    play.again()
    play.meet(("POST", "/trainees", trainee), ("POST", "/trainees", trainee))
    degree, placement = CHILDREN["degree"], CHILDREN["placement"]
    qts = {"qts_standards_met_date": "2025-10-01"}
    for path, one, other in (
        ("/degrees", degree, degree),
        ("/placements", placement, {**placement, "urn": "100002"}),
        ("/withdraw", WITHDRAWAL, WITHDRAWAL),
        ("/recommend-for-qts", qts, qts),
    ):
        owner = play.made("trn_received", degrees_attributes=[], placements_attributes=[])
        place = f"/trainees/{owner}{path}"
        play.meet(("POST", place, one), ("POST", place, other))
        play.left(owner)
    owner = play.made("trn_received")
    place = f"/trainees/{owner}"
    play.meet(("PATCH", place, {"last_name": "A"}), ("PATCH", place, {"first_names": "B"}))
    play.left(owner)
    grades = [{**degree, "grade": grade} for grade in ("01", "02", "03")]
    owner = play.made("trn_received", degrees_attributes=grades)
    ids = ids_in(play.show(owner), "degrees", "degree_id")
    places = [f"/trainees/{owner}/degrees/{each}" for each in ids]
    play.meet(("PATCH", places[0], {"grade": "05"}), ("GET", f"/trainees/{owner}", None))
    play.meet(("DELETE", places[0], None), ("DELETE", places[-1], None))
    play.left(owner)
    second = play.create(first_names="Second", email="second@example.com")
    play.meet(("GET", f"/trainees/{owner}", None), ("GET", f"/trainees/{second}", None))
    play.world.settings = replace(play.world.settings, rate_limit=RateLimit(True, 2, 60))
    play.meet(*[("GET", "/info", None)] * 4)
