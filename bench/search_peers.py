"""Other ways to answer the same searches, to measure ours against."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from bench.search_records import DERIVED, SPECS, Record, Records, labels_of
from jupyterlab_datahub.catalog.entry import texts_of
from jupyterlab_datahub.catalog.search import MOST_VALUES

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import SearchQuery

PAGE = 50
BATCH = 10_000
MANY = tuple(spec.name for spec in SPECS if spec.most > 1)
ONE = (*(spec.name for spec in SPECS if spec.most == 1), *DERIVED)

Outcome = dict[str, Any]


class Codes:
    """Labels as small integers, which every engine counts faster than text."""

    def __init__(self) -> None:
        values = {spec.name: labels_of(spec) for spec in SPECS} | DERIVED
        self._codes = {
            (name, label): code
            for name, labels in values.items()
            for code, label in enumerate(labels)
        }

    def __getitem__(self, facet_label: tuple[str, str]) -> int:
        return self._codes[facet_label]

    def row(self, record: Record) -> dict[str, list[int]]:
        """Return the codes of a record's facets."""
        return {
            name: [self[name, label] for label in labels] for name, labels in record.labels.items()
        }

    def chosen(self, query: SearchQuery) -> dict[str, list[int]]:
        """Return the codes that a query asks for."""
        return {
            name: [self[name, value] for value in values] for name, values in query.facets.items()
        }


def outcome(total: int, page: int, counts: dict[str, dict[int, int]], chosen: Any) -> Outcome:
    """Return what engines are compared by: the listed counts of each facet, summed."""
    sums = {}
    for name, found in counts.items():
        own = chosen.get(name, [])
        others = sorted((n for code, n in found.items() if code not in own), reverse=True)
        sums[name] = sum(found.get(c, 0) for c in own) + sum(others[: MOST_VALUES - len(own)])
    return {"total": total, "page": page, "facets": sums}


class SqliteGroupBy:
    """Full-text index, tables and one GROUP BY a facet, all in SQLite."""

    keeps: ClassVar[bool] = False

    def __init__(self, home: Path) -> None:
        self._path = home / "peer.sqlite"
        self._codes = Codes()

    def build(self, total: int) -> float:
        """Write all records and index every column; return seconds that were not spent here."""
        with closing(sqlite3.connect(self._path)) as db:
            columns = ", ".join(f"{name} INTEGER" for name in ONE)
            db.execute(f"CREATE TABLE record (id INTEGER PRIMARY KEY, sort INTEGER, {columns})")
            for name in MANY:
                db.execute(
                    f"CREATE TABLE {name} (value INTEGER, id INTEGER, PRIMARY KEY (value, id))"
                    " WITHOUT ROWID"
                )
            db.execute(
                "CREATE VIRTUAL TABLE text USING fts5(title, body, content='', detail=column,"
                " tokenize='ascii', prefix='2 3')"
            )
            made = Records(total)
            rows = iter(made)
            while batch := list(islice(rows, BATCH)):
                self._write(db, batch)
            for name in ONE:
                db.execute(f"CREATE INDEX record_{name} ON record ({name})")
            for name in MANY:
                db.execute(f"CREATE INDEX {name}_id ON {name} (id, value)")
            db.commit()
        return made.seconds

    def _write(self, db: sqlite3.Connection, batch: list[Record]) -> None:
        rows = [(record.number + 1, record, self._codes.row(record)) for record in batch]
        marks = ", ".join("?" * (len(ONE) + 2))
        db.executemany(
            f"INSERT INTO record VALUES ({marks})",
            ((key, sort_key(r), *(codes[name][0] for name in ONE)) for key, r, codes in rows),
        )
        for name in MANY:
            db.executemany(
                f"INSERT INTO {name} VALUES (?, ?)",
                ((code, key) for key, _, codes in rows for code in codes[name]),
            )
        db.executemany(
            "INSERT INTO text (rowid, title, body) VALUES (?, ?, ?)",
            ((key, *texts_of(r.dataset())) for key, r, _ in rows),
        )

    def forget(self) -> None:
        """Nothing is kept."""

    def ask(self, query: SearchQuery) -> Outcome:
        """Return total, page and the counts of all facets."""
        chosen = self._codes.chosen(query)
        with closing(sqlite3.connect(self._path)) as db:
            counts = {}
            for name in (*ONE, *MANY):
                where = self._where(query, {k: v for k, v in chosen.items() if k != name})
                table = f"{name} JOIN record USING (id)" if name in MANY else "record"
                value = f"{name}.value" if name in MANY else name
                counts[name] = dict(
                    db.execute(f"SELECT {value}, count(*) FROM {table} WHERE {where} GROUP BY 1")
                )
            where = self._where(query, chosen)
            (total,) = db.execute(f"SELECT count(*) FROM record WHERE {where}").fetchone()
            page = db.execute(
                f"SELECT id FROM record WHERE {where} ORDER BY sort DESC LIMIT {PAGE}"
            ).fetchall()
        return outcome(total, len(page), counts, chosen)

    def _where(self, query: SearchQuery, chosen: dict[str, list[int]]) -> str:
        conditions = ["1"]
        if query.text:
            conditions.append(
                f"record.id IN (SELECT rowid FROM text WHERE text MATCH '\"{query.text}\"*')"
            )
        for name, codes in chosen.items():
            listed = ", ".join(map(str, codes))
            if name in MANY:
                conditions.append(f"record.id IN (SELECT id FROM {name} WHERE value IN ({listed}))")
            else:
                conditions.append(f"record.{name} IN ({listed})")
        return " AND ".join(conditions)


