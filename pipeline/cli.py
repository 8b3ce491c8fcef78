"""The command ``selaras``."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

import pipeline

_STOPPED, _ERRORS_MISUSE = 1, 2
_LISTED = 20  # of each list that compare and explain show in a terminal
_INPUT = click.Path(path_type=Path, readable=False)


class _Place(click.Path):
    """A path here, or the URL of a store (``s3://bucket/folder``) as it was typed."""

    def convert(self, value: Any, param: Any, context: Any) -> Any:
        """The argument as a path, or as a text where it is a URL."""
        if isinstance(value, str) and "://" in value:
            return value
        return super().convert(value, param, context)


_PLACE = _Place(path_type=Path, readable=False)


def _fail(message: object) -> None:
    """One line to standard error and exit code 2, as for any misuse."""
    click.echo(f"selaras: {message}", err=True)
    sys.exit(_ERRORS_MISUSE)


def _guarded(action: Callable[[], Any]) -> Any:
    """Run ``action``; what the user can mend becomes one line and exit code 2."""
    from pipeline.configuration import ConfigurationError
    from pipeline.gold import GoldError
    from pipeline.read import InputError
    from pipeline.recognise import ModelError
    from pipeline.run.outputs import OutputError
    from pipeline.run.work import EngineError
    from pipeline.user_lexicon.read import LexiconError

    mendable = (
        ConfigurationError,
        EngineError,
        GoldError,
        InputError,
        LexiconError,
        ModelError,
        OutputError,
    )
    try:
        return action()
    except mendable as error:
        _fail(error)
    except BrokenPipeError:  # `| head` has seen enough
        raise
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}")
    return None


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from pipeline import models

    click.echo(f"selaras {pipeline.__version__}")
    for code in (*models.available(), models.NAMES):
        said = json.loads((models.folder(code) / "meta.json").read_text(encoding="utf-8"))
        click.echo(f"  {code}  {said['name']} {said['version']}")
    context.exit()


class _Manual(click.Group):
    """Commands in the order a user meets them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return [
            "run",
            "extract",
            "detect",
            "table",
            "export",
            "explain",
            "evaluate",
            "compare",
            "train",
        ]


@click.group(
    cls=_Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with:  selaras run corpus/articles --out out",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of the program and of its models, and exit.",
)
def main() -> None:
    """Facts out of machine-translated news about Vietnam, side by side across languages.

    Selaras reads folders of articles in Malay and Dutch and gives one table of the bodies, the
    numbered documents and the figures in them, each traceable to its sentence. Everything works
    offline.
    """


# pipeline.export.FORMATS, whose modules are slow to import for a help.
_FORMATS = ("csv", "jsonl", "xlsx", "sqlite", "duckdb")

_LANGUAGE = click.option(
    "--language",
    metavar="CODE",
    help="Take every article, and all of it, for this language (ms or nl) instead of detecting it.",
)
_MIN_SCORE = click.option(
    "--min-language-score",
    type=float,
    default=0.7,  # configuration.MIN_LANGUAGE_SCORE, whose module is slow to import for a help
    show_default=True,
    metavar="0..1",
    help="Skip an article whose language is less likely right than this.",
)
_MEGABYTES = click.option(
    "--max-megabytes",
    type=click.FloatRange(min=0, min_open=True, max=100_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Fail a larger file with a reason; no article is ever cut.",
)


_NER = click.option(
    "--ner",
    multiple=True,
    metavar="[LANG=]ENGINE",
    help="What finds the names of bodies, in every language or in LANG (may be given again): "
    "default, selaras:PATH (models of 'selaras train'), spacy:PATH or spacy:PACKAGE, stanza:nl "
    "(Stanza's own models) or stanza:PATH, "
    "transformers:PATH or transformers:HUB-ID. Nothing is fetched.",
)


_LEXICON = click.option(
    "--lexicon",
    type=_INPUT,
    metavar="FILE.csv",
    help="Your own names of bodies, places and units, and documents you know: a table with the "
    "columns kind (name, same, place, unit, document), text, id, and language, label, place, date "
    "as known.",
)


def _configuration(**choices: Any) -> Any:
    """The checked choices; lexicon and engines are loaded, so that a bad one stops at once."""
    from pipeline.configuration import Configuration, chosen_engines
    from pipeline.user_lexicon.read import read_lexicon

    if choices.get("lexicon") is not None:
        choices["lexicon"] = read_lexicon(choices["lexicon"])
    choices["max_bytes"] = int(choices.pop("max_megabytes", 20) * 1_000_000)
    choices["ner"] = chosen_engines(choices.get("ner", ()))
    configuration = Configuration(**choices)
    if configuration.ner:
        from pipeline import extraction

        extraction.load_engines(configuration.ner)
    return configuration


@main.command(
    epilog="""\b
