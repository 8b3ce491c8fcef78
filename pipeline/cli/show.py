"""``selaras show``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.cli import completing
from pipeline.cli.common import COLOR, FOLDER, JSON, guarded, print_json, terminal

_SENTENCES = 4
_FIRST = 10


@click.command(
    "show",
    epilog="""\b
Examples:
  selaras show out
  selaras show out --kind reference --limit 50
  selaras show out --search "lang son" --sort mentions
  selaras show out --agreement conflict
  selaras show out --sheet party-member --sort 2024
  selaras show out 21-NQ/TW
  selaras show out nghe-an-council-science.ms.txt
  selaras show out --color always | less -R""",
)
@click.argument("out", type=FOLDER)
@click.argument("identity", metavar="[ID]", required=False, shell_complete=completing.ids_and_paths)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["organisation", "reference", "statistic"]),
    help="Only rows of this kind (may be given again).",
)
@click.option(
    "--unit",
    metavar="UNIT",
    shell_complete=completing.units,
    help="Only figures of this unit: its unit_id, its wording, or a currency.",
)
@click.option(
    "--language",
    metavar="CODE",
    shell_complete=completing.languages_of,
    help="Only rows that articles in this language have (ms or nl).",
)
@click.option(
    "--agreement",
    type=click.Choice(["single", "agree", "translation", "conflict"]),
    help="Only rows whose stories agree so.",
)
@click.option(
    "--search",
    metavar="TEXT",
    help="Only rows called so in any language, whatever case and diacritics.",
)
@click.option(
    "--sort",
    metavar="COLUMN",
    shell_complete=completing.columns,
    help="By this column of the table: the largest numbers first, texts from A; -COLUMN turns it "
    "round. A sheet is sorted by body or by one of its years.",
)
@click.option(
    "--sheet",
    metavar="UNIT",
    shell_complete=completing.units,
    help="The figures of this unit by body and year: numbers of known bodies.",
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="In a sheet also rises, falls and shares, and what names no body.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Rows of each kind [default: {_FIRST}], bodies of a sheet [default: {_FIRST}], or "
    f"articles that a row is shown in [default: {_SENTENCES}].",
)
@JSON
@COLOR
def command(
    out: Path,
    identity: str | None,
    kinds: tuple[str, ...],
    sheet: str | None,
    every: bool,
    limit: int | None,
    as_json: bool,
    color: str,
    **choices: Any,
) -> None:
    """Look at the results in OUT: all, one row, or one article.

    Without ID: what the run was, how its rows agree, and the first rows of the table by kind; what
    there is no room for is named.

    ID is the canonical_id or indicator_id of a row, which is shown with a sentence from each of a
    few articles (explain shows all of them, with the reasons); or it is the path or article_id of
    an article, whose text is shown with its mentions marked: O for an organisation, R for a
    reference, S for a statistic.
    """
    filtered = bool(kinds or any(value is not None for value in choices.values()))
    if identity is not None and (filtered or sheet is not None):
        raise click.UsageError("an ID is one thing: leave out the options that choose rows")
    if sheet is not None and choices["unit"] is not None:
        raise click.UsageError("--sheet says the unit itself: leave out --unit")
    if sheet is not None and kinds:
        raise click.UsageError("a sheet is of figures, by body and year: leave out --kind")
    if every and sheet is None:
        raise click.UsageError("--all is of a sheet: give --sheet UNIT too")

    def action() -> None:
        from pipeline.explanation import open_run

        with open_run(out) as reader:
            if identity is not None:
                _one(reader, identity, limit, as_json, color)
            elif sheet is not None:
                _sheet(reader, choices | {"unit": sheet}, limit, every, as_json, color)
            else:
                chosen = choices | ({"kinds": kinds} if kinds else {})
                _all(reader, chosen, limit, as_json, color, filtered)

    guarded(action)


def _all(
    reader: Any,
    chosen: dict[str, Any],
    limit: int | None,
    as_json: bool,
    color: str,
    filtered: bool,
) -> None:
    """The run, and the first rows of each kind."""
    from pipeline.overview import Overview, Selection
    from pipeline.overview.show import show_overview

    overview = Overview(reader, Selection(**chosen))
    shown = _FIRST if limit is None else limit
    if as_json:
        print_json(overview.to_dict(shown))
    else:
        show_overview(terminal(color), overview, shown, filtered=filtered)


def _one(reader: Any, identity: str, limit: int | None, as_json: bool, color: str) -> None:
    """A row with some sentences, or an article with its mentions."""
    from pipeline.explanation import show
    from pipeline.overview.article import find_article, unknown
    from pipeline.overview.show import show_article

    shown = _SENTENCES if limit is None else limit
    if rows := reader.find(identity):
        if as_json:
            show.write_json(sys.stdout, identity, reader, rows, shown, each=1)
        else:
            show.show_briefly(terminal(color), reader, rows, shown)
        return
    article = find_article(reader, identity)
    if article is None:
        raise unknown(reader, identity)
    if as_json:
        print_json(article.to_dict())
    else:
        show_article(terminal(color), article)


def _sheet(
    reader: Any,
    chosen: dict[str, Any],
    limit: int | None,
    every: bool,
    as_json: bool,
    color: str,
) -> None:
    """The figures of a unit by body and year."""
    from pipeline.overview import Overview, Selection
    from pipeline.overview.sheet import sheet
    from pipeline.overview.show import show_sheet

    overview = Overview(reader, Selection(**chosen | {"sort": None}))
    shown = _FIRST if limit is None else limit
    found = sheet(overview, shown, sort=chosen["sort"], every=every)
    if as_json:
        print_json({"unit": chosen["unit"], **found.to_dict()})
    else:
        show_sheet(terminal(color), found, chosen["unit"])
