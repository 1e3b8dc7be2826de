"""The versions and readings of one server: documents at its start, compiled once they are needed.

Whatever is wrong in a document is told at start. What only a compiled one can tell, of a reading
that no world has had, is told when the first world of it is made.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import register_spec as spec
from register_mock.contract.edition import Edition

Document = dict[str, Any]
Versions = Mapping[str, Edition]
Look = Callable[[Versions], None]


def bundled(version: str, reading: str, spec_dir: Path | None) -> Document:
    """Return the document that is served as a version and reading. Raises what `bundle` raises."""
    return spec.bundle(version, reading, spec_dir)


class Editions(Mapping[str, Versions]):
    """Reading -> version -> edition, versions oldest first; `documents` likewise.

    A reading with deviations switched on, as `deployed+ID`, is one too; its documents are bundled
    when it is asked for. Raises SpecError for a reading that cannot be compiled, when it is asked
    for, and for a switch that the reading has not.
    """

    def __init__(
        self, documents: Mapping[str, Mapping[str, Document]], spec_dir: Path | None = None
    ) -> None:
        """Keep bundled documents, by reading and version, and the folder that they are made of."""
        self.documents = documents
        self._spec_dir = spec_dir
        self._compiled: dict[str, Versions] = {}
        self._looks: list[Look] = []
        self._lock = RLock()

    @classmethod
    def of(cls, spec_dir: Path | None = None) -> Editions:
        """Return those of every document in a folder. Raises SpecError when one is wrong."""
        found: dict[str, dict[str, Document]] = {}
        for version in spec.versions(spec_dir):
            for reading in spec.readings(version, spec_dir):
                found.setdefault(reading, {})[version] = bundled(version, reading, spec_dir)
        return cls(found, spec_dir)

    def __getitem__(self, reading: str) -> Versions:
        """Return the versions of a reading.

        Raises KeyError when there is no such reading, SpecError when it has no such switch.
        """
        found = self._compiled.get(reading)
        return self._compile(reading) if found is None else found

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the readings; nothing is compiled."""
        return iter(self.documents)

    def __contains__(self, reading: object) -> bool:
        """Tell whether there is such a reading, whatever is switched on; nothing is compiled."""
        return isinstance(reading, str) and spec.plain(reading) in self.documents

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.documents)

    def when_compiled(self, look: Look) -> None:
        """Have each reading looked at as soon as it is compiled, those that are at once."""
        with self._lock:
            self._looks.append(look)
            for versions in self._compiled.values():
                look(versions)

    def _compile(self, reading: str) -> Versions:
        with self._lock:
            if reading not in self._compiled:
                documents = self.documents_of(reading)
                made = {name: _edition(_Same(each), reading) for name, each in documents.items()}
                for look in self._looks:
                    look(made)
                self._compiled[reading] = made
            return self._compiled[reading]

    def documents_of(self, reading: str) -> Mapping[str, Document]:
        """Return the documents of a reading, by version; raises what asking for it raises."""
        if reading in self.documents:
            return self.documents[reading]
        versions = self.documents[spec.plain(reading)]
        return {name: bundled(name, reading, self._spec_dir) for name in versions}


class _Same:
    """A document that is equal to itself alone: what is bundled once is compiled once."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


@lru_cache(maxsize=16)
def _edition(bundled: _Same, reading: str) -> Edition:
    """Compile a document; what no check foresaw of one that is wrong is a sentence too."""
    document = bundled.document
    try:
        return Edition(document, reading)
    except spec.SpecError:
        raise
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error}".partition("\n")[0]
        version = document.get("info", {}).get("version", "a document")
        raise spec.SpecError(
            f"{version}, {reading}: the document cannot be served: {what} (in {where.name} of "
            f"{Path(where.filename).name})"
        ) from error
