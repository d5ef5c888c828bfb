"""What is asked of the queue, as the rows that begin with it."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.model import Asset, TransferState
from jupyterlab_datahub.sources.bundles import member_ref
from jupyterlab_datahub.sources.contents import stem_of
from jupyterlab_datahub.transfers import schema
from jupyterlab_datahub.transfers.disk.names import safe_name
from jupyterlab_datahub.transfers.schema import Job, Origin, now

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Dataset, Selection
    from jupyterlab_datahub.sources.saving import Bundle


def job(
    dataset: Dataset,
    asset: Asset,
    directory: Path,
    source: str,
    convert: bool = False,
    selection: Selection | None = None,
    max_usd: float | None = None,
    member: str = "",
) -> Job:
    """Return the job of one asset, or of the h5ad that is made of it, or of a part of it."""
    wanted = h5ad_of(asset) if convert else asset
    if member:
        wanted = member_of(asset, member)
    if selection is not None:
        wanted = selected_of(asset, selection)
    return Job(
        id=secrets.token_hex(8),
        key=schema.key_of(source, wanted.ref),
        name=safe_name(wanted.name),
        source=source,
        asset=schema.storable(asset),
        origin=_origin(schema.origin_of(dataset, asset), whole=selection is None and not member),
        directories=(str(directory),),
        convert=convert,
        member=member,
        selection=selection,
        max_usd=max_usd,
    )


def h5ad_ref(ref: str) -> str:
    """Return the ref of the h5ad that an asset becomes: that of the other with ``#h5ad``."""
    return f"{ref}#h5ad"


def h5ad_of(asset: Asset) -> Asset:
    """Return the h5ad that an asset becomes."""
    return Asset(
        ref=h5ad_ref(asset.ref),
        name=f"{_stem(asset.name)}.h5ad",
        format="h5ad",
        loads_as_anndata=True,
        volatile=asset.volatile,
    )


def member_of(asset: Asset, member: str) -> Asset:
    """Return the h5ad that a member of an asset becomes, by its path or name in there."""
    part = _stem(stem_of(member).strip("/_.-") or _stem(asset.name)).replace("/", ".")
    folder = member.rpartition("/")[0].replace("/", ".")
    inner = part if not folder or part.startswith(folder) else f"{folder}.{part}"
    return Asset(
        ref=member_ref(asset.ref, member),
        name=f"{_stem(asset.name)}.{inner}.h5ad",
        format="h5ad",
        loads_as_anndata=True,
        volatile=asset.volatile,
        note=member,
    )


def selected_of(asset: Asset, selection: Selection) -> Asset:
    """Return the h5ad that a selection of an asset becomes.

    Its ref is that of the other with ``#selection-`` and a digest of the selection, by which the
    same one is known again.
    """
    short = digest_of(selection)
    return Asset(
        ref=f"{asset.ref}#selection-{short}",
        name=f"{_stem(asset.name)}.{short}.h5ad",
        format="h5ad",
        loads_as_anndata=True,
        volatile=asset.volatile,
    )


def digest_of(selection: Selection) -> str:
    """Return what a selection is called in the names of files, whatever the order of its genes."""
    plain = msgspec.structs.replace(selection, genes=tuple(sorted(set(selection.genes))))
    return hashlib.sha256(msgspec.json.encode(plain)).hexdigest()[:8]


def _origin(origin: Origin, *, whole: bool) -> Origin:
    """Return what the library says of a file; a part of one is not the dataset's main file."""
    return origin if whole else msgspec.structs.replace(origin, main=False)


def _stem(name: str) -> str:
    """Return a name without its ending, nor that of a table or an archive that is packed."""
    stem = PurePosixPath(name).stem
    return (
        PurePosixPath(stem).stem
        if stem.lower().endswith((".csv", ".tsv", ".tar", ".mtx"))
        else stem
    )


def outcome(job: Job) -> Job:
    """Return a job with what is there at its end as its asset."""
    if job.selection is not None:
        return msgspec.structs.replace(job, asset=selected_of(job.asset, job.selection))
    if job.member:
        return msgspec.structs.replace(job, asset=member_of(job.asset, job.member))
    return msgspec.structs.replace(job, asset=h5ad_of(job.asset)) if job.convert else job


def group(asset: Asset, directory: Path, source: str, max_usd: float | None = None) -> Job:
    """Return the job of a group of files."""
    return Job(
        id=secrets.token_hex(8),
        key=schema.key_of(source, asset.ref),
        name=safe_name(asset.name, fallback="files"),
        source=source,
        asset=asset,
        origin=Origin(dataset=asset.ref),
        directories=(str(directory),),
        max_usd=max_usd,
    )


def upload(bundle: Bundle) -> Job:
    """Return the job of an upload, which brings no asset home."""
    name = Path(bundle.notebook).name
    return Job(
        id=secrets.token_hex(8),
        key=bundle.id,
        name=name,
        source=bundle.source,
        asset=Asset(ref=bundle.owner, name=name),
        origin=Origin(dataset=""),
        directories=(),
        save=bundle,
    )


def columns(job: Job) -> dict[str, Any]:
    """Return the columns of a transfer that begins."""
    at = now()
    return {
        "id": job.id,
        "key": job.key,
        "ref": member_ref(job.asset.ref, job.member) if job.member else job.asset.ref,
        "title": job.origin.title or job.name,
        "name": job.name,
        "source": job.source,
        "asset": msgspec.json.encode(job.asset),
        "origin": msgspec.json.encode(job.origin),
        "directories": msgspec.json.encode(job.directories),
        "state": TransferState.QUEUED,
        "size": job.asset.size,
        "convert": job.convert,
        "member": job.member,
        "selection": msgspec.json.encode(job.selection) if job.selection else None,
        "max_usd": job.max_usd,
        "created": at,
        "updated": at,
    }
