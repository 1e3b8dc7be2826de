"""Which test found a defect when it was last looked for: the one that is tried first.

The file is written by ``register-contract score --note``, and is for speed alone: a test that finds
a defect no more, or that is gone, is followed by all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from register_contract.score.trying import FOUND, Outcome

FILE = Path(__file__).with_name("owners.yaml")
_HEAD = (
    "# layer, or layer.test, of the suite -> the defects that it found; `score --note` writes it.\n"
)


@cache
def owners(file: Path = FILE) -> Mapping[str, str]:
    """The test that found a defect last, as ``layer.test`` or its layer, by the defect's id."""
    told = yaml.safe_load(file.read_text()) if file.exists() else None
    return {id: test for test, ids in (told or {}).items() for id in ids}


def note(outcomes: Iterable[Outcome], known: Iterable[str], file: Path = FILE) -> None:
    """Write down by which tests these were found, beside what is noted of others that are known."""
    found = {id: test for id, test in owners(file).items() if id in set(known)}
    found |= {each.defect.id: each.test for each in outcomes if each.state == FOUND and each.test}
    by_test: dict[str, list[str]] = {}
    for id, test in sorted(found.items(), key=lambda pair: (pair[1], pair[0])):
        by_test.setdefault(test, []).append(id)
    file.write_text(_HEAD + yaml.safe_dump(by_test, sort_keys=False, width=100))
    owners.cache_clear()
