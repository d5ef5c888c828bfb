"""Whether the rows of a table of counts are cells or genes, told by what they are called.

Names of genes are identifiers of Ensembl, FlyBase, WormBase and TAIR, or symbols; names of cells
are barcodes, or say so. Where neither is seen nothing is guessed.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKED_AT = 4000
"""Names of rows or columns that are looked at, spread evenly over all."""

_SHARE = 0.3
"""The part of names that must look like those of genes or of cells, to be taken for such."""

_FEW = 3
"""Symbols that everybody measures, of which as many must be seen."""

_GENE_IDS = re.compile(
    r"(ENS[A-Z]{0,6}G\d{6,}|FBgn\d{7}|WBGene\d{8}|AT[1-5CM]G\d{5})([._]\S*)?", re.IGNORECASE
)
_BARCODE = re.compile(r"(.*[_.:#-])?[ACGTN]{10,}([_.:#-].*)?|cell[ _.-]?\d+", re.IGNORECASE)
_EVERYBODY_S = """
    actb gapdh b2m malat1 cd3d cd3e cd4 cd8a ms4a1 cd19 nkg7 gnly lyz cd14 fcgr3a ptprc epcam
    vim col1a1 col1a2 pecam1 kdr acta2 krt8 krt18 krt5 krt14 mki67 top2a cdk1 hbb hba1 hba2 ppbp
    fcer1a cst3 s100a8 s100a9 il7r ccr7 sox2 pax6 gfap mbp plp1 snap25 gad1 slc17a7 ins gcg sst
    alb apoe apoa1 tp53 myc egfr erbb2 esr1 mt-co1 mt-nd1 mt-cyb rpl3 rpl5 rps3 rps6 rplp0 eef1a1
    tubb tuba1b hsp90ab1 fos jun xist hprt1
"""
_SYMBOLS = frozenset(_EVERYBODY_S.split())
_GENE_WORDS = re.compile(
    r"(gene|feature|symbol|ensembl|ensg|hgnc|gene.?(id|name|symbol)s?|genes|features|symbols)"
    r"([ _.-]?(id|ids|name|names|symbol))?",
    re.IGNORECASE,
)
_CELL_WORDS = re.compile(
    r"(cells?|barcodes?|cell.?(id|name|barcode)s?|obs|obs.?names?)", re.IGNORECASE
)


class Rows(StrEnum):
    """What the rows of a table are."""

    CELLS = "cells"
    GENES = "genes"
    UNKNOWN = "unknown"


def rows_of(corner: str, rows: Sequence[str], columns: Sequence[str]) -> Rows:
    """Return what rows are.

    Parameters
    ----------
    corner
        What stands above the names of rows.
    rows
        Names of some rows.
    columns
        Names of all columns of numbers.
    """
    found = {_looks(rows), {"genes": "cells", "cells": "genes", "": ""}[_looks(columns)]} - {""}
    if len(found) == 1:
        return Rows(found.pop())
    if _GENE_WORDS.fullmatch(corner.strip()):
        return Rows.GENES
    if _CELL_WORDS.fullmatch(corner.strip()):
        return Rows.CELLS
    return Rows.UNKNOWN


def are_genes(names: Sequence[str]) -> bool:
    """Return whether names are clearly those of genes."""
    return _looks(names) == "genes"


def _looks(names: Sequence[str]) -> str:
    """Return ``genes`` or ``cells`` if names are clearly those, else nothing."""
    seen = names[:: max(len(names) // LOOKED_AT, 1)]
    genes = sum(map(bool, map(_GENE_IDS.fullmatch, seen)))
    cells = sum(map(bool, map(_BARCODE.fullmatch, seen)))
    enough = max(_SHARE * len(seen), 1)
    if max(genes, cells) >= enough:
        return "genes" if genes > cells else "cells"
    # All names, not some: of twenty thousand symbols these are a few dozen.
    symbols = len(_SYMBOLS & {name.strip().lower() for name in names})
    return "genes" if symbols >= _FEW else ""
