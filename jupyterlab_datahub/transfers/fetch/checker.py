"""Checksums of many files that follow their bytes, one file after the other."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.settings.priority import compute_anywhere
from jupyterlab_datahub.transfers.fetch.verify import CHUNK, Crc32
from jupyterlab_datahub.transfers.network.stopping import Stopped

if TYPE_CHECKING:
    from jupyterlab_datahub.transfers.disk.layout import Layout
    from jupyterlab_datahub.transfers.disk.partfile import PartFile
    from jupyterlab_datahub.transfers.network.stopping import Halt


class Sums(NamedTuple):
    """The checksums of a file, in lower-case hexadecimal."""

    sha256: str
    crc32: str


class Checker:
    """Reads a part behind its frontier, so that the checksums are ready at its end.

    Parameters
    ----------
    part
        The file or folder.
    layout
        Its files.
    halt
        Ends the reading.
    """

    def __init__(self, part: PartFile, layout: Layout, halt: Halt) -> None:
        self._part = part
        self._layout = layout
        self._halt = halt
        self._found: list[Sums] = []
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._follow, name="checksum", daemon=True)
        self._thread.start()

    def result(self) -> list[Sums]:
        """Wait for the last byte and return the checksums of all files, in their order.

        Raises
        ------
        Stopped, OSError
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
        self._halt.check()
        return self._found

    def join(self) -> None:
        """Wait until the thread has ended; the halt must be thrown."""
        self._thread.join()

    def _follow(self) -> None:
        compute_anywhere()
        buffer = memoryview(bytearray(CHUNK))
        try:
            for file in range(len(self._layout.files)):
                self._found.append(self._sums(file, buffer))
        except Stopped:
            return
        except OSError as error:
            self._error = error

    def _sums(self, file: int, buffer: memoryview) -> Sums:
        at, end = self._layout.span(file)
        sha256, crc32 = hashlib.sha256(), Crc32()
        while at < end:
            self._halt.check()
            frontier = min(self._part.wait_beyond(at, 0.1), end)
            while at < frontier:
                self._halt.check()
                window = buffer[: min(CHUNK, frontier - at)]
                count = self._part.read(window, at)
                if not count:
                    raise OSError(f"{self._part.path} is shorter than what was written to it")
                sha256.update(window[:count])
                crc32.update(window[:count])
                at += count
        return Sums(sha256.hexdigest(), crc32.hexdigest())
