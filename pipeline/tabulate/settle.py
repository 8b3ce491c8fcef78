"""What the articles of one story settle together: ids, indicators, checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import languages
from pipeline.normalise.meaning import traits
from pipeline.processes import Helpers
from pipeline.records import MENTION_SCHEMA
from pipeline.tabulate import correspondence
from pipeline.tabulate.agreement import CLAIM, bounds
from pipeline.tabulate.bodies import scope_bodies
from pipeline.tabulate.checks import verdicts
from pipeline.tabulate.correspondence import restore
from pipeline.tabulate.database import Connection, batches, insert, write
from pipeline.tabulate.dealing import deal
from pipeline.tabulate.indicators import indicators, is_settled
from pipeline.tabulate.meaning import Meant, find_meant

Rows = list[dict[str, Any]]

# Stories are read this many mentions at once, and one that has more as a whole; of each bucket.
_MENTIONS, _OF_BUCKET = 4096, 16_384
# The columns that a step over the rows of one story may set; the others are written as they came.
_SETTLED = (*correspondence.IDENTITY, "article_identity", "organisation_id", "indicator_id")
# Stories in order, until a bucket has enough: all mentions of a story are in one.
_BUCKET = """
CREATE TABLE bucket AS
WITH said AS (SELECT article_id, count(*) AS mentions FROM {mentions} GROUP BY ALL)
SELECT article_id, story_id,
       ((sum(mentions) OVER (ORDER BY story_id) - 1) // {size})::INTEGER AS number
FROM story JOIN said USING (article_id)
"""
_BY_BUCKET = """
SELECT {columns}, b.story_id AS story, b.number AS bucket
FROM {mentions} m JOIN bucket b USING (article_id)
"""
_IN_ORDER = ("story", "path", "start", "end", "kind", "canonical_id")


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


def _whole_stories(bucket: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, list[int]]]:
    """The mentions of a bucket in order, cut where a story ends, with the rows at which stories
    begin. Where it is cut depends on the mentions alone."""
    order = pc.sort_indices(bucket, [(name, "ascending") for name in _IN_ORDER])
    begins = [*_begins(bucket.column("story").take(order)), bucket.num_rows]
    done = 0
    for i, begin in enumerate(begins):
        if begin - begins[done] >= _MENTIONS or (begin == bucket.num_rows > begins[done]):
            data = bucket.take(order.slice(begins[done], begin - begins[done]))
            yield data, [b - begins[done] for b in begins[done:i]]
            done = i


def _begins(story: pa.Array) -> list[int]:
    changes = pc.not_equal(story.slice(1), story.slice(0, len(story) - 1))
    return [0, *(i + 1 for i in pc.indices_nonzero(changes).to_pylist())]


@dataclass(slots=True)
class _Settled:
    """Whole stories, settled: their mentions in the columns of ``MENTION_SCHEMA``, and rows for
    tables of the database, of what they say of each other and of other stories."""

    mentions: pa.RecordBatch
    verdicts: list[tuple[str, int, str]]
    claims: list[tuple[str, str, str, str, float, float]]

    def store(self, connection: Connection) -> None:
        """Hand over to the database what is for it."""
        if self.verdicts:
            types = (pa.string(), pa.int64(), pa.string())
            _insert(connection, "verdict", self.verdicts, types)
        if self.claims:
            types_of_claim = (*[pa.string()] * 4, pa.float64(), pa.float64())
            _insert(connection, "claim", self.claims, types_of_claim)


def _insert(
    connection: Connection, table: str, rows: list[Any], types: tuple[pa.DataType, ...]
) -> None:
    columns = zip(*rows, strict=True)
    insert(
        connection,
        table,
        [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)],
    )


def load() -> None:
    """Load what the names of every language need."""
    for language in languages.available():
        traits("", language)


def settle(connection: Connection, mentions: str, path: Path, helpers: Helpers) -> None:
    """Write the mentions to ``path``, ordered by story, with the identity that it settles.

    ``mentions`` is SQL in the columns of ``MENTION_SCHEMA``. Reads the table ``story``; makes
    ``verdict`` (``article_id``, ``start``, ``verdict``) and ``claim``. Held in memory are the
    mentions of some stories at once, or of one.
    """
    connection.execute(
        f"CREATE TABLE verdict (article_id VARCHAR, start BIGINT, verdict VARCHAR); {CLAIM}"
    )
    names = ", ".join(f'm."{name}"' for name in MENTION_SCHEMA.names)
    connection.execute(_BUCKET.format(mentions=mentions, size=_OF_BUCKET))
    query = _BY_BUCKET.format(columns=names, mentions=mentions)
    meant = find_meant(connection, mentions, helpers)
    # New processes: those that compared names hold the encoder, and much of what they met.
    helpers.renew()
    helpers.prepare(load)

    def settled() -> Iterator[pa.RecordBatch]:
        buckets = deal(batches(connection, query), "bucket", path.with_name("buckets.arrow"))
        stories = (some for bucket in buckets for some in _whole_stories(bucket))
        for found in helpers.map(partial(_settled, meant=meant), stories):
            found.store(connection)
            yield found.mentions

    write(path, MENTION_SCHEMA, settled())
    connection.execute("DROP TABLE bucket")
    helpers.renew()


def _settled(stories: tuple[pa.RecordBatch, list[int]], meant: Meant) -> _Settled:
    """Whole stories, and the rows at which they begin, settled one by one."""
    data, begins = stories
    columns = [data.column(name).to_pylist() for name in MENTION_SCHEMA.names]
    story_of = data.column("story")
    every = (
        dict(zip(MENTION_SCHEMA.names, values, strict=True))
        for values in zip(*columns, strict=True)
    )
    new: dict[str, list[Any]] = {name: [] for name in _SETTLED}
    found_verdicts: list[tuple[str, int, str]] = []
    claims: list[tuple[str, str, str, str, float, float]] = []
    for begin, end in zip(begins, [*begins[1:], data.num_rows], strict=True):
        rows = list(islice(every, end - begin))
        story = story_of[begin].as_py()
        settle_story(rows, story, meant)
        found_verdicts += [(*where, verdict) for where, verdict in verdicts(rows).items()]
        claims += [
            (row["indicator_id"], row["canonical_id"], story, row["article_id"], *bounds(row))
            for row in rows
            if row["kind"] == "statistic" and is_settled(row["indicator_id"])
        ]
        for name, values in new.items():
            values += [row[name] for row in rows]
    arrays = {
        name: pa.array(values, MENTION_SCHEMA.field(name).type) for name, values in new.items()
    }
    mentions = pa.record_batch(
        [arrays[name] if name in arrays else data.column(name) for name in MENTION_SCHEMA.names],
        schema=MENTION_SCHEMA,
    )
    return _Settled(mentions, found_verdicts, claims)
