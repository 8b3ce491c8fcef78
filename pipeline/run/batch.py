"""Many articles: read, routed, extracted by workers, merged, written."""

from __future__ import annotations

import datetime
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pipeline
from pipeline import articles, extraction, models, tabulate
from pipeline.configuration import Configuration
from pipeline.read import Sidecar, Source, discover, printable
from pipeline.recognise import ModelError, engines
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, Article
from pipeline.run import outputs

Rows = list[dict[str, Any]]
Progress = Callable[[Article], None]

# With fewer articles than this each, starting workers costs more than it saves.
_BATCH_PER_WORKER = 16
_NOTHING = Sidecar()
# Libraries whose next version may read a text otherwise.
_LIBRARIES = (
    "babel",
    "charset-normalizer",
    "langdetect",
    "onnxruntime",
    "tokenizers",
    "trafilatura",
    "vietnamadminunits",
)


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a run, in the columns that ``pipeline.records`` names, and what was done."""

    articles: Rows
    mentions: Rows
    table: Rows
    run: dict[str, Any] = field(default_factory=dict)


# What the mentions of an article depend on besides its text.
_CONTEXT = ("language", "parts", "title", "published", "place")
_Known = Mapping[str, tuple[object, ...]]


def process(
    source: Source, *, configuration: Configuration, sidecars: Mapping[str, Sidecar], known: _Known
) -> tuple[Article, Rows | None]:
    """One file to its article and mention rows; ``None`` where those of an earlier run hold.

    ``known`` has, of articles read before, what their mentions depended on besides their text.
    Whatever goes wrong in one article is its row and not the end of the run.
    """
    try:
        sidecar = sidecars.get(source.path, _NOTHING)
        article = articles.open_article(source, configuration, sidecar)
        context = tuple(getattr(article, name) for name in _CONTEXT)
        if article.status == "ok" and known.get(article.article_id) == context:
            return article, None
        return article, articles.mention_rows(article, articles.extract(article, configuration))
    except ModelError:
        raise
    except Exception as error:  # whatever it is, it is this article's and not the run's
        reason = f"an error of the program: {type(error).__name__}: {error}"
        return articles.failed(source.path, reason), []


def _work(
    sources: Sequence[Source], task: Callable[[Source], tuple[Article, Rows | None]], workers: int
) -> Iterator[tuple[Article, Rows | None]]:
    """Every source through ``task``, in order, here or in worker processes."""
    if workers <= 1 or len(sources) < 2 * _BATCH_PER_WORKER:
        yield from map(task, sources)
        return
    workers = min(workers, len(sources) // _BATCH_PER_WORKER)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(task, sources, chunksize=4)


def languages_of(run: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that the table of a run has columns for, from what its ``run.json`` says."""
    choices = run.get("configuration")
    return extraction.languages_with_model(
        (choices.get("ner") or ()) if isinstance(choices, dict) else ()
    )


def _versions(ner: Mapping[str, str]) -> dict[str, str]:
    """The program and its models: what results depend on besides articles and configuration.

    Loads the models, those of the engines in ``ner`` where it names one.

    ``content`` is a digest of the program's own files, so that a model or a word list changed by
    hand counts as another version.
    """
    models = {
        code: extraction.recogniser(code, ner).source
        for code in extraction.languages_with_model(ner)
    }
    names = {*_LIBRARIES, *(name for said in ner.values() for name in engines.libraries(said))}
    libraries = {name: version(name) for name in sorted(names)}
    return {"selaras": pipeline.__version__, "content": _content(), **models, **libraries}


def _content() -> str:
    digest = hashlib.sha256()
    package = Path(pipeline.__file__).parent
    shared = (models.NAMES, models.COUNTED, models.DETECTION)
    names = (*extraction.languages_with_model(), *shared)
    folders = [package, *(models.folder(name) for name in names)]
    files = {file for folder in folders for file in folder.rglob("*") if file.is_file()}
    for file in sorted(files, key=lambda f: (f.name, f.as_posix())):
        if file.suffix != ".pyc":
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _earlier(out: Path | None, versions: dict[str, str], choices: dict[str, object]) -> Result:
    """The rows of the run in ``out``, if it was made by the same program with the same choices."""
    nothing = Result([], [], [])
    if out is None:
        return nothing
    said = outputs.read_run(out)
    if said.get("versions") != versions or said.get("configuration") != choices:
        return nothing
    try:
        found_articles, found_mentions = outputs.read(out)
    except outputs.OutputError:
        return nothing
    return Result(found_articles, found_mentions, [], said)


def _settle_duplicates(found: Iterable[tuple[Article, Rows]]) -> tuple[Rows, Rows]:
    """Rows sorted by path; of articles with one text the first by path counts, the rest not."""
    first: dict[str, str] = {}
    article_rows: Rows = []
    mention_rows: Rows = []
    for article, rows in sorted(found, key=lambda pair: pair[0].path):
        row = {name: getattr(article, name) for name in ARTICLE_SCHEMA.names}
        if article.status == "ok":
            earlier = first.setdefault(article.article_id, article.path)
            if earlier != article.path:
                row |= {"status": "skipped", "reason": f"duplicate of {earlier}"}
                rows = []
        article_rows.append(row)
        mention_rows += [{**r, "path": article.path} for r in rows]
    return article_rows, mention_rows


