"""Some cells and genes of a file, in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anndata

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

REF = "folder:folder/monocytes.h5ad"


def test_a_selection_is_estimated_and_fetched(run: Callable[..., Ran], tmp_path: Path) -> None:
    column = next(
        one for one in run("preview", REF, "--json").document["obs"] if len(one["top"]) > 1
    )
    value, count = column["top"][0]["value"], column["top"][0]["count"]
    where = ("--where", f"`{column['name']}` == '{value}'")
    told = run("get", REF, *where, "--estimate")
    assert told.code == 0, told.err
    assert f"{count:,} of " in told.out
    assert run("get", REF, *where, "--estimate", "--json").document[REF]["cells"] == count
    genes = tmp_path / "genes.txt"
    genes.write_text("nowhere\n" + "\n".join(_some_genes(run)), "utf-8")
    ran = run("get", REF, *where, "--genes", f"@{genes}", "--to", str(tmp_path), "--json")
    assert ran.code == 0, ran.err
    [fetched] = ran.document
    assert anndata.read_h5ad(fetched["path"]).shape == (count, 2)


def test_what_is_wrong_with_a_selection(run: Callable[..., Ran], tmp_path: Path) -> None:
    for words in (["--where", "x ="], ["--where", "nowhere > 3"], ["--layer", "nowhere"]):
        ran = run("get", REF, *words, "--to", str(tmp_path))
        assert ran.code == 1, words
        assert "nowhere" in ran.err or "character 3" in ran.err, ran.err
    ran = run("get", REF, "--genes", "@nowhere.txt", "--to", str(tmp_path))
    assert ran.code == 1
    assert "nowhere.txt" in ran.err
    assert not list(tmp_path.glob("*.h5ad"))


def _some_genes(run: Callable[..., Ran]) -> list[str]:
    return list(run("preview", REF, "--json").document["var"]["examples"][:2])
