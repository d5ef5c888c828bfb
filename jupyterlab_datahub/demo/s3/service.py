"""The object store on a port: who comes, what they may do, and who pays, before moto is asked.

What is enforced is what the Amazon S3 User Guide says of "Requester Pays": a request for a bucket
where the requester pays is refused with 403 unless it is signed and carries
``x-amz-request-payer: requester``, and then answered with ``x-amz-request-charged: requester``.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from jupyterlab_datahub.demo.messages import MadeBody, Reply, Request, Seen
from jupyterlab_datahub.demo.s3 import uploads
from jupyterlab_datahub.demo.s3.buckets import Bucket, Buckets
from jupyterlab_datahub.demo.s3.signing import RefusedError, Signer, signer_of
from jupyterlab_datahub.demo.s3.users import USERS
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.s3.buckets import Answer

PIECE = 64 * 1024
PAYER = "x-amz-request-payer"
CHARGED = "x-amz-request-charged"
READING = ("GET", "HEAD")
CODES = {403: "AccessDenied", 404: "NoSuchKey", 412: "PreconditionFailed", 503: "SlowDown"}
OWNER = "AWS4-HMAC-SHA256 Credential=owner/20260101/us-east-1/s3/aws4_request"
NOT_PASSED_ON = ("content-length", "connection", "transfer-encoding", "server", "date")


class S3Service(Host):
    """An object store in path style.

    Parameters
    ----------
    fill
        Makes the buckets; called when the store is first asked, as few tests need it.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``s3``.

    Attributes
    ----------
    charged : Counter
        Bytes that somebody was charged for, by ``/<bucket>/<key>``: all that was sent, whether
        or not it arrived.
    knows_checksums : bool
        Whether it takes checksums in headers of their own, as Amazon does since 2022.
    """

    methods = ("GET", "HEAD", "PUT", "POST", "DELETE")
    longest_body = 64 << 20

    def __init__(
        self,
        fill: Callable[[Buckets], None],
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__("s3", port=port, faults=faults, log=log)
        self._fill = fill
        self._made: Buckets | None = None
        self._lock = threading.Lock()
        self.charged: Counter[str] = Counter()
        self.knows_checksums = True

    @property
    def buckets(self) -> Buckets:
        """The buckets; made when they are first wanted."""
        with self._lock:
            if self._made is None:
                made = Buckets()
                self._fill(made)
                self._made = made
            return self._made

    def stop(self) -> None:
        """Stop listening, and forget what was uploaded."""
        super().stop()
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def refusal(self, status: int) -> Reply:
        """Return an error as S3 words it."""
        return _error(status, CODES.get(status, "InternalError"), "The demo was asked to fail.")

    def expired(self, request: Request) -> Reply:
        """Return what temporary credentials get after their time."""
        return _error(400, "ExpiredToken", "The provided token has expired.", request)

    def streams(self, method: str, path: str) -> bool:
        """Read what is put as it comes in, so that a fault may break it off."""
        del path
        return method == "PUT"

    def answer(self, request: Request) -> Reply:
        """Return what S3 would."""
        if request.incoming is not None:
            request = replace(request, body=b"".join(request.incoming.pieces()))
        parts = urlsplit(request.target)
        name, _, raw_key = parts.path.removeprefix("/").partition("/")
        try:
            signer = signer_of(request, USERS, datetime.now(UTC))
            if not name:
                return self._own_buckets(signer)
            bucket = self.buckets.get(unquote(name))
            if bucket is None:
                message = "The specified bucket does not exist"
                raise RefusedError(404, "NoSuchBucket", message)
            headers = {"x-amz-bucket-region": bucket.region}
            if signer is not None and signer.region != bucket.region:
                return _wrong_region(request, signer, bucket)
            payer = request.header(PAYER) or "".join(_query(request).get(PAYER, ()))
            charged = _may(request.method, raw_key, signer, bucket, payer)
            self._check_upload(request, bucket, unquote(raw_key))
        except RefusedError as refusal:
            known = self.buckets.get(unquote(name))
            headers = {"x-amz-bucket-region": known.region} if known else {}
            return _error(refusal.status, refusal.code, refusal.message, request, headers)
        answer = self.buckets.ask(request, _wanted(request), parts.path, parts.query)
        if charged:
            headers[CHARGED] = "requester"
        place = f"/{bucket.name}/{unquote(raw_key)}" if charged and raw_key else ""
        return self._reply(request, answer, headers, place)

    def _reply(
        self, request: Request, answer: Answer, headers: dict[str, str], place: str
    ) -> Reply:
        """Return moto's answer, with what is sent of a paid object counted."""
        said = {name: it for name, it in answer.headers.items() if name not in NOT_PASSED_ON}
        headers = {**said, **headers}
        if request.method == "HEAD":
            length = int(answer.headers.get("content-length", "0"))
            return Reply(answer.status, headers, MadeBody(length, lambda: iter(())))
        if not place or request.method != "GET" or answer.status not in (200, 206):
            return Reply(answer.status, headers, answer.body)
        whole = answer.body

        counted = 0

        def pieces() -> Iterator[bytes]:
            nonlocal counted
            for at in range(0, len(whole), PIECE):
                piece = whole[at : at + PIECE]
                # A body that stalled is gone through from its start again.
                new = max(at + len(piece) - counted, 0)
                counted += new
                with self._lock:
                    self.charged[place] += new
                yield piece

        return Reply(answer.status, headers, MadeBody(len(whole), pieces))

    def _check_upload(self, request: Request, bucket: Bucket, key: str) -> None:
        """Refuse what moto takes although S3 does not: damaged bytes, what is there, a full bucket.

        Raises
        ------
        RefusedError
        """
        upload = "".join(request.query.get("uploadId", ()))
        if upload and not self.buckets.knows(bucket.name, upload):
            message = "The specified multipart upload does not exist."
            raise RefusedError(404, "NoSuchUpload", message)
        if request.method not in ("PUT", "POST"):
            return
        if not self.knows_checksums:
            uploads.refuse(request)
        uploads.compare(request)
        if bucket.quota and self.buckets.size(bucket.name) + len(request.body) > bucket.quota:
            raise RefusedError(400, "XMinioAdminBucketQuotaExceeded", "Bucket quota exceeded")
        if request.header("if-none-match") == "*" and self.buckets.has(bucket.name, key):
            message = "At least one of the pre-conditions you specified did not hold"
            raise RefusedError(412, "PreconditionFailed", message)

    def _own_buckets(self, signer: Signer | None) -> Reply:
        if signer is None:
            raise RefusedError(403, "AccessDenied", "Access Denied")
        own = [bucket for bucket in self.buckets if signer.user.name in bucket.writers]
        lines = "".join(
            f"<Bucket><Name>{escape(bucket.name)}</Name>"
            f"<CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>"
            for bucket in own
        )
        text = f"<ListAllMyBucketsResult><Buckets>{lines}</Buckets></ListAllMyBucketsResult>"
        return Reply(200, {"Content-Type": "application/xml"}, text.encode())


