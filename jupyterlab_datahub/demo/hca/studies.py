"""Projects with matrices: PBMC 68k, which is what it says, and stand-ins, which are not."""

from __future__ import annotations

from jupyterlab_datahub.demo.hca.made import (
    OPTIMUS,
    SMARTSEQ2,
    contributed,
    dcp1_matrix,
    dcp_matrix,
    reads,
)
from jupyterlab_datahub.demo.hca.specs import (
    STAND_IN,
    Donor,
    FileSpec,
    ProjectSpec,
    Protocol,
    Sample,
    Suspension,
    contributor,
    publication,
)

_ISLETS = "genusSpecies=Homo sapiens;developmentStage=human adult stage;organ=pancreas"

PANCREAS = ProjectSpec(
    key="pancreas",
    title="Pancreatic islets across six decades of life (demo stand-in made of blood cells)",
    short="PancreasIsletsStandIn",
    description=(
        "In place of the study of human pancreas that tutorials of the Human Cell Atlas begin "
        "with. There is not a single islet cell in it: those of its Smart-seq2 matrix are blood "
        "cells dealt anew, with the genes added by which cells of the pancreas are known. "
        f"{STAND_IN}"
    ),
    donors=(
        Donor(id="DID_1", sex="male", age="21"),
        Donor(id="DID_2", sex="female", age="38"),
        Donor(id="DID_3", sex="female", age="44", diseases=("type 2 diabetes mellitus",)),
        Donor(id="DID_4", sex="male", age="54"),
    ),
    samples=tuple(
        Sample(
            id=f"DID_{at + 1}_pancreas",
            donor=at,
            organ="pancreas",
            parts=("islet of Langerhans",),
            diseases=("type 2 diabetes mellitus" if at == 2 else "normal",),
            preservation="fresh" if at < 2 else None,
        )
        for at in range(4)
    ),
    suspensions=tuple(Suspension(id=f"islets_{at + 1}", sample=at, cells=175) for at in range(4)),
    protocols=(
        Protocol(workflow=OPTIMUS),
        Protocol(
            library="Smart-seq2",
            instrument="Illumina NextSeq 500",
            paired=True,
            workflow=SMARTSEQ2,
        ),
    ),
    files=(
        dcp_matrix(
            "pancreas-islets-human-10XV2.loom",
            "optimus",
            f"{_ISLETS};libraryConstructionApproach=10x 3' v2",
            (0, 1, 2, 3),
        ),
        dcp_matrix(
            "pancreas-islets-human-SS2.loom",
            "islets",
            f"{_ISLETS};libraryConstructionApproach=Smart-seq2",
            (0, 1, 2, 3),
            1,
        ),
        *(
            dcp1_matrix(
                f"pancreas-islets.homo_sapiens.{suffix}",
                made,
                "genusSpecies=Homo sapiens;organ=pancreas;libraryConstructionApproach=10x 3' v2",
                (0, 1, 2, 3),
                file_format=kind,
            )
            for suffix, made, kind in (
                ("loom", "dcp1", "loom"),
                ("csv.zip", "csv.zip", "zip"),
                ("mtx.zip", "mtx.zip", "zip"),
            )
        ),
        contributed(
            "islets-annotated.h5ad",
            "h5ad",
            f"{_ISLETS};libraryConstructionApproach=10x 3' v2",
            (0, 1, 2, 3),
            file_format="h5ad",
        ),
        contributed(
            "islets-counts.csv",
            "csv/4",
            f"{_ISLETS};libraryConstructionApproach=10x 3' v2,Smart-seq2",
            (0, 1),
            file_format="csv",
        ),
        *(file for at in range(4) for file in reads(f"reads/{at}", (at,), prefix=f"islets{at}_")),
        FileSpec(
            name='Supplement "A": donors <1-4>?.txt',
            format="txt",
            made="text",
            bundle="supplement",
            content=("Supplementary document",),
            source="Publication",
        ),
    ),
    laboratory=("Made-up Islet Laboratory", None),
    contributors=(
        contributor("Ada,,Beta", "University of Nowhere", "Made-up Islet Laboratory"),
        contributor("Ida,M,Delta", "University of Nowhere", corresponding=True, role=None),
    ),
    publications=(publication("Islets across six decades (made up)", None, None),),
    accessions=(("geo_series", "GSE000001"), ("array_express", "E-DEMO-1")),
    links=("https://example.org/islets",),
    network="Pancreas",
    submitted="2019-05-06",
)

_BLOOD = "genusSpecies=Homo sapiens;developmentStage=human adult stage;organ=blood"

