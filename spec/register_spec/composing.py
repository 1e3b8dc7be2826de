"""From the files of the contract to one document of one version and reading, not yet bundled.

The base is the one complete document of the folder. Its tables, samples and code lists lie beside
it, each in a file whose name is the name it has in the document: ``tables/lifecycle.yaml`` is
``x-lifecycle``, ``tables/domain/funding.yaml`` an entry of ``x-domain``,
``samples/show_trainee_200.yaml`` one of ``components.examples``, ``reference/sex.yaml`` one of
``x-code-lists``. Each later version is a step, what it changed; each reading is a file of changes
a version, on top of the reading of the version before. A change of either is an action of an
overlay (``overlay``), so the document of a version is made by applying them in their order: base,
steps, readings.
"""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from register_spec.documents import Document, SpecError, read_yaml, source_folder
from register_spec.drift import Touched, ledger
from register_spec.overlay import Action, ActionError, actions_of, apply
from register_spec.overlay import Path as Path_
from register_spec.plain import texts_in

DOCUMENTED = "documented"
"""The reading without a file: what the documents say."""
ENTRY = "(entry)"
"""Stands for an entry of a list in the places of a change."""
ON_REQUEST = "on request"
"""How a deviation is reproduced that has a switch: a reading has it as `deployed+its_id`."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one version or one reading changed; ``file`` is its path inside the folder.

    ``follows`` is the version before, ``succeeds`` the places of documents that the version's own
    documents say anew; ``summary`` tells what a reading is for.
    """

    version: str
    file: str
    follows: str | None
    succeeds: dict[str, str]
    actions: tuple[Action, ...]
    summary: str | None = None

    @property
    def drifts(self) -> bool:
        """Whether it is one of a reading."""
        return not self.file.startswith("steps/")

    @property
    def changes(self) -> frozenset[str]:
        """The ids of its changes."""
        return frozenset(action.change for action in self.actions)

    @property
    def sentences(self) -> list[str]:
        """What a client wants to know of each change, in order."""
        return [str(each.row["description"]) for each in self.actions if "x-id" in each.row]


def base_of(folder: Path) -> Path:
    """Return the base: the one document in the folder that is called after a version.

    Raises SpecError when there is none, or more than one.
    """
    found = sorted(folder.glob("v[0-9]*.yaml"))
    if not found:
        raise SpecError(f"{folder} holds no document named v<version>.yaml")
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise SpecError(f"{folder} holds {names}: one is the base, the others are steps/<version>")
    return found[0]


def files(folder: Path) -> list[Path]:
    """Return every file that a document of the folder may be made from.

    Raises SpecError when there is no base.
    """
    rooms = ("tables", "tables/domain", "samples", "reference", "steps")
    found = [base_of(folder), *(path for room in rooms for path in _beside(folder, room))]
    return [*found, *sorted((folder / "readings").glob("*/*.yaml"))]


def versions(spec_dir: Path | None = None) -> list[str]:
    """Return the versions there are, oldest first: the base's, then each step's.

    Raises SpecError when there is no base, or the steps are no chain.
    """
    folder = source_folder(spec_dir)
    files = ((path.name, path.read_bytes()) for path in _beside(folder, "steps"))
    return list(_versions(folder, base_of(folder).stem, tuple(files)))


@lru_cache(maxsize=32)
def _versions(folder: Path, base: str, files: tuple[tuple[str, bytes], ...]) -> tuple[str, ...]:
    """Return the versions of a folder whose steps have this content: asked for again and again."""
    return (base, *(step.version for step in steps(folder)))


def steps(folder: Path) -> list[Step]:
    """Return the steps of the folder in the order in which they follow each other.

    Raises SpecError for a step that follows nothing or what another one follows already.
    """
    waiting = [_step(path, "steps") for path in sorted((folder / "steps").glob("*.yaml"))]
    last, chain = base_of(folder).stem, []
    while waiting:
        following = [step for step in waiting if step.follows == last]
        if len(following) != 1:
            known = ", ".join(f"{step.file} follows {step.follows}" for step in waiting)
            raise SpecError(f"one step has to follow {last} (`x-follows`), but {known}")
        waiting.remove(following[0])
        chain.append(following[0])
        last = following[0].version
    return chain


