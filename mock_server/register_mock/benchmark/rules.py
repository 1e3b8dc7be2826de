"""What thirty rules cost a create: the record prepared and judged, without the rest of the request.

Beside it stands a yardstick of the same run, reading and writing the body as JSON: absolute figures
are those of one machine, ratios last.
"""

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

import register_spec as spec
from register_mock.contract.edition import Edition
from register_mock.contract.values import Scope
from register_mock.request.record import prepared

RULES = 30
ROUNDS = 40
CALLS = 50
NOW = datetime(2024, 6, 1, tzinfo=UTC)
# Of every kind that rules are made of; the record breaks none of them, so each is judged whole.
CONDITIONS: tuple[dict[str, Any], ...] = (
    {"must": {"value": "itt_start_date", "not_after": {"today": {"years": 1}}}},
    {"must": {"value": "date_of_birth", "not_before": {"today": {"years": -100}}}},
    {"must": {"value": "itt_end_date", "after": "itt_start_date"}},
    {
        "must": {"value": {"code": "sex", "in": "sex", "take": "label"}, "not_in": ["None"]},
        "when": {"value": "training_route", "not_in": ["99"]},
    },
    {
        "must": {"any": [{"value": "email", "is": "present"}, {"value": "trn", "is": "blank"}]},
        "when": {"not": {"value": "trainee_start_date", "same_as": "itt_end_date"}},
    },
)


def measured() -> str:
    """Return what was measured, as a line."""
    whole, yardstick = rules_cost()
    return (
        f"a create's record     {whole:.0f} µs with {RULES} rules (goal: at most 150 µs), "
        f"{whole / yardstick:.1f} times its body read and written as JSON ({yardstick:.1f} µs)"
    )


def rules_cost() -> tuple[float, float]:
    """Return the microseconds of a create's record with thirty rules, and of its body as JSON."""
    version = spec.versions()[-1]
    document = copy.deepcopy(spec.bundle(version))
    document["x-rules"] = {
        f"rule_{number}": {
            "operations": ["create_trainee"],
            "field": "itt_start_date",
            **CONDITIONS[number % len(CONDITIONS)],
        }
        for number in range(RULES)
    }
    edition = Edition(document, spec.DOCUMENTED)
    operation = edition.operations["create_trainee"]
    body = operation.document["requestBody"]["content"]["application/json"]["examples"]
    sent = next(iter(body.values()))["value"]
    data, text = sent["data"], orjson.dumps(sent)
    scope = Scope(NOW, sent=data)
    problems = prepared(edition, operation, data, None, scope).problems
    if problems:
        raise spec.SpecError(f"the documents' own example breaks {problems[0].rule}")
    whole = _microseconds(lambda: prepared(edition, operation, data, None, scope))
    return whole, _microseconds(lambda: orjson.dumps(orjson.loads(text)))


def _microseconds(call: Callable[[], object]) -> float:
    """Return what a call costs: the best of several rounds, which others disturbed least."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        rounds.append((time.perf_counter() - began) / CALLS * 1e6)
    return min(rounds)