Examples:
  selaras run articles --out out
  selaras run ms-articles nl-articles page.html --out out --metadata about.csv
  selaras run articles --out out --lexicon my-names.csv
  selaras run articles --out out --ner nl=stanza:nl --ner ms=transformers:my-model
  selaras run s3://bucket/articles --out s3://bucket/out --engine ray

\b
Files written to OUT:
  table.csv, table.parquet   one row per body, document and figure, across all articles
  mentions.parquet           one row per place where one of them stands, with its sentence
  articles.parquet           one row per file: language, status, and why one was not read
  run.json                   versions, choices, counts, failures

\b
Exit codes:
  0  done; files that could not be read are rows with a reason
  1  stopped by Ctrl-C; what is done is kept, and the same command goes on from there
  2  misuse, nothing was written; the message says what to do"""
)
@click.argument("articles", nargs=-1, required=True, type=_PLACE)
@click.option(
    "--out", required=True, type=_PLACE, help="Folder for the results, new or of an earlier run."
)
@click.option(
    "--metadata",
    type=_INPUT,
    metavar="FILE.csv",
    help="What is known of the articles: a table with a 'path' column, and any of title, "
    "published, source_url, place.",
)
@_LANGUAGE
@_LEXICON
@_NER
@_MIN_SCORE
@_MEGABYTES
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
def run(
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

    out = _guarded(lambda: located(out))
    configuration = _guarded(lambda: _configuration(**choices))
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
        said = _guarded(action)
    if not quiet:
        with using(configuration.lexicon):
            _summary(said, out, sidecars)


class _Stop:
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
def _stoppable(out: Path) -> Iterator[_Stop]:
    """Ctrl-C, or being told to end, ends a run with what is done kept: one line, exit code 1."""
    stop = _Stop()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop.hear) for number in signals]
    try:
        yield stop
    except KeyboardInterrupt:
        from pipeline.read.discover import shown_argument

        click.echo(
            f"selaras: stopped; what is done is kept in {shown_argument(out)}, and the same "
            "command goes on there",
            err=True,
        )
        sys.exit(_STOPPED)
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _summary(run: dict[str, Any], out: Path, sidecars: dict[str, Any]) -> None:
    """What a run did, in a few lines on standard error."""
    from pipeline.run import outputs

    counts = run["counts"]
    status = counts["status"]
    said = ", ".join(f"{status.get(s, 0)} {s}" for s in ("ok", "skipped", "failed"))
    languages = ", ".join(f"{n} {code}" for code, n in counts["languages"].items()) or "none"
    click.echo(
        f"{counts['articles']} files: {said} ({languages}; {counts['stories']} stories)", err=True
    )
    if counts["mixed"]:
        click.echo(
            f"{counts['mixed']} of them in several languages, each part read as its own (column "
            "parts of articles.parquet)",
            err=True,
        )
    if run["reused"]:
        differing = run["changes"] or {}
        said = ", ".join(f"{n:,} {what}" for what, n in differing.items() if n)
        click.echo(
            f"{run['reused']:,} articles unchanged since the run before"
            + (f" ({said})" if said else ""),
            err=True,
        )
    for failure in run["failures"][:10]:
        click.echo(f"  {failure['status']} {failure['path']}: {failure['reason']}", err=True)
    if len(run["failures"]) > 10:
        click.echo(f"  … and {len(run['failures']) - 10} more, in {out / 'run.json'}", err=True)
    if sidecars:
        for path in sorted(set(sidecars) - outputs.paths(out))[:5]:
            click.echo(f"  metadata for {path!r}, which is no article here", err=True)
    for place in sorted({s.place for s in sidecars.values() if s.place}):
        _warn_of_place(place)
    rows = counts["rows"]
    click.echo(
        f"{out / 'table.csv'}: {rows.get('organisation', 0)} organisations, "
        f"{rows.get('reference', 0)} references, {rows.get('statistic', 0)} statistics",
        err=True,
    )


def _warn_of_place(place: str) -> None:
    """Say so when a place that the user named is in no register."""
    from pipeline.normalise import places

    if not places.candidates(place):
        click.echo(f"selaras: no place {place!r} in the registers of Vietnam; left out", err=True)


def _read_one(file: str, max_bytes: int) -> Any:
    """The document of one file, or of standard input for ``-``."""
    from pipeline.read import InputError, Unreadable, read, read_bytes

    try:
        if file == "-":
            data = sys.stdin.buffer.read(max_bytes + 1)
            if len(data) > max_bytes:
                raise InputError(
                    f"standard input: over {max_bytes / 1e6:g} MB; raise --max-megabytes"
                )
            return read_bytes(data, ".html" if data.lstrip()[:1] == b"<" else ".txt")
        path = Path(file)
        if path.is_dir():
            raise InputError(f"{file}: is a folder; for folders there is: selaras run")
        if not path.exists():
            raise InputError(f"{file}: no such file; check the spelling and the path")
        return read(path, named=True, max_bytes=max_bytes)
    except Unreadable as error:
        raise InputError(f"{'standard input' if file == '-' else file}: {error}") from error


@main.command(
    epilog="""\b
