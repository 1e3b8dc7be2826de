"""What is answered to a request whose body did not arrive in time."""

from __future__ import annotations

from register_mock.contract.envelopes import Answer, json_answer
from register_mock.request.walk import Walk
from register_mock.wire import LATE
from register_mock.world.journal import Finding


def arrived(walk: Walk) -> Answer | None:
    """Give up a request without its body: whose it is and what it asks for no longer matters."""
    if not walk.call.is_late:
        return None
    walk.notes.append(Finding(rule="late_body", message=LATE))
    return json_answer(408, {"errors": [{"error": "RequestTimeout", "message": LATE}]})