PBMC = ProjectSpec(
    key="pbmc68k",
    title="Massively parallel digital transcriptional profiling of single cells: PBMC 68k, reduced",
    short="PBMC68kReduced",
    description=(
        "700 of the 68 579 fresh peripheral blood mononuclear cells of a healthy donor in "
        "Zheng et al. 2017, with the counts of 738 variable genes: the set that scanpy ships, "
        "laid out as the Human Cell Atlas does. The reads are made up."
    ),
    donors=(Donor(id="donor_A", sex="unknown", stage=None),),
    samples=(Sample(id="donor_A_blood", organ="blood", parts=("venous blood",)),),
    suspensions=(
        Suspension(
            id="donor_A_pbmc", selected=("peripheral blood mononuclear cell",), cells=68_579
        ),
    ),
    protocols=(Protocol(library="10x 3' v1", instrument="Illumina NextSeq 500", workflow=OPTIMUS),),
    files=(
        dcp_matrix("pbmc68k-human-10XV1.loom", "optimus", _BLOOD, (0,)),
        dcp_matrix("pbmc68k-human-10XV1-tiled.loom", "optimus*10", _BLOOD, (0,), cells=7_000),
        contributed("pbmc68k_reduced.h5ad", "h5ad", _BLOOD, (0,), file_format="h5ad"),
        contributed("pbmc68k_counts.tsv", "tsv/10", _BLOOD, (0,), file_format="tsv"),
        contributed("pbmc68k_matrix.mtx.gz", "mtx", _BLOOD, (0,), file_format="mtx.gz"),
        *reads("reads", (0,), prefix="pbmc68k_"),
    ),
    laboratory=("10x Genomics",),
    contributors=(
        contributor("Grace,X Y,Zheng", "10x Genomics", "10x Genomics"),
        contributor("Jason,H,Bielas", "Fred Hutchinson", None, corresponding=True),
    ),
    publications=(
        publication(
            "Massively parallel digital transcriptional profiling of single cells.",
            "https://doi.org/10.1038/ncomms14049",
            "10.1038/ncomms14049",
        ),
    ),
    accessions=(("insdc_project", "SRP073767"),),
    links=("https://www.10xgenomics.com/datasets/fresh-68-k-pbm-cs-donor-a-1-standard-1-1-0",),
    cells=68_579,
    network="Blood",
    submitted="2018-03-01",
)

RETINA = ProjectSpec(
    key="retina",
    title="Neural retina of adults and fetuses (demo stand-in)",
    short="RetinaStandIn",
    description=STAND_IN,
    donors=(
        Donor(id="R1", sex="female", age="60"),
        Donor(id="R2", sex="male", age="72", diseases=(None,)),
        Donor(id="R3", sex="mixed", stage="human fetal stage"),
    ),
    samples=tuple(
        Sample(id=f"R{at + 1}_eye", donor=at, organ="eye", parts=("neural retina",))
        for at in range(3)
    ),
    suspensions=tuple(Suspension(id=f"retina_{at + 1}", sample=at) for at in range(3)),
    protocols=(Protocol(workflow=OPTIMUS, source="single nucleus"),),
    files=(
        dcp_matrix(
            "retina-human-eye-10XV2.loom",
            "optimus/2",
            "genusSpecies=Homo sapiens;organ=eye;"
            "developmentStage=human adult stage,human fetal stage",
            (0, 1, 2),
            cells=350,
        ),
        contributed(
            "E-DEMO-2.processed.1.zip",
            "mtx.zip",
            "organ=eye",
            (0, 1),
            file_format="zip",
            source="ArrayExpress",
        ),
        contributed(
            "RetinaCelltype.csv",
            "csv/7",
            "organ=eye;genusSpecies=Homo sapiens",
            (0,),
            file_format="csv",
            source="HCA Release",
        ),
        *(file for at in range(3) for file in reads(f"reads/{at}", (at,))),
    ),
    laboratory=("Made-up Eye Laboratory",),
    contributors=(contributor("Iris,,Lens", "Institute of Sight", "Made-up Eye Laboratory"),),
    cells=19_694,
    network="Eye",
    atlas=(("Retina", "v1.0"),),
    joined=True,
)

