"""The recipe of what tells languages: ``python -m pipeline.train.detection``.

Makes, in ``models/detection``, the langdetect profile of each family of close languages, the votes
of words (``pipeline.detect.words``) and the weights that make the score a probability
(``pipeline.detect.confidence``). The frequencies of words come from wordfreq (Speer, 2022), from
texts of the languages that are told apart, and from short lists of our own for languages that no
frequencies are known of.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import log
from pathlib import Path
from typing import Any

import click
import langdetect
import numpy as np
import wordfreq
from babel import Locale
from langdetect.utils.lang_profile import LangProfile

from pipeline import detect, gold_languages, languages, train
from pipeline import gold as gold_articles
from pipeline.detect import words as word_votes
from pipeline.detect.paragraphs import paragraphs
from pipeline.detect.words import Lexicon
from pipeline.normalise import places

# How many of the commonest words of a language that has no relatives here.
_COMMON = 250
# Of a language that is told from its relatives, all words at least this frequent.
_RARE = 1e-6
# How much a text of a language counts beside wordfreq's list of it.
_SAMPLE_WEIGHT = 0.4
# A word of a close language that another uses this many times as often says nothing.
_FOREIGN = 2.0
# A vote is log(1 + _SHARPNESS * how many times as frequent as on average over the languages).
_SHARPNESS = 0.7
_SMALLEST = 0.1
# A difference between relatives as small as this comes from what the lists were counted on.
_SLIGHT = 0.2
# The frequency of the word of rank r in a list of our own (Zipf, 1935).
_ZIPF, _ZIPF_SHIFT = 0.02, 3
# How often a language that is written with marks is seen without them.
_UNMARKED = 0.05

# How many lines of news count into a profile beside the aligned sentences.
NEWS = 1000
FOLDS = 5
# Lengths of the texts, in words, on which the score is fitted, and how many of each a text gives.
LENGTHS = (3, 5, 8, 12, 20, 40, 100)
MOST_OF_LENGTH = 60
STEPS, PENALTY = 30, 1.0
# Leanings rest on texts of so many words and more, of languages with so many of them.
LEAN_FROM, LEAN_EXAMPLES, LEAN_STEPS, LEAN_RATE = 12, 100, 500, 2.0
# What the rare relatives get of which there are fewer: they are hardly ever met.
LEAN_OF_RARE = -3.0
# How often a language is met that the site does not publish in, beside one that it does.
SELDOM = 0.1
# The news that an aligned text begins with says little: its words are in all lists.
LEAN_SKIPS = 1 / 3

Frequencies = dict[str, float]


def frequencies_of(texts: Iterable[str]) -> Frequencies:
    """The relative frequencies of the words of ``texts``."""
    counts = Counter(w for text in texts for w in word_votes.words(word_votes.composed(text)))
    total = counts.total()
    return {w: n / total for w, n in counts.items()}


def names_of(texts: Iterable[str]) -> set[str]:
    """Words that stand in ``texts`` mostly with a capital although they open no line."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for word in word_votes.composed(text).split()[1:]:
            for part in word_votes.words(word):
                (capital if word[0].isupper() else small)[part] += 1
    return {w for w, n in capital.items() if n > 3 * small[w] + 2}


@cache
def _listed(code: str) -> Frequencies:
    known = wordfreq.get_frequency_dict(recipe()["wordfreq"]["called"].get(code, code), "best")
    return {w: f for w, f in known.items() if word_votes.words(w) == [w]}


def _ranked(listed: Sequence[str]) -> Frequencies:
    single = [w for w in listed if word_votes.words(w) == [w]]
    return {w: _ZIPF / (rank + _ZIPF_SHIFT) for rank, w in enumerate(single)}


@cache
def recipe() -> dict[str, Any]:
    """What ``detection.toml`` says: the texts that are read, and lists of words and languages."""
    file = resources.files(train) / "detection.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _mixed(listed: Frequencies, sample: Frequencies) -> Frequencies:
    """``listed`` with ``sample`` beside it; what only one of them has counts by its part."""
    if not listed or not sample:
        return dict(listed or sample)
    total = 1.0 + _SAMPLE_WEIGHT
    found = {w: f / total for w, f in listed.items()}
    for w, f in sample.items():
        found[w] = found.get(w, 0.0) + _SAMPLE_WEIGHT * f / total
    return found


