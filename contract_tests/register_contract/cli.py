"""The command ``register-contract``: hold a target to the contract, or print the contract.

Printing needs no more than the mock does. What ``run`` needs comes with the extra ``suite``, so it
is imported only once that is there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from typing import Any, NoReturn

import click

import register_spec as spec
from register_contract.exporting import FORMS as EXPORT_FORMS
from register_contract.ledger import FORMS, drift
from register_contract.score.trying import AGAINST
from register_contract.target.ending import StoppedError, signals_interrupt
from register_contract.target.options import FULL, PLANS, PROFILES, READ_ONLY, WHOLE
from register_contract.track_record import track_record
from register_contract.verdict.exports import EXPORTS

DIFF_FORMS = ("text", "md", "json", "html", "junit", "sarif", "github")
FAIL_ON = ("breaking", "danger", "any")
_OF_TRAFFIC = ("har", "api_version", "reading", "spec_dir", "report", "known_drift", "exports")
"""The options of ``run`` that hold for recorded traffic too, by the names of their values."""
SUITE_NEEDS = ("hypothesis", "pytest", "requests", "schemathesis")
"""What the extra ``suite`` of pyproject.toml brings, by the names it is imported under."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="register-contract")
def main() -> None:
    """The contract of the Register trainee teachers API, and a suite that holds targets to it."""


@main.command()
@click.argument("url", required=False)
@click.option("--token", envvar="REGISTER_TOKEN", help="Bearer token of a provider.")
@click.option(
    "--second-token", envvar="REGISTER_SECOND_TOKEN", help="Bearer token of another provider."
)
@click.option("--api-version", metavar="V", help="Contract to hold it to; default the newest.")
@click.option("--as", "reading", default=spec.DOCUMENTED, metavar="READING", show_default=True)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="Default: full where the mock's control API answers, read-only anywhere else. own-data "
    "changes only what the run made itself, and lists what it leaves; nothing holds full to that.",
)
@click.option(
    "--plan",
    type=click.Choice(PLANS),
    default=WHOLE,
    show_default=True,
    help="All of the suite, or the 300 requests that find most.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Repeats a run; default random, printed.")
@click.option("--rate", metavar="N/m", help="Requests a minute; default 90/m unless loopback.")
@click.option(
    "--spec", "spec_dir", type=click.Path(exists=True, file_okay=False), help="Other contracts."
)
@click.option("--report", metavar="DIR", help="Folder for HTML, JUnit XML, JSON and SARIF.")
@click.option("--only", metavar="WORDS", help="Only tests whose name matches (pytest -k).")
@click.option(
    "--timeout", type=float, default=20.0, show_default=True, help="Seconds for a whole answer."
)
@click.option(
    "--known-drift/--no-known-drift",
    default=True,
    help="Tell from findings what another reading has too; it takes half an hour at most.",
)
@click.option("--max-time", metavar="N[s|m|h]", help="Time for the run; default 2h, or none.")
@click.option(
    "--examples", type=int, metavar="N", help="Generated requests of each kind; default 50."
)
@click.option("--max-requests", type=int, metavar="N", help="Requests for the run; no limit.")
@click.option("--stop-first", is_flag=True, help="End the run at the first finding.")
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Note in FILE what is done; where FILE has a run that ended early, do what is left of it.",
)
@click.option(
    "--export",
    "exports",
    type=click.Choice(list(EXPORTS)),
    multiple=True,
    help="Write each finding in this form too. [repeatable]",
)
@click.option(
    "--from-har",
    "har",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hold the answers in an HTTP archive to the contract, and send nothing.",
)
@click.pass_context
def run(
    context: click.Context,
    /,
    url: str | None,
    report: str | None,
    only: str | None,
    known_drift: bool,
    exports: tuple[str, ...],
    har: Path | None,
    **given: Any,
) -> None:
    """Hold the target at URL to the contract; without URL, hold a mock started for the run."""

    def held() -> int:
        from register_contract.running import hold_recorded, run_suite

        version = given.pop("api_version")
        if har is None:
            return run_suite(
                url, version, report, only, given, known_drift=known_drift, exports=exports
            )
        _alone(context)
        asked = (har, version, given["reading"], given["spec_dir"], report)
        return hold_recorded(*asked, known_drift=known_drift, exports=exports)

    _end_with(held)


def _end_with(work: Callable[[], int]) -> NoReturn:
    """End with the code of what needs the suite, or with a sentence where it cannot be done."""
    _need_suite()
    try:
        with signals_interrupt():
            code = work()
    except StoppedError as error:
        _stop(str(error))
    except KeyboardInterrupt:
        _stop("interrupted; nothing was tried")
    except Exception as error:
        _stop(_own_mistake(error))
    sys.exit(code)


