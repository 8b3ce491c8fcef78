"""Figures read by Selaras beside text2num, quantulum3 and Recognizers-Text, on the same articles.

    python -m benchmarks.figures [--gold FOLDER ...] [--work FOLDER] [--out FILE]
    python -m benchmarks.figures --speed

The first tells how many of gold's figures each tool finds with the right value, and with the right
class beside it; what each reads in own sentences with traps; and the words per second of each with
one thread. Every tool has a process of its own; repetitions take turns (A B C A B C) and medians
are told. Seconds are those of the processor. A tool that is not installed is left out with a line
that says so. WORK may hold an environment for each (``WORK/quantulum3/bin/python``: its name in
lower case with hyphens).

The second tells the words per second of our own parts: dates, periods, statistics, and all that an
extraction does for figures, on the articles and on a text of nothing but figures. It ends with 1
when the whole is slower than 100,000 words per second on the articles of a language.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import figure_tools, report
from benchmarks.engines import Missing
from benchmarks.figure_tools import AGE, DURATION, MEASURE, MONEY, NUMBER, PERCENTAGE
from benchmarks.speed import ROOT, Texts, chosen, words
from pipeline import extraction, gold
from pipeline.evaluate.matching import Row, number, pair_up
from pipeline.extract import subjects
from pipeline.extract.dates import dates
from pipeline.extract.furniture import furniture
from pipeline.extract.periods import Periods
from pipeline.extract.sentences import containing, sentences
from pipeline.extract.statistics import statistics as find
from pipeline.gold import GoldArticle, GoldSpan
from pipeline.normalise.units import unit_id, unit_label
from pipeline.records import Organisation

LIMIT = 100_000  # words per second of everything that reads figures, one thread
KINDS = ("count", "percentage", "ratio", "fraction", "money", "measure", "age", "duration")
IN_WORDS = "in words"
_PER_LINE = 8  # figures in a line of the text of nothing but figures


class Process:
    """A tool in a process of its own."""

    def __init__(self, name: str, python: str) -> None:
        """Start ``name`` with the interpreter ``python``. Raises ``Missing``."""
        self.name = name
        # Read by libraries when they are loaded: one thread for each.
        quiet = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
        try:
            self._process = subprocess.Popen(
                [python, "-m", "benchmarks.figure_tools", name],
                cwd=ROOT,
                env={**os.environ, **quiet},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise Missing(f"{python}: {error}") from error
        try:
            said = self._answer()
            if said["missing"] is not None:
                raise Missing(said["missing"])
        except Missing:
            self.close()
            raise
        self.version: str | None = said["version"]
        self.languages: frozenset[str] = frozenset(said["languages"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Missing("its process ended")
        said: dict[str, Any] = json.loads(line)
        return said

    def read(self, language: str, texts: Sequence[str]) -> dict[str, Any]:
        """``seconds``, ``figures`` of each text and ``failed``. Raises ``Missing`` at its end."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"language": language, "texts": texts}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise Missing("its process ended") from error
        return self._answer()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def interpreter(name: str, work: Path | None) -> str:
    """The Python that runs the tool ``name``: that of its own environment, else this one."""
    if work is not None:
        own = work.resolve() / name.lower().replace(" ", "-")
        for python in (own / "bin" / "python", own / "Scripts" / "python.exe"):
            if python.is_file():
                return str(python)
    return sys.executable


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def same_value(span: GoldSpan, row: Row) -> bool:
    """Whether a figure has the number of gold's; of a ratio or fraction the quotient is one too."""
    value, of = number(span.attributes["value"]), number(span.attributes.get("of"))
    assert value is not None
    if _close(value, row["value"]):
        return True
    return bool(of) and row["of"] is None and _close(value / (of or 1), row["value"])


def same_class(span: GoldSpan, row: Row, language: str) -> bool:
    """Whether a figure has gold's class, and its currency or its unit of measure or time."""
    kind = span.attributes["kind"]
    if (kind if kind in figure_tools.CLASSES else NUMBER) != row["kind"]:
        return False
    if kind == MONEY:
        return bool(span.attributes.get("currency") == row["currency"])
    if kind in (MEASURE, DURATION):
        unit = span.attributes.get("unit")
        return row["unit"] == ((unit_id(unit, language) or unit) if unit else None)
    return True


