"""The forms of a report: text for a terminal, Markdown to hand on, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from register_mock.explain.render import plain
from register_mock.rehearse.judging import DIFFERS, NAMES
from register_mock.rehearse.told import correction

Data = Mapping[str, Any]
MOST_NUMBERS = 12
LONGEST_ANSWER = 300
_REFUSED = 400


def as_json(told: Data) -> str:
    """Return the whole report as JSON."""
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_text(told: Data) -> str:
    """Return the report for a terminal."""
    return "\n".join(plain(line) for line in _text(told))


def as_markdown(told: Data) -> str:
    """Return the report in Markdown."""
    return "\n".join(_escaped(plain(line)) for line in _markdown(told))


FORMS: Mapping[str, Callable[[Data], str]] = {"text": as_text, "md": as_markdown, "json": as_json}


def _text(told: Data) -> Iterator[str]:
    yield from _head(told)
    yield from (f"  {number:>5}  {verdict}" for verdict, number in told["verdicts"].items())
    yield from _left_out(told)
    for title, rows in _causes(told):
        yield from ("", title)
        for row in rows:
            yield f"  {row['change']}: {row['sentence']} [{row['source']}]"
            for effect in row.get("effects", ()):
                yield f"      {effect['what']} ({_numbers(effect['requests'])})"
    yield from ("", "By record")
    for record in told["records"]:
        yield f"  {_record(record)}"
        for each in record["requests"]:
            yield f"    {each['number']:>4}  {each['verdict']:<24} {_asked(each)}: {each['words']}"
            yield from (f"          {line}" for line in _details(each))


def _markdown(told: Data) -> Iterator[str]:
    first, *rest = _head(told)
    yield from (f"# {first}", "", *rest, "", "| requests | verdict |", "|---|---|")
    yield from (f"| {number} | {verdict} |" for verdict, number in told["verdicts"].items())
    yield from _left_out(told)
    for title, rows in _causes(told):
        yield from ("", f"## {title}", "")
        for row in rows:
            yield f"- **{row['change']}**: {row['sentence']} ({row['source']})"
            for effect in row.get("effects", ()):
                yield f"  - {effect['what']} ({_numbers(effect['requests'])})"
    yield from ("", "## By record")
    for record in told["records"]:
        yield from ("", f"### {_record(record)}", "")
        yield from ("| | request | verdict | what came out |", "|---|---|---|---|")
        for each in record["requests"]:
            details = "<br>".join(line.replace("|", "¦") for line in _details(each))
            cells = each["number"], _asked(each), each["verdict"], each["words"]
            joined = " | ".join(str(cell).replace("|", "¦") for cell in cells)
            yield f"| {joined}{'<br>' if details else ''}{details} |"


def _head(told: Data) -> Iterator[str]:
    versions = " and ".join(told["from"])
    yield f"{told['traffic']}: from {versions} to {told['to']}, {told['reading']} reading"
    days = " to ".join(dict.fromkeys(told[name][:10] for name in ("first", "last")))
    yield f"{_many(told['requests'], 'request')}, sent {days}"


def _left_out(told: Data) -> Iterator[str]:
    if told["left_out"]:
        where = ", ".join(f"{host} ({number})" for host, number in told["left_out"].items())
        yield f"Left out are {_many(sum(told['left_out'].values()), 'request')} to {where}."


def _causes(told: Data) -> Iterator[tuple[str, Sequence[Data]]]:
    titles = {
        "causes": "By cause",
        "without_effect": "In this traffic, and nothing came of it",
        "never_touched": "Never touched by this traffic",
    }
    yield from ((title, told[name]) for name, title in titles.items() if told[name])


def _record(record: Data) -> str:
    return f"trainee {record['trainee']}" if record["trainee"] else "No trainee"


def _asked(each: Data) -> str:
    return str(each["request"])


def _details(each: Data) -> Iterator[str]:
    """Yield what is otherwise; names of answers are told by cause, once for all requests."""
    if each["happened"]:
        yield f"before it: {each['happened']}"
    for row in each["because"]:
        if row["about"] != NAMES:
            values = f": {_cut(row['was'])} was, {_cut(row['is'])} is" if "was" in row else ""
            cause = f" [{row['change']}]" if row["change"] else ""
            yield f"{row['what']}{values}{cause}"
    yield from map(correction, each["correct"])
    if each["verdict"] == DIFFERS:
        for name, answer in each["answers"].items():
            if answer["status"] >= _REFUSED:
                yield f"the answer {name}: {answer['status']} {_cut(answer['body'])}"


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}…"


def _numbers(numbers: Sequence[int]) -> str:
    if len(numbers) > MOST_NUMBERS:
        return f"{len(numbers)} requests, the first is {numbers[0]}"
    return f"request{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _escaped(line: str) -> str:
    """Return a line in which nothing that was recorded is markup."""
    return line.replace("<", "&lt;").replace("&lt;br>", "<br>")
