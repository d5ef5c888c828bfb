"""Putting objects into a bucket: whole, or in parts that are put together at the end.

The calls and their headers are those of the Amazon S3 API Reference. Bytes go with their MD5 and,
where the store knows that, their CRC-32, so that none that came damaged is kept.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from jupyterlab_datahub.errors import BadAnswerError, BusyError, NotFoundError, NotSupportedError
from jupyterlab_datahub.sources.s3 import listing
from jupyterlab_datahub.sources.s3.store import Sending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.s3.refs import Ref
    from jupyterlab_datahub.sources.s3.store import Store

    Body = Callable[[], Iterator[bytes]]

CRC32 = "x-amz-checksum-crc32"
IN_PARTS = {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"}
"""Lets S3 say the checksum of the whole object, not one of the checksums of its parts."""

NOT_TWICE = {"If-None-Match": "*"}
"""Refuses with 412 what would take the place of an object."""


class Digests(NamedTuple):
    """How many bytes, and their checksums."""

    size: int
    md5: bytes
    crc32: int

    @classmethod
    def of(cls, chunks: Iterable[bytes]) -> Digests:
        """Return those of some bytes."""
        size, md5, crc32 = 0, hashlib.md5(usedforsecurity=False), 0
        for chunk in chunks:
            size += len(chunk)
            md5.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
        return cls(size, md5.digest(), crc32)


class Part(NamedTuple):
    """A part that a store has taken: what it calls it, and its CRC-32 in hexadecimal."""

    etag: str
    crc32: str


class Written(NamedTuple):
    """An object as a store has it.

    ``crc32`` is in hexadecimal, empty where the store does not say one of all bytes.
    """

    size: int
    etag: str
    version: str = ""
    crc32: str = ""

    def has(self, digests: Digests) -> bool:
        """Return whether it is known to have some bytes, which were put there as a whole."""
        if self.size != digests.size:
            return False
        if self.crc32:
            return self.crc32 == f"{digests.crc32:08x}"
        return self.etag == digests.md5.hex()


class Writer:
    """Writes to the buckets of one store; usable from any thread.

    Parameters
    ----------
    store
        Where to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plain = False

    def put(self, ref: Ref, body: Body, digests: Digests, *, replace: bool) -> Written:
        """Put a whole object; unless `replace`, one that is there stays as it is.

        Raises
        ------
        ConflictError
            If it is there, or the bucket is full.
        AccessError, NotFoundError, BadRequestError, InterruptedTransferError, CatalogError
        """
        condition = {} if replace else NOT_TWICE
        answer = self._with_checksum(ref, {}, condition, body, digests)
        said = _headers(answer)
        return Written(digests.size, _tag(said), _version(said))

    def begin(self, ref: Ref) -> str:
        """Begin an object in parts and return the identifier of the upload.

        Raises
        ------
        AccessError, NotFoundError, BadRequestError, CatalogError
        """
        try:
            sending = Sending({} if self._plain else IN_PARTS)
            answer = self._store.write("POST", *ref[:2], {"uploads": ""}, sending)
        except NotSupportedError:
            if self._plain:
                raise
            self._plain = True
            return self.begin(ref)
        upload = self._root(answer).findtext("{*}UploadId") or ""
        if not upload:
            raise self._unreadable(answer)
        return upload

    def part(self, ref: Ref, upload: str, number: int, body: Body, digests: Digests) -> Part:
        """Send a part; one of the same number is replaced.

        Raises
        ------
        NotFoundError
            If the store knows no such upload.
        AccessError, BadRequestError, ConflictError, InterruptedTransferError, CatalogError
        """
        query = {"partNumber": str(number), "uploadId": upload}
        answer = self._with_checksum(ref, query, {}, body, digests)
        return Part(_tag(_headers(answer)), f"{digests.crc32:08x}")

    def parts(self, ref: Ref, upload: str) -> dict[int, tuple[int, str]]:
        """Return the size and the tag of every part that has arrived.

        Raises
        ------
        NotFoundError
            If the store knows no such upload.
        AccessError, CatalogError
        """
        found: dict[int, tuple[int, str]] = {}
        marker = ""
        while True:
            query = {"uploadId": upload, **({"part-number-marker": marker} if marker else {})}
            root = self._root(self._store.write("GET", *ref[:2], query))
            for part in root.iterfind("{*}Part"):
                number = int(part.findtext("{*}PartNumber") or 0)
                tag = (part.findtext("{*}ETag") or "").strip('"')
                found[number] = int(part.findtext("{*}Size") or 0), tag
            marker = root.findtext("{*}NextPartNumberMarker") or ""
            if root.findtext("{*}IsTruncated") != "true" or not marker:
                return found

    def complete(
        self, ref: Ref, upload: str, parts: Mapping[int, Part], *, replace: bool
    ) -> Written:
        """Put parts together; unless `replace`, an object that is there stays as it is.

        Raises
        ------
        NotFoundError
            If the store knows no such upload: it may have been put together before.
        AccessError, BadRequestError, ConflictError, CatalogError
        """
        root = ET.Element("CompleteMultipartUpload")
        for number, part in sorted(parts.items()):
            one = ET.SubElement(root, "Part")
            ET.SubElement(one, "PartNumber").text = str(number)
            ET.SubElement(one, "ETag").text = f'"{part.etag}"'
            if not self._plain:
                checksum = base64.b64encode(bytes.fromhex(part.crc32)).decode()
                ET.SubElement(one, "ChecksumCRC32").text = checksum
        text = ET.tostring(root, encoding="utf-8")
        headers = {"Content-Type": "application/xml", **({} if replace else NOT_TWICE)}
        sending = Sending(headers, lambda: iter((text,)), len(text))
        answer = self._store.write("POST", *ref[:2], {"uploadId": upload}, sending)
        made = self._root(answer)
        if made.tag.rpartition("}")[2] == "Error":
            # The status is sent before the work is done, so an error may come with 200.
            raise BusyError(
                f"the store could not put {ref} together: {made.findtext('Message') or ''}",
                source=self._store.name,
                host=answer.host,
                hint="Try again; what has arrived is kept.",
            )
        tag = (made.findtext("{*}ETag") or "").strip('"')
        return Written(0, tag, _version(_headers(answer)))

    def abort(self, ref: Ref, upload: str) -> None:
        """Have the parts of an upload deleted; one that is gone is as it should be.

        Raises
        ------
        AccessError, CatalogError
        """
        try:
            self._store.write("DELETE", *ref[:2], {"uploadId": upload})
        except NotFoundError:
            return

    def under_way(self, ref: Ref) -> tuple[tuple[Ref, str], ...]:
        """Return the uploads in parts whose keys begin as `ref` does, of the first page.

        Raises
        ------
        AccessError, NotFoundError, CatalogError
        """
        query = {"uploads": "", "prefix": ref.key}
        root = self._root(self._store.write("GET", ref.bucket, "", query))
        return tuple(
            (
                ref._replace(key=one.findtext("{*}Key") or "", version=""),
                one.findtext("{*}UploadId") or "",
            )
            for one in root.iterfind("{*}Upload")
        )

    def look(self, ref: Ref) -> Written | None:
        """Return an object as the store has it, None if there is none.

        Raises
        ------
        AccessError, CatalogError
        """
        query = {"versionId": ref.version} if ref.version else {}
        sending = Sending({"x-amz-checksum-mode": "ENABLED"})
        try:
            said = _headers(self._store.write("HEAD", *ref[:2], query, sending))
        except NotFoundError:
            return None
        crc32 = said.get(CRC32, "")
        # One that ends in -N is of the checksums of the parts.
        whole = base64.b64decode(crc32).hex() if crc32 and "-" not in crc32 else ""
        return Written(int(said.get("content-length", "0")), _tag(said), _version(said), whole)

    def delete(self, ref: Ref) -> None:
        """Delete an object, or one version of it.

        Raises
        ------
        AccessError, CatalogError
        """
        query = {"versionId": ref.version} if ref.version else {}
        try:
            self._store.write("DELETE", *ref[:2], query)
        except NotFoundError:
            return

    def keeps_versions(self, bucket: str) -> bool:
        """Return whether a bucket keeps what is overwritten.

        Raises
        ------
        AccessError
            If it does not tell us.
        NotFoundError, CatalogError
        """
        root = self._root(self._store.write("GET", bucket, "", {"versioning": ""}))
        return root.findtext("{*}Status") == "Enabled"

    def _with_checksum(
        self,
        ref: Ref,
        query: Mapping[str, str],
        condition: Mapping[str, str],
        body: Body,
        digests: Digests,
    ) -> Answer:
        headers = {"Content-MD5": base64.b64encode(digests.md5).decode(), **condition}
        plain = self._plain
        if not plain:
            headers[CRC32] = base64.b64encode(digests.crc32.to_bytes(4, "big")).decode()
        try:
            sending = Sending(headers, body, digests.size)
            return self._store.write("PUT", *ref[:2], query, sending)
        except NotSupportedError:
            if plain:
                raise
            # An older store, which knows MD5 alone.
            self._plain = True
            return self._with_checksum(ref, query, condition, body, digests)

    def _root(self, answer: Answer) -> ET.Element:
        return listing.root_of(answer, self._store.name)

    def _unreadable(self, answer: Answer) -> BadAnswerError:
        return BadAnswerError(
            f"{self._store.name} does not say how it calls the upload",
            source=self._store.name,
            host=answer.host,
            hint="Check the url of the source; it may be that of another service.",
        )


def _headers(answer: Answer) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _tag(said: Mapping[str, str]) -> str:
    return said.get("etag", "").strip('"').lower()


def _version(said: Mapping[str, str]) -> str:
    version = said.get("x-amz-version-id", "")
    return "" if version == "null" else version
