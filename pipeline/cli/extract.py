"""``selaras extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli import completing
from pipeline.cli.common import (
    LANGUAGE,
    LEXICON,
    MEGABYTES,
    MIN_SCORE,
    NER,
    configured,
    guarded,
    print_json,
    read_one,
    warn_of_place,
)


@click.command(
    "extract",
    epilog="""\b
Examples:
  selaras extract article.txt
  selaras extract - < article.txt | python -m json.tool""",
)
@click.argument("file", shell_complete=completing.files)
@click.option(
    "--place", metavar="NAME", help="Where the article is about, when its text does not say."
)
@LANGUAGE
@LEXICON
@NER
@MIN_SCORE
@MEGABYTES
def command(file: str, place: str | None, **choices: Any) -> None:
    """Print what one article says, as JSON.

    FILE is a text or a saved page; - reads standard input. The output has the article (language,
    status and, if it was not read, the reason) and its mentions in order of place, each with its
    offsets, its normal form and its sentence.
    """
    from pipeline import articles
    from pipeline.api import Reading
    from pipeline.read import Sidecar
    from pipeline.user_lexicon import using

    def action() -> dict[str, Any]:
        configuration = configured(**choices)
        document = read_one(file, configuration.max_bytes)
        if place:
            with using(configuration.lexicon):
                warn_of_place(place)
        name = Path(file).name if file != "-" else "-"
        article = articles.from_document(document, name, configuration, Sidecar(place=place))
        return Reading(article, articles.extract(article, configuration)).to_dict()

    print_json(guarded(action))