def run(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path | None = None,
    configuration: Configuration | None = None,
    *,
    sidecars: Mapping[str, Sidecar] | None = None,
    workers: int | None = None,
    progress: Callable[[int], Progress] | None = None,
) -> Result:
    """Read every article under ``inputs`` and merge what they say; write it when ``out`` is given.

    Gives all rows, in memory; ``run_into`` does the same and leaves them in ``out``. ``sidecars``
    are by article path. ``workers`` is how many processes extract (default: the cores that are
    there). ``progress`` is called with the number of files and gives what is called after each. A
    second run into the same ``out`` extracts only what is new or changed. The result does not
    depend on the order of files nor on the number of workers.

    Raises ``read.InputError`` for inputs that are not there, ``outputs.OutputError`` for a folder
    that cannot be used, ``recognise.ModelError`` for a model that cannot be loaded,
    ``tabulate.MergeError`` when there is no room for the merge.
    """
    if out is not None:
        outputs.check(out)
    with outputs.workplace(out) as folder:
        said = _run(inputs, out, folder, configuration, sidecars, workers, progress)
        codes = languages_of(said)
        found = (*outputs.read(folder), outputs.read_table(folder, codes))
        if out is not None:
            outputs.put(out, folder, said)
    return Result(*found, said)


def run_into(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path,
    configuration: Configuration | None = None,
    *,
    sidecars: Mapping[str, Sidecar] | None = None,
    workers: int | None = None,
    progress: Callable[[int], Progress] | None = None,
) -> dict[str, Any]:
    """Do what ``run`` does into ``out``; gives what ``run.json`` says."""
    outputs.check(out)
    with outputs.workplace(out) as folder:
        said = _run(inputs, out, folder, configuration, sidecars, workers, progress)
        outputs.put(out, folder, said)
    return said


def _run(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path | None,
    folder: Path,
    configuration: Configuration | None,
    sidecars: Mapping[str, Sidecar] | None,
    workers: int | None,
    progress: Callable[[int], Progress] | None,
) -> dict[str, Any]:
    """Extract and merge, into files in ``folder``; gives what ``run.json`` shall say."""
    begin = time.monotonic()
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    configuration = configuration or Configuration()
    sources = discover(inputs, out)
    choices = configuration.as_dict()
    versions = _versions(configuration.ner)
    earlier = _earlier(out, versions, choices)
    of_article: dict[str, Rows] = {
        r["article_id"]: [] for r in earlier.articles if r["status"] == "ok"
    }
    for row in earlier.mentions:
        of_article[row["article_id"]].append(row)
    known = {
        r["article_id"]: tuple(r[name] for name in _CONTEXT)
        for r in earlier.articles
        if r["status"] == "ok"
    }
    task = partial(process, configuration=configuration, sidecars=sidecars or {}, known=known)
    tick = progress(len(sources)) if progress else None
    found: list[tuple[Article, Rows]] = []
    reused = extracted = 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for article, rows in _work(sources, task, workers or cores or 1):
        if rows is None:
            reused += 1
            rows = of_article[article.article_id]
        elif article.status == "ok":
            extracted += 1
        found.append((article, rows))
        if tick:
            tick(article)
    codes = extraction.languages_with_model(configuration.ner)
    article_rows, mention_rows = _settle_duplicates(found)
    given = folder / "given"
    given.mkdir()
    tabulate.write_rows(given / outputs.ARTICLES, ARTICLE_SCHEMA, article_rows)
    tabulate.write_rows(given / outputs.MENTIONS, MENTION_SCHEMA, mention_rows)
    counts = tabulate.merge_files(given / outputs.ARTICLES, given / outputs.MENTIONS, codes, folder)
    return {
        "program": "selaras",
        "versions": versions,
        "configuration": choices,
        "inputs": [printable(Path(p).as_posix()) for p in inputs],
        "counts": counts,
        "failures": [
            {"path": r["path"], "status": r["status"], "reason": r["reason"]}
            for r in article_rows
            if r["status"] != "ok"
        ],
        "extracted": extracted,
        "reused": reused,
        "started": started,
        "seconds": round(time.monotonic() - begin, 3),
    }


def retabulate(out: Path) -> dict[str, Any]:
    """Merge the mentions in ``out`` again and write its table; nothing is extracted.

    Gives what ``run.json`` says. However many mentions there are, they are not held in memory.
    Raises ``outputs.OutputError`` when ``out`` holds no run that can be read.
    """
    outputs.check(out)
    outputs.check_readable(out)
    earlier = outputs.read_run(out)
    with outputs.workplace(out) as folder:
        counts = tabulate.merge_files(
            out / outputs.ARTICLES, out / outputs.MENTIONS, languages_of(earlier), folder
        )
        said = earlier | {"counts": counts}
        outputs.put(out, folder, said)
    return said
