"""Matrices as text, one line for each value: the coordinate format of Matrix Market.

The format is that of NIST's "Matrix Market exchange formats"; Cell Ranger writes features by
barcodes, one barcode after the other. Text goes through a block at a time. A matrix whose cells
do not follow each other is first laid out in parts of some cells each, in files.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from jupyterlab_datahub.anndata_io import ahead, digits
from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.errors import DataHubError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

BLOCK = 1 << 20
"""Bytes of text that are parsed at once; what is made of them should stay in a processor."""

PART = 4 << 20
"""Values of a part of a matrix whose cells do not follow each other, on average."""

MOST_PARTS = 256
"""Such parts, each of which is a file that is open."""

_LINE = 1 << 16


class CountsError(DataHubError):
    """A file of counts that cannot be read."""

    code = "unreadable"


class UnorderedError(CountsError):
    """A matrix whose cells do not follow each other."""


class Head(NamedTuple):
    """What the start of a matrix says: features, cells, values and whether each is 1."""

    features: int
    cells: int
    values: int
    pattern: bool


def damaged(name: str, why: str) -> CountsError:
    """Return an error that says what is wrong with a file."""
    return CountsError(
        f"{name} cannot be read: {why}",
        hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
    )


def head(stream: IO[bytes], name: str) -> Head:
    """Read the start of a matrix.

    Raises
    ------
    CountsError
        If it is no matrix of this kind.
    """
    words = stream.readline(_LINE).decode("latin-1").lower().split()
    if words[:3] != ["%%matrixmarket", "matrix", "coordinate"] or len(words) < 5:
        raise damaged(name, "it does not begin as a matrix of coordinates does")
    if words[3] not in {"integer", "real", "pattern"} or words[4] != "general":
        raise damaged(name, f"it is said to be {words[3]} and {words[4]}")
    line = stream.readline(_LINE)
    while line.startswith(b"%") or line in {b"\n", b"\r\n"}:
        line = stream.readline(_LINE)
    sizes = line.split()
    if len(sizes) != 3 or not all(one.isdigit() and len(one) < 19 for one in sizes):
        raise damaged(name, "its size is not given as three numbers")
    features, cells, values = map(int, sizes)
    return Head(features, cells, values, pattern=words[3] == "pattern")


def slabs(stream: IO[bytes], said: Head, name: str) -> Iterator[Slab]:
    """Yield the cells of a matrix that are in order, after its head was read.

    Raises
    ------
    UnorderedError
        If they are not.
    CountsError
        If it is damaged.
    """
    import numpy as np

    begun = 0
    left = _nothing()
    for block in _blocks(stream, said, name):
        values = left.and_then(block) if len(left.cells) else block
        cells = values.cells
        if cells[0] < begun or (cells[1:] < cells[:-1]).any():
            raise UnorderedError(f"the cells of {name} do not follow each other")
        # The last cell may go on in the next block.
        last = int(cells[-1])
        whole = int(np.searchsorted(cells, last))
        left = values.cut(whole, len(cells))
        if whole:
            yield _slab(values.cut(0, whole), begun, last)
            begun = last
    yield _slab(left, begun, said.cells)


def sorted_slabs(stream: IO[bytes], said: Head, name: str, place: Path) -> Iterator[Slab]:
    """Yield the cells of a matrix whose values are in any order.

    Parameters
    ----------
    place
        A folder for files of all values together, twelve bytes each.

    Raises
    ------
    CountsError
        If it is damaged.
    """
    parts = max(1, min(-(-said.values // PART), MOST_PARTS, said.cells))
    with Spread(place, said.cells, parts) as spread:
        for block in _blocks(stream, said, name):
            spread.add(*block)
        yield from spread.slabs()


class Spread:
    """Values in any order, laid out in files of some cells each until all are there.

    Parameters
    ----------
    place
        A folder for files of all values together, twelve bytes each.
    cells
        How many there are.
    parts
        Files to lay them out in; one of them at a time is read into memory.
    """

    def __init__(self, place: Path, cells: int, parts: int) -> None:
        import numpy as np

        self._record = np.dtype([("feature", "<i4"), ("cell", "<i4"), ("value", "<f4")])
        self._edges = np.linspace(0, cells, parts + 1).astype(np.int64)
        self._paths = [place / f"{number}.values" for number in range(parts)]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._files = [self._stack.enter_context(path.open("w+b")) for path in self._paths]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, features: NDArray[Any], cells: NDArray[Any], values: NDArray[Any]) -> None:
        """Take more values."""
        import numpy as np

        records = np.empty(len(cells), self._record)
        records["feature"], records["cell"], records["value"] = features, cells, values
        part = np.searchsorted(self._edges, cells, side="right") - 1
        for number in np.unique(part).tolist():
            self._files[number].write(records[part == number].tobytes())

    def slabs(self) -> Iterator[Slab]:
        """Yield all cells in order, features ascending."""
        import numpy as np

        edges = self._edges.tolist()
        for file, start, end in zip(self._files, edges, edges[1:], strict=False):
            file.seek(0)
            found = np.frombuffer(file.read(), self._record)
            values = _Values(found["feature"], found["cell"], found["value"])
            yield _slab(values, start, end)
            file.truncate(0)


class _Values(NamedTuple):
    """Values of a matrix, with features and cells counted from 0."""

    features: NDArray[np.int32]
    cells: NDArray[np.int32]
    values: NDArray[np.float32]

    def cut(self, start: int, end: int) -> _Values:
        """Return those from a number to a number."""
        return _Values(self.features[start:end], self.cells[start:end], self.values[start:end])

    def and_then(self, other: _Values) -> _Values:
        """Return these and others."""
        import numpy as np

        return _Values(
            np.concatenate((self.features, other.features)),
            np.concatenate((self.cells, other.cells)),
            np.concatenate((self.values, other.values)),
        )


def _nothing() -> _Values:
    import numpy as np

    none = np.empty(0, np.int32)
    return _Values(none, none, none.astype(np.float32))


def _slab(values: _Values, start: int, end: int) -> Slab:
    """Return cells from a start to an end, features ascending; equal places are added."""
    import numpy as np

    features, cells, counts = values
    keys = (cells.astype(np.int64) << 32) | features
    if (keys[1:] <= keys[:-1]).any():
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        counts = np.add.reduceat(counts, first)
        keys = keys[first]
        cells, features = keys >> 32, (keys & 0xFFFFFFFF).astype(np.int32)
    return Slab(np.bincount(cells - start, minlength=end - start), features, counts)


def _blocks(stream: IO[bytes], said: Head, name: str) -> Iterator[_Values]:
    """Yield values as they come.

    Raises
    ------
    CountsError
        If there are more or fewer than was said, or some that have no place.
    """
    seen = 0
    work = (partial(_numbers, block, said, name) for block in _lines(stream, name))
    for values in ahead.results(work):
        seen += len(values.cells)
        if seen > said.values:
            raise damaged(name, f"it has more than the {said.values:,} values it says")
        yield values
    if seen < said.values:
        raise damaged(name, f"it ends after {seen:,} of {said.values:,} values")


def _lines(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield blocks of whole lines."""
    held = b""
    while True:
        read = stream.read(BLOCK)
        content = held + (read or b"\n")
        end = content.rfind(b"\n") + 1
        if not end and len(content) > _LINE:
            raise damaged(name, "a line does not end")
        held = content[end:]
        if content[:end].strip():
            yield content[:end]
        if not read:
            break


