"""Asking Azul, as little as possible in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.demo.hca.published import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

Json = dict[str, Any]

LONGEST_LOOP = 50
"""Pages or redirects after which a test gives up."""


class Client:
    """Asks one service."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def ask(self, method: str, address: str, **how: Any) -> requests.Response:
        """Send a request to a path or address, and check what a good answer looks like."""
        url = address if "://" in address else self.url + address
        how.setdefault("timeout", 60)
        response = self.session.request(method, url, allow_redirects=False, **how)
        check(method, urlsplit(url).path, response)
        return response

    def get(self, address: str, *, status: int = 200, **params: Any) -> Any:
        """Return the JSON of an answer of a status; dictionaries are sent as JSON."""
        texts = {n: json.dumps(v) if isinstance(v, dict) else v for n, v in params.items()}
        response = self.ask("GET", address, params=texts)
        assert response.status_code == status, response.text
        return response.json()

    def pages(self, address: str, **params: Any) -> Iterator[Json]:
        """Yield the pages of an index, following ``next`` as it is."""
        page = self.get(address, **params)
        for _ in range(LONGEST_LOOP):
            yield page
            if page["pagination"]["next"] is None:
                return
            page = self.get(page["pagination"]["next"])
        raise AssertionError("the pages have no end")

    def hits(self, entity: str, **params: Any) -> list[Json]:
        """Return all hits of an index."""
        pages = self.pages(f"/index/{entity}", size=100, **params)
        return [hit for page in pages for hit in page["hits"]]

    def follow(self, answer: Json) -> tuple[Json, int]:
        """Follow a ``/fetch`` answer until it is ready; also return how often that took."""
        for asked in range(LONGEST_LOOP):
            if answer["Status"] == 302:
                return answer, asked
            answer = self.get(answer["Location"])
        raise AssertionError("it is never ready")


def query_of(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
