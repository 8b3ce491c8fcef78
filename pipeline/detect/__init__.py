"""Which language an article is in, and which of its paragraphs are in another.

Two steps decide. langdetect (``engine``), with a profile of our own for each family of close
languages, says which languages a text may be in; its words (``words``) tell these apart, relatives
such as Malay and Indonesian by words alone. How sure the answer is comes from both
(``confidence``). Paragraphs of which the words are clear stand for themselves (``paragraphs``), so
that one left in another language is a part of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log

from pipeline.detect import engine
from pipeline.detect.confidence import FLOOR, Evidence, confidence, leanings
from pipeline.detect.paragraphs import RELATIVE, REST, UNKNOWN, Paragraph, paragraphs
from pipeline.detect.words import Lexicon, composed, lexicon
from pipeline.extract.furniture import without_furniture

__all__ = ["UNDECIDED", "Detection", "Part", "detect", "format_parts", "read_parts"]

UNDECIDED = "und"
# A letter of another script than Latin says as much as three.
_FEWEST_LETTERS = 25
# A group of paragraphs with fewer letters than this is no part of its own.
_FEWEST_OF_PART = 40
# A paragraph is in another language than its relatives around it when its words are so much surer.
_RELATIVE, _RELATIVE_WORDS = 7.0, 12
# A short paragraph goes with the language of the page that its words are this much surer of.
_LEANING = 1.5
# A group beside a larger one is a part of its own when it is as sure as this.
_ALONE = 0.8
# What stands in no clear paragraph is told together if so many words of it are known: no names.
_KNOWN_OF_REST = 0.5
# What a relative is given at least of the chance that langdetect gives to another.
_WITHIN = 0.02
# No text is surer than this: what is not measured is not known.
_SUREST = 0.9999


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text in one language: code points, half-open; how sure it is (0 to 1)."""

    language: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The language that most of a text is in (ISO 639-1, ISO 639-3 where that has none, ``und``
    when unsure), how sure that is (0 to 1), why if unsure, and the parts of a text in several."""

    language: str
    score: float
    reason: str | None = None
    parts: tuple[Part, ...] = ()


def format_parts(parts: Sequence[Part]) -> str | None:
    """Parts as an article row has them: ``ms:0-812 vi:813-1204``; ``None`` for none."""
    return " ".join(f"{p.language}:{p.start}-{p.end}" for p in parts) or None


def read_parts(said: str | None) -> list[tuple[str, int, int]]:
    """The language, start and end of each part in what ``format_parts`` gave."""
    found = []
    for part in (said or "").split():
        language, _, place = part.partition(":")
        start, _, end = place.partition("-")
        found.append((language, int(start), int(end)))
    return found


@dataclass(frozen=True, slots=True)
class Judgement:
    """The likeliest language of a text and what speaks for it; whether it is in Latin letters
    (``latin``), and whether the language is told from relatives (``close``)."""

    language: str
    evidence: Evidence
    latin: bool
    close: bool = False

    @property
    def score(self) -> float:
        """How sure the language is, 0 to 1."""
        sure = (
            confidence(self.evidence, close=self.close) if self.latin else self.evidence.probability
        )
        return round(min(max(sure, 0.0), _SUREST), 4)


def judge(
    text: str,
    group: Sequence[Paragraph],
    known: Lexicon,
    lean: Mapping[str, float] | None = None,
) -> Judgement | None:
    """The language of a ``group`` of paragraphs of ``text``, taken together; ``None`` if nothing
    says any. ``lean`` is what languages get beside their votes, as shipped if not given."""
    if not group:
        return None
    content = composed("\n".join([text[p.start : p.end] for p in group]))
    letters = sum(p.letters for p in group)
    if 2 * engine.other_letters(content) > letters:
        return _by_letters(content)
    votes = [sum(column) for column in zip(*[p.votes for p in group], strict=True)]
    if not any(votes):
        return None  # names and figures: langdetect takes them for the language of the names
    said = engine.guesses(engine.sample(content), latin=True)
    lean = leanings() if lean is None else lean
    _raise_relatives(said, known)
    odds = {code: log(max(chance, FLOOR)) for code, chance in said.items()}
    for code, vote in zip(known.languages, votes, strict=True):
        if vote:
            odds[code] = odds.get(code, log(FLOOR)) + vote + lean.get(code, 0.0)
    best, *rest = sorted(odds, key=lambda code: (-odds[code], code))
    evidence = Evidence(
        margin=odds[best] - (odds[rest[0]] if rest else log(FLOOR)),
        votes=dict(zip(known.languages, votes, strict=True)).get(best, 0.0),
        words=sum(p.words for p in group),
        known=sum(p.known for p in group),
        probability=said.get(best, 0.0),
    )
    close = any(known.languages[i] == best for family in known.families for i in family)
    return Judgement(best, evidence, latin=True, close=close)


def _raise_relatives(said: dict[str, float], known: Lexicon) -> None:
    """Give each relative a part of the best one's chance: their words know better."""
    for family in known.families:
        members = [known.languages[i] for i in family]
        least = _WITHIN * max(said.get(code, 0.0) for code in members)
        for code in members:
            if least and code in engine.profiled():
                said[code] = max(said.get(code, 0.0), least)


