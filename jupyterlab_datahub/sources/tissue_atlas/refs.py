"""The identifiers of a tissue atlas.

===========================================  ====================================
``tissue-atlas:<dataset>``                   a study
``tissue-atlas:<dataset>/<file>``            one of its files
``tissue-atlas:<dataset>?story=<card>``      the thumbnail of one of its stories
===========================================  ====================================

A Source of another name than the kind's has that name in front: ``tissue-atlas:<name>:<dataset>``.
So several atlases may have studies of one name. No ref names a version: an atlas keeps none.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from jupyterlab_datahub.errors import BadRequestError

KIND = "tissue-atlas"
_REF = re.compile(
    rf"{KIND}:(?:(?P<source>[^:/?#\s\x00]{{1,120}}):)?(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{{0,120}})"
    r"(?:/(?P<file>[^?#\s\x00]{1,500})|\?story=(?P<story>[A-Za-z0-9._-]{1,120}))?"
)


class Wanted(NamedTuple):
    """What a ref names: a study, a file of it, or the picture of one of its stories."""

    id: str
    file: str = ""
    story: str = ""


def parse(ref: str, source: str) -> Wanted:
    """Return what a ref names.

    Parameters
    ----------
    source
        The name of the Source that is asked.

    Raises
    ------
    BadRequestError
        If it is no ref of this atlas.
    """
    matched = _REF.fullmatch(ref)
    if not matched or ".." in matched["id"] or not is_of(ref, source):
        raise BadRequestError(
            f"{ref[:80]!r} is not an identifier of this tissue atlas",
            source=source,
            hint=f"One looks like '{_prefix(source)}lin-wang-coy-2021'.",
        )
    return Wanted(matched["id"], unquote(matched["file"] or ""), matched["story"] or "")


def is_of(ref: str, source: str) -> bool:
    """Return whether a ref is of the Source of that name."""
    prefix, _, rest = ref.partition(":")
    first = re.split("[/?]", rest, maxsplit=1)[0]
    name, colon, _ = first.partition(":")
    return prefix == KIND and bool(rest) and (unquote(name) if colon else KIND) == source


def dataset_ref(source: str, id_: str) -> str:
    """Return the ref of a study of the Source of that name."""
    return f"{_prefix(source)}{id_}"


def asset_ref(source: str, id_: str, file: str) -> str:
    """Return the ref of a file, given by its path in the study."""
    return f"{_prefix(source)}{id_}/{quote(file, safe='/')}"


def picture_ref(source: str, id_: str, card: str) -> str:
    """Return the ref of a story's thumbnail."""
    return f"{_prefix(source)}{id_}?story={card}"


def _prefix(source: str) -> str:
    return f"{KIND}:" if source == KIND else f"{KIND}:{quote(source, safe='')}:"
