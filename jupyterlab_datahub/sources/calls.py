"""Ending what a host is asked for somebody who does not wait for it any more.

A thread that waits for an answer looks at nothing else; the end of its connection wakes it, and
tells the host as well.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Call:
    """What is asked for somebody, one request after the other, until it is ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: socket.socket | None = None
        self._over = False

    @property
    def over(self) -> bool:
        """Whether nobody waits any more."""
        return self._over

    def end(self) -> None:
        """Wait for nothing any more: the connection that is waited at is closed."""
        with self._lock:
            self._over = True
            if self._held is not None:
                with suppress(OSError):
                    # Not that of TLS, which the thread that reads is using.
                    socket.socket.shutdown(self._held, socket.SHUT_RDWR)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Take what is asked in the block, and in threads begun with its context, for this call."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)

    def hold(self, connection: socket.socket) -> None:
        """Note where an answer is waited for.

        Raises
        ------
        ConnectionAbortedError
            If nobody waits for it any more.
        """
        with self._lock:
            if self._over:
                raise ConnectionAbortedError
            self._held = connection

    def let_go(self) -> None:
        """Forget the connection, which others may use from now on."""
        with self._lock:
            self._held = None


_current: ContextVar[Call | None] = ContextVar("call", default=None)


def current() -> Call | None:
    """Return the call that this thread is busy with, None where nobody can end it."""
    return _current.get()


def over() -> bool:
    """Return whether nobody waits for what this thread is busy with."""
    call = _current.get()
    return call is not None and call.over


@contextmanager
def request() -> Iterator[None]:
    """Make one request in the block, which ends with the call.

    Raises
    ------
    urllib3.exceptions.ProtocolError
        If nobody waits for it any more; then nothing is to be sent.
    """
    if over():
        from urllib3.exceptions import ProtocolError

        raise ProtocolError("nobody waits for it any more")
    try:
        yield
    finally:
        if call := _current.get():
            call.let_go()
