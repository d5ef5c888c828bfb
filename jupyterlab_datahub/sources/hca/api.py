"""Azul's REST API: its addresses, its limits, and what its refusals mean.

Specification: the OpenAPI document of DataBiosphere/azul (``service/openapi.json``).
"""

from __future__ import annotations

import re
import time
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from jupyterlab_datahub.errors import (
    BadRequestError,
    BusyError,
    NotFoundError,
    SettingsError,
    WithdrawnError,
)
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.pace import REQUESTS, Pace
from jupyterlab_datahub.sources.hca.records import Catalogs, Emulated, Page, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.hca.refs import Filters
    from jupyterlab_datahub.sources.http import Client

PUBLIC = "https://service.azul.data.humancellatlas.org"
ATLAS = "hca"
LONGEST_URL = 8000
"""Characters of an address from which filters go into the body; Azul takes 8,192."""

CATALOGS_SECONDS = 300.0
"""How long the list of catalogs is believed: a release puts another one in its place."""

MOST_HITS = {"projects": 100, "bundles": 100, "samples": 1000, "files": 1000}
"""What Azul gives on one page."""

_UNKNOWN_FIELD = re.compile(r"Unknown field [`'\"]?(\w+)")
_NO_CATALOG = re.compile(r"Catalog name .* does not exist|not a valid catalog", re.IGNORECASE)


class CatalogGoneError(WithdrawnError):
    """A catalog that Azul has no more: a newer release took its place."""


class UnknownFieldError(BadRequestError):
    """A field that this catalog does not have; ``field`` is its name."""

    def __init__(self, message: str, field: str, source: str) -> None:
        super().__init__(message, source=source, hint="Leave out the condition.")
        self.field = field


