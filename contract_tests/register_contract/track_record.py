"""The track record: each deviation that was found, with its date, its rule and what shows it.

Two tables in Markdown, made of the contract alone: where the service does otherwise than its
documents say (``x-drift``), and where a document does not say what it means and had to be repaired
(``printed`` in an ``x-source``). What documents contradict, ``spec/README.md`` tells in full.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import register_spec as spec

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DAY = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(_MONTHS)}) (\d{{4}})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_AS_OF = re.compile(r"as of (?:mid )?(.*)$")
_NOT_PLAYED = "not reproduced by the mock"

Rows = Iterator[Sequence[str]]


def track_record(spec_dir: Path | None = None) -> str:
    """Both tables, the older rows first. Raises SpecError."""
    service = _table(
        ("since", "what the service does", "the documents say", "rule", "shown by"),
        sorted(_of_the_service(spec_dir), key=lambda row: when(row[0])),
    )
    documents = _table(
        ("as of", "document", "printed", "mended", "shown by"),
        sorted(_of_documents(spec_dir), key=lambda row: when(row[0])),
    )
    return "\n".join(
        ["Found in the service:", "", *service, "", "Found in its documents:", "", *documents]
    )


def when(said: str) -> tuple[int, int, int]:
    """The first day that a text names, to sort by; before all others where it names none."""
    iso, day = _ISO.search(said), _DAY.search(said)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3])
    if day:
        return int(day[3]), _MONTHS.index(day[2]) + 1, int(day[1] or 0)
    return (0, 0, 0)


def _of_the_service(spec_dir: Path | None) -> Rows:
    """A row for each entry of the ledgers of all versions, once."""
    told: set[str] = set()
    for document in _bundles(spec_dir):
        for id, entry in document.get("x-drift", {}).items():
            if id not in told:
                told.add(id)
                shows = f"`register-mock scenarios --shows x-drift.{id} --play`"
                yield (
                    entry["since"],
                    entry["description"],
                    entry["documents"],
                    f"`x-drift.{id}`",
                    shows if entry["reproduced"] else _NOT_PLAYED,
                )


def _of_documents(spec_dir: Path | None) -> Rows:
    """A row for each text of a document that was repaired, once."""
    told: set[tuple[str, str]] = set()
    for document in _bundles(spec_dir):
        titles = document.get("x-documents", {})
        version = document["info"]["version"]
        for source in _sources(document):
            place, texts = source["document"], _texts(source["printed"])
            if (place, texts[0]) in told:
                continue
            told.add((place, texts[0]))
            dated = _AS_OF.search(titles.get(place[:3], ""))
            shown = _grep(version, source["printed"])
            printed = " · ".join(f"`{each}`" for each in texts)
            yield dated[1] if dated else "", place, printed, source.get("note", ""), shown


def _bundles(spec_dir: Path | None) -> Iterator[Mapping[str, Any]]:
    for version in spec.versions(spec_dir):
        for reading in spec.readings(version, spec_dir):
            yield spec.bundle(version, reading, spec_dir)


def _sources(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every ``x-source`` with what was printed."""
    if isinstance(node, Mapping):
        source = node.get("x-source")
        if isinstance(source, Mapping) and "printed" in source:
            yield source
        for child in node.values():
            yield from _sources(child)
    elif isinstance(node, list):
        for child in node:
            yield from _sources(child)


def _texts(printed: Any) -> list[str]:
    """What was printed, each text of it."""
    if isinstance(printed, str):
        return [printed]
    if isinstance(printed, Mapping):
        return [f"{name}: {_said(value)}" for name, value in printed.items()]
    return [_said(each) for each in printed]


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _grep(version: str, printed: Any) -> str:
    """The command that shows what was printed: the document keeps it beside what was mended."""
    shown = quote(_line(printed))
    return f"`register-contract spec {version} --format json | grep -F {shown}`"


def _line(printed: Any) -> str:
    """The first line of a value as the document is printed, or what tells it apart."""
    if isinstance(printed, Mapping):
        name, value = next(iter(printed.items()))
        nested = isinstance(value, Mapping | list)
        return _line(value) if nested else f'"{name}": {json.dumps(value, ensure_ascii=False)}'
    if isinstance(printed, list):
        return _line(printed[0])
    return json.dumps(printed, ensure_ascii=False)[1:-1]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        cells = (" ".join(cell.split()).replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
