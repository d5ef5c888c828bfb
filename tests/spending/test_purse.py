"""Paying for ranges of an object: what the ledger says is what the store charged."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import urllib3

from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.demo.s3.demo_store import DemoStore
from jupyterlab_datahub.errors import ConsentError, LimitError, TransferError
from jupyterlab_datahub.model import Asset, Download
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.s3.source import S3Source
from jupyterlab_datahub.spending.ledger import FILE, Ledger, Purchase
from jupyterlab_datahub.spending.purse import Allowance, Purse, Wallet, affordable, open_purse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = f"s3://{PAID}/tables/exemplar-0_cell.csv"
PRICE = 0.09
GB = 1e9
DAY = Purchase(host="h", bucket="b", ref=TABLE, usd_per_gb=1.0, day="2026-05-31")


@pytest.fixture
def store(demo_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoStore]:
    """Return a running object store."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    running = DemoStore(demo_data, tmp_path)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def resolved(store: DemoStore, tmp_path: Path, ref: str) -> Download:
    options = {"profile": "reader", "credentials_file": store.service["credentials"]}
    config = SourceConfig(name="s3", kind="s3", url=store.api.url, options=options)
    source = S3Source(config, tmp_path / "cache", tmp_path)
    return source.resolve(Asset(ref=ref, name="x"))


def read(purse: Purse, url: str, start: int, count: int) -> bytes:
    with purse.buying(count) as bill, urllib3.PoolManager() as pool:
        wanted = {"Range": f"bytes={start}-{start + bill.count - 1}"}
        answer = pool.request("GET", url, headers=purse.headers | wanted)
        bill.answered(answer.status, len(answer.data))
        return answer.data


def test_nothing_is_read_without_consent(store: DemoStore, tmp_path: Path) -> None:
    download = resolved(store, tmp_path, TABLE)
    with pytest.raises(ConsentError, match="is paid for by whoever fetches it") as caught:
        open_purse(tmp_path, TABLE, download, None)
    cost = caught.value.body().cost
    assert cost
    assert (cost.bytes, cost.usd_per_gb) == (download.size, PRICE)
    assert cost.usd == pytest.approx((download.size or 0) * PRICE / GB)
    assert not store.api.charged


def test_what_is_read_is_in_the_ledger(store: DemoStore, tmp_path: Path) -> None:
    download = resolved(store, tmp_path, TABLE)
    purse = open_purse(tmp_path, TABLE, download, 1.0)
    assert len(read(purse, download.url, 0, 1000)) == 1000
    assert len(read(purse, download.url, (download.size or 0) - 10, 1000)) == 10
    spent = Ledger(tmp_path).spending()
    assert spent.bytes == sum(store.api.charged.values()) == 1010
    assert spent.usd == pytest.approx(1010 * PRICE / GB)
    assert [(one.bucket, one.host) for one in spent.months] == [
        (PAID, store.api.url.removeprefix("http://"))
    ]


def test_a_limit_is_never_passed(store: DemoStore, tmp_path: Path) -> None:
    download = resolved(store, tmp_path, TABLE)
    purse = open_purse(tmp_path, TABLE, download, 1500 * PRICE / GB)
    assert len(read(purse, download.url, 0, 1000)) == 1000
    assert len(read(purse, download.url, 1000, 1000)) == 500
    with pytest.raises(LimitError):
        read(purse, download.url, 1500, 1)
    assert sum(store.api.charged.values()) == 1500


def test_a_refusal_costs_nothing(store: DemoStore, tmp_path: Path) -> None:
    download = resolved(store, tmp_path, TABLE)
    purse = open_purse(tmp_path, TABLE, download, 1000 * PRICE / GB)
    read(purse, f"{download.url}-missing", 0, 1000)
    assert Ledger(tmp_path).spending().bytes == 0
    assert len(read(purse, download.url, 0, 1000)) == 1000


def test_what_nobody_pays_for_is_in_no_ledger(store: DemoStore, tmp_path: Path) -> None:
    ref = f"s3://{OPEN}/plates/plate-0/well-00.csv"
    download = resolved(store, tmp_path, ref)
    purse = open_purse(tmp_path, ref, download, None)
    assert not purse.pays
    assert len(read(purse, download.url, 0, 100)) == 100
    assert not (tmp_path / FILE).exists()


def test_an_answer_that_never_came_counts(tmp_path: Path) -> None:
    wallet = Wallet(Allowance(1.0), Ledger(tmp_path))
    with pytest.raises(OSError, match="cut"), Purse({}, DAY, wallet).buying(500):
        raise OSError("cut")
    with Purse({}, DAY, wallet).buying(500) as bill:
        bill.unsent()
    assert Ledger(tmp_path).spending().bytes == 500


def test_who_has_no_money_waits_for_what_others_give_back(tmp_path: Path) -> None:
    purse = Purse({}, DAY, Wallet(Allowance(1000 / GB), Ledger(tmp_path)))
    bought: list[int] = []

    def other() -> None:
        with purse.buying(600) as bill:
            bought.append(bill.count)

    with purse.buying(1000) as first:
        thread = threading.Thread(target=other)
        thread.start()
        first.answered(206, 700)
    thread.join(60)
    assert bought == [300]


def test_the_ledger_is_told_by_month(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.spending().months == ()
    june = Purchase(host="h", bucket="b", ref=TABLE, usd_per_gb=2.0, day="2026-06-01")
    for purchase, count in ((DAY, 5), (DAY, 5), (june, 10), (june, -4)):
        ledger.add(purchase, count)
    spent = ledger.spending()
    assert [(one.month, one.bytes) for one in spent.months] == [("2026-06", 6), ("2026-05", 10)]
    assert spent.usd == pytest.approx(22 / GB)


def test_a_ledger_that_cannot_be_written_lets_nobody_buy(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no database at all, but some text that is long enough" * 9)
    purse = Purse({}, DAY, Wallet(Allowance(1.0), Ledger(tmp_path)))
    with pytest.raises(TransferError, match="ledger"), purse.buying(10):
        pytest.fail("bought without a ledger")


def test_what_costs_nothing_needs_no_money() -> None:
    assert affordable(0.0, 10, 0.0) == 10
    assert affordable(0.0, 10, 0.09) == 0
    assert affordable(-1.0, 10, 0.09) == 0
