"""From a file or table to the address of its bytes, however long Azul prepares it.

Azul answers with 301, an address to ask again and after how many seconds, as often as it takes;
then with 302 and an address that is signed for an hour or less. Both come in a body here
(``/fetch/…``), as Azul's Explorer asks for them. Where we stand is kept between two calls, so that
a transfer can wait, be paused and be cancelled in between.
"""

from __future__ import annotations

import re
import time
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BusyError,
    CatalogError,
    ConflictError,
    NotFoundError,
    NotReadyError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.sources.expiry import expiry
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.api import CatalogGoneError
from jupyterlab_datahub.sources.hca.exports import KINDS
from jupyterlab_datahub.sources.hca.files import NOT_AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.hca.api import AzulApi
    from jupyterlab_datahub.sources.hca.records import Emulated
    from jupyterlab_datahub.sources.hca.refs import Wanted

AT_ONCE = 1.0
"""Seconds after which is asked again where Azul does not say when."""

MOST_KEPT = 10_000
_FAILED = re.compile(r"answered 500 ")
"""How a job that failed is told apart from a service that is away for a moment."""


class Job(NamedTuple):
    """Where the preparation of one asset stands; ``begun`` is a time of the monotonic clock."""

    location: str
    begun: float
    asked: int = 1
    anew: bool = False


class Preparing:
    """Asks for the addresses of bytes; may be used from several threads."""

    def __init__(
        self, api: AzulApi, source: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._api = api
        self._source = source
        self._clock = clock
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}

    def download(self, asset: Asset, wanted: Wanted, catalog: str) -> Download:
        """Return how to get the bytes of a file or table just now.

        Raises
        ------
        NotReadyError
            If Azul is still preparing it, or wants to be asked later.
        NotFoundError
            If there is no such file, or none that can be had.
        ConflictError
            If it expired or failed twice.
        CatalogError
        """
        with self._lock:
            job = self._jobs.pop(asset.ref, None)
        try:
            told, job = self._ask(wanted, catalog, job)
        except BusyError as error:
            self._keep(asset.ref, job)
            raise NotReadyError(
                error.message,
                source=self._source,
                host=error.host,
                hint=error.hint,
                retry_after=error.retry_after or AT_ONCE,
            ) from error
        except CatalogError:
            # It goes on where it was when the service is back.
            self._keep(asset.ref, job)
            raise
        if told.status == 301:
            self._keep(asset.ref, job._replace(location=told.location, asked=job.asked + 1))
            raise self._not_ready(wanted, told, self._clock() - job.begun)
        if told.status != 302 or urlsplit(told.location).scheme not in ("http", "https"):
            raise BadAnswerError(
                f"{self._api.title} gave no address for {asset.name}",
                source=self._source,
                hint="Try again in a few minutes.",
            )
        return Download(
            url=told.location,
            size=asset.size,
            checksums=dict(asset.checksums),
            expires=expiry(told.location),
        )

    def _ask(self, wanted: Wanted, catalog: str, job: Job | None) -> tuple[Emulated, Job]:
        is_file = wanted.thing is refs.Thing.FILE
        job = job or Job("", self._clock())
        try:
            return self._once(wanted, catalog, job), job
        except CatalogGoneError:
            raise
        except WithdrawnError as error:
            problem: DataHubError = error
        except NotFoundError as error:
            raise NotFoundError(
                f"{self._api.title} has no download of this file: {error.message}",
                source=self._source,
                hint=NOT_AVAILABLE,
            ) from error
        except BadAnswerError as error:
            if is_file or not _FAILED.search(error.message):
                raise
            problem = error
        if is_file or job.anew:
            raise self._given_up(wanted, problem)
        # What was being prepared has expired or failed: it is asked for once more.
        job = Job("", self._clock(), anew=True)
        try:
            return self._once(wanted, catalog, job), job
        except (WithdrawnError, BadAnswerError) as error:
            raise self._given_up(wanted, error) from error

    def _once(self, wanted: Wanted, catalog: str, job: Job) -> Emulated:
        if job.location:
            return self._api.go_on(job.location)
        if wanted.thing is refs.Thing.FILE:
            return self._api.start_file(catalog, wanted.id, wanted.version)
        return self._api.start_manifest(catalog, KINDS[wanted.format].azul, wanted.filters)

    def _keep(self, ref: str, job: Job | None) -> None:
        if job is None:
            return
        with self._lock:
            self._jobs[ref] = job
            while len(self._jobs) > MOST_KEPT:
                del self._jobs[next(iter(self._jobs))]

    def _not_ready(self, wanted: Wanted, told: Emulated, waited: float) -> NotReadyError:
        what = "the file"
        if wanted.thing is refs.Thing.MANIFEST:
            what = f"the {KINDS[wanted.format].title.lower()}"
        since = f" (for {waited:.0f} s so far)" if waited >= 1 else ""
        return NotReadyError(
            f"{self._api.title} is preparing {what}{since}",
            source=self._source,
            hint="It is asked again by itself; pause or cancel it if it takes too long.",
            retry_after=AT_ONCE if told.retry_after is None else max(told.retry_after, 0.0),
        )

    def _given_up(self, wanted: Wanted, problem: DataHubError) -> ConflictError:
        """Return an error after which nobody asks again by themselves."""
        what = "the file"
        if wanted.thing is refs.Thing.MANIFEST:
            what = f"the {KINDS[wanted.format].title.lower()}"
        if isinstance(problem, WithdrawnError):
            return ConflictError(
                f"{self._api.title} prepared {what}, but it expired before it was fetched",
                source=self._source,
                hint="Start it again.",
            )
        return ConflictError(
            f"{self._api.title} could not make {what}: {problem.message}",
            source=self._source,
            hint="Try again later, or choose fewer projects or files.",
        )
