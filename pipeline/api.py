"""Selaras from Python: one text, or folders of articles, to pandas frames."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import articles
from pipeline.configuration import Configuration, chosen_engines
from pipeline.read import Document, Sidecar, read_sidecar
from pipeline.read.discover import located
from pipeline.reading import Reading, frame
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, table_schema

# One text needs neither pandas nor DuckDB: what does is imported where it is asked for.
if TYPE_CHECKING:
    from pipeline.explanation import Explained
    from pipeline.results import Result
    from pipeline.reviewing.widget import Reviewer
    from pipeline.run import batch
    from pipeline.run.work import Tally

__all__ = ["Reading", "Selaras", "explain", "load", "read_run", "review"]

PathLike = str | os.PathLike[str]


def _result(found: batch.Result, out: PathLike | None) -> Result:
    from pipeline.results import Result
    from pipeline.run import batch

    return Result(
        frame(found.articles, ARTICLE_SCHEMA),
        frame(found.mentions, MENTION_SCHEMA),
        frame(found.table, table_schema(batch.languages_of(found.run))),
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
        mentions whose ``article.status`` and ``article.reason`` say why. Raises
        ``recognise.ModelError`` when the model of its language cannot be loaded.
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
        progress: bool | Callable[[Tally], None] = False,
    ) -> Result:
        """Every article under ``inputs`` (files and folders), merged; see ``run.batch.run``.

        More ``workers`` are processes that import the calling script again: a script needs an
        ``if __name__ == "__main__":`` around the call; notebooks do not. With them an article that
        crashes or hangs is a row with a reason; one worker is this process, which it takes along.
        With ``out`` the five files of a run are written there, and one that was stopped goes on.
        ``metadata`` is a CSV table with a ``path`` column, and ``title``, ``published``,
        ``source_url``, ``place`` as known. ``text_column`` is which column of tables has the
        articles.
        With ``progress`` it says how far it is, as a bar on a terminal and a line every half minute
        elsewhere, and what a user should know of earlier runs into ``out``; a function is called
        with the counts instead, whenever they change.

        Raises ``read.InputError`` for inputs that are not there and metadata that cannot be read,
        ``run.outputs.OutputError`` for an ``out`` that cannot be used, and
        ``recognise.ModelError`` for a model that cannot be loaded.
        """
        from pipeline.progress import shown
        from pipeline.run import batch

        given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
        with shown("auto" if progress is True else "none") as (changed, say):
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
                progress=progress if callable(progress) else changed,
                say=say if progress is True else None,
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
        from pipeline.user_lexicon.read import read_lexicon

        choices["lexicon"] = read_lexicon(Path(choices["lexicon"]))
    return Selaras(Configuration(**choices))


def explain(out: PathLike, canonical_id: str, *, limit: int | None = None) -> list[Explained]:
    """What a row of the table in ``out`` rests on: the rows with this ``canonical_id``, or else of
    this ``indicator_id``, each with its mentions (the first ``limit`` of them).

    Raises ``run.outputs.OutputError`` if ``out`` holds no run, and ``explanation.UnknownRow``, one
    of them, which names the nearest ids, if its table has no such row.
    """
    from pipeline import explanation

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
    from pipeline.results import Result
    from pipeline.run import outputs

    folder = Path(out)
    found_articles, found_mentions = outputs.read(folder)
    said = outputs.read_run(folder)
    codes = outputs.languages_of(folder)
    return Result(
        frame(found_articles, ARTICLE_SCHEMA),
        frame(found_mentions, MENTION_SCHEMA),
        frame(outputs.read_table(folder, codes), table_schema(codes)),
        said,
        out,
    )
