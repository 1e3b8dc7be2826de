"""``register-contract judge``: judge the findings of an old report by the contract as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from register_contract.again.judging import Judging, examples
from register_contract.again.telling import code_of, tell
from register_contract.target.ending import StoppedError
from register_contract.target.files import read_json
from register_contract.verdict.cleaning import Cleaner


def judge(report: Path, spec_dir: Path | None, form: str) -> int:
    """Judge each example in a report again, without a target, and print what comes of it.

    Returns 0 where the contract wants what the run got, 1 where it does not, 2 where nothing can be
    said. Raises StoppedError for what is no report, or lacks what its examples were made with.
    """
    found = list(examples(_files(report), spec_dir))
    with Judging(spec_dir) as judging:
        rows = [(path, example, judging.by_contract(example)) for path, example in found]
    tell(Console(), rows, form, Cleaner())
    return code_of([said for _, _, said in rows])


def _files(report: Path) -> list[Path]:
    """The files of the examples that a report shows."""
    raw = read_json(report)
    try:
        names = dict.fromkeys(str(example["repeat"]) for example in _shown(raw))
    except (KeyError, TypeError) as error:
        raise StoppedError(f"{report} is no report.json as `run --report DIR` writes it") from error
    if not names:
        raise StoppedError(f"{report} tells of no finding: there is nothing to judge")
    return [(report.parent / name).with_suffix(".json") for name in names]


def _shown(raw: Any) -> Iterator[Any]:
    for finding in raw["findings"]:
        yield from finding["examples"]
    yield from (deviation["example"] for deviation in raw["known_drift"])
