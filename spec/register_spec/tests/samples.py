"""What a bundled document shows by example, and what is wrong with it.

Each `*_problems` function returns a sentence for every disagreement, so that a test can hold it
against the real documents and against spoiled ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from register_spec.documents import Document
from register_spec.resolve import resolve, schema_properties
from register_spec.uses import operations

Sample = tuple[str, dict[str, Any], dict[str, Any]]


def samples(document: Document) -> Iterator[Sample]:
    """Yield place, schema and example object of every sample of the operations."""
    for _, operation in operations(document):
        places = [("request", operation.get("requestBody", {}))]
        places += list(operation["responses"].items())
        for status, carrier in places:
            for media in resolve(document, carrier).get("content", {}).values():
                for name, sample in media.get("examples", {}).items():
                    place = f"{operation['operationId']} {status} {name}"
                    yield place, media["schema"], sample


def validator(document: Document, schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema of the document; formats count, as they do for the mock."""
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def sample_problems(document: Document) -> list[str]:
    """Samples that do not satisfy the schema beside them."""
    compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}
    found = []
    for place, schema, sample in samples(document):
        key = repr(schema)
        if key not in compiled:
            compiled[key] = validator(document, schema)
        errors = compiled[key].iter_errors(sample["value"])
        found += [f"{place}: {error.message}" for error in errors]
    return found


def field_example_problems(document: Document) -> list[str]:
    """Examples of fields and parameters that their own schema refuses."""
    found = []
    for name, schema in document["components"]["schemas"].items():
        for field, content in schema.get("properties", {}).items():
            for example in content.get("examples", []):
                if not validator(document, content).is_valid(example):
                    found.append(f"{name}.{field}: {example!r}")
    for place, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                check = validator(document, parameter["schema"])
                if not check.is_valid(parameter["example"]):
                    found.append(f"{place} {parameter['name']}: {parameter['example']!r}")
    return found


def link_problems(document: Document) -> list[str]:
    """Links whose expressions find nothing in the samples of their answer."""
    found: list[str] = []
    for path, item in document["paths"].items():
        for operation in item.values():
            if not isinstance(operation, dict):
                continue
            for status, answer in operation["responses"].items():
                for name, link in resolve(document, answer).get("links", {}).items():
                    place = f"{operation['operationId']} {status} {name}"
                    found += _unmet(place, link, path, answer)
    return found


def _unmet(place: str, link: dict[str, Any], path: str, answer: dict[str, Any]) -> Iterator[str]:
    bodies = [
        s["value"] for m in answer["content"].values() for s in m.get("examples", {}).values()
    ]
    for parameter, expression in link["parameters"].items():
        kind, _, pointer = str(expression).partition("#")
        if kind == "$response.body":
            if not all(isinstance(_at(body, pointer), str) for body in bodies):
                yield f"{place}: {expression} finds nothing"
        elif expression != f"$request.path.{parameter}" or f"{{{parameter}}}" not in path:
            yield f"{place}: {expression} is not in {path}"


def _at(body: Any, pointer: str) -> Any:
    for step in pointer.strip("/").split("/"):
        try:
            body = body[int(step)] if isinstance(body, list) else body[step]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return body


def message_problems(document: Document) -> list[str]:
    """Samples of refusals that no answer of the tables gives."""
    rows = document["x-sentences"]["answers"].values()
    gaps = _gaps(document)
    return [
        f"{place}: {sample['value']}"
        for place, _, sample in samples(document)
        if (status := place.split(" ")[1]) >= "400" and status != "request"
        if not any(
            str(row["status"]) == status and _gives(row["body"], sample["value"], gaps)
            for row in rows
        )
    ]


def _gaps(document: Document) -> dict[str, str]:
    """For each gap of a text a pattern for whatever the tables can put in."""
    table = document["x-sentences"]
    texts = {row["text"] for row in table["fields"].values()}
    fields = set()
    for schema in document["components"]["schemas"].values():
        for field, content in schema_properties(document, schema).items():
            fields.add(field)
            texts.update(content.get("x-sentences", {}).values())
    queries = [table["query"]]
    for _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            queries += parameter.get("x-sentences", {}).values()
    field = "|".join(sorted(fields))
    own = table["label"].get("own", {})
    labels = [own.get(f, f.removesuffix("_id").replace("_", " ").capitalize()) for f in fields]
    label = "|".join(map(re.escape, labels))
    text = "|".join(re.escape(t).replace(r"\{limit\}", "[0-9]+") for t in sorted(texts))
    query = "|".join(
        re.escape(q).replace(r"\{value\}", ".*").replace(r"\{field\}", r"\w+") for q in queries
    )
    return {
        "count": "[0-9]+",
        "field": f"({field})",
        "text": f"({text})",
        "sentence": f"(({label}) ({text})|{query})",
    }


def _gives(body: Any, sample: Any, gaps: dict[str, str]) -> bool:
    """Whether the body of an answer can come out as a sample."""
    if isinstance(body, str):
        pattern = re.sub(r"\\{(\w+)\\}", lambda gap: gaps[gap[1]], re.escape(body))
        return isinstance(sample, str) and bool(re.fullmatch(pattern, sample))
    if isinstance(body, list):
        pairs = zip(body, sample, strict=False)
        return len(body) == len(sample) and all(_gives(b, s, gaps) for b, s in pairs)
    if "other" in body:
        return any(_gives(text, sample, gaps) for text in body.values())
    if "each" in body:
        if isinstance(sample, dict) is not ("by" in body):
            return False
        lists = sample.values() if "by" in body else [sample]
        shown = body.get("as")
        return shown is None or all(_gives(shown, s, gaps) for each in lists for s in each)
    return body.keys() == sample.keys() and all(
        _gives(child, sample[key], gaps) for key, child in body.items()
    )


def shown_keys(schema: dict[str, Any], samples_of: list[dict[str, Any]]) -> list[str]:
    """What is wrong between a response object's keys and its samples.

    `required` is what every sample has, and the first sample has the keys that are sent, in
    their order.
    """
    found = []
    common = set.intersection(*(set(sample) for sample in samples_of))
    if set(schema["required"]) != common:
        found.append(f"required differs by {sorted(set(schema['required']) ^ common)}")
    sent = [key for key, field in schema["properties"].items() if field.get("x-sent") != "never"]
    shown = list(samples_of[0])
    if [key for key in sent if key in shown] != shown:
        found.append("the order of the keys is not that of the sample")
    always = [key for key in sent if "x-sent" not in schema["properties"][key]]
    if missing := [key for key in always if key not in shown]:
        found.append(f"the sample lacks {missing}")
    return found
