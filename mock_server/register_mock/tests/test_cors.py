"""`--cors`: a browser page of the named origin may call, and nothing changes without it."""

from __future__ import annotations

import pytest

from register_mock.app import create_app
from register_mock.config import Options

ORIGIN = "http://localhost:3000"
PATH = "/api/v2025.0/trainees"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("origin", [ORIGIN, "*"])
def test_a_preflight_is_let_through(origin: str) -> None:
    """It has no token, and is answered all the same."""
    client = create_app(Options(seed="empty", cors=origin)).test_client()
    answer = client.options(PATH, headers=PREFLIGHT)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    refused = client.get(PATH, headers={"Origin": ORIGIN})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == origin
    assert "X-Mock-Request-Id" in refused.headers["Access-Control-Expose-Headers"]
    assert ("Origin" in refused.vary) == (origin != "*")


def test_without_it_no_origin_is_allowed() -> None:
    """A preflight is an unknown method like any other."""
    client = create_app(Options(seed="empty")).test_client()
    answer = client.options(PATH, headers=PREFLIGHT)
    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers
