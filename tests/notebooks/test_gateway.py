"""The cell for Dask Gateway, run in a real kernel against a gateway that starts clusters here."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.model import CellRequest, LoadWay
from jupyterlab_datahub.notebooks.handoff import hand_off
from tests.notebooks.conftest import SECONDS, Kernel, dataset_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "for-everybody"

CONFIG = """\
c.DaskGateway.backend_class = "dask_gateway_server.backends.local.UnsafeLocalBackend"
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.SimpleAuthenticator"
c.SimpleAuthenticator.password = {password!r}
c.Proxy.address = "127.0.0.1:{port}"
c.UnsafeLocalBackend.clusters_directory = {directory!r}
c.LocalClusterConfig.scheduler_cmd = [{python!r}, "-m", "distributed.cli.dask_scheduler"]
c.LocalClusterConfig.worker_cmd = [{python!r}, "-m", "distributed.cli.dask_worker"]
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a gateway as an administrator sets one up."""
    directory = tmp_path_factory.mktemp("gateway")
    port = _free_port()
    config = directory / "config.py"
    config.write_text(
        CONFIG.format(
            password=PASSWORD,
            port=port,
            directory=str(directory / "clusters"),
            python=sys.executable,
        )
    )
    address = f"http://127.0.0.1:{port}"
    code = "from dask_gateway_server.app import main; main()"
    command = [sys.executable, "-c", code, "-f", str(config)]
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory)
        try:
            _wait(f"{address}/api/health", server)
            yield address
        finally:
            # It ends its clusters and its proxy before itself.
            server.terminate()
            server.wait(SECONDS)


def _free_port() -> int:
    """Return a port that nobody is given who asks for any: it is some seconds until it is taken."""
    for port in random.sample(range(20_000, 32_000), 50):
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            return port
    pytest.fail("no port is free")


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + SECONDS
    while server.poll() is None and monotonic() < until:
        with suppress(OSError), closing(urllib.request.urlopen(url)):  # noqa: S310 - of this machine
            return
        sleep(0.1)
    pytest.fail("the gateway did not start")


def test_a_gateway_starts_a_cluster_that_computes(kernel: Kernel, h5ad: Path, gateway: str) -> None:
    dataset, asset = dataset_of("Lung", h5ad)
    request = CellRequest(ref=asset.ref, way=LoadWay.DASK, cluster="gateway")
    code = hand_off(request, dataset, asset, None, str(h5ad), h5ad).code
    auth = {"type": "basic", "kwargs": {"password": PASSWORD}}
    known = {"gateway.address": gateway, "gateway.auth": auth}
    assert not kernel.run(f"import dask, dask_gateway; dask.config.set({known!r})").error
    try:
        ran = kernel.run(code)
        assert not ran.error
        assert "AnnData object" in ran.results[0]
        assert kernel.run("float(lung.X.compute().sum())").results == ["105.0"]
        # Whoever runs the cell again gets the same cluster.
        assert not kernel.run(code).error
        assert kernel.run("len(lung_gateway.list_clusters())").results == ["1"]
    finally:
        kernel.run("lung_cluster.shutdown(); lung_client.close(); lung_gateway.close()")
