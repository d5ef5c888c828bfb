"""What an HDF5 file of single cells says of itself, read from its headers alone.

Knows AnnData as anndata has written it since 0.6 (https://anndata.readthedocs.io, "On-disk
format"), and the shapes of MuData, loom and 10x files. Nothing that grows with the number of
cells is read; a file that is broken is described, not raised. h5py is imported on first use.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.model import Struct, Term
from jupyterlab_datahub.sources.hdf5_counts import where_counts_are
from jupyterlab_datahub.sources.hdf5_nodes import child, columns, group, labels, length, text
from jupyterlab_datahub.sources.hdf5_texts import opened

if TYPE_CHECKING:
    from pathlib import Path

    import h5py

FACETS: dict[str, tuple[str, ...]] = {
    "organism": ("organism", "species"),
    "tissue": ("tissue", "organ"),
    "tissue_type": ("tissue_type",),
    "disease": ("disease",),
    "assay": ("assay",),
    "cell_type": ("cell_type", "celltype", "cell_types"),
    "sex": ("sex", "gender"),
    "development_stage": ("development_stage", "developmental_stage"),
    "suspension_type": ("suspension_type",),
    "self_reported_ethnicity": ("self_reported_ethnicity", "ethnicity"),
}
"""Facets and the names their columns go by, in small letters with ``_``."""

UNREADABLE = (
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
    TypeError,
    AttributeError,
    MemoryError,
    OverflowError,
)
"""What h5py raises for damage of one kind or another, and what a file of another make leads to."""

CUT_SHORT = re.compile(r"eof = (\d+).*stored_eof = (\d+)")


class Header(Struct):
    """What is known of a file; ``problem`` says in words why it is not more."""

    cells: int | None = None
    genes: int | None = None
    title: str = ""
    citation: str = ""
    schema_version: str = ""
    facets: dict[str, tuple[Term, ...]] = {}
    embeddings: tuple[str, ...] = ()
    default_embedding: str = ""
    raw_counts: str = ""
    extra: dict[str, Any] = {}
    problem: str = ""


def read_header(path: Path, format_: str) -> Header:
    """Return what the headers of a file say.

    Parameters
    ----------
    path
        The file; nothing is locked, as locks fail on many network file systems.
    format_
        ``h5ad``, ``h5mu``, ``loom`` or ``h5``.
    """
    readers = {"h5ad": _anndata, "h5mu": _mudata, "loom": _loom, "h5": _tenx}
    try:
        with opened(path) as file:
            return readers[format_](file)
    except UNREADABLE as error:
        return Header(problem=_words(error))


def _words(error: Exception) -> str:
    said = str(error)
    cut = CUT_SHORT.search(said)
    if cut:
        here, whole = (int(number) for number in cut.groups())
        return (
            f"This file is cut short: {here:,} of {whole:,} bytes are there. Copy or download "
            "it again."
        )
    if isinstance(error, PermissionError):
        return "You may not read this file. Ask its owner for the permission to read it."
    if "signature not found" in said:
        return "This is not an HDF5 file, whatever its name says. Copy or download it again."
    if "already open for write" in said:
        return (
            "Another program is still writing this file, or was stopped while it did. Refresh "
            "when it is done, or copy the file again."
        )
    detail = f" ({said.splitlines()[0][:120]})" if said else ""
    return f"This file is damaged{detail}. Copy or download it again."


def _anndata(file: h5py.File) -> Header:
    obs, var, uns = file.get("obs"), file.get("var"), group(file, "uns")
    if obs is None or var is None:
        return Header(problem="This HDF5 file holds no AnnData: obs or var is missing.")
    obs_columns = columns(obs)
    raw_var = child(group(file, "raw"), "var")
    return Header(
        cells=length(obs),
        genes=length(var),
        title=text(uns, "title"),
        citation=text(uns, "citation"),
        schema_version=text(uns, "schema_version") or text(group(file, "uns/version"), "schema"),
        facets=_facets(obs, uns, obs_columns),
        embeddings=tuple(sorted(key for key in group(file, "obsm") if key.startswith("X_"))),
        default_embedding=text(uns, "default_embedding"),
        raw_counts=where_counts_are(file),
        extra=_filled(
            x_encoding=_encoding(file.get("X")),
            obs_columns=obs_columns,
            var_columns=columns(var),
            var_index=_index_name(var),
            layers=sorted(group(file, "layers")),
            obsm=sorted(group(file, "obsm")),
            raw_genes=None if raw_var is None else length(raw_var),
        ),
    )


def _facets(obs: Any, uns: h5py.Group | dict[str, Any], names: list[str]) -> dict[str, Any]:
    by_name = {re.sub(r"[\s.\-]+", "_", name.strip().lower()): name for name in names}
    facets: dict[str, tuple[Term, ...]] = {}
    for facet, aliases in FACETS.items():
        column = next((by_name[alias] for alias in aliases if alias in by_name), "")
        found = labels(obs, uns, column) if column else []
        ids = labels(obs, uns, f"{facet}_ontology_term_id")
        if not found and text(uns, facet):
            found, ids = [text(uns, facet)], [text(uns, f"{facet}_ontology_term_id")]
        # Categories of a label and of its term id are sorted each for itself, so which belong
        # together is known without reading the cells only where there is one of each.
        id_ = ids[0] if len(found) == len(ids) == 1 else ""
        if found:
            facets[facet] = tuple(Term(label=label, ontology_term_id=id_) for label in found)
    return facets


def _encoding(x: Any) -> str:
    """Return how X is stored: ``array``, ``csr_matrix``, ``csc_matrix``; empty without X."""
    if x is None:
        return ""
    said = x.attrs.get("encoding-type") or x.attrs.get("h5sparse_format")
    if said:
        word = str(said)
        return word if word in ("array", "csr_matrix", "csc_matrix") else f"{word}_matrix"
    return "array" if hasattr(x, "shape") else ""


def _index_name(frame: Any) -> str:
    return str(frame.attrs.get("_index", "index" if hasattr(frame, "shape") else ""))


def _mudata(file: h5py.File) -> Header:
    modalities = group(file, "mod")
    obs = file.get("obs")
    return Header(
        cells=None if obs is None else length(obs),
        title=text(group(file, "uns"), "title"),
        extra=_filled(modalities=sorted(modalities)),
    )


def _loom(file: h5py.File) -> Header:
    """Read the shape of a loom file, whose matrix has genes in rows."""
    matrix = file.get("matrix")
    if matrix is None or len(matrix.shape) != 2:
        return Header(problem="This HDF5 file is no loom file: it has no matrix.")
    return Header(
        cells=int(matrix.shape[1]),
        genes=int(matrix.shape[0]),
        title=text(group(file, "attrs"), "title"),
        extra=_filled(layers=sorted(group(file, "layers"))),
    )


def _tenx(file: h5py.File) -> Header:
    """Read the shape of a 10x file (Cell Ranger 3 and later); other HDF5 files say nothing."""
    shape = group(file, "matrix").get("shape")
    if shape is None or shape.shape != (2,):
        return Header(extra=_filled(groups=sorted(file)))
    genes, cells = (int(number) for number in shape[:])
    return Header(cells=cells, genes=genes, extra={"layout": "10x"})


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
