"""What Space Ranger and Xenium give, small: a matrix, places and pictures of the tissue."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import h5py
import numpy as np
import polars as pl
from PIL import Image

from tests.anndata_io import tenx_files

if TYPE_CHECKING:
    from pathlib import Path

SCALES = {
    "spot_diameter_fullres": 89.5,
    "tissue_hires_scalef": 0.15,
    "fiducial_diameter_fullres": 144.5,
    "tissue_lowres_scalef": 0.045,
}
HEADER = "barcode,in_tissue,array_row,array_col,pxl_row_in_fullres,pxl_col_in_fullres\n"


def positions(first: int = 0) -> str:
    """Return places of all spots of the matrix and of more, in another order."""
    cells = range(tenx_files.CELLS + 20 - 1, first - 1, -1)
    return "".join(
        f"ACGT{n:04}-1,{int(n < 60)},{n % 10},{n // 10},{100 + 7 * n},{900 - 5 * n}\n"
        for n in cells
    )


def write_visium(folder: Path, *, old: bool = False, table: str | None = None) -> None:
    """Write the outputs of Space Ranger 2, or of the version before."""
    spatial = folder / "spatial"
    spatial.mkdir(parents=True)
    matrix = folder / "filtered_feature_bc_matrix.h5"
    tenx_files.write_h5(matrix, tenx_files.counts())
    with h5py.File(matrix, "a") as file:
        file.attrs["library_ids"] = np.array([b"V1_Kidney"])
        file.attrs["chemistry_description"] = b"Spatial 3' v1"
        file.attrs["software_version"] = b"spaceranger-1.0.0"
    text = positions() if table is None else table
    if old:
        (spatial / "tissue_positions_list.csv").write_text(text)
    else:
        # Some programs write a byte order mark.
        (spatial / "tissue_positions.csv").write_text(HEADER + text, "utf-8-sig")
    (spatial / "scalefactors_json.json").write_text(json.dumps(SCALES))
    dice = np.random.default_rng(1)
    for kind, size in (("hires", 120), ("lowres", 36)):
        pixels = dice.integers(0, 255, (size, size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(spatial / f"tissue_{kind}_image.png")


def write_xenium(folder: Path, *, parquet: bool = False) -> None:
    """Write the outputs of Xenium that say where cells are."""
    folder.mkdir(parents=True)
    tenx_files.write_h5(folder / "cell_feature_matrix.h5", tenx_files.counts())
    header = "cell_id,x_centroid,y_centroid,transcript_counts,cell_area,nucleus_area,region\n"
    lines = [
        f'"ACGT{n:04}-1",{n * 1.5},{200 - n * 0.25},{n},{50 + n % 3},,left\n'
        for n in range(tenx_files.CELLS)
    ]
    text = header + "".join(lines)
    if parquet:
        frame = pl.read_csv(io.StringIO(text)).with_columns(pl.col("cell_id").cast(pl.Binary))
        frame.write_parquet(folder / "cells.parquet")
    else:
        (folder / "cells.csv.gz").write_bytes(gzip.compress(("\ufeff" + text).encode()))


def zipped(folder: Path, path: Path) -> Path:
    """Pack a folder, with one more around it."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            archive.write(file, f"outs/{file.relative_to(folder).as_posix()}")
    return path
