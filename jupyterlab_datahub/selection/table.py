"""What is kept of a file, as something to choose from; nothing here opens the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.model.decoding import json_decoder
from jupyterlab_datahub.previews import pieces
from jupyterlab_datahub.previews.packing import unpack
from jupyterlab_datahub.previews.pieces import Genes, Outline
from jupyterlab_datahub.selection.where.evaluate import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.kept import State

LARGER = 4
"""How many times its bytes a piece takes in memory at most, about: texts are objects there."""

Piece = TypeVar("Piece")

_outline, _genes = json_decoder(Outline), json_decoder(Genes)


class Loaded:
    """Pieces that stay in memory for the next question, those that were used last.

    Parameters
    ----------
    most
        Bytes of memory that they take, about.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: dict[tuple[str, str], tuple[int, Any]] = {}

    def piece(self, state: State, name: str, read: Callable[[], tuple[int, Piece]]) -> Piece:
        """Return a piece of a state; `read` gives its bytes of memory with it."""
        key = str(state.directory), name
        found = self._pieces.pop(key, None)
        if found is None:
            found = read()
        else:
            state.used(name)
        self._pieces[key] = found
        total = sum(size for size, _ in self._pieces.values())
        while total > self._most:
            total -= self._pieces.pop(next(iter(self._pieces)))[0]
        piece: Piece = found[1]
        return piece


class KeptTable:
    """The columns and embeddings of a file that are kept.

    Parameters
    ----------
    state
        Where they are kept.
    loaded
        What is in memory already; None to read all of it anew.

    Raises
    ------
    DataHubError
        If the outline of the file is not there, here and of all else from the methods.
    """

    def __init__(self, state: State, loaded: Loaded | None = None) -> None:
        self._state = state
        self._loaded = loaded
        self.outline = self._piece(pieces.OUTLINE, _outline)

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
        header, arrays = self._piece(f"{pieces.COLUMN}{name}", unpack)
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
        _, arrays = self._piece(f"{pieces.AXES}{name}", unpack)
        return arrays["x"], arrays["y"]

    def genes(self, matrix: str) -> Genes:
        """Return the genes of a matrix."""
        return self._piece(f"{pieces.GENES}{matrix}", _genes)

    def matrix(self, name: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return what says where the chunks of a matrix are."""
        return self._piece(f"{pieces.MATRIX}{name}", unpack)

    def shown(self, mask: NDArray[Any]) -> NDArray[Any]:
        """Return what a mask says of the cells that a picture shows."""
        header, arrays = self._piece(pieces.SHOWN, unpack)
        return mask if header["all"] else mask[arrays["rows"]]

    def _piece(self, name: str, decode: Callable[[bytes], Piece]) -> Piece:
        def read() -> tuple[int, Piece]:
            piece = self._state.get(name)
            if piece is None:
                raise DataHubError(
                    "what a preview found could not be read", hint="Preview the file again."
                )
            return LARGER * len(piece), decode(piece)

        return read()[1] if self._loaded is None else self._loaded.piece(self._state, name, read)
