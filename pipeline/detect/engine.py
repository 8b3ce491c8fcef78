"""langdetect, seeded, with profiles of our own: the first step, which tells languages apart that
are no close relatives.

langdetect (Shuyo, *Language Detection Library for Java*, 2010) draws n-grams of a text at random
until one language is sure. Among close relatives none ever is, so that they have one profile
together, which is of our own (``models/detection/profiles``, named by its languages joined by
``+``) and takes the place of the shipped ones.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.core import get_global

from pipeline import models

# langdetect draws its n-grams at random; the seed makes the same text give the same answer.
_SEED = 0
# Enough for a language to be sure; a longer sample changes nothing but the time it takes.
SAMPLE = 360
_PIECES = 3
# Of langdetect's seven draws of a text these are enough where words speak too.
_TRIALS = 3
# The letters of Latin alphabets, as ranges, and any other letter.
_LATIN = "A-Za-zªºÀ-ʸḀ-ỿⱠ-ⱿꜢ-ꟿﬀ-ﬆＡ-Ｚａ-ｚ"
_OTHER_LETTER = re.compile(rf"[^\W\d_{_LATIN}]")
_LATIN_LETTERS = re.compile(rf"[{_LATIN}]+")
_JOINED = "+"
# langdetect takes Chinese for languages that write such characters beside letters of their own:
# none is written without any of these.
_OWN_LETTERS = {"ja": re.compile("[\u3040-\u30ff]"), "ko": re.compile("[\uac00-\ud7a3]")}
_SHARED_CHARACTERS, _THEIR_LANGUAGE = re.compile("[\u4e00-\u9fff]"), "zh"


def sample(text: str, characters: int = SAMPLE) -> str:
    """The text itself, or equal parts of its beginning, middle and end, ``characters`` in all."""
    if len(text) <= characters:
        return text
    part = characters // _PIECES
    starts = (0, (len(text) - part) // 2, len(text) - part)
    return " ".join(text[at : at + part] for at in starts)


def other_letters(text: str) -> int:
    """How many letters of ``text`` are of no Latin alphabet."""
    return 0 if text.isascii() else len(_OTHER_LETTER.findall(text))


def _is_latin(frequencies: Mapping[str, int]) -> bool:
    letters = [(w, n) for w, n in frequencies.items() if len(w) == 1]
    plain = sum(n for w, n in letters if w.isascii())
    return 2 * plain > sum(n for _, n in letters)


@cache
def _profiles() -> dict[str, str]:
    """The JSON of each profile by its name: langdetect's own, and ours in their place."""
    import langdetect

    shipped = resources.files(langdetect) / "profiles"
    found = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in shipped.iterdir()
        if not entry.name.startswith(("_", "."))
    }
    for file in sorted((models.folder(models.DETECTION) / "profiles").glob("*.json")):
        for code in file.stem.split(_JOINED):
            found.pop(code, None)
        found[file.stem] = file.read_text(encoding="utf-8")
    return found


@cache
def _factory(latin: bool) -> Any:
    """langdetect's detectors: of the languages in Latin letters, or of all."""
    from langdetect.detector_factory import DetectorFactory
    from langdetect.utils.lang_profile import LangProfile

    profiles = [json.loads(text) for _, text in sorted(_profiles().items())]
    if latin:
        profiles = [profile for profile in profiles if _is_latin(profile["freq"])]
    factory = DetectorFactory()
    factory.set_seed(_SEED)
    for index, profile in enumerate(profiles):
        factory.add_profile(LangProfile(**profile), index, len(profiles))
    return factory


def guesses(text: str, *, latin: bool) -> dict[str, float]:
    """How likely ``text`` is in each language (ISO 639-1), 0 to 1; relatives that share a profile
    have one probability, each. Empty if it has no letters that langdetect knows.

    ``latin`` says that the text is in Latin letters, which is faster. The same text always gives
    the same answer.
    """
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory(latin).create()
    detector.n_trial = _TRIALS
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return {}
    # langdetect tells Chinese scripts by region (zh-cn); ISO 639-1 does not.
    said: dict[str, float] = {}
    for guess in found:
        for name in guess.lang.split(_JOINED):
            code = name.partition("-")[0]
            said[code] = said.get(code, 0.0) + float(guess.prob)
    return said


@cache
def _scripts() -> dict[str, str]:
    """The likeliest language of each script, by the script's English name in capitals (Unicode
    Common Locale Data Repository, likely subtags)."""
    likely = get_global("likely_subtags")
    names = Locale("en").scripts
    return {
        name.upper(): likely[f"und_{code}"].partition("_")[0]
        for code, name in names.items()
        if f"und_{code}" in likely
    }


def _language_of_script(letters: str) -> str | None:
    """The language that is mostly written in the commonest script of ``letters``, or ``None``."""
    counts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    commonest = min(counts, key=lambda name: (-counts[name], name))
    return _scripts().get(commonest)


@cache
def profiled() -> frozenset[str]:
    """The languages that some profile is of."""
    return frozenset(part.partition("-")[0] for name in _profiles() for part in name.split(_JOINED))


def guesses_by_letters(text: str) -> dict[str, float]:
    """How likely a ``text`` that is mostly in no Latin letters is in each language, 0 to 1.

    Its Latin letters (names) say nothing. A script that langdetect has no profile for says which
    language it is by itself (Lao, Khmer).
    """
    letters = "".join(_OTHER_LETTER.findall(text))
    if not letters:
        return {}
    code = _language_of_script(letters)
    if code is not None and code not in profiled():
        return {code: 1.0}
    said = guesses(sample(_LATIN_LETTERS.sub(" ", text)), latin=False)
    for other, own in _OWN_LETTERS.items():
        if other in said and not own.search(letters):
            del said[other]
    if not said and _SHARED_CHARACTERS.search(letters):
        said = {_THEIR_LANGUAGE: 1.0}
    total = sum(said.values())
    return {code: chance / total for code, chance in said.items()}
