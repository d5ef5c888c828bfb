"""Where the bytes of a file are: at Synapse, at another address, or in somebody's bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from jupyterlab_datahub.model import Access
from jupyterlab_datahub.sources.synapse.rights import Right

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.synapse import wire

EXTERNAL = "ExternalFileHandle"
"""A file at an address elsewhere."""

IN_BUCKET = "ExternalObjectStoreFileHandle"
"""A file in a bucket that Synapse itself cannot read."""

ARCHIVED = "ARCHIVED"
_WEB = ("https", "http")


class Place(NamedTuple):
    """Where bytes are that Synapse does not keep: what to do, and their ref in another Source."""

    right: Right | None = None
    elsewhere: str = ""
    where: str = ""


def main_handle(found: wire.Bundle) -> wire.FileHandle | None:
    """Return the handle of the file itself (there is one of its preview as well), if it is told."""
    wanted = found.entity.data_file_handle_id
    return next((one for one in found.file_handles or () if one.id == wanted), None)


def place_of(handle: wire.FileHandle | None) -> Place:
    """Return what is different about a file that Synapse does not keep."""
    if handle is None:
        return Place()
    if handle.kind == EXTERNAL:
        return _external(handle.external_url or "")
    if handle.kind == IN_BUCKET:
        bucket = f"{handle.bucket}/{handle.file_key}"
        at = f" of {handle.endpoint_url}" if handle.endpoint_url else ""
        note = (
            f"Synapse cannot read the bucket{at} in which it is ({bucket}): add a source of kind "
            "s3 for that bucket, with credentials of your own."
        )
        ref = f"s3://{handle.bucket}/{quote(handle.file_key or '', safe='/')}"
        return Place(Right(Access.REQUEST, note), ref, bucket)
    if handle.status == ARCHIVED:
        note = "Synapse has put it into its archive: whoever made it can have it brought back."
        return Place(Right(Access.REQUEST, note))
    return Place()


def checksums_of(handle: wire.FileHandle | None) -> dict[str, str]:
    """Return the MD5 of a file, nothing where none is kept."""
    md5 = (handle.content_md5 or "").strip().lower() if handle else ""
    whole = len(md5) == 32 and all(digit in "0123456789abcdef" for digit in md5)
    return {"md5": md5} if whole else {}


def size_of(handle: wire.FileHandle | None) -> int | None:
    """Return the bytes of a file, None where they are not told."""
    size = handle.content_size if handle else None
    return size if size is not None and size >= 0 else None


def _external(url: str) -> Place:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme in _WEB and host:
        return Place(where=host)
    if parts.scheme == "sftp" and host:
        note = (
            f"It is on the SFTP server {host}: fetch it with an SFTP client and an account there. "
            f"Its path is {parts.path}."
        )
        return Place(Right(Access.REQUEST, note), where=host)
    note = "Synapse only knows where somebody else has it, which is no address on the web."
    return Place(Right(Access.VIEW_ONLY, note))
