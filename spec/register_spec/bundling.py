"""From the files of the contract to one checked, self-contained document.

What is said once is written out (`written`); `x-code-list` becomes an `enum`, `x-states` the names
of the states, and the samples of `components.examples` go to the places that refer to them; the
coding and the codes of a field go into its description. The code lists themselves stay at the root
key `x-code-lists`, with labels and attributes, in the order of their file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from register_spec import composing
from register_spec.agreement import check_agreement
from register_spec.cache import cached, store
from register_spec.checking import check_document
from register_spec.codes import code_lists, insert_codes
from register_spec.describing import describe
from register_spec.documents import Document, SpecError, source_folder
from register_spec.naming import name_outward
from register_spec.ready import ready, ready_readings, ready_versions
from register_spec.resolve import resolve
from register_spec.written import write_out


def versions(spec_dir: Path | None = None) -> list[str]:
    """Return the versions there are, oldest first.

    Raises SpecError when there is no base, or the steps are no chain.
    """
    return ready_versions(source_folder(spec_dir)) or composing.versions(spec_dir)


def readings(version: str, spec_dir: Path | None = None) -> list[str]:
    """Return the readings that a version can be bundled in.

    Raises SpecError when there is no such version.
    """
    folder = source_folder(spec_dir)
    return ready_readings(version, folder) or composing.readings(version, folder)


def check_reading(version: str, reading: str, spec_dir: Path | None = None) -> None:
    """Raise SpecError, with what there is, for a reading that a version cannot be bundled in."""
    folder = source_folder(spec_dir)
    available = ready_readings(version, folder)
    if not available:
        composing.check_reading(version, reading, folder)
    elif reading not in available:
        raise SpecError(f"{version} has no {reading!r} reading; there are {', '.join(available)}")


def bundle(
    version: str, reading: str = composing.DOCUMENTED, spec_dir: Path | None = None
) -> Document:
    """Return one version and reading as a self-contained OpenAPI 3.1 document.

    `deployed+ID` is the deployed reading with a deviation that it has on request only.
    The result is shared between callers of one process: treat it as frozen.

    Raises SpecError for an unknown version or reading, an unknown `x-` key, a wrong table, a code
    list or operation that does not exist; the message names the place.
    """
    folder = source_folder(spec_dir)
    if ready_versions(folder):
        return ready(version, reading, folder)
    if reading != composing.plain(reading):
        check_reading(version, reading, folder)
    key = _cache_key(version, reading, folder)
    return _bundle_with_key(version, reading, folder, key)


def bundle_without(
    version: str, reading: str, changes: Collection[str], spec_dir: Path | None = None
) -> Document:
    """Return the document of a reading without some of its changes, and those that build on them.

    Its `x-drift` has what is left. Raises SpecError as `bundle` does, and where what is left makes
    no document.
    """
    folder = source_folder(spec_dir)
    document = composing.compose(version, reading, folder, changes)
    return assemble(name_outward(document, version), version)


def every_code(spec_dir: Path | None = None) -> dict[str, list[str]]:
    """Return, for each code list, every code that it has in any version and reading.

    The lists of `spec_dir` come first, then what the lists that this package ships have beyond
    them: a code that was taken out of a copy is still known. Raises SpecError as `bundle` does.
    """
    found: dict[str, dict[str, None]] = {}
    for folder in dict.fromkeys((source_folder(spec_dir), source_folder())):
        for version in composing.versions(folder):
            for reading in composing.readings(version, folder):
                for name, rows in bundle(version, reading, folder)["x-code-lists"].items():
                    found.setdefault(name, {}).update({row["code"]: None for row in rows})
    return {name: list(codes) for name, codes in found.items()}


@cache
def _bundle_with_key(version: str, reading: str, folder: Path, key: str) -> Document:
    caches = user_cache_path("register-contract")
    document = cached(caches, key)
    if document is None:
        document = build(version, reading, folder)
        store(caches, key, document)
    return document


def _cache_key(version: str, reading: str, folder: Path) -> str:
    """The key covers every byte a bundle is made from, and the code that makes it."""
    digest = hashlib.sha256()
    code = Path(__file__).parent
    for path in (*composing.files(folder), code / "x-keys.schema.yaml", *sorted(code.glob("*.py"))):
        digest.update(path.name.encode() + path.read_bytes())
    return f"{version}-{reading}-{digest.hexdigest()[:32]}"


def build(version: str, reading: str, folder: Path) -> Document:
    """Compose and assemble a document, without the cache. Raises SpecError as `bundle` does."""
    document = name_outward(composing.compose(version, reading, folder), version)
    return assemble(document, version)


def assemble(document: Document, name: str) -> Document:
    """Check a composed document and write out, in place, what it only names; return it.

    `name` stands in the messages. Raises SpecError naming the first place that is wrong.
    """
    check_document(document, name)
    write_out(document, name)
    document["x-code-lists"] = code_lists(document["x-code-lists"])
    check_agreement(document, name)
    _write_out_samples(document, document)
    document.get("components", {}).pop("examples", None)
    insert_codes(document, document)
    describe(document)
    return document


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
