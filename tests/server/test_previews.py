"""Previews over REST: facts and packed arrays of a file on a host and of one of this machine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.previews.looking import unpack
from tests.server.conftest import encoded, ref_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask

pytestmark = pytest.mark.usefixtures("indexed")


@pytest.fixture
def packed(
    http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str
) -> Callable[[str], Any]:
    """Return a function that asks for packed arrays and unpacks them."""

    async def ask(path: str) -> Any:
        url = f"{jp_base_url}datahub/{path}"
        answer = await http_server_client.fetch(url, headers=jp_auth_header, request_timeout=60)
        assert answer.headers["Content-Type"] == "application/vnd.jupyterlab-datahub.arrays"
        return unpack(answer.body)

    return ask


async def test_a_preview_of_a_file_on_a_host(
    ask: Ask, packed: Callable[[str], Any], hub: DemoHub
) -> None:
    ref = ref_of(hub, "pbmc68k/all")
    hub.requests.clear()
    answer = await ask("GET", f"previews/{encoded(ref)}")
    assert answer.status == 200, answer.body
    facts = answer.body
    sent = [seen for seen in hub.requests if seen.host == "assets"]
    assert facts["requests"] == len(sent) == 1
    assert facts["bytes_fetched"] == sum(seen.sent for seen in sent) > 0
    assert facts["shape"] == [700, 738]
    assert (facts["raw_counts"], facts["picture"]["embedding"]) == ("raw.X", "X_umap")
    header, axes = await packed(f"previews/{encoded(ref)}/points")
    assert (header["key"], len(axes["x"])) == (facts["key"], 700)
    by = facts["picture"]["by"]
    header, arrays = await packed(f"previews/{encoded(ref)}/colours?by={by}")
    assert (header["key"], len(arrays["codes"])) == (facts["key"], 700)
    # All of it was found by the first look.
    assert len([seen for seen in hub.requests if seen.host == "assets"]) == len(sent)


async def test_a_process_is_ready_for_whoever_reads_the_page_of_a_file(
    ask: Ask, hub: DemoHub
) -> None:
    mine = psutil.Process()
    before = set(mine.children())
    assert (await ask("GET", f"datasets/{encoded(ref_of(hub, 'pbmc68k/all'))}")).status == 200

    def ready() -> list[psutil.Process]:
        return [one for one in set(mine.children()) - before if "--ready" in one.cmdline()]

    for _ in range(1000):
        if ready():
            break
        await asyncio.sleep(0.01)
    assert len(ready()) == 1
    assert (await ask("GET", f"previews/{encoded(ref_of(hub, 'pbmc68k/all'))}")).status == 200


async def test_a_preview_of_a_file_of_this_machine(ask: Ask, packed: Callable[[str], Any]) -> None:
    ref = encoded("folder:folder/monocytes.h5ad")
    facts = (await ask("GET", f"previews/{ref}")).body
    assert (facts["local"], facts["requests"]) == (True, 0)
    header, _ = await packed(f"previews/{ref}/colours?by={facts['obs'][0]['name']}")
    assert header["key"] == facts["key"]


async def test_what_cannot_be_previewed_says_why(ask: Ask, hub: DemoHub) -> None:
    ref = encoded(ref_of(hub, "pbmc68k/all"))
    unknown = await ask(
        "GET", f"previews/{encoded('cellxgene:00000000-0000-4000-8000-000000000000')}"
    )
    assert (unknown.status, unknown.error["code"]) == (404, "not_found")
    nameless = await ask("GET", f"previews/{ref}/colours")
    assert (nameless.status, nameless.error["code"]) == (400, "bad_request")
    missing = await ask("GET", f"previews/{ref}/colours?by=nowhere")
    assert (missing.status, missing.error["code"]) == (404, "not_found")
    assert "nowhere" in missing.error["message"]
