"""A selection of a file as a file of its own: ``python -m jupyterlab_datahub.selection.make``.

It is told a job on standard input, and writes lines of ``done total`` (bytes of the matrix) on
standard output, then what it made, or what went wrong.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.anndata_io.h5ad import encode, write_dict, write_scalar, write_sparse
from jupyterlab_datahub.errors import (
    ChangedError,
    DataHubError,
    NotSupportedError,
    SelectionError,
    UnreadableError,
    WhereError,
)
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.previews import ahead, approach, hdf5
from jupyterlab_datahub.previews.chunks import chunks_of
from jupyterlab_datahub.previews.pieces import Genes, Pieces, var_of
from jupyterlab_datahub.ranged import rate
from jupyterlab_datahub.ranged.file import RangedFile
from jupyterlab_datahub.ranged.kept import Fetched, digest
from jupyterlab_datahub.selection import beside, genes
from jupyterlab_datahub.selection.estimate import matrix_of
from jupyterlab_datahub.selection.file import FileTable
from jupyterlab_datahub.selection.frames import Frames, length_of, unique
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.selection.matrix import bands, slabs, sparse_of
from jupyterlab_datahub.selection.opening import opened
from jupyterlab_datahub.selection.room import Room
from jupyterlab_datahub.selection.stream import Reader
from jupyterlab_datahub.selection.where.evaluate import evaluate
from jupyterlab_datahub.selection.where.parse import parse
from jupyterlab_datahub.settings import memory
from jupyterlab_datahub.transfers.selecting.made import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.model import Selection
    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.ranged.rate import Wait

UNREADABLE = 3
"""The status of a process that says what went wrong."""

BLOCK = 1 << 20

MOST_KEPT = 256 << 20
"""Bytes that were fetched and are kept while a selection may be interrupted."""


class Maker:
    """Writes a selection of an open file.

    Parameters
    ----------
    file, source
        The file, as HDF5 and as bytes.
    selection
        What is wanted of it.
    tell
        Is given the bytes of the matrix that have come, and those that come in all.
    fetched
        Keeps what comes for another time.
    room
        How much is in memory at once.
    """

    def __init__(
        self,
        file: h5py.File,
        source: ByteFile,
        selection: Selection,
        tell: Callable[[int, int], object] = lambda _done, _total: None,
        fetched: Fetched | None = None,
        room: Room | None = None,
    ) -> None:
        # Until here, the room of previews needs no more of a file than its frames.
        from jupyterlab_datahub.previews.look import contents

        self._file = file
        self._source = source
        self._selection = selection
        self._tell = tell
        self._done = self._total = 0
        self._turn = threading.Lock()
        self.notes: list[str] = []
        if isinstance(source, RangedFile) and not ahead.bring(file, source):
            approach.bring_headers(file, source)
        self._found = contents(file)
        self._matrix = matrix_of(selection.layer)
        self._check()
        room = room or Room()
        self._reader = Reader(source, self._came, fetched, room)
        self._frames = Frames(file, source, self._reader, self.notes.append, room.rows)
        self._pieces = Pieces(file, source, self._found, _no_picture)
        self._var = self._pieces.var(var_of(self._matrix))

    def write(self, target: h5py.File, provenance: dict[str, str]) -> tuple[int, int]:
        """Write it, and return how many cells and genes there are.

        Raises
        ------
        WhereError, SelectionError
            If the file has not what is wanted, or nothing is chosen.
        UnreadableError, ChangedError, LimitError, CatalogError
        """
        import numpy as np

        try:
            table = FileTable(self._found, self._source)
            chosen = evaluate(parse(self._selection.where), table)
            self.notes += chosen.notes
            cells = np.flatnonzero(chosen.mask)
            wanted, names = self._genes()
            of_genes = len(names.names) if names else length_of(self._var, "var")
            all_genes = np.arange(of_genes) if wanted is None else wanted
            if not len(cells) or not len(all_genes):
                raise SelectionError(
                    f"no {'cells' if not len(cells) else 'genes'} of the file are chosen",
                    hint="Choose more, then try again.",
                )
            encode(target, "anndata", "0.1.0")
            self._fetch_ahead(cells, all_genes)
            self._write_matrix(target, cells, wanted, of_genes)
            kept = self._frames.copy(self._found.obs, target, "obs", cells)
            self._write_var(target, all_genes, names)
            self._write_beside(target, cells, all_genes)
            uns = beside.Uns(kept, self.notes.append).copy(self._file, self._source, target)
            self._write_provenance(uns, provenance)
            return len(cells), len(all_genes)
        finally:
            self._reader.close()
            self._frames.close()

    def _check(self) -> None:
        found = self._found
        if found.format != "h5ad":
            raise NotSupportedError(
                f"selections are made of .h5ad files, and this is {found.format}",
                hint="Download it and have it converted.",
            )
        if self._matrix not in found.nodes:
            there = ", ".join(found.nodes) or "none"
            raise SelectionError(
                f"the file has no matrix {self._matrix[:80]!r}", hint=f"There are: {there}."
            )

    def _fetch_ahead(self, cells: NDArray[Any], genes_: NDArray[Any]) -> None:
        """Begin to fetch what is small, for which the matrix does not have to wait."""
        self._frames.copy_ahead(self._found.obs, "obs", cells)
        self._frames.copy_ahead(self._var, "var", genes_)
        beside.fetch_ahead(self._file, self._frames, "obsm", cells)
        if self._matrix != "raw.X":
            beside.fetch_ahead(self._file, self._frames, "varm", genes_)

    def _genes(self) -> tuple[NDArray[Any] | None, Genes | None]:
        """Return the rows of the chosen genes in their order in the file, None for all.

        Their names come with them where anybody needs those.
        """
        import numpy as np

        if not self._selection.genes and not self._selection.symbols:
            return None, None
        names = self._pieces.genes(var_of(self._matrix))
        found = genes.find(self._selection.genes, names)
        if found.unknown:
            shown = ", ".join(found.unknown[:20])
            self.notes.append(f"{len(found.unknown):,} genes are not in the file: {shown}")
        if found.rows is None:
            return None, names
        return np.array(sorted(found.rows), np.int64), names

    def _write_matrix(
        self, target: h5py.File, cells: NDArray[Any], wanted: NDArray[Any] | None, of_genes: int
    ) -> None:
        import h5py
        import numpy as np

        node = self._found.nodes[self._matrix]
        if isinstance(node, h5py.Dataset):
            [chunks] = chunks_of([node], self._source, self._file, [cells])
            columns = of_genes if wanted is None else len(wanted)
            made = bands(chunks, self._reader, cells, wanted)
            beside.write_bands(target, "X", (len(cells), columns), chunks.dtype, made)
            return
        parts = [hdf5.dataset_at(node, name) for name in ("data", "indices", "indptr")]
        genes_of = np.arange(of_genes) if wanted is None else wanted
        of_cells = self._found.cells
        by_cells = parts[2].shape == (of_cells + 1,) and not self._is_csc(node)
        everything = len(cells) == of_cells
        major = cells if by_cells else genes_of
        minor = wanted if by_cells else (None if everything else cells)
        sides = of_genes if by_cells else of_cells
        sparse = sparse_of(parts, major, self._source, self._file, self._reader, self._expect)
        rows = slabs(sparse, self._reader, minor, sides)
        shape = (len(cells), len(genes_of))
        kind = "csr_matrix" if by_cells else "csc_matrix"
        write_sparse(target, "X", shape, sparse.dtype, rows, kind=kind)

    def _is_csc(self, node: Any) -> bool:
        word = hdf5.text_attribute(node, "encoding-type") or hdf5.text_attribute(
            node, "h5sparse_format"
        )
        return word.startswith("csc")

    def _expect(self, size: int, share: float) -> None:
        """Take how many bytes there are in a share of the matrix, all of which is expected."""
        with self._turn:
            self._total = int(size / share) if share else 0
            self._tell(min(self._done, self._total), self._total)

    def _came(self, size: int) -> None:
        with self._turn:
            self._done += size
            if self._total:
                self._tell(min(self._done, self._total), self._total)

    def _write_var(self, target: h5py.File, rows: NDArray[Any], names: Genes | None) -> None:
        import numpy as np

        index = None
        if self._selection.symbols and names:
            if not names.symbols:
                self.notes.append("genes keep their names, as var has no column of symbols")
            else:
                symbols = [names.symbols[row] or names.names[row] for row in rows.tolist()]
                index = unique(np.array(symbols, dtype=object))
        self._frames.copy(self._var, target, "var", rows, index)

    def _write_beside(self, target: h5py.File, cells: NDArray[Any], rows: NDArray[Any]) -> None:
        def copy(name: str, numbers: NDArray[Any]) -> None:
            beside.copy_arrays(
                self._file,
                self._source,
                self._frames,
                self._reader,
                name,
                target,
                numbers,
                self.notes.append,
            )

        copy("obsm", cells)
        if self._matrix == "raw.X":
            write_dict(target, "varm")
        else:
            copy("varm", rows)
        for name in ("layers", "obsp", "varp"):
            write_dict(target, name)
        there = {*self._found.nodes, *(f"obsp/{name}" for name in self._found.obsp)}
        others = sorted(there - {self._matrix})
        if others:
            self.notes.append(f"left out: {', '.join(others[:20])}")

    def _write_provenance(self, uns: h5py.Group, provenance: dict[str, str]) -> None:
        if "datahub" in uns:
            del uns["datahub"]
        made = write_dict(uns, "datahub")
        for name, value in provenance.items():
            write_scalar(made, name, value)


def make(job: Job, tell: Callable[[int, int], object], wait: Wait = rate.at_once) -> Made:
    """Fetch a selection into a file, of which nothing is left if that fails.

    `tell` is given the bytes that have come and those of all, `wait` waits until a host may send
    more.

    Raises
    ------
    DataHubError
    """
    target = Path(job.target)
    part = target.with_name(f"{target.name}.part")
    try:
        with opened(job, wait) as (file, source, state):
            # Not before the host was asked, see main.
            import h5py

            with _kept(job, source, state) as fetched, h5py.File(part, "w") as made:
                room = Room.of(job.memory)
                maker = Maker(file, source, job.selection, tell, fetched, room)
                cells, genes_ = maker.write(made, _provenance(job, state))
        report = Made(
            size=part.stat().st_size,
            sha256=_sha256(part),
            cells=cells,
            genes=genes_,
            fetched=source.fetched,
            requests=source.requests,
            notes=tuple(maker.notes),
        )
        part.replace(target)
        return report
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _kept(job: Job, source: ByteFile, state: str) -> Iterator[Fetched | None]:
    """Keep what is fetched for as long as it may be wanted another time."""
    if not isinstance(source, RangedFile) or not state:
        yield None
        return
    fetched = Fetched(Path(job.directory) / digest(state, source.size), MOST_KEPT)
    try:
        yield fetched
    except (ChangedError, SelectionError, UnreadableError, WhereError):
        fetched.clear()
        raise
    fetched.clear()


def _provenance(job: Job, state: str) -> dict[str, str]:
    selection = job.selection
    return {
        "ref": job.ref,
        "title": job.title,
        "source": job.config.name,
        "where": selection.where,
        "genes": ",".join(selection.genes),
        "layer": selection.layer,
        "symbols": str(selection.symbols),
        "state": state,
        "retrieved": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _sha256(path: Path) -> str:
    digest_ = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest_.update(block)
    return digest_.hexdigest()


def _no_picture() -> Any:
    raise NotSupportedError("a selection has no picture")


def main() -> int:
    """Do the job that standard input describes."""
    told, wait = rate.told()
    job = from_json(told, Job)
    memory.limit(job.memory)
    # It is there by the time that the host has answered.
    threading.Thread(target=importlib.import_module, args=("h5py",)).start()
    # An object of h5py that is collected by a thread that fetches would wait for HDF5, which waits
    # for what that thread fetches.
    gc.disable()

    def tell(done: int, total: int) -> None:
        sys.stdout.write(f"{done} {total}\n")
        sys.stdout.flush()

    try:
        answer: Any = make(job, tell, wait)
    except (DataHubError, MemoryError) as error:
        body = _in_words(error, job.memory).body()
        sys.stdout.write(msgspec.json.encode(body).decode() + "\n")
        return UNREADABLE
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    return 0


def _in_words(error: DataHubError | MemoryError, most: int) -> DataHubError:
    if isinstance(error, DataHubError) and not memory.was_short(error):
        return error
    return SelectionError(
        memory.words("the selection", most), hint=f"Choose fewer cells or genes. {memory.HINT}"
    )


if __name__ == "__main__":
    sys.exit(main())
