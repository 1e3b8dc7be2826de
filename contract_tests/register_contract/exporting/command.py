"""``register-contract export``: the contract and its scenarios as files for tools of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import register_spec as spec
from register_contract.exporting import FORMS
from register_contract.exporting.bruno import as_bruno
from register_contract.exporting.collection import collection_of
from register_contract.exporting.edition import Edition
from register_contract.exporting.http_files import as_http
from register_contract.exporting.openapi import as_openapi
from register_contract.exporting.postman import as_postman
from register_contract.target.ending import StoppedError
from register_contract.verdict.exports import NoExportError

Files = dict[str, str]
_MAKERS: tuple[Callable[[Edition], Files], ...] = (
    lambda edition: as_postman(collection_of(edition)),
    lambda edition: as_bruno(collection_of(edition)),
    lambda edition: as_http(collection_of(edition)),
    as_openapi,
)


def export(form: str, edition: str, folder: Path, spec_dir: Path | None) -> str:
    """Write an edition (``VERSION[@READING]``) into an empty or new folder; say what was written.

    Raises StoppedError where there is no such edition, or the folder cannot be used.
    """
    _check(folder)
    version, _, reading = edition.partition("@")
    make = dict(zip(FORMS, _MAKERS, strict=True))[form]
    try:
        made = make(Edition(version, reading or spec.DOCUMENTED, spec_dir))
    except (spec.SpecError, NoExportError) as error:
        raise StoppedError(f"{edition} cannot be exported: {error}") from error
    try:
        for name, text in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoppedError(f"{folder} cannot be written: {error.strerror}") from error
    return f"{len(made)} file{'s' if len(made) > 1 else ''} in {folder}"


def _check(folder: Path) -> None:
    """Refuse a folder in which something lies that an export would be mixed with."""
    if folder.exists() and not folder.is_dir():
        raise StoppedError(f"{folder} is a file; give a folder that is empty or not there yet")
    if folder.is_dir() and any(folder.iterdir()):
        raise StoppedError(f"{folder} is not empty; give a folder that is empty or not there yet")
