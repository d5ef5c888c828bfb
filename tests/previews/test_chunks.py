"""Where the chunks of arrays are, all of them or those of some rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.previews.chunks import ABSENT, UNSOUGHT, chunks_of
from jupyterlab_datahub.ranged.bytefile import LocalFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.ranged.bytefile import Span

ROWS = 9000


class Counted(LocalFile):
    """A file that counts the nodes of trees that are pulled."""

    pulled = 0

    def pull(self, spans: Iterable[Span], gap: int) -> Iterator[tuple[Span, bytes]]:
        for one in super().pull(spans, gap):
            self.pulled += 1
            yield one


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with arrays of some thousand chunks, some of which were never written."""
    path = tmp_path_factory.mktemp("files") / "chunks.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("line", data=np.arange(ROWS), chunks=(5,))
        file.create_dataset("table", data=np.arange(ROWS * 6).reshape(ROWS, 6), chunks=(50, 1))
        sparse = file.create_dataset("sparse", (ROWS,), "i4", chunks=(10,))
        sparse[4000:4500] = 1
    return path


@pytest.mark.parametrize("name", ["line", "table", "sparse"])
@pytest.mark.parametrize(
    "rows", [[0], [ROWS - 1], range(3995, 4100), range(17, ROWS, 611), range(ROWS), []]
)
def test_chunks_of_some_rows_are_where_they_are(path: Path, name: str, rows: Any) -> None:
    wanted = np.array(rows, np.int64)
    with LocalFile(path) as source, h5py.File(path, "r") as file:
        [every] = chunks_of([file[name]], source, file)
        [some] = chunks_of([file[name]], source, file, [wanted])
    across = every.grid[1] if len(every.shape) == 2 else 1
    sought = np.unique(wanted // every.chunk[0])[:, None] * across + np.arange(across)
    sought = sought.reshape(-1)
    assert len(every.starts[every.starts == ABSENT]) == (850 if name == "sparse" else 0)
    np.testing.assert_array_equal(some.starts[sought], every.starts[sought])
    np.testing.assert_array_equal(some.sizes[sought], every.sizes[sought])
    others = np.setdiff1d(np.arange(len(every.starts)), sought)
    assert all(some.starts[other] in (UNSOUGHT, every.starts[other]) for other in others.tolist())


def test_only_the_nodes_on_the_way_are_read(path: Path) -> None:
    with Counted(path) as source, h5py.File(path, "r") as file:
        chunks_of([file["line"]], source, file)
        every, source.pulled = source.pulled, 0
        chunks_of([file["line"]], source, file, [np.arange(100, 200)])
        assert source.pulled <= 5
        assert every > 20
