"""Archives that are not what they should be: too large, cut short, with paths that lead away."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.sources.tissue_atlas.snapshot import LARGEST_PAGE, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

CARD = b"---\ntitle: x\n---\n"


def packed(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, link, len(content)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


def pieces(content: bytes, size: int = 100) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize(
    "name",
    [
        "../_data-cards/a/x.md",
        "site/_data-cards/../../x.md",
        "/etc/_data-cards/x.md",
        "site/assets/_data-cards/x.md",
        "site/_data-cards/a/x.html",
        "site/_data-cards/a\n/x.md",
        "_data-cards/x.md",
    ],
)
def test_only_pages_below_the_top_count(name: str) -> None:
    content = packed((name, CARD), ("site/_data-cards/a/good.md", CARD))
    found = snapshot(pieces(gzip.compress(content)))
    assert found.pages == {"_data-cards/a/good.md": CARD}
    assert (found.commit, found.date) == ("", "")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_no_pages(kind: bytes) -> None:
    content = packed(("site/_data-cards/a/x.md", b""), kind=kind, link="/etc/passwd")
    with pytest.raises(BadAnswerError, match="has no pages"):
        snapshot(pieces(gzip.compress(content)))


def test_large_pages_are_passed_over() -> None:
    large = ("site/_data-cards/a/large.md", b"x" * (LARGEST_PAGE + 1))
    content = packed(large, ("site/_data-cards/a/x.md", CARD))
    assert list(snapshot(pieces(gzip.compress(content), 5000)).pages) == ["_data-cards/a/x.md"]


def test_archive_that_unpacks_to_too_much_is_given_up() -> None:
    bomb = gzip.compress(packed(("site/picture.png", b"\0" * 5_000_000)))
    assert len(bomb) < 20_000
    with pytest.raises(BadAnswerError, match="unpacks to more than"):
        snapshot(pieces(bomb), largest=1_000_000)


def test_header_of_a_size_that_no_header_has_is_refused() -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with pytest.raises(BadAnswerError, match="header"):
        snapshot(pieces(gzip.compress(header.tobuf() + bytes(100_000))))


def test_damaged_archives_are_refused() -> None:
    whole = gzip.compress(packed(("site/_data-cards/a/x.md", CARD)))
    for content in (b"", b"no gzip at all", whole[:-9], whole[: len(whole) // 2]):
        with pytest.raises(BadAnswerError):
            snapshot(pieces(content))
    with pytest.raises(BadAnswerError):
        snapshot(pieces(gzip.compress(b"no tar" * 500)))
