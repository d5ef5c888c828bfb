"""What stands between a user and the bytes of a study, with the next step in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import Access

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.tissue_atlas.feed import Study
    from jupyterlab_datahub.sources.tissue_atlas.tables import Row

CONTACT = "tissue-atlas@hms.harvard.edu"
"""Whom the Harvard Tissue Atlas names for questions about its data."""

EASIEST = (
    Access.OPEN,
    Access.REQUESTER_PAYS,
    Access.LOGIN,
    Access.REQUEST,
    Access.VIEW_ONLY,
)
"""Kinds of access, the one with the fewest steps first."""


class Right(NamedTuple):
    """How something can be had: the access, the next step, and where it is.

    ``url`` is an address of the bytes that never expires, ``elsewhere`` their ref in an object
    store or at Synapse.
    """

    access: Access
    note: str = ""
    url: str = ""
    elsewhere: str = ""


class Rules(NamedTuple):
    """What the configuration says: buckets that are open to all, their store, and whom to ask.

    Without the address of a ``store`` buckets are Amazon's.
    """

    open_buckets: frozenset[str] = frozenset()
    store: str = ""
    contact: str = CONTACT


def right_of_file(row: Row, study: Study, rules: Rules) -> Right:
    """Return how a file that a table lists can be had."""
    if row.url:
        return Right(Access.OPEN, url=row.url)
    location = row.location.lower()
    bucket = next(iter(study.places.buckets), "")
    if row.synapse or "synapse" in location:
        return of_synapse(row.synapse, next(iter(study.places.synapse), ""))
    if bucket and (not location or any(word in location for word in ("aws", "s3", "amazon"))):
        return _object(bucket, row, rules)
    return right_of_study(study, rules)


def right_of_study(study: Study, rules: Rules) -> Right:
    """Return how the data of a study can be had, where no table says it file by file."""
    places = study.places
    if places.buckets:
        return _bucket(places.buckets[0], rules)
    if places.synapse:
        return of_synapse("", places.synapse[0])
    contact = next(iter(places.contacts), rules.contact)
    questions = f" Questions go to {contact}." if contact else ""
    if places.dois:
        where = f"https://doi.org/{places.dois[0]}"
        return Right(Access.REQUEST, f"The authors say at {where} how to get the data.{questions}")
    if places.contacts:
        return Right(Access.REQUEST, f"Write to {contact} and name the study.")
    ask = f" Ask {contact} for them." if contact else ""
    return Right(
        Access.VIEW_ONLY,
        f"Its stories can be looked at; the atlas names no place where the data are.{ask}",
    )


def easiest(rights: list[Right]) -> Right:
    """Return the one of several with the fewest steps."""
    return min(rights, key=lambda right: EASIEST.index(right.access))


def _object(bucket: str, row: Row, rules: Rules) -> Right:
    """Return the right to an object; files of a patient lie in a folder of that name."""
    # A table with a column of locations is one in which each folder is of a patient.
    folder = f"{row.of}/" if row.location and row.of else ""
    ref = f"{bucket}{folder}{row.name}{'/' if row.folder else ''}"
    name, _, key = ref.removeprefix("s3://").partition("/")
    if name in rules.open_buckets and not row.folder:
        return Right(Access.OPEN, url=_web(name, key, rules.store), elsewhere=ref)
    return _bucket(ref, rules)._replace(elsewhere=ref)


def _bucket(ref: str, rules: Rules) -> Right:
    if ref.removeprefix("s3://").partition("/")[0] in rules.open_buckets:
        return Right(
            Access.REQUEST,
            f"Everybody may read {ref}: browse it with a source of kind s3.",
        )
    return Right(
        Access.REQUESTER_PAYS,
        f"Whoever fetches {ref} pays Amazon for it. Add a source of kind s3 with credentials of "
        "your own: it shows the price and asks for a limit before a byte is fetched.",
    )


def of_synapse(file: str, project: str = "") -> Right:
    """Return the right to what Synapse gives to registered users.

    Parameters
    ----------
    file
        The id of the file, empty where it is not known.
    project
        The id of what it is in, which is no place to fetch a file from.
    """
    id_ = file or project
    where = f"https://www.synapse.org/Synapse:{id_}" if id_ else "https://www.synapse.org"
    return Right(
        Access.LOGIN,
        "It costs nothing but a registration: make an account at https://www.synapse.org, then "
        f"connect to Synapse here with a token of that account, or fetch it from {where}.",
        elsewhere=f"synapse:{file}" if file else "",
    )


def _web(bucket: str, key: str, store: str) -> str:
    """Return the address of an object that is open to all; dots do not go with certificates."""
    from urllib.parse import quote

    path = quote(key)
    if store:
        return f"{store}/{bucket}/{path}"
    if "." in bucket:
        return f"https://s3.amazonaws.com/{bucket}/{path}"
    return f"https://{bucket}.s3.amazonaws.com/{path}"
