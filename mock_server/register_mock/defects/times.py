"""Days and moments that are off by one, in another zone, or not moved."""

from __future__ import annotations

from calendar import isleap
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from register_mock.contract import cycles, moments, states, values
from register_mock.contract.values import Scope
from register_mock.defects.patches import defect
from register_mock.operations import OPERATIONS, children, listing, making
from register_mock.request import stages
from register_mock.request.walk import Walk
from register_mock.trainee.model import Trainee
from register_mock.world.providers import Token
from register_mock.world.world import World

KIND = "time"


def _early(cycle_of: Any) -> Any:
    return lambda day: cycle_of(day + timedelta(days=1)) if day < date.max else cycle_of(day)


@defect(KIND, listing, "cycle_of")
def present_cycle_turns_a_day_early(cycle_of: Any) -> Any:
    """On 31 July the list is of the next academic year already."""
    return _early(cycle_of)


@defect(KIND, cycles, "cycle_of")
def kept_cycle_turns_a_day_early(cycle_of: Any) -> Any:
    """A trainee who starts on 31 July is listed in the next academic year."""
    return _early(cycle_of)


@defect(KIND, values, "cycle_of")
def duplicates_cycle_turns_a_day_early(cycle_of: Any) -> Any:
    """For duplicates a start on 31 July counts to the next academic year."""
    return _early(cycle_of)


@defect(KIND, cycles, "FIRST_MONTH")
def academic_year_from_september(month: Any) -> Any:
    """The academic year begins on 1 September."""
    return month + 1


@defect(KIND, cycles, "FIRST_MONTH")
def academic_year_from_january(month: Any) -> Any:
    """The academic year is the calendar year."""
    return 1


@defect(KIND, cycles, "START_DATES")
def cycle_of_the_course_first(names: Any) -> Any:
    """A trainee is listed in the year in which the course starts, whenever the trainee does."""
    return names[::-1]


@defect(KIND, Trainee, "changed")
def updated_at_not_moved(changed: Any) -> Any:
    """The time of the last change of a trainee stays as it was."""
    return lambda self, now, **parts: changed(self, self.updated_at, **parts)


@defect(KIND, Trainee, "changed")
def created_at_moved(changed: Any) -> Any:
    """The time of creation moves with each change of a trainee."""
    return lambda self, now, **parts: replace(changed(self, now, **parts), created_at=now)


@defect(KIND, children, "_keep")
def child_change_does_not_touch_the_trainee(keep: Any) -> Any:
    """A changed placement or degree does not move the time of the trainee's last change."""

    def kept(walk: Walk, found: Any) -> None:
        trainee = walk.found_trainee()
        changed = trainee.with_children(walk.child_kind(), found, trainee.updated_at)
        walk.world.store.put(changed)
        walk.trainee = changed

    return kept


@defect(KIND, children, "_update")
def child_updated_at_not_moved(update: Any) -> Any:
    """The time of the last change of a placement or degree stays as it was."""

    def updated(walk: Walk) -> Any:
        old = walk.found_child()
        made = update(walk)
        new = made._replace(updated_at=old.updated_at)
        kept = walk.found_trainee().children(walk.child_kind())
        children._keep(walk, tuple(new if each is made else each for each in kept))
        return new

    return updated


@defect(KIND, making, "made_child")
def child_created_at_midnight(made_child: Any) -> Any:
    """A new placement or degree has the begin of the day as its time."""

    def made(world: World, fields: Any, at: str | None = None) -> Any:
        return made_child(world, fields, f"{(at or world.timestamp())[:10]}T00:00:00.000Z")

    return made


@defect(KIND, OPERATIONS, "update_trainee")
def update_without_change_leaves_the_time(function: Any) -> Any:
    """An update that changes nothing does not move the time of the last change."""

    def update_trainee(walk: Walk) -> Any:
        trainee = walk.found_trainee()
        if dict(trainee.fields) == walk.record:
            return [walk.edition.show(trainee)]
        return function(walk)

    return update_trainee


def _british(now: datetime) -> datetime:
    """Return the clock's time in Britain in summer."""
    return now + timedelta(hours=1) if 4 <= now.month <= 10 else now


@defect(KIND, stages, "Scope")
def today_by_british_summer_time(scope: Any) -> Any:
    """Rules about today go by British summer time, so that the day turns an hour early."""
    return lambda now, *parts, **named: Scope(_british(now), *parts, **named)


@defect(KIND, states, "timestamp")
def events_in_british_summer_time(timestamp: Any) -> Any:
    """After an event the time of the last change is British summer time, called UTC."""
    return lambda now: timestamp(_british(now))


@defect(KIND, values, "years_from")
def years_of_365_days(years_from: Any) -> Any:
    """Years ahead and back are counted as 365 days."""
    return lambda day, years: day + timedelta(days=365 * years)


@defect(KIND, values, "years_from")
def leap_day_goes_on_in_march(years_from: Any) -> Any:
    """Years from 29 February lead to 1 March instead of 28 February."""

    def moved(day: date, years: int) -> date:
        is_lost = (day.month, day.day) == (2, 29) and not isleap(day.year + years)
        return date(day.year + years, 3, 1) if is_lost else years_from(day, years)

    return moved


@defect(KIND, values, "parsed_date")
def leap_day_is_no_date(parsed_date: Any) -> Any:
    """Rules about dates do not see a 29 February."""
    return lambda text: None if "-02-29" in text else parsed_date(text)


@defect(KIND, moments, "_zone")
def offset_of_since_ignored(zone: Any) -> Any:
    """The offset of since is ignored."""
    return lambda said: UTC


@defect(KIND, moments, "_zone")
def offset_of_since_the_wrong_way(zone: Any) -> Any:
    """The offset of since is added instead of taken away."""

    def inverted(said: dict[str, str]) -> Any:
        other = {"-": "+", "+": "-", " ": "-"}
        return zone({**said, "sign": other[said["sign"]]} if "sign" in said else said)

    return inverted


@defect(KIND, Token, "is_good")
def token_good_on_the_day_it_expires(is_good: Any) -> Any:
    """A token is still taken on the day on which it expires."""
    return lambda self, today: is_good(self, today - timedelta(days=1))


@defect(KIND, Token, "is_good")
def token_bad_a_day_early(is_good: Any) -> Any:
    """A token is refused a day before it expires."""
    return lambda self, today: is_good(self, today + timedelta(days=1))


@defect(KIND, World, "fire_due")
def due_events_a_day_late(fire_due: Any) -> Any:
    """A TRN and an award come a day later than they are due."""

    def late(self: World) -> None:
        held, self._held = self._held, self.now() - timedelta(days=1)
        fire_due(self)
        self._held = held

    return late


@defect(KIND, World, "fire_due")
def due_events_at_the_present_time(fire_due: Any) -> Any:
    """A TRN that was due earlier comes at the moment at which it is looked for."""

    def now(self: World) -> None:
        moment = self.now()
        late = [(moment, *due[1:]) for due in self._due if due[0] < moment]
        self._due = sorted(late + [due for due in self._due if due[0] >= moment])
        fire_due(self)

    return now
