"""Articles with the mentions in them, some at a time: for formats that hold texts with marks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.export.results import Results
from pipeline.records import Article, Mention, article_of, mention_of
from pipeline.tabulate.dealing import deal

# Articles whose mentions are looked up together.
_TOGETHER = 256
_DEALT = ".mentions"


class Marked(NamedTuple):
    """An article that was read, and its mentions in order of place."""

    article: Article
    mentions: list[Mention]


def marked(results: Results, folder: Path) -> Iterator[Marked]:
    """Every article of ``results`` that is ``ok``, in the order of ``articles.parquet``.

    Mentions lie in another order than articles, so that they are dealt out once, to a file in
    ``folder`` that is gone again when the last article was given. Held in memory are 256 articles
    with their mentions, and some 100 bytes for each of the others. Raises ``OutputError`` when the
    files cannot be read, or when a mention is not where it says.
    """
    numbers = {
        row["article_id"]: number
        for number, row in enumerate(_read(results, ["article_id", "status"]))
    }
    dealt = deal(_numbered(results, numbers), "number", folder / _DEALT)
    with contextlib.closing(dealt):
        buckets = ((bucket.column("number")[0].as_py(), bucket) for bucket in dealt)
        waiting = next(buckets, None)
        articles = enumerate(_read(results))
        for number, some in groupby(articles, key=lambda pair: pair[0] // _TOGETHER):
            found: dict[str, list[Mention]] = {}
            if waiting is not None and waiting[0] == number:
                for row in waiting[1].to_pylist():
                    try:
                        found.setdefault(row["article_id"], []).append(mention_of(row))
                    except (KeyError, TypeError) as error:
                        raise results.unreadable(error) from error
                waiting = next(buckets, None)
            for _, row in some:
                one = article_of(row)
                mentions = found.get(one.article_id, [])
                mentions.sort(key=attrgetter("start", "end", "kind"))
                for a in mentions:
                    if one.text[a.start : a.end] != a.text:
                        raise results.unreadable(
                            ValueError(f"{one.path}: a mention at {a.start} is not in its text")
                        )
                yield Marked(one, mentions)


def _read(results: Results, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of articles that were read."""
    for some in results.batches("articles", columns, _TOGETHER):
        for row in some.to_pylist():
            if row["status"] == "ok":
                yield row


def _numbered(results: Results, numbers: dict[str, int]) -> Iterator[pa.RecordBatch]:
    """The mentions, with the number of those articles that they are looked up with."""
    for some in results.batches("mentions"):
        ids = some.column("article_id").to_pylist()
        together = pa.array([numbers[identity] // _TOGETHER for identity in ids], pa.int64())
        yield some.append_column("number", together)
