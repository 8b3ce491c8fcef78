"""One article as it was read: its text, and what was found in it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline import articles, extraction
from pipeline.records import (
    MENTION_SCHEMA,
    Article,
    Mention,
    Organisation,
    Reference,
    Statistic,
)
from pipeline.terminal import counted

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: list[dict[str, Any]], schema: pa.Schema) -> pd.DataFrame:
    """Rows as a frame with all columns of ``schema``, in its order."""
    made: pd.DataFrame = pa.Table.from_pylist(rows, schema=schema).to_pandas()
    return made


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as Selaras reads it: ``article``, and its ``mentions`` in order of place.

    In Jupyter it shows its text with marks, each with its normal form when it is pointed at.
    """

    article: Article
    extraction: extraction.Extraction

    @property
    def text(self) -> str:
        """The text that all offsets point into."""
        return self.article.text

    @property
    def language(self) -> str:
        """ISO 639-1 code, ``und`` when unsure."""
        return self.article.language

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Everything found, in order of place."""
        return self.extraction.mentions

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations, in order of place."""
        return self.extraction.organisations

    @property
    def references(self) -> list[Reference]:
        """The document references, in order of place."""
        return self.extraction.references

    @property
    def statistics(self) -> list[Statistic]:
        """The statistics, in order of place."""
        return self.extraction.statistics

    def to_frame(self) -> pd.DataFrame:
        """The mentions in the columns of ``mentions.parquet``."""
        return frame(articles.mention_rows(self.article, self.extraction), MENTION_SCHEMA)

    def to_dict(self) -> dict[str, Any]:
        """The article and its mentions as plain values, as ``selaras extract`` prints them."""
        article = dataclasses.asdict(self.article)
        published = self.article.published
        article["published"] = published.isoformat() if published else None
        del article["story_id"]
        mentions = []
        for mention in self.mentions:
            start, end = self.extraction.sentence(mention)
            mentions.append(
                {
                    "kind": mention.kind,
                    **dataclasses.asdict(mention),
                    "sentence": self.text[start:end],
                    "sentence_start": start,
                }
            )
        return {**article, "mentions": mentions}

    def __repr__(self) -> str:
        """What it is, in a line: a whole article would fill the screen."""
        found = ", ".join(
            counted(len(things), name)
            for name, things in (
                ("organisation", self.organisations),
                ("reference", self.references),
                ("statistic", self.statistics),
            )
        )
        read = (
            found
            if self.article.status == "ok"
            else f"{self.article.status}: {self.article.reason}"
        )
        return f"<Reading of {self.article.path}, {self.language}: {read}>"

    def _repr_html_(self) -> str:
        """The text with its marks, for Jupyter."""
        from pipeline.display.jupyter import reading_html

        return reading_html(self)
