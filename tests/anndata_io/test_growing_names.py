"""Names that begin alike are written as their numbers come, and none where two could be alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io.growing_names import GrowingNames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "names.h5", "w") as opened:
        yield opened


def test_names_of_several_parts(file: h5py.File) -> None:
    names = GrowingNames(file, "_index", "lung_", 4)
    for start, stop in ((0, 3), (3, 3), (5, 11)):
        names.append(np.arange(start, stop))
    assert names.whole
    assert file["_index"].attrs["encoding-type"] == "string-array"
    expected = [f"lung_{n}" for n in (0, 1, 2, *range(5, 11))]
    assert file["_index"].asstr()[:].tolist() == expected


def test_names_whose_numbers_get_longer(file: h5py.File) -> None:
    numbers = np.array([0, 9, 10, 99, 101, 99_999_999, 100_000_000, 2**53 - 1])
    names = GrowingNames(file, "_index", "Mäuse_", 4)
    names.append(numbers[:3])
    names.append(numbers[3:])
    assert file["_index"].asstr()[:].tolist() == [f"Mäuse_{n}" for n in numbers.tolist()]


@pytest.mark.parametrize("later", [[3, 4], [9, 8], [6, 6], None])
def test_nothing_is_left_once_numbers_do_not_ascend(
    file: h5py.File, later: list[int] | None
) -> None:
    names = GrowingNames(file, "_index", "lung_", 4)
    names.append(np.arange(5))
    names.append(None if later is None else np.array(later))
    assert not names.whole
    names.append(np.arange(20, 30))
    assert "_index" not in file
