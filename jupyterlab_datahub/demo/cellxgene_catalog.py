"""What the demo's CELLxGENE holds: collections, datasets and their versions.

The collection "PBMC 68k" is what it says. The other collections are stand-ins: their files
hold the same real cells, but tissue, disease, donor and so on are made up, so that a search
has something to choose from. Their names and descriptions say so.
"""

from __future__ import annotations

from jupyterlab_datahub.demo.cellxgene_specs import (
    T_CELLS,
    CollectionSpec,
    DatasetSpec,
    Donor,
    VersionSpec,
)

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
STAND_IN = (
    "A stand-in of the demo hub: the words are made up so that there is something to search, "
    "the cells in every file are peripheral blood mononuclear cells of PBMC 68k."
)


def _v(*dates: str) -> tuple[VersionSpec, ...]:
    """Return versions of schema 7.1.0 that came out at noon on these days."""
    return tuple(VersionSpec(published=f"{date}T12:00:00+00:00") for date in dates)


def _pbmc(key: str, title: str, *labels: str, date: str = "2023-02-14") -> DatasetSpec:
    return DatasetSpec(
        key=f"pbmc68k/{key}",
        title=title,
        versions=_v(date),
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
            versions=_v("2025-10-11"),
            copies=10,
            assays=("10x 3' v1",),
            donors=(Donor(id="donor_A"),),
            compressed=False,
            multipart=True,
        ),
        DatasetSpec(
            key="pbmc68k/big",
            title="PBMC 68k, reduced, repeated to 28,000 cells with a wide embedding",
            versions=_v("2026-01-15"),
            copies=40,
            zeros=9800,
            assays=("10x 3' v1",),
            donors=(Donor(id="donor_A"),),
            compressed=False,
            multipart=True,
        ),
    ),
)

LUNG = CollectionSpec(
    key="lung",
    name="Airways in health and COVID-19 (demo stand-in)",
    description=STAND_IN,
    consortia=("CZI Cell Science",),
    datasets=(
        DatasetSpec(
            key="lung/all",
            title="Immune cells of the lung",
            versions=(
                VersionSpec(published="2021-06-08T10:00:00+00:00", schema="5.2.0"),
                VersionSpec(published="2025-11-03T10:00:00+00:00"),
            ),
            every=2,
            tissue="lung",
            donors=(
                Donor(
                    id="L1",
                    sex="female",
                    stage="61-year-old stage",
                    disease="COVID-19",
                    ethnicity="European American",
                ),
                Donor(id="L2", sex="male", stage="68-year-old stage", disease="COVID-19"),
                Donor(
                    id="L3",
                    sex="male",
                    stage="52-year-old stage",
                    ethnicity="African American",
                ),
            ),
        ),
        DatasetSpec(
            key="lung/bronchus",
            title='Bronchial lavage, "mild" / severe COVID-19: α & β cohorts, 1 µl <input>',
            versions=_v("2022-01-20"),
            first=1,
            every=3,
            tissue="bronchus",
            assays=("10x 5' v1", "10x 5' v2"),
            donors=(
                Donor(id="mild", sex="female", stage="34-year-old stage", disease="COVID-19"),
                Donor(id="severe/β", sex="male", stage="79-year-old stage", disease="COVID-19"),
            ),
        ),
        DatasetSpec(
            key="lung/t-cells",
            title="T cells of the lung",
            versions=_v("2022-01-20"),
            labels=T_CELLS,
            tissue="lung",
            donors=(Donor(id="L3", sex="male", stage="52-year-old stage"),),
            size_unknown=True,
        ),
        DatasetSpec(
            key="lung/influenza",
            title="Monocytes of the lung in influenza",
            versions=_v("2024-11-30"),
            labels=("CD14+ Monocyte", "Dendritic"),
            tissue="lung",
            assays=("10x 3' v2",),
            donors=(
                Donor(id="F1", sex="female", stage="28-year-old stage", disease="influenza"),
                Donor(id="F2", sex="female", stage="48-year-old stage"),
            ),
            raw="X",
        ),
    ),
)

