"""What every Source must do, as tests that any Source can be put through.

Inherit :class:`SourceConformance` in a test module, give it the fixtures ``source`` and
``unreachable`` and the attribute ``unknown``, and run pytest. It needs nothing but
jupyterlab_datahub and pytest, so a package of its own may copy this file.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import msgspec
import pytest
import urllib3

from jupyterlab_datahub.errors import (
    CatalogError,
    DataHubError,
    NotFoundError,
    NotReadyError,
    RequestError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Access, Asset, Dataset, SearchQuery, kind_of
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.pieces import Wanted

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.sources.pieces import PieceReader
    from jupyterlab_datahub.sources.source import Source

MOST_FETCHED = 12
LONGEST_NAME = 255
EXPIRING = re.compile(r"(?i)[?&](x-amz-|signature=|sig=|token=|expires=|session_?id=)")
"""What an address has that lets its holder in for a while; files may have names with ``?``."""

MOST_ANSWERS = 10_000
"""Answers after which what comes in pieces should have come."""

MOST_QUESTIONS = 20
"""Questions after which what a host makes should be there."""

MOST_MEMBERS = 500


class SourceConformance(ABC):
    """The tests. A Source passes all of them or is none.

    Attributes
    ----------
    unknown
        A ref of the right form that the catalog does not have.
    """

    unknown: ClassVar[str]

    @pytest.fixture
    @abstractmethod
    def source(self) -> Source:
        """Return the Source, with at least one dataset that has an asset."""

    @pytest.fixture
    @abstractmethod
    def unreachable(self) -> Source:
        """Return the same Source pointed at a catalog that is not there, with an empty cache."""

    @pytest.fixture
    def datasets(self, source: Source) -> list[Dataset]:
        """Return what the Source has, or the first page of what it finds."""
        if source.harvestable:
            return list(source.harvest())
        hits = source.search(SearchQuery()).hits
        return [source.dataset(hit.ref) for hit in islice(hits, MOST_FETCHED)]

    def test_there_are_datasets_each_once(self, datasets: list[Dataset]) -> None:
        refs = [dataset.ref for dataset in datasets]
        assert refs
        assert len(set(refs)) == len(refs)
        assert any(dataset.assets for dataset in datasets)

    def test_refs_name_the_kind_and_are_owned(
        self, source: Source, datasets: list[Dataset]
    ) -> None:
        for dataset in datasets:
            assert dataset.kind == source.kind
            assert dataset.source == source.name
            for ref in (dataset.ref, *(asset.ref for asset in dataset.assets)):
                assert kind_of(ref) == source.kind
                assert source.owns(ref)
        for other in (f"not-{source.kind}:x", source.kind, "", "no ref at all"):
            assert not source.owns(other)

    def test_refs_never_carry_an_address_that_expires(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            for ref in (dataset.ref, *(asset.ref for asset in dataset.assets)):
                assert not EXPIRING.search(ref)
                assert not ref.startswith(("http:", "https:"))

    def test_a_dataset_says_what_it_is(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            assert dataset.title.strip()
            assert dataset.id
            assert dataset.version
            assert dataset.collection is None or dataset.collection.title
            for count in (dataset.cells, dataset.primary_cells, dataset.genes):
                assert count is None or count >= 0
            for moment in filter(None, (dataset.published, dataset.revised)):
                assert datetime.fromisoformat(moment).utcoffset() is not None, moment

    def test_facets_have_labels(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            for name, terms in dataset.facets.items():
                labels = [term.label for term in terms]
                assert name.isidentifier()
                assert labels
                assert len(set(labels)) == len(labels)
                assert all(label and label == label.strip() for label in labels)

    def test_assets_are_files_with_names(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            refs = [asset.ref for asset in dataset.assets]
            assert len(set(refs)) == len(refs)
            for asset in dataset.assets:
                assert asset.size is None or asset.size >= 0
                assert asset.name == Path(asset.name).name
                assert not asset.name.startswith((".", "-"))
                assert asset.name == asset.name.strip()
                assert not any(ord(c) < 32 or c in "/\\" for c in asset.name)
                assert len(asset.name.encode()) <= LONGEST_NAME

    def test_addresses_lead_to_the_web_without_credentials(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            urls = [dataset.url, dataset.licence_url]
            urls += [asset.url for asset in dataset.assets]
            urls += [link.url for link in dataset.links]
            for url in filter(None, urls):
                assert urlsplit(url).scheme in ("http", "https")
                assert urlsplit(url).username is None

    def test_what_is_not_open_says_why(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            assert dataset.access is Access.OPEN or dataset.access_note
            assert all(a.access is Access.OPEN or a.access_note for a in dataset.assets)

    def test_a_dataset_survives_being_written_down(self, datasets: list[Dataset]) -> None:
        for dataset in datasets:
            again = from_json(msgspec.json.encode(dataset), Dataset)
            assert again == dataset

    def test_every_ref_leads_back_to_its_dataset(
        self, source: Source, datasets: list[Dataset]
    ) -> None:
        for dataset in datasets:
            for ref in (dataset.ref, *(asset.ref for asset in dataset.assets)):
                again = source.dataset(ref)
                assert again.ref == dataset.ref
                assert (again.id, again.version) == (dataset.id, dataset.version)
                assert again.title == dataset.title
                assert again.facets == dataset.facets
                assert {a.ref for a in again.assets} >= {a.ref for a in dataset.assets}

    def test_assets_can_be_fetched(self, source: Source, datasets: list[Dataset]) -> None:
        open_ones = (a for d in datasets for a in d.assets if a.access is Access.OPEN)
        for asset in islice(open_ones, MOST_FETCHED):
            if asset.group:
                _check_members(source, asset)
                continue
            download = _resolved(source, asset)
            assert not (download.url and download.path)
            if download.url or download.path:
                size, digests = _fetched(download)
            else:
                size, digests = _read(source.pieces(asset))
            for promised in (asset.size, download.size):
                assert promised in (None, size)
            for algorithm, digest in {**asset.checksums, **download.checksums}.items():
                assert digests.get(algorithm, digest) == digest

    def test_an_asset_known_by_its_ref_alone_can_be_resolved(
        self, source: Source, datasets: list[Dataset]
    ) -> None:
        asset = next(a for d in datasets for a in d.assets if a.access is Access.OPEN)
        told = _resolved(source, asset)
        found = _resolved(source, Asset(ref=asset.ref, name=asset.name))
        assert (found.url.partition("?")[0], found.path) == (
            told.url.partition("?")[0],
            told.path,
        )

    def test_versions_are_newest_first(self, source: Source, datasets: list[Dataset]) -> None:
        for dataset in datasets[:MOST_FETCHED]:
            versions = source.versions(dataset.ref)
            assert len({version.ref for version in versions}) == len(versions)
            assert sum(version.current for version in versions) <= 1
            assert all(source.owns(version.ref) for version in versions)
            dates = [datetime.fromisoformat(v.date) for v in versions if v.date]
            assert all(newer >= older for newer, older in pairwise(dates))

    def test_what_is_unknown_is_not_found(self, source: Source) -> None:
        assert source.owns(self.unknown)
        for ask in (source.dataset, lambda ref: source.resolve(Asset(ref=ref, name="x"))):
            with pytest.raises((NotFoundError, WithdrawnError)) as caught:
                ask(self.unknown)
            _readable(caught.value)

    def test_what_is_no_ref_is_refused(self, source: Source) -> None:
        for rest in ("", " ", "/", "..", "../../etc/passwd", "a\x00b", "%2e%2e/%2e%2e", "é" * 3000):
            with pytest.raises(RequestError) as caught:
                source.dataset(f"{source.kind}:{rest}")
            _readable(caught.value)

    def test_a_catalog_that_is_not_there_is_an_error_in_words(self, unreachable: Source) -> None:
        with pytest.raises(CatalogError) as caught:
            _listed(unreachable)
        _readable(caught.value)

    def test_a_second_look_finds_the_same(self, source: Source, datasets: list[Dataset]) -> None:
        if source.harvestable:
            assert list(source.harvest()) == datasets
        else:
            again = [source.dataset(dataset.ref) for dataset in datasets]
            assert [dataset.ref for dataset in again] == [dataset.ref for dataset in datasets]

    def test_threads_may_ask_at_once(self, source: Source, datasets: list[Dataset]) -> None:
        refs = [dataset.ref for dataset in datasets[:4]] * 3
        with ThreadPoolExecutor(6) as threads:
            assert [found.ref for found in threads.map(source.dataset, refs)] == refs

    def test_a_harvest_tells_words(self, source: Source) -> None:
        told: list[str] = []
        if source.harvestable:
            assert list(source.harvest(told.append))
        assert all(words.strip() == words and words for words in told)


def _resolved(source: Source, asset: Asset) -> Download:
    """Return where an asset is, asking again while the host still makes it."""
    for _ in range(MOST_QUESTIONS):
        try:
            return source.resolve(asset)
        except NotReadyError as error:
            _readable(error)
    return source.resolve(asset)


def _check_members(source: Source, group: Asset) -> None:
    """Check that the files of a group have paths of their own, and the same ones each time."""
    members = list(islice(source.members(group), MOST_MEMBERS))
    paths = [member.path.casefold() for member in members]
    assert len(set(paths)) == len(paths)
    for member in members:
        assert source.owns(member.ref)
        assert not member.group
        assert member.access is Access.OPEN or member.access_note
        assert ".." not in Path(member.path).parts
    assert list(islice(source.members(group), MOST_MEMBERS)) == members


def _read(reader: PieceReader) -> tuple[int, dict[str, str]]:
    """Return the size of what comes in pieces and, of a single file, its CRC32."""
    files = [bytearray(file.size) for file in reader.files]
    wanted = [Wanted(number, 0, len(file)) for number, file in enumerate(files) if file]
    came = 0
    if wanted:
        streams = reader.start(wanted, 1)
        for _ in range(MOST_ANSWERS):
            pieces = 0
            for piece in streams.read(0):
                pieces += 1
                came += len(piece.data)
                files[piece.file][piece.offset : piece.offset + len(piece.data)] = piece.data
            if not pieces or came >= sum(map(len, files)):
                break
        streams.finish()
    for file, listed in zip(files, reader.files, strict=True):
        assert listed.crc32 in ("", f"{zlib.crc32(file):08x}")
    single = {} if reader.folder else {"crc32": f"{zlib.crc32(files[0]):08x}"}
    return came, single


def _listed(source: Source) -> None:
    if source.harvestable:
        list(source.harvest())
    else:
        source.search(SearchQuery())


def _readable(error: DataHubError) -> None:
    """Check that an error says what failed and what to do, on one line."""
    assert error.message
    assert error.hint
    assert "\n" not in error.message
    assert "Traceback" not in error.message
    assert len(error.message) < 600


def _fetched(download: Download) -> tuple[int, dict[str, str]]:
    """Return the size of what a download leads to, and its digests; nothing for a directory."""
    digests = {name: hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha256")}
    size = 0
    if download.path:
        path = Path(download.path)
        assert path.is_absolute()
        pieces = [] if path.is_dir() else [path.read_bytes()]
        for piece in pieces:
            size += len(piece)
            for digest in digests.values():
                digest.update(piece)
    else:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "GET", download.url, headers=download.headers, preload_content=False
            )
            assert answer.status == 200
            for piece in answer.stream(1 << 20):
                size += len(piece)
                for digest in digests.values():
                    digest.update(piece)
    return size, {name: digest.hexdigest() for name, digest in digests.items()}
