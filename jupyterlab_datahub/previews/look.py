"""A look at a file: its facts, its picture and colours, with as few bytes as that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotSupportedError, UnreadableError
from jupyterlab_datahub.model import (
    Preview,
    PreviewColumn,
    PreviewMatrix,
    PreviewMemory,
    PreviewPicture,
    PreviewVar,
)
from jupyterlab_datahub.previews import (
    approach,
    columns,
    frames,
    h5ad,
    h5mu,
    hdf5,
    loom,
    matrices,
    picture,
    tenx,
)
from jupyterlab_datahub.previews.ahead import Ahead, is_here
from jupyterlab_datahub.previews.following import AFFORDABLE
from jupyterlab_datahub.previews.obs import MOST_COLUMNS, Obs, parts_of
from jupyterlab_datahub.previews.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import h5py

    from jupyterlab_datahub.previews.contents import Contents
    from jupyterlab_datahub.previews.frames import Column
    from jupyterlab_datahub.previews.picture import Chosen
    from jupyterlab_datahub.ranged.bytefile import ByteFile

AFFORDABLE_HERE = 512 << 20
"""Bytes that the columns of obs may take in a file of this machine."""

MOST_SAMPLED = 8
"""Matrices whose values are looked at."""

LIBRARIES = 330 << 20
"""Bytes of memory that Python takes with anndata and what that needs."""

EXAMPLES = 5


class Look:
    """A look at one file.

    Parameters
    ----------
    file, source
        The file, as HDF5 and as bytes.
    key
        What its state is called.
    keep
        Takes what was made of it, by the name of a file: ``points-<embedding>``, and
        ``colours-<column>``.
    ahead
        What is fetched of it already, where it is on a host; None for nothing.
    """

    def __init__(
        self,
        file: h5py.File,
        source: ByteFile,
        key: str,
        keep: Callable[[str, bytes], None],
        ahead: Ahead | None = None,
    ) -> None:
        self._file = file
        self._source = source
        self._key = key
        self._keep = keep
        self._here = is_here(source)
        self._ahead = None if self._here else ahead or Ahead(source)
        self._missing = True
        if self._ahead is not None and self._ahead.has_frames and _is_h5ad(file):
            # While the rest of it is on its way.
            self._found = h5ad.frames_of(file)
        else:
            self._bring_all()
            self._found = contents(file)
            self._missing = False
        self._obs = Obs(self._found, key, keep)

    def facts(self, ref: str, name: str) -> Preview:
        """Return the facts, and keep the points and the colours that were read on the way."""
        found = self._found
        affordable = self._obs.affordable(AFFORDABLE_HERE if self._here else AFFORDABLE)
        self._bring(affordable)
        obs, primary, shown = self._obs.told(affordable)
        var = self._var()
        self._complete()
        drawn = self._picture(shown)
        x, raw, layers = self._sampled()
        counts = matrices.where_counts_are(x, raw, layers)
        return Preview(
            ref=ref,
            name=name,
            format=found.format,
            key=self._key,
            shape=(found.cells, found.genes),
            size=self._source.size,
            x=x,
            raw=raw,
            layers=layers,
            raw_counts=counts,
            obs=obs,
            obs_index=hdf5.as_text(found.obs_index),
            var=var,
            obsm=tuple(found.obsm),
            obsp=tuple(found.obsp),
            uns=tuple(found.uns_names),
            title=found.title,
            schema_version=found.schema_version,
            primary=primary,
            encodings=tuple(sorted(found.encodings)),
            picture=drawn,
            memory=self._memory(),
            modalities=tuple(found.modalities),
            notes=tuple(self._notes(obs)),
            bytes_fetched=self._source.fetched,
            requests=self._source.requests,
        )

    def points(self, embedding: str) -> None:
        """Keep the points of an embedding, of the default one for an empty name.

        Raises
        ------
        NotFoundError, UnreadableError
        """
        self._complete()
        name = embedding or picture.default_embedding(self._found)
        packed = picture.points(self._found, name, self._obs.sampled(self._source), self._key)
        self._keep(f"points-{embedding}", packed)

    def colours(self, name: str) -> None:
        """Keep the colours by a column.

        Raises
        ------
        NotFoundError, UnreadableError
        """
        self._complete()
        self._obs.colours(name, self._source)

    def pieces(self, names: Iterable[str], file: h5py.File) -> None:
        """Keep what selections are worked out from; see :mod:`.pieces`.

        Raises
        ------
        UnreadableError
        NotSupportedError
            If the file is no h5ad, or has several modalities.
        """
        if self._found.format in {loom.FORMAT, tenx.FORMAT}:
            raise NotSupportedError(
                f"no cells are chosen of a file in the form of {self._found.format}",
                hint="Convert it to .h5ad, then choose.",
            )
        if self._found.format == h5mu.FORMAT:
            raise NotSupportedError(
                "cells are chosen in files of one modality only",
                hint="Load all of the file instead.",
            )
        self._complete()
        made = Pieces(file, self._source, self._found, lambda: self._obs.sampled(self._source))
        made.make(names, self._keep)

    def _bring_all(self) -> None:
        """Have here what describes the file."""
        if self._ahead is None:
            return
        if not self._ahead.finish():
            approach.bring_headers(self._file, self._source)
        if (modality := h5mu.first(self._file)) is not None:
            approach.bring_headers(modality, self._source)
            h5mu.bring_frames(self._file, self._source)

    def _complete(self) -> None:
        """Find what there is beside obs and var, where that was not done yet."""
        if self._missing:
            self._missing = False
            self._bring_all()
            h5ad.complete(self._found, self._file)

    def _bring(self, chosen: Iterable[Column]) -> None:
        """Fetch what will be read, at once."""
        if self._missing and self._ahead is not None and self._ahead.has_values:
            return
        parts = [part for column in chosen for part in parts_of(column)]
        index = self._found.var.index_column()
        if index is not None and index.main is not None:
            parts.append(index.main)
        embedding = picture.default_embedding(self._found)
        if embedding and self._is_affordable(embedding):
            axes = self._found.embeddings[embedding]
            parts += [axes.first, axes.second]
        spans = [span for part in parts for span in hdf5.spans_of(part)]
        self._source.ensure(spans)

    def _is_affordable(self, embedding: str) -> bool:
        axes = self._found.embeddings[embedding]
        return self._here or hdf5.stored_size(axes.first) <= AFFORDABLE

    def _sampled(
        self,
    ) -> tuple[PreviewMatrix | None, PreviewMatrix | None, tuple[PreviewMatrix, ...]]:
        """Return the matrices, with what is known of the values of those that are looked at."""
        found = self._found
        by_name = {m.name: m for m in (found.x, found.raw, *found.layers) if m}
        for name in matrices.likely(found.x, found.raw, found.layers)[:MOST_SAMPLED]:
            by_name[name] = matrices.sampled(by_name[name], found.nodes[name])
            if not self._here and by_name[name].integers:
                # Over a network every further look is waited for.
                break
        return by_name.get("X"), by_name.get("raw.X"), tuple(by_name[m.name] for m in found.layers)

    def _picture(self, chosen: Chosen) -> PreviewPicture:
        found = self._found
        embedding = picture.default_embedding(found)
        names = tuple(sorted(found.embeddings, key=lambda name: name != embedding))
        by = hdf5.as_text(self._obs.group)
        if not embedding:
            return PreviewPicture(cells=found.cells, by=by, note="The file has no embedding.")
        note = chosen.note
        if self._is_affordable(embedding):
            try:
                packed = picture.points(found, embedding, chosen, self._key)
            except UnreadableError as error:
                return PreviewPicture(cells=found.cells, by=by, note=error.message)
            self._keep("points-", packed)
        else:
            note = f"To draw {embedding}, more of the file is read than for all else. {note}"
        return PreviewPicture(
            embedding=embedding,
            embeddings=names,
            points=chosen.points,
            cells=found.cells,
            by=by,
            note=note.strip(),
        )

    def _var(self) -> PreviewVar:
        var = self._found.var
        shown = tuple(columns.unread(var.column(name)) for name in var.names()[:MOST_COLUMNS])
        index = var.index_column()
        try:
            if index is None or index.main is None:
                return PreviewVar(columns=shown, note="the genes have no names")
            raw = frames.gathered(index.main)
        except UnreadableError as error:
            return PreviewVar(columns=shown, note=error.message)
        names = frames.texts_of(raw[index.part] if index.part else raw)
        by_column = {column.name for column in shown}
        return PreviewVar(
            names=columns.kind_of_names(names),
            duplicates=len(names) - len(set(names)),
            examples=tuple(names[:EXAMPLES]),
            symbols_in=next((name for name in columns.SYMBOLS if name in by_column), ""),
            columns=shown,
        )

    def _memory(self) -> PreviewMemory:
        found = self._found
        held = sum(m.memory or 0 for m in (found.x, found.raw, *found.layers) if m)
        frames_ = sum(
            hdf5.cost(part)
            for column in (*self._obs.columns, found.obs.index_column(), found.var.index_column())
            if column is not None
            for part in parts_of(column)
        )
        beside = frames_ + found.beside
        total = held + beside
        return PreviewMemory(
            matrices=held, annotations=beside, total=total, peak=LIBRARIES + total + total // 20
        )

    def _notes(self, obs: tuple[PreviewColumn, ...]) -> Iterable[str]:
        found = self._found
        yield from found.notes
        if found.encodings:
            names = ", ".join(sorted(found.encodings))
            yield f"It has encodings that are not known here ({names}): anndata may be too old"
        more = len(found.obs.names()) - len(obs)
        if more > 0:
            yield f"{more:,} further columns of obs are not listed"
        unread = sum(not column.looked_at for column in obs)
        if unread:
            yield f"The values of {unread:,} columns of obs were not read"
        if any(matrix.sample for matrix in (found.x, found.raw) if matrix):
            yield f"Whether values are counts was judged by the first {matrices.SAMPLE:,} of each"


def _is_h5ad(file: h5py.File) -> bool:
    return h5ad.is_one(file) and not h5mu.is_one(file)


def contents(file: h5py.File) -> Contents:
    """Return what there is in a file, whatever its format.

    Raises
    ------
    UnreadableError
        If it is none that is known.
    """
    kinds: list[tuple[Callable[[h5py.File], bool], Callable[[h5py.File], Contents]]] = [
        (h5mu.is_one, h5mu.contents),
        (h5ad.is_one, h5ad.contents),
        (loom.is_one, loom.contents),
        (tenx.is_one, tenx.contents),
    ]
    for is_one, read in kinds:
        if is_one(file):
            return read(file)
    raise UnreadableError(
        "the file is HDF5, but no AnnData (it has no obs and var), and neither Loom nor 10x",
        hint="Only AnnData, Loom and 10x files can be previewed.",
    )
