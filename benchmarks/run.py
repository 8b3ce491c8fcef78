"""What a whole run costs: speed, memory and disk of ``selaras run``, by number of articles.

    python -m benchmarks.run [--articles 1000 5000 20000] [--workers 1 2] [--out FILE]
                             [--plot FILE.svg] [--engines default spacy stanza frog]
                             [--versions REF ...] [--record]

Makes articles from ``corpus/`` by seeded variation and gives them to the command in a process of
its own, each time into a new folder. Loading, merging and writing count. The smallest number is
read again and again with each number of workers in turn (A B A B), and medians are told; larger
ones once, with the most workers. Memory is that of all processes at one moment, looked at five
times a second. *Per core* is by second of processor, of all processes together; *per worker* is by
second of the clock and worker.

Beside it, in words a second of one core, other engines for names, where they are installed: the
same command with them, and Frog, which reads names and nothing else. And our own versions.

    python -m benchmarks.run --costs FILE      # what a million articles cost, from a --out FILE
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import engines, history, report, variation
from benchmarks.process_tree import Failed, measure

ROOT = Path(__file__).resolve().parent.parent
CARRIED = 100_000  # articles that the memory is carried to
SAMPLE = 200  # articles for engines and for versions
COMPARED = "nl"  # the language that all engines read
_MERGE_RATE = 10_258  # mentions a second: benchmarks.merge on ten million (see README)
_RESULTS = ("articles.parquet", "mentions.parquet", "table.parquet", "table.csv", "run.json")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1"}

Said = dict[str, Any]


class Program:
    """The command of one version: a folder with ``pipeline`` in it."""

    def __init__(self, folder: Path = ROOT) -> None:
        """Ask the version in ``folder`` what it takes. Raises ``process_tree.Failed``."""
        self.folder = folder
        self._environment = {"PYTHONPATH": str(folder)}
        asked = subprocess.run(
            [*self._command(), "run", "--help"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode:
            last = asked.stderr.strip().splitlines()[-1:] or ["nothing said"]
            raise Failed(f"selaras run cannot be started: {last[0]}")
        self._quiet = ["--quiet"] if "--quiet" in asked.stdout else []

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "pipeline"]

    def run(
        self, made: Path, out: Path, workers: int, *options: str, one_thread: bool = False
    ) -> Said:
        """Read the articles in ``made``; what it cost and what ``run.json`` says.

        ``out`` is gone afterwards. Raises ``process_tree.Failed``.
        """
        shutil.rmtree(out, ignore_errors=True)
        arguments = ["--out", str(out), "--workers", str(workers), *self._quiet, *options]
        try:
            cost = measure(
                [*self._command(), "run", str(made.resolve()), *arguments],
                self.folder,
                out,
                self._environment | (_ONE_THREAD if one_thread else {}),
            )
            run: Said = json.loads((out / "run.json").read_text(encoding="utf-8"))
            sizes = [(out / name).stat().st_size for name in _RESULTS if (out / name).exists()]
        finally:
            shutil.rmtree(out, ignore_errors=True)
        counts = run["counts"]
        return {
            "workers": workers,
            **dataclasses.asdict(cost),
            "results": sum(sizes),
            "status": counts["status"],
            "stories": counts["stories"],
            "mentions": sum(counts["mentions"].values()),
            "rows": sum(counts["rows"].values()),
            "stages": run.get("stages") or {},
        }


# --- speed and memory by number of articles ---------------------------------------------------


def sizes(
    program: Program, numbers: Sequence[int], workers: Sequence[int], repetitions: int, folder: Path
) -> list[Said]:
    """Every run that was made, with the articles it read."""
    found = []
    for number in numbers:
        place = folder / f"{number}"
        if not place.exists():
            half = folder / f"{number}.part"  # of a run that was stopped
            shutil.rmtree(half, ignore_errors=True)
            variation.write(half, variation.articles(number))
            half.rename(place)
        made = variation.measured(place)
        smallest = number == min(numbers)
        for i in range(repetitions if smallest else 1):
            for count in workers if smallest else [max(workers)]:
                _say(f"{number:,} articles, {count} workers, repetition {i + 1}")
                said = _beside_yardstick(program, place, folder / "out", count)
                found.append({**made._asdict(), **said})
    return found


def _beside_yardstick(program: Program, made: Path, out: Path, workers: int) -> Said:
    """What ``program.run`` says, and the yardstick of the moments before and after it."""
    before = history.yardstick()
    said = program.run(made, out, workers)
    return said | {"yardstick": round((before + history.yardstick()) / 2, 1)}


def medians(runs: Sequence[Said]) -> list[Said]:
    """One row for each number of articles and workers: the medians of its runs, and its speeds."""
    rows = []
    for key in dict.fromkeys((r["articles"], r["workers"]) for r in runs):
        same = [r for r in runs if (r["articles"], r["workers"]) == key]
        middle = {
            name: statistics.median(r[name] for r in same)
            for name in ("seconds", "cpu", "memory", "driver", "worker", "disk", "yardstick")
        }
        stages = {
            stage: statistics.median(r["stages"].get(stage, 0.0) for r in same)
            for stage in same[-1]["stages"]
        }
        rows.append({**same[-1], **middle, "stages": stages, "runs": len(same)} | _speeds(same))
    return rows


def _speeds(same: Sequence[Said]) -> Said:
    articles, words, workers = (same[0][name] for name in ("articles", "words", "workers"))
    seconds = statistics.median(r["seconds"] for r in same)
    cpu = statistics.median(r["cpu"] for r in same)
    return {
        "articles_per_second": round(articles / seconds, 2),
        "words_per_second": round(words / seconds),
        "articles_per_core_second": round(articles / cpu, 2),
        "words_per_core_second": round(words / cpu),
        "articles_per_worker_second": round(articles / seconds / workers, 2),
        "articles_per_yardstick": round(
            statistics.median(articles / r["cpu"] / r["yardstick"] for r in same), 4
        ),
    }


def gain(rows: Sequence[Said]) -> dict[str, float]:
    """How many times as fast as with one worker each number of workers is, on the same articles."""
    found = {}
    for row in rows:
        for one in rows:
            if one["articles"] == row["articles"] and one["workers"] == 1 < row["workers"]:
                speed = row["articles_per_second"] / one["articles_per_second"]
                found[f"{row['workers']} workers, {row['articles']:,} articles"] = round(speed, 2)
    return found


def memory(rows: Sequence[Said]) -> Said | None:
    """The straight line through articles and peak memory; ``None`` with one number of articles."""
    most = max(r["workers"] for r in rows)
    points = sorted((r["articles"], r["memory"]) for r in rows if r["workers"] == most)
    if len(points) < 2:
        return None
    slope, base = np.polyfit([n for n, _ in points], [size for _, size in points], 1)
    return {
        "workers": most,
        "points": points,
        "ratio": round(points[-1][1] / points[0][1], 3),
        "base": round(float(base), 1),
        "slope": round(float(slope) * 1000, 3),  # MB for a thousand articles
        "carried": round(float(base + slope * CARRIED)),
    }


def plot(line: Said, path: Path) -> None:
    """Peak memory over the number of articles, the line through it carried on, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "selaras", "svg.fonttype": "none"})
    from matplotlib import pyplot

    numbers, sizes_ = zip(*line["points"], strict=True)
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    ends = np.array([0, CARRIED])
    axes.plot(
        ends,
        line["base"] + line["slope"] * ends / 1000,
        "--",
        color="#777777",
        label=f"straight line: {line['slope']:+.2f} MB for a thousand articles",
    )
    axes.plot(numbers, sizes_, "o", color="#0b5fa5", label="measured")
    for i, (number, size) in enumerate(line["points"]):
        above = i % 2 == 0  # two small numbers lie side by side
        axes.annotate(
            f"{size:,.0f}",
            (number, size),
            (0, 8 if above else -8),
            textcoords="offset points",
            va="bottom" if above else "top",
        )
    axes.set_xlabel("articles")
    axes.set_ylabel("peak memory of all processes (MB)")
    axes.set_xlim(0, CARRIED)
    axes.set_ylim(0, 1.25 * max(*sizes_, line["carried"]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_title(f"selaras run with {line['workers']} workers", loc="left")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)


# --- other engines -----------------------------------------------------------------------------


def settings(engine: str) -> list[str]:
    """The ``--ner`` of an engine as it is named on the command line. Raises ``engines.Missing``."""
    if engine == "default":
        return []
    if engine == "spacy":
        import spacy.util

        models = sorted(m for m in spacy.util.get_installed_models() if m.startswith(COMPARED))
        if not models:
            wanted = f"{COMPARED}_core_news_lg"
            raise engines.Missing(
                f"no spaCy model of {COMPARED} is installed (python -m spacy download {wanted})"
            )
        engine = f"spacy:{models[0]}"
    elif engine == "stanza":
        if importlib.util.find_spec("stanza") is None:
            raise engines.Missing("stanza is not installed (pip install torch '.[stanza]')")
        engine = f"stanza:{COMPARED}"
    elif ":" not in engine:
        raise engines.Missing("unknown; name default, spacy, stanza, frog or a --ner setting")
    return ["--ner", f"{COMPARED}={engine}"]


def beside(program: Program, names: Sequence[str], number: int, folder: Path) -> Iterator[Said]:
    """Words a second of one core for each engine, or why it is ``left_out``; same articles.

    Loading is taken off: what the same command takes on two articles.
    """
    texts = variation.in_language(COMPARED, number + 2)
    few, many = folder / "few", folder / "many"
    for place, some in ((few, texts[:2]), (many, texts[2:])):
        shutil.rmtree(place, ignore_errors=True)
        made = variation.write(place, some)
    for name in names:
        _say(f"engine {name}")
        row: Said = {"engine": name, "articles": made.articles, "words": made.words}
        try:
            if name == "frog":
                read = [text for _, text in texts]
                seconds, _ = engines.Frog(1, read[0]).read(read[2:])
                yield row | {"seconds": round(seconds, 2)}
                continue
            options = settings(name)
            first, then = (
                program.run(place, folder / "out", 1, *options, one_thread=True)
                for place in (few, many)
            )
            yield row | {
                "setting": options[-1] if options else "default",
                "seconds": round(then["cpu"] - first["cpu"], 2),
                "memory": round(then["memory"], 1),
            }
        except (engines.Missing, Failed) as error:
            yield row | {"left_out": str(error)}


# --- our own versions --------------------------------------------------------------------------


def versions(
    references: Sequence[str], number: int, repetitions: int, folder: Path
) -> tuple[list[Said], dict[str, str]]:
    """This version and those of git on the same articles in turn; those left out, and why."""
    made = folder / "versions"
    shutil.rmtree(made, ignore_errors=True)
    wrote = variation.write(made, variation.articles(number))
    warm = folder / "warm"
    shutil.rmtree(warm, ignore_errors=True)
    variation.write(warm, variation.articles(2))
    left_out: dict[str, str] = {}
    programs: dict[str, tuple[Program, Said]] = {}
    runs: dict[str, list[Said]] = {}
    with ExitStack() as stack:
        for reference in [*references, ""]:
            try:
                if reference:
                    where = stack.enter_context(history.program(reference))
                    said = history.named(reference)
                else:
                    where, said = ROOT, history.here()
                program = Program(where)
                program.run(warm, folder / "out", 1)  # compiles its modules
            except (history.NoVersion, Failed) as error:
                left_out[reference or "this version"] = str(error)
                continue
            programs[reference] = program, said | {"version": _version(where)}
        for i in range(repetitions):
            for reference, (program, _) in list(programs.items()):
                _say(f"version {reference or 'here'}, repetition {i + 1} of {repetitions}")
                try:
                    found = _beside_yardstick(program, made, folder / "out", 1)
                except Failed as error:
                    left_out[reference or "this version"] = str(error)
                    del programs[reference]
                    continue
                runs.setdefault(reference, []).append({**wrote._asdict(), **found})
    rows = [
        _of_history(said, medians(runs[reference])[0]) for reference, (_, said) in programs.items()
    ]
    return rows, left_out


def _of_history(said: Said, row: Said) -> Said:
    return {
        **said,
        "cores": report.machine()["cores"],
        "articles": row["articles"],
        "articles_per_core_second": row["articles_per_core_second"],
        "words_per_core_second": row["words_per_core_second"],
        "peak_mb": round(row["memory"]),
        "yardstick": round(row["yardstick"], 1),
        "articles_per_yardstick": row["articles_per_yardstick"],
    }


def _version(folder: Path) -> str:
    text = (folder / "pipeline" / "__init__.py").read_text(encoding="utf-8")
    return next(
        (line.split('"')[1] for line in text.splitlines() if line.startswith("__version__")), ""
    )


# --- what it costs -----------------------------------------------------------------------------


def costs(said: Said, merge_rate: float = _MERGE_RATE) -> str:
    """What a million and a billion articles cost, as a Markdown table.

    From the largest run in ``said`` (what ``--out`` keeps). ``merge_rate`` is in mentions a second
    of one machine.
    """
    row = max(said["sizes"], key=lambda r: (r["articles"], r["workers"]))
    line = said["memory"]
    of_one = row["articles"]
    hours = row["cpu"] / of_one / 3600
    mentions = row["mentions"] / of_one
    header = ["", "an article", "a million", "a billion"]
    table: list[list[object]] = []
    for name, unit, value in (
        ("extraction, hours of one core", "", hours),
        ("the same with 1,000 cores, hours", "", hours / 1000),
        ("mentions", "", mentions),
        ("merge on one machine, hours", "", mentions / merge_rate / 3600),
        ("input, plain text", "B", row["bytes"] / of_one),
        ("results", "B", row["results"] / of_one),
        ("most in the folder of results during a run", "B", row["disk"] / of_one),
    ):
        show = _bytes if unit else _short
        table.append([name, *(show(value * times) for times in (1, 1e6, 1e9))])
    text = report.markdown(header, table)
    if line is not None:
        text += (
            f"\n\nMemory of one machine with {line['workers']} workers: {line['base']:,.0f} MB and "
            f"{line['slope']:+.2f} MB for a thousand articles; "
            f"{line['carried']:,} MB at {CARRIED:,}."
        )
    return text


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}"