@dataclass(frozen=True, slots=True)
class Background:
    """What texts that are not aligned say: the names in them, and those of the names that stand in
    articles about Vietnam."""

    names: frozenset[str]
    local: frozenset[str]


def background(
    news: Mapping[str, Sequence[str]], articles: Mapping[str, Sequence[str]]
) -> Background:
    """The names of ``news`` and of ``articles``, which are to say nothing.

    Words of news in one language and not in the other are of its subjects: they are not counted.
    """
    calendar = {w for code in languages.available() for w in _calendar(code)}
    local = {n for texts in articles.values() for n in names_of(texts)} - calendar
    names = {n for texts in news.values() for n in names_of(texts)} - calendar
    return Background(frozenset(names | local), frozenset(local))


def table(aligned: Mapping[str, Sequence[str]], other: Background) -> dict[str, dict[str, float]]:
    """The votes of words, from texts of one content by language and from what else is known."""
    families = word_votes.families()
    close = {code for related in families.values() for code in related}
    common: list[str] = recipe()["wordfreq"]["common"]
    marked: list[str] = recipe()["wordfreq"]["marked"]
    listed = {code: _listed(code) for code in (*common, *sorted(close)) if _known(code)}
    found: dict[str, Frequencies] = {}
    for code in common:
        top = sorted(listed[code].items(), key=lambda item: (-item[1], item[0]))[:_COMMON]
        top = [(w, f) for w, f in top if code not in marked or w not in other.local]
        found[code] = dict(top)
        for w, f in top:
            if (plain := places.fold(w)) != w and code in marked:
                found[code][plain] = found[code].get(plain, 0.0) + _UNMARKED * f
    for code, own in recipe()["words"].items():
        found[code] = _ranked(own)
    for related in families.values():
        for code in related:
            sample = frequencies_of(aligned.get(code, ()))
            found[code] = _mixed(listed.get(code, {}), sample) or found.get(code) or {}
    votes: dict[str, dict[str, float]] = {}
    every = sorted(found)
    for word in sorted({w for own in found.values() for w in own}):
        said = {c: f for c in every if (f := found[c].get(word, 0.0)) > 0}
        nearest = max((said.get(c, 0.0) for c in close), default=0.0)
        if not said.keys() - close and (
            nearest < _RARE
            or word in other.names
            or any(listed[c].get(word, 0.0) > _FOREIGN * nearest for c in common)
        ):
            continue
        mean = sum(said.values()) / len(every)
        row = {c: round(log(1 + _SHARPNESS * f / mean), 2) for c, f in said.items()}
        row |= _nearer({c: v for c, v in row.items() if c in close})
        row = {c: v for c, v in row.items() if v >= _SMALLEST}
        if row:
            votes[word] = row
    return votes


def _nearer(row: Frequencies) -> Frequencies:
    """The votes of relatives for a word, a small difference between two made none."""
    most = max(row.values(), default=0.0)
    return {c: round(min(most, v + _SLIGHT), 2) for c, v in row.items()}


def _known(code: str) -> bool:
    return recipe()["wordfreq"]["called"].get(code, code) in wordfreq.available_languages("best")


def _calendar(code: str) -> set[str]:
    """The words of a language's months and days, which have capitals and are no names."""
    locale = Locale.parse(code)
    named = (*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values())
    return {w for name in named for w in word_votes.words(name)}


def profile(codes: Sequence[str], texts: Iterable[str]) -> dict[str, Any]:
    """The langdetect profile that the languages ``codes`` have together, counted over ``texts``."""
    counted = LangProfile("+".join(sorted(codes)))
    for text in texts:
        counted.update(text)
    counted.omit_less_freq()
    return {
        "freq": dict(sorted(counted.freq.items())),
        "n_words": counted.n_words,
        "name": counted.name,
    }


