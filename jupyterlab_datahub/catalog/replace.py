"""Writing a Source's datasets into the catalog: what changed, and nothing else.

A harvest takes minutes and comes piece by piece, so it is first gathered in temporary tables,
without a lock. Then one transaction brings the part up to date: readers see the former catalog
or the new one, and a crash leaves the former.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.catalog.database import transaction
from jupyterlab_datahub.catalog.entry import dataset_of, entry_of, identifiers_of, texts_of
from jupyterlab_datahub.catalog.parts import Part, forgotten_parts, write_part
from jupyterlab_datahub.catalog.postings import PostingWriter
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import msgpack_decoder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from jupyterlab_datahub.catalog.entry import Entry
    from jupyterlab_datahub.model import Dataset

_BATCH = 500

_encode = msgspec.msgpack.Encoder().encode
_decode_labels = msgpack_decoder(tuple[tuple[str, str, str], ...])

_GATHERING = """
PRAGMA temp_store = FILE;
CREATE TEMP TABLE seen (ref TEXT PRIMARY KEY, changed INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE staged (
    place INTEGER PRIMARY KEY, ref TEXT UNIQUE, fingerprint, record, hit, sort_title, title,
    body, numbers, labels, identifiers
);
CREATE TEMP TABLE vanished (id INTEGER PRIMARY KEY);
"""
_STAGE = (
    "INSERT OR REPLACE INTO staged (ref, fingerprint, record, hit, sort_title, title, body,"
    " numbers, labels, identifiers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STAGED = (
    "SELECT place, dataset.id, dataset.record, staged.ref, staged.fingerprint, staged.record,"
    " staged.hit, staged.sort_title, title, body, numbers, labels, identifiers"
    " FROM staged JOIN seen ON seen.ref = staged.ref AND seen.changed"
    " LEFT JOIN dataset ON dataset.part = ? AND dataset.ref = staged.ref"
    " WHERE place > ? ORDER BY place LIMIT ?"
)


class ChangeCounts(Struct):
    """What a refresh changed in a Source's part of the catalog."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def replace_part(
    connection: sqlite3.Connection, source: str, key: str, datasets: Iterable[Dataset]
) -> ChangeCounts:
    """Make `datasets` the part of the catalog that is stored under `key`.

    Parameters
    ----------
    connection
        One that nobody else uses, outside a transaction, and that is closed afterwards.
    source
        Name of the Source.
    key
        What its part is stored under.
    datasets
        All of its datasets; consumed in batches. Of several with one ref the last counts.
    """
    connection.executescript(_GATHERING)
    remaining = iter(datasets)
    while batch := list(islice(remaining, _BATCH)):
        _gather(connection, [entry_of(dataset, source, key) for dataset in batch], key)
    with transaction(connection):
        update = _Update(connection, key)
        counts = update.run()
        part = Part(
            key=key,
            source=source,
            datasets=counts.added + counts.changed + counts.unchanged,
            harvested=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        forgotten = update.drop(forgotten_parts(connection, part))
        write_part(connection, part)
        if counts.added or counts.changed or counts.removed or forgotten:
            connection.execute("UPDATE generation SET value = value + 1")
    return counts


def _gather(connection: sqlite3.Connection, batch: list[Entry], key: str) -> None:
    """Note which datasets are there, and stage those that are new or different."""
    entries = {entry.ref: entry for entry in batch}
    known = _fingerprints(connection, key, list(entries))
    changed = [entry for ref, entry in entries.items() if known.get(ref) != entry.fingerprint]
    changed_refs = {entry.ref for entry in changed}
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT OR REPLACE INTO seen VALUES (?, ?)",
        ((ref, ref in changed_refs) for ref in entries),
    )
    connection.executemany(
        _STAGE,
        (
            (*entry[:8], _encode(entry.labels), array("q", entry.identifiers).tobytes())
            for entry in changed
        ),
    )
    connection.execute("COMMIT")


def _fingerprints(connection: sqlite3.Connection, key: str, refs: list[str]) -> dict[str, bytes]:
    marks = ",".join("?" * len(refs))
    query = f"SELECT ref, fingerprint FROM dataset WHERE part = ? AND ref IN ({marks})"  # noqa: S608 - question marks
    return dict(connection.execute(query, (key, *refs)).fetchall())


