"""Start what the UI tests talk to, in fresh folders: the demo hub and two JupyterLabs on it.

Both JupyterLabs are at a base URL and ask for a token, as behind a JupyterHub: the first at
``/user/me/``; the second, whose catalog holds a hundred thousand datasets, at ``/user/many/``,
if it has a port: of several servers beside each other one has it.
A second demo hub has an openBIS whose certificate nobody has signed; ``/_tls`` of the first hub
says where it is, ``/_openbis_7`` where an openBIS 7 is that has its file server alone,
``/_gen3`` where the commons is and the keys of its users are.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3.index import guid_of
from jupyterlab_datahub.demo.gen3.studies import STUDIES
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.lab import MY_DATA, make_work_directory, sources_yaml
from jupyterlab_datahub.demo.messages import json_reply
from jupyterlab_datahub.demo.openbis import defaults
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from jupyterlab_datahub.demo.openbis.tls import self_signed
from jupyterlab_datahub.model import Asset, Dataset, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.gen3.commons import Commons

CONFIG = Path(__file__).resolve().parent / "jupyter_server_test_config.py"
PATIENCE = 8  # seconds that a program is given to end what it started
MANY = 100_000
CELL_TYPES = 400
MANY_FILES = 5200
MANY_FILES_TITLE = "Readings of 5,200 wells (stand-in)"
TISSUES = ("blood", "bone marrow", "brain", "heart", "kidney", "liver", "lung", "skin")


@contextmanager
def lab(folder: Path, work: Path, sources: Path, *, port: int, user: str) -> Iterator[None]:
    """Keep a JupyterLab running inside the block, with everything it writes in `folder`."""
    env = os.environ | {
        "DATAHUB_HOME": str(folder / "home"),
        "DATAHUB_SOURCES": str(sources),
        "DATAHUB_UI_TESTS_BASE_URL": f"/user/{user}/",
        "DATAHUB_UI_TESTS_PORT": str(port),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTERLAB_GALATA_ROOT_DIR": str(work),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    process = subprocess.Popen([sys.executable, "-m", "jupyterlab", "--config", CONFIG], env=env)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def many() -> Iterator[Dataset]:
    """Make up the datasets of the catalog that is only scrolled through."""
    for number in range(MANY):
        name = f"{number:06}.h5ad"
        yield Dataset(
            ref=f"folder:many/{name}",
            source="many",
            kind="folder",
            id=name,
            version="1",
            title=f"Dataset {number:06}",
            facets={
                "tissue": (Term(label=TISSUES[number % len(TISSUES)]),),
                "cell_type": (Term(label=f"cell type {number % CELL_TYPES:03}"),),
            },
            cells=number,
            assets=(Asset(ref=f"folder:many/{name}", name=name, format="H5AD", size=number),),
        )


def fill(home: Path) -> None:
    """Write the large catalog; called in a process of its own, as it takes a while."""
    from jupyterlab_datahub.catalog.catalog import Catalog

    os.nice(10)
    Catalog(home).replace("many", many())


@contextmanager
def many_lab(folder: Path, port: int) -> Iterator[None]:
    """Keep the JupyterLab with the large catalog running inside the block, once it is filled."""
    work = folder / "work"
    work.mkdir(parents=True)
    sources = folder / "sources.yaml"
    sources.write_text("- {name: many, kind: folder, title: Many, path: .}\n", encoding="utf-8")
    command = [sys.executable, __file__, "fill", str(folder / "home")]
    filling = subprocess.Popen(command)
    stopped = threading.Event()

    def serve() -> None:
        if filling.wait() == 0:
            with lab(folder, work, sources, port=port, user="many"):
                stopped.wait()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        filling.terminate()
        thread.join()


def add_many_files(commons: Commons) -> None:
    """Add a study of thousands of files to a commons, which are those of a few wells."""
    wells = [one for one in commons.index if (one.file_name or "").startswith("well_")]
    free = [one for one in wells if "/open" in one.authz]
    rows = []
    for number in range(MANY_FILES):
        well = free[number % len(free)]
        guid = guid_of(f"many/{number}")
        name = f"reading_{number:04}.tsv"
        commons.index.add(replace(well, did=guid, baseid=guid, file_name=name))
        rows.append(
            {
                "object_id": guid,
                "file_name": name,
                "file_size": well.size,
                "md5sum": well.hashes.get("md5"),
            }
        )
    study = {"study_title": MANY_FILES_TITLE, "tags": [], "__manifest": rows}
    commons.metadata["DEMO-S900"] = {"_guid_type": STUDIES, "gen3_discovery": study}


def openbis_7(folder: Path) -> OpenbisService:
    """Return an openBIS 7 that has its file server alone."""
    store = Store(folder / "store", api_version="7.0", version="7.0.0")
    store.kinds = {"AFS"}
    defaults.furnish(store)
    return OpenbisService(store, folder)


def main() -> int:
    """Serve until stopped, then leave nothing behind."""
    port = int(os.environ["DATAHUB_UI_TESTS_PORT"])
    many_port = os.environ.get("DATAHUB_UI_TESTS_MANY_PORT")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="datahub-ui-tests-") as name, ExitStack() as stack:
        folder = Path(name)
        files = folder / "files"
        hub = stack.enter_context(DemoHub(files, port=port + 1, big=False))
        own = self_signed(folder / "tls")
        secure = stack.enter_context(DemoHub(files, big=False, openbis_tls=own.context()))
        add_many_files(hub.gen3.commons)
        told = {"url": secure.openbis.url, "ca_bundle": str(own.certificate)}
        hub.api.controls["/_tls"] = lambda _request: json_reply(told)
        hub.api.controls["/_gen3"] = lambda _request: json_reply(hub.services["gen3"])
        modern = stack.enter_context(openbis_7(folder / "openbis-7"))
        hub.api.controls["/_openbis_7"] = lambda _request: json_reply({"url": modern.url})
        work = make_work_directory(folder, files)
        sources = folder / "sources.yaml"
        sources.write_text(sources_yaml(hub.services, str(work / MY_DATA)), encoding="utf-8")
        stack.enter_context(lab(folder / "me", work, sources, port=port, user="me"))
        if many_port:
            stack.enter_context(many_lab(folder / "many", int(many_port)))
        stop.wait()
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(Path(sys.argv[2]))
    else:
        sys.exit(main())
