"""What is known of an upload whatever happens to its worker: a small file beside its folder."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

SAVES = "saves"
BUNDLE = "bundle"
FILE = "journal.json"
ABANDONED = "abandoned.json"
"""Stands beside the folder of an upload whose bytes are still to be deleted at the store."""

KEEP = 3600.0
"""Seconds for which a folder is left alone that no transfer knows: it may be just being made."""


class Journal(Struct):
    """How far an upload is.

    ``sent`` has the checksums of slices that have arrived, by the file's name and their number;
    it holds for ``room`` alone. ``registering`` is set before the store is asked to make a
    dataset of them, ``ref`` once it said which; ``revocable`` is that of the back end.
    """

    room: str = ""
    sent: dict[str, dict[int, int]] = {}
    registering: bool = False
    revocable: bool = False
    ref: str = ""


def folder_of(home: Path, save: str) -> Path:
    """Return the folder of what a save sends that is not the user's own file."""
    return home / SAVES / save / BUNDLE


def read(folder: Path) -> Journal:
    """Return what is known; nothing where there is no journal, or it cannot be read."""
    try:
        return from_json((folder.parent / FILE).read_bytes(), Journal)
    except (OSError, msgspec.DecodeError):
        return Journal()


def write(folder: Path, journal: Journal) -> None:
    """Keep what is known.

    Raises
    ------
    OSError
    """
    path = folder.parent / FILE
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(journal))
    part.replace(path)


def remove(folder: Path) -> None:
    """Remove a folder with its journal."""
    shutil.rmtree(folder.parent, ignore_errors=True)


def remove_strays(home: Path, known: AbstractSet[str]) -> None:
    """Remove the folders of saves that no transfer knows any more."""
    saves = home / SAVES
    if not saves.is_dir():
        return
    for place in saves.iterdir():
        if (place / ABANDONED).exists():
            continue
        if place.name not in known and time.time() - place.stat().st_mtime > KEEP:
            shutil.rmtree(place, ignore_errors=True)
