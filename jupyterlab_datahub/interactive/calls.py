"""The functions that users call."""

from __future__ import annotations

import functools
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from jupyterlab_datahub.cli.configuration import rooms
from jupyterlab_datahub.engine import loading, members, previews, selections, transfers
from jupyterlab_datahub.engine.made import UnconvertedError
from jupyterlab_datahub.errors import BadRequestError, ConflictError, DataHubError
from jupyterlab_datahub.interactive.waiting import wait
from jupyterlab_datahub.model import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from anndata import AnnData

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Preview

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def _in_words(call: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Raise an error of ours as one exception that says what to do, without its way through us."""

    @functools.wraps(call)
    def said(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        try:
            return call(*args, **kwargs)
        except DataHubError as error:
            if error.hint:
                error.add_note(error.hint)
            raise error.with_traceback(None) from None

    return said


@_in_words
def preview(ref: str) -> Preview:
    """Return what is in a file, without downloading it.

    Parameters
    ----------
    ref
        The identifier of a dataset or of one of its files.

    Returns
    -------
    Preview
        Its shape, matrices, columns, memory in bytes; see `jupyterlab_datahub.model.Preview`.

    Raises
    ------
    DataHubError
        If it cannot be looked into; the text says why, and what to do.
    """
    opened = rooms(alone=False)
    try:
        return previews.facts(opened, ref)
    finally:
        opened.close()


@_in_words
def load(
    ref: str,
    where: str | None = None,
    genes: Iterable[str] | None = None,
    layer: str | None = None,
    *,
    symbols: bool = False,
    anyway: bool = False,
    max_usd: float | None = None,
    member: str | None = None,
) -> AnnData:
    """Return a dataset, or some cells and genes of it, as an AnnData in memory.

    What is fetched stays in the library, so the same call costs nothing a second time. With
    `where` or `genes` only the parts of the file are fetched that they need; a file that has to be
    converted is so once, and they are taken of what it becomes.

    Parameters
    ----------
    ref
        The identifier of a dataset or of one of its files.
    where
        Which cells: an expression over the columns of obs, such as
        ``"cell_type == 'B cell' and n_genes >= 500"``. None for all.
    genes
        Names or symbols. None for all.
    layer
        The matrix that becomes X: ``"raw"``, or the name of a layer. None for X as it is.
    symbols
        Whether genes are named by their symbols, made unique; only with `where` or `genes`.
    anyway
        Whether all of a file is loaded although it takes more memory than is free.
    max_usd
        What it may cost at most, in USD, where whoever fetches pays.
    member
        Of an archive the path of the file in it that is meant, of an ``.h5mu`` the modality.

    Raises
    ------
    DataHubError
        If it cannot be had, or takes more memory than is free; the text says why, and what to do.
    """
    opened = rooms(alone=False)
    try:
        ref = members.one_of(ref, member or "")
        if where or genes is not None:
            wanted = Selection(
                where=where or "", genes=tuple(genes or ()), layer=layer or "", symbols=symbols
            )
            path, layer = _selected(opened, ref, wanted, max_usd), None
        elif symbols:
            raise BadRequestError(
                "symbols is for a selection", hint="Give where or genes as well, or leave it out."
            )
        else:
            path = _whole(opened, ref, max_usd, anyway=anyway)
    finally:
        # Before the file is read: nothing that runs beside this process is of use to that.
        opened.close()
    return _with_layer(_read(path), layer)


@_in_words
def open_lazy(ref: str, layer: str | None = None, *, rows: int = 10_000) -> AnnData:
    """Return a dataset as an AnnData whose X is read when it is computed, with Dask.

    obs and var are in memory. A file that is not on this machine is read where it is, by ranges,
    and nothing of it is kept. On a Dask cluster each worker finds the file by its identifier, so
    an address that expires is asked for anew; workers need this package and its configuration.

    Parameters
    ----------
    ref
        The identifier of a dataset or of one of its files, an ``.h5ad`` or a ``.zarr``.
    layer
        The matrix that becomes X: ``"raw"``, or the name of a layer. None for X as it is.
    rows
        Cells in a chunk (genes, where the file keeps the values of a gene together).

    Raises
    ------
    DataHubError
        If it cannot be opened; the text says why, and what to do.
    ImportError
        If Dask or anndata is not installed: ``pip install "jupyterlab-datahub[lazy]"``.
    """
    from jupyterlab_datahub.interactive.lazy import opened_lazily

    return opened_lazily(ref, layer or "", rows)


def _selected(opened: Rooms, ref: str, wanted: Selection, max_usd: float | None) -> Path:
    folder = _folder(opened)
    try:
        begun, _ = selections.start_selection(opened, ref, wanted, folder)
    except UnconvertedError:
        wait(opened, transfers.start(opened, ref, folder, convert=True, max_usd=max_usd)[0])
        begun, _ = selections.start_selection(opened, ref, wanted, folder)
    _import_meanwhile()
    return wait(opened, begun)


def _whole(opened: Rooms, ref: str, max_usd: float | None, *, anyway: bool) -> Path:
    begun, _ = transfers.start(opened, ref, _folder(opened), convert=True, max_usd=max_usd)
    if not anyway:
        # What looks at how much memory it takes gets ready meanwhile, too.
        opened.previews.expect()
    _import_meanwhile()
    path = wait(opened, begun)
    if not anyway and (words := loading.too_large(opened, ref, loading.Kernel())):
        raise ConflictError(
            words,
            hint="Choose cells with where or genes, open it with datahub.open_lazy, or load it "
            "with anyway=True.",
        )
    return path


def _import_meanwhile() -> None:
    """Import what will read a file while it is on its way, which takes a second or two."""

    def imported() -> None:
        # Whoever reads the file imports it again, and hears of it.
        with suppress(ImportError):
            import anndata  # noqa: F401 - so that it is there later

    threading.Thread(target=imported, name="datahub-import", daemon=True).start()


def _folder(opened: Rooms) -> Path:
    return (opened.root / opened.settings.link_directory).resolve()


def _read(path: Path) -> AnnData:
    import anndata

    if path.suffix != ".h5ad":
        raise BadRequestError(
            f"{path.name} is no .h5ad", hint=f"It is on this machine now, in {path.parent}."
        )
    return anndata.read_h5ad(path)


def _with_layer(adata: AnnData, layer: str | None) -> AnnData:
    if not layer:
        return adata
    if layer == "raw" and adata.raw is not None:
        return adata.raw.to_adata()
    if layer not in adata.layers:
        # Since anndata 0.13 X is among the layers, without a name.
        there = ", ".join(
            [*filter(None, adata.layers), *(["raw"] if adata.raw is not None else [])]
        )
        raise BadRequestError(f"there is no layer {layer!r}", hint=f"There is: {there or 'none'}.")
    adata.X = adata.layers.pop(layer)
    return adata
