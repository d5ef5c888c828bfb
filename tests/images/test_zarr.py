"""OME-Zarr of both versions, in a folder and in a bucket."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
import pytest
import zarr

from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.demo.s3.demo_store import DemoStore
from jupyterlab_datahub.errors import BadRequestError, ConsentError, NotSupportedError
from jupyterlab_datahub.images import look
from jupyterlab_datahub.images.job import Job
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.spending.ledger import Ledger
from tests.images.conftest import bright_quarter, stain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.images.conftest import Looker

USD = 0.09 / 1e9
"""For a byte."""

AXES = [
    {"name": "c", "type": "channel"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
]
OMERO = {"channels": [{"label": "DNA", "color": "0000FF"}, {"label": "CD3", "color": "FF0000"}]}


def write(folder: Path, version: Literal[2, 3]) -> None:
    """Write an image of two channels and two levels as OME-NGFF 0.4 (2) or 0.5 (3) has it."""
    pixels = np.stack([stain(1, 512), stain(2, 512)])
    levels: list[dict[str, Any]] = []
    group = zarr.open_group(str(folder), mode="w", zarr_format=version)
    for number, level in enumerate((pixels, pixels[:, ::2, ::2])):
        sharded: dict[str, Any] = {"shards": (1, 256, 256)} if version == 3 else {}
        array = group.create_array(
            str(number), shape=level.shape, chunks=(1, 128, 128), dtype="u2", **sharded
        )
        array[:] = level
        scale = {"type": "scale", "scale": [1.0, 0.5 * 2**number, 0.5 * 2**number]}
        levels.append({"path": str(number), "coordinateTransformations": [scale]})
    said: dict[str, Any] = {
        "multiscales": [{"axes": AXES, "datasets": levels}],
        "omero": OMERO,
    }
    group.attrs.update({"ome": {"version": "0.5", **said}} if version == 3 else said)


@pytest.fixture(scope="module", params=[2, 3])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an OME-Zarr; treat it as read-only."""
    made: Path = tmp_path_factory.mktemp("zarr") / "tonsil.ome.zarr"
    write(made, request.param)
    return made


@pytest.fixture(scope="module")
def store(
    folder: Path, demo_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoStore]:
    """Return a running store with the image in two of its buckets."""
    running = DemoStore(demo_data, tmp_path_factory.mktemp("store"))
    running.start()
    for path in folder.rglob("*"):
        if path.is_file():
            for bucket in (OPEN, PAID):
                key = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                running.api.buckets.put(bucket, key, path.read_bytes())
    try:
        yield running
    finally:
        running.stop()


def reported(looker: Looker, folder: Path, **more: Any) -> Any:
    """Return what is said of a folder on this machine."""
    return said(looker.job(str(folder), local=True, **more))


def said(job: Job) -> Any:
    """Return the facts or the picture of a report, or raise its error."""
    report = look.answered(job)
    if report.error is not None:
        raise raised(report.error)
    return report.facts or report.thumbnail


def job(store: DemoStore, home: Path, bucket: str, **more: Any) -> Job:
    """Return what a process is told of the image in a bucket."""
    service = store.service
    options = {
        "buckets": [bucket],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
    }
    s3 = SourceConfig(name="s3", kind="s3", url=store.api.url, options=options)
    settings = Settings(home=str(home), root=str(home), sources=(s3,))
    ref = f"s3://{bucket}/tonsil.ome.zarr"
    return Job(settings=settings, source="s3", ref=ref, name="tonsil.ome.zarr", **more)


def test_folder_says_what_it_is(look_at: Looker, folder: Path) -> None:
    facts = reported(look_at, folder)
    assert facts.form == "OME-Zarr"
    assert [(one.name, one.colour) for one in facts.channels] == [
        ("DNA", "#0000ff"),
        ("CD3", "#ff0000"),
    ]
    assert [(one.width, one.memory) for one in facts.levels] == [(512, 1 << 20), (256, 1 << 18)]
    assert (facts.pixel_width, facts.pixel_unit, facts.dtype) == (0.5, "µm", "uint16")
    seen = [reported(look_at, folder, channel=number, size=200) for number in range(2)]
    assert [(one.level, bright_quarter(one)) for one in seen] == [(1, 1), (1, 2)]


def test_image_in_a_bucket_takes_the_chunks_of_one_level(
    store: DemoStore, folder: Path, tmp_path: Path
) -> None:
    facts = said(job(store, tmp_path, OPEN))
    assert [one.name for one in facts.channels] == ["DNA", "CD3"]
    store.api.requests.clear()
    seen = said(job(store, tmp_path, OPEN, channel=1, size=200))
    assert bright_quarter(seen) == 2
    asked = [one.path for one in store.api.requests if one.status == 200 and one.method == "GET"]
    chunks = [path for path in asked if not path.endswith((".json", ".zarray", ".zattrs"))]
    assert chunks
    assert all(".zarr/1/" in path for path in chunks)
    whole = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert 0 < seen.fetched < whole / 4


