"""Number expressions as they stand in a sentence: digits or words, scale, sign or unit after.

Digits that hang together with letters or other digits are codes ("29A-123.45", "ke-15") and no
expressions. What an expression is for is decided elsewhere.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.extract import nounphrase
from pipeline.extract import numbers as nm
from pipeline.extract import tokens as tk
from pipeline.extract.cardinals import HALF_OF_ONE
from pipeline.extract.grammar import Grammar
from pipeline.extract.numbers import Digits, Lexicon, Phrase
from pipeline.extract.tokens import Token
from pipeline.normalise import places
from pipeline.records import Change, Qualifier, ValueKind

DASHES = frozenset("-–—‐‑−")
OPEN, CLOSE = frozenset("([{"), frozenset(")]}")
QUOTES = frozenset("\"'“”‘’«»„")
# What a search for words around a number never crosses.
BREAKS = frozenset(".;:()!?")
# What a bare number beside a name can be as an age.
_YOUNGEST, _OLDEST = 15, 110
# How far back the end of a name is looked for, in characters, and what parts its words.
_NAME = 40
_LETTERS = re.compile(r"[^\W\d_]+(?:['’\u2010-][^\W\d_]+)*")
_NAME_PART = re.compile(r"[ .\u00a0\n]")
# A capitalised unit of as many letters is one all the same: no place of Viet Nam is called so.
_SURE_UNIT = 5
# How many words a member of a list has with the sign before it.
_LISTED = 6
_NARROW = frozenset("\u00a0\u2009\u202f")


@dataclass(slots=True)
class Amount:
    """A number expression as it stands: tokens ``[start, end)``."""

    start: int
    end: int
    digits: Digits | None = None
    factor: Decimal = Decimal(1)
    value: Decimal | None = None
    of: Decimal | None = None
    words: bool = False
    scale: Decimal = Decimal(1)  # the scale word that a number in words ends with
    one: bool = False
    suffix: str = ""  # percent, points, money, measure, duration
    suffix_end: int = 0
    half_end: int = 0  # the token after a half behind the unit: "dua hari setengah"
    currency: str | None = None

    @property
    def scaled(self) -> bool:
        return self.factor != 1


@dataclass(slots=True)
class Draft:
    """A statistic on its way: tokens ``[start, end)`` of its sentence."""

    start: int
    end: int
    amounts: list[Amount]
    kind: ValueKind = "count"
    ratio: bool = False
    range: bool = False
    currency: str | None = None
    unit: tuple[int, int] | None = None
    unit_text: str | None = None
    part: bool = False  # whether what it counts is what a part of others is said to be
    elided: bool = False  # whether what it counts is said with an earlier figure alone
    qualifier: Qualifier | None = None
    change: Change | None = None
    score: float = 0.9
    after: int = 0  # the token after the number and its unit
    below_zero: bool = False
    level_of: Draft | None = None  # the level before this one ("from 3 to 5")
    shared: bool = False  # the unit is said with a later figure of the list
    values: list[Decimal] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Evidence:
    """How an article uses points and commas in the numbers that can be read in one way only."""

    def __init__(self) -> None:
        self._grouping: dict[str, int] = {}
        self._fraction: dict[str, int] = {}
        self._plain: set[str] = set()

    def add_grouping(self, sign: str) -> None:
        """``sign`` grouped thousands."""
        self._grouping[sign] = self._grouping.get(sign, 0) + 1

    def add_fraction(self, sign: str) -> None:
        """``sign`` stood before a fraction."""
        self._fraction[sign] = self._fraction.get(sign, 0) + 1

    def add_plain(self, digits: str) -> None:
        """A number of four to six digits was written without a sign."""
        if 4 <= len(digits) <= 6:
            self._plain.add(digits)

    def is_plain(self, digits: str) -> bool:
        """Whether the article has this number without a sign."""
        return digits in self._plain

    def lean(self, sign: str) -> tuple[float, float]:
        """From -1, ``sign`` begins fractions, to 1, it groups thousands; and from how many.

        What the other sign is used for tells half as much where this one could do the same.
        """
        other = "," if sign == "." else "."
        grouping = self._grouping.get(sign, 0) + self._fraction.get(other, 0) / 2
        fraction = self._fraction.get(sign, 0) + self._grouping.get(other, 0)
        many = grouping + fraction
        return ((grouping - fraction) / many if many else 0.0), many


class Blocked:
    """Spans of a text in which no number is a statistic, sorted and looked up by offset."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if end <= start:
                continue
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: int, end: int) -> bool:
        i = bisect.bisect_left(self._starts, end) - 1
        return i >= 0 and self._ends[i] > start