def _bytes(value: float) -> str:
    power = min(5, int(math.log10(max(value, 1)) / 3))
    return f"{value / 1000**power:.3g} {('B', 'kB', 'MB', 'GB', 'TB', 'PB')[power]}"


# --- telling it --------------------------------------------------------------------------------


def tables(said: Said) -> str:
    """Everything that was measured as Markdown."""
    parts = []
    if said["sizes"]:
        parts += [_speed_table(said["sizes"]), _memory_table(said["sizes"])]
        parts += _lines(said)
        if any(row["stages"] for row in said["sizes"]):
            parts.append(_stage_table(said["sizes"]))
    if any("seconds" in row for row in said["engines"]):
        parts.append(_engine_table(said["engines"]))
    if said["versions"]:
        parts.append(_version_table("measured side by side", said["versions"]))
    if said["history"]:
        parts.append(_version_table("history", said["history"]))
    return "\n\n".join(parts)


def _label(row: Said) -> str:
    return f"{row['articles']:,}, {row['workers']} worker{'s' if row['workers'] > 1 else ''}"


def _speed_table(rows: Sequence[Said]) -> str:
    return report.markdown(
        [
            "articles",
            "words",
            "seconds",
            "articles a second",
            "words a second",
            "articles a second, per core",
            "words a second, per core",
            "articles a second, per worker",
        ],
        [
            [
                _label(r),
                r["words"],
                f"{r['seconds']:,.0f}",
                f"{r['articles_per_second']:.1f}",
                r["words_per_second"],
                f"{r['articles_per_core_second']:.1f}",
                r["words_per_core_second"],
                f"{r['articles_per_worker_second']:.1f}",
            ]
            for r in rows
        ],
    )


