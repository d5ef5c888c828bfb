"""What is in a file, in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anndata as ad

from jupyterlab_datahub.demo.s3 import bundles
from jupyterlab_datahub.notebooks import free_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from jupyterlab_datahub.settings import Settings
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


def test_what_is_in_files_of_several_things(
    run: Callable[..., Ran], settings: Settings, demo_data: Path
) -> None:
    made = bundles.contents(demo_data)
    folder = Path(settings.root, "my-data")
    (folder / "outs.zip").write_bytes(made[bundles.ARCHIVE])
    (folder / "cite.h5mu").write_bytes(made[bundles.MUDATA])
    told = run("preview", "folder:folder/outs.zip")
    assert told.code == 0, told.err
    assert f"{bundles.CELLS} (anndata)" in told.out
    assert "README.txt (other, does not load)" in told.out
    got = run("get", "folder:folder/cite.h5mu", "--member", "prot", "--json")
    assert got.code == 0, got.err
    assert list(ad.read_h5ad(got.document[0]["path"]).var_names) == list(bundles.PROTEINS)
