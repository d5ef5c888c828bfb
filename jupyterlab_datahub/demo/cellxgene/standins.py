"""The made-up part of the demo's CELLxGENE, so that a search has something to choose from.

Tissue, disease, donor and so on are invented; the cells in every file are those of PBMC 68k.
Names and descriptions say so, and no record claims a publication.
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

# Without the name of the real data set, or a search for that would find every stand-in too.
STAND_IN = (
    "A stand-in of the demo hub: the words are made up so that there is something to search, "
    "the cells in every file are peripheral blood cells of Zheng et al. 2017."
)


def _donor(
    id_: str,
    sex: str,
    age: int | str,
    disease: str = "normal",
    ethnicity: str = "unknown",
) -> Donor:
    """Return a donor of that many years, or at that stage."""
    stage = f"{age}-year-old stage" if isinstance(age, int) else age
    return Donor(id=id_, sex=sex, stage=stage, disease=disease, ethnicity=ethnicity)


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
                _donor("L1", "female", 61, "COVID-19", "European American"),
                _donor("L2", "male", 68, "COVID-19"),
                _donor("L3", "male", 52, ethnicity="African American"),
            ),
        ),
        DatasetSpec(
            key="lung/bronchus",
            title='Bronchial lavage, "mild" / severe COVID-19: α & β cohorts, 1 µl <input>',
            versions=versions_of("2022-01-20"),
            first=1,
            every=3,
            tissue="bronchus",
            assays=("10x 5' v1", "10x 5' v2"),
            donors=(
                _donor("mild", "female", 34, "COVID-19"),
                _donor("severe/β", "male", 79, "COVID-19"),
            ),
        ),
        DatasetSpec(
            key="lung/t-cells",
            title="T cells of the lung",
            versions=versions_of("2022-01-20"),
            labels=T_CELLS,
            tissue="lung",
            donors=(_donor("L3", "male", 52),),
            size_unknown=True,
        ),
        DatasetSpec(
            key="lung/influenza",
            title="Monocytes of the lung in influenza",
            versions=versions_of("2024-11-30"),
            labels=("CD14+ Monocyte", "Dendritic"),
            tissue="lung",
            assays=("10x 3' v2",),
            donors=(
                _donor("F1", "female", 28, "influenza"),
                _donor("F2", "female", 48),
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
            versions=versions_of("2020-09-24", "2024-03-05"),
            every=4,
            tissue="heart left ventricle",
            suspension="nucleus",
            donors=(
                _donor("D1", "male", 48),
                _donor("D2", "female", 52),
            ),
        ),
        DatasetSpec(
            key="heart/dcm",
            title="Left ventricle in dilated cardiomyopathy",
            versions=versions_of("2022-08-04"),
            first=1,
            every=4,
            tissue="heart left ventricle",
            suspension="nucleus",
            donors=(_donor("H1", "male", 61, "dilated cardiomyopathy"),),
        ),
        DatasetSpec(
            key="heart/withdrawn",
            title="Left ventricle, pilot (withdrawn)",
            versions=versions_of("2020-09-24"),
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
            versions=versions_of(*dates),
            first=first,
            every=5,
            tissue=tissue,
            suspension="nucleus",
            assays=assays,
            donors=(
                _donor("B1", "female", 79, disease),
                _donor("B2", "male", 68),
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
            versions=versions_of("2021-11-18"),
            first=first,
            every=6,
            organism="Mus musculus",
            tissue=tissue,
            assays=assays,
            donors=(
                _donor(f"{key}-m", "male", stage, ethnicity="na"),
                _donor(f"{key}-f", "female", stage, ethnicity="na"),
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
            versions=versions_of("2023-07-19"),
            every=3,
            tissue="kidney",
            donors=(
                _donor("K1", "male", 68, "chronic kidney disease", "South Asian"),
                _donor("K2", "female", 61),
            ),
            extras=("RDS",),
        ),
        DatasetSpec(
            key="kidney/cortex",
            title="Cortex of kidney, RNA and chromatin",
            versions=versions_of("2025-08-08"),
            every=7,
            tissue="cortex of kidney",
            assays=("10x multiome",),
            suspension="nucleus",
            donors=(_donor("K3", "female", 34),),
            extras=("ATAC_FRAGMENT",),
        ),
        DatasetSpec(
            key="kidney/lupus",
            title="Kidney in systemic lupus erythematosus",
            versions=versions_of("2026-02-28"),
            first=2,
            every=7,
            tissue="kidney",
            assays=("Drop-seq",),
            donors=(_donor("K4", "female", 28, "systemic lupus erythematosus", "Japanese"),),
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
            versions=versions_of("2022-05-05", "2023-05-05", "2024-05-05"),
            every=5,
            tissue="ileum",
            donors=(
                _donor("G1", "female", 8, "Crohn disease"),
                _donor("G2", "male", 8),
            ),
        ),
        DatasetSpec(
            key="gut/colon",
            title="Colon in ulcerative colitis",
            versions=versions_of("2022-05-05"),
            first=1,
            every=5,
            tissue="colon",
            donors=(_donor("G3", "male", 34, "ulcerative colitis"),),
        ),
        DatasetSpec(
            key="gut/liver",
            title="Liver, hepatocellular carcinoma and margin",
            versions=versions_of("2025-04-01"),
            first=2,
            every=5,
            tissue="liver",
            assays=("10x 5' v2",),
            donors=(
                _donor("G4", "male", 68, "hepatocellular carcinoma", "East Asian"),
                _donor("G5", "male", 68, ethnicity="East Asian"),
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
            versions=versions_of("2024-09-09"),
            every=2,
            tissue="lung",
            assays=("10x 5' v1",),
            donors=(_donor("T1", "female", 61, "lung adenocarcinoma"),),
        ),
        DatasetSpec(
            key="tumour/node",
            title="Lymph nodes in lung adenocarcinoma",
            versions=versions_of("2024-09-09"),
            first=1,
            every=2,
            tissue="lymph node",
            assays=("10x 5' v1",),
            donors=(
                _donor("T1", "female", 61, "lung adenocarcinoma"),
                _donor("T2", "male", 52),
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
            versions=versions_of("2026-04-14"),
            first=3,
            every=8,
            organism="Macaca mulatta",
            donors=(_donor("M1", "female", "unknown", ethnicity="na"),),
        ),
        DatasetSpec(
            key="macaque/marrow",
            title="Bone marrow of rhesus macaques",
            versions=versions_of("2026-04-14"),
            first=4,
            every=8,
            organism="Macaca mulatta",
            tissue="bone marrow",
            donors=(_donor("M1", "female", "unknown", ethnicity="na"),),
        ),
    ),
)

WITHDRAWN = CollectionSpec(
    key="withdrawn",
    name="A collection its authors withdrew (demo stand-in)",
    description=STAND_IN,
    datasets=(
        DatasetSpec(
            key="withdrawn/a", title="Withdrawn data", versions=versions_of("2021-01-01"), every=9
        ),
    ),
    withdrawn=True,
)

STAND_INS = (LUNG, HEART, BRAIN, MOUSE, KIDNEY, GUT, TUMOUR, MACAQUE, WITHDRAWN)
