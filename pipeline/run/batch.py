"""Many articles: read, routed, extracted by an engine, merged, written."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq

import pipeline
from pipeline import extraction, models, tabulate
from pipeline.configuration import Configuration
from pipeline.processes import Helpers
from pipeline.read import Limits as ReadLimits
from pipeline.read import Sidecar, discover
from pipeline.read.discover import shown_argument
from pipeline.recognise import engines
from pipeline.run import assembly, local, outputs
from pipeline.run.limits import Limits
from pipeline.run.outputs import Workplace
from pipeline.run.parts import MadeBy, Parts
from pipeline.run.parts import none_lines as none_lines_of
from pipeline.run.work import Tally, Work

Rows = list[dict[str, Any]]
Progress = Callable[[Tally], None]
Say = Callable[[str], None]

# Libraries whose next version may read a text otherwise.
_LIBRARIES = (
    "babel",
    "charset-normalizer",
    "langdetect",
    "lxml",
    "markdown-it-py",
    "mdit-py-plugins",
    "onnxruntime",
    "pyarrow",
    "pypdfium2",
    "python-docx",
    "tokenizers",
    "trafilatura",
    "vietnamadminunits",
)

# The choice that run.json says by a digest, and where it says what the file was called.
LEXICON, LEXICON_FILE = "lexicon", "lexicon_file"


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a run, in the columns that ``pipeline.records`` names, and what was done."""

    articles: Rows
    mentions: Rows
    table: Rows
    run: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a run is done; none of it changes what it finds.

    ``workers`` is how many processes extract (``None``: the cores that are there). ``isolated`` is
    whether articles are read in processes of their own, so that ``limits`` hold and one that
    crashes or hangs costs itself alone. ``text_column`` is which column of tables has the articles.
    ``engine`` is ``local`` or ``ray``; ``address`` is that of a Ray cluster (``None``: a Ray of its
    own on this machine), where ``workers`` is ``None`` for all its processors.
    """

    workers: int | None = None
    isolated: bool = True
    limits: Limits = field(default_factory=Limits)
    text_column: str | None = None
    exclude: tuple[Path, ...] = ()
    engine: Literal["local", "ray"] = "local"
    address: str | None = None


def languages_of(run: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages that the table of a run has columns for, from what its ``run.json`` says."""
    choices = run.get("configuration")
    return extraction.languages_with_model(
        (choices.get("ner") or ()) if isinstance(choices, dict) else ()
    )


def _versions(ner: Mapping[str, str]) -> dict[str, str]:
    """The program and its models: what results depend on besides articles and configuration.

    Loads the models of the engines in ``ner``, where it names one, but not the default's.

    ``content`` is a digest of the program's own files, so that a model or a word list changed by
    hand counts as another version.
    """
    models = {
        code: engines.source_of(ner.get(code, engines.DEFAULT), code)
        for code in extraction.languages_with_model(ner)
    }
    names = {*_LIBRARIES, *(name for said in ner.values() for name in engines.libraries(said))}
    libraries = {name: version(name) for name in sorted(names)}
    return {"selaras": pipeline.__version__, "content": content(), **models, **libraries}


def content() -> str:
    """The digest of the program's own files, its models among them."""
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


def _named(name: str, value: object, file: object) -> str:
    """A choice as the user knows it: of a lexicon its file, where that is known."""
    if value is None:
        return "none"
    return str(file) if name == LEXICON and file else repr(value)


def _difference(before: MadeBy, now: MadeBy) -> str:
    """What is otherwise between two runs, for the user. What they say of ``lexicon_file`` is no
    difference itself, but how a lexicon is called."""
    was, is_ = before.get("configuration") or {}, now["configuration"]
    choices = []
    for name, value in is_.items():
        if was.get(name) != value:
            first = _named(name, was.get(name), before.get(LEXICON_FILE))
            last = _named(name, value, now.get(LEXICON_FILE))
            again = "changed since" if first == last else f"now {last}"
            choices.append(f"{name} {first}, {again}")
    if choices:
        return f"made with other choices ({'; '.join(choices)})"
    was, is_ = before.get("versions") or {}, now["versions"]
    other = [
        f"{name} {was.get(name)}, now {said}" for name, said in is_.items() if was.get(name) != said
    ]
    return f"made with other versions ({'; '.join(other[:3])})"