def write_profiles(
    aligned: Mapping[str, Sequence[str]], news: Mapping[str, Sequence[str]], out: Path
) -> None:
    """Write the profile of each family of which langdetect does not know every member with text."""
    shipped = {entry.name for entry in (resources.files(langdetect) / "profiles").iterdir()}
    out.mkdir(parents=True, exist_ok=True)
    for related in word_votes.families().values():
        codes = sorted(related.keys() & aligned.keys())
        if set(codes) <= shipped:
            continue
        texts = [x for c in codes for x in (*aligned[c], *list(news.get(c, ()))[:NEWS])]
        said = json.dumps(profile(codes, texts), ensure_ascii=False, separators=(",", ":"))
        (out / f"{'+'.join(codes)}.json").write_text(said + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the language that it is in, and the lexicon that has not seen it."""

    text: str
    language: str
    lexicon: Lexicon


def fragments(lines: Sequence[str], language: str, known: Lexicon) -> Iterator[Example]:
    """Texts of each of ``LENGTHS`` words, as many as ``lines`` give, up to ``MOST_OF_LENGTH``."""
    for length in LENGTHS:
        at, made = 0, 0
        while at < len(lines) and made < MOST_OF_LENGTH:
            words: list[str] = []
            while at < len(lines) and len(words) < length:
                words += lines[at].split()
                at += 1
            if len(words) >= length:
                yield Example(" ".join(words[:length]), language, known)
                made += 1


@dataclass(frozen=True, slots=True)
class Measured:
    """What is said of an example: the measures of the evidence, whether it is right, whether the
    language that was found has relatives, and the one that it is in."""

    measures: tuple[float, ...]
    right: bool
    close: bool
    language: str


def measured(example: Example, leanings: Mapping[str, float]) -> Measured | None:
    """How an example is told; ``None`` for one in letters that are not Latin, or of which nothing
    can be said."""
    lines = paragraphs(example.text, example.lexicon)
    found = detect.judge(example.text, lines, example.lexicon, leanings)
    if found is None or not found.latin:
        return None
    right = found.language == example.language
    return Measured(found.evidence.measures(), right, found.close, example.language)


def lean(examples: Sequence[Example]) -> dict[str, float]:
    """What each relative gets beside its votes, in log odds, so that as many texts of one are taken
    for another as the other way round; the rare ones of which there is little text get
    ``LEAN_OF_RARE``.

    Gradient steps on a softmax over the votes of examples: each language alike that news about
    Vietnam is published in, the others less.
    """
    found: dict[str, float] = {}
    published = recipe()["site"]["published"]
    for related in word_votes.families().values():
        rows = [e for e in examples if e.language in related and len(e.text.split()) >= LEAN_FROM]
        sizes = Counter(e.language for e in rows)
        codes = sorted(code for code, n in sizes.items() if n >= LEAN_EXAMPLES)
        if not codes:
            continue
        rows = [e for e in rows if e.language in codes]
        votes = np.array([[_votes(e)[e.lexicon.languages.index(c)] for c in codes] for e in rows])
        right = np.array([[e.language == c for c in codes] for e in rows], dtype=float)
        each = {c: (1.0 if c in published else SELDOM) / sizes[c] for c in codes}
        weight = np.array([[each[e.language]] for e in rows])
        weight /= weight.sum()
        bias = np.zeros(len(codes))
        for _ in range(LEAN_STEPS):
            odds = votes + bias
            odds = np.exp(odds - odds.max(axis=1, keepdims=True))
            bias += LEAN_RATE * ((right - odds / odds.sum(axis=1, keepdims=True)) * weight).sum(0)
        found |= {c: round(float(b - bias.max()), 3) for c, b in zip(codes, bias, strict=True)}
        found |= {c: LEAN_OF_RARE for c in related if c not in codes}
    return found


def _votes(example: Example) -> list[float]:
    return example.lexicon.votes(word_votes.composed(example.text)).votes


def fit(rows: Sequence[Measured]) -> list[float]:
    """The weights of a logistic regression over measures, each language alike that news about
    Vietnam is published in, the others less.

    Newton's method with a small penalty; the same rows give the same weights.
    """
    of_language = Counter(row.language for row in rows)
    x = np.array([row.measures for row in rows])
    y = np.array([row.right for row in rows], dtype=float)
    published = recipe()["site"]["published"]
    often = {c: (1.0 if c in published else SELDOM) / n for c, n in of_language.items()}
    weight = np.array([often[row.language] for row in rows])
    weight *= len(rows) / weight.sum()
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x @ w)))
        gradient = x.T @ (weight * (y - p)) - PENALTY * w
        curvature = (x.T * (weight * p * (1 - p))) @ x + PENALTY * np.eye(len(w))
        w += np.linalg.solve(curvature, gradient)
    return [round(float(v), 4) for v in w]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _half(file: Path) -> list[str]:
    """The first half of the sentences of a file; the second is for measuring alone."""
    lines = _lines(file)
    return lines[: len(lines) // 2]


def _stretch(size: int, fold: int) -> slice:
    return slice(size * fold // FOLDS, size * (fold + 1) // FOLDS)


def _texts(path: Path) -> list[str]:
    """The lines of a text, or the sentences of a folder of files that have a word a line and an
    empty line between."""
    if path.is_file():
        return _lines(path)
    found: list[str] = []
    for file in sorted(path.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("\n\n"):
            if words := [line.split()[0] for line in block.splitlines() if line.strip()]:
                found.append(" ".join(words))
    return found


def _articles(folder: Path) -> dict[str, list[str]]:
    """The lines of the articles of gold in ``folder``, by language."""
    found: dict[str, list[str]] = {}
    for article in gold_articles.read(folder):
        found.setdefault(article.language, []).extend(article.text.splitlines())
    return found


def _labelled(folder: Path) -> dict[str, list[str]]:
    """The paragraphs of the gold of detection in ``folder``, by language; those in none (``-``)
    too, which every answer is wrong for."""
    found: dict[str, list[str]] = {}
    for article in gold_languages.read(folder):
        for part in article.paragraphs:
            found.setdefault(part.language, []).append(article.text[part.start : part.end])
    return found


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--gold", type=click.Path(path_type=Path, exists=True), default="corpus/gold")
@click.option("--out", type=click.Path(path_type=Path), default="models/detection")
def main(data: Path, gold: Path, out: Path) -> None:
    """Make what tells languages from the texts in DATA that detection.toml names, and from gold.

    The score is fitted with the profiles that the program has: where these change, run it twice.
    """
    aligned = {code: _half(data / name) for code, name in recipe()["aligned"].items()}
    news = {code: _texts(data / name) for code, name in recipe()["news"].items()}
    named = _articles(gold / "train")
    write_profiles(aligned, news, out / "profiles")
    other = background(news, named)
    examples: list[Example] = []
    for fold in range(FOLDS):
        # Neighbouring sentences are of one article: a fold is a stretch of the text.
        stretch = {c: _stretch(len(t), fold) for c, t in aligned.items()}
        kept = {c: t[: stretch[c].start] + t[stretch[c].stop :] for c, t in aligned.items()}
        known = word_votes.compose(table(kept, other))
        for code, lines in aligned.items():
            examples += fragments(lines[stretch[code]], code, known)
            examples += (Example(line, code, known) for line in lines[stretch[code]])
    votes = table(aligned, other)
    known = word_votes.compose(votes)
    for code, lines in sorted(_labelled(gold / "detection").items()):
        examples += fragments(lines, code, known)
    for article in gold_articles.read(gold / "dev"):
        examples += fragments(article.text.splitlines(), article.language, known)
    (out / "words.tsv").write_text(
        "".join(
            f"{word}\t{' '.join(f'{c}={v:g}' for c, v in sorted(row.items()))}\n"
            for word, row in sorted(votes.items())
        ),
        encoding="utf-8",
    )
    later = {line for lines in aligned.values() for line in lines[int(len(lines) * LEAN_SKIPS) :]}
    of_gold = [e for e in examples if e.lexicon is known and e.language not in aligned]
    leanings = lean([e for e in examples if e.text in later] + of_gold)
    rows = [m for e in examples if (m := measured(e, leanings)) is not None]
    fitted = {
        "leanings": leanings,
        "close": fit([m for m in rows if m.close]),
        "other": fit([m for m in rows if not m.close]),
    }
    file = out / "confidence.json"
    file.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{len(votes)} words, {len(examples)} examples")


if __name__ == "__main__":
    main()
