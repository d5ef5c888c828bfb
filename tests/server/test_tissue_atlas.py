"""Thumbnails of a tissue atlas over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.conftest import encoded

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask


@pytest.fixture
def datahub_config(settings: Settings, hub: DemoHub) -> dict[str, Any]:
    """Return a configuration with the atlas of the demo."""
    services = hub.services["tissue-atlas"]
    atlas = {
        "name": "tissue-atlas",
        "kind": "tissue-atlas",
        "url": services["url"],
        "site": services["site"],
        "picture_hosts": [services["host"]],
    }
    return {"home": settings.home, "sources": [atlas], "reserve_gb": 0.0, "offline": True}


async def test_thumbnail_is_a_picture_that_runs_nothing(
    ask: Ask, http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str
) -> None:
    page = await ask("GET", f"datasets/{encoded('tissue-atlas:larsen-2020')}")
    assert page.status == 200, page.body
    story = next(one for one in page.body["dataset"]["stories"] if one["picture"])
    response = await http_server_client.fetch(
        f"{jp_base_url}datahub/pictures/{encoded(story['picture'])}", headers=jp_auth_header
    )
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.body.startswith(b"\x89PNG")


async def test_thumbnails_that_are_not_allowed_are_refused_in_words(ask: Ask, hub: DemoHub) -> None:
    elsewhere = await ask(
        "GET", f"pictures/{encoded('tissue-atlas:larsen-2020?story=larsen-elsewhere')}"
    )
    assert elsewhere.status == 403
    assert "198.51.100.7" in elsewhere.body["error"]["message"]
    unknown = await ask("GET", f"pictures/{encoded('tissue-atlas:larsen-2020?story=never')}")
    assert unknown.status == 404
    nobody = await ask("GET", "pictures/tissue-atlas%3Alarsen-2020%3Fstory%3Dx", headers={})
    assert nobody.status == 403
