"""What is in the demo's Synapse from the start: three projects, made up or of the demo's cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from jupyterlab_datahub.demo.synapse.entities import CONTROLLED, TERMS, Entities, Entity

if TYPE_CHECKING:
    from pathlib import Path

CELLS = "syn90000100"
"""The project with the demo's cells."""

CELLS_FOLDER = "syn90000101"
PLATES = "syn90000102"
"""A folder with more files than two pages of the tree hold."""

RESTRICTED = "syn90000103"
ELSEWHERE = "syn90000104"

ANNOTATED = "syn90000110"
"""A file of two versions."""

CONTROLLED_FILE = "syn90000120"
TERMS_FILE = "syn90000121"
NO_DOWNLOAD = "syn90000122"
EXTERNAL = "syn90000130"
SFTP = "syn90000131"
BUCKET = "syn90000132"
LINK = "syn90000133"
FOLDER_LINK = "syn90000134"
TRASHED = "syn90000135"
TABLE = "syn90000136"
PRIVATE = "syn90000137"
COLLECTION = "syn90000138"

LUNG = "syn90000001"
"""The project that a study of the demo's tissue atlas names, with its tables of markers."""

MARKERS = ("syn90000011", "syn90000012")
COLON = "syn90000002"

READINGS = 320
FIRST_READING = 90_001_000

WIKI = """# Blood cells of one donor

Cells of the collection **PBMC 68k** ([Zheng et al. 2017](https://doi.org/10.1038/ncomms14049)), as
the demo has them, with made-up readings of plates beside them.

${toc}

## How to use them

Load *annotated.h5ad*; version 2 has more cells than version 1. What is under *Restricted* asks for
an agreement or an approval first.
"""

MARKER_NAMES = ("DNA_1", "CD45", "CD3D", "CD20", "PanCK", "SMA", "CD68", "Ki67", "PD1", "CD8A")


