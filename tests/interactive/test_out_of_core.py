"""The example that works on a file larger than the memory it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import anndata
import numpy as np
import pytest
from scipy import sparse

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "out_of_core.py"
CELLS, GENES, STORED = 24_000, 2_000, 400
MEMORY = 0.06
"""GB; X takes 0.077 once it is loaded."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(3)
    step = GENES // STORED
    indices = (
        np.arange(STORED, dtype="int32") * step + np.arange(CELLS, dtype="int32")[:, None] % step
    )
    data = random.integers(1, 20, CELLS * STORED).astype("float32")
    counts = sparse.csr_matrix(
        (data, indices.ravel(), np.arange(CELLS + 1) * STORED), shape=(CELLS, GENES)
    )
    path = tmp_path_factory.mktemp("large") / "large.h5ad"
    anndata.AnnData(counts).write_h5ad(path)
    return path


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Threads of linear algebra have memory of their own, on large machines more than there is.
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | one,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_components_of_what_does_not_fit_into_memory(large: Path, tmp_path: Path) -> None:
    loading = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import out_of_core as example\n"
        "example.limit(int(float(sys.argv[3]) * 1e9)); example.ad.read_h5ad(sys.argv[2])"
    )
    whole = ran("-c", loading, str(EXAMPLE.parent), str(large), str(MEMORY))
    assert whole.returncode != 0
    assert "alloc" in whole.stderr or "Memory" in whole.stderr

    target = tmp_path / "pca.h5ad"
    done = ran(
        *(str(EXAMPLE), str(large), str(target)),
        *("--memory-gb", str(MEMORY), "--genes", "100", "--components", "5", "--rows", "300"),
    )
    assert done.returncode == 0, done.stderr
    found = anndata.read_h5ad(target)

    counts = anndata.read_h5ad(large).X.astype("float64")
    normal = sparse.csr_matrix(sparse.diags(10_000 / np.asarray(counts.sum(1)).ravel()) @ counts)
    chosen = np.log1p(normal[:, found.var["highly_variable"].to_numpy()].toarray())
    chosen -= chosen.mean(0)
    values = np.linalg.eigvalsh(chosen.T @ chosen / (CELLS - 1))[::-1][:5]
    assert np.allclose(found.uns["pca"]["variance"], values)
    assert np.allclose(found.obsm["X_pca"].var(0, ddof=1), values, rtol=1e-3)