def _usable(
    out: Path | None, place: Workplace, made_by: MadeBy, file: str | None, say: Say
) -> set[str] | None:
    """The digests that the results in ``out`` have rows of; none where they are no use. ``file`` is
    what the lexicon of now is called."""
    here = place.results(out)
    if out is None or here is None:
        return None
    said = outputs.read_run(here)
    if not said:
        return None
    before = {"versions": said.get("versions"), "configuration": said.get("configuration")}
    if before != made_by:
        named = {**before, LEXICON_FILE: said.get(LEXICON_FILE)}
        differs = _difference(named, {**made_by, LEXICON_FILE: file})
        say(f"the results in {out} were {differs}: all is read anew")
        return None
    try:
        outputs.check_readable(here)
        return assembly.usable(here / outputs.ARTICLES, place.scratch)
    except outputs.OutputError as error:
        say(f"{str(error).replace(str(here), str(out))}: all is read anew")
        return None


def run(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path | None = None,
    configuration: Configuration | None = None,
    *,
    sidecars: Mapping[str, Sidecar] | None = None,
    workers: int | None = None,
    manner: Manner | None = None,
    progress: Progress | None = None,
    say: Say | None = None,
) -> Result:
    """Read every article under ``inputs`` and merge what they say; write it when ``out`` is given.

    Gives all rows, in memory; ``run_into`` does the same and leaves them in ``out``. ``sidecars``
    are by article path. ``manner`` is how it is done; ``workers`` alone is short for that many
    processes, one of them being this one. ``progress`` is called as it goes on, ``say`` with what a
    user should know.

    What is done is committed in parts: a run into ``out`` that is stopped, however, goes on where
    it was when it is called again. A second run does only what is new or changed. The result does
    not depend on the order of files nor on the manner.

    Raises ``read.InputError`` for inputs that are not there, ``outputs.OutputError`` for a folder
    that cannot be used, ``recognise.ModelError`` for a model that cannot be loaded,
    and ``tabulate.MergeError`` when the merge has no room.
    """
    if out is not None:
        outputs.check(out)
    if manner is None:
        manner = Manner(workers=workers, isolated=workers != 1)
    with outputs.room(out), outputs.workplace(out) as place:
        said = _run(inputs, out, place, configuration, sidecars, manner, progress, say)
        codes = languages_of(said)
        found = (*outputs.read(place.scratch), outputs.read_table(place.scratch, codes))
        _finish(out, place, said)
    return Result(*found, said)


def run_into(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path,
    configuration: Configuration | None = None,
    *,
    sidecars: Mapping[str, Sidecar] | None = None,
    manner: Manner | None = None,
    progress: Progress | None = None,
    say: Say | None = None,
) -> dict[str, Any]:
    """Do what ``run`` does into ``out``; gives what ``run.json`` says."""
    outputs.check(out)
    manner = manner or Manner()
    with outputs.room(out), outputs.workplace(out) as place:
        said = _run(inputs, out, place, configuration, sidecars, manner, progress, say)
        _finish(out, place, said)
    return said


def _finish(out: Path | None, place: Workplace, said: dict[str, Any]) -> None:
    """Put the results in place; then the parts have done their duty."""
    if out is not None:
        outputs.put(out, place, said)
        Parts(place.parts, {}).remove()