def fill(entities: Entities, demo_files: Path, directory: Path, public: str) -> None:
    """Put the projects in.

    Parameters
    ----------
    entities
        Empty so far.
    demo_files
        The demo's data directory.
    directory
        Where small files are written.
    public
        An address below which the store gives files to everybody.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _cells(entities, demo_files)
    _plates(entities, directory)
    _restricted(entities, directory)
    _elsewhere(entities, directory, public)
    _atlas(entities, directory)


def _cells(entities: Entities, demo_files: Path) -> None:
    entities.add(Entity(CELLS, "Blood cells (demo)", "project", wiki=WIKI))
    entities.add(Entity(CELLS_FOLDER, "Cells", "folder", CELLS))
    ids = [ANNOTATED, "syn90000111", "syn90000112"]
    for id_, key, name in zip(
        ids, ("all", "t-cells", "nk"), ("annotated", "t-cells", "nk-cells"), strict=True
    ):
        spec = next(one for one in PBMC.datasets if one.key == f"pbmc68k/{key}")
        versions = [
            entities.new_handle(f"{name}.h5ad", demo_files / f"{spec.version_id(version)}.h5ad")
            for version in spec.versions[-2:]
        ]
        entities.add(
            Entity(
                id_,
                f"{name}.h5ad",
                "file",
                CELLS_FOLDER,
                versions=[*versions],
                annotations={
                    "species": ("STRING", ["Homo sapiens"]),
                    "tissue": ("STRING", ["blood"]),
                    "assay": ("STRING", ["10x 3' v1"]),
                    "cellTypes": ("STRING", [name, "leukocyte"]),
                    "collectedOn": ("TIMESTAMP_MS", ["1489363200000"]),
                },
                wiki=f"Cells of the donor ({name}), as an AnnData.",
            )
        )
    entities.add(
        Entity(
            COLLECTION,
            "Cells, first release",
            "dataset",
            CELLS,
            items=[(ANNOTATED, 1), (ids[1], 1)],
        )
    )


def _plates(entities: Entities, directory: Path) -> None:
    entities.add(Entity(PLATES, "Plates", "folder", CELLS))
    for number in range(READINGS):
        name = f"reading-{number + 1:03}.csv"
        path = directory / name
        path.write_text(
            "well,value\n" + "".join(f"{row}1,{(number * 7 + at) % 97}\n" for at, row in _rows()),
            encoding="utf-8",
        )
        id_ = f"syn{FIRST_READING + number}"
        handle = entities.new_handle(name, path)
        entities.add(Entity(id_, name, "file", PLATES, versions=[handle]))


def _rows() -> list[tuple[int, str]]:
    return list(enumerate("ABCDEFGH"))


def _restricted(entities: Entities, directory: Path) -> None:
    entities.add(Entity(RESTRICTED, "Restricted", "folder", CELLS))
    path = directory / "donors.csv"
    path.write_text("donor,age\nD1,34\nD2,58\n", encoding="utf-8")
    for id_, name, restriction, downloads in (
        (CONTROLLED_FILE, "donors.csv", CONTROLLED, True),
        (TERMS_FILE, "donors-coarse.csv", TERMS, True),
        (NO_DOWNLOAD, "donors-draft.csv", "OPEN", False),
    ):
        entities.add(
            Entity(
                id_,
                name,
                "file",
                RESTRICTED,
                versions=[entities.new_handle(name, path)],
                restriction=restriction,
                met=restriction == "OPEN",
                downloads=downloads,
            )
        )


def _elsewhere(entities: Entities, directory: Path, public: str) -> None:
    entities.add(Entity(ELSEWHERE, "Elsewhere", "folder", CELLS))
    path = directory / "public.csv"
    path.write_text("gene,length\nCD3D,171\nMS4A1,297\n", encoding="utf-8")
    handles = {
        EXTERNAL: ("public.csv", "ExternalFileHandle", {"externalURL": f"{public}/public.csv"}),
        SFTP: (
            "reads.fastq.gz",
            "ExternalFileHandle",
            {"externalURL": "sftp://sftp.example.org/lab/reads.fastq.gz"},
        ),
        BUCKET: (
            "slide.ome.tif",
            "ExternalObjectStoreFileHandle",
            {
                "endpointUrl": "https://s3.example.org",
                "bucket": "lab-slides",
                "fileKey": "2026/slide.ome.tif",
            },
        ),
    }
    for id_, (name, kind, more) in handles.items():
        handle = entities.new_handle(name, None, kind, **more)
        entities.add(Entity(id_, name, "file", ELSEWHERE, versions=[handle]))
    link = Entity(LINK, "newest cells", "link", ELSEWHERE, links_to=(ANNOTATED, None))
    entities.add(link)
    entities.add(Entity(FOLDER_LINK, "plates", "link", ELSEWHERE, links_to=(PLATES, None)))
    gone = entities.new_handle("old.csv", path)
    entities.add(Entity(TRASHED, "old.csv", "file", ELSEWHERE, versions=[gone], trashed=True))
    entities.add(Entity(TABLE, "Samples", "table", ELSEWHERE))
    hidden = entities.new_handle("private.csv", path)
    entities.add(Entity(PRIVATE, "private.csv", "file", ELSEWHERE, versions=[hidden], shared=False))


def _atlas(entities: Entities, directory: Path) -> None:
    """Put in what the demo's tissue atlas says that Synapse has."""
    entities.add(
        Entity(LUNG, "Lung cancer atlas (demo)", "project", wiki="Tables of markers, made up.")
    )
    for number, id_ in enumerate(MARKERS):
        patient = f"Q10{number + 1}"
        folder = f"syn9000002{number + 1}"
        entities.add(Entity(folder, patient, "folder", LUNG))
        path = directory / f"markers-{patient}.csv"
        rows = (f"{at},{at // 4 + 1},{name}" for at, name in enumerate(MARKER_NAMES, 1))
        path.write_text("channel,cycle,marker_name\n" + "\n".join(rows) + "\n", encoding="utf-8")
        handle = entities.new_handle("markers.csv", path)
        entities.add(Entity(id_, "markers.csv", "file", folder, versions=[handle]))
    entities.add(Entity(COLON, "Colon arrays (demo)", "project"))
    entities.add(Entity("syn90000031", "DATASET01_ColonTMA", "folder", COLON))
