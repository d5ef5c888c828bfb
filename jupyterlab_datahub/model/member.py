"""What is in a file that holds several things to load."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.base import Struct


class MemberKind(StrEnum):
    """What a member is.

    An ``anndata`` (.h5ad), a ``loom`` file, a ``matrix`` by 10x Genomics, a ``table`` and a
    ``modality`` can become an AnnData. A ``part`` belongs to a matrix, or to one whose other files
    are missing. ``modalities`` (.h5mu), an ``archive`` or a ``store`` (of Zarr) within an archive
    are taken out of it first; ``other`` is all else.
    """

    ANNDATA = "anndata"
    LOOM = "loom"
    MATRIX = "matrix"
    TABLE = "table"
    MODALITY = "modality"
    PART = "part"
    MODALITIES = "modalities"
    ARCHIVE = "archive"
    STORE = "store"
    OTHER = "other"


class Member(Struct):
    """A file in an archive, or a modality of a MuData.

    ``ref`` names it to be fetched, loaded and cited. ``loads`` says whether it can become an
    AnnData. ``size`` is the bytes that it says it has, unpacked; ``shape`` is cells by genes.
    ``beside`` are the files without which it is of no use, or the matrix that it belongs to.
    ``here`` says whether the library has what it became.
    """

    path: str
    ref: str
    kind: MemberKind
    loads: bool
    size: int | None = None
    shape: tuple[int, ...] | None = None
    beside: tuple[str, ...] = ()
    here: bool = False


class MemberListing(Struct):
    """The answer of ``GET members/{ref}``: what is in a file, those that can be loaded first.

    ``total`` is how many there are, more than ``members`` where they are very many. With
    ``after_download`` they are not known before the file is downloaded; ``note`` says why.
    ``bytes_fetched`` and ``requests`` are what it cost to find out, ``size`` is that of the file.
    ``apart`` says that a member is fetched without the rest of the file.
    """

    ref: str
    name: str
    members: tuple[Member, ...] = ()
    total: int = 0
    size: int | None = None
    after_download: bool = False
    note: str = ""
    bytes_fetched: int = 0
    requests: int = 0
    apart: bool = False
