"""The stretch of the calendar that a figure was counted over or holds for.

Read from the dates of its clause, else of its sentence, else of the sentence before where the
passage goes on about the same report or event. What a figure is compared with, a date that no day
can be told of, and what is not certain give none: a wrong period is worse than none. The words are
in ``languages/<code>/statistics.toml`` under ``periods``.
"""

from __future__ import annotations

import bisect
import calendar
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import languages
from pipeline.extract import chains
from pipeline.extract.dates import DateSpan, lowered

Period = tuple[datetime.date, datetime.date]

_BEFORE = 40  # characters before a date in which its preposition stands
_BEHIND = 30  # characters behind a figure in which a date is still its own, among several
_SIZE = 20  # characters beside a figure that say it is a size
_REPORT = 27  # days: the least that a report is over
_TIMELESS = frozenset({"age", "duration"})
_NEAR = 600  # characters from where the stretch of a report is named to what it reports
_LAST_DAY = datetime.date.max.toordinal()
_LONGEST = 1500  # characters of a sentence whose neighbours are of its day
_CLAUSE_END = ";"
_CHUNK_END = ";,()"
_MANY = 30  # dates of a sentence above which it is a table and none is looked for
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
# A day that names no year and would lie so far ahead is one of the year before.
_AHEAD = datetime.timedelta(days=45)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))) or "(?!)"


class _Words:
    """The words of one language, compiled."""

    def __init__(self, language: str) -> None:
        data: dict[str, Any] = languages.data(language, "statistics")["periods"]

        def before(words: Iterable[str], between: int) -> re.Pattern[str]:
            return re.compile(rf"(?<!\w)(?:{_either(words)})(?:\s+\w+){{0,{between}}}\s*$")

        self.other = before(data["other"], 2)
        self.far_other = before(data["far_other"], 4)
        self.since = before(data["since"], 1)
        self.ends = before(data["ends"], 1)
        self.vague = before(data["vague"], 1)
        self.until = before(data["until"], 1)
        self.until_end = re.compile(
            rf"(?<!\w)(?:{_either(data['until'])})\s+(?:{_either(data['ends'])})(?:\s+\w+)?\s*$"
        )
        self.shifts: dict[str, tuple[str, int]] = {
            phrase: (unit, shift)
            for unit in ("year", "quarter", "month", "week", "day")
            for phrase, shift in data[unit].items()
        }
        self.relative = re.compile(rf"(?<!\w)(?:{_either(self.shifts)})(?!\w)")
        self.now = re.compile(rf"(?<!\w)(?:{_either(data['now'])})(?!\w)")
        self.same = re.compile(rf"(?<!\w)(?:{_either(data['same'])})(?!\w)")
        self.fixed = re.compile(rf"(?<!\w)(?:{_either(data['fixed'])})(?!\w)")
        self.size = re.compile(rf"(?<!\w)(?:{_either(data['size'])})(?!\w)")
        self.onward = re.compile(rf"(?:{_either(data['onward'])})(?!\w)")
        self.as_of = re.compile(rf"(?<!\w)(?:{_either(data['as_of'])})(?!\w)")
        self.report = re.compile(rf"(?:{_either(data['report'])})(?!\w)")
        chain = {name: _either(words) for name, words in data["chains"].items()}
        joined = rf"\s*(?:,\s*(?:(?:{chain['joiners']})\s+)?|(?:{chain['joiners']})\s+)"
        self.lists = chains.ListWords(
            between=re.compile(rf"{joined}(?:(?:{chain['before']})\s+)*"),
            respectively=re.compile(rf"(?<!\w)(?:{chain['respectively']})(?!\w)"),
        )
        self.happened = re.compile(rf"(?<!\w)(?:{_either(data['happened'])})(?!\w)")


@cache
def _words(language: str) -> _Words:
    return _Words(language)


@dataclass(frozen=True, slots=True)
class _Named:
    """A date of a sentence and the period that it gives, ``None`` for one that gives none."""

    start: int
    end: int
    period: Period | None


@dataclass(frozen=True, slots=True)
class _Said:
    """What a sentence says of time: its dates, and the one period that it is of."""

    start: int
    end: int
    line: int
    named: tuple[_Named, ...]
    own: bool  # whether any date is one that figures are not just compared with
    only: Period | None


