"""Islet cells that nobody sequenced: blood cells dealt anew, with the genes of the pancreas.

What each gene of the blood cells was counted at is dealt out among the cells anew, gene by gene,
so that nothing is left of the kinds of blood cells. Then every cell gets a type of the pancreas,
the genes by which that type is recognised (``islets.tsv``: GCG in alpha cells, INS in beta cells
and so on, with the mean reads of a cell of each type), mitochondrial genes, and a depth of its
own. A few cells are poor: few reads, most of them mitochondrial, as of cells that burst.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jupyterlab_datahub.demo.hca.matrices import Cells

SHARES = {
    "alpha": 0.33,
    "beta": 0.23,
    "ductal": 0.13,
    "acinar": 0.11,
    "delta": 0.07,
    "mesenchymal": 0.05,
    "PP": 0.04,
    "endothelial": 0.04,
}
"""Types and their parts of all cells; the endocrine ones are most where islets were picked."""

POOR = 0.03
"""Part of the cells that are poor."""

READS = 60.0
"""Reads of a molecule: nothing tells the copies of one apart in Smart-seq2."""

LEAK = 0.004
"""Part of a type's marker that is read in every other cell: what burst cells leave floats about."""

MITOCHONDRIAL = "MT-"
_SEED = 81547


class Gene(Struct):
    """A gene that the blood cells lack; ``reads`` has its mean in a cell of each type."""

    name: str
    id: str
    length: float
    reads: dict[str, float]


def genes() -> tuple[Gene, ...]:
    """Return the genes of ``islets.tsv``; ids and lengths are those of GENCODE 48."""
    text = (files(__package__) / "islets.tsv").read_text(encoding="utf-8")
    return tuple(
        Gene(
            name=row["feature_name"],
            id=row["ensembl_id"],
            length=float(row["feature_length"]),
            reads={name: float(row[name]) for name in SHARES},
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )


def islet_cells(blood: Cells) -> Cells:
    """Return as many islet cells as there are blood cells; labels are their types.

    The same every time: the numbers of ``RandomState`` are the same in each version of NumPy.
    """
    import numpy as np
    from scipy.sparse import csr_matrix, hstack

    chance = np.random.RandomState(_SEED)
    count = blood.counts.shape[0]
    depth = chance.lognormal(0.0, 0.3, count)
    poor = chance.permutation(count)[: round(POOR * count)]
    types = _types(count, chance)
    added = genes()
    mean = np.array([[gene.reads[name] for gene in added] for name in types])
    mean += LEAK * np.array([max(gene.reads.values()) for gene in added])
    burst = np.ones((count, len(added)))
    kept = np.array([0.2 if gene.name.startswith(MITOCHONDRIAL) else 0.02 for gene in added])
    burst[poor] = kept
    marked = _reads(mean * depth[:, None] * burst, chance)
    depth[poor] *= 0.05
    dealt = _dealt(blood.counts.toarray(), depth, chance)
    return blood._replace(
        counts=hstack([csr_matrix(dealt), csr_matrix(marked)], format="csr").astype(np.float32),
        ids=np.append(blood.ids, np.array([gene.id for gene in added], dtype=object)),
        names=np.append(blood.names, np.array([gene.name for gene in added], dtype=object)),
        lengths=np.append(blood.lengths, [gene.length for gene in added]),
        labels=types,
    )


def _types(count: int, chance: np.random.RandomState) -> NDArray[np.object_]:
    """Return a type for each cell, in their shares and in no order."""
    import numpy as np

    names = np.array(list(SHARES), dtype=object)
    ends = np.rint(np.cumsum(list(SHARES.values())) * count).astype(int)
    types: NDArray[np.object_] = names[np.searchsorted(ends, np.arange(count), side="right")]
    return chance.permutation(types)


def _reads(mean: NDArray[np.float64], chance: np.random.RandomState) -> NDArray[np.float64]:
    """Return reads around their means: gamma, as cells differ, then Poisson, as reads are drawn."""
    return chance.poisson(chance.gamma(2.0, 0.5, mean.shape) * mean).astype(mean.dtype)


def _dealt(
    counts: NDArray[np.float64], depth: NDArray[np.float64], chance: np.random.RandomState
) -> NDArray[np.float64]:
    """Deal each gene's counts among all cells, and read them as deep as each cell is read."""
    import numpy as np

    dealt = np.column_stack([chance.permutation(gene) for gene in counts.T]) * depth[:, None]
    # What is rare is missed where little is read.
    seen = chance.uniform(size=dealt.shape) < 1 - np.exp(-2.0 * dealt)
    return _reads(dealt * READS, chance) * seen