def _own_mistake(error: Exception) -> str:
    """What nobody foresaw, in a sentence that a report of it can begin with."""
    place = extract_tb(error.__traceback__)[-1]
    words = " ".join(str(error).split())[:300]
    return (
        f"this is a mistake in register-contract, and there is no result: {type(error).__name__} "
        f"({words}) at {Path(place.filename).name}:{place.lineno}; report it with what you asked"
    )


def _alone(context: click.Context) -> None:
    """Stop for an option that is about requests, where none is sent."""
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        is_given = source is click.core.ParameterSource.COMMANDLINE
        if is_given and name not in _OF_TRAFFIC:
            word = "URL" if name == "url" else f"--{name.replace('_', '-')}"
            _stop(f"--from-har sends nothing, so {word} ({value}) says nothing; leave it out")


def _need_suite() -> None:
    """Stop with a sentence where the package is installed without what the suite is made of."""
    missing = [name for name in SUITE_NEEDS if find_spec(name) is None]
    if missing:
        _stop(
            f"run needs {', '.join(missing)}, which the package brings only with its extra: "
            f"pip install 'register-contract[suite]'"
        )


@main.command("replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--url", help="The target; default a mock started for it.")
@click.option("--token", envvar="REGISTER_TOKEN", help="Bearer token of a provider.")
@click.option(
    "--second-token", envvar="REGISTER_SECOND_TOKEN", help="Bearer token of another provider."
)
@click.option("--profile", type=click.Choice((READ_ONLY, FULL)), help="As of `run`.")
@click.option("--rate", metavar="N/m", help="As of `run`.")
@click.option("--timeout", type=float, default=20.0, show_default=True, help="As of `run`.")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def replay_findings(files: tuple[Path, ...], **asked: Any) -> None:
    """Send again what led to findings, and tell of each: FIXED, STILL or CHANGED.

    A FILE is one of the finding-….json that `run --report DIR` writes to DIR/repeat.
    """

    def replayed() -> int:
        from register_contract.again.replay import replay

        return replay(files, **asked)

    _end_with(replayed)


@main.command("judge")
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT.json")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def judge_report(report: Path, spec_dir: Path | None, form: str) -> None:
    """Judge the findings of an old report by what the contract says now, without a target."""

    def judged() -> int:
        from register_contract.again.judge import judge

        return judge(report, spec_dir, form)

    _end_with(judged)


@main.command("audit")
@click.argument(
    "reports", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="REPORT.json…"
)
def audit_reports(reports: tuple[Path, ...]) -> None:
    """Tell which rows of the contract whole runs on the mock exercise no more."""
    from register_contract.audit.command import audit

    try:
        lines, code = audit(reports)
    except StoppedError as error:
        _stop(str(error))
    click.echo("\n".join(lines))
    sys.exit(code)


@main.command("score")
@click.option("--defect", "ids", multiple=True, metavar="ID", help="Only this one. [repeatable]")
@click.option("--class", "kind", metavar="CLASS", help="Only those of this class.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="So many by chance.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--against", type=click.Choice(AGAINST), default=AGAINST[0], show_default=True)
@click.option("--examples", type=click.IntRange(min=1), metavar="N", help="As of `run`.")
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="For each defect.")
@click.option("--plan", type=click.Choice(PLANS), help="As of `run`.")
@click.option("--note", "noted", is_flag=True, help="Keep which test found what, for the next.")
def print_score(ids: tuple[str, ...], **asked: Any) -> None:
    """Put each named defect into the mock, and tell which of them the suite finds."""
    _need_suite()
    try:
        from register_contract.score.command import score

        code = score(ids, **asked)
    except StoppedError as error:
        _stop(str(error))
    sys.exit(code)


