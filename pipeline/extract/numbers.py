"""Numbers in digits and in words, read in the language of the text.

The method for words is the usual one for cardinals: units, tens and hundreds make a segment
below ten thousand, scale words multiply what stands before them, and a larger scale word
multiplies everything smaller before it ("dua ribu lima ratus juta"). Words written together are
taken apart first. What the words are is data: ``languages/<code>/numbers.toml``.

Values are ``decimal.Decimal``, so that ``1,1 miljoen`` is 1100000 and nothing near it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from pipeline import languages
from pipeline.extract import tokens as tk
from pipeline.extract.sentences import sentences
from pipeline.extract.tokens import Token

Reading = Literal["group", "decimal"]

# No text means a number of more digits than this; longer strings of digits are codes.
MOST_DIGITS = 30
# Nor a number word of more parts: 10^18 less one has under sixty.
_MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class Number:
    """A number expression: ``text[start:end] == surface``, its value, and what decided it.

    ``of`` is the whole of a fraction ("dua pertiga" is 2 of 3), else ``None``.
    """

    start: int
    end: int
    surface: str
    value: Decimal
    of: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Digits:
    """What a string of digits can mean: as a whole number with grouped thousands, as a decimal.

    At least one of the two is set. ``separator`` is the sign in doubt when both are.
    """

    grouped: Decimal | None
    decimal: Decimal | None
    separator: str
    reason: str

    @property
    def ambiguous(self) -> bool:
        return self.grouped is not None and self.decimal is not None


class Morpheme(NamedTuple):
    """One part of a number word: its role in the grammar and its value."""

    role: str
    value: Decimal


class Phrase(NamedTuple):
    """A number in words: tokens ``[start, end)``, its value, ``of`` for a fraction."""

    end: int
    value: Decimal
    of: Decimal | None
    article: bool


_ONE = Decimal(1)
_HALF = Decimal("0.5")


class Lexicon:
    """The number words of one language, made ready for reading.

    Raises ``languages.UnknownLanguage`` when the language has no ``numbers.toml``.
    """

    def __init__(self, language: str) -> None:
        data = languages.data(language, "numbers")
        self.group: str = data["separators"]["group"]
        self.decimal: str = data["separators"]["decimal"]
        parts: dict[str, tuple[Morpheme, ...]] = {}

        def add(role: str, table: dict[str, float]) -> None:
            for word, value in table.items():
                parts[word] = (Morpheme(role, Decimal(str(value))),)

        add("joiner", dict.fromkeys(data["joiners"]["words"], 0))
        add("unit", data["units"])
        add("teen", data["teens"])
        add("ten", data["tens"])
        add("teen_suffix", dict.fromkeys(data["suffixes"]["teen"], 10))
        add("ten_suffix", dict.fromkeys(data["suffixes"]["ten"], 10))
        add("hundred", dict.fromkeys(data["hundreds"]["words"], 100))
        add("scale", data["scales"])
        add("point", dict.fromkeys(data["point"]["words"], 0))
        add("half", dict.fromkeys(data["halves"]["words"], 0))
        add("mixed", data["halves"]["mixed"])
        add("denominator", data["denominators"])
        for word, pieces in data["expand"].items():
            parts[word] = tuple(m for piece in pieces for m in parts[piece])
        self._parts = parts
        self.scales: dict[str, Decimal] = {w: Decimal(v) for w, v in data["scales"].items()}
        self.scale_marks: dict[str, Decimal] = {
            w: Decimal(v) for w, v in data["scale_marks"].items()
        }
        self.fractions: dict[str, tuple[Decimal, Decimal]] = {
            w: (Decimal(a), Decimal(b)) for w, (a, b) in data["fractions"].items()
        }
        self.denominators = frozenset(data["denominators"])
        self._bare_hundred: bool = data["hundreds"]["bare"]
        self._bare_scales = {Decimal(data["scales"][w]) for w in data["bare_scales"]["words"]}
        self._half_links = frozenset(data["halves"]["link"])
        self._halves = frozenset(data["halves"]["words"])
        self._over = frozenset(data["over"]["words"])
        self.articles = frozenset(data["article"]["words"])
        # Possessive, longest first: no backtracking, so a word is taken apart in linear time.
        pieces = "|".join(re.escape(w) for w in sorted(parts, key=len, reverse=True))
        self._piece = re.compile(pieces)
        glue = "[-\u2010\u2011]?" if data["compounds"]["glued"] else "-"
        self._word = re.compile(rf"(?>(?:{pieces}){glue})++")
        standing = sorted({*parts, *self.fractions}, key=len, reverse=True)
        self.start = re.compile(
            r"[0-9]|\b(?:" + "|".join(re.escape(w) for w in standing) + ")", re.IGNORECASE
        )
        self._cache: dict[str, tuple[Morpheme, ...] | None] = {}

    def morphemes(self, word: str) -> tuple[Morpheme, ...] | None:
        """The parts of a lower-case number word, or ``None`` when it is another word."""
        if word in self._cache:
            return self._cache[word]
        found: tuple[Morpheme, ...] | None = self._parts.get(word)
        if found is None and len(word) <= 120 and self._word.fullmatch(word):
            found = tuple(m for piece in self._piece.findall(word) for m in self._parts[piece])
            if found[0].role in ("joiner", "point"):
                found = None
        if len(self._cache) > 50_000:  # any text, any length: the memory stays bounded
            self._cache.clear()
        self._cache[word] = found
        return found

    def scale(self, tokens: Sequence[Token], i: int) -> tuple[Decimal, int]:
        """The product of the scale words at token ``i`` and the token after them."""
        product = _ONE
        while i < len(tokens):
            factor = self.scales.get(tokens[i].lower)
            if factor is None and product == _ONE:
                factor = self.scale_marks.get(tokens[i].lower)
                if factor is not None and i + 1 < len(tokens):
                    dot = tokens[i + 1]
                    if dot.text == "." and dot.start == tokens[i].end and i + 2 < len(tokens):
                        return factor, i + 2
            if factor is None:
                break
            product *= factor
            i += 1
        return product, i

    def phrase(self, tokens: Sequence[Token], i: int) -> Phrase | None:
        """The longest number in words that starts at token ``i``, if one does."""
        first = tokens[i]
        if first.kind != tk.WORD:
            return None
        parts, ends = self._collect(tokens, i)
        whole = self.fractions.get(first.lower)
        if not parts:
            if whole is None:
                return None
            return Phrase(i + 1, whole[0], whole[1], False)
        if parts[0].role == "half":
            factor, after = self.scale(tokens, i + 1)
            if after > i + 1:
                return Phrase(after, _HALF * factor, None, False)
        if parts[0].role in ("half", "denominator"):
            if whole is None:
                return None
            return Phrase(i + 1, whole[0], whole[1], False)
        read = _Cardinal(parts, self._bare_hundred, self._bare_scales)
        # A number may end only where a token ends.
        stops = {end: k for k, end in enumerate(ends)}
        result = read.number(stops)
        if result is None:
            return None
        value, used, denominator = result
        after = i + stops[used] + 1
        article = used == 1 and first.lower in self.articles
        if denominator is not None:
            return Phrase(after, value, denominator, article)
        if article and after < len(tokens) and tokens[after].lower in self._halves:
            factor, beyond = self.scale(tokens, after + 1)
            if beyond > after + 1:
                return Phrase(beyond, _HALF * factor, None, False)
            return None
        # "twee en een half", "satu setengah juta"
        half = self._half_after(tokens, after)
        if half is not None and not article:
            factor, beyond = self.scale(tokens, half)
            return Phrase(beyond, (value + _HALF) * factor, None, False)
        if after + 1 < len(tokens) and tokens[after].lower in self._over:
            below = self.morphemes(tokens[after + 1].lower)
            if below and below[0].role == "unit" and below[0].value > 1:
                return Phrase(after + 2, value, below[0].value, False)
        return Phrase(after, value, None, article)

    def _half_after(self, tokens: Sequence[Token], i: int) -> int | None:
        steps = 0
        while i < len(tokens) and tokens[i].lower in self._half_links and steps < 2:
            i, steps = i + 1, steps + 1
        if i < len(tokens) and tokens[i].lower in self._halves and (steps or not self._half_links):
            return i + 1
        return None

    def _collect(self, tokens: Sequence[Token], i: int) -> tuple[list[Morpheme], list[int]]:
        """The morphemes of the number words from token ``i`` on, and where each token ends."""
        parts: list[Morpheme] = []
        ends: list[int] = []
        k = i
        while k < len(tokens) and len(parts) < _MOST_PARTS:
            token = tokens[k]
            if token.kind != tk.WORD:
                break
            if k > i and token.start - tokens[k - 1].end > 3:
                break
            found = self.morphemes(token.lower)
            if found is None:
                break
            parts.extend(found)
            ends.append(len(parts))
            k += 1
        return parts, ends


class _Cardinal:
    """Reads a cardinal from morphemes; positions are indices into them."""

    def __init__(
        self, parts: Sequence[Morpheme], bare_hundred: bool, bare_scales: set[Decimal]
    ) -> None:
        self.parts = parts
        self.bare_hundred = bare_hundred
        self.bare_scales = bare_scales

    def role(self, i: int) -> str:
        return self.parts[i].role if i < len(self.parts) else ""

    def below_hundred(self, i: int) -> tuple[Decimal, int] | None:
        role = self.role(i)
        if role in ("teen", "ten"):
            return self.parts[i].value, i + 1
        if role != "unit":
            return None
        value, after = self.parts[i].value, self.role(i + 1)
        if value == 0:
            return value, i + 1
        if after == "teen_suffix":
            return value + 10, i + 2
        if after == "ten_suffix":
            value *= 10
            if (
                self.role(i + 2) == "unit"
                and self.parts[i + 2].value > 0
                and self.role(i + 3) not in ("teen_suffix", "ten_suffix", "hundred", "denominator")
            ):
                return value + self.parts[i + 2].value, i + 3
            return value, i + 2
        if after == "joiner" and self.role(i + 2) == "ten":
            return value + self.parts[i + 2].value, i + 3
        return value, i + 1

    def segment(self, i: int) -> tuple[Decimal, int] | None:
        if self.role(i) == "hundred":
            if not self.bare_hundred:
                return None
            count: tuple[Decimal, int] | None = (_ONE, i)
        else:
            count = self.below_hundred(i)
        if count is None:
            return None
        value, j = count
        if self.role(j) != "hundred" or value == 0:
            return value, j
        value, j = value * 100, j + 1
        rest = self.below_hundred(j + 1 if self.role(j) == "joiner" else j)
        if (
            rest is not None
            and rest[0] > 0
            and self.role(rest[1]) not in ("hundred", "denominator")
        ):
            return value + rest[0], rest[1]
        return value, j

    def number(self, stops: dict[int, int]) -> tuple[Decimal, int, Decimal | None] | None:
        """Value, morphemes used, and the denominator of a fraction; ends on a token's end."""
        stack: list[tuple[Decimal, Decimal]] = []
        best: tuple[Decimal, int, Decimal | None] | None = None
        i = 0
        while True:
            at = i + 1 if stack and self.role(i) == "joiner" else i
            mixed = self.role(at) == "mixed" and not stack
            if mixed:
                segment: tuple[Decimal, int] | None = (self.parts[at].value, at + 1)
            else:
                segment = self.segment(at)
            bare = self.role(at) == "scale" and self.parts[at].value in self.bare_scales
            if segment is None and bare and not (stack and stack[-1][1] <= self.parts[at].value):
                segment = (_ONE, at)
            if segment is None:
                break
            value, j = segment
            if not stack and not mixed:
                value, j, done = self._tail(value, j, stops)
                if done is not None:
                    return done
            if self.role(j) != "scale" or value == 0:
                if not stack or value < stack[-1][1]:
                    total = sum((v for v, _ in stack), value)
                    if j in stops:
                        best = (total, j, None)
                    elif value >= 100 and stack and i in stops:
                        pass
                break
            factor = _ONE
            while self.role(j) == "scale":
                # "seribu juta", "honderdduizend": scales multiply each other upwards.
                if factor != _ONE and self.parts[j].value < factor:
                    break
                factor *= self.parts[j].value
                j += 1
            kept = [(v, s) for v, s in stack if s > factor]
            lower = sum((v for v, s in stack if s <= factor), Decimal(0))
            if any(s == factor for _, s in stack):
                break
            if lower and value >= min(s for _, s in stack if s <= factor):
                break
            stack = [*kept, ((value + lower) * factor, factor)]
            i = j
            if j in stops:
                best = (sum((v for v, _ in stack), Decimal(0)), j, None)
        return best

    def _tail(
        self, value: Decimal, j: int, stops: dict[int, int]
    ) -> tuple[Decimal, int, tuple[Decimal, int, Decimal | None] | None]:
        """Decimals, a glued half or a denominator after the first segment."""
        if self.role(j) == "denominator" and j + 1 in stops and 0 < value < 100:
            return value, j, (value, j + 1, self.parts[j].value)
        if self.role(j) == "joiner":
            k = j + 1
            if self.role(k) == "unit" and self.parts[k].value == 1 and self.role(k + 1) == "half":
                k += 1
            if self.role(k) == "half":
                return value + _HALF, k + 1, None
        if self.role(j) == "point":
            k, digits = j + 1, ""
            while self.role(k) == "unit" and len(digits) < 12:
                nxt = self.below_hundred(k)
                if nxt is None or nxt[1] > k + 1:
                    break
                digits += str(self.parts[k].value)
                k += 1
            if not digits:
                pair = self.below_hundred(k)
                if pair is None:
                    return value, j, None
                digits, k = str(pair[0]), pair[1]
            return value + Decimal("0." + digits), k, None
        return value, j, None


