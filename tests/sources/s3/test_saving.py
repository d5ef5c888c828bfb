"""Saving to a bucket: what is offered and refused, and what becomes of what was sent."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.demo.s3.buckets import Bucket
from jupyterlab_datahub.demo.s3.contents import LAB, OPEN
from jupyterlab_datahub.demo.s3.users import LATE, READER, WRITER
from jupyterlab_datahub.errors import (
    AccessError,
    BusyError,
    ConflictError,
    DataHubError,
    ExpiredError,
    InterruptedTransferError,
    NotFoundError,
    UnreachableError,
)
from jupyterlab_datahub.model import SaveRequest
from jupyterlab_datahub.sources.s3 import saves
from jupyterlab_datahub.sources.saving import Bundle, BundleFile, Presets, pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.s3.demo_store import DemoStore
    from jupyterlab_datahub.sources.s3.source import S3Source
    from jupyterlab_datahub.sources.saving import BackEnd, Piece

    Open = Callable[..., S3Source]

MIB = 1024**2
PLAIN = "plain"
OWN = "runs/analysis-20261121T163000Z-01234567/"
LOCK = "datahub.lock.json"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Return a notebook with a lock and a result of two slices, to be saved to the lab's bucket."""
    folder = tmp_path / "save" / "bundle"
    folder.mkdir(parents=True)
    contents = {
        LOCK: b'{"save": "0123"}',
        "analysis.ipynb": b'{"nbformat": 4}',
        "results/big ü.bin": bytes(range(256)) * (11 * MIB // 256),
        "empty.txt": b"",
    }
    files = []
    for name, content in contents.items():
        path = folder / name.replace("/", "_")
        path.write_bytes(content)
        found = path.stat()
        size, modified = found.st_size, found.st_mtime_ns
        files.append(BundleFile(name=name, path=str(path), size=size, modified=modified))
    return Bundle(
        id="0123456789",
        source="s3",
        notebook="work/analysis.ipynb",
        folder=str(folder),
        owner=f"s3://{LAB}/runs/",
        type=saves.FOLDER,
        created="2026-11-21T16:30:00+00:00",
        marker=LOCK,
        files=tuple(files),
    )


def body(piece: Piece) -> bytes:
    return Path(piece.file.path).read_bytes()[piece.start : piece.start + piece.size]


def every(bundle: Bundle) -> list[Piece]:
    return [piece for file in bundle.files for piece in pieces(file)]


def send(back_end: BackEnd, piece: Piece) -> None:
    back_end.send(piece, lambda: iter((body(piece),)))


def send_all(back_end: BackEnd, bundle: Bundle) -> None:
    for piece in every(bundle):
        send(back_end, piece)


def part_of(bundle: Bundle) -> Piece:
    return next(piece for piece in every(bundle) if not piece.whole)


def checksums(bundle: Bundle) -> dict[str, str]:
    return {file.name: f"{zlib.crc32(Path(file.path).read_bytes()):08x}" for file in bundle.files}


def saved(source: S3Source, bundle: Bundle) -> str:
    back_end = source.back_end(bundle)
    send_all(back_end, bundle)
    ref = back_end.register()
    stored = back_end.stored(ref)
    assert {name: one.crc32 for name, one in stored.items()} == checksums(bundle)
    assert all(one.verified for one in stored.values())
    return ref


def request(**changes: Any) -> SaveRequest:
    wanted = {"source": "s3", "notebook": "analysis.ipynb", "owner": f"s3://{LAB}/runs/"}
    return SaveRequest(**{**wanted, **changes})


def wrong(source: S3Source, **changes: Any) -> dict[str, str]:
    found = source.checked(request(**changes), Presets()).errors
    return {error.field: error.message for error in found}


def test_a_save_is_a_folder_of_its_own(store: DemoStore, open_as: Open, bundle: Bundle) -> None:
    source = open_as(WRITER.name)
    back_end = source.back_end(bundle)
    send_all(back_end, bundle)
    assert not any(key == OWN + LOCK for key in store.api.buckets.keys(LAB))
    assert back_end.find(checksums(bundle)) == ""
    ref = back_end.register()
    assert back_end.find(checksums(bundle)) == ref
    for file in bundle.files:
        assert store.api.buckets.read(LAB, OWN + file.name) == Path(file.path).read_bytes()
    assert source.dataset(ref).title == "analysis.ipynb"
    assert store.api.buckets.under_way(LAB) == []
    folders = source.children(f"s3://{LAB}/runs/").nodes
    assert [node.id for node in folders] == [f"s3://{LAB}/{OWN}"]
    # The same files of another save do not get in its way.
    (Path(bundle.folder) / ".s3.json").unlink()
    again = saved(source, msgspec.structs.replace(bundle, id="another one"))
    assert "another" in again


def test_two_requests_know_the_bytes(store: DemoStore, open_as: Open, bundle: Bundle) -> None:
    saved(open_as(WRITER.name), bundle)
    puts = [seen for seen in store.api.requests if seen.method == "PUT"]
    assert all({"content-md5", "x-amz-checksum-crc32"} <= seen.headers.keys() for seen in puts)
    assert all("if-none-match" in seen.headers for seen in puts if not seen.query)
    assert not any("x-amz-request-payer" in seen.headers for seen in store.api.requests)


def test_an_older_store_goes_without_crc32(
    store: DemoStore, open_as: Open, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.api, "knows_checksums", False)
    back_end = open_as(WRITER.name).back_end(bundle)
    send_all(back_end, bundle)
    stored = back_end.stored(back_end.register())
    assert {one.crc32 for one in stored.values()} == {""}
    assert all(one.verified for one in stored.values())


def test_another_worker_goes_on_with_the_parts(
    store: DemoStore, open_as: Open, bundle: Bundle
) -> None:
    source = open_as(WRITER.name)
    first, second = (piece for piece in every(bundle) if not piece.whole)
    marker = every(bundle)[0]
    send(source.back_end(bundle), first)
    later = source.back_end(bundle)
    assert later.arrived(marker, "")
    assert later.arrived(first, f"{zlib.crc32(body(first)):08x}")
    assert not later.arrived(second, f"{zlib.crc32(body(second)):08x}")
    # What came although its answer was lost is found at the store.
    (Path(bundle.folder) / ".s3.json").write_bytes(
        (Path(bundle.folder) / ".s3.json").read_bytes().replace(b'"1":', b'"2":')
    )
    assert not source.back_end(bundle).arrived(marker, "")
    send_all(later, bundle)
    assert later.find({}) == ""
    assert later.register()
    begun = [seen for seen in store.api.requests if seen.query == "uploads="]
    assert len([seen for seen in begun if seen.method == "POST"]) == 1


def test_a_lost_answer_is_asked_for(store: DemoStore, open_as: Open, bundle: Bundle) -> None:
    source = open_as(WRITER.name)
    back_end = source.back_end(bundle)
    whole = next(piece for piece in every(bundle) if piece.file.name == "analysis.ipynb")
    store.api.buckets.put(LAB, OWN + "analysis.ipynb", body(whole))
    assert back_end.arrived(whole, "")
    # Nor is a second try refused because of the first.
    send(source.back_end(bundle), whole)
    part = part_of(bundle)
    send(back_end, part)
    crc32 = f"{zlib.crc32(body(part)):08x}"
    state = Path(bundle.folder) / ".s3.json"
    known = msgspec.json.decode(state.read_bytes())
    known[part.file.name]["parts"] = {}
    state.write_bytes(msgspec.json.encode(known))
    assert source.back_end(bundle).arrived(part, crc32)


def test_parts_that_the_bucket_threw_away_are_sent_anew(
    store: DemoStore, open_as: Open, bundle: Bundle
) -> None:
    source = open_as(WRITER.name)
    send(source.back_end(bundle), part_of(bundle))
    store.api.buckets.abort_all(LAB)
    late = source.back_end(bundle)
    with pytest.raises(NotFoundError, match="thrown away the parts"):
        send(late, next(piece for piece in every(bundle) if piece.number == 2))
    assert not source.back_end(bundle).arrived(part_of(bundle), "")
    saved(source, bundle)


def test_what_is_discarded_leaves_nothing(store: DemoStore, open_as: Open, bundle: Bundle) -> None:
    before = store.api.buckets.keys(LAB)
    source = open_as(WRITER.name)
    back_end = source.back_end(bundle)
    send_all(back_end, bundle)
    # One whose answer was lost is found, too.
    store.api.buckets.put(LAB, OWN + "analysis.ipynb.html", b"<p>")
    assert store.api.buckets.under_way(LAB)
    source.back_end(bundle).discard()
    assert store.api.buckets.under_way(LAB) == []
    assert store.api.buckets.keys(LAB) == before
    # But what is whole stays.
    saved(source, bundle)
    source.back_end(bundle).discard()
    assert OWN + LOCK in store.api.buckets.keys(LAB)


def test_in_place_nothing_is_overwritten(store: DemoStore, open_as: Open, bundle: Bundle) -> None:
    store.api.buckets.create(Bucket(PLAIN, writers=frozenset({WRITER.name})))
    store.api.buckets.put(PLAIN, "analysis.ipynb", b"somebody's")
    source = open_as(WRITER.name, buckets=[PLAIN])
    here = msgspec.structs.replace(bundle, owner=f"s3://{PLAIN}/", type=saves.IN_PLACE)
    back_end = source.back_end(here)
    with pytest.raises(ConflictError, match="is there already; it was not overwritten"):
        send_all(back_end, here)
    back_end.discard()
    assert store.api.buckets.keys(PLAIN) == ["analysis.ipynb"]
    found = wrong(source, owner=PLAIN, type=saves.IN_PLACE)
    assert "is there already, and the bucket keeps no versions" in found["owner"]
    assert wrong(source, owner=PLAIN) == {}


def test_in_place_a_bucket_with_versions_keeps_both(
    store: DemoStore, open_as: Open, bundle: Bundle
) -> None:
    source = open_as(WRITER.name)
    store.api.buckets.put(LAB, "runs/analysis.ipynb", b"the version before")
    here = msgspec.structs.replace(bundle, type=saves.IN_PLACE)
    assert wrong(source, type=saves.IN_PLACE) == {}
    ref = saved(source, here)
    assert "?versionId=" in ref
    assert len(source.versions(ref)) == 2
    # Of an unfinished one only its own version goes away.
    more = Path(here.folder) / LOCK
    more.write_bytes(b'{"save": "another"}')
    (Path(here.folder) / ".s3.json").unlink()
    other = msgspec.structs.replace(here, id="other")
    back_end = source.back_end(other)
    send_all(back_end, other)
    assert len(source.versions(ref)) == 3
    back_end.discard()
    assert next(iter(source.versions(ref))).ref == ref
    assert store.api.buckets.under_way(LAB) == []


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"kind": "status", "status": 403}, AccessError, "may not write to s3://lab-results/"),
        ({"kind": "status", "status": 503}, BusyError, "is busy"),
        ({"kind": "status", "status": 500}, BusyError, "the store failed"),
        ({"kind": "expired"}, ExpiredError, "have expired"),
        ({"kind": "drop", "after": 300_000}, UnreachableError, "broke off the connection"),
        ({"kind": "down", "times": 1}, UnreachableError, "broke off the connection"),
    ],
)
def test_what_goes_wrong_in_mid_part_is_told(
    store: DemoStore,
    open_as: Open,
    bundle: Bundle,
    fault: dict[str, Any],
    kind: type[DataHubError],
    words: str,
) -> None:
    back_end = open_as(WRITER.name).back_end(bundle)
    kind_of_fault = fault.pop("kind")
    store.api.faults.add(kind_of_fault, host="s3", method="PUT", **fault)
    part = part_of(bundle)
    with pytest.raises(kind, match=words) as caught:
        send(back_end, part)
    assert caught.value.hint
    for secret in (WRITER.secret, WRITER.key):
        assert secret not in f"{caught.value} {caught.value.hint}"
    send(back_end, part)
    assert back_end.arrived(part, f"{zlib.crc32(body(part)):08x}")


