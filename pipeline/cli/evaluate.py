"""``selaras evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli import completing
from pipeline.cli.common import (
    COLOR,
    FOLDER,
    JSON,
    LEXICON,
    NER,
    configured,
    guarded,
    print_json,
    terminal,
)


@click.command(
    "evaluate",
    epilog="""\b
Examples:
  selaras evaluate corpus/gold/dev
  selaras evaluate corpus/gold/dev --language ms --errors 20
  selaras evaluate my-gold --json > scores.json
  selaras evaluate my-gold --ner nl=spacy:nl_core_news_lg

\b
Scores:
  org exact, org overlap  names of bodies with the right borders; with any
                          shared character
  ref, ref date           documents with the right number; the date besides
  ref type, issuer, title, session
                          what a document is, where GOLD has a references.csv:
                          share right, none among them, and F1 of what is
                          said; session and term together
  stat, stat full         figures with the right value, kind, currency; and
                          qualifier, change
  stat unit               share of the figures whose counted noun is right
  figure period, body     when and of whom a figure is, where GOLD has a
                          figures.csv: share right, none among them, and F1
                          of what is said
  link, link across       pairs of mentions of one body joined; those in two
                          languages
  stat link               figures of both translations of a story in one row""",
)
@click.argument("gold", type=FOLDER)
@JSON
@click.option(
    "--language",
    metavar="CODE",
    shell_complete=completing.languages,
    help="Score the articles of one language (ms or nl).",
)
@click.option(
    "--errors",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Show N errors of each sort with their place.",
)
@LEXICON
@NER
@COLOR
@click.option("--out", type=FOLDER, help="Keep the run over the plain texts in this folder.")
def command(
    gold: Path,
    as_json: bool,
    language: str | None,
    errors: int,
    lexicon: Path | None,
    ner: tuple[str, ...],
    out: Path | None,
    color: str,
) -> None:
    """Measure the program on GOLD, articles marked by hand.

    GOLD holds STORY.ms.txt and STORY.nl.txt at any depth, in the inline format of corpus/gold. The
    articles are read without their tags as in a run, anew each time. Each score has an interval:
    how far it would swing with other stories of the kind.
    """
    from pipeline.evaluate import evaluate as measure
    from pipeline.evaluate import show
    from pipeline.progress import shown

    def action() -> Any:
        configuration = configured(ner=ner, lexicon=lexicon)
        with shown("none" if as_json else "auto") as (changed, _):
            return measure(gold, configuration, language=language, out=out, progress=changed)

    found = guarded(action)
    if as_json:
        print_json(found.to_dict(errors))
        return
    console = terminal(color)
    show.show_scores(console, found)
    if errors:
        show.show_errors(console, found, errors)
