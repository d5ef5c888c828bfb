"""Projects made up by rule, so that there is something to search and to choose from.

They have reads alone, a few of them; "Airways of 160 donors" has hundreds of small files with the
same two names, to try what downloading a whole selection is like.
"""

from __future__ import annotations

import random

from jupyterlab_datahub.demo.hca.made import OPTIMUS, reads
from jupyterlab_datahub.demo.hca.specs import (
    STAND_IN,
    Donor,
    FileSpec,
    ProjectSpec,
    Protocol,
    Sample,
    SampleKind,
    Suspension,
    contributor,
)
from jupyterlab_datahub.demo.hca.studies import STUDIES

ORGANS: dict[str, tuple[str | None, ...]] = {
    "adipose tissue": ("subcutaneous fat", None),
    "bone marrow": (None,),
    "brain": ("cerebral cortex", "hippocampal formation", "cerebellum"),
    "breast": ("mammary gland",),
    "colon": ("ascending colon", "sigmoid colon"),
    "esophagus": (None,),
    "heart": ("heart left ventricle", "right atrium"),
    "immune system": (None,),
    "kidney": ("cortex of kidney",),
    "large intestine": ("caecum", None),
    "liver": ("caudate lobe of liver", None),
    "lung": ("bronchus", "alveolus of lung"),
    "lymph node": ("mesenteric lymph node",),
    "ovary": (None,),
    "placenta": ("decidua", "chorionic villus"),
    "skin of body": ("skin epidermis",),
    "testis": (None,),
    "thymus": (None,),
}
"""Organs with their parts; UBERON's labels."""

LIBRARIES = ("10x 3' v2", "10x 3' v3", "10x 5' v1", "Smart-seq2", "Drop-seq", "inDrop", None)
INSTRUMENTS = ("Illumina HiSeq 4000", "Illumina NovaSeq 6000", "Illumina NextSeq 500", None)
STAGES: dict[str, tuple[str | None, ...]] = {
    "Homo sapiens": ("human adult stage", "human fetal stage", "adolescent stage", None),
    "Mus musculus": ("adult", "Theiler stage 17", None),
}
DISEASES: tuple[str | None, ...] = (
    "normal",
    "normal",
    "COVID-19",
    "Crohn disease",
    "hypertension",
    "lung adenocarcinoma",
    None,
)
CELL_TYPES: tuple[str | None, ...] = (None, None, "T cell", "epithelial cell", "CD34+ cell")
PRESERVATIONS: tuple[str | None, ...] = (None, "fresh", "cryopreserved", "snap frozen")
NETWORKS = {"brain": "Nervous System", "heart": "Heart", "lung": "Lung", "kidney": "Kidney"}
PEOPLE = ("Ann,,Artery", "Ben,B,Bone", "Cleo,,Cell", "Dev,D,Dermis", "Eve,,Embryo")
INSTITUTIONS = ("University of Nowhere", "Institute of Filters", "Made-up Hospital")
LABORATORIES = ("Laboratory of One", "Laboratory of Two", None)

AIRWAYS_BUNDLES = 160


def _generated(number: int, organ: str, species: str) -> ProjectSpec:
    """Return the project of a number; the same every time."""
    chance = random.Random(f"{number}/{organ}/{species}")  # noqa: S311 - always the same
    count = chance.randint(1, 5)
    donors = tuple(_donor(chance, number, at, species) for at in range(count))
    samples = tuple(_sample(chance, number, at, organ) for at in range(count))
    suspensions = tuple(
        Suspension(
            id=f"P{number}_S{at}",
            sample=at,
            selected=(chance.choice(CELL_TYPES),),
            cells=chance.choice((None, chance.randint(500, 40_000))),
        )
        for at in range(count)
    )
    who = "mouse" if species == "Mus musculus" else "human"
    people = chance.sample(PEOPLE, 2)
    return ProjectSpec(
        key=f"generated-{number}",
        title=f"Single cells of the {who} {organ}, cohort {number} (demo stand-in)",
        short=f"{who.capitalize()}{organ.title().replace(' ', '')}{number}",
        description=STAND_IN,
        donors=donors,
        samples=samples,
        suspensions=suspensions,
        protocols=(
            Protocol(
                library=chance.choice(LIBRARIES),
                source=chance.choice(("single cell", "single nucleus")),
                instrument=chance.choice(INSTRUMENTS),
                paired=chance.choice((True, False, None)),
                workflow=chance.choice((OPTIMUS, None)),
            ),
        ),
        files=tuple(f for at in range(count) for f in reads(f"reads/{at}", (at,), prefix=f"{at}_")),
        laboratory=(chance.choice(LABORATORIES),),
        contributors=tuple(
            contributor(name, chance.choice(INSTITUTIONS), corresponding=at == 0)
            for at, name in enumerate(people)
        ),
        accessions=(("geo_series", f"GSE{900_000 + number}"),) if number % 3 else (),
        cells=chance.choice((None, None, chance.randint(1_000, 900_000))),
        network=NETWORKS.get(organ),
        submitted=f"20{19 + number % 6}-0{1 + number % 9}-15",
    )


