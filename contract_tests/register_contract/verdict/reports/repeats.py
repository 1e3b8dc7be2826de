"""What repeats findings, as files beside the reports: scripts, data, and the forms asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from register_contract.verdict.cleaning import Cleaner
from register_contract.verdict.exports import EXPORTS, NoExportError
from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.recorded import Recorded, as_text, recorded
from register_contract.verdict.results import NotCovered, Results


def write(results: Results, folder: Path, clean: Cleaner, forms: Sequence[str] = ()) -> None:
    """Write the files of each example that is shown, and let the results know the folder.

    Beside the script and the data that is one for each of the ``forms`` of ``EXPORTS``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for finding, example in _shown(results):
        path = folder / example.file
        path.write_text(results.scripts[example.file], encoding="utf-8")
        recipe = results.recipes.get(example.file)
        if recipe is not None and results.circumstances is not None:
            data = recorded(results.circumstances, finding, example, recipe, clean)
            path.with_suffix(".json").write_text(as_text(data), encoding="ascii")
            for form in forms:
                _export(results, path, form, data)
    results.repeats = folder


def _export(results: Results, path: Path, form: str, example: Recorded) -> None:
    """Write an example in a form of others, or note why it cannot be."""
    try:
        text = EXPORTS[form].write(example)
    except NoExportError as error:
        note = NotCovered(f"{path.name} as {form}", str(error))
        if note not in results.not_covered:
            results.not_covered.append(note)
        return
    there = path.with_name(EXPORTS[form].name(path.stem))
    there.write_text(text, encoding="utf-8", errors="backslashreplace")


def _shown(results: Results) -> Iterator[tuple[Finding, Example]]:
    """The examples that reports show, each with its finding."""
    for finding in results.findings:
        yield from ((finding, example) for example in finding.shown)
    for deviation in results.deviations:
        example = deviation.example
        whose = (drift.finding for drift in deviation.drifts)
        yield next(each for each in whose if example in each.examples), example
