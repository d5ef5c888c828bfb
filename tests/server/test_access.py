"""Who may ask, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.server.routes import ROUTES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Ask

REQUESTS = [
    (operation.method, route.path.format(ref="cellxgene:x", name="folder", id="1", sha256="ab"))
    for route in ROUTES
    for operation in route.operations
]


async def test_nobody_gets_in_without_a_token(ask: Ask) -> None:
    for method, path in [*REQUESTS, ("GET", "nowhere"), ("PUT", "search")]:
        answer = await ask(method, path, headers={})
        assert answer.status == 403, (method, path)
        assert answer.headers["Content-Type"] == "application/json", (method, path)
        message = "You are not allowed to do this on this server"
        assert answer.error["message"] == message, (method, path)


async def test_a_cookie_alone_changes_nothing(ask: Ask, jp_auth_header: dict[str, str]) -> None:
    """A page of another site sends the cookie along, but cannot know the XSRF token."""
    greeted = await ask("GET", "library", headers=jp_auth_header)
    cookie = greeted.headers["Set-Cookie"].split(";")[0]
    assert (await ask("GET", "sources", headers={"Cookie": cookie})).status == 200
    for method, path in REQUESTS:
        if method != "GET":
            refused = await ask(method, path, headers={"Cookie": cookie})
            assert (refused.status, refused.error["code"]) == (403, "no_access")


class TestUnauthorised:
    """A user who is known, but whom the authorizer denies the resource ``datahub``."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        from jupyter_server.auth import Authorizer

        class NoDataHub(Authorizer):
            def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
                return resource != "datahub"

        jp_server_config["ServerApp"]["authorizer_class"] = NoDataHub
        return jp_server_config

    async def test_every_route_asks_the_authorizer(self, ask: Ask) -> None:
        for method, path in REQUESTS:
            answer = await ask(method, path)
            assert (answer.status, answer.error["code"]) == (403, "no_access"), (method, path)


@pytest.mark.parametrize("base_url", ["/", "/user/me/", "/a%40b/"])
class TestBaseUrl:
    """The server may live anywhere, as behind a JupyterHub."""

    @pytest.fixture
    def jp_base_url(self, base_url: str) -> str:
        return base_url

    async def test_routes_are_below_it(self, ask: Ask, base_url: str) -> None:
        assert (await ask("GET", "library")).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_any_other_address_is_refused_in_words(ask: Ask, method: str) -> None:
    for path in ("", "nowhere", "transfers/", "search/x", "datasets/", "api/spec"):
        answer = await ask(method, path)
        assert (answer.status, answer.error["code"]) == (404, "not_found"), path
        assert answer.error["message"] == f"There is nothing at datahub/{path}"


async def test_any_other_method_is_refused_in_words(ask: Ask) -> None:
    answer = await ask("PUT", "search")
    assert (answer.status, answer.error["code"]) == (405, "not_supported")


class TestUnusableConfiguration:
    """The sidebar must be able to say what is wrong, so the server starts anyway."""

    @pytest.fixture
    def datahub_config(self, tmp_path: Path) -> dict[str, Any]:
        return {"home": str(tmp_path), "sources": [{"name": "a", "kind": "b"}] * 2}

    async def test_every_answer_says_what_is_wrong(self, ask: Ask) -> None:
        answer = await ask("GET", "sources")
        assert (answer.status, answer.error["code"]) == (500, "settings")
        assert "two sources are named 'a'" in answer.error["message"]
        assert answer.error["hint"] == "Rename one of them."
