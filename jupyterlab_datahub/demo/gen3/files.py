"""The files of the demo's commons: real cells as .h5ad and .csv, and files that cause trouble."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from jupyterlab_datahub.demo.gen3.cohort import cohort
from jupyterlab_datahub.demo.gen3.index import uuid_of
from jupyterlab_datahub.demo.gen3.users import CLOSED, OPEN, PROGRAM, PROJECT, resource_of
from jupyterlab_datahub.demo.pbmc import read_pbmc
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.gen3.cohort import Sample

TEST = resource_of(PROGRAM, PROJECT)
HIDDEN = resource_of(PROGRAM, CLOSED)

OPEN_CASES = 12
"""The first cases of the project, whose tables are open."""

MATRICES = "expression_matrix"
COUNTS = "counts_table"
READINGS = "well_reading"
REFERENCES = "reference_file"

WELLS = tuple(f"{row}{column:02}" for row in "AB" for column in range(1, 6))
BIG_KEY = "pbmc68k/big"
PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class FileSpec:
    """A file of the commons.

    ``key`` is what decides its identifier. ``source`` is a key of the demo's catalog, bytes, or
    None for the counts of ``sample``. ``name`` is what the record says, None where it says
    nothing. ``lost`` files have a record and are in no bucket; ``scheme`` is where the record
    says that they are; ``hashed`` is whether the record knows the MD5.
    """

    key: str
    name: str | None
    node: str
    project: str = PROJECT
    authz: str = TEST
    source: str | bytes | None = None
    sample: Sample | None = None
    experiment: int = 1
    title: str = ""
    version_of: str = ""
    version: str | None = None
    lost: bool = False
    scheme: str = "s3"
    hashed: bool = True


class Measured(Struct):
    """What a record says of a file's bytes: ``size`` in bytes, ``md5`` in hexadecimal."""

    size: int
    md5: str


class Made(Struct):
    """A file that is on the disk."""

    path: str
    measured: Measured


@cache
def specs() -> tuple[FileSpec, ...]:
    """Return all files."""
    return (*_matrices(), *_tables(PROJECT), *_tables(CLOSED), *_readings(), *_references())


def _matrices() -> Iterator[FileSpec]:
    for key, name, authz, title in (
        ("pbmc68k/all", "pbmc68k_reduced.h5ad", TEST, "PBMC 68k, reduced"),
        ("pbmc68k/monocytes", "monocytes.h5ad", OPEN, "CD14+ monocytes of PBMC 68k"),
        ("pbmc68k/b-cells", "b_cells.h5ad", OPEN, "CD19+ B cells of PBMC 68k"),
        ("pbmc68k/t-cells", "t_cells.h5ad", TEST, "T cells of PBMC 68k"),
        ("pbmc68k/dendritic", "dendritic.h5ad", OPEN, "Dendritic cells of PBMC 68k"),
        ("pbmc68k/tiled", "pbmc68k_tiled.h5ad", TEST, "PBMC 68k, repeated to 7,000 cells"),
        (BIG_KEY, "pbmc68k_big.h5ad", OPEN, "PBMC 68k, repeated to more than a gigabyte"),
    ):
        yield FileSpec(key=key, name=name, node=MATRICES, authz=authz, source=key, title=title)
    yield FileSpec(
        key="pbmc68k/nk",
        name="nk_cells.h5ad",
        node=MATRICES,
        project=CLOSED,
        authz=HIDDEN,
        source="pbmc68k/nk",
        title="CD56+ natural killer cells of PBMC 68k, unpublished",
    )


def _tables(project: str) -> Iterator[FileSpec]:
    """Yield the counts of each sample, all of one name, as labs call them."""
    for sample in cohort(project).samples:
        opened = project == PROJECT and sample.case.number <= OPEN_CASES
        yield FileSpec(
            key=f"{project}/counts/{sample.number}",
            name="counts.csv",
            node=COUNTS,
            project=project,
            authz=OPEN if opened else resource_of(PROGRAM, project),
            sample=sample,
            experiment=sample.case.experiment.number,
            title=f"Counts of {sample.submitter_id}",
        )


def _readings() -> Iterator[FileSpec]:
    """Yield some hundred small files, ten names again and again."""
    for sample in cohort(PROJECT).samples[::2]:
        for well in WELLS:
            yield FileSpec(
                key=f"reading/{sample.number}/{well}",
                name=f"well_{well}.tsv",
                node=READINGS,
                authz=OPEN if sample.case.number <= OPEN_CASES else TEST,
                source=_reading(sample, well),
                sample=sample,
                experiment=sample.case.experiment.number,
                title=f"Well {well} of {sample.submitter_id}",
            )


def _reading(sample: Sample, well: str) -> bytes:
    start = sample.number * 31 + ord(well[0]) + int(well[1:]) * 17
    rows = (f"{minute}\t{(start * (minute + 3)) % 997 / 1000:.3f}" for minute in range(0, 120, 2))
    return (
        "\n".join((f"# {sample.submitter_id} {well}", "minute\tabsorbance", *rows)) + "\n"
    ).encode()


