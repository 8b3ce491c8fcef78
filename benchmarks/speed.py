"""Words per second of the default recogniser beside other engines, on the same texts in one run.

    python -m benchmarks.speed [--work WORK | --transformers FOLDER] [--out FILE]

Measured with one thread and with two: the default's model alone, the whole default recogniser,
the same encoder by transformers and torch in 32-bit floats, and Frog on the Dutch articles. Each
runs in a process of its own, loaded and warmed up before; repetitions take turns (A B C A B C) and
medians are told. What is not installed is left out with a line that says so. A word is what stands
between spaces.

WORK is what selaras train left beside the model, FOLDER any transformers model. Without
either, transformers runs an untrained model of the same sizes, which is as fast.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import engines, report
from pipeline import gold, models
from pipeline.evaluate import matching

ROOT = Path(__file__).resolve().parent.parent
FROG_READS = "nl"
MODEL, DEFAULT, OTHER, FROG = (
    "default's model alone",
    "default recogniser",
    "transformers, fp32",
    "Frog",
)
Texts = dict[str, list[str]]  # by language


@dataclass(frozen=True)
class Entry:
    """One engine as it is measured; ``folder`` holds its models (none for Frog)."""

    name: str
    threads: int
    folder: Path | None = None

    @property
    def label(self) -> str:
        """The engine and its threads."""
        return f"{self.name}, {self.threads} thread{'s' if self.threads > 1 else ''}"


class Worker:
    """A process that holds one engine and reads when it is told to."""

    def __init__(self, entry: Entry, warm_up: Texts) -> None:
        """Start the process and load the engine; what cannot be is in ``missing``."""
        self.entry = entry
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        # Read by libraries when they are loaded. Threads that spin while they wait take the
        # processor from each other where it has other things to do too.
        wanted = {
            "OMP_NUM_THREADS": str(entry.threads),
            "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "PASSIVE"),
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HUB_OFFLINE": "1",
        }
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            self._process = context.Process(
                target=_serve, args=(other, entry, warm_up), daemon=True
            )
            self._process.start()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
        other.close()
        self.missing: str | None = self._answer()

    def _answer(self) -> Any:
        try:
            return self._pipe.recv()
        except EOFError as error:
            raise RuntimeError(f"{self.entry.label}: the process ended") from error

    def read(self, texts: Texts) -> dict[str, tuple[float, list[list[engines.Edges]]]]:
        """Seconds and names for each language of ``texts`` that the engine reads."""
        self._pipe.send(texts)
        found: dict[str, tuple[float, list[list[engines.Edges]]]] = self._answer()
        return found

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.terminate()


def _serve(pipe: Connection, entry: Entry, warm_up: Texts) -> None:
    try:
        made = {code: _engine(entry, code, warm_up) for code in _read_by(entry, warm_up)}
        for code, engine in made.items():
            engine.read(warm_up[code])
    except engines.Missing as error:
        pipe.send(str(error))
        return
    pipe.send(None)
    while True:
        try:
            texts = pipe.recv()
        except EOFError:
            return
        pipe.send({c: made[c].read(texts[c]) for c in _read_by(entry, texts)})


def _read_by(entry: Entry, texts: Texts) -> list[str]:
    return [code for code in texts if entry.name != FROG or code == FROG_READS]


def _engine(entry: Entry, code: str, warm_up: Texts) -> engines.Engine:
    if entry.folder is None:
        return engines.Frog(entry.threads, warm_up[code][0])
    if entry.name == OTHER:
        return engines.Transformers(entry.folder, entry.threads)
    kind = engines.Default if entry.name == DEFAULT else engines.Encoder
    return kind(entry.folder, code, entry.threads)


def words(texts: Sequence[str]) -> int:
    """How many words there are in ``texts``, counted between spaces."""
    return sum(len(text.split()) for text in texts)


def chosen(articles: Sequence[gold.GoldArticle], number: int) -> Texts:
    """``number`` articles of each language, evenly spaced."""
    by_language: Texts = {}
    for code in sorted({a.language for a in articles}):
        found = [a.text for a in articles if a.language == code]
        number = min(number, len(found))
        by_language[code] = [found[i * len(found) // number] for i in range(number)]
    return by_language


def measure(workers: Sequence[Worker], texts: Texts, repetitions: int) -> list[dict[str, Any]]:
    """Words per second of each worker for each language: median, and each repetition's."""
    taken: dict[str, dict[str, list[float]]] = {w.entry.label: {} for w in workers}
    for i in range(repetitions):
        print(f"repetition {i + 1} of {repetitions}", file=sys.stderr, flush=True)
        for worker in workers:
            for code, (seconds, _) in worker.read(texts).items():
                speed = words(texts[code]) / seconds
                taken[worker.entry.label].setdefault(code, []).append(round(speed, 1))
    return [
        {
            "engine": w.entry.name,
            "threads": w.entry.threads,
            "words_per_second": {
                code: {"median": round(statistics.median(speeds)), "each": speeds}
                for code, speeds in taken[w.entry.label].items()
            },
        }
        for w in workers
    ]


def ratio(measured: Sequence[dict[str, Any]], row: dict[str, Any], other: str) -> float | None:
    """How many times as fast as ``other`` a row is, threads and languages alike."""
    for beside in measured:
        if beside["engine"] == other and beside["threads"] == row["threads"]:
            speeds, slow = row["words_per_second"], beside["words_per_second"]
            both = [code for code in speeds if code in slow]
            # Seconds for one word of each language, so that all languages weigh alike.
            theirs = sum(1 / float(slow[c]["median"]) for c in both)
            return round(theirs / sum(1 / float(speeds[c]["median"]) for c in both), 2)
    return None


