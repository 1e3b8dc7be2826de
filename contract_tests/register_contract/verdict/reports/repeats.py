"""The scripts that repeat findings, as files beside the reports."""

from __future__ import annotations

from pathlib import Path

from register_contract.verdict.results import Results


def write(results: Results, folder: Path) -> None:
    """Write the script of each example that is shown, and let the results know the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [example for finding in results.findings for example in finding.shown]
    shown += [deviation.example for deviation in results.deviations]
    for example in shown:
        (folder / example.file).write_text(results.scripts[example.file], encoding="utf-8")
    results.repeats = folder
