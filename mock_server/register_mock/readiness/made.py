"""A report made of journals, by the documents that their requests were about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import register_spec as spec
from register_mock.readiness.kept import Kept
from register_mock.readiness.report import Report, editions_asked, make_report
from register_mock.readiness.words import Place


class Documents(Protocol):
    """Where documents come from."""

    def versions(self, reading: str) -> Sequence[str]:
        """Return the versions of a reading, oldest first; none of one that there is not."""

    def document(self, version: str, reading: str) -> dict[str, Any]:
        """Return the bundled document of a version in a reading."""

    def rows(self) -> dict[str, Any]:
        """Return the rows of `readiness.yaml`."""


@dataclass(frozen=True)
class OfFolder:
    """The documents of a folder, or those that are shipped."""

    folder: Path | None = None

    def versions(self, reading: str) -> Sequence[str]:
        """Return the versions of a reading, oldest first; none of one that there is not."""
        name, folder = spec.plain(reading), self.folder
        return [each for each in spec.versions(folder) if name in spec.readings(each, folder)]

    def document(self, version: str, reading: str) -> dict[str, Any]:
        """Return a document. Raises SpecError when the reading has no such switch."""
        return spec.bundle(version, reading, self.folder)

    def rows(self) -> dict[str, Any]:
        """Return the rows. Raises SpecError when one is wrong."""
        return spec.readiness_rows(self.folder)


def reported(journals: Sequence[Kept], documents: Documents, at: datetime, place: Place) -> Report:
    """Return the report of journals.

    Raises SpecError when a journal is of a reading that the documents do not have.
    """
    served = {kept.reading: documents.versions(kept.reading) for kept in journals}
    for kept in journals:
        if not served[kept.reading]:
            raise spec.SpecError(
                f"the journal of {kept.world} is of the reading {kept.reading!r}, which no version "
                "here has; say another with --as, or the folder that has it with --spec"
            )
    newest = {reading: versions[-1] for reading, versions in served.items()}
    found = {
        (version, reading): documents.document(version, reading)
        for version, reading in editions_asked(journals, newest)
        if version in served[reading]
    }
    return make_report(journals, found, documents.rows(), at, place)
