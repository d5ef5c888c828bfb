"""Where an asset's bytes are just now, asked of its Source when needed and never written down."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from jupyterlab_datahub.errors import AccessError, BadAnswerError
from jupyterlab_datahub.model import Download, Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.transfers.network.stopping import Halt

ASK_HOST = "Try again later; if it stays so, tell whoever runs the source."
EARLY = 10.0
"""Seconds before its end at which an address counts as expired."""


class Target(Struct):
    """An address and the headers it wants; `generation` counts how often it was asked for."""

    url: str
    headers: dict[str, str] = {}
    generation: int = 0

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class Address:
    """An asset's address, renewed when it expires.

    Parameters
    ----------
    resolve
        Asks the Source.
    source
        The Source's name, for errors.
    """

    def __init__(self, resolve: Callable[[], Download], source: str) -> None:
        self._resolve = resolve
        self._source = source
        self._lock = threading.Lock()
        self._generation = 0
        self._served = True
        self._pays = False
        self._target: Target | None = None
        self.download = Download()

    def resolve(self, halt: Halt) -> Download:
        """Ask the Source how to get the bytes, which need not be an address.

        Raises
        ------
        DataHubError
            What the Source says.
        Stopped
        """
        with self._lock:
            self._ask(halt)
            return self.download

    def pay(self) -> None:
        """Use the headers that make somebody pay from now on, as somebody agreed to."""
        with self._lock:
            self._pays = True
            self._aim()

    def get(self, halt: Halt) -> Target:
        """Return the address, asking the Source if there is none or it has expired.

        Raises
        ------
        DataHubError
            What the Source says.
        Stopped
        """
        with self._lock:
            expires = self.download.expires
            if self._target is None or (expires is not None and expires - EARLY < time.time()):
                self._ask(halt)
            if self._target is None:
                raise BadAnswerError(
                    "the catalog gave no address",
                    source=self._source,
                    hint="Refresh the page of the dataset, then try again.",
                )
            return self._target

    def refused(self, target: Target, status: int, halt: Halt) -> None:
        """Ask for a new address after a 401 or 403, unless a new one was refused as well.

        Raises
        ------
        AccessError
            If the host refuses an address that was just made.
        """
        with self._lock:
            if target.generation < self._generation:
                return
            if not self._served:
                raise AccessError(
                    f"the host refuses the file with status {status}",
                    source=self._source,
                    host=target.host,
                    hint="Check on the catalog's site that you may download it.",
                )
            self._served = False
            self._ask(halt)

    def served(self, target: Target) -> None:
        """Remember that an address works; a later refusal means that it expired."""
        if target.generation == self._generation:
            self._served = True

    def moved(self, target: Target, location: str) -> Target:
        """Return where a redirect leads, without what was meant for the first host only.

        Raises
        ------
        BadAnswerError
            If it leads nowhere, or from an encrypted connection to a plain one.
        """
        url = urljoin(target.url, location)
        old, new = urlsplit(target.url), urlsplit(url)
        if new.scheme not in ("http", "https") or not new.netloc:
            raise BadAnswerError(
                "a redirect leads nowhere", source=self._source, host=target.host, hint=ASK_HOST
            )
        if old.scheme == "https" and new.scheme == "http":
            raise BadAnswerError(
                "a redirect leads from an encrypted connection to a plain one",
                source=self._source,
                host=target.host,
                hint=ASK_HOST,
            )
        same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        return Target(url=url, headers=target.headers if same else {}, generation=target.generation)

    def _ask(self, halt: Halt) -> None:
        halt.check()
        self.download = self._resolve()
        if self.download.url:
            self._generation += 1
            self._aim()

    def _aim(self) -> None:
        download = self.download
        self._target = Target(
            url=download.url,
            headers=(download.paying if self._pays else {}) or download.headers,
            generation=self._generation,
        )
