"""A client of the mock for tests and scripts: the control API, typed, and one world of it.

`RegisterMock` is what the pytest fixture `register_mock` gives; `Control` is the whole control
API. Both talk to any mock that answers, in this process or elsewhere, and import no other part of
this package.
"""

from mock_server.client.answers import (
    Clock,
    Fault,
    Health,
    MadeTrainee,
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
from mock_server.client.control import Control
from mock_server.client.link import ControlError
from mock_server.client.mock import RegisterMock

__all__ = [
    "Clock",
    "Control",
    "ControlError",
    "Fault",
    "Health",
    "MadeTrainee",
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
