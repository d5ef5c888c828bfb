"""From the address in a hit to the bytes of a file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.demo.hca.client import LONGEST_LOOP, query_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
    from jupyterlab_datahub.demo.hca.hits import UrlName
    from tests.demo.hca.client import Client, Json

LOOM = ("pancreas", "pancreas-islets-human-10XV2.loom")


def file_of(azul: Client, atlas: HumanCellAtlas, key: str, name: str) -> Json:
    id_ = atlas.project(key).file_id(atlas.file(key, name))
    file: Json = azul.get(f"/index/files/{id_}")["files"][0]
    return file


@pytest.fixture
def loom(azul: Client, atlas: HumanCellAtlas) -> Json:
    return file_of(azul, atlas, *LOOM)


def test_a_file_is_a_redirect_away(azul: Client, loom: Json) -> None:
    response = azul.ask("GET", loom["azul_url"])
    assert response.status_code == 302
    assert loom["name"] in response.headers["Content-Disposition"]
    content = azul.ask("GET", response.headers["Location"]).content
    assert len(content) == loom["size"]
    assert hashlib.sha256(content).hexdigest() == loom["sha256"]


def test_the_address_has_had_two_names(azul: Client, atlas: HumanCellAtlas, loom: Json) -> None:
    assert "url" not in loom
    choices: tuple[tuple[UrlName, set[str]], ...] = (
        ("url", {"url"}),
        ("both", {"url", "azul_url"}),
    )
    for name, names in choices:
        atlas.api.url_name = name
        file = file_of(azul, atlas, *LOOM)
        assert file.keys() & {"url", "azul_url"} == names
        assert {file[one] for one in names} == {loom["azul_url"]}


def test_a_file_may_have_to_be_prepared(azul: Client, atlas: HumanCellAtlas, loom: Json) -> None:
    atlas.api.repository.rounds = 8
    atlas.api.repository.longest_wait = 3
    waits = []
    address = loom["azul_url"]
    for _ in range(LONGEST_LOOP):
        response = azul.ask("GET", address)
        if response.status_code == 302:
            break
        assert response.status_code == 301
        waits.append(int(response.headers["Retry-After"]))
        address = response.headers["Location"]
        assert query_of(address)["requestIndex"] == str(len(waits))
    # Never more than the repository asks for, and little at first.
    assert waits == [1, 1, 1, 2, 2, 3, 3, 3]
    assert azul.ask("GET", response.headers["Location"]).status_code == 200


def test_fetch_says_the_same_in_a_body(azul: Client, atlas: HumanCellAtlas, loom: Json) -> None:
    atlas.api.repository.rounds = 2
    path = f"/fetch/repository/files/{loom['uuid']}"
    answer = azul.get(path, version=loom["version"])
    assert answer["Status"] == 301
    assert "Retry-After" not in answer  # there is nothing to wait for
    assert answer["Location"].startswith(azul.url + path)
    ready, asked = azul.follow(answer)
    assert asked == 2
    assert azul.ask("GET", ready["Location"]).status_code == 200


def test_ranges_are_for_the_store_and_not_for_azul(azul: Client, loom: Json) -> None:
    location = azul.ask("GET", loom["azul_url"]).headers["Location"]
    whole = azul.ask("GET", location).content
    part = azul.ask("GET", location, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole[100:200]
    etag = part.headers["ETag"]
    rest = azul.ask("GET", location, headers={"Range": "bytes=200-", "If-Range": etag})
    assert rest.status_code == 206
    at_end = {"Range": f"bytes={loom['size']}-"}
    assert azul.ask("GET", location, headers=at_end).status_code == 416
    # What curl was helped with: nothing, and no redirect.
    nothing = azul.ask("GET", loom["azul_url"], headers=at_end)
    assert (nothing.status_code, nothing.content) == (206, b"")


def test_a_signed_address_ends(azul: Client, atlas: HumanCellAtlas, loom: Json) -> None:
    location = azul.ask("GET", loom["azul_url"]).headers["Location"]
    atlas.storage.signer.expire()
    refused = azul.ask("GET", location)
    assert refused.status_code == 403
    assert "expired" in refused.text
    atlas.storage.signer.lifetime = 0
    ended = azul.ask("GET", loom["azul_url"]).headers["Location"]
    assert azul.ask("GET", ended).status_code == 403
    atlas.storage.signer.lifetime = 60
    fresh = azul.ask("GET", loom["azul_url"]).headers["Location"]
    assert azul.ask("GET", fresh).status_code == 200


def test_a_signature_is_good_for_one_path(azul: Client, atlas: HumanCellAtlas, loom: Json) -> None:
    location = azul.ask("GET", loom["azul_url"]).headers["Location"]
    other = file_of(azul, atlas, "pbmc68k", "pbmc68k-human-10XV1.loom")
    forged = location.replace(loom["uuid"], other["uuid"])
    for address in (forged, location.partition("?")[0], location[:-1]):
        assert azul.ask("GET", address).status_code == 403


def test_a_token_does_not_belong_in_the_store(azul: Client, loom: Json) -> None:
    location = azul.ask("GET", loom["azul_url"]).headers["Location"]
    told = azul.ask("GET", location, headers={"Authorization": "Bearer demo-managed-access"})
    assert told.status_code == 400
    assert "Only one auth mechanism allowed" in told.text


def test_phantoms_have_no_address(azul: Client, atlas: HumanCellAtlas) -> None:
    phantom = file_of(azul, atlas, "phantoms", "spleen.rds")
    assert phantom["drs_uri"] is phantom["azul_url"] is None
    answer = azul.get(f"/repository/files/{phantom['uuid']}", status=404)
    assert answer["Message"].endswith("however no download is currently available")
    assert " was found in catalog 'dcp60'" in answer["Message"]


def test_what_needs_a_permission_is_not_found(azul: Client, atlas: HumanCellAtlas) -> None:
    project = atlas.project("managed-brain")
    tree = azul.get(f"/index/projects/{project.id}")["projects"][0]["matrices"]
    assert tree  # one sees that there is a matrix
    address = f"/repository/files/{project.file_id(project.files[0])}"
    assert azul.get(address, status=404)["Message"].startswith("Unable to find file")
    azul.session.headers["Authorization"] = "Bearer demo-managed-access"
    assert azul.ask("GET", address).status_code == 302
    for wrong in ("Bearer of-somebody-else", "Basic eDp5"):
        azul.session.headers["Authorization"] = wrong
        assert azul.get(address, status=401)["Code"] == "UnauthorizedError"


def test_versions_are_checked(azul: Client, loom: Json) -> None:
    address = f"/repository/files/{loom['uuid']}"
    assert azul.ask("GET", address).status_code == 302
    answer = azul.get(address, version="foo", status=400)
    assert answer["Message"] == "Invalid value for `version`"
    azul.get(address, version="2019-01-01T00:00:00.000000Z", status=404)
    azul.get(address, wait="2", status=400)
    azul.get(address, other="1", status=400)