MIXED = ProjectSpec(
    key="kidney-two-species",
    title="Kidney of man and mouse, side by side (demo stand-in)",
    short="KidneyTwoSpecies",
    description=STAND_IN,
    donors=(
        Donor(id="H1", sex="female", age="47", diseases=("chronic kidney disease", "hypertension")),
        Donor(id="M1", species="Mus musculus", sex="male", stage="adult", age="1"),
    ),
    samples=(
        Sample(id="H1_kidney", donor=0, organ="kidney", parts=("cortex of kidney",)),
        Sample(id="M1_kidney", donor=1, organ="kidney", parts=(None, "renal medulla")),
        Sample(id="H1_organoid", donor=0, kind="organoids", organ="kidney", parts=("nephron",)),
    ),
    suspensions=(
        Suspension(id="H1_cells", sample=0, cells=4_000, selected=("epithelial cell", None)),
        Suspension(id="M1_cells", sample=1, cells=6_500),
        Suspension(id="H1_organoid_cells", sample=2),
    ),
    protocols=(
        Protocol(library="10x 3' v3", workflow=OPTIMUS),
        Protocol(library="Drop-seq", instrument=None, paired=None),
    ),
    files=(
        dcp_matrix(
            "kidney-human-10XV3.loom",
            "optimus/3",
            "genusSpecies=Homo sapiens;organ=kidney;libraryConstructionApproach=10x 3' v3",
            (0, 2),
            cells=234,
        ),
        dcp_matrix(
            "kidney-mouse-10XV3.loom",
            "optimus/5",
            "genusSpecies=Mus musculus;developmentStage=adult;organ=kidney;"
            "libraryConstructionApproach=10x 3' v3",
            (1,),
            cells=140,
        ),
        contributed(
            "kidney-both.h5ad",
            "h5ad/2",
            "genusSpecies=Homo sapiens,Mus musculus;organ=kidney;"
            "libraryConstructionApproach=10x 3' v3,Drop-seq\n"
            "genusSpecies=Homo sapiens;organ=organoid",
            (0, 1, 2),
            file_format="h5ad",
        ),
        contributed(
            "GSE000002_RAW.tar", "tar/5", "organ=kidney", (0, 1), file_format="tar", source="GEO"
        ),
        *(file for at in range(3) for file in reads(f"reads/{at}", (at,), at % 2)),
    ),
    laboratory=("Kidney Laboratory A", "Kidney Laboratory B"),
    contributors=(
        contributor("Nora,,Nephron", "University of Nowhere", "Kidney Laboratory A"),
        contributor("Hans,Henle,Loop", "Institute of Filters", "Kidney Laboratory B"),
    ),
    accessions=(("geo_series", "GSE000002"),),
    network="Kidney",
)

MANAGED = ProjectSpec(
    key="managed-brain",
    title="Cortex of donors who want to be asked (demo stand-in, managed access)",
    short="ManagedCortexStandIn",
    description=f"What one sees of a project whose files need a permission. {STAND_IN}",
    donors=(Donor(id="B1", sex="female", age="81", diseases=("Alzheimer disease",)),),
    samples=(Sample(id="B1_brain", organ="brain", parts=("cerebral cortex",)),),
    suspensions=(Suspension(id="B1_nuclei", cells=12_000),),
    protocols=(Protocol(library="10x 3' v3", source="single nucleus", workflow=OPTIMUS),),
    files=(
        dcp_matrix(
            "cortex-human-10XV3.loom",
            "optimus/9",
            "genusSpecies=Homo sapiens;developmentStage=human adult stage;organ=brain",
            (0,),
            cells=78,
        ),
        *reads("reads", (0,)),
    ),
    laboratory=("Made-up Brain Laboratory",),
    contributors=(contributor("Nell,,Neuron", "Institute of Thought", corresponding=True),),
    restriction="GRU-NCU",
    network="Nervous System",
    managed=True,
)

PHANTOMS = ProjectSpec(
    key="phantoms",
    title="Spleen, of which some files never arrived (demo stand-in)",
    short="SpleenPhantoms",
    description=f"The catalog lists files here that the repository does not have. {STAND_IN}",
    donors=(Donor(id="S1", sex="male", stage="human fetal stage"),),
    samples=(Sample(id="S1_spleen", organ="spleen", preservation="cryopreserved"),),
    suspensions=(Suspension(id="S1_cells", cells=900),),
    protocols=(Protocol(library="Seq-Well", workflow=None),),
    files=(
        contributed("spleen.rds", "", "organ=spleen", (0,), file_format="rds"),
        contributed("spleen.csv", "csv/9", "organ=spleen", (0,), file_format="csv"),
        *reads("reads", (0,)),
        FileSpec(
            name="R3.fastq.gz",
            format="fastq.gz",
            made="",
            bundle="reads",
            suspensions=(0,),
            protocol=0,
        ),
    ),
)

STUDIES: tuple[ProjectSpec, ...] = (PANCREAS, PBMC, RETINA, MIXED, MANAGED, PHANTOMS)
