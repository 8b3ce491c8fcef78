"""``selaras review``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import completing
from pipeline.cli.common import FOLDER, JSON, STOPPED, fail, guarded, print_json, terminal

# pipeline.records.KINDS and reviewing.drawing.AGREEMENTS, which are slow to import for a help.
KINDS = ("organisation", "reference", "statistic")
AGREEMENTS = ("single", "agree", "conflict", "translation")


@click.command(
    "review",
    epilog="""\b
Examples:
  selaras review out
  selaras review out --kind organisation --sample 100
  selaras review out --articles 3
  selaras review out --summary --json > precision.json
  printf 'r\\nw\\n1\\nq\\n' | selaras review out""",
)
@click.argument("out", type=FOLDER)
@click.option(
    "--sample",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    metavar="N",
    help="Draw N rows, of each kind as many.",
)
@click.option(
    "--articles",
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="Draw N articles instead, and judge all that is found and missed in them.",
)
@click.option("--kind", type=click.Choice(KINDS), help="Draw rows of one kind.")
@click.option(
    "--language",
    metavar="CODE",
    shell_complete=completing.languages_of,
    help="Draw rows of one language (ms or nl).",
)
@click.option("--agreement", type=click.Choice(AGREEMENTS), help="Draw rows of one agreement.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Another draw."
)
@click.option(
    "--sentences",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Show N sentences of a row, drawn where it has more.",
)
@click.option("--summary", is_flag=True, help="Only say what is judged so far.")
@click.option("--apply", is_flag=True, help="Only write lexicon and gold from what is judged.")
@JSON
def command(
    out: Path,
    sample: int,
    articles: int | None,
    kind: str | None,
    language: str | None,
    agreement: str | None,
    seed: int,
    sentences: int,
    summary: bool,
    apply: bool,
    as_json: bool,
) -> None:
    """Judge a sample of the table in OUT: how far can it be trusted?

    Each row comes with its sentences, and one key says whether they bear it out: r right, w wrong,
    c corrected (you say what is right), s skip, b back, q quit. Every answer is saved at once in
    OUT-review/judgements.csv, and the same command goes on where you were. At the end the
    precision is given for each kind and together, with a 95 % interval. Corrections, and
    rows that are no body at all, become OUT-review/lexicon.csv, for selaras run --lexicon; articles
    that were wholly reviewed (--articles) become gold in OUT-review/gold, for selaras evaluate and
    selaras train.
    """
    if articles is not None and (kind or agreement):
        fail("--articles judges all that is in an article; leave --kind and --agreement out")
    if summary and apply:
        fail("--summary only says and --apply only writes; give one of them")
    if as_json and not (summary or apply):
        fail("--json goes with --summary or --apply; a review is for people")

    def action() -> None:
        from pipeline.reviewing import terminal as face
        from pipeline.reviewing.review import Review

        console = terminal()
        with Review(
            out,
            sample=sample,
            articles=articles,
            kind=kind,
            language=language,
            agreement=agreement,
            seed=seed,
            sentences=sentences,
        ) as review:
            if not (summary or apply):
                review.judgements.check_writable()
                try:
                    face.Terminal(console, review).run()
                except KeyboardInterrupt:
                    click.echo(
                        f"\nselaras: stopped; what is judged is kept in {review.judgements.file}, "
                        "and the same command goes on",
                        err=True,
                    )
                    sys.exit(STOPPED)
            said = review.summary() if not apply else None
            written = review.write() if not summary else None
            if as_json:
                if said is not None:
                    print_json(said)
                if written is not None:
                    print_json(written.to_dict())
                return
            if said is not None:
                face.show_summary(console, said)
            if written is not None:
                console.print()
                face.show_written(console, written)

    guarded(action)
