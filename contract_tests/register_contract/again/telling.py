"""How it is told what became of findings: a line for each, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from register_contract.again.judging import Said, Word
from register_contract.verdict.cleaning import Cleaner
from register_contract.verdict.recorded import Recorded

FORMS = ("text", "json")
_WIDTH = 10
_STYLES = {Word.FIXED: "green", Word.STILL: "red", Word.CHANGED: "yellow", Word.UNDECIDED: "cyan"}


def tell(
    console: Console, rows: Sequence[tuple[Path, Recorded, Said]], form: str, clean: Cleaner
) -> None:
    """Print what is said of each finding; what a target sent has passed ``clean``."""
    if form == "json":
        told = [
            {
                "file": str(path),
                "verdict": said.word.value,
                "sentence": example.title,
                "why": said.why,
                "expected": said.wanted,
                "got": said.got,
            }
            for path, example, said in rows
        ]
        print(json.dumps(clean.within(told), indent=2))
        return
    for path, example, said in rows:
        title = f"{said.word:<{_WIDTH}} {clean.sentence(example.title)}"
        console.print(title, style=_STYLES[said.word], markup=False, soft_wrap=True)
        for name, text in (
            ("why", said.why),
            ("expected", said.wanted if said.word != Word.FIXED else ""),
            ("got", said.got if said.word != Word.FIXED else ""),
            ("file", str(path)),
        ):
            if text:
                line = f"  {name:<9}{clean.sentence(text)}"
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = [(word, sum(said.word == word for _, _, said in rows)) for word in Word]
    told_counts = ", ".join(f"{count} {word.lower()}" for word, count in counts if count)
    console.print(f"\n{told_counts}", highlight=False)


def code_of(said: Sequence[Said]) -> int:
    """The exit code: 0 all fixed, 1 one is not, 2 of one nothing can be said."""
    words = {each.word for each in said}
    if words & {Word.STILL, Word.CHANGED}:
        return 1
    return 2 if Word.UNDECIDED in words else 0
