"""What a run has done so far: parts, each of them there as a whole or not at all.

A part is one Parquet file, so that one step puts it in place on any file system: a row for each
article in the columns of ``ARTICLE_SCHEMA``, with its mentions as a list of structures and the
lines of the user's lexicon that took a name away in it as a list of numbers. Its
metadata says which program and which choices made it. Its name follows from its articles, so that a
part made twice is there once.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.run.tasks import Outcome

ENDING = ".parquet"
MENTIONS = "mentions"  # the column with the mentions of an article
NONE_LINES = "none_lines"  # the column with the lines of a lexicon, as ``Outcome`` has them
_HALF = ".half"  # the ending of a part in the making
_SCHEMA = ARTICLE_SCHEMA.append(
    pa.field(MENTIONS, pa.list_(pa.struct(list(MENTION_SCHEMA))))
).append(pa.field(NONE_LINES, pa.list_(pa.int64())))
_MADE_BY = b"selaras"

MadeBy = Mapping[str, Any]  # what rows depend on besides the articles: versions and choices


def _bytes_of(outcomes: Sequence[Outcome], made_by: MadeBy) -> bytes:
    """The file of the part that has these outcomes."""
    offsets = [0]
    batches: list[pa.RecordBatch] = []
    for outcome in outcomes:
        if outcome.mentions:
            batches.append(pa.ipc.read_record_batch(pa.py_buffer(outcome.mentions), MENTION_SCHEMA))
        offsets.append(offsets[-1] + (batches[-1].num_rows if outcome.mentions else 0))
    mentions = pa.Table.from_batches(batches, MENTION_SCHEMA).combine_chunks()
    columns = [
        column.chunk(0) if column.num_chunks else pa.array([], column.type)
        for column in mentions.columns
    ]
    lists = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()),
        pa.StructArray.from_arrays(columns, fields=list(MENTION_SCHEMA)),
    )
    articles = pa.Table.from_pylist([o.article for o in outcomes], schema=ARTICLE_SCHEMA)
    schema = _SCHEMA.with_metadata({_MADE_BY: _text(made_by).encode()})
    none_lines = pa.array([o.none_lines for o in outcomes], _SCHEMA.field(NONE_LINES).type)
    made = pa.table([*articles.columns, lists, none_lines], schema=schema)
    target = io.BytesIO()
    pq.write_table(made, target, compression="zstd")
    return target.getvalue()


def _read(file: Any) -> tuple[MadeBy, list[str]]:
    """What made a part, and the digests of what is done in it.

    What failed is not: it may have been the machine, or a limit that is another now.
    """
    if file.suffix != ENDING:
        raise ValueError("no part")
    with file.open("rb") as opened, pq.ParquetFile(opened) as part:
        made_by = json.loads((part.schema_arrow.metadata or {})[_MADE_BY])
        found = part.read(columns=["input_digest", "status"])
        return made_by, [
            digest
            for digest, status in zip(*(c.to_pylist() for c in found.columns), strict=True)
            if status != "failed"
        ]


def none_lines(files: Iterable[Path]) -> set[int]:
    """The lines of the user's lexicon that took a name away in an article of these parts."""
    found: set[int] = set()
    for file in files:
        with pq.ParquetFile(file) as part:
            for lines in part.read(columns=[NONE_LINES]).column(0).to_pylist():
                found.update(lines)
    return found


def _text(made_by: MadeBy) -> str:
    return json.dumps(made_by, ensure_ascii=False, sort_keys=True)


@dataclass
class Parts:
    """The parts in ``folder``, a path of this machine or of any file system that fsspec knows.

    Only those made by ``made_by`` count. The folder need not be there.
    """

    folder: Any  # a Path or a UPath
    made_by: MadeBy
    found: dict[str, list[str]] = field(default_factory=dict)  # by file name, digests
    strange: list[MadeBy] = field(default_factory=list)  # what made parts that do not count

    def look(self) -> None:
        """Find what is there. What is half, damaged or made otherwise is removed."""
        self.found, self.strange = {}, []
        wanted = json.loads(_text(self.made_by))
        for file in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            try:
                made_by, digests = _read(file)
            except FileNotFoundError:  # one in the making, of a process that is about to end
                continue
            except (OSError, ValueError, KeyError, pa.ArrowException) as error:
                if getattr(error, "errno", None):  # the disk or the store, not the part
                    raise
                file.unlink(missing_ok=True)  # half, or damaged
                continue
            if made_by == wanted:
                self.found[file.name] = digests
            else:
                self.strange.append(made_by)
                file.unlink(missing_ok=True)

    def digests(self) -> Iterable[str]:
        """Of every article that is in a part."""
        for digests in self.found.values():
            yield from digests

    def commit(self, outcomes: Iterable[Outcome]) -> str:
        """Make a part of some outcomes and put it in place; returns its name.

        When this returns it is on the disk; before, it is not there. Raises ``OSError``.
        """
        ordered = sorted(outcomes, key=lambda outcome: outcome.digest)
        digests = [outcome.digest for outcome in ordered]
        name = hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16] + ENDING
        data = _bytes_of(ordered, self.made_by)
        self.folder.mkdir(parents=True, exist_ok=True)
        if isinstance(self.folder, Path):
            put_in_place(self.folder / name, data)
        else:
            (self.folder / name).write_bytes(data)  # object stores show it when it is whole
        self.found[name] = digests
        return name

    def remove(self) -> None:
        """Remove all parts."""
        for file in list(self.folder.iterdir()) if self.folder.is_dir() else []:
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()
        self.found = {}


def put_in_place(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that it is there whole or not at all, power failing or not."""
    # On a shared disk two processes may make the same part at once.
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}{_HALF}")
    try:
        with half.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in ``folder`` on the disk, where a system can be asked to."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
