"""Manifests that people hand on: read, checked, made safe."""

from __future__ import annotations

import json
import time
from pathlib import PurePosixPath
from typing import Any

import pytest

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.gen3 import manifests
from jupyterlab_datahub.sources.gen3.session import Session
from tests.sources.scripted import ScriptedHost, json_of

MD5 = "24b9b2dd5f4d9d7e9f7c9f5d8a1b0c3e"
BULK = "/index/bulk/documents"


@pytest.fixture
def session() -> Session:
    """A commons that nobody may ask anything."""
    options = {"attempts": 1}
    return Session(
        SourceConfig(name="c", kind="gen3", url="http://127.0.0.1:9", options=options), None
    )


def entry(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"object_id": f"dg.T/{number:032x}", "file_name": f"f{number}.tsv", **more}


def test_what_an_entry_says_is_taken(session: Session) -> None:
    (asset,) = manifests.read(session, json.dumps([entry(file_size=19.0, md5sum=MD5.upper())]))
    assert asset.ref == f"gen3:127.0.0.1:9/dg.T/{1:032x}"
    assert (asset.name, asset.path, asset.format) == ("f1.tsv", "f1.tsv", "tsv")
    assert (asset.size, asset.checksums) == (19, {"md5": MD5})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no list"),
        ("{", "not JSON"),
        ('[{"object_id": "a"},', "not JSON"),
        ('{"object_id": "a"}', "no list"),
        ("[]", "empty"),
        ('["a"]', "Entry 1"),
        (json.dumps([entry(), {"file_name": "x"}]), "Entry 2"),
        (json.dumps([entry(), entry(), {"object_id": None}]), "Entry 3"),
        (json.dumps([entry(), {"object_id": 17}]), "entry 2"),
        (json.dumps([{"object_id": "../../etc/passwd"}]), "entry 1"),
        (json.dumps([{"object_id": "undefined thing"}]), "entry 1"),
    ],
)
def test_what_is_no_manifest_is_told_where(session: Session, text: str, words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        manifests.read(session, text)
    assert words in caught.value.message
    assert "object_id" in caught.value.hint


def test_files_of_one_name_lie_apart(session: Session) -> None:
    names = ["a.tsv", "A.tsv", "a.tsv", "b.tsv"]
    text = json.dumps([entry(n, file_name=name) for n, name in enumerate(names)])
    assets = manifests.read(session, text)
    assert [asset.name for asset in assets] == names
    paths = [asset.path for asset in assets]
    assert paths[0] == "a.tsv"
    assert paths[3] == "b.tsv"
    assert len({path.casefold() for path in paths}) == 4
    assert [PurePosixPath(path).name for path in paths] == names


def test_a_file_listed_twice_is_fetched_once(session: Session) -> None:
    text = json.dumps([entry(1), entry(2), entry(1, file_name="other.tsv")])
    assert [asset.name for asset in manifests.read(session, text)] == ["f1.tsv", "f2.tsv"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../x.tsv", "x.tsv"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\x.tsv", "x.tsv"),
        ("a/b/c.tsv", "a/b/c.tsv"),
        ("a/../../c.tsv", "a/c.tsv"),
        ("...", f"{1:032x}"),
        (".bashrc", "bashrc"),
        ("con.tsv", "_con.tsv"),
        ("a\nb.tsv", "a b.tsv"),
    ],
)
def test_no_name_leads_out_of_its_folder(session: Session, name: str, path: str) -> None:
    (asset,) = manifests.read(session, json.dumps([entry(file_name=name)]))
    parts = PurePosixPath(asset.path).parts
    assert ".." not in parts
    assert not asset.path.startswith("/")
    assert asset.name == parts[-1]
    if name != "...":
        assert asset.path == path


def test_ids_of_drs_are_taken(session: Session) -> None:
    ids = ["drs://dg.T:abc", "dg.T:def", "drs://commons.example.org/dg.T/ghi"]
    text = json.dumps([{"object_id": one, "file_name": "x.tsv"} for one in ids])
    refs = [asset.ref for asset in manifests.read(session, text)]
    assert refs == [f"gen3:127.0.0.1:9/dg.T/{name}" for name in ("abc", "def", "ghi")]


def test_ten_thousand_entries_take_no_time_and_no_request(session: Session) -> None:
    text = json.dumps([entry(number, file_size=1, md5sum=MD5) for number in range(10_000)])
    begun = time.process_time()
    assets = manifests.read(session, text)
    assert len(assets) == len({asset.ref for asset in assets}) == 10_000
    # Seconds of work; far from what a request each would take.
    assert time.process_time() - begun < 20


def test_names_that_are_not_said_are_asked_for_together() -> None:
    with ScriptedHost() as host:
        record = {
            "did": "dg.T/0001",
            "file_name": "dir/counts.tsv",
            "size": 19,
            "hashes": {"md5": MD5},
        }
        host.say(BULK, json_of([record]))
        session = Session(SourceConfig(name="c", kind="gen3", url=host.url), None)
        text = json.dumps([{"object_id": "0001"}, {"object_id": "dg.T/0002"}, entry()])
        named, unnamed, complete = manifests.read(session, text)
        assert host.paths() == [BULK]
        assert json.loads(host.asked[0].body) == ["0001", "dg.T/0002"]
    assert (named.name, named.path, named.size) == ("counts.tsv", "dir/counts.tsv", 19)
    assert named.ref.endswith("/0001")
    assert unnamed.name == "0002"
    assert complete.name == "f1.tsv"


def test_a_commons_that_is_down_keeps_no_manifest_back(session: Session) -> None:
    (asset,) = manifests.read(session, json.dumps([{"object_id": "dg.T/0001"}]))
    assert asset.name == "0001"


CRDC = "drs_uri,name,atlas_name,biospecimen,assay_name,level,data_file_id\r\n"


def test_table_of_the_cancer_research_data_commons_is_read(session: Session) -> None:
    rows = [
        f"drs://127.0.0.1:9/dg.T/{number:032x},level4/f{number}.h5ad,HTAN X,,CyCIF,Level 4,X"
        for number in (1, 2, 1)
    ]
    found = manifests.read(session, "\ufeff" + CRDC + "\r\n".join(rows) + "\r\n")
    assert [asset.ref for asset in found] == [
        f"gen3:127.0.0.1:9/dg.T/{number:032x}" for number in (1, 2)
    ]
    assert [asset.path for asset in found] == ["level4/f1.h5ad", "level4/f2.h5ad"]
    assert all(asset.loads_as_anndata for asset in found)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("", "empty"),
        ("drs://elsewhere.example.org/dg.T/1,x.csv", "elsewhere.example.org"),
        (",x.csv", "Entry 1"),
        ("drs://127.0.0.1:9/../../etc,x.csv", "entry 1"),
    ],
)
def test_table_that_cannot_be_used_is_told_where(session: Session, row: str, words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        manifests.read(session, CRDC + row)
    assert words in caught.value.message
