#!/usr/bin/env python3
"""Set the project up, try it and check it, on a machine that has no more than Python.

``python3 dev.py demo`` opens JupyterLab on the demo hub, ``python3 dev.py test`` runs every check.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("JupyterLab DataHub needs Python 3.11 or newer; run this file with one.")

import argparse
import os
import signal
from typing import NoReturn

from scripts import checks
from scripts.environment import Environment, main_environment
from scripts.shell import ROOT, Shell, StepFailedError
from scripts.steps import Run, Step

AT_ONCE = 2
"""Steps that are done beside each other; most of them keep one processor busy, or wait."""


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit code."""
    # A shell that runs this in the background has it, and all that it starts, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options, further = _parser().parse_known_args(arguments)
    if further and options.command != "demo":
        _parser().error(f"unknown argument {further[0]}")
    environment = main_environment()
    shell = Shell(verbose=options.verbose)
    shell.put_first_on_path(environment.bin)
    # What tools say as they go is only to be read where one speaks at a time.
    run = Run(shell, at_once=1 if options.verbose else AT_ONCE)
    try:
        run.do(_steps(environment, options))
    except StepFailedError as error:
        run.summarise()
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    if options.command == "demo":
        _become_demo(environment, further, shell.env)
    run.summarise()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up, try and check DataHub.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="do one step at a time, and show what its tools say",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[shared])

    add("setup", "Make the environment and build the front end; seconds when nothing changed.")
    add("demo", "Set up, then open JupyterLab on the demo hub; further arguments go to it.")
    add("generate", "Set up what it takes, then write docs/openapi.json and src/api/types.ts anew.")
    add("examples", "Set up, then run the example notebooks anew and keep what comes out.")
    test = add("test", "Set up, then run every check.")
    names = ", ".join(checks.all_checks(main_environment()))
    test.add_argument(
        "--only", default="", metavar="NAME,…", help=f"these alone: {names}, or single checks"
    )
    return parser


def _steps(environment: Environment, options: argparse.Namespace) -> list[Step]:
    setup = checks.setup(environment)
    if options.command == "generate":
        # A front end that does not compile for want of these types must not keep them away.
        ready = [step for step in setup if step.key != "build"]
        return [*ready, Step("generate", "generated types", checks.generate, needs=_keys(ready))]
    if options.command == "examples":
        return [*setup, Step("examples", "example notebooks", checks.examples, needs=_keys(setup))]
    if options.command != "test":
        return setup
    groups = checks.all_checks(environment)
    steps = [*setup, *(step for group in groups.values() for step in group)]
    needed = {step.key for step in _chosen(groups, options.only)}
    # Each step stands behind those that it needs.
    for step in reversed(steps):
        if step.key in needed:
            needed |= step.needs
    return [step for step in steps if step.key in needed]


def _keys(steps: list[Step]) -> frozenset[str]:
    return frozenset(step.key for step in steps)


def _chosen(groups: dict[str, list[Step]], only: str) -> list[Step]:
    wanted = {name.strip() for name in only.split(",") if name.strip()}
    known = {*groups, *(step.key for steps in groups.values() for step in steps)}
    if unknown := wanted - known:
        raise StepFailedError(
            f"no check is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
        )
    return [
        step
        for group, steps in groups.items()
        for step in steps
        if not wanted or wanted & {group, step.key}
    ]


def _become_demo(environment: Environment, arguments: list[str], env: dict[str, str]) -> NoReturn:
    os.chdir(ROOT)
    program = str(environment.bin / "jupyter-datahub")
    os.execve(program, [program, "demo", *arguments], env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
