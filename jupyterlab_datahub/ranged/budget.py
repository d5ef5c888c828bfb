"""What a look may fetch, and what it has fetched, over all the files that it reads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.ranged.rate import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.ranged.rate import Wait

DOWNLOAD_IT = "Download the file instead."


class TooMuch(NotSupportedError):  # noqa: N818 - what it is about can be done without
    """What is asked for takes more bytes than a look may."""


def too_much(most: int) -> TooMuch:
    """Return the error for a look that would take more than some bytes."""
    return TooMuch(
        f"the look would take more than {most >> 20:,} MiB of the file", hint=DOWNLOAD_IT
    )


class Budget:
    """Counts what is fetched; usable from several threads.

    Parameters
    ----------
    most
        Bytes.
    most_requests
        How often hosts may be asked, None for any number.
    refusal
        Returns the error for more than that, from the bytes it would be.
    wait
        Waits until a host may send more.

    Attributes
    ----------
    most, fetched : int
        Bytes.
    requests : int
        How often a host was asked for some.
    wait
        Waits until a host, of a name, may send so many bytes more.
    """

    def __init__(
        self,
        most: int,
        most_requests: int | None = None,
        refusal: Callable[[int], DataHubError] | None = None,
        wait: Wait = at_once,
    ) -> None:
        self.most = most
        self.wait = wait
        self.fetched = 0
        self.requests = 0
        self._most_requests = most_requests
        self._refusal = refusal or (lambda _: too_much(most))
        self._lock = threading.Lock()

    def spend(self, size: int, requests: int = 1) -> None:
        """Count what is about to be fetched.

        Raises
        ------
        DataHubError
            If that would be more than a look may.
        """
        with self._lock:
            fetched, asked = self.fetched + size, self.requests + requests
            often = self._most_requests is not None and asked > self._most_requests
            if fetched > self.most or often:
                raise self._refusal(fetched)
            self.fetched, self.requests = fetched, asked

    def give_back(self, size: int) -> None:
        """Take back what was counted and not sent."""
        with self._lock:
            self.fetched -= size
