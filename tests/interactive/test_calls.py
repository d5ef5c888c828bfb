"""``import jupyterlab_datahub as datahub``, on the demo hub."""

from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anndata
import psutil
import pytest
from distributed import LocalCluster

import jupyterlab_datahub as datahub
from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.demo.s3.contents import OPEN
from jupyterlab_datahub.errors import ConflictError, DataHubError, NotFoundError
from jupyterlab_datahub.interactive import lazy
from jupyterlab_datahub.notebooks import free_memory
from jupyterlab_datahub.notebooks.languages import Origin
from jupyterlab_datahub.notebooks.python import where_it_is
from jupyterlab_datahub.sources.registry import Registry
from tests.anndata_io import looms
from tests.cli.conftest import place  # noqa: F401 - a working directory with its configuration
from tests.server.conftest import ref_of
from tests.sources import endless_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

REF = "folder:folder/monocytes.h5ad"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what was opened lazily, as another test has another hub."""
    yield
    while lazy._open:
        lazy._open.popitem()[1].close()


@pytest.fixture(autouse=True)
def here(place: Path, settings: Settings) -> Path:  # noqa: F811 - the fixture of that name
    """Go where the configuration is, with an index."""
    with_index = Catalog(settings_home(settings))
    for source in Registry(settings):
        with_index.replace(source.name, source.harvest())
    with_index.close()
    return place


def settings_home(settings: Settings) -> Path:
    return Path(settings.home)


def test_a_preview_by_either_name() -> None:
    facts = datahub.preview(REF)
    assert (facts.format, facts.local, facts.raw_counts) == ("h5ad", True, "raw.X")
    # By now the room of that name is imported.
    assert datahub.preview(REF) == facts


def test_all_of_it_and_a_part_are_loaded(hub: DemoHub, capsys: pytest.CaptureFixture[str]) -> None:
    ref = ref_of(hub, "pbmc68k/all")
    part = datahub.load(ref, where="cell_type == 'dendritic cell'")
    kinds = datahub.load(ref).obs["cell_type"]
    assert part.n_obs == int((kinds == "dendritic cell").sum())
    assert part.X.dtype.kind in "fiu"
    assert capsys.readouterr().err == ""


def test_nothing_waits_beside_a_file_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    beside: list[str] = []
    sizes: list[int] = []
    read = anndata.read_h5ad

    def reading(path: Path) -> anndata.AnnData:
        beside.extend(one.name for one in threading.enumerate() if one.name == "datahub-spare")
        for child in psutil.Process().children():
            beside.extend(word for word in child.cmdline() if "jupyterlab_datahub" in word)
        adata = read(path)
        sizes.append(adata.n_vars)
        return adata

    monkeypatch.setattr(anndata, "read_h5ad", reading)
    for genes in (None, None, ["CD3E"]):
        # The second one looks at nothing, as all is known.
        datahub.load(REF, genes=genes)
    assert sizes == [738, 738, 1]
    assert not beside


def test_a_part_of_a_loom_file_is_one_of_what_it_becomes(settings: Settings) -> None:
    matrix = looms.optimus(Path(settings.root, "my-data", "cells.loom"))
    part = datahub.load("folder:folder/cells.loom", where="input_id == 'b'")
    assert part.shape == (50, 90)
    assert (part.X.toarray() == matrix.T[100:]).all()


def test_what_is_too_large_is_not_read(hub: DemoHub, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"free": 100_000_000, "limits": "container", "missing": []}
    monkeypatch.setattr(free_memory, "measured", lambda: few)
    with pytest.raises(ConflictError, match=r"100\.0 MB are free") as caught:
        datahub.load(REF)
    assert "open_lazy" in caught.value.__notes__[0]
    assert datahub.load(REF, anyway=True).n_obs == 129


def test_a_file_on_a_host_is_computed_with_where_it_is(hub: DemoHub) -> None:
    import numpy as np

    ref = ref_of(hub, "pbmc68k/all")
    adata = datahub.open_lazy(ref, "raw", rows=100)
    assert adata.X.numblocks == (7, 1)
    assert adata.obs.shape[0] == 700
    sums = adata.X.map_blocks(
        lambda part: np.asarray(part.sum(1)), dtype="float64", chunks=(adata.X.chunks[0], (1,))
    ).compute(scheduler="threads")
    whole = datahub.load(ref, layer="raw")
    assert np.allclose(sums, whole.X.sum(1))


def test_a_store_is_computed_with_where_it_is(
    hub: DemoHub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    root = Path(settings.root) / "my-data"
    whole = anndata.read_h5ad(root / "monocytes.h5ad")
    with warnings.catch_warnings(), anndata.settings.override(allow_write_nullable_strings=True):
        # Which shards anndata makes by default is no matter here; the file may come from pandas 3.
        warnings.simplefilter("ignore")
        whole.write_zarr(root / "cells.zarr")
    for path in (root / "cells.zarr").rglob("*"):
        if path.is_file():
            hub.s3.api.buckets.put(OPEN, path.relative_to(root).as_posix(), path.read_bytes())
    matrix = np.asarray(whole.X.sum(1)).reshape(-1)
    with LocalCluster(  # type: ignore[no-untyped-call] # it has no types
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        host="127.0.0.1",
        protocol="tcp",
        dashboard_address=":0",
    ) as cluster:
        for ref in ("folder:folder/cells.zarr", f"s3://{OPEN}/cells.zarr"):
            origin = Origin(title="Cells", ref=ref, licence="")
            there: dict[str, Any] = {}
            code = where_it_is(origin, "cells", ref, cluster.scheduler_address)
            exec(code, there)  # noqa: S102 - as a notebook does
            adata = there["cells"]
            assert adata.obs.equals(whole.obs)
            sums = adata.X.map_blocks(
                lambda part: np.asarray(part.sum(1)).reshape(-1, 1),
                dtype="float64",
                chunks=(adata.X.chunks[0], (1,)),
            ).compute()
            there["cells_client"].close()
            assert np.allclose(sums.reshape(-1), matrix)


def test_an_address_that_is_over_is_asked_for_again(hub: DemoHub) -> None:
    ref = ref_of(hub, "pbmc68k/all")
    adata = datahub.open_lazy(ref, rows=700)
    first = lazy._open[ref]
    first.close()
    first.file = _Refusing()
    assert adata.X.compute(scheduler="synchronous").shape == (700, 738)
    assert lazy._open[ref] is not first


class _Refusing:
    """A file whose host lets nobody in any more."""

    def __getitem__(self, name: str) -> None:
        from jupyterlab_datahub.errors import ExpiredError

        raise ExpiredError("the address is over")

    def close(self) -> None:
        """Close nothing."""


def test_texts_without_an_end_are_not_opened(here: Path) -> None:
    endless_texts.spoil(here / "my-data" / "monocytes.h5ad")
    # A process, as HDF5 itself would not come back from it.
    code = f"import jupyterlab_datahub as datahub; datahub.open_lazy({REF!r})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "monocytes.h5ad cannot be opened: its texts have no end" in done.stderr
    assert "ask whoever published it" in done.stderr


def test_errors_are_one_exception_in_words() -> None:
    with pytest.raises(NotFoundError) as caught:
        datahub.load("folder:folder/nothing.h5ad")
    assert caught.value.__cause__ is None
    with pytest.raises(DataHubError) as wrong:
        datahub.load(REF, symbols=True)
    assert "where or genes" in wrong.value.__notes__[0]
    with pytest.raises(DataHubError, match="no layer 'spliced'"):
        datahub.load(REF, layer="spliced", anyway=True)
    with pytest.raises(DataHubError, match="no layers/spliced"):
        datahub.open_lazy(REF, "spliced")


def test_the_import_is_cheap() -> None:
    code = (
        "import sys, jupyterlab_datahub as datahub; "
        "assert 'load' in dir(datahub); "
        "assert not {'numpy', 'anndata', 'h5py', 'tornado', 'msgspec'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
