"""What is in the demo's buckets from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.s3.buckets import Bucket
from jupyterlab_datahub.demo.s3.users import READER, VISITOR, WRITER

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.s3.buckets import Buckets

OPEN = "open-images"
PAID = "paid-atlas"
LAB = "lab-results"
FAR = "far-away"
PRIVATE = "private-notes"
FAR_REGION = "eu-central-1"

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


def fill(buckets: Buckets, demo_files: Path) -> None:
    """Make the buckets and put the demo's data into them.

    Parameters
    ----------
    buckets
        Where to.
    demo_files
        The demo's data directory; its h5ad files are put into the bucket that is open.
    """
    buckets.create(Bucket(OPEN, public=True))
    buckets.create(Bucket(PAID, requester_pays=True, readers=_READERS - {WRITER.name}))
    buckets.create(Bucket(LAB, versioned=True, readers=_READERS, writers=frozenset({WRITER.name})))
    buckets.create(Bucket(FAR, region=FAR_REGION, readers=_READERS))
    buckets.create(Bucket(PRIVATE))
    for path in sorted(demo_files.glob("*.h5ad"))[:2]:
        buckets.put(OPEN, f"h5ad/{path.name}", path.read_bytes())
    for number in range(25):
        buckets.put(OPEN, f"plates/plate-{number // 5}/well-{number:02d}.csv", _table(number))
    for key in ODD_KEYS:
        empty = key.endswith(("/", "empty.csv"))
        buckets.put(OPEN, key, b"" if empty else key.encode())
    buckets.put(PAID, "README.txt", b"Whoever fetches from this bucket pays for it.\n")
    for number in range(3):
        buckets.put(PAID, f"tables/exemplar-{number}_cell.csv", _table(number, 20_000))
    for version in range(3):
        buckets.put(LAB, "results/summary.csv", _table(version))
    buckets.put(FAR, "note.txt", b"This bucket is in another region.\n")


def _table(seed: int, rows: int = 40) -> bytes:
    """Return a small table of cells, the same for the same seed."""
    lines = ["CellID,DNA_1,CD45,X_centroid,Y_centroid,Area"]
    for cell in range(1, rows + 1):
        at = (cell * 7919 + seed * 104_729) % 100_003
        lines.append(f"{cell},{at % 4096},{at % 977},{at % 2000}.5,{at // 50}.5,{40 + at % 60}")
    return ("\n".join(lines) + "\n").encode()
