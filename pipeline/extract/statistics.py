"""Statistics of an article: the numbers that say how many, how much or what share.

Every number expression is read where it stands: what follows and precedes it says its kind
(a percent sign, a currency, a unit, a counted noun), whether it is bounded or a change, and
whether it is a statistic at all or a date, a name, a label or an ordinal. A separator that can
be read in two ways is read by what the number counts, by the figures beside it, by the article's
other numbers and last by the convention of the language; ``reason`` keeps which.

The rules are those of the annotation guide; the words are in ``languages/<code>/statistics.toml``.
"""

from __future__ import annotations

import bisect
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from pipeline.extract import nounphrase
from pipeline.extract import numbers as nm
from pipeline.extract import tokens as tk
from pipeline.extract.dates import DateSpan
from pipeline.extract.dates import dates as find_dates
from pipeline.extract.grammar import Grammar, grammar
from pipeline.extract.numbers import Digits, Lexicon
from pipeline.extract.tokens import Token
from pipeline.records import Change, Qualifier, Statistic, ValueKind

VERSION = "1"
SOURCE = f"statistics {VERSION}"

_DASHES = frozenset("-–—‐‑−")
_NARROW = frozenset("\u00a0\u2009\u202f")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_QUOTES = frozenset("\"'“”‘’«»„")
_MAP_SCALES = frozenset({100, 200, 250, 500, 1000, 2000, 5000, 10000, 25000, 50000, 100000, 250000})
# A sign between digits whose meaning is beyond doubt: before one or two digits and a percent
# sign, or twice with three digits after it.
_EVIDENCE = re.compile(r"[0-9]([.,])(?:[0-9]{1,2}[ \u00a0]?%|[0-9]{3}\1[0-9]{3}(?![0-9]))")
_BULLET = frozenset("-–—•*+·▪●◦")


@dataclass(slots=True)
class _Amount:
    """A number expression as it stands: tokens ``[start, end)``."""

    start: int
    end: int
    digits: Digits | None = None
    factor: Decimal = Decimal(1)
    value: Decimal | None = None
    of: Decimal | None = None
    words: bool = False
    one: bool = False
    suffix: str = ""  # percent, points, money, measure, duration
    suffix_end: int = 0
    currency: str | None = None

    @property
    def scaled(self) -> bool:
        return self.factor != 1


