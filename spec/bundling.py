"""From a version's YAML to one checked, self-contained document.

Five things are written out: `x-code-list` becomes an `enum`, `x-states` the names of the states,
a PATCH with `x-same-as` the operation it repeats, and the samples of `components.examples` go to
the places that refer to them; the coding and the codes of a field go into its description. The
lists themselves go to the root key `x-code-lists`, with labels and attributes, in the order of
their file.
"""

from __future__ import annotations

import copy
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from spec.agreement import check_agreement
from spec.checking import check_document
from spec.codes import CodeLists, code_lists, insert_codes
from spec.describing import describe
from spec.documents import METHODS, Document, SpecError, read_yaml, source_folder, versions
from spec.kept import keep, kept
from spec.resolve import resolve

_CODE = (
    "agreement.py",
    "bundling.py",
    "checking.py",
    "codes.py",
    "describing.py",
    "documents.py",
    "plain.py",
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
    caches = user_cache_path("register-contract")
    document = kept(caches, key)
    if document is None:
        document = _build(version, folder)
        keep(caches, key, document)
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


def _build(version: str, folder: Path) -> Document:
    document: Document = read_yaml(folder / f"{version}.yaml")
    if not isinstance(document, dict):
        raise SpecError(f"{version}.yaml is not an OpenAPI document")
    return assemble(document, code_lists(version, folder), f"{version}.yaml")


def assemble(document: Document, lists: CodeLists, name: str) -> Document:
    """Check a document as written and write out, in place, what it only names; return it.

    `name` stands in the messages. Raises SpecError naming the first place that is wrong.
    """
    check_document(document, name)
    document["x-code-lists"] = lists
    _write_out_repeated(document, name)
    check_agreement(document, name)
    _write_out_samples(document, document)
    document.get("components", {}).pop("examples", None)
    insert_codes(document, document)
    describe(document)
    return document


def _write_out_repeated(document: Document, name: str) -> None:
    for template, item in document.get("paths", {}).items():
        by_id = {item[m].get("operationId"): item[m] for m in METHODS if m in item}
        for method in METHODS:
            same_as = item.get(method, {}).get("x-same-as")
            if same_as is None:
                continue
            if same_as not in by_id:
                place = f"{name}: paths.{template}.{method}"
                raise SpecError(f"{place}: x-same-as names {same_as!r}, no operation here")
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
