"""A tissue atlas that is published as a site, as a Source.

The Harvard Tissue Atlas has no interface for programs. A feed is made here of the archive of its
site's repository, on first use and at each refresh, and kept: without the network it is used as
it is.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    CatalogError,
    DataHubError,
    NotFoundError,
    SettingsError,
)
from jupyterlab_datahub.model import Access, Download
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.patience import Patience
from jupyterlab_datahub.sources.source import Source
from jupyterlab_datahub.sources.tissue_atlas import refs
from jupyterlab_datahub.sources.tissue_atlas.feed import Feed, feed_of
from jupyterlab_datahub.sources.tissue_atlas.pictures import HOSTS, Pictures
from jupyterlab_datahub.sources.tissue_atlas.rights import CONTACT, Rules
from jupyterlab_datahub.sources.tissue_atlas.snapshot import Snapshot, snapshot
from jupyterlab_datahub.sources.tissue_atlas.translate import (
    Atlas,
    as_of,
    dataset_of,
    picture_address,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Dataset, Picture
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.answers import Answer

ARCHIVE = "https://github.com/labsyspharm/harvardtissueatlas/archive/refs/heads/main.tar.gz"
SITE = "https://www.tissue-atlas.org"
LARGEST = 4 * 1024**3
DEADLINE = 3600.0


class _UnchangedError(DataHubError):
    """The archive is the one that the feed was made of."""


class TissueAtlasSource(Source):
    """Studies of a tissue atlas, with their stories and files.

    Options of the entry: ``site`` (the address that relative links start from), ``contact``,
    ``picture_hosts`` and ``open_buckets`` (lists), ``store`` (where buckets are), and those of
    :class:`~jupyterlab_datahub.sources.patience.Patience`.
    """

    kind = refs.KIND
    harvestable = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self._url = config.url or ARCHIVE
        limits = {"largest": LARGEST, "deadline": DEADLINE}
        chosen = {name: value for name, value in limits.items() if name not in config.options}
        patience = msgspec.structs.replace(Patience.of(config), **chosen)
        self._client = Client(config, patience, refusal=_unchanged)
        hosts = frozenset(_texts(config, "picture_hosts")) or HOSTS
        rules = Rules(
            open_buckets=frozenset(_texts(config, "open_buckets")),
            store=_text(config, "store", "").rstrip("/"),
            contact=_text(config, "contact", CONTACT),
        )
        site = _text(config, "site", SITE).rstrip("/")
        self._atlas = Atlas(config.name, config.title or "Tissue atlas", site, hosts, rules)
        self._pictures = Pictures(config, cache, hosts)
        # What another archive said under this Source's name is no feed of this one.
        self._file = cache / f"feed-{hashlib.sha256(self._url.encode()).hexdigest()[:12]}.json"
        self._lock = Lock()

    def harvest(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[Dataset]:
        """Yield every study; of the feed that is kept, and with words, if there is no other.

        Raises
        ------
        CatalogError
            If the archive cannot be had and no feed was kept.
        """
        feed = self._refreshed(progress)
        if feed.problems:
            progress(f"{len(feed.problems):,} pages were read as far as possible")
        for study in feed.studies:
            yield dataset_of(study, feed, self._atlas)

    def owns(self, ref: str) -> bool:
        """Return whether a ref is of this atlas, where several are configured."""
        return refs.is_of(ref, self.name)

    def dataset(self, ref: str) -> Dataset:
        """Return the study that a ref (of it, a file or a story's picture) names."""
        wanted = refs.parse(ref, self.name)
        feed = self._feed()
        study = next((one for one in feed.studies if one.id == wanted.id), None)
        if study is None:
            raise NotFoundError(
                f"{self._atlas.title} has no study {wanted.id[:80]!r} as of {as_of(feed)}",
                source=self.name,
                hint="Refresh the source, or search for the title.",
            )
        return dataset_of(study, feed, self._atlas)

    def resolve(self, asset: Asset) -> Download:
        """Return the address of an open file.

        Raises
        ------
        AccessError
            If it is not open, with the next step.
        NotFoundError, CatalogError
        """
        found = next((one for one in self.dataset(asset.ref).assets if one.ref == asset.ref), None)
        if found is None:
            raise NotFoundError(
                f"{self._atlas.title} lists no file {asset.ref[:200]!r}",
                source=self.name,
                hint="Its files are listed on the page of the study.",
            )
        if found.access is not Access.OPEN or not found.url:
            raise AccessError(
                f"{found.name} cannot be fetched from here",
                source=self.name,
                hint=found.access_note,
            )
        return Download(url=found.url)

    def picture(self, ref: str) -> Picture:
        """Return the thumbnail of a story, from a host that is allowed."""
        wanted = refs.parse(ref, self.name)
        found = (
            picture_address(card, self._atlas.site)
            for study in self._feed().studies
            for card in study.cards
            if (study.id, card.id) == (wanted.id, wanted.story)
        )
        if url := next(found, ""):
            return self._pictures.get(url)
        raise NotFoundError(
            f"no story of {self._atlas.title} has the picture {ref[:80]!r}",
            source=self.name,
            hint="Open the page of the study again.",
        )

    def _feed(self) -> Feed:
        """Return the feed that is kept, made now if there is none."""
        return self._kept() or self._refreshed(lambda _: None)

    def _kept(self) -> Feed | None:
        try:
            return from_json(self._file.read_bytes(), Feed)
        except (OSError, msgspec.DecodeError):
            return None

    def _refreshed(self, progress: Callable[[str], None]) -> Feed:
        with self._lock:
            kept = self._kept()
            progress("Asking for the archive of the atlas")
            try:
                feed = self._made(kept, progress)
            except CatalogError as error:
                if kept is None:
                    raise
                progress(f"Working from the feed as of {as_of(kept)}, because {error.message}")
                return kept
            try:
                write_atomically(self._file, msgspec.json.encode(feed))
            except OSError as error:
                raise SettingsError(
                    f"{self._file.parent} cannot be written: {error.strerror}",
                    source=self.name,
                    hint="Check its permissions and the free space of its disk.",
                ) from error
            return feed

    def _made(self, kept: Feed | None, progress: Callable[[str], None]) -> Feed:
        """Return the feed of the archive as it is now; the kept one if that did not change."""
        found: list[tuple[Snapshot, str]] = []

        def take(headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
            found.append((snapshot(pieces), headers.get("ETag", "")))

        asked = {"If-None-Match": kept.etag} if kept and kept.etag else {}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._client.stream(self._url, take, headers=asked, tell=progress)
        except _UnchangedError:
            progress("The atlas has not changed")
            return msgspec.structs.replace(kept or Feed(studies=()), fetched=now)
        if not found:
            raise CatalogError(
                f"{self._atlas.title} gave no archive",
                source=self.name,
                hint="Correct the url of the source.",
            )
        shot, etag = found[-1]
        return msgspec.structs.replace(feed_of(shot), fetched=now, url=self._url, etag=etag)


def _unchanged(status: int, _answer: Answer) -> DataHubError | None:
    return _UnchangedError("not modified") if status == 304 else None


def _text(config: SourceConfig, option: str, default: str) -> str:
    value = config.options.get(option, default)
    if not isinstance(value, str):
        raise SettingsError(
            f"source {config.name!r}: {option} is no text",
            source=config.name,
            hint="Correct the entry of the source.",
        )
    return value


def _texts(config: SourceConfig, option: str) -> tuple[str, ...]:
    value = config.options.get(option, ())
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise SettingsError(
            f"source {config.name!r}: {option} is no list of texts",
            source=config.name,
            hint="Correct the entry of the source.",
        )
    return tuple(value)