def _donor(chance: random.Random, number: int, at: int, species: str) -> Donor:
    years = chance.randint(1, 2) if species == "Mus musculus" else chance.randint(18, 90)
    return Donor(
        id=f"P{number}_D{at}",
        species=species,
        sex=chance.choice(("female", "male", "unknown")),
        stage=chance.choice(STAGES[species]),
        diseases=(chance.choice(DISEASES),),
        age=chance.choice((None, str(years))),
    )


def _sample(chance: random.Random, number: int, at: int, organ: str) -> Sample:
    # Cell lines and organoids are rare, and have a model organ in place of an organ.
    kind: SampleKind = chance.choice(("specimens",) * 8 + ("cell_lines", "organoids"))
    return Sample(
        id=f"P{number}_{organ.replace(' ', '_')}_{at}",
        donor=at,
        kind=kind,
        organ=organ,
        parts=(chance.choice(ORGANS[organ]),),
        diseases=(chance.choice(DISEASES),),
        preservation=chance.choice(PRESERVATIONS),
        cell_line_type="induced pluripotent" if kind == "cell_lines" else None,
    )


def _airways() -> ProjectSpec:
    donors = tuple(
        Donor(id=f"A{at:03}", sex=("female", "male")[at % 2], age=str(20 + at % 60))
        for at in range(AIRWAYS_BUNDLES)
    )
    return ProjectSpec(
        key="airways-160",
        title="Airways of 160 donors: hundreds of small files (demo stand-in)",
        short="Airways160Donors",
        description=f"Every donor has two files, and they are called the same. {STAND_IN}",
        donors=donors,
        samples=tuple(
            Sample(id=f"{donor.id}_trachea", donor=at, organ="trachea", parts=(None,))
            for at, donor in enumerate(donors)
        ),
        suspensions=tuple(
            Suspension(id=f"{donor.id}_cells", sample=at, cells=1_000 + at)
            for at, donor in enumerate(donors)
        ),
        protocols=(Protocol(library="10x 3' v3", instrument="Illumina NovaSeq 6000", paired=True),),
        files=tuple(f for at in range(len(donors)) for f in reads(f"reads/{at}", (at,))),
        laboratory=("Made-up Airway Laboratory",),
        contributors=(contributor("Tracy,,Chea", "Made-up Hospital", "Made-up Airway Laboratory"),),
        network="Lung",
    )


def _imaging() -> ProjectSpec:
    """Return a project without libraries: images and their protocol."""
    return ProjectSpec(
        key="imaging",
        title="In situ images of the tongue (demo stand-in)",
        short="TongueInSitu",
        description=STAND_IN,
        donors=(Donor(id="T1", sex=None, stage=None, diseases=(None,)),),
        samples=(Sample(id="T1_mucosa", organ="mouth mucosa", parts=(None,), diseases=(None,)),),
        suspensions=(Suspension(id="T1_section", cells=None),),
        protocols=(Protocol(imaging="in situ sequencing"),),
        files=tuple(
            FileSpec(
                name=f"tile_{at}.tiff",
                format="tiff",
                made="text",
                bundle="tiles",
                suspensions=(0,),
                protocol=0,
                source="HCA Release",
            )
            for at in range(4)
        ),
        network="Oral and Craniofacial",
    )


GENERATED: tuple[ProjectSpec, ...] = (
    *(_generated(at, organ, "Homo sapiens") for at, organ in enumerate(ORGANS)),
    *(
        _generated(len(ORGANS) + at, organ, "Mus musculus")
        for at, organ in enumerate(("brain", "heart", "liver", "lung", "thymus", "colon"))
    ),
    _airways(),
    _imaging(),
)

PROJECTS: tuple[ProjectSpec, ...] = (*STUDIES, *GENERATED)
"""All projects of the demo."""
