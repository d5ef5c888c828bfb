"""What somebody pays for, over HTTP: refused with its price, and fetched within a limit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.s3.contents import PAID
from tests.server.conftest import LOOKS, ended

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

TABLES = [f"s3://{PAID}/tables/exemplar-{number}_cell.csv" for number in range(2)]
BYTE = 0.09 / 1e9
"""USD."""


@pytest.fixture
def datahub_config(s3_settings: Settings) -> dict[str, Any]:
    """Return a configuration with the object store alone."""
    store = s3_settings.sources[-1]
    source = {"name": store.name, "kind": store.kind, "url": store.url} | store.options
    return {
        "home": s3_settings.home,
        "sources": [source],
        "reserve_gb": 0.0,
        "offline": True,
    }


async def paused(ask: Ask, number: str) -> dict[str, Any]:
    for _ in range(LOOKS):
        transfer: dict[str, Any] = (await ask("GET", f"transfers/{number}")).body
        if transfer["state"] == "paused":
            return transfer
        await asyncio.sleep(0.1)
    raise AssertionError(transfer)


async def test_a_price_is_told_before_a_byte_is_paid_for(ask: Ask, hub: DemoHub) -> None:
    for body, files in (
        ({"ref": TABLES[0]}, 1),
        ({"ref": TABLES[0], "convert": True}, 1),
        ({"ref": TABLES[0], "max_usd": 0}, 1),
        ({"refs": TABLES}, 2),
    ):
        refused = await ask("POST", "transfers", body)
        assert (refused.status, refused.error["code"]) == (402, "consent"), refused.body
        cost = refused.error["cost"]
        assert (cost["files"], cost["price_date"]) == (files, "2026-06")
        assert cost["usd"] == pytest.approx(cost["bytes"] * BYTE)
    for wrong in (-1, "much", True):
        refused = await ask("POST", "transfers", {"ref": TABLES[0], "max_usd": wrong})
        assert (refused.status, refused.error["code"]) == (400, "bad_request")
    assert (await ask("GET", "transfers")).body["transfers"] == []
    assert not hub.s3.api.charged


async def test_a_transfer_at_its_limit_goes_on_with_a_higher_one(ask: Ask, hub: DemoHub) -> None:
    begun = await ask("POST", "transfers", {"ref": TABLES[0], "max_usd": 100_000 * BYTE})
    assert begun.status == 201, begun.body
    number = begun.body["id"]
    waits = await paused(ask, number)
    assert (waits["error"]["code"], waits["done"]) == ("limit", 100_000)
    assert sum(hub.s3.api.charged.values()) == 100_000
    refused = await ask("PATCH", f"transfers/{number}", {"action": "resume"})
    assert (refused.status, refused.error["code"]) == (402, "consent")
    assert refused.error["cost"]["paid_usd"] == pytest.approx(100_000 * BYTE)
    # Cancelling forgets the file and not what was paid.
    assert (await ask("PATCH", f"transfers/{number}", {"action": "cancel"})).status == 200
    retried = await ask("PATCH", f"transfers/{number}", {"action": "retry", "max_usd": 0.01})
    assert retried.status == 200, retried.body
    last = await ended(ask, number)
    size = last["size"]
    assert last["state"] == "done", last
    assert sum(hub.s3.api.charged.values()) == size + 100_000
    assert last["paid_usd"] == pytest.approx((size + 100_000) * BYTE)


async def test_several_that_share_a_limit_cost_no_more_than_it_together(
    ask: Ask, hub: DemoHub
) -> None:
    """The page asks once and gives each its part, of which the server keeps each."""
    refused = [await ask("POST", "transfers", {"ref": ref}) for ref in TABLES]
    prices = [one.error["cost"]["usd"] for one in refused]
    together = 200_000 * BYTE
    assert together < sum(prices)
    numbers = []
    for ref, price in zip(TABLES, prices, strict=True):
        part = together * price / sum(prices)
        begun = await ask("POST", "transfers", {"ref": ref, "max_usd": part})
        assert begun.status == 201, begun.body
        numbers.append(begun.body["id"])
    waiting = [await paused(ask, number) for number in numbers]
    assert {one["error"]["code"] for one in waiting} == {"limit"}
    charged = sum(hub.s3.api.charged.values())
    assert 0 < charged * BYTE <= together
    assert sum(one["paid_usd"] for one in waiting) == pytest.approx(charged * BYTE)
    # As one transfer of several files they share a limit at the server itself.
    grouped = await ask("POST", "transfers", {"refs": TABLES, "max_usd": together})
    assert grouped.status == 201, grouped.body
    assert (await paused(ask, grouped.body["id"]))["error"]["code"] == "limit"
    assert (sum(hub.s3.api.charged.values()) - charged) * BYTE <= together
