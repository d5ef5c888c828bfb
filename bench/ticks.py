"""A server extension for `bench.latency`: how late the event loop wakes a task."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

PERIOD = 0.005
"""Seconds a task sleeps."""


class TicksHandler(JupyterHandler):
    """Answers the lateness of each tick since the last question, in seconds."""

    lateness: list[float] = []

    @web.authenticated
    def get(self) -> None:
        """Hand the numbers out and forget them."""
        seen, TicksHandler.lateness = TicksHandler.lateness, []
        self.finish(json.dumps(seen))


async def tick() -> None:
    """Sleep again and again, and note how late one wakes up."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(PERIOD)
        TicksHandler.lateness.append(time.perf_counter() - start - PERIOD)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.ticks"}]


def _load_jupyter_server_extension(server: Any) -> None:
    pattern = url_path_join(server.base_url, "bench", "ticks")
    server.web_app.add_handlers(".*$", [(pattern, TicksHandler)])
    server.io_loop.add_callback(tick)
