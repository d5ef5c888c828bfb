"""The datasets of the demo's openBIS: real cells of the demo, and files with difficult names.

Nothing is copied: the data store serves the demo's own files. What openBIS alone needs (tables,
a 10x directory, many small files) is made once beside them.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from jupyterlab_datahub.demo.openbis.defaults import (
    COLLECTION,
    HIDDEN_COLLECTION,
    OBJECT,
    SCIENTIST,
    add_collection,
)
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    DataSetType,
    Experiment,
    Physical,
    PropertyValue,
    Sample,
    StoredFile,
)

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.store import Store

CELLS = "20240115093012345-11"
"""All cells of PBMC 68k, of the object Donor 1."""
MONOCYTES = "20240116101500100-12"
"""The monocytes of them; :data:`CELLS` is its parent."""
NAMES = "20240117140000000-13"
"""Nested folders, names with everything a name may have, an empty file."""
ARCHIVED = "20190503080000000-14"
"""Not at hand."""
MANY = "20240220120000000-15"
"""Many small files."""
TENX = "20240301090000000-16"
"""A matrix as Cell Ranger writes it."""
TABLE = "20240302090000000-17"
"""A table of counts."""
ATLAS = "20240401090000000-18"
"""In the space SHARED, which the reader cannot see."""
HIDDEN = "20240402090000000-19"
"""In the space SECRET, which the reader cannot see; :data:`CELLS` is its parent."""
BIG = "20240501090000000-20"
"""A file of more than a gigabyte, where the demo has one."""

SHARED_COLLECTION = "/SHARED/REFERENCE/ATLAS"
SMALL_FILES = 150
BIG_KEY = "pbmc68k/big"
PIECE = 1 << 20
LARGE = 1 << 28
"""Bytes from which a file is read once, for that takes seconds."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A dataset; ``files`` is path by path: a key of the demo's catalog, or bytes.

    ``owner`` is the identifier of a collection, or of an object.
    """

    perm_id: str
    type: str
    properties: dict[str, PropertyValue]
    files: dict[str, str | bytes]
    owner: str = COLLECTION
    parents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    status: str = "AVAILABLE"


def fill(store: Store, demo_files: Path, *, big: bool = True) -> None:
    """Put the datasets into a furnished store.

    Parameters
    ----------
    store
        Has its types and collections.
    demo_files
        The demo's data directory, where what is missing is made.
    big
        Whether there is a file of more than a gigabyte.
    """
    add_collection(store, SHARED_COLLECTION, "COLLECTION", {"$NAME": "Reference atlas"})
    made = _made(demo_files)
    for entry in entries():
        if entry.perm_id == BIG and not big:
            continue
        files = []
        for path, source in entry.files.items():
            file = _demo_file(demo_files, source) if isinstance(source, str) else None
            if not isinstance(source, str):
                file = made / _name(source)
            if file and file.exists():
                crc = _crc32(file, file.stat().st_mtime_ns, made)
                files.append(StoredFile(path=path, size=file.stat().st_size, crc32=crc, file=file))
        if files:
            store.fill(_add(store, entry), files, entry.folders)


def _add(store: Store, entry: Entry) -> DataSet:
    sample = store.find(Sample, entry.owner)
    moment = _moment(entry.perm_id)
    dataset = DataSet(
        code=entry.perm_id,
        perm_id=entry.perm_id,
        registrator=SCIENTIST,
        registered=moment,
        modifier=SCIENTIST,
        modified=moment,
        type=store.get(DataSetType, entry.type),
        properties=dict(entry.properties),
        experiment=sample.experiment if sample else store.get(Experiment, entry.owner),
        sample=sample,
        parents=[store.dataset(parent) for parent in entry.parents],
        physical=Physical(
            location=f"DEMO/{entry.perm_id[-2:]}/{entry.perm_id}",
            status=entry.status,
            present_in_archive=entry.status == "ARCHIVED",
        ),
    )
    return store.add(dataset)


@cache
def entries() -> tuple[Entry, ...]:
    """Return the datasets, parents first."""
    human: dict[str, PropertyValue] = {"ORGANISM": "HUMAN"}
    return (
        Entry(
            perm_id=CELLS,
            type="PROCESSED_DATA",
            properties={"$NAME": "PBMC 68k, reduced", "CELLS": "700", **human},
            files={"original/pbmc68k.h5ad": "pbmc68k/all"},
            owner=OBJECT,
        ),
        Entry(
            perm_id=MONOCYTES,
            type="PROCESSED_DATA",
            properties={"$NAME": "CD14+ monocytes of PBMC 68k", **human},
            files={"original/monocytes.h5ad": "pbmc68k/monocytes"},
            parents=(CELLS,),
        ),
        Entry(
            perm_id=NAMES,
            type="RAW_DATA",
            properties={
                "$NAME": 'Names, with "quotes", commas & <brackets>',
                "NOTES": "Files whose names have been trouble for transfers.",
            },
            files=_difficult_names(),
            folders=("original/default/nothing in here",),
        ),
        Entry(
            perm_id=ARCHIVED,
            type="RAW_DATA",
            properties={"$NAME": "Pilot of 2019", "NOTES": "Archived after publication."},
            files={"original/pilot.h5ad": "pbmc68k/b-cells"},
            status="ARCHIVED",
        ),
        Entry(
            perm_id=MANY,
            type="RAW_DATA",
            properties={"$NAME": "Plate images, 150 wells"},
            files={
                f"original/default/well {row}{column:02}.txt": _well(row, column)
                for row in "ABCDEFGHIJ"
                for column in range(1, SMALL_FILES // 10 + 1)
            },
        ),
        Entry(
            perm_id=TENX,
            type="SEQUENCING_RUN",
            properties={
                "$NAME": "Cell Ranger output, run 7",
                "ASSAYS": ["10X_3_V3"],
                "MEASURED_ON": "2024-02-29",
                **human,
            },
            files={
                f"original/filtered_feature_bc_matrix/{name}": content
                for name, content in _tenx().items()
            },
            owner=OBJECT,
        ),
        Entry(
            perm_id=TABLE,
            type="PROCESSED_DATA",
            properties={"$NAME": "Counts of ten genes", "CELLS": "40", **human},
            files={"original/counts.csv": _csv()},
        ),
        Entry(
            perm_id=ATLAS,
            type="PROCESSED_DATA",
            properties={"$NAME": "T cells of PBMC 68k", **human},
            files={"original/t-cells.h5ad": "pbmc68k/t-cells"},
            owner=SHARED_COLLECTION,
        ),
        Entry(
            perm_id=HIDDEN,
            type="PROCESSED_DATA",
            properties={"$NAME": "Unpublished natural killer cells", **human},
            files={"original/nk.h5ad": "pbmc68k/nk"},
            owner=HIDDEN_COLLECTION,
            parents=(CELLS,),
        ),
        Entry(
            perm_id=BIG,
            type="PROCESSED_DATA",
            properties={"$NAME": "PBMC 68k, repeated to more than a gigabyte", **human},
            files={"original/big.h5ad": BIG_KEY},
        ),
    )


def _difficult_names() -> dict[str, str | bytes]:
    names = (
        "it's here.txt",
        'a "quoted" word.txt',
        "one, two; three.csv",
        "#1 of 2.txt",
        "100% sure.txt",
        "a+b=c & d?.txt",
        "Größe in µm.txt",
        "细胞.txt",
        "[brackets] {braces}.txt",
    )
    root = "original/default"
    files: dict[str, str | bytes] = {
        f"{root}/{name}": f"This file is called {name}\n".encode() for name in names
    }
    files[f"{root}/empty.txt"] = b""
    files[f"{root}/deep/er/and deeper/cells.h5ad"] = "pbmc68k/dendritic"
    files[f"{root}/deep/er/notes.md"] = b"# Notes\n\nTwo folders down.\n"
    return files


def _well(row: str, column: int) -> bytes:
    line = f"{row}{column:02}\t{(ord(row) * 31 + column * 17) % 997}\n"
    return (line * (20 + column * 4)).encode()


GENES = ("CD3D", "CD8A", "CD14", "CD19", "MS4A1", "NKG7", "GNLY", "LYZ", "FCER1A", "PPBP")


def _count(gene: int, cell: int) -> int:
    return (gene * 7 + cell * 13) % 11 if (gene + cell) % 3 else 0


def _tenx() -> dict[str, bytes]:
    cells = 40
    found = [
        (gene + 1, cell + 1, _count(gene, cell))
        for cell in range(cells)
        for gene in range(len(GENES))
        if _count(gene, cell)
    ]
    matrix = "%%MatrixMarket matrix coordinate integer general\n%\n"
    matrix += f"{len(GENES)} {cells} {len(found)}\n"
    matrix += "".join(f"{gene} {cell} {count}\n" for gene, cell, count in found)
    features = "".join(
        f"ENSG{number:011}\t{gene}\tGene Expression\n" for number, gene in enumerate(GENES, 1)
    )
    barcodes = "".join(f"{_barcode(cell)}-1\n" for cell in range(cells))
    texts = {
        "matrix.mtx.gz": matrix,
        "features.tsv.gz": features,
        "barcodes.tsv.gz": barcodes,
    }
    return {name: gzip.compress(text.encode(), mtime=0) for name, text in texts.items()}


def _csv() -> bytes:
    rows = [",".join(("cell", *GENES))]
    for cell in range(40):
        counts = (str(_count(gene, cell)) for gene in range(len(GENES)))
        rows.append(",".join((f"{_barcode(cell)}-1", *counts)))
    return ("\n".join(rows) + "\n").encode()


def _barcode(cell: int) -> str:
    return "".join("ACGT"[(cell >> 2 * place) & 3] for place in range(16))


def _moment(perm_id: str) -> int:
    """Return the time a permId begins with, in milliseconds since 1970."""
    moment = datetime.strptime(perm_id[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def _demo_file(demo_files: Path, key: str) -> Path | None:
    """Return the newest version of a dataset of the demo's catalog, None where it has none."""
    spec = next((spec for spec in PBMC.datasets if spec.key == key), None)
    return demo_files / f"{spec.version_id(spec.newest)}.h5ad" if spec else None


def _made(demo_files: Path) -> Path:
    """Return the directory with the files that openBIS alone needs, making it once."""
    contents = {
        _name(content): content
        for entry in entries()
        for content in entry.files.values()
        if isinstance(content, bytes)
    }
    directory = demo_files / f"openbis-{_name(''.join(sorted(contents)).encode())}"
    if directory.is_dir():
        return directory
    with tempfile.TemporaryDirectory(dir=demo_files, prefix=".openbis-") as name:
        part = Path(name) / "files"
        part.mkdir()
        for file, content in contents.items():
            (part / file).write_bytes(content)
        try:
            part.rename(directory)
        except OSError:
            if not directory.is_dir():
                raise
    return directory


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


@cache
def _crc32(file: Path, modified: int, notes: Path) -> int:
    """Return the checksum of a file; that of a large one is read from a note beside it."""
    note = notes / f"{file.stem}-{modified}.crc32"
    large = file.stat().st_size >= LARGE
    if large and note.exists():
        return int(note.read_text(encoding="ascii"))
    crc = 0
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            crc = zlib.crc32(piece, crc)
    if large:
        part = note.with_suffix(f".{os.getpid()}.part")
        part.write_text(str(crc), encoding="ascii")
        part.replace(note)
    return crc
