"""Decides what ``register-mock`` understands.

Commands are imported when they are called, so that ``serve`` pays only for itself.
"""

import importlib
import sys
from typing import cast

import click

COMMANDS = {
    "serve": "register_mock.commands.serve:serve_command",
    "serve-each": "register_mock.commands.serve_each:serve_each_command",
    "requests": "register_mock.explain.command:requests_command",
    "explain": "register_mock.explain.command:explain_command",
    "advance": "register_mock.commands.control:advance_command",
    "event": "register_mock.commands.control:event_command",
    "fault": "register_mock.commands.control:fault_command",
    "reset": "register_mock.commands.control:reset_command",
    "readiness": "register_mock.commands.readiness:readiness_command",
    "states": "register_mock.commands.states:states_command",
    "defects": "register_mock.commands.defects:defects_command",
    "rehearse": "register_mock.rehearse.command:rehearse_command",
    "scenarios": "register_mock.scenarios.command:scenarios_command",
    "benchmark": "register_mock.benchmark.command:benchmark_command",
}


class LazyGroup(click.Group):
    """A group whose commands are named in ``COMMANDS`` and imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now, or None for a name that is not in the table."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), attribute))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="register-contract", prog_name="register-mock")
def main() -> None:
    """Run a stateful mock of the Register trainee teachers API."""


if __name__ == "__main__":
    sys.exit(main())
