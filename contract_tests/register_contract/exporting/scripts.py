"""What the exports that run JavaScript share: how an answer is judged, and what it tells."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from typing import Any

from register_contract.exporting.collection import Item


@lru_cache(maxsize=1)
def judging() -> list[str]:
    """The functions, as lines."""
    return (files(__package__) / "judging.js").read_text(encoding="utf-8").splitlines()


def asked(item: Item) -> str:
    """What an answer is held to, as JSON on one line; a script finds it under this name."""
    told: dict[str, Any] = {"wanted": item.wanted}
    if item.known:
        told["known"] = [asdict(each) for each in item.known]
    if item.begins:
        told["begins"] = dict(item.begins)
    return json.dumps(told, ensure_ascii=False)