Examples:
  selaras extract article.txt
  selaras extract - < article.txt | python -m json.tool"""
)
@click.argument("file")
@click.option(
    "--place", metavar="NAME", help="Where the article is about, when its text does not say."
)
@_LANGUAGE
@_LEXICON
@_NER
@_MIN_SCORE
@_MEGABYTES
def extract(file: str, place: str | None, **choices: Any) -> None:
    """Print what one article says, as JSON.

    FILE is a text or a saved page; - reads standard input. The output has the article (language,
    status and, if it was not read, the reason) and its mentions in order of place, each with its
    offsets, its normal form and its sentence.
    """
    from pipeline import articles
    from pipeline.api import Reading
    from pipeline.read import Sidecar
    from pipeline.user_lexicon import using

    def action() -> dict[str, Any]:
        configuration = _configuration(**choices)
        document = _read_one(file, configuration.max_bytes)
        if place:
            with using(configuration.lexicon):
                _warn_of_place(place)
        name = Path(file).name if file != "-" else "-"
        article = articles.from_document(document, name, configuration, Sidecar(place=place))
        return Reading(article, articles.extract(article, configuration)).to_dict()

    json.dump(_guarded(action), sys.stdout, ensure_ascii=False, indent=2)
    click.echo()


@main.command(
    epilog="""\b