class AzulApi:
    """The service at one address; may be used from several threads.

    Parameters
    ----------
    client
        What asks.
    config
        The Source's entry: its address, and the options ``catalog`` and ``most_requests``.
    sleep
        How to wait a number of seconds.
    """

    def __init__(
        self, client: Client, config: SourceConfig, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._config = config
        self._sleep = sleep
        self.url = (config.url or PUBLIC).rstrip("/")
        self.pace = Pace(int(config.options.get("most_requests", REQUESTS)))
        self._lock = Lock()
        self._catalogs: tuple[float, Catalogs] | None = None

    @property
    def title(self) -> str:
        """What the Source is called in messages."""
        return self._config.title or self._config.name

    def catalogs(self, *, fresh: bool = False) -> Catalogs:
        """Return the catalogs, those for internal use left out; they are remembered for a while."""
        with self._lock:
            known = self._catalogs
        if known and not fresh and time.monotonic() - known[0] < CATALOGS_SECONDS:
            return known[1]
        told = self._client.decode(self._get(f"{self.url}/index/catalogs"), Catalogs)
        public = {name: entry for name, entry in told.catalogs.items() if not entry.internal}
        found = msgspec.structs.replace(told, catalogs=public)
        with self._lock:
            self._catalogs = time.monotonic(), found
        return found

    def catalog(self) -> str:
        """Return the catalog that is searched: the configured one, else the service's default.

        Raises
        ------
        SettingsError
            If the configured one is not there.
        """
        found = self.catalogs()
        wanted = str(self._config.options.get("catalog") or "")
        if wanted and wanted not in found.catalogs:
            raise SettingsError(
                f"{self.title} has no catalog {wanted!r}",
                source=self._config.name,
                hint=f"It has {', '.join(found.catalogs)}. Correct the option 'catalog'.",
            )
        if wanted or found.default_catalog in found.catalogs or not found.catalogs:
            return wanted or found.default_catalog
        of_atlas = [name for name, entry in found.catalogs.items() if entry.atlas == ATLAS]
        return [*of_atlas, *found.catalogs][0]

    def page(
        self,
        entity: str,
        catalog: str,
        filters: Filters,
        size: int,
        order: Mapping[str, str] = {},
    ) -> Page:
        """Return the first page of what fits; long filters go by POST."""
        query = {"catalog": catalog, "size": str(size), **order}
        return self._client.decode(self._asked(f"/index/{entity}", query, filters), Page)

    def next_page(self, url: str, filters: Filters) -> Page:
        """Return the page at an address that Azul gave as the next one."""
        if len(url) <= LONGEST_URL and (not filters or "filters=" in urlsplit(url).query):
            return self._client.decode(self._get(url), Page)
        parts = urlsplit(url)
        kept = [(k, v) for k, v in parse_qsl(parts.query, True) if k != "filters"]
        url = urlunsplit(parts._replace(query=urlencode(kept)))
        return self._client.decode(self._post(url, filters), Page)

    def one(self, entity: str, id_: str, catalog: str) -> Record:
        """Return one project, sample or file."""
        query = urlencode({"catalog": catalog})
        url = f"{self.url}/index/{entity}/{quote(id_, safe='')}?{query}"
        return self._client.decode(self._get(url), Record)

    def summary(self, catalog: str, filters: Filters) -> Record:
        """Return the figures of what fits; this address takes no body."""
        url = self._address("/index/summary", {"catalog": catalog}, filters)
        return self._client.decode(self._get(url), Record)

    def fits_in_address(self, filters: Filters) -> bool:
        """Return whether filters may stand in an address."""
        return len(self._address("/index/summary", {"catalog": "x" * 64}, filters)) <= LONGEST_URL

    def start_manifest(self, catalog: str, format_: str, filters: Filters) -> Emulated:
        """Ask for a manifest to be made; it may be there already."""
        query = {"catalog": catalog, "format": format_}
        url = self._address("/fetch/manifest/files", query, filters)
        body = b""
        if len(url) > LONGEST_URL:
            url, body = self._address("/fetch/manifest/files", query, {}), _body(filters)
        self._hurry()
        return self._emulated(lambda: self._client.put(url, body, headers=JSON, attempts=1))

    def start_file(self, catalog: str, id_: str, version: str) -> Emulated:
        """Ask for the address of a file's bytes."""
        query = urlencode({"catalog": catalog, "version": version})
        return self.go_on(f"{self.url}/fetch/repository/files/{quote(id_, safe='')}?{query}")

    def go_on(self, url: str) -> Emulated:
        """Ask again for a manifest or file that was being prepared."""
        self._hurry()
        return self._emulated(lambda: self._client.get(url, attempts=1))

    def outside(self, url: str, kind: Any) -> Any:
        """Return a list that another site publishes."""
        return self._client.get_json(url, kind)

    def _emulated(self, ask: Callable[[], Answer]) -> Emulated:
        return self._client.decode(self._told(ask), Emulated)

    def _address(self, path: str, query: Mapping[str, str], filters: Filters) -> str:
        given = {**query, "filters": refs.written(filters)} if filters else dict(query)
        return f"{self.url}{path}?{urlencode(given)}"

    def _asked(self, path: str, query: Mapping[str, str], filters: Filters) -> Answer:
        url = self._address(path, query, filters)
        if len(url) <= LONGEST_URL:
            return self._get(url)
        return self._post(self._address(path, query, {}), filters)

    def _get(self, url: str) -> Answer:
        self._wait()
        return self._told(lambda: self._client.get(url))

    def _post(self, url: str, filters: Filters) -> Answer:
        self._wait()
        return self._told(lambda: self._client.post(url, _body(filters), headers=JSON))

    def _told(self, ask: Callable[[], Answer]) -> Answer:
        """Ask, and give the refusals that we act on a name."""
        try:
            return ask()
        except NotFoundError as error:
            if _NO_CATALOG.search(error.message):
                raise CatalogGoneError(
                    f"{self.title} has this catalog no more",
                    source=self._config.name,
                    host=error.host,
                    hint="A newer release took its place: search again.",
                ) from error
            raise
        except BadRequestError as error:
            if match := _UNKNOWN_FIELD.search(error.message):
                raise UnknownFieldError(
                    f"{self.title} has no field {match[1]!r}", match[1], self._config.name
                ) from error
            raise

    def _wait(self) -> None:
        """Wait until one more request is allowed, if that is soon."""
        while wait := self.pace.take():
            if wait > self._client.patience.longest_wait:
                raise self._too_many(wait)
            self._sleep(wait)

    def _hurry(self) -> None:
        """Refuse one more request than is allowed: a transfer has its own way to wait."""
        if wait := self.pace.take():
            raise self._too_many(wait)

    def _too_many(self, wait: float) -> BusyError:
        return BusyError(
            f"{self.title} allows {REQUESTS:,} requests in five minutes, and they are used up",
            source=self._config.name,
            hint=f"Try again in {wait:.0f} s.",
            retry_after=wait,
        )


JSON = {"Content-Type": "application/json"}


def _body(filters: Filters) -> bytes:
    """Return filters as a body: a text in JSON that is itself JSON."""
    return msgspec.json.encode({"filters": refs.written(filters)})