HEART = CollectionSpec(
    key="heart",
    name="Left ventricle, single nuclei (demo stand-in)",
    description=STAND_IN,
    consortia=("HCA",),
    datasets=(
        DatasetSpec(
            key="heart/normal",
            title="Left ventricle of donors without heart disease",
            versions=_v("2020-09-24", "2024-03-05"),
            every=4,
            tissue="heart left ventricle",
            suspension="nucleus",
            donors=(
                Donor(id="D1", sex="male", stage="48-year-old stage"),
                Donor(id="D2", sex="female", stage="52-year-old stage"),
            ),
        ),
        DatasetSpec(
            key="heart/dcm",
            title="Left ventricle in dilated cardiomyopathy",
            versions=_v("2022-08-04"),
            first=1,
            every=4,
            tissue="heart left ventricle",
            suspension="nucleus",
            donors=(
                Donor(
                    id="H1",
                    sex="male",
                    stage="61-year-old stage",
                    disease="dilated cardiomyopathy",
                ),
            ),
        ),
        DatasetSpec(
            key="heart/withdrawn",
            title="Left ventricle, pilot (withdrawn)",
            versions=_v("2020-09-24"),
            every=10,
            tissue="heart left ventricle",
            suspension="nucleus",
            withdrawn=True,
        ),
    ),
)

BRAIN = CollectionSpec(
    key="brain",
    name="Immune cells of the brain in Alzheimer disease (demo stand-in)",
    description=STAND_IN,
    consortia=("BRAIN Initiative", "SEA-AD"),
    datasets=tuple(
        DatasetSpec(
            key=f"brain/{key}",
            title=title,
            versions=_v(*dates),
            first=first,
            every=5,
            tissue=tissue,
            suspension="nucleus",
            assays=assays,
            donors=(
                Donor(id="B1", sex="female", stage="79-year-old stage", disease=disease),
                Donor(id="B2", sex="male", stage="68-year-old stage"),
            ),
        )
        for first, (key, title, tissue, disease, assays, dates) in enumerate(
            (
                (
                    "mtg",
                    "Middle temporal gyrus, 10x",
                    "middle temporal gyrus",
                    "Alzheimer disease",
                    ("10x 3' v3",),
                    ("2023-06-01", "2025-02-17"),
                ),
                (
                    "mtg-multiome",
                    "Middle temporal gyrus, multiome",
                    "middle temporal gyrus",
                    "Alzheimer disease",
                    ("10x multiome",),
                    ("2023-06-01",),
                ),
                (
                    "hippocampus",
                    "Hippocampus, 10x",
                    "hippocampal formation",
                    "Alzheimer disease",
                    ("10x 3' v3",),
                    ("2024-04-22",),
                ),
                (
                    "hippocampus-ss2",
                    "Hippocampus, Smart-seq2",
                    "hippocampal formation",
                    "normal",
                    ("Smart-seq2",),
                    ("2024-04-22",),
                ),
            )
        )
    ),
)

MOUSE = CollectionSpec(
    key="mouse",
    name="Ageing mouse (demo stand-in)",
    description=STAND_IN,
    consortia=("Tabula Muris Senis",),
    datasets=tuple(
        DatasetSpec(
            key=f"mouse/{key}",
            title=title,
            versions=_v("2021-11-18"),
            first=first,
            every=6,
            organism="Mus musculus",
            tissue=tissue,
            assays=assays,
            donors=(
                Donor(id=f"{key}-m", sex="male", stage=stage, ethnicity="na"),
                Donor(id=f"{key}-f", sex="female", stage=stage, ethnicity="na"),
            ),
        )
        for first, (key, title, tissue, stage, assays) in enumerate(
            (
                ("spleen-young", "Spleen, 8 weeks", "spleen", "8-week-old stage", ("10x 3' v2",)),
                ("spleen-old", "Spleen, 18 months", "spleen", "18-month-old stage", ("10x 3' v2",)),
                (
                    "marrow-young",
                    "Bone marrow, 8 weeks",
                    "bone marrow",
                    "8-week-old stage",
                    ("Smart-seq2",),
                ),
                (
                    "marrow-old",
                    "Bone marrow, 18 months",
                    "bone marrow",
                    "18-month-old stage",
                    ("Smart-seq2", "10x 3' v2"),
                ),
            )
        )
    ),
)

