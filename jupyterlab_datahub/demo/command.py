"""``jupyter datahub demo``: the services alone, or with a JupyterLab on them."""

from __future__ import annotations

import json
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.data import is_prepared
from jupyterlab_datahub.demo.faults import KINDS, parse_faults
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.lab import (
    MY_DATA,
    Lab,
    default_directory,
    make_work_directory,
    put_key,
    sources_yaml,
)
from jupyterlab_datahub.demo.pbmc import MissingPackageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import FrameType

    from jupyterlab_datahub.demo.faults import Fault

INDEXING_DELAY = 15.0
"""Seconds until the demo's Gen3 commons knows the size and checksum of an upload."""

SOURCES_FILE = "datahub-sources.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port of JupyterLab, or of the services with --services-only (default: a free one)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--services-only",
        action="store_true",
        help="print the addresses as one line of JSON and serve until stopped",
    )
    parser.add_argument(
        "--faults",
        type=_faults,
        default=(),
        metavar="LIST",
        help="what goes wrong, for instance slow=5MB/s,cut=1MiB*3,status=429; "
        f"there are {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--sources-out", type=Path, metavar="FILE", help="write the sources file there, too"
    )
    parser.add_argument(
        "--dir",
        type=Path,
        metavar="DIR",
        help="where the demo keeps its files (default: the user's data directory)",
    )


def _faults(text: str) -> tuple[Fault, ...]:
    import argparse

    try:
        return parse_faults(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(args: argparse.Namespace) -> int:
    """Run the demo until it is stopped.

    Returns
    -------
    int
        0, or 1 with a sentence on standard error if it could not start; with JupyterLab, its
        exit code.
    """
    try:
        with _interruptible():
            return _run(args)
    except KeyboardInterrupt:
        return 0
    except (MissingPackageError, OSError) as error:
        sys.stderr.write(f"The demo cannot start: {error}\n")
        return 1


def _run(args: argparse.Namespace) -> int:
    directory = (args.dir or default_directory()).expanduser().absolute()
    files = directory / "files"
    if not is_prepared(files):
        sys.stderr.write(f"Making the demo's files in {files}; this takes a moment, once.\n")
    with ExitStack() as stack:
        port = args.port if args.services_only else 0
        hub = stack.enter_context(DemoHub(files, port=port))
        hub.faults.extend(args.faults)
        # Long enough to be seen waiting, short enough to be waited for.
        hub.gen3.commons.indexing_delay = INDEXING_DELAY
        if args.services_only:
            if args.sources_out:
                _write_sources(hub, make_work_directory(directory, files), args.sources_out)
            sys.stdout.write(json.dumps(hub.services) + "\n")
            sys.stdout.flush()
            while True:
                time.sleep(60)
        work = make_work_directory(directory, files)
        put_key(hub.services, work)
        sources = directory / SOURCES_FILE
        for path in (sources, args.sources_out):
            if path:
                _write_sources(hub, work, path)
        lab = Lab(work, directory / "home", sources, port=args.port, browser=not args.no_browser)
        stack.callback(lab.stop)
        return lab.wait()


def _write_sources(hub: DemoHub, work: Path, path: Path) -> None:
    path.write_text(sources_yaml(hub.services, str(work / MY_DATA)), encoding="utf-8")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl-C does, and let nothing disturb the stopping after that.

    SIGINT is handled even where a shell started us with it ignored, as shells do in scripts.
    """
    both = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for one in both:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in both}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