class Periods:
    """The periods of one article's figures, asked for in order of place.

    ``dates`` are sorted; those for which ``outside`` holds (days of issue, numbers of documents)
    are of no figure. ``published`` is the day of publication, where it is known; ``today`` the day
    from which "last year" is counted, which may be read from the text.
    """

    def __init__(
        self,
        text: str,
        language: str,
        dates: Sequence[DateSpan],
        published: datetime.date | None,
        today: datetime.date | None,
    ) -> None:
        self._text = text
        self._words = _words(language)
        self._dates = dates
        self._starts = [d.start for d in dates]
        self._published = published
        self._today = today or published
        self._before: _Said | None = None  # the sentence before
        self._carried: Period | None = None  # what the passage is about
        self._of_report = False  # and whether it is a report's
        self._reported: Period | None = None  # the stretch that a report is over
        self._reported_at = 0  # and where that was said

    def pass_by(self, line: int, start: int, end: int) -> None:
        """A sentence without figures: what it says of time may hold for the next."""
        low = bisect.bisect_left(self._starts, start)
        if low < len(self._starts) and self._starts[low] < end:
            said = self._read(line, start, end)
            self._carry(said, said.only, report=False)
        else:
            self._carried = None

    def sentence(
        self, line: int, start: int, end: int, figures: Sequence[tuple[int, int, str]]
    ) -> list[Period | None]:
        """The period of each figure of a sentence: ``figures`` are start, end and kind."""
        said = self._read(line, start, end)
        lower = lowered(self._text[start:end])
        report = bool(self._words.report.match(lower))
        if said.own:
            found = [self._inside(said, lower, *f) for f in figures]
            if said.only is None and len(said.named) <= _MANY:
                found = self._in_turns(said, lower, figures, found)
            self._carry(said, said.only, report or bool(self._words.as_of.search(lower)))
            return found
        carried, free = self._onward(said, lower, report)
        found = [
            None if carried is None else self._fits(carried, lower, start, f, free) for f in figures
        ]
        self._carry(said, carried, report or self._of_report)
        return found

    def _carry(self, said: _Said, period: Period | None, report: bool) -> None:
        self._before, self._carried, self._of_report = said, period, report and period is not None
        if said.own:
            stretches = {n.period for n in said.named if n.period and _is_reported(*n.period)}
            self._reported = stretches.pop() if len(stretches) == 1 else None
            self._reported_at = said.end

    def _read(self, line: int, start: int, end: int) -> _Said:
        low, high = (bisect.bisect_left(self._starts, at) for at in (start, end))
        lower = lowered(self._text[start:end])
        named = [
            _Named(d.start, d.end, self._period(d, lower[: d.start - start]))
            for d in self._dates[low:high]
        ]
        if self._today is not None and len(named) <= _MANY:
            named += self._relative(lower, start, named)
        # Of now, which is no day: another date of the sentence is not this figure's for certain.
        named += [
            _Named(start + m.start(), start + m.end(), None)
            for m in self._words.now.finditer(lower)
        ]
        named.sort(key=lambda n: n.start)
        own = [n for n in named if n.period is not None or self._is_vague(n, lower, start)]
        periods = {n.period for n in own}
        only = next(iter(periods)) if len(periods) == 1 else None
        return _Said(start, end, line, tuple(named), bool(own), only)

    def _is_vague(self, named: _Named, lower: str, start: int) -> bool:
        """Whether a date gives no period for another reason than that it is compared with."""
        before = lower[max(0, named.start - start - _BEFORE) : named.start - start]
        return not (self._words.other.search(before) or self._words.far_other.search(before))

    def _period(self, date: DateSpan, before: str) -> Period | None:
        """What a date means for a figure, by the words before it."""
        before = before[-_BEFORE:]
        words = self._words
        if words.other.search(before) or words.far_other.search(before):
            return None
        if words.since.search(before):
            if self._published is None or date.first > self._published:
                return None
            return date.first, self._published
        if words.vague.search(before):
            return None
        if words.ends.search(before):
            # Up to the end of a stretch that is not over: how long a thing lasts.
            if words.until_end.search(before) and (not self._today or date.last > self._today):
                return None
            return date.last, date.last
        if words.until.search(before) and date.first != date.last:
            return None
        if (
            date.first == date.last
            and self._today is not None
            and not _YEAR.search(date.text)
            and date.first > self._today + _AHEAD
        ):
            return None
        return date.first, date.last

    def _relative(self, lower: str, start: int, named: Sequence[_Named]) -> list[_Named]:
        today = self._today
        assert today is not None
        found: list[_Named] = []
        for match in self._words.relative.finditer(lower):
            first, last = start + match.start(), start + match.end()
            if any(n.start < last and first < n.end for n in named):
                continue
            unit, shift = self._words.shifts[match.group()]
            before = lower[max(0, match.start() - _BEFORE) : match.start()]
            period: Period | None = _shifted(today, unit, shift)
            words = self._words
            no_day = (words.other, words.far_other, words.vague, words.ends, words.since)
            if any(said.search(before) for said in no_day):
                period = None
            found.append(_Named(first, last, period))
        return found

    def _inside(self, said: _Said, lower: str, start: int, end: int, kind: str) -> Period | None:
        """The period of a figure in a sentence that names one."""
        figure = (start, end, kind)
        if said.only is not None:
            date = next(n for n in said.named if n.period is not None)
            if date.start > end and _CLAUSE_END in self._text[end : date.start]:
                return None
            return self._fits(said.only, lower, said.start, figure)
        for ends in (_CLAUSE_END, _CHUNK_END) if len(said.named) <= _MANY else ():
            low, high = self._around(ends, lower, start - said.start, end - said.start)
            near = [n for n in said.named if low <= n.start - said.start < high]
            periods = {n.period for n in near}
            if len(periods) == 1 and near[0].start - end <= _BEHIND:
                (period,) = periods
                return None if period is None else self._fits(period, lower, said.start, figure)
        return None

    def _in_turns(
        self,
        said: _Said,
        lower: str,
        figures: Sequence[tuple[int, int, str]],
        found: Sequence[Period | None],
    ) -> list[Period | None]:
        """What was ``found``, and the periods of figures that take turns with dates."""
        told = list(found)
        first = 0
        for clause in lower.split(_CLAUSE_END):
            last = first + len(clause)
            low, high = said.start + first, said.start + last
            dates = [n for n in said.named if low <= n.start < high]
            inside = [
                n
                for n, (at, _, kind) in enumerate(figures)
                if low <= at < high and kind not in _TIMELESS
            ]
            pairs, listed = chains.paired(
                clause,
                self._words.lists,
                [(figures[n][0] - low, figures[n][1] - low) for n in inside],
                [(date.start - low, date.end - low) for date in dates],
            )
            for nth, date in pairs.items():
                figure, period = inside[nth], dates[date].period
                if listed or told[figure] is None:
                    told[figure] = period and self._fits(period, lower, said.start, figures[figure])
            first = last + len(_CLAUSE_END)
        return told

    @staticmethod
    def _around(ends: str, lower: str, start: int, end: int) -> tuple[int, int]:
        """The part between two of the signs ``ends`` that a figure stands in."""
        first, last = max(0, start - _LONGEST), min(len(lower), end + _LONGEST)
        low = max(lower.rfind(sign, first, start) for sign in ends) + 1
        behind = [at for sign in ends if (at := lower.find(sign, end, last)) >= 0]
        return max(low, first), min(behind, default=last)

    def _fits(
        self,
        period: Period,
        lower: str,
        offset: int,
        figure: tuple[int, int, str],
        free: bool = True,
    ) -> Period | None:
        """``period``, unless the figure is fixed or of another time.

        Unless ``free``, its own part of the sentence must tell of what happened.
        """
        start, end, kind = figure
        if kind in _TIMELESS:
            return None
        words = self._words
        first, behind = start - offset, end - offset
        low, high = self._around(_CHUNK_END, lower, first, behind)
        near = max(low, first - _SIZE), min(high, behind + _SIZE)
        if words.fixed.search(lower, low, high) or words.size.search(lower, *near):
            return None
        if not free and not words.happened.search(lower, low, high):
            return None
        same = words.same.search(lower, max(low, first - _BEFORE), first)
        if same is None:
            return period
        before = lower[max(0, same.start() - _BEFORE) : same.start()]
        return period if words.other.search(before) else _year_before(period)

    def _onward(self, said: _Said, lower: str, report: bool) -> tuple[Period | None, bool]:
        """The period that a sentence without a date has from what comes before it, and whether all
        its figures have it."""
        before, carried = self._before, self._carried
        if report and self._reported is not None and said.start - self._reported_at < _NEAR:
            return self._reported, True
        if carried is None or before is None or said.end - said.start > _LONGEST:
            return None, False
        if self._words.onward.match(lower):
            return carried, True
        if before.line != said.line:
            return None, False
        if self._of_report:
            return carried, True
        return (carried, False) if carried[0] == carried[1] else (None, False)


