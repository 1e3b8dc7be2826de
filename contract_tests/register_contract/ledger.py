"""The drift ledger of a version, printed: as text, as a Markdown table, or as JSON.

The entries come from the bundled document (its `x-drift`), those of earlier versions that still
hold among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import register_spec as spec

Entry = Mapping[str, Any]
FORMS = ("text", "md", "json")

NOT_REPRODUCED = "Not reproduced: the mock keeps to the documents here, or refuses clearly."


def drift(version: str, reading: str | None, form: str, spec_dir: Path | None = None) -> str:
    """Return the ledger of a version in one of `FORMS`, of its only other reading unless said.

    Raises SpecError for a version or reading that does not exist, for the documents themselves,
    which cannot drift, and where there is more than one reading to choose from, or none.
    """
    reading = reading or _only(version, spec_dir)
    if reading == spec.DOCUMENTED:
        raise spec.SpecError("documents do not drift from themselves: name another reading")
    entries: dict[str, Entry] = spec.bundle(version, reading, spec_dir)["x-drift"]
    if form == "json":
        return json.dumps(entries, indent=2, ensure_ascii=False)
    lines = _markdown(entries) if form == "md" else _text(version, reading, entries)
    return "\n".join(lines)


def _only(version: str, spec_dir: Path | None) -> str:
    others = [each for each in spec.readings(version, spec_dir) if each != spec.DOCUMENTED]
    if len(others) != 1:
        there = f"choose one with --as: {', '.join(others)}" if others else "there is no ledger"
        raise spec.SpecError(f"{version} has {len(others) or 'no'} readings besides: {there}")
    return others[0]


def _text(version: str, reading: str, entries: Mapping[str, Entry]) -> Iterator[str]:
    yield f"{version} as {reading}: {len(entries)} deviations from its documents"
    for id, entry in entries.items():
        yield ""
        yield id
        yield f"  {entry['description']}"
        yield f"  documents: {_flat(entry['documents'])}"
        yield f"  service:   {_flat(entry['service'])}"
        yield f"  evidence:  {_flat(entry['evidence'])}"
        yield f"  since:     {_since(entry)}"
        if _concerns(entry):
            yield f"  concerns:  {', '.join(_concerns(entry))}"
        if not entry["reproduced"]:
            yield f"  {NOT_REPRODUCED}"
        if "on_request" in entry and not entry["reproduced"]:
            yield f"  It has a switch: --as {reading}+{id}."


def _markdown(entries: Mapping[str, Entry]) -> Iterator[str]:
    yield "| deviation | the documents say | the service does | evidence | since | concerns |"
    yield "|---|---|---|---|---|---|"
    for id, entry in entries.items():
        service = (
            entry["service"] if entry["reproduced"] else f"{entry['service']} *Not reproduced.*"
        )
        concerns = ", ".join(f"`{each}`" for each in _concerns(entry))
        cells = [entry["documents"], service, entry["evidence"], _since(entry)]
        row = [f"`{id}`", *(_flat(cell).replace("|", "\\|") for cell in cells), concerns]
        yield f"| {' | '.join(row)} |"


def _concerns(entry: Entry) -> list[str]:
    touches = entry["touches"]
    return [*touches["operations"], *touches["schemas"], *touches["fields"]]


def _since(entry: Entry) -> str:
    return f"{_flat(entry['since'])}; here from {entry['version']} on"


def _flat(text: str) -> str:
    return " ".join(text.split())
