"""The cell that puts data in the kernel, and where the data came from."""

from __future__ import annotations

from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.loading import LoadWay
from jupyterlab_datahub.model.selection import Selection


class CellRequest(Struct):
    """What the front knows when it asks for a hand-off cell.

    ``names`` are the names alive in the kernel; ``path_visible`` is the kernel's answer to
    the probe (None: not asked); ``directory`` is where the notebook is, relative to the
    server's root; ``working_directory`` is where the kernel says it is, an absolute path
    (empty: not asked). ``layer`` is the layer that is to be X, where the file has several
    matrices; of an image it is how it is opened, rather than a path: its levels as
    ``dask`` or ``zarr``, or the viewers ``napari`` and ``vitessce``. ``level`` is the level of its
    pyramid that is opened alone, from 0, which is the image at its full size; None means all.
    ``way`` is how much of the file is read; ``cluster`` says where ``dask`` computes: the address
    of a scheduler, ``gateway`` for Dask Gateway, empty for workers on the kernel's machine.
    ``free`` is the memory in bytes that the kernel can still have: with it, the note of the answer
    says where that is too little. ``image`` is the image whose picture of the channel ``channel``,
    from 0, is joined to the places of cells; ``max_usd`` is what a look at it may cost where
    somebody pays for it. ``in_place`` says that an image is opened where it is, without a download;
    ``layer`` is then one of ``dask``, ``zarr``, ``napari``, ``ome-zarr`` and ``vitessce``; with
    ``way`` ``dask`` it is a file of cells that the workers of a cluster read where it is.
    With ``selection`` it is not the file itself that is loaded, but those of
    its cells and genes, which were fetched before.
    """

    ref: str
    language: str = "python"
    variable: str = ""
    names: tuple[str, ...] = ()
    path_visible: bool | None = None
    directory: str = ""
    working_directory: str = ""
    layer: str = ""
    level: int | None = None
    way: LoadWay = LoadWay.WHOLE
    cluster: str = ""
    free: int | None = None
    image: str = ""
    channel: int = 0
    max_usd: float | None = None
    in_place: bool = False
    selection: Selection | None = None


class ProvenanceInput(Struct):
    """An entry of ``notebook.metadata.datahub.inputs``.

    ``selection`` says to people what of the file it is; ``chosen`` are its cells and genes, where
    no more of it was fetched, so that others fetch the same. With ``in_place`` it is read where it
    is, and nobody has to fetch it.
    """

    ref: str
    variable: str
    title: str
    version: str = ""
    size: int | None = None
    sha256: str = ""
    retrieved: str = ""
    licence: str = ""
    citation: str = ""
    doi: str = ""
    selection: str = ""
    chosen: Selection | None = None
    in_place: bool = False


class CellReply(Struct):
    """A hand-off cell ready to be inserted and run.

    ``layers`` are the further matrices of the file, where one was not chosen among them.
    """

    code: str
    language: str
    variable: str
    note: str = ""
    path: str = ""
    input: ProvenanceInput | None = None
    layers: tuple[str, ...] = ()
