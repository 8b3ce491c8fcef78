"""What a report shows, read from the files of a run by DuckDB, a bounded part at a time.

Counts are of the whole run. Rows, sentences and articles are as many as the limits let through;
what they leave out is counted and said.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipeline.detect import UNDECIDED
from pipeline.export.results import Results
from pipeline.records import ARTICLE_SCHEMA, KINDS
from pipeline.run import outputs
from pipeline.tabulate.database import read_parquet

# Shown through the sentences themselves.
_NOT_SHOWN = ("example", "example_path")
_OF_ARTICLES = tuple(
    name
    for name in ARTICLE_SCHEMA.names
    if name not in ("article_id", "text", "input_digest", "language_score")
)
_MEMORY = "1GB"
_FETCHED = 8192
UNREAD = 200  # articles without a reading that the overview lists
_BODIES = 12  # that the overview shows as most mentioned
_CONFLICTS = 50  # indicators in conflict that the overview links to

# JavaScript counts in UTF-16, where a character beyond this one is two.
_LAST_OF_ONE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page holds: ``rows`` of the table, ``sentences`` of each of them."""

    rows: int = 20_000
    sentences: int = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the whole run.

    ``articles`` is how many there are by language and status, ``rows`` how many by kind,
    ``worded`` by kind and language, ``agreement`` by kind and agreement, ``check`` by its word,
    ``years`` by the year that holds the period of a figure. ``long_periods`` and ``no_period`` are
    the figures that are in no such year. ``bodies`` are the most mentioned ones (id, label,
    mentions, stories), ``conflicts`` the indicators with several values (id, label, values,
    agreement), ``conflicting`` how many there are of those that differ between stories and between
    translations, ``differing`` how many rows they have, ``unread`` the first articles that gave
    nothing (path, status, reason), those that failed first.
    """

    articles: dict[tuple[str, str], int]
    stories: int
    mentions: int
    rows: dict[str, int]
    worded: dict[tuple[str, str], int]
    agreement: dict[tuple[str, str], int]
    check: dict[str, int]
    years: dict[int, int]
    long_periods: int
    no_period: int
    bodies: list[tuple[str, str, int, int]]
    conflicts: list[tuple[str, str, str, str]]
    conflicting: tuple[int, int]
    differing: int
    unread: list[tuple[str, str, str]]


@dataclass(slots=True)
class Contents:
    """All that a page holds, ready to be written as JSON.

    ``columns`` are those of the table. ``mentions`` has a list for each column too: ``of`` is how
    many mentions each row has there, the others are one entry a mention, ``start`` and ``end`` in
    UTF-16 units from the beginning of the sentence. ``bodies`` maps an id to label and parent,
    ``units`` a unit_id to its words.
    """

    run: dict[str, Any]
    languages: list[str]
    meanings: dict[str, str]
    limits: Limits
    overview: Overview
    columns: dict[str, list[Any]] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    mentions: dict[str, list[Any]] = field(default_factory=dict)
    articles: dict[str, list[Any]] = field(default_factory=dict)
    bodies: dict[str, list[Any]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def left_out(self) -> Iterator[str]:
        """What the page does not hold, a sentence each."""
        shown, there = len(self.columns["kind"]), sum(self.overview.rows.values())
        if shown < there:
            yield (
                f"{there - shown:,} of {there:,} rows are left out, the last ones of each kind; "
                "selaras report --rows N takes more"
            )
        behind = sum(self.columns["mentions"])
        held = sum(self.mentions["of"])
        if held < behind:
            yield (
                f"{behind - held:,} of {behind:,} mentions of these rows are left out, of each row "
                f"those after {self.limits.sentences:,}; selaras report --sentences N takes more"
            )
        listed, all_ = len(self.articles["path"]), sum(self.overview.articles.values())
        if listed < all_:
            yield f"{all_ - listed:,} of {all_:,} articles are left out of the list of articles"


def read(results: Results, limits: Limits, spill: Path) -> Contents:
    """What a report of ``results`` shows; ``spill`` is an empty folder for what DuckDB lays down.

    Raises ``duckdb.Error`` when the files are not what they should be.
    """
    configuration: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": str(spill / "report"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with contextlib.closing(duckdb.connect(config=configuration)) as database:
        reader = _Reader(results, limits, database)
        contents = Contents(
            outputs.read_run(results.out),
            list(results.languages),
            results.meanings["table"],
            limits,
            reader.overview(),
        )
        reader.choose()
        contents.columns = reader.columns()
        articles = reader.articles(contents)
        reader.mentions(contents, articles)
        contents.bodies = reader.bodies()
        contents.units = reader.units()
        return contents


class _Reader:
    """The queries. Whatever has an order names it in full: the answer is always the same."""

    def __init__(
        self, results: Results, limits: Limits, database: duckdb.DuckDBPyConnection
    ) -> None:
        self._results = results
        self._limits = limits
        self._database = database
        self._files = {
            name: read_parquet([results.path(name)], "file_row_number = true")
            for name in ("table", "mentions", "articles")
        }

    def _ask(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The answer to a query in which ``{table}`` and the like are the files of the run."""
        cursor = self._database.execute(query.format(**self._files), parameters or None)
        while some := cursor.fetchmany(_FETCHED):
            yield from some

    def _one(self, query: str) -> int:
        return int(next(self._ask(query))[0] or 0)

    def overview(self) -> Overview:
        worded = {
            (kind, code): count
            for code in self._results.languages
            for kind, count in self._ask(
                f'SELECT kind, count("{code}") FROM {{table}} GROUP BY kind'
            )
        }
        year = "TRY_CAST(left({}, 4) AS INTEGER)"
        inside = f"{year.format('period_start')} = {year.format('period_end')}"
        figures = "FROM {table} WHERE kind = 'statistic'"
        return Overview(
            articles={
                (language, status): count
                for language, status, count in self._ask(
                    f"SELECT coalesce(language, '{UNDECIDED}') AS told, status, count(*) "
                    "FROM {articles} GROUP BY told, status ORDER BY count(*) DESC, told, status"
                )
            },
            stories=self._one(
                "SELECT count(DISTINCT story_id) FROM {articles} WHERE status = 'ok'"
            ),
            mentions=self._one("SELECT count(*) FROM {mentions}"),
            rows=dict(self._ask("SELECT kind, count(*) FROM {table} GROUP BY kind")),
            worded=worded,
            agreement={
                (kind, agreement): count
                for kind, agreement, count in self._ask(
                    "SELECT kind, agreement, count(*) FROM {table} GROUP BY kind, agreement"
                )
            },
            check=dict(
                self._ask('SELECT "check", count(*) FROM {table} WHERE "check" <> \'\' GROUP BY 1')
            ),
            years=dict(
                self._ask(
                    f"SELECT {year.format('period_start')} AS year, count(*) {figures} "
                    f"AND {inside} GROUP BY year ORDER BY year"
                )
            ),
            long_periods=self._one(
                f"SELECT count(*) {figures} AND period_start IS NOT NULL "
                f"AND NOT coalesce({inside}, false)"
            ),
            no_period=self._one(f"SELECT count(*) {figures} AND period_start IS NULL"),
            bodies=list(
                self._ask(
                    "SELECT canonical_id, coalesce(label, canonical_id), mentions, stories "
                    "FROM {table} WHERE kind = 'organisation' "
                    f"ORDER BY mentions DESC, file_row_number LIMIT {_BODIES}"
                )
            ),
            conflicts=list(
                self._ask(
                    "SELECT indicator_id, min(label), count(*), min(agreement) "
                    f"{figures} AND agreement IN ('conflict', 'translation') "
                    "AND indicator_id IS NOT NULL GROUP BY indicator_id "
                    f"ORDER BY min(file_row_number) LIMIT {_CONFLICTS}"
                )
            ),
            conflicting=next(
                self._ask(
                    "SELECT count(*) FILTER (way = 'conflict'), "
                    "count(*) FILTER (way = 'translation') FROM ("
                    f"SELECT min(agreement) AS way {figures} "
                    "AND agreement IN ('conflict', 'translation') "
                    "AND indicator_id IS NOT NULL GROUP BY indicator_id)"
                )
            ),
            differing=self._one(
                f"SELECT count(*) {figures} AND agreement IN ('conflict', 'translation')"
            ),
            unread=list(
                self._ask(
                    "SELECT path, status, coalesce(reason, '') FROM {articles} "
                    f"WHERE status <> 'ok' ORDER BY status, file_row_number LIMIT {UNREAD}"
                )
            ),
        )

    def choose(self) -> None:
        """Which rows are shown: of each kind as many as of the others, as long as it has them, so
        that a page of the first rows is not one of bodies alone.
        """
        self._ask_nothing(
            """
            CREATE TEMP TABLE chosen AS
            SELECT row, kind, canonical_id FROM (
                SELECT file_row_number AS row, kind, canonical_id,
                    row_number() OVER (PARTITION BY kind ORDER BY file_row_number) AS turn
                FROM {table}
            ) ORDER BY turn, row LIMIT ?
            """,
            [self._limits.rows],
        )

    def _ask_nothing(self, query: str, parameters: Sequence[object] = ()) -> None:
        self._database.execute(query.format(**self._files), parameters or None)

    def columns(self) -> dict[str, list[Any]]:
        """The columns of the chosen rows, in the order of the table."""
        names = [n for n in self._results.schema("table").names if n not in _NOT_SHOWN]
        columns: dict[str, list[Any]] = {name: [] for name in names}
        listed = ", ".join(f'shown."{name}"' for name in names)
        for row in self._ask(
            f"SELECT {listed} FROM {{table}} AS shown "
            "JOIN chosen ON chosen.row = shown.file_row_number ORDER BY chosen.row"
        ):
            for name, value in zip(names, row, strict=True):
                columns[name].append(_plain(value))
        return columns

    def articles(self, contents: Contents) -> dict[str, int]:
        """Which mentions are shown, and the articles: those that hold them, and others as long as
        there is room. Gives the number of each article that was read, by id.
        """
        # By turns in each language, so that each is there; translations of a story stand together.
        self._ask_nothing(
            """
            CREATE TEMP TABLE shown AS
            WITH own AS (
                SELECT mention.file_row_number AS spot, chosen.row, mention.article_id,
                    mention.path, mention.language, mention.start, mention."end",
                    min(mention.path) OVER (
                        PARTITION BY chosen.row, coalesce(article.story_id, mention.path)
                    ) AS first_path
                FROM {mentions} AS mention
                JOIN chosen ON chosen.kind = mention.kind
                    AND chosen.canonical_id IS NOT DISTINCT FROM mention.canonical_id
                JOIN {articles} AS article ON article.article_id = mention.article_id
                    AND article.status = 'ok'
            ), turns AS (
                SELECT *, row_number() OVER (
                    PARTITION BY row, language ORDER BY first_path, path, start, "end", spot
                ) AS turn FROM own
            )
            SELECT spot, row, article_id, first_path FROM turns
            QUALIFY row_number() OVER (PARTITION BY row ORDER BY turn, language, spot) <= ?
            """,
            [self._limits.sentences],
        )
        used = self._one("SELECT count(DISTINCT article_id) FROM shown")
        names = [*_OF_ARTICLES, "article_id"]
        listed = ", ".join(f'article."{name}"' for name in names)
        columns: dict[str, list[Any]] = {name: [] for name in _OF_ARTICLES}
        numbers: dict[str, int] = {}
        for at, row in enumerate(
            self._ask(
                f"""
                WITH needed AS (SELECT DISTINCT article_id FROM shown), listed AS (
                    SELECT article.* FROM {{articles}} AS article
                    LEFT JOIN needed ON needed.article_id = article.article_id
                        AND article.status = 'ok'
                    ORDER BY needed.article_id IS NULL, article.file_row_number LIMIT ?
                )
                SELECT {listed} FROM listed AS article ORDER BY article.file_row_number
                """,
                [max(used, self._limits.rows)],
            )
        ):
            said = dict(zip(names, row, strict=True))
            if said["language"] == UNDECIDED:
                said["language"] = None
            if said["status"] == "ok":
                numbers[said["article_id"]] = at
            for name in _OF_ARTICLES:
                columns[name].append(_plain(said[name]))
        contents.articles = columns
        return numbers

    def mentions(self, contents: Contents, articles: dict[str, int]) -> None:
        """The shown mentions in the order of their rows, and their sentences, each once."""
        names = ("article", "language", "sentence", "start", "end", "score", "reason")
        columns: dict[str, list[Any]] = {name: [] for name in names}
        numbers: dict[str, int] = {}
        rows = {row: at for at, (row,) in enumerate(self._ask("SELECT row FROM chosen ORDER BY 1"))}
        counts = [0] * len(rows)
        for row, article, language, sentence, begins, start, end, score, reason in self._ask(
            """
            SELECT shown.row, mention.article_id, mention.language, mention.sentence,
                mention.sentence_start, mention.start, mention."end", mention.score, mention.reason
            FROM {mentions} AS mention JOIN shown ON mention.file_row_number = shown.spot
            ORDER BY shown.row, shown.first_path, mention.path, mention.start, mention."end",
                shown.spot
            """
        ):
            counts[rows[row]] += 1
            at = numbers.setdefault(sentence, len(numbers))
            first = min(max(start - begins, 0), len(sentence))
            last = min(max(end - begins, first), len(sentence))
            places = utf16(sentence, first, last)
            said = (articles[article], language, at, *places, score, reason)
            for name, value in zip(names, said, strict=True):
                columns[name].append(_plain(value))
        contents.sentences = list(numbers)
        contents.mentions = {"of": counts, **columns}

    def bodies(self) -> dict[str, list[Any]]:
        """The bodies that the chosen rows are, are of, or belong to: label and parent by id."""
        found = self._ask(
            """
            WITH RECURSIVE named AS (
                SELECT canonical_id, label, parent_id FROM {table} WHERE kind = 'organisation'
            ), needed(id) AS (
                SELECT coalesce(shown.organisation_id, shown.canonical_id)
                FROM {table} AS shown JOIN chosen ON chosen.row = shown.file_row_number
                WHERE shown.kind = 'organisation' OR shown.organisation_id IS NOT NULL
                UNION
                SELECT own.parent_id FROM needed
                JOIN (
                    SELECT canonical_id, parent_id FROM named
                    UNION ALL SELECT shown.canonical_id, shown.parent_id
                    FROM {table} AS shown JOIN chosen ON chosen.row = shown.file_row_number
                    WHERE shown.kind = 'organisation'
                ) AS own ON own.canonical_id = needed.id
                WHERE own.parent_id IS NOT NULL
            )
            SELECT id, label, parent_id FROM needed LEFT JOIN named ON canonical_id = id
            ORDER BY id
            """
        )
        return {identity: [label, parent] for identity, label, parent in found}

    def units(self) -> dict[str, str]:
        """What each unit is called in English: the commonest words of its mentions."""
        found = self._ask(
            """
            SELECT unit_id, label FROM {mentions}
            WHERE kind = 'statistic' AND unit_id IS NOT NULL AND label IS NOT NULL AND label <> ''
            GROUP BY unit_id, label
            QUALIFY row_number() OVER (PARTITION BY unit_id ORDER BY count(*) DESC, label) = 1
            ORDER BY unit_id
            """
        )
        return dict(found)


