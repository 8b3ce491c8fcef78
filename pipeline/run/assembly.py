"""Parts and the results of an earlier run to one file of articles and one of mentions.

Little of them is held in memory: DuckDB joins and sorts, and lays down what does not fit; mentions
go by part by part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.run import parts as parts_
from pipeline.tabulate.database import (
    Connection,
    batches,
    connect,
    insert,
    parquet,
    read_parquet,
    write,
)
from pipeline.tabulate.dealing import deal

# What the mentions of an article depend on besides its text.
_CONTEXT = ("language", "parts", "title", "published", "place")
_ARTICLES_AT_ONCE, _MENTIONS_AT_ONCE = 512, 32_768
_DUPLICATE = "duplicate of "
_BEGINS_SO = f"starts_with(coalesce({{column}}, ''), '{_DUPLICATE}')"
_WAS_DUPLICATE = f"(e.status = 'skipped' AND {_BEGINS_SO.format(column='e.reason')})"

# Of an earlier run, the articles whose rows hold as long as program, choices and content do: those
# that were read, and duplicates of one that was read the same way. A file that failed is tried
# again: it may have been the machine.
_USABLE = f"""
CREATE TABLE usable AS
SELECT e.input_digest AS digest, min(e.path) AS old
FROM earlier e LEFT JOIN earlier o
    ON {_WAS_DUPLICATE} AND o.article_id = e.article_id AND o.status = 'ok'
WHERE e.input_digest IS NOT NULL AND (e.status = 'ok'
    OR e.status = 'skipped' AND NOT {_WAS_DUPLICATE}
    OR {_WAS_DUPLICATE} AND o.path IS NOT NULL AND
        {" AND ".join(f"e.{name} IS NOT DISTINCT FROM o.{name}" for name in _CONTEXT)})
GROUP BY e.input_digest
"""
# Where the row of an article lies: in a part (``file``), or at a path of the earlier run (``old``)
_ORIGIN = """
CREATE TABLE origin AS
SELECT p.path, p.digest, f.file, CASE WHEN f.file IS NULL THEN u.old END AS old
FROM present p
    LEFT JOIN (SELECT input_digest, arg_min(filename, (status = 'failed', filename)) AS file
               FROM fresh GROUP BY ALL) f
        ON f.input_digest = p.digest
    LEFT JOIN usable u ON u.digest = p.digest
"""
_FOUND = f"""
CREATE VIEW found AS
SELECT o.path AS now, o.file, {{fresh}}
FROM origin o JOIN fresh a ON a.input_digest = o.digest AND a.filename = o.file
UNION ALL
SELECT o.path AS now, o.file, {{earlier}} FROM (
    SELECT e.* REPLACE (CASE WHEN {_WAS_DUPLICATE} THEN 'ok' ELSE e.status END AS status,
                        CASE WHEN {_WAS_DUPLICATE} THEN NULL ELSE e.reason END AS reason)
    FROM earlier e) a JOIN origin o ON a.path = o.old AND a.input_digest = o.digest
