"""What is drawn for a review, and the same every time: it depends on seed and ids alone.

Every thing has a place in line by a digest of the seed and its id. The first of the line are a
simple random sample, and a larger sample has those of a smaller one in it: so a review can be
stopped early, gone on with and extended, and stays a sample.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.explanation import Reader, Row
from pipeline.normalise.lexicon import bare_words
from pipeline.records import Organisation
from pipeline.run import outputs

Words = tuple[str, ...]

AGREEMENTS = ("single", "agree", "conflict", "translation")


@dataclass(frozen=True, slots=True)
class Among:
    """Which rows are drawn from: those of a ``language``, of an ``agreement``, of a ``kind``."""

    language: str | None = None
    agreement: str | None = None
    kind: str | None = None

    @property
    def name(self) -> str:
        """What the rows are, kinds apart: ``all rows``, or what they were chosen by."""
        chosen = (("language", self.language), ("agreement", self.agreement))
        return ", ".join(f"{k} {v}" for k, v in chosen if v) or "all rows"

    def stratum(self, kind: str) -> str:
        """The name of a kind's rows among these."""
        return f"{kind}: {self.name}"

    @classmethod
    def of(cls, stratum: str) -> tuple[str, Among]:
        """The kind and the choice that a stratum is named by, as ``stratum`` names it."""
        kind, _, name = stratum.partition(": ")
        said = dict(part.partition(" ")[::2] for part in name.split(", "))
        return kind, cls(said.get("language"), said.get("agreement"))

    def _where(self) -> tuple[str, list[object]]:
        clauses, values = ["canonical_id IS NOT NULL"], list[object]()
        if self.language:
            clauses.append("list_contains(string_split(languages, ','), ?)")
            values.append(self.language)
        for column, value in (("agreement", self.agreement), ("kind", self.kind)):
            if value:
                clauses.append(f"{column} = ?")
                values.append(value)
        return " AND ".join(clauses), values

    def sizes(self, reader: Reader) -> dict[str, int]:
        """How many rows there are of each kind."""
        where, values = self._where()
        found = reader.ask(
            "SELECT kind, count(*) AS rows FROM read_parquet("
            f"{_source(reader, outputs.TABLE)}, hive_partitioning = false) "
            f"WHERE {where} GROUP BY kind ORDER BY kind",
            values,
        )
        return {row["kind"]: row["rows"] for row in found}

    def draw(self, reader: Reader, sample: int, seed: int) -> list[tuple[str, Row]]:
        """``sample`` rows, the kinds as equal in number as they can be, each with its stratum.

        They come so that of every kind the same share has come at any moment.
        """
        drawn: list[tuple[float, str, Row]] = []
        for kind, number in allocate(self.sizes(reader), sample).items():
            where, values = Among(self.language, self.agreement, kind)._where()
            found = reader.ask(
                "SELECT * FROM read_parquet("
                f"{_source(reader, outputs.TABLE)}, hive_partitioning = false) WHERE {where} "
                f"ORDER BY md5(concat_ws(chr(31), '{seed:d}', kind, canonical_id)), canonical_id "
                "LIMIT ?",
                [*values, number],
            )
            drawn += (((i + 0.5) / number, kind, row) for i, row in enumerate(found))
        drawn.sort(key=lambda item: item[:2])
        return [(self.stratum(kind), row) for _, kind, row in drawn]


def _source(reader: Reader, name: str) -> str:
    """A file of the run in a query: quoted, as ``Reader.file`` says it for a parameter."""
    return "'" + reader.file(name).replace("'", "''") + "'"


def allocate(sizes: Mapping[str, int], sample: int) -> dict[str, int]:
    """How many are drawn of each stratum: as equal as their sizes allow, ``sample`` in all."""
    given = dict.fromkeys(sizes, 0)
    left = sample
    while left and (open_ := [name for name in sizes if given[name] < sizes[name]]):
        each, more = divmod(left, len(open_))
        for i, name in enumerate(open_):
            add = min(each + (i < more), sizes[name] - given[name])
            given[name] += add
            left -= add
    return {name: number for name, number in given.items() if number}


def draw_articles(reader: Reader, sample: int, language: str | None, seed: int) -> list[Row]:
    """``sample`` of the articles that were read, with their text, drawn as rows are."""
    return list(
        reader.ask(
            "SELECT * FROM read_parquet("
            f"{_source(reader, outputs.ARTICLES)}, hive_partitioning = false) "
            "WHERE status = 'ok' AND (?::VARCHAR IS NULL OR language = ?) "
            f"ORDER BY md5(concat_ws(chr(31), '{seed:d}', article_id)), article_id LIMIT ?",
            [language, language, sample],
        )
    )