class Polars:
    """A data frame in memory; text by regular expression, as there is no prefix index."""

    keeps: ClassVar[bool] = False

    def __init__(self, home: Path) -> None:
        self._path = home / "peer.parquet"
        self._codes = Codes()
        self._frame: Any = None

    def build(self, total: int) -> float:
        """Write all records as one file; return seconds that were not spent here."""
        import polars as pl

        frames = []
        made = Records(total)
        remaining = iter(made)
        while batch := list(islice(remaining, BATCH)):
            rows = [self._codes.row(record) for record in batch]
            columns: dict[str, Any] = {
                "text": [" ".join(texts_of(record.dataset())) for record in batch],
                "sort": [sort_key(record) for record in batch],
            }
            for name in ONE:
                columns[name] = pl.Series([row[name][0] for row in rows], dtype=pl.UInt16)
            for name in MANY:
                columns[name] = pl.Series([row[name] for row in rows], dtype=pl.List(pl.UInt16))
            frames.append(pl.DataFrame(columns))
        pl.concat(frames, rechunk=True).write_parquet(self._path)
        return made.seconds

    def forget(self) -> None:
        """Nothing is kept."""

    def ask(self, query: SearchQuery) -> Outcome:
        """Return total, page and the counts of all facets."""
        import polars as pl

        if self._frame is None:
            self._frame = pl.read_parquet(self._path)
        chosen = self._codes.chosen(query)
        masks = self._masks(query, chosen)
        left = {name: self._all(masks, but=name) for name in (*chosen, "")}
        counts = {}
        for name in (*ONE, *MANY):
            column = left.get(name, left[""])[name]
            values = (column.explode() if name in MANY else column).drop_nulls()
            found = values.value_counts()
            counts[name] = dict(zip(found[name].to_list(), found["count"].to_list(), strict=True))
        page = left[""]["sort"].top_k(PAGE)
        return outcome(len(left[""]), len(page), counts, chosen)

    def _masks(self, query: SearchQuery, chosen: dict[str, list[int]]) -> dict[str, Any]:
        import polars as pl

        masks = {}
        if query.text:
            masks["text"] = self._frame["text"].str.contains(rf"(?:^| ){query.text}")
        for name, codes in chosen.items():
            column = self._frame[name]
            if name in MANY:
                hits = [column.list.contains(pl.lit(code, dtype=pl.UInt16)) for code in codes]
                masks[name] = hits[0] if len(hits) == 1 else hits[0] | hits[1]
            else:
                masks[name] = column.is_in(codes)
        return masks

    def _all(self, masks: dict[str, Any], but: str) -> Any:
        frame = self._frame.drop("text")
        wanted = [mask for name, mask in masks.items() if name != but]
        if not wanted:
            return frame
        mask = wanted[0]
        for other in wanted[1:]:
            mask = mask & other
        return frame.filter(mask)


def sort_key(record: Record) -> int:
    """Return newest first, then most cells, in one number."""
    return int(record.date.replace("-", "")) * 10**9 + min(record.cells, 10**9 - 1)