"""
# Of articles with one text the first by path counts.
_SOLE = """
CREATE TABLE sole AS
SELECT article_id, min(now) AS path FROM found WHERE status = 'ok' GROUP BY article_id
"""
_ARTICLES = """
SELECT {columns}, b.bucket
FROM found f LEFT JOIN sole s
    ON f.status = 'ok' AND s.article_id = f.article_id AND s.path <> f.now
    JOIN (SELECT path, (min(number) // {size})::INTEGER AS bucket
          FROM (SELECT path, row_number() OVER (ORDER BY path) AS number FROM origin)
          GROUP BY path) b ON b.path = f.now
"""
_IN_ORDER = ("path", "article_id", "input_digest")
_SETTLED = {
    "path": "f.now",
    "status": "CASE WHEN s.path IS NULL THEN f.status ELSE 'skipped' END",
    "reason": f"CASE WHEN s.path IS NULL THEN f.reason ELSE '{_DUPLICATE}' || s.path END",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files and records differ from those of the run before, by path and by content."""

    new: int
    changed: int
    gone: int

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@contextmanager
def _connected(folder: Path) -> Iterator[Connection]:
    place = folder / "assembly"
    place.mkdir(exist_ok=True)
    with connect(place) as connection:
        yield connection
    for file in place.glob("merge.duckdb*"):
        file.unlink()


def _view(connection: Connection, name: str, path: Path, schema: pa.Schema) -> None:
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {parquet(path, schema)}")


def usable(articles: Path, folder: Path) -> set[str]:
    """The digests of the articles in an earlier run's file whose rows hold, if program and choices
    do. ``folder`` is for temporary files. Raises ``MergeError``."""
    with _connected(folder) as connection:
        _view(connection, "earlier", articles, ARTICLE_SCHEMA)
        connection.execute(_USABLE)
        return {digest for (digest,) in connection.execute("SELECT digest FROM usable").fetchall()}


def changes(present: Sequence[tuple[str, str]], articles: Path, folder: Path) -> Changes:
    """What is otherwise than in an earlier run's file of articles. Raises ``MergeError``."""
    with _connected(folder) as connection:
        _present(connection, present)
        _view(connection, "earlier", articles, ARTICLE_SCHEMA)
        found = connection.execute(
            """
            SELECT count(*) FILTER (e.path IS NULL),
                   count(*) FILTER (e.input_digest IS DISTINCT FROM p.digest AND
                                    p.path IS NOT NULL AND e.path IS NOT NULL),
                   count(*) FILTER (p.path IS NULL)
            FROM present p FULL JOIN earlier e ON p.path = e.path
            """
        ).fetchone()
        assert found is not None
        return Changes(*found)


def _present(connection: Connection, present: Sequence[tuple[str, str]]) -> None:
    connection.execute("CREATE TABLE present (path VARCHAR, digest VARCHAR)")
    columns = [pa.array([row[i] for row in present], pa.string()) for i in (0, 1)]
    insert(connection, "present", columns)


def assemble(
    present: Sequence[tuple[str, str]],
    parts: Sequence[Path],
    earlier: tuple[Path, Path] | None,
    articles: Path,
    mentions: Path,
    folder: Path,
) -> None:
    """Write the rows of the articles ``present`` (paths and digests) to two Parquet files.

    ``parts`` and ``earlier`` (articles and mentions, as a run left them) have the rows of each
    digest; a part goes before. Articles are in order of their paths, in the columns of
    ``ARTICLE_SCHEMA``; of those with one text the first by path is read and the others are its
    duplicates, without mentions. ``folder`` is for temporary files. Raises ``MergeError``.
    """
    with _connected(folder) as connection:
        _present(connection, present)
        _fresh(connection, parts, folder)
        if earlier is None:
            nothing = folder / "nothing.parquet"
            pq.write_table(ARTICLE_SCHEMA.empty_table(), nothing)
            _view(connection, "earlier", nothing, ARTICLE_SCHEMA)
        else:
            _view(connection, "earlier", earlier[0], ARTICLE_SCHEMA)
        columns = ", ".join(f'a."{name}"' for name in ARTICLE_SCHEMA.names)
        for query in (_USABLE, _ORIGIN, _FOUND.format(fresh=columns, earlier=columns), _SOLE):
            connection.execute(query)
        lost = connection.execute(
            "SELECT path FROM origin WHERE file IS NULL AND old IS NULL ORDER BY path LIMIT 1"
        ).fetchone()
        if lost is not None:
            raise AssertionError(f"{lost[0]}: no row of it was kept")
        settled = ", ".join(
            f'{_SETTLED.get(name, f"""f."{name}" """)} AS "{name}"' for name in ARTICLE_SCHEMA.names
        )
        query = _ARTICLES.format(columns=settled, size=_ARTICLES_AT_ONCE)
        buckets = deal(batches(connection, query), "bucket", folder / "buckets.arrow")
        write(
            articles,
            ARTICLE_SCHEMA,
            (
                bucket.drop_columns(["bucket"])
                .sort_by([(name, "ascending") for name in _IN_ORDER])
                .cast(ARTICLE_SCHEMA)
                for bucket in buckets
            ),
            row_group=4 * _ARTICLES_AT_ONCE,
        )
        write(
            mentions,
            MENTION_SCHEMA,
            _mentions(connection, parts, earlier and earlier[1]),
            row_group=_MENTIONS_AT_ONCE,
        )


def _fresh(connection: Connection, parts: Sequence[Path], folder: Path) -> None:
    """The view of the articles in parts, with the part of each as ``filename``."""
    files = list(parts)
    if not files:
        files = [folder / "no-part.parquet"]
        pq.write_table(ARTICLE_SCHEMA.empty_table(), files[0])
    columns = ", ".join(f'"{name}"' for name in ARTICLE_SCHEMA.names)
    connection.execute(
        f"CREATE VIEW fresh AS SELECT {columns}, filename "
        f"FROM {read_parquet(files, 'filename = true')}"
    )


def _mentions(
    connection: Connection, parts: Sequence[Path], earlier: Path | None
) -> Iterator[pa.RecordBatch]:
    """The mentions of all articles that are read, under the paths of now."""
    path_column = MENTION_SCHEMA.get_field_index("path")
    for file in parts:
        wanted = connection.execute(
            "SELECT o.digest, o.path FROM origin o JOIN sole USING (path) WHERE o.file = ?",
            [str(file)],
        ).fetchall()
        path_of = dict(wanted)
        with pq.ParquetFile(file) as part:
            table = part.read(columns=["input_digest", parts_.MENTIONS]).combine_chunks()
        now = pa.array([path_of.get(d) for d in table.column(0).to_pylist()], pa.string())
        kept = table.append_column("now", now).filter(pc.is_valid(now)).combine_chunks()
        for batch in kept.to_batches():
            lists = batch.column(parts_.MENTIONS)
            found = lists.flatten()
            columns = found.flatten()
            columns[path_column] = batch.column("now").take(pc.list_parent_indices(lists))
            yield pa.record_batch(columns, schema=MENTION_SCHEMA)
    if earlier is not None:
        _view(connection, "earlier_mentions", earlier, MENTION_SCHEMA)
        names = ", ".join(
            's.path AS "path"' if name == "path" else f'm."{name}"' for name in MENTION_SCHEMA.names
        )
        for batch in batches(
            connection,
            f"SELECT {names} FROM earlier_mentions m "
            "JOIN (SELECT DISTINCT s.* FROM sole s JOIN origin o "
            "      ON o.path = s.path AND o.file IS NULL) s "
            "USING (article_id)",
        ):
            yield batch.cast(MENTION_SCHEMA)
