"""The command that makes a selection again, as a line for people and for terminals."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Selection

MOST_GENES = 30
"""Genes that are written out; more are said to be in a file."""


def command_of(ref: str, selection: Selection) -> str:
    """Return the command that fetches a selection."""
    words = ["jupyter", "datahub", "get", ref]
    if selection.where:
        words += ["--where", " ".join(selection.where.split())]
    if len(selection.genes) > MOST_GENES:
        words += ["--genes", "@genes.txt"]
    elif selection.genes:
        words += ["--genes", ",".join(selection.genes)]
    if selection.layer:
        words += ["--layer", selection.layer]
    if selection.symbols:
        words.append("--symbols")
    return shlex.join(words)
