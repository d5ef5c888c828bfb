"""What a notebook can be saved to in a store: a bucket, or a folder in one.

Nobody can ask S3 what they may do. Whether somebody may write is found out by beginning an upload
in parts, of which nothing is ever sent, and taking it back at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import AccessError, BadRequestError, NotFoundError, RequestError
from jupyterlab_datahub.model import FieldError, Owner, SaveForm, SaveType
from jupyterlab_datahub.sources.s3 import listing, refs
from jupyterlab_datahub.sources.s3.refs import Ref
from jupyterlab_datahub.sources.saving import Checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyterlab_datahub.model import SaveRequest
    from jupyterlab_datahub.sources.s3.store import Store
    from jupyterlab_datahub.sources.s3.writing import Writer
    from jupyterlab_datahub.sources.saving import Bundle

FOLDER = "FOLDER"
IN_PLACE = "FILES"
USUAL = "ANALYSIS_NOTEBOOK"
"""What a request says that leaves the type open."""

PROBE = ".datahub-write-check"
LONGEST_STEM = 80
"""Characters of a notebook's name that its folder keeps."""

FORM = SaveForm(
    types=(
        SaveType(
            code=FOLDER,
            description="A new folder with the name of the notebook and the time, below the place",
            default=True,
        ),
        SaveType(
            code=IN_PLACE,
            description="The place itself: where the bucket keeps versions, files that are there "
            "get a new one; elsewhere nothing that is there is overwritten",
        ),
    )
)

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\{}^%`\[\]\"<>#|~?*:]+")
"""What a key should not have (Amazon S3 User Guide, "Naming Amazon S3 objects")."""


def folder_of(bundle: Bundle, source: str) -> Ref:
    """Return where the files of a bundle go; the same for each worker that has it.

    Raises
    ------
    BadRequestError
        If its owner is no place in a bucket.
    """
    place = place_of(bundle.owner, source)
    if bundle.type == IN_PLACE:
        return place
    stem = bundle.notebook.rpartition("/")[2].removesuffix(".ipynb")[:LONGEST_STEM]
    stamp = re.sub(r"[^0-9T]", "", bundle.created.partition("+")[0])
    name = f"{_UNSAFE.sub('_', stem).strip()}-{stamp}Z-{bundle.id[:8]}"
    return place._replace(key=f"{place.key}{name}/")


def place_of(text: str, source: str) -> Ref:
    """Return a bucket, or a folder in one, as it is chosen or typed.

    Raises
    ------
    BadRequestError
        If it is none.
    """
    typed = text.strip()
    ref = refs.parse(typed if typed.startswith(refs.PREFIX) else refs.PREFIX + typed, source)
    key = ref.key.strip("/")
    if any(part in (".", "..") for part in key.split("/")):
        raise BadRequestError(
            f"{text[:80]!r} has a folder of dots", source=source, hint="Write it without . and .. ."
        )
    return Ref(ref.bucket, f"{key}/" if key else "")


def owners(
    store: Store, roots: Sequence[str], text: str, owns: Callable[[str], bool], limit: int
) -> tuple[Owner, ...]:
    """Return the places that begin as a text does: buckets, folders, and the text itself.

    Raises
    ------
    CatalogError
    """
    typed = text.strip()
    places = [refs.parse(refs.PREFIX + root, store.name) for root in roots]
    found = [
        _owner(place, str(place)) for place in places if typed.casefold() in str(place).casefold()
    ]
    known = {one.ref for one in found}
    for owner in _typed(store, typed, owns):
        if owner.ref not in known or owner.identifier == typed:
            known.add(owner.ref)
            found = [one for one in found if one.ref != owner.ref]
            found.append(owner)
    return tuple(found[:limit])


def checked(
    writer: Writer, request: SaveRequest, source: str, owns: Callable[[str], bool]
) -> Checked:
    """Return a request with its place as it is kept, and what is wrong with it.

    Raises
    ------
    CatalogError
    """
    type_ = FOLDER if request.type in (USUAL, "") else request.type
    errors = [
        FieldError(field=code, message=f"a bucket keeps no {code}") for code in request.properties
    ]
    if type_ not in (FOLDER, IN_PLACE):
        message = f"a bucket knows no type {type_[:80]}"
        errors.append(FieldError(field="type", message=message))
    owner = request.owner
    try:
        if not request.owner.strip():
            raise BadRequestError("Choose a bucket, or a folder in one", source=source)
        place = place_of(request.owner, source)
        owner = str(place)
        if not owns(owner):
            raise BadRequestError(
                f"{owner} is not among the buckets of the source",
                source=source,
                hint="Name its bucket in the source's entry.",
            )
        _may_write(writer, place)
        if type_ == IN_PLACE:
            _is_free(writer, place, request.notebook.rpartition("/")[2])
    except RequestError as error:
        message = " ".join(filter(None, (f"{error.message.rstrip('.')}.", error.hint)))
        errors.append(FieldError(field="owner", message=message))
    kept = msgspec.structs.replace(request, type=type_, owner=owner)
    return Checked(request=kept, errors=tuple(errors))


def replaces(writer: Writer, bundle: Bundle, folder: Ref) -> bool:
    """Return whether files that are there get a new version, rather than stay as they are.

    Raises
    ------
    NotFoundError, CatalogError
    """
    if bundle.type != IN_PLACE:
        return False
    try:
        return writer.keeps_versions(folder.bucket)
    except AccessError:
        # Who may not know is not to overwrite.
        return False


def _may_write(writer: Writer, place: Ref) -> None:
    probe = place._replace(key=f"{place.key}{PROBE}")
    upload = writer.begin(probe)
    try:
        writer.abort(probe, upload)
    except AccessError:
        # It has no parts and is no object: the bucket's rules, or nobody, take it away.
        return


def _is_free(writer: Writer, place: Ref, notebook: str) -> None:
    try:
        if writer.keeps_versions(place.bucket):
            return
    except AccessError:
        pass  # then it counts as a bucket that keeps none
    there = place._replace(key=place.key + notebook)
    if writer.look(there) is not None:
        raise BadRequestError(
            f"{there} is there already, and the bucket keeps no versions",
            hint="Save to a new folder, or to another place.",
        )


def _typed(store: Store, text: str, owns: Callable[[str], bool]) -> Iterator[Owner]:
    """Yield the folders that begin as a text does, and the place that it names."""
    try:
        place = place_of(text, store.name) if text else None
    except BadRequestError:
        return
    if place is None or not owns(str(place)) or "/" not in text:
        return
    yield _owner(place, text, "a new folder" if place.key else "")
    begins = place.key if text.endswith("/") else place.key.removesuffix("/")
    try:
        page = listing.page(store, place.bucket, begins)
    except (AccessError, NotFoundError):
        # Who may not list may still write: saving says whether.
        return
    for entry in page.entries:
        if entry.folder:
            ref = place._replace(key=entry.key)
            typed = ref == place
            yield _owner(ref, text if typed else str(ref))


def _owner(place: Ref, identifier: str, title: str = "") -> Owner:
    kind = "folder" if place.key else "bucket"
    return Owner(ref=str(place), identifier=identifier, kind=kind, title=title)
