"""What is in the demo's buckets from the start."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.s3 import bundles
from jupyterlab_datahub.demo.s3.buckets import Bucket
from jupyterlab_datahub.demo.s3.users import READER, VISITOR, WRITER
from jupyterlab_datahub.demo.spatial import project as spatial

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.s3.buckets import Buckets

OPEN = "open-images"
PAID = "paid-atlas"
LAB = "lab-results"
FAR = "far-away"
PRIVATE = "private-notes"
FAR_REGION = "eu-central-1"

PROJECT = f"mcmicro/{spatial.SAMPLE}/"
"""Where the MCMICRO project is in the bucket that is open and in the one that is paid for."""

FEATURES = "mcmicro/DMEL02-1-features.zip"
"""The table of the project as a study of the demo's tissue atlas has it, in the latter."""

_READERS = frozenset({READER.name, VISITOR.name, WRITER.name})

ODD_KEYS = (
    "odd/two words.csv",
    "odd/größe-δ-細胞.csv",
    "odd/a..b/../up.csv",
    "odd//twice.csv",
    "odd/100% sure+yes?no#maybe.csv",
    "odd/folder/",
    "odd/empty.csv",
)
"""Keys that S3 allows and that are seldom thought of; the last two have no bytes."""


def fill(buckets: Buckets, demo_files: Path, *, big: bool = False) -> None:
    """Make the buckets and put the demo's data into them.

    Parameters
    ----------
    buckets
        Where to.
    demo_files
        The demo's data directory; its h5ad files are put into the bucket that is open, its
        MCMICRO project into that one and the one that is paid for.
    big
        Whether the project is the great one.
    """
    buckets.create(Bucket(OPEN, public=True))
    buckets.create(Bucket(PAID, requester_pays=True, readers=_READERS - {WRITER.name}))
    buckets.create(Bucket(LAB, versioned=True, readers=_READERS, writers=frozenset({WRITER.name})))
    buckets.create(Bucket(FAR, region=FAR_REGION, readers=_READERS))
    buckets.create(Bucket(PRIVATE))
    for path in sorted(demo_files.glob("*.h5ad"))[:2]:
        buckets.put(OPEN, f"h5ad/{path.name}", path.read_bytes())
    for key, content in bundles.contents(demo_files).items():
        buckets.put(OPEN, key, content)
    for number in range(25):
        buckets.put(OPEN, f"plates/plate-{number // 5}/well-{number:02d}.csv", _table(number))
    for key in ODD_KEYS:
        empty = key.endswith(("/", "empty.csv"))
        buckets.put(OPEN, key, b"" if empty else key.encode())
    buckets.put(PAID, "README.txt", b"Whoever fetches from this bucket pays for it.\n")
    _put_project(buckets, spatial.folder(demo_files, big=big))
    for number in range(3):
        buckets.put(PAID, f"tables/exemplar-{number}_cell.csv", _table(number, 20_000))
    for version in range(3):
        buckets.put(LAB, "results/summary.csv", _table(version))
    buckets.put(FAR, "note.txt", b"This bucket is in another region.\n")


def _put_project(buckets: Buckets, project: Path) -> None:
    for path in sorted(project.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            for bucket in (OPEN, PAID):
                buckets.put(bucket, PROJECT + path.relative_to(project).as_posix(), content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.write(project / spatial.TABLE, Path(spatial.TABLE).name)
    buckets.put(PAID, FEATURES, packed.getvalue())


def _table(seed: int, rows: int = 40) -> bytes:
    """Return a small table of cells, the same for the same seed."""
    lines = ["CellID,DNA_1,CD45,X_centroid,Y_centroid,Area"]
    for cell in range(1, rows + 1):
        at = (cell * 7919 + seed * 104_729) % 100_003
        lines.append(f"{cell},{at % 4096},{at % 977},{at % 2000}.5,{at // 50}.5,{40 + at % 60}")
    return ("\n".join(lines) + "\n").encode()
