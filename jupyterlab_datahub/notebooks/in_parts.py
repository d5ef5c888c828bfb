"""The part of a cell in Python that opens a file of which not all is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import LoadWay
from jupyterlab_datahub.sources.contents import Form

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.contents import Content

WAYS = (LoadWay.WHOLE, LoadWay.BACKED, LoadWay.LAZY, LoadWay.DASK)
"""How much of a file a cell in Python can read."""

GATEWAY = "gateway"
"""What is asked for where Dask Gateway starts the workers."""

LONGEST = 300
"""Characters of the address of a scheduler."""

_CHUNK = "10_000"
"""Cells, or genes of a file that keeps them together, that a worker computes at once."""

_DASK = """\
with h5py.File({path}) as {variable}_file:
    {variable} = ad.AnnData(
        X=ad.experimental.read_elem_lazy({variable}_file["X"], chunks={chunks}),
        obs=ad.io.read_elem({variable}_file["obs"]),
        var=ad.io.read_elem({variable}_file["var"]),
    )"""

_GATEWAY = """\
{variable}_gateway = Gateway()
{variable}_running = {variable}_gateway.list_clusters()
if {variable}_running:
    {variable}_cluster = {variable}_gateway.connect({variable}_running[0].name)
else:
    {variable}_cluster = {variable}_gateway.new_cluster()
    # A new one has no workers; so it gets as many as there is work for.
    {variable}_cluster.adapt(minimum=1, maximum=8)
{variable}_client = {variable}_cluster.get_client()"""


class Opening(NamedTuple):
    """The imports, what a reader should know, and the lines that fill the variable."""

    imports: tuple[str, ...]
    words: tuple[str, ...]
    code: str


def opening(content: Content, variable: str, path: str, address: str) -> Opening:
    """Return what opens a file in one of :data:`WAYS` other than whole.

    Parameters
    ----------
    content
        What is in the file, and how it is to be opened.
    variable
        The name that is filled.
    path
        An expression for where the file is.
    address
        The address of a scheduler of Dask, as a literal.

    Raises
    ------
    BadRequestError
        If there is no such way to open it.
    """
    check(content)
    if content.way is LoadWay.BACKED:
        return Opening(
            ("import anndata as ad",),
            (f"# X stays in the file: {variable}[cells].to_memory() reads some of them.",),
            f'{variable} = ad.read_h5ad({path}, backed="r")',
        )
    if content.way is LoadWay.LAZY:
        return Opening(
            ("from anndata.experimental import read_lazy",),
            (
                f"# Nothing is read before it is computed: {variable}[cells].to_memory() does so.",
                '# This needs Dask and xarray: %pip install "dask[array]" xarray',
            ),
            f"{variable} = read_lazy({path})",
        )
    connecting, client = _client(content.cluster, variable, address)
    # A path that workers on another machine are given has to mean the same there.
    reading = _DASK.format(
        path=f"Path({path}).resolve()",
        variable=variable,
        chunks=f"(-1, {_CHUNK})" if content.by_genes else f"({_CHUNK}, -1)",
    )
    return Opening(
        ("from pathlib import Path", "", "import anndata as ad", *connecting, "import h5py"),
        (
            "# Workers read the chunks that they compute, by this path; nothing is kept in memory.",
            '# This needs Dask: %pip install "dask[distributed]"',
        ),
        f"{client}\n{reading}",
    )


def check(content: Content) -> None:
    """Refuse what cannot be opened in parts.

    Raises
    ------
    BadRequestError
    """
    if content.form is not Form.H5AD:
        raise BadRequestError(
            f"a file of this format is only loaded whole, not {content.way}",
            hint="Convert it to .h5ad first.",
        )
    if content.layer:
        raise BadRequestError(
            f"a layer becomes X only where the file is loaded whole, not {content.way}",
            hint="Open it with the main matrix; its layers are in .layers.",
        )
    _check_cluster(content.cluster)


def _check_cluster(cluster: str) -> None:
    if len(cluster) > LONGEST or not cluster.isprintable():
        raise BadRequestError(
            "that is no address of a Dask scheduler", hint="One looks like tcp://10.0.0.5:8786."
        )


def where_it_is(variable: str, ref: str, cluster: str, address: str) -> Opening:
    """Return what opens a file where it is, with workers that read what they compute.

    No address and no key is in it: each worker asks the Source for these when it reads.

    Parameters
    ----------
    variable
        The name that is filled.
    ref
        The identifier of the file, as a literal.
    cluster
        What was chosen; see :func:`opening`.
    address
        The same, as a literal.

    Raises
    ------
    BadRequestError
        If `cluster` is no address.
    """
    _check_cluster(cluster)
    connecting, client = _client(cluster, variable, address)
    return Opening(
        (*connecting, "", "import jupyterlab_datahub as datahub"),
        (
            "# Workers read the chunks that they compute where the file is; none of it is kept.",
            "# Kernel and workers need the same configuration of Sources, and:",
            '# %pip install "jupyterlab-datahub[lazy]"',
        ),
        f"{client}\n{variable} = datahub.open_lazy({ref})",
    )


def _client(cluster: str, variable: str, address: str) -> tuple[tuple[str, ...], str]:
    """Return the imports and the lines that connect to a cluster."""
    if cluster == GATEWAY:
        return ("from dask_gateway import Gateway",), _GATEWAY.format(variable=variable)
    arguments = address if cluster else ""
    return ("from dask.distributed import Client",), f"{variable}_client = Client({arguments})"
