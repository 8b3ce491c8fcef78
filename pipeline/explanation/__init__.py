"""Why a row of the table is as it is: every mention behind it, with its article and its reason.

The files of a run are asked by DuckDB, so that a run of any size is explained in little memory:
of the mentions only those of the row are read, and of the articles everything but the text.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.display.hints import FOLDED
from pipeline.normalise.places import fold
from pipeline.records import MENTION_SCHEMA
from pipeline.run import outputs
from pipeline.run.outputs import OutputError
from pipeline.tabulate.database import literal
from pipeline.tabulate.stories import STORY
from pipeline.terminal import printable

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

# What a mention gets from its article.
ARTICLE_COLUMNS = ("title", "published", "story_id", "source_url")
_MEMORY = "1GB"
_FETCHED = 1000  # mentions taken at a time
_NEAREST = 5
_LONGEST_ID = 300  # characters of an unknown id that are compared and shown
# How alike an id or a label must be to be named as what may have been meant.
_ALIKE = 0.75
_CONFIGURATION = {
    "memory_limit": _MEMORY,
    # A run never touches the network, nor do the commands that read it.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def shown_id(asked: str) -> str:
    """An id as a message repeats it: on one line, and cut where it is too long to be one."""
    asked = asked.encode("utf-8", "replace").decode("utf-8")
    return printable(asked[:_LONGEST_ID])


class UnknownRow(OutputError):
    """An id that no row of a table has; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A row of the table as a mapping of its columns, and the ``mentions`` behind it.

    Each mention is a mapping of the columns of ``mentions.parquet`` and, from its article,
    ``title``, ``published`` (ISO date), ``story_id`` and ``source_url``; what says nothing is left
    out. Translations of one story stand together, else they are in the order of paths and offsets.
    ``row["mentions"]`` says how many there are, which may be more than were asked for.
    """

    row: Row
    mentions: list[Row] = field(default_factory=list)

    def to_frame(self) -> pd.DataFrame:
        """The mentions as a frame, with every column."""
        import pandas as pd

        return pd.DataFrame(self.mentions, columns=[*MENTION_SCHEMA.names, *ARTICLE_COLUMNS])


class Reader:
    """The files of a run, asked for rows and for the mentions behind a row."""

    def __init__(self, out: Path, database: duckdb.DuckDBPyConnection) -> None:
        """Read from ``out`` by ``database``. Raises ``OutputError`` when it holds no run."""
        if not outputs.read_run(out):
            raise OutputError(
                f"{out}: holds no finished run ({outputs.RUN} is missing or cannot be read); "
                "make one: selaras run"
            )
        self.out = out
        self._database = database

    def ask(self, query: str, parameters: list[object]) -> Iterator[Row]:
        """The rows that answer ``query``, as they are fetched."""
        try:
            cursor = self._database.cursor().execute(query, parameters)
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(_FETCHED):
                for row in rows:
                    yield dict(zip(names, row, strict=True))
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise OutputError(f"{self.out}: its files cannot be read: {said}") from error

    def file(self, name: str) -> str:
        """A file of the run as DuckDB takes it: the name means itself and is no pattern."""
        return literal(self.out / name)

    def find(self, asked: str) -> list[Row]:
        """The rows of the table whose ``canonical_id`` is ``asked``, else those of that
        ``indicator_id``, in the order of the table; none when there are none."""
        asked = asked.encode("utf-8", "replace").decode("utf-8")
        for column in ("canonical_id", "indicator_id"):
            found = self.ask(
                "SELECT * EXCLUDE (file_row_number) "
                "FROM read_parquet(?, hive_partitioning = false, file_row_number = true) "
                f"WHERE {column} = ? ORDER BY file_row_number",
                [self.file(outputs.TABLE), asked],
            )
            if rows := list(found):
                return rows
        return []

    def rows(self, asked: str) -> list[Row]:
        """What ``find`` gives. Raises ``UnknownRow`` when there is nothing."""
        if rows := self.find(asked):
            return rows
        asked = shown_id(asked)
        nearest = ", ".join(printable(identity) for identity in self.nearest(asked))
        raise UnknownRow(
            f"{self.out}: its table has no row {asked!r}"
            + (f"; the nearest: {nearest}" if nearest else "; ids stand in its canonical_id column")
        )

    def nearest(self, asked: str) -> list[str]:
        """Ids that contain ``asked``, or that are written or called nearly so, the best first."""
        word = fold(asked).strip()
        found = self.ask(
            f"""
            WITH ids AS (
                SELECT canonical_id AS id, label, mentions
                FROM read_parquet($1, hive_partitioning = false)
                UNION ALL SELECT indicator_id, NULL, mentions
                FROM read_parquet($1, hive_partitioning = false)
            ), plain AS (
                SELECT id, mentions, {FOLDED.format("id")} AS word,
                    coalesce({FOLDED.format("label")}, '') AS name
                FROM ids WHERE id IS NOT NULL
            ), alike AS (
                SELECT id, sum(mentions) AS mentions, max(contains(word, $3)) AS inside,
                    max(greatest(jaro_winkler_similarity(word, $2),
                        jaro_winkler_similarity(name, $2))) AS score
                FROM plain GROUP BY id
            )
            SELECT id FROM alike WHERE inside OR score >= $4
            ORDER BY score >= 0.95 DESC, inside DESC, starts_with(id, $6),
                CASE WHEN inside THEN mentions END DESC, score DESC, id
            LIMIT $5
            """,
            [
                self.file(outputs.TABLE),
                word,
                "-".join(word.split()) or "\n",
                _ALIKE,
                _NEAREST,
                STORY,
            ],
        )
        return [row["id"] for row in found]

    def mentions(
        self,
        row: Row,
        limit: int | None = None,
        *,
        each: int | None = None,
        seed: int | None = None,
    ) -> Iterator[Row]:
        """The mentions behind a row of the table, the first ``limit`` of them, one by one; of an
        article the first ``each``.

        With a ``seed`` the ``limit`` are drawn from all of them instead, each as likely as any
        other and the same ones every time.
        """
        columns = ", ".join(f"article.{name}" for name in ARTICLE_COLUMNS)
        names = ", ".join(f"shown.{name}" for name in ARTICLE_COLUMNS)
        drawn = "" if seed is None else f"md5(concat_ws(' ', {seed:d}, own.article_id, start)),"
        # Sorted are the places of the mentions alone; their sentences are fetched for those shown.
        found = self.ask(
            f"""
            WITH own AS (
                SELECT file_row_number AS row, article_id, path, start, "end"
                FROM read_parquet($1, hive_partitioning = false, file_row_number = true)
                WHERE kind = $3 AND canonical_id = $4
            ), shown AS (
                SELECT row, min(own.path) OVER (PARTITION BY story_id) AS first_path, {columns}
                FROM own JOIN read_parquet($2, hive_partitioning = false) AS article
                ON article.article_id = own.article_id AND article.status = 'ok'
                QUALIFY $6 IS NULL OR
                    row_number() OVER (PARTITION BY own.path ORDER BY start, "end") <= $6
                ORDER BY {drawn} first_path, own.path, start, "end" LIMIT $5
            )
            SELECT mention.* EXCLUDE (file_row_number), {names}
            FROM read_parquet($1, hive_partitioning = false, file_row_number = true) AS mention
            JOIN shown ON mention.file_row_number = shown.row
            ORDER BY first_path, mention.path, mention.start, mention."end"
            """,
            [
                self.file(outputs.MENTIONS),
                self.file(outputs.ARTICLES),
                row["kind"],
                row["canonical_id"],
                limit,
                each,
            ],
        )
        for cells in found:
            if cells["published"] is not None:
                cells["published"] = cells["published"].isoformat()
            yield {name: value for name, value in cells.items() if value is not None}


@contextmanager
def open_run(out: Path) -> Iterator[Reader]:
    """A reader of the run in ``out``. Raises ``OutputError`` when there is none."""
    with (
        tempfile.TemporaryDirectory(prefix="selaras-") as spill,
        duckdb.connect(config={**_CONFIGURATION, "temp_directory": spill}) as database,
    ):
        yield Reader(out, database)


def explain(out: Path, asked: str, limit: int | None = None) -> list[Explained]:
    """The rows of ``asked``, a ``canonical_id`` or an ``indicator_id``, with their mentions.

    Of each row the first ``limit`` mentions, all by default. Several rows have one ``canonical_id``
    when they are of different kinds. Raises ``OutputError`` when ``out`` holds no run and
    ``UnknownRow`` when its table has no such row.
    """
    with open_run(out) as reader:
        return [Explained(row, list(reader.mentions(row, limit))) for row in reader.rows(asked)]
