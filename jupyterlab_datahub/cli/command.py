"""The command with its subcommands: reads the arguments, runs one, gives the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import (
    connect,
    convert,
    demo,
    eln_service,
    get,
    harvest,
    library,
    preview,
    save,
    search,
    show,
    sources,
    spend,
)
from jupyterlab_datahub.cli.terminal import Terminal
from jupyterlab_datahub.errors import DataHubError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    sources,
    connect,
    search,
    show,
    preview,
    get,
    convert,
    save,
    library,
    spend,
    harvest,
    demo,
    eln_service,
)

INTERRUPTED = 130
"""What a shell expects of a program that ended by Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``jupyter datahub`` and return its exit code.

    Parameters
    ----------
    argv
        The arguments, by default those of this process.
    """
    arguments = parser().parse_args(argv)
    terminal = Terminal(json=arguments.json)
    try:
        code: int = arguments.run(arguments, terminal)
    except DataHubError as error:
        terminal.failed(error.body())
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    command = argparse.ArgumentParser(
        prog="jupyter datahub",
        description="Find, fetch and keep single-cell datasets.",
        epilog="Each command has a help text of its own: jupyter datahub get -h",
    )
    command.add_argument("--version", action="version", version=version("jupyterlab-datahub"))
    commands = command.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_to(commands)
    return command
