"""Run the example notebooks on a demo hub, as a user of the demo does, and keep what comes out.

``python3 dev.py examples`` writes them anew. The cell that loads the data is not ours to write: it
is asked of the project each time, with what the notebook's metadata says of it, and so is the
provenance. What is kept must hold no word of the machine it ran on.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat
from nbclient import NotebookClient

from jupyterlab_datahub.demo.data import prepare
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.lab import EXAMPLES, environment, sources_yaml
from jupyterlab_datahub.engine import cells
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import CellReply, CellRequest
from jupyterlab_datahub.settings import Settings, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
HAND_OFF = "hand-off"
"""The tag of the cell that the project writes."""

SECONDS = 300
"""How long one cell may take; the first in an environment compiles much."""

_REF = re.compile(r"hca:[a-z0-9]+/[0-9a-f-]{36}(?:@\S+)?")
_KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

Notebook = Any


@dataclass(frozen=True)
class Place:
    """Where a notebook runs: its folder, and the configuration that its commands find.

    Parameters
    ----------
    directory
        Where all of it is put.
    hub
        The services it talks to.
    """

    directory: Path
    hub: DemoHub

    @property
    def work(self) -> Path:
        """The notebook's folder, which is also the root of the server it would run in."""
        return self.directory / "work"

    @property
    def home(self) -> Path:
        """Its DATAHUB_HOME."""
        return self.directory / "home"

    def prepare(self) -> dict[str, str]:
        """Make the folders and files, and return the environment of the kernel."""
        config = self.directory / "config"
        for folder in (self.work, config):
            folder.mkdir(parents=True, exist_ok=True)
        sources = config / "datahub-sources.yaml"
        sources.write_text(sources_yaml(self.hub.services, "my-data"), encoding="utf-8")
        server = {"DataHub": {"reserve_gb": 0.0}}
        (config / "jupyter_server_config.json").write_text(json.dumps(server), encoding="utf-8")
        # What whoever runs this has configured is none of the example's.
        return {**environment(self.home, sources), "JUPYTER_CONFIG_DIR": str(config)}

    def hand_off(self, ref: str) -> CellReply:
        """Return the cell that *Load in notebook* writes for a file that is in the library."""
        atlas = SourceConfig(name="hca", kind="hca", url=self.hub.services["hca"]["url"])
        settings = Settings(home=str(self.home), root=str(self.work), sources=(atlas,), reserve=0)
        rooms = Rooms(settings)
        try:
            return cells.cell(rooms, CellRequest(ref=ref, working_directory=str(self.work)))
        finally:
            rooms.close()


def read(path: Path) -> Notebook:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat declares no types


def execute(notebook: Notebook, place: Place) -> Notebook:
    """Run a copy of a notebook in a kernel of its own, and return it with outputs and provenance.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    ran = nbformat.from_dict(json.loads(json.dumps(notebook)))  # type: ignore[no-untyped-call]  # nbformat declares no types
    ran.metadata = nbformat.from_dict({"kernelspec": _KERNELSPEC})  # type: ignore[no-untyped-call]  # nbformat declares no types
    found = place.prepare()
    client = NotebookClient(ran, timeout=SECONDS, record_timing=False, coalesce_streams=True)
    client.reset_execution_trackers()
    inputs = []
    with _sockets(client), client.setup_kernel(env=found, cwd=str(place.work)):
        for index, cell in enumerate(ran.cells):
            if HAND_OFF in cell.metadata.get("tags", ()):
                reply = place.hand_off(_ref_before(ran.cells[:index]))
                cell.source = reply.code
                inputs.append(msgspec.to_builtins(reply.input))
            if cell.cell_type == "code":
                client.execute_cell(cell, index)
    ran.metadata["datahub"] = {"inputs": inputs}
    ran.metadata["language_info"] = {"name": "python"}
    nbformat.validate(ran)
    return ran


@contextmanager
def _sockets(client: NotebookClient) -> Iterator[None]:
    """Let the kernel listen on sockets in a directory of its own.

    Two processes that start kernels at once can be given the same free TCP port.
    """
    manager = client.create_kernel_manager()
    with tempfile.TemporaryDirectory(prefix="k") as directory:
        manager.transport = "ipc"
        manager.ip = str(Path(directory, "k"))
        yield


def _ref_before(before: list[Notebook]) -> str:
    """Return the identifier that the cell before says it fetched."""
    found = _REF.findall(text_of(before[-2:]))
    if not found:
        raise ValueError("no cell before says what was fetched")
    return str(found[-1])


def text_of(some: list[Notebook]) -> str:
    """Return what cells showed as text."""
    return "\n".join(text for cell in some for text in _texts(cell))


def _texts(cell: Notebook) -> list[str]:
    outputs = cell.get("outputs", ())
    return [
        str(one.get("text") or one.get("data", {}).get("text/plain", "")).strip() for one in outputs
    ]


def images_of(notebook: Notebook) -> list[bytes]:
    """Return the pictures of a notebook."""
    return [
        base64.b64decode(output["data"]["image/png"])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]


def written(notebook: Notebook) -> str:
    """Return a notebook as it is kept."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Run every example and keep it, with its last picture for the documentation."""
    with tempfile.TemporaryDirectory(prefix="datahub-examples-") as name:
        directory = Path(name)
        prepare(directory / "files", big=False)
        for path in sorted(EXAMPLES.glob("*.ipynb")):
            with DemoHub(directory / "files", big=False) as hub:
                ran = execute(read(path), Place(directory / path.stem, hub))
            text = written(ran)
            for line in text.splitlines():
                if any(word in line for word in (str(directory), str(ROOT), sys.prefix)):
                    sys.exit(f"{path.name} says where it was run: {line.strip()[:500]}")
            path.write_text(text, encoding="utf-8")
            (IMAGES / f"{path.stem}.png").write_bytes(images_of(ran)[-1])
            print(f"{path.name}: {len(ran.cells)} cells, {len(text):,} bytes")


if __name__ == "__main__":
    main()
