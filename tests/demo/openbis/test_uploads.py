"""Session workspaces take slices in any order, and datasets are made of what is in them."""

import io
import zipfile

import pytest
import requests

from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.openbis import contents
from tests.demo.openbis.wire import PATIENCE, Wire


@pytest.fixture
def wire(hub: DemoHub) -> Wire:
    return Wire(hub)


def content(wire: Wire, perm_id: str, path: str) -> bytes:
    return wire.get(f"{perm_id}/{path}").content


def test_slices_come_in_any_order_and_their_end_is_not_believed(wire: Wire) -> None:
    parts = {20: b"third", 0: b"first part", 10: b"and second"}
    for number, (start, part) in enumerate(parts.items(), 1):
        answer = wire.upload("u/sliced.txt", part, start, id=str(number), endByte="4711")
        assert answer.headers["Content-Type"] == "text/json"
        assert answer.json() == {
            "id": number,
            "startByte": start,
            "endByte": 4711,
            "filename": "u/sliced.txt",
            "emptyFolder": False,
            "size": len(part),
            "status": "ok",
        }
    perm_id = wire.register("u")
    assert content(wire, perm_id, "original/sliced.txt") == b"first partand secondthird"


def test_a_file_that_was_longer_keeps_its_end(wire: Wire) -> None:
    wire.upload("u/file.txt", b"a long first attempt")
    wire.upload("u/file.txt", b"short")
    perm_id = wire.register("u")
    assert content(wire, perm_id, "original/file.txt") == b"shortg first attempt"


def test_one_file_is_the_dataset_and_several_are_a_folder_of_it(wire: Wire) -> None:
    wire.upload("one/analysis.ipynb", b"{}")
    assert set(wire.files(wire.register("one"))) == {"", "original", "original/analysis.ipynb"}
    wire.upload("two/default/a.txt", b"a")
    wire.upload("two/default/deep/b.txt", b"b")
    wire.upload("two/default/empty", b"", emptyFolder="True")
    assert set(wire.files(wire.register("two"))) == {
        "",
        "original",
        "original/default",
        "original/default/a.txt",
        "original/default/deep",
        "original/default/deep/b.txt",
        "original/default/empty",
    }
    wire.upload("three/a.txt", b"a")
    wire.upload("three/b.txt", b"b")
    assert "original/three/b.txt" in wire.files(wire.register("three"))


def test_an_upload_becomes_one_dataset_only(wire: Wire) -> None:
    wire.upload("u/a.txt", b"a")
    assert "original/a.txt" in wire.files(wire.register("u"))
    assert wire.register("u") == "No uploaded files found for upload id 'u'"


def test_a_refused_registration_leaves_the_upload_where_it_is(wire: Wire) -> None:
    wire.upload("u/a.txt", b"a")
    refused = wire.register("u", properties={"color": "red"})
    assert "COLOR" in refused
    assert "original/a.txt" in wire.files(wire.register("u"))


def test_a_registration_keeps_type_owner_parents_and_properties(hub: DemoHub, wire: Wire) -> None:
    wire.upload("u/a.txt", b"a")
    perm_id = wire.register(
        "u",
        sampleId={"identifier": "/LAB/SC/DONOR_1"},
        parentIds=[{"permId": contents.CELLS}],
        typeId={"permId": "ANALYSIS_NOTEBOOK"},
        properties={"$name": "mine", "notes": "n", "$history_id": "h"},
    )
    dataset = hub.openbis.store.dataset(perm_id)
    assert dataset.sample is not None
    assert dataset.sample.identifier == "/LAB/SC/DONOR_1"
    assert [parent.perm_id for parent in dataset.parents] == [contents.CELLS]
    assert dataset.properties == {"$NAME": "mine", "NOTES": "n", "$HISTORY_ID": "h"}
    assert dataset.physical is not None
    assert dataset.physical.size == 1


def test_a_reader_may_not_register(hub: DemoHub) -> None:
    reader = Wire(hub, "reader")
    reader.upload("u/a.txt", b"a")
    assert "Authorization failure" in reader.register("u")