def test_paid_image_costs_what_its_metadata_say_at_most(
    store: DemoStore, folder: Path, tmp_path: Path
) -> None:
    charged = store.api.charged
    charged.clear()
    with pytest.raises(ConsentError) as asked:
        said(job(store, tmp_path, PAID))
    assert asked.value.cost is not None
    assert asked.value.cost.usd == pytest.approx((1 << 20) * USD)
    assert not any(charged.values())

    facts = said(job(store, tmp_path, PAID, max_usd=0.0001))
    assert [one.name for one in facts.channels] == ["DNA", "CD3"]
    metadata = sum(charged.values())
    assert metadata == facts.fetched == _paid(tmp_path)

    # Pixels of a level may cost more than its metadata, which are known by then.
    with pytest.raises(ConsentError, match="A look at tonsil") as more:
        said(job(store, tmp_path, PAID, channel=1, size=500, max_usd=250_000 * USD))
    assert more.value.cost is not None
    assert more.value.cost.bytes is not None
    assert 512 * 512 * 2 < more.value.cost.bytes < 512 * 512 * 2.5
    assert sum(charged.values()) == 2 * metadata
    seen = said(job(store, tmp_path, PAID, channel=1, size=500, max_usd=more.value.cost.usd))
    assert bright_quarter(seen) == 2
    assert sum(charged.values()) == 2 * metadata + seen.fetched == _paid(tmp_path)
    assert seen.fetched <= more.value.cost.bytes
    chunks = [path for path in charged if f"{folder.name}/0/" in path]
    assert len(chunks) >= 4


def _paid(home: Path) -> int:
    return Ledger(home).spending().bytes


def test_chunks_that_are_missing_cost_nothing(
    store: DemoStore, folder: Path, tmp_path: Path
) -> None:
    store.api.charged.clear()
    wanted = job(store, tmp_path, PAID, channel=0, size=200, max_usd=0.01)
    missing = msgspec.structs.replace(wanted, ref=f"s3://{PAID}/none.ome.zarr")
    with pytest.raises(BadRequestError, match="no metadata"):
        said(missing)
    assert _paid(tmp_path) == 0


def test_folder_without_metadata_is_no_image(look_at: Looker, tmp_path: Path) -> None:
    (tmp_path / "empty.zarr").mkdir()
    with pytest.raises(BadRequestError, match="no metadata of OME-Zarr"):
        reported(look_at, tmp_path / "empty.zarr")
    plain = tmp_path / "plain.zarr"
    zarr.open_group(str(plain), mode="w", zarr_format=2).attrs["title"] = "counts"
    with pytest.raises(BadRequestError, match="no metadata of OME-Zarr"):
        reported(look_at, plain)


def test_chunks_that_are_missing_are_background(
    look_at: Looker, folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "holes.ome.zarr"
    shutil.copytree(folder, copy)
    for path in (copy / "1").rglob("*"):
        if path.is_file() and path.name not in ("zarr.json", ".zarray", ".zattrs"):
            path.unlink()
    seen = reported(look_at, copy, channel=0, size=200)
    assert (seen.low, seen.high) == (0, 0)


def test_metadata_that_lead_elsewhere_or_are_cut_are_refused(
    look_at: Looker, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.zarr"
    odd.mkdir()
    said_of_it = {"multiscales": [{"axes": ["y", "x"], "datasets": [{"path": "../secrets"}]}]}
    (odd / ".zattrs").write_text(json.dumps(said_of_it), encoding="utf-8")
    with pytest.raises(BadRequestError, match="secrets"):
        reported(look_at, odd)
    (odd / ".zattrs").write_text('{"multiscales": [', encoding="utf-8")
    with pytest.raises(BadRequestError, match="cannot be read"):
        reported(look_at, odd)


def test_declared_sizes_take_no_memory(look_at: Looker, tmp_path: Path) -> None:
    huge = tmp_path / "huge.zarr"
    (huge / "0").mkdir(parents=True)
    said_of_it = {"multiscales": [{"axes": ["y", "x"], "datasets": [{"path": "0"}]}]}
    (huge / ".zattrs").write_text(json.dumps(said_of_it), encoding="utf-8")
    array = {"shape": [10**9, 10**9], "chunks": [10**9, 10**9], "dtype": "<u2", "zarr_format": 2}
    (huge / "0" / ".zarray").write_text(json.dumps(array), encoding="utf-8")
    assert reported(look_at, huge).width == 10**9
    with pytest.raises(NotSupportedError):
        reported(look_at, huge, channel=0)
