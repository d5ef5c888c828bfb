"""What was found in a file, whatever its format: the same words for h5ad, Loom and 10x."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import h5py

    from jupyterlab_datahub.model import PreviewArray, PreviewMatrix, PreviewModality
    from jupyterlab_datahub.previews.frames import Column


class Annotations(Protocol):
    """The columns of obs or var."""

    def names(self) -> list[str]:
        """Return the names of the columns in their order."""

    def column(self, name: str) -> Column:
        """Return what there is of a column."""

    def index_column(self) -> Column | None:
        """Return the names of the rows."""


@dataclass(frozen=True)
class Axes:
    """Where the coordinates of cells are: two arrays of one column, or one of several.

    ``second`` is the same array as ``first`` where it has several columns, of which the first two
    are meant; these are those of ``part`` where it is a compound, as anndata 0.6 wrote all of obsm.
    """

    name: str
    first: h5py.Dataset
    second: h5py.Dataset
    part: str = ""

    @property
    def joint(self) -> bool:
        """Whether both are columns of one array."""
        return self.first is self.second


@dataclass
class Contents:
    """What was found; ``nodes`` are where the values of matrices are, by the names of these."""

    format: str
    cells: int
    genes: int
    obs: Annotations
    var: Annotations
    x: PreviewMatrix | None = None
    raw: PreviewMatrix | None = None
    layers: list[PreviewMatrix] = field(default_factory=list)
    nodes: dict[str, Any] = field(default_factory=dict)
    embeddings: dict[str, Axes] = field(default_factory=dict)
    obsm: list[PreviewArray] = field(default_factory=list)
    obsp: list[str] = field(default_factory=list)
    beside: int = 0
    """Bytes of memory for obsm and obsp."""
    uns: Any = None
    uns_names: Sequence[str] = ()
    title: str = ""
    schema_version: str = ""
    default_embedding: str = ""
    obs_index: str = ""
    encodings: set[str] = field(default_factory=set)
    modalities: list[PreviewModality] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
