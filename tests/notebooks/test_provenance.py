"""Reading what notebooks say they used, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.model import ProvenanceInput
from jupyterlab_datahub.notebooks.provenance import MAX_INPUTS, read_inputs, upgraded

OURS = {"ref": "cellxgene:v1", "variable": "lung", "title": "Lung", "size": 7, "new": 1}
PERMID = "20240115093012345-11"
OLD = {
    # As jupyterlab-openbis wrote it.
    PERMID: {
        "url": "https://openbis.example:8443",
        "permId": PERMID,
        "path": "/home/anna/data/x",
        "dataStore": "https://openbis.example:8443/datastore_server",
        "location": "1/aa/bb",
        "size": 1024,
        "files": ["original/x.h5ad"],
        "statusText": "Data set downloaded",
    }
}


def test_ours_are_read() -> None:
    read = read_inputs({"datahub": {"inputs": [OURS]}})
    assert read.inputs == (
        ProvenanceInput(ref="cellxgene:v1", variable="lung", title="Lung", size=7),
    )
    assert not read.upgraded


def test_those_of_jupyterlab_openbis_are_read_too() -> None:
    read = read_inputs({"datahub": {"inputs": [OURS]}, "datasets": OLD})
    assert read.upgraded
    assert read.inputs[1] == ProvenanceInput(
        ref=f"openbis:openbis.example:8443/{PERMID}",
        variable="",
        title=PERMID,
        version=PERMID,
        size=1024,
    )


def test_an_upgrade_keeps_everything_and_is_done_once() -> None:
    metadata = {"datahub": {"inputs": [OURS, 7], "history_id": "h"}, "datasets": OLD, "x": 1}
    new = upgraded(metadata)
    assert {key: new[key] for key in ("datasets", "x")} == {"datasets": OLD, "x": 1}
    assert new["datahub"]["history_id"] == "h"
    assert new["datahub"]["inputs"][:2] == [OURS, 7]
    assert new["datahub"]["inputs"][2]["ref"] == f"openbis:openbis.example:8443/{PERMID}"
    assert upgraded(new) == new
    assert not read_inputs(new).upgraded
    assert read_inputs(new).inputs == read_inputs(metadata).inputs


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://openbis.example", "openbis.example"),
        ("https://user:secret@openbis.example:8443/openbis/", "openbis.example:8443"),
        ("openbis.example:8443", "openbis.example:8443"),
        ("", None),
        ("https://", None),
        ("https://x:99999", None),
        ("http://[", None),
        (None, None),
        (7, None),
    ],
)
def test_the_host_comes_from_the_address(url: object, host: str | None) -> None:
    read = read_inputs({"datasets": {PERMID: {"url": url}}})
    assert [given.ref for given in read.inputs] == ([f"openbis:{host}/{PERMID}"] if host else [])


def test_what_is_no_input_is_left_out() -> None:
    entries: list[Any] = [None, 1, "x", {}, {"ref": 1}, {"ref": "x", "variable": "y"}, OURS]
    old = {"../x": OLD[PERMID], "": OLD[PERMID], "1-1": None, "1-2": {"url": "h", "size": "x"}}
    read = read_inputs({"datahub": {"inputs": entries}, "datasets": old})
    assert [given.ref for given in read.inputs] == ["cellxgene:v1", "openbis:h/1-2"]


def test_a_notebook_may_name_very_many() -> None:
    many = [OURS | {"ref": f"cellxgene:{number}"} for number in range(5000)]
    assert len(read_inputs({"datahub": {"inputs": many}, "datasets": OLD}).inputs) == MAX_INPUTS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.dictionaries(st.sampled_from(["datahub", "datasets", "x"]), JSON)
    | st.fixed_dictionaries({"datahub": st.fixed_dictionaries({"inputs": JSON})})
    | st.fixed_dictionaries({"datasets": st.dictionaries(st.text(), JSON)})
)
def test_any_metadata_can_be_read_and_upgraded(metadata: dict[str, Any]) -> None:
    read = read_inputs(metadata)
    new = upgraded(metadata)
    assert read_inputs(new).inputs == read.inputs
    assert {key: new[key] for key in new if key != "datahub"} == {
        key: value for key, value in metadata.items() if key != "datahub"
    }
