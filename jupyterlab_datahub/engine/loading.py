"""Which ways to load a file leave the kernel alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.engine.datasets import asset_of, dataset
from jupyterlab_datahub.engine.made import made_of
from jupyterlab_datahub.engine.previews import facts
from jupyterlab_datahub.engine.queries import last
from jupyterlab_datahub.engine.selections import CHOSEN_FROM
from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import (
    KernelProbe,
    LoadOption,
    LoadOptions,
    LoadWay,
)
from jupyterlab_datahub.notebooks import free_memory
from jupyterlab_datahub.notebooks.content import is_converted
from jupyterlab_datahub.notebooks.handoff import language_named
from jupyterlab_datahub.notebooks.probing import probe_of
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.registry import kind_named
from jupyterlab_datahub.transfers.disk.space import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset, Preview

LIBRARIES = 330 << 20
"""Bytes of memory that Python takes with anndata and what that needs."""

LAZY_LIBRARIES = 450 << 20
"""The same with Dask and xarray, and the chunks that are computed at once."""

SHARE = 0.9
"""Of the free memory, how much a load may take: the rest is what the next cell needs at least."""

TIMES = {
    # Measured: a gzipped .h5ad of 478 MB takes 1.6 GB beside the libraries, one of 985 MB 3.1 GB.
    Form.H5AD: 4.0,
    Form.LOOM: 4.0,
    Form.TENX_H5: 6.0,
    Form.TENX_MTX: 16.0,
    Form.TENX_ARCHIVE: 16.0,
    # Text has a character or two for a number that takes four to eight bytes, and is read into
    # columns before it is a matrix.
    Form.CSV: 8.0,
    Form.TSV: 8.0,
    Form.MCMICRO: 4.0,
    Form.CSV_TABLE: 4.0,
    Form.TSV_TABLE: 4.0,
}
"""Bytes of memory for each byte of a file of which no more is known than what it is called."""

PACKED_TEXT = 12.0
"""How much smaller such text is packed."""

NEEDED = {
    LoadWay.LAZY: ("anndata", "dask", "xarray"),
    LoadWay.DASK: ("anndata", "dask", "distributed"),
}
"""Packages by the way that needs them."""

OPENED_IN_PARTS = frozenset({Form.H5AD})
"""What may be opened without reading all of it."""

LIMITS = {
    "machine": "of this machine",
    "container": "within its container's limit",
    "process": "within its process's limit",
}

INSTEAD = {
    LoadWay.BACKED: "; backed, with X left in the file, it fits",
    LoadWay.LAZY: "; lazy, with all left in the file until it is computed, it fits",
    LoadWay.SELECTION: "; load a selection of it",
}

LOADING_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "language",
        "description": "The language of the kernel; by default Python.",
        "schema": {"type": "string", "maxLength": 40},
        "example": "python",
    },
    {
        "name": "free",
        "description": "Bytes of memory that the kernel can still have, as it says itself (see "
        "kernel-probe); without them the server measures its own.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 12_000_000_000,
    },
    {
        "name": "limits",
        "description": "What limits them: machine, container or process.",
        "schema": {"type": "string", "maxLength": 20},
        "example": "container",
    },
    {
        "name": "missing",
        "description": "Packages that the kernel lacks, with commas between them.",
        "schema": {"type": "string", "maxLength": 200},
        "example": "dask,xarray",
    },
    {
        "name": "look",
        "description": "Whether a file on a host is looked into, which fetches some of it; false: "
        "what is known from an earlier look or by its size has to do.",
        "schema": {"type": "boolean", "default": True},
    },
)

PROBE_PARAMETERS = LOADING_PARAMETERS[:1]


class Kernel(NamedTuple):
    """What a kernel said of itself; ``free`` is None where it was not asked.

    ``look`` says whether a file on a host may be looked into.
    """

    language: str = "python"
    free: int | None = None
    limits: str = ""
    missing: tuple[str, ...] = ()
    look: bool = True


class Needs(NamedTuple):
    """Bytes of memory by way of loading, and what they were predicted from."""

    basis: str = ""
    whole: int | None = None
    backed: int | None = None


def kernel_of(get: Callable[[str], Sequence[str]]) -> Kernel:
    """Return what a query says of a kernel.

    Raises
    ------
    BadRequestError
    """
    free = last(get("free"), "")
    if free and not (free.isascii() and free.isdecimal() and len(free) <= 18):
        raise BadRequestError("free is no number of bytes", hint="One looks like free=8000000000.")
    missing = last(get("missing"), "")[:200]
    return Kernel(
        language=last(get("language"), "python"),
        free=int(free) if free else None,
        limits=last(get("limits"), "")[:20],
        missing=tuple(filter(None, missing.split(","))),
        look=last(get("look"), "true") != "false",
    )


def kernel_probe(language: str) -> KernelProbe:
    """Return what to ask a kernel for its free memory.

    Raises
    ------
    BadRequestError
        If there are no cells in that language.
    """
    return KernelProbe(expression=probe_of(language_named(language).name))


def options(rooms: Rooms, ref: str, kernel: Kernel) -> LoadOptions:
    """Return the ways to load a file, with what each needs and which is best.

    The file is looked into for that as for a preview; where that cannot be, its size tells
    something.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, ConflictError, CatalogError
    """
    language = language_named(kernel.language)
    found = dataset(rooms, ref)
    asset = asset_of(found, ref)
    asked = "kernel"
    if kernel.free is None:
        kernel, asked = _measured_here(kernel), "server"
    if kernel.free is None:
        asked = ""
    needs = _needs(rooms, found, asset, kernel.look)
    possible = tuple(_possible(rooms, asset))
    ways = [
        _option(way, needs, kernel)
        for way in LoadWay
        if way in possible and (way in language.ways or way is LoadWay.SELECTION)
    ]
    best = _best(ways)
    return LoadOptions(
        ref=ref,
        best=best,
        options=tuple(ways),
        free=kernel.free,
        limits=kernel.limits,
        asked=asked,
        basis=needs.basis,
        note=_too_large(asset.name, needs, kernel) if ways[0].fits is False else "",
    )


def too_large(rooms: Rooms, ref: str, kernel: Kernel) -> str:
    """Return the sentence that all of a file is too much for a kernel, empty where it is not."""
    found = options(rooms, ref, kernel)
    if found.options[0].fits is not False:
        return ""
    return f"{found.note}{INSTEAD.get(found.best, '')}."


def _measured_here(kernel: Kernel) -> Kernel:
    """Return a kernel with the memory that this process can have: it began beside the kernel."""
    measured = free_memory.measured()
    free, limits = measured["free"], measured["limits"]
    if not isinstance(free, int):
        return kernel
    return kernel._replace(free=free, limits=str(limits))


def _possible(rooms: Rooms, asset: Asset) -> Iterator[LoadWay]:
    yield LoadWay.WHOLE
    if form_of(asset.name, asset.format) in OPENED_IN_PARTS or is_converted(asset):
        yield from (LoadWay.BACKED, LoadWay.LAZY, LoadWay.DASK)
    if asset.format in CHOSEN_FROM or made_of(rooms, asset):
        yield LoadWay.SELECTION


def _option(way: LoadWay, needs: Needs, kernel: Kernel) -> LoadOption:
    needed = {
        LoadWay.WHOLE: needs.whole,
        LoadWay.BACKED: needs.backed,
        LoadWay.LAZY: LAZY_LIBRARIES,
    }.get(way)
    known = needed is not None and kernel.free is not None
    return LoadOption(
        way=way,
        needs=needed,
        fits=(needed or 0) <= (kernel.free or 0) * SHARE if known else None,
        missing=tuple(name for name in NEEDED.get(way, ()) if name in kernel.missing),
    )


def _best(ways: Sequence[LoadOption]) -> LoadWay:
    """Return the first way that fits; where none is known to, the one that takes least."""
    if ways[0].fits is not False:
        return ways[0].way
    usable = [option for option in ways[1:] if not option.missing]
    fitting = (option.way for option in usable if option.fits)
    other = LoadWay.SELECTION if any(o.way is LoadWay.SELECTION for o in usable) else ways[0].way
    return next(fitting, other)


def _too_large(name: str, needs: Needs, kernel: Kernel) -> str:
    where = LIMITS.get(kernel.limits, "")
    return (
        f"Loading all of {name} takes about {size_text(needs.whole or 0)} of memory; "
        f"{size_text(kernel.free or 0)} are free{f' {where}' if where else ''}"
    )


def _needs(rooms: Rooms, found: Dataset, asset: Asset, look: bool) -> Needs:
    try:
        seen = _seen(rooms, found, asset, look)
    except DataHubError:
        # What cannot be looked into may be loaded all the same, and if not the load says why.
        return _by_size(asset)
    if seen is None:
        return _by_size(asset)
    memory = seen.memory
    # anndata reads layers in backed mode too, and leaves X and raw where they are.
    layers = sum(layer.memory or 0 for layer in seen.layers)
    beside = memory.annotations + layers
    return Needs("preview", memory.peak, LIBRARIES + beside + beside // 20)


def _seen(rooms: Rooms, found: Dataset, asset: Asset, look: bool) -> Preview | None:
    """Return the preview of a file, or of the .h5ad that was made of it."""
    here = (
        made_of(rooms, asset)
        or rooms.library.find_asset(asset.ref)
        or kind_named(found.kind, found.source).local
    )
    return facts(rooms, asset.ref) if look or here else rooms.previews.known_facts(asset.ref)


def _by_size(asset: Asset) -> Needs:
    times = TIMES.get(form_of(asset.name, asset.format))
    if times is None or asset.size is None:
        return Needs()
    if asset.name.lower().endswith((".csv.gz", ".tsv.gz")):
        times *= PACKED_TEXT
    return Needs("size", LIBRARIES + int(asset.size * times), LIBRARIES + asset.size)
