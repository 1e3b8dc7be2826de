"""The scripts that repeat findings, as files beside the reports."""

from __future__ import annotations

from pathlib import Path

from register_contract.verdict.results import Results


def write(results: Results, folder: Path) -> None:
    """Write the script of each example into ``folder``, and let the results know the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in results.scripts.items():
        (folder / name).write_text(text, encoding="utf-8")
    results.repeats = folder
