"""Files of the Human Tumor Atlas Network (HTAN), from the portal's file table.

The portal's database is not for programs, so the user points at a file of its metadata. Bytes come
from elsewhere: from a Gen3 commons by DRS, from Synapse, from an open bucket.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    SettingsError,
    UnreachableError,
)
from jupyterlab_datahub.model import Access, Asset, Collection, Dataset, Link, Property, Story, Term
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.source import Source
from jupyterlab_datahub.sources.tissue_atlas.htan_rows import HINT
from jupyterlab_datahub.sources.tissue_atlas.htan_table import Table
from jupyterlab_datahub.sources.tissue_atlas.rights import of_synapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.tissue_atlas.htan_records import Record

KIND = "htan"
COMMONS = "nci-crdc.datacommons.io"
"""Where the files of HTAN have their GUIDs: the Cancer Research Data Commons."""

STUDY = "phs002371"
"""The study of HTAN in dbGaP."""

_REF = re.compile(rf"{KIND}:(?P<id>[A-Za-z0-9][A-Za-z0-9_.-]{{0,99}})(?:/file)?")


class HtanSource(Source):
    """Files of HTAN; a ref is ``htan:<DataFileID>``, and ``/file`` behind it is the file itself.

    Options of the entry: ``path`` (the metadata file, from the server's root or absolute) and
    ``drs_host`` (the commons that its GUIDs are asked of).
    """

    kind = KIND
    harvestable = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        path, host = config.options.get("path"), config.options.get("drs_host", COMMONS)
        if not isinstance(path, str) or not path or not isinstance(host, str):
            raise SettingsError(
                f"source {config.name!r}: path is not the path of a file",
                source=config.name,
                hint=HINT,
            )
        self._path = root / Path(path).expanduser()
        self._host = host
        self._lock = Lock()
        self._table = Table(self._path, cache)

    def harvest(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[Dataset]:
        """Yield a dataset for each file of the table.

        Raises
        ------
        UnreachableError
            If the metadata file is not there.
        SettingsError
            If it is not such a table.
        """
        progress("Reading the file table")
        with self._table_there() as table:
            for record in table.all(progress):
                yield self._dataset(record)

    def dataset(self, ref: str) -> Dataset:
        """Return the file that a ref names."""
        matched = _REF.fullmatch(ref)
        if not matched:
            raise BadRequestError(
                f"{ref[:80]!r} is not an identifier of HTAN",
                source=self.name,
                hint=f"One looks like '{KIND}:HTA9_1_19512'.",
            )
        with self._lock, self._table_there() as table:
            record = table.find(matched["id"])
        if record is None:
            raise NotFoundError(
                f"the file table does not list {matched['id']}",
                source=self.name,
                hint="A newer release may have it: fetch the table again.",
            )
        return self._dataset(record)

    def resolve(self, asset: Asset) -> Download:
        """Refuse, with the next step: the portal has no bytes.

        Raises
        ------
        AccessError, NotFoundError
        """
        found = self.dataset(asset.ref).assets[0]
        raise AccessError(
            f"{found.name} does not come from the portal itself",
            source=self.name,
            hint=found.access_note,
        )

    @contextmanager
    def _table_there(self) -> Iterator[Table]:
        try:
            self._path.stat()
        except OSError as error:
            raise UnreachableError(
                f"The metadata file {self._path} is not there", source=self.name, hint=HINT
            ) from error
        yield self._table

    def _dataset(self, record: Record) -> Dataset:
        asset = self._asset(record)
        facets = {
            "organ": record.organs,
            "disease": record.diagnoses,
            "assay": (record.assay,),
            "level": (record.level,),
            "atlas": (record.atlas,),
        }
        labels = {name: [*dict.fromkeys(filter(None, some))] for name, some in facets.items()}
        synapse = f"https://www.synapse.org/Synapse:{record.synapse}" if record.synapse else ""
        story = record.story if record.story.startswith(("https://", "http://")) else ""
        return Dataset(
            ref=f"{KIND}:{record.id}",
            source=self.name,
            kind=KIND,
            id=record.id,
            version=record.release or "unknown",
            title=PurePosixPath(record.name).name or record.id,
            collection=Collection(id=record.atlas, title=record.atlas) if record.atlas else None,
            facets={
                name: tuple(Term(label=label) for label in some)
                for name, some in labels.items()
                if some
            },
            assets=(asset,),
            access=asset.access,
            access_note=asset.access_note,
            url=synapse,
            links=(Link(title="Synapse", url=synapse),) if synapse else (),
            stories=(Story(id=record.id, title=record.name, url=story),) if story else (),
            properties=tuple(_properties(record)),
        )

    def _asset(self, record: Record) -> Asset:
        name = PurePosixPath(record.name).name or record.id
        ending = PurePosixPath(name).suffix
        access, note, elsewhere = self._right(record)
        return Asset(
            ref=f"{KIND}:{record.id}/file",
            name=file_name(name.removesuffix(ending), ending),
            format=record.format.lower() or ending.removeprefix(".").lower(),
            access=access,
            access_note=note,
            loads_as_anndata=form_of(name) is not Form.PATH,
            elsewhere=elsewhere,
        )

    def _right(self, record: Record) -> tuple[Access, str, str]:
        """Return the access, the next step, and the ref of the bytes in another Source."""
        source = record.source.lower()
        drs = self._drs(record)
        connect = f"connect to the Gen3 commons {self._host} with a key of your own and load it"
        if "coming soon" in source:
            return Access.VIEW_ONLY, "It is not released yet: look at the portal again later.", ""
        if "dbgap" in source:
            note = f"Ask dbGaP for access to {STUDY}; once you have it, {connect}."
            return Access.CONTROLLED, note, drs
        if record.bucket:
            note = f"Everybody may read {record.bucket}: browse it with a source of kind s3."
            return Access.REQUEST, note, record.bucket
        if drs:
            return Access.LOGIN, f"To fetch it, {connect}.", drs
        if record.synapse:
            right = of_synapse(record.synapse)
            return right.access, right.note, right.elsewhere
        return Access.VIEW_ONLY, "The file table names no place where it is.", ""

    def _drs(self, record: Record) -> str:
        """Return the DRS identifier of a file at the commons in use."""
        guid = re.sub(r"^drs://[^/]+/", "", record.drs)
        return f"drs://{self._host}/{guid}" if guid else ""


def _properties(record: Record) -> Iterator[Property]:
    if record.specimens:
        yield Property(code="specimens", label="Specimens", value=", ".join(record.specimens))
    if record.source:
        yield Property(code="source", label="Download source", value=record.source)
    if record.name != PurePosixPath(record.name).name:
        yield Property(code="path", label="Path", value=record.name)
