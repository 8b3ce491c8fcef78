"""What the program finds against gold, and one run against another."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import extraction, gold, gold_figures, gold_references
from pipeline.configuration import Configuration
from pipeline.evaluate.bootstrap import RESAMPLES
from pipeline.evaluate.errors import Error, errors
from pipeline.evaluate.matching import Measured, measure, with_bodies_of_figures
from pipeline.evaluate.scores import scores
from pipeline.run import batch, outputs

TOGETHER = "all"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Gold articles measured against one run.

    ``scores`` is per language code, and under ``TOGETHER`` over all of them: a score's name to its
    numbers. ``unread`` names the gold articles that the run did not read, each with its reason;
    what they hold counts as missed.
    """

    gold: str
    stories: int
    articles: int
    scores: dict[str, dict[str, Any]]
    errors: dict[str, list[Error]]
    unread: dict[str, str]

    def to_dict(self, shown_errors: int = 0) -> dict[str, Any]:
        """The evaluation as plain values; with ``shown_errors``, so many of each sort of error."""
        said: dict[str, Any] = {
            "gold": self.gold,
            "stories": self.stories,
            "articles": self.articles,
            "resamples": RESAMPLES,
            "unread": self.unread,
            "scores": self.scores,
        }
        if shown_errors:
            said["errors"] = {
                sort: {"count": len(found), "shown": [e.to_dict() for e in found[:shown_errors]]}
                for sort, found in self.errors.items()
            }
        return said


def compared(
    articles: list[gold.GoldArticle],
    article_rows: outputs.Rows,
    mention_rows: outputs.Rows,
    *,
    folder: str = "",
    language: str | None = None,
    figures: gold_figures.Figures | None = None,
    references: gold_references.References | None = None,
) -> Evaluation:
    """``articles`` against the rows of a run over their plain texts, under the same paths.

    ``figures`` are the periods and bodies of their figures, where gold says them, ``references``
    what their documents are. With ``language`` the articles of that one alone are scored, and
    nothing together.
    Raises ``gold.GoldError`` for a tag without the attributes that its scores need.
    """
    by_path: dict[str, outputs.Rows] = defaultdict(list)
    for row in mention_rows:
        by_path[row["path"]].append(row)
    known, documents = figures or {}, references or {}
    measured = with_bodies_of_figures(
        [measure(a, by_path[a.path], known.get(a.path), documents.get(a.path)) for a in articles]
    )
    chosen = [a for a in articles if language in (None, a.language)]
    measured = [m for m in measured if language in (None, m.language)]
    codes = sorted({m.language for m in measured})
    parts: dict[str, list[Measured]] = {
        code: [m for m in measured if m.language == code] for code in codes
    }
    if language is None:
        parts[TOGETHER] = measured
    return Evaluation(
        gold=folder,
        stories=len({m.story for m in measured}),
        articles=len(measured),
        scores={name: scores(part) for name, part in parts.items()},
        errors=errors(measured),
        unread=_unread(chosen, article_rows),
    )


def _unread(articles: list[gold.GoldArticle], rows: outputs.Rows) -> dict[str, str]:
    """The articles that a run did not read, or took for another language, and why."""
    by_path = {r["path"]: r for r in rows}
    found: dict[str, str] = {}
    for article in articles:
        row = by_path.get(article.path)
        if row is None:
            found[article.path] = "not among the articles of the run"
        elif row["status"] != "ok":
            found[article.path] = f"{row['status']}: {row['reason']}"
        elif row["language"] != article.language:
            found[article.path] = f"taken for language {row['language']!r}"
    return found


def evaluate(
    folder: Path,
    configuration: Configuration | None = None,
    *,
    language: str | None = None,
    out: Path | None = None,
    progress: batch.Progress | None = None,
) -> Evaluation:
    """Run the program over the gold articles below ``folder`` without their tags, and score it.

    All of them are read and merged as in one run, also when only those of one ``language`` are
    scored. Nothing of an earlier run is used. With ``out`` the run is written there.

    Raises ``gold.GoldError`` for gold that cannot be used, and what ``batch.run`` raises.
    """
    configuration = configuration or Configuration()
    extraction.load_engines(configuration.ner)
    if not folder.is_dir():
        raise gold.GoldError(f"{folder}: no such folder; name one with STORY.LANGUAGE.txt files")
    articles = gold.read(folder)
    known = sorted({a.language for a in articles})
    if not articles:
        raise gold.GoldError(f"{folder}: no gold articles here (STORY.LANGUAGE.txt)")
    if language is not None and language not in known:
        raise gold.GoldError(
            f"{folder}: no gold articles in language {language!r}; there are {', '.join(known)}"
        )
    figures = gold_figures.read(folder, articles)
    references = gold_references.read(folder, articles)
    if out is not None:
        outputs.check(out)
    with tempfile.TemporaryDirectory(prefix="selaras-") as plain:
        for article in articles:
            path = Path(plain) / article.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(article.text, encoding="utf-8", newline="\n")
        result = batch.run([plain], None, configuration, progress=progress)
    if out is not None:
        codes = batch.languages_of(result.run)
        said = result.run | {"inputs": [folder.as_posix()]}
        outputs.write(out, result.articles, result.mentions, result.table, codes, said)
    return compared(
        articles,
        result.articles,
        result.mentions,
        folder=folder.as_posix(),
        language=language,
        figures=figures,
        references=references,
    )
