"""The report on the terminal: progress while it runs, then what failed and what was not covered."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract_tests.finding import Example, Finding
from contract_tests.ledger import Layer, Ledger
from contract_tests.shell import word

_SHOWN = 400
_NAMES = 13
_SHOWN_FINDINGS = 25
_SHOWN_CRASHES = 3
_SHOWN_LINES = 12


class TerminalReport:
    """Prints a run to a rich console, layer by layer."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._open: Layer | None = None
        self._done = 0

    def start(self, facts: dict[str, str]) -> None:
        """Say what is about to be held to what."""
        for name, value in facts.items():
            self._console.print(f"[bold]{name:<9}[/] {escape(value)}", highlight=False)
        self._console.print()

    def progress(self, layer: Layer, total: int) -> None:
        """Show that one more test of ``layer`` ended; ``total`` is the number of tests there."""
        if self._open is not None and self._open is not layer:
            self.close_layer()
        self._open = layer
        self._done += 1
        if self._console.is_terminal:
            bad = f", {len(layer.findings)} found" if layer.findings else ""
            line = f"  {layer.title}: {self._done}/{total} tests, {layer.tried} checks{bad}"
            self._console.print(line, end="\x1b[K\r", highlight=False, markup=False)

    def close_layer(self) -> None:
        """Print the finished layer's line."""
        layer, self._open, self._done = self._open, None, 0
        if layer is None:
            return
        mark = "[green]ok  [/]" if layer.clean else "[red]FAIL[/]"
        count = len(layer.findings)
        found = f", [red]{count} finding{'' if count == 1 else 's'}[/]" if count else ""
        broken = f", [red]{len(layer.crashes)} errors in the suite[/]" if layer.crashes else ""
        end = "\x1b[K" if self._console.is_terminal else ""
        self._console.print(
            f"{mark} {escape(layer.title)}: {layer.tried} checks{found}{broken} "
            f"[dim]({layer.seconds:.1f} s)[/]{end}",
            highlight=False,
            soft_wrap=True,
        )

    def finish(self, ledger: Ledger, *, findings: bool = True) -> None:
        """Print findings (unless shown already), gaps and the closing line."""
        self.close_layer()
        if findings:
            self._failures(ledger)
        self._gaps(ledger)
        self._closing(ledger)

    def _failures(self, ledger: Ledger) -> None:
        findings = ledger.findings
        for number, finding in enumerate(findings[:_SHOWN_FINDINGS], 1):
            self._finding(number, finding, ledger.repeats)
        more = len(findings) - _SHOWN_FINDINGS
        if more > 0:
            self._console.print(f"\n{more} more findings; --report DIR has all of them")
        for layer in ledger.layers.values():
            for name, text in layer.crashes[:_SHOWN_CRASHES]:
                self._console.print(f"\n[red]error in the suite[/] {escape(name)}")
                last = "\n".join(text.strip().splitlines()[-_SHOWN_LINES:])
                self._console.print(escape(last), highlight=False, soft_wrap=True)

    def _finding(self, number: int, finding: Finding, scripts: Path | None) -> None:
        self._console.print(
            f"\n[red bold]{number}. {escape(finding.sentence)}[/]", highlight=False, soft_wrap=True
        )
        name = "operation" if len(finding.operations) == 1 else "operations"
        rows = [(name, finding.where), ("rule", finding.rule), ("seed", str(finding.seed))]
        self._rows(rows)
        for example in finding.examples:
            if example.sentence != finding.sentence:
                self._console.print(
                    f"\n   for example: {escape(example.sentence)}", highlight=False, soft_wrap=True
                )
            self._example(example, scripts)

    def _example(self, example: Example, scripts: Path | None) -> None:
        self._rows(
            [
                ("document", example.source),
                ("expected", example.expected),
                ("got", example.got[:_SHOWN]),
            ]
        )
        # Not in the table: a command line that is wrapped cannot be pasted.
        self._line("request", example.curl)
        if scripts is not None:
            self._line("repeat", f"sh {word(str(scripts / example.file))}")

    def _line(self, name: str, text: str) -> None:
        self._console.print(
            f"[dim]   {name:<10}[/] {escape(text)}", soft_wrap=True, highlight=False
        )

    def _rows(self, rows: list[tuple[str, str]]) -> None:
        table = Table.grid(padding=(0, 1))
        table.add_column(style="dim", no_wrap=True, min_width=_NAMES)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(f"   {name}", escape(value))
        self._console.print(table)

    def _gaps(self, ledger: Ledger) -> None:
        if not ledger.not_covered:
            return
        self._console.print("\n[bold]Not covered[/]")
        reasons: dict[str, list[str]] = {}
        for note in ledger.not_covered:
            reasons.setdefault(note.why, []).append(note.what)
        for why, whats in reasons.items():
            self._console.print(f"  {escape(why)}:", highlight=False)
            for what in whats:
                self._console.print(f"    - {escape(what)}", highlight=False)

    def _closing(self, ledger: Ledger) -> None:
        found = len(ledger.findings)
        crashes = sum(len(layer.crashes) for layer in ledger.layers.values())
        verdict = "[green bold]keeps the contract[/]"
        if found:
            verdict = f"[red bold]{found} finding{'' if found == 1 else 's'}[/]"
        if crashes:
            verdict = f"[red bold]{found} findings, {crashes} errors in the suite[/]"
        elif not ledger.tried and not found:
            verdict = "[yellow bold]nothing was tried[/]"
        self._console.print(
            f"\n{verdict}: {ledger.tried} checks, {ledger.facts.get('requests', '?')} requests, "
            f"{ledger.facts.get('seconds', '?')} s, seed {ledger.facts.get('seed', '?')}",
            highlight=False,
        )