def test_bytes_that_change_on_the_way_are_not_kept(
    store: DemoStore, open_as: Open, bundle: Bundle
) -> None:
    back_end = open_as(WRITER.name).back_end(bundle)
    part = part_of(bundle)
    with pytest.raises(InterruptedTransferError, match="did not arrive as it was sent"):
        back_end.send(part, lambda: iter((bytes(part.size),)))
    assert not back_end.arrived(part, f"{zlib.crc32(body(part)):08x}")


def test_a_full_bucket_and_one_that_is_gone(
    store: DemoStore, open_as: Open, bundle: Bundle
) -> None:
    small = Bucket(PLAIN, writers=frozenset({WRITER.name}), quota=MIB)
    store.api.buckets.create(small)
    source = open_as(WRITER.name, buckets=[PLAIN])
    there = msgspec.structs.replace(bundle, owner=f"s3://{PLAIN}/")
    back_end = source.back_end(there)
    with pytest.raises(ConflictError, match="the quota of the bucket is used up"):
        send(back_end, part_of(there))
    store.api.buckets.remove(PLAIN)
    with pytest.raises(NotFoundError, match=f"there is no bucket '{PLAIN}'"):
        send(back_end, part_of(there))


@pytest.mark.parametrize(
    ("profile", "owner", "words"),
    [
        (READER.name, f"s3://{LAB}/runs/", "may not write"),
        ("", f"s3://{LAB}/runs/", "no AWS credentials were found"),
        (LATE.name, f"s3://{LAB}/", "have expired"),
        (WRITER.name, f"s3://{OPEN}/", "may not write"),
        (WRITER.name, "s3://elsewhere/", "not among the buckets"),
        (WRITER.name, "far-away", "may not write"),
        (WRITER.name, "", "Choose a bucket"),
        (WRITER.name, f"{LAB}/../x", "folder of dots"),
    ],
)
def test_what_would_be_refused_is_told_before(
    store: DemoStore, open_as: Open, profile: str, owner: str, words: str
) -> None:
    assert words in wrong(open_as(profile), owner=owner)["owner"]
    assert store.api.buckets.under_way(LAB) == []


def test_a_form_that_fits_is_completed(store: DemoStore, open_as: Open) -> None:
    source = open_as(WRITER.name)
    kept = source.checked(request(owner=f" {LAB}/deep/er "), Presets())
    assert kept.errors == ()
    assert (kept.request.owner, kept.request.type) == (f"s3://{LAB}/deep/er/", saves.FOLDER)
    assert store.api.buckets.under_way(LAB) == []
    assert set(wrong(source, type="X", properties={"NOTES": "x"})) == {"type", "NOTES"}
    assert [one.default for one in source.form().types] == [True, False]


def test_places_are_offered_while_somebody_types(open_as: Open) -> None:
    source = open_as(WRITER.name)
    assert [one.identifier for one in source.owners("lab")] == [f"s3://{LAB}/"]
    typed = source.owners(f"s3://{LAB}/res")
    assert [one.ref for one in typed] == [f"s3://{LAB}/res/", f"s3://{LAB}/results/"]
    assert [one.ref for one in source.owners(f"{LAB}/new/one")] == [f"s3://{LAB}/new/one/"]
    assert len(source.owners("")) == 4
    assert source.owners("s3://elsewhere/a") == ()