def utf16(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets in code points of ``text`` as those in UTF-16 units, by which JavaScript counts."""
    if text.isascii() or ord(max(text)) <= _LAST_OF_ONE:
        return start, end
    first = start + sum(ord(c) > _LAST_OF_ONE for c in text[:start])
    return first, first + len(text[start:end].encode("utf-16-le")) // 2


def _plain(value: Any) -> Any:
    """A value as JSON has it; whole numbers without a point."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


def packed(values: Sequence[Any]) -> Any:
    """A column as JSON: its values, or where texts come back often each of them once with their
    numbers (``{"of": [...], "at": [...]}``, -1 for nothing); nothing for an empty one.
    """
    there = [value for value in values if value is not None]
    if not there:
        return None
    if isinstance(there[0], str):
        numbers: dict[str, int] = {}
        for value in there:
            numbers.setdefault(value, len(numbers))
        if 2 * len(numbers) < len(there):
            at = [-1 if value is None else numbers[value] for value in values]
            return {"of": list(numbers), "at": at}
    return list(values)


def as_json(contents: Contents) -> str:
    """The contents as the page reads them (``assets/data.js``): safe inside a ``script`` element,
    columns not repeated for each row.
    """

    def columns(given: dict[str, list[Any]]) -> dict[str, Any]:
        packs = {name: packed(values) for name, values in given.items()}
        return {name: pack for name, pack in packs.items() if pack is not None}

    said = {
        "languages": language_names(contents),
        # Not every language of an article has a column, and "to", a column, is a language too.
        "codes": contents.languages,
        "kinds": KINDS,
        "limits": {"rows": contents.limits.rows, "sentences": contents.limits.sentences},
        "whole": sum(contents.overview.rows.values()),
        "size": len(contents.columns["kind"]),
        "table": list(contents.columns),
        "rows": columns(contents.columns),
        "sentences": contents.sentences,
        "mentions": columns(contents.mentions) | {"of": contents.mentions["of"]},
        "articles": columns(contents.articles),
        "bodies": contents.bodies,
        "units": contents.units,
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Nothing that ends a script or begins a comment, and no line end that JavaScript alone knows.
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def language_names(contents: Contents) -> dict[str, str]:
    """The languages of the table and of the articles in English, by code; one without a name stays
    its code. That a language was not told is no language: it is left out.
    """
    from babel import Locale

    # Not by Locale.parse, which takes a language that was not told for the likeliest one.
    english = Locale("en").languages
    codes = [*contents.languages, *(code for code, _ in contents.overview.articles)]
    return {code: english.get(code, code) for code in dict.fromkeys(codes) if code != UNDECIDED}