def _is_part(span: GoldSpan, row: Row) -> bool:
    """Whether a figure is the second number of a ratio or range, read as one of its own."""
    others = (number(span.attributes.get(name)) for name in ("of", "to"))
    return any(n is not None and _close(n, row["value"]) for n in others)


def measure(article: GoldArticle, rows: Sequence[Row]) -> Counter[tuple[str, str]]:
    """Hits, figures found and figures wanted of one article, by score and by kind of figure.

    A figure of gold is found with its value by at most one that shares characters with it. The
    second number of a ratio or a range, read as a figure of its own, counts on neither side.
    """
    spans = [s for s in article.spans if s.type == "stat"]
    pairs = pair_up(spans, rows, same_value)
    used = {id(row) for _, row in pairs}
    free = [row for row in rows if id(row) not in used]
    parts = pair_up(spans, free, _is_part)
    counts: Counter[tuple[str, str]] = Counter()
    classed = pair_up(
        spans, rows, lambda s, r: same_value(s, r) and same_class(s, r, article.language)
    )
    for score, hits in (("value", pairs), ("class", classed)):
        counts[score, "hits"] += len(hits)
        counts[score, "found"] += len(rows) - len(parts)
        counts[score, "wanted"] += len(spans)
    found = {id(span) for span, _ in pairs}
    for span in spans:
        for kind in _kinds(span):
            counts[kind, "wanted"] += 1
            counts[kind, "hits"] += id(span) in found
    return counts


def _kinds(span: GoldSpan) -> list[str]:
    in_words = not any(c.isdigit() for c in span.text)
    return [span.attributes["kind"], *([IN_WORDS] if in_words else [])]


def scores(counts: Mapping[tuple[str, str], int], score: str) -> dict[str, float]:
    """Precision, recall and F1 of one score; 0 where nothing is found or wanted."""
    hits = counts.get((score, "hits"), 0)
    found, wanted = (counts.get((score, what), 0) for what in ("found", "wanted"))
    return {
        "precision": round(hits / found, 4) if found else 0.0,
        "recall": round(hits / wanted, 4) if wanted else 0.0,
        "f1": round(2 * hits / (found + wanted), 4) if found + wanted else 0.0,
    }


def shown(figure: Row) -> str:
    """A figure as the table of traps has it: ``557 of 1,461``, ``3 to 5%``, ``12 ha``."""

    def plain(value: float) -> str:
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.3f}".rstrip("0")

    text = plain(float(figure["value"]))
    for name in ("of", "to"):
        if figure[name] is not None:
            text += f" {name} {plain(float(figure[name]))}"
    if figure["kind"] == PERCENTAGE:
        return f"{text}%"
    if figure["kind"] == AGE:
        return f"age {text}"
    if figure["kind"] == NUMBER:
        return text
    return f"{text} {figure['currency'] or figure['unit'] or figure['kind']}"


def traps(processes: Sequence[Process]) -> list[dict[str, Any]]:
    """What each tool reads in each sentence with a trap; ``None`` for a language it reads none of.

    Raises ``Missing`` when a tool ends.
    """
    found = []
    for trap in figure_tools.data()["traps"]:
        language, text = trap["language"], trap["text"]
        read: dict[str, str | None] = {}
        for tool in processes:
            read[tool.name] = None
            if language in tool.languages:
                figures = tool.read(language, [text])["figures"][0]
                read[tool.name] = "; ".join(shown(f) for f in figures)
        found.append({**trap, "read": read})
    return found


