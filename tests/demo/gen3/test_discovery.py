"""The metadata service, the manifest service and the workspace token service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons
    from tests.demo.gen3.client import Client

STUDIES: dict[str, Any] = {"_guid_type": "discovery_metadata"}


@pytest.fixture
def studies(nobody: Client) -> Any:
    """Return the metadata of all studies."""
    return nobody.get("/mds/metadata", data="True", limit=2000, **STUDIES)


def test_pages_of_studies(nobody: Client, studies: Any) -> None:
    pages = [
        nobody.get("/mds/metadata", data="True", limit=7, offset=at, **STUDIES)
        for at in range(0, len(studies) + 7, 7)
    ]

    assert {guid: one for page in pages for guid, one in page.items()} == studies
    assert len(nobody.get("/mds/metadata")) == 10
    assert nobody.get("/mds/metadata", limit=2000, **STUDIES) == list(studies)
    everything = nobody.get("/mds/metadata", limit=99_999)
    assert set(studies) < set(everything)


def test_a_study_has_tags_and_files(nobody: Client, studies: Any) -> None:
    tags = {
        (tag["category"], tag["name"])
        for one in studies.values()
        for tag in one["gen3_discovery"].get("tags", ())
    }
    fields = {
        name for one in studies.values() for name in one["gen3_discovery"] if "manifest" in name
    }

    assert tags >= {
        ("Data Type", "Transcriptomic Data"),
        ("Tissue", "Blood"),
        ("Disease", "Normal"),
    }
    assert fields == {"manifest", "__manifest"}
    rows = studies["DEMO-S001"]["gen3_discovery"]["__manifest"]
    for row in rows:
        record = nobody.get(f"/index/index/{row['object_id']}")
        assert row["file_size"] == record["size"]
        assert row["md5sum"] == record["hashes"]["md5"]
    assert len(studies["DEMO-S003"]["gen3_discovery"]["manifest"]) == 240
    assert any("tags" not in one["gen3_discovery"] for one in studies.values())


def test_filters_reach_into_the_metadata(nobody: Client, studies: Any) -> None:
    title = studies["DEMO-S002"]["gen3_discovery"]["study_title"]
    wanted: dict[str, Any] = {"gen3_discovery.study_title": title}
    tagged: dict[str, Any] = {"gen3_discovery.tags": "*"}
    by_title = nobody.get("/mds/metadata", **wanted)
    with_tags = nobody.get("/mds/metadata", limit=2000, **tagged)

    assert by_title == ["DEMO-S002"]
    assert with_tags == [guid for guid, one in studies.items() if "tags" in one["gen3_discovery"]]


def test_one_study_and_none(nobody: Client, alice: Client, studies: Any) -> None:
    assert nobody.get("/mds/metadata/DEMO-S004") == studies["DEMO-S004"]
    assert nobody.get("/mds/metadata/zzz", 404) == {"detail": "Not found: zzz"}
    assert alice.post("/mds/metadata/mine", {"a": 1}, 403) == {"detail": "Forbidden"}
    guid = alice.guid("monocytes.h5ad")
    both = nobody.get(f"/mds/objects/{guid}")
    assert both["record"]["did"] == guid
    assert both["metadata"]["_guid_type"] == "indexed_file_object"


def test_kept_manifests_are_their_users_own(alice: Client, bob: Client, nobody: Client) -> None:
    mine = alice.get("/manifests/")["manifests"]

    assert [one["filename"] for one in mine] == sorted(one["filename"] for one in mine)
    assert mine[0].keys() == {"filename", "last_modified", "last_modified_timestamp"}
    rows = alice.get(f"/manifests/file/{mine[0]['filename']}")
    assert {row["file_name"] for row in rows} == {"counts.csv"}
    assert bob.get("/manifests/") == {"manifests": []}
    assert bob.get(f"/manifests/file/{mine[0]['filename']}", 404)["error"]
    assert nobody.get("/manifests/", 403) == {"error": "Please log in."}


def test_keeping_a_manifest(bob: Client) -> None:
    rows = [{"object_id": "dg.DEMO/x", "subject_id": "s"}]
    name = bob.post("/manifests/", rows)["filename"]

    assert [one["filename"] for one in bob.get("/manifests/")["manifests"]] == [name]
    assert bob.get(f"/manifests/file/{name}") == rows
    for wrong in ([{"file_name": "x"}], {"object_id": "x"}, ["x"]):
        assert bob.post("/manifests/", wrong, 400)["error"].startswith("Manifest format is invalid")


def test_other_things_that_are_kept(bob: Client) -> None:
    assert bob.get("/manifests/cohorts") == {"cohorts": []}
    assert bob.get("/manifests/metadata") == {"external_file_metadata": []}
    assert bob.post("/manifests/cohorts", {"guid": "g"}) == {"filename": "g"}
    name = bob.post("/manifests/metadata", {"guid": "g"})["filename"]
    assert bob.get("/manifests/cohorts") == {"cohorts": [{"filename": "g"}]}
    assert bob.get(f"/manifests/metadata/{name}") == {"guid": "g"}


def test_an_expired_token_is_403_there(alice: Client, commons: DemoCommons) -> None:
    commons.commons.clock.ahead = 4000

    assert alice.get("/manifests/", 403) == {"error": "Please log in."}


def test_tokens_for_workspaces(alice: Client, bob: Client, nobody: Client) -> None:
    assert nobody.get("/wts/token/", 403)["error"]
    bob.token = bob.get("/wts/token/?idp=default")["token"]
    assert bob.get("/user/user")["username"] == "bob@example.org"
    assert bob.get("/wts/token/?idp=elsewhere", 400)["error"]
    nobody.token = nobody.get("/token/")["token"]
    assert nobody.get("/user/user")["username"] == "alice@example.org"
    assert alice.get("/wts/external_oidc/") == {"providers": []}


@pytest.mark.parametrize(
    ("feature", "path"),
    [
        ("discovery", "/mds/metadata"),
        ("manifests", "/manifests/"),
        ("workspace", "/wts/token/"),
        ("workspace", "/token/"),
        ("guppy", "/guppy/_status"),
    ],
)
def test_a_commons_may_go_without(alice: Client, feature: str, path: str) -> None:
    assert alice.ask("GET", path).status_code == 200
    answer = alice.post("/_gen3", {"without": [feature]})

    assert answer["without"] == [feature]
    assert alice.ask("GET", path).status_code == 404
