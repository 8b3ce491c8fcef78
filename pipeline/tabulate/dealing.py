"""Rows dealt out to buckets on the disk: what a sort of wide rows would need much memory for.

One pass writes every row to its bucket; a bucket is small, and is read and sorted by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import ipc

_HELD, _HELD_BYTES = 32_768, 32_000_000  # rows that are held until they are dealt out


def deal(
    found: Iterable[pa.RecordBatch], bucket: str, path: Path
) -> Generator[pa.RecordBatch, None, None]:
    """The rows of each bucket, in no order; buckets by their number, the column ``bucket``.

    ``path`` is a file that is made for the while, and that takes what memory does not. All of
    ``found`` is read before the first bucket is given.
    """
    places: dict[int, list[int]] = defaultdict(list)  # by bucket, its batches in the file
    count = 0
    writer: ipc.RecordBatchFileWriter | None = None
    try:
        for rows in _held(found):
            if writer is None:
                options = ipc.IpcWriteOptions(compression="lz4")
                writer = ipc.new_file(str(path), rows.schema, options=options)
            numbers = rows.column(bucket).to_numpy()
            order = np.argsort(numbers, kind="stable")
            rows = rows.take(pa.array(order))
            different, begins = np.unique(numbers[order], return_index=True)
            ends = [*begins[1:].tolist(), rows.num_rows]
            for number, begin, end in zip(different.tolist(), begins.tolist(), ends, strict=True):
                writer.write_batch(rows.slice(begin, end - begin))
                places[number].append(count)
                count += 1
        if writer is None:
            return
        writer.close()
        with pa.OSFile(str(path)) as file:
            reader = ipc.open_file(file)
            for number in sorted(places):
                yield pa.concat_batches([reader.get_batch(i) for i in places[number]])
    finally:
        path.unlink(missing_ok=True)


def _held(found: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    held: list[pa.RecordBatch] = []
    count = size = 0
    for batch in found:
        held.append(batch)
        count += batch.num_rows
        size += batch.nbytes
        if count >= _HELD or size >= _HELD_BYTES:
            together = pa.concat_batches(held)
            held, count, size = [], 0, 0
            yield together
    if count:
        yield pa.concat_batches(held)