@pytest.mark.parametrize("name", ["../other/a.txt", "u/../../a.txt"])
def test_no_name_leads_out_of_the_workspace(wire: Wire, name: str) -> None:
    answer = wire.upload(name, b"a")
    assert answer.status_code == 500
    assert "../" in answer.text


def test_workspaces_are_not_shared(hub: DemoHub, wire: Wire) -> None:
    wire.upload("u/a.txt", b"a")
    assert "No uploaded files" in Wire(hub).register("u")


def test_an_upload_without_a_session_is_a_page_with_status_500(wire: Wire) -> None:
    answer = wire.upload("u/a.txt", b"a", sessionID="scientist-gone")
    assert answer.status_code == 500
    assert "invalid" in answer.text
    url = f"{wire.url}/datastore_server/session_workspace_file_upload"
    assert "startByte" in requests.post(url, data=b"a", timeout=PATIENCE).text


def test_a_body_of_unknown_length_is_read_whole(wire: Wire) -> None:
    """Clients send an empty file in chunks, since its length looks unknown to them."""
    query = "filename=u/a.txt&id=1&startByte=0&endByte=0&sessionID=" + wire.token
    url = f"{wire.url}/datastore_server/session_workspace_file_upload?{query}"
    with requests.Session() as session:
        parts = iter([b"in ", b"two parts"])
        assert session.post(url, data=parts, timeout=PATIENCE).json()["size"] == 12
        empty = session.post(url.replace("a.txt", "b.txt"), data=io.BytesIO(), timeout=PATIENCE)
        assert empty.json()["size"] == 0
        assert session.get(f"{wire.url}/_requests", timeout=PATIENCE).ok
    perm_id = wire.register("u")
    assert content(wire, perm_id, "original/u/a.txt") == b"in two parts"


def aggregate(wire: Wire, **more: object) -> list[str]:
    wanted = {
        "method": "insertDataSet",
        "sampleIdentifier": None,
        "experimentIdentifier": "/LAB/SC/PBMC",
        "dataSetType": "RAW_DATA",
        "folderName": None,
        "fileNames": ["a.txt"],
        "isZipDirectoryUpload": False,
        "properties": {"$name": "by plugin"},
        "parentIdentifiers": [contents.CELLS],
        **more,
    }
    params = [wire.token, "DSS1", "dataset-uploader-api", wanted]
    document = {"method": "createReportFromAggregationService", "params": params, "id": "2"}
    url = f"{wire.url}/openbis/openbis/rmi-query-v1.json"
    answer = requests.post(url, json=document, timeout=PATIENCE).json()
    return [cell["value"] for cell in answer["result"]["rows"][0]]


def test_the_plugin_of_api_3_5_registers_files(hub: DemoHub, wire: Wire) -> None:
    wire.upload("a.txt", b"a")
    status, words, perm_id = aggregate(wire)
    assert (status, words) == ("OK", "Operation Successful")
    assert content(wire, perm_id, "original/a.txt") == b"a"
    dataset = hub.openbis.store.dataset(perm_id)
    assert [parent.perm_id for parent in dataset.parents] == [contents.CELLS]


def test_the_plugin_puts_several_files_into_a_folder(wire: Wire) -> None:
    for name in ("a.txt", "b.txt"):
        wire.upload(name, name.encode())
    _, _, perm_id = aggregate(wire, fileNames=["a.txt", "b.txt"])
    assert content(wire, perm_id, "original/DEFAULT/b.txt") == b"b.txt"


def test_the_plugin_unpacks_folders(wire: Wire) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("folder/deep/a.txt", "a")
    wire.upload("x.zip", packed.getvalue())
    result = aggregate(wire, fileNames=["x.zip"], isZipDirectoryUpload=True, folderName="run")
    assert content(wire, result[2], "original/run/folder/deep/a.txt") == b"a"


def test_the_plugin_says_what_is_wrong(wire: Wire) -> None:
    assert aggregate(wire)[0] == "Error"
    assert "a.txt" in aggregate(wire)[1]
    wire.upload("a.txt", b"a")
    assert "COLOR" in aggregate(wire, properties={"color": "red"})[1]
    wire.upload("a.zip", b"no archive")
    assert "zip" in aggregate(wire, fileNames=["a.zip"], isZipDirectoryUpload=True)[1]