class _Update:
    """The update of one part, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, key: str) -> None:
        self._connection = connection
        self._part = key
        stored = connection.execute("SELECT facet, label, code FROM facet_value")
        self._codes = {(facet, label): code for facet, label, code in stored}
        self._next_code = max(self._codes.values(), default=-1) + 1
        (largest,) = connection.execute("SELECT max(id) FROM dataset").fetchone()
        self._next_id = (largest or 0) + 1
        self._postings = PostingWriter(connection)

    def run(self) -> ChangeCounts:
        """Remove what vanished, write what was staged, and say how much that was."""
        removed = self._remove_vanished()
        added = changed = last = 0
        while batch := self._connection.execute(_STAGED, (self._part, last, _BATCH)).fetchall():
            last = batch[-1][0]
            former = [(key, record) for _, key, record, *_ in batch if key is not None]
            self._unindex(former)
            self._write([(key, *staged) for _, key, _, *staged in batch])
            changed += len(former)
            added += len(batch) - len(former)
        self._postings.flush()
        (seen,) = self._connection.execute("SELECT count(*) FROM seen").fetchone()
        return ChangeCounts(
            added=added, changed=changed, removed=removed, unchanged=seen - added - changed
        )

    def drop(self, keys: list[str]) -> int:
        """Remove whole parts; return how many datasets they had."""
        removed = 0
        for key in keys:
            removed += self._remove("SELECT id FROM dataset WHERE part = ?", key)
            self._connection.execute("DELETE FROM part WHERE part = ?", (key,))
        self._postings.flush()
        return removed

    def _remove_vanished(self) -> int:
        return self._remove(
            "SELECT id FROM dataset WHERE part = ? AND ref NOT IN (SELECT ref FROM seen)",
            self._part,
        )

    def _remove(self, which: str, part: str) -> int:
        self._connection.execute("DELETE FROM vanished")
        removed: int = self._connection.execute(f"INSERT INTO vanished {which}", (part,)).rowcount
        last = 0
        while batch := self._connection.execute(
            "SELECT id, record FROM dataset WHERE id IN"
            " (SELECT id FROM vanished WHERE id > ? ORDER BY id LIMIT ?) ORDER BY id",
            (last, _BATCH),
        ).fetchall():
            last = batch[-1][0]
            self._unindex(batch)
        for table in ("dataset", "entry"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE id IN (SELECT id FROM vanished)"  # noqa: S608 - names of our own
            )
        return removed

    def _unindex(self, former: list[tuple[int, bytes]]) -> None:
        """Take records out of the word and identifier indexes, which must be told what was."""
        datasets = [(key, dataset_of(record)) for key, record in former]
        for key, dataset in datasets:
            self._postings.remove(key, *texts_of(dataset))
        self._connection.executemany(
            "DELETE FROM identifier WHERE hash = ? AND id = ?",
            ((value, key) for key, dataset in datasets for value in identifiers_of(dataset)),
        )

    def _write(self, batch: list[tuple[Any, ...]]) -> None:
        """Write staged rows: key (None for a new one), then the columns of ``staged``."""
        rows = [(self._new_id() if key is None else key, *staged) for key, *staged in batch]
        insert = self._connection.executemany
        insert(
            "INSERT OR REPLACE INTO dataset (id, part, ref, fingerprint, record, hit, sort_title)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((key, self._part, *staged[:5]) for key, *staged in rows),
        )
        insert(
            "INSERT OR REPLACE INTO entry (id, packed) VALUES (?, ?)",
            ((key, staged[7] + self._packed_codes(staged[8])) for key, *staged in rows),
        )
        insert(
            "INSERT OR IGNORE INTO identifier (hash, id) VALUES (?, ?)",
            ((value, key) for key, *staged in rows for value in _identifiers(staged[9])),
        )
        for key, *staged in rows:
            self._postings.add(key, staged[5], staged[6])

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _packed_codes(self, labels: bytes) -> bytes:
        """Return the codes of packed labels as little-endian 32-bit integers."""
        codes = (self._code(*label) for label in _decode_labels(labels))
        return b"".join(code.to_bytes(4, "little") for code in codes)

    def _code(self, facet: str, label: str, term: str) -> int:
        code = self._codes.get((facet, label))
        if code is None:
            code = self._codes[facet, label] = self._next_code
            self._next_code += 1
            self._connection.execute(
                "INSERT INTO facet_value (code, facet, label, term) VALUES (?, ?, ?, ?)",
                (code, facet, label, term),
            )
        return code


def _identifiers(packed: bytes) -> Iterator[int]:
    numbers = array("q")
    numbers.frombytes(packed)
    return iter(numbers)
