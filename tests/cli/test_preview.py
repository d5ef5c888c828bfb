"""What is in a file, in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.notebooks import free_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

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


def test_what_does_not_fit_into_this_machine(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"free": 100_000_000, "limits": "container", "missing": []}
    monkeypatch.setattr(free_memory, "measured", lambda: few)
    told = run("preview", REF).out
    assert "100.0 MB are free within its container's limit; load a selection of it." in told
