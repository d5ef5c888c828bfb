"""The real cells behind the demo: scanpy's packaged subset of PBMC 68k.

scanpy ships 700 cells of the 68k PBMC data set of Zheng et al. 2017 (doi:10.1038/ncomms14049)
with 765 variable genes, log-normalised, with the authors' labels, a PCA and a UMAP. Two things
that the CELLxGENE schema wants are not in that file and are restored here:

* Counts. The values are ``log1p(10 000 * count / total)`` and the totals are in ``obs``, so the
  counts come back by inverting that; each is within 0.05 of a whole number.
* Ensembl ids. ``genes.tsv`` maps the gene symbols of 2016 to GENCODE 48, the annotation of
  CELLxGENE schema 7.1, through their present-day symbols. 27 of the 765 symbols have no
  unambiguous gene there and are left out, as a curator would have to do.
"""

from __future__ import annotations

import csv
import threading
import warnings
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from anndata import AnnData
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

PACKAGED = "10x_pbmc68k_reduced.h5ad"
SCALE = 10_000.0

_READING = threading.Lock()


class MissingPackageError(RuntimeError):
    """A package that only the demo needs is not installed."""


class Pbmc(NamedTuple):
    """The cells: counts (cells × genes), and what is known of cells and genes.

    ``totals`` are the counts of each cell over all genes, not only those kept here.
    """

    counts: csr_matrix
    totals: NDArray[np.float64]
    obs: pd.DataFrame
    var: pd.DataFrame
    pca: NDArray[np.float32]
    umap: NDArray[np.float32]


def packaged_file() -> Path:
    """Return the file in the installed scanpy, which is not imported (that takes seconds).

    Raises
    ------
    MissingPackageError
    """
    spec = find_spec("scanpy")
    if spec is None or not spec.submodule_search_locations:
        msg = "The demo needs scanpy for its data: pip install 'jupyterlab-datahub[demo]'."
        raise MissingPackageError(msg)
    return Path(spec.submodule_search_locations[0]) / "datasets" / PACKAGED


def read_pbmc() -> Pbmc:
    """Read the packaged cells, with counts and Ensembl ids restored.

    Raises
    ------
    MissingPackageError
    """
    import numpy as np

    packaged = _read_packaged(packaged_file())
    logged = packaged.raw.X.tocsr()
    totals = packaged.obs["n_counts"].to_numpy().astype(np.float64)
    counts = logged.astype(np.float64)
    per_cell = np.repeat(totals, np.diff(logged.indptr))
    counts.data = np.rint(np.expm1(counts.data) * per_cell / SCALE)
    genes = gene_table()
    symbols = list(packaged.raw.var_names)
    kept = [index for index, symbol in enumerate(symbols) if symbol in genes]
    return Pbmc(
        counts=counts[:, kept].tocsr().astype(np.float32),
        totals=totals,
        obs=packaged.obs,
        var=_var([genes[symbols[index]] for index in kept]),
        pca=packaged.obsm["X_pca"].astype(np.float32),
        umap=packaged.obsm["X_umap"].astype(np.float32),
    )


def _read_packaged(path: Path) -> AnnData:
    try:
        import anndata
    except ImportError as error:
        msg = "The demo needs anndata for its data: pip install 'jupyterlab-datahub[demo]'."
        raise MissingPackageError(msg) from error
    # What warnings are caught is state of the whole process: one thread at a time.
    with _READING, warnings.catch_warnings():
        # scanpy 1.11 ships the file in the layout of 2018, and AnnData says so in many ways.
        warnings.simplefilter("ignore")
        return anndata.read_h5ad(path)


def gene_table() -> dict[str, dict[str, str]]:
    """Return the rows of ``genes.tsv`` by the symbol of 2016."""
    text = (files(__package__) / "genes.tsv").read_text(encoding="utf-8")
    return {row["symbol"]: row for row in csv.DictReader(text.splitlines(), delimiter="\t")}


def _var(rows: list[dict[str, str]]) -> pd.DataFrame:
    import pandas as pd

    count = len(rows)
    return pd.DataFrame(
        {
            "feature_is_filtered": [False] * count,
            "feature_name": pd.Categorical([row["feature_name"] for row in rows]),
            "feature_reference": pd.Categorical(["NCBITaxon:9606"] * count),
            "feature_biotype": pd.Categorical(["gene"] * count),
            "feature_length": [int(row["feature_length"]) for row in rows],
            "feature_type": pd.Categorical([row["feature_type"] for row in rows]),
        },
        index=[row["ensembl_id"] for row in rows],
    )
