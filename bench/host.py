"""The host that the downloads of the measurements come from: nginx, or the demo's file host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.demo.ranges import FileHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 10.0
BLOCK = 64 * 1024**2

NGINX = """
{user}
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {files};
        {limit}
    }}
}}
"""


class Address(NamedTuple):
    """Where the files are, and what serves them."""

    url: str
    server: str


@contextmanager
def serve(
    files: Path, directory: Path, rate: int = 0, *, modest: bool = False
) -> Iterator[Address]:
    """Serve the files of a directory on 127.0.0.1 for a block.

    Parameters
    ----------
    files
        Their directory.
    directory
        Where the server may write.
    rate
        Bytes a second on each connection, 0 for as fast as it goes.
    modest
        Whether it takes as little of this machine as it can, see :func:`elsewhere`.
    """
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        if any(path.is_dir() for path in files.iterdir()):
            sys.exit("this measurement needs nginx, as its files are in folders: install it first")
        with FileHost(files, rate_per_connection=rate) as host:
            yield Address(host.url, "the demo's file host")
        return
    directory.mkdir(exist_ok=True)
    port = free_port()
    limit = f"limit_rate {rate};" if rate else ""
    user = "user root;" if os.geteuid() == 0 else ""
    text = NGINX.format(user=user, directory=directory, port=port, files=files, limit=limit)
    configuration = directory / "nginx.conf"
    configuration.write_text(text)
    command = [*(elsewhere() if modest else []), nginx, "-c", str(configuration)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Address(f"http://127.0.0.1:{port}", "nginx")
    finally:
        process.terminate()
        process.wait(LONGEST)


def elsewhere() -> list[str]:
    """Return what makes a command a host that takes little of this machine.

    It gets the lowest priority and stays away from one processor, because a host elsewhere would
    take nothing.
    """
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        return []
    return ["nice", "-n", "19", "taskset", "-c", ",".join(map(str, mine[1:]))]


def stay_elsewhere() -> None:
    """Take as little of this machine as a browser elsewhere would, as :func:`elsewhere` says."""
    os.nice(19)
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, mine[1:] or mine)


def make_file(path: Path, size: int) -> None:
    """Write a file of random bytes, the same block again and again."""
    block = os.urandom(BLOCK)
    with path.open("wb") as file:
        for at in range(0, size, BLOCK):
            file.write(block[: min(BLOCK, size - at)])


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until something listens."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.02)
    message = f"nothing listens on port {port}"
    raise TimeoutError(message)