def _memory_table(rows: Sequence[Said]) -> str:
    return report.markdown(
        ["articles", "peak memory", "first process", "largest worker", "on disk", "results"],
        [
            [
                _label(r),
                f"{r['memory']:,.0f} MB",
                f"{r['driver']:,.0f} MB",
                f"{r['worker']:,.0f} MB",
                _bytes(r["disk"]),
                _bytes(r["results"]),
            ]
            for r in rows
        ],
    )


def _lines(said: Said) -> list[str]:
    lines = [f"{what}: {times:.2f} times one worker" for what, times in said["gain"].items()]
    line = said["memory"]
    if line is not None:
        (few, _), (many, _) = line["points"][0], line["points"][-1]
        lines.append(
            f"memory: {many:,} articles take {line['ratio']:.2f} times that of {few:,}; "
            f"{line['slope']:+.2f} MB for a thousand articles, so {line['carried']:,} MB at "
            f"{CARRIED:,}"
        )
    return lines


def _stage_table(rows: Sequence[Said]) -> str:
    names = list(dict.fromkeys(stage for row in rows for stage in row["stages"]))
    whole = [sum(row["stages"].values()) or 1.0 for row in rows]
    return report.markdown(
        ["share of the time", *(_label(r) for r in rows)],
        [
            [
                name,
                *(
                    f"{100 * row['stages'].get(name, 0.0) / total:.1f}%"
                    for row, total in zip(rows, whole, strict=True)
                ),
            ]
            for name in names
        ],
    )


