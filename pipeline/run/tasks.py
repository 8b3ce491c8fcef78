"""What a worker does: one article from the bytes of its file to its rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.configuration import Configuration
from pipeline.read import Record, Sidecar
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, Article
from pipeline.stages import Seconds

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One article to do. ``said`` is all that is known of it besides its own text.

    ``digest`` stands for all that its rows depend on, but for where it lies and for the program.
    """

    record: Record
    said: Sidecar
    digest: str

    @property
    def size(self) -> int:
        """Of the article as it lies, in bytes."""
        return len(self.record.data)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One article done: its row (in the columns of ``ARTICLE_SCHEMA``), its mentions as an Arrow
    stream in those of ``MENTION_SCHEMA`` (none: empty), and the seconds of each stage.

    ``none_lines`` are as ``extraction.Extraction`` has them, sorted.
    """

    digest: str
    article: Row
    mentions: bytes = b""
    seconds: Seconds = dataclasses.field(default_factory=dict)
    none_lines: tuple[int, ...] = ()


def performer(configuration: Configuration) -> Callable[[Task], Outcome]:
    """The function that does tasks, in the process that calls it; models are loaded when needed."""
    from pipeline import articles, stages
    from pipeline.recognise import ModelError

    def perform(task: Task) -> Outcome:
        """Whatever goes wrong in an article is its row. Raises ``ModelError`` and ``MemoryError``,
        which are not its fault alone."""
        with stages.measured() as seconds:
            try:
                article = articles.open_record(task.record, configuration, task.said, task.digest)
                found = articles.extract(article, configuration)
                with stages.stage("rows"):
                    rows = articles.mention_rows(article, found)
                    mentions = _stream(rows)
            except (ModelError, MemoryError):
                raise
            except Exception as error:
                return given_up(task, f"an error of the program: {type(error).__name__}: {error}")
            lines = tuple(sorted(found.none_lines))
            return Outcome(task.digest, _row(article), mentions, seconds, lines)

    return perform


def given_up(task: Task, reason: str) -> Outcome:
    """The outcome of an article that cannot be done."""
    from pipeline import articles

    return Outcome(task.digest, _row(articles.failed(task.record.path, reason, task.digest)))


def _row(article: Article) -> Row:
    return {name: getattr(article, name) for name in ARTICLE_SCHEMA.names}


def _stream(rows: list[Row]) -> bytes:
    if not rows:
        return b""
    batch = pa.RecordBatch.from_pylist(rows, schema=MENTION_SCHEMA)
    stream: bytes = batch.serialize().to_pybytes()
    return stream