def quality(tool: Process, articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """Counts of ``tool`` on the articles of each language that it reads, and what it failed on."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    failed = 0
    for code in sorted({a.language for a in articles} & tool.languages):
        mine = [a for a in articles if a.language == code]
        said = tool.read(code, [a.text for a in mine])
        failed += said["failed"]
        counts[code] = sum(
            (measure(a, rows) for a, rows in zip(mine, said["figures"], strict=True)), Counter()
        )
    return {"counts": counts, "failed": failed}


def in_turn(
    named: Mapping[str, Callable[[], float]], repetitions: int, size: int
) -> dict[str, dict[str, Any]]:
    """Words per second of each: every callable does ``size`` words and says the seconds it took."""
    taken: dict[str, list[float]] = {name: [] for name in named}
    for i in range(repetitions):
        print(f"repetition {i + 1} of {repetitions}", file=sys.stderr, flush=True)
        for name, call in named.items():
            taken[name].append(round(size / call(), 1))
    return {
        n: {"median": round(statistics.median(each)), "each": each} for n, each in taken.items()
    }


def _seconds(tool: Process, language: str, texts: Sequence[str]) -> float:
    return float(tool.read(language, texts)["seconds"])


def of_tools(
    processes: Sequence[Process], texts: Texts, repetitions: int
) -> dict[str, dict[str, Any]]:
    """Words per second of each tool, by language and name. Raises ``Missing`` when one ends."""
    found: dict[str, dict[str, Any]] = {}
    for code, given in texts.items():
        able = [tool for tool in processes if code in tool.languages]
        for tool in able:  # what is made at a first call is made now
            tool.read(code, given[:1])

        named = {tool.name: partial(_seconds, tool, code, given) for tool in able}
        found[code] = in_turn(named, repetitions, words(given))
    return found


def only_figures(articles: Sequence[GoldArticle]) -> Texts:
    """One text for each language: gold's figures with what they count, and nothing else."""
    made: Texts = {}
    for code in sorted({a.language for a in articles}):
        figures = []
        for span in (s for a in articles if a.language == code for s in a.spans):
            if span.type == "stat":
                unit = span.attributes.get("unit", "")
                figures.append(span.text if unit in span.text else f"{span.text} {unit}")
        lines = (figures[i : i + _PER_LINE] for i in range(0, len(figures), _PER_LINE))
        made[code] = ["\n".join(f"{', '.join(line)}." for line in lines)]
    return made


class OurParts:
    """What an extraction does for the figures of one text, part by part.

    What other parts find stands ready: names and documents as gold has them, page furniture.
    """

    def __init__(self, text: str, language: str, spans: Sequence[GoldSpan] = ()) -> None:
        """Find what the parts ask for."""
        self.text, self.language = text, language
        named = [s for s in spans if s.type in ("org", "ref")]
        self._excluded = sorted(
            [*furniture(text, language).spans, *((s.start, s.end) for s in named)]
        )
        self._bodies = [
            Organisation(start=s.start, end=s.end, text=s.text, canonical_id=s.attributes["key"])
            for s in named
            if s.type == "org"
        ]
        self._known = dates(text, language, None)
        # The sentences as periods are asked of: the start of their line, their own edges, figures.
        within: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
        edges = sentences(text, language)
        for s in find(text, language, excluded=self._excluded):
            place = containing(edges, s.start, s.end)
            within.setdefault(place, []).append((s.start, s.end, s.value_kind))
        self._asked = [(text.rfind("\n", 0, a) + 1, a, b, within.get((a, b), [])) for a, b in edges]

    def dates(self) -> object:
        """The dates of the text."""
        return dates(self.text, self.language, None)

    def periods(self) -> object:
        """The periods of its figures, its dates and sentences known."""
        of = Periods(self.text, self.language, self._known, None, None)
        found = []
        for line, start, end, figures in self._asked:
            if figures:
                found += of.sentence(line, start, end, figures)
            else:
                of.pass_by(line, start, end)
        return found

    def dates_and_periods(self) -> object:
        """Both of them."""
        return self.dates(), self.periods()

    def statistics(self) -> object:
        """The extractor of statistics alone, which looks for dates and periods itself."""
        return find(self.text, self.language)

    def whole(self) -> object:
        """All that ``pipeline.extraction`` does for figures: also units and whom they are about."""
        known = dates(self.text, self.language, None)
        today = extraction._today(known, ())
        if today is not None:  # days without a year are read once more
            known = dates(self.text, self.language, today)
        found = find(self.text, self.language, excluded=self._excluded, dates=known, today=today)
        edges = sentences(self.text, self.language)
        about = subjects.bodies(self.text, self.language, found, self._bodies, edges)
        units = [unit_id(s.unit, self.language) if s.unit else None for s in found]
        return about, [unit_label(u) if u else None for u in units]


WHOLE = "the whole of it"
PARTS: dict[str, Callable[[OurParts], object]] = {
    "dates": OurParts.dates,
    "periods, dates known": OurParts.periods,
    "dates and periods": OurParts.dates_and_periods,
    "statistics alone": OurParts.statistics,
    WHOLE: OurParts.whole,
}


def _seconds_of_part(part: Callable[[OurParts], object], given: Sequence[OurParts]) -> float:
    gc.collect()
    begin = time.process_time()
    for text in given:
        part(text)
    return time.process_time() - begin


def of_parts(
    texts: Mapping[str, Sequence[OurParts]], repetitions: int
) -> dict[str, dict[str, Any]]:
    """Words per second of our parts, by language and name."""
    found: dict[str, dict[str, Any]] = {}
    for code, given in texts.items():
        for part in PARTS.values():
            _seconds_of_part(part, given)
        named = {name: partial(_seconds_of_part, part, given) for name, part in PARTS.items()}
        found[code] = in_turn(named, repetitions, words([g.text for g in given]))
    return found


def _rounded(value: float) -> str:
    return f"{value:.3f}"


def tables(said: dict[str, Any]) -> str:
    """Quality, traps and speed of the tools as Markdown tables."""
    parts = []
    for code, size in said["figures"].items():
        head = [f"{code}, {size} figures"]
        head += [f"{s}: {p}" for s in ("value", "and class") for p in ("precision", "recall", "F1")]
        parts.append(
            report.markdown(
                head,
                [
                    [name, *(_rounded(v) for s in ("value", "class") for v in of[code][s].values())]
                    if code in of
                    else [name, *[None] * 6]
                    for name, of in said["scores"].items()
                ],
            )
        )
    for code, wanted in said["kinds"].items():
        parts.append(
            report.markdown(
                [f"{code}, value, recall", *(f"{k} ({n})" for k, n in wanted.items())],
                [
                    [
                        name,
                        *(_rounded(of[code][k]["recall"]) if code in of else None for k in wanted),
                    ]
                    for name, of in said["scores"].items()
                ],
            )
        )
    for code in said["figures"]:
        mine = [t for t in said["traps"] if t["language"] == code]
        parts.append(
            report.markdown(
                ["", *said["scores"]],
                [[f"{t['text']} ({t['is'] or 'none'})", *_readings(t)] for t in mine],
            )
        )
    codes = list(said["speed"])
    rows = [
        [name, *(said["speed"][c].get(name, {}).get("median") for c in codes)]
        for name in said["scores"]
    ]
    parts.append(report.markdown(["words per second, 1 thread", *codes], rows))
    for name, failed in said["failed"].items():
        if failed:
            parts.append(f"{name} raised an error on {failed} texts or lines.")
    return "\n\n".join(parts)


def _readings(trap: dict[str, Any]) -> list[str | None]:
    return [
        None if read is None else "✓" if read == trap["is"] else read or "none"
        for read in trap["read"].values()
    ]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.figures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--gold",
        type=Path,
        action="append",
        help="folder of STORY.LANGUAGE.txt with gold's tags (default: gold's dev part)",
    )
    made.add_argument(
        "--tools",
        default=",".join(figure_tools.TOOLS),
        help="joined by commas (default: all that are installed)",
    )
    made.add_argument(
        "--articles", type=int, default=10, help="how many of each language are timed"
    )
    made.add_argument("--repetitions", type=int, default=5)
    made.add_argument("--work", type=Path, help="environments of the tools")
    made.add_argument("--speed", action="store_true", help="our own parts alone")
    made.add_argument("--out", type=Path, help="JSON file with every repetition")
    return made


