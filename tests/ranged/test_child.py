"""What a process says, as its server hears it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_datahub import errors
from jupyterlab_datahub.model import Cost, FieldError
from jupyterlab_datahub.ranged.child import raised

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.DataHubError)
]
EXTRAS: dict[str, Any] = {"cost": Cost(usd=1.5), "fields": (FieldError(field="a", message="b"),)}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_over_as_what_it_was(kind: type[errors.DataHubError]) -> None:
    wanted = {
        name: value for name, value in EXTRAS.items() if name in kind.__init__.__annotations__
    }
    error = kind("it failed", **wanted)
    error.source, error.hint, error.retry_after = "s3", "Do it again.", 3.0
    again = raised(error.body())
    assert type(again) is kind
    assert again.body() == error.body()
