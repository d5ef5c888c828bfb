"""Notebooks about the demo's openBIS: made, run in a real kernel, saved and copied."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat
import pytest
from jupyter_client.manager import KernelManager

from jupyterlab_datahub.demo.openbis import contents
from jupyterlab_datahub.engine import cells, datasets, notebooks, provenance, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
)
from jupyterlab_datahub.model import (
    CellRequest,
    CheckedInput,
    InputState,
    NotebookRequest,
    ProvenanceInput,
    Secret,
    TransferState,
)
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.openbis.session import Session
from tests.notebooks.conftest import SECONDS, Kernel, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings


@pytest.fixture
def token(hub: DemoHub, openbis_settings: Settings) -> str:
    """Log the user scientist in, keep the token as a connection does, and return it."""
    service = hub.services["openbis"]
    config = next(config for config in openbis_settings.sources if config.kind == "openbis")
    token = Session(config, None).ask("login", [service["user"], service["password"]])
    Vault(Path(openbis_settings.home)).put(config.name, Secret(token=token, url=config.url))
    assert isinstance(token, str)
    return token


@pytest.fixture
def rooms(openbis_settings: Settings) -> Iterator[Rooms]:
    opened = Rooms(openbis_settings)
    yield opened
    opened.close()


@pytest.fixture
def ref(hub: DemoHub) -> Callable[[str], str]:
    return lambda name: f"openbis:{hub.services['openbis']['host']}/{name}"


def made(rooms: Rooms, *refs: str, **more: Any) -> dict[str, Any]:
    path = notebooks.create(rooms, NotebookRequest(refs=refs, **more)).path
    notebook = json.loads((rooms.root / path).read_text("utf-8"))
    nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]  # nbformat declares no types
    assert isinstance(notebook, dict)
    return notebook


def parents(notebook: dict[str, Any]) -> list[str]:
    [cell] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("code_cell_id") == "resultDatasetParents"
    ]
    found = json.loads("".join(cell["source"]).partition("=")[2])
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("name", "datasets"),
    [
        (contents.CELLS, {contents.CELLS}),
        (f"{contents.CELLS}/original/x.h5ad", {contents.CELLS}),
        ("/LAB/SC/NOTEBOOKS", set()),
    ],
)
def test_an_entity_brings_its_datasets(
    rooms: Rooms, token: str, ref: Callable[[str], str], name: str, datasets: set[str]
) -> None:
    assert set(parents(made(rooms, ref(name)))) == datasets


@pytest.mark.parametrize("name", ["/LAB/SC/PBMC", "/lab/sc/pbmc", "/LAB/SC", "/LAB", "LAB"])
def test_what_has_many_brings_them_all(
    rooms: Rooms, token: str, ref: Callable[[str], str], name: str
) -> None:
    found = set(parents(made(rooms, ref(name))))
    assert {contents.CELLS, contents.MONOCYTES, contents.TENX, contents.TABLE} <= found
    assert contents.HIDDEN not in found


@pytest.mark.parametrize("name", ["/LAB/SC/DONOR_1", "/lab/sc/donor_1/"])
def test_an_object_brings_its_own(
    rooms: Rooms, token: str, ref: Callable[[str], str], name: str
) -> None:
    found = set(parents(made(rooms, ref(name))))
    assert {contents.CELLS, contents.TENX} <= found
    assert contents.TABLE not in found


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("20200101000000000-1", NotFoundError),
        ("/LAB/SC/NOTHING", NotFoundError),
        ("/NOTHING", NotFoundError),
        ("x y", BadRequestError),
        ("//", BadRequestError),
        ("/a/b/c/d/e", BadRequestError),
    ],
)
def test_what_is_not_there_is_told(
    rooms: Rooms, token: str, ref: Callable[[str], str], name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        made(rooms, ref(name))
    assert list(rooms.root.glob("*.ipynb")) == []


def test_nobody_gets_a_notebook_without_a_connection(
    rooms: Rooms, ref: Callable[[str], str]
) -> None:
    with pytest.raises(AccessError, match="not connected"):
        made(rooms, ref(contents.CELLS))


def test_other_sources_have_no_template(rooms: Rooms) -> None:
    with pytest.raises(NotSupportedError, match="no template"):
        made(rooms, "cellxgene:x")


def test_a_notebook_is_about_one_store(rooms: Rooms, token: str, ref: Callable[[str], str]) -> None:
    with pytest.raises(BadRequestError, match="one source"):
        made(rooms, ref(contents.CELLS), "cellxgene:x")
    with pytest.raises(BadRequestError, match="either about datasets or a copy"):
        made(rooms)
    with pytest.raises(BadRequestError, match="50"):
        made(rooms, *[ref(contents.CELLS)] * 51)


def test_nothing_is_overwritten(rooms: Rooms, token: str, ref: Callable[[str], str]) -> None:
    def create(name: str) -> str:
        wish = NotebookRequest(refs=(ref(contents.CELLS),), directory="new/folder", name=name)
        return notebooks.create(rooms, wish).path

    assert create("lung") == "new/folder/lung.ipynb"
    before = (rooms.root / "new/folder/lung.ipynb").read_bytes()
    (rooms.root / "new/folder/lung 2.ipynb").symlink_to("nowhere")
    assert create("lung.ipynb") == "new/folder/lung 3.ipynb"
    assert create(" lung.IPYNB ") == "new/folder/lung 4.ipynb"
    assert (rooms.root / "new/folder/lung.ipynb").read_bytes() == before
    assert create("") == "new/folder/PBMC 68k, reduced.ipynb"


@pytest.mark.parametrize("directory", ["..", "a/../../b", "link"])
def test_nothing_is_written_outside_the_root(
    rooms: Rooms, token: str, ref: Callable[[str], str], tmp_path: Path, directory: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (rooms.root / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadRequestError):
        made(rooms, ref(contents.CELLS), directory=directory)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["../../x", "/etc/x", ".hidden", "a/b", "..", "x" * 500, "a\0b"])
def test_a_name_stays_in_its_folder(
    rooms: Rooms, token: str, ref: Callable[[str], str], name: str
) -> None:
    wish = NotebookRequest(refs=(ref(contents.CELLS),), directory="here", name=name)
    path = rooms.root / notebooks.create(rooms, wish).path
    assert path.parent == rooms.root / "here"
    assert not path.name.startswith(".")


def test_a_folder_that_cannot_be_written_is_told(
    rooms: Rooms, token: str, ref: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def full(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.suffix == ".ipynb":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ConflictError, match="No space left"):
        made(rooms, ref(contents.CELLS))


def test_the_token_is_not_in_the_notebook(
    rooms: Rooms, token: str, ref: Callable[[str], str]
) -> None:
    assert token not in json.dumps(made(rooms, ref("/LAB")))


# Run


@pytest.fixture
def connected(hub: DemoHub, token: str, rooms: Rooms, tmp_path: Path) -> Iterator[Kernel]:
    """Return a kernel whose environment names the openBIS, as a hub's does."""
    environment = os.environ | {
        "OPENBIS_URL": hub.services["openbis"]["url"],
        "OPENBIS_TOKEN": token,
        "HOME": str(tmp_path),
    }
    manager = KernelManager(kernel_name="python3")
    with running(manager, cwd=str(rooms.root), env=environment) as started:
        yield started


