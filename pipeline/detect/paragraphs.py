"""A text to groups of paragraphs that are in one language, before anything says how sure that is.

A paragraph is a line, a few lines of a text that was wrapped, or a cell of a table. One with enough
words says by their votes alone which family of languages it is in; the rest goes with its
neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.detect import engine
from pipeline.detect.words import Lexicon, Votes, composed

# What ends a line, and with an empty line between, or a cell of a table, a paragraph for good.
_BREAK = re.compile(r"(\n(?:[^\S\n]*\n)+|\n|[\r\f\v\x85\u2028\u2029]|\t+| \| )")
# A text that was wrapped has lines of nearly one width, in characters, that end anywhere.
_WRAPPED, _FULL = 100, 0.8
_STOPS = ".!?:;…"
# A paragraph stands for itself when its words are this much surer of one family than of the next.
_CLEAR, _FEWEST_WORDS = 6.0, 5
# A paragraph of so many words, of which so few are known, is in a language that no list has.
_MANY_WORDS, _UNKNOWN = 12, 0.12

# The groups that are no family: other letters, no known words, and a relative (``ms>id``).
# The rest is what says nothing clear by itself.
OTHER, UNKNOWN, RELATIVE, REST = "letters:", "unknown", ">", "rest"


@dataclass(slots=True)
class Paragraph:
    """A paragraph: its code points in the text, how many different words it has that are no names,
    how many of them are known, its letters, the votes of its words; ``group`` once it has one;
    ``first``, the one that it only says again."""

    start: int
    end: int
    words: int
    known: int
    letters: int
    votes: Votes
    group: str | None = None
    first: Paragraph | None = None


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where the paragraphs of ``text`` stand: its lines and the cells of its tables.

    A line that goes on in the next, as where a text was wrapped, is one with it.
    """
    start = end = -1
    position = width = widest = 0
    for k, piece in enumerate(_BREAK.split(text)):
        line = piece.strip()
        if k % 2:
            if piece != "\n" and start >= 0:
                yield start, end
                start = -1
        elif line:
            at = position + piece.index(line)
            wrapped = width >= _FULL * widest and len(line) * _FULL <= widest <= _WRAPPED
            if start >= 0 and (text[end - 1] in _STOPS or not (line[0].islower() or wrapped)):
                yield start, end
                start = -1
            if start < 0:
                start, widest = at, 0
            end, width = at + len(line), len(line)
            widest = max(widest, width)
        position += len(piece)
    if start >= 0:
        yield start, end


def paragraphs(text: str, lexicon: Lexicon) -> list[Paragraph]:
    """The paragraphs of ``text`` that have a word. Offsets are code points, without blanks around.

    One that only says again what an earlier one said has that as its ``first``: the rows of a table
    are no witnesses.
    """
    found = []
    seen: dict[tuple[str, ...], Paragraph] = {}
    for start, end in _stretches(text):
        content = composed(text[start:end])
        said = lexicon.votes(content)
        if not said.letters:
            continue
        paragraph = Paragraph(start, end, said.words, said.known, said.letters, said.votes)
        first = seen.setdefault(said.telling, paragraph)
        if first is not paragraph:
            paragraph.first = first
        else:
            paragraph.group = _group(content, paragraph, lexicon)
        found.append(paragraph)
    return found


@cache
def _kin(families: tuple[tuple[int, ...], ...], size: int) -> tuple[int, ...]:
    """Of each language, the first of its family (itself where it has none)."""
    first = list(range(size))
    for family in families:
        for index in family:
            first[index] = family[0]
    return tuple(first)


def _family_votes(votes: Sequence[float], lexicon: Lexicon) -> dict[int, float]:
    """The votes of each family: those of the member that has most."""
    kin = _kin(lexicon.families, len(votes))
    best: dict[int, float] = {}
    for index, vote in enumerate(votes):
        if vote > best.get(kin[index], 0.0):
            best[kin[index]] = vote
    return best


def _group(content: str, paragraph: Paragraph, lexicon: Lexicon) -> str | None:
    """What a paragraph says by itself: a family, letters of another alphabet, or nothing clear."""
    other = engine.other_letters(content)
    if 2 * other > paragraph.letters:
        letter = next(c for c in content if engine.other_letters(c))
        return OTHER + unicodedata.name(letter, "").partition(" ")[0]
    if paragraph.words < _FEWEST_WORDS:
        return None
    if paragraph.words >= _MANY_WORDS and paragraph.known < _UNKNOWN * paragraph.words:
        return UNKNOWN
    best = sorted(_family_votes(paragraph.votes, lexicon).items(), key=lambda x: (-x[1], x[0]))[:2]
    if best and best[0][1] - (best[1][1] if len(best) > 1 else 0.0) >= _CLEAR:
        return lexicon.languages[best[0][0]]
    return None