def readings(version: str, folder: Path) -> list[str]:
    """Return the readings a version can be composed in; `documented` is the one without a file.

    Raises SpecError when there is no such version.
    """
    _known(version, folder)
    found = sorted(path.parent.name for path in (folder / "readings").glob(f"*/{version}.yaml"))
    return [DOCUMENTED, *found]


def deviations(version: str, folder: Path) -> dict[str, Step]:
    """Return what each other reading of a version changed itself, by reading.

    Raises SpecError when there is no such version, or a file is wrong.
    """
    _known(version, folder)
    paths = sorted((folder / "readings").glob(f"*/{version}.yaml"))
    return {path.parent.name: _overlay(path) for path in paths}


def _overlay(path: Path) -> Step:
    return _step(path, f"readings/{path.parent.name}")


def plain(reading: str) -> str:
    """Return a reading without what is switched on in it: `deployed` of `deployed+x`."""
    return reading.partition("+")[0]


def switched_on(reading: str) -> list[str]:
    """Return what is switched on in a reading: `x` of `deployed+x`."""
    return reading.split("+")[1:]


def with_switches(reading: str, switches: Iterable[str]) -> str:
    """Return a reading, which has none, with deviations switched on; each once and in order."""
    return "+".join([reading, *sorted(set(switches))])


def check_reading(version: str, reading: str, folder: Path) -> None:
    """Raise SpecError for a version, a reading of it, or a switch of the reading that is not there.

    A switch is there when any version of the reading has it: a world has several versions.
    """
    available = readings(version, folder)
    name, switched = plain(reading), switched_on(reading)
    if name not in available:
        raise SpecError(
            f"version {version} has no {name!r} reading; available: {', '.join(available)}"
        )
    if switched:
        switches = _switches(folder.glob(f"readings/{name}/*.yaml"))
        for unknown in [each for each in switched if each not in switches]:
            known = f"there are {', '.join(switches)}" if switches else "there are none"
            raise SpecError(f"reading {name} has no {unknown!r} to switch on; {known}")


def _switches(paths: Iterable[Path]) -> dict[str, Action]:
    """Return the deviations that are reproduced on request alone, by the id of their change."""
    return {
        action.change: action
        for path in sorted(paths)
        for action in _overlay(path).actions
        if action.row.get("x-drift", {}).get("reproduced") == ON_REQUEST
    }


def changes(version: str, reading: str, folder: Path) -> list[Step]:
    """Return what is applied to the base for a version and reading, in order.

    Raises SpecError for a version, or a reading of it, that does not exist.
    """
    check_reading(version, reading, folder)
    reading, switched = plain(reading), switched_on(reading)
    order = _known(version, folder)
    wanted = order[: order.index(version) + 1]
    applied = [step for step in steps(folder) if step.version in wanted]
    if reading != DOCUMENTED:
        files = (folder / "readings" / reading / f"{each}.yaml" for each in wanted)
        overlays = [path for path in files if path.is_file()]
        off = _switches(overlays).keys() - set(switched)
        applied += [_switched_off(_overlay(path), off) for path in overlays]
    return applied


def _switched_off(step: Step, off: Set[str]) -> Step:
    """Return a step of a reading in which some changes only tell what the service does."""
    left = (
        action.without_its_effect() if action.change in off else action
        for action in step.actions
        if action.change not in off or "x-id" in action.row
    )
    return replace(step, actions=(*left,))


