"""Dates of an article: what day, month, year or stretch of the calendar a phrase means.

Words and patterns of a language are in ``languages/<code>/dates.toml``, the names of months mostly
in the Common Locale Data Repository; the day comes before the month in digits, as Vietnamese
offices and both languages write it. Dates of issue of documents, periods of statistics, and the
figures that are no statistics all come from here.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pipeline import languages
from pipeline.extract import blanks
from pipeline.languages import cldr

# Bounded, so that no run of blanks costs more than its length.
_BLANK = "[ \\t\u00a0\u202f]{1,4}"
_MAYBE_BLANK = "[ \\t\u00a0\u202f]{0,4}"
_DASH = "[-\u2010-\u2015\u2212]"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])(?!\d)"
_YEAR = r"(?:1[89]|20)\d\d(?!\d)"
_SHORT_YEAR = r"['’‘]\d\d"
_CLOCK = r"(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d)?(?![\d%])"
_COUNT = r"(?P<number>{number}|\d{1,2})"
_ORDINAL_FIRST = re.compile(r"\(\?P<ordinal>([^()\[\]]+)\)")
_NAME = re.compile(r"\{([a-z_]+!?)\}")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A phrase that names a stretch of the calendar.

    ``text`` is the surface at ``[start, end)`` (Unicode code points), ``first`` and ``last``
    are the first and the last day that it covers, both inside.
    """

    start: int
    end: int
    text: str
    first: datetime.date
    last: datetime.date

    @property
    def iso(self) -> str:
        """ISO 8601, as precise as the text: a day, a month, a year, or ``first/last``."""
        if self.first == self.last:
            return self.first.isoformat()
        if self.first.day == 1 and self.last == _month_end(self.last.year, self.last.month):
            if (self.first.year, self.first.month) == (self.last.year, self.last.month):
                return self.first.isoformat()[:7]
            if self.first.month == 1 and self.last.month == 12:
                first, last = f"{self.first.year:04}", f"{self.last.year:04}"
                return first if first == last else f"{first}/{last}"
            return f"{self.first.isoformat()[:7]}/{self.last.isoformat()[:7]}"
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A date-like expression; without ``first`` and ``last`` its year is not known.

    ``day`` is the month and the day of one whose year the text does not say.
    """

    start: int
    end: int
    first: datetime.date | None = None
    last: datetime.date | None = None
    day: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What ``dates.toml`` of one language compiles to."""

    short: tuple[tuple[str, re.Pattern[str]], ...]
    long: tuple[tuple[str, re.Pattern[str]], ...]
    month_first: tuple[tuple[str, re.Pattern[str]], ...]
    month: re.Pattern[str]
    worded: tuple[tuple[str, re.Pattern[str]], ...]
    led: tuple[tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]], ...]
    months: dict[str, int]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    relative: dict[str, int]
    decades: dict[str, int]
    joiner: re.Pattern[str]
    pair_joiner: re.Pattern[str]
    opener: re.Pattern[str]
    list_joiner: re.Pattern[str]
    day_before: re.Pattern[str]
    year_nouns: frozenset[str]
    every: frozenset[str]
    year_before: frozenset[str]
    count_before: frozenset[str]
    count_after: frozenset[str]