def _run(
    inputs: Sequence[str | os.PathLike[str]],
    out: Path | None,
    place: Workplace,
    configuration: Configuration | None,
    sidecars: Mapping[str, Sidecar] | None,
    manner: Manner,
    progress: Progress | None,
    say: Say | None,
) -> dict[str, Any]:
    """Extract and merge, into files in ``scratch``; gives what ``run.json`` shall say."""
    begin = time.monotonic()
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    configuration = configuration or Configuration()
    notes: list[str] = []

    def tell(note: str) -> None:
        notes.append(note)
        if say:
            say(note)

    sources = discover(inputs, out, exclude=manner.exclude)
    made_by = {
        "versions": _versions(configuration.ner),
        "configuration": configuration.as_dict(),
    }
    file = configuration.lexicon.file if configuration.lexicon else None
    parts = Parts(place.parts, made_by)
    parts.look()
    for strange in parts.strange[:1]:
        differs = _difference(strange, {**made_by, LEXICON_FILE: file})
        tell(f"what a stopped run left was {differs}: it is done anew")
    resumed = set(parts.digests())
    if resumed:
        tell(f"going on with a run that was stopped: {len(resumed):,} articles are done")
    usable = _usable(out, place, made_by, file, tell)
    tally = Tally(progress)
    work = Work(
        sources=sources,
        sidecars=sidecars or {},
        configuration=configuration,
        read_limits=ReadLimits(max_bytes=configuration.max_bytes, text_column=manner.text_column),
        limits=manner.limits,
        workers=manner.workers or cores(),
        parts=parts,
        known=resumed | (usable or set()),
        say=tell,
    )
    workers = _extract(work, tally, manner)
    tally.enter("merging")
    merging = time.monotonic()
    earlier = place.results(out) if usable is not None else None
    differing = None
    unchanged = False
    if earlier is not None:
        found = assembly.changes(tally.present, earlier / outputs.ARTICLES, place.scratch)
        differing = found.as_dict()
        unchanged = not parts.found and not any(differing.values()) and outputs.has_table(earlier)
    if earlier is not None and unchanged:
        # The same articles, the same program: the results are there.
        for name in (outputs.ARTICLES, outputs.MENTIONS, outputs.TABLE):
            shutil.copyfile(earlier / name, place.scratch / name)
        counts = outputs.read_run(earlier)["counts"]
        none_lines: set[int] = set()
    else:
        several = min(manner.workers or cores(), cores()) if manner.isolated else 1
        with tabulate.helpers(len(tally.present), several) as helpers:
            counts, none_lines = _merged(tally, parts, earlier, place, configuration, helpers)
    lexicon: dict[str, Any] = {LEXICON_FILE: file}
    if configuration.lexicon and configuration.lexicon.nones:
        # With what they did in the run before, as its articles are not read again.
        before = outputs.read_run(earlier).get(outputs.NONE_LINES, ()) if earlier else ()
        lexicon[outputs.NONE_LINES] = sorted(none_lines.union(before))
    seconds = tally.seconds | {"merge": time.monotonic() - merging}
    return {
        "program": "selaras",
        **made_by,
        **lexicon,
        "inputs": [shown_argument(p) for p in inputs],
        "counts": counts,
        "failures": outputs.failures(place.scratch),
        "extracted": tally.done,
        "resumed": len(resumed),
        "reused": sum(digest in (usable or ()) for _, digest in tally.present),
        "changes": differing,
        "notes": notes,
        "engine": manner.engine,
        "workers": workers,
        "started": started,
        "seconds": round(time.monotonic() - begin, 3),
        "stages": {name: round(spent, 3) for name, spent in sorted(seconds.items())},
    }


def _merged(
    tally: Tally,
    parts: Parts,
    earlier: Path | None,
    place: Workplace,
    configuration: Configuration,
    helpers: Helpers,
) -> tuple[dict[str, Any], set[int]]:
    """Assemble and merge the rows of all articles into ``scratch``; gives the counts, and the lines
    of the lexicon that took names away in the articles that were read now."""
    given = place.scratch / "given"
    given.mkdir()
    articles, mentions = given / outputs.ARTICLES, given / outputs.MENTIONS
    before = (earlier / outputs.ARTICLES, earlier / outputs.MENTIONS) if earlier else None
    files = place.fetched(sorted(parts.found))
    assembly.assemble(tally.present, files, before, articles, mentions, place.scratch)
    codes = extraction.languages_with_model(configuration.ner)
    counts = tabulate.merge_files(articles, mentions, codes, place.scratch, helpers)
    return counts, none_lines_of(files)


def _extract(work: Work, tally: Tally, manner: Manner) -> int:
    """Do ``work`` on the engine that is wanted; gives how many workers did it."""
    if manner.engine == "ray":
        from pipeline.run import on_ray

        workers = manner.workers if manner.address else work.workers
        return on_ray.extract(work, tally, manner.address, workers)
    local.extract(work, tally, isolated=manner.isolated)
    return work.workers


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def retabulate(out: Path) -> dict[str, Any]:
    """Merge the mentions in ``out`` again and write its table; nothing is extracted.

    Gives what ``run.json`` says. However many mentions there are, they are not held in memory.
    Raises ``outputs.OutputError`` when ``out`` holds no run that can be read.
    """
    outputs.check(out)
    if not out.is_dir():
        outputs.check_readable(out)  # says so
    with outputs.workplace(out) as place:
        outputs.check_readable(out)
        earlier = outputs.read_run(out)
        articles, mentions = out / outputs.ARTICLES, out / outputs.MENTIONS
        codes = languages_of(earlier)
        with tabulate.helpers(pq.read_metadata(articles).num_rows, cores()) as helpers:
            counts = tabulate.merge_files(articles, mentions, codes, place.scratch, helpers)
        said = earlier | {"counts": counts}
        outputs.put(out, place, said)
    return said
