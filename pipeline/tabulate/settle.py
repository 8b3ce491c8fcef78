"""What the articles of one story settle together: ids, indicators, checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import MENTION_SCHEMA
from pipeline.tabulate import correspondence
from pipeline.tabulate.agreement import CLAIM, bounds
from pipeline.tabulate.bodies import scope_bodies
from pipeline.tabulate.checks import verdicts
from pipeline.tabulate.correspondence import restore
from pipeline.tabulate.database import Connection, batches, insert, write
from pipeline.tabulate.indicators import indicators, is_settled
from pipeline.tabulate.meaning import Meant, find_meant

Rows = list[dict[str, Any]]

# Stories are read this many mentions at once, and one that has more as a whole.
_MENTIONS = 16_384
# The columns that a step over the rows of one story may set; the others are written as they came.
_SETTLED = (*correspondence.IDENTITY, "article_identity", "organisation_id", "indicator_id")
_BY_STORY = """
SELECT {columns}, s.story_id AS story
FROM {mentions} m JOIN story s USING (article_id)
ORDER BY s.story_id, m.path, m.start, m."end", m.kind, m.canonical_id
"""


def settle_story(rows: Rows, story: str, meant: Meant) -> None:
    """Set in place what the corpus (``meant``) and the mentions of one story settle.

    Each step is a function on the rows of one story, in order of path and place; it may set the
    columns in ``_SETTLED``, and begins at what articles alone said: merging again changes nothing.
    """
    for row in rows:
        restore(row)
    meant.take(rows)
    scope_bodies(rows, story)
    correspondence.settle(rows)
    found = indicators(rows, story)
    for row in rows:
        if row["kind"] == "statistic":
            identity = found[row["article_id"], row["start"]]
            row["canonical_id"] = identity.canonical_id
            row["indicator_id"] = identity.indicator_id


def _whole_stories(found: Iterable[pa.RecordBatch]) -> Iterator[tuple[pa.Table, list[int]]]:
    """Mentions ordered by story, cut where a story ends, with the rows at which stories begin.

    Where it is cut depends on the mentions alone.
    """
    held: list[pa.RecordBatch] = []
    count, enough = 0, _MENTIONS
    for batch in found:
        held.append(batch)
        count += batch.num_rows
        if count < enough:
            continue
        data = pa.Table.from_batches(held)
        begins = _begins(data)
        done = 0
        # The last story may go on in the next batch.
        for i, begin in enumerate(begins):
            if begin - begins[done] >= _MENTIONS:
                yield (
                    data.slice(begins[done], begin - begins[done]),
                    [b - begins[done] for b in begins[done:i]],
                )
                done = i
        held = data.slice(begins[done]).to_batches()
        count -= begins[done]
        enough = max(_MENTIONS, 2 * count)  # a story of very many mentions is not cut in vain
    if count:
        data = pa.Table.from_batches(held)
        yield data, _begins(data)


def _begins(data: pa.Table) -> list[int]:
    story = data.column("story").combine_chunks()
    changes = pc.not_equal(story.slice(1), story.slice(0, len(story) - 1))
    return [0, *(i + 1 for i in pc.indices_nonzero(changes).to_pylist())]


class _Beside:
    """Rows for tables of the database, found while the mentions go by."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.verdicts: list[tuple[str, int, str]] = []
        self.claims: list[tuple[str, str, str, str, float, float]] = []

    def look(self, rows: Rows, story: str) -> None:
        """Keep what the settled mentions of a story say of each other and of other stories."""
        self.verdicts += [(*where, verdict) for where, verdict in verdicts(rows).items()]
        self.claims += [
            (row["indicator_id"], row["canonical_id"], story, row["article_id"], *bounds(row))
            for row in rows
            if row["kind"] == "statistic" and is_settled(row["indicator_id"])
        ]

    def store(self) -> None:
        """Hand over what was kept."""
        if self.verdicts:
            types = (pa.string(), pa.int64(), pa.string())
            self._insert("verdict", self.verdicts, types)
        if self.claims:
            types_of_claim = (*[pa.string()] * 4, pa.float64(), pa.float64())
            self._insert("claim", self.claims, types_of_claim)
        self.verdicts, self.claims = [], []

    def _insert(self, table: str, rows: list[Any], types: tuple[pa.DataType, ...]) -> None:
        columns = zip(*rows, strict=True)
        insert(
            self._connection,
            table,
            [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)],
        )


def settle(connection: Connection, mentions: str, path: Path) -> None:
    """Write the mentions to ``path``, ordered by story, with the identity that it settles.

    ``mentions`` is SQL in the columns of ``MENTION_SCHEMA``. Reads the table ``story``; makes
    ``verdict`` (``article_id``, ``start``, ``verdict``) and ``claim``. Held in memory are the
    mentions of some stories at once, or of one.
    """
    connection.execute(
        f"CREATE TABLE verdict (article_id VARCHAR, start BIGINT, verdict VARCHAR); {CLAIM}"
    )
    names = ", ".join(f'm."{name}"' for name in MENTION_SCHEMA.names)
    query = _BY_STORY.format(columns=names, mentions=mentions)
    meant = find_meant(connection, mentions)

    def settled() -> Iterator[pa.RecordBatch]:
        beside = _Beside(connection)
        for data, begins in _whole_stories(batches(connection, query)):
            yield from _settled(data, begins, beside, meant).to_batches()
            beside.store()

    write(path, MENTION_SCHEMA, settled())


def _settled(data: pa.Table, begins: list[int], beside: _Beside, meant: Meant) -> pa.Table:
    """Whole stories, settled one by one, in the columns of ``MENTION_SCHEMA``."""
    columns = [data.column(name).to_pylist() for name in MENTION_SCHEMA.names]
    stories = data.column("story")
    every = (
        dict(zip(MENTION_SCHEMA.names, values, strict=True))
        for values in zip(*columns, strict=True)
    )
    new: dict[str, list[Any]] = {name: [] for name in _SETTLED}
    for begin, end in zip(begins, [*begins[1:], data.num_rows], strict=True):
        rows = list(islice(every, end - begin))
        story = stories[begin].as_py()
        settle_story(rows, story, meant)
        beside.look(rows, story)
        for name, values in new.items():
            values += [row[name] for row in rows]
    arrays = {
        name: pa.array(values, MENTION_SCHEMA.field(name).type) for name, values in new.items()
    }
    return pa.table(
        [arrays[name] if name in arrays else data.column(name) for name in MENTION_SCHEMA.names],
        schema=MENTION_SCHEMA,
    )
