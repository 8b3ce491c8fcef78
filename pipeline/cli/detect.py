"""``selaras detect``."""

from __future__ import annotations

import sys

import click

from pipeline.cli import completing
from pipeline.cli.common import MISUSE, read_one
from pipeline.terminal import printable


@click.command(
    "detect",
    epilog="""\b
Example:
  selaras detect articles/*.txt""",
)
@click.argument("files", nargs=-1, required=True, shell_complete=completing.files)
def command(files: tuple[str, ...]) -> None:
    """Print the language of each FILE: its code, score and name.

    The score, from 0 to 1, is how likely the language is right. A file in several languages has its
    parts behind its name (ms:0-812 vi:813-1204: characters, counted from 0), one whose language is
    unsure (und) the reason. The exit code is 2 when a file could not be read; the others are
    detected all the same.
    """
    from pipeline.detect import detect as detect_language
    from pipeline.detect import format_parts
    from pipeline.read import InputError
    from pipeline.read.files import MAX_BYTES

    bad = False
    for file in files:
        try:
            found = detect_language(read_one(file, MAX_BYTES).text)
        except InputError as error:
            bad = True
            click.echo(printable(f"selaras: {error}"), err=True)
            continue
        said = found.reason or format_parts(found.parts)
        behind = f"\t{printable(said)}" if said else ""
        click.echo(f"{found.language}\t{found.score:.4f}\t{printable(file)}{behind}")
    if bad:
        sys.exit(MISUSE)
