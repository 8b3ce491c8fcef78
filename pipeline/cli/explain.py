"""``selaras explain``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import completing
from pipeline.cli.common import COLOR, FOLDER, JSON, LIMIT, LISTED, guarded, terminal


@click.command(
    "explain",
    epilog="""\b
Examples:
  selaras explain out peoples-committee/ha-giang
  selaras explain out 21-NQ/TW --limit 100 | less
  selaras explain out peoples-committee/ha-giang --json > mentions.json""",
)
@click.argument("out", type=FOLDER)
@click.argument("canonical_id", shell_complete=completing.ids)
@JSON
@LIMIT
@COLOR
def command(out: Path, canonical_id: str, as_json: bool, limit: int | None, color: str) -> None:
    """Show what a row of the table in OUT rests on.

    CANONICAL_ID is that of the row; an indicator_id shows all values of the indicator. After the
    row's own values come its mentions, each in its sentence and under its article, with the reason
    for its identity. Translations of one story stand together.
    """
    from pipeline.explanation import open_run, show

    def action() -> None:
        with open_run(out) as reader:
            rows = reader.rows(canonical_id)
            if as_json:
                show.write_json(sys.stdout, canonical_id, reader, rows, limit)
            else:
                show.show(terminal(color), reader, rows, LISTED if limit is None else limit)

    guarded(action)