@main.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--as", "reading", metavar="READING", help="Of versions that are named without one.")
@click.option("--format", "form", type=click.Choice(DIFF_FORMS), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="breaking",
    show_default=True,
    help="What makes the exit code 1; what is not decided is taken for breaking.",
)
@click.option(
    "--profile",
    default="dfe",
    show_default=True,
    metavar="dfe|strict|FILE",
    help="What a change is worth: by the service's policy, or for a client that validates answers "
    "and lists every code; or as a file of ids and levels says.",
)
@click.option(
    "--accept",
    "accepted",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings that are accepted, by fingerprint, with a reason and a last day.",
)
@click.option("--in-place", is_flag=True, help="Both are one published version: nothing may break.")
@click.option("--notes", is_flag=True, help="Print release notes instead.")
@click.option(
    "--check-notes",
    "checked",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hold release notes against it instead.",
)
@click.option(
    "--traffic",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A HAR file, or the mock's journal: only what concerns these requests.",
)
@click.option("--witness/--no-witness", default=True, help="Send requests that show what breaks.")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
def print_diff(old: str, new: str, **asked: Any) -> None:
    """Tell what a change of the contract from OLD to NEW breaks, with requests that show it.

    Each is a version (v2025.0), a version in a reading (v2025.0@deployed), a file with an OpenAPI
    document, or COMMIT:PATH of a git repository.
    """

    def compared() -> int:
        from register_contract.diff.command import Asked, diff

        return diff(old, new, Asked(**asked))

    _end_with(compared)


@main.command("export")
@click.argument("form", type=click.Choice(EXPORT_FORMS), metavar="|".join(EXPORT_FORMS))
@click.argument("edition", metavar="VERSION[@READING]")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
def export_contract(form: str, edition: str, folder: Path, spec_dir: Path | None) -> None:
    """Write the operations with their examples, and the scenarios, into an empty folder DIR.

    postman is for Postman and newman, bruno for Bruno, http for JetBrains' editors and httpYac;
    openapi-examples is one OpenAPI document.
    """

    def exported() -> int:
        from register_contract.exporting.command import export

        click.echo(export(form, edition, folder, spec_dir))
        return 0

    _end_with(exported)


@main.command("spec")
@click.argument("version")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml")
@click.option("--as", "reading", default=spec.DOCUMENTED, metavar="READING", show_default=True)
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_spec(version: str, form: str, reading: str, spec_dir: str | None) -> None:
    """Print the contract of VERSION as one OpenAPI document."""
    try:
        document = spec.bundle(version, reading, Path(spec_dir) if spec_dir else None)
    except spec.SpecError as error:
        _stop(str(error))
    click.echo(spec.openapi_dump(document, form).rstrip("\n"))


@main.command("versions")
@click.option("--as", "reading", metavar="READING", help="Only this reading; default all of them.")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_versions(reading: str | None, spec_dir: str | None) -> None:
    """Print the versions of the contract, what each changed, and what readings say otherwise."""
    try:
        folder = spec.source_folder(Path(spec_dir) if spec_dir else None)
        lines = release_notes(folder, reading)
    except spec.SpecError as error:
        _stop(str(error))
    click.echo("\n".join(lines))


@main.command("drift")
@click.argument("version")
@click.option("--as", "reading", metavar="READING", help="Default: the one besides the documents.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False))
def print_drift(version: str, reading: str | None, form: str, spec_dir: str | None) -> None:
    """Print where the service does otherwise than the documents of VERSION say."""
    try:
        text = drift(version, reading, form, Path(spec_dir) if spec_dir else None)
    except spec.SpecError as error:
        _stop(str(error))
    click.echo(text)


@main.command("track-record")
@click.option("--spec", "spec_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
def print_track_record(spec_dir: Path | None) -> None:
    """Print what was found in the service and its documents: when, by which rule, what shows it."""
    try:
        click.echo(track_record(spec_dir))
    except spec.SpecError as error:
        _stop(str(error))


def release_notes(folder: Path, reading: str | None = None) -> list[str]:
    """Return a heading for each version, its readings, and a line for each change.

    The changes of its step come first, then what each reading says otherwise from that version on;
    with `reading` only that one. Raises SpecError when no version has it.
    """
    steps = {step.version: step for step in spec.steps(folder)}
    has = {name: spec.readings(name, folder) for name in spec.versions(folder)}
    there = list(dict.fromkeys(each for names in has.values() for each in names))
    if reading is not None and reading not in there:
        raise spec.SpecError(
            f"no version has the reading {reading!r}; known are {', '.join(there)}"
        )
    lines: list[str] = []
    for version, names in has.items():
        lines += ["", f"{version} ({', '.join(names)})"]
        lines += _sentences(steps[version]) if version in steps else []
        for name, step in spec.deviations(version, folder).items():
            if reading in (None, name):
                lines += [f"  as {name}:", *(f"  {line}" for line in _sentences(step))]
    return lines[1:]


def _sentences(step: spec.Step) -> list[str]:
    return [f"- {' '.join(sentence.split())}" for sentence in step.sentences]


def _stop(sentence: str) -> NoReturn:
    click.echo(f"register-contract: {sentence}", err=True)
    sys.exit(2)
