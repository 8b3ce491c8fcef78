"""``selaras run``."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipeline.cli.common import (
    INPUT,
    LANGUAGE,
    LEXICON,
    MEGABYTES,
    MIN_SCORE,
    NER,
    PLACE,
    PLACE_OF_FOLDER,
    STOPPED,
    configured,
    guarded,
    warn_of_place,
)
from pipeline.terminal import counted, noun, printable


class Stop:
    """Whether the user wants the run to end. A library may lose what is raised in the middle of it,
    so it is raised again at the next article."""

    def __init__(self) -> None:
        self._wanted = False

    def hear(self, _signal: int, _frame: object) -> None:
        """The handler of signals."""
        self._wanted = True
        raise KeyboardInterrupt

    def look(self) -> None:
        """Raise ``KeyboardInterrupt`` once more if the run is to end."""
        if self._wanted:
            raise KeyboardInterrupt


@contextmanager
def _stoppable(out: Path) -> Iterator[Stop]:
    """Ctrl-C, or being told to end, ends a run with what is done kept: one line, exit code 1."""
    stop = Stop()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop.hear) for number in signals]
    try:
        yield stop
    except KeyboardInterrupt:
        from pipeline.read.discover import shown_argument

        said = f"selaras: stopped; what is done is kept in {shown_argument(out)}, and the same "
        click.echo(printable(f"{said}command goes on there"), err=True)
        sys.exit(STOPPED)
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _summary(run: dict[str, Any], out: Path, sidecars: dict[str, Any], lexicon: Any) -> None:
    """What a run did, in a few lines on standard error."""
    from pipeline.records import KINDS
    from pipeline.run import outputs

    def say(said: str) -> None:
        click.echo(printable(said), err=True)

    counts = run["counts"]
    status = counts["status"]
    said = ", ".join(f"{status.get(s, 0)} {s}" for s in ("ok", "skipped", "failed"))
    languages = ", ".join(f"{n} {code}" for code, n in counts["languages"].items()) or "none"
    files, stories = counts["articles"], counts["stories"]
    say(
        f"{files} {noun(files, 'file')}: {said} "
        f"({languages}; {stories} {noun(stories, 'story', 'stories')})"
    )
    if counts["mixed"]:
        say(
            f"{counts['mixed']} of them in several languages, each part read as its own (column "
            "parts of articles.parquet)"
        )
    if run["reused"]:
        differing = run["changes"] or {}
        said = ", ".join(f"{n:,} {what}" for what, n in differing.items() if n)
        say(
            f"{counted(run['reused'], 'article')} unchanged since the run before"
            + (f" ({said})" if said else "")
        )
    for failure in run["failures"][:10]:
        say(f"  {failure['status']} {failure['path']}: {failure['reason']}")
    if len(run["failures"]) > 10:
        say(f"  … and {len(run['failures']) - 10} more, in {out / 'run.json'}")
    if sidecars:
        for path in sorted(set(sidecars) - outputs.paths(out))[:5]:
            say(f"  metadata for {path!r}, which is no article here")
    for place in sorted({s.place for s in sidecars.values() if s.place}):
        warn_of_place(place)
    here = "://" not in str(out)  # what follows looks at a folder of this machine
    if lexicon is not None and here:
        from pipeline.user_lexicon.unused import said as said_of

        if line := said_of(lexicon, out):
            say(line)
    found = ((counts["rows"].get(kind, 0), kind) for kind in KINDS)
    say(f"{out / 'table.csv'}: {', '.join(f'{n} {noun(n, kind)}' for n, kind in found)}")
    if status.get("ok") and here:
        commands = (shlex.join(("selaras", name, str(out))) for name in ("show", "report"))
        say(f"look at it: {', or '.join(commands)}")


@click.command(
    "run",
    epilog="""\b
Examples:
  selaras run articles --out out
  selaras run ms-articles nl-articles page.html --out out --metadata about.csv
  selaras run articles --out out --lexicon my-names.csv
  selaras run articles --out out --ner nl=stanza:nl
  selaras run s3://bucket/articles --out s3://bucket/out --engine ray

\b
Files written to OUT:
  table.csv, .parquet  a row per body, document and figure of all articles
  mentions.parquet     a row per place where one of them stands, with its
                       sentence
  articles.parquet     a row per file: language, status, why one was not read
  run.json             versions, choices, counts, failures

