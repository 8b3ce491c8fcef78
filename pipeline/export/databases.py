"""SQLite and DuckDB: one file with the tables ``things``, ``mentions``, ``articles``, ``columns``.

The cross-lingual table is called ``things``: ``table`` is a word of SQL.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb as duck
import pyarrow as pa

from pipeline.export.results import NAMES, Results

_TABLES = {"table": "things", "mentions": "mentions", "articles": "articles"}
# What is looked for.
_INDEXES = (
    ("things", "canonical_id"),
    ("mentions", "canonical_id"),
    ("mentions", "article_id"),
    ("articles", "article_id"),
)
_MEANINGS = ('"table"', "name", "meaning")


def sqlite(results: Results, folder: Path) -> None:
    """``selaras.sqlite``; days are text in ISO 8601, truth is 0 or 1."""
    with contextlib.closing(sqlite3.connect(folder / "selaras.sqlite")) as connection:
        for name in NAMES:
            schema = results.schema(name)
            columns = ", ".join(f'"{f.name}" {_sqlite_type(f.type)}' for f in schema)
            connection.execute(f"CREATE TABLE {_TABLES[name]} ({columns})")
            places = ", ".join("?" * len(schema))
            for some in results.batches(name):
                values = zip(*(map(_plain, column.to_pylist()) for column in some), strict=True)
                connection.executemany(f"INSERT INTO {_TABLES[name]} VALUES ({places})", values)
        connection.execute(f"CREATE TABLE columns ({', '.join(_MEANINGS)})")
        connection.executemany("INSERT INTO columns VALUES (?, ?, ?)", _meanings(results))
        for table, column in _INDEXES:
            connection.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
        connection.commit()


def duckdb(results: Results, folder: Path) -> None:
    """``selaras.duckdb``; days are dates. DuckDB gives each file a number of its own, so that the
    same results are the same rows, but not the same bytes.
    """
    with duck.connect(str(folder / "selaras.duckdb"), config={"threads": 1}) as connection:
        for name in NAMES:
            reader = pa.RecordBatchReader.from_batches(results.schema(name), results.batches(name))
            connection.register("given", reader)
            connection.execute(f"CREATE TABLE {_TABLES[name]} AS FROM given")
            connection.unregister("given")
        columns = ", ".join(f"{name} VARCHAR" for name in _MEANINGS)
        connection.execute(f"CREATE TABLE columns ({columns})")
        connection.executemany("INSERT INTO columns VALUES (?, ?, ?)", [*_meanings(results)])


def _meanings(results: Results) -> Iterator[tuple[str, str, str]]:
    for name in NAMES:
        for column, meaning in results.meanings[name].items():
            yield _TABLES[name], column, meaning


def _sqlite_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return "INTEGER"
    return "REAL" if pa.types.is_floating(kind) else "TEXT"


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, datetime.date) else value
