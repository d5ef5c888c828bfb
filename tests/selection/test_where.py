"""The language in which cells are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from jupyterlab_datahub.errors import WhereError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.selection.where.evaluate import Column, evaluate
from jupyterlab_datahub.selection.where.parse import DEEPEST, parse

OUTER = "(-1, -1), (9, -1), (9, 9), (-1, 9), (-1, -1)"
INNER = "(0.5, 0.5), (0.5, 2.5), (2.5, 2.5), (2.5, 0.5), (0.5, 0.5)"
RING = f"within(X_umap, {OUTER}, {INNER})"


class Cells:
    """Six cells."""

    cells = 6
    columns = ("cell_type", "tissue type", "n_genes", "mito", "primary", "odd", "a`b", "größe")
    embeddings = ("X_umap",)

    def column(self, name: str) -> Column:
        text, numbers = ColumnKind.CATEGORIES, ColumnKind.NUMBERS
        return {
            "cell_type": Column(text, np.array([0, 1, 2, 0, -1, 1]), ("B cell", "T cell", "it's")),
            "tissue type": Column(text, np.array([0, 0, 1, 1, 0, 1]), ("lung", "liver")),
            "n_genes": Column(numbers, numbers=np.array([100, 500, 900, np.nan, 1500, 2000])),
            "mito": Column(numbers, numbers=np.array([1, 2, 3, 4, 5, 6]) * 1e2),
            "primary": Column(
                ColumnKind.BOOLEANS, np.array([1, 1, 0, 0, 1, -1]), ("False", "True")
            ),
            "odd": Column(ColumnKind.OTHER, note="it has several values a row"),
            "a`b": Column(numbers, numbers=np.arange(6.0)),
            "größe": Column(numbers, numbers=np.arange(6.0)),
        }[name]

    def axes(self, _name: str) -> tuple[np.ndarray, np.ndarray]:
        return np.array([0, 1, 2, 3, np.nan, 1.0]), np.array([0, 1, 2, 3, 1, 5.0])


def chosen(text: str) -> list[int]:
    return list(np.flatnonzero(evaluate(parse(text), Cells()).mask))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("cell_type == 'B cell'", [0, 3]),
        ('"B cell" == cell_type', [0, 3]),
        ("cell_type != 'B cell'", [1, 2, 5]),
        ("not cell_type == 'B cell'", [1, 2, 4, 5]),
        (r"cell_type == 'it\'s'", [2]),
        ('cell_type == "it\'s"', [2]),
        ("cell_type in ['B cell', 'T cell',]", [0, 1, 3, 5]),
        ("cell_type in ('T cell')", [1, 5]),
        ("cell_type not in ['B cell']", [1, 2, 5]),
        ("cell_type in []", []),
        ("cell_type == 'nowhere'", []),
        ("missing(cell_type)", [4]),
        ("not missing(n_genes) and `tissue type` == 'liver'", [2, 5]),
        ("`a``b` > 3", [4, 5]),
        ("größe > 3", [4, 5]),
        ("n_genes >= 500", [1, 2, 4, 5]),
        ("500 < n_genes", [2, 4, 5]),
        ("500 <= n_genes < 1500", [1, 2]),
        ("n_genes in [100, 2e3]", [0, 5]),
        ("n_genes not in [100]", [1, 2, 4, 5]),
        ("n_genes != 100", [1, 2, 4, 5]),
        ("n_genes > mito", [1, 2, 4, 5]),
        ("n_genes > -.5e1", [0, 1, 2, 4, 5]),
        ("primary", [0, 1, 4]),
        ("not primary", [2, 3, 5]),
        ("primary == False", [2, 3]),
        ("primary != True", [2, 3]),
        ("primary and n_genes < 200 or mito == 400", [0, 3]),
        ("primary and (n_genes < 200 or mito == 500)", [0, 4]),
        ("within(X_umap, (0.5, 0.5), (2.5, 0.5), (2.5, 2.5), (.5, 2.5))", [1, 2]),
        # A ring: what is inside twice is outside.
        (RING, [0, 3, 5]),
    ],
)
def test_cells_are_chosen(text: str, cells: list[int]) -> None:
    assert chosen(text) == cells


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("cell_type = 'B cell'", 10, "'=' means nothing here"),
        ("cell_type == 'B cell' & primary", 22, "'&' means nothing here"),
        ("cell_type == 'B cell", 13, "means nothing here"),
        ("cell_type ==", 12, "ends where a column or a value should follow"),
        ("cell_type == 'B cell' primary", 22, "stands where and, or, or the end should"),
        ("(primary", 8, "ends where “)” should follow"),
        ("cell_type in ['B cell'", 22, "ends where “,” or “]” should follow"),
        ("cell_typ == 'B cell'", 0, "obs has no column 'cell_typ'"),
        ("primary and nowhere > 1", 12, "obs has no column"),
        ("cell_type == 3", 13, "holds text"),
        ("cell_type > 'B'", 10, "does not compare"),
        ("n_genes == 'many'", 11, "holds numbers"),
        ("n_genes in [1, 'x']", 15, "holds numbers"),
        ("primary == 'True'", 11, "holds True and False"),
        ("n_genes", 0, "needs a comparison"),
        ("cell_type == B", 13, "obs has no column 'B'"),
        ("cell_type == mito", 10, "both hold numbers"),
        ("1 < 2", 0, "compares no column"),
        ("odd == 3", 0, "several values a row"),
        ("cell_type in [mito]", 14, "a list holds values"),
        ("exec('x')", 0, "is no function"),
        ("__import__('os')", 0, "is no function"),
        ("within(X_umap, (1, 2), (3, 4))", 0, "a polygon has 3"),
        ("within(X_tsne, (1, 2), (3, 4), (5, 6))", 7, "there is no embedding"),
        ("within(X_umap, (1, 'a'), (3, 4), (5, 6))", 19, "where a number should"),
        ("n_genes > 1e999", 10, "too large a number"),
        ("(" * (DEEPEST + 1) + "primary", DEEPEST, "too many brackets"),
        ("not " * 5000 + "primary", 4 * DEEPEST, "too many brackets"),
        ("primary and " * 20000 + "primary", 200_000, "at most 200,000 characters"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(WhereError) as caught:
        evaluate(parse(text), Cells())
    assert (caught.value.position, words in caught.value.message) == (position, True), caught.value
    assert caught.value.body().position == position
    assert f"character {position + 1:,}" in caught.value.message


def test_what_is_near_is_named() -> None:
    with pytest.raises(WhereError) as caught:
        evaluate(parse("cell_typ == 'B cell'"), Cells())
    assert caught.value.hint == "Did you mean cell_type?"
    with pytest.raises(WhereError) as caught:
        parse("a = 3")
    assert "==" in caught.value.hint
    noted = evaluate(parse("cell_type in ['B cel', 'T cell']"), Cells())
    assert noted.notes == ["cell_type has no value 'B cel'; did you mean 'B cell'?"]
    assert noted.mask.sum() == 2


def test_no_value_chooses_nothing_whatever_the_sign() -> None:
    for text in ("n_genes < 1e9", "n_genes != 1", "n_genes not in [1]", "n_genes == n_genes"):
        assert 3 not in chosen(text), text
    for text in ("cell_type != 'x'", "cell_type not in ['x']"):
        assert 4 not in chosen(text), text
