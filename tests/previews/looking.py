"""Looking into a file in this process, as the process of a preview does."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyterlab_datahub.previews.hdf5 import in_words, opened
from jupyterlab_datahub.previews.look import Look
from jupyterlab_datahub.ranged.bytefile import ByteFile, LocalFile

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from jupyterlab_datahub.model import Preview, PreviewColumn

KEY = "state"


@dataclass
class Looked:
    """What a look found, and what it kept."""

    facts: Preview
    kept: dict[str, bytes] = field(default_factory=dict)

    def column(self, name: str) -> PreviewColumn:
        """Return what is said of a column of obs."""
        return next(column for column in self.facts.obs if column.name == name)


def look(path: Path | ByteFile) -> Looked:
    """Return the facts of a file, with what was kept."""
    source = path if isinstance(path, ByteFile) else LocalFile(path)
    kept: dict[str, bytes] = {}
    with source, in_words(source), opened(source) as file:
        return Looked(Look(file, source, KEY, kept.__setitem__).facts("ref", "name"), kept)


def ask(path: Path, *, points: str | None = None, colours: str | None = None) -> bytes:
    """Return the points or the colours of a file, packed."""
    kept: dict[str, bytes] = {}
    with LocalFile(path) as source, in_words(source), opened(source) as file:
        found = Look(file, source, KEY, kept.__setitem__)
        if points is not None:
            found.points(points)
        if colours is not None:
            found.colours(colours)
    [packed] = kept.values()
    return packed


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays, read as docs/architecture.md says."""
    assert packed[:4] == b"DHA1"
    [length] = struct.unpack("<I", packed[4:8])
    assert length % 8 == 0
    header = json.loads(packed[8 : 8 + length])
    arrays = {}
    for told in header.pop("arrays"):
        assert told["offset"] % 8 == 0
        start = 8 + length + told["offset"]
        body = packed[start : start + told["length"]]
        kind = np.dtype(told["dtype"]).newbyteorder("<")
        arrays[told["name"]] = np.frombuffer(body, kind).reshape(told["shape"])
    return header, arrays