\b
Exit codes:
  0  done; files that could not be read are rows with a reason
  1  stopped by Ctrl-C; what is done is kept, the same command goes on there
  2  misuse, nothing was written; the message says what to do""",
)
@click.argument("articles", nargs=-1, required=True, type=PLACE)
@click.option(
    "--out",
    required=True,
    type=PLACE_OF_FOLDER,
    help="Folder for the results, new or of an earlier run.",
)
@click.option(
    "--metadata",
    type=INPUT,
    metavar="FILE.csv",
    help="What is known of the articles: a table with a 'path' column, and any of title, "
    "published, source_url, place.",
)
@LANGUAGE
@LEXICON
@NER
@MIN_SCORE
@MEGABYTES
@click.option(
    "--text-column",
    metavar="NAME",
    help="Which column of .csv, .jsonl and .parquet files has the articles "
    "[default: text, body, content, article, isi or tekst].",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that read articles [default: the cores].",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="What the work is done by: processes of this machine, or Ray, on many machines.",
)
@click.option(
    "--ray-address",
    metavar="HOST:PORT",
    envvar="RAY_ADDRESS",
    help="The Ray cluster to work on, for --engine ray [default: RAY_ADDRESS, or a Ray of its own "
    "on this machine].",
)
@click.option(
    "--article-seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60,  # run.limits.SECONDS
    show_default=True,
    metavar="N",
    help="Fail an article that takes longer; a long one has more, in proportion.",
)
@click.option(
    "--worker-megabytes",
    type=click.IntRange(min=500),
    default=2500,  # run.limits.MEGABYTES
    show_default=True,
    metavar="N",
    help="Fail an article whose process needs more memory, 400 MB of models included.",
)
@click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "log", "none"]),
    default="auto",
    show_default=True,
    help="How to show how far it is: a bar, a line now and then, or not; auto is a bar on a "
    "terminal and lines elsewhere.",
)
@click.option("--quiet", "-q", is_flag=True, help="Show nothing but errors.")
def command(
    articles: tuple[Path | str, ...],
    out: Any,
    metadata: Path | None,
    workers: int | None,
    engine: Any,
    ray_address: str | None,
    text_column: str | None,
    article_seconds: float,
    worker_megabytes: int,
    progress: str,
    quiet: bool,
    **choices: Any,
) -> None:
    """Read ARTICLES and write their cross-lingual table to OUT.

    ARTICLES are files and folders, or addresses of a store (s3://…). Folders are read with all
    folders inside them; names that begin with a dot are left out. Read are text (.txt, .md), saved
    pages (.html, with a sitemap.xml if there is one), .pdf with a text layer, .docx, .epub, tables
    with an article a row (.csv, .tsv, .json, .jsonl, .parquet), and archives of all of these (.zip,
    .tar.gz and the like). The language of each article is detected; one in a language without a
    model is listed as skipped.

    A run may be stopped, or killed, at any moment: the same command goes on where it was. A second
    run into the same OUT does only what is new or changed.
    """
    from pipeline.progress import shown
    from pipeline.read import read_sidecar
    from pipeline.read.discover import located
    from pipeline.run import batch, outputs
    from pipeline.run.limits import Limits
    from pipeline.run.work import Tally
    from pipeline.user_lexicon import using

    sidecars: dict[str, Any] = {}

    out = guarded(lambda: located(out))
    configuration = guarded(lambda: configured(**choices))
    manner = batch.Manner(
        workers=workers,
        limits=Limits(article_seconds, worker_megabytes),
        text_column=text_column,
        exclude=(metadata,) if metadata else (),
        engine=engine,
        address=ray_address,
    )

    def action() -> dict[str, Any]:
        outputs.check(out)
        if metadata:
            sidecars.update(read_sidecar(metadata))
        with shown("none" if quiet else progress) as (changed, say):

            def told(tally: Tally) -> None:
                stop.look()
                if changed is not None:
                    changed(tally)

            return batch.run_into(
                list(articles),
                out,
                configuration,
                sidecars=sidecars,
                manner=manner,
                progress=told,
                say=None if quiet else say,
            )

    with _stoppable(out) as stop:
        said = guarded(action)
    if not quiet:
        with using(configuration.lexicon):
            _summary(said, out, sidecars, configuration.lexicon)
