"""``selaras compare``."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import COLOR, FOLDER, JSON, LIMIT, LISTED, guarded, print_json, terminal


@click.command(
    "compare",
    epilog="""\b
Examples:
  selaras compare before after
  selaras compare before after --limit 100 | grep organisation
  selaras compare before after --json > differences.json""",
)
@click.argument("out_a", type=FOLDER)
@click.argument("out_b", type=FOLDER)
@JSON
@LIMIT
@COLOR
def command(out_a: Path, out_b: Path, as_json: bool, limit: int | None, color: str) -> None:
    """Show what OUT_B found otherwise than OUT_A, thing by thing.

    Both are folders of runs over the same articles. A mention is the same when it stands in the
    same article between the same borders; it is changed when its identity or its value differs.
    Scores, sources and reasons are not compared. The exit code is 0 whether or not there are
    differences.
    """
    from pipeline.evaluate import show
    from pipeline.evaluate.compare import compare as differences

    found = guarded(lambda: differences(out_a, out_b))
    if as_json:
        print_json(found.to_dict(limit))
    else:
        show.show_comparison(terminal(color), found, LISTED if limit is None else limit)
