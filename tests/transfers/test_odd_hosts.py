"""Hosts that frame, describe or encrypt their answers in other ways."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.transfers.fetch.round import NO_LENGTH
from tests.transfers.desk import S, dataset_of, until
from tests.transfers.odd_host import CERTIFICATE, Exchange, OddServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import Transfer
    from tests.transfers.desk import Desk

NAME = "small.h5ad"
BIG = os.urandom(6_000_000)
PIECE = 20_000


def ask(desk: Desk, host: OddServer, size: int | None, **answer: object) -> Transfer:
    """Queue a file of an odd host, of which the catalog may not know the size."""
    _, asset = desk.sell(NAME)
    asset = msgspec.structs.replace(asset, size=size)
    desk.answers[asset.ref] = [{"url": f"{host.url}/{NAME}", **answer}]
    desk.write_script()
    return desk.queue.add(dataset_of(asset), asset, desk.folder, "shop")[0]


def fetch(
    desk: Desk, script: Callable[[Exchange], None], size: int | None = None
) -> tuple[Transfer, list[str]]:
    """Fetch a file from an odd host; return the transfer and the ranges that were asked for."""
    with OddServer(script) as host:
        transfer = ask(desk, host, size)
        desk.supervise()
        return desk.finished(transfer), host.ranges


def check_bytes(desk: Desk, transfer: Transfer, content: bytes) -> None:
    assert transfer.state is S.DONE, transfer
    assert (desk.folder / NAME).read_bytes() == content
    assert transfer.size == len(content)


def test_a_body_in_chunks_of_unknown_length_comes_home(desk: Desk) -> None:
    content = (desk.files / NAME).read_bytes()

    def chunked(exchange: Exchange) -> None:
        exchange.head(200, Transfer_Encoding="chunked")
        for at in range(0, len(content), PIECE):
            exchange.chunk(content[at : at + PIECE])
        exchange.chunk(b"")

    transfer, _ = fetch(desk, chunked)
    check_bytes(desk, transfer, content)
    assert transfer.note == ""


def test_a_body_in_chunks_that_is_cut_is_not_taken_for_the_whole(desk: Desk) -> None:
    content = (desk.files / NAME).read_bytes()
    cuts = [True, False]

    def chunked(exchange: Exchange) -> None:
        cut = cuts.pop(0)
        exchange.head(200, Transfer_Encoding="chunked")
        for at in range(0, len(content), PIECE):
            exchange.chunk(content[at : at + PIECE])
            if cut:
                exchange.close_connection = True
                return
        exchange.chunk(b"")

    transfer, ranges = fetch(desk, chunked)
    check_bytes(desk, transfer, content)
    assert len(ranges) == 2


def test_a_body_whose_length_nobody_knows_is_remarked_on(desk: Desk) -> None:
    content = (desk.files / NAME).read_bytes()

    def until_close(exchange: Exchange) -> None:
        exchange.head(200, Connection="close")
        exchange.wfile.write(content)

    transfer, _ = fetch(desk, until_close)
    check_bytes(desk, transfer, content)
    assert transfer.note == NO_LENGTH


def test_a_body_without_a_length_is_measured_by_the_catalog(desk: Desk) -> None:
    content = (desk.files / NAME).read_bytes()
    lengths = [1000, len(content)]

    def until_close(exchange: Exchange) -> None:
        exchange.head(200, Connection="close")
        exchange.wfile.write(content[: lengths.pop(0)])

    transfer, ranges = fetch(desk, until_close, len(content))
    check_bytes(desk, transfer, content)
    assert len(ranges) == 2


def test_a_host_that_sends_more_than_there_is_is_stopped(desk: Desk) -> None:
    content = (desk.files / NAME).read_bytes()

    def endless(exchange: Exchange) -> None:
        exchange.head(200, Connection="close")
        while True:
            exchange.wfile.write(content)

    transfer, _ = fetch(desk, endless, len(content))
    assert transfer.error is not None
    assert transfer.error.code == "length"
    until(desk.gone)


def test_a_host_that_sends_another_part_than_was_asked_for_is_not_believed(desk: Desk) -> None:
    def shifted(exchange: Exchange) -> None:
        exchange.head(206, Content_Range="bytes 5-9/70001", Content_Length="5")
        exchange.wfile.write(b"12345")

    transfer, _ = fetch(desk, shifted)
    assert transfer.error is not None
    assert transfer.error.code == "bad_answer"
    assert desk.library.items() == ()


@pytest.mark.parametrize("size", [None, len(BIG)])
def test_a_host_that_hides_the_length_is_measured_by_the_catalog(
    desk: Desk, size: int | None
) -> None:
    def starred(exchange: Exchange) -> None:
        start, end = exchange.span(len(BIG))
        length = str(end - start)
        exchange.head(206, Content_Range=f"bytes {start}-{end - 1}/*", Content_Length=length)
        exchange.wfile.write(BIG[start:end])

    transfer, _ = fetch(desk, starred, size)
    if size is None:
        assert transfer.error is not None
        assert "how long" in transfer.error.message
    else:
        check_bytes(desk, transfer, BIG)


def test_a_host_that_sends_shorter_parts_than_asked_for_is_asked_for_the_rest(desk: Desk) -> None:
    def stingy(exchange: Exchange) -> None:
        start, end = exchange.span(len(BIG))
        end = min(end, start + 400_000)
        exchange.head(
            206,
            Content_Range=f"bytes {start}-{end - 1}/{len(BIG)}",
            Content_Length=str(end - start),
        )
        exchange.wfile.write(BIG[start:end])

    transfer, ranges = fetch(desk, stingy, len(BIG))
    check_bytes(desk, transfer, BIG)
    assert len(ranges) >= len(BIG) / 400_000


def test_without_validators_and_checksum_a_transfer_starts_from_the_beginning(desk: Desk) -> None:
    held = [True]

    def nameless(exchange: Exchange) -> None:
        start, end = exchange.span(len(BIG))
        exchange.head(
            206,
            Content_Range=f"bytes {start}-{end - 1}/{len(BIG)}",
            Content_Length=str(end - start),
        )
        # The first part comes, the others after the pause.
        until(lambda: not held[0] or start == 0)
        exchange.wfile.write(BIG[start:end])

    with OddServer(nameless) as host:
        transfer = ask(desk, host, len(BIG))
        desk.supervise()
        desk.running(transfer)
        desk.queue.pause(transfer.id)
        until(lambda: not desk.owners())
        assert desk.journal(transfer).total > 0
        host.ranges.clear()
        held[0] = False
        desk.queue.resume(transfer.id)
        check_bytes(desk, desk.done(transfer), BIG)
        assert min(host.ranges).startswith("bytes=0-")
        assert len(host.ranges) >= 6


def test_a_host_with_a_certificate_nobody_knows_is_refused_at_once(desk: Desk) -> None:
    with OddServer(lambda exchange: exchange.part(BIG), tls=True) as host:
        transfer = ask(desk, host, len(BIG))
        desk.supervise()
        last = desk.finished(transfer)
    assert last.error is not None
    assert last.error.code == "unreachable"
    assert "certificate" in last.error.message
    assert "REQUESTS_CA_BUNDLE" in last.error.hint
    assert host.ranges == []


def test_a_host_with_a_certificate_of_the_institute_is_trusted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with OddServer(lambda exchange: exchange.part(BIG, ETag='"a"'), tls=True) as host:
        transfer = ask(desk, host, len(BIG))
        desk.supervise()
        check_bytes(desk, desk.done(transfer), BIG)


def test_an_encrypted_connection_can_be_paused_and_resumed(desk: Desk) -> None:
    source = msgspec.structs.replace(desk.settings.sources[0], ca_bundle=str(CERTIFICATE))
    trusting = msgspec.structs.replace(desk.settings, sources=(source,), read_timeout=600.0)
    held = [True]

    def hesitant(exchange: Exchange) -> None:
        start, end = exchange.span(len(BIG))
        exchange.head(
            206,
            Content_Range=f"bytes {start}-{end - 1}/{len(BIG)}",
            Content_Length=str(end - start),
            ETag='"a"',
        )
        exchange.wfile.write(BIG[start : start + PIECE])
        until(lambda: not held[0])
        exchange.wfile.write(BIG[start + PIECE : end])

    with OddServer(hesitant, tls=True) as host:
        transfer = ask(desk, host, len(BIG))
        desk.supervise(trusting)
        desk.running(transfer, PIECE)
        desk.queue.pause(transfer.id)
        until(lambda: not desk.owners())
        held[0] = False
        desk.queue.resume(transfer.id)
        check_bytes(desk, desk.done(transfer), BIG)
