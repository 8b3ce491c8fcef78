"""The database that merges: DuckDB over Parquet files, within bounds of memory.

What does not fit is laid down in the folder of the merge, which its caller removes. Nothing that is
read from here depends on the number of threads: every query whose order matters names it in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

# Enough for ten million mentions (benchmarks/merge.py): what is wide is dealt out, not sorted here.
MEMORY = "300MB"
_MOST_THREADS = 4  # each needs its part of the memory
_BATCH = 8192  # rows that are handed over at once
ROW_GROUP = 32_768

Connection = duckdb.DuckDBPyConnection


class MergeError(OSError):
    """The merge cannot go on: no room on the disk, or too little memory for one step."""


@contextmanager
def connect(folder: Path, threads: int = 1) -> Iterator[Connection]:
    """A database in ``folder``, made and used by one merge. Raises ``MergeError``.

    Inside the block Arrow takes its memory from the system, which gets it back; its own pool keeps
    what was freed.
    """
    pool = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        connection = duckdb.connect(
            folder / "merge.duckdb",
            config={
                "memory_limit": MEMORY,
                "threads": min(threads, _MOST_THREADS),
                "temp_directory": str(folder / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        try:
            yield connection
        finally:
            connection.close()
    except RuntimeError as error:
        if "interrupted" in str(error):  # as it says Ctrl-C
            raise KeyboardInterrupt from None
        raise
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = " ".join(str(error).split())
        raise MergeError(0, f"the articles could not be merged: {reason}", str(folder)) from error
    finally:
        pa.set_memory_pool(pool)


def literal(path: Path) -> str:
    """A path as DuckDB's readers take it, in which no sign stands for others."""
    return re.sub(r"([\[*?])", r"[\1]", path.as_posix())


def quoted(path: Path) -> str:
    """The same as text of SQL."""
    return "'" + literal(path).replace("'", "''") + "'"


def read_parquet(paths: Sequence[Path], option: str = "") -> str:
    """SQL that reads these files and nothing else: no sign of a path stands for others, and no
    folder called ``language=ms`` is a column. ``option`` is one more of DuckDB's."""
    listed = ", ".join(quoted(path) for path in paths)
    more = f", {option}" if option else ""
    return f"read_parquet([{listed}], hive_partitioning = false{more})"


def parquet(path: Path, schema: pa.Schema) -> str:
    """SQL that reads the columns of ``schema`` from a file; one that it lacks is null."""
    there = set(pq.read_schema(path).names)
    columns = ", ".join(
        f"CAST({_name(field.name) if field.name in there else 'NULL'} AS {_type(field.type)}) "
        f"AS {_name(field.name)}"
        for field in schema
    )
    return f"(SELECT {columns} FROM {read_parquet([path])})"


def _name(column: str) -> str:
    return f'"{column}"'


def _type(kind: pa.DataType) -> str:
    names = {
        pa.string(): "VARCHAR",
        pa.float64(): "DOUBLE",
        pa.int64(): "BIGINT",
        pa.bool_(): "BOOLEAN",
        pa.date32(): "DATE",
    }
    return names[kind]


def rows(connection: Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query one after another, in a cursor of its own."""
    with connection.cursor() as cursor:
        found = cursor.execute(query)
        while part := found.fetchmany(_BATCH):
            yield from part


def batches(connection: Connection, query: str) -> Iterator[pa.RecordBatch]:
    """The rows of a query as Arrow, in a cursor of its own; their borders mean nothing."""
    with connection.cursor() as cursor:
        yield from cursor.sql(query).to_arrow_reader(_BATCH)


def insert(connection: Connection, table: str, columns: Sequence[pa.Array]) -> None:
    """Add rows, given by column, to a table of the database."""
    with connection.cursor() as cursor:
        names = [str(i) for i in range(len(columns))]
        cursor.register("added", pa.table(list(columns), names=names))
        cursor.execute(f"INSERT INTO {table} SELECT * FROM added")


def write(
    path: Path, schema: pa.Schema, found: Iterable[pa.RecordBatch], row_group: int = ROW_GROUP
) -> None:
    """Write batches to a Parquet file whose bytes do not depend on their borders."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        count = 0
        for batch in found:
            held.append(batch)
            count += batch.num_rows
            if count >= row_group:
                data = pa.Table.from_batches(held, schema)
                whole = count - count % row_group
                for start in range(0, whole, row_group):
                    writer.write_table(data.slice(start, row_group).combine_chunks())
                held = data.slice(whole).to_batches()
                count -= whole
        if count:
            writer.write_table(pa.Table.from_batches(held, schema).combine_chunks())
