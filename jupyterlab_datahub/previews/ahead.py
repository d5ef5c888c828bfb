"""What a look will read of a file, fetched before HDF5 asks for it, in few round trips.

What is of an unusual make is left to HDF5, for which nothing is changed but that most is there
already (:mod:`.following`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jupyterlab_datahub.previews.chunks import Declared
from jupyterlab_datahub.previews.following import FRAMES, Following

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    import h5py

    from jupyterlab_datahub.ranged.bytefile import ByteFile

SIGNATURE = b"\x89HDF\r\n\x1a\n"
WIDTH = 8
"""Bytes of an address and of a length."""

HEAD = 96
"""Bytes of the longest superblock."""


def bring(file: h5py.File, source: ByteFile) -> bool:
    """Fetch what describes the content of a file, and where the values are that a look reads.

    Returns
    -------
    bool
        Whether all of it was found.

    Raises
    ------
    DataHubError
        What the host says.
    """
    del file
    return Ahead(source, values=False).finish()


class Ahead:
    """Fetches what describes a file, and values of it, of which those of obs and var come first.

    Once it is made obs and var are here, as far as they could be found, and all else is fetched by
    a thread.

    Parameters
    ----------
    source
        The file.
    values
        See :class:`~jupyterlab_datahub.previews.following.Following`.

    Attributes
    ----------
    has_frames : bool
        Whether obs and var were found.
    has_values : bool
        Whether the values of these that are read are here, too.

    Raises
    ------
    DataHubError
        What the host says.
    """

    def __init__(self, source: ByteFile, *, values: bool = True) -> None:
        self._following = Following(source, values=values)
        root = root_of(source)
        self._rest: Future[None] | None = None
        self.has_frames = self._known = root is not None
        self.has_values = False
        if root is None:
            return
        trips = self._following.trips(root)
        if any(trips):
            self.has_values = values and all(map(self._following.affords, FRAMES))
            one = ThreadPoolExecutor(1, "datahub-ahead")
            self._rest = one.submit(_to_the_end, trips)
            one.shutdown(wait=False)

    def finish(self) -> bool:
        """Wait for the rest; return whether all was found.

        Raises
        ------
        DataHubError
            What the host says.
        """
        if self._rest is not None:
            self._rest.result()
        return self._known and self._following.everything


def is_here(source: ByteFile) -> bool:
    """Return whether nothing of a file has to be fetched."""
    # A small file was fetched with the first request; what is only declared has no bytes.
    fetched = not source.requests or source.fetched == source.size
    return fetched or isinstance(source, Declared)


def root_of(source: ByteFile) -> int | None:
    """Return where the header of the root group is, None in a file of an unusual make.

    It is in the superblock: "HDF5 File Format Specification", version 3.0, section II.A.
    """
    # What was put together of a Zarr store has no bytes.
    told = source.bytes_at(0, HEAD) if source.size > HEAD else b""
    if not told.startswith(SIGNATURE):
        return None
    version = told[8]
    widths, base, root = {0: (13, 24, 64), 1: (13, 28, 68)}.get(version, (9, 12, 36))
    if (
        version > 3
        or told[widths : widths + 2] != bytes([WIDTH, WIDTH])
        or any(told[base : base + 8])
    ):
        return None
    return int.from_bytes(told[root : root + 8], "little")


def _to_the_end(trips: Iterator[bool]) -> None:
    for _ in trips:
        pass