def _is_reported(first: datetime.date, last: datetime.date) -> bool:
    """Whether a stretch is one that a report names: no short one, no years of the calendar, at the
    end of which things may stand as it says."""
    years = (first.month, first.day) == (1, 1) and (last.month, last.day) == (12, 31)
    return (last - first).days >= _REPORT and not years


def _year_before(period: Period) -> Period:
    """The same stretch a year earlier."""
    first, last = (
        day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
        for day in period
    )
    return first, last


def _moved(day: datetime.date, days: int) -> datetime.date:
    """The day so many days later, or the first or the last that there is."""
    return datetime.date.fromordinal(min(max(day.toordinal() + days, 1), _LAST_DAY))


def _shifted(today: datetime.date, unit: str, shift: int) -> Period:
    """The year, quarter, month, week or day that lies ``shift`` of them from ``today``."""
    if unit == "day":
        day = _moved(today, shift)
        return day, day
    if unit == "week":  # from Monday on, as ISO 8601 counts
        monday = _moved(today, 7 * shift - today.weekday())
        return monday, _moved(monday, 6)
    if unit == "year":
        year = min(max(today.year + shift, datetime.MINYEAR), datetime.MAXYEAR)
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    size = 3 if unit == "quarter" else 1
    parts = 12 // size
    year, part = divmod(max(today.year * parts + (today.month - 1) // size + shift, parts), parts)
    month = part * size + 1
    last = month + size - 1
    return (
        datetime.date(year, month, 1),
        datetime.date(year, last, calendar.monthrange(year, last)[1]),
    )
