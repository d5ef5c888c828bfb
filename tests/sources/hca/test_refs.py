"""Identifiers of the Human Cell Atlas, and the rate at which it may be asked."""

from __future__ import annotations

import pytest

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.expiry import expiry
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.pace import Pace
from jupyterlab_datahub.sources.hca.refs import Thing


@pytest.mark.parametrize(
    ("ref", "thing"),
    [
        ("hca:dcp60/8185730f-4113-40d3-9cc3-929271784c2b", Thing.PROJECT),
        ("hca:dcp60/bd98f428@2021-02-11T23:11:45.000000Z", Thing.FILE),
        ("hca:dcp60/sample/bd98f428-881e-501a-ac16-24f27a68ce2f", Thing.SAMPLE),
        ('hca:dcp60/files?{"fileFormat":{"is":["loom",null]}}', Thing.FILES),
        ('hca:dcp60/manifest/verbatim.jsonl?{"organ":{"is":["a/b?c"]}}', Thing.MANIFEST),
        ("hca:dcp60/manifest/curl?{}", Thing.MANIFEST),
    ],
)
def test_a_ref_is_read_and_written_the_same(ref: str, thing: Thing) -> None:
    wanted = refs.parse(ref, "hca")
    assert wanted.thing is thing
    assert wanted.ref == ref


@pytest.mark.parametrize(
    "ref",
    [
        "hca:",
        "hca:dcp60",
        "hca:dcp60/",
        "hca:dcp60/a@",
        "hca:dcp60/sample/a@1",
        "hca:dcp60/files?",
        "hca:dcp60/files?[1]",
        'hca:dcp60/files?{"a":1}',
        'hca:dcp60/files?{"a":{"is":"x"}}',
        "hca:dcp60/manifest/exe?{}",
        "hca:dcp60/manifest/?{}",
        "hca:../x",
        "gen3:dcp60/x",
    ],
)
def test_what_is_no_ref_is_refused(ref: str) -> None:
    with pytest.raises(BadRequestError, match="not an identifier of the Human Cell Atlas"):
        refs.parse(ref, "hca")


def test_equal_filters_make_one_ref() -> None:
    one = refs.files_ref("dcp60", {"b": {"is": ["é"]}, "a": {"is": [1]}})
    other = refs.files_ref("dcp60", {"a": {"is": [1]}, "b": {"is": ["é"]}})
    assert one == other == 'hca:dcp60/files?{"a":{"is":[1]},"b":{"is":["é"]}}'


@pytest.mark.parametrize(
    ("query", "moment"),
    [
        ("X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600", 1767229200.0),
        ("x-goog-date=20260101T000000Z&x-goog-expires=60", 1767225660.0),
        ("Expires=1767225600&Signature=x", 1767225600.0),
        ("X-Goog-Date=yesterday&X-Goog-Expires=60", None),
        ("plain=1", None),
    ],
)
def test_a_signed_address_says_until_when_it_is_valid(query: str, moment: float | None) -> None:
    assert expiry(f"https://bucket/x?{query}") == moment


def test_no_more_requests_than_are_allowed() -> None:
    now = 0.0
    pace = Pace(3, 300.0, lambda: now)
    assert [pace.take() for _ in range(3)] == [0, 0, 0]
    now = 100.0
    assert pace.take() == 200.0
    now = 301.0
    assert [pace.take() for _ in range(3)] == [0, 0, 0]
    assert pace.take() == 300.0