def _engine_table(rows: Sequence[Said]) -> str:
    ran = [r for r in rows if "seconds" in r]
    return report.markdown(
        [f"names by ({COMPARED})", "words a second, per core", "peak memory"],
        [
            [
                "Frog, names alone" if r["engine"] == "frog" else r["setting"],
                round(r["words"] / r["seconds"]),
                f"{r['memory']:,.0f} MB" if "memory" in r else None,
            ]
            for r in ran
        ],
    )


def _version_table(title: str, rows: Sequence[Said]) -> str:
    return report.markdown(
        [
            title,
            "of",
            "cores",
            "articles",
            "articles a second, per core",
            "words a second, per core",
            "peak memory",
            "articles a yardstick",
        ],
        [
            [
                f"{r['version']} {r['commit']}".strip(),
                r["date"],
                str(r["cores"]),
                f"{int(r['articles']):,}",
                f"{float(r['articles_per_core_second']):.2f}",
                f"{int(r['words_per_core_second']):,}",
                f"{int(r['peak_mb']):,} MB",
                f"{float(r['articles_per_yardstick']):.4f}",
            ]
            for r in rows
        ],
    )


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--articles", type=int, nargs="*", default=[1000, 5000, 20000])
    made.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    made.add_argument("--repetitions", type=int, default=3, help="of the smallest, and of versions")
    made.add_argument(
        "--engines",
        nargs="*",
        default=["default", "spacy", "stanza", "frog"],
        help="default, spacy, stanza, frog or settings as --ner takes them",
    )
    made.add_argument("--versions", nargs="*", metavar="REF", help="measured beside this one")
    made.add_argument(
        "--sample", type=int, default=SAMPLE, help="articles for engines and versions"
    )
    made.add_argument("--record", action="store_true", help=f"add to {history.FILE.name}")
    made.add_argument("--history", action="store_true", help="show it, measure nothing")
    made.add_argument("--folder", type=Path, help="for the articles: kept, and used again")
    made.add_argument("--plot", type=Path, help="SVG of the memory")
    made.add_argument("--out", type=Path, help="JSON file with every repetition")
    made.add_argument("--costs", type=Path, metavar="FILE", help="of a million, from an --out FILE")
    made.add_argument(
        "--merge-rate", type=float, default=_MERGE_RATE, help="mentions a second (%(default)s)"
    )
    return made