def _references() -> Iterator[FileSpec]:
    """Yield files whose names or records have been trouble for downloads."""
    names = {
        "parent": "../../outside.txt",
        "folders": "plates/2026/layout.tsv",
        "absolute": "/etc/motd",
        "windows": "..\\..\\outside.txt",
        "umlaut": "Größe in µm.txt",
        "chinese": "细胞.csv",
        "spaces": " two  spaces .txt",
        "percent": "100% & more?.txt",
        "device": "aux.txt",
        "none": None,
    }
    for key, name in names.items():
        yield FileSpec(
            key=f"reference/{key}",
            name=name,
            node=REFERENCES,
            authz=OPEN,
            source=f"This file is called {name}\n".encode(),
            title=f"A file with a difficult name: {key}",
        )
    for number, text in (("1", "gene,mean\nCD3D,1.2\n"), ("2", "gene,mean\nCD3D,1.3\nLYZ,4\n")):
        yield FileSpec(
            key=f"reference/means/{number}",
            name="means.csv",
            node=REFERENCES,
            authz=OPEN,
            source=text.encode(),
            title=f"Means of genes, version {number}",
            version_of="reference/means",
            version=number,
        )
    yield FileSpec(
        key="reference/empty",
        name="empty.txt",
        node=REFERENCES,
        authz=OPEN,
        source=b"",
        title="A file of no bytes",
    )
    yield FileSpec(
        key="reference/unhashed",
        name="unhashed.txt",
        node=REFERENCES,
        authz=OPEN,
        source=b"The record knows no checksum.\n",
        hashed=False,
        title="A file without a checksum",
    )
    yield FileSpec(
        key="reference/lost",
        name="lost.txt",
        node=REFERENCES,
        authz=OPEN,
        source=b"Gone.\n",
        lost=True,
        title="A file that is in no bucket any more",
    )
    yield FileSpec(
        key="reference/google",
        name="elsewhere.txt",
        node=REFERENCES,
        authz=OPEN,
        source=b"In a bucket of another cloud.\n",
        scheme="gs",
        title="A file in a bucket of another cloud",
    )


def make(demo_files: Path, *, big: bool = True) -> dict[str, Made]:
    """Return the files by their keys, making once what is missing.

    Parameters
    ----------
    demo_files
        The demo's data directory, which is prepared.
    big
        Whether there is a file of more than a gigabyte.
    """
    directory = demo_files / f"gen3-{_stamp()}"
    if not directory.is_dir():
        _write(directory, demo_files)
    made = from_json((directory / "made.json").read_bytes(), dict[str, Made])
    found = {
        key: Made(path=str(directory / one.path), measured=one.measured)
        for key, one in made.items()
    }
    if big and (path := _demo_file(demo_files, BIG_KEY)).exists():
        found[BIG_KEY] = Made(path=str(path), measured=_remembered(directory, path))
    return found


def _stamp() -> str:
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("cohort.py", "files.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()[:20]


def _write(directory: Path, demo_files: Path) -> None:
    """Make all files but the big one beside `directory`, then put them in its place."""
    with tempfile.TemporaryDirectory(dir=demo_files, prefix=".gen3-") as name:
        part = Path(name) / "files"
        part.mkdir()
        made = {}
        tables = _counts()
        for spec in specs():
            if spec.source == BIG_KEY:
                continue
            if isinstance(spec.source, str):
                path = _demo_file(demo_files, spec.source)
                made[spec.key] = Made(path=f"../{path.name}", measured=_measured(path))
                continue
            content = spec.source
            if content is None:
                content = tables[spec.key]
            path = part / uuid_of(spec.key)
            path.write_bytes(content)
            made[spec.key] = Made(path=path.name, measured=_measured(path))
        (part / "made.json").write_bytes(msgspec.json.encode(made))
        try:
            part.rename(directory)
        except OSError:
            if not directory.is_dir():
                raise


def _counts() -> dict[str, bytes]:
    """Return the table of each sample: the real cells, dealt out to the samples one by one."""
    cells = read_pbmc()
    names = list(cells.obs.index)
    genes = list(cells.var["feature_name"])
    samples = [spec for spec in specs() if spec.source is None]
    tables = {}
    for at, spec in enumerate(samples):
        rows = range(at, len(names), len(samples))
        lines = [",".join(("cell", *genes))]
        for row, counts in zip(rows, cells.counts[list(rows)].toarray(), strict=True):
            lines.append(",".join((str(names[row]), *(str(int(count)) for count in counts))))
        tables[spec.key] = ("\n".join(lines) + "\n").encode()
    return tables


def _demo_file(demo_files: Path, key: str) -> Path:
    """Return the newest version of a dataset of the demo's catalog."""
    spec = next(spec for spec in PBMC.datasets if spec.key == key)
    return demo_files / f"{spec.version_id(spec.newest)}.h5ad"


def _measured(path: Path) -> Measured:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return Measured(size=path.stat().st_size, md5=digest.hexdigest())


def _remembered(directory: Path, path: Path) -> Measured:
    """Return what a large file measures; it is read once, for that takes seconds."""
    note = directory / f"{path.stem}-{path.stat().st_mtime_ns}.json"
    if not note.exists():
        written = note.with_suffix(".part")
        written.write_bytes(msgspec.json.encode(_measured(path)))
        written.replace(note)
    return from_json(note.read_bytes(), Measured)
