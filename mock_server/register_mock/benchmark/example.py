"""The trainee that is created to measure it: the documents' own example of a new one."""

import json
from typing import Any

import register_spec as spec


def new_trainee(version: str, reading: str = spec.DOCUMENTED, **changed: Any) -> bytes:
    """Return the body that creates it, with other values for some fields."""
    create = spec.bundle(version, reading)["paths"]["/trainees"]["post"]
    examples = create["requestBody"]["content"]["application/json"]["examples"]
    example = next(iter(examples.values()))["value"]
    return json.dumps({"data": {**example["data"], **changed}}).encode()
