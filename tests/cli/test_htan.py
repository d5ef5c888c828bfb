"""Files of HTAN in a terminal: found in the portal's table, fetched from a commons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.cli.conftest import Ran

    Run = Callable[..., Ran]


@pytest.fixture
def record(hub: DemoHub) -> IndexRecord:
    """Return a small file of the commons that is open to all."""
    return next(
        one
        for one in hub.gen3.commons.index
        if one.authz == ["/open"] and one.urls and one.hashes and 0 < (one.size or 0) < 50_000
    )


@pytest.fixture
def host(hub: DemoHub, place: Path, tmp_path: Path, record: IndexRecord) -> str:
    """Configure a file table with two files of the commons, and return the commons' host."""
    host = urlsplit(hub.services["gen3"]["url"]).netloc
    rows = [
        {
            "DataFileID": f"HTX1_1_{number}",
            "Filename": "level_4/table.tsv",
            "downloadSource": source,
            "organType": ["Lung"],
            "viewers": {"crdcGc": {"drs_uri": record.did}},
        }
        for number, source in enumerate(("CRDC-GC/SB-CGC (open access)", "Coming Soon"), 1)
    ]
    (place / "htan.json").write_text(json.dumps(rows))
    with (tmp_path / "config" / "datahub-sources.yaml").open("a") as file:
        file.write(f'- {{name: htan, kind: htan, path: htan.json, drs_host: "{host}"}}\n')
    return host


def test_file_of_the_portal_comes_from_the_commons(
    run: Run, host: str, record: IndexRecord
) -> None:
    found = run("search", "--source", "htan", "--facet", "organ=Lung", "--json")
    assert found.code == 0, found.err
    ran = run("get", "htan:HTX1_1_1", "--json")
    assert ran.code == 0, ran.err
    assert ran.document[0]["size"] == record.size
    refused = run("get", "htan:HTX1_1_2")
    assert refused.code == 1
    assert "not released yet" in refused.err


def test_manifests_of_the_portal_are_taken(
    run: Run, host: str, place: Path, record: IndexRecord
) -> None:
    (place / "crdc.csv").write_text(f"drs_uri,name\ndrs://{host}/{record.did},table.tsv\n")
    (place / "gen3_manifest.json").write_text(json.dumps([{"object_id": record.did}]))
    for name in ("crdc.csv", "gen3_manifest.json"):
        ran = run("get", "--manifest", name, "--source", "gen3", "--json")
        assert ran.code == 0, ran.err
        assert [one["size"] for one in ran.document] == [record.size]
