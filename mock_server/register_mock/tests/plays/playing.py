"""A fixed set of requests that shows defects: what is answered, play by play.

The scenarios of `fixtures/scenarios` are played, and what they do not reach: every limit, code and
required field, texts, lists of a hundred trainees, days of the clock, other people's records, and
calls that meet. All in this process, each play in a world as it was at first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import register_spec as spec
from register_mock.app import create_app
from register_mock.config import Options
from register_mock.contract.edition import Edition
from register_mock.defects.model import Defect
from register_mock.defects.serving import put_in
from register_mock.scenarios.judging import Judge
from register_mock.scenarios.playing import NOW, Stage
from register_mock.tests.plays.asked import (
    access,
    duplicate_degrees,
    duplicates,
    lists,
    order_of_checks,
    races,
    rate_limit,
    reference,
)
from register_mock.tests.plays.happening import careers, days, event_inputs, events
from register_mock.tests.plays.play import (
    Answers,
    Play,
)
from register_mock.tests.plays.sent import (
    children,
    every_field,
    every_field_of_a_child,
    siblings,
    texts,
    updates,
    wholes,
)
from register_mock.world.worlds import Worlds
from register_spec.scenarios.files import Scenario, read_scenarios

SMALL = (order_of_checks, access, careers, duplicates, lists)
BY_KIND: dict[str, tuple[Callable[[Play], None], ...]] = {
    "response shape": (children, siblings, texts, wholes, careers, lists, order_of_checks),
    "wording": (order_of_checks, wholes, event_inputs, access, days, every_field_of_a_child),
    "validation": (
        every_field,
        every_field_of_a_child,
        event_inputs,
        order_of_checks,
        wholes,
        updates,
        texts,
    ),
    "status": (*SMALL, reference, rate_limit, updates, children, siblings),
    "versions mixed": (
        every_field,
        events,
        event_inputs,
        order_of_checks,
        reference,
        wholes,
        lists,
        careers,
    ),
    "lifecycle": (events, careers, event_inputs, updates),
    "access and isolation": (access, lists, reference, order_of_checks),
    "duplicates": (duplicates, duplicate_degrees, updates, siblings),
    "lists": (lists, careers),
    "persistence": (updates, children, siblings, texts, wholes, careers),
    "time": (days, careers, lists, duplicates, access, updates, siblings),
    "derived values": (wholes, children, updates, careers, reference),
    "concurrency": (races,),
}
"""What is played for the defects of a class: enough to show each and tell them apart."""


_SCENARIOS: dict[tuple[str, str], list[Scenario]] = {}


def scenarios_of(version: str, reading: str) -> list[Scenario]:
    """Return the scenarios that are played in an edition, by the clean mock."""
    if not _SCENARIOS:
        for scenario, edition in Judge(Stage(), read_scenarios()).cases:
            _SCENARIOS.setdefault((edition.version, edition.reading), []).append(scenario)
    return _SCENARIOS[version, reading]


def answered(
    defect: Defect | None, kind: str, edition: str, folder: Path, *, whole: bool
) -> Answers:
    """Return what a mock answers to the plays of a class, with a defect or clean.

    `folder` has the document of the edition alone; `whole` says that scenarios are played as well.
    """
    version, _, reading = edition.partition("@")
    reading = reading or spec.DOCUMENTED
    options = Options(seed="empty", now=NOW, frozen=True, spec_dir=folder, reading=reading)
    answers: Answers = {}
    document = spec.bundle(version, reading)
    known = scenarios_of(version, reading) if whole else []
    with put_in(defect):
        app = create_app(options)
        worlds: Worlds = app.extensions["register_mock"]
        world = worlds.get("default")
        assert world is not None
        own = worlds.editions[reading][version]
        for play in BY_KIND[kind]:
            _played(Play(app, world, own, document, play.__name__, answers), play)
        _scenarios(Stage(app), own, known, Play(app, world, own, document, "", answers))
    return answers


def _played(play: Play, function: Callable[[Play], None]) -> None:
    """Play; what goes so wrong that the play cannot go on is an answer too."""
    play.again()
    try:
        function(play)
    except Exception as error:
        play.keep("broken off", type(error).__name__, str(error))


def _scenarios(stage: Stage, edition: Edition, known: Iterable[Scenario], play: Play) -> None:
    for scenario in known:
        play.name, play.count, play.ids = scenario.name, 0, {}
        try:
            for step in stage.play(scenario, edition):
                headers = {k: step.headers.get(k) for k in ("Content-Type", "Retry-After")}
                play.keep(step.status, headers, step.body, step.after)
        except Exception as error:
            play.keep("broken off", type(error).__name__)


def differing(clean: Answers, other: Answers) -> Answers:
    """Return the answers that are not as those of the clean mock; what is missing counts."""
    names = clean.keys() | other.keys()
    return {name: other.get(name, "") for name in names if clean.get(name) != other.get(name)}
