"""Which language an article is in.

langdetect decides first, with a profile of our own for each language that it has none for. A
second step tells languages that its n-grams confuse (Malay and Indonesian, Dutch and Afrikaans)
by whole words that only one of the two uses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline import languages
from pipeline.extract.furniture import without_furniture

UNDECIDED = "und"
# langdetect draws its n-grams at random; the seed makes the same text give the same answer.
_SEED = 0
# Enough for the profiles to agree; a longer sample changes nothing but the time it takes.
_SAMPLE_CHARACTERS = 3000
_WORDS_CHARACTERS = 20_000
_FEWEST_LETTERS = 25
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Detection:
    """A language (ISO 639-1, ``und`` when unsure), how sure it is (0 to 1), and why if unsure."""

    language: str
    score: float
    reason: str | None = None


@cache
def _factory() -> Any:
    """langdetect's detectors with its own profiles and those of ``pipeline/languages``."""
    import langdetect
    from langdetect.detector_factory import DetectorFactory

    DetectorFactory.seed = _SEED
    shipped = resources.files(langdetect) / "profiles"
    profiles = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in shipped.iterdir()
        if not entry.name.startswith(("_", "."))
    }
    ours = resources.files(languages)
    for code in languages.available():
        profile = ours / code / "langdetect.json"
        if profile.is_file():
            profiles[code] = profile.read_text(encoding="utf-8")
    factory = DetectorFactory()
    factory.load_json_profile([profiles[name] for name in sorted(profiles)])
    return factory


@cache
def _neighbours() -> dict[frozenset[str], dict[str, frozenset[str]]]:
    """For each confusable pair of languages, the words that only one of the two uses."""
    pairs: dict[frozenset[str], dict[str, frozenset[str]]] = {}
    for code in languages.available():
        for other, words in languages.data(code, "close").items():
            pairs[frozenset((code, other))] = {
                code: frozenset(words["own"]),
                other: frozenset(words["other"]),
            }
    return pairs


def _sample(text: str, characters: int) -> str:
    """The text itself, or equal parts of its beginning, middle and end."""
    if len(text) <= characters:
        return text
    third = characters // 3
    middle = len(text) // 2 - third // 2
    return " ".join((text[:third], text[middle : middle + third], text[-third:]))


def detect(text: str) -> Detection:
    """The language of ``text``, page furniture left out. Never raises; the same text always gives
    the same answer."""
    from langdetect.lang_detect_exception import LangDetectException

    content = without_furniture(text)
    sample = _sample(content, _SAMPLE_CHARACTERS)
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return Detection(UNDECIDED, 0.0, "too little text to tell its language")
    detector = _factory().create()
    try:
        detector.append(sample)
        found = {guess.lang: float(guess.prob) for guess in detector.get_probabilities()}
    except LangDetectException:
        return Detection(UNDECIDED, 0.0, "no language recognised")
    if not found:
        return Detection(UNDECIDED, 0.0, "no language recognised")
    language = max(sorted(found), key=found.__getitem__)
    score = found[language]
    for pair, words in _neighbours().items():
        if language in pair:
            language, score = _settle(content, pair, words, found)
            break
    # langdetect tells Chinese scripts by region (zh-cn); ISO 639-1 does not.
    return Detection(language.partition("-")[0], round(min(score, 1.0), 4))


def _settle(
    content: str,
    pair: frozenset[str],
    words: dict[str, frozenset[str]],
    found: dict[str, float],
) -> tuple[str, float]:
    """Which of a confusable ``pair`` a text is in, by words that only one of the two uses.

    langdetect's own opinion of the two counts as one word, so that it decides without others.
    """
    total = sum(found.get(code, 0.0) for code in pair)
    seen = [w.lower() for w in _WORD.findall(_sample(content, _WORDS_CHARACTERS))]
    votes = {
        code: sum(word in words[code] for word in seen) + found.get(code, 0.0) / total
        for code in sorted(pair)
    }
    language = max(votes, key=votes.__getitem__)
    return language, total * votes[language] / sum(votes.values())
