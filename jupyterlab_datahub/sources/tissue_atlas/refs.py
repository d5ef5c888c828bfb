"""The identifiers of a tissue atlas.

===========================================  ====================================
``tissue-atlas:<dataset>``                   a study
``tissue-atlas:<dataset>/<file>``            one of its files
``tissue-atlas:<dataset>?story=<card>``      the thumbnail of one of its stories
===========================================  ====================================

They name no version: an atlas keeps none.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from jupyterlab_datahub.errors import BadRequestError

KIND = "tissue-atlas"
_REF = re.compile(
    rf"{KIND}:(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{{0,120}})"
    r"(?:/(?P<file>[^?#\s\x00]{1,500})|\?story=(?P<story>[A-Za-z0-9._-]{1,120}))?"
)


class Wanted(NamedTuple):
    """What a ref names: a study, a file of it, or the picture of one of its stories."""

    id: str
    file: str = ""
    story: str = ""


def parse(ref: str, source: str) -> Wanted:
    """Return what a ref names.

    Raises
    ------
    BadRequestError
        If it is no ref of an atlas.
    """
    matched = _REF.fullmatch(ref)
    if not matched or ".." in matched["id"]:
        raise BadRequestError(
            f"{ref[:80]!r} is not an identifier of a tissue atlas",
            source=source,
            hint=f"One looks like '{KIND}:lin-wang-coy-2021'.",
        )
    return Wanted(matched["id"], unquote(matched["file"] or ""), matched["story"] or "")


def dataset_ref(id_: str) -> str:
    """Return the ref of a study."""
    return f"{KIND}:{id_}"


def asset_ref(id_: str, file: str) -> str:
    """Return the ref of a file, given by its path in the study."""
    return f"{KIND}:{id_}/{quote(file, safe='/')}"


def picture_ref(id_: str, card: str) -> str:
    """Return the ref of a story's thumbnail."""
    return f"{KIND}:{id_}?story={card}"