def _is_province(parts: Sequence[str]) -> bool:
    """Whether the last two words are a province and no more of a name stands before them."""
    if len(parts) > 2 and parts[-3][0].isupper():
        return False
    return any(p.level == "province" for p in places.candidates(" ".join(parts[-2:])))


class Sentence:
    """One sentence: its tokens, and the number expressions read off them."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        lex: Lexicon,
        gram: Grammar,
        evidence: Evidence,
        blocked: Blocked,
        line_start: int,
    ) -> None:
        self.text, self.tokens, self.lex, self.gram = text, tokens, lex, gram
        self.evidence, self.line_start = evidence, line_start
        self.used = 0  # the token after the last statistic
        self._listed: frozenset[int] | None = None
        self.label_end = -1  # the token after the last number that named something
        self.closed = [
            t.kind == tk.ADDRESS or (t.kind != tk.SYMBOL and blocked.overlaps(t.start, t.end))
            for t in tokens
        ]

    def lower(self, i: int) -> str:
        return self.tokens[i].lower if 0 <= i < len(self.tokens) else ""

    def touches(self, i: int) -> bool:
        """Whether token ``i`` follows the one before it without white space."""
        return 0 < i < len(self.tokens) and self.tokens[i].start == self.tokens[i - 1].end

    def surface(self, start: int, end: int) -> str:
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def measured(self, i: int) -> int | None:
        """The token after the unit of measure at token ``i``, if there is one."""
        for table in (self.gram.measure_sign, self.gram.measure_word):
            found = table.after(self.tokens, i)
            if found is not None and self.whole_unit(i, found[1], table.exact):
                return found[1]
        return None

    def close_code(self, i: int) -> None:
        """Digits after a code and nothing between belong to it: "0207 3 822"."""
        last = self.tokens[i - 1]
        if last.kind == tk.WORD and last.text.islower() and last.text.strip("x"):
            return  # "5-sterrenhotels 70%", but "3xxx 115"
        while (
            i < len(self.tokens)
            and self.tokens[i].kind == tk.NUMBER
            and self.tokens[i].start - self.tokens[i - 1].end <= 1
            and nounphrase.after(self.tokens, i + 1, self.gram) is None
            and self.gram.percent.after(self.tokens, i + 1) is None
            and self.lex.scale(self.tokens, i + 1)[1] == i + 1
        ):
            self.closed[i] = True
            i += 1

    def skip(self, i: int) -> int:
        """The token after a code: everything that hangs together with token ``i``."""
        if self.tokens[i].kind == tk.NUMBER:
            i += 1
            while self.touches(i) and (
                self.tokens[i].kind != tk.SYMBOL
                or (self.tokens[i].text in "-/." and self.touches(i + 1))
            ):
                i += 1
            return i
        return i + 1

    def amount(self, i: int) -> Amount | None:
        """The number expression at token ``i``, its suffix with it; ``None`` for a code."""
        token = self.tokens[i]
        if token.kind == tk.WORD:
            phrase = self.lex.phrase(self.tokens, i)
            if phrase is None or any(self.closed[i : phrase.end]):
                return None
            if phrase.article and not self.is_share(phrase.end):
                return None
            if self.is_name(i):
                return None
            half = self.one_and_a_half(i, phrase)
            if half is not None:
                return half
            amount = Amount(i, phrase.end, value=phrase.value, of=phrase.of, words=True)
            amount.scale = phrase.factor
            amount.one = phrase.value == 1 and phrase.of is None and phrase.end == i + 1
            self.add_suffix(amount)
            if phrase.measured and amount.suffix not in ("measure", "duration"):
                return None  # "een halve finale"
        else:
            read, end = self.spaced(i)
            if read is None or self.is_code(i, end):
                return None
            factor, after = self.lex.scale(self.tokens, end)
            amount = Amount(i, after, digits=read, factor=factor)
            joined = self.lex.joined(self.tokens, end, read)
            if joined is not None and not any(self.closed[i : joined.end]):
                worded = Digits(None, joined.value / joined.factor, "", "digits and words")
                amount = Amount(i, joined.end, digits=worded, factor=joined.factor)
            self.add_suffix(amount)
        self.add_half(amount)
        return amount

    def is_share(self, i: int) -> bool:
        """ "een op de vijf": after an article, what makes a number of it."""
        found = self.gram.ratio_in.after(self.tokens, i)
        if found is None or found[1] >= len(self.tokens):
            return False
        whole = self.tokens[found[1]]
        return whole.kind == tk.NUMBER or self.gram.is_number(whole.lower)

    def measured_in_degrees(self, draft: Draft) -> bool:
        """Whether a measure is a temperature, which may be below zero."""
        return draft.unit is not None and (self.surface(*draft.unit).lower() in self.gram.degrees)

    def is_name(self, i: int) -> bool:
        """A capitalised number word inside a sentence or before another capital is a name."""
        text = self.tokens[i].text
        if not text[0].isupper() or (text.isupper() and len(text) > 1):
            return False
        if i > 0:
            before = self.tokens[i - 1]
            return before.kind != tk.SYMBOL or before.text == ","
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        return (
            after is not None
            and after.kind == tk.WORD
            and after.text[0].isupper()
            and not self.gram.is_number(after.lower)
        )

    def spaced(self, i: int) -> tuple[Digits | None, int]:
        """The digits at token ``i``; thousands set apart by white space are put together."""
        tokens, end = self.tokens, i + 1
        if tokens[i].text.isdigit() and 1 <= len(tokens[i].text) <= 3 and tokens[i].text[0] != "0":
            while (
                end < len(tokens)
                and not self.closed[end]
                and tokens[end].text.isdigit()
                and len(tokens[end].text) == 3
                and tokens[end].start - tokens[end - 1].end == 1
            ):
                end += 1
            gaps = {self.text[tokens[k].end] for k in range(i, end - 1)}
            sure = gaps <= _NARROW or end - i > 2 or tokens[end - 1].text.endswith("00")
            if end > i + 1 and sure and not (end < len(tokens) and self.touches(end)):
                plain = "".join(t.text for t in tokens[i:end])
                return Digits(Decimal(plain), None, " ", "white space groups thousands"), end
        return nm.digits(tokens[i].text), i + 1

    def is_code(self, i: int, end: int) -> bool:
        """Whether the digits hang together with letters or other digits: a code, an ordinal."""
        tokens = self.tokens
        if self.touches(i):
            left = tokens[i - 1]
            if left.kind == tk.WORD and not self.currency_glued(i):
                return True
            if left.kind == tk.NUMBER:
                return True
            if left.text in DASHES and self.touches(i - 1):
                before = tokens[i - 2]
                if before.kind == tk.WORD or before.text in ("/", "."):
                    return True
                if before.kind == tk.NUMBER:
                    return True
            if left.text in "/._#@&=" and self.touches(i - 1):
                return not (left.text == "/" and self.divides(i, end))
            if left.text in "_#@&=":
                return True
            if left.text == "+" and self.touches(i - 1) and tokens[i - 2].kind != tk.SYMBOL:
                return True  # "Km78+800"
        if end < len(tokens) and self.touches(end):
            right = tokens[end]
            if right.kind == tk.WORD:
                return not (
                    right.text in nm.VULGAR
                    or self.gram.measure_sign.after(tokens, end)
                    or self.lex.scale(tokens, end)[1] > end
                    or self.gram.currency_word.after(tokens, end)
                    or self.gram.currency_code.after(tokens, end)
                    or self.gram.percent.after(tokens, end)
                    or self.gram.duration.after(tokens, end)
                    or self.gram.measure_word.after(tokens, end)
                )
            if right.text == "_" or (right.text == ":" and self.touches(end + 1)):
                return True
            if right.text in DASHES and self.touches(end + 1):
                beyond = tokens[end + 1]
                if beyond.kind == tk.WORD and beyond.lower not in self.gram.age_suffix:
                    return True
        return False

    def divides(self, i: int, end: int) -> bool:
        """ "287 hektar/212 rumah": a second figure after the unit of the one before."""
        k = i - 2
        while k >= self.used and self.tokens[k].kind == tk.WORD:
            k -= 1
        return (
            0 < self.used == k + 1 < i - 1
            and self.tokens[k].kind == tk.NUMBER
            and end < len(self.tokens)
            and self.tokens[end].kind == tk.WORD
            and not self.touches(end)
        )

    def is_in_name(self, i: int) -> bool:
        """ "Dien Ban Dong", "Dong Nai": a capitalised word beside another is part of a name."""
        text = self.tokens[i].text
        if not text.istitle():
            return False
        beside = [self.tokens[j].text for j in (i - 1, i + 1) if 0 <= j < len(self.tokens)]
        return any(t.istitle() for t in beside)

    def currency_glued(self, i: int) -> bool:
        found = self.gram.currency_code.before(self.tokens, i)
        return found is not None and not (
            self.touches(found[1]) and self.tokens[found[1] - 1].kind != tk.SYMBOL
        )

    def add_half(self, amount: Amount) -> None:
        """ "dua hari setengah": a half behind the unit belongs to the number before it."""
        if amount.suffix not in ("measure", "duration") or amount.of is not None or amount.scaled:
            return
        end = self.lex.half_of_unit(self.tokens, amount.suffix_end)
        value = self.guess(amount)
        if end is None or value is None or value != int(value) or self.closed[end - 1]:
            return
        if amount.digits is not None:
            if amount.digits.separator:
                return
            amount.digits = Digits(None, value + HALF_OF_ONE, "", "digits and words")
        else:
            amount.value = value + HALF_OF_ONE
        amount.one, amount.half_end = False, end

    def one_and_a_half(self, i: int, phrase: Phrase) -> Amount | None:
        """ "sejam setengah": a half behind a word for one of a unit."""
        if phrase.end != i + 1 or i - 1 < self.used or self.closed[i - 1]:
            return None
        if self.lex.half_of_unit(self.tokens, i) != i + 1:
            return None
        unit = self.lex.one_unit(self.lower(i - 1))
        one = [self.tokens[i - 1]._replace(text=unit, lower=unit)]
        if self.gram.duration.after(one, 0):
            suffix = "duration"
        elif self.gram.measure_word.after(one, 0):
            suffix = "measure"
        else:
            return None
        value = 1 + HALF_OF_ONE
        amount = Amount(i - 1, i - 1, value=value, words=True, suffix=suffix, suffix_end=i)
        amount.half_end = i + 1
        return amount

    def add_suffix(self, amount: Amount) -> None:
        """Percent sign, currency or unit after the number."""
        tokens, gram, i = self.tokens, self.gram, amount.end
        amount.suffix_end = i
        percent = gram.percent.after(tokens, i)
        if percent is not None:
            amount.suffix, amount.suffix_end = percent
            return
        code = gram.currency_code.after(tokens, i)
        word = gram.currency_word.after(tokens, i)
        if word is not None and word[1] == i + 1 and self.is_in_name(i):
            word = None
        money = max((m for m in (code, word) if m), key=lambda m: m[1], default=None)
        if money is not None and not self.belongs_on(i, money[1]):
            amount.suffix, amount.currency, amount.suffix_end = "money", money[0], money[1]
            return
        if self.class_glued(i) or gram.class_sign.after(tokens, i) is not None:
            amount.suffix, amount.suffix_end = "class", i + 1
            return
        ends = [
            found[1]
            for table in (gram.measure_sign, gram.measure_word)
            if (found := table.after(tokens, i)) is not None
            and self.whole_unit(i, found[1], table.exact)
        ]
        if ends:
            amount.suffix, amount.suffix_end = "measure", max(ends)
            return
        end = self.duration_end(i, amount.one)
        if end is not None:
            amount.suffix, amount.suffix_end = "duration", end

    def belongs_on(self, start: int, end: int) -> bool:
        """A currency that hangs on what follows: a compound, or "€5" after another number."""
        if not self.touches(end):
            return False
        right = self.tokens[end]
        return right.text in DASHES or (right.kind == tk.NUMBER and not self.touches(start))

    def class_glued(self, i: int) -> bool:
        """ "500 kV-lijn": the sign of a class and a noun in one word."""
        if i >= len(self.tokens):
            return False
        head, hyphen, _ = self.tokens[i].text.partition("-")
        return bool(hyphen) and head in self.gram.class_signs

    def whole_unit(self, start: int, end: int, sign: bool = False) -> bool:
        """A unit that is glued to more letters or is short and capitalised is another word.

        "12 Tan Binh", but "500 Hektar Hutan" in a headline.
        """
        if self.touches(end) and self.tokens[end].kind in (tk.WORD, tk.NUMBER):
            return False
        if self.touches(end) and self.tokens[end].text in DASHES and self.touches(end + 1):
            return False
        first = self.tokens[start].text
        short = 2 < len(first) < _SURE_UNIT
        return sign or not (short and first[0].isupper() and first[1:].islower())

    def duration_end(self, i: int, one: bool = False) -> int | None:
        if one and self.lower(i) in self.gram.one_durations:
            return i + 1
        found = self.gram.duration.after(self.tokens, i)
        if found is None and self.lower(i) in self.gram.fillers:
            found = self.gram.duration.after(self.tokens, i + 1)
        if found is not None:
            return found[1] if self.whole_unit(i, found[1]) else None
        if (
            self.gram.duration_suffix is not None
            and i < len(self.tokens)
            and self.tokens[i].lower not in self.gram.not_durations
            and not self.tokens[i].lower.endswith(self.gram.not_duration_endings)
            and self.gram.duration_suffix.fullmatch(self.tokens[i].lower)
        ):
            return i + 1
        return None

    def guess(self, amount: Amount) -> Decimal | None:
        if amount.value is not None:
            return amount.value
        if amount.digits is None:
            return None
        read = amount.digits
        value = read.grouped if read.grouped is not None else read.decimal
        return None if value is None else value * amount.factor

    def listed(self, i: int) -> bool:
        """Whether the number at token ``i`` stands in brackets behind a name of a list of such.

        "Bao Lac (57), Ha Quang (49)": counts, unless the names are of people and the numbers
        may be their ages, or the numbers count up from one as notes do.
        """
        if self._listed is None:
            self._listed = frozenset(self._lists())
        return i in self._listed

    def _lists(self) -> Iterator[int]:
        tokens, run = self.tokens, list[int]()
        for i in range(2, len(tokens) - 1):
            if not (
                tokens[i].kind == tk.NUMBER
                and tokens[i - 1].text in OPEN
                and tokens[i + 1].text in CLOSE
                and tokens[i - 2].kind == tk.WORD
                and tokens[i - 2].text[0].isupper()
                and not self.closed[i]
            ):
                continue
            if run and not self._goes_on(run[-1] + 2, i - 1):
                yield from self._counts(run)
                run = []
            run.append(i)
        yield from self._counts(run)

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether only a sign or word of listing and a name stand at tokens ``[start, end)``."""
        if not 1 < end - start <= _LISTED:
            return False
        first = self.tokens[start]
        return (first.text in ",;" or first.lower in self.gram.joiners) and all(
            t.kind == tk.WORD and (t.text[0].isupper() or t.lower in self.gram.joiners)
            for t in self.tokens[start + 1 : end]
        )

    def _counts(self, run: list[int]) -> list[int]:
        """The members of a list that are counts: all of them or none."""
        read = [nm.digits(self.tokens[i].text) for i in run]
        values = [r.grouped if r is not None else None for r in read]
        if len(run) < 2 or None in values or values == [*range(1, len(run) + 1)]:
            return []
        ages = all(v is not None and _YOUNGEST <= v <= _OLDEST for v in values)
        return [] if ages and not all(map(self._follows_place, run)) else run

    def _follows_place(self, i: int) -> bool:
        """Whether a known place is named before the bracket around token ``i``."""
        start = i - 1
        while start > 0 and i - start <= 4 and self.tokens[start - 1].text[:1].isupper():
            start -= 1
        return bool(places.candidates(" ".join(t.text for t in self.tokens[start : i - 1])))

    def ages_a_name(self, draft: Draft) -> bool:
        """ "Tran Thi B, 67, ...", "Tran Thi B (67)": an apposition of a number to a name."""
        tokens, k, end = self.tokens, draft.start - 1, draft.end
        amount = draft.amounts[0]
        if k < 0 or end >= len(tokens) or amount.digits is None or draft.range or amount.scaled:
            return False
        if self.listed(amount.start):
            return False
        pair = tokens[k].text + tokens[end].text
        value = amount.digits.grouped
        return (
            pair in (",,", "()")
            and self.named_before(tokens[k].start)
            and not amount.digits.separator
            and value is not None
            and _YOUNGEST <= value <= _OLDEST
        )

    def named_before(self, at: int) -> bool:
        """Whether two capitalised words or initials end before offset ``at``: "N.T.L. (61)".

        It looks at the text, since a sentence may seem to end after an initial.
        """
        tail = self.text[max(0, at - _NAME) : at].rstrip()
        parts = [p for p in _NAME_PART.split(tail) if p]
        return (
            len(parts) > 1
            and all(p[0].isupper() and _LETTERS.fullmatch(p) for p in parts[-2:])
            and (tail[-1] != "." or len(parts[-1]) == 1)
            and not _is_province(parts)
        )

    def currency_before(self, i: int) -> tuple[str, int] | None:
        code = self.gram.currency_code.before(self.tokens, i)
        word = self.gram.currency_first.before(self.tokens, i)
        if word is not None and word[1] == i - 1 and self.is_in_name(word[1]):
            word = None
        found = min((m for m in (code, word) if m), key=lambda m: m[1], default=None)
        if found is None or found[1] < self.used:
            return None
        k = found[1] - 1
        if k >= 0 and self.tokens[k].kind == tk.NUMBER and not self.closed[k]:
            return None  # it belongs to the number before it
        if k >= 0 and self.lower(k) in self.lex.scales:
            return None
        return found
