"""The trees of matrices in a project: dimension, value, dimension, value, … list of files.

How Azul builds them: values of a stratum are split at commas, one branch each; dimensions with
the fewest values come first; a stratum that lacks a dimension has the value "Unspecified"
there. So depth and order differ from project to project. Trees of earlier days kept joined
values in one branch, and some projects still have them: `joined`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIMENSIONS = ("genusSpecies", "developmentStage", "organ", "libraryConstructionApproach")
"""In what order dimensions with as many values follow each other."""

Strata = list[dict[str, str]]


def parse_strata(text: str, *, joined: bool = False) -> Strata:
    """Return the strata of ``a=A1;b=B1,B2`` lines, one for each combination of values."""
    found: Strata = []
    for line in text.splitlines():
        points = [point.partition("=") for point in line.split(";")]
        choices = [
            [(name, value) for value in ([values] if joined else values.split(","))]
            for name, _, values in points
        ]
        found += [dict(choice) for choice in product(*choices)]
    return found


def order_of(strata: Iterable[dict[str, str]]) -> list[str]:
    """Return the dimensions from the root on."""
    values: dict[str, set[str]] = {}
    for stratum in strata:
        for name, value in stratum.items():
            values.setdefault(name, set()).add(value)
    return sorted(values, key=lambda name: (len(values[name]), DIMENSIONS.index(name)))


def tree_of(files: Sequence[tuple[Any, Strata]]) -> dict[str, Any]:
    """Return the tree of files, each with its strata; empty where there is none."""
    order = order_of(stratum for _, strata in files for stratum in strata)
    tree: dict[str, Any] = {}
    for file, strata in files:
        for stratum in strata:
            _leaf(tree, [(name, stratum.get(name, "Unspecified")) for name in order]).append(file)
    return tree


def _leaf(tree: dict[str, Any], path: Sequence[tuple[str, str]]) -> list[Any]:
    """Return the list at the end of a path, made where it is not there yet."""
    node = tree
    for name, value in path[:-1]:
        node = node.setdefault(name, {}).setdefault(value, {})
    name, value = path[-1]
    leaf: list[Any] = node.setdefault(name, {}).setdefault(value, [])
    return leaf