def articles_of(reader: Reader, ids: list[str]) -> list[Row]:
    """The articles with these ids, in the order of their paths."""
    return list(
        reader.ask(
            "SELECT * FROM read_parquet("
            f"{_source(reader, outputs.ARTICLES)}, hive_partitioning = false) "
            "WHERE status = 'ok' AND list_contains(?::VARCHAR[], article_id) ORDER BY path",
            [ids],
        )
    )


def mentions_of(reader: Reader, ids: list[str]) -> list[Row]:
    """The mentions in the articles with these ids, in the order of paths and places."""
    return list(
        reader.ask(
            "SELECT * FROM read_parquet("
            f"{_source(reader, outputs.MENTIONS)}, hive_partitioning = false) "
            "WHERE list_contains(?::VARCHAR[], article_id) "
            'ORDER BY path, start, "end", kind, canonical_id',
            [ids],
        )
    )


def rows_of(reader: Reader, ids: list[str]) -> list[Row]:
    """The rows of the table with these ids."""
    return list(
        reader.ask(
            "SELECT * FROM read_parquet("
            f"{_source(reader, outputs.TABLE)}, hive_partitioning = false) "
            "WHERE list_contains(?::VARCHAR[], canonical_id)",
            [ids],
        )
    )


def has_row(reader: Reader, identity: str) -> bool:
    """Whether the table has a row with this id."""
    return bool(rows_of(reader, [identity]))


def story_names(reader: Reader) -> list[Row]:
    """``article_id``, ``path``, ``language`` and ``story_id`` of all articles that were read."""
    return list(
        reader.ask(
            "SELECT article_id, path, language, coalesce(story_id, article_id) AS story_id "
            f"FROM read_parquet({_source(reader, outputs.ARTICLES)}, hive_partitioning = false) "
            "WHERE status = 'ok' ORDER BY path",
            [],
        )
    )


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording of a row: how often it stands for it, and the ids that it stands for besides."""

    language: str
    text: str
    mentions: int
    others: tuple[str, ...]


def wordings(reader: Reader, row: Row) -> list[Worded]:
    """How a row is worded in the articles, the commonest first; a figure by what it counts."""
    column = "unit" if row["kind"] == "statistic" else "text"
    identity = "unit_id" if row["kind"] == "statistic" else "canonical_id"
    own = row[identity]
    found = reader.ask(
        f"""
        WITH mention AS (
            SELECT language, {column} AS words, canonical_id, {identity} AS identity
            FROM read_parquet({_source(reader, outputs.MENTIONS)}, hive_partitioning = false)
            WHERE kind = $1 AND {column} IS NOT NULL
        ), own AS (
            SELECT language, words, count(*) AS mentions FROM mention
            WHERE canonical_id = $2 GROUP BY ALL
        ), other AS (
            SELECT DISTINCT mention.language, mention.words, identity
            FROM mention JOIN own USING (language, words)
            WHERE identity IS DISTINCT FROM $3 AND identity IS NOT NULL
        )
        SELECT own.language, own.words, own.mentions,
            coalesce(list_sort(list(identity) FILTER (identity IS NOT NULL)), []) AS others
        FROM own LEFT JOIN other USING (language, words)
        GROUP BY ALL ORDER BY own.mentions DESC, own.language, own.words
        """,
        [row["kind"], row["canonical_id"], own],
    )
    return [Worded(r["language"], r["words"], r["mentions"], tuple(r["others"])) for r in found]


def called(
    reader: Reader, wanted: Collection[tuple[str, Words]]
) -> dict[tuple[str, Words], set[str]]:
    """The ids of the bodies that the articles word by each of the ``wanted`` (language, words as
    ``bare_words`` has them), whatever the case and diacritics there."""
    found: dict[tuple[str, Words], set[str]] = {said: set() for said in wanted}
    rows = reader.ask(
        "SELECT DISTINCT language, text, canonical_id "
        f"FROM read_parquet({_source(reader, outputs.MENTIONS)}, hive_partitioning = false) "
        "WHERE kind = ? AND list_contains(?::VARCHAR[], language)",
        [Organisation.kind, sorted({language for language, _ in wanted})],
    )
    for row in rows if wanted else ():
        said = (row["language"], bare_words(row["text"], row["language"]))
        if said in found:
            found[said].add(row["canonical_id"])
    return found
