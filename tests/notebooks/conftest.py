"""A small AnnData file, a real kernel, and a host that serves ranges."""

from __future__ import annotations

import hashlib
import http.server
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from jupyter_client.manager import start_new_kernel

from jupyterlab_datahub.model import Asset, Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_client.blocking.client import BlockingKernelClient

SECONDS = 60


@dataclass
class Ran:
    """What a cell did in the kernel."""

    results: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    error: str = ""


class Kernel:
    """A running IPython kernel that cells are sent to one at a time."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> Ran:
        """Execute a cell and collect what it showed."""
        ran = Ran()

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "execute_result":
                ran.results.append(content["data"]["text/plain"])
            elif message["msg_type"] == "stream":
                ran.streams.append(content["text"])
            elif message["msg_type"] == "error":
                ran.error = f"{content['ename']}: {content['evalue']}"

        self._client.execute_interactive(code, timeout=SECONDS, output_hook=collect)
        return ran


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    directory = tmp_path_factory.mktemp("kernel")
    manager, client = start_new_kernel(
        startup_timeout=SECONDS, kernel_name="python3", cwd=str(directory)
    )
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


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
