"""How a file may be loaded, and whether the kernel has the memory for it."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.base import Struct


class LoadWay(StrEnum):
    """How a file is opened.

    ``whole`` reads all of it, ``backed`` leaves X and raw in the file, ``lazy`` leaves all in it
    until it is computed, ``dask`` is computed by a Dask cluster, and of ``selection`` some cells
    and genes are read.
    """

    WHOLE = "whole"
    BACKED = "backed"
    LAZY = "lazy"
    DASK = "dask"
    SELECTION = "selection"


class LoadOption(Struct):
    """One way to load a file, and what it takes.

    ``needs`` is the memory in bytes that it takes at most, with the libraries; None where it is
    not known. ``fits`` says whether the kernel has that, None where either is not known.
    ``missing`` are packages that the kernel lacks for it. ``note`` says what else to know.
    """

    way: LoadWay
    needs: int | None = None
    fits: bool | None = None
    missing: tuple[str, ...] = ()
    note: str = ""


class LoadOptions(Struct):
    """The answer of ``GET loading/{ref}``: the ways to load a file.

    ``free`` is the memory in bytes that the kernel can still have, None where it is not known;
    ``limits`` says by what: ``machine``, ``container`` or ``process``, empty where not known.
    ``asked`` is ``kernel`` where the kernel said so, ``server`` where the server measured itself.
    ``basis`` says what the predictions come from: ``preview``, ``size`` (of the file: a rough
    rule), empty where there are none. ``best`` is the way that leaves the kernel alive; ``note``
    says in words that all of it is too much.
    """

    ref: str
    best: LoadWay
    options: tuple[LoadOption, ...]
    free: int | None = None
    limits: str = ""
    asked: str = ""
    basis: str = ""
    note: str = ""


class KernelProbe(Struct):
    """The answer of ``GET kernel-probe``: what to ask a kernel for its free memory.

    ``expression`` is one in the language of the kernel, empty where there is none. Its value is the
    hexadecimal digits of JSON: an object with ``free``, ``limits`` and ``missing``.
    """

    expression: str = ""
