"""What selects from and converts files takes no more memory than it may, whatever their size."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import h5py
import msgspec
import numpy as np
import pytest

from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.model import Download, ErrorBody, Selection
from jupyterlab_datahub.model.decoding import from_values
from jupyterlab_datahub.ranged.child import ENVIRONMENT
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.settings.traits import DataHub
from jupyterlab_datahub.transfers.selecting import maker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MIB = 1 << 20
VALUES = 1 << 20
"""Values of a chunk, which take 8 MiB with their places."""

GENES = 1024


def repeated(group: h5py.Group, name: str, values: Any, chunks: int) -> None:
    """Write an array of the same chunk again and again, which is packed once."""
    made = group.create_dataset(
        name,
        (chunks * VALUES,),
        values.dtype,
        chunks=(VALUES,),
        compression="gzip",
        compression_opts=1,
    )
    packed = zlib.compress(values.tobytes(), 1)
    for number in range(chunks):
        made.id.write_direct_chunk((number * VALUES,), packed)


def matrix(group: h5py.Group, chunks: int) -> int:
    """Write a matrix all of whose values are there, and return how many cells it has."""
    repeated(group, "data", np.ones(VALUES, np.float32), chunks)
    repeated(group, "indices", np.tile(np.arange(GENES, dtype=np.int32), VALUES // GENES), chunks)
    group["indptr"] = np.arange(0, chunks * VALUES + 1, GENES, dtype=np.int64)
    return chunks * VALUES // GENES


def frame(file: h5py.File, name: str, count: int) -> None:
    group = file.create_group(name)
    group.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0"})
    group.attrs["_index"] = "_index"
    group.attrs.create("column-order", ["n"], dtype=h5py.string_dtype())
    names = np.array([f"{name}{number}" for number in range(count)], dtype=object)
    group.create_dataset("_index", data=names, dtype=h5py.string_dtype())
    group["n"] = np.arange(count)


MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""A small process in between: what one of tests had before counts for whatever it starts."""


def ran(
    module: str, *arguments: str, told: bytes = b"", environment: Mapping[str, str] = ENVIRONMENT
) -> tuple[int, int, Any]:
    """Return the status of a process, its peak of memory in bytes, and what it said in the end."""
    work = [sys.executable, "-P", "-m", module, *arguments]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *work],
        input=told,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
        check=False,
    )
    *lines, peak = filter(None, done.stdout.splitlines())
    return done.returncode, int(peak) * 1024, msgspec.json.decode(lines[-1])


def select(download: Download, target: Path, memory: int) -> tuple[int, int, Any]:
    job = Job(
        ref="there:a",
        name="large.h5ad",
        title="",
        download=download,
        config=SourceConfig(name="there", kind="folder"),
        selection=Selection(genes=("var3", "var1000")),
        directory=str(target.parent / "previews"),
        target=str(target),
        memory=memory,
    )
    return ran(maker.MODULE, told=msgspec.json.encode(job), environment=maker.ENVIRONMENT)


def test_a_selection_of_what_is_larger_than_its_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.h5ad"
    with h5py.File(path, "w") as file:
        group = file.create_group("X")
        cells = matrix(group, 70)
        group.attrs.update({"encoding-type": "csr_matrix", "shape": (cells, GENES)})
        frame(file, "obs", cells)
        frame(file, "var", GENES)
    status, peak, said = select(Download(path=str(path)), tmp_path / "part.h5ad", 512 * MIB)
    assert (status, said.get("cells"), said.get("genes")) == (0, cells, 2), said
    assert peak < 512 * MIB < 70 * 8 * MIB
    # Where even less is too little, that is what is said.
    status, _, said = select(Download(path=str(path)), tmp_path / "part.h5ad", 256 * MIB)
    error = from_values(said, ErrorBody)
    assert (status, error.code) == (3, "selection")
    assert "GiB of memory" in error.message
    assert "memory_gb" in error.hint


def test_a_selection_from_a_host_takes_as_little_as_it_is_told(tmp_path: Path) -> None:
    path, values, chunks = tmp_path / "large.h5ad", 1 << 16, 256
    cells = chunks * values // GENES
    dice = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        group = file.create_group("X")
        group.attrs.update({"encoding-type": "csr_matrix", "shape": (cells, GENES)})
        group["indptr"] = np.arange(0, chunks * values + 1, GENES, dtype=np.int64)
        # Chunks of 256 KiB that cannot be packed: what is under way at once counts as it is.
        for name, part in (
            ("data", dice.random(values, np.float32)),
            ("indices", np.tile(np.arange(GENES, dtype=np.int32), values // GENES)),
        ):
            made = group.create_dataset(name, (chunks * values,), part.dtype, chunks=(values,))
            for number in range(chunks):
                made.id.write_direct_chunk((number * values,), part.tobytes())
        frame(file, "obs", cells)
        frame(file, "var", GENES)
    with FileHost(tmp_path) as host:
        download = Download(url=f"{host.url}/{path.name}", size=path.stat().st_size)
        status, peak, said = select(download, tmp_path / "part.h5ad", 256 * MIB)
    assert (status, said.get("cells"), said.get("genes")) == (0, cells, 2), said
    assert peak < 256 * MIB


def test_a_conversion_of_what_is_larger_than_its_memory(tmp_path: Path) -> None:
    path, target = tmp_path / "large.h5", tmp_path / "made.h5ad"
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix")
        cells = matrix(group, 42)
        group["shape"] = np.array([GENES, cells])
        group["barcodes"] = np.array([f"cell{n}" for n in range(cells)], "S")
        features = group.create_group("features")
        for name in ("id", "name"):
            features[name] = np.array([f"gene{n}" for n in range(GENES)], "S")
        features["feature_type"] = np.array(["Gene Expression"] * GENES, "S")
    module = "jupyterlab_datahub.anndata_io.convert"
    status, peak, said = ran(module, str(path), str(target), path.name, "", str(320 * MIB))
    assert (status, said.get("cells"), said.get("genes")) == (0, cells, GENES), said
    assert peak < 320 * MIB < 42 * 8 * MIB
    target.unlink()


def test_the_bound_is_a_setting(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path), root=str(tmp_path))
    assert settings.memory == 1 << 30


@pytest.mark.parametrize("gigabytes", [0.5, 4.0])
def test_it_is_configured_in_gigabytes(tmp_path: Path, gigabytes: float) -> None:
    assert DataHub(memory_gb=gigabytes).settings(tmp_path).memory == gigabytes * (1 << 30)
