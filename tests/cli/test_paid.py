"""Files whose requester pays, in a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.s3.contents import PAID

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]

TABLE = f"s3://{PAID}/tables/exemplar-0_cell.csv"
BYTE = 0.09 / 1e9
"""USD."""


@pytest.fixture
def paying(run: Run, place: Path, hub: DemoHub, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs commands with the demo's object store alone, for one who pays."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    service = hub.services["s3"]
    source = {
        "name": "bucket",
        "kind": "s3",
        "url": service["url"],
        "buckets": [service["paid_bucket"]],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
    }
    (place.parent / "config" / "datahub-sources.yaml").write_text(json.dumps([source]))
    return run


def test_what_costs_something_comes_within_a_limit(paying: Run, hub: DemoHub) -> None:
    assert "Nothing was paid for" in paying("spend").out
    refused = paying("get", TABLE)
    assert refused.code == 1
    assert "paid for by whoever fetches it: at most 0." in refused.err
    assert "--max-usd" in refused.err
    assert not hub.s3.api.charged

    short = paying("get", TABLE, "--max-usd", f"{50_000 * BYTE:.12f}", "--json")
    assert short.code == 1
    assert short.document[0]["error"]["code"] == "limit"
    assert "are missing" in short.err
    assert "again with a higher --max-usd" in short.err
    assert sum(hub.s3.api.charged.values()) == 50_000

    done = paying("get", TABLE, "--max-usd", "0.01", "--json")
    assert done.code == 0, done.err
    size = done.document[0]["size"]
    assert sum(hub.s3.api.charged.values()) == size
    spent = paying("spend", "--json").document
    (month,) = spent["months"]
    assert (month["bucket"], month["bytes"], spent["bytes"]) == (PAID, size, size)
    assert spent["usd"] == pytest.approx(size * BYTE)
    assert f"{PAID} · " in paying("spend").out


@pytest.mark.parametrize("wrong", ["nan", "-1", "inf"])
def test_a_limit_is_a_number_of_usd(paying: Run, wrong: str) -> None:
    ran = paying("get", TABLE, "--max-usd", wrong)
    assert ran.code == 1
    assert "number of USD" in ran.err


def test_a_look_that_costs_something_takes_a_limit(
    paying: Run, hub: DemoHub, demo_data: Path
) -> None:
    cells = next(path for path in demo_data.glob("*.h5ad") if path.stat().st_size < 4 << 20)
    hub.s3.api.buckets.put(PAID, "cells.h5ad", cells.read_bytes())
    refused = paying("preview", f"s3://{PAID}/cells.h5ad")
    assert refused.code == 1
    assert "A look at cells.h5ad is paid for by whoever fetches it: at most 0." in refused.err
    assert "--max-usd" in refused.err
    assert not any(hub.s3.api.charged.values())
    looked = paying("preview", f"s3://{PAID}/cells.h5ad", "--max-usd", "0.01", "--json")
    assert looked.code == 0, looked.err
    assert looked.document["bytes_fetched"] == sum(hub.s3.api.charged.values()) > 0
