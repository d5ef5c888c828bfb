"""Chunks that are found part by part are the same as those that are found at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.previews.chunks import UNSOUGHT
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.file import RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.selection import sought
from jupyterlab_datahub.selection.places import of_rows
from jupyterlab_datahub.selection.sought import Sought
from jupyterlab_datahub.selection.stream import Reader, Stream
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 4000
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "trees": ("earliest", {"chunks": (50,), "compression": "gzip"}),
    "other indexes": ("latest", {"chunks": (50,), "compression": "gzip"}),
    "other chunks": ("earliest", {"chunks": (1200,)}),
    "one piece": ("earliest", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_parts_are_the_whole(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sought, "LEAST", 20)
    version, how = KINDS[kind]
    dice = np.random.default_rng(5)
    pointers = np.concatenate([[0], np.cumsum(dice.integers(0, 12, ROWS))])
    values = dice.random(pointers[-1])
    with h5py.File(tmp_path / "arrays.h5", "w", libver=version) as file:
        file.create_dataset("data", data=values, chunks=(70,), compression="gzip")
        file.create_dataset("indices", data=-values, **how)
    ranges = of_rows(pointers, np.flatnonzero(dice.random(ROWS) < 0.2))
    told: list[tuple[int, float]] = []
    config = SourceConfig(name="there", kind="cellxgene")
    with FileHost(tmp_path) as host, ThreadPoolExecutor(1) as seeker:
        download = Download(url=f"{host.url}/arrays.h5")
        source = RangedFile(Host(download, config, Budget(1 << 30)))
        with source, h5py.File(source, "r") as file:
            reader = Reader(source, lambda _: None)
            arrays = (file["data"], file["indices"])
            found = Sought(arrays, ranges, source, file, seeker, lambda *far: told.append(far))
            if version == "earliest":
                assert (found.first[0].starts == UNSOUGHT).sum() > 100
            streams = [
                Stream(reader, one, found.parts(number), ranges)
                for number, one in enumerate(found.first)
            ]
            places = ranges.places()
            taken: tuple[list[float], list[float]] = ([], [])
            for count in (1, 0, 700, len(places) - 701):
                for stream, to in zip(streams, taken, strict=True):
                    to.extend(stream.take(count).tolist())
            reader.close()
    assert taken == (values[places].tolist(), (-values)[places].tolist())
    assert len(told) == 8
    assert all(size > 0 and 0 < share < 1 for size, share in told[:-1])
    assert told == sorted(told)
    assert told[-1][1] == 1
