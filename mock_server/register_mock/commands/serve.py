"""Decides the options of ``register-mock serve``."""

import sys
from pathlib import Path
from typing import Any

import click

from register_mock.commands.documents import documents
from register_mock.config import (
    BODY_SECONDS,
    CONTROL_TOKEN_VARIABLE,
    DEFAULT_PORT,
    DEFAULT_RANDOM_SEED,
    OptionError,
    Options,
)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=int, default=DEFAULT_PORT, show_default=True, help="0 picks a free port."
)
@documents(
    "Keep to the documents, or do as the running service does.",
    "Serve the documents of this folder.",
)
@click.option(
    "--seed",
    default="demo",
    show_default=True,
    metavar="demo|empty|FILE",
    help="What the default world holds at start.",
)
@click.option(
    "--random-seed",
    type=int,
    default=DEFAULT_RANDOM_SEED,
    show_default=True,
    metavar="N",
    help="Where ids and chances come from.",
)
@click.option("--now", metavar="ISO", help="Start the world's clock here. [default: real time]")
@click.option("--freeze", "frozen", is_flag=True, help="Let the world's clock stand still.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write address, process and tokens here as JSON, once the mock answers.",
)
@click.option("--self-check", is_flag=True, help="Check every answer against the spec.")
@click.option(
    "--control-token",
    envvar=CONTROL_TOKEN_VARIABLE,
    show_envvar=True,
    metavar="TOKEN",
    help="Ask this token of every control call.",
)
@click.option("--cors", metavar="ORIGIN", help="Let pages of this origin call the mock.")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Answer to this Host too, as a container or a tunnel sends it. [repeatable]",
)
@click.option("--mask-personal-data", is_flag=True, help="Mask names and dates in the journal.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what the API is asked and answers to an HTTP archive (HAR), as it goes.",
)
@click.option(
    "--proxy",
    metavar="URL",
    help="Pass requests on to this deployment, and hold its answers to the contract.",
)
@click.option("--proxy-writes", is_flag=True, help="Pass on what creates or changes records too.")
@click.option("--defect", metavar="ID", help="Deviate in this way: `register-mock defects`.")
# For tests, which cannot wait as long as a client may.
@click.option("--body-seconds", type=float, default=BODY_SECONDS, hidden=True)
def serve_command(**values: Any) -> None:
    """Serve the mock until Ctrl-C."""
    try:
        options = Options(**values)
        from register_mock.serving.serve import serve

        serve(options)
    except OptionError as error:
        click.echo(f"register-mock: {error}", err=True)
        sys.exit(2)