def test_the_cells_connect_download_and_save(
    connected: Kernel, rooms: Rooms, hub: DemoHub, token: str, ref: Callable[[str], str]
) -> None:
    notebook = made(rooms, ref("/LAB/SC/DONOR_1"), name="run")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["source"]:
            ran = connected.run("".join(cell["source"]))
            assert ran.error == "", "".join(cell["source"])
            assert token not in "".join(ran.streams + ran.results)
    assert (rooms.root / "run.ipynb.html").stat().st_size > 1000
    [file] = (rooms.root / contents.CELLS / "original").rglob("*.h5ad")
    assert file.stat().st_size > 1_000_000
    permid = connected.run("ds_new.permId").results[0].strip("'")
    stored = hub.openbis.store.dataset(permid)
    assert stored.properties["$HISTORY_ID"] == notebook["metadata"]["openbisHistoryId"]
    assert {parent.code for parent in stored.parents} == set(parents(notebook))
    assert stored.sample is not None
    assert stored.sample.code == "DONOR_1"
    names = {Path(file.path).name for file in hub.openbis.store.files(permid)}
    assert {"run.ipynb", "run.ipynb.html"} <= names


def test_without_a_token_the_cell_says_what_to_do(
    kernel: Kernel, rooms: Rooms, token: str, ref: Callable[[str], str], tmp_path: Path
) -> None:
    notebook = made(rooms, ref(contents.CELLS))
    [connect] = [cell for cell in notebook["cells"] if "Openbis(" in "".join(cell["source"])]
    kernel.run("import os; os.environ.pop('OPENBIS_URL', None)")
    ran = kernel.run("".join(connect["source"]))
    assert ran.error == ""
    assert "".join(ran.streams) == "Not connected: the next cell asks for a token\n"


