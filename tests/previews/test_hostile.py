"""Files that are damaged, odd or meant to do harm: an error in words, and nothing else is read."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.ranged import damage
from tests.previews.looking import ask, look, unpack
from tests.sources import endless_texts, h5_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = b"not yours" * 100
TEXT = h5py.string_dtype()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a good file of four cells with an embedding, to be made bad."""
    made = tmp_path / "cells.h5ad"
    h5_files.counts_in(made, "raw.X")
    with h5py.File(made, "r+") as file:
        file["obs/n"] = np.arange(4)
        file["obsm/X_umap"] = np.arange(8.0).reshape(4, 2)
        file["uns/title"] = "A title"
    return made


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file of ours, plain bytes."""
    made = tmp_path / "secret.bin"
    made.write_bytes(SECRET)
    return made


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Return a file of ours in HDF5."""
    made = tmp_path / "secret.h5"
    with h5py.File(made, "w") as file:
        file["numbers"] = np.full(4, 4711)
        file["pairs"] = np.full((4, 2), 4711.0)
        file["text"] = "not yours"
        file["obs/_index"] = np.array(["x"] * 4, TEXT)
    return made


def says(path: Path) -> str:
    """Return all that a look says and keeps of a file, or its error."""
    try:
        found = look(path)
    except UnreadableError as error:
        return error.message
    return f"{found.facts} {[unpack(packed) for packed in found.kept.values()]}"


def test_the_good_file_is_good(path: Path) -> None:
    assert look(path).facts.shape == (4, 3)
    assert "A title" in says(path)


@pytest.mark.parametrize("place", ["obs", "var", "X", "raw", "obsm", "uns", "obs/n"])
def test_a_link_into_another_file_is_not_followed(path: Path, theirs: Path, place: str) -> None:
    with h5py.File(path, "r+") as file:
        del file[place]
        file[place] = h5py.ExternalLink(str(theirs), "/numbers" if place == "obs/n" else "/obs")
    told = says(path)
    assert "is a link that leads elsewhere" in told
    assert "4711" not in told


