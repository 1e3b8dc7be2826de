"""A request of one version in the words of another: what was renamed, and what has no counterpart.

It follows from the tables alone. A field is the same in two versions when the name used inside is;
`x-names` of each has what it is called there. What the other version does not have is left out of
the translated body and named, as is a code that it does not take, which is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as Folder
from typing import Any

from register_spec.attributing import Attribution
from register_spec.bundling import bundle, readings, versions
from register_spec.composing import DOCUMENTED, Change, changes_between
from register_spec.documents import Document, SpecError, source_folder
from register_spec.overlay import Path
from register_spec.resolve import operations
from register_spec.sendable import (
    BLANK,
    code_list_of,
    codes_of,
    data_schema,
    entries_of,
    fields_of,
)

AT = "@"
"""Between a version and its reading: `v2026.1@deployed`."""
NO_FIELD, NO_CODE, NOT_KNOWN, TAKEN = "no such field", "no such code", "not known", "name taken"


@dataclass(frozen=True, slots=True)
class Renamed:
    """A field that is called otherwise: its place in the body that was sent, and both names."""

    place: Path
    old: str
    new: str
    cause: Change | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What has no counterpart: its place in the body that was sent, what it is, and why.

    `kind` is `NO_FIELD`: the field is one of the source alone, and is left out; `NO_CODE`: the
    code is one of the source alone, and stays; `NOT_KNOWN`: the source ignores the field, the
    target would not, so it is left out; `TAKEN`: another field has its name now, it is left out.
    """

    place: Path
    kind: str
    value: Any
    sentence: str
    cause: Change | None


