"""The pages of the command lines, from what the commands declare to click."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from register_docs.markdown import block, code, heading, label, page, prose, table

PROGRAMS = {
    "register-mock": "register_mock.commands.cli",
    "register-contract": "register_contract.cli",
}


def program(name: str) -> click.Command:
    """Return the command that a program is."""
    found = importlib.import_module(PROGRAMS[name]).main
    assert isinstance(found, click.Command)
    return found


def commands_page(name: str) -> str:
    """Return the page of a program with all commands that it shows."""
    lines = [*heading(1, code(name), label(name))]
    for context in contexts(program(name), name):
        is_program = context.parent is None
        lines += [] if is_program else heading(2, code(context.command_path), _name(context))
        lines += _command(context)
    return page(lines)


def contexts(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[click.Context]:
    """Yield the context of a command and of those below it, without what is hidden."""
    context = click.Context(command, parent, info_name=name, **command.context_settings)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None and not found.hidden:
                yield from contexts(found, each, context)


def _name(context: click.Context) -> str:
    return label(*context.command_path.split())


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from block(usage)
    for paragraph in (command.help or "").replace("\f", "").split("\n\n"):
        yield from (prose(paragraph), "")
    records = (param.get_help_record(context) for param in command.get_params(context))
    rows = ((code(names), prose(text)) for names, text in filter(None, records))
    yield from table(("Option", "What it says"), rows)
