"""The files that an OME-Zarr is made of, one after the other: here, on a host, or paid for.

What somebody pays for is asked for as the first bytes of each file, no more than the file can have
by the image's metadata, so that the price is known before any is sent.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import AccessError, ConsentError, NotFoundError
from jupyterlab_datahub.images.limits import here, too_much
from jupyterlab_datahub.images.tiff import damaged
from jupyterlab_datahub.ranged.host import client_of
from jupyterlab_datahub.spending.ledger import Ledger, Purchase
from jupyterlab_datahub.spending.purse import Allowance, Purse, Wallet, cost_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.images.job import Job
    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.ranged.budget import Budget
    from jupyterlab_datahub.settings import SourceConfig

METADATA = 1 << 20
"""Bytes that the metadata of an image may have, all of its files together, where they are paid."""

_TOTAL = re.compile(r"bytes 0-(\d+)/(\d+)")


class ZarrFiles:
    """Reads the files below a folder; usable from several threads.

    Parameters
    ----------
    below
        Says where a file below the folder is.
    config
        The entry of its Source.
    budget
        Counts what is fetched.
    job
        The image, and what may be paid for it.
    """

    def __init__(
        self, below: Callable[[str], Download], config: SourceConfig, budget: Budget, job: Job
    ) -> None:
        self._below = below
        self._client = client_of(config)
        self._budget = budget
        self._job = job
        self._limit = job.max_usd
        self._priced: Download | None = None
        self._paid = 0
        self._lock = threading.Lock()
        self._wallet = (
            None
            if self._limit is None
            else Wallet(Allowance(self._limit), Ledger(Path(job.settings.home)))
        )

    @property
    def is_paid(self) -> bool:
        """Whether somebody pays, as far as was seen."""
        return self._priced is not None

    def get(self, path: str, most: int = METADATA) -> bytes | None:
        """Return a file, None where there is none: chunks of one value need not be written.

        Parameters
        ----------
        most
            Bytes that it can have.

        Raises
        ------
        ConsentError
            If somebody pays for it and nobody agreed to.
        LimitError
            If that would cost more than somebody agreed to.
        """
        try:
            download = self._below(path)
            if download.path:
                with here(Path(download.path)) as file:
                    if file.size > file.most:
                        raise too_much(file.size)
                    return file.bytes_at(0, file.size)
            if download.paying:
                return self._bought(download, path, most)
            self._budget.spend(0)
            content = self._client.get(download.url, headers={**_PLAIN, **download.headers}).body
        except (NotFoundError, AccessError):
            # S3 tells those who may not list a bucket that they may not see what is not there.
            return None
        self._budget.spend(len(content), 0)
        return content

    def agree(self, most: int) -> None:
        """Refuse to fetch further bytes that are paid for, unless the limit has room for them.

        Raises
        ------
        ConsentError
            With what all of the look costs at most.
        """
        if self._priced is None:
            return
        whole = msgspec.structs.replace(self._priced, size=self._paid + most)
        cost = cost_of(whole)
        if self._limit is None or (cost.usd or 0.0) > self._limit:
            raise ConsentError.of(f"A look at {self._job.name}", cost, self._job.source)

    def _bought(self, download: Download, path: str, most: int) -> bytes | None:
        self._priced = download
        if self._wallet is None:
            self.agree(METADATA)
        purse = Purse(download.paying, Purchase.of(self._job.ref, download), self._wallet)
        self._budget.spend(0)
        with purse.buying(most) as bill:
            wanted = f"bytes=0-{bill.count - 1}"
            try:
                answer = self._client.get(
                    download.url, headers={**_PLAIN, **purse.headers, "Range": wanted}
                )
            except (NotFoundError, AccessError):
                bill.answered(404, 0)
                return None
            content = answer.body
            bill.answered(206, len(content))
        with self._lock:
            self._paid += len(content)
        self._budget.spend(len(content), 0)
        match = _TOTAL.fullmatch(answer.headers.get("Content-Range", "").strip())
        if match and int(match[2]) > len(content):
            if bill.count < most:
                # The limit had no room for all that it may be.
                self._limit = 0.0
                self.agree(most)
            raise damaged(f"{path[:80]} is larger than it can be by what the image says")
        return content


_PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}
