"""The cells, run in a real kernel."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.model import CellRequest, LibraryItem
from jupyterlab_datahub.notebooks.handoff import hand_off
from tests.notebooks.conftest import Host, Kernel, Ran, dataset_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import CellReply

SHOWN = "AnnData object with n_obs × n_vars = 5 × 3"

HOSTILE = [
    "Tabula Sapiens - Lung",
    "it's \"quoted\" and 'single'",
    "triple \"\"\" and '''",
    "first line\nimport os; boom = 1\r\nthird\x0bline\x0cpage\x85next\u2028sep\u2029par",
    "back\\slash \\N{DEGREE SIGN} \\x00 \\u0041 C:\\new\\table",
    "{} {0} {title!r} %s %(x)s ${HOME} $(boom)",
    "肺の細胞 🫁 Ünïcödé",
    "%%bash echo boom",
    "!boom ?boom boom?",
    "coding: rot13",
    "bidi \u202e txet \u2066 isolate \ufeff mark",
    "null\x00byte and escape\x1b[31m",
    "lone surrogate \udc80",
    "class",
    "x" * 5000,
    "",
]


def shown(ran: Ran) -> str:
    """Return the first line of the one thing a cell showed; anndata 0.13 adds others."""
    assert ran.error == ""
    [result] = ran.results
    return result.splitlines()[0]


def load(title: str, path: str, file: Path, **known: Any) -> CellReply:
    dataset, asset = dataset_of(title, file)
    return hand_off(CellRequest(ref=asset.ref, **known), dataset, asset, None, path)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_cell_shows_the_anndata_whatever_the_title(
    kernel: Kernel, h5ad: Path, title: str
) -> None:
    cell = load(title, str(h5ad), h5ad)
    ran = kernel.run(cell.code)
    assert shown(ran) == SHOWN
    assert ran.streams == []
    assert cell.code.splitlines()[0].startswith("# ")
    assert len(cell.code.splitlines()) == 5
    assert kernel.run("'boom' in dir()").results == ["False"]


@pytest.mark.parametrize(
    "name", ["plain.h5ad", 'it\'s "both".h5ad', "back\\slash {x} %s.h5ad", "line\nbreak é 肺.h5ad"]
)
def test_a_path_is_a_literal(kernel: Kernel, h5ad: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(h5ad.read_bytes())
    assert shown(kernel.run(load("lung", str(path), h5ad).code)) == SHOWN


def test_an_earlier_variable_of_the_kernel_survives(kernel: Kernel, h5ad: Path) -> None:
    kernel.run("lung = 'mine'")
    cell = load("Lung", str(h5ad), h5ad, names=("lung", "ad"))
    assert cell.variable == "lung_2"
    assert cell.note == "lung is already used in this kernel, so the variable is lung_2."
    assert shown(kernel.run(cell.code)) == SHOWN
    assert kernel.run("lung").results == ["'mine'"]


def fetching(host: Host, file: Path, path: Path, **changes: Any) -> CellReply:
    dataset, asset = dataset_of("Lung", file, host.url)
    return hand_off(
        CellRequest(ref=asset.ref, path_visible=False, **changes), dataset, asset, None, str(path)
    )


def test_a_kernel_elsewhere_fetches_verifies_and_loads(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "folder" / "lung.h5ad"
    cell = fetching(host, h5ad, target)
    assert shown(kernel.run(cell.code)) == SHOWN
    assert [path.name for path in target.parent.iterdir()] == ["lung.h5ad"]
    assert target.read_bytes() == h5ad.read_bytes()


def test_a_second_run_fetches_nothing(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    cell = fetching(host, h5ad, tmp_path / "lung.h5ad")
    for _ in range(2):
        assert shown(kernel.run(cell.code)) == SHOWN
    assert host.handler.asked == [""]


def test_a_cut_connection_is_resumed_by_running_again(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    host.handler.cut = 1000
    cell = fetching(host, h5ad, tmp_path / "lung.h5ad")
    assert "run the cell again" in kernel.run(cell.code).error
    assert not (tmp_path / "lung.h5ad").exists()
    assert shown(kernel.run(cell.code)) == SHOWN
    assert host.handler.asked == ["", "bytes=1000-"]
    assert (tmp_path / "lung.h5ad").read_bytes() == h5ad.read_bytes()


def test_wrong_bytes_are_never_kept(kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path) -> None:
    host.handler.content = bytes(len(host.handler.content))
    ran = kernel.run(fetching(host, h5ad, tmp_path / "lung.h5ad").code)
    assert "not those that were published" in ran.error
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_that_name_is_neither_loaded_nor_overwritten(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    target = tmp_path / "lung.h5ad"
    target.write_bytes(b"mine")
    assert "is another file" in kernel.run(fetching(host, h5ad, target).code).error
    assert target.read_bytes() == b"mine"


def test_what_the_library_verified_is_what_the_kernel_must_get(
    kernel: Kernel, h5ad: Path, host: Host, tmp_path: Path
) -> None:
    dataset, asset = dataset_of("Lung", h5ad, host.url)
    item = LibraryItem(
        sha256=hashlib.sha256(b"other").hexdigest(), size=asset.size or 0, name="x", path="x"
    )
    cell = hand_off(
        CellRequest(ref=asset.ref, path_visible=False),
        dataset,
        asset,
        item,
        str(tmp_path / "lung.h5ad"),
    )
    assert "not those that were published" in kernel.run(cell.code).error
