"""``selaras table``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import FOLDER, guarded
from pipeline.terminal import noun, printable


@click.command(
    "table",
    epilog="""\b
Example:
  selaras table out""",
)
@click.argument("out", type=FOLDER)
def command(out: Path) -> None:
    """Merge the mentions in OUT again and write its table anew.

    Nothing is read or extracted: the table is made from articles.parquet and mentions.parquet of
    an earlier run.
    """
    from pipeline.run import batch

    said = guarded(lambda: batch.retabulate(out))
    rows = sum(said["counts"]["rows"].values())
    click.echo(printable(f"{out / 'table.csv'}: {rows} {noun(rows, 'row')}"), err=True)
