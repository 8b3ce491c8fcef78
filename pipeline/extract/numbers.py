"""Numbers in digits and in words, read in the language of the text.

Words written together are taken apart first and read by ``cardinals``; here are what goes with
them, halves, fractions, scale words and abbreviations after digits. What the words are is data:
``languages/<code>/numbers.toml``.

Values are ``decimal.Decimal``, so that ``1,1 miljoen`` is 1100000 and nothing near it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Literal, NamedTuple

from pipeline import languages
from pipeline.extract import cardinals as cd
from pipeline.extract import tokens as tk
from pipeline.extract.cardinals import Morpheme
from pipeline.extract.sentences import sentences
from pipeline.extract.tokens import Token

Reading = Literal["group", "decimal"]

# No text means a number of more digits than this; longer strings of digits are codes.
MOST_DIGITS = 30
# Nor a number word of more parts: 10^18 less one has under sixty.
_MOST_PARTS = 60
_LONGEST_WORD = 250
# Tokens of an ordinal that is written apart: "kedua ratus lima puluh enam".
_LONGEST_ORDINAL = 12
# The greatest denominator that is written as one word with the number before it: "viertiende".
_LAST_GLUED = 10
_NEVER_FIRST = frozenset(
    {cd.JOINER, cd.POINT, cd.TEEN_SUFFIX, cd.TEN_SUFFIX, cd.HUNDRED, cd.SCALE, cd.DENOMINATOR}
)


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


class Phrase(NamedTuple):
    """A number expression: it ends before token ``end``; ``of`` is the whole of a fraction.

    ``factor`` is the scale word it ends with, 1 without. ``article``: the word is as often no
    number ("een"). ``measured``: a half that is an amount before a unit ("een half uur") and
    otherwise none ("een halve finale").
    """

    end: int
    value: Decimal
    of: Decimal | None = None
    factor: Decimal = Decimal(1)
    article: bool = False
    measured: bool = False


_ONE, _ZERO = Decimal(1), Decimal(0)
# How far apart two words of a number may stand, in characters.
_GAP = 3
# A half after this and greater scale words is half of them: "dua juta setengah" is 2.5 million.
_HALVED = 1000
_QUARTERS = 4
# Words after digits and a scale word go on with the number from here: "2 juta lima ratus ribu".
_LEAST_REST = 100
# The fractions of a mixed number in digits: "3 1/2".
_SLASHED = {
    ("1", "2"): Decimal("0.5"),
    ("1", "4"): Decimal("0.25"),
    ("3", "4"): Decimal("0.75"),
}
# Signs for fractions, with what each is of what (Unicode Character Database, numeric values).
VULGAR = {
    sign: Fraction(unicodedata.numeric(sign)).limit_denominator(10)
    for sign in map(chr, (*range(0xBC, 0xBF), *range(0x2150, 0x215F)))
}


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
                exact = value if isinstance(value, int) else Decimal(str(value))
                parts[word] = (Morpheme(role, exact),)

        add(cd.JOINER, dict.fromkeys(data["joiners"]["words"], 0))
        add(cd.UNIT, data["units"])
        add(cd.TEEN, data["teens"])
        add(cd.TEN, data["tens"])
        add(cd.TEEN_SUFFIX, dict.fromkeys(data["suffixes"]["teen"], 10))
        add(cd.TEN_SUFFIX, dict.fromkeys(data["suffixes"]["ten"], 10))
        add(cd.HUNDRED, dict.fromkeys(data["hundreds"]["words"], 100))
        add(cd.SCALE, data["scales"])
        add(cd.POINT, dict.fromkeys(data["point"]["words"], 0))
        add(cd.HALF, dict.fromkeys(data["halves"]["words"], 0))
        add(cd.MIXED, data["halves"]["mixed"])
        add(cd.DENOMINATOR, data["denominators"])
        for word, pieces in data["expand"].items():
            parts[word] = tuple(m for piece in pieces for m in parts[piece])
        self._parts = parts
        self.scales: dict[str, Decimal] = {w: Decimal(v) for w, v in data["scales"].items()}
        self.scale_marks: dict[str, Decimal] = {
            w: Decimal(v) for w, v in data["scale_marks"].items()
        }
        self._hundreds = frozenset(data["hundreds"]["words"])
        self.fractions: dict[str, tuple[Decimal, Decimal]] = {
            w: (Decimal(a), Decimal(b)) for w, (a, b) in data["fractions"].items()
        }
        for sign, part in VULGAR.items():
            self.fractions[sign] = (Decimal(part.numerator), Decimal(part.denominator))
        self._scaled = frozenset(data["fraction_of_scale"]["words"]) | frozenset(VULGAR)
        self._part_nouns = frozenset(data["part_nouns"]["words"])
        self._part_links = frozenset(data["part_nouns"]["before"])
        self._bare_hundred: bool = data["hundreds"]["bare"]
        self._bare_scales = frozenset(data["scales"][w] for w in data["bare_scales"]["words"])
        self._joiners = frozenset(data["joiners"]["words"])
        self._not_joined_after = frozenset(data["joiners"]["not_after"])
        self._other_words = frozenset(data["joiners"]["other_words"])
        halves = data["halves"]
        self._half_links = frozenset(halves["link"])
        self._half_needs_link: bool = halves["needs_link"]
        self._halves = frozenset(halves["words"])
        self._half_not_before = frozenset(halves["not_before"])
        self._over = frozenset(data["over"]["words"])
        self._points = frozenset(data["point"]["words"])
        self._after_digits = frozenset(
            {*self.scales, *self.scale_marks, *self._hundreds, *self._points, *VULGAR}
            | self._half_links
            | self._halves
        )
        self._ordinal = tuple(data["ordinals"]["prefixes"])
        self._clock = frozenset(halves["clock"])
        self._idioms: dict[str, dict[str, list[str]]] = data["idioms"]
        self._one_prefixes = tuple(halves["one_prefixes"])
        self.articles = frozenset(data["article"]["words"])
        # Possessive, longest first: no backtracking, so a word is taken apart in linear time.
        pieces = "|".join(re.escape(w) for w in sorted(parts, key=len, reverse=True))
        self._piece = re.compile(pieces)
        glue = "[-\u2010\u2011]?" if data["compounds"]["glued"] else "-"
        self._word = re.compile(rf"(?>(?:{pieces}){glue})++")
        first = {w for w, found in parts.items() if found[0].role not in _NEVER_FIRST}
        first |= {w for w in parts if parts[w][0].value in self._bare_scales}
        first |= {w for w in self._hundreds if self._bare_hundred}
        first |= set(self.fractions)
        first |= {unicodedata.normalize("NFD", w) for w in first}
        begin = "|".join(re.escape(w) for w in sorted(first, key=len, reverse=True))
        self.start = re.compile(rf"[0-9]|\b(?:{begin})", re.IGNORECASE)
        # An article numbers something only with more of a number behind it.
        articles = self.articles & first
        plain = "|".join(re.escape(w) for w in sorted(first - articles, key=len, reverse=True))
        joined = "|".join(re.escape(w) for w in sorted(articles)) or "(?!)"
        more = "|".join(re.escape(w) for w in sorted({*parts, *self.fractions}, key=len)[::-1])
        among = languages.data(language, "statistics")["ratio"]["in"]
        of = "|".join(re.escape(w) for w in sorted({p.split()[0] for p in among}))
        self.hint = re.compile(
            rf"[0-9]|\b(?:{plain})|\b(?:{joined})(?=[\w-]|\s+(?:{more}|[0-9½¼¾]|(?:{of})\b))",
            re.IGNORECASE,
        )
        self._cache: dict[str, tuple[Morpheme, ...] | None] = {}

    def morphemes(self, word: str) -> tuple[Morpheme, ...] | None:
        """The parts of a lower-case number word, or ``None`` when it is another word."""
        if word in self._cache:
            return self._cache[word]
        found = self._taken_apart(word)
        if len(self._cache) > 50_000:  # any text, any length: the memory stays bounded
            self._cache.clear()
        self._cache[word] = found
        return found

    def _taken_apart(self, word: str) -> tuple[Morpheme, ...] | None:
        whole = unicodedata.normalize("NFC", word)
        if whole in self._parts:
            return self._parts[whole]
        if len(whole) > _LONGEST_WORD or not self._word.fullmatch(whole):
            return None
        found = tuple(m for piece in self._piece.findall(whole) for m in self._parts[piece])
        if found[0].role in (cd.JOINER, cd.POINT):
            return None
        if found[-1].role == cd.JOINER and (
            found[-2].role != cd.UNIT or whole in self._other_words
        ):
            return None  # "tweeën twintig"; but "honderden", and "vieren" is to celebrate
        if any(m.role == cd.DENOMINATOR for m in found) and not (
            len(found) == 2 and found[0].role == cd.UNIT and found[1].value <= _LAST_GLUED
        ):
            return None  # "vijfhonderdste" is an ordinal
        return found

    def scale(self, tokens: Sequence[Token], i: int) -> tuple[Decimal, int]:
        """The product of the scale words at token ``i`` and the token after them."""
        product = last = _ONE
        while i < len(tokens):
            word = tokens[i].lower
            factor = self.scales.get(word)
            if factor is None and product == _ONE:
                if word in self._hundreds:
                    factor = Decimal(100)
                elif word in self.scale_marks:
                    dot = i + 1 < len(tokens) and tokens[i + 1]
                    own = dot and dot.text == "." and dot.start == tokens[i].end
                    return self.scale_marks[word], i + 2 if own else i + 1
            if factor is None or factor < last:
                break
            product, last = product * factor, factor
            i += 1
        return product, i

    def phrase(self, tokens: Sequence[Token], i: int) -> Phrase | None:
        """The longest number in words that starts at token ``i``, if one does."""
        first = tokens[i]
        if first.kind != tk.WORD:
            return None
        parts, ends = self._collect(tokens, i)
        if not parts:
            return self._fraction(tokens, i)
        if parts[0].role == cd.HALF:
            return self._half(tokens, i, parts, ends)
        if parts[0].role == cd.DENOMINATOR:
            return self._fraction(tokens, i)
        # A number may end only where a token ends.
        stops = {end: k for k, end in enumerate(ends, i + 1)}
        reader = cd.Reader(parts, bare_hundred=self._bare_hundred, bare_scales=self._bare_scales)
        number = reader.number(stops)
        if number is None or self._is_ordinal(tokens, i):
            return None
        if number.used == 1 and self._is_another_word(tokens, i):
            return None
        value, after, factor = Decimal(number.value), stops[number.used], Decimal(number.factor)
        if number.of is not None:
            return self._part(tokens, after, value, Decimal(number.of), tokens[after - 1].lower)
        if number.used == 1 and first.lower in self.articles:
            found = self._half(tokens, after) if value == 1 else None
            return found or Phrase(after, value, article=True)
        if after == len(tokens):
            return Phrase(after, value, None, factor)
        more = self._and_a_part(tokens, after, factor)
        if more is not None:
            scale, end = self.scale(tokens, more.end)
            return Phrase(end, (value + more.value) * scale, None, max(scale, factor))
        if after + 1 < len(tokens) and tokens[after].lower in self._over:
            below = self.morphemes(tokens[after + 1].lower)
            if below and below[0].role == cd.UNIT and below[0].value > 1:
                of, word = Decimal(below[0].value), tokens[after + 1].lower
                return self._part(tokens, after + 2, value, of, word)
        if factor != 1:
            value, factor, after = self._with_lower(tokens, after, value, factor, words=False)
        return Phrase(after, value, None, factor)

    def joined(self, tokens: Sequence[Token], end: int, read: Digits) -> Phrase | None:
        """A number that begins with the digits ``read``, which end before token ``end``.

        "2 en een half", "3½", "3 1/2", "5 perpuluhan 2", "1 juta 250 ribu", "2 juta lima ratus
        ribu", "2 juta setengah". ``None`` when digits and scale words are all there is.
        """
        if end >= len(tokens) or tokens[end].start - tokens[end - 1].end > _GAP:
            return None
        if tokens[end].kind == tk.WORD and tokens[end].lower not in self._after_digits:
            return None
        whole, _ = convention(read, self)
        more = None
        if not read.separator:
            part = self._slashed(tokens, end - 1)
            if part is not None:  # "1/2 juta"
                scale, after = self.scale(tokens, end + 2)
                return Phrase(after, part * scale, None, scale) if scale != 1 else None
            more = self._mixed_digits(tokens, end, whole) or self._and_a_part(tokens, end, _ONE)
        if more is not None:
            scale, after = self.scale(tokens, more.end)
            return Phrase(after, (whole + more.value) * scale, None, scale)
        scale, after = self.scale(tokens, end)
        if scale == 1:
            return None
        half = self._and_a_part(tokens, after, scale)
        if half is not None:
            return Phrase(half.end, whole * scale + half.value, None, scale)
        value, _, stop = self._with_lower(tokens, after, whole * scale, scale, words=True)
        return None if stop == after else Phrase(stop, value, None, scale)

    def _with_lower(
        self, tokens: Sequence[Token], i: int, value: Decimal, scale: Decimal, *, words: bool
    ) -> tuple[Decimal, Decimal, int]:
        """``value``, which ends with ``scale``, and the smaller numbers from token ``i`` on.

        These are digits with a scale word or, with ``words``, numbers in words.
        """
        while i < len(tokens) and tokens[i].start - tokens[i - 1].end <= _GAP:
            if not (words or tokens[i].kind == tk.NUMBER):
                break
            rest = self._lower(tokens, i, scale)
            if rest is None:
                break
            value, scale, i = value + rest[0] * rest[1], rest[1], rest[2]
        return value, scale, i

    def _lower(
        self, tokens: Sequence[Token], i: int, above: Decimal
    ) -> tuple[Decimal, Decimal, int] | None:
        """ "250 ribu" after "1 juta": a number with a smaller scale word, or a smaller one."""
        if tokens[i].kind == tk.NUMBER:
            read = digits(tokens[i].text)
            scale, after = self.scale(tokens, i + 1)
            if read is None or read.ambiguous or scale == 1 or scale >= above:
                return None
            value, _ = convention(read, self)
            return (value, scale, after) if value * scale < above else None
        rest = None if tokens[i].lower in self._halves else self.phrase(tokens, i)
        if rest is None or rest.of is not None or not _LEAST_REST <= rest.value < above:
            return None
        return rest.value, _ONE, rest.end

    def _mixed_digits(self, tokens: Sequence[Token], i: int, whole: Decimal) -> Phrase | None:
        """The part after a whole number in signs: "3½", "3 1/2", "3 perpuluhan 5"."""
        sign = tokens[i].text
        apart = tokens[i].start - tokens[i - 1].end
        if sign in VULGAR and apart <= 1:
            value, of = self.fractions[sign]
            return Phrase(i + 1, value / of)
        if i + 1 >= len(tokens) or tokens[i + 1].start - tokens[i].end > 1:
            return None
        if tokens[i].lower in self._points and apart == 1 and tokens[i + 1].text.isdigit():
            decimals = tokens[i + 1].text
            return Phrase(i + 2, Decimal("0." + decimals)) if len(decimals) < 4 else None
        part = self._slashed(tokens, i) if whole < 100 and apart == 1 else None
        return Phrase(i + 3, part) if part is not None else None

    def _slashed(self, tokens: Sequence[Token], i: int) -> Decimal | None:
        """ "1/2" as three tokens from ``i`` on, nothing hanging on it: "1/2/2024" is a date."""
        if i + 2 >= len(tokens) or tokens[i + 1].text != "/":
            return None
        part = _SLASHED.get((tokens[i].text, tokens[i + 2].text))
        if part is None or tokens[i + 2].end - tokens[i].start != 3:
            return None
        if i + 3 < len(tokens) and tokens[i + 3].start == tokens[i + 2].end:
            return None
        return part

    def half_of_unit(self, tokens: Sequence[Token], i: int) -> int | None:
        """The token after a half that stands behind a unit: "dua hari setengah"."""
        end = self._half_after(tokens, i)
        if end is None or self.scale(tokens, end)[1] > end:
            return None  # "dalam satu tahun setengah juta orang"
        return end

    def one_unit(self, word: str) -> str:
        """The unit in a lower-case word for one of it: "jam" of "sejam"; else nothing."""
        prefix = next((p for p in self._one_prefixes if word.startswith(p)), None)
        return "" if prefix is None else word[len(prefix) :]

    def part_of(self, tokens: Sequence[Token], i: int) -> int:
        """The token after a noun for a share at ``i``: "2/3 deel van de inwoners"."""
        if (
            i + 1 < len(tokens)
            and tokens[i].lower in self._part_nouns
            and tokens[i + 1].lower in self._part_links
        ):
            return i + 1
        return i

    def _part(
        self, tokens: Sequence[Token], end: int, value: Decimal, of: Decimal, word: str
    ) -> Phrase:
        """A fraction that ends with ``word`` before token ``end``, of a scale word or of a whole.

        "driekwart miljoen" is 750000; "een vierde miljoen" may be the fourth.
        """
        if word in self._scaled or any(word.endswith(w) for w in self._scaled):
            scale, after = self.scale(tokens, end)
            if scale != 1:
                return Phrase(after, value * scale / of)
        return Phrase(self.part_of(tokens, end), value, of)

    def _fraction(self, tokens: Sequence[Token], i: int) -> Phrase | None:
        """A word or sign that is a fraction by itself: "separuh", "¾"."""
        word = tokens[i].lower
        if word not in self.fractions:
            return None
        return self._part(tokens, i + 1, *self.fractions[word], word)

    def _half(
        self,
        tokens: Sequence[Token],
        i: int,
        parts: Sequence[Morpheme] = (),
        ends: Sequence[int] = (),
    ) -> Phrase | None:
        """ "setengah juta", "half miljoen", "halfmiljoen"; "setengah", and "half" of a unit."""
        if i >= len(tokens) or not (parts or tokens[i].lower in self._halves):
            return None
        if parts and ends[0] > 1:
            k, scale = 1, _ONE
            while k < ends[0] and parts[k].role == cd.SCALE:
                scale, k = scale * parts[k].value, k + 1
            return Phrase(i + 1, cd.HALF_OF_ONE * scale) if k == ends[0] else None
        scale, after = self.scale(tokens, i + 1)
        if scale != 1:
            return Phrase(after, cd.HALF_OF_ONE * scale, None, scale)
        if tokens[i].lower in self.fractions:
            return self._fraction(tokens, i)
        return None if parts else Phrase(i + 1, _ONE, Decimal(2), measured=True)

    def _and_a_part(self, tokens: Sequence[Token], i: int, factor: Decimal) -> Phrase | None:
        """What a half or a quarter after a number adds: "en een half", "setengah", "dan suku".

        ``factor`` is the scale word before it; ``end`` of the answer is the token after the part.
        """
        unit = factor if factor >= _HALVED else _ONE
        end = self._half_after(tokens, i)
        if end is not None:
            if unit != 1 and self.scale(tokens, end)[1] > end:
                return None  # "dua juta | setengah juta"
            return Phrase(end, cd.HALF_OF_ONE * unit)
        if i + 1 >= len(tokens) or tokens[i].lower not in self._half_links:
            return None
        parts, ends = self._collect(tokens, i + 1)
        found = self._fraction(tokens, i + 1)
        if parts and parts[0].role == cd.UNIT and len(parts) > 1:
            if parts[1].role != cd.DENOMINATOR or 2 not in ends:
                return None
            end = i + 2 + ends.index(2)
            found = Phrase(end, Decimal(parts[0].value), Decimal(parts[1].value))
        if found is None or found.of != _QUARTERS or found.value >= found.of:
            return None
        word = tokens[found.end - 1].lower
        if not any(word.endswith(w) for w in self._scaled) or self._stands_alone(tokens, found.end):
            return None
        return Phrase(found.end, found.value * unit / found.of)

    def _half_after(self, tokens: Sequence[Token], i: int) -> int | None:
        """The token after a half that adds to the number before token ``i``."""
        steps = 0
        while i < len(tokens) and tokens[i].lower in self._half_links and steps < 2:
            i, steps = i + 1, steps + 1
        if i >= len(tokens) or tokens[i].lower not in self._halves:
            return None
        if (self._half_needs_link and not steps) or self._stands_alone(tokens, i + 1):
            return None
        return i + 1

    def _stands_alone(self, tokens: Sequence[Token], i: int) -> bool:
        """ "dua juta, setengah daripada mereka": a part with a whole of its own."""
        return i < len(tokens) and tokens[i].lower in self._half_not_before

    def _is_ordinal(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the words from ``i`` on are the end of an ordinal: "kedua puluh | lima"."""
        if not self._ordinal:
            return False
        low = max(0, i - _LONGEST_ORDINAL)
        for k in range(i - 1, low - 1, -1):
            word = tokens[k].lower
            if tokens[k].kind != tk.WORD or tokens[k + 1].start - tokens[k].end > _GAP:
                return False
            prefix = next((p for p in self._ordinal if word.startswith(p)), "")
            if prefix and self.morphemes(word[len(prefix) :]) is not None:
                cardinal = [tokens[k]._replace(lower=word[len(prefix) :]), *tokens[k + 1 : i + 1]]
                whole = self.phrase(cardinal, 0)
                return whole is not None and whole.end == len(cardinal)
            if self.morphemes(word) is None:
                return False
        return False

    def _is_another_word(self, tokens: Sequence[Token], i: int) -> bool:
        """ "in acht nemen", "half vijf": a number word in an idiom, or an hour of the clock."""
        before = tokens[i - 1].lower if i > 0 else ""
        if before in self._clock:
            return True
        uses = self._idioms.get(tokens[i].lower)
        if uses is None:
            return False
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if after is None or after.kind == tk.SYMBOL:
            return before in uses["last_after"]
        return after.lower in uses["before"]

    def _collect(self, tokens: Sequence[Token], i: int) -> tuple[list[Morpheme], list[int]]:
        """The parts of the number words from token ``i`` on, and where each token ends."""
        parts: list[Morpheme] = []
        ends: list[int] = []
        for k in range(i, len(tokens)):
            token = tokens[k]
            if token.kind != tk.WORD or len(parts) >= _MOST_PARTS:
                break
            if parts and token.start - tokens[k - 1].end > _GAP:
                break
            found = self._cache.get(token.lower) or self.morphemes(token.lower)
            if found is None:
                break
            if parts and token.lower in self._joiners and self._parts_two(tokens, i, k, parts[-1]):
                break
            parts.extend(found)
            ends.append(len(parts))
        return parts, ends

    def _parts_two(self, tokens: Sequence[Token], i: int, k: int, last: Morpheme) -> bool:
        """Whether the joiner at token ``k`` is an "and" between two numbers.

        "tussen drie en twintig", "honderd en tweeduizend": not 23, nor 102 thousand.
        """
        if any(t.lower in self._not_joined_after for t in tokens[max(0, i - 2) : i]):
            return True
        if k + 1 >= len(tokens):
            return True
        beyond = self.morphemes(tokens[k + 1].lower)
        if beyond is None:
            return True
        size = max((m.value for m in beyond if m.role in (cd.SCALE, cd.HUNDRED)), default=0)
        return size >= (last.value if last.role in (cd.SCALE, cd.HUNDRED) else 1)


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


