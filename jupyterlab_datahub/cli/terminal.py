"""What the commands print, and where.

With ``--json`` standard output gets exactly one JSON document and nothing else; words for
people go there without it. Progress and complaints go to standard error.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.notebooks.words import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jupyterlab_datahub.model import ErrorBody


class Terminal:
    """Where a command speaks.

    Parameters
    ----------
    json
        Whether a program reads it.
    """

    def __init__(self, *, json: bool) -> None:
        self.json = json

    @property
    def interactive(self) -> bool:
        """Whether a person watches, so that a bar may be drawn."""
        return sys.stderr.isatty()

    def document(self, value: object) -> None:
        """Print the one JSON document, if a program reads it."""
        if self.json:
            text = msgspec.json.format(msgspec.json.encode(value), indent=2)
            print(text.decode())

    def line(self, text: str = "") -> None:
        """Print a line for people; it holds nothing that could drive a terminal."""
        if not self.json:
            print(one_line(text, limit=10_000) if text.strip() else "")

    def indented(self, text: str) -> None:
        """Print a line for people, set in."""
        if not self.json:
            print("  " + one_line(text, limit=10_000))

    def tell(self, text: str) -> None:
        """Say something beside the answer."""
        print(one_line(text, limit=10_000), file=sys.stderr, flush=True)

    def complain(self, error: ErrorBody, about: str = "") -> None:
        """Say what went wrong and what to do, as a sentence each."""
        words = _sentence(error.message)
        # Most messages name their Source themselves.
        if about and about not in error.message:
            words = f"{about}: {words}"
        self.tell(" ".join(filter(None, (words, _sentence(error.hint)))))

    def failed(self, error: ErrorBody) -> None:
        """Say why there is no answer; a program gets it as the document."""
        self.complain(error)
        self.document({"error": error})


def _sentence(words: str) -> str:
    words = words.strip()
    if not words:
        return ""
    return f"{words[0].upper()}{words[1:]}" + ("" if words.endswith((".", "…")) else ".")


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace, Terminal], int],
    **texts: Any,
) -> argparse.ArgumentParser:
    """Add a subcommand that knows ``--json``; `texts` are its help and description."""
    parser = commands.add_parser(name, **texts)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)
    return parser