def quality(worker: Worker, articles: Sequence[gold.GoldArticle]) -> dict[str, float]:
    """Organisation F1 of one language's gold articles, as ``selaras evaluate`` counts."""
    code = articles[0].language
    _, found = worker.read({code: [a.text for a in articles]})[code]
    counts: Counter[tuple[str, str]] = Counter()
    for article, names in zip(articles, found, strict=True):
        rows = [
            {
                "kind": "organisation",
                "start": start,
                "end": end,
                "text": article.text[start:end],
                "canonical_id": None,
            }
            for start, end in names
        ]
        counts += matching.measure(article, rows).counts
    return {
        name: round(
            2 * counts[score, "hits"] / (counts[score, "predicted"] + counts[score, "gold"]), 4
        )
        for name, score in (("exact", "org exact"), ("overlap", "org overlap"))
    }


def tables(said: dict[str, Any]) -> str:
    """What was measured as two Markdown tables."""
    codes = sorted(said["words"])
    rows: list[list[object]] = []
    for row in said["speed"]:
        speeds = row["words_per_second"]
        label = Entry(row["engine"], row["threads"]).label
        ratios = [row["times"][other] for other in (OTHER, FROG)]
        rows.append(
            [
                label,
                *(speeds[c]["median"] if c in speeds else None for c in codes),
                *(None if r is None else f"{r:.2f}" for r in ratios),
            ]
        )
    speed = report.markdown(
        ["words per second", *codes, "times transformers", "times Frog"],
        rows,
    )
    f1 = report.markdown(
        [f"organisations, F1 ({FROG_READS})", "exact", "overlap"],
        [[name, f"{s['exact']:.3f}", f"{s['overlap']:.3f}"] for name, s in said["quality"].items()],
    )
    return f"{speed}\n\n{f1}"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--texts",
        type=Path,
        action="append",
        help="folder of STORY.LANGUAGE.txt, tags are taken off (default: gold's train and dev)",
    )
    made.add_argument("--articles", type=int, default=20, help="how many of each language, at most")
    made.add_argument("--repetitions", type=int, default=5)
    made.add_argument("--threads", default="1,2", help="joined by commas")
    made.add_argument("--models", type=Path, help="folder of LANGUAGE/ (default: those shipped)")
    made.add_argument(
        "--gold", type=Path, default=ROOT / "corpus" / "gold" / "dev", help="for the Dutch F1"
    )
    given = made.add_mutually_exclusive_group()
    given.add_argument("--work", type=Path, help="checkpoints of the model's training")
    given.add_argument("--transformers", type=Path, help="folder of a transformers model")
    made.add_argument("--out", type=Path, help="JSON file with every repetition")
    return made


def _transformers(options: argparse.Namespace, folder: Path, temporary: Path) -> Path | str:
    """The folder of the transformers model, made when none is given; a text says what lacks."""
    if options.transformers is not None:
        found: Path = options.transformers
        return found
    try:
        from benchmarks import to_transformers
        from pipeline.train import export
        from pipeline.train.weights import WeightsError
    except ImportError as error:
        return f"{error.name} is not installed (pip install '.[train]')"
    try:
        if options.work is not None:
            model, tokenizer = to_transformers.of_work(options.work)
        else:
            model, tokenizer = to_transformers.of_sizes(folder / FROG_READS)
    except (OSError, KeyError, WeightsError) as error:
        return f"no weights to make a transformers model from ({error})"
    export.to_transformers(model, tokenizer, temporary)
    return temporary


def main() -> int:
    """Read the command line, measure, print the tables."""
    made = parser()
    options = made.parse_args()
    threads = [int(n) for n in options.threads.split(",")]
    if min(options.articles, options.repetitions, *threads) < 1:
        made.error("articles, repetitions and threads are at least 1")
    folders = options.texts or [ROOT / "corpus" / "gold" / part for part in ("train", "dev")]
    texts = chosen([a for folder in folders for a in gold.read(folder)], options.articles)
    dev = gold.read(options.gold, FROG_READS)
    if not texts:
        made.error("no articles to read")
    # Twice, so that libraries which learn from the first call have done so.
    warm_up = {code: found[:1] * 2 for code, found in texts.items()}
    folder = options.models or models.folder(FROG_READS).parent
    skipped: dict[str, str] = {}
    workers: list[Worker] = []
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        other = _transformers(options, folder, temporary)
        entries = [(MODEL, folder), (DEFAULT, folder), (FROG, None)]
        if isinstance(other, str):
            skipped[OTHER] = other
        else:
            entries.insert(2, (OTHER, other))
        for name, where in entries:
            for number in threads:
                if name in skipped:
                    continue
                entry = Entry(name, number, where)
                worker = Worker(entry, warm_up)
                stack.callback(worker.close)
                if worker.missing is None:
                    workers.append(worker)
                else:
                    skipped[entry.label] = worker.missing
        for name, why in skipped.items():
            print(f"left out: {name}: {why}", file=sys.stderr)
        state = report.machine()
        speed = measure(workers, texts, options.repetitions)
        trained = options.work is not None or options.transformers is not None
        f1 = {
            w.entry.name: quality(w, dev)
            for w in workers
            if w.entry.threads == threads[0] and dev and (trained or w.entry.name != OTHER)
        }
    for row in speed:
        row["times"] = {name: ratio(speed, row, name) for name in (OTHER, FROG)}
    said = {
        "machine": {**state, "load_after": report.machine()["load"]},
        "articles": {code: len(found) for code, found in texts.items()},
        "words": {code: words(found) for code, found in texts.items()},
        "repetitions": options.repetitions,
        "trained": trained,
        "speed": speed,
        "quality": f1,
        "left_out": skipped,
    }
    print(tables(said))
    report.write(options.out, said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