def compose(version: str, reading: str, folder: Path, without: Collection[str] = ()) -> Document:
    """Return the document of a version and reading: base, steps and reading put together.

    `without` are changes of the reading to leave out; those that build on them, and find nothing
    to change then, are left out too. What is left stands in `x-drift`, without what it
    touches: that is told of a whole reading.

    Raises SpecError naming file and action for the first thing that is wrong.
    """
    applied, out = changes(version, reading, folder), set(without)
    while True:
        document = _stepped(version, folder) if without else _whole(folder)
        rest = [_but_for(step, out) for step in applied if step.drifts or not without]
        try:
            return _composed(document, reading, rest, told_whole=not without)
        except ActionError as error:
            own = any(step.drifts and error.change in step.changes for step in applied)
            if not without or not own or error.change in out:
                raise
            out.add(error.change)


def _but_for(step: Step, without: Collection[str]) -> Step:
    """A step of a reading without some of its changes; what would have ended them is over too."""
    if not step.drifts or not without:
        return step
    left = (
        action
        for action in step.actions
        if action.change not in without and action.row.get("x-ends") not in without
    )
    return replace(step, actions=(*left,))


def _stepped(version: str, folder: Path) -> Document:
    """The document of a version before any reading, made once of the same files."""
    digest = hashlib.sha256()
    for path in files(folder):
        digest.update(path.name.encode() + path.read_bytes())
    document: Document = pickle.loads(_stepped_of(version, folder, digest.hexdigest()))
    return document


@lru_cache(maxsize=4)
def _stepped_of(version: str, folder: Path, digest: str) -> bytes:
    return pickle.dumps(compose(version, DOCUMENTED, folder))


def _composed(
    document: Document, reading: str, applied: list[Step], *, told_whole: bool = True
) -> Document:
    touched = _applied(document, applied)
    if reading != DOCUMENTED:
        document["x-drift"] = ledger(document, touched, told_whole=told_whole)
    return document


def _applied(document: Document, applied: list[Step]) -> list[Touched]:
    """Apply steps to a document, in place; returns which action touched what."""
    touched = []
    ended = {action.row["x-ends"]: action for action in _all(applied) if "x-ends" in action.row}
    known = {action.change for action in _all(applied)}
    for name, action in ended.items():
        if name not in known:
            raise SpecError(f"{action.place}: x-ends names {name!r}, no action before it")
    for step in applied:
        if step.succeeds:
            _take_over_sources(document, step.succeeds)
        lasting = [action for action in step.actions if action.change not in ended]
        places = apply(document, lasting)
        touched += [Touched(step.version, each, places) for each in lasting]
        document["info"]["version"] = step.version
        if step.summary is not None:
            document["info"]["summary"] = step.summary
    return touched


@dataclass(frozen=True, slots=True)
class Change:
    """A named change of a step or a reading: its sentence, its source, and the places it touches.

    ``file`` is the path of the overlay in the folder. Names in the places are those used inside; an
    entry of a list is called `ENTRY` there. ``words`` are all texts that it puts in. ``is_gone``
    tells that only the first of two sides has it.
    """

    id: str
    file: str
    sentence: str
    source: Any
    places: tuple[Path_, ...]
    words: frozenset[str]
    is_gone: bool


def changes_between(one: tuple[str, str], other: tuple[str, str], folder: Path) -> list[Change]:
    """Return the changes that one of two versions, each with its reading, has and the other not.

    Those that are over in one of them are among them. Raises SpecError as `compose` does.
    """
    sides = [changes(version, reading, folder) for version, reading in (one, other)]
    lasting = [_lasting(applied) for applied in sides]
    found: dict[tuple[str, str], Change] = {}
    for applied, lasts, others in zip(sides, lasting, lasting[::-1], strict=True):
        document = _whole(folder)
        touched = _applied(document, applied)
        for step in applied:
            for action in step.actions:
                name = (step.file, action.change)
                if name in lasts - others and "x-id" in action.row:
                    places = (
                        _as_entry(document, path, action.change)
                        for each in touched
                        if each.action.change == action.change
                        and any(each.action is own for own in step.actions)
                        for path, by in each.places.items()
                        if by is each.action
                    )
                    found[name] = Change(
                        action.change,
                        step.file,
                        " ".join(action.row["description"].split()),
                        action.row["x-source"],
                        tuple(places),
                        frozenset(_put_in(step, action.change)),
                        is_gone=lasts is lasting[0],
                    )
    return list(found.values())


