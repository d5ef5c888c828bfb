"""Hand-off cells in Python. They need anndata and the standard library, nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import LoadWay
from jupyterlab_datahub.notebooks import fetching, in_parts, in_place, reserved
from jupyterlab_datahub.notebooks.comments import comment
from jupyterlab_datahub.notebooks.languages import Language, Origin, Remote
from jupyterlab_datahub.notebooks.names import (
    ChosenName,
    chosen_name,
    free_name,
    name_from_title,
)
from jupyterlab_datahub.notebooks.quoting import literal
from jupyterlab_datahub.notebooks.words import one_line
from jupyterlab_datahub.sources.contents import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jupyterlab_datahub.sources.contents import Content

RESERVED = reserved.PYTHON

MOST_OF_A_NOTE = 300
"""Characters of what is said of a file."""

_ANNDATA = "import anndata as ad"
_SCANPY = "import scanpy as sc"
_PANDAS = "import pandas as pd"
_H5PY = "import h5py"
_EACH = """\
{{
    name: ad.io.read_elem(modality)
    for name, modality in h5py.File({path}{more})["mod"].items()
}}"""
_ONE = 'ad.io.read_elem(h5py.File({path}{more})["mod"][{name}])'
_TABLE = """\
pd.read_csv({path}{more}, index_col=0).rename(index=str).pipe(
    lambda table: ad.AnnData(
        table.select_dtypes("number"), obs=table.select_dtypes(exclude="number")
    )
)"""

_CELLS = """\
pd.read_csv({path}{more}).pipe(
    lambda table: ad.AnnData(
        table.loc[:, :"X_centroid"].drop(columns=["CellID", "X_centroid"], errors="ignore"),
        obs=table.loc[:, "X_centroid":],
        obsm={{"spatial": table[["X_centroid", "Y_centroid"]].to_numpy()}},
    )
)"""

READERS = {
    Form.H5AD: ((_ANNDATA,), "ad.read_h5ad({path}{more})"),
    Form.H5MU: ((_ANNDATA, _H5PY), _EACH),
    Form.LOOM: ((_ANNDATA,), "ad.io.read_loom({path}{more})"),
    Form.CSV: ((_ANNDATA, _PANDAS), _TABLE),
    Form.TSV: ((_ANNDATA, _PANDAS), _TABLE),
    Form.MCMICRO: ((_ANNDATA, _PANDAS), _CELLS),
    # Without the argument scanpy drops all that is no gene, such as antibodies, without a word.
    Form.TENX_H5: ((_SCANPY,), "sc.read_10x_h5({path}, gex_only=False{more})"),
    Form.TENX_MTX: ((_SCANPY,), "sc.read_10x_mtx({path}, gex_only=False{more})"),
    Form.CSV_TABLE: ((_PANDAS,), "pd.read_csv({path}{more})"),
    Form.TSV_TABLE: ((_PANDAS,), "pd.read_csv({path}{more})"),
    Form.PATH: (("from pathlib import Path",), "Path({path}{more})"),
}
"""Imports and expression by what a file holds."""

_LEVELS = """\
[
    {opened}
    for n in range(len(tifffile.TiffFile({path}).series[0].levels))
]"""
_LEVEL = 'zarr.open(tifffile.imread({path}, aszarr=True, level={level}), mode="r")'

IMAGE_READERS = {
    "dask": (
        ("import dask.array as da", "import tifffile", "import zarr"),
        f"da.from_zarr({_LEVEL})",
    ),
    "zarr": (("import tifffile", "import zarr"), _LEVEL),
}
"""The same for the ways to open a level of an image."""


class Python(Language):
    """Python, as IPython runs it."""

    name = "python"
    title = "Python"
    asks_for_tokens = True
    ways = in_parts.WAYS

    def variable(self, title: str, wished: str, taken: Collection[str]) -> ChosenName:
        """Return a free Python name; see :meth:`Language.variable`."""
        name = chosen_name(wished, RESERVED) if wished else name_from_title(title, RESERVED)
        return free_name(name, taken)

    def load(self, origin: Origin, variable: str, path: str, content: Content) -> str:
        """Return the cell that loads a visible file; see :meth:`Language.load`."""
        if content.below:
            path = f"{path}/{content.below}"
        opened = _opening(content, variable, literal(path), origin.title)
        return _cell(
            comment(origin, "#"),
            *opened.words,
            *opened.imports,
            "",
            opened.code,
            *_chosen_layer(content, variable),
            *_pictured(content, variable),
            variable,
        )

    def fetch(
        self, origin: Origin, variable: str, path: str, content: Content, remote: Remote
    ) -> str:
        """Return the cell that fetches the file first; see :meth:`Language.fetch`."""
        imports, function, fetched = _fetching(remote, path)
        opened = _opening(content, variable, fetched, origin.title)
        if content.form is Form.PATH and not content.layer:
            # What fetches it gives a Path already.
            opened = opened._replace(imports=(), code=f"{variable} = {fetched}")
        elif content.form is Form.PATH and content.layer in IMAGE_READERS:
            # Its levels are opened one by one, by a path that was fetched once.
            opened = _opening(content, variable, f"{variable}_path", origin.title)
            opened = opened._replace(code=f"{variable}_path = {fetched}\n{opened.code}")
        return _cell(
            comment(origin, "#"),
            *opened.words,
            *imports,
            *(("", *opened.imports) if opened.imports else ()),
            "",
            "",
            function,
            "",
            opened.code,
            variable,
        )


def where_it_is(origin: Origin, variable: str, ref: str, cluster: str) -> str:
    """Return the cell that opens a file where it is, on a Dask cluster.

    Raises
    ------
    BadRequestError
        If `cluster` is no address.
    """
    opened = in_parts.where_it_is(variable, literal(ref), cluster, literal(cluster))
    return _cell(comment(origin, "#"), *opened.words, *opened.imports, "", opened.code, variable)


def _opening(content: Content, variable: str, path: str, title: str) -> in_parts.Opening:
    """Return what fills the variable from `path`, an expression."""
    if content.form is Form.PATH and content.layer in in_place.VIEWERS:
        place = in_place.Place(address=path, zarr=False, remote=False)
        return in_place.opening(content.layer, place, variable, title, content.level)
    if content.way is not LoadWay.WHOLE:
        return in_parts.opening(content, variable, path, literal(content.cluster))
    imports, value = _reader(content, path)
    if content.picture is not None:
        imports = (*imports, "import matplotlib.pyplot as plt")
    return in_parts.Opening(imports, notes(content), f"{variable} = {value}")


def _fetching(remote: Remote, path: str) -> tuple[tuple[str, ...], str, str]:
    """Return the imports, the function and the call that fetch a file."""
    if remote.token is None:
        checksums = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in checks(remote))
        arguments: tuple[str, ...] = (
            literal(remote.url),
            literal(path),
            repr(remote.size),
            f"{{{checksums}}}",
        )
        return fetching.OPEN_IMPORTS, fetching.OPEN, _call("_fetch_verified", arguments)
    arguments = (
        literal(remote.url),
        literal(path),
        repr(remote.size),
        literal(remote.checksums.get("crc32", "")),
        literal(remote.token.parameter),
        literal(remote.token.server),
        repr(remote.token.verify_tls),
    )
    call = _call("_fetch_with_token", arguments)
    return fetching.ASKING_IMPORTS, fetching.ASKING, call


def _call(function: str, arguments: Sequence[str]) -> str:
    return f"{function}(\n    " + ",\n    ".join(arguments) + ",\n)"


def notes(content: Content) -> tuple[str, ...]:
    """Return what a reader of the cell should know beside its first line."""
    if content.form in (Form.CSV, Form.TSV):
        return ("# A row is a cell, named by the first column; other columns of text go to obs.",)
    if content.note:
        return (f"# {one_line(content.note, MOST_OF_A_NOTE)}",)
    if content.form is Form.PATH and content.layer:
        return (
            "# All levels of the image, the largest first; nothing of them is read yet."
            if content.level is None
            else f"{in_place.level_words(content.level)} Nothing of it is read yet.",
        )
    if content.form is Form.H5MU:
        return () if content.layer else ("# One AnnData for each modality, by its name.",)
    if content.layers and not content.layer and content.form is not Form.PATH:
        return (f"# X is the main matrix; there are also the layers {', '.join(content.layers)}.",)
    return ()


def _chosen_layer(content: Content, variable: str) -> tuple[str, ...]:
    """Return the lines that make a layer X and keep what was X as a layer."""
    if not content.layer or content.form in (Form.PATH, Form.H5MU):
        return ()
    return (
        f'{variable}.layers["matrix"] = {variable}.X',
        f"{variable}.X = {variable}.layers.pop({literal(content.layer)})",
    )


def _pictured(content: Content, variable: str) -> tuple[str, ...]:
    """Return the lines that put a picture where scanpy and squidpy look for it."""
    if content.picture is None:
        return ()
    path, library, scale, diameter, grey = msgspec.structs.astuple(content.picture)
    read = f"plt.imread({literal(path)})"
    # Pictures of one channel are drawn in false colours otherwise.
    read += "[:, :, None].repeat(3, axis=2)" if grey else ""
    return (
        f'{variable}.uns["spatial"] = {{',
        f"    {literal(library)}: {{",
        f'        "images": {{"hires": {read}}},',
        '        "scalefactors": {',
        f'            "tissue_hires_scalef": {scale!r},',
        f'            "spot_diameter_fullres": {diameter!r},',
        "        },",
        "    }",
        "}",
    )


def _reader(content: Content, path: str) -> tuple[tuple[str, ...], str]:
    """Return the imports and the expression that read `path`, itself an expression."""
    if content.form is Form.PATH and content.layer:
        imports, opened = IMAGE_READERS[content.layer]
        if content.level is not None:
            return imports, opened.format(path=path, level=content.level)
        return imports, _LEVELS.format(path=path, opened=opened.format(path=path, level="n"))
    imports, template = READERS[content.form]
    if content.form is Form.H5MU and content.layer:
        return imports, _ONE.format(path=path, more="", name=literal(content.layer))
    return imports, template.format(path=path, more=_more(content))


def _more(content: Content) -> str:
    arguments = ""
    if content.form in (Form.TSV, Form.TSV_TABLE):
        arguments += ', sep="\\t"'
    if content.prefix:
        arguments += f", prefix={literal(content.prefix)}"
    if content.compressed is not None:
        arguments += f", compressed={content.compressed}"
    return arguments


def checks(remote: Remote) -> list[tuple[str, str]]:
    """Return the checksum that the cell compares: the strongest that every Python has."""
    known = ("sha256", "sha512", "sha1", "md5")
    return [(name, remote.checksums[name]) for name in known if name in remote.checksums][:1]


def _cell(*lines: str) -> str:
    return "\n".join(lines)
