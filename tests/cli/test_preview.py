"""What is in a file, in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran

REF = "folder:folder/monocytes.h5ad"


def test_a_preview(run: Callable[..., Ran]) -> None:
    ran = run("preview", REF, "--json")
    assert ran.code == 0, ran.err
    found = ran.document
    assert (found["ref"], found["local"], found["raw_counts"]) == (REF, True, "raw.X")
    told = run("preview", REF).out
    cells, genes = found["shape"]
    assert f"{cells:,} cells by {genes:,} genes, h5ad" in told
    assert "X · csr · float32" in told
    assert "Counts in raw.X" in told
    assert all(column["name"] in told for column in found["obs"])


def test_what_cannot_be_previewed(run: Callable[..., Ran]) -> None:
    ran = run("preview", "folder:folder/nothing.h5ad")
    assert ran.code == 1
    assert "nothing.h5ad" in ran.err
