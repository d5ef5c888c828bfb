"""The cells that open a file without reading all of it, run in a real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import CellRequest, LoadWay
from jupyterlab_datahub.notebooks.handoff import hand_off
from jupyterlab_datahub.notebooks.in_parts import opening
from jupyterlab_datahub.sources.contents import Content, Form
from tests.notebooks.conftest import Host, Kernel, Ran, dataset_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import CellReply


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 40 cells and 30 genes, with raw, a layer and columns."""
    import anndata
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    counts = np.random.default_rng(1).poisson(0.3, (40, 30)).astype("float32")
    adata = anndata.AnnData(
        csr_matrix(counts),
        obs=pd.DataFrame(
            {"kind": pd.Categorical(["a", "b"] * 20)}, index=[f"c{n}" for n in range(40)]
        ),
        var=pd.DataFrame(index=[f"g{n}" for n in range(30)]),
    )
    adata.raw = adata
    adata.layers["counts"] = adata.X.copy()
    path = tmp_path_factory.mktemp("sparse") / "it's sparse.h5ad"
    adata.write_h5ad(path)
    return path


def cell(file: Path, way: LoadWay, path: str = "", **known: Any) -> CellReply:
    dataset, asset = dataset_of("Lung", file, known.pop("host", ""))
    request = CellRequest(ref=asset.ref, way=way, **known)
    return hand_off(request, dataset, asset, None, path or str(file), file)


def good(ran: Ran) -> Ran:
    assert ran.error == ""
    return ran


def test_backed_leaves_x_in_the_file(kernel: Kernel, sparse: Path) -> None:
    reply = cell(sparse, LoadWay.BACKED)
    [shown] = good(kernel.run(reply.code)).results
    assert "backed at" in shown
    assert reply.input is not None
    assert reply.input.selection == "opened backed"
    assert kernel.run("lung[lung.obs['kind'] == 'a'].to_memory().shape").results == ["(20, 30)"]
    assert kernel.run("lung.file.close()").error == ""


def test_lazy_reads_when_it_is_computed(kernel: Kernel, sparse: Path) -> None:
    [shown] = good(kernel.run(cell(sparse, LoadWay.LAZY).code)).results
    assert "n_obs × n_vars = 40 × 30" in shown
    assert kernel.run("type(lung.X).__module__.split('.')[0]").results == ["'dask'"]
    assert kernel.run("lung[:7].to_memory().X.shape").results == ["(7, 30)"]


def test_a_kernel_elsewhere_fetches_what_it_opens(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    reply = cell(h5ad, LoadWay.BACKED, str(tmp_path / "f.h5ad"), host=host.url, path_visible=False)
    [shown] = good(kernel.run(reply.code)).results
    assert "backed at" in shown
    assert kernel.run("lung.file.close()").error == ""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Return the address of a Dask cluster that runs already."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]  # dask declares no types
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        protocol="tcp",
        dashboard_address=":0",
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_computes_it(kernel: Kernel, sparse: Path, scheduler: str) -> None:
    reply = cell(sparse, LoadWay.DASK, cluster=scheduler)
    assert f'Client("{scheduler}")' in reply.code
    [shown] = good(kernel.run(reply.code)).results
    assert "n_obs × n_vars = 40 × 30" in shown
    whole = f"ad.read_h5ad({str(sparse)!r}).X"
    assert good(kernel.run(f"bool((lung.X.compute() != {whole}).nnz)")).results == ["False"]
    good(kernel.run("lung_client.close()"))


def test_genes_that_are_kept_together_are_read_together(
    kernel: Kernel, tmp_path: Path, scheduler: str
) -> None:
    import anndata
    import numpy as np
    from scipy.sparse import csc_matrix

    path = tmp_path / "by-genes.h5ad"
    anndata.AnnData(csc_matrix(np.eye(6, 4, dtype="float32"))).write_h5ad(path)
    reply = cell(path, LoadWay.DASK, cluster=scheduler)
    assert "chunks=(-1, 10_000)" in reply.code
    good(kernel.run(reply.code))
    assert good(kernel.run("float(lung.X.compute().sum())")).results == ["4.0"]
    good(kernel.run("lung_client.close()"))


@pytest.mark.parametrize(
    ("cluster", "said"),
    [("", "lung_client = Client()"), ("gateway", "from dask_gateway import Gateway")],
)
def test_where_it_is_computed(sparse: Path, cluster: str, said: str) -> None:
    code = cell(sparse, LoadWay.DASK, cluster=cluster).code
    assert said in code
    compile(code, "cell", "exec")


@pytest.mark.parametrize(
    "known",
    [
        {"way": LoadWay.BACKED, "language": "r"},
        {"way": LoadWay.SELECTION},
        {"way": LoadWay.DASK, "cluster": "tcp://x\nimport os"},
        {"way": LoadWay.DASK, "cluster": "x" * 301},
    ],
)
def test_what_there_is_no_cell_for(sparse: Path, known: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError) as caught:
        cell(sparse, **known)
    assert caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        Content(form=Form.CSV, way=LoadWay.LAZY),
        Content(form=Form.H5AD, way=LoadWay.BACKED, layer="counts"),
    ],
)
def test_only_the_main_matrix_of_an_h5ad_is_opened_in_parts(content: Content) -> None:
    with pytest.raises(BadRequestError, match="loaded whole"):
        opening(content, "lung", "'lung.h5ad'", "")
