"""From a version's YAML to one checked, self-contained document.

Four things are written out: `x-code-list` becomes an `enum`, `x-states` the names of the states,
a PATCH with `x-same-as` the operation it repeats, and the samples of `components.examples` go to
the places that refer to them. The lists themselves go to the root key `x-code-lists`, with labels
and attributes, in the order of their file.
"""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from platformdirs import user_cache_path

from spec.agreement import check_agreement
from spec.checking import check_document
from spec.documents import Document, SpecError, read_yaml, source_folder, versions
from spec.resolve import resolve

_METHODS = ("get", "put", "post", "delete", "patch")
_CODE = (
    "agreement.py",
    "bundling.py",
    "checking.py",
    "documents.py",
    "resolve.py",
    "uses.py",
    "x-keys.schema.yaml",
)


def readings(version: str, spec_dir: Path | None = None) -> list[str]:
    """Return the readings that a version can be bundled in.

    Raises SpecError when the version has no document.
    """
    _require_version(version, spec_dir)
    return ["documented"]


def bundle(version: str, reading: str = "documented", spec_dir: Path | None = None) -> Document:
    """Return one version and reading as a self-contained OpenAPI 3.1 document.

    The result is shared between callers of one process: treat it as frozen.

    Raises SpecError for an unknown version or reading, an unknown `x-` key, a wrong table, a code
    list or operation that does not exist; the message names the place.
    """
    available = readings(version, spec_dir)
    if reading not in available:
        raise SpecError(
            f"version {version} has no {reading!r} reading; available: {', '.join(available)}"
        )
    return _bundle(version, source_folder(spec_dir))


def _require_version(version: str, spec_dir: Path | None) -> None:
    known = versions(spec_dir)
    if version not in known:
        raise SpecError(f"there is no version {version!r}; available: {', '.join(known)}")


@cache
def _bundle_with_key(version: str, folder: Path, key: str) -> Document:
    cached = user_cache_path("register-contract") / f"{key}.json"
    try:
        document: Document = orjson.loads(cached.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        document = _build(version, folder)
        _keep(cached, orjson.dumps(document))
    return document


def _bundle(version: str, folder: Path) -> Document:
    return _bundle_with_key(version, folder, _cache_key(version, folder))


def _cache_key(version: str, folder: Path) -> str:
    """The key covers every byte a bundle is made from, and the code that makes it."""
    digest = hashlib.sha256()
    code = Path(__file__).parent
    for path in [folder / f"{version}.yaml", *sorted((folder / "reference").glob("*.yaml"))]:
        digest.update(path.name.encode() + path.read_bytes())
    for name in _CODE:
        digest.update((code / name).read_bytes())
    return f"{version}-{digest.hexdigest()[:32]}"


def _keep(path: Path, content: bytes) -> None:
    """Write the cache whole or not at all; without it the next start is only slower."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, path)
    except OSError:
        return


def _build(version: str, folder: Path) -> Document:
    document: Document = read_yaml(folder / f"{version}.yaml")
    if not isinstance(document, dict):
        raise SpecError(f"{version}.yaml is not an OpenAPI document")
    name = f"{version}.yaml"
    check_document(document, name)
    document["x-code-lists"] = _code_lists(version, folder)
    _write_out_repeated(document)
    check_agreement(document, name)
    _write_out_samples(document, document)
    document.get("components", {}).pop("examples", None)
    _insert_codes(document, document, ())
    return document


def _code_lists(version: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((folder / "reference").glob("*.yaml")):
        content = read_yaml(path)
        try:
            rows = [
                {key: value for key, value in row.items() if key != "versions"}
                for row in content["codes"]
                if version in row.get("versions", content["versions"])
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise SpecError(
                f"reference/{path.name} needs `versions` and `codes` with code and label"
            ) from error
        if rows:
            lists[path.stem] = rows
    return lists


def _write_out_repeated(document: Document) -> None:
    for template, item in document.get("paths", {}).items():
        by_id = {item[m]["operationId"]: item[m] for m in _METHODS if m in item}
        for method in _METHODS:
            same_as = item.get(method, {}).get("x-same-as")
            if same_as is None:
                continue
            if same_as not in by_id:
                raise SpecError(f"paths.{template}.{method}: x-same-as names no operation here")
            item[method] = {**copy.deepcopy(by_id[same_as]), **item[method]}


def _write_out_samples(document: Document, node: Any) -> None:
    if isinstance(node, list):
        for child in node:
            _write_out_samples(document, child)
    elif isinstance(node, dict):
        samples = node.get("examples")
        if isinstance(samples, dict):
            for name, sample in samples.items():
                samples[name] = resolve(document, sample)
        for key, child in node.items():
            if key not in ("examples", "x-code-lists"):
                _write_out_samples(document, child)


def _insert_codes(document: Document, node: Any, place: tuple[str, ...]) -> None:
    if isinstance(node, list):
        for index, child in enumerate(node):
            _insert_codes(document, child, (*place, str(index)))
    elif isinstance(node, dict):
        for key, child in node.items():
            if key not in ("examples", "x-code-lists"):
                _insert_codes(document, child, (*place, key))
        if isinstance(node.get("x-code-list"), str):
            node["enum"] = _enum(node, _codes(document, node, place))
        elif node.get("x-states") is True:
            node["enum"] = list(document["x-lifecycle"]["states"])


def _codes(document: Document, node: dict[str, Any], place: tuple[str, ...]) -> list[str]:
    name = node["x-code-list"]
    rows = document["x-code-lists"].get(name)
    if rows is None:
        raise SpecError(
            f"{'.'.join(place)}: there is no code list {name!r} for {document['info']['version']}"
        )
    for attribute, wanted in node.get("x-code-where", {}).items():
        rows = [row for row in rows if _has(row.get(attribute), wanted)]
        if not rows:
            raise SpecError(f"{'.'.join(place)}: no code of {name} has {attribute} {wanted!r}")
    return [row["code"] for row in rows]


def _has(value: Any, wanted: Any) -> bool:
    return bool(wanted in value if isinstance(value, list) else value == wanted)


def _enum(node: dict[str, Any], codes: list[str]) -> list[Any]:
    """The codes in every type the field has: as text, as number, and null."""
    types = node.get("type", "string")
    enum: list[Any] = list(codes)
    if "integer" in types:
        enum += [int(code) for code in codes]
    if "null" in types:
        enum.append(None)
    return enum
