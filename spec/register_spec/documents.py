"""Where the documents lie and how YAML is read: C loader, and dates stay text."""

from __future__ import annotations

import pickle
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import yaml

from register_spec.plain import flaw

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")


class SpecError(Exception):
    """A document of the contract is missing or wrong; the message names the place."""


class _Loader(yaml.CSafeLoader):
    """Safe YAML without the timestamp resolver: 2024-01-01 is a text, as in JSON.

    A key that stands twice is an error: of two rows with one id, YAML would drop the first.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        # Before what `<<` brings in is among them: that may be replaced.
        written = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(written)) < len(written):
            twice = next(key for key in written if written.count(key) > 1)
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice!r} stands there twice", node.start_mark
            )
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}

# The wheel puts the documents into the package; in a clone they lie around it.
_INSTALLED = Path(__file__).with_name("data")
_SHIPPED = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[1]


def source_folder(spec_dir: Path | None = None) -> Path:
    """Return the folder of the documents: `spec_dir`, or the one this package ships.

    Raises SpecError when the folder does not exist.
    """
    folder = spec_dir if spec_dir is not None else _SHIPPED
    if not folder.is_dir():
        raise SpecError(f"{folder} is not a folder of specification documents")
    return folder


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file; dates stay text.

    Raises SpecError when the file is missing, is not YAML, or says what JSON cannot.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} cannot be read: {error}") from error
    try:
        return pickle.loads(_loaded(text))
    # A number of five thousand digits is a ValueError.
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{path} is not YAML: {error}") from error
    except _FlawError as error:
        raise SpecError(f"{path}: {error}") from error


def read_foreign(text: str) -> Any:
    """Return the content of a text that others wrote, YAML or JSON; dates stay text.

    Statuses as keys may be without quotes. Raises SpecError, which names the line where it can.
    """
    try:
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError:
            document = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"it is neither YAML nor JSON: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise SpecError("it is nested too deep") from error
    wrong = flaw(document, any_keys=True)
    if wrong is not None:
        raise SpecError(wrong)
    return _with_texts_as_keys(document)


def _with_texts_as_keys(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_texts_as_keys(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {str(key): _with_texts_as_keys(each) for key, each in node.items()}


class _FlawError(Exception):
    """What a text says that JSON cannot."""


@lru_cache(maxsize=256)
def _loaded(text: str) -> bytes:
    """Return the content of a YAML text, pickled: each who asks changes a copy of its own.

    A folder is read again for each of its documents, and reading YAML is half of composing one.
    """
    document = yaml.load(text, Loader=_Loader)
    wrong = flaw(document)
    if wrong is not None:
        raise _FlawError(wrong)
    return pickle.dumps(document)


def openapi_dump(document: Document, form: str) -> str:
    """Return a bundled document as text; `form` is `yaml` or `json`."""
    if form == "json":
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.CSafeDumper):
    """No anchors: other YAML readers and people want the text in its place."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


# What some reader of YAML takes for a number, a time or a truth value: 083, 0o17, 12:30, y.
_AMBIGUOUS = re.compile(r"[-+]?\.?[0-9][0-9_.,:+\-eEoOxXtTzZ ]*|[yYnN]")


def _dump_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if _AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _dump_text)
