"""Numbered documents read by Selaras beside one regular expression, and words per second.

    python -m benchmarks.references [--gold FOLDER ...] [--speed-gold FOLDER] [--out FILE]

No library reads these numbers; what people use is an expression for a well-formed number. The
first table tells how many of gold's documents each finds under their one true number (F1), the
second the words per second of each with one thread: on articles as they come, and on those dense in
documents. Repetitions take turns (A B A B) and medians are told. It ends with 1 when Selaras reads
fewer than 300,000 words per second on the articles of a language.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.speed import ROOT, Texts, words
from pipeline import gold
from pipeline.evaluate.matching import pair_up
from pipeline.extract.references import references
from pipeline.gold import GoldArticle

LIMIT = 300_000  # words per second, one thread
ALONE, EXPRESSION = "Selaras references", "one expression"
DEFAULT_GOLD = ("corpus/gold/dev", "corpus/gold/references")

_WELL_FORMED = re.compile(
    r"(?<![\w/-])[0-9]{1,5}(?:/[0-9]{4}/(?:UBTV)?QH[0-9]{2}"
    r"|(?:/[0-9]{4})?/[A-ZĐ][A-Za-zĐ]*(?:-[A-ZĐ][\wĐ&]*)+"
    r"|-[A-ZĐ][A-Za-zĐ]*/[A-ZĐ][\wĐ]*(?:-[A-ZĐ][\wĐ]*)*)"
)

Found = list[tuple[int, int, str]]


def well_formed(text: str, _language: str) -> Found:
    """Where a number stands in its true form, with that form."""
    return [(m.start(), m.end(), m[0]) for m in _WELL_FORMED.finditer(text)]


def ours(text: str, language: str) -> Found:
    """Where references stand, with their canonical ids."""
    return [(r.start, r.end, r.canonical_id or "") for r in references(text, language)]


READERS: dict[str, Callable[[str, str], Found]] = {ALONE: ours, EXPRESSION: well_formed}


def counted(article: GoldArticle, found: Found) -> Counter[str]:
    """Hits, references found and references wanted of one article."""
    wanted = [s for s in article.spans if s.type == "ref"]
    rows = [{"start": start, "end": end, "id": number} for start, end, number in found]
    pairs = pair_up(
        wanted, rows, lambda s, row: row["id"] in (s.attributes["id"], s.attributes.get("full"))
    )
    return Counter(hits=len(pairs), found=len(found), wanted=len(wanted))


def f1(counts: Counter[str]) -> float:
    """F1 of hits among those found and wanted; 0 where there is nothing."""
    total = counts["found"] + counts["wanted"]
    return round(2 * counts["hits"] / total, 4) if total else 0.0


def quality(articles: Sequence[GoldArticle]) -> dict[str, dict[str, float]]:
    """F1 of each reader by language."""
    said: dict[str, dict[str, float]] = {}
    for name, read in READERS.items():
        for language in sorted({a.language for a in articles}):
            counts: Counter[str] = Counter()
            for article in articles:
                if article.language == language:
                    counts += counted(article, read(article.text, language))
            said.setdefault(name, {})[language] = f1(counts)
    return said


def speed(texts: Texts, repetitions: int) -> dict[str, dict[str, int]]:
    """Median words per second of each reader by language, one thread."""
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(repetitions):
        for language, of_language in texts.items():
            for name, read in READERS.items():
                began = time.process_time()
                for text in of_language:
                    read(text, language)
                times.setdefault((name, language), []).append(time.process_time() - began)
    said: dict[str, dict[str, int]] = {}
    for (name, language), seconds in times.items():
        rate = words(texts[language]) / statistics.median(seconds)
        said.setdefault(name, {})[language] = round(rate)
    return said


def _texts(articles: Sequence[GoldArticle]) -> Texts:
    codes = sorted({a.language for a in articles})
    return {code: [a.text for a in articles if a.language == code] for code in codes}


def main() -> int:
    """Read the command line, measure, print the tables; 1 when our limit of speed is not kept."""
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    folders = [ROOT / folder for folder in DEFAULT_GOLD]
    made.add_argument("--gold", type=Path, nargs="+", default=folders, help="folders with gold")
    made.add_argument(
        "--speed-gold",
        type=Path,
        default=ROOT / "corpus/gold/train",
        help="articles as they come, for the speed",
    )
    made.add_argument("--repetitions", type=int, default=5)
    made.add_argument("--out", type=Path, help="all of it as JSON")
    options = made.parse_args()
    dense = [article for folder in options.gold for article in gold.read(folder)]
    usual = _texts(gold.read(options.speed_gold))
    found = quality(dense)
    speed(usual, 1)  # warm up
    rates = {
        "articles": speed(usual, options.repetitions),
        "dense": speed(_texts(dense), options.repetitions),
    }
    codes = sorted(usual)
    print(
        report.markdown(["F1", *codes], [[n, *(s.get(c) for c in codes)] for n, s in found.items()])
    )
    print()
    header = [f"{kind}, {code}" for kind in rates for code in codes]
    rows = [
        [name, *(rates[kind][name].get(code) for kind in rates for code in codes)]
        for name in READERS
    ]
    print(report.markdown(["words per second, 1 thread", *header], rows))
    said: dict[str, Any] = {"f1": found, "words_per_second": rates, "machine": report.machine()}
    report.write(options.out, said)
    return int(min(rates["articles"][ALONE].values()) < LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
