"""What the demo's CELLxGENE holds: collections, datasets and their versions.

The collection "PBMC 68k" is what it says; the others (:mod:`.cellxgene_standins`) are not, and
say so.
"""

from __future__ import annotations

from jupyterlab_datahub.demo.cellxgene.specs import (
    T_CELLS,
    CollectionSpec,
    DatasetSpec,
    Donor,
    VersionSpec,
    versions_of,
)
from jupyterlab_datahub.demo.cellxgene.standins import STAND_INS

PBMC_DOI = "10.1038/ncomms14049"
PBMC_PUBLICATION = {
    "authors": [
        {"family": "Zheng", "given": "Grace X. Y."},
        {"family": "Terry", "given": "Jessica M."},
        {"family": "Bielas", "given": "Jason H."},
    ],
    "is_preprint": False,
    "journal": "Nat Commun",
    "published_day": 16,
    "published_month": 1,
    "published_year": 2017,
}


def _pbmc(key: str, title: str, *labels: str, date: str = "2023-02-14") -> DatasetSpec:
    return DatasetSpec(
        key=f"pbmc68k/{key}",
        title=title,
        versions=versions_of(date),
        labels=labels,
        assays=("10x 3' v1",),
        donors=(Donor(id="donor_A"),),
        primary=key == "all",
    )


PBMC = CollectionSpec(
    key="pbmc68k",
    name="PBMC 68k",
    description=(
        "700 of the 68 579 fresh peripheral blood mononuclear cells of a healthy donor in "
        "Zheng et al. 2017, with the authors' labels, an embedding and the counts of 738 "
        "variable genes. This is the set that scanpy ships, laid out as CELLxGENE does."
    ),
    doi=PBMC_DOI,
    publisher=PBMC_PUBLICATION,
    links=(
        {
            "link_name": "10x Genomics: Fresh 68k PBMCs (Donor A)",
            "link_type": "DATA_SOURCE",
            "link_url": "https://www.10xgenomics.com/datasets/fresh-68-k-pbm-cs-donor-a-1-standard-1-1-0",
        },
    ),
    datasets=(
        DatasetSpec(
            key="pbmc68k/all",
            title="PBMC 68k, reduced",
            versions=(
                VersionSpec(published="2021-03-01T09:30:00+00:00", schema="5.2.0", part=0.5),
                VersionSpec(published="2023-02-14T12:00:00+00:00", schema="6.0.0", part=0.8),
                VersionSpec(published="2026-05-20T08:15:00+00:00"),
            ),
            assays=("10x 3' v1",),
            donors=(Donor(id="donor_A"),),
            primary=True,
        ),
        _pbmc("monocytes", "CD14+ monocytes of PBMC 68k", "CD14+ Monocyte"),
        _pbmc("b-cells", "CD19+ B cells of PBMC 68k", "CD19+ B"),
        _pbmc("dendritic", "Dendritic cells of PBMC 68k", "Dendritic"),
        _pbmc("t-cells", "T cells of PBMC 68k", *T_CELLS, date="2024-07-02"),
        _pbmc("nk", "CD56+ natural killer cells of PBMC 68k", "CD56+ NK", date="2024-07-02"),
        _pbmc("progenitors", "CD34+ progenitors of PBMC 68k", "CD34+", date="2025-01-09"),
        DatasetSpec(
            key="pbmc68k/tiled",
            title="PBMC 68k, reduced, repeated to 7,000 cells",
            versions=versions_of("2025-10-11"),
            copies=10,
            assays=("10x 3' v1",),
            donors=(Donor(id="donor_A"),),
            compressed=False,
            multipart=True,
        ),
        DatasetSpec(
            key="pbmc68k/big",
            title="PBMC 68k, reduced, repeated to 14,000 cells with a wide embedding",
            versions=versions_of("2026-01-15"),
            copies=20,
            zeros=19_600,
            assays=("10x 3' v1",),
            donors=(Donor(id="donor_A"),),
            compressed=False,
            multipart=True,
        ),
    ),
)

COLLECTIONS: tuple[CollectionSpec, ...] = (PBMC, *STAND_INS)
