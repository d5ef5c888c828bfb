"""Names for the variable a cell makes: valid, short, and not taken."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_NAME = 30
MAX_CHOSEN_NAME = 100

ARTICLES = frozenset({"a", "an", "the"})

LINKS = ARTICLES | {"and", "at", "by", "for", "from", "in", "its", "of", "on", "or", "to", "with"}
"""Words that say nothing where a name that is cut short ends with them."""


class ChosenName(NamedTuple):
    """A free name, and what the user should be told about it, empty if nothing."""

    name: str
    note: str = ""


def name_from_title(title: str, reserved: Collection[str], fallback: str = "adata") -> str:
    """Return a lower-case ASCII identifier of at most about 30 characters.

    Parameters
    ----------
    title
        What the dataset is called.
    reserved
        Names the language keeps for itself; such a title gets ``_data`` behind it.
    fallback
        The name where nothing of the title can be used.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = _join(words)
    if not name:
        return fallback
    if name[0].isdigit():
        name = f"data_{name}"[:MAX_NAME].rstrip("_")
    return f"{name}_data" if name in reserved else name


def chosen_name(wished: str, reserved: Collection[str]) -> str:
    """Check a name that a user typed and return it as Python will see it.

    Raises
    ------
    BadRequestError
        If it is no identifier, or one the language keeps for itself.
    """
    name = unicodedata.normalize("NFKC", wished.strip())
    if not name.isidentifier() or len(name) > MAX_CHOSEN_NAME:
        raise BadRequestError(
            f"{wished[:80]!r} cannot be the name of a variable",
            hint="Use letters, digits and underscores, and begin with a letter.",
        )
    if name in reserved:
        raise BadRequestError(
            f"{name!r} is a name that the language uses itself", hint="Choose another name."
        )
    return name


def free_name(name: str, taken: Collection[str]) -> ChosenName:
    """Return `name`, or `name` with the first free number where it is taken."""
    if name not in taken:
        return ChosenName(name)
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    free = f"{name}_{number}"
    return ChosenName(free, f"{name} is already used in this kernel, so the variable is {free}.")


def _join(words: list[str]) -> str:
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    taken: list[str] = []
    for word in words:
        if taken and len("_".join([*taken, word])) > MAX_NAME:
            while len(taken) > 1 and taken[-1] in LINKS:
                taken.pop()
            break
        taken.append(word[:MAX_NAME])
    return "_".join(taken)
