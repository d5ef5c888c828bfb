"""Files that are of use only together, as a folder of their own names."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.contents import role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.model import Asset


@contextmanager
def together(asset: Asset, files: Sequence[Path], place: Path) -> Iterator[Path]:
    """Return the file, or a folder in which it lies with those beside it while that is needed.

    Parameters
    ----------
    asset
        What it is; its files are called as Cell Ranger calls them, packed where their names say so.
    files
        Where it and those beside it are.
    place
        Where the folder may be.
    """
    if not asset.beside:
        yield files[0]
        return
    with tempfile.TemporaryDirectory(dir=place, prefix="together-") as folder:
        for one, file in zip((asset, *asset.beside), files, strict=True):
            _put(file, Path(folder, role_of(one.name)))
        yield Path(folder)


def _put(file: Path, name: Path) -> None:
    try:
        name.symlink_to(file.absolute())
    except OSError:
        # Not every system lets every user make one.
        shutil.copyfile(file, name)
