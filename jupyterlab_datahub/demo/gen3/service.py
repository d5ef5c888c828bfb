"""A commons on one port: the proxy in front of its services, and the demo's switches."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3 import dialects
from jupyterlab_datahub.demo.gen3.commons import FEATURES, Commons
from jupyterlab_datahub.demo.gen3.discovery import Discovery
from jupyterlab_datahub.demo.gen3.drs import Drs
from jupyterlab_datahub.demo.gen3.fence import Fence
from jupyterlab_datahub.demo.gen3.guppy import Guppy
from jupyterlab_datahub.demo.gen3.indexd import Indexd
from jupyterlab_datahub.demo.gen3.manifests import Manifests
from jupyterlab_datahub.demo.gen3.peregrine import PATHS, Peregrine
from jupyterlab_datahub.demo.gen3.sheepdog import Sheepdog
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.gen3.users import mapping
from jupyterlab_datahub.demo.gen3.workspace import INSIDE, Workspace
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply, problem
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.faults import Faults

DIALECTS: dict[str, Callable[[int, str], Reply]] = {
    "/user/": dialects.fence_error,
    "/index/": dialects.indexd_error,
    "/ga4gh/": dialects.drs_error,
    "/api/v0/submission/graphql": dialects.graphql_error,
    "/api/": dialects.sheepdog_error,
    "/guppy/": dialects.guppy_error,
    "/mds/": dialects.mds_error,
    "/wts/": dialects.indexd_error,
    "/manifests/": dialects.indexd_error,
}
"""How the service below a path words its errors."""

FEATURE_OF = {
    "/guppy": "guppy",
    "/mds": "discovery",
    "/manifests": "manifests",
    "/wts": "workspace",
    "/token/": "workspace",
}
"""Which feature of the commons answers below a path."""

PORTAL = b"<!doctype html>\n<html><head><title>Demo commons</title></head><body></body></html>\n"


class Gen3Service(Host):
    """Serves a :class:`Commons`.

    Parameters
    ----------
    commons
        What it holds.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``gen3``.
    """

    methods = ("GET", "HEAD", "POST", "PUT", "DELETE")
    longest_body = 16 << 20

    def __init__(
        self,
        commons: Commons,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__("gen3", port=port, faults=faults, log=log)
        self.commons = commons
        self.controls["/_gen3"] = partial(control, commons)
        fence, indexd = Fence(commons), Indexd(commons)
        drs, peregrine = Drs(commons, fence.downloads), Peregrine(commons)
        workspace = Workspace(commons)
        self._services: tuple[tuple[str, Callable[[Request], Reply]], ...] = (
            ("/user/", fence.answer),
            ("/authz/", self._authz),
            ("/index/ga4gh/", drs.answer),
            ("/index/", indexd.answer),
            ("/ga4gh/", drs.answer),
            *((path, peregrine.answer) for path in PATHS),
            ("/api/v0/submission/", Sheepdog(commons).answer),
            ("/guppy/", Guppy(commons).answer),
            ("/mds/", Discovery(commons).answer),
            ("/manifests/", Manifests(commons).answer),
            ("/wts/", workspace.answer),
            (INSIDE, workspace.answer),
        )

    @property
    def host(self) -> str:
        """Name and port, as references to files have them."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> str:
        """Listen, and let the commons know where."""
        url = super().start()
        self.commons.url = url
        self.commons.tokens.issuer = f"{url}/user"
        return url

    def answer(self, request: Request) -> Reply:
        """Return the reply of the service that a path belongs to."""
        self.commons.settle()
        if any(
            request.path.startswith(prefix) and feature not in self.commons.features
            for prefix, feature in FEATURE_OF.items()
        ):
            return dialects.gateway_error(404)
        for prefix, answer in self._services:
            if request.path.startswith(prefix) or f"{request.path}/" == prefix:
                return answer(request)
        if request.path == "/":
            return Reply(200, {"Content-Type": "text/html"}, PORTAL)
        return dialects.gateway_error(404)

    def expired(self, request: Request) -> Reply:
        """Return what each service says to a token that has expired."""
        return self._worded(request, 401, "Authentication Error: Signature has expired")

    def refusal_to(self, request: Request, status: int) -> Reply:
        """Return an error in the words of the service that was asked."""
        return self._worded(request, status, "The service cannot answer at the moment.")

    def _authz(self, request: Request) -> Reply:
        if request.path.rstrip("/") not in ("/authz/auth/mapping", "/authz/mapping"):
            return dialects.gateway_error(404)
        try:
            return json_reply(mapping(self.commons.caller(request)))
        except TokenError as error:
            return json_reply({"error": {"code": 401, "message": str(error)}}, 401)

    @staticmethod
    def _worded(request: Request, status: int, words: str) -> Reply:
        for prefix, word in DIALECTS.items():
            if request.path.startswith(prefix):
                return word(status, words)
        return dialects.gateway_error(status)


def control(commons: Commons, request: Request) -> Reply:
    """Show or change what no client can.

    POST takes ``{"ahead": seconds, "access_life": seconds, "index": true, "indexing_delay":
    seconds or null, "revoke": true, "without": [feature, …], "least_part": bytes}``.
    """
    indexed: list[str] = []
    if request.method == "POST":
        try:
            indexed = _change(commons, json.loads(request.body))
        except (TypeError, ValueError, AttributeError) as error:
            return problem(400, str(error))
    return json_reply(
        {
            "ahead": commons.clock.ahead,
            "access_life": commons.tokens.access_life,
            "indexed": indexed,
            "indexing_delay": commons.indexing_delay,
            "least_part": commons.storage.least_part,
            "without": sorted(set(FEATURES) - commons.features),
        }
    )


def _change(commons: Commons, document: dict[str, Any]) -> list[str]:
    commons.clock.ahead = float(document.get("ahead", commons.clock.ahead))
    commons.tokens.access_life = int(document.get("access_life", commons.tokens.access_life))
    commons.storage.least_part = int(document.get("least_part", commons.storage.least_part))
    if "indexing_delay" in document:
        delay = document["indexing_delay"]
        commons.indexing_delay = None if delay is None else float(delay)
    if "without" in document:
        commons.features = set(FEATURES) - set(document["without"])
    if document.get("revoke"):
        commons.signer.revoke()
    return commons.run_indexing() if document.get("index") else []
