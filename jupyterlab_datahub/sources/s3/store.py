"""Asking a store: addresses, signatures, regions, and who pays, found out by being refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.s3 import words, write_words
from jupyterlab_datahub.sources.s3.signing import Keys, signed
from jupyterlab_datahub.sources.s3.words import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.s3.credentials import Chain

REGION = "us-east-1"
"""Where a bucket is looked for first if nothing says where it is."""

PAYS = {"x-amz-request-payer": "requester"}
"""Sent only where a request without it was refused."""


ATTEMPTS = 4
"""A bucket may have to be asked in its region, then with a signature, then as one who pays."""


class Place(NamedTuple):
    """What is asked about."""

    bucket: str
    key: str
    query: Mapping[str, str]


class Sending(NamedTuple):
    """What is sent along with a request: headers, and a body that is made anew for each try.

    ``size`` is its bytes. A body is sent once; who sends it knows when to send it again.
    """

    headers: Mapping[str, str] = {}
    body: Callable[[], Iterator[bytes]] | None = None
    size: int = 0


class Way(NamedTuple):
    """How a bucket is asked."""

    region: str
    signs: bool
    pays: bool = False


class Store:
    """One store, and what was found out about its buckets.

    Parameters
    ----------
    config
        The Source's entry; without a ``url`` it is Amazon's S3.
    chain
        Who we are.

    Attributes
    ----------
    name : str
        The Source's name.
    """

    def __init__(self, config: SourceConfig, chain: Chain) -> None:
        self._client = Client(config, refusal=Refused)
        self.name = config.name
        self._url = config.url.rstrip("/")
        self._region = str(config.options.get("region", ""))
        self._chain = chain
        self._ways: dict[str, Way] = {}

    def ask(
        self, method: str, bucket: str, key: str = "", query: Mapping[str, str] | None = None
    ) -> Answer:
        """Return a store's answer to a question about a bucket or an object.

        A bucket in another region is asked there, one that knows us not is asked with a
        signature, and one that refuses even so is asked as one whose requester pays.

        Raises
        ------
        NotFoundError, AccessError, ExpiredError, BadRequestError, CatalogError
        """
        keys = self._keys(bucket)
        way, place = self._way(bucket, keys), Place(bucket, key, query or {})
        for _ in range(ATTEMPTS):
            try:
                answer = self._once(method, place, keys, way)
            except Refused as refused:
                better = self._better(refused, way, keys)
                if better is not None and better.signs and keys is None:
                    keys = self._chain.looked_for()
                    better = better if keys else None
                said = self._explained(refused, place, keys, way) if better is None else refused
                problem = words.error_of(said, self.name, bucket, key, keys, paying=way.pays)
                if better is None:
                    raise problem from refused
                way = better
            else:
                self._ways[bucket] = way
                return answer
        raise problem

    def write(
        self,
        method: str,
        bucket: str,
        key: str = "",
        query: Mapping[str, str] | None = None,
        sending: Sending | None = None,
    ) -> Answer:
        """Return a store's answer to something that changes a bucket, or asks of such a change.

        Always signed, and never as one who pays: what is uploaded is paid for by the bucket's
        owner.

        Raises
        ------
        NotFoundError, AccessError, ExpiredError, BadRequestError, ConflictError,
        NotSupportedError, InterruptedTransferError, CatalogError
        """
        keys = self._chain.at_hand() or self._chain.looked_for()
        if keys is None:
            raise write_words.nobody(self.name, bucket, key)
        way = self._way(bucket, keys)._replace(pays=False)
        place, sending = Place(bucket, key, query or {}), sending or Sending()
        try:
            return self._once(method, place, keys, way, sending)
        except Refused as refused:
            region = refused.region
            if not region or region == way.region or refused.status not in (301, 400, 403):
                told = self._explained(refused, place, keys, way) if method == "HEAD" else refused
                raise write_words.error_of(told, self.name, bucket, key, keys) from refused
        try:
            answer = self._once(method, place, keys, way._replace(region=region), sending)
        except Refused as refused:
            raise write_words.error_of(refused, self.name, bucket, key, keys) from refused
        self._ways[bucket] = way._replace(region=region)
        return answer

    def signs(self, bucket: str = "") -> bool:
        """Return whether requests about a bucket are signed, so that it may be written to."""
        way = self._ways.get(bucket)
        return bool(way and way.signs) or self._chain.at_hand() is not None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def knows(self, bucket: str) -> bool:
        """Return whether it was found out how a bucket is asked."""
        return bucket in self._ways

    def pays(self, bucket: str) -> bool:
        """Return whether a bucket was found to let its requesters pay."""
        way = self._ways.get(bucket)
        return bool(way and way.pays)

    def region(self, bucket: str) -> str:
        """Return the region that a bucket was found in."""
        way = self._ways.get(bucket)
        return way.region if way else self._region or REGION

    def address(self, bucket: str, key: str, query: Mapping[str, str]) -> str:
        """Return where an object is, without anything that lets anybody in."""
        return self._address(bucket, key, query, self.region(bucket))

    def headers(self, url: str, bucket: str, *, paying: bool) -> dict[str, str]:
        """Return the headers for a GET of an address, good for fifteen minutes.

        Raises
        ------
        AccessError, ExpiredError
        """
        keys = self._keys(bucket)
        sent = dict(PAYS) if paying else {}
        if keys is None:
            return sent
        return signed("GET", url, sent, keys, self.region(bucket), datetime.now(UTC))

    def _keys(self, bucket: str) -> Keys | None:
        keys = self._chain.at_hand()
        way = self._ways.get(bucket)
        if keys is None and way is not None and way.signs:
            return self._chain.looked_for()
        return keys

    def _way(self, bucket: str, keys: Keys | None) -> Way:
        known = self._ways.get(bucket)
        if known is not None:
            return known._replace(signs=keys is not None)
        return Way(self._region or self._chain.region or REGION, signs=keys is not None)

    def _better(self, refused: Refused, way: Way, keys: Keys | None) -> Way | None:
        """Return how to ask after a refusal, None if nothing else could help."""
        if refused.region and refused.region != way.region and refused.status in (301, 400, 403):
            return way._replace(region=refused.region)
        denied = refused.status == 403 and refused.said in ("", "AccessDenied")
        if not denied:
            return None
        if keys is None:
            return way._replace(signs=True)
        return None if way.pays else way._replace(pays=True)

    def _explained(self, refused: Refused, place: Place, keys: Keys | None, way: Way) -> Refused:
        """Return a refusal with its reason, which the answer to a HEAD cannot carry.

        What is asked for is a byte that nobody pays for, as the payer is not named.
        """
        if refused.said:
            return refused
        try:
            self._once("GET", place, keys, way._replace(pays=False))
        except Refused as told:
            return refused if told.said == "AccessDenied" else told
        except DataHubError:
            return refused
        return refused

    def _once(
        self, method: str, place: Place, keys: Keys | None, way: Way, sending: Sending | None = None
    ) -> Answer:
        url = self._address(place.bucket, place.key, place.query, way.region)
        headers = {**(PAYS if way.pays else {}), **(sending.headers if sending else {})}
        if method == "GET" and place.key and sending is None:
            headers["Range"] = "bytes=0-0"
        if keys is not None:
            headers = signed(method, url, headers, keys, way.region, datetime.now(UTC))
        if sending is not None and sending.body is not None:
            headers["Content-Length"] = str(sending.size)
            if method == "POST":
                return self._client.post(url, b"".join(sending.body()), headers=headers, attempts=1)
            body = sending.body() if sending.size else b""
            return self._client.put(url, body, headers=headers, attempts=1)
        asks = {"HEAD": self._client.head, "DELETE": self._client.delete, "POST": self._create}
        return asks.get(method, self._client.get)(url, headers=headers)

    def _create(self, url: str, *, headers: Mapping[str, str]) -> Answer:
        return self._client.post(url, b"", headers=headers, attempts=1)

    def _address(self, bucket: str, key: str, query: Mapping[str, str], region: str) -> str:
        # Segments of dots are part of a key, which everything that handles addresses takes away.
        parts = quote(key, safe="/~-._").split("/")
        path = "/".join(it.replace(".", "%2E") if it in (".", "..") else it for it in parts)
        asked = f"?{urlencode(query, quote_via=quote, safe='')}" if query else ""
        if self._url:
            return f"{self._url}/{bucket}/{path}{asked}"
        ending = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        if "." in bucket:
            # A certificate is only for one level of names below it.
            return f"https://s3.{region}.{ending}/{bucket}/{path}{asked}"
        return f"https://{bucket}.s3.{region}.{ending}/{path}{asked}"
