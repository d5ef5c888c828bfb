"""The demo's tissue atlas: its archive as GitHub serves one, pictures, stories and files."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
import urllib3

from jupyterlab_datahub.demo.tissue_atlas import archive
from jupyterlab_datahub.demo.tissue_atlas.cards import CARDS
from jupyterlab_datahub.demo.tissue_atlas.site import TissueAtlasSite

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[TissueAtlasSite]:
    with TissueAtlasSite() as running:
        yield running


@pytest.fixture
def web() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as pool:
        yield pool


def test_archive_is_as_github_serves_it(site: TissueAtlasSite, web: urllib3.PoolManager) -> None:
    sent_on = web.request("GET", site.services["url"], redirect=False)
    assert sent_on.status == 302
    answer = web.request("GET", sent_on.headers["Location"], decode_content=False)
    assert answer.status == 200
    with tarfile.open(fileobj=io.BytesIO(answer.data), mode="r:gz") as tar:
        names = tar.getnames()
        assert tar.pax_headers["comment"] == site.commit
        times = {member.mtime for member in tar}
    assert {name.partition("/")[0] for name in names} == {f"{archive.REPOSITORY}-{site.commit}"}
    assert times == {archive.COMMITTED.timestamp()}
    assert sum("/_data-cards/" in name and name.endswith(".md") for name in names) == len(CARDS) + 1
    again = web.request(
        "GET", site.services["url"], headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status == 304


def test_change_makes_another_commit(site: TissueAtlasSite, web: urllib3.PoolManager) -> None:
    first = web.request("GET", site.services["url"])
    site.changes["_atlas-datasets/larsen-2020.md"] = None
    second = web.request(
        "GET", site.services["url"], headers={"If-None-Match": first.headers["ETag"]}
    )
    assert second.status == 200
    with tarfile.open(fileobj=io.BytesIO(second.data), mode="r:gz") as tar:
        assert not any(name.endswith("larsen-2020.md") for name in tar.getnames())


def test_every_card_has_a_picture_and_a_story(
    site: TissueAtlasSite, web: urllib3.PoolManager
) -> None:
    for card in CARDS:
        picture = web.request("GET", f"{site.url}/images/{card.name}.png")
        assert picture.data.startswith(b"\x89PNG")
        story = web.request("GET", f"{site.url}/data/{card.name}/")
        assert b"<h1>" in story.data
        exhibit = web.request("GET", f"{site.url}/data/{card.name}/exhibit.json").json()
        assert exhibit["Stories"][0]["Waypoints"]
    assert web.request("GET", f"{site.url}/data/never-told").status == 404
    assert web.request("GET", f"{site.url}/images/never.png").status == 404


def test_open_files_come_in_ranges(site: TissueAtlasSite, web: urllib3.PoolManager) -> None:
    url = f"{site.url}/files/TON01_cell.csv"
    whole = web.request("GET", url).data
    assert whole.startswith(b"CellID,DNA_1,")
    part = web.request("GET", url, headers={"Range": "bytes=10-19"})
    assert (part.status, part.data) == (206, whole[10:20])
    beyond = web.request("GET", url, headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416