@dataclass(frozen=True, slots=True)
class Translated:
    """A request in the words of another version.

    `operation` is what it is called there, `method` and `path` where it is asked, below the base
    path; all are None where the version has no such operation. `replaced_by` is the operation that
    takes its place, where it is deprecated there. `unmatched` is everything without a counterpart.
    """

    operation: str | None
    method: str | None
    path: str | None
    body: Any
    renamed: tuple[Renamed, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    replaced_by: str | None = None
    cause: Change | None = None

    @property
    def changed(self) -> bool:
        """Whether the body is another one than was sent."""
        return bool(self.renamed) or any(each.kind != NO_CODE for each in self.unmatched)


@dataclass(frozen=True)
class _Field:
    """A field of the source: its name in the target, if there is one, and what is inside of it.

    `codes` are those that the source takes and the target does not, or None where neither has any;
    `only` those that the target takes, where the source takes anything.
    """

    name: str
    inner: str
    schema: str
    new: str | None
    codes: frozenset[Any] = frozenset()
    only: frozenset[Any] | None = None
    code_list: str | None = None
    level: _Level | None = None


@dataclass(frozen=True)
class _Level:
    """The fields of an object; `others` are the names that the target knows."""

    fields: Mapping[str, _Field] = field(default_factory=dict)
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Operation:
    name: str
    acts_as: str
    method: str
    path: str
    row: Mapping[str, Any]


class Translation:
    """The requests of one document in the words of another; `changes` are those between them."""

    def __init__(self, source: Document, target: Document, changes: tuple[Change, ...]) -> None:
        """Index both. Raises SpecError for a reference that leads nowhere."""
        self.source, self.target = source, target
        self.causes = Attribution(source, target, changes)
        self.inner: Mapping[str, str] = source["x-names"]
        self._public: dict[str, str] = {
            inner: public for public, inner in target["x-names"].items()
        }
        self._versions = source["info"]["version"], target["info"]["version"]
        self._known = {each.name: each for each in _operations(source)}
        self._there = {each.name: each for each in _operations(target)}
        self._levels: dict[str, _Level | None] = {}
        self._lists: dict[str, frozenset[str]] | None = None

    def name(self, public: str) -> str:
        """Return what the target calls a field that the source calls so."""
        inner = self.inner.get(public, public)
        return self._public.get(inner, inner)

    def renamed(self, content: Any) -> Any:
        """Return JSON content, such as an answer, with the field names of the target."""
        if isinstance(content, dict):
            return {self.name(key): self.renamed(value) for key, value in content.items()}
        if isinstance(content, list):
            return [self.renamed(each) for each in content]
        return content

    def lists_of(self, inner: str) -> frozenset[str]:
        """Return the code lists of the fields that have a name inside, in either version."""
        if self._lists is None:
            found: dict[str, set[str]] = {}
            for document in (self.source, self.target):
                for schema in document["components"]["schemas"].values():
                    for name, row in schema.get("properties", {}).items():
                        listed = code_list_of(document, row)
                        if listed is not None:
                            own = document["x-names"].get(name, name)
                            found.setdefault(own, set()).add(listed)
            self._lists = {name: frozenset(lists) for name, lists in found.items()}
        return self._lists.get(inner, frozenset())

    def request(self, body: Any, operation: str) -> Translated:
        """Return a request in the words of the target; the body that is given stays as it is.

        Raises SpecError when the source has no such operation.
        """
        if operation not in self._known:
            names = ", ".join(self._known)
            raise SpecError(f"{self._versions[0]} has no operation {operation!r}; it has {names}")
        known = self._known[operation]
        there = self._counterpart(known)
        if there is None:
            cause = self.causes.behind(("paths", known.path), self.inner)
            return Translated(None, None, None, body, cause=cause)
        level = self._level(known, there)
        found: list[Renamed | Unmatched] = []
        made = body
        if level is not None and isinstance(body, dict) and isinstance(body.get("data"), dict):
            made = {**body, "data": self._object(body["data"], level, ("data",), found)}
        return Translated(
            there.name,
            there.method,
            there.path,
            made,
            tuple(each for each in found if isinstance(each, Renamed)),
            tuple(each for each in found if isinstance(each, Unmatched)),
            *self._replacement(there),
        )

    def _counterpart(self, known: _Operation) -> _Operation | None:
        """The operation of that name; else one that it repeats, or that repeats the same."""
        if known.name in self._there:
            return self._there[known.name]
        same = (each for each in self._there.values() if each.acts_as == known.acts_as)
        return next(same, None)

    def _replacement(self, there: _Operation) -> tuple[str | None, Change | None]:
        """What takes the place of a deprecated operation: one that repeats it and is not."""
        if there.row.get("deprecated"):
            for each in self._there.values():
                if each.acts_as == there.acts_as and not each.row.get("deprecated"):
                    return each.name, self.causes.behind(("paths", each.path), self.inner)
        return None, None

    def _level(self, known: _Operation, there: _Operation) -> _Level | None:
        if known.name not in self._levels:
            sides = [data_schema(self.source, known.row), data_schema(self.target, there.row)]
            one, other = sides
            made = None if one is None or other is None else self._compiled(one, other)
            self._levels[known.name] = made
        return self._levels[known.name]

    def _compiled(self, one: dict[str, Any], other: dict[str, Any]) -> _Level:
        """The fields of two schemas of the same, side by side."""
        mine, theirs = (
            dict(fields_of(document, schema))
            for document, schema in ((self.source, one), (self.target, other))
        )
        fields = {}
        for name, (schema, row) in mine.items():
            inner, new = self.inner.get(name, name), self.name(name)
            there = theirs.get(new)
            if there is None:
                fields[name] = _Field(name, inner, schema, None)
                continue
            taken, takes = codes_of(self.source, row), codes_of(self.target, there[1])
            fields[name] = _Field(
                name,
                inner,
                schema,
                new,
                frozenset() if taken is None or takes is None else taken - takes,
                takes if taken is None else None,
                code_list_of(self.target, there[1]) or code_list_of(self.source, row),
                self._nested(row, there[1]),
            )
        return _Level(fields, frozenset(theirs))

    def _nested(self, row: dict[str, Any], there: dict[str, Any]) -> _Level | None:
        one, other = entries_of(self.source, row), entries_of(self.target, there)
        return self._compiled(one, other) if one is not None and other is not None else None

    def _object(
        self,
        data: Mapping[str, Any],
        level: _Level,
        place: Path,
        found: list[Renamed | Unmatched],
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        given = {level.fields[key].new for key in data if key in level.fields}
        for key, value in data.items():
            here = (*place, key)
            known = level.fields.get(key)
            if known is None:
                if key in given or key in level.others:
                    found.append(self._ignored(here, value, key in given))
                else:
                    made[key] = value
            elif known.new is None:
                found.append(self._gone(here, known, value))
            else:
                if known.new != key:
                    cause = self.causes.of_name(key) or self.causes.of_name(known.new)
                    found.append(Renamed(here, key, known.new, cause))
                made[known.new] = self._value(value, known, here, found)
        return made

    def _value(
        self, value: Any, known: _Field, place: Path, found: list[Renamed | Unmatched]
    ) -> Any:
        if known.level is not None and isinstance(value, list):
            return [
                self._object(each, known.level, (*place, number), found)
                if isinstance(each, dict)
                else each
                for number, each in enumerate(value)
            ]
        if known.codes or known.only is not None:
            found.extend(self._other_codes(value, known, place))
        return value

    def _other_codes(self, value: Any, known: _Field, place: Path) -> Iterator[Unmatched]:
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, (str, int, float)) or each in BLANK:
                continue
            if each in known.codes or (known.only is not None and each not in known.only):
                name = known.code_list
                cause = self.causes.of_code(name, str(each)) if name else None
                what = f"{self._versions[1]} has no code {each!r} for {known.new}"
                cause = cause or self.causes.of_field(known.schema, known.inner)
                yield Unmatched(place, NO_CODE, each, what, cause)

    def _gone(self, place: Path, known: _Field, value: Any) -> Unmatched:
        what = f"{self._versions[1]} has no field {known.name} here"
        cause = self.causes.of_field(known.schema, known.inner)
        return Unmatched(place, NO_FIELD, value, what, cause)

    def _ignored(self, place: Path, value: Any, is_taken: bool) -> Unmatched:
        name, (old, new) = place[-1], self._versions
        what = f"{old} ignores {name}, which {new} does not; it is left out"
        if is_taken:
            what = f"{old} ignores {name}, which {new} has for another field that was sent"
        cause = self.causes.behind(("x-names", name), {}) or self._bringing(str(name))
        return Unmatched(place, TAKEN if is_taken else NOT_KNOWN, value, what, cause)

    def _bringing(self, name: str) -> Change | None:
        inner = self.target["x-names"].get(name, name)
        schemas = self.target["components"]["schemas"]
        found = (self.causes.of_field(schema, inner) for schema in schemas)
        renamed = next((self.causes.of_name(o) for o, i in self.inner.items() if i == inner), None)
        return next(filter(None, found), None) or renamed


def translate(
    body: Any, operation: str, source: str, target: str, spec_dir: Folder | None = None
) -> Translated:
    """Return a request of one version in the words of another; nothing is dropped in silence.

    `body` is what was sent, as JSON content; `operation` its operationId; `source` and `target`
    are versions, with `@` and a reading if that is not the documented one: `v2026.1@deployed`.
    Raises SpecError, one sentence, for a version, a reading or an operation that there is not.
    """
    return translation(source, target, spec_dir).request(body, operation)


def translation(source: str, target: str, spec_dir: Folder | None = None) -> Translation:
    """Return what translates many requests of one version: the same as `translate`, prepared.

    Raises SpecError as `translate` does, but for the operation.
    """
    folder = source_folder(spec_dir)
    return _translation(_side(source, folder), _side(target, folder), folder, _state(folder))


@lru_cache(maxsize=16)
def _translation(
    source: tuple[str, str], target: tuple[str, str], folder: Folder, _: object
) -> Translation:
    documents = [bundle(*side, folder) for side in (source, target)]
    try:
        changes = tuple(changes_between(source, target, folder))
    except SpecError:
        changes = ()  # a folder of documents that are bundled already names none
    return Translation(documents[0], documents[1], changes)


def _state(folder: Folder) -> tuple[tuple[str, int, int], ...]:
    """What tells that files of a folder have changed since."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".json"))
    return tuple((str(p), (s := p.stat()).st_mtime_ns, s.st_size) for p in found)


def _side(text: str, folder: Folder) -> tuple[str, str]:
    version, _, reading = text.partition(AT)
    known = versions(folder)
    if version not in known:
        raise SpecError(f"there is no version {version!r}; available: {', '.join(known)}")
    reading = reading or DOCUMENTED
    there = readings(version, folder)
    if reading.partition("+")[0] not in there:
        raise SpecError(f"{version} has no {reading!r} reading; there are {', '.join(there)}")
    return version, reading


def _operations(document: Document) -> Iterator[_Operation]:
    for path, method, row, _ in operations(document):
        name: str = row["operationId"]
        yield _Operation(name, row.get("x-same-as", name), method.upper(), path, row)
