"""JupyterLab on the demo: its directories, its configuration, its process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC
from jupyterlab_datahub.demo.pbmc import MissingPackageError

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import Services

MY_DATA = "my-data"
WELCOME = "Welcome.ipynb"
EXAMPLES = Path(__file__).parent / "examples"
"""Notebooks with their outputs, which ``python3 dev.py examples`` runs anew."""

KEY = "gen3-credentials.json"
SYNAPSE_FILE = "synapse-token.txt"
PATIENCE = 15.0
"""Seconds JupyterLab has to stop its kernels before it is killed."""

COPIES: dict[str, str] = {
    "pbmc68k/monocytes": "monocytes.h5ad",
    "pbmc68k/t-cells": "T cells/t-cells.h5ad",
    "pbmc68k/nk": "T cells/nk cells (sorted).h5ad",
}
"""What is put in the folder of one's own data: file by dataset."""

QUIET = (
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)
"""JupyterLab asks the internet for news and updates; the demo promises that it does not."""

SETTINGS = {
    # Without this JupyterLab begins with the question whether it may ask for news.
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}
"""What settings of JupyterLab are unless the user changes them."""


def default_directory() -> Path:
    """Return where the demo keeps its files unless told otherwise."""
    data = platformdirs.user_data_dir("jupyterlab-datahub", appauthor=False)
    return Path(data) / "datahub-demo"


def sources_yaml(services: Services, folder: str) -> str:
    """Return a ``datahub-sources.yaml`` for running services.

    Parameters
    ----------
    services
        Addresses by kind of Source.
    folder
        The path of the folder Source, relative to the server's root or absolute.
    """
    # Every JSON string is a YAML string, so nothing has to be quoted by other rules.
    text = (
        "# Written by 'jupyter datahub demo'; the addresses are those of one run.\n"
        "- name: cellxgene\n"
        "  kind: cellxgene\n"
        "  title: CELLxGENE (demo)\n"
        f"  url: {json.dumps(services['cellxgene']['url'])}\n"
        "- name: folder\n"
        "  kind: folder\n"
        "  title: My data\n"
        f"  path: {json.dumps(folder)}\n"
        "- name: openbis\n"
        "  kind: openbis\n"
        "  title: openBIS lab (demo)\n"
        f"  url: {json.dumps(services['openbis']['url'])}\n"
    )
    if "hca" in services:
        text += (
            "- name: hca\n"
            "  kind: hca\n"
            "  title: Human Cell Atlas (demo)\n"
            f"  url: {json.dumps(services['hca']['url'])}\n"
            f"  explorer: {json.dumps(services['hca']['explorer'])}\n"
            f"  cellxgene_pairs: {json.dumps(services['hca']['pairs'])}\n"
        )
    if "gen3" in services:
        text += (
            "- name: gen3\n"
            "  kind: gen3\n"
            "  title: Demo commons\n"
            f"  url: {json.dumps(services['gen3']['url'])}\n"
        )
    if "s3" in services:
        text += _buckets(services["s3"])
    if "synapse" in services:
        url = json.dumps(services["synapse"]["url"])
        text += (
            "- name: synapse\n"
            "  kind: synapse\n"
            "  title: Synapse (demo)\n"
            f"  url: {url}\n"
            f"  site: {url}\n"
        )
    if "tissue-atlas" in services:
        text += _tissue_atlas(services["tissue-atlas"], services.get("s3", {}))
    return text


def _buckets(store: dict[str, str]) -> str:
    others = [store["bucket"], store["paid_bucket"]]
    entries = (
        ("s3", "Buckets (demo)", others, store["profile"]),
        ("lab-bucket", "Lab bucket (demo)", [store["lab_bucket"]], store["writer_profile"]),
    )
    return "".join(
        f"- name: {name}\n"
        "  kind: s3\n"
        f"  title: {title}\n"
        f"  url: {json.dumps(store['url'])}\n"
        f"  buckets: {json.dumps(buckets)}\n"
        f"  credentials_file: {json.dumps(store['credentials'])}\n"
        f"  profile: {json.dumps(profile)}\n"
        for name, title, buckets, profile in entries
    )


def _tissue_atlas(atlas: dict[str, str], store: dict[str, str]) -> str:
    text = (
        "- name: tissue-atlas\n"
        "  kind: tissue-atlas\n"
        "  title: Tissue atlas (demo)\n"
        f"  url: {json.dumps(atlas['url'])}\n"
        f"  site: {json.dumps(atlas['site'])}\n"
        f"  picture_hosts: {json.dumps([atlas['host']])}\n"
        f"  contact: {json.dumps(atlas['contact'])}\n"
    )
    if store:
        text += f"  store: {json.dumps(store['url'])}\n"
        text += f"  open_buckets: {json.dumps([store['bucket']])}\n"
    return text


def make_work_directory(directory: Path, files: Path) -> Path:
    """Make the folder that JupyterLab shows, with data and a notebook to begin with.

    What is there already is left as it is, since the user may have worked with it.
    """
    work = directory / "work"
    by_key = {spec.key: spec for spec in PBMC.datasets}
    for key, name in COPIES.items():
        target = work / MY_DATA / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            spec = by_key[key]
            shutil.copyfile(files / f"{spec.version_id(spec.newest)}.h5ad", target)
    notebook = work / WELCOME
    if not notebook.exists():
        notebook.write_text(json.dumps(_welcome(), indent=1), encoding="utf-8")
    for example in EXAMPLES.glob("*.ipynb"):
        if not (work / example.name).exists():
            shutil.copyfile(example, work / example.name)
    return work


