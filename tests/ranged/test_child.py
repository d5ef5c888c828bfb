"""What a process says, as its server hears it."""

from __future__ import annotations

import pytest

from jupyterlab_datahub import errors
from jupyterlab_datahub.model import Cost
from jupyterlab_datahub.ranged.child import raised

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, errors.DataHubError)
    # Nothing that looks at a file has a form.
    and kind is not errors.FieldsError
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_over_as_what_it_was(kind: type[errors.DataHubError]) -> None:
    error = kind("it failed", source="s3", hint="Do it again.")
    error.retry_after = 3.0
    if isinstance(error, errors.ConsentError | errors.LimitError):
        error.cost = Cost(usd=1.5)
    again = raised(error.body())
    assert type(again) is kind
    assert again.body() == error.body()
