"""A small AnnData file, a real kernel, and a host that serves ranges."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from jupyterlab_datahub.model import Asset, Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

SECONDS = 60


@dataclass
class Ran:
    """What a cell did in the kernel."""

    results: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    error: str = ""


class Kernel:
    """A running kernel that cells are sent to one at a time."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str, answer: str | None = None) -> Ran:
        """Execute a cell, give the answer that it asks for, and collect what it showed."""
        ran = Ran()

        def give(message: dict[str, Any]) -> None:
            assert answer is not None, message["content"]
            ran.questions.append(message["content"]["prompt"])
            self._client.input(answer)

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "execute_result":
                ran.results.append(content["data"]["text/plain"])
            elif message["msg_type"] == "stream":
                ran.streams.append(content["text"])
            elif message["msg_type"] == "error":
                ran.error = f"{content['ename']}: {content['evalue']}"

        self._client.execute_interactive(
            code, timeout=SECONDS, output_hook=collect, stdin_hook=give
        )
        return ran


@contextmanager
def running(manager: KernelManager, **options: Any) -> Iterator[Kernel]:
    """Start a kernel, and end it afterwards.

    It listens on sockets in a directory of its own: two processes that start kernels at once
    can be given the same free TCP port.
    """
    with tempfile.TemporaryDirectory(prefix="k") as directory:
        manager.transport = "ipc"
        manager.ip = str(Path(directory, "k"))
        manager.start_kernel(**options)
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=SECONDS)
            yield Kernel(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    directory = tmp_path_factory.mktemp("kernel")
    with running(KernelManager(kernel_name="python3"), cwd=str(directory)) as started:
        yield started


@pytest.fixture(scope="module")
def bash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Return a kernel of Bash, whose package does not announce it to Jupyter by itself."""
    specs = tmp_path_factory.mktemp("specs")
    (specs / "bash").mkdir()
    spec = {
        "argv": [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"],
        "display_name": "Bash",
        "language": "bash",
    }
    (specs / "bash" / "kernel.json").write_text(json.dumps(spec))
    manager = KernelManager(
        kernel_name="bash", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(specs)])
    )
    with running(manager, cwd=str(tmp_path_factory.mktemp("bash"))) as started:
        yield started


class Interpreter:
    """A program that runs a script."""

    def __init__(self, program: str, package: str, *options: str) -> None:
        found = shutil.which(program)
        assert found, f"{program} is not there: install Debian's package {package}"
        self._command = [found, *options]

    def run(self, code: str, file: Path, directory: Path | None = None) -> str:
        """Write `code` into `file`, run it, and return what it printed."""
        file.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [*self._command, str(file)],
            cwd=directory or file.parent,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode()


@pytest.fixture(scope="session")
def r() -> Interpreter:
    return Interpreter("Rscript", "r-base-core", "--vanilla")


@pytest.fixture(scope="session")
def octave() -> Interpreter:
    return Interpreter("octave-cli", "octave", "--norc", "--quiet")


@pytest.fixture(scope="session")
def h5ad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an AnnData of 5 cells and 3 genes."""
    import anndata
    import numpy as np

    path = tmp_path_factory.mktemp("files") / "small.h5ad"
    anndata.AnnData(np.arange(15, dtype="float32").reshape(5, 3)).write_h5ad(path)
    return path


class RangeHandler(http.server.BaseHTTPRequestHandler):
    """Serves one file, whole or from an offset; ``cut`` ends the first answer early."""

    content: ClassVar[bytes] = b""
    cut: ClassVar[int | None] = None
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Answer with the file."""
        kind = type(self)
        wanted = self.headers.get("Range", "")
        kind.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        body = kind.content[start:]
        self.send_response(HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK)
        if wanted:
            last = len(kind.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(kind.content)}")
        if kind.cut is None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: kind.cut])
        kind.cut = None

    def log_message(self, *args: object) -> None:
        """Keep the output of the tests quiet."""


@dataclass
class Host:
    """A host for one file on 127.0.0.1."""

    url: str
    handler: type[RangeHandler]


@pytest.fixture
def host(h5ad: Path) -> Iterator[Host]:
    handler = type("Handler", (RangeHandler,), {"content": h5ad.read_bytes(), "asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Host(f"http://127.0.0.1:{server.server_port}/small.h5ad", handler)
    finally:
        server.shutdown()
        thread.join(SECONDS)
        server.server_close()


def dataset_of(title: str, path: Path, url: str = "", **changes: Any) -> tuple[Dataset, Asset]:
    """Make a dataset with the one file at `path`."""
    content = path.read_bytes()
    asset = Asset(
        ref="cellxgene:v1/small.h5ad",
        name="small.h5ad",
        format="h5ad",
        size=len(content),
        checksums={"sha256": hashlib.sha256(content).hexdigest()},
        loads_as_anndata=True,
        url=url,
    )
    fields: dict[str, Any] = {
        "ref": "cellxgene:v1",
        "source": "cellxgene",
        "kind": "cellxgene",
        "id": "d1",
        "version": "v1",
        "title": title,
        "licence": "CC BY 4.0",
        "citation": "Someone, 2026",
        "doi": "10.1/xyz",
        "assets": (asset,),
    }
    return Dataset(**{**fields, **changes}), asset
