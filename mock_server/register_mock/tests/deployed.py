"""The deployed reading in tests: one version of the API in a world of that reading."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

from register_mock.app import create_app
from register_mock.config import Options
from register_mock.tests.conftest import NOW, Api
from register_mock.world.worlds import Worlds
from register_spec import bundle

READING = "deployed"
OLDEST, NEWER = "v1.0-pre", "v2025.0"
VERSIONS = [OLDEST, NEWER]
STARTED, AHEAD = "2025-09-01", "2026-01-10"
PLACEMENT = {"urn": "900020", "name": "Oxford School"}

_NUMBERS = count()


class Deployed(Api):
    """One version of the API, in a world of the deployed reading."""

    def body(self, **changes: Any) -> dict[str, Any]:
        """Return a request for a trainee whose course has begun; None leaves a field out."""
        operation = bundle(self.version, READING)["paths"]["/trainees"]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        number = next(_NUMBERS)
        own = {
            "last_name": f"Smith{number}",
            "email": f"trainee{number}@example.com",
            "itt_start_date": STARTED,
            "trainee_start_date": STARTED,
            "itt_end_date": "2026-07-31",
            "placements_attributes": [PLACEMENT, PLACEMENT],
        }
        data = content["examples"]["documented"]["value"]["data"] | own | changes
        return {key: value for key, value in data.items() if value is not None}

    def trainee(self, state: str = "submitted_for_trn", **changes: Any) -> str:
        """Return the id of a new trainee in a state, with two placements and a degree."""
        body = {
            "provider": next(iter(self.world.providers)),
            "version": self.version,
            "data": self.body(**changes),
            "state": state,
        }
        made: Any = self.client.post("/_mock/trainees", json=body)
        assert made.status_code == 201, made.json
        found: str = made.json["trainee_id"]
        return found


def fresh(version: str) -> Deployed:
    """Return a version over a world of its own, whose clock stands still."""
    options = Options(seed="empty", reading=READING, now=NOW, frozen=True, self_check=True)
    app = create_app(options)
    worlds: Worlds = app.extensions["register_mock"]
    token = next(iter(worlds.all()[0].providers.values())).tokens[0].token
    return Deployed(app.test_client(), worlds, version, token)


@cache
def shared(version: str) -> Deployed:
    """Return a version over a world that several tests share: none of them may move its clock."""
    return fresh(version)


def said(outcome: tuple[int, Any]) -> list[str]:
    """Return the messages of a refusal with a list of objects."""
    assert outcome[0] == 422, outcome
    return [error["message"] for error in outcome[1]["errors"]]
