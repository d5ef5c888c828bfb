"""Waiting for files and tables, and everything that may go wrong meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest

from jupyterlab_datahub.errors import (
    CatalogError,
    ConflictError,
    DataHubError,
    NotFoundError,
    NotReadyError,
    NotSupportedError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Asset
from tests.sources.hca import bodies
from tests.sources.hca.bodies import FILE, SHA256, VERSION, emulated, refusal
from tests.sources.scripted import json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.sources.hca import HcaSource
    from tests.sources.scripted import Reply, ScriptedHost

MATRIX = Asset(
    ref=f"hca:dcp60/{FILE}@{VERSION}", name="eye.loom", size=5, checksums={"sha256": SHA256}
)
FILE_PATH = f"/fetch/repository/files/{FILE}?catalog=dcp60&version={quote_plus(VERSION)}"
TABLE = Asset(ref='hca:dcp60/manifest/compact?{"organ":{"is":["eye"]}}', name="a.tsv")
TABLE_PATH = "/fetch/manifest/files?catalog=dcp60&format=compact&filters=" + quote_plus(
    '{"organ":{"is":["eye"]}}'
)
BUCKET = "https://bucket.example.org/x?X-Goog-Date=20260101T000000Z&X-Goog-Expires=900"
GONE = json_of(refusal("GoneError", "The requested manifest has expired"), 410)


def waiting(azul: ScriptedHost, token: str, seconds: int | None = 0) -> Reply:
    return json_of(emulated(301, f"{azul.url}/fetch/manifest/files/{token}", seconds))


def test_a_file_is_resolved_to_its_signed_address(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say(FILE_PATH, json_of(emulated(302, BUCKET)))
    download = source.resolve(MATRIX)
    assert download.url == BUCKET
    assert (download.size, download.checksums) == (5, {"sha256": SHA256})
    assert download.expires == 1767226500.0


def test_a_file_that_is_prepared_is_asked_for_where_azul_says(
    azul: ScriptedHost, source: HcaSource
) -> None:
    again = f"{FILE_PATH}&requestIndex=1&token=t"
    azul.say(FILE_PATH, json_of(emulated(301, azul.url + again, 7)))
    azul.say(again, json_of(emulated(301, azul.url + again)), json_of(emulated(302, BUCKET)))
    with pytest.raises(NotReadyError, match="Human Cell Atlas is preparing the file") as caught:
        source.resolve(MATRIX)
    assert caught.value.retry_after == 7
    with pytest.raises(NotReadyError) as caught:
        source.resolve(MATRIX)
    assert caught.value.retry_after == 1, "where Azul does not say when"
    assert source.resolve(MATRIX).url == BUCKET
    assert azul.paths().count(FILE_PATH) == 1


@pytest.mark.parametrize("status", [404])
def test_a_file_without_a_download_says_so(
    azul: ScriptedHost, source: HcaSource, status: int
) -> None:
    words = "File was found in catalog, however no download is currently available"
    azul.say(FILE_PATH, json_of(refusal("NotFoundError", words), status))
    with pytest.raises(NotFoundError, match="no download is currently available") as caught:
        source.resolve(MATRIX)
    assert "later release" in caught.value.hint


def test_a_table_is_made_while_words_say_so(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say(TABLE_PATH, waiting(azul, "t1", 2))
    azul.say("/fetch/manifest/files/t1", waiting(azul, "t2"))
    azul.say("/fetch/manifest/files/t2", json_of(emulated(302, BUCKET)))
    for seconds in (2, 0):
        with pytest.raises(NotReadyError, match="is preparing the file manifest") as caught:
            source.resolve(TABLE)
        assert caught.value.retry_after == seconds
    assert source.resolve(TABLE).url == BUCKET
    asked = [asked for asked in azul.asked if "/manifest/" in asked.path]
    assert [one.method for one in asked] == ["PUT", "GET", "GET"]


def test_a_table_that_is_there_needs_no_waiting(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say(TABLE_PATH, json_of(emulated(302, BUCKET)))
    assert source.resolve(TABLE).url == BUCKET


def test_long_filters_of_a_table_go_in_the_body(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say("/fetch/manifest/files?catalog=dcp60&format=curl", json_of(emulated(302, BUCKET)))
    names = ",".join(f'"{number:0>60}"' for number in range(200))
    ref = f'hca:dcp60/manifest/curl?{{"fileName":{{"is":[{names}]}}}}'
    assert source.resolve(Asset(ref=ref, name="a.txt")).url == BUCKET
    assert azul.asked[-1].body.startswith(b'{"filters":"{\\"fileName\\":')


def test_a_table_that_expired_meanwhile_is_asked_for_once_more(
    azul: ScriptedHost, source: HcaSource
) -> None:
    azul.say(TABLE_PATH, waiting(azul, "t1"), json_of(emulated(302, BUCKET)))
    azul.say("/fetch/manifest/files/t1", GONE)
    with pytest.raises(NotReadyError):
        source.resolve(TABLE)
    assert source.resolve(TABLE).url == BUCKET


def test_a_table_that_expires_again_is_told_in_words(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say(TABLE_PATH, waiting(azul, "t1"))
    azul.say("/fetch/manifest/files/t1", GONE)
    ended = None
    for _ in range(6):
        try:
            source.resolve(TABLE)
        except NotReadyError:
            continue
        except ConflictError as error:
            ended = error
            break
    assert ended is not None
    assert "expired before it was fetched" in ended.message
    assert ended.hint == "Start it again."
    assert azul.paths().count(TABLE_PATH) == 2


def test_a_table_that_cannot_be_made_is_told_in_words(
    azul: ScriptedHost, source: HcaSource
) -> None:
    azul.say(TABLE_PATH, waiting(azul, "t1"))
    failed = refusal("ChaliceViewError", "Failed to generate manifest")
    azul.say("/fetch/manifest/files/t1", json_of(failed, 500))
    for _ in range(2):
        with pytest.raises(NotReadyError):
            source.resolve(TABLE)
    with pytest.raises(ConflictError, match="could not make the file manifest") as caught:
        source.resolve(TABLE)
    assert "Failed to generate manifest" in caught.value.message
    assert "fewer" in caught.value.hint


def test_a_service_that_is_away_for_a_moment_loses_nothing(
    azul: ScriptedHost, source: HcaSource
) -> None:
    azul.say(TABLE_PATH, waiting(azul, "t1"))
    gone = json_of(refusal("BadGateway", "x"), 502)
    azul.say("/fetch/manifest/files/t1", gone, json_of(emulated(302, BUCKET)))
    with pytest.raises(NotReadyError):
        source.resolve(TABLE)
    with pytest.raises(CatalogError):
        source.resolve(TABLE)
    assert source.resolve(TABLE).url == BUCKET
    assert azul.paths().count(TABLE_PATH) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for_as_long_as_it_asks(
    azul: ScriptedHost, source: HcaSource, status: int
) -> None:
    busy = json_of(refusal("TooManyRequests", "slow down"), status, Retry_After="30")
    azul.say(FILE_PATH, busy, json_of(emulated(302, BUCKET)))
    with pytest.raises(NotReadyError, match="busy") as caught:
        source.resolve(MATRIX)
    assert caught.value.retry_after == 30
    assert len([path for path in azul.paths() if path == FILE_PATH]) == 1
    assert source.resolve(MATRIX).url == BUCKET


def test_a_transfer_waits_when_all_requests_of_five_minutes_are_made(
    azul: ScriptedHost, make: Callable[..., HcaSource]
) -> None:
    azul.say(FILE_PATH, json_of(emulated(302, BUCKET)))
    source = make(most_requests=2)
    source.resolve(MATRIX)
    before = len(azul.asked)
    with pytest.raises(NotReadyError, match="five minutes") as caught:
        source.resolve(MATRIX)
    assert 0 < (caught.value.retry_after or 0) <= 300
    assert len(azul.asked) == before


def test_a_selection_of_a_replaced_catalog_is_told(azul: ScriptedHost, source: HcaSource) -> None:
    azul.say("/index/catalogs", json_of(bodies.catalogs("dcp61")))
    with pytest.raises(WithdrawnError, match="replaced its catalog dcp60 by dcp61"):
        source.resolve(TABLE)


def test_a_file_of_a_replaced_catalog_is_looked_for_in_the_new_one(
    azul: ScriptedHost, source: HcaSource
) -> None:
    azul.say("/index/catalogs", json_of(bodies.catalogs("dcp61")))
    azul.say(FILE_PATH.replace("dcp60", "dcp61"), json_of(emulated(302, BUCKET)))
    assert source.resolve(MATRIX).url == BUCKET


def test_a_group_has_no_bytes_of_its_own(source: HcaSource) -> None:
    group = Asset(ref="hca:dcp60/files?{}", name="all", group=True)
    with pytest.raises(NotSupportedError, match="group of files"):
        source.resolve(group)
    with pytest.raises(NotSupportedError, match="no group"):
        list(source.members(MATRIX))


@pytest.mark.parametrize("location", ["", "ftp://host/x", "nonsense"])
def test_an_address_that_is_none_is_refused(
    azul: ScriptedHost, source: HcaSource, location: str
) -> None:
    azul.say(FILE_PATH, json_of(emulated(302, location)))
    with pytest.raises(DataHubError, match="gave no address"):
        source.resolve(MATRIX)
