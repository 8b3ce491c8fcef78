"""``selaras export``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import completing
from pipeline.cli.common import FOLDER, guarded
from pipeline.terminal import printable

# pipeline.export.FORMATS, whose modules are slow to import for a help.
FORMATS = (
    "csv",
    "jsonl",
    "xlsx",
    "sqlite",
    "duckdb",
    "docbin",
    "webannotation",
    "conll",
)


def _formats(_context: click.Context, _parameter: click.Parameter, said: str) -> list[str]:
    """The formats that are named, each once. Raises ``click.BadParameter``."""
    names = list(dict.fromkeys(name.strip().lower() for name in said.split(",") if name.strip()))
    strange = next((name for name in names if name not in FORMATS), None)
    if strange is not None or not names:
        raise click.BadParameter(f"{strange or said!r} is none of {', '.join(FORMATS)}")
    return names


@click.command(
    "export",
    epilog="""\b
Examples:
  selaras export results --format xlsx
  selaras export results --format csv,sqlite --to for-colleagues
  selaras export results --format docbin,conll""",
)
@click.argument("out", type=FOLDER)
@click.option(
    "--format",
    "formats",
    required=True,
    callback=_formats,
    shell_complete=completing.joined(FORMATS),
    metavar="NAMES",
    help=f"Of {', '.join(FORMATS)}: one, or several joined by commas.",
)
@click.option("--to", type=FOLDER, help="Folder for the files [default: OUT-export].")
def command(out: Path, formats: list[str], to: Path | None) -> None:
    """Write the results in OUT for other programs.

    xlsx is a workbook with a sheet for bodies, documents, figures and articles each, and one that
    says what the columns mean. csv and jsonl are a file for the table, the mentions and the
    articles each; sqlite and duckdb are one database with the tables things, mentions, articles and
    columns. No cell of a sheet is a formula.

    The texts with their mentions in place are docbin, files of spaCy for each language;
    webannotation, JSON-LD of the W3C's data model, a mention a line; and conll, CoNLL-U Plus for
    each language, a token a line.
    """
    from pipeline.export import beside
    from pipeline.export import export as write

    for file in guarded(lambda: write(out, to or beside(out), formats)):
        click.echo(printable(str(file)))