KIDNEY = CollectionSpec(
    key="kidney",
    name="Kidney and its diseases (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(
            key="kidney/ckd",
            title="Chronic kidney disease and reference tissue",
            versions=_v("2023-07-19"),
            every=3,
            tissue="kidney",
            donors=(
                Donor(
                    id="K1",
                    sex="male",
                    stage="68-year-old stage",
                    disease="chronic kidney disease",
                    ethnicity="South Asian",
                ),
                Donor(id="K2", sex="female", stage="61-year-old stage"),
            ),
            extras=("RDS",),
        ),
        DatasetSpec(
            key="kidney/cortex",
            title="Cortex of kidney, RNA and chromatin",
            versions=_v("2025-08-08"),
            every=7,
            tissue="cortex of kidney",
            assays=("10x multiome",),
            suspension="nucleus",
            donors=(Donor(id="K3", sex="female", stage="34-year-old stage"),),
            extras=("ATAC_FRAGMENT",),
        ),
        DatasetSpec(
            key="kidney/lupus",
            title="Kidney in systemic lupus erythematosus",
            versions=_v("2026-02-28"),
            first=2,
            every=7,
            tissue="kidney",
            assays=("Drop-seq",),
            donors=(
                Donor(
                    id="K4",
                    sex="female",
                    stage="28-year-old stage",
                    disease="systemic lupus erythematosus",
                    ethnicity="Japanese",
                ),
            ),
            extras=("OBS_CSV",),
            fields={
                "sequencing_platform": [
                    {"label": "Illumina NovaSeq 6000", "ontology_term_id": "EFO:0008637"}
                ],
                "curation_score": {"value": 0.97, "reviewed": None},
            },
        ),
    ),
    fields={"data_sharing_statement": "A field that no published description mentions."},
)

GUT = CollectionSpec(
    key="gut",
    name="Gut and liver in inflammation and cancer (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(
            key="gut/ileum",
            title="Ileum in Crohn disease",
            versions=_v("2022-05-05", "2023-05-05", "2024-05-05"),
            every=5,
            tissue="ileum",
            donors=(
                Donor(id="G1", sex="female", stage="8-year-old stage", disease="Crohn disease"),
                Donor(id="G2", sex="male", stage="8-year-old stage"),
            ),
        ),
        DatasetSpec(
            key="gut/colon",
            title="Colon in ulcerative colitis",
            versions=_v("2022-05-05"),
            first=1,
            every=5,
            tissue="colon",
            donors=(
                Donor(id="G3", sex="male", stage="34-year-old stage", disease="ulcerative colitis"),
            ),
        ),
        DatasetSpec(
            key="gut/liver",
            title="Liver, hepatocellular carcinoma and margin",
            versions=_v("2025-04-01"),
            first=2,
            every=5,
            tissue="liver",
            assays=("10x 5' v2",),
            donors=(
                Donor(
                    id="G4",
                    sex="male",
                    stage="68-year-old stage",
                    disease="hepatocellular carcinoma",
                    ethnicity="East Asian",
                ),
                Donor(id="G5", sex="male", stage="68-year-old stage", ethnicity="East Asian"),
            ),
        ),
    ),
)

TUMOUR = CollectionSpec(
    key="tumour",
    name="Lung adenocarcinoma and its lymph nodes (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(
            key="tumour/primary",
            title="Lung adenocarcinoma, primary tumour",
            versions=_v("2024-09-09"),
            every=2,
            tissue="lung",
            assays=("10x 5' v1",),
            donors=(
                Donor(
                    id="T1",
                    sex="female",
                    stage="61-year-old stage",
                    disease="lung adenocarcinoma",
                ),
            ),
        ),
        DatasetSpec(
            key="tumour/node",
            title="Lymph nodes in lung adenocarcinoma",
            versions=_v("2024-09-09"),
            first=1,
            every=2,
            tissue="lymph node",
            assays=("10x 5' v1",),
            donors=(
                Donor(
                    id="T1",
                    sex="female",
                    stage="61-year-old stage",
                    disease="lung adenocarcinoma",
                ),
                Donor(id="T2", sex="male", stage="52-year-old stage"),
            ),
        ),
    ),
)

MACAQUE = CollectionSpec(
    key="macaque",
    name="Rhesus macaque blood and marrow (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(
            key="macaque/blood",
            title="Blood of rhesus macaques",
            versions=_v("2026-04-14"),
            first=3,
            every=8,
            organism="Macaca mulatta",
            donors=(Donor(id="M1", sex="female", ethnicity="na"),),
        ),
        DatasetSpec(
            key="macaque/marrow",
            title="Bone marrow of rhesus macaques",
            versions=_v("2026-04-14"),
            first=4,
            every=8,
            organism="Macaca mulatta",
            tissue="bone marrow",
            donors=(Donor(id="M1", sex="female", ethnicity="na"),),
        ),
    ),
)

WITHDRAWN = CollectionSpec(
    key="withdrawn",
    name="A collection its authors withdrew (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(key="withdrawn/a", title="Withdrawn data", versions=_v("2021-01-01"), every=9),
    ),
    withdrawn=True,
)

COLLECTIONS: tuple[CollectionSpec, ...] = (
    PBMC,
    LUNG,
    HEART,
    BRAIN,
    MOUSE,
    KIDNEY,
    GUT,
    TUMOUR,
    MACAQUE,
    WITHDRAWN,
)
