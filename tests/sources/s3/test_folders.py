"""A bucket or folder as a group: what it has, and where its files come to lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.s3.contents import LAB, OPEN, PAID
from jupyterlab_datahub.demo.s3.users import READER, WRITER
from jupyterlab_datahub.errors import BadRequestError, NotFoundError
from jupyterlab_datahub.model import Access
from jupyterlab_datahub.sources.s3 import folders
from jupyterlab_datahub.sources.s3.listing import Entry
from jupyterlab_datahub.transfers.group.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.s3.demo_store import DemoStore
    from jupyterlab_datahub.sources.s3.source import S3Source

    Open = Callable[..., S3Source]


def test_a_folder_is_a_group(open_as: Open) -> None:
    source = open_as()
    found = source.dataset(f"s3://{OPEN}/plates/")
    (group,) = found.assets
    assert (group.group, group.members, group.access) == (True, 25, Access.OPEN)
    files = list(source.members(group))
    assert len(files) == 25
    assert group.size == sum(file.size or 0 for file in files)
    assert files[0].path == "plate-0/well-00.csv"
    assert source.dataset(files[0].ref).size == files[0].size
    bucket = source.dataset(f"s3://{OPEN}/")
    assert bucket.assets[0].members is not None
    assert bucket.assets[0].members > 25


def test_only_the_first_thousand_are_counted_before(store: DemoStore, open_as: Open) -> None:
    for number in range(1001):
        store.api.buckets.put(OPEN, f"many/{number:05d}.csv", b"x")
    source = open_as()
    store.api.requests.clear()
    found = source.dataset(f"s3://{OPEN}/many/")
    assert len(store.api.requests) == 1
    assert (found.assets[0].members, found.assets[0].size) == (None, None)
    assert "More than 1,000 files" in found.description
    assert sum(1 for _ in source.members(found.assets[0])) == 1001


def test_odd_keys_stay_inside_and_apart(open_as: Open) -> None:
    source = open_as()
    naming = Naming("original")
    (group,) = source.dataset(f"s3://{OPEN}/odd/").assets
    paths = [str(naming.path(file)) for file in source.members(group)]
    assert group.members == len(paths) == len(set(paths)) == 6
    assert {"two words.csv", "größe-δ-細胞.csv", "twice.csv", "empty.csv"} <= set(paths)
    for path in paths:
        assert not path.startswith("/")
        assert ".." not in path.split("/")


def test_what_is_a_file_and_a_folder_at_once() -> None:
    keys = ["p/a", "p/a!", "p/a/", "p/a/b", "p/a/b/c", "p/e/"]
    entries = [Entry(key, size=0 if key == "p/e/" else 1) for key in keys]
    found = [path for _, path in folders.placed(entries, "p/")]
    assert found == ["a", "a!", "a_/a", "a_/b", "a_/b_/c"]
    # On a disk that does not tell capital letters apart as well.
    upper = [path for _, path in folders.placed([Entry("A", size=1), Entry("a/b", size=1)], "")]
    assert upper == ["A", "a_/b"]


def test_who_pays_for_a_folder_is_told(store: DemoStore, open_as: Open) -> None:
    (group,) = open_as(READER.name).dataset(f"s3://{PAID}/tables/").assets
    assert group.access is Access.REQUESTER_PAYS
    assert f"{group.size:,} bytes" in group.access_note
    assert not store.api.charged


def test_a_folder_that_is_none(open_as: Open) -> None:
    source = open_as()
    with pytest.raises(NotFoundError, match="no key of the bucket begins so"):
        source.dataset(f"s3://{OPEN}/no/such/")
    file = source.dataset(f"s3://{OPEN}/plates/plate-0/well-00.csv").assets[0]
    with pytest.raises(BadRequestError, match="is a file"):
        list(source.members(file))


def test_the_tree_says_where_things_are_and_who_may_save(open_as: Open) -> None:
    source = open_as(WRITER.name, buckets=[LAB, f"{OPEN}/plates/"])
    place = source.dataset(f"s3://{OPEN}/plates/plate-0/well-00.csv").place
    parent = ""
    for step in place:
        assert step in [node.id for node in source.children(parent).nodes]
        parent = step
    assert source.dataset(f"s3://{LAB}/results/").place == (f"s3://{LAB}/", f"s3://{LAB}/results/")
    assert all(node.can_save for node in source.children().nodes)
    assert not any(node.can_save for node in open_as().children().nodes)
