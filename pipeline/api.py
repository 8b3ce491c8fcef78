"""Selaras from Python: one text, or folders of articles, to pandas frames."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from pipeline import articles, explanation, extraction
from pipeline.configuration import Configuration, chosen_engines
from pipeline.read import Document, Sidecar, read_sidecar
from pipeline.read.discover import located
from pipeline.records import (
    ARTICLE_SCHEMA,
    MENTION_SCHEMA,
    Article,
    Mention,
    Organisation,
    Reference,
    Statistic,
    table_schema,
)
from pipeline.run import batch
from pipeline.user_lexicon.read import read_lexicon

if TYPE_CHECKING:
    from pipeline.reviewing.widget import Reviewer

PathLike = str | os.PathLike[str]


def _frame(rows: list[dict[str, Any]], schema: pa.Schema) -> pd.DataFrame:
    frame: pd.DataFrame = pa.Table.from_pylist(rows, schema=schema).to_pandas()
    return frame


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as Selaras reads it: ``article``, and its ``mentions`` in order of place."""

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
        return _frame(articles.mention_rows(self.article, self.extraction), MENTION_SCHEMA)

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


@dataclass(frozen=True, slots=True)
class Result:
    """A run as pandas frames, in the columns of the files of the same name, and ``run.json``.

    ``out`` is the folder where it is written, ``None`` for a run that was not.
    """

    articles: pd.DataFrame
    mentions: pd.DataFrame
    table: pd.DataFrame
    run: dict[str, Any]
    out: PathLike | None = None


def _result(found: batch.Result, out: PathLike | None) -> Result:
    return Result(
        _frame(found.articles, ARTICLE_SCHEMA),
        _frame(found.mentions, MENTION_SCHEMA),
        _frame(found.table, table_schema(batch.languages_of(found.run))),
        found.run,
        out,
    )


class Selaras:
    """Reads articles with one configuration. Models are loaded when a language first needs them."""

    def __init__(self, configuration: Configuration | None = None) -> None:
        """Keep ``configuration``; nothing is loaded yet."""
        self.configuration = configuration or Configuration()

    def __call__(
        self,
        text: str,
        *,
        title: str | None = None,
        place: str | None = None,
    ) -> Reading:
        """What one article says. ``place`` is where it is about, when its text does not say.

        A text that cannot be read (too short, a language without a model) gives a reading without
        mentions whose ``article.status`` and ``article.reason`` say why.
        """
        article = articles.from_document(
            Document(text, title=title), "-", self.configuration, Sidecar(place=place)
        )
        return Reading(article, articles.extract(article, self.configuration))

    def run(
        self,
        inputs: PathLike | Sequence[PathLike],
        out: PathLike | None = None,
        *,
        metadata: PathLike | None = None,
        text_column: str | None = None,
        workers: int = 1,
    ) -> Result:
        """Every article under ``inputs`` (files and folders), merged; see ``run.batch.run``.

        More ``workers`` are processes that import the calling script again: a script needs an
        ``if __name__ == "__main__":`` around the call; notebooks do not. With them an article that
        crashes or hangs is a row with a reason; one worker is this process, which it takes along.
        With ``out`` the five files of a run are written there, and one that was stopped goes on.
        ``metadata`` is a CSV table with a ``path`` column, and ``title``, ``published``,
        ``source_url``, ``place`` as known. ``text_column`` is which column of tables has the
        articles.
        """
        given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
        found = batch.run(
            given,
            located(out) if out is not None else None,
            self.configuration,
            sidecars=read_sidecar(Path(metadata)) if metadata is not None else None,
            manner=batch.Manner(
                workers=workers,
                isolated=workers > 1,
                text_column=text_column,
                exclude=(Path(metadata),) if metadata is not None else (),
            ),
        )
        return _result(found, out)


def load(**choices: Any) -> Selaras:
    """A ``Selaras`` with the given choices of ``Configuration`` (``language``,
    ``min_language_score``, ``max_bytes``, ``ner``, ``lexicon``). Raises ``ConfigurationError`` for
    a choice that cannot be.

    ``ner`` chooses another engine for names: ``{"nl": "stanza:nl"}``, or one setting for every
    language. Its model is loaded when an article first needs it; ``recognise.ModelError`` says
    then what is missing.

    ``lexicon`` is the CSV file of your own names, places and units, or what
    ``user_lexicon.read.read_lexicon`` made of it; ``LexiconError`` says what is wrong with it."""
    if isinstance(choices.get("ner"), str):
        choices["ner"] = chosen_engines([choices["ner"]])
    if isinstance(choices.get("lexicon"), str | os.PathLike):
        choices["lexicon"] = read_lexicon(Path(choices["lexicon"]))
    return Selaras(Configuration(**choices))


def explain(
    out: PathLike, canonical_id: str, *, limit: int | None = None
) -> list[explanation.Explained]:
    """What a row of the table in ``out`` rests on: the rows with this ``canonical_id``, or else of
    this ``indicator_id``, each with its mentions (the first ``limit`` of them).

    Raises ``run.outputs.OutputError`` if ``out`` holds no run or its table no such row.
    """
    return explanation.explain(Path(out), canonical_id, limit)


def review(
    out: PathLike | Result,
    *,
    sample: int = 50,
    articles: int | None = None,
    kind: str | None = None,
    language: str | None = None,
    agreement: str | None = None,
    seed: int = 0,
    sentences: int = 10,
) -> Reviewer:
    """A drawn sample of the table of a run to judge in a notebook, with buttons.

    ``out`` is the folder of the run, or what ``run`` with ``out=`` or ``read_run`` gave. ``sample``
    rows are drawn, of each kind as many, from those of ``kind``, ``language`` and ``agreement``
    where given; with ``articles`` so many whole articles are drawn instead. Of a row so many
    ``sentences`` are shown. The same call goes on where the last one was, and ``selaras review``
    does too: judgements are in ``OUT-review`` (``reviewing.judgements``).

    Raises ``OutputError`` when there is no run or its judgements cannot be read or written,
    ``ValueError`` for a choice that there is not, and ``ImportError`` without ipywidgets.
    """
    from pipeline.reviewing.review import Review, run_folder

    try:
        from pipeline.reviewing.widget import Reviewer
    except ModuleNotFoundError as error:
        if error.name != "ipywidgets":
            raise
        raise ImportError(
            "a review in a notebook needs ipywidgets: pip install 'selaras[notebooks]'; "
            "in a terminal there is: selaras review"
        ) from error
    return Reviewer(
        Review(
            run_folder(out),
            sample=sample,
            articles=articles,
            kind=kind,
            language=language,
            agreement=agreement,
            seed=seed,
            sentences=sentences,
        )
    )


def read_run(out: PathLike) -> Result:
    """The frames of a run written before. Raises ``run.outputs.OutputError`` if there is none."""
    from pipeline.run import outputs

    folder = Path(out)
    found_articles, found_mentions = outputs.read(folder)
    said = outputs.read_run(folder)
    codes = batch.languages_of(said)
    return Result(
        _frame(found_articles, ARTICLE_SCHEMA),
        _frame(found_mentions, MENTION_SCHEMA),
        _frame(outputs.read_table(folder, codes), table_schema(codes)),
        said,
        out,
    )
