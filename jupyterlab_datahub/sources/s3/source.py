"""The Source: objects of S3, and of stores that speak as it does, such as MinIO."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.errors import AccessError, NotFoundError, SettingsError
from jupyterlab_datahub.model import (
    Access,
    Asset,
    Collection,
    ConnectionState,
    Dataset,
    DatasetVersion,
    Download,
    Hit,
    NodePage,
    SearchResult,
    Summary,
)
from jupyterlab_datahub.sources.connections import connection_of
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.s3 import find, folders, listing, refs, saves
from jupyterlab_datahub.sources.s3.credentials import Chain
from jupyterlab_datahub.sources.s3.prices import Prices
from jupyterlab_datahub.sources.s3.store import Store
from jupyterlab_datahub.sources.s3.tree import Tree
from jupyterlab_datahub.sources.s3.uploads import Objects
from jupyterlab_datahub.sources.s3.writing import Writer
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Connection, Owner, SaveForm, SaveRequest, SearchQuery
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.s3.refs import Ref
    from jupyterlab_datahub.sources.saving import BackEnd, Bundle, Checked, Presets

SIGNED_FOR = 10 * 60.0
"""Seconds for which an address is used; a signature in headers holds for fifteen minutes."""

MOST_HITS = 10_000

_ENDING = re.compile(r"(\.(?:ome|nii|tar|csv|tsv|mtx|txt))?\.[A-Za-z0-9]{1,8}$", re.IGNORECASE)


class _Head(NamedTuple):
    """What a store says of an object; ``modified`` is ISO 8601."""

    ref: Ref
    size: int
    etag: str
    modified: str


class S3Source(Source):
    """Objects of one store.

    Options of the entry: ``buckets`` (what the tree begins with and what is searched, each a
    bucket or ``bucket/folder/``), ``profile``, ``anonymous``, ``credentials_file``, ``region``
    and ``prices``. Without a ``url`` it is Amazon's S3.
    """

    kind = "s3"
    browsable = True
    can_save = True
    title = "S3"
    example = "https://minio.example.org"

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        options = config.options
        self._roots = options.get("buckets") or ()
        if not all(isinstance(name, str) for name in self._roots):
            raise SettingsError(
                f"source {config.name!r}: buckets is not a list of names",
                source=config.name,
                hint="Correct the entry of the source.",
            )
        chain = Chain(
            config.name,
            str(options.get("profile") or ""),
            str(options.get("credentials_file") or ""),
            anonymous=bool(options.get("anonymous")),
        )
        self._prices = Prices.of(config)
        self._chain = chain
        self._store = Store(config, chain)
        self._tree = Tree(self._store, self._roots)

    def owns(self, ref: str) -> bool:
        """Return whether it could be here: another store than Amazon's has only its buckets."""
        if not ref.startswith(refs.PREFIX) or ref == refs.PREFIX:
            return False
        bucket = ref.removeprefix(refs.PREFIX).partition("/")[0]
        return not self.config.url or bucket in {root.partition("/")[0] for root in self._roots}

    def known(self) -> Connection:
        """Return whose keys sign, as far as that takes no more than reading a file."""
        state, user, note = ConnectionState.CONNECTED, "", ""
        try:
            keys = self._chain.at_hand()
        except AccessError as error:
            note = f"{error.message}. {error.hint}"
        else:
            user = keys.place if keys else ""
        known = connection_of(self.config)
        return msgspec.structs.replace(
            known, state=state, user=user, can_save=bool(user), note=known.note or note
        )

    def children(self, node: str = "", offset: int = 0, limit: int = 100) -> NodePage:
        """Return some children of a bucket or folder; see :class:`Tree`."""
        return self._tree.children(node, offset, limit)

    def search(self, query: SearchQuery) -> SearchResult:
        """Return the objects whose keys match a beginning, pattern or part."""
        matches = find.found(self._store, self._roots, query.text)
        found = [self._hit(ref, entry) for ref, entry in islice(matches, MOST_HITS)]
        shown = found[query.offset : query.offset + query.limit]
        total = sum(hit.size or 0 for hit in found)
        return SearchResult(
            total=len(found),
            hits=tuple(shown),
            summary=Summary(datasets=len(found), bytes=total),
            offset=query.offset,
        )

    def dataset(self, ref: str) -> Dataset:
        """Return an object with what the store says of it now, or a folder as a group."""
        named = refs.parse(ref, self.name)
        if folders.is_folder(named):
            found = folders.dataset(self._store, self.config, named, self._asset)
            return msgspec.structs.replace(found, place=self._tree.place(named))
        head = self._head(named)
        text, name = str(head.ref), head.ref.name
        asset = self._asset(head.ref, head.size)
        return Dataset(
            ref=text,
            source=self.name,
            kind=self.kind,
            id=str(head.ref._replace(version="")),
            version=head.ref.version or head.etag.strip('"') or head.modified,
            title=name,
            collection=Collection(id=head.ref.bucket, title=head.ref.bucket),
            assets=(asset,),
            access=asset.access,
            access_note=asset.access_note,
            revised=head.modified,
            place=self._tree.place(head.ref),
        )

    def resolve(self, asset: Asset) -> Download:
        """Return where an object is, with a signature for it.

        Where its requester pays, the headers that make the store send it are apart: without
        them it refuses, so whoever does not know of prices cannot run up a bill.
        """
        head = self._head(refs.parse(asset.ref, self.name))
        return msgspec.structs.replace(self._download(head.ref), size=head.size, etag=head.etag)

    def below(self, ref: str, path: str) -> Download:
        """Return where an object of a folder is, with a signature for it."""
        folder = refs.parse(ref, self.name)
        named = folder._replace(key=f"{folder.key}/{path}", version="")
        if not self._store.knows(folder.bucket):
            with suppress(NotFoundError):
                # Finds out where the bucket is, and who pays for what is in it.
                self._store.ask("HEAD", named.bucket, named.key)
        return self._download(named)

    def _download(self, ref: Ref) -> Download:
        query = {"versionId": ref.version} if ref.version else {}
        url = self._store.address(ref.bucket, ref.key, query)
        pays = self._store.pays(ref.bucket)
        price = self._prices.per_gigabyte(self._store.region(ref.bucket))
        headers = self._store.headers(url, ref.bucket, paying=False)
        return Download(
            url=url,
            headers=headers,
            expires=time.time() + SIGNED_FOR if headers else None,
            paying=self._store.headers(url, ref.bucket, paying=True) if pays else {},
            usd_per_gb=price if pays else 0.0,
            price_date=self._prices.as_of if pays else "",
        )

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files of a bucket or folder, by their keys."""
        return folders.members(self._store, refs.parse(group.ref, self.name), self._asset)

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the versions of an object, newest first; none where the bucket keeps none."""
        named = refs.parse(ref, self.name)
        return tuple(
            DatasetVersion(
                ref=str(named._replace(version=entry.version)),
                version=entry.version,
                date=entry.modified,
                title=named.name,
                size=entry.size,
                withdrawn=entry.deleted,
                current=entry.latest,
            )
            for entry in listing.versions(self._store, named.bucket, named.key)
            if entry.version not in ("", "null")
        )

    def form(self) -> SaveForm:
        """Return that files go to a new folder, or to the place itself."""
        return saves.FORM

    def owners(
        self, text: str, limit: int = 20, *, kind: str = "", type_: str = ""
    ) -> tuple[Owner, ...]:
        """Return buckets and folders that begin as a text does; none has a type."""
        found = saves.owners(self._store, self._roots, text, self.owns, limit)
        return tuple(one for one in found if kind in ("", one.kind) and not type_)

    def checked(self, request: SaveRequest, presets: Presets) -> Checked:
        """Return a request to save with its place, and all that is wrong with it."""
        del presets
        return saves.checked(Writer(self._store), request, self.name, self.owns)

    def back_end(self, bundle: Bundle) -> BackEnd:
        """Return what takes a bundle: a folder of objects."""
        return Objects(Store(self.config, self._chain), bundle)

    def _head(self, ref: Ref) -> _Head:
        """Ask the store for an object.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        if not ref.key:
            raise NotFoundError(
                f"{ref} is a bucket, not a file",
                source=self.name,
                hint="Browse it in the tree, or add the key of a file.",
            )
        query = {"versionId": ref.version} if ref.version else {}
        headers = self._store.ask("HEAD", ref.bucket, ref.key, query).headers
        said = {name.lower(): it for name, it in headers.items()}
        version = said.get("x-amz-version-id", "")
        modified = ""
        if "last-modified" in said:
            moment = parsedate_to_datetime(said["last-modified"]).astimezone(UTC)
            modified = moment.isoformat(timespec="seconds")
        return _Head(
            ref._replace(version="" if version == "null" else version or ref.version),
            int(said.get("content-length", "0")),
            said.get("etag", ""),
            modified,
        )

    def _asset(self, ref: Ref, size: int) -> Asset:
        pays = self._store.pays(ref.bucket)
        region = self._store.region(ref.bucket)
        price = self._prices.per_gigabyte(region)
        return Asset(
            ref=str(ref),
            name=_safe_name(ref.name),
            path=ref.key,
            format=_format(ref.name),
            size=size,
            access=Access.REQUESTER_PAYS if pays else Access.OPEN,
            access_note=self._prices.words(size, region) if pays else "",
            usd_per_gb=price if pays else None,
            price_date=self._prices.as_of if pays else "",
            loads_as_anndata=form_of(ref.name) is not Form.PATH,
        )

    def _hit(self, ref: Ref, entry: listing.Entry) -> Hit:
        pays = self._store.pays(ref.bucket)
        return Hit(
            ref=str(ref),
            id=str(ref),
            source=self.name,
            kind=self.kind,
            title=ref.name,
            collection=f"{ref.bucket}/{ref.key.rpartition('/')[0]}".rstrip("/"),
            size=entry.size,
            format=_format(ref.name),
            loads_as_anndata=form_of(ref.name) is not Form.PATH,
            access=Access.REQUESTER_PAYS if pays else Access.OPEN,
            date=entry.modified,
        )


def _safe_name(name: str) -> str:
    match = _ENDING.search(name)
    ending = match[0] if match else ""
    return file_name(name.removesuffix(ending), ending)


def _format(name: str) -> str:
    match = _ENDING.search(name.removesuffix(".gz"))
    return match[0].removeprefix(".").lower() if match else ""
