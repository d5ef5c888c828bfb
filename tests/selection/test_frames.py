"""Rows of arrays, fetched ahead or when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.selection.frames import Frames
from jupyterlab_datahub.selection.room import Room
from jupyterlab_datahub.selection.stream import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 6000
MOST = Room().rows


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with heaps of many sizes: of texts that came one by one, together, and long."""
    path = tmp_path_factory.mktemp("files") / "texts.h5"
    texts = [f"text {number} ".ljust(number % 150) for number in range(ROWS)]
    texts[77] = "long " * 80_000
    texts[78] = ""
    with h5py.File(path, "w") as file:
        file.create_dataset("together", data=texts, chunks=(500,), dtype=h5py.string_dtype())
        singly = file.create_dataset("singly", (ROWS,), h5py.string_dtype(), chunks=(500,))
        for number in range(0, ROWS, 40):
            singly[number] = texts[number]
        file["numbers"] = np.arange(ROWS)
        # As much as is fetched ahead at most, in no bytes of the file.
        file.create_dataset("large", (ROWS, MOST // ROWS // 8), "f8", chunks=(10, 10))
    return path


@pytest.fixture
def frames(path: Path) -> Iterator[tuple[h5py.File, Frames]]:
    with LocalFile(path) as source, h5py.File(path, "r") as file:
        reader = Reader(source, lambda _: None)
        made = Frames(file, source, reader, lambda _: None, MOST)
        yield file, made
        reader.close()
        made.close()


@pytest.mark.parametrize("rows", [range(ROWS), range(70, 80), range(0, ROWS, 997), []])
def test_texts_are_those_of_the_file(frames: tuple[h5py.File, Frames], rows: list[int]) -> None:
    file, made = frames
    wanted = np.array(rows, np.int64)
    both = [file["together"], file["singly"]]
    for array, found in zip(both, made.rows(both, wanted), strict=True):
        assert found.tolist() == array.asstr()[()][wanted].tolist()


def test_what_was_fetched_ahead_is_taken_once(frames: tuple[h5py.File, Frames]) -> None:
    file, made = frames
    rows = np.arange(5, 900)
    made.ahead([file["numbers"], file["together"]], rows)
    assert made.is_coming(file["numbers"])
    numbers, texts = made.rows([file["numbers"], file["together"]], rows)
    assert numbers.tolist() == rows.tolist()
    assert texts.tolist() == file["together"].asstr()[5:900].tolist()
    assert not made.is_coming(file["numbers"])


def test_no_more_is_ahead_than_there_is_memory_for(frames: tuple[h5py.File, Frames]) -> None:
    file, made = frames
    made.ahead([file["numbers"]], np.arange(ROWS))
    made.ahead([file["large"]], np.arange(ROWS))
    assert made.is_coming(file["numbers"])
    assert not made.is_coming(file["large"])