def put_key(services: Services, work: Path) -> None:
    """Put what lets one in to the Gen3 commons and to Synapse where it can be opened.

    Each run has a key of its own.
    """
    key = Path(services["gen3"]["credentials"]).read_bytes()
    for name, content in ((KEY, key), (SYNAPSE_FILE, services["synapse"]["token"].encode())):
        target = work / name
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)


class Lab:
    """A JupyterLab as a child process.

    Parameters
    ----------
    work
        The server's root directory.
    home
        Its DATAHUB_HOME.
    sources
        Its sources file.
    port
        Its port, 0 for any that is free.
    browser
        Whether it opens one.

    Raises
    ------
    MissingPackageError
        If JupyterLab is not installed.
    """

    def __init__(self, work: Path, home: Path, sources: Path, *, port: int, browser: bool) -> None:
        if find_spec("jupyterlab") is None:
            msg = "The demo needs JupyterLab: pip install 'jupyterlab-datahub[demo]'."
            raise MissingPackageError(msg)
        command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={work}"]
        command.append(f"--LabApp.default_url=/lab/tree/{WELCOME}")
        command += QUIET
        # The port that was asked for, or none.
        command += [f"--ServerApp.port={port or _free_port()}", "--ServerApp.port_retries=0"]
        if not browser:
            command.append("--no-browser")
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--allow-root")
        # A group of its own: Ctrl-C reaches us alone, and we ask it to stop without a question.
        self._process = subprocess.Popen(
            command,
            env=environment(home, sources),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait(self) -> int:
        """Wait until JupyterLab ends and return its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Stop JupyterLab with its kernels; does nothing where it has ended."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def environment(home: Path, sources: Path) -> dict[str, str]:
    """Return what JupyterLab, its terminals and its kernels find in their environment.

    They find ``jupyter datahub``, too, where nobody activated the environment it is in.
    """
    programs = (str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    return {
        **os.environ,
        "PATH": os.pathsep.join(filter(None, programs)),
        "JUPYTER_CONFIG_PATH": _with_settings(home.parent / "config"),
        "DATAHUB_HOME": str(home),
        "DATAHUB_SOURCES": str(sources),
    }


def _with_settings(directory: Path) -> str:
    """Write :data:`SETTINGS` there, and return where Jupyter is to look for configuration."""
    file = directory / "labconfig" / "default_setting_overrides.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(SETTINGS), encoding="utf-8")
    return os.pathsep.join(filter(None, (str(directory), os.environ.get("JUPYTER_CONFIG_PATH"))))


def _free_port() -> int:
    """Return a port that nobody has.

    Two servers that start at once and both look for a free port from 8888 on find the same
    one, and the slower ends; the system gives every asker another.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _welcome() -> dict[str, Any]:
    text = (
        "# Welcome to the JupyterLab DataHub demo\n\n"
        "1. Open **DataHub** in the left sidebar and search, for instance `monocytes`.\n"
        "2. Choose **Load in notebook** on a result: the file is fetched, verified, and a cell "
        "that reads it appears below and is run.\n"
        "3. Try *PBMC 68k, reduced, repeated to 14,000 cells* to watch, pause and resume a "
        "transfer of more than a gigabyte.\n"
        f"4. Put .h5ad files of your own in `{MY_DATA}/`; they appear under **My data**.\n"
        "5. Connect to **openBIS lab (demo)** as user `scientist` with password "
        "`demo-scientist`, browse the space LAB, load a dataset, and save this notebook back "
        "with the results.\n"
        "6. Look for `pancreas` in **Human Cell Atlas (demo)**: a project has matrices of several "
        "kinds, and a selection of hundreds of files can be fetched as one.\n"
        f"7. Connect to **Demo commons** with the key in `{KEY}`, browse the project *DEV/test*, "
        "and download a study or a manifest; what needs no permission needs no key.\n"
        f"8. Connect to **Synapse (demo)** with the token in `{SYNAPSE_FILE}`, and look under "
        "*Restricted* at files that ask for more than that.\n"
        "9. Open `hca-pancreas.ipynb`: the whole way from a search to named clusters of islet "
        "cells, with its results; run it again if you like.\n"
        "9. Look for `six colours`: a study of **Tissue atlas (demo)** with stories, an image to "
        "look at without downloading it, and a table of more than 200,000 cells to load.\n"
        "10. Under **Browse**, **Buckets (demo)** opens S3 buckets; what lies in `paid-atlas` is "
        "charged to whoever fetches it, so its price is shown first.\n\n"
        "Everything comes from services on this machine; nothing leaves it. The collection "
        "*PBMC 68k* is real data (Zheng et al. 2017), the *demo stand-ins* are not what their "
        "titles say."
    )
    markdown = {"cell_type": "markdown", "id": "welcome", "metadata": {}, "source": text}
    code: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "first",
        "metadata": {},
        "outputs": [],
        "source": "",
    }
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": [markdown, code],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
