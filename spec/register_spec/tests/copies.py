"""A contract that is another in one point, as a folder of its own: for tests of any room."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import register_spec as spec
from register_spec.composing import compose
from register_spec.documents import Document

Change = Callable[[Document], Any]


def changed_contract(folder: Path, change: Change, version: str | None = None) -> Path:
    """Write the contract of a version, the newest unless said, after `change`; return the folder.

    It is one base without steps: the version's own document, tables and all.
    """
    version = version or spec.versions()[-1]
    document = deepcopy(_composed(version))
    change(document)
    folder.mkdir(parents=True, exist_ok=True)
    # JSON is YAML too, and takes a tenth of the time to write.
    text = json.dumps(document, ensure_ascii=False)
    (folder / f"{version}.yaml").write_text(text, encoding="utf-8")
    return folder


@cache
def _composed(version: str) -> Document:
    return compose(version, spec.DOCUMENTED, spec.source_folder())
