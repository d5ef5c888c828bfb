"""The one polite client for metadata: time limits, bounded patience, caps, and errors in words.

It takes its connections from :mod:`jupyterlab_datahub.sources.pool`, as the transfer worker
does, so a proxy or a certificate that works for one works for both. urllib3 is imported when
the first request is made.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from http import HTTPStatus
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from jupyterlab_datahub.errors import AccessError, BadAnswerError
from jupyterlab_datahub.sources import answers, calls
from jupyterlab_datahub.sources.patience import Patience
from jupyterlab_datahub.sources.question import Question, Stream, written_to

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from io import BufferedIOBase

    import urllib3

    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.question import Take

T = TypeVar("T")
REDIRECTS = 5
PIECE = 1 << 18
LONGEST_TABLE = 3600.0
"""Seconds for an answer that goes to a file: silence ends it sooner."""

ACCEPTED = {"Accept": "application/json", "Accept-Encoding": "gzip"}
FIRST_TO_DROP = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Request headers, lower case, that never follow a redirect to another host."""


class Client:
    """Asks the hosts of one Source; may be used from several threads at once.

    Parameters
    ----------
    config
        The Source's entry: its name and title go into messages, its CA bundle is used.
    patience
        Limits; from the options of `config` where not given.
    sleep
        How to wait a number of seconds.
    refusal
        Says what a status and an answer mean in the catalog's own words, None where it does not
        know; called for statuses that do not pass.
    hosts
        The only hosts (with their ports, where an address has one) that are asked, also where one
        sends us on; None for any.
    """

    def __init__(
        self,
        config: SourceConfig,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        refusal: Callable[[int, Answer], DataHubError | None] | None = None,
        hosts: Collection[str] | None = None,
    ) -> None:
        self._hosts = hosts
        self.patience = patience or Patience.of(config)
        self._config = config
        self._sleep = sleep
        self._refusal = refusal
        self._who = answers.Who(config.title or config.name, config.name)
        self._lock = Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._slots: dict[str, BoundedSemaphore] = {}
        self._not_before: dict[str, float] = {}

    @property
    def source(self) -> str:
        """The name of the Source that asks."""
        return self._who.source

    def get_json(
        self,
        url: str,
        kind: type[T],
        *,
        attempts: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> T:
        """Return the JSON answer of `url` as `kind`; see :meth:`get`."""
        return self.decode(self.get(url, attempts=attempts, tell=tell), kind)

    def decode(self, answer: Answer, kind: type[T]) -> T:
        """Return the JSON of an answer as `kind`.

        Raises
        ------
        BadAnswerError
            If the body is empty, a web page, cut short, or of another form.
        """
        return answers.decode(answer, kind, self._who)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        """Return the answer of `url`, after as many tries as patience allows.

        Broken connections and the statuses 429, 502, 503 and 504 are tried again; a time-out is
        not, as asking a slow host again makes it slower.

        Parameters
        ----------
        url
            What to ask for.
        headers
            Headers beside the client's own; credentials among them stay with their host.
        attempts
            Tries, where not as many as patience says.
        tell
            Is given words when there is something to wait for.

        Raises
        ------
        RequestError, CatalogError
        """
        return self._patiently(Question(url, headers or {}), attempts, tell)

    def stream(
        self,
        url: str,
        take: Take,
        *,
        headers: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Give the body of `url` to `take` as it is sent, from the start again at every try.

        What is larger than patience allows is an error, as with :meth:`get`.
        """
        asked = {"Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
        stream = self._within_patience(take, decode=False)
        self._patiently(Question(url, asked, stream=stream), None, tell)

    def part(
        self, url: str, whole: Take, *, headers: Mapping[str, str], attempts: int | None = None
    ) -> Answer:
        """Return the answer to a request whose headers ask for a part of something.

        `whole` is given the body of an answer with all of it, as a host sends that knows no
        ranges, before any of it is read.
        """
        asked = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
        stream = self._within_patience(whole, decode=False)
        return self._patiently(Question(url, asked, stream=stream), attempts, lambda _: None)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
        into: BufferedIOBase | None = None,
    ) -> Answer:
        """Return the answer to a body that is sent to `url`; the rest is as with :meth:`get`.

        Where the host sends us on, the body goes only to the same host: it may hold credentials.
        Give one attempt where the host must not be told the same thing twice. With `into`, a file
        open for writing, the body of a good answer is written there, however large it is, and
        the answer has none; what another try left in the file is removed.
        """
        stream = Stream(written_to(into), True, None, LONGEST_TABLE) if into is not None else None
        return self._patiently(Question(url, headers or {}, body, stream=stream), attempts, tell)

    def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Return what the host says of `url` in the headers of an answer without a body."""
        return self._patiently(Question(url, headers or {}, method="HEAD"), None, lambda _: None)

    def delete(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to having `url` deleted, which is asked for once."""
        return self._patiently(Question(url, headers or {}, method="DELETE"), 1, lambda _: None)

    def put(
        self,
        url: str,
        body: bytes | Iterator[bytes] = b"",
        *,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Answer:
        """Return the answer to a PUT of a body to `url`; the rest is as with :meth:`post`.

        A body that comes in pieces can be sent once: give one attempt, and its Content-Length.
        """
        return self._patiently(Question(url, headers or {}, body, "PUT"), attempts, tell)

    def _patiently(
        self, question: Question, attempts: int | None, tell: Callable[[str], None]
    ) -> Answer:
        for attempt in range(1, attempts or self.patience.attempts):
            try:
                return self._follow(question)
            except answers.TryAgain as again:
                self._wait(attempt, again, tell)
        try:
            return self._follow(question)
        except answers.TryAgain as again:
            raise again.error from again.__cause__

    def close(self) -> None:
        """Close the connections kept open."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.clear()

    def _wait(self, attempt: int, again: answers.TryAgain, tell: Callable[[str], None]) -> None:
        """Sleep before another try, or raise if the host asks for more than patience has."""
        error = again.error
        if calls.over():
            raise error from again.__cause__
        wait = error.retry_after
        if wait is None:
            # Spread, so that many users of one host do not come back at the same moment.
            wait = self.patience.backoff * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
            wait = min(wait, self.patience.longest_wait)
        elif wait > self.patience.longest_wait:
            raise error from again.__cause__
        else:
            with self._lock:
                until = max(self._not_before.get(error.host, 0.0), time.monotonic() + wait)
                self._not_before[error.host] = until
        if wait >= 1:
            tell(f"{self._who.title} is busy; trying again in {wait:.0f} s")
        self._sleep(wait)

    def _follow(self, question: Question) -> Answer:
        for _ in range(REDIRECTS + 1):
            answer = self._once(question)
            if answer.location is None:
                return answer
            question = self._sent_on(question, answer)
        raise BadAnswerError(
            f"{self._who.title} sent us on more than {REDIRECTS} times",
            source=self._who.source,
            host=answer.host,
            hint="Check the url of the source.",
        )

    def _sent_on(self, question: Question, answer: Answer) -> Question:
        """Return the question for where an answer says to ask instead."""
        target = urljoin(question.url, answer.location or "")
        elsewhere = _origin(target) != _origin(question.url)
        problem = ""
        if not urlsplit(target).scheme.startswith("http") or not urlsplit(target).hostname:
            problem = "an address that is not on the web"
        elif elsewhere and question.body is not None:
            problem = f"another host, {_origin(target).rstrip(':')}"
        if problem:
            raise BadAnswerError(
                f"{self._who.title} sent us on to {problem}",
                source=self._who.source,
                host=answer.host,
                hint="Correct the url of the source." if question.body is not None else "",
            )
        headers = question.headers
        if elsewhere:
            headers = {k: v for k, v in headers.items() if k.lower() not in FIRST_TO_DROP}
        return question._replace(url=target, headers=headers)

    def _once(self, question: Question) -> Answer:
        """Make one request and read its whole body, within the caps of its host."""
        import urllib3

        url = question.url
        host = answers.host_of(url, self._who)
        if self._hosts is not None and host not in self._hosts:
            raise AccessError(
                f"{self._who.title} names the host {host}, which is not among those allowed",
                source=self._who.source,
                hint="Whoever trusts it adds it to the hosts in the entry of the source.",
            )
        timeout = urllib3.Timeout(
            connect=self.patience.connect_timeout, read=self.patience.read_timeout
        )
        with self._slot(host), answers.as_errors(self._who, host, self.patience), calls.request():
            pool = self._pool(url)
            response = pool.request(
                question.method or ("GET" if question.body is None else "POST"),
                url,
                body=question.body,
                headers={**pool.headers, **ACCEPTED, **question.headers},
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body: list[bytes] = []
                stream = question.stream
                if stream is None or response.status != HTTPStatus.OK:
                    stream = self._within_patience(lambda _, pieces: body.extend(pieces))
                stream.take(response.headers, self._pieces(response, host, stream))
            except BaseException:
                response.close()
                # Closing alone leaves its place in the pool taken, for which others would wait.
                response.release_conn()
                raise
            response.release_conn()
        return answers.checked(
            response.status, response.headers, b"".join(body), self._who, host, self._refusal
        )

    def _within_patience(self, take: Take, *, decode: bool = True) -> Stream:
        return Stream(take, decode, self.patience.largest, self.patience.deadline)

    def _pieces(
        self, response: urllib3.BaseHTTPResponse, host: str, stream: Stream
    ) -> Iterator[bytes]:
        """Yield a body within the limits of a stream."""
        end = time.monotonic() + stream.seconds
        size = 0
        for piece in response.stream(PIECE, decode_content=stream.decode):
            size += len(piece)
            if stream.largest is not None and size > stream.largest:
                raise BadAnswerError(
                    f"{self._who.title} answered with more than {stream.largest:,} bytes, "
                    "which no catalog needs",
                    source=self._who.source,
                    host=host,
                    hint="Check the url of the source, or give it a higher 'largest'.",
                )
            if time.monotonic() > end:
                raise answers.slow(self._who, host, stream.seconds)
            yield piece

    @contextmanager
    def _slot(self, host: str) -> Iterator[None]:
        """Hold one of the host's slots, once the host may be asked again."""
        with self._lock:
            slot = self._slots.setdefault(host, BoundedSemaphore(self.patience.connections))
        with slot:
            # Another thread may have been told to wait: that holds for the whole host.
            with self._lock:
                wait = self._not_before.get(host, 0.0) - time.monotonic()
            if wait > 0:
                self._sleep(min(wait, self.patience.longest_wait))
            yield

    def _pool(self, url: str) -> urllib3.PoolManager:
        from jupyterlab_datahub.sources.pool import pool_for

        origin = _origin(url)
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = pool_for(
                    url,
                    connections=self.patience.connections,
                    bundle=self._config.ca_bundle,
                    verify=self._config.verify_tls,
                )
            return self._pools[origin]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"
