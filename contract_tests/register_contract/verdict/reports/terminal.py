"""The report on the terminal: progress while it runs, then what failed and what was not covered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from register_contract.target.shell import word
from register_contract.verdict.finding import Example, Finding
from register_contract.verdict.judgement import State, Tone, state_of, verdict_of
from register_contract.verdict.reports.gaps import grouped
from register_contract.verdict.results import Layer, Results
from register_contract.verdict.timeline import as_text

_SHOWN = 400
_FACT = 9
_NAMES = 13
_SHOWN_FINDINGS = 25
_SHOWN_CRASHES = 3
_SHOWN_IDS = 5
_SHOWN_LINES = 12
_STYLES = {
    Tone.GOOD: "green bold",
    Tone.PARTLY: "cyan bold",
    Tone.BAD: "red bold",
    Tone.OPEN: "yellow bold",
}
_MARKS = {State.OK: "green", State.FAILED: "red", State.PART: "yellow", State.NOT_TRIED: "dim"}


class TerminalReport:
    """Prints a run to a rich console, layer by layer."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._open: Layer | None = None

    def start(self, results: Results) -> None:
        """Say what is about to be held to what, and the layers in the order they will come in."""
        for name, value in results.facts.items():
            self._console.print(f"[bold]{name:<{_FACT}}[/] {escape(value)}", highlight=False)
        layers = [layer for layer in results.layers.values() if layer.planned]
        if layers:
            self._plan(layers, results.planned)
        self._console.print()

    def _plan(self, layers: Sequence[Layer], all_trials: int) -> None:
        """What is planned: of each layer how many tests, and trials where these make more."""
        tests, trials = sum(each.planned for each in layers), sum(each.trials for each in layers)
        said = f"{tests:,} tests, {trials:,} of {all_trials:,} trials: "
        said += ", ".join(
            f"{each.title} {each.planned:,}"
            + (f"/{each.trials:,}" if each.trials != each.planned else "")
            for each in layers
        )
        table = Table.grid(padding=(0, 1))
        table.add_column(style="bold", no_wrap=True, min_width=_FACT)
        table.add_column(overflow="fold")
        table.add_row("order", escape(said))
        self._console.print(table)

    def progress(self, layer: Layer) -> None:
        """Show that one more test of ``layer`` ended."""
        if self._open is not None and self._open is not layer:
            self.close_layer()
        self._open = layer
        if self._console.is_terminal:
            bad = f", {len(layer.findings)} found" if layer.findings else ""
            line = (
                f"  {layer.title}: {layer.tests}/{layer.planned} tests, {layer.tried} checks{bad}"
            )
            self._console.print(line, end="\x1b[K\r", highlight=False, markup=False)

    def close_layer(self) -> None:
        """Print the finished layer's line."""
        layer, self._open = self._open, None
        if layer is None:
            return
        state = state_of(layer)
        count, crashes = len(layer.findings), len(layer.crashes)
        found = f", [red]{count} finding{'' if count == 1 else 's'}[/]" if count else ""
        plural = "" if crashes == 1 else "s"
        broken = f", [red]{crashes} error{plural} in the suite[/]" if crashes else ""
        tried = f"{layer.tried} checks" if layer.tried else "nothing tried"
        end = "\x1b[K" if self._console.is_terminal else ""
        self._console.print(
            f"[{_MARKS[state]}]{state:<4}[/] {escape(layer.title)}: {tried}{found}{broken} "
            f"[dim]({layer.seconds:.1f} s)[/]{end}",
            highlight=False,
            soft_wrap=True,
        )

    def finish(self, results: Results, *, findings: bool = True) -> None:
        """Print findings (unless shown already), gaps and the closing line."""
        self.close_layer()
        if findings:
            self._known(results)
            self._failures(results)
        self._unsaid(results)
        self._gaps(results)
        self._left(results)
        self._closing(results)

    def say(self, sentence: str) -> None:
        """Print one line, below the layers."""
        self.close_layer()
        self._console.print(escape(sentence), style="dim", highlight=False, soft_wrap=True)

    def _known(self, results: Results) -> None:
        if not results.deviations:
            return
        self._console.print("\n[bold]Known drift[/]")
        for deviation in results.deviations:
            times = "once" if deviation.count == 1 else f"{deviation.count:,} times"
            self._console.print(
                f"\n[cyan bold]{escape(deviation.title)}[/]", highlight=False, soft_wrap=True
            )
            rows = []
            if len(deviation.entries) == 1:
                (entry,) = deviation.entries
                rows = [("documents", entry.documents), ("service", entry.service)]
            rows += [("showed", f"{times}, in {deviation.where}")]
            self._rows([*rows, ("example", deviation.example.sentence)])

    def _failures(self, results: Results) -> None:
        findings = results.findings
        for number, finding in enumerate(findings[:_SHOWN_FINDINGS], 1):
            self._finding(number, finding, results.repeats)
        more = len(findings) - _SHOWN_FINDINGS
        if more > 0:
            self._console.print(f"\n{more} more findings; --report DIR has all of them")
        for layer in results.layers.values():
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
        self._rows([*rows, *([("note", finding.note)] if finding.note else [])])
        for example in finding.shown:
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
        for line in as_text(example.timeline):
            self._console.print(f"   {escape(line)}", highlight=False, soft_wrap=True)
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

    def _gaps(self, results: Results) -> None:
        if not results.not_covered:
            return
        self._console.print("\n[bold]Not covered[/]")
        for gap in grouped(results.not_covered):
            self._console.print(f"  {escape(gap.line)}", highlight=False, soft_wrap=True)

    def _unsaid(self, results: Results) -> None:
        """How many fields of answers were held to nothing; which ones, the report has."""
        if results.unsaid:
            self._console.print(
                f"\nFields of which nobody can say what is due when they are first shown: "
                f"{len(results.unsaid)} (shown {results.unsaid.total():,} times)",
                highlight=False,
                soft_wrap=True,
            )

    def _left(self, results: Results) -> None:
        """What is left on the target that the run made."""
        own = results.own
        if own is None or not own.sentences:
            return
        self._console.print("\n[bold]Left on the target[/]")
        lines = []
        for (kind, why), ids in own.groups.items():
            more = f" and {len(ids) - _SHOWN_IDS} more" if len(ids) > _SHOWN_IDS else ""
            shown = ", ".join(ids[:_SHOWN_IDS])
            lines.append(f"{len(ids):,} of kind {kind}, as {why}: {shown}{more}")
        lines += own.sentences
        lines += [f"All of them: {own.file}"] if own.file else []
        for line in lines:
            self._console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)

    def _closing(self, results: Results) -> None:
        verdict = verdict_of(results)
        facts = results.facts
        told = [f"{results.tried} checks", f"{facts.get('requests', '?')} requests"]
        told += [f"{facts['seconds']} s"] if "seconds" in facts else []
        told += [f"seed {facts['seed']}"] if "seed" in facts else []
        self._console.print(
            f"\n[{_STYLES[verdict.tone]}]{verdict.headline}[/]: {', '.join(told)}",
            highlight=False,
            soft_wrap=True,
        )
        reach = "" if verdict.complete else verdict.reach.sentence
        vacuous = f"vacuous: {', '.join(results.vacuous)}" if results.vacuous else ""
        done = len(results.rows) - len(results.unexercised)
        rows = f"rows of the contract exercised: {done} of {len(results.rows)}"
        rows = rows if results.rows else ""
        calls, seconds = results.met.calls, results.met.seconds
        met = f"calls that met: {calls:,}, their order found in {seconds:.1f} s" if calls else ""
        sentences = (verdict.why, vacuous, reach, rows, met, results.left_behind)
        for sentence in filter(None, sentences):
            self._console.print(escape(sentence), highlight=False, soft_wrap=True)