@dataclass(slots=True)
class _Draft:
    """A statistic on its way: tokens ``[start, end)`` of its sentence."""

    start: int
    end: int
    amounts: list[_Amount]
    kind: ValueKind = "count"
    ratio: bool = False
    range: bool = False
    currency: str | None = None
    unit: tuple[int, int] | None = None
    unit_text: str | None = None
    qualifier: Qualifier | None = None
    change: Change | None = None
    score: float = 0.9
    after: int = 0  # the token after the number and its unit
    values: list[Decimal] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How often the article uses a sign to group thousands and before a fraction."""

    grouping: dict[str, int]
    fraction: dict[str, int]


class _Blocked:
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


class _Sentence:
    """One sentence: its tokens, and the statistics read off them."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        lex: Lexicon,
        gram: Grammar,
        evidence: _Evidence,
        blocked: _Blocked,
        line_start: int,
    ) -> None:
        self.text, self.tokens, self.lex, self.gram = text, tokens, lex, gram
        self.evidence, self.line_start = evidence, line_start
        self.closed = [
            t.kind == tk.ADDRESS or (t.kind != tk.SYMBOL and blocked.overlaps(t.start, t.end))
            for t in tokens
        ]

    # -- tokens ------------------------------------------------------------------------------

    def lower(self, i: int) -> str:
        return self.tokens[i].lower if 0 <= i < len(self.tokens) else ""

    def touches(self, i: int) -> bool:
        """Whether token ``i`` follows the one before it without white space."""
        return 0 < i < len(self.tokens) and self.tokens[i].start == self.tokens[i - 1].end

    def surface(self, start: int, end: int) -> str:
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    # -- reading -----------------------------------------------------------------------------

    def drafts(self) -> list[_Draft]:
        found: list[_Draft] = []
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if self.closed[i] or token.kind not in (tk.NUMBER, tk.WORD):
                i += 1
                continue
            if token.kind == tk.WORD and not self.lex.start.match(token.text):
                i += 1
                continue
            amount = self.amount(i)
            if amount is None:
                i = self.skip(i)
                continue
            draft = self.draft(amount)
            if draft is not None and self.accept(draft):
                self.finish(draft)
                found.append(draft)
            i = max(amount.end, draft.end if draft is not None else 0, i + 1)
        self.settle(found)
        return found

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

    def amount(self, i: int) -> _Amount | None:
        """The number expression at token ``i``, its suffix with it; ``None`` for a code."""
        token = self.tokens[i]
        if token.kind == tk.WORD:
            phrase = self.lex.phrase(self.tokens, i)
            if phrase is None or any(self.closed[i : phrase.end]):
                return None
            if phrase.article:
                return None
            amount = _Amount(i, phrase.end, value=phrase.value, of=phrase.of, words=True)
            amount.one = phrase.value == 1 and phrase.of is None and phrase.end == i + 1
        else:
            read, end = self.spaced(i)
            if read is None or self.is_code(i, end):
                return None
            factor, after = self.lex.scale(self.tokens, end)
            amount = _Amount(i, after, digits=read, factor=factor)
            self.add_lower_scale(amount)
        self.add_suffix(amount)
        return amount

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
            if left.text in _DASHES and self.touches(i - 1):
                before = tokens[i - 2]
                if before.kind == tk.WORD or before.text in ("/", "."):
                    return True
                if before.kind == tk.NUMBER:
                    return True
            if left.text in "/._#@&=" and self.touches(i - 1):
                return True
            if left.text in "_#@&=":
                return True
        if end < len(tokens) and self.touches(end):
            right = tokens[end]
            if right.kind == tk.WORD:
                return not (
                    self.gram.measure_sign.after(tokens, end)
                    or self.lex.scale(tokens, end)[1] > end
                    or self.gram.currency_word.after(tokens, end)
                    or self.gram.currency_code.after(tokens, end)
                    or self.gram.percent.after(tokens, end)
                    or self.gram.duration.after(tokens, end)
                    or self.gram.measure_word.after(tokens, end)
                )
            if right.text == "_" or (right.text == ":" and self.touches(end + 1)):
                return True
            if right.text in _DASHES and self.touches(end + 1):
                beyond = tokens[end + 1]
                if beyond.kind == tk.WORD and beyond.lower not in self.gram.age_suffix:
                    return True
        return False

    def currency_glued(self, i: int) -> bool:
        found = self.gram.currency_code.before(self.tokens, i)
        return found is not None and not (
            self.touches(found[1]) and self.tokens[found[1] - 1].kind != tk.SYMBOL
        )

    def add_lower_scale(self, amount: _Amount) -> None:
        """ "3 juta 200 ribu": a second figure with a smaller scale word belongs to the first."""
        end = amount.end
        if not amount.scaled or end >= len(self.tokens) or self.tokens[end].kind != tk.NUMBER:
            return
        read = nm.digits(self.tokens[end].text)
        factor, after = self.lex.scale(self.tokens, end + 1)
        if read is None or read.ambiguous or after == end + 1 or factor >= amount.factor:
            return
        assert amount.digits is not None
        first, _ = nm.convention(amount.digits, self.lex)
        second, _ = nm.convention(read, self.lex)
        amount.value = first * amount.factor + second * factor
        amount.digits, amount.end = None, after

    def add_suffix(self, amount: _Amount) -> None:
        """Percent sign, currency or unit after the number."""
        tokens, gram, i = self.tokens, self.gram, amount.end
        amount.suffix_end = i
        percent = gram.percent.after(tokens, i)
        if percent is not None:
            amount.suffix, amount.suffix_end = percent
            return
        code = gram.currency_code.after(tokens, i)
        word = gram.currency_word.after(tokens, i)
        money = max((m for m in (code, word) if m), key=lambda m: m[1], default=None)
        if money is not None and not (self.touches(money[1]) and tokens[money[1]].text in _DASHES):
            amount.suffix, amount.currency, amount.suffix_end = "money", money[0], money[1]
            return
        for table, name in (
            (gram.class_sign, "class"),
            (gram.measure_sign, "measure"),
            (gram.measure_word, "measure"),
        ):
            found = table.after(tokens, i)
            if found is not None and self.whole_unit(i, found[1]):
                amount.suffix, amount.suffix_end = name, found[1]
                return
        end = self.duration_end(i)
        if end is not None:
            amount.suffix, amount.suffix_end = "duration", end

    def whole_unit(self, start: int, end: int) -> bool:
        """A unit that is glued to more letters or is a capitalised name is another word."""
        if self.touches(end) and self.tokens[end].kind in (tk.WORD, tk.NUMBER):
            return False
        if self.touches(end) and self.tokens[end].text in _DASHES and self.touches(end + 1):
            return False
        first = self.tokens[start]
        return not (len(first.text) > 2 and first.text[0].isupper() and first.text[1:].islower())

    def duration_end(self, i: int) -> int | None:
        found = self.gram.duration.after(self.tokens, i)
        if found is not None:
            return found[1] if self.whole_unit(i, found[1]) else None
        if (
            self.gram.duration_suffix is not None
            and i < len(self.tokens)
            and self.gram.duration_suffix.fullmatch(self.tokens[i].lower)
        ):
            return i + 1
        return None

    # -- drafts ------------------------------------------------------------------------------

    def draft(self, first: _Amount) -> _Draft | None:
        """A ratio, a range or a single number that starts with ``first``."""
        draft = self.slash_ratio(first)
        if draft is None and self.tokens[first.start].kind == tk.NUMBER:
            nxt = first.end
            if self.touches(nxt) and self.tokens[nxt].text == "/" and self.touches(nxt + 1):
                unit = self.tokens[nxt + 1]
                if first.suffix_end == first.end and unit.kind != tk.SYMBOL:
                    return None  # 12/2022/TT, 4521/UBND
        if draft is None:
            draft = self.worded_ratio(first) or self.spread(first)
        if draft is None:
            draft = _Draft(first.start, first.end, [first])
            draft.after = first.suffix_end
            if first.of is not None:
                draft.kind = "fraction"
        self.dress(draft)
        return draft

    def slash_ratio(self, first: _Amount) -> _Draft | None:
        """ "557/1,461"; a day and month, a map's scale and a document number are none."""
        tokens, i = self.tokens, first.end
        if first.words or first.scaled or i + 1 >= len(tokens) or tokens[i].text != "/":
            return None
        if tokens[i + 1].kind != tk.NUMBER or self.closed[i + 1]:
            return None
        if self.touches(i) != self.touches(i + 1):
            return None
        read, end = self.spaced(i + 1)
        if read is None or first.digits is None:
            return None
        if end < len(tokens) and tokens[end].text == "/" and self.touches(end):
            return None
        if end < len(tokens) and self.touches(end) and tokens[end].kind == tk.WORD:
            return None
        second = _Amount(i + 1, end, digits=read, suffix_end=end)
        draft = _Draft(first.start, end, [first, second], kind="ratio", ratio=True, after=end)
        return draft

    def worded_ratio(self, first: _Amount) -> _Draft | None:
        """ "7 daripada 11", "45 van de 60", "een op de vijf"."""
        if first.suffix or first.of is not None:
            return None
        for table in (self.gram.ratio_of, self.gram.ratio_in):
            found = table.after(self.tokens, first.end)
            if found is None or found[1] >= len(self.tokens) or self.closed[found[1]]:
                continue
            if self.tokens[found[1]].kind not in (tk.NUMBER, tk.WORD):
                continue
            second = self.amount(found[1])
            if second is None or second.suffix in ("percent", "points", "money", "class"):
                continue
            if second.suffix == "duration" or second.of is not None or second.one:
                continue
            low, high = self.guess(first), self.guess(second)
            if low is None or high is None or low > high or high <= 1:
                continue
            return _Draft(
                first.start,
                second.end,
                [first, second],
                kind="ratio",
                ratio=True,
                after=second.end,
            )
        return None

    def guess(self, amount: _Amount) -> Decimal | None:
        if amount.value is not None:
            return amount.value
        if amount.digits is None:
            return None
        read = amount.digits
        value = read.grouped if read.grouped is not None else read.decimal
        return None if value is None else value * amount.factor

    def spread(self, first: _Amount) -> _Draft | None:
        """ "3 tot 5%", "10-15 orang", "antara 5 dan 7": two ends and one unit."""
        tokens, gram = self.tokens, self.gram
        if first.of is not None:
            return None
        end = first.suffix_end if first.suffix else first.end
        start = first.start
        at: int | None = None
        if end < len(tokens) and tokens[end].text in _DASHES:
            both = self.touches(end) == self.touches(end + 1)
            if both and end + 1 < len(tokens) and tokens[end + 1].kind == tk.NUMBER:
                at = end + 1
        if at is None:
            between = gram.range_between.before(tokens, self.money_start(first))
            table = gram.range_and if between is not None else gram.range_to
            found = table.after(tokens, end)
            if found is not None:
                at = found[1]
                if between is not None:
                    start = first.start
        if at is None or at >= len(tokens) or self.closed[at]:
            return None
        money = gram.currency_code.after(tokens, at) or gram.currency_word.after(tokens, at)
        if money is not None and money[1] < len(tokens) and tokens[money[1]].kind == tk.NUMBER:
            at = money[1]
        if tokens[at].kind not in (tk.NUMBER, tk.WORD):
            return None
        second = self.second(at)
        if second is None or second.of is not None or second.one:
            return None
        if first.suffix and second.suffix != first.suffix:
            return None
        if first.suffix in ("duration", "measure"):
            one = self.surface(first.end, first.suffix_end).lower()
            if one != self.surface(second.end, second.suffix_end).lower():
                return None
        low, high = self.guess(first), self.guess(second)
        if low is None or high is None:
            return None
        if not first.scaled and not first.words and second.scaled and second.digits is not None:
            mantissa = high / second.factor
            if low < mantissa:
                first.factor, low = second.factor, low * second.factor
        if first.digits is not None and second.digits is not None:
            # One reading for both ends: "1.250-1.500" is grouped twice or a fraction twice.
            if low >= high and first.digits.decimal is not None and first.digits.ambiguous:
                low = first.digits.decimal * first.factor
                first.digits = Digits(
                    None, first.digits.decimal, first.digits.separator, "lower end of a range"
                )
        if low >= high:
            return None
        return _Draft(
            start, second.end, [first, second], range=True, after=second.suffix_end
        )

    def second(self, at: int) -> _Amount | None:
        """The upper end of a range; the dash before it is no sign of a code."""
        token = self.tokens[at]
        if token.kind == tk.WORD:
            return self.amount(at)
        read, end = self.spaced(at)
        if read is None:
            return None
        if end < len(self.tokens) and self.touches(end):
            right = self.tokens[end]
            if right.text in _DASHES and self.touches(end + 1):
                return None
            if right.text in (":", "/") and self.touches(end + 1):
                if self.tokens[end + 1].kind == tk.NUMBER:
                    return None
            if right.kind == tk.WORD and self.code_right(end):
                return None
        factor, after = self.lex.scale(self.tokens, end)
        amount = _Amount(at, after, digits=read, factor=factor)
        self.add_suffix(amount)
        return amount

    def code_right(self, end: int) -> bool:
        gram, tokens = self.gram, self.tokens
        return not (
            gram.measure_sign.after(tokens, end)
            or self.lex.scale(tokens, end)[1] > end
            or gram.currency_word.after(tokens, end)
            or gram.currency_code.after(tokens, end)
            or gram.percent.after(tokens, end)
        )

    def money_start(self, amount: _Amount) -> int:
        found = self.currency_before(amount.start)
        return found[1] if found is not None else amount.start

    def currency_before(self, i: int) -> tuple[str, int] | None:
        code = self.gram.currency_code.before(self.tokens, i)
        word = self.gram.currency_word.before(self.tokens, i)
        found = min((m for m in (code, word) if m), key=lambda m: m[1], default=None)
        if found is None:
            return None
        k = found[1] - 1
        if k >= 0 and self.tokens[k].kind == tk.NUMBER and not self.closed[k]:
            return None  # it belongs to the number before it
        if k >= 0 and self.lower(k) in self.lex.scales:
            return None
        return found

    def dress(self, draft: _Draft) -> None:
        """Kind, currency and unit from what stands beside the number."""
        tokens = self.tokens
        last = draft.amounts[-1]
        suffix = last.suffix if not draft.ratio else ""
        if draft.kind == "fraction":
            # "setengah tahun", "half uur": half of a unit is an amount of it.
            if suffix in ("measure", "duration") and last.value == 1 and last.of == 2:
                last.value, last.of = Decimal("0.5"), None
                draft.kind = "count"
            else:
                draft.unit = None
                return
        if suffix in ("percent", "points"):
            draft.kind, draft.end = "percentage", last.suffix_end
        elif suffix == "money":
            draft.kind, draft.end, draft.currency = "money", last.suffix_end, last.currency
        elif suffix == "measure":
            draft.kind = "measure"
            draft.unit = (last.end, self.per(last.suffix_end))
        elif suffix == "duration":
            draft.kind = "duration"
            draft.unit = (last.end, last.suffix_end)
        if draft.kind == "count" and not draft.ratio and draft.start > 0:
            money = self.currency_before(draft.start)
            if money is not None:
                draft.kind, draft.currency, draft.start = "money", money[0], money[1]
        # A sign that is no dash of a list and no hyphen.
        k = draft.start - 1
        if (
            k >= 0
            and tokens[k].text in ("-", "−", "+")
            and self.touches(draft.start)
            and not self.touches(k)
            and (k > 0 or tokens[k].start > self.line_start)
        ):
            draft.change = "up" if tokens[k].text == "+" else "down"
            draft.start = k

    def per(self, end: int) -> int:
        """ "tan/ha": a unit divided by another."""
        tokens = self.tokens
        if (
            end + 1 < len(tokens)
            and tokens[end].text == "/"
            and self.touches(end)
            and self.touches(end + 1)
        ):
            for table in (self.gram.measure_sign, self.gram.measure_word, self.gram.duration):
                found = table.after(tokens, end + 1)
                if found is not None:
                    return found[1]
        return end

    # -- what is no statistic ----------------------------------------------------------------

    def accept(self, draft: _Draft) -> bool:
        if any(self.closed[draft.start : draft.end]):
            return False
        first = draft.amounts[0]
        if any(a.suffix == "class" for a in draft.amounts):
            return False
        if self.in_brackets_alone(draft) or self.numbers_a_list(draft):
            return False
        if draft.kind in ("percentage", "money"):
            return not self.gram.vague_before.before(self.tokens, draft.start)
        if self.is_time(draft) or self.is_calendar(draft) or self.is_multiple(draft):
            return False
        if self.gram.vague_before.before(self.tokens, draft.start):
            return False
        if draft.ratio:
            return self.is_ratio(draft)
        if draft.kind == "fraction":
            return self.is_fraction(draft)
        if first.one and not self.is_one(draft):
            return False
        if self.is_label(draft) or self.is_code_number(draft) or self.is_year(draft):
            return False
        if self.gram.ordinal_before.before(self.tokens, draft.start) and draft.kind == "count":
            return False
        return not self.is_score(draft)

    def in_brackets_alone(self, draft: _Draft) -> bool:
        before, after = draft.start - 1, draft.end
        return (
            draft.kind == "count"
            and before >= 0
            and after < len(self.tokens)
            and self.tokens[before].text in _OPEN
            and self.tokens[after].text in _CLOSE
        )

    def numbers_a_list(self, draft: _Draft) -> bool:
        """ "1. ", "2)" and "a) 3." at the start of a line or after a semicolon."""
        if draft.kind != "count" or draft.range or draft.end >= len(self.tokens):
            return False
        mark = self.tokens[draft.end]
        if mark.text not in (".", ")", "/") or not self.touches(draft.end):
            return False
        if self.touches(draft.end + 1):
            return False
        k = draft.start - 1
        while k >= 0 and (self.tokens[k].text in _BULLET or self.tokens[k].text in _OPEN):
            k -= 1
        if k < 0:
            return mark.text != "." or draft.end + 1 < len(self.tokens)
        return mark.text == ")" and self.tokens[k].text in (";", ":", ",")

    def is_time(self, draft: _Draft) -> bool:
        """ "pukul 7.30", "7 pagi", "om 8 uur", "11.30 uur"."""
        first = draft.amounts[0]
        if first.words and draft.kind != "duration":
            return bool(
                self.gram.time_after.after(self.tokens, draft.end)
                and self.gram.time_before.before(self.tokens, draft.start)
            )
        hour = self.guess(draft.amounts[-1])
        after = self.gram.time_after.after(self.tokens, draft.amounts[-1].end)
        before = self.gram.time_before.before(self.tokens, draft.start)
        if hour is not None and hour > 24:
            hour = None
        text = self.tokens[first.start].text
        clock = bool(re.fullmatch(r"(?:[01]?\d|2[0-4])[.:][0-5]\d", text))
        if clock and (after or before) and draft.kind in ("count", "duration"):
            return True
        if hour is None or draft.kind not in ("count", "duration"):
            return False
        if draft.kind == "duration":
            return bool(before and after)
        if self.gram.noun_first:
            named = before is not None and not self.gram.time_after.after(
                self.tokens, before[1]
            )
            if named and self.lower(draft.start - 1) in self.gram.hours:
                return True
            return after is not None
        return bool(after and before)

    def is_calendar(self, draft: _Draft) -> bool:
        """ "9 bulan pertama", "de eerste negen maanden": a stretch of the calendar."""
        if draft.kind != "duration":
            return False
        return bool(
            self.gram.calendar_after.after(self.tokens, draft.after)
            or self.gram.calendar_before.before(self.tokens, draft.start)
        )

    def is_multiple(self, draft: _Draft) -> bool:
        return bool(self.gram.multiple_after.after(self.tokens, draft.end))

    def is_ratio(self, draft: _Draft) -> bool:
        low, high = (self.guess(a) for a in draft.amounts)
        if low is None or high is None or high <= 0:
            return False
        slash = self.tokens[draft.amounts[0].end].text == "/"
        if not slash:
            return True
        if low != int(low) or high != int(high) or low > high * 3:
            return False
        nearby = {self.lower(k) for k in range(draft.start - 8, draft.end + 3)}
        if low == 1 and int(high) in _MAP_SCALES and (nearby & self.gram.planning or high > 100):
            return False
        texts = [self.tokens[a.start].text for a in draft.amounts]
        if 1 <= low <= 31 and 1 <= high <= 12 and all(len(t) <= 2 for t in texts):
            noun = nounphrase.after(self.tokens, draft.after, self.gram)
            if low > high or noun is None or self.lower(draft.start - 1) in self.gram.year_before:
                return False
        elif low > high:
            # More than all is possible where a plan is exceeded, and rare.
            return nounphrase.after(self.tokens, draft.after, self.gram) is not None
        return not self.gram.label_before.before(self.tokens, draft.start)

    def is_fraction(self, draft: _Draft) -> bool:
        amount = draft.amounts[0]
        word = self.lower(amount.end)
        if amount.end == amount.start + 1 and word in self.gram.fraction_not_before:
            return False
        if self.lower(draft.start - 1) in self.gram.fraction_not_after:
            return False
        return amount.value is not None and amount.of is not None and amount.value < amount.of

    def is_one(self, draft: _Draft) -> bool:
        """Whether "satu" or "één" numbers a noun and is no article or pronoun."""
        if draft.kind in ("measure", "duration"):
            return self.lower(draft.start - 1) not in self.gram.one_not_after_unit
        if draft.range:
            return True
        if self.lower(draft.start - 1) in self.gram.one_not_after:
            return False
        if self.gram.one_not_before.after(self.tokens, draft.end):
            return False
        return nounphrase.after(self.tokens, draft.end, self.gram) is not None

    def is_label(self, draft: _Draft) -> bool:
        """A number that names: "kelas 12", "Divisyen 316", "model 4 baik"."""
        gram, tokens = self.gram, self.tokens
        first = draft.amounts[0]
        k = draft.start - 1
        if gram.label_after.after(tokens, draft.end) is not None:
            return True
        value = self.guess(first)
        if value is not None and value <= 5:
            for title in gram.titles:
                for at in range(draft.end + 1, min(draft.end + 4, len(tokens))):
                    if tuple(t.lower for t in tokens[at : at + len(title)]) == title:
                        return True
        if k >= 0 and tokens[k].text in _QUOTES:
            if any(self.lower(j) in gram.quoted for j in range(max(0, k - 4), k)):
                return True
            k -= 1
        plain = first.digits is not None and not first.scaled and first.digits.separator == ""
        if draft.kind != "count" or draft.range or not plain:
            return False
        if k < 0:
            return False
        if gram.label_before.before(tokens, k + 1) is not None:
            return not self.counts_after_label(draft, k)
        word = tokens[k]
        return (
            word.kind == tk.WORD
            and k > 0
            and k == draft.start - 1
            and word.text[0].isupper()
            and not word.text.isupper()
            and nounphrase.after(tokens, draft.end, gram) is None
        )

    def counts_after_label(self, draft: _Draft, k: int) -> bool:
        """After an everyday noun a number with a noun of its own counts that noun."""
        word = self.tokens[k].lower
        return (
            word in self.gram.label_weak
            and nounphrase.after(self.tokens, draft.end, self.gram) is not None
        )

    def is_code_number(self, draft: _Draft) -> bool:
        """Telephone numbers and the like: a leading zero or too many digits without a sign."""
        for amount in draft.amounts:
            if amount.digits is None:
                continue
            text = self.tokens[amount.start].text
            if text.isdigit() and (len(text) >= 8 or (text[0] == "0" and len(text) > 2)):
                return True
            if text == "0" and draft.kind == "count":
                return nounphrase.after(self.tokens, draft.end, self.gram) is None
        return False

    def is_year(self, draft: _Draft) -> bool:
        if draft.kind != "count":
            return False
        for amount in draft.amounts:
            if amount.digits is None or amount.scaled:
                continue
            text = self.tokens[amount.start].text
            if not (text.isdigit() and len(text) == 4 and 1900 <= int(text) <= 2100):
                continue
            before = self.lower(draft.start - 1)
            if before in self.gram.year_before or before in _OPEN or before in ("-", "–", "/"):
                return True
            if draft.start == 0:
                return True
            noun = nounphrase.after(self.tokens, draft.end, self.gram)
            if noun is None:
                return True
            if draft.qualifier is None and int(text) > 1980 and not text.endswith("00"):
                return not self.qualified(draft)
        return False

    def qualified(self, draft: _Draft) -> bool:
        return self.gram.qualifier_before.before(self.tokens, draft.start) is not None

    def is_score(self, draft: _Draft) -> bool:
        """ "menang 2-1": a range whose ends are small and beside a word of sport."""
        if draft.kind != "count":
            return False
        first = draft.amounts[0]
        dash = self.tokens[first.end].text if first.end < len(self.tokens) else ""
        if dash not in _DASHES:
            return False
        after = self.tokens[first.end + 1] if first.end + 1 < len(self.tokens) else None
        if draft.range:
            small = all((self.guess(a) or 0) <= 30 for a in draft.amounts)
            near = {self.lower(j) for j in range(draft.start - 8, draft.end + 6)}
            return small and bool(near & self.gram.scores)
        return after is not None and after.kind == tk.NUMBER and self.touches(first.end + 1)

    # -- the rest of a statistic -------------------------------------------------------------

    def finish(self, draft: _Draft) -> None:
        self.add_qualifier(draft)
        self.add_change(draft)
        self.add_age(draft)
        self.add_unit(draft)
        self.add_values(draft)

    def add_qualifier(self, draft: _Draft) -> None:
        gram, tokens = self.gram, self.tokens
        start = draft.start
        if draft.range:
            between = gram.range_between.before(tokens, start)
            if between is not None:
                draft.start = start = between[1]
        found = gram.qualifier_before.before(tokens, start)
        if found is not None:
            word = self.surface(found[1], start).lower()
            if not (word in gram.weak and self.is_level(found[1], word, draft)):
                draft.qualifier = found[0]  # type: ignore[assignment]
                draft.start = found[1]
        if draft.qualifier is None:
            after = gram.qualifier_after.after(tokens, draft.end)
            if after is not None:
                draft.qualifier = after[0]  # type: ignore[assignment]
                draft.end = after[1]
                draft.after = max(draft.after, after[1])
            else:
                after = gram.qualifier_after.after(tokens, draft.after)
                if after is not None and draft.kind in ("duration", "measure"):
                    draft.qualifier = after[0]  # type: ignore[assignment]

    def is_level(self, i: int, word: str, draft: _Draft) -> bool:
        """ "stijgen tot 40%": after a change the word names where it arrived, no bound."""
        if word not in self.gram.levels and word not in ("",):
            return False
        for k in range(i - 1, max(-1, i - 8), -1):
            token = self.tokens[k]
            if token.text in ".;:()" and token.kind == tk.SYMBOL:
                return False
            if token.lower in self.gram.change:
                return True
        return False

    def add_change(self, draft: _Draft) -> None:
        """A movement against an earlier state, from a verb or noun of change beside it."""
        gram, tokens = self.gram, self.tokens
        if draft.change is not None or draft.kind in ("age", "fraction"):
            return
        low = max(-1, draft.start - 9)
        strong = False
        near = True
        k = draft.start - 1
        link = ""
        while k > low:
            token = tokens[k]
            word = token.lower
            if token.kind == tk.SYMBOL and token.text in ".;:()?!":
                break
            if word in gram.change:
                if near and link in gram.levels:
                    if not (word in gram.change_nouns and link in gram.noun_links):
                        break
                if near or strong:
                    draft.change = gram.change[word]  # type: ignore[assignment]
                break
            if token.kind == tk.NUMBER:
                break
            if k == draft.start - 1 and word in gram.strong:
                strong = True
            if near and word in gram.levels:
                link = link or word
            elif word not in gram.change_links:
                near = False
                if not strong:
                    break
            k -= 1
        after = gram.change_after.after(tokens, max(draft.end, draft.after))
        if draft.change is None and after is not None:
            draft.change = after[0]  # type: ignore[assignment]
        if draft.change is None and strong:
            # "is met 12% gestegen", "nam met 5% af"
            for j in range(draft.after, min(draft.after + 4, len(tokens))):
                if tokens[j].kind == tk.SYMBOL and tokens[j].text in ".;:()?!,":
                    break
                if tokens[j].lower in gram.change:
                    draft.change = gram.change[tokens[j].lower]  # type: ignore[assignment]
                    break
        if draft.change is not None:
            ahead = {self.lower(j) for j in range(draft.after, draft.after + 5)}
            if ahead & gram.plan:
                draft.change = None

    def add_age(self, draft: _Draft) -> None:
        gram, tokens = self.gram, self.tokens
        if draft.kind == "count":
            end = draft.end
            if (
                self.touches(end)
                and self.touches(end + 1)
                and tokens[end].text in _DASHES
                and tokens[end + 1].lower in gram.age_suffix
            ):
                draft.kind, draft.end, draft.after = "age", end + 2, end + 2
            elif gram.age_before.before(tokens, draft.start) and (
                end >= len(tokens) or tokens[end].kind == tk.SYMBOL
            ):
                draft.kind = "age"
            return
        if draft.kind != "duration" or draft.unit is None:
            return
        if self.surface(*draft.unit).lower() not in gram.age_unit:
            return
        k = draft.start - 1
        before = gram.age_before.before(tokens, draft.start) or (
            draft.qualifier is not None
            and gram.age_before.before(tokens, draft.amounts[0].start) is not None
        )
        after = gram.age_after.after(tokens, draft.after)
        named = (
            k > 0
            and tokens[k].text in (",", "(")
            and tokens[k - 1].kind == tk.WORD
            and tokens[k - 1].text[0].isupper()
            and (draft.after >= len(tokens) or tokens[draft.after].text in (",", ")", "."))
        )
        bound = draft.qualifier in ("at_most", "at_least", "over") and any(
            self.lower(j) in gram.age_people for j in range(max(0, draft.start - 3), draft.start)
        )
        if before or after or named or bound:
            draft.kind = "age"

    def add_unit(self, draft: _Draft) -> None:
        """The counted noun, as worded: after the number, as base of a share, or before it."""
        gram, tokens = self.gram, self.tokens
        if draft.kind in ("money", "age"):
            if draft.kind == "age" and draft.unit is not None:
                draft.unit_text = self.surface(*draft.unit)
            return
        if draft.kind == "duration" and draft.unit is not None:
            labour = gram.labour.after(tokens, draft.unit[0])
            value = self.guess(draft.amounts[0])
            if labour is not None and value is not None and value >= 100:
                draft.kind, draft.unit = "count", (draft.unit[0], labour[1])
                draft.unit_text = self.surface(*draft.unit)
                return
        if draft.unit is not None:
            draft.unit_text = self.surface(*draft.unit)
            return
        at = draft.after
        if draft.kind in ("percentage", "fraction", "ratio"):
            base = gram.base.after(tokens, at)
            if base is not None:
                at = base[1]
        if at < len(tokens) and draft.kind == "count" and self.lower(at) in gram.not_nouns:
            draft.unit = (at, at + 1)
        else:
            at = self.skip_classifier(at)
            draft.unit = nounphrase.after(tokens, at, gram)
        if draft.unit is None:
            draft.unit = nounphrase.before(tokens, draft.start, gram)
            if draft.kind == "count" and draft.unit is None:
                draft.score = 0.6
        if draft.unit is not None:
            draft.unit_text = self.surface(*draft.unit)

    def skip_classifier(self, at: int) -> int:
        if (
            self.lower(at) in self.gram.classifiers
            and nounphrase.after(self.tokens, at + 1, self.gram) is not None
        ):
            return at + 1
        return at

    # -- separators --------------------------------------------------------------------------

    def add_values(self, draft: _Draft) -> None:
        for amount in draft.amounts:
            value, reason = self.value(amount, draft)
            draft.values.append(value)
            draft.reasons.append(reason)
        if draft.kind == "fraction":
            of = draft.amounts[0].of
            assert of is not None
            draft.values.append(of)

    def value(self, amount: _Amount, draft: _Draft) -> tuple[Decimal, str]:
        if amount.value is not None:
            return amount.value, "number word" if amount.words else "two scale words"
        read = amount.digits
        assert read is not None
        if not read.ambiguous:
            value, reason = nm.convention(read, self.lex)
            return value * amount.factor, reason
        assert read.grouped is not None and read.decimal is not None
        grouped, reason = self.choose(read, amount, draft)
        return (read.grouped if grouped else read.decimal) * amount.factor, reason

    def choose(self, read: Digits, amount: _Amount, draft: _Draft) -> tuple[bool, str]:
        """Whether one sign before three digits groups thousands, and why."""
        sign = read.separator
        text = self.tokens[amount.start].text
        round_number = text.endswith("0")
        usual = sign == self.lex.group
        if draft.kind == "percentage":
            if text.endswith("00"):
                return True, f"{sign!r} groups thousands: no percentage ends so in a fraction"
            return False, f"{sign!r} before a fraction: a percentage in thousands is unlikely"
        if draft.kind == "money" and not amount.scaled and draft.currency in self.gram.no_minor:
            return True, f"{sign!r} groups thousands: {draft.currency} has no fraction"
        discrete = draft.kind in ("count", "ratio", "age", "duration") and not amount.scaled
        if discrete:
            why = "convention of the language" if usual else "things counted have no fraction"
            return True, f"{sign!r} groups thousands: {why}"
        if round_number:
            why = "convention of the language" if usual else "a fraction does not end in 0"
            return True, f"{sign!r} groups thousands: {why}"
        other = "," if sign == "." else "."
        grouping = self.evidence.grouping.get(sign, 0) + self.evidence.fraction.get(other, 0)
        fraction = self.evidence.fraction.get(sign, 0) + self.evidence.grouping.get(other, 0)
        if grouping > 2 * fraction:
            return True, f"{sign!r} groups thousands: as in the article's other numbers"
        if fraction > 2 * grouping:
            return False, f"{sign!r} before a fraction: as in the article's other numbers"
        value, reason = nm.convention(read, self.lex)
        return value == read.grouped, reason

    def settle(self, found: list[_Draft]) -> None:
        """A ratio and a percentage side by side agree: the reading that makes them do so wins."""
        for n, draft in enumerate(found):
            if draft.kind != "ratio" or not any(
                a.digits is not None and a.digits.ambiguous for a in draft.amounts
            ):
                continue
            shares = [d for d in found[max(0, n - 1) : n + 2] if d.kind == "percentage"]
            for share in shares:
                target = share.values[0]
                best = self.agreeing(draft, target)
                if best is not None and best != draft.values:
                    draft.values = best
                    draft.reasons = [f"agrees with {share.values[0]}% beside it"]

    def agreeing(self, draft: _Draft, target: Decimal) -> list[Decimal] | None:
        options = []
        for amount in draft.amounts:
            if amount.digits is not None and amount.digits.ambiguous:
                values = [amount.digits.grouped, amount.digits.decimal]
                options.append([v for v in values if v is not None])
            else:
                options.append([self.value(amount, draft)[0]])
        for low in options[0]:
            for high in options[1]:
                if high > 0 and abs(low * 100 / high - target) <= Decimal("0.6"):
                    return [low, high]
        return None


