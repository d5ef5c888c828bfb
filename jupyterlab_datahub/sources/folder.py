"""A folder of one's own as a Source: what is in its files is read from the files.

``folder:<name>/<path>`` names a file, ``<name>`` being the Source's and ``<path>`` relative to
its folder, with ``/``. A ref has no version, as a folder keeps none: a dataset's version is the
time its file was changed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    SettingsError,
)
from jupyterlab_datahub.model import Asset, Collection, Dataset, Download
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.folder_memory import HeaderMemory
from jupyterlab_datahub.sources.folder_walk import (
    DIRECTORIES,
    FORMATS,
    Bounds,
    Found,
    Walk,
    companions_of,
    found_at,
    is_anndata_store,
    is_shown,
    matrix_of,
)
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.hdf5_header import Header

KIND = "folder"
DEPTH = 8
FILES = 10_000
TELL_EVERY = 25
ANNDATA = frozenset({"h5ad", "loom"})
"""Formats that a hand-off cell turns into an AnnData."""

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)]")


class FolderSource(Source):
    """Data files below a directory of this machine.

    Options of the entry: ``path`` (from the server's root, or absolute), ``depth`` (levels of
    directories that are looked into, 8) and ``files`` (number of data files, 10,000).
    """

    kind = KIND
    harvestable = True
    local = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        path = config.options.get("path", ".")
        if not isinstance(path, str) or not path:
            raise SettingsError(
                f"source {config.name!r}: path is not the path of a folder",
                source=config.name,
                hint="Correct the entry of the source.",
            )
        self._folder = (root / Path(path).expanduser()).resolve()
        self._bounds = Bounds(
            depth=_positive(config, "depth", DEPTH), files=_positive(config, "files", FILES)
        )
        self._memory = HeaderMemory(cache)

    def owns(self, ref: str) -> bool:
        """Return whether a ref names this very folder."""
        return ref.startswith(self._ref(""))

    def harvest(
        self, progress: Callable[[str], None] = lambda _: None
    ) -> Generator[Dataset, None, None]:
        """Yield a dataset for every data file; those that did not change are not opened.

        Raises
        ------
        UnreachableError
            If the folder is not there.
        """
        walk = Walk(self._folder, self._bounds)
        seen: set[str] = set()
        gone: set[str] | None = None
        try:
            for number, file in enumerate(walk, 1):
                seen.add(file.relative)
                if number % TELL_EVERY == 0:
                    progress(f"{number:,} files")
                yield self._dataset(file)
            gone = self._memory.paths() - seen
        finally:
            # Whoever stops listening half-way has still not read those headers for nothing.
            self._memory.save(forget=gone or set())
        if walk.left_out:
            progress(f"Left out: {'; '.join(walk.left_out)}")

    def dataset(self, ref: str) -> Dataset:
        """Return what a file says of itself now.

        Raises
        ------
        BadRequestError
            If the path in the ref is none below a folder.
        NotFoundError
            If there is no such data file.
        AccessError
            If a link there leads out of the folder.
        """
        return self._dataset(self._main_file(self._found(self._relative(ref))))

    def resolve(self, asset: Asset) -> Download:
        """Return the path of an asset's file; see :meth:`dataset` for what is refused."""
        found = self._found(self._relative(asset.ref))
        return Download(path=str(found.path), size=found.size)

    def _ref(self, relative: str) -> str:
        return f"{KIND}:{self.name}/{relative}"

    def _relative(self, ref: str) -> str:
        """Return the path in a ref, which cannot lead up or away.

        Raises
        ------
        BadRequestError, NotFoundError
        """
        prefix = self._ref("")
        if not ref.startswith(prefix):
            raise BadRequestError(
                f"{ref[:80]!r} is not an identifier of {self.name}",
                source=self.name,
                hint=f"One looks like '{prefix}path/file.h5ad'.",
            )
        relative = ref.removeprefix(prefix)
        parts = relative.split("/")
        if not all(parts) or {".", ".."} & set(parts) or Path(relative).is_absolute():
            raise BadRequestError(
                f"{relative[:80]!r} is not a path below the folder of {self.name}",
                source=self.name,
                hint="Give the path from the folder to the file, without '..'.",
            )
        if not all(is_shown(part) for part in parts):
            raise self._missing(relative)
        return relative

    def _found(self, relative: str) -> Found:
        """Return the data file at a path, links followed only within the folder."""
        path = self._folder / relative
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise self._missing(relative) from error
        if not real.is_relative_to(self._folder):
            raise AccessError(
                f"{relative} leads out of the folder of {self.name}",
                source=self.name,
                hint="Put the file itself into the folder, or add its own folder as a source.",
            )
        inside = real.relative_to(self._folder)
        found = found_at(self._folder, path)
        if found is None or not all(is_shown(part) for part in inside.parts):
            raise self._missing(relative)
        return found

    def _missing(self, relative: str) -> NotFoundError:
        return NotFoundError(
            f"{self.name} has no data file {relative[:200]}",
            source=self.name,
            hint=f"Data files end in {', '.join(sorted(FORMATS))}. Refresh if it was moved.",
        )

    def _main_file(self, found: Found) -> Found:
        """Return the matrix that a file of barcodes or genes belongs to, else the file."""
        matrices = (found_at(self._folder, found.path.with_name(n)) for n in matrix_of(found.name))
        return next((matrix for matrix in matrices if matrix), found)

    def _dataset(self, file: Found) -> Dataset:
        header = self._memory.header(file)
        changed = datetime.fromtimestamp(file.modified / 1e9, UTC).isoformat(timespec="seconds")
        doi = DOI.search(header.citation)
        return Dataset(
            ref=self._ref(file.relative),
            source=self.name,
            kind=KIND,
            id=file.relative,
            version=changed,
            title=header.title or file.stem or file.name,
            collection=self._collection(file),
            facets=header.facets,
            cells=header.cells,
            genes=header.genes,
            assets=self._assets(file, header),
            access_note=header.problem,
            citation=header.citation,
            doi=doi.group() if doi else "",
            revised=changed,
            schema_version=header.schema_version,
            raw_counts=header.raw_counts,
            default_embedding=header.default_embedding,
            embeddings=header.embeddings,
            extra=header.extra,
        )

    def _collection(self, file: Found) -> Collection:
        inside = PurePosixPath(file.relative).parent
        title = self.config.title or self.name
        return Collection(
            id=inside.as_posix(), title=title if inside.name == "" else inside.as_posix()
        )

    def _assets(self, file: Found, header: Header) -> tuple[Asset, ...]:
        around = (found_at(self._folder, file.path.with_name(n)) for n in companions_of(file.name))
        return tuple(
            Asset(
                ref=self._ref(found.relative),
                name=found.name,
                format=found.format,
                size=found.size,
                access_note=header.problem if found is file else "",
                loads_as_anndata=_is_anndata(found) and not header.problem,
            )
            for found in (file, *filter(None, around))
        )


def _is_anndata(found: Found) -> bool:
    if found.format in DIRECTORIES:
        return is_anndata_store(found.path)
    return found.format in ANNDATA or form_of(found.name) is not Form.PATH


def _positive(config: SourceConfig, option: str, default: int) -> int:
    value = config.options.get(option, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SettingsError(
            f"source {config.name!r}: {option} is not a number above 0",
            source=config.name,
            hint="Correct the entry of the source.",
        )
    return value
