"""What is done here in the process of the tests is done as in a process of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """Collect nothing meanwhile: :func:`jupyterlab_datahub.ranged.process.serve` says why."""
    gc.disable()
    yield
    gc.enable()