Example:
  selaras detect articles/*.txt"""
)
@click.argument("files", nargs=-1, required=True)
def detect(files: tuple[str, ...]) -> None:
    """Print the language of each FILE: code, score from 0 to 1, name.

    The score is how likely the language is right. A file in several languages has its parts behind
    its name (ms:0-812 vi:813-1204: characters, counted from 0), one whose language is unsure (und)
    the reason. The exit code is 2 when a file could not be read; the others are detected all the
    same.
    """
    from pipeline.detect import detect as detect_language
    from pipeline.detect import format_parts
    from pipeline.read import InputError
    from pipeline.read.files import MAX_BYTES

    bad = False
    for file in files:
        try:
            found = detect_language(_read_one(file, MAX_BYTES).text)
        except InputError as error:
            bad = True
            click.echo(f"selaras: {error}", err=True)
            continue
        said = found.reason or format_parts(found.parts)
        behind = f"\t{said}" if said else ""
        click.echo(f"{found.language}\t{found.score:.4f}\t{file}{behind}")
    if bad:
        sys.exit(_ERRORS_MISUSE)


@main.command(
    epilog="""\b
Example:
  selaras table out"""
)
@click.argument("out", type=_INPUT)
def table(out: Path) -> None:
    """Merge the mentions in OUT again and write its table anew.

    Nothing is read or extracted: the table is made from articles.parquet and mentions.parquet of
    an earlier run.
    """
    from pipeline.run import batch

    said = _guarded(lambda: batch.retabulate(out))
    click.echo(f"{out / 'table.csv'}: {sum(said['counts']['rows'].values())} rows", err=True)


_JSON = click.option("--json", "as_json", is_flag=True, help="Print plain JSON.")
_LIMIT = click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="Show N of each list; 20 in a terminal and all in JSON by default.",
)


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False)


def _print_json(said: object) -> None:
    json.dump(said, sys.stdout, ensure_ascii=False, indent=2)
    click.echo()


def _formats(_context: click.Context, _parameter: click.Parameter, said: str) -> list[str]:
    """The formats that are named, each once. Raises ``click.BadParameter``."""
    names = list(dict.fromkeys(name.strip().lower() for name in said.split(",") if name.strip()))
    strange = next((name for name in names if name not in _FORMATS), None)
    if strange is not None or not names:
        raise click.BadParameter(f"{strange or said!r} is none of {', '.join(_FORMATS)}")
    return names


@main.command(
    epilog="""\b
Examples:
  selaras export results --format xlsx
  selaras export results --format csv,sqlite --to for-colleagues"""
)
@click.argument("out", type=_INPUT)
@click.option(
    "--format",
    "formats",
    required=True,
    callback=_formats,
    metavar="NAMES",
    help=f"Of {', '.join(_FORMATS)}: one, or several joined by commas.",
)
@click.option("--to", type=_INPUT, help="Folder for the files [default: OUT-export].")
def export(out: Path, formats: list[str], to: Path | None) -> None:
    """Write the results in OUT for other programs.

    xlsx is a workbook with a sheet for bodies, documents, figures and articles each, and one that
    says what the columns mean. csv and jsonl are a file for the table, the mentions and the
    articles each; sqlite and duckdb are one database with the tables things, mentions, articles and
    columns. No cell of a sheet is a formula.
    """
    from pipeline.export import beside
    from pipeline.export import export as write

    for file in _guarded(lambda: write(out, to or beside(out), formats)):
        click.echo(file)


@main.command(
    epilog="""\b
Examples:
  selaras explain out peoples-committee/ha-giang
  selaras explain out 21-NQ/TW --limit 100 | less
  selaras explain out peoples-committee/ha-giang --json > mentions.json"""
)
@click.argument("out", type=_INPUT)
@click.argument("canonical_id")
@_JSON
@_LIMIT
def explain(out: Path, canonical_id: str, as_json: bool, limit: int | None) -> None:
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
                show.show(_console(), reader, rows, _LISTED if limit is None else limit)

    _guarded(action)


@main.command(
    epilog="""\b
Examples:
  selaras evaluate corpus/gold/dev
  selaras evaluate corpus/gold/dev --language ms --errors 20
  selaras evaluate my-gold --json > scores.json
  selaras evaluate my-gold --ner nl=spacy:nl_core_news_lg

\b
Scores:
  org exact, org overlap   names of bodies with the right borders, with any shared character
  ref, ref date            documents with the right number; the date beside them
  ref type, issuer, title, session
                           what a document is, where GOLD has a references.csv: share right, none
                           among them, and F1 of what is said; session and term together
  stat, stat full          figures with the right value, kind, currency; and qualifier, change
  stat unit                share of the figures whose counted noun is right
  figure period, body      when and of whom a figure is, where GOLD has a figures.csv: share right,
                           none among them, and F1 of what is said
  link, link across        pairs of mentions of one body joined; those in two languages
  stat link                figures of both translations of a story in one row"""
)
@click.argument("gold", type=_INPUT)
@_JSON
@click.option("--language", metavar="CODE", help="Score the articles of one language (ms or nl).")
@click.option(
    "--errors",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Show N errors of each sort with their place.",
)
@_LEXICON
@_NER
@click.option("--out", type=_INPUT, help="Keep the run over the plain texts in this folder.")
def evaluate(
    gold: Path,
    as_json: bool,
    language: str | None,
    errors: int,
    lexicon: Path | None,
    ner: tuple[str, ...],
    out: Path | None,
) -> None:
    """Measure the program on GOLD, articles marked by hand.

    GOLD holds STORY.ms.txt and STORY.nl.txt at any depth, in the inline format of corpus/gold. The
    articles are read without their tags as in a run, anew each time. Each score has an interval:
    how far it would swing with other stories of the kind.
    """
    from pipeline.evaluate import evaluate as measure
    from pipeline.evaluate import show
    from pipeline.progress import shown

    def action() -> Any:
        configuration = _configuration(ner=ner, lexicon=lexicon)
        with shown("none" if as_json else "auto") as (changed, _):
            return measure(gold, configuration, language=language, out=out, progress=changed)

    found = _guarded(action)
    if as_json:
        _print_json(found.to_dict(errors))
        return
    console = _console()
    show.show_scores(console, found)
    if errors:
        show.show_errors(console, found, errors)


@main.command(
    epilog="""\b
Examples:
  selaras compare before after
  selaras compare before after --limit 100 | grep organisation
  selaras compare before after --json > differences.json"""
)
@click.argument("out_a", type=_INPUT)
@click.argument("out_b", type=_INPUT)
@_JSON
@_LIMIT
def compare(out_a: Path, out_b: Path, as_json: bool, limit: int | None) -> None:
    """Show what OUT_B found otherwise than OUT_A, thing by thing.

    Both are folders of runs over the same articles. A mention is the same when it stands in the
    same article between the same borders; it is changed when its identity or its value differs.
    Scores, sources and reasons are not compared. The exit code is 0 whether or not there are
    differences.
    """
    from pipeline.evaluate import show
    from pipeline.evaluate.compare import compare as differences

    found = _guarded(lambda: differences(out_a, out_b))
    if as_json:
        _print_json(found.to_dict(limit))
    else:
        show.show_comparison(_console(), found, _LISTED if limit is None else limit)


@main.command(
    epilog="""\b
Examples:
  selaras train corpus/gold --out my-models
  selaras train corpus/gold our-gold --out my-models --runs 1
  selaras train corpus/gold --out small --layers 6 --teacher my-models.work
  selaras run articles --out out --ner selaras:my-models

\b
The work folder keeps a log and checkpoints: after a stop, the same command goes on from there.
Training needs packages that running does not:
  pip install torch 'selaras[train]'"""
)
@click.argument("gold", nargs=-1, required=True, type=_INPUT)
@click.option("--out", required=True, type=_INPUT, help="Folder for the models, one per language.")
@click.option("--work", type=_INPUT, help="Folder for log and checkpoints [default: OUT.work].")
@click.option("--languages", metavar="CODES", help="Only these, joined by commas [default: all].")
@click.option(
    "--teacher",
    type=_INPUT,
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
@click.option("--text", multiple=True, type=_INPUT, help="Plain text whose words must be known.")
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
def train(gold: tuple[Path, ...], out: Path, **said: Any) -> None:
    """Train models of organisation names on GOLD, articles marked by hand.

    GOLD holds train and dev, each with STORY.ms.txt and STORY.nl.txt in the inline format of
    corpus/gold; of a folder without these parts every eighth story is kept to measure with. Several
    folders are read as one. The full recipe takes about an hour on two cores.
    """
    try:
        from pipeline.train import command
    except ModuleNotFoundError as error:
        _fail(
            f"training needs the package '{error.name}': pip install torch 'selaras[train]', then "
            "the same command again"
        )
    _print_json(_guarded(lambda: command.train(gold, out, **said)))
