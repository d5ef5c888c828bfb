"""Sending the slices of a bundle, several at once, whatever the host does in between."""

from __future__ import annotations

import threading
import zlib
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BusyError, ChangedError, DataHubError, TransferError
from jupyterlab_datahub.sources.saving import pieces
from jupyterlab_datahub.transfers.fetch.crc import combined
from jupyterlab_datahub.transfers.network.patience import Patience, of_a_host
from jupyterlab_datahub.transfers.network.stopping import Halt, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jupyterlab_datahub.sources.saving import BackEnd, BundleFile, Piece
    from jupyterlab_datahub.transfers.fetch.task import Signs
    from jupyterlab_datahub.transfers.network.hosts import Hosts

CHUNK = 1 << 18

Sent = dict[str, dict[int, int]]
"""The checksums of slices that have arrived, by the name of their file and their number."""


class Outgoing:
    """The slices of one bundle under way.

    Parameters
    ----------
    back_end
        Where they go.
    files
        What is sent, in this order.
    sent
        What has arrived before.
    hosts
        The limits of hosts.
    threads, attempts
        Slices at once, and tries without progress for each.
    halt
        Ends everything.
    signs
        Told what a user may know of a wait.
    """

    def __init__(
        self,
        back_end: BackEnd,
        files: Sequence[BundleFile],
        sent: Mapping[str, Mapping[int, int]],
        hosts: Hosts,
        threads: int,
        attempts: int,
        halt: Halt,
        signs: Signs,
    ) -> None:
        self._back_end = back_end
        self._hosts = hosts
        self._attempts = attempts
        self._halt = halt
        self._signs = signs
        self._lock = threading.Lock()
        self._pieces = {file.name: pieces(file) for file in files}
        self._sent: Sent = {name: dict(sent.get(name, {})) for name in self._pieces}
        self._todo = deque(
            piece
            for slices in self._pieces.values()
            for piece in slices
            if piece.number not in self._sent[piece.file.name]
        )
        left = sum(piece.size for piece in self._todo)
        self._arrived = sum(file.size for file in files) - left
        self._under_way: dict[int, int] = {}
        self._failure: BaseException | None = None
        self._threads = min(threads, len(self._todo))

    @property
    def done(self) -> int:
        """Bytes that have left, those of slices under way among them."""
        with self._lock:
            return self._arrived + sum(self._under_way.values())

    @property
    def complete(self) -> bool:
        """Whether everything has arrived."""
        return all(len(self._sent[name]) == len(one) for name, one in self._pieces.items())

    def sent(self) -> Sent:
        """Return what has arrived so far."""
        with self._lock:
            return {name: dict(slices) for name, slices in self._sent.items() if slices}

    def run(self) -> None:
        """Send everything that has not arrived.

        Raises
        ------
        DataHubError
            If something cannot be sent.
        Stopped
        """
        threads = [
            threading.Thread(target=self._work, name=f"send-{number}", daemon=True)
            for number in range(self._threads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._halt.check()
        if self._failure is not None:
            raise self._failure

    def checksums(self) -> dict[str, str]:
        """Return the CRC-32 of every file, once all of it has arrived."""
        return {
            name: f"{combined((self._sent[name][one.number], one.size) for one in slices):08x}"
            for name, slices in self._pieces.items()
        }

    def _work(self) -> None:
        try:
            while (piece := self._next()) is not None:
                self._deliver(piece)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            with self._lock:
                self._failure = self._failure or error

    def _next(self) -> Piece | None:
        with self._lock:
            failed = self._failure is not None or self._halt.is_set()
            return None if failed or not self._todo else self._todo.popleft()

    def _deliver(self, piece: Piece) -> None:
        """Send a slice until it has arrived; after a failure its host is asked first."""
        patience = Patience(self._attempts, self._halt, self._signs.say)
        again = False

        def once() -> int:
            nonlocal again
            if again and self._is_there(piece):
                return _checksum(piece)
            again = True
            return self._send(piece)

        self._count(piece, patience.persist(once, self._worth))

    def _worth(self, error: DataHubError) -> bool:
        # What failed for good in one slice ends the waiting of the others.
        return self._failure is None and of_a_host(error)

    def _is_there(self, piece: Piece) -> bool:
        with self._hosts[self._back_end.host].connection(self._halt, self):
            return self._back_end.arrived(piece, f"{_checksum(piece):08x}")

    def _send(self, piece: Piece) -> int:
        checksum = 0
        host = self._hosts[self._back_end.host]

        def seen(chunk: bytes) -> None:
            nonlocal checksum
            checksum = zlib.crc32(chunk, checksum)
            host.pay(len(chunk), self._halt)
            with self._lock:
                self._under_way[id(piece)] += len(chunk)

        def body() -> Iterator[bytes]:
            nonlocal checksum
            checksum = 0
            with self._lock:
                self._under_way[id(piece)] = 0
            return _read(piece, self._halt, seen)

        try:
            with host.connection(self._halt, self):
                self._back_end.send(piece, body)
        except BusyError as error:
            host.asked_to_wait(error.retry_after)
            raise
        finally:
            with self._lock:
                self._under_way.pop(id(piece), None)
        host.served()
        return checksum

    def _count(self, piece: Piece, checksum: int) -> None:
        with self._lock:
            self._sent[piece.file.name][piece.number] = checksum
            self._arrived += piece.size


def _read(piece: Piece, halt: Halt, seen: Callable[[bytes], None]) -> Iterator[bytes]:
    """Yield the bytes of a slice; `seen` is told of each chunk before it is sent."""
    left = piece.size
    try:
        with Path(piece.file.path).open("rb", buffering=0) as file:
            file.seek(piece.start)
            while left:
                halt.check()
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise ChangedError(
                        f"{piece.file.name} became shorter while it was sent",
                        hint="Save again when nothing writes to it any more.",
                    )
                seen(chunk)
                left -= len(chunk)
                yield chunk
    except FileNotFoundError as error:
        raise TransferError(
            f"{piece.file.name} is not there any more", hint="Choose the files again, then save."
        ) from error
    except OSError as error:
        raise TransferError(
            f"{piece.file.name} cannot be read: {error.strerror}",
            hint="Make it readable, or choose the files again, then save.",
        ) from error


def _checksum(piece: Piece) -> int:
    checksum = 0
    for chunk in _read(piece, Halt(), lambda _: None):
        checksum = zlib.crc32(chunk, checksum)
    return checksum