def measured(options: argparse.Namespace, folder: Path) -> Said:
    """Everything that ``options`` ask for. Raises ``process_tree.Failed``."""
    state = report.machine()
    runs = []
    if options.articles:
        numbers = sorted(set(options.articles))
        workers = sorted(set(options.workers))
        runs = sizes(Program(), numbers, workers, options.repetitions, folder)
    rows = medians(runs)
    found = []
    if options.engines:
        found = list(beside(Program(), options.engines, options.sample, folder))
    of_versions: list[Said] = []
    left_out = {r["engine"]: r["left_out"] for r in found if "left_out" in r}
    if options.versions is not None or options.record:
        of_versions, lacking = versions(
            options.versions or [], options.sample, options.repetitions, folder
        )
        left_out |= lacking
        if options.record:
            history.record(of_versions)
    return {
        "machine": {**state, "load_after": report.machine()["load"]},
        "sizes": rows,
        "gain": gain(rows),
        "memory": memory(rows) if rows else None,
        "engines": found,
        "versions": of_versions,
        "history": history.read(),
        "left_out": left_out,
        "each": runs,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, measure, print the tables; 2 when a run fails."""
    made = parser()
    options = made.parse_args(arguments)
    if options.costs:
        print(costs(json.loads(options.costs.read_text(encoding="utf-8")), options.merge_rate))
        return 0
    if options.history:
        print(_version_table("history", history.read()))
        return 0
    if min([*options.articles, *options.workers, options.repetitions, options.sample]) < 1:
        made.error("articles, workers, repetitions and sample are at least 1")
    with tempfile.TemporaryDirectory(prefix="selaras-benchmark-") as temporary:
        try:
            said = measured(options, options.folder or Path(temporary))
        except Failed as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    for name, why in said["left_out"].items():
        print(f"left out: {name}: {why}", file=sys.stderr)
    print(tables(said))
    report.write(options.out, said)
    if options.plot and said["memory"]:
        plot(said["memory"], options.plot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
