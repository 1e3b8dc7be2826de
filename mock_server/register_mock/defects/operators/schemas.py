"""Operators on the schemas: fields not asked for, limits off by one, codes that are not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from register_mock.defects.operators.change import Change, Document, Operator, entry, path, says

KIND = "validation"
_PLACE = ("components", "schemas")
# The last code of such a list is a year to come.
_OF_YEARS = ("academic_cycle",)
# By how much a limit is moved so that it takes one more.
_LIMITS = {"maxLength": 1, "maximum": 1, "minimum": -1, "minItems": -1}


def _requests(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the schemas of what is sent: objects in answers are closed."""
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(("Fields", "Request")) and "additionalProperties" not in schema:
            yield name, schema


def required_dropped(document: Document) -> Iterator[Change]:
    """A field that has to be sent is not asked for."""
    for name, schema in _requests(document):
        for field in schema.get("required", ()):
            sentence = f"{name} does not ask for {field}."
            place = path(*_PLACE, name, "required") + entry(field)
            yield Change(f"{name}.{field}", KIND, sentence, place)


def limit_off_by_one(document: Document) -> Iterator[Change]:
    """A limit of a field takes one more."""
    for name, schema in _requests(document):
        for field, row in schema.get("properties", {}).items():
            for place, part in _parts(path(*_PLACE, name, "properties", field), row):
                for keyword, step in _LIMITS.items():
                    if keyword in part and _decides(row, part):
                        limit = part[keyword] + step
                        sentence = f"{field} has a {keyword} of {limit} ({name})."
                        yield Change(
                            f"{name}.{field}.{keyword}", KIND, sentence, place, {keyword: limit}
                        )


def _parts(place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a field and the branches of it, each with its place."""
    yield place, row
    for branch in row.get("anyOf", ()):
        if isinstance(branch.get("type"), str):
            yield f"{place}.anyOf[?@.type == '{branch['type']}']", branch
        elif "x-code-list" in branch:
            yield f"{place}.anyOf[?@['x-code-list'] == '{branch['x-code-list']}']", branch


def _decides(row: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Tell whether a limit decides anything: not beside a list of codes or a pattern of lengths."""
    patterns = [str(each.get("pattern", "")) for each in row.get("allOf", ())]
    return "enum" not in part and not any("{" in pattern for pattern in patterns)


def code_refused(document: Document) -> Iterator[Change]:
    """A code of a list is refused."""
    seen: set[str] = set()
    for name, schema in _requests(document):
        for field, row in schema.get("properties", {}).items():
            for place, part in _parts(path(*_PLACE, name, "properties", field), row):
                listed = part.get("x-code-list", part.get("items", {}).get("x-code-list"))
                every = part.get("enum") or part.get("items", {}).get("enum") or []
                codes = [code for code in every if isinstance(code, str) and code]
                if listed and listed not in seen and codes:
                    seen.add(listed)
                    sentence = f"The code {codes[-1]} of {listed} is refused ({field})."
                    within = "" if "enum" in part else "['items']"
                    target = f"{place}{within}['enum']{entry(codes[-1])}"
                    yield Change(listed, KIND, sentence, target)


def code_not_listed(document: Document) -> Iterator[Change]:
    """A code of a list is missing among the reference data, and what follows from it."""
    for name, rows in document["x-code-lists"].items():
        if name in _OF_YEARS or not _is_looked_up(document, name):
            continue
        code = rows[-1]["code"]
        sentence = f"The code {code} of {name} is not in the list, and nothing follows from it."
        place = path("x-code-lists", name) + f"[?@.code == '{code}']"
        yield Change(name, "derived values", sentence, place)


def _is_looked_up(document: Document, name: str) -> bool:
    """Tell whether answers show a code list, or a value is taken from it."""
    tables = [document[table] for table in ("x-derived", "x-rules", "x-duplicates")]
    said = ("x-lists", document["components"]["schemas"]), ("in", tables)
    return any(says(node, key, name) for key, node in said)


OPERATORS: dict[str, Operator] = {
    each.__name__: each
    for each in (required_dropped, limit_off_by_one, code_refused, code_not_listed)
}
