"""From a dataset to the code cell that puts it in the kernel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import FOLDER, CellReply, LoadWay, ProvenanceInput
from jupyterlab_datahub.notebooks.content import content_of, is_by_genes
from jupyterlab_datahub.notebooks.in_place import check_level
from jupyterlab_datahub.notebooks.languages import Language, Origin, Remote
from jupyterlab_datahub.notebooks.paths import Bash, Julia, Matlab, Octave, R, Sos
from jupyterlab_datahub.notebooks.python import Python
from jupyterlab_datahub.sources.contents import Form

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, CellRequest, Dataset, LibraryItem
    from jupyterlab_datahub.sources.addresses import TokenAddress
    from jupyterlab_datahub.sources.contents import Content, Picture

LANGUAGES: tuple[Language, ...] = (
    Python(),
    R(),
    Julia(),
    Octave(),
    Matlab(),
    Bash(),
    Sos(),
)
"""One entry per language; another language is one more file and one more entry."""

_NO_MATRIX = (Form.PATH, Form.H5MU)


def hand_off(
    request: CellRequest,
    dataset: Dataset,
    asset: Asset,
    item: LibraryItem | None,
    path: str,
    file: Path | None = None,
    token: TokenAddress | None = None,
    picture: Picture | None = None,
) -> CellReply:
    """Render the cell a notebook asks for.

    Parameters
    ----------
    request
        What the notebook knows of its kernel.
    dataset, asset
        What is to be loaded.
    item
        The verified file, None where the library does not have it.
    path
        Where the kernel will find the file, or is to put it when it cannot see ours;
        absolute, or relative to the notebook's directory.
    file
        The same file or folder as this process finds it, None where it is not here.
    token
        Where the user gets the file with a token, for a kernel that cannot see ours.
    picture
        What goes with the places of its cells.

    Raises
    ------
    BadRequestError
        If the language has no template or the wished variable is no name.
    ConflictError
        If the kernel cannot see the file and cannot fetch it either, or its language cannot
        write the path.
    """
    language = language_named(request.language)
    chosen = language.variable(dataset.title, request.variable, request.names)
    origin = Origin(title=dataset.title, ref=_ref(dataset, asset), licence=dataset.licence)
    content = _with_layer(content_of(asset, file), request.layer)
    content = _with_level(content, request.level, language)
    content = _in_parts(content, request, language, file)
    content = _with_picture(content, picture, language)
    note = chosen.note
    if request.path_visible is False:
        remote = _remote(asset, item, token if language.asks_for_tokens else None)
        code = language.fetch(origin, chosen.name, path, content, remote)
        note = " ".join(filter(None, (note, _fetch_note(remote))))
    else:
        code = language.load(origin, chosen.name, path, content)
    return CellReply(
        code=code,
        language=language.name,
        variable=chosen.name,
        note=note,
        path=path,
        input=provenance(chosen.name, dataset, asset, item, _selection(content)),
        # An image is no matrix of which another one might have been meant, and of modalities all
        # are there.
        layers=() if content.layer or content.form in _NO_MATRIX else content.layers,
    )


def _with_layer(content: Content, layer: str) -> Content:
    if not layer:
        return content
    if layer not in content.layers:
        there = ", ".join(content.layers) or "none"
        raise BadRequestError(
            f"there is no layer {layer[:80]!r} in the file", hint=f"Its layers: {there}."
        )
    return msgspec.structs.replace(content, layer=layer)


def _with_level(content: Content, level: int | None, language: Language) -> Content:
    if level is None:
        return content
    if content.form is not Form.PATH or language.name != "python":
        raise BadRequestError(
            "only of an image, and in Python, one level is opened alone",
            hint="Leave the level out.",
        )
    check_level(level, content.layer)
    return msgspec.structs.replace(content, level=level)


def _with_picture(content: Content, picture: Picture | None, language: Language) -> Content:
    if picture is None:
        return content
    if language.name != "python" or content.way is not LoadWay.WHOLE:
        raise BadRequestError(
            f"there is no cell in {language.title} that joins a picture",
            hint="Load all of it in a Python kernel, or load it without the image.",
        )
    return msgspec.structs.replace(content, picture=picture)


def _in_parts(
    content: Content, request: CellRequest, language: Language, file: Path | None
) -> Content:
    if request.way is LoadWay.WHOLE:
        return content
    if request.way not in language.ways:
        raise BadRequestError(
            f"there is no cell in {language.title} that opens a file {request.way}",
            hint="Load it whole, or use a Python kernel.",
        )
    by_genes = request.way is LoadWay.DASK and file is not None and is_by_genes(file)
    return msgspec.structs.replace(
        content, way=request.way, cluster=request.cluster, by_genes=by_genes
    )


def language_named(name: str) -> Language:
    """Return the language Jupyter calls `name`.

    Raises
    ------
    BadRequestError
        If there is no template for it.
    """
    wanted = name.strip().lower()
    for language in LANGUAGES:
        if wanted in (language.name, *language.aliases):
            return language
    titles = ", ".join(language.title for language in LANGUAGES)
    raise BadRequestError(
        f"There is no cell for the language {name[:40]!r}",
        hint=f"Choose a kernel of one of these languages: {titles}.",
    )


def _remote(asset: Asset, item: LibraryItem | None, token: TokenAddress | None) -> Remote:
    size = item.size if item else asset.size
    if token is not None:
        return Remote(url=token.url, size=size, checksums=asset.checksums, token=token)
    if asset.format == FOLDER or urlsplit(asset.url).scheme not in ("http", "https"):
        raise ConflictError(
            f"This kernel cannot see {asset.name} on the server's disk, and its catalog gives no "
            "permanent address to fetch it from",
            hint="Use a kernel on the same machine as the server, or copy the file to the kernel.",
        )
    # What was verified here is what the kernel must get.
    verified = {"sha256": item.sha256} if item else {}
    return Remote(
        url=asset.url,
        size=size,
        checksums={**asset.checksums, **verified},
    )


def _fetch_note(remote: Remote) -> str:
    compared = [
        *(["size"] if remote.size is not None else []),
        *(["checksum"] if remote.checksums else []),
    ]
    words = f"compares its {' and '.join(compared)}" if compared else "cannot check it"
    asks = " It asks for your token, which is not written down." if remote.token else ""
    return (
        f"The kernel does not see the server's files: the cell fetches the file and {words}.{asks}"
    )


def _ref(dataset: Dataset, asset: Asset) -> str:
    # A dataset's own identifier means its main asset, and is the one that people can read; it
    # may also be that of the folder with all its files.
    is_folder_s = any(one.ref == dataset.ref for one in dataset.assets)
    return dataset.ref if asset == dataset.main_asset and not is_folder_s else asset.ref


def _selection(content: Content) -> str:
    if content.level is not None:
        return f"level {content.level}"
    if not content.layer or content.form is Form.PATH:
        return "" if content.way is LoadWay.WHOLE else f"opened {content.way}"
    if content.form is Form.H5MU:
        return f"modality {content.layer}"
    return f"layer {content.layer} as X"


def provenance(
    variable: str, dataset: Dataset, asset: Asset, item: LibraryItem | None, selection: str
) -> ProvenanceInput:
    """Return what a notebook writes down of what it was given; `selection` says how much it is."""
    return ProvenanceInput(
        ref=_ref(dataset, asset),
        variable=variable,
        title=dataset.title,
        version=dataset.version,
        size=item.size if item else asset.size,
        sha256=item.sha256 if item else asset.checksums.get("sha256", ""),
        retrieved=(item.retrieved if item else "") or now(),
        licence=dataset.licence,
        citation=dataset.citation,
        doi=dataset.doi,
        selection=selection,
    )


def now() -> str:
    """Return the time, as it is written down in notebooks."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
