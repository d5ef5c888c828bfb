"""Where the files of a group lie in its folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.disk.names import safe_name, safe_part, split_extension

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.model.transfer import FilenameFormat

_VERSION = re.compile(r"@[^/@]*$")


class Naming:
    """Gives every file of a group a path of its own, the same whenever it is asked in order.

    A file whose path is taken lies in a folder named by its identifier, as two files of one
    name in one folder would hide each other. Case does not tell two paths apart, as it does not
    on every disk.

    Parameters
    ----------
    filename_format
        What names are made of; see :class:`~jupyterlab_datahub.model.Grouping`.
    """

    def __init__(self, filename_format: FilenameFormat) -> None:
        self._format = filename_format
        self._taken: set[str] = set()

    def path(self, asset: Asset) -> PurePosixPath:
        """Return the path of a file, relative to the folder of the group."""
        identifier = safe_name(identifier_of(asset.ref))
        path = self._wanted(asset, identifier)
        number = 1
        while str(path).casefold() in self._taken:
            number += 1
            folder = identifier if number == 2 else f"{identifier} ({number - 1})"
            path = PurePosixPath(folder, self._wanted(asset, identifier).name)
        self._taken.add(str(path).casefold())
        return path

    def _wanted(self, asset: Asset, identifier: str) -> PurePosixPath:
        name = safe_name(asset.name, fallback=identifier)
        if self._format == "guid":
            return PurePosixPath(identifier)
        if self._format == "combined":
            stem, extension = split_extension(name)
            return PurePosixPath(safe_name(f"{stem}_{identifier}{extension}"))
        folders = PurePosixPath(asset.path.lstrip("/")).parts[:-1] if asset.path else ()
        return PurePosixPath(*map(safe_part, folders), name)


def identifier_of(ref: str) -> str:
    """Return what names a file at its Source, without kind, host and version."""
    place = ref.partition(":")[2].lstrip("/")
    return _VERSION.sub("", place.partition("/")[2] or place)
