"""Files that lie in the folder of a group already, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Asset

_TRUSTED = ("sha256", "sha512", "sha1", "md5")
_PIECE = 1 << 20


def is_right(path: Path, asset: Asset) -> bool:
    """Return whether a file has the length and a checksum that its Source publishes.

    A file that cannot be compared is not right: length alone would let a damaged one pass.
    """
    try:
        if not path.is_file() or (asset.size is not None and path.stat().st_size != asset.size):
            return False
        for algorithm in _TRUSTED:
            if wanted := asset.checksums.get(algorithm):
                return checksum(path, algorithm) == wanted
        if wanted := asset.checksums.get("crc32"):
            return _crc32(path) == wanted
    except OSError:
        return False
    return False


def checksum(path: Path, algorithm: str) -> str:
    """Return a checksum of a file in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def _crc32(path: Path) -> str:
    value = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            value = zlib.crc32(piece, value)
    return f"{value:08x}"
