"""``selaras report``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import FOLDER, INPUT, guarded
from pipeline.terminal import printable


@click.command(
    "report",
    epilog="""\b
Examples:
  selaras report results
  selaras report results --to for-colleagues.html --sentences 100""",
)
@click.argument("out", type=FOLDER)
@click.option(
    "--to", type=INPUT, metavar="FILE.html", help="File for the page [default: OUT-report.html]."
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    metavar="N",
    help="Put N rows of the table into the page: the first of each kind.",
)
@click.option(
    "--sentences",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Put N sentences of each row into the page.",
)
def command(out: Path, to: Path | None, rows: int, sentences: int) -> None:
    """Write the results in OUT as one page that any browser opens.

    The page is one file that needs no network: send it to anyone. It has an overview, the cross-
    lingual table with the sentences behind each row side by side in all languages, a sheet of
    figures by body and year, and the articles. It says what it leaves out, and so does this
    command.
    """
    from pipeline.report import beside
    from pipeline.report import report as write
    from pipeline.report.contents import Limits

    written = guarded(lambda: write(out, to or beside(out), Limits(rows, sentences)))
    for said in written.left_out:
        click.echo(printable(f"{written.file}: {said}"), err=True)
    click.echo(printable(str(written.file)))
