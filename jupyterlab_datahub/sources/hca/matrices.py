"""The matrices of a project, from trees of any depth.

``matrices`` (made by the Data Coordination Platform) and ``contributedAnalyses`` are objects in
which names of facets and their values alternate, down to lists of files. Depth and order differ
from project to project, and one file may be under several branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.sources.hca.fields import UNSPECIFIED
from jupyterlab_datahub.sources.hca.files import asset_of, rank
from jupyterlab_datahub.sources.hca.records import objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.hca.records import Record

GENERATED = "Matrices of the Data Coordination Platform"
CONTRIBUTED = "Matrices of the contributors"
TREES = (
    ("matrices", GENERATED),
    ("contributedAnalyses", CONTRIBUTED),
    ("contributorMatrices", CONTRIBUTED),
)
"""The fields with trees; the last is what older catalogs call the second."""

DEEPEST = 40
"""Levels below which nothing is looked for: a tree has two for each facet."""

Strata = dict[str, list[str]]
Branch = tuple[tuple[str, str], ...]


def matrices_of(project: Record, catalog: str, *, managed: bool = False) -> tuple[Asset, ...]:
    """Return the matrices of a project, each once, those that load as AnnData first."""
    found: dict[str, tuple[Record, str, Strata]] = {}
    for field, section in TREES:
        for tree in objects(project, field):
            for branch, leaf in leaves(tree):
                key = str(leaf.get("uuid") or leaf.get("azul_url") or leaf.get("url") or "")
                if not key:
                    continue
                _, _, strata = found.setdefault(key, (leaf, section, {}))
                _merge(strata, branch)
    made = [
        asset_of(leaf, catalog, section=section, note=_words(strata), matrix=True, managed=managed)
        for leaf, section, strata in found.values()
    ]
    assets = [asset for asset in made if asset is not None]
    return tuple(sorted(assets, key=lambda one: (rank(one), one.section == CONTRIBUTED)))


def leaves(tree: Any, branch: Branch = (), facet: str = "") -> Iterator[tuple[Branch, Record]]:
    """Yield the files of a tree, each with the facets and values that lead to it."""
    if len(branch) * 2 > DEEPEST:
        return
    if isinstance(tree, list):
        for one in tree:
            yield from leaves(one, branch, facet)
    elif isinstance(tree, dict):
        if _is_file(tree):
            yield branch, tree
        elif facet:
            for value, below in tree.items():
                yield from leaves(below, (*branch, (facet, value)))
        else:
            for name, below in tree.items():
                yield from leaves(below, branch, name)


def _is_file(tree: Record) -> bool:
    """Whether an object is a file: its name is a text, where a facet's values are an object."""
    return any(isinstance(tree.get(field), str) for field in ("uuid", "name", "url", "azul_url"))


def _merge(strata: Strata, branch: Branch) -> None:
    for facet, joined in branch:
        values = strata.setdefault(facet, [])
        for value in (part.strip() for part in joined.split(",")):
            if value and value != UNSPECIFIED and value not in values:
                values.append(value)


def _words(strata: Strata) -> str:
    """Return what a matrix is of, as in ``Homo sapiens · eye, brain · 10X v2 sequencing``."""
    order = ("genusSpecies", "organ", "developmentStage", "libraryConstructionApproach")
    names = [name for name in order if name in strata] + [n for n in strata if n not in order]
    return " · ".join(", ".join(strata[name]) for name in names if strata[name])