def _month_end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def _either(words: Iterable[str]) -> str:
    """An alternation of literal words, the longest first, any blank between their parts."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(_BLANK.join(map(re.escape, w.split())) for w in ordered) + ")"


@cache
def month_names(language: str) -> dict[str, int]:
    """What ``language`` calls the months, in lower case; 1 is January.

    Raises ``UnknownLanguage`` for a language that has no data.
    """
    own: dict[str, int] = languages.data(language, "dates")["months"]
    return {**cldr.months(language), **own}


def _fill(template: str, parts: dict[str, str]) -> str:
    filled = template.replace(" ?", "\0").replace(" ", _BLANK).replace("\0", _MAYBE_BLANK)
    return _NAME.sub(lambda m: parts[m[1]], filled)


def _led(template: str, ordinals: Iterable[str]) -> bool:
    """Whether a pattern begins with one of several ordinals; one alone is as fast by itself."""
    first = _ORDINAL_FIRST.match(template)
    words = first[1].split("|") if first else []
    return words == ["{ordinal}"] or (len(words) > 1 and {*words} <= {*ordinals})


@cache
def _patterns(language: str, rare: bool) -> _Patterns:
    """The patterns of a language, for texts with ``rare`` blanks or without."""
    compile_ = partial(blanks.compiled, rare=rare)
    data: dict[str, Any] = languages.data(language, "dates")
    words, years = data["words"], data["years"]
    names = month_names(language)
    month = _either(names) + r"\b(?:\.(?=[ \u00a0]?[0-9]))?"
    of = _either(words["of_year"])
    of_words = f"(?:,?{_BLANK}{of})?{_MAYBE_BLANK}[/,]?{_MAYBE_BLANK}"
    relative = f"{_BLANK}(?:{of}{_BLANK})?(?P<relative>{_either(data['relative_years'])})\\b"
    year_or_relative = (
        f"(?:(?:,?{_BLANK}{of}{_BLANK}|{_MAYBE_BLANK}[/,(\u2010-\u2015\u2212-]{_MAYBE_BLANK}|{_BLANK})"
        f"(?P<year>{_YEAR}|{_SHORT_YEAR})(?![\\w%])|{relative})"
    )
    # Behind the name of a month.
    said_year = f"(?:{of_words}(?P<year>{_YEAR})|{relative})"
    past = f"(?={_BLANK}(?P<past>{_either(words['past'])})\\b)"
    its_year = f"(?:{said_year}|{past})?"
    month_noun = _either(words["month_noun"])
    number_of_month = f"{month_noun}{_BLANK}(?P<month>{_MONTH_NUMBER})(?![\\w%]|[.,]\\d)"
    parts = {
        "day": _DAY,
        "month": month,
        "year": _YEAR,
        "clock": _CLOCK,
        "decade": _either(data["decades"]),
        "number": _either(data["numbers"]),
        "ordinal": _either(data["ordinals"]),
        "of_year": r"\b" + year_or_relative + "?",
        "of_year!": r"\b" + year_or_relative,
        "of_month": f"{_BLANK}(?:{of}{_BLANK})?(?:{number_of_month}"
        f"|(?:{month_noun}{_BLANK})?(?P<name>{month})){said_year}?",
    }

    def filled(template: str) -> re.Pattern[str]:
        return compile_(_fill(template, parts))

    suffix = f"(?:{_MAYBE_BLANK}{_either(words['day_suffix'])}\\b)?"
    day, day2 = f"(?P<day>{_DAY}){suffix}", f"(?P<day2>{_DAY}){suffix}"
    between = (
        f"(?:{_MAYBE_BLANK}{_DASH}{_MAYBE_BLANK}"
        f"|{_BLANK}{_either([*words['joiner'], *words['list_joiner']])}{_BLANK}"
        f"|{_MAYBE_BLANK}[,&]{_MAYBE_BLANK})"
    )
    to = f"(?:{_MAYBE_BLANK}{_DASH}{_MAYBE_BLANK}|{_BLANK}{_either(words['joiner'])}{_BLANK})"
    # At one or two digits; the day is first, the same separator stands twice, the year may lack.
    short = {
        "numeric": rf"(?:{day}{to})??(?P<day2>\d{{1,2}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)"
        rf"(?P<year>(?:1[89]|20)\d\d)(?![\d/]|[-.]\w)",
        "short_year": r"(?P<day>\d{1,2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<year>\d\d)"
        r"(?![\d/%]|[-.,]\w)",
        "two_months": f"{day}{_BLANK}(?P<name>{month}){between}{day2}{_BLANK}(?P<name2>{month})"
        f"{its_year}",
        "days": f"{day}(?P<more>(?:,{_MAYBE_BLANK}{_DAY}){{0,4}}){between}{day2}{_BLANK}"
        f"(?P<name>{month}){its_year}",
        "day": f"{day}{_BLANK}(?:{month_noun}{_BLANK})?(?P<name>{month}){its_year}",
        "day_of_number": f"{day}{_BLANK}{number_of_month}{its_year}",
        "month_slash": f"(?P<month>{_MONTH_NUMBER})/(?P<year>{_YEAR})(?![\\w/%]|[-]\\w)",
        "slash": r"(?P<day>\d{1,2})(?:[-\u2013](?P<day2>\d{1,2}))?/(?P<month>\d{1,2})"
        r"(?![\d/%]|[-.,]\d|[-]\w)",
        "clock": r"(?:[01]?\d|2[0-4])[:hg][0-5]\d(?::[0-5]\d)?(?![\d:/])",
    }
    decade = f"(?P<year>(?:1[5-9]|20)\\d0|\\d0){_either(words['decade_suffix'])}\\b"
    long = {
        "iso": r"(?P<year>(?:1[89]|20)\d\d)(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)"
        r"(?P<day>\d{1,2})(?![\d/]|[-.]\w)",
        "decade": decade,
    }
    month_first = {
        "month_range": f"(?P<name>{month}){between}(?P<name2>{month}){said_year}",
        "month_day": f"(?P<name>{month}){_BLANK}(?P<day>{_DAY}),{_BLANK}(?P<year>{_YEAR})",
        "month_year": f"(?P<name>{month}){said_year}(?![\\w%]|[.,]\\d)",
        "months_until": f"(?P<name>{month}){to}(?P<name2>{month})",
        "month_past": f"(?P<name>{month}){past}",
    }
    worded = []
    for noun in map(re.escape, words["month_noun"]):  # each by itself is found faster
        numbered = f"{noun}{_BLANK}(?P<month>{_MONTH_NUMBER})(?![\\w%]|[.,]\\d){its_year}"
        named = f"{noun}{_BLANK}(?P<name>{month})(?!{said_year}|{between}{month}){past}?"
        worded += [("month_number", compile_(numbered)), ("month_named", compile_(named))]
    at_digit = [(kind, compile_(p)) for kind, p in short.items()]
    if words["past_before"]:
        past_before = f"(?P<past>{_either(words['past_before'])}){_BLANK}(?P<name>{month})"
        worded.append(("month_past", compile_(past_before)))
    led: dict[str, list[tuple[str, re.Pattern[str]]]] = {"number": [], "ordinal": []}
    for kind, templates in data["stretches"].items():
        for template in templates:
            if template.startswith("{count}"):
                rest = template.removeprefix("{count}")
                at_digit.insert(0, (kind, filled(r"(?P<number>\d{1,2})" + rest)))
                led["number"].append((kind, filled("(?P<number>{number})" + rest)))
                continue
            pattern = filled(template.replace("{count}", _COUNT))
            (led["ordinal"] if _led(template, data["ordinals"]) else worded).append((kind, pattern))
    at_digit += [("time", filled(t)) for t in data["times"]["after"]]
    worded += [("time", filled(t)) for t in data["times"]["before"]]
    return _Patterns(
        short=(*at_digit, ("decade", compile_(decade))),
        long=tuple((kind, compile_(p)) for kind, p in long.items()),
        month_first=tuple((kind, compile_(p)) for kind, p in month_first.items()),
        month=compile_(month),
        worded=tuple(worded),
        led=tuple(
            (compile_(parts[first]), tuple(patterns)) for first, patterns in led.items() if patterns
        ),
        months=names,
        numbers=data["numbers"],
        ordinals=data["ordinals"],
        relative=data["relative_years"],
        decades=data["decades"],
        joiner=compile_(
            f"(?:{_BLANK}{_either(words['joiner'])}{_BLANK}(?:{_either(words['year_noun'])}{_BLANK})?"
            f"|{_MAYBE_BLANK}[-\u2010-\u2015\u2212]{_MAYBE_BLANK})",
        ),
        pair_joiner=compile_(f"{_BLANK}{_either(words['pair_joiner'])}{_BLANK}"),
        opener=compile_(
            rf"\b{_either(words['opener'])}{_BLANK}(?:{_either(words['year_noun'])}{_BLANK})?\Z",
        ),
        list_joiner=compile_(
            f"(?:,?{_BLANK}{_either(words['list_joiner'])}{_BLANK}|{_MAYBE_BLANK}[,/]{_MAYBE_BLANK})",
        ),
        day_before=compile_(rf"(?:\b{_either(words['day_before'])},?{_BLANK}\(?|\()\Z"),
        year_nouns=frozenset(years["nouns"]),
        every=frozenset(years["every"]),
        year_before=frozenset(years["before"]) | frozenset(names),
        count_before=frozenset(years["count_before"]),
        count_after=frozenset(years["count_after"]),
    )


def dates(text: str, language: str, published: datetime.date | None = None) -> list[DateSpan]:
    """The dates in ``text``, sorted and without overlap.

    A day or a stretch whose year the text does not give takes it from ``published`` and is
    left out without it. Raises ``UnknownLanguage`` for a language that has no data.
    """
    return [
        DateSpan(f.start, f.end, text[f.start : f.end], f.first, f.last)
        for f in _found(text, language, published)
        if f.first is not None and f.last is not None
    ]


def masked(text: str, language: str) -> list[tuple[int, int]]:
    """The spans of all date-like expressions, sorted, without overlap.

    Besides dates: days without a year, decades, times of day. No number in them is a statistic.
    Raises ``UnknownLanguage`` for a language that has no data.
    """
    return [(f.start, f.end) for f in _found(text, language, None)]


def _found(text: str, language: str, published: datetime.date | None) -> list[_Found]:
    patterns = _patterns(language, blanks.has_rare(text))
    text = lowered(text)
    candidates = [*_worded(text, patterns, published), *_at_digits(text, patterns, published)]
    # The earliest wins, of those that start together the longest.
    candidates.sort(key=lambda f: (f.start, -f.end))
    kept: list[_Found] = []
    for found in candidates:
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    kept = _with_years(text, kept, patterns)
    return _ranges(text, kept, patterns)


def _day(year: int | None, month: int, day: int) -> datetime.date | None:
    if year is None:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _stretch(
    start: int, end: int, first: datetime.date | None, last: datetime.date | None
) -> _Found:
    if first is None or last is None or first > last:
        return _Found(start, end)
    return _Found(start, end, first, last)


def _months(start: int, end: int, year: int | None, first: int, last: int) -> _Found:
    """The months ``first`` to ``last`` of a year; where they go over its beginning, to ``last``."""
    if year is None or not datetime.MINYEAR < year <= datetime.MAXYEAR:
        return _Found(start, end)
    begins = year - 1 if last < first else year
    return _Found(start, end, datetime.date(begins, first, 1), _month_end(year, last))


def _key(word: str) -> str:
    return " ".join(word.lower().split())


def _month(name: str, patterns: _Patterns) -> int:
    return patterns.months[name.lower().rstrip(".")]


def lowered(text: str) -> str:
    """``text`` in lower case, with every character at its own offset."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _at_word_starts(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of ``pattern`` that do not begin inside a word.

    The check stands outside the pattern so that ``re`` can skip to its first letters.
    """
    position = 0
    while match := pattern.search(text, position):
        start, end = match.span()
        if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            position = start + 1
        else:
            yield match
            position = max(end, start + 1)


def _months_first(text: str, patterns: _Patterns) -> Iterator[tuple[str, re.Match[str]]]:
    """Expressions that begin with the name of a month: the first pattern that fits."""
    for name in _at_word_starts(patterns.month, text):
        for kind, pattern in patterns.month_first:
            if match := pattern.match(text, name.start()):
                yield kind, match
                break


def _worded(text: str, patterns: _Patterns, published: datetime.date | None) -> Iterator[_Found]:
    """Expressions that begin with a word, or with a number in words."""
    yield from (
        _read(kind, match, patterns, published) for kind, match in _months_first(text, patterns)
    )
    for kind, pattern in patterns.worded:
        for match in _at_word_starts(pattern, text):
            # "15 bulan 5 kali": of so many months none is meant.
            if kind != "month_number" or not _is_counted(text, match.start()):
                yield _read(kind, match, patterns, published)
    # Many begin with a number or an ordinal: their first words are looked for once.
    for first, group in patterns.led:
        for word in _at_word_starts(first, text):
            for kind, pattern in group:
                if stretch := pattern.match(text, word.start()):
                    yield _read(kind, stretch, patterns, published)


def _is_counted(text: str, start: int) -> bool:
    """Whether digits stand before ``start``."""
    return text[max(0, start - 3) : start].rstrip(" \u00a0")[-1:].isdigit()


def _year(
    groups: Mapping[str, str | None],
    patterns: _Patterns,
    published: datetime.date | None,
    month: int = 1,
    day: int = 1,
) -> int | None:
    """The year that an expression says, or that of publication; the year before for a ``month``
    and ``day`` that are said to lie back and have not come."""
    if said := (groups.get("year") or "").lstrip("'’‘"):
        return int(said) + (_CENTURY if len(said) == 2 else 0)
    if published is None:
        return None
    if relative := groups.get("relative"):
        return published.year + patterns.relative[_key(relative)]
    over = groups.get("past") and (month, day) > (published.month, published.day)
    return published.year - 1 if over else published.year


def _read(
    kind: str, match: re.Match[str], patterns: _Patterns, published: datetime.date | None
) -> _Found:
    """What a match of a worded pattern, or of a stretch that begins with digits, means."""
    start, end = match.span()
    groups = match.groupdict()
    if kind == "decade":
        first, final = (
            _decade(groups.get(group), patterns)
            for group in ("year", "decade2" if groups.get("decade2") else "year")
        )
        return _stretch(start, end, _day(first, 1, 1), _day(final and final + 9, 12, 31))
    name, number_of_month = groups.get("name"), groups.get("month")
    month = _month(name, patterns) if name else int(number_of_month or 0)
    last = _month(groups["name2"], patterns) if groups.get("name2") else month
    year = _year(groups, patterns, published, month or 1)
    number = _amount(groups.get("number"), patterns.numbers)
    order = _amount(groups.get("ordinal"), patterns.ordinals)
    if kind == "months_until" and published and not month <= last <= published.month:
        return _Found(start, end)
    if kind in {"month_range", "months_until"}:
        return _months(start, end, year, month, last)
    if kind == "month_day":
        day = _day(year, month, int(groups["day"]))
        return _stretch(start, end, day, day)
    if kind in {"month_year", "month_number", "month_named", "month_past", "month_slash"}:
        return _months(start, end, year, month, month)
    if kind in {"month_halves", "month_days"} and year is not None and order is not None:
        return _part(start, end, _months(start, end, year, month, month), order, number)
    if kind == "months" and number is not None and 1 <= number <= 12:
        if order == -1:
            return _months(start, end, year, 13 - number, 12)
        return _months(start, end, year, 1, number)
    if kind == "quarters" and order is not None and -1 <= order <= 4:
        quarter = order if order > 0 else 4
        return _months(start, end, year, 3 * quarter - 2, 3 * quarter)
    if kind == "quarter_counts" and number is not None and 1 <= number <= 4:
        return _months(start, end, year, 1, 3 * number)
    if kind == "halves":
        return _months(start, end, year, *((1, 6) if order == 1 else (7, 12)))
    return _Found(start, end)


def _decade(said: str | None, patterns: _Patterns) -> int | None:
    """The first year of a decade in digits or words; ``None`` where its century is not clear."""
    if not said:
        return None
    if named := patterns.decades.get(_key(said)):
        return named
    year = int(said.lstrip("'’‘"))
    return year if year >= 1000 else 1900 + year if year >= _THIS_CENTURY else None


def _part(start: int, end: int, month: _Found, order: int, days: int | None) -> _Found:
    """The first or the last days of a month, its halves where they are not counted."""
    if month.first is None or month.last is None:
        return _Found(start, end)
    middle = month.first.replace(day=_HALF_MONTH)
    length = month.last.day
    if days is None:
        return (
            _Found(start, end, month.first, middle)
            if order == 1
            else _Found(start, end, middle + datetime.timedelta(days=1), month.last)
        )
    if not 1 <= days <= length:
        return _Found(start, end)
    if order == -1:
        return _Found(start, end, month.last.replace(day=length - days + 1), month.last)
    return _Found(start, end, month.first, month.first.replace(day=days))


def _amount(word: str | None, names: dict[str, int]) -> int | None:
    """The number that a word, digits or a Roman numeral give."""
    if not word:
        return None
    word = _key(word)
    return _ROMAN.get(word) or names.get(word) or (int(word) if word.isdecimal() else None)


_DIGITS = re.compile(r"(?<![\w.,/:$€£\-\u2010-\u2015])[0-9]{1,4}(?![0-9])")
_DAY_KINDS = frozenset(
    {"numeric", "short_year", "iso", "day", "days", "two_months", "day_of_number", "slash"}
)
# Days that say their month by a number and no year in full need a word before them.
_NEED_WORD = frozenset({"short_year", "slash", "day_of_number"})
_CENTURY = 2000
_HALF_MONTH = 15
_THIS_CENTURY = 30  # a decade of two digits below may be of either


def _at_digits(text: str, patterns: _Patterns, published: datetime.date | None) -> Iterator[_Found]:
    """Expressions that begin with digits, plain years excepted."""
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        if end - start == 3:
            continue
        for kind, pattern in patterns.short if end - start < 3 else patterns.long:
            match = pattern.match(text, start)
            if not match:
                continue
            if kind not in _DAY_KINDS:
                yield _read(kind, match, patterns, published)
                break
            if found := _read_day(kind, match, text, patterns, published):
                yield found
                break


def _read_day(
    kind: str,
    match: re.Match[str],
    text: str,
    patterns: _Patterns,
    published: datetime.date | None,
) -> _Found | None:
    """One day or a stretch of days; ``None`` when there is no such day."""
    start, end = match.span()
    groups = match.groupdict()
    if kind in _NEED_WORD and not (groups.get("year") and kind == "day_of_number"):
        if not patterns.day_before.search(text[max(0, start - 20) : start]):
            return None
        if kind == "slash" and text[start - 1 : start] == "(" and text[end : end + 1] != ")":
            return None
    name, name2 = groups.get("name"), groups.get("name2")
    month = _month(name, patterns) if name else int(groups["month"])
    month2 = _month(name2, patterns) if name2 else month
    day2 = int(groups.get("day2") or groups["day"])
    days = [int(d) for d in _DAYS.findall(groups.get("more") or "")]
    days = [int(groups.get("day") or day2), *days]
    day = days[0]
    year = _year(groups, patterns, published, month2, day2)
    # 2024 is a leap year: 29 February is a day when the year is not known.
    if _day(year or 2024, month, day) is None or _day(year or 2024, month2, day2) is None:
        return None
    if month == month2 and day2 != day and days != sorted({*days} - {day2}):
        return None
    if month == month2 and day2 < days[-1]:
        return None
    # "28 December to 3 January 2025"
    before = year - 1 if year is not None and month2 < month else year
    said = groups.get("year") or groups.get("relative")
    return dataclasses.replace(
        _stretch(start, end, _day(before, month, day), _day(year, month2, day2)),
        day=None if said or (month, day) != (month2, day2) else (month, day),
    )


_DAYS = re.compile(r"[0-9]+")
_YEAR_DIGITS = re.compile(r"(?<![\w.,/:$€£#])(?<![-\u2010-\u2015])[12][0-9]{3}(?![0-9])")
_YEAR_PAIR = re.compile(
    r"(?P<first>(?:1[0-9]|20)\d\d)(?:[ \u00a0]?[-\u2010-\u2015\u2212/][ \u00a0]?)"
    r"(?P<last>(?:1[0-9]|20)\d\d)(?![\d/%]|[-.,]\d|-\w)"
)
_AFTER_YEAR = re.compile(r"%|[.,]\d|/\w|-\w|[ \u00a0]?%|\w|[²³]")
_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)\.?[ \t\u00a0,(]*\Z")
_WORD_AFTER = re.compile(r"[ \t\u00a0]+([^\W\d_][\w'’-]*)")


def _with_years(text: str, taken: list[_Found], patterns: _Patterns) -> list[_Found]:
    """``taken`` and the plain years and pairs of years that stand outside it."""
    result: list[_Found] = []
    index = 0
    for match in _YEAR_DIGITS.finditer(text):
        start, end = match.span()
        while index < len(taken) and taken[index].end <= start:
            result.append(taken[index])
            index += 1
        if index < len(taken) and taken[index].start < end:
            continue
        if result and result[-1].end > start:
            continue
        pair = _YEAR_PAIR.match(text, start)
        if pair and int(pair["first"]) < int(pair["last"]):
            first, last = int(pair["first"]), int(pair["last"])
            if index == len(taken) or taken[index].start >= pair.end():
                result.append(_years(start, pair.end(), first, last))
                continue
        if _AFTER_YEAR.match(text, end):
            continue
        listed = bool(
            result
            and result[-1].first
            and start - result[-1].end < 12
            and patterns.list_joiner.fullmatch(text, result[-1].end, start)
        )
        year = int(match[0])
        if _is_year(text, start, end, year, listed, patterns):
            result.append(_years(start, end, year, year))
    result += taken[index:]
    return result


def _years(start: int, end: int, first: int, last: int) -> _Found:
    return _Found(start, end, datetime.date(first, 1, 1), datetime.date(last, 12, 31))


def _is_year(text: str, start: int, end: int, year: int, listed: bool, patterns: _Patterns) -> bool:
    """Whether four bare digits are a year: by the words on both sides."""
    if not 1000 <= year <= 2100:
        return False
    word, earlier = _words_before(text, start)
    if word in patterns.year_nouns and earlier not in patterns.every:
        return True
    after = _WORD_AFTER.match(text, end)
    counted = bool(after and after[1] in patterns.count_after)
    rounded = year % 100 == 0
    if word in patterns.count_before or word in patterns.year_nouns:
        return False
    if word in patterns.year_before or listed:
        if year < 1900:
            return not counted and not rounded and not listed
        return not (counted and (rounded or listed))
    if counted or not 1900 <= year <= 2069:
        return False
    return not rounded or after is None


def _words_before(text: str, start: int) -> tuple[str, str]:
    """The word before ``start`` and the one before that, empty when there is none."""
    window = text[max(0, start - 40) : start]
    match = _WORD_BEFORE.search(window)
    if not match:
        return "", ""
    second = _WORD_BEFORE.search(window[: match.start()])
    return match[1], second[1] if second else ""


def _ranges(text: str, found: list[_Found], patterns: _Patterns) -> list[_Found]:
    """``found`` with two dates that are the ends of one stretch joined."""
    result: list[_Found] = []
    for date in found:
        last = result[-1] if result else None
        if last and date.start - last.end < 20 and _joined(text, last, date, patterns):
            last, date = _one_year(last, date)
            if (
                last.first
                and last.last
                and date.first
                and date.last
                and last.first < date.first
                and last.last < date.last
            ):
                result[-1] = _Found(last.start, date.end, last.first, date.last)
                continue
        result.append(date)
    return result


def _joined(text: str, last: _Found, date: _Found, patterns: _Patterns) -> bool:
    """Whether the words between two dates, and before them, make them the ends of a stretch."""
    if patterns.joiner.fullmatch(text, last.end, date.start):
        return True
    return bool(
        patterns.pair_joiner.fullmatch(text, last.end, date.start)
        and patterns.opener.search(text[max(0, last.start - 30) : last.start])
    )


def _one_year(last: _Found, date: _Found) -> tuple[_Found, _Found]:
    """Of two ends of which one says its year, both with it: "dari 15/5 hingga 20/5/2024"."""
    if last.day and not date.day and date.first and date.first == date.last:
        over = last.day > (date.first.month, date.first.day)
        begin = _day(date.first.year - over, *last.day)
        last = dataclasses.replace(last, first=begin, last=begin)
    elif date.day and not last.day and last.first and last.first == last.last:
        over = date.day < (last.first.month, last.first.day)
        end = _day(last.first.year + over, *date.day)
        date = dataclasses.replace(date, first=end, last=end)
    return last, date