def test_a_soft_link_over_another_file_is_not_followed(path: Path, theirs: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["away"] = h5py.ExternalLink(str(theirs), "/")
        del file["obs/n"]
        file["obs/n"] = h5py.SoftLink("/away/numbers")
    assert "4711" not in says(path)
    assert "leads elsewhere" in look(path).column("n").note


def test_a_name_that_is_a_path_leads_nowhere(path: Path, theirs: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["away"] = h5py.ExternalLink(str(theirs), "/")
        names = ["../away/numbers", "/away/numbers", "..", ".", ""]
        file["obs"].attrs["column-order"] = np.array(names, TEXT)
    found = look(path)
    assert [column.note for column in found.facts.obs] == ["it is named but not there"] * 5


@pytest.mark.parametrize("place", ["obs/n", "obsm/X_umap", "X", "uns/title", "obs/_index"])
def test_a_virtual_dataset_is_not_opened(path: Path, theirs: Path, place: str) -> None:
    shape, name = {"obsm/X_umap": ((4, 2), "pairs"), "uns/title": ((), "text")}.get(
        place, ((4,), "numbers")
    )
    with h5py.File(path, "r+") as file:
        del file[place]
        kind = TEXT if name == "text" else "f8"
        layout = h5py.VirtualLayout(shape, kind)
        layout[...] = h5py.VirtualSource(str(theirs), name, shape, kind)
        file.create_virtual_dataset(place, layout)
    told = says(path)
    assert "in other files, which are not opened" in told
    assert "4711" not in told
    assert "not yours" not in told


@pytest.mark.parametrize("place", ["obs/n", "obsm/X_umap", "X", "obs/_index"])
def test_values_in_an_external_file_are_not_read(path: Path, secret: Path, place: str) -> None:
    shape = (4, 2) if place == "obsm/X_umap" else (4,)
    with h5py.File(path, "r+") as file:
        del file[place]
        file.create_dataset(place, shape, "i1", external=[(str(secret), 0, 100)])
    told = says(path)
    assert "in other files, which are not opened" in told
    assert str(SECRET[0]) not in told.replace("0x", "")


def test_categories_in_an_external_file_are_not_read(path: Path, secret: Path) -> None:
    with h5py.File(path, "r+") as file:
        group = file.create_group("obs/kind")
        group.attrs["encoding-type"] = "categorical"
        group["codes"] = np.zeros(4, "i1")
        group.create_dataset("categories", (1,), "S9", external=[(str(secret), 0, 9)])
    assert "not yours" not in says(path)
    assert "in other files" in look(path).column("kind").note


def test_a_group_that_contains_itself(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        for place in ("obs/n2", "uns/again", "obsm/X_again", "layers/again", "obsp/again"):
            file[place] = file["/"]
        file["obs/obs"] = file["obs"]
    found = look(path)
    assert found.column("obs").kind == "other"
    assert found.facts.shape == (4, 3)


def test_huge_shapes_that_are_only_declared(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["obs/n"], file["obsm/X_umap"], file["X"], file["uns/title"]
        chunks = (1 << 16,)
        file.create_dataset("obs/n", (1 << 50,), "f8", chunks=chunks)
        file.create_dataset("obsm/X_umap", (4, 1 << 50), "f8", chunks=(4, 1 << 10))
        file.create_dataset("X", (1 << 30, 1 << 30), "f8", chunks=(1 << 8, 1 << 8))
        file.create_dataset("uns/title", (1 << 40,), TEXT, chunks=chunks)
    found = look(path)
    assert "too large" in found.column("n").note
    assert "not the shape of obs and var" in found.facts.notes[0]
    assert found.facts.picture.embedding == "X_umap"


def test_more_cells_than_there_can_be(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["obs/_index"]
        file.create_dataset("obs/_index", (1 << 40,), TEXT, chunks=(1 << 16,))
        del file["obsm/X_umap"]
        file.create_dataset("obsm/X_umap", (1 << 40, 2), "f8", chunks=(1 << 16, 2))
    found = look(path)
    assert found.facts.shape[0] == 1 << 40
    assert found.facts.picture.points == 200_000


def test_a_chunk_that_would_fill_the_memory(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["obs/n"]
        file.create_dataset("obs/n", (1 << 28,), "f8", chunks=(1 << 28,), compression="gzip")
        file["obs"].attrs["column-order"] = ["n"]
    assert "too large" in look(path).column("n").note


def test_a_filter_that_is_not_installed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(h5py.h5z, "filter_avail", lambda number: number != 32000)
    with h5py.File(path, "r+") as file:
        del file["obs/n"]
        file.create_dataset("obs/n", data=np.arange(4), compression="lzf")
    note = look(path).column("n").note
    assert note == "/obs/n is packed with a filter that is not installed here (lzf, number 32000)"
    with pytest.raises(UnreadableError) as raised:
        ask(path, colours="n")
    assert raised.value.hint == "Install hdf5plugin where JupyterLab runs."


def test_references_and_odd_types(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["obs/where"] = np.array([file["X"].ref] * 4, h5py.ref_dtype)
        ragged = h5py.vlen_dtype(np.dtype("i4"))
        file.create_dataset("obs/ragged", (4,), ragged)
        file["obs/pairs"] = np.zeros(4, [("a", "i4"), ("b", "f4")])
        file["obs/wide"] = np.zeros((4, 3))
        file["obs/complex"] = np.zeros(4, "c16")
        file["obs/empty"] = h5py.Empty("f4")
        file["obs/scalar"] = 5
    found = look(path)
    odd = [column for column in found.facts.obs if column.name != "n"]
    assert len(odd) == 7
    assert not any(column.looked_at for column in odd), odd
    assert all(column.note for column in odd), odd


def remove(place: str) -> Callable[[h5py.File], None]:
    """Return what removes something."""
    return lambda file: file.__delitem__(place)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (remove("obs"), "no AnnData (it has no obs and var), and neither Loom nor 10x"),
        (remove("obs/_index"), ""),
        (remove("var/_index"), "/var has no index"),
        (remove("X/indptr"), "X lacks a part of a sparse matrix"),
    ],
)
def test_parts_that_are_missing(path: Path, spoil: Callable[[h5py.File], None], words: str) -> None:
    with h5py.File(path, "r+") as file:
        spoil(file)
    assert words in says(path)


def test_what_is_no_hdf5(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"<html>", b"PK\x03\x04" * 1000)):
        path = tmp_path / f"{number}.h5ad"
        path.write_bytes(content)
        with pytest.raises(UnreadableError, match="is no HDF5 file"):
            look(path)


def test_a_file_that_was_cut(path: Path) -> None:
    whole = path.read_bytes()
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(UnreadableError) as raised:
            look(path)
        assert raised.value.message in ("the file is no HDF5 file", damage.DAMAGED)


def test_names_that_are_no_texts(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["uns"].create_group(b"\xff\xfe")
        file["obs"].create_dataset(b"na\xffme", data=np.arange(4))
        file["obs/kind"] = np.array([b"\xff", b"a", b"a", b"b"], "S1")
    found = look(path)
    assert found.column("na\ufffdme").note == "it is named but not there"
    assert found.column("kind").top[0].value == "a"
    assert "\ufffd" in found.facts.uns[0] + found.facts.uns[1]


# A process, as HDF5 itself does not come back from what it must not be given.
ENDLESS = """\
import sys
from pathlib import Path
from jupyterlab_datahub.errors import UnreadableError
from tests.previews.looking import look
try:
    look(Path(sys.argv[1]))
except UnreadableError as error:
    print(error.message)
"""


@pytest.mark.parametrize("between", [True, False])
def test_texts_without_an_end_in_what_is_read_second(path: Path, between: bool) -> None:
    endless_texts.spoil_late(path, "var/_index", between=between)
    command = [sys.executable, "-c", ENDLESS, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == damage.DAMAGED
