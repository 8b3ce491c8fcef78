"""The results of a run as pandas frames, and what an analyst asks of them."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pipeline import sheets
from pipeline.display.hints import hint
from pipeline.display.normal_form import said
from pipeline.extraction import Extraction
from pipeline.reading import Reading
from pipeline.records import (
    KINDS,
    Kind,
    article_of,
    columns_of,
    languages_of_table,
    mention_of,
)
from pipeline.terminal import counted

_WHOLE = {"reference_session", "reference_term"}
# What the sentences of a row say of themselves.
_SENTENCE = [
    "language",
    "path",
    "sentence",
    "text",
    "start",
    "end",
    "sentence_start",
    "title",
    "published",
    "source_url",
    "story_id",
    "score",
    "reason",
    "article_id",
    "kind",
    "canonical_id",
]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The cells of a row that say something, as Arrow has them."""
    cells = {name: value for name, value in row.items() if said(value) and value is not pd.NaT}
    for name in _WHOLE & cells.keys():
        cells[name] = int(cells[name])  # pandas has no whole numbers with gaps
    return cells


@dataclass(frozen=True, slots=True)
class Explanation:
    """Rows of the table, and the ``sentences`` behind them, as ``Result.sentences`` gives them."""

    rows: pd.DataFrame
    sentences: pd.DataFrame

    def __repr__(self) -> str:
        """The sentences as text, each behind its article, with its mention in brackets."""
        lines = []
        for row in self.sentences.to_dict("records"):
            sentence, start = row["sentence"], row["sentence_start"]
            first, last = row["start"] - start, row["end"] - start
            lines.append(f"{row['path']}: {sentence[:first]}[{row['text']}]{sentence[last:]}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The sentences by story, the languages side by side, for Jupyter."""
        from pipeline.display.jupyter import explanation_html

        return explanation_html(self)


@dataclass(frozen=True, slots=True)
class Result:
    """A run as pandas frames, in the columns of the files of the same name, and ``run.json``.

    ``articles``, ``mentions`` and ``table`` are frames to be used as any other; the columns are
    explained in the reference. ``out`` is the folder where they are written, ``None`` for a run
    that was not. In Jupyter it shows its counts and the table.
    """

    articles: pd.DataFrame
    mentions: pd.DataFrame
    table: pd.DataFrame
    run: dict[str, Any]
    out: str | os.PathLike[str] | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that the table has a column for."""
        return languages_of_table(self.table.columns)

    def _of_kind(self, kind: Kind) -> pd.DataFrame:
        rows = self.table[self.table.kind == kind]
        return rows[columns_of(kind, rows.columns)].reset_index(drop=True)

    @property
    def organisations(self) -> pd.DataFrame:
        """The bodies: rows of the table, with the columns that say something of bodies."""
        return self._of_kind("organisation")

    @property
    def references(self) -> pd.DataFrame:
        """The numbered documents: rows of the table, with the columns of documents."""
        return self._of_kind("reference")

    @property
    def statistics(self) -> pd.DataFrame:
        """The figures: rows of the table, with the columns of figures."""
        return self._of_kind("statistic")

    @property
    def conflicts(self) -> pd.DataFrame:
        """Figures on which different stories contradict each other, those of one indicator
        together; ``sentences(canonical_id)`` shows who says what."""
        figures = self.statistics
        return figures[figures.agreement == "conflict"].sort_values(
            ["indicator_id", "stories", "value"], ascending=[True, False, True], ignore_index=True
        )

    @property
    def stories(self) -> pd.DataFrame:
        """A row per story, which is one article in any number of languages: ``story_id``, its
        ``languages``, how many ``articles`` and ``mentions``, the day it was ``published``, its
        ``titles`` and ``paths``, each by language and joined by `` | ``. In the order of paths."""
        read = self.articles[self.articles.status == "ok"].sort_values(["language", "path"])
        found = self.mentions.groupby("article_id").size()

        def joined(values: pd.Series[Any]) -> str:
            return " | ".join(dict.fromkeys(str(value) for value in values if said(value)))

        groups = read.groupby("story_id", sort=True)
        stories = pd.DataFrame(
            {
                "languages": groups.language.agg(lambda codes: ",".join(sorted(set(codes)))),
                "articles": groups.size(),
                "mentions": groups.article_id.agg(lambda ids: int(found.reindex(ids).sum())),
                "published": groups.published.agg(lambda days: days.dropna().min()),
                "titles": groups.title.agg(joined),
                "paths": groups.path.agg(joined),
            }
        ).reset_index()
        return stories.sort_values(["paths", "story_id"], ignore_index=True)

    def article(self, asked: str) -> Reading:
        """The article with this ``article_id`` or ``path``, as it was read: ``.text`` and
        ``.mentions``; Jupyter shows it with its marks.

        Of several with one text the first by path. Raises ``KeyError``, which names the nearest
        paths, when there is none.
        """
        rows = self.articles
        found = rows[(rows.article_id == asked) | (rows.path == asked)]
        if not len(found):
            raise KeyError(f"no article has the id or the path {asked!r}{hint(asked, rows.path)}")
        first = found.assign(later=found.status != "ok").sort_values(["later", "path"]).iloc[0]
        article = article_of(_plain(first.to_dict()))
        if isinstance(article.published, datetime.datetime):
            article = dataclasses.replace(article, published=article.published.date())
        mentions, sentences = [], set()
        if article.status == "ok":
            own = self.mentions[self.mentions.article_id == article.article_id]
            for row in own.sort_values(["start", "end", "kind"]).to_dict("records"):
                mentions.append(mention_of(_plain(row)))
                sentences.add((row["sentence_start"], row["sentence_start"] + len(row["sentence"])))
        return Reading(article, Extraction(tuple(mentions), tuple(sorted(sentences))))

    def sentences(self, canonical_id: str) -> pd.DataFrame:
        """Every sentence that a row of the table rests on: its mentions, with ``title``,
        ``published``, ``source_url`` and ``story_id`` of their articles.

        ``canonical_id`` is that of the row, or an ``indicator_id``, which has all its values.
        Rows come in the order of the table, in each of them translations of one story together, as
        ``selaras explain`` shows them. Raises ``KeyError``, which names the nearest ids, when the
        table has no such row.
        """
        whole = self._told(self._behind(canonical_id))
        row = ["kind", "canonical_id"]
        order = self.table[row].assign(nth=range(len(self.table)))
        whole = whole.merge(order, on=row, how="left")
        whole["first"] = whole.groupby([*row, "story_id"], dropna=False).path.transform("min")
        ordered = whole.sort_values(["nth", "first", "path", "start", "end"], ignore_index=True)
        return ordered[_SENTENCE]

    def explain(self, canonical_id: str) -> Explanation:
        """What a row of the table rests on, to be read: Jupyter shows its sentences by story, the
        languages side by side, with marks.

        ``canonical_id`` is as in ``sentences``, and so is what is raised.
        """
        found = self.sentences(canonical_id)
        known = self.table.canonical_id.isin(set(found.canonical_id))
        return Explanation(self.table[known].reset_index(drop=True), found)

    def together(self, canonical_id: str) -> pd.DataFrame:
        """The rows of the table that stand in the same stories as this row, those of most of these
        stories first: as in ``table``, and in how many of them they stand (``stories_together``).

        ``canonical_id`` is as in ``sentences``, and so is what is raised.
        """
        own = self._told(self._behind(canonical_id))
        whole = self._told(self.mentions)
        beside = whole[whole.story_id.isin(set(own.story_id))]
        beside = beside[~beside.canonical_id.isin(set(own.canonical_id))]
        times = beside.groupby(["kind", "canonical_id"]).story_id.nunique()
        found = self.table.merge(times.rename("stories_together").reset_index())
        return found.sort_values(
            ["stories_together", "kind", "stories", "mentions", "canonical_id"],
            ascending=[False, True, False, False, True],
            ignore_index=True,
        )

    def _behind(self, canonical_id: str) -> pd.DataFrame:
        """The mentions of a row of the table, or of all rows of an indicator."""
        table, mentions = self.table, self.mentions
        if (table.canonical_id == canonical_id).any():
            return mentions[mentions.canonical_id == canonical_id]
        of_indicator = table[table.indicator_id == canonical_id]
        if not len(of_indicator):
            known = pd.concat([table.canonical_id, table.indicator_id]).dropna()
            raise KeyError(
                f"no row of the table has the id {canonical_id!r}{hint(canonical_id, known)}"
            )
        values = mentions.canonical_id.isin(of_indicator.canonical_id)
        return mentions[(mentions.kind == "statistic") & values]

    def _told(self, mentions: pd.DataFrame) -> pd.DataFrame:
        """``mentions`` with what is known of their articles."""
        columns = ["article_id", "title", "published", "source_url", "story_id"]
        read = self.articles[self.articles.status == "ok"][columns].drop_duplicates("article_id")
        return mentions.merge(read, on="article_id", how="left")

    def pivot(
        self,
        *,
        unit: str,
        rows: sheets.Dimension = "organisation",
        columns: sheets.Dimension = "year",
        value_kind: str | None = None,
        change: Literal["up", "down"] | None = None,
        several: Literal["most", "all"] = "most",
        unknown: bool = False,
        sort: object = None,
    ) -> pd.DataFrame:
        """The figures of one unit as a sheet, such as party members by body and year:
        ``result.pivot(unit="party-member", rows="organisation", columns="year")``.

        See ``pipeline.sheets.pivot`` for what the choices mean.
        """
        return sheets.pivot(
            self.table,
            unit=unit,
            rows=rows,
            columns=columns,
            value_kind=value_kind,
            change=change,
            several=several,
            unknown=unknown,
            sort=sort,
        )

    @property
    def units(self) -> pd.DataFrame:
        """The units that ``pivot`` takes, with how many figures have each, most first."""
        return sheets.units(self.table)

    def __repr__(self) -> str:
        """What it is, in a line; each frame shows itself."""
        kinds = self.table.kind.value_counts()
        rows = ", ".join(counted(kinds.get(kind, 0), kind) for kind in KINDS)
        read = int((self.articles.status == "ok").sum())
        return f"<Result of {counted(len(self.articles), 'file')}, {read:,} read: {rows}>"

    def _repr_html_(self) -> str:
        """Counts, languages, failures and the table, for Jupyter."""
        from pipeline.display.jupyter import result_html

        return result_html(self)
