"""Measure a file table of HTAN on its way into the catalog: time, and memory at its greatest.

    python -m bench.htan --rows 1000000

writes a table of that many files, as the portal's JSON in gzip and as CSV, and brings each into a
catalog of its own with the process that refreshes catalogs. Memory must not grow with the table, so
a tenth of it is measured first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.download import MIB, run
from jupyterlab_datahub.settings import Settings, SourceConfig

HARVEST = """
import sys
import msgspec
from jupyterlab_datahub.catalog.harvest import harvest
from jupyterlab_datahub.settings import Settings
harvest(msgspec.json.decode(sys.argv[1], type=Settings), "htan")
"""

ORGANS = ("Breast", "Colon", "Lung", "Pancreas", "Skin", "Ovary", "Blood", "Brain")
ASSAYS = ("scRNA-seq", "CyCIF", "Bulk DNA", "MIBI", "10x Visium", "H&E")
FORMATS = ("h5ad", "tif", "bam", "fastq", "csv", "mtx")
COLUMNS = ("DataFileID", "Filename", "FileFormat", "level", "assayName", "atlas_name", "organType")


def row(number: int) -> dict[str, object]:
    """Return a file of the table, about as long as the portal's are."""
    kind = FORMATS[number % len(FORMATS)]
    atlas = number % 14 + 1
    return {
        "DataFileID": f"HTA{atlas}_{number % 900}_{number}",
        "Filename": f"level_{number % 4 + 1}/sample_{number % 5000}/file-{number}.{kind}",
        "FileFormat": kind,
        "level": f"Level {number % 4 + 1}",
        "assayName": ASSAYS[number % len(ASSAYS)],
        "atlas_name": f"HTAN {atlas}",
        "organType": [ORGANS[number % len(ORGANS)]],
        "PrimaryDiagnosis": ["Adenocarcinoma NOS"],
        "synapseId": f"syn{30_000_000 + number}",
        "downloadSource": "CRDC-GC/SB-CGC (open access)",
        "viewers": {"crdcGc": {"name": f"file-{number}", "drs_uri": f"dg.4DFC/{number:032x}"}},
        "biospecimenIds": [f"HTA{atlas}_{number % 900}_{n}" for n in range(3)],
        "Gender": ["female"],
        "VitalStatus": ["Alive"],
        "TreatmentType": ["Chemotherapy", "Radiation"],
        "releaseVersion": "v7.0",
    }


def write_json(path: Path, rows: int) -> None:
    """Write a table as the portal's JSON, packed."""
    with gzip.open(path, "wt", compresslevel=1) as file:
        for number in range(rows):
            file.write(("," if number else '{"cases": [], "files": [') + json.dumps(row(number)))
        file.write("]}")


def write_csv(path: Path, rows: int) -> None:
    """Write a table as CSV."""
    with path.open("w") as file:
        file.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            said = row(number) | {"organType": ORGANS[number % len(ORGANS)]}
            file.write(",".join(str(said[name]) for name in COLUMNS) + "\n")


def main() -> None:
    """Measure, and print a line for each table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as place:
        for count in (rows // 10, rows):
            for ending, write in (("json.gz", write_json), ("csv", write_csv)):
                folder = Path(place, f"{count}-{ending}")
                folder.mkdir()
                path = folder / f"files.{ending}"
                write(path, count)
                config = SourceConfig(name="htan", kind="htan", options={"path": str(path)})
                settings = Settings(home=str(folder / "home"), root=str(folder), sources=(config,))
                said = msgspec.json.encode(settings).decode()
                cost = run([[sys.executable, "-c", HARVEST, said]])
                print(
                    f"{count:>9,} files as {ending:<7} {path.stat().st_size / MIB:7.0f} MiB:"
                    f" {cost.wall:6.1f} s, {cost.memory / MIB:5.0f} MiB at most"
                )


if __name__ == "__main__":
    main()