def _evidence(text: str, lex: Lexicon) -> _Evidence:
    grouping: dict[str, int] = {}
    fraction: dict[str, int] = {}
    for match in _EVIDENCE.finditer(text):
        sign = match.group(1)
        counter = fraction if match.group().endswith("%") else grouping
        counter[sign] = counter.get(sign, 0) + 1
    return _Evidence(grouping, fraction)


def _float(value: Decimal) -> float:
    return float(value)


def statistics(
    text: str,
    language: str,
    *,
    excluded: Sequence[tuple[int, int]] = (),
    dates: Sequence[DateSpan] = (),
    published: datetime.date | None = None,
) -> list[Statistic]:
    """The statistics of ``text``, sorted by start, none overlapping another.

    ``excluded`` are spans in which no number is a statistic (document references, page
    furniture, names). ``dates`` are the date expressions of the text; left out, they are looked
    for with ``published`` as the day from which "this year" is counted. Offsets are code points,
    half-open; ``text[s.start:s.end] == s.text``. Identities (``unit_id``, ``organisation_id``,
    ``indicator_id``, ``canonical_id``) are left to the normaliser.

    Raises ``languages.UnknownLanguage`` for a language without data.
    """
    lex, gram = nm.lexicon(language), grammar(language)
    known = sorted(dates or find_dates(text, language, published), key=lambda d: d.start)
    blocked = _Blocked([*excluded, *((d.start, d.end) for d in known)])
    outside = _Blocked(excluded)
    starts = [d.start for d in known]
    evidence = _evidence(text, lex)
    out: list[Statistic] = []
    for line_start, line_end in tk.lines(text):
        if lex.start.search(text, line_start, line_end) is None:
            continue
        for start, end in tk.sentences(text, line_start, line_end, gram.abbreviations):
            if lex.start.search(text, start, end) is None:
                continue
            own = [m.span() for m in gram.date.finditer(text, start, end)]
            here = _Blocked(own) if own else None
            tokens = tk.tokenise(text, start, end)
            sentence = _Sentence(text, tokens, lex, gram, evidence, blocked, line_start)
            if here is not None:
                for k, token in enumerate(tokens):
                    if token.kind != tk.SYMBOL and here.overlaps(token.start, token.end):
                        sentence.closed[k] = True
            drafts = sentence.drafts()
            if not drafts:
                continue
            period = _period(known, starts, start, end, outside)
            out.extend(_record(sentence, draft, period) for draft in drafts)
    return out