def _numbers(block: bytes, said: Head, name: str) -> _Values:
    import numpy as np

    columns = _whole(block, 2 if said.pattern else 3)
    if columns is None:
        columns = _any(block, 2 if said.pattern else 3, name)
    features, cells = columns[0] - 1, columns[1] - 1
    if min(features.min(), cells.min()) < 0 or (
        features.max() >= said.features or cells.max() >= said.cells
    ):
        raise damaged(name, f"a value lies beyond {said.features:,} by {said.cells:,}")
    values = np.ones(len(cells)) if said.pattern else columns[2]
    return _Values(
        features.astype(np.int32, copy=False),
        cells.astype(np.int32, copy=False),
        values.astype(np.float32),
    )


def _whole(block: bytes, columns: int) -> list[NDArray[Any]] | None:
    """Return the columns of lines of whole numbers with one blank between them, else None."""
    import numpy as np

    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text < ord("0"))
    if len(ends) % columns:
        return None
    blanks = np.array([ord(" ")] * (columns - 1) + [ord("\n")], np.uint8)
    if (text[ends].reshape(-1, columns) != blanks).any():
        return None
    numbers = digits.whole(text, ends, np.diff(ends, prepend=-1) - 1)
    if numbers is None:
        return None
    # They have eight digits at most.
    return [numbers[column::columns].astype(np.int32) for column in range(columns)]


def _any(block: bytes, columns: int, name: str) -> list[NDArray[Any]]:
    import numpy as np

    words = block.split()
    if len(words) % columns:
        raise damaged(name, f"a line has not {columns} numbers")
    try:
        numbers = np.array(words, dtype="S").astype(np.float64).reshape(-1, columns)
    except ValueError as error:
        raise damaged(name, str(error)) from error
    if not (numbers[:, :2] == np.floor(numbers[:, :2])).all():
        raise damaged(name, "a place is no whole number")
    return list(numbers.T)
