"""Damaged files by the thousand: ``python -m tests.previews.fuzz --cases 10000``.

Each case is a good file with some bytes changed, the same for the same number. A process looks at
one after the other, as that of a preview does; where a case breaks it down or holds it up, that is
counted and another process goes on with the next. What must never happen is an error without
words: it would be one of ours.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from jupyterlab_datahub.errors import DataHubError
from tests.previews.far import FarFile
from tests.previews.looking import ask, look
from tests.sources import h5_files

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND, REFUSED, BROKEN, HUNG = "found", "refused", "broke down", "hung"
SECONDS = 20.0
"""After which a case counts as hung wherever processor time cannot be bounded."""

CPU_SECONDS = 1.0
"""Processor time after which a case counts as hung; it needs some hundredths."""

MEMORY = 2 << 30
TEXT = h5py.string_dtype()
ODD = (0, 1, 7, 0x7F, 0x80, 0xFF)
CELLS = 60


def bases(directory: Path) -> list[bytes]:
    """Return good files of several makes."""
    made = []
    for number, version in enumerate(("earliest", "latest")):
        path = directory / f"base{number}.h5ad"
        with h5py.File(path, "w", libver=version) as file:
            _fill(file)
        made.append(path.read_bytes())
    for write in (h5_files.anndata_06, h5_files.anndata_07, h5_files.anndata_013):
        path = directory / f"{write.__name__}.h5ad"
        write(path)
        made.append(path.read_bytes())
    return made


def _fill(file: h5py.File) -> None:
    """Write a bit of everything that a look reads."""
    packed: dict[str, Any] = {"compression": "gzip", "chunks": (16,), "shuffle": True}
    for frame, rows in (("obs", CELLS), ("var", 20)):
        group = file.create_group(frame)
        group.attrs["_index"] = "_index"
        group.attrs["column-order"] = np.array(["kind", "n", "maybe", "text"], TEXT)
        names = np.array([f"{frame} {n}" for n in range(rows)], TEXT)
        group.create_dataset("_index", data=names, **packed)
        group.create_dataset("text", data=names)
        group.create_dataset("n", data=np.arange(rows) / 3, **packed)
        kind = group.create_group("kind")
        kind.attrs["encoding-type"] = "categorical"
        kind["categories"] = np.array(["a", "b", "c"], TEXT)
        kind.create_dataset("codes", data=(np.arange(rows) % 3).astype("i1"), **packed)
        maybe = group.create_group("maybe")
        maybe.attrs["encoding-type"] = "nullable-integer"
        maybe["values"], maybe["mask"] = np.arange(rows), np.arange(rows) % 2 == 0
    for place in ("X", "raw/X"):
        matrix = file.create_group(place)
        matrix.attrs["encoding-type"], matrix.attrs["shape"] = "csr_matrix", (CELLS, 20)
        matrix.create_dataset("data", data=np.ones(CELLS * 3, "f4"), **packed)
        matrix.create_dataset("indices", data=np.arange(CELLS * 3) % 20, **packed)
        matrix["indptr"] = np.arange(CELLS + 1) * 3
    file.create_dataset("layers/dense", data=np.ones((CELLS, 20)), chunks=(16, 8))
    file["obsm/X_umap"] = np.arange(CELLS * 2.0).reshape(CELLS, 2)
    file["uns/title"] = "A title"
    file["uns/kind_colors"] = np.array(["#000000", "#111111", "#222222"], TEXT)


def mutated(whole: bytes, dice: random.Random) -> bytes:
    """Return a file with some bytes changed."""
    spoiled = bytearray(whole)
    for _ in range(dice.choice((1, 1, 1, 1, 2, 5))):
        at = dice.randrange(len(spoiled))
        # Much of a small file is empty room, in which a change changes nothing.
        at = next((n for n in range(at, min(at + 4096, len(spoiled))) if spoiled[n]), at)
        way = dice.randrange(6)
        if way == 0:
            spoiled[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            spoiled[at] = dice.choice(ODD)
        elif way == 2:
            spoiled[at : at + 8] = dice.randrange(1 << 63).to_bytes(8, "little")
        elif way == 3:
            # An address that leads somewhere else in the file.
            spoiled[at : at + 8] = dice.randrange(len(whole)).to_bytes(8, "little")
        elif way == 4:
            other = dice.randrange(len(spoiled))
            length = dice.choice((4, 16, 256))
            spoiled[at : at + length] = spoiled[other : other + length]
        else:
            spoiled[at : at + dice.choice((4, 64, 512))] = bytes(dice.choice((4, 64, 512)))
    cut = dice.randrange(len(whole)) if dice.random() < 0.1 else 0
    return bytes(spoiled[: len(spoiled) - cut])


def cases(first: int, count: int) -> Iterator[tuple[int, str]]:
    """Look at cases and yield what became of each."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        good = bases(directory)
        path = directory / "case.h5ad"
        for number in range(first, first + count):
            dice = random.Random(number)  # noqa: S311 - no secret
            path.write_bytes(mutated(dice.choice(good), dice))
            _bound_this_case()
            try:
                # Every other one as if it were on a host, where more is read of how it is made.
                found = look(FarFile(path) if number % 2 else path)
                for column in found.facts.obs[:1]:
                    ask(path, colours=column.name)
            except DataHubError:
                yield number, REFUSED
            else:
                yield number, FOUND


def outcomes(first: int, count: int) -> tuple[Counter[str], dict[int, str]]:
    """Return how often cases ended how, and which of them broke down or hung."""
    counted: Counter[str] = Counter()
    bad: dict[int, str] = {}
    number, last = first, first + count
    while number < last:
        command = [sys.executable, "-m", "tests.previews.fuzz", "--child", str(number)]
        with subprocess.Popen(
            [*command, "--cases", str(last - number)], stdout=subprocess.PIPE, text=True
        ) as child:
            lines: queue.SimpleQueue[str] = queue.SimpleQueue()
            reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
            reader.start()
            while number < last:
                try:
                    line = lines.get(timeout=SECONDS)
                except queue.Empty:
                    child.kill()
                    line = HUNG
                ending = json.loads(line)[1] if line.startswith("[") else line or BROKEN
                counted[ending] += 1
                number += 1
                if ending in (HUNG, BROKEN):
                    bad[number - 1] = ending
                    break
        if child.returncode == -getattr(signal, "SIGVTALRM", 0) and bad.get(number - 1) == BROKEN:
            bad[number - 1] = HUNG
            counted.subtract({BROKEN: 1, HUNG: -1})
        if child.returncode > 0:
            message = f"case {number - 1} ended with an error without words"
            raise AssertionError(message)
    return counted, bad


def _read(child: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    for line in child.stdout or ():
        lines.put(line)
    lines.put("")


def _bound_this_case() -> None:
    if sys.platform != "win32":
        # The signal ends the process, whatever HDF5 is doing.
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Look at many cases, or be the process that does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--child", type=int)
    arguments = parser.parse_args()
    if arguments.child is None:
        counted, bad = outcomes(arguments.first, arguments.cases)
        sys.stdout.write(f"{dict(counted)}\n{bad}\n")
        return
    _limit()
    for case in cases(arguments.child, arguments.cases):
        sys.stdout.write(json.dumps(case) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