def compare(options: argparse.Namespace, articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """Every tool on the same articles; one that is missing or ends on the way is left out."""
    skipped: dict[str, str] = {}
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        processes: list[Process] = []
        for name in options.tools.split(","):
            try:
                tool = Process(name, interpreter(name, options.work))
                stack.callback(tool.close)
                print(f"reading: {name}", file=sys.stderr, flush=True)
                found[name] = quality(tool, articles)
                processes.append(tool)
            except Missing as error:
                skipped[name] = str(error)
                print(f"left out: {name}: {error}", file=sys.stderr, flush=True)
        texts = chosen(articles, options.articles)
        before = report.machine()
        speeds = of_tools(processes, texts, options.repetitions)
        read = traps(processes)
    codes = sorted({a.language for a in articles})
    wanted = {
        code: Counter(
            kind
            for a in articles
            if a.language == code
            for s in a.spans
            if s.type == "stat"
            for kind in _kinds(s)
        )
        for code in codes
    }
    kinds = (*KINDS, IN_WORDS)
    return {
        "machine": {**before, "load_after": report.machine()["load"]},
        "versions": {tool.name: tool.version for tool in processes},
        "articles": {code: sum(a.language == code for a in articles) for code in codes},
        "figures": {code: sum(wanted[code][k] for k in KINDS) for code in codes},
        "kinds": {code: {k: wanted[code][k] for k in kinds if wanted[code][k]} for code in codes},
        "scores": {
            tool.name: {
                code: {score: scores(counts, score) for score in ("value", "class", *kinds)}
                for code, counts in found[tool.name]["counts"].items()
            }
            for tool in processes
        },
        "failed": {tool.name: found[tool.name]["failed"] for tool in processes},
        "traps": read,
        "timed_words": {code: words(given) for code, given in texts.items()},
        "repetitions": options.repetitions,
        "speed": speeds,
        "left_out": skipped,
    }


def own_speed(options: argparse.Namespace, articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """Words per second of our parts, on articles and on a text of nothing but figures."""
    codes = sorted({a.language for a in articles})
    whole = {c: [OurParts(a.text, c, a.spans) for a in articles if a.language == c] for c in codes}
    dense = {c: [OurParts(t, c) for t in texts] for c, texts in only_figures(articles).items()}
    state = report.machine()
    return {
        "machine": state,
        "words": {
            what: {c: words([g.text for g in given]) for c, given in texts.items()}
            for what, texts in (("articles", whole), ("only figures", dense))
        },
        "repetitions": options.repetitions,
        "articles": of_parts(whole, options.repetitions),
        "only figures": of_parts(dense, options.repetitions),
    }


def main() -> int:
    """Read the command line, measure, print the tables; 1 when our limit of speed is not kept."""
    made = parser()
    options = made.parse_args()
    if min(options.articles, options.repetitions) < 1:
        made.error("articles and repetitions are at least 1")
    for name in options.tools.split(","):
        if name not in figure_tools.TOOLS:
            made.error(f"no tool {name!r}; there are {', '.join(figure_tools.TOOLS)}")
    folders = options.gold or [ROOT / "corpus" / "gold" / "dev"]
    articles = [a for folder in folders for a in gold.read(folder)]
    if not articles:
        made.error("no articles to read")
    if not options.speed:
        try:
            said = compare(options, articles)
        except Missing as error:
            print(f"error: a tool stopped while it was timed: {error}", file=sys.stderr)
            return 2
        print(tables(said))
        report.write(options.out, said)
        return 0
    said = own_speed(options, articles)
    columns = [(what, code) for what in ("articles", "only figures") for code in said["articles"]]
    print(
        report.markdown(
            ["words per second, 1 thread", *(f"{what}, {code}" for what, code in columns)],
            [[name, *(said[what][c][name]["median"] for what, c in columns)] for name in PARTS],
        )
    )
    report.write(options.out, said)
    slow = [c for c, of in said["articles"].items() if of[WHOLE]["median"] < LIMIT]
    verdict = f"not kept by {', '.join(slow)}" if slow else "kept"
    print(f"\nlimit: {LIMIT:,} words per second of the whole on articles: {verdict}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
