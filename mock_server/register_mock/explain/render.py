"""How an entry of the journal looks to people: a line and its reasons, or one screen.

Whatever a client sent, or whoever answers in the mock's place, is printed as text: no markup, and
control characters, escapes and bidi marks written out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from register_mock.client import Reason, Request

MOST_ALLOWED = 8
MOST_LINES = 12
LONGEST_VALUE = 200
WIDEST_RULE = 100
# Headers that say something of the client only.
UNREMARKABLE = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Connection",
    "Content-Length",
    "Host",
    "User-Agent",
)
COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


def line(entry: Request) -> RenderableType:
    """Return an entry as a line, with its reasons below."""
    head = Text.assemble(
        (f"{plain(entry.id)} ", "bold"),
        (f"{plain(_time(entry)[11:23])} ", "dim"),
        _status(entry),
        " ",
        *_asked(entry),
        (f"  {_millisecs(entry)}", "dim"),
    )
    return Group(
        head, *(Padding(_reason(each), (0, 0, 0, 4), expand=False) for each in entry.explanation)
    )


def screen(entry: Request, is_full: bool = False) -> RenderableType:
    """Return an entry as one screen; bodies are cut unless `is_full`."""
    facts = [
        entry.operation or "no operation",
        entry.version or "no version",
        f"provider {entry.provider}" if entry.provider else "no provider",
        _time(entry),
        _millisecs(entry),
    ]
    parts: list[RenderableType] = [
        Text.assemble((f"{plain(entry.id)}  ", "bold"), *_asked(entry), "  ", _status(entry)),
        Text(plain(" · ".join(facts)), style="dim"),
    ]
    if entry.explanation:
        parts.append(_titled("why"))
        parts += _explained(entry.explanation, is_full)
    parts += [_titled("request"), *_message(entry.request, is_full)]
    parts += [_titled("response"), *_message(entry.response, is_full)]
    return Group(*parts)


def plain(text: str) -> str:
    """Return text in which what cannot be printed is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _titled(title: str) -> RenderableType:
    return Constrain(Rule(Text(title, style="bold"), align="left", style="dim"), WIDEST_RULE)


def _asked(entry: Request) -> Iterator[tuple[str, str]]:
    query = f"?{entry.query}" if entry.query else ""
    yield f"{plain(entry.method)} ", "bold"
    yield _cut(plain(entry.path + query)), ""


def _status(entry: Request) -> Text:
    status = entry.status
    if status is None:
        return Text("no answer", style="bold red")
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    return Text(f"{status} {phrase}".strip(), style=f"bold {COLOURS.get(status // 100, 'red')}")


def _time(entry: Request) -> str:
    return entry.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _millisecs(entry: Request) -> str:
    return f"{entry.duration_ms:.1f} ms"


def _reason(finding: Reason) -> Text:
    parts: list[tuple[str, str]] = [(f"{plain(finding.rule)} ", "yellow")]
    if finding.field:
        parts.append((f"{plain(finding.field)} ", "bold"))
    if finding.sent is not None:
        parts.append((f"sent {_value(finding.sent)} ", "red"))
    parts.append((_cut(plain(finding.message)), ""))
    return Text.assemble(*parts)


def _explained(findings: Sequence[Reason], is_full: bool) -> Iterator[RenderableType]:
    """Yield the reasons; a source that several share stands below the last of them."""
    for finding, following in zip(findings, [*findings[1:], None], strict=True):
        parts: list[tuple[str, str]] = [(plain(finding.rule), "yellow")]
        if finding.field:
            parts.append((f" · {plain(finding.field)}", ""))
        if finding.sent is not None:
            parts += [(" · sent ", "dim"), (_value(finding.sent, is_full), "red")]
        if finding.allowed is not None:
            parts += [(" · allowed ", "dim"), (_value(finding.allowed, is_full), "green")]
        rows = [Text(plain(finding.message), style="bold"), Text.assemble(*parts)]
        source = finding.source
        if source and (following is None or following.source != source):
            where = (source.get(key) for key in ("document", "title", "note", "pointer"))
            rows.append(Text(plain(" · ".join(str(each) for each in where if each)), style="dim"))
        yield Padding(Group(*rows), (0, 0, 0, 2), expand=False)


def _message(message: Mapping[str, Any], is_full: bool) -> Iterator[RenderableType]:
    for name, value in message.get("headers", {}).items():
        if name in UNREMARKABLE and not is_full:
            continue
        yield Text.assemble((f"{plain(name)}: ", "cyan"), plain(value))
    if not message.get("is_kept", True):
        yield Text("(no longer kept: newer requests needed the room)", style="dim")
    elif message.get("body") is not None:
        yield from _shown_body(message.get("body"), is_full)


def _shown_body(body: Any, is_full: bool) -> Iterator[RenderableType]:
    is_text = isinstance(body, str)
    text = plain(body) if is_text else json.dumps(body, indent=2, ensure_ascii=False)
    lines = text.split("\n")
    kept = lines if is_full else lines[:MOST_LINES]
    shown = "\n".join(plain(each) if is_full else _cut(plain(each)) for each in kept)
    yield (
        Text(shown)
        if is_text
        else Syntax(shown, "json", theme="ansi_dark", background_color="default", word_wrap=True)
    )
    if len(lines) > len(kept):
        yield Text(f"… {len(lines) - len(kept)} more lines: --full shows them", style="dim")


def _value(value: Any, is_full: bool = False) -> str:
    """Return a value of a row: a list by its first members, anything else as JSON."""
    if is_full:
        return _whole(value)
    if isinstance(value, list) and len(value) > MOST_ALLOWED:
        more = len(value) - MOST_ALLOWED
        return f"{_value(value[:MOST_ALLOWED])} and {more} more"
    return _cut(_whole(value))


def _whole(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return ", ".join(plain(str(each)) for each in value)
    return plain(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
