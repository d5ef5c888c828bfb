"""How the inputs of a notebook stand today: here, gone, replaced, or taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.engine.datasets import asset_of, dataset
from jupyterlab_datahub.engine.patience import within
from jupyterlab_datahub.errors import CatalogError, DataHubError, ExpiredError, WithdrawnError
from jupyterlab_datahub.model import CheckedInput, InputState, ProvenanceReport
from jupyterlab_datahub.notebooks.provenance import read_inputs
from jupyterlab_datahub.transfers.queue.jobs import selected_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Dataset, ProvenanceInput

ASK_SECONDS = 10.0
"""How long a Source may take to tell of one input."""


def check(rooms: Rooms, metadata: Mapping[str, Any]) -> ProvenanceReport:
    """Return how the inputs stand that a notebook's metadata names.

    A Source that does not answer is asked once: the rest of its inputs are then unknown, and
    none of the other Sources' is.
    """
    read = read_inputs(metadata)
    silent: dict[str, str] = {}
    checked = tuple(_checked(rooms, given, silent) for given in read.inputs)
    return ProvenanceReport(inputs=checked, upgraded=read.upgraded)


def _checked(rooms: Rooms, given: ProvenanceInput, silent: dict[str, str]) -> CheckedInput:
    here = given.chosen is None and rooms.library.find(given.ref) is not None
    state, note = InputState.UNKNOWN, ""
    try:
        source = rooms.registry.for_ref(given.ref).name
        if source in silent:
            note = silent[source]
        else:
            return _asked(rooms, given, source, silent)
    except WithdrawnError as error:
        state, note = InputState.WITHDRAWN, error.message
    except DataHubError as error:
        note = error.message
    if here and state is InputState.UNKNOWN:
        # What is here is used as it is, whoever cannot be asked about it.
        state = InputState.PRESENT
    return CheckedInput(input=given, state=state, on_disk=here, note=note)


def _asked(
    rooms: Rooms, given: ProvenanceInput, source: str, silent: dict[str, str]
) -> CheckedInput:
    """Ask a Source about one of its inputs.

    Raises
    ------
    DataHubError
        If it cannot tell; `silent` then has the reason if it can tell of no other either.
    """
    try:
        found = within(ASK_SECONDS, lambda: dataset(rooms, given.ref), "this dataset", source)
    except (CatalogError, ExpiredError) as error:
        silent[source] = error.message
        raise
    here = _on_disk(rooms, found, given)
    state, newest = InputState.PRESENT if here or given.in_place else InputState.MISSING, ""
    if found.withdrawn:
        state = InputState.WITHDRAWN
    elif found.newest_ref not in ("", found.ref):
        state, newest = InputState.NEWER, found.newest_ref
    return CheckedInput(input=given, state=state, on_disk=here, newest_ref=newest)


def _on_disk(rooms: Rooms, found: Dataset, given: ProvenanceInput) -> bool:
    asset = asset_of(found, given.ref)
    if given.chosen is not None:
        return rooms.library.find_asset(selected_of(asset, given.chosen).ref) is not None
    if rooms.library.find_asset(asset.ref):
        return True
    source = rooms.registry.for_ref(asset.ref, found.source)
    if not source.local:
        return False
    download = source.resolve(asset)
    return bool(download.path) and Path(download.path).exists()