@pytest.mark.parametrize(
    ("name", "suffix", "shown"),
    [
        (contents.CELLS, ".h5ad", "AnnData object"),
        (contents.TABLE, ".csv", "AnnData object"),
        (contents.TENX, "", "AnnData object"),
        (contents.NAMES, "", "PosixPath"),
    ],
)
def test_what_a_dataset_holds_is_handed_over_as_what_it_is(
    kernel: Kernel,
    rooms: Rooms,
    token: str,
    ref: Callable[[str], str],
    name: str,
    suffix: str,
    shown: str,
) -> None:
    asked = fetched(rooms, ref(name), suffix)
    reply = cells.cell(rooms, CellRequest(ref=asked, working_directory="/elsewhere"))
    ran = kernel.run(reply.code)
    assert ran.error == "", reply.code
    assert ran.results[-1].startswith(shown)
    assert reply.input is not None
    [state] = checked(rooms, reply.input)
    assert (state.state, state.on_disk) == (InputState.PRESENT, True)


# Copies and provenance


def fetched(rooms: Rooms, ref: str, suffix: str = ".ipynb") -> str:
    """Download a file of a dataset (all of them without a suffix), and return its identifier."""
    found = datasets.dataset(rooms, ref)
    asset = next(asset for asset in reversed(found.assets) if asset.name.endswith(suffix))
    transfer, _ = transfers.start(rooms, asset.ref, rooms.root / rooms.settings.link_directory)
    for _ in range(SECONDS * 10):
        transfer = transfers.one(rooms, transfer.id)
        if transfer.state.final:
            break
        time.sleep(0.1)
    assert transfer.state is TransferState.DONE, transfer.error
    return asset.ref


def save_as_dataset(kernel: Kernel, rooms: Rooms, notebook: dict[str, Any]) -> str:
    """Save a notebook with pyBIS as its own cells do, and return the permId."""
    wanted = ("set_token", "new_dataset", "resultDataset", "fileName")
    for cell in notebook["cells"]:
        code = "".join(cell["source"])
        if cell["cell_type"] == "code" and any(word in code for word in wanted):
            assert kernel.run(code).error == ""
    return kernel.run("ds_new.permId").results[0].strip("'")