def _by_letters(content: str) -> Judgement | None:
    """The language of a text that is in no Latin letters: langdetect's, or that of its script."""
    said = engine.guesses_by_letters(content)
    if not said:
        return None
    best = min(said, key=lambda code: (-said[code], code))
    return Judgement(best, Evidence(0.0, 0.0, 0, 0, said[best]), latin=False)


def detect(text: str) -> Detection:
    """The language of ``text``, page furniture left out, and its parts where it has several.

    Offsets of parts are code points into ``text``. Never raises; the same text always gives the
    same answer.
    """
    content = without_furniture(text)
    lines = paragraphs(content, lexicon())
    letters = sum(p.letters for p in lines)
    if letters < _FEWEST_LETTERS and letters + 2 * engine.other_letters(content) < _FEWEST_LETTERS:
        return Detection(UNDECIDED, 0.0, "too little text to tell its language")
    judged = _judge_groups(content, [line for line in lines if line.first is None])
    for line in lines:
        if line.first is not None:
            line.group = line.first.group
    if not judged:
        return Detection(UNDECIDED, 0.0, "no language recognised")
    size = dict.fromkeys(judged, 0)
    for line in lines:
        size[line.group or ""] += line.letters
    main = min(size, key=lambda code: (-size[code], code))
    parts = _parts(lines, judged) if len(judged) > 1 else ()
    return Detection(main, judged[main].score, None, parts)


def _judge_groups(content: str, lines: Sequence[Paragraph]) -> dict[str, Judgement]:
    """Give each paragraph its language as its ``group``, and say what speaks for each language."""
    known = lexicon()
    _split_relatives(lines, known)
    groups: dict[str, list[Paragraph]] = {}
    for line in lines:
        if line.group is not None:
            groups.setdefault(line.group, []).append(line)
    rest = [line for line in lines if line.group is None]
    size = {key: sum(p.letters for p in group) for key, group in groups.items()}
    if sum(p.letters for p in rest) > sum(size.values()):
        # Most of it is lists, headings, narrow columns: together they may say enough.
        groups[REST], size[REST] = rest, sum(p.letters for p in rest)
    order = sorted(groups, key=lambda key: (-size[key], key))
    judged: dict[str, Judgement] = {}
    for key in order if len(order) > 1 else ():
        group = groups[key]
        found = judge(content, group, known) if size[key] >= _FEWEST_OF_PART else None
        if found and (judged or key == REST) and not _stands_alone(key, found, known):
            found = None
        for line in group:
            line.group = found.language if found else None
        if found:
            judged.setdefault(found.language, found)
    if judged:
        _give_the_rest(lines, judged, known)
        return judged
    whole = judge(content, lines, known)
    for line in lines:
        line.group = whole.language if whole else None
    return {whole.language: whole} if whole else {}


def _stands_alone(key: str, found: Judgement, known: Lexicon) -> bool:
    """Whether a group beside a larger one is in a language of its own: lists of names are not."""
    told = key != UNKNOWN or found.language not in known.languages
    if key == REST:
        told = found.evidence.known >= max(_KNOWN_OF_REST * found.evidence.words, _RELATIVE_WORDS)
    return told and found.score >= _ALONE


def _split_relatives(lines: Sequence[Paragraph], known: Lexicon) -> None:
    """Set apart the paragraphs that are in another member of the family than those around them."""
    for family in known.families:
        first = known.languages[family[0]]
        group = [p for p in lines if p.group == first]
        totals = {index: sum(p.votes[index] for p in group) for index in family}
        main = max(family, key=lambda index: (totals[index], -index))
        for line in group:
            best = max(family, key=lambda index: (line.votes[index], -index))
            ahead = line.votes[best] - line.votes[main]
            if best != main and line.words >= _RELATIVE_WORDS and ahead >= _RELATIVE:
                line.group = first + RELATIVE + known.languages[best]


def _give_the_rest(
    lines: Sequence[Paragraph], judged: Mapping[str, Judgement], known: Lexicon
) -> None:
    """Paragraphs without a language get the one that their words lean to, or their neighbour's."""
    index = {code: known.languages.index(code) for code in judged if code in known.languages}
    before = next(line.group for line in lines if line.group is not None)
    for line in lines:
        if line.group is None:
            leaning = sorted(index, key=lambda code: (-line.votes[index[code]], code))[:2]
            votes = [line.votes[index[code]] for code in leaning]
            clear = len(votes) > 1 and votes[0] - votes[1] >= _LEANING
            line.group = leaning[0] if clear else before
        before = line.group


def _parts(lines: Sequence[Paragraph], judged: Mapping[str, Judgement]) -> tuple[Part, ...]:
    """The stretches of paragraphs with one language."""
    return tuple(
        Part(code, stretch[0].start, stretch[-1].end, judged[code].score)
        for code, stretch in (
            (code or "", list(found)) for code, found in groupby(lines, key=lambda p: p.group)
        )
    )