def _as_entry(document: Document, path: Path_, change: str) -> Path_:
    """A place, where it is an entry of a list under the name of its change, as such."""
    node: Any = document
    for step in path[:-1]:
        if not isinstance(node, dict) or step not in node:
            return path
        node = node[step]
    return (*path[:-1], ENTRY) if isinstance(node, list) and path[-1] == change else path


def _put_in(step: Step, change: str) -> Iterator[str]:
    """The texts that a change puts in, as keys and as values."""
    for action in step.actions:
        if action.change == change:
            yield from texts_in(action.row.get("update"))
            if "remove" in action.row:
                yield from re.findall(r"'([^']+)'", action.row["target"])


def _lasting(applied: list[Step]) -> set[tuple[str, str]]:
    """The changes of steps that no later one puts an end to, each with its file."""
    ended = {action.row["x-ends"] for action in _all(applied) if "x-ends" in action.row}
    return {
        (step.file, action.change)
        for step in applied
        for action in step.actions
        if action.change not in ended and "x-ends" not in action.row
    }


def _all(applied: list[Step]) -> Iterator[Action]:
    for step in applied:
        yield from step.actions


def _known(version: str, folder: Path) -> list[str]:
    known = versions(folder)
    if version not in known:
        raise SpecError(f"there is no version {version!r}; available: {', '.join(known)}")
    return known


def _step(path: Path, room: str) -> Step:
    name = f"{room}/{path.name}"
    content = read_yaml(path)
    actions = actions_of(content, name, drifts=room != "steps")
    info = content.get("info", {})
    version = info.get("version")
    if version != path.stem:
        raise SpecError(f"{name}: info.version is {version!r}; it has to be the file's name")
    follows, succeeds = content.get("x-follows"), content.get("x-succeeds", {})
    return Step(version, name, follows, succeeds, (*actions,), info.get("summary"))


def _whole(folder: Path) -> Document:
    """The base with its tables, samples and code lists in their places."""
    path = base_of(folder)
    document = _mapping(path, path.name)
    for table in _beside(folder, "tables"):
        document[f"x-{table.stem}"] = _mapping(table, f"tables/{table.name}")
    domain = document.setdefault("x-domain", {})
    for table in _beside(folder, "tables/domain"):
        domain[table.stem] = _mapping(table, f"tables/domain/{table.name}")
    examples = document.setdefault("components", {}).setdefault("examples", {})
    for sample in _beside(folder, "samples"):
        examples[sample.stem] = _mapping(sample, f"samples/{sample.name}")
    lists = document.setdefault("x-code-lists", {})
    for path in _beside(folder, "reference"):
        lists[path.stem] = _mapping(path, f"reference/{path.name}")
    return document


def _beside(folder: Path, room: str) -> list[Path]:
    return sorted((folder / room).glob("*.yaml"))


def _mapping(path: Path, name: str) -> dict[str, Any]:
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise SpecError(f"{name} is no mapping")
    return content


def _take_over_sources(node: Any, succeeds: dict[str, str]) -> None:
    """Name the newer document where it says the same again."""
    if isinstance(node, list):
        for child in node:
            _take_over_sources(child, succeeds)
    elif isinstance(node, dict):
        for key, child in node.items():
            if isinstance(child, str) and key in ("x-source", "document"):
                node[key] = _succeeding(child, succeeds)
            elif not isinstance(child, str):
                _take_over_sources(child, succeeds)


def _succeeding(source: str, succeeds: dict[str, str]) -> str:
    """The place that says it again; a document that is said again whole keeps its sections."""
    document, blank, section = source.partition(" ")
    return succeeds.get(source) or succeeds.get(document, document) + blank + section
