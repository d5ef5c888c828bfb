"""A client of the commons that is as plain as can be, and holds answers to what is published."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from tests.demo.gen3.published import check

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons

TIMEOUT = 60
MESSAGE = re.compile(r'Error Message:</p>\s*<p class="introduction">(.*?)</p>', re.DOTALL)


class Client:
    """Asks a commons in somebody's name; `token` may be set to any text, "" for nobody."""

    def __init__(self, commons: DemoCommons, credentials: str = "") -> None:
        self.url = commons.api.url
        self.service = commons.service
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""
        if credentials:
            self.token = self.post("/user/credentials/api/access_token", self.key(credentials))[
                "access_token"
            ]

    def key(self, credentials: str) -> Any:
        """Return the API key in one of the files that the hub wrote."""
        return json.loads(Path(self.service[credentials]).read_text(encoding="utf-8"))

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send a request, and check the answer where it is documented."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        more.setdefault("timeout", TIMEOUT)
        response = self.session.request(
            method, self.url + path, headers=headers, allow_redirects=False, **more
        )
        check(method, urlsplit(self.url + path).path, response)
        return response

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """Return a JSON answer."""
        return self._json(self.ask("GET", path, params=query), status)

    def post(self, path: str, document: Any, status: int = 200) -> Any:
        """Send JSON and return a JSON answer."""
        return self._json(self.ask("POST", path, json=document), status)

    def page(self, method: str, path: str, status: int, **more: Any) -> str:
        """Return the message in a page of fence's, asked for with this status."""
        response = self.ask(method, path, **more)
        assert response.status_code == status, response.text
        assert response.headers["Content-Type"].startswith("text/html")
        found = MESSAGE.search(response.text)
        assert found, response.text
        return unescape(found[1])

    def guid(self, file_name: str) -> str:
        """Return the identifier of the first record of a file name."""
        return str(self.get("/index/index", file_name=file_name)["records"][0]["did"])

    @staticmethod
    def _json(response: requests.Response, status: int) -> Any:
        assert response.status_code == status, response.text
        assert response.headers["Content-Type"].startswith("application/json")
        return response.json()
