"""All defects there are: those by hand first, then the operators' for every row of the documents.

What an operator would make once more is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import register_spec as spec
from register_mock.config import OptionError
from register_mock.defects.by_hand import PATCHES
from register_mock.defects.model import CLASSES, HAND, Defect
from register_mock.defects.operators import operated
from register_mock.defects.rows import read_rows
from register_spec import SpecError

Documents = Mapping[str, dict[str, Any]]
"""Bundled documents by their edition, `version` or `version@reading`; the most asked for first."""
_NAMED = 5


def documents_of(spec_dir: Path | None = None) -> Documents:
    """Return the document of each edition: newest first, the documented reading before others.

    Raises SpecError when one is wrong.
    """
    names = [
        (version, reading)
        for version in reversed(spec.versions(spec_dir))
        for reading in spec.readings(version, spec_dir)
    ]
    return {
        _edition(version, reading): spec.bundle(version, reading, spec_dir)
        for version, reading in names
    }


def _edition(version: str, reading: str) -> str:
    return version if reading == spec.DOCUMENTED else f"{version}@{reading}"


@lru_cache(maxsize=4)
def catalogue(spec_dir: Path | None = None) -> Mapping[str, Defect]:
    """Return every defect by its id.

    Raises SpecError, by name, for one of no class, one that stands twice, and a change of a row
    that no document has.
    """
    documents = documents_of(spec_dir)
    return collected(_all(documents), documents)


def collected(defects: Iterable[Defect], documents: Documents) -> Mapping[str, Defect]:
    """Return defects of these documents by their ids; raises what `catalogue` raises."""
    found: dict[str, Defect] = {}
    changes: set[str] = set()
    for each in defects:
        _check(each, found)
        change = _change(each, documents)
        if each.origin == HAND or change not in changes:
            changes.add(change)
            found[each.id] = each
    return found


def _all(documents: Documents) -> Iterator[Defect]:
    yield from PATCHES
    yield from read_rows()
    yield from operated(documents)


def _check(defect: Defect, found: Mapping[str, Defect]) -> None:
    if defect.kind not in CLASSES:
        raise SpecError(f"defect {defect.id}: there is no class {defect.kind!r}")
    if defect.id in found:
        raise SpecError(f"defect {defect.id}: the id stands twice")


def _change(defect: Defect, documents: Documents) -> str:
    """Return what tells two changes of rows apart; a patch is like no other.

    Raises SpecError for a change that has no place where it is to show.
    """
    if not defect.actions:
        return defect.id
    known = defect.edition in documents
    own = {defect.edition: documents[defect.edition]} if known else documents
    done = {edition: spec.effects(each, defect.actions[0]) for edition, each in own.items()}
    if not any(done.values()):
        target, where = defect.actions[0].row["target"], ", ".join(own)
        raise SpecError(f"defect {defect.id}: {target} matches nothing in {where}")
    return repr((done, [dict(action.row) for action in defect.actions[1:]]))


def named(id_: str, spec_dir: Path | None = None) -> Defect:
    """Return the defect of this id; raises OptionError, with the nearest ids, without one."""
    known = catalogue(spec_dir)
    if id_ in known:
        return known[id_]
    near = get_close_matches(id_, known, n=_NAMED, cutoff=0.3)
    nearest = f"; the nearest are {', '.join(near)}" if near else ""
    raise OptionError(
        f"--defect {id_}: there is no such defect; `register-mock defects` lists them{nearest}"
    )
