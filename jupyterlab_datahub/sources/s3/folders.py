"""A bucket, or a folder in one, as a group of files that come together.

S3 knows no folders: they are what keys have in common up to a ``/``. A key may be both a file and
a folder, end in a ``/``, or have parts that no disk takes; each gets a place of its own here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import BadRequestError, NotFoundError
from jupyterlab_datahub.model import Access, Asset, Collection, Dataset
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.s3 import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.s3.listing import Entry
    from jupyterlab_datahub.sources.s3.refs import Ref
    from jupyterlab_datahub.sources.s3.store import Store

    AssetOf = Callable[[Ref, int], Asset]

MANY = (
    f"More than {listing.PAGE:,} files. How many they are, and how large, is found out while they "
    "are listed for the download."
)


def is_folder(ref: Ref) -> bool:
    """Return whether a ref names a bucket, or the beginning of keys."""
    return not ref.key or ref.key.endswith("/")


def dataset(store: Store, config: SourceConfig, ref: Ref, asset_of: AssetOf) -> Dataset:
    """Return a folder as a dataset of one group, after a look at its first thousand keys.

    Raises
    ------
    NotFoundError
        If no key begins so.
    AccessError, CatalogError
    """
    page = listing.page(store, ref.bucket, ref.key, deep=True)
    if not page.entries and ref.key:
        raise NotFoundError(
            f"{ref} does not exist: no key of the bucket begins so",
            source=config.name,
            hint="Check the name, capital letters included.",
        )
    files = [entry for entry in page.entries if not _only_marks(entry)]
    size = None if page.token else sum(entry.size or 0 for entry in files)
    # What a whole file of this size is, and who pays for it, a group is as well.
    like = asset_of(ref, size or 0)
    group = Asset(
        ref=str(ref),
        name=file_name(ref.name or ref.bucket, ""),
        group=True,
        format="group",
        size=size,
        members=None if page.token else len(files),
        access=like.access,
        access_note=like.access_note if size is not None else like.access_note.partition(":")[0],
        usd_per_gb=like.usd_per_gb,
        price_date=like.price_date,
        note=MANY if page.token else "",
    )
    return Dataset(
        ref=str(ref),
        source=config.name,
        kind=config.kind,
        id=str(ref),
        version="live",
        title=f"{ref.bucket}/{ref.key}".rstrip("/"),
        description=MANY if page.token else "",
        collection=Collection(id=ref.bucket, title=ref.bucket),
        assets=(group,),
        access=group.access if files else Access.OPEN,
        access_note=group.access_note,
    )


def members(store: Store, ref: Ref, asset_of: AssetOf) -> Iterator[Asset]:
    """Yield the files of a folder with their paths in it, in the order of their keys.

    Raises
    ------
    BadRequestError
        If the ref is of a file.
    NotFoundError, AccessError, CatalogError
    """
    if not is_folder(ref):
        raise BadRequestError(
            f"{ref} is a file, not a folder", source=store.name, hint="Fetch it as it is."
        )
    entries = listing.below(store, ref.bucket, ref.key)
    for entry, path in placed(entries, ref.key):
        found = asset_of(ref._replace(key=entry.key), entry.size or 0)
        yield msgspec.structs.replace(found, path=path)


def placed(entries: Iterable[Entry], prefix: str) -> Iterator[tuple[Entry, str]]:
    """Yield each file with its path below `prefix`; one that only marks a folder is left out.

    A key comes before those that go on after it with a ``/``. The folder that these would lie in
    is called otherwise, as a disk has no folder and file of one name.
    """
    files: set[int] = set()
    for entry in entries:
        if _only_marks(entry):
            continue
        *folders, last = entry.key.removeprefix(prefix).split("/")
        # A key that ends in a slash and has bytes lies in the folder that it names.
        last = last or entry.key.rstrip("/").rpartition("/")[2] or "file"
        path = ""
        for folder in folders:
            path += folder
            while hash(path.casefold()) in files:
                path += "_"
            path += "/"
        path += last
        files.add(hash(path.casefold()))
        yield entry, path


def _only_marks(entry: Entry) -> bool:
    return entry.key.endswith("/") and not entry.size
