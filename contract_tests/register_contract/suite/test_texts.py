"""Texts: what a person may write comes back as it was written, in each field that takes any text.

Documents: the field tables of each request, which restrict lengths and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

from register_contract.oracle.contract import CREATE, UPDATE, Contract, Operation
from register_contract.oracle.derived import gathered_names
from register_contract.oracle.schemas import constraint, properties
from register_contract.suite.applies import to_operations, with_body
from register_contract.suite.bench import Bench
from register_contract.suite.combined import valid
from register_contract.suite.sending import send, set_aside
from register_contract.suite.subject import Subject

TEXTS = {
    "in two scripts": "Ωmega Łukasz",
    "with letters and accents apart": "Zoe\u0308 Nu\u0303ez",
    "from right to left": "\u05d3\u05d5\u05d3 \u0639\u0644\u064a",
    "beyond the first 65,536 characters": "\U00020bb7 \U0001f469\u200d\U0001f3eb",
    "in capitals and small letters": "mcDONALD o'Neill-SMITH",
    "of digits, zeros first": "000123",
    "like a number": "1e3",
    "like a date": "01/02/03",
    "like null": "null",
    "with quotes and a backslash": "\"a\" \\n 'b' <c> & %20 +",
    "with two spaces inside": "a  b",
    "between spaces": " Ann ",
    "with a line break": "a\nb",
}
"""What is written by hand, by what is special about it."""
_ADDRESSES = {
    "in capitals and small letters": "Ann.McDonald@Example.COM",
    "with a plus": "ann+register@example.com",
    "with a long last part": "ann@example.museum",
}


def _with_texts(operation: Operation, contract: Contract) -> bool:
    writes = operation.does in (CREATE, UPDATE) and with_body(operation, contract)
    return writes and bool(_fields(operation, contract))


def _fields(operation: Operation, contract: Contract) -> dict[str, Mapping[str, Any]]:
    """The fields of a request that take texts without a list or a form, and are shown."""
    fields = properties(contract, contract.data_schema(operation))
    shown = properties(contract, contract.shown(operation.kind)).keys()
    free = (fields.keys() & shown) - gathered_names(contract, operation.kind)
    found = {}
    for name, field in fields.items():
        rule = constraint(contract, field)
        if name in free and _is_text(rule) and "x-code-list" not in {**field, **rule}:
            found[name] = rule
    return found


def _is_text(rule: Mapping[str, Any]) -> bool:
    return "string" in rule.get("type", "string") and not {"enum", "format"} & rule.keys()


@to_operations(_with_texts)
def test_a_text_comes_back(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"texts of {operation.id}")
    fields = _fields(operation, bench.contract)
    if bench.share.brief:
        for texts in bench.some(_mixed(fields)):
            _try(bench, operation, texts, "with texts of many kinds")
        return
    for words, text in TEXTS.items():
        fitting = {n: text for n, rule in fields.items() if _fits(text, rule)}
        _try(bench, operation, fitting, f"with texts {words}")


def _mixed(fields: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Another text in each field, until each field had each of them."""
    texts = list(TEXTS.values())
    for first in range(len(texts)):
        turned = cycle([*texts[first:], *texts[:first]])
        chosen = zip(fields.items(), turned, strict=False)
        yield {name: text for (name, rule), text in chosen if _fits(text, rule)}


@to_operations(lambda operation, contract: operation.does == CREATE and bool(_addresses(operation)))
def test_an_address_comes_back(operation: Operation, bench: Bench) -> None:
    bench.needs_writing(f"e-mail addresses of {operation.id}")
    for words, address in bench.some(_ADDRESSES.items()):
        changes = dict.fromkeys(_addresses(operation), address)
        _try(bench, operation, changes, f"with an address {words}")


def _addresses(operation: Operation) -> list[str]:
    """The fields that have an e-mail address in the documented request."""
    sample = operation.sample["value"]["data"] if operation.sample else {}
    return [name for name, value in sample.items() if isinstance(value, str) and "@" in value]


def _fits(text: str, rule: Mapping[str, Any]) -> bool:
    return bool(rule.get("minLength", 0) <= len(text) <= rule.get("maxLength", len(text)))


def _try(bench: Bench, operation: Operation, changes: dict[str, Any], words: str) -> None:
    """Send them together; what is not valid beside the others, alone, unless the plan is brief."""
    subject = Subject(bench, operation)
    if not subject.ready():
        return
    data = {} if subject.is_update else valid(bench, operation.id)
    alone = list(set_aside(subject, data, changes))
    alone = [] if bench.share.brief else alone
    for change in (changes, *alone):
        if change and subject.ready():
            data = {} if subject.is_update else valid(bench, operation.id)
            send(bench, operation, subject, {**data, **change}, words)
