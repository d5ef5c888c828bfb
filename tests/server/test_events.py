"""Jupyter Events: transfers and catalogs as they change."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml

from jupyterlab_datahub.model import (
    CatalogState,
    Connection,
    ConnectionState,
    SourceStatus,
    Transfer,
    TransferState,
)
from jupyterlab_datahub.server.connections import SCHEMA as CONNECTION_SCHEMA
from jupyterlab_datahub.server.feed import CATALOG_SCHEMA, SCHEMAS, SHORTEST, TRANSFER_SCHEMA
from tests.server.conftest import ended, ref_of, until

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask, Subscribe


@pytest.mark.parametrize(
    ("schema_id", "model", "enumeration"),
    [
        (TRANSFER_SCHEMA, Transfer, TransferState),
        (CATALOG_SCHEMA, SourceStatus, CatalogState),
        (CONNECTION_SCHEMA, Connection, ConnectionState),
    ],
)
def test_a_schema_is_the_model(schema_id: str, model: type, enumeration: Any) -> None:
    schemas = {schema["$id"]: schema for schema in map(loaded, SCHEMAS)}
    assert len(schemas) == 3
    schema = schemas[schema_id]
    fields = [field.name for field in msgspec.structs.fields(model)]
    assert list(schema["properties"]) == fields
    assert schema["required"] == fields
    assert schema["properties"]["state"]["enum"] == [str(state) for state in enumeration]
    assert all(described["description"] for described in schema["properties"].values())


def loaded(path: Path) -> dict[str, Any]:
    """Read an event schema."""
    schema: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return schema


async def test_a_transfer_is_told_until_it_is_done(
    subscribe: Subscribe, ask: Ask, hub: DemoHub
) -> None:
    events = await subscribe()
    hub.faults.add("stall", host="assets", after=100_000, times=1000)
    begun = (await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/all")})).body
    told = await until(events, TRANSFER_SCHEMA, lambda event: event["state"] == "running")
    hub.faults.clear()
    told += await until(events, TRANSFER_SCHEMA, lambda event: event["state"] == "done")
    assert {event["id"] for event in told} == {begun["id"]}
    sequences = [event["sequence"] for event in told]
    assert sequences == sorted(set(sequences))
    truth = (await ask("GET", f"transfers/{begun['id']}")).body
    assert {name: told[-1][name] for name in truth} == truth


async def test_a_transfer_is_told_a_few_times_a_second_at_most(
    subscribe: Subscribe, ask: Ask, hub: DemoHub
) -> None:
    events = await subscribe()
    hub.faults.add("slow", host="assets", rate=400_000)
    before = time.monotonic()
    await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/all")})
    told = await until(events, TRANSFER_SCHEMA, lambda event: event["state"] == "done")
    # Each look tells a transfer once, and between two looks there is a pause.
    assert len(told) <= (time.monotonic() - before) / SHORTEST + 2


async def test_a_refresh_is_told(subscribe: Subscribe, ask: Ask) -> None:
    events = await subscribe()
    await ask("POST", "sources/folder/refresh")
    told = await until(events, CATALOG_SCHEMA, lambda event: event["state"] == "ready")
    assert {event["name"] for event in told} == {"folder"}
    assert told[-1]["datasets"] == 2


async def test_an_event_holds_no_secret(subscribe: Subscribe, ask: Ask, hub: DemoHub) -> None:
    events = await subscribe()
    hub.faults.add("expired", host="assets", times=1000)
    begun = (await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/nk")})).body
    await ended(ask, begun["id"])
    told = await until(events, TRANSFER_SCHEMA, lambda event: event["state"] == "failed")
    assert told[-1]["error"]["message"]
    assert "?" not in json.dumps([event["error"] for event in told])


async def test_events_are_emitted_on_the_event_loop_alone(
    jp_serverapp: Any, ask: Ask, hub: DemoHub, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = await subscribe()
    threads: list[threading.Thread] = []
    emit = jp_serverapp.event_logger.emit

    def noted(**event: Any) -> Any:
        threads.append(threading.current_thread())
        return emit(**event)

    monkeypatch.setattr(jp_serverapp.event_logger, "emit", noted)
    await ask("POST", "transfers", {"ref": ref_of(hub, "pbmc68k/nk")})
    await until(events, TRANSFER_SCHEMA, lambda event: event["state"] == "done")
    assert threads
    assert set(threads) == {threading.current_thread()}
