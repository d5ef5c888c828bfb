"""The kinds of files that projects have."""

from __future__ import annotations

from jupyterlab_datahub.demo.hca.specs import FileSpec

OPTIMUS = "optimus_post_processing_v1.0.0"
SMARTSEQ2 = "smartseq2_v5.1.1"


def dcp_matrix(
    name: str,
    made: str,
    strata: str,
    suspensions: tuple[int, ...],
    protocol: int = 0,
    *,
    cells: int = 700,
) -> FileSpec:
    """Return a matrix that the platform makes today."""
    return FileSpec(
        name=name,
        format="loom",
        made=made,
        bundle="matrix/dcp2",
        suspensions=suspensions,
        protocol=protocol,
        content=("Count Matrix",),
        source="DCP/2 Analysis",
        intermediate=False,
        cells=cells,
        strata=strata,
        tree="matrices",
    )


def dcp1_matrix(
    name: str, made: str, strata: str, suspensions: tuple[int, ...], *, file_format: str
) -> FileSpec:
    """Return a matrix that the platform made until 2020."""
    return FileSpec(
        name=name,
        format=file_format,
        made=made,
        bundle="matrix/dcp1",
        suspensions=suspensions,
        protocol=0,
        content=("Matrix",),
        source="DCP/1 Matrix Service",
        intermediate=False,
        strata=strata,
        tree="matrices",
        version="2020-12-03T10:39:17.144517Z",
    )


def contributed(
    name: str,
    made: str,
    strata: str,
    suspensions: tuple[int, ...],
    protocol: int = 0,
    *,
    file_format: str,
    source: str = "Contributor",
) -> FileSpec:
    """Return a matrix that the authors handed in."""
    return FileSpec(
        name=name,
        format=file_format,
        made=made,
        bundle="contributed",
        suspensions=suspensions,
        protocol=protocol,
        content=("Matrix",),
        source=source,
        intermediate=False,
        strata=strata,
        tree="contributedAnalyses",
        version="2023-11-20T16:56:40.419579Z",
    )


def reads(
    bundle: str, suspensions: tuple[int, ...], protocol: int = 0, prefix: str = ""
) -> tuple[FileSpec, ...]:
    """Return the two files of reads of a bundle; without a prefix their names repeat."""
    return tuple(
        FileSpec(
            name=f"{prefix}R{n}.fastq.gz",
            format="fastq.gz",
            made="fastq",
            bundle=bundle,
            suspensions=suspensions,
            protocol=protocol,
            content=("DNA sequence",),
            version="2023-06-01T10:00:00.000000Z",
        )
        for n in (1, 2)
    )
