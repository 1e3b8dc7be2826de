"""Decides the options of ``register-mock benchmark``."""

from importlib.util import find_spec

import click

from register_mock.config import DOCUMENTED

# What the extra `benchmark` brings. Granian serves the yardstick, bare Flask.
NEEDS = ("granian", "pytest", "requests")
PARTS = ("serving", "rules", "lists", "pytest")
LIST_RUNS = 200
PYTEST_RUNS = 9


@click.command("benchmark")
@click.option("--seconds", default=2.0, show_default=True, help="serving: length of one run.")
@click.option(
    "--runs", default=3, show_default=True, help="serving: runs of each; the median counts."
)
@click.option(
    "--connections",
    type=int,
    multiple=True,
    default=(4, 16),
    show_default=True,
    help="serving: requests on their way at once; may be given several times.",
)
@click.option(
    "--only",
    type=click.Choice(PARTS),
    multiple=True,
    default=PARTS,
    help="Only this; may be given several times.",
)
@click.option(
    "--as",
    "reading",
    metavar="READING",
    default=DOCUMENTED,
    show_default=True,
    help="serving: what the mock answers.",
)
def benchmark_command(
    seconds: float, runs: int, connections: tuple[int, ...], only: tuple[str, ...], reading: str
) -> None:
    """Measure what serving, rules, long lists and the pytest plugin cost."""
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"this needs {', '.join(missing)}, which is not installed here: "
            "pip install 'register-contract[benchmark]'"
        )
    from rich.console import Console

    from register_mock.benchmark import empty_pytest, lists, rules, serving

    console = Console()
    if "serving" in only:
        serving.measure(console, seconds, runs, connections, reading)
    if "rules" in only:
        console.print(rules.measured(), soft_wrap=True)
    if "lists" in only:
        console.print(lists.measured(LIST_RUNS))
    if "pytest" in only:
        console.print(empty_pytest.measured(PYTEST_RUNS), soft_wrap=True)
