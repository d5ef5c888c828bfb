"""Sending a body, or only as much of it as the faults in force let through."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import FileBody, MadeBody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.faults import Fault, Faults
    from jupyterlab_datahub.demo.messages import Body, Reply, Request, Seen

WHOLE_PIECE = 8 << 20
"""Bytes handed to the kernel at once where nothing slows the connection down."""

PIECES_PER_SECOND = 25
"""How finely a rate is kept; a progress bar should not see the steps."""

POLL = 0.05
"""Seconds between two looks at whether a stalled client is still there."""

FLIP = bytes(255 - value for value in range(256))


@dataclass(frozen=True)
class Plan:
    """What is done to one response.

    ``halt`` happens after its ``after`` bytes and ends a stall when ``cleared`` is set,
    ``corrupt`` is a position in the body, ``by`` is added to the promised length.
    """

    rate: float = 0.0
    halt: Fault | None = None
    cleared: Event = field(default_factory=Event)
    corrupt: int | None = None
    by: int = 0


def plan_for(host: str, faults: Faults, request: Request, reply: Reply, rate: float) -> Plan:
    """Return what the faults in force do to a response, and count them as used."""
    where = (host, request.method, request.place)
    # Taken before the fault is, so that no clearing in between is missed.
    cleared = faults.cleared
    by = 0
    length = faults.find("length", *where)
    if length and reply.length and (request.method != "HEAD" or length.method == "HEAD"):
        by = length.by if faults.use(length) else 0
    if request.method == "HEAD":
        return Plan(by=by)
    slow = faults.take("slow", *where)
    return Plan(
        rate=slow.rate if slow else rate,
        halt=_halt(where, faults, reply),
        cleared=cleared,
        corrupt=_corrupt(where, faults, reply),
        by=by,
    )


def _halt(where: tuple[str, str, str], faults: Faults, reply: Reply) -> Fault | None:
    candidates = (
        faults.find("cut", *where),
        faults.find("reset", *where),
        faults.find("stall", *where),
    )
    for fault in candidates:
        if fault and reply.length > fault.after and faults.use(fault):
            return fault
    return None


def _corrupt(where: tuple[str, str, str], faults: Faults, reply: Reply) -> int | None:
    fault = faults.find("corrupt", *where)
    if fault is None:
        return None
    start = reply.body.offset if isinstance(reply.body, FileBody) else 0
    position = fault.offset - start
    return position if 0 <= position < reply.length and faults.use(fault) else None


class Sender:
    """Sends bodies on one connection; `stopping` ends every wait."""

    def __init__(self, connection: socket.socket, stopping: Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self._due = 0.0

    def send(self, body: Body, plan: Plan, seen: Seen) -> bool:
        """Send a body as planned.

        Returns
        -------
        bool
            False if the connection cannot be used for another request.
        """
        length = len(body) if isinstance(body, bytes) else body.length
        halt = plan.halt
        if halt is None:
            self._send_part(body, 0, length, plan, seen)
            return True
        self._send_part(body, 0, halt.after, plan, seen)
        if halt.kind == "reset":
            self.reset()
        elif halt.kind == "stall":
            if self._stall(halt, plan.cleared):
                self._send_part(body, halt.after, length, plan, seen)
                return True
            seen.left = not self._stopping.is_set()
        return False

    def hesitate(self, seconds: float, cleared: Event) -> None:
        """Wait before an answer, until the time is over or the faults are cleared."""
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            if cleared.wait(min(left, POLL)):
                return

    def reset(self) -> None:
        """Make the close of the connection a TCP reset."""
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._connection.close()

    def _send_part(self, body: Body, start: int, stop: int, plan: Plan, seen: Seen) -> None:
        """Send what is between `start` and `stop` of a body."""
        first = 0
        for piece in body.pieces() if isinstance(body, MadeBody) else (body,):
            end = first + (len(piece) if isinstance(piece, bytes) else piece.length)
            for at, size in self._paced(max(start, first), min(stop, end), plan.rate):
                # Counted before it is sent: whoever has read the last byte may look at once.
                seen.sent += size
                if isinstance(piece, bytes):
                    content = piece[at - first : at - first + size]
                    self._connection.sendall(_spoilt(content, at, plan.corrupt))
                else:
                    self._send_file(piece, at, at - first, size, plan.corrupt)
            first = end
            if first >= stop:
                return

    def _send_file(
        self, body: FileBody, at: int, start: int, size: int, corrupt: int | None
    ) -> None:
        """Send bytes of a file from `start` on, which are at `at` of the whole body."""
        with body.path.open("rb") as file:
            spoilt = corrupt is not None and at <= corrupt < at + size
            if not spoilt and not body.flipped:
                self._connection.sendfile(file, body.offset + start, size)
                return
            file.seek(body.offset + start)
            content = file.read(size)
            content = content.translate(FLIP) if body.flipped else content
            self._connection.sendall(_spoilt(content, at, corrupt))

    def _paced(self, start: int, stop: int, rate: float) -> Iterator[tuple[int, int]]:
        """Yield (position, size) of pieces, each when its time has come."""
        piece = max(int(rate / PIECES_PER_SECOND), 1) if rate else WHOLE_PIECE
        for at in range(start, stop, piece):
            size = min(piece, stop - at)
            if rate:
                now = time.monotonic()
                self._stopping.wait(max(self._due - now, 0.0))
                self._due = max(self._due, now) + size / rate
            if self._stopping.is_set():
                raise ConnectionAbortedError
            yield at, size

    def _stall(self, fault: Fault, cleared: Event) -> bool:
        """Wait until the stall is over; False if client or server went away first."""
        until = time.monotonic() + fault.seconds if fault.seconds else None
        while not cleared.wait(POLL):
            if self._stopping.is_set() or self._client_gone():
                return False
            if until is not None and time.monotonic() >= until:
                break
        return True

    def _client_gone(self) -> bool:
        try:
            return self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except ValueError:
            return False  # an encrypted connection shows nothing before it is read
        except OSError:
            return True


def _spoilt(content: bytes, at: int, corrupt: int | None) -> bytes:
    """Return `content`, which starts at `at` of the body, with the corrupt byte flipped."""
    if corrupt is None or not at <= corrupt < at + len(content):
        return content
    spoilt = bytearray(content)
    spoilt[corrupt - at] ^= 0xFF
    return bytes(spoilt)
