"""What the pages of the Sources say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from jupyterlab_datahub.sources import folder
from jupyterlab_datahub.sources.folder_walk import COMPANIONS, FORMATS, OF_TOOLS
from jupyterlab_datahub.sources.hdf5_header import FACETS
from jupyterlab_datahub.sources.patience import Patience

DOCS = Path(__file__).parents[2] / "docs"


def options(page: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| (\S*) \|", page, re.MULTILINE))


def test_options_of_cellxgene() -> None:
    described = options((DOCS / "cellxgene.md").read_text("utf-8"))
    patience = Patience()
    for name in Patience.__struct_fields__:
        assert float(described.pop(name)) == getattr(patience, name)
    assert described == {"verify_tls": "true"}


def test_options_and_formats_of_a_folder() -> None:
    page = (DOCS / "folder.md").read_text("utf-8")
    assert options(page) == {
        "path": "`.`",
        "depth": str(folder.DEPTH),
        "files": str(folder.FILES),
    }
    for ending in FORMATS:
        assert f"`{ending.removesuffix('.gz')}`" in page
    for name in (*COMPANIONS, *OF_TOOLS, *FACETS):
        assert f"`{name}`" in page
