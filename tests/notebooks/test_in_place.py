"""Cells that open an image where it is, run in a real kernel against a host."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zarr

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import File, FileHost
from jupyterlab_datahub.demo.spatial import pyramid
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.notebooks import in_place
from tests.images.conftest import stain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.messages import Request
    from tests.notebooks.conftest import Kernel

SIDE = 1024
TIFF, ZARR = "tonsil.ome.tif", "tonsil.ome.zarr"


class FolderHost(FileHost):
    """A host of files in folders, as a Zarr is."""

    def _find(self, request: Request) -> File | None:
        path = self.directory / request.path.lstrip("/")
        return File(path, path.stat().st_size, '"one"', 0.0) if path.is_file() else None


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileHost]:
    """Return a host that has an image in both forms."""
    folder = tmp_path_factory.mktemp("images")
    pixels = [stain(number, SIDE) for number in range(2)]
    pyramid.write(folder / TIFF, ("DNA", "CD3"), iter(pixels), pixel_um=1, levels=3)
    group = zarr.open_group(str(folder / ZARR), mode="w", zarr_format=2)
    for number in range(2):
        level = np.stack(pixels)[:, :: 2**number, :: 2**number]
        array = group.create_array(str(number), shape=level.shape, chunks=(1, 256, 256), dtype="u2")
        array[:] = level
    axes = [{"name": one} for one in "cyx"]
    datasets = [{"path": str(number)} for number in range(2)]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": datasets}]
    running = FolderHost(folder, faults=Faults(), log=[])
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("way", ["dask", "zarr"])
@pytest.mark.parametrize("name", [TIFF, ZARR])
def test_a_level_is_read_and_no_more(kernel: Kernel, host: FileHost, name: str, way: str) -> None:
    host.requests.clear()
    code = in_place.cell("#", way, in_place.place_of(f"{host.url}/{name}"), "tonsil", name)
    assert kernel.run(code).error == ""
    levels = 3 if name == TIFF else 2
    assert kernel.run("len(tonsil), tonsil[0].shape").results == [f"({levels}, (2, 1024, 1024))"]
    last = "tonsil[-1][1]" + (".compute()" if way == "dask" else "")
    found = kernel.run(f"int({last}[:8, :8].mean() > 0), {last}.shape")
    side = SIDE // 2 ** (levels - 1)
    assert found.results == [f"(1, ({side}, {side}))"], found.error
    if name == TIFF:
        size = (host.directory / name).stat().st_size
        assert sum(one.sent for one in host.requests) < size / 2


@pytest.mark.parametrize("way", ["dask", "zarr"])
@pytest.mark.parametrize("name", [TIFF, ZARR])
def test_one_level_is_an_array(kernel: Kernel, host: FileHost, name: str, way: str) -> None:
    place = in_place.place_of(f"{host.url}/{name}")
    code = in_place.cell("#", way, place, "tonsil", name, level=1)
    read = "tonsil[1, :8, :8]" + (".compute()" if way == "dask" else "")
    ran = kernel.run(f"{code}\ntonsil.shape, int({read}.mean() > 0)")
    assert ran.results == ["((2, 512, 512), 1)"], ran.error


@pytest.mark.parametrize("address", ["https://example.org/x.ome.tif", "/data/x.ome.zarr"])
def test_vitessce_on_a_hub_serves_files_of_the_kernel_through_its_server(address: str) -> None:
    place = in_place.place_of(address)
    code = in_place.cell("#", "vitessce", place, "x", "X")
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    keywords = {word.arg for call in calls for word in call.keywords}
    assert ("img_url" in keywords, "proxy" in keywords) == (place.remote, not place.remote)
    assert ("import os" in code.splitlines()) == (not place.remote)
    assert ("(CORS)" in code) == place.remote


@pytest.mark.parametrize("way", in_place.WAYS)
@pytest.mark.parametrize("address", ["https://example.org/a b'\".ome.zarr", "/data/x.ome.zarr"])
def test_every_way_is_python_and_says_what_it_takes(way: str, address: str) -> None:
    for ending in (".zarr", ".tif"):
        where = address.replace(".zarr", ending)
        place = in_place.place_of(where)
        if way == "ome-zarr" and ending == ".tif":
            with pytest.raises(BadRequestError, match="cannot be opened"):
                in_place.opening(way, place, "x", "X")
            continue
        title = 'it\'s "X" {n} %s'
        code = in_place.cell("#", way, place, "x", title)
        if way == "vitessce":
            with pytest.raises(BadRequestError, match="alone cannot be opened as vitessce"):
                in_place.cell("#", way, place, "x", title, 2)
        else:
            alone = in_place.cell("#", way, place, "x", title, 2)
            assert {2} <= {
                n.value for n in ast.walk(ast.parse(alone)) if isinstance(n, ast.Constant)
            }
            assert "multiscale=True" not in alone
        tree = ast.parse(code)
        assert where in {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert "%pip install" in code.splitlines()[2]
    with pytest.raises(BadRequestError, match="cannot be opened as 'qupath'") as caught:
        in_place.opening("qupath", place, "x", "X")
    assert caught.value.hint.startswith("Choose one of dask, zarr")
    with pytest.raises(BadRequestError, match="no level -1"):
        in_place.opening("dask", place, "x", "X", -1)
