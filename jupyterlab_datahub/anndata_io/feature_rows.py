"""The rows of a table of cells, some at a time, by the quickest way that reads them.

Of a large file with nothing but numbers several processes parse parts
(:mod:`~jupyterlab_datahub.anndata_io.plain_rows`); any other, and what follows where one turns out
to be other, polars does (:mod:`~jupyterlab_datahub.anndata_io.tablerows`).
"""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.anndata_io import parallel, plain_rows, tablerows
from jupyterlab_datahub.anndata_io.features import FeatureError
from jupyterlab_datahub.anndata_io.plain_rows import PART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.plain_rows import PlainTable
    from jupyterlab_datahub.anndata_io.tabletext import Dialect, Text


class Rows(NamedTuple):
    """Some rows: how many, a column by its number, and the part of all that is done with them.

    ``values`` has all columns, if they are beside each other.
    """

    length: int
    column: Callable[[int], NDArray[Any]]
    done: float
    values: NDArray[np.float32] | None = None

    def matrix(self, numbers: Sequence[int]) -> NDArray[Any] | None:
        """Return columns as a matrix where nothing has to be copied for that."""
        first, last = numbers[0], numbers[-1] + 1
        if self.values is None or list(numbers) != list(range(first, last)) or first < 0:
            return None
        return self.values[:, first:last]


def rows(
    text: Text,
    start: bytes,
    written: Dialect,
    dtypes: Sequence[str],
    source: Path,
    name: str,
) -> Iterator[Rows]:
    """Yield the rows of a table without its header.

    Parameters
    ----------
    text
        The table.
    start
        What was read of it already.
    written
        How it is written.
    dtypes
        The types of its columns: ``f4``, ``f8``, or empty for text.
    source
        Its file, however it is packed.
    name
        What it is called in errors.

    Raises
    ------
    FeatureError
        If a value is no number where one must be, or a row has too few or too many values.
    """
    size = source.stat().st_size
    if size >= parallel.LARGE and _is_plain(text, start, written):
        table = plain_rows.PlainTable(
            path=str(source),
            start=start.index(b"\n") + 1,
            stop=size,
            columns=len(dtypes),
            exact=tuple(n for n, dtype in enumerate(dtypes) if dtype == "f8"),
            part=PART,
        )
        done = 0
        for part in _plain(table):
            done += 1
            yield part
        if done == table.parts:
            return
        text.stream.seek(plain_rows.begin(table, done))
        start = b"\n"
    lines = tablerows.blocks(start, text.stream, written, size, name)
    for frame in tablerows.frames(lines, written, _kinds(dtypes, name), name):
        yield Rows(len(frame), partial(_column, frame), min(text.part(), 1.0))


def _is_plain(text: Text, start: bytes, written: Dialect) -> bool:
    """Return whether a table looks as if it had nothing but numbers, and any part can be read."""
    return (
        _has_parser()
        and isinstance(text.stream, io.BufferedReader)
        and (written.delimiter, written.decimal) == (",", ".")
        and not written.texts
        and b"\n" in start
    )


def _has_parser() -> bool:
    """Return whether simdjson is there."""
    try:
        import simdjson
    except ImportError:
        return False
    return hasattr(simdjson, "Parser")


def _plain(table: PlainTable) -> Iterator[Rows]:
    """Yield the rows of parts until one is other than plain."""
    work = parallel.Work(table, (), table.parts, table.part)
    with parallel.started(parallel.available()) as others:
        for number, part in enumerate(parallel.parts(work, others), 1):
            if not part:
                return
            values = part[0].reshape(-1, table.columns)
            exact = dict(zip(table.exact, part[1:], strict=True))
            yield Rows(len(values), partial(_of_plain, values, exact), number / table.parts, values)


def _of_plain(values: NDArray[Any], exact: Mapping[int, NDArray[Any]], number: int) -> NDArray[Any]:
    return exact[number] if number in exact else values[:, number]


def _column(frame: pl.DataFrame, number: int) -> NDArray[Any]:
    return frame[str(number)].to_numpy()


def _kinds(dtypes: Sequence[str], name: str) -> dict[str, pl.DataType]:
    """Return the types as polars calls them, by the numbers of columns.

    Raises
    ------
    FeatureError
        If polars is not there.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise FeatureError(
            f"{name} cannot be converted: tables of cells need the package polars",
            hint="Install it where JupyterLab runs: pip install 'jupyterlab-datahub[spatial]'.",
        ) from error
    kinds = {"": pl.String(), "f8": pl.Float64(), "f4": pl.Float32()}
    return {str(number): kinds[dtype] for number, dtype in enumerate(dtypes)}
