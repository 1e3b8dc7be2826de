"""The two sides of a comparison: a version, a version in a reading, a file, or one of a git commit.

A side is *ours* when it has the tables of the contract: a mock serves it then, and what it does is
compared too. Any other OpenAPI document of 3.0 or 3.1 is compared by what it says.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

import register_spec as spec
from register_contract.target.ending import StoppedError

_TABLES = ("x-lifecycle", "x-sentences", "x-precedence", "x-code-lists")
"""What a document of ours has, and no other."""
_FORMS = re.compile(r"3\.[01](\.\d+)?(-.*)?")
_COMMIT = re.compile(r"[^:\s]+:[^:\s].*")
_GIT_SECONDS = 20


@dataclass(frozen=True)
class Side:
    """One side: what it is called, its document, and the text that has its lines, if it is a file.

    ``reading`` is that of a version of ours; empty for a file. ``file`` is how its place is named.
    """

    label: str
    document: Mapping[str, Any]
    reading: str = ""
    file: str = ""
    text: str = ""

    @property
    def ours(self) -> bool:
        """Whether it has the tables of the contract, so that a mock serves it."""
        return all(name in self.document for name in _TABLES)

    @property
    def version(self) -> str:
        """The version that the document names."""
        return str(self.document["info"].get("version", ""))

    @cached_property
    def lines(self) -> Mapping[tuple[str, ...], int]:
        """The line of each place of the document in its text; empty without one."""
        found: dict[tuple[str, ...], int] = {}
        if self.text:
            root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
            _note_lines(root, (), found)
        return found


def _note_lines(
    node: yaml.Node | None, path: tuple[str, ...], found: dict[tuple[str, ...], int]
) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            found[here] = key.start_mark.line + 1
            _note_lines(value, here, found)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            here = (*path, str(place))
            found[here] = value.start_mark.line + 1
            _note_lines(value, here, found)


def read_side(text: str, reading: str | None, spec_dir: Path | None) -> Side:
    """The side that a word of the command line names; ``reading`` is that of versions without one.

    Raises StoppedError, in one sentence, for what is none.
    """
    name, _, own = text.partition("@")
    known = spec.versions(spec_dir)
    if name in known:
        asked = own or reading or spec.DOCUMENTED
        try:
            document = spec.bundle(name, asked, spec_dir)
        except spec.SpecError as error:
            raise StoppedError(str(error)) from error
        return Side(f"{name}@{asked}" if asked != spec.DOCUMENTED else name, document, asked)
    path = Path(text)
    if path.is_file():
        return _of_text(text, _file(path))
    if _COMMIT.fullmatch(text) and not path.exists():
        return _of_text(text, _committed(text))
    if path.is_dir():
        raise StoppedError(f"{text} is a folder; name an OpenAPI document in it")
    raise StoppedError(
        f"{text} is no version ({', '.join(known)}), no file, and no COMMIT:PATH of git"
    )


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoppedError(f"{path} cannot be read: {error}") from error


def _committed(text: str) -> str:
    """The text of a file as a commit of the repository here has it."""
    commit, _, path = text.partition(":")
    # Not relative to the root, where one stands below it; and never an option of git.
    where = path if path.startswith("./") else f"./{path}"
    asked = ["git", "show", "--end-of-options", f"{commit}:{where}"]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=_GIT_SECONDS, check=False)
        if done.returncode:
            asked[-1] = f"{commit}:{path}"
            done = subprocess.run(asked, capture_output=True, timeout=_GIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoppedError(f"{text} cannot be read from git: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StoppedError(f"{text} cannot be read from git: {said[-1] if said else 'no answer'}")
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StoppedError(f"{text} is no text: {error}") from error


def _of_text(label: str, text: str) -> Side:
    try:
        document = spec.read_foreign(text)
    except spec.SpecError as error:
        raise StoppedError(f"{label} cannot be compared: {error}") from error
    problem = _problem(document)
    if problem:
        raise StoppedError(f"{label} cannot be compared: {problem}")
    return Side(label, document, file=label, text=text)


def _problem(document: Any) -> str:
    """Why something is no OpenAPI document that can be compared; empty when it is one."""
    if not isinstance(document, dict):
        return "it is no object, as an OpenAPI document is"
    if "openapi" not in document:
        old = " (Swagger 2.0 is not compared)" if "swagger" in document else ""
        return f"it has no `openapi`, which says the version of the format{old}"
    if not _FORMS.fullmatch(str(document["openapi"])):
        return f"it is OpenAPI {document['openapi']}; 3.0 and 3.1 can be compared"
    if not isinstance(document.get("info"), dict):
        return "it has no `info`"
    if not isinstance(document.get("paths"), dict):
        return "it has no `paths`"
    for path, item in document["paths"].items():
        if not isinstance(item, dict):
            return f"paths.{path} is no object"
    return ""
