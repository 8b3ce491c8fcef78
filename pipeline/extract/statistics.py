"""Statistics of an article: the numbers that say how many, how much or what share.

Every number expression is read where it stands: what follows and precedes it says its kind
(a percent sign, a currency, a unit, a counted noun), whether it is bounded or a change, and
whether it is a statistic at all or a date, a name, a label or an ordinal. A separator that can
be read in two ways is read by what the number counts, by the figures beside it, by the article's
other numbers and last by the convention of the language; ``reason`` keeps which.

The rules are those of the annotation guide; the words are in ``languages/<code>/statistics.toml``.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

from pipeline.extract import details, expressions, readings, refusals
from pipeline.extract import numbers as nm
from pipeline.extract import tokens as tk
from pipeline.extract.amounts import Blocked, Draft, Evidence, Sentence
from pipeline.extract.dates import DateSpan
from pipeline.extract.dates import dates as find_dates
from pipeline.extract.grammar import Grammar, grammar
from pipeline.extract.periods import Period, Periods
from pipeline.extract.sentences import sentences
from pipeline.records import Statistic

VERSION = "1"
SOURCE = f"statistics {VERSION}"
_LONGEST = 20_000  # characters of a sentence looked at together
_LONGEST_FILE = 80  # and of the name of a file


def statistics(
    text: str,
    language: str,
    *,
    excluded: Sequence[tuple[int, int]] = (),
    dates: Sequence[DateSpan] = (),
    published: datetime.date | None = None,
    today: datetime.date | None = None,
) -> list[Statistic]:
    """The statistics of ``text``, sorted by start, none overlapping another.

    ``excluded`` are spans in which no number is a statistic (document references, page
    furniture, names). ``dates`` are the date expressions of the text; left out, they are looked
    for with ``published``, the day of publication. ``today`` is the day from which "this year" is
    counted where ``published`` is not known. Offsets are code points,
    half-open; ``text[s.start:s.end] == s.text``. Identities (``unit_id``, ``organisation_id``,
    ``indicator_id``, ``canonical_id``) are left to the normaliser.

    Raises ``languages.UnknownLanguage`` for a language without data.
    """
    lex, gram = nm.lexicon(language), grammar(language)
    known = sorted(dates or find_dates(text, language, published), key=lambda d: d.start)
    blocked = Blocked([*excluded, *((d.start, d.end) for d in known)])
    outside = Blocked(excluded)
    when = Periods(
        text,
        language,
        [d for d in known if not outside.overlaps(d.start, d.end)],
        published,
        today,
    )
    evidence = Evidence()
    open_: list[tuple[int, Sentence, list[Draft]]] = []  # to be read again when all is seen
    out: list[Statistic] = []
    for line_start, start, end in _windows(text, language):
        if lex.hint.search(text, start, end) is None:
            when.pass_by(line_start, start, end)
            continue
        own = [m.span() for m in gram.date.finditer(text, start, end)]
        own += _files(text, start, end, gram)
        here = Blocked(own) if own else None
        tokens = tk.tokenise(text, start, end)
        sentence = Sentence(text, tokens, lex, gram, evidence, blocked, line_start)
        if here is not None:
            for k, token in enumerate(tokens):
                if token.kind != tk.SYMBOL and here.overlaps(token.start, token.end):
                    sentence.closed[k] = True
        drafts = _drafts(sentence)
        if not drafts:
            when.pass_by(line_start, start, end)
            continue
        if readings.settle(sentence, drafts):
            open_.append((len(out), sentence, drafts))
        found = [_record(sentence, draft) for draft in drafts]
        told = when.sentence(
            line_start, start, end, [(f.start, f.end, f.value_kind) for f in found]
        )
        out.extend(map(_of_period, found, told))
    for at, sentence, drafts in open_:
        readings.read_again(sentence, drafts)
        for n, draft in enumerate(drafts, at):
            value, of, to = _values(draft)
            out[n] = dataclasses.replace(out[n], value=value, of=of, to=to, reason=_reason(draft))
    return out


def _windows(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    """The sentences of ``text``, each with the start of its line: ``(line_start, start, end)``.

    One longer than ``_LONGEST`` is cut at white space, so that no window grows with the article.
    """
    line_start = previous = 0
    for start, end in sentences(text, language):
        if "\n" in text[previous:start]:
            line_start = start
        while end - start > _LONGEST:
            cut = text.rfind(" ", start, start + _LONGEST)
            cut = start + _LONGEST if cut <= start else cut
            yield line_start, start, cut
            start = cut
        yield line_start, start, end
        previous = end


def _files(text: str, start: int, end: int, gram: Grammar) -> list[tuple[int, int]]:
    """Names of files and pictures of a screen: "kampung-5.jpg", "Screenshot 2025 11 04"."""
    found = [m.span() for m in gram.capture.finditer(text, start, end)]
    for match in gram.extension.finditer(text, start, end):
        k, low = match.start(), max(start, match.start() - _LONGEST_FILE)
        while k > low and (text[k - 1].isalnum() or text[k - 1] in "_-.()"):
            k -= 1
        found.append((k, match.end()))
    return found


def _of_period(figure: Statistic, period: Period | None) -> Statistic:
    if period is None:
        return figure
    first, last = (day.isoformat() for day in period)
    return dataclasses.replace(figure, period_start=first, period_end=last)


def _record(sentence: Sentence, draft: Draft) -> Statistic:
    start = sentence.tokens[draft.start].start
    end = sentence.tokens[draft.end - 1].end
    value, of, to = _values(draft)
    return Statistic(
        start=start,
        end=end,
        text=sentence.text[start:end],
        score=draft.score,
        source=SOURCE,
        reason=_reason(draft),
        value=value,
        of=of,
        to=to,
        value_kind=draft.kind,
        currency=draft.currency,
        unit=draft.unit_text,
        qualifier=draft.qualifier,
        change=draft.change,
    )


def _values(draft: Draft) -> tuple[float, float | None, float | None]:
    values = [float(v) for v in draft.values]
    second = values[1] if len(values) > 1 else None
    of = second if draft.kind in ("ratio", "fraction") else None
    return values[0], of, second if draft.range else None


def _reason(draft: Draft) -> str:
    return "; ".join(dict.fromkeys(draft.reasons))


def _drafts(s: Sentence) -> list[Draft]:
    found: list[Draft] = []
    tokens, closed, starts = s.tokens, s.closed, s.lex.start.match
    i, end = 0, len(tokens)
    while i < end:
        token = tokens[i]
        number = token.kind == tk.NUMBER
        if closed[i] or not (number or (token.kind == tk.WORD and starts(token.text))):
            i += 1
            continue
        amount = s.amount(i)
        if amount is None:
            after = s.skip(i)
            if number:
                s.close_code(after)
            i = after
            continue
        draft = expressions.build(s, amount)
        if draft is not None and refusals.accept(s, draft):
            details.finish(s, draft, found)
            found.append(draft)
            s.used = draft.end
        i = max(amount.end, i + 1)
        if draft is not None:
            # A number inside the unit is none of its own: "12 meter kuasa dua".
            inside = draft.unit[1] if draft.unit and draft.kind == "measure" else 0
            i = max(i, draft.end, inside)
    return found
