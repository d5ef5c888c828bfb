"""Principal components of an .h5ad that is larger than memory, a chunk of cells at a time.

``python examples/out_of_core.py lung.h5ad lung-pca.h5ad --memory-gb 2`` normalises each cell to
10,000 counts, takes log1p, chooses the genes whose variance is large beside their mean, and writes
obs, var and the principal components. It needs anndata, and goes over X three times; what it keeps
grows with the chosen genes, not with the cells.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = 10_000
"""Counts that each cell is normalised to."""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--matrix", default="X", help="where the counts are, such as raw/X")
    parser.add_argument("--genes", type=int, default=2000, help="variable genes")
    parser.add_argument("--components", type=int, default=50)
    parser.add_argument("--rows", type=int, default=2000, help="cells in a chunk")
    parser.add_argument("--memory-gb", type=float, help="memory beside the libraries, at most")
    asked = parser.parse_args()
    if asked.memory_gb:
        limit(int(asked.memory_gb * 1e9))
    with h5py.File(asked.source) as file:
        result = components(file, asked.matrix, asked.genes, asked.components, asked.rows)
    result.write_h5ad(asked.target)


def limit(more: int) -> None:
    """Have an allocation fail that would take more bytes than there are of data now."""
    # Linear algebra takes its buffers with its first product, whatever its size.
    np.linalg.eigh(np.ones((2, 2)) @ np.ones((2, 2)))
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [used] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData")]
    resource.setrlimit(resource.RLIMIT_DATA, (used * 1024 + more,) * 2)


def components(file: h5py.File, matrix: str, genes: int, count: int, rows: int) -> ad.AnnData:
    """Return obs, var and the principal components of a matrix."""
    beside = "raw/var" if matrix.startswith("raw/") else "var"
    obs, var = ad.io.read_elem(file["obs"]), ad.io.read_elem(file[beside])
    cells = len(obs)

    total, squares = np.zeros(len(var)), np.zeros(len(var))
    for chunk in chunks(file[matrix], cells, rows):
        total += np.asarray(chunk.sum(0)).ravel()
        squares += np.asarray(chunk.multiply(chunk).sum(0)).ravel()
    means = total / cells
    variances = (squares - cells * means**2) / (cells - 1)
    dispersions = np.divide(variances, means, out=np.zeros_like(means), where=means > 0)
    chosen = np.sort(np.argsort(dispersions)[::-1][:genes])

    products = np.zeros((len(chosen), len(chosen)))
    for chunk in chunks(file[matrix], cells, rows):
        part = chunk[:, chosen].toarray() - means[chosen]
        products += part.T @ part
    values, vectors = np.linalg.eigh(products / (cells - 1))
    order = np.argsort(values)[::-1][:count]
    loadings = vectors[:, order]

    scores = np.empty((cells, loadings.shape[1]), dtype="float32")
    first = 0
    for chunk in chunks(file[matrix], cells, rows):
        last = first + chunk.shape[0]
        scores[first:last] = (chunk[:, chosen].toarray() - means[chosen]) @ loadings
        first = last

    var["highly_variable"] = np.isin(np.arange(len(var)), chosen)
    return ad.AnnData(
        obs=obs,
        var=var,
        obsm={"X_pca": scores},
        uns={"pca": {"variance": values[order], "variance_ratio": values[order] / values.sum()}},
    )


def chunks(found: Any, cells: int, rows: int) -> Iterator[sparse.csr_matrix]:
    """Yield some cells after the other, normalised and as logarithms."""
    matrix = ad.io.sparse_dataset(found) if isinstance(found, h5py.Group) else found
    for first in range(0, cells, rows):
        chunk = sparse.csr_matrix(matrix[first : min(first + rows, cells)], dtype="float64")
        sums = np.asarray(chunk.sum(1)).ravel()
        factors = np.divide(TARGET, sums, out=np.zeros_like(sums), where=sums > 0)
        chunk = sparse.csr_matrix(sparse.diags(factors) @ chunk)
        np.log1p(chunk.data, out=chunk.data)
        yield chunk


if __name__ == "__main__":
    main()
