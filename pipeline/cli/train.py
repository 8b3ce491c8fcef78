"""``selaras train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli import completing
from pipeline.cli.common import FOLDER, INPUT, fail, guarded, print_json


@click.command(
    "train",
    short_help="Train models of names on GOLD, articles marked by hand.",
    epilog="""\b
Examples:
  selaras train corpus/gold --out my-models
  selaras train corpus/gold our-gold --out my-models --runs 1
  selaras train corpus/gold --out small --layers 6 --teacher my-models.work
  selaras run articles --out out --ner selaras:my-models

\b
The work folder keeps a log and checkpoints: after a stop, the same command
goes on from there.
Training needs packages that running does not:
  pip install torch 'selaras[train]'""",
)
@click.argument("gold", nargs=-1, required=True, type=FOLDER)
@click.option("--out", required=True, type=FOLDER, help="Folder for the models, one per language.")
@click.option("--work", type=FOLDER, help="Folder for log and checkpoints [default: OUT.work].")
@click.option(
    "--languages",
    metavar="CODES",
    shell_complete=completing.language_list,
    help="Only these, joined by commas [default: all].",
)
@click.option(
    "--teacher",
    type=FOLDER,
    metavar="WORK",
    help="The work folder of a training of more layers that came to its end: the model begins with "
    "its first --layers and learns from it beside the gold.",
)
@click.option("--name", default="selaras-encoder", show_default=True, help="Name of the model.")
@click.option("--model-version", default="1", show_default=True, help="Version of the model.")
@click.option(
    "--public",
    multiple=True,
    metavar="FILE:TOKEN:TAG[:N]",
    help="A file of tagged words that helps: columns of token and BIO tag counted from 0, "
    "N sentences of it in the first epoch and fewer later.",
)
@click.option("--text", multiple=True, type=INPUT, help="Plain text whose words must be known.")
@click.option(
    "--words",
    default="nl,ms,id,vi,en",
    show_default=True,
    metavar="CODES",
    help="Languages whose frequent words must be known.",
)
@click.option("--vocabulary", type=click.IntRange(5_000), default=36_000, show_default=True)
@click.option("--epochs", type=click.IntRange(1), default=4, show_default=True)
@click.option("--layers", type=click.IntRange(1, 12), default=12, show_default=True)
@click.option("--rate", type=float, default=2e-4, show_default=True, help="Learning rate.")
@click.option("--seed", type=int, default=20261121, show_default=True)
@click.option(
    "--runs", type=click.IntRange(1), default=2, show_default=True, help="Trainings to average."
)
@click.option("--workers", type=click.IntRange(1), help="Runs at once [default: one per core].")
@click.option("--optional", is_flag=True, help="Give names that gold calls optional too.")
def command(gold: tuple[Path, ...], out: Path, **said: Any) -> None:
    """Train models of organisation names on GOLD, articles marked by hand.

    GOLD holds train and dev, each with STORY.ms.txt and STORY.nl.txt in the inline format of
    corpus/gold; of a folder without these parts every eighth story is kept to measure with. Several
    folders are read as one. The full recipe takes about an hour on two cores.
    """
    try:
        from pipeline.train import command
    except ModuleNotFoundError as error:
        fail(
            f"training needs the package '{error.name}': pip install torch 'selaras[train]', then "
            "the same command again"
        )
    print_json(guarded(lambda: command.train(gold, out, **said)))
