"""Names and writes that are safe on every file system, whatever a catalog calls its data."""

from __future__ import annotations

import os
import unicodedata
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 120
"""Bytes of a file name in UTF-8; encrypted home directories allow 143, others 255."""

LONGEST_ENDING = 40
FORBIDDEN = frozenset('<>:"/\\|?*')
"""Characters that a file name cannot have on one of the platforms."""

DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "clock$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names that are a device on Windows, with any extension."""


def file_name(title: str, ending: str, version: str = "") -> str:
    """Return a readable file name for a title that comes from outside.

    Parameters
    ----------
    title
        Any text. Path separators, control and formatting characters do not survive.
    ending
        The extension with its dot; cleaned by the same rules.
    version
        A short text that keeps two versions of one title apart.

    Examples
    --------
    >>> file_name("PBMC 68k: reduced/annotated", ".h5ad", "aaeb9a19")
    'PBMC 68k reduced annotated (aaeb9a19).h5ad'
    """
    ending = "".join(_clean(ending).split())[-LONGEST_ENDING:]
    tail = (f" ({_clean(version)})" if _clean(version) else "") + ending
    stem = _clean(title).lstrip("-. ") or "dataset"
    room = LONGEST_NAME - len(tail.encode())
    stem = stem.encode()[: max(room, 1)].decode(errors="ignore").rstrip(". ")
    if stem.partition(".")[0].casefold() in DEVICES:
        stem = f"_{stem}"
    return stem + tail


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new one, never a part of it.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _clean(text: str) -> str:
    """Return `text` in composed form, without what a name cannot hold, in single spaces."""
    kept = (
        " " if c in FORBIDDEN or unicodedata.category(c)[0] in "CZ" else c
        for c in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())