def _period(
    known: Sequence[DateSpan], starts: Sequence[int], start: int, end: int, outside: _Blocked
) -> tuple[str, str] | None:
    """The one period that a sentence names, if it names exactly one."""
    low, high = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
    found = {
        (d.first, d.last) for d in known[low:high] if not outside.overlaps(d.start, d.end)
    }
    if len(found) != 1:
        return None
    first, last = found.pop()
    return first.isoformat(), last.isoformat()


def _record(sentence: _Sentence, draft: _Draft, period: tuple[str, str] | None) -> Statistic:
    start = sentence.tokens[draft.start].start
    end = sentence.tokens[draft.end - 1].end
    values = [_float(v) for v in draft.values]
    second = values[1] if len(values) > 1 else None
    of = second if draft.kind in ("ratio", "fraction") else None
    return Statistic(
        start=start,
        end=end,
        text=sentence.text[start:end],
        score=draft.score,
        source=SOURCE,
        reason="; ".join(dict.fromkeys(draft.reasons)),
        value=values[0],
        of=of,
        to=second if draft.range else None,
        value_kind=draft.kind,
        currency=draft.currency,
        unit=draft.unit_text,
        qualifier=draft.qualifier,
        change=draft.change,
        period_start=period[0] if period else None,
        period_end=period[1] if period else None,
    )
