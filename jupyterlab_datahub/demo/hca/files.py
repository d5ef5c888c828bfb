"""Making the files of the demo's Human Cell Atlas, and writing down what is in them."""

from __future__ import annotations

import gzip
import hashlib
import random
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.demo.hca import matrices
from jupyterlab_datahub.demo.hca.graph import FileRecord
from jupyterlab_datahub.demo.hca.islets import islet_cells
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterlab_datahub.demo.hca.specs import FileSpec, ProjectSpec
    from jupyterlab_datahub.demo.pbmc import Pbmc

FOLDER = "hca"
"""Where in the data directory the files are."""

RECORDS = "records.json"

SMALL = 1 << 16
"""Bytes up to which a CRC32C is computed: nothing here computes it fast."""

CRC32C = 0x82F63B78
"""Castagnoli's polynomial, reflected."""


def blob_name(uuid: str, file_format: str) -> str:
    """Return what a file is called where it is stored."""
    return f"{uuid}.{file_format}"


def make(directory: Path, projects: Iterable[ProjectSpec], pbmc: Pbmc) -> None:
    """Make the files of all projects, with the records, in a new directory."""
    directory.mkdir()
    records: dict[str, FileRecord] = {}
    for project in projects:
        for file in project.files:
            uuid = project.file_id(file)
            if file.made and uuid not in records:
                path = directory / blob_name(uuid, file.format)
                _write(path, project, file, pbmc)
                records[uuid] = _record(path)
    (directory / RECORDS).write_bytes(msgspec.json.encode(records))


def read_records(directory: Path) -> dict[str, FileRecord]:
    """Return what is known of the files, by UUID."""
    return from_json((directory / RECORDS).read_bytes(), dict[str, FileRecord])


def _write(path: Path, project: ProjectSpec, file: FileSpec, pbmc: Pbmc) -> None:
    if file.made == "fastq":
        path.write_bytes(fastq(project.file_id(file)))
        return
    if file.made == "text":
        path.write_bytes(f"{file.name} of {project.short}.\n{project.description}\n".encode())
        return
    kind = file.made.partition("/")[0].partition("*")[0]
    cells = matrices.choose(file.made, project, file, pbmc)
    if kind == "optimus":
        matrices.write_optimus(path, project, file, cells, compressed="*" not in file.made)
    elif kind == "smartseq2":
        matrices.write_smartseq2(path, project, file, cells)
    elif kind == "islets":
        matrices.write_smartseq2(path, project, file, islet_cells(cells))
    elif kind == "dcp1":
        matrices.write_dcp1(path, project, file, cells)
    elif kind == "h5ad":
        matrices.write_h5ad(path, project, file, cells)
    else:
        path.write_bytes(_archive(kind, file, cells))


def _archive(kind: str, file: FileSpec, cells: matrices.Cells) -> bytes:
    stem = file.name.partition(".")[0]
    if kind == "csv":
        return matrices.csv_of(cells)
    if kind == "tsv":
        return matrices.csv_of(cells, "\t")
    if kind == "mtx":
        return matrices.tenx_of(cells)["matrix.mtx.gz"]
    if kind == "csv.zip":
        return matrices.zip_of({f"{stem}/expression.csv": matrices.csv_of(cells)})
    members = {f"{stem}/{name}": text for name, text in matrices.tenx_of(cells).items()}
    return matrices.tar_of(members) if kind == "tar" else matrices.zip_of(members)


def fastq(uuid: str, reads: int = 12, length: int = 60) -> bytes:
    """Return a few reads that nobody sequenced, packed; the same for the same UUID."""
    chance = random.Random(uuid)  # noqa: S311 - it has to be the same every time
    lines = []
    for at in range(reads):
        bases = "".join(chance.choices("ACGT", k=length))
        quality = "".join(chance.choices("FF:,#", k=length))
        lines.append(f"@DEMO:1:{uuid[:8]}:{at}\n{bases}\n+\n{quality}\n")
    return gzip.compress("".join(lines).encode(), mtime=0)


def _record(path: Path) -> FileRecord:
    size = path.stat().st_size
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    crc = crc32c(path.read_bytes()) if size <= SMALL else ""
    return FileRecord(size=size, sha256=sha256, crc32c=crc)


def crc32c(content: bytes) -> str:
    """Return the CRC32C as eight hexadecimal digits."""
    table = _table()
    crc = 0xFFFFFFFF
    for byte in content:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return f"{crc ^ 0xFFFFFFFF:08x}"


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (CRC32C if crc & 1 else 0)
        table.append(crc)
    return tuple(table)
