"""``jupyter datahub demo``: services of one's own that speak the real protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from jupyterlab_datahub.demo.command import add_arguments

    parser = commands.add_parser(
        "demo",
        help="try everything on this machine, with nothing fetched from anywhere",
        description="Start JupyterLab on local services that speak the real protocols and hold "
        "real data, or those services alone.",
    )
    parser.set_defaults(run=run, json=False)
    add_arguments(parser)


def run(arguments: argparse.Namespace, _terminal: Terminal) -> int:
    """Run the demo until it is stopped."""
    from jupyterlab_datahub.demo.command import run as run_demo

    return run_demo(arguments)
