"""How often and how soon something that failed is tried again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from jupyterlab_datahub.errors import (
    BadAnswerError,
    CatalogError,
    DataHubError,
    InterruptedTransferError,
    NotReadyError,
    UnreachableError,
)
from jupyterlab_datahub.transfers.network.hosts import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.network.stopping import Halt

FIRST = 0.25
PREPARING = 2.0
"""Seconds between two questions whether something is ready, where the host names none."""

LONGEST = 30.0

T = TypeVar("T")


class UntrustedError(UnreachableError):
    """The host does not prove who it is; another try will not change that."""


class Patience:
    """A number of tries, full again whenever there was progress.

    Parameters
    ----------
    attempts
        Tries without progress.
    halt
        Ends waiting.
    say
        Told what the user may know of a wait.
    """

    def __init__(self, attempts: int, halt: Halt, say: Callable[[str], None]) -> None:
        self._attempts = max(1, attempts)
        self._halt = halt
        self._say = say
        self._failures = 0

    def progress(self) -> None:
        """Forget the failures so far."""
        self._failures = 0

    def persist(self, action: Callable[[], T], worth: Callable[[DataHubError], bool]) -> T:
        """Do something until it succeeds.

        Parameters
        ----------
        action
            What is done.
        worth
            Whether an error may go away.

        Raises
        ------
        DataHubError
            The last error when all tries are used up, or one that is not worth a try.
        Stopped
        """
        while True:
            self._halt.check()
            try:
                return action()
            except DataHubError as error:
                if not worth(error):
                    raise
                if isinstance(error, NotReadyError):
                    self._await(error)
                else:
                    self._wait(error)

    def _await(self, error: NotReadyError) -> None:
        """Wait for a host that makes something; that is no failure, however long it takes."""
        self._failures = 0
        self._say(error.message)
        self._halt.sleep(min(error.retry_after or PREPARING, LONGEST_WAIT))

    def _wait(self, error: DataHubError) -> None:
        """Wait for what the host asked for, else longer each time.

        The time varies by half, so that clients that failed together do not return together.
        """
        self._failures += 1
        if self._failures >= self._attempts:
            raise error
        seconds = error.retry_after
        if seconds is None:
            seconds = min(FIRST * 2 ** (self._failures - 1), LONGEST)
            seconds *= random.uniform(0.5, 1.5)  # noqa: S311 - spreads clients, hides nothing
        seconds = min(seconds, LONGEST_WAIT)
        self._say(f"{error.message}; next try in {seconds:.0f} s" if seconds >= 1 else "")
        self._halt.sleep(seconds)
        self._say("")


def of_a_host(error: DataHubError) -> bool:
    """Return whether a request for bytes may succeed a little later."""
    if isinstance(error, UntrustedError | BadAnswerError):
        return False
    return isinstance(error, CatalogError | InterruptedTransferError)


def of_a_catalog(error: DataHubError) -> bool:
    """Return whether a catalog may answer a little later."""
    return isinstance(error, CatalogError)