def test_a_saved_notebook_is_opened_as_a_copy(
    connected: Kernel, rooms: Rooms, token: str, ref: Callable[[str], str]
) -> None:
    original = made(rooms, ref("/LAB/SC/DONOR_1"), name="run")
    permid = save_as_dataset(connected, rooms, original)
    wish = NotebookRequest(copy=ref(permid))
    with pytest.raises(ConflictError, match="not on this machine yet"):
        notebooks.create(rooms, wish)
    file = fetched(rooms, ref(permid))
    for keep_history, asked in ((False, ref(permid)), (True, file)):
        wish = NotebookRequest(copy=asked, keep_history=keep_history)
        path = notebooks.create(rooms, wish).path
        copy = json.loads((rooms.root / path).read_text("utf-8"))
        assert path.startswith("run ")
        assert parents(copy) == [permid]
        same = copy["metadata"]["openbisHistoryId"] == original["metadata"]["openbisHistoryId"]
        assert same is keep_history
        inputs = copy["metadata"]["datahub"]["inputs"]
        assert inputs[:-1] == original["metadata"]["datahub"]["inputs"]
        assert inputs[-1]["ref"] == ref(permid)


def test_what_is_no_notebook_is_not_copied(
    rooms: Rooms, token: str, ref: Callable[[str], str]
) -> None:
    with pytest.raises(BadRequestError, match="has no notebook"):
        notebooks.create(rooms, NotebookRequest(copy=ref(contents.CELLS)))


def checked(rooms: Rooms, *inputs: ProvenanceInput, **metadata: Any) -> tuple[CheckedInput, ...]:
    ours = {"inputs": [msgspec.to_builtins(given) for given in inputs]}
    return provenance.check(rooms, {"datahub": ours, **metadata}).inputs


def given(ref: str) -> ProvenanceInput:
    return ProvenanceInput(ref=ref, variable="x", title="X")


def test_an_input_stands_as_its_source_says(
    rooms: Rooms, token: str, ref: Callable[[str], str], hub: DemoHub
) -> None:
    specs = {spec.key: spec for _, spec in hub.catalog.everything()}
    several = next(spec for spec in specs.values() if len(spec.versions) > 1)
    old, new = several.version_id(several.versions[0]), several.version_id(several.newest)
    states = checked(
        rooms,
        given("folder:folder/monocytes.h5ad"),
        given(ref(contents.CELLS)),
        given(f"cellxgene:{old}"),
        given("hca:x/y"),
        given(ref("20200101000000000-1")),
    )
    assert [one.state for one in states[1:]] == [
        InputState.MISSING,
        InputState.NEWER,
        InputState.UNKNOWN,
        InputState.UNKNOWN,
    ]
    assert states[2].newest_ref == f"cellxgene:{new}"
    assert all(one.note for one in states[3:])


def test_a_store_that_does_not_let_us_in_makes_its_inputs_unknown_alone(
    rooms: Rooms, ref: Callable[[str], str], hub: DemoHub
) -> None:
    spec = next(spec for _, spec in hub.catalog.everything())
    states = checked(
        rooms,
        given(ref(contents.CELLS)),
        given(ref(contents.MONOCYTES)),
        given(f"cellxgene:{spec.version_id(spec.newest)}"),
    )
    assert [one.state for one in states] == [
        InputState.UNKNOWN,
        InputState.UNKNOWN,
        InputState.MISSING,
    ]
    assert "not connected" in states[0].note


def test_a_catalog_that_is_down_is_asked_once(
    rooms: Rooms, token: str, ref: Callable[[str], str], hub: DemoHub
) -> None:
    hub.openbis.stop()
    asked = [given(ref(f"20240115093012345-{number}")) for number in range(5)]
    states = checked(rooms, *asked)
    assert {one.state for one in states} == {InputState.UNKNOWN}
    assert len({one.note for one in states}) == 1


def test_old_metadata_is_checked_too(
    rooms: Rooms, token: str, ref: Callable[[str], str], hub: DemoHub
) -> None:
    url = hub.services["openbis"]["url"]
    report = provenance.check(rooms, {"datasets": {contents.CELLS: {"url": url, "size": 1}}})
    assert report.upgraded
    assert [(one.input.ref, one.state) for one in report.inputs] == [
        (ref(contents.CELLS), InputState.MISSING)
    ]