@cache
def lexicon(language: str) -> Lexicon:
    """The number words of ``language``; raises ``languages.UnknownLanguage`` without data."""
    return Lexicon(language)


def digits(surface: str) -> Digits | None:
    """What digits with points and commas can mean in any language; ``None`` for no number.

    One sign before three digits can group thousands or begin a fraction: then both are given.
    """
    plain = surface.replace(".", "").replace(",", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > MOST_DIGITS:
        return None
    if plain == surface:
        return Digits(Decimal(surface), None, "", "plain digits")
    signs = [c for c in surface if c in ".,"]
    if len(set(signs)) == 2:
        last = signs[-1]
        if signs.count(last) > 1 or signs.index(last) != len(signs) - 1:
            return None
        head, _, tail = surface.rpartition(last)
        if not _grouped(head.split(signs[0])):
            return None
        value = Decimal(head.replace(signs[0], "") + "." + tail)
        return Digits(None, value, last, f"{signs[0]!r} groups, {last!r} before the fraction")
    sign = signs[0]
    pieces = surface.split(sign)
    if len(pieces) > 2:
        if not _grouped(pieces):
            return None
        return Digits(Decimal(plain), None, sign, f"{sign!r} repeats: groups thousands")
    whole, part = pieces
    if len(whole) > 1 and whole[0] == "0":
        return None
    value = Decimal(f"{whole}.{part}")
    if len(part) != 3:
        return Digits(None, value, sign, f"{sign!r} not before three digits: a fraction")
    if whole.startswith("0") or len(whole) > 3:
        return Digits(None, value, sign, f"{sign!r} after {whole}: a fraction")
    return Digits(Decimal(plain), value, sign, f"{sign!r} before three digits")


def _grouped(pieces: Sequence[str]) -> bool:
    first, *rest = pieces
    return (
        1 <= len(first) <= 3
        and not (len(first) > 1 and first[0] == "0")
        and all(len(p) == 3 for p in rest)
    )


def convention(read: Digits, lex: Lexicon) -> tuple[Decimal, str]:
    """The value by the language's own convention, and why."""
    if read.grouped is not None and read.decimal is not None:
        if read.separator == lex.group:
            return read.grouped, f"{read.separator!r} groups thousands: convention of the language"
        return read.decimal, f"{read.separator!r} before a fraction: convention of the language"
    value = read.grouped if read.grouped is not None else read.decimal
    assert value is not None
    return value, read.reason


def _number(tokens: Sequence[Token], i: int, lex: Lexicon, text: str) -> tuple[Number, int] | None:
    token = tokens[i]
    if token.kind == tk.NUMBER:
        read = digits(token.text)
        if read is None:
            return None
        value, reason = convention(read, lex)
        factor, end = lex.scale(tokens, i + 1)
        found = Phrase(end, value * factor, None, False)
    else:
        phrase = lex.phrase(tokens, i)
        if phrase is None or phrase.article:
            return None
        found, reason = phrase, "number word"
    start, stop = token.start, tokens[found.end - 1].end
    number = Number(start, stop, text[start:stop], found.value, found.of, reason)
    return number, found.end


def parse(text: str, language: str) -> Number | None:
    """The number that the whole of ``text`` is, white space around it aside, or ``None``.

    Digits are read by the convention of the language alone ("3.162" is 3162 in Dutch and 3.162
    in Malay); what an article tells more is for ``statistics``.
    Raises ``languages.UnknownLanguage`` for a language without data.
    """
    lex = lexicon(language)
    tokens = tk.tokenise(text)
    if not tokens:
        return None
    found = _number(tokens, 0, lex, text)
    if found is None or found[1] != len(tokens):
        return None
    return found[0]


def scan(text: str, language: str) -> list[Number]:
    """Every number expression of ``text`` in order, whatever it stands for.

    Years, dates and codes are numbers here; whether one is a statistic is not asked.
    Raises ``languages.UnknownLanguage`` for a language without data.
    """
    lex = lexicon(language)
    out = []
    for start, end in sentences(text, language):
        tokens = tk.tokenise(text, start, end)
        i = 0
        while i < len(tokens):
            found = None
            if tokens[i].kind in (tk.NUMBER, tk.WORD):
                found = _number(tokens, i, lex, text)
            if found is None:
                i += 1
            else:
                out.append(found[0])
                i = found[1]
    return out
