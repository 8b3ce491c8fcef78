"""The merge as a whole: files of articles and mentions to stories, settled mentions, the table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.processes import Helpers
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.tabulate.database import Connection, connect, parquet, rows, write
from pipeline.tabulate.rows import write_table
from pipeline.tabulate.settle import load, settle
from pipeline.tabulate.stories import find_stories

Rows = list[dict[str, Any]]

ARTICLES, MENTIONS, TABLE = "articles.parquet", "mentions.parquet", "table.parquet"
_ARTICLES_AT_ONCE = 512
_MENTIONS_AT_ONCE = 8192
_WORTH_HELPERS = 300  # articles: fewer are merged before a process has begun
_MOST_HELPERS = 4  # more would wait for this process


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows of a merge, in the columns that ``pipeline.records`` names."""

    articles: Rows
    mentions: Rows
    table: Rows


def helpers(articles: int, workers: int) -> Helpers:
    """At most ``workers`` processes for the merge of so many articles; they get ready at once."""
    found = Helpers(min(workers, _MOST_HELPERS) if articles >= _WORTH_HELPERS else 1)
    found.prepare(load)
    return found


def merge_files(
    articles: Path,
    mentions: Path,
    languages: Sequence[str],
    folder: Path,
    helpers: Helpers | None = None,
) -> dict[str, Any]:
    """Merge two Parquet files; write ``ARTICLES``, ``MENTIONS`` and ``TABLE`` to ``folder``.

    The files are in the columns of ``ARTICLE_SCHEMA`` and ``MENTION_SCHEMA``; every mention is of
    an article that is ``ok``. ``folder`` is there, holds none of the three, and takes what does not
    fit into memory. What was found in one article stays as it is; set are ``story_id``, of
    statistics ``canonical_id`` and ``indicator_id``, and the ids of bodies whose place is unknown,
    all from what the articles say, so that merging again changes nothing.

    Articles keep their order; mentions come story by story, in each by path and place. Neither
    these files nor the table depend on the order of the mentions, nor on the number of threads.
    Memory grows with the number of articles (some 200 bytes each) and with the largest story, not
    with the mentions. ``helpers`` are processes that do a part of it; without them it is all done
    in this one.

    Returns how many articles (by ``status``, and the ``ok`` ones by language; ``mixed``: those in
    several), stories, mentions and rows (by kind) there are. Raises ``MergeError`` when there is no
    room for what does not fit.
    """
    helpers = helpers or Helpers(1)
    with connect(folder, helpers.count) as connection:
        find_stories(
            connection, parquet(articles, ARTICLE_SCHEMA), parquet(mentions, MENTION_SCHEMA)
        )
        _write_articles(connection, articles, folder / ARTICLES)
        settle(connection, parquet(mentions, MENTION_SCHEMA), folder / MENTIONS, helpers)
        write_table(connection, folder / MENTIONS, languages, folder / TABLE)
        return _counts(connection, folder)


def _write_articles(connection: Connection, articles: Path, path: Path) -> None:
    """The articles in the order they have, with their stories."""
    story_of = dict(rows(connection, "SELECT article_id, story_id FROM story"))
    column = ARTICLE_SCHEMA.get_field_index("story_id")

    def told() -> Iterator[pa.RecordBatch]:
        there = set(pq.read_schema(articles).names)
        with pq.ParquetFile(articles) as file:
            for batch in file.iter_batches(_ARTICLES_AT_ONCE):
                arrays = [
                    batch.column(f.name).cast(f.type)
                    if f.name in there
                    else pa.nulls(batch.num_rows, f.type)
                    for f in ARTICLE_SCHEMA
                ]
                stories = [
                    story_of[article] if status == "ok" else None
                    for article, status in zip(
                        batch.column("article_id").to_pylist(),
                        batch.column("status").to_pylist(),
                        strict=True,
                    )
                ]
                arrays[column] = pa.array(stories, pa.string())
                yield pa.record_batch(arrays, schema=ARTICLE_SCHEMA)

    write(path, ARTICLE_SCHEMA, told(), row_group=_ARTICLES_AT_ONCE)


def _counts(connection: Connection, folder: Path) -> dict[str, Any]:
    def by(column: str, file: str, schema: pa.Schema, where: str = "true") -> dict[str, int]:
        source = parquet(folder / file, schema)
        return dict(
            rows(
                connection,
                f"SELECT {column}, count(*) FROM {source} WHERE {where} GROUP BY ALL ORDER BY 1",
            )
        )

    status = by("status", ARTICLES, ARTICLE_SCHEMA)
    ((stories,),) = rows(connection, "SELECT count(DISTINCT story_id) FROM story")
    read = parquet(folder / ARTICLES, ARTICLE_SCHEMA)
    ((mixed,),) = rows(
        connection,
        f"SELECT count(*) FROM {read} WHERE status = 'ok' AND parts IS NOT NULL",
    )
    return {
        "articles": sum(status.values()),
        "status": status,
        "languages": by("language", ARTICLES, ARTICLE_SCHEMA, "status = 'ok'"),
        "mixed": mixed,
        "stories": stories,
        "mentions": by("kind", MENTIONS, MENTION_SCHEMA),
        "rows": by("kind", TABLE, pa.schema([("kind", pa.string())])),
    }


def write_rows(path: Path, schema: pa.Schema, found: Iterable[Mapping[str, Any]]) -> None:
    """Rows of ``schema`` to a Parquet file that ``merge_files`` reads."""
    given = iter(found)
    size = _ARTICLES_AT_ONCE if schema is ARTICLE_SCHEMA else _MENTIONS_AT_ONCE

    def parts() -> Iterator[pa.RecordBatch]:
        while part := list(islice(given, size)):
            yield pa.RecordBatch.from_pylist(part, schema=schema)

    write(path, schema, parts(), row_group=4 * size)


def merge(
    articles: Iterable[Mapping[str, Any]],
    mentions: Iterable[Mapping[str, Any]],
    languages: Sequence[str],
) -> Merged:
    """Rows of articles and mentions, merged as ``merge_files`` does, by way of files of its own."""
    with tempfile.TemporaryDirectory(prefix="selaras-") as temporary:
        folder = Path(temporary)
        given = folder / "given"
        given.mkdir()
        write_rows(given / ARTICLES, ARTICLE_SCHEMA, articles)
        write_rows(given / MENTIONS, MENTION_SCHEMA, mentions)
        merge_files(given / ARTICLES, given / MENTIONS, languages, folder)
        return Merged(
            *(pq.read_table(folder / name).to_pylist() for name in (ARTICLES, MENTIONS, TABLE))
        )
