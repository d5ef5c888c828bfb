"""A tissue atlas from its archive to the dataset page, with the traps of pages by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    NotFoundError,
    SettingsError,
)
from jupyterlab_datahub.model import Access, Asset, Dataset
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from jupyterlab_datahub.sources.source import Source


@pytest.fixture
def source(atlas_settings: Settings) -> Source:
    return Registry(atlas_settings)["tissue-atlas"]


def with_options(settings: Settings, **options: object) -> Settings:
    changed = tuple(
        structs.replace(one, options=one.options | options) if one.name == "tissue-atlas" else one
        for one in settings.sources
    )
    return structs.replace(settings, sources=changed)


def study(source: Source, id_: str) -> Dataset:
    return source.dataset(f"tissue-atlas:{id_}")


def labels(dataset: Dataset, facet: str) -> list[str]:
    return [term.label for term in dataset.facets.get(facet, ())]


def test_study_has_publication_stories_and_files(source: Source, hub: DemoHub) -> None:
    found = study(source, "vega-lund-2024")
    assert found.doi == "10.5555/demo.2024.1"
    assert found.collection is not None
    assert found.collection.authors == "Vega C, Lund P, Okafor D"
    assert found.version == hub.tissue_atlas.commit[:12]
    site = hub.tissue_atlas.url
    assert f"{site}/atlases/melanoma" in [link.url for link in found.links]
    assert [story.kind for story in found.stories] == ["narrated", "automatic"]
    assert found.stories[0].url == f"{site}/data/dmel01-story"
    # What is hidden on the site is hidden here.
    assert all("hidden" not in story.id for story in found.stories)
    assert labels(found, "assay") == ["CyCIF"]
    assert labels(found, "disease") == ["melanoma"]
    assert labels(found, "organism") == ["Homo sapiens"]
    assert labels(found, "level") == ["Level 2: images", "Level 4: feature tables"]
    assert found.assets[0].name == "DMEL01-1-features.zip"
    # 335 MB is a rounded figure, no promise of a size.
    assert found.assets[0].rounded_size == 335_000_000
    assert all(asset.size is None for asset in found.assets)


def test_each_access_names_the_next_step(source: Source) -> None:
    expected = {
        "vega-lund-2024": (Access.REQUESTER_PAYS, "fetches s3://paid-atlas/mcmicro/ pays"),
        "ito-salas-2022": (Access.LOGIN, "https://www.synapse.org/Synapse:syn90000002"),
        "mbeki-2021": (Access.REQUEST, "https://doi.org/10.5281/zenodo.90000003"),
        "larsen-2020": (Access.VIEW_ONLY, "atlas@demo.example.org"),
        "quist-heart-2018": (Access.VIEW_ONLY, "atlas@demo.example.org"),
    }
    for id_, (access, words) in expected.items():
        found = study(source, id_)
        assert found.access is access
        assert words in found.access_note
    assert "tissue-atlas@demo.example.org" in study(source, "mbeki-2021").access_note
    tonsil = study(source, "open-tonsil-2025")
    assert tonsil.access is Access.OPEN
    assert [asset.access for asset in tonsil.assets] == [Access.OPEN, Access.OPEN, Access.VIEW_ONLY]


def test_files_of_patients_are_told_apart(source: Source) -> None:
    files = {asset.ref: asset for asset in study(source, "okafor-brandt-2023").assets}
    markers = files["tissue-atlas:okafor-brandt-2023/Q101/markers.csv"]
    assert markers.access is Access.LOGIN
    assert "syn90000011" in markers.access_note
    assert markers.elsewhere == "synapse:syn90000011"
    assert not markers.loads_as_anndata
    image = files["tissue-atlas:okafor-brandt-2023/Q102.ome.tif"]
    assert image.elsewhere == "s3://demo-lung-2023/Q102/Q102.ome.tif"
    assert image.format == "ome-tiff"
    raw = files["tissue-atlas:okafor-brandt-2023/Q101/raw"]
    assert raw.elsewhere == "s3://demo-lung-2023/Q101/raw/"
    assert "folder" in raw.note


def test_broken_pages_are_read_as_far_as_possible(source: Source) -> None:
    told: list[str] = []
    by_id = {found.id: found for found in source.harvest(told.append)}
    assert "5 pages were read as far as possible" in told
    broken = by_id["nowak-2019"]
    assert broken.title == "Neighbours of macrophages in a made-up granuloma"
    assert broken.doi == "10.5555/demo.2019.7"
    stories = {story.id: story for found in by_id.values() for story in found.stories}
    assert stories["dcrc22"].date == "2021-07-09"
    assert stories["larsen-stains"].title == "Stains in a [bracket that is never closed"
    assert stories["latin"].title == "Café tonsil"
    assert stories["q102-portal"].url.startswith("https://www.cbioportal.org/")
    assert {story.id for story in by_id["quist-heart-2018"].stories} == {
        "heart-left",
        "heart-right",
    }


def test_without_network_the_kept_feed_is_used_and_said(
    source: Source, hub: DemoHub, atlas_settings: Settings
) -> None:
    before = list(source.harvest())
    hub.faults.add("down", host="tissue-atlas")
    told: list[str] = []
    again = Registry(atlas_settings)["tissue-atlas"]
    assert list(again.harvest(told.append)) == before
    sentence = next(words for words in told if words.startswith("Working from the feed"))
    assert "2026-04-15" in sentence
    assert hub.tissue_atlas.commit[:12] in sentence
    assert study(again, "larsen-2020").title


def test_unchanged_archive_is_not_sent_again(source: Source, hub: DemoHub) -> None:
    first = list(source.harvest())
    hub.requests.clear()
    told: list[str] = []
    assert list(source.harvest(told.append)) == first
    assert [seen.status for seen in hub.seen("*codeload*")] == [304]
    assert "The atlas has not changed" in told
    hub.tissue_atlas.changes["_atlas-datasets/larsen-2020.md"] = None
    changed = {found.id: found for found in source.harvest()}
    assert changed["larsen-2020"].title == "Larsen 2020"
    assert len(changed["larsen-2020"].stories) == 2


def test_page_in_place_of_the_archive_is_an_error(source: Source, hub: DemoHub) -> None:
    hub.faults.add("html", host="tissue-atlas", path="*codeload*", status=200)
    with pytest.raises(BadAnswerError, match="no gzip archive"):
        list(source.harvest())


def test_archive_that_breaks_off_is_asked_for_again(source: Source, hub: DemoHub) -> None:
    hub.faults.add("cut", host="tissue-atlas", path="*codeload*", after=1000)
    assert list(source.harvest())
    assert len(hub.seen("*codeload*")) == 2


def test_thumbnails_come_from_allowed_hosts_alone(
    source: Source, hub: DemoHub, atlas_settings: Settings
) -> None:
    told = {story.id: story for story in study(source, "larsen-2020").stories}
    assert told["larsen-elsewhere"].picture == ""
    assert told["larsen-elsewhere"].url
    ref = told["larsen-stains"].picture
    picture = source.picture(ref)
    assert picture.content_type == "image/png"
    assert len(hub.seen("/images/*")) == 1
    assert source.picture(ref) == picture
    assert len(hub.seen("/images/*")) == 1
    for asked, error in (
        ("tissue-atlas:larsen-2020?story=larsen-elsewhere", AccessError),
        ("tissue-atlas:larsen-2020?story=never", NotFoundError),
    ):
        with pytest.raises(error):
            source.picture(asked)
    hub.faults.add("html", host="tissue-atlas", path="/images/*", status=200)
    with pytest.raises(BadAnswerError, match="no picture"):
        source.picture(study(source, "nowak-2019").stories[0].picture)


def test_two_atlases_may_have_studies_of_one_name(atlas_settings: Settings) -> None:
    own = atlas_settings.sources[-1]
    other = structs.replace(own, name="other atlas", title="Another atlas")
    registry = Registry(structs.replace(atlas_settings, sources=(own, other)))
    first, second = study(registry["tissue-atlas"], "larsen-2020"), "tissue-atlas:other%20atlas:"
    ref = f"{second}larsen-2020"
    assert registry.for_ref(first.ref).name == "tissue-atlas"
    assert registry.for_ref(ref).name == "other atlas"
    found = registry["other atlas"].dataset(ref)
    assert (found.ref, found.title) == (ref, first.title)
    assert not {one.ref for one in registry["other atlas"].harvest()} & {
        one.ref for one in registry["tissue-atlas"].harvest()
    }
    picture = next(story.picture for story in found.stories if story.picture)
    assert picture.startswith(second)
    assert registry.for_ref(picture).picture(picture).data.startswith(b"\x89PNG")
    with pytest.raises(BadRequestError, match="this tissue atlas"):
        registry["other atlas"].dataset(first.ref)


def test_open_buckets_are_fetched_from_their_address(atlas_settings: Settings) -> None:
    settings = with_options(atlas_settings, open_buckets=["paid-atlas"])
    table = study(Registry(settings)["tissue-atlas"], "vega-lund-2024").assets[0]
    assert table.access is Access.OPEN
    assert table.url == "https://paid-atlas.s3.amazonaws.com/mcmicro/DMEL01-1-features.zip"


def test_what_is_not_open_is_refused_with_the_next_step(
    source: Source, atlas_settings: Settings
) -> None:
    asset = study(source, "vega-lund-2024").assets[0]
    with pytest.raises(AccessError) as caught:
        source.resolve(asset)
    assert "s3://paid-atlas/" in caught.value.hint
    with pytest.raises(NotFoundError):
        source.resolve(Asset(ref="tissue-atlas:vega-lund-2024/never.csv", name="never.csv"))
    rooms = Rooms(atlas_settings)
    try:
        with pytest.raises(AccessError, match="is paid for by whoever fetches it"):
            transfers.start(rooms, asset.ref, rooms.root / "datahub")
    finally:
        rooms.close()


@pytest.mark.parametrize("option", ["site", "contact", "picture_hosts", "open_buckets"])
def test_wrong_options_are_refused_in_words(atlas_settings: Settings, option: str) -> None:
    with pytest.raises(SettingsError, match=option):
        Registry(with_options(atlas_settings, **{option: 5}))["tissue-atlas"]