def _number(
    tokens: Sequence[Token], i: int, lex: Lexicon, text: str, *, halves: bool
) -> tuple[Number, int] | None:
    """The number at token ``i`` and the token after it; ``halves``: with those that need a unit."""
    token = tokens[i]
    if token.kind == tk.NUMBER:
        read = digits(token.text)
        if read is None:
            return None
        found = lex.joined(tokens, i + 1, read)
        reason = "digits and words"
        if found is None:
            value, reason = convention(read, lex)
            factor, end = lex.scale(tokens, i + 1)
            found = Phrase(end, value * factor)
    else:
        found, reason = lex.phrase(tokens, i), "number word"
        if found is None or found.article or (found.measured and not halves):
            return None
    start, stop = token.start, tokens[found.end - 1].end
    number = Number(start, stop, text[start:stop], found.value, found.of, reason)
    return number, found.end


def parse(text: str, language: str) -> Number | None:
    """The number that the whole of ``text`` is, white space around it aside, or ``None``.

    Digits are read by the convention of the language alone ("3.162" is 3162 in Dutch and 3.162
    in Malay); what an article tells more is for ``statistics``. A word that is as often none is
    no number alone ("een", "kosong").
    Raises ``languages.UnknownLanguage`` for a language without data.
    """
    lex = lexicon(language)
    tokens = tk.tokenise(text)
    if not tokens:
        return None
    found = _number(tokens, 0, lex, text, halves=True)
    if found is None or found[1] != len(tokens):
        return None
    return found[0]


def scan(text: str, language: str) -> list[Number]:
    """Every number expression of ``text`` in order, whatever it stands for.

    Years, dates and codes are numbers here; whether one is a statistic is not asked. A half that
    only a unit makes an amount ("half maart", "half uur") is left out.
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
                found = _number(tokens, i, lex, text, halves=False)
            if found is None:
                i += 1
            else:
                out.append(found[0])
                i = found[1]
    return out
