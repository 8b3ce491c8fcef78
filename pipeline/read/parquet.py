"""Parquet tables with an article in each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.read.files import Unreadable
from pipeline.read.pieces import Opening, Piece
from pipeline.read.said import NAMES
from pipeline.read.tables import article, text_column

# Few at a time: a dictionary in the file can make each of them as long as the longest.
_ROWS = 32
_LARGEST_SCHEMA = 10_000_000
# How many bytes the texts of one row group may take; writers make some 100 MB.
_LARGEST_GROUP = 2_000_000_000


def unpack(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The articles in a Parquet file, a few rows in memory at a time."""
    try:
        file = pq.ParquetFile(
            stream,
            pre_buffer=False,
            buffer_size=1 << 20,
            thrift_string_size_limit=_LARGEST_SCHEMA,
            thrift_container_size_limit=_LARGEST_SCHEMA,
        )
        schema = file.schema_arrow
        column = text_column(schema.names, opening.limits)
        kind = schema.field(column).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise Unreadable(f"its column {column!r} holds no text but {kind}")
        wanted = {name for names in NAMES.values() for name in names}
        others = [n for n in schema.names if n.strip().casefold() in wanted and n != column]
        for group in range(file.num_row_groups):
            _check(file, group, column)
        number = 0
        for batch in file.iter_batches(_ROWS, columns=[column, *others], use_threads=False):
            for row in batch.to_pylist():
                number += 1
                yield article(number, row, column, opening.limits)
    except (pa.ArrowException, UnicodeDecodeError, RuntimeError) as error:  # the last: of its C++
        raise Unreadable(f"not a Parquet table that can be read: {error}") from error


def _check(file: pq.ParquetFile, group: int, column: str) -> None:
    """Raises ``Unreadable`` for a row group whose texts do not fit into the memory."""
    found = file.metadata.row_group(group)
    # To look at a damaged column ends the process (seen with pyarrow 26): only where it matters.
    if found.total_byte_size <= _LARGEST_GROUP:
        return
    for at in range(found.num_columns):
        chunk = found.column(at)
        if chunk.path_in_schema == column and chunk.total_uncompressed_size > _LARGEST_GROUP:
            raise Unreadable(
                f"a row group with {chunk.total_uncompressed_size / 1e9:.1f} GB of texts; write it "
                "anew in smaller row groups"
            )
