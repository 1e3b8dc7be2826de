"""A client of the mock for tests and scripts: the control API, typed, and one world of it.

`RegisterMock` is what the pytest fixture `register_mock` gives; `Control` is the whole control
API. Both talk to any mock that answers, in this process or elsewhere, and import no other part of
this package.
"""

from register_mock.client.answers import (
    Clock,
    Fault,
    FullTrainee,
    Health,
    Lifecycle,
    MadeTrainee,
    Moved,
    Notice,
    Partner,
    Provider,
    RateLimit,
    Reason,
    Request,
    School,
    Settings,
    Timer,
    Token,
    Trainee,
    World,
)
from register_mock.client.control import Control
from register_mock.client.link import ControlError
from register_mock.client.mock import RegisterMock

__all__ = [
    "Clock",
    "Control",
    "ControlError",
    "Fault",
    "FullTrainee",
    "Health",
    "Lifecycle",
    "MadeTrainee",
    "Moved",
    "Notice",
    "Partner",
    "Provider",
    "RateLimit",
    "Reason",
    "RegisterMock",
    "Request",
    "School",
    "Settings",
    "Timer",
    "Token",
    "Trainee",
    "World",
]
