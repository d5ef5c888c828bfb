"""What is kept of a file, as something to choose from; nothing here opens the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import pieces
from jupyterlab_datahub.previews.packing import unpack
from jupyterlab_datahub.previews.pieces import Genes, Outline
from jupyterlab_datahub.selection.where.evaluate import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.kept import State


class KeptTable:
    """The columns and embeddings of a file that are kept.

    Parameters
    ----------
    state
        Where they are kept.

    Raises
    ------
    DataHubError
        If the outline of the file is not there, here and of all else from the methods.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.outline = msgspec.json.decode(self._piece(pieces.OUTLINE), type=Outline)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.outline.cells

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of obs."""
        return self.outline.columns

    @property
    def embeddings(self) -> tuple[str, ...]:
        """The names of the embeddings that can be drawn."""
        return self.outline.embeddings

    def column(self, name: str) -> Column:
        """Return the values of a column."""
        header, arrays = unpack(self._piece(f"{pieces.COLUMN}{name}"))
        if header["kind"] in (ColumnKind.OTHER, pieces.ABSENT):
            return Column(ColumnKind.OTHER, note=header.get("note", ""))
        return Column(
            kind=ColumnKind(header["kind"]),
            codes=arrays.get("codes"),
            categories=header.get("categories", ()),
            numbers=arrays.get("numbers"),
        )

    def axes(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the coordinates in an embedding."""
        _, arrays = unpack(self._piece(f"{pieces.AXES}{name}"))
        return arrays["x"], arrays["y"]

    def genes(self, matrix: str) -> Genes:
        """Return the genes of a matrix."""
        return msgspec.json.decode(self._piece(f"{pieces.GENES}{matrix}"), type=Genes)

    def matrix(self, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return what says where the chunks of a matrix are."""
        return unpack(self._piece(f"{pieces.MATRIX}{name}"))

    def shown(self, mask: NDArray[Any]) -> NDArray[Any]:
        """Return what a mask says of the cells that a picture shows."""
        header, arrays = unpack(self._piece(pieces.SHOWN))
        return mask if header["all"] else mask[arrays["rows"]]

    def _piece(self, name: str) -> bytes:
        piece = self._state.get(name)
        if piece is None:
            raise DataHubError(
                "what a preview found could not be read", hint="Preview the file again."
            )
        return piece