def _may(method: str, key: str, signer: Signer | None, bucket: Bucket, payer: str) -> bool:
    """Return whether the requester is charged.

    Raises
    ------
    RefusedError
        If the request is not allowed.
    """
    name = signer.user.name if signer else ""
    owner = name in bucket.writers
    reads = method in READING and (bucket.public or owner or name in bucket.readers)
    if not reads and not (owner and key):
        raise RefusedError(403, "AccessDenied", "Access Denied")
    if not bucket.requester_pays or owner:
        return False
    if signer is None or payer != "requester":
        raise RefusedError(403, "AccessDenied", "Access Denied")
    return True


def _query(request: Request) -> dict[str, list[str]]:
    query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    return {name.lower(): values for name, values in query.items()}


def _wanted(request: Request) -> dict[str, str]:
    """Return the headers for moto, which takes whoever signs for the owner.

    It does not know ``If-Range``; with ``If-Match`` a changed object is told as well.
    """
    left_out = ("authorization", "host", "if-range", "connection")
    headers = {name: it for name, it in request.headers.items() if name not in left_out}
    headers |= uploads.for_moto(request)
    headers["authorization"] = OWNER
    if condition := request.header("if-range"):
        headers["if-match"] = condition
    return headers


def _wrong_region(request: Request, signer: Signer, bucket: Bucket) -> Reply:
    message = (
        "The authorization header is malformed; "
        f"the region '{signer.region}' is wrong; expecting '{bucket.region}'"
    )
    headers = {"x-amz-bucket-region": bucket.region}
    more = f"<Region>{bucket.region}</Region>"
    return _error(400, "AuthorizationHeaderMalformed", message, request, headers, more)


def _error(
    status: int,
    code: str,
    message: str,
    request: Request | None = None,
    headers: dict[str, str] | None = None,
    more: str = "",
) -> Reply:
    headers = {"Content-Type": "application/xml", **(headers or {})}
    if request is not None and request.method == "HEAD":
        return Reply(status, headers)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}</Error>"
    )
    return Reply(status, headers, text.encode())
