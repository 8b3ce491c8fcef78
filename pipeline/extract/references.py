"""Numbered documents of Party and State in an article: where they stand and which they are.

Every number of an article is looked at once: what follows it must be a document's codes
(``normalise/references.py`` reads them), or what leads up to it a document's noun
(``languages/<code>/references.toml``). A number with a noun alone is then completed from the
rest of the article, from the law, or from the register.
"""

from __future__ import annotations

import bisect
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline import languages
from pipeline.extract import dates
from pipeline.normalise import references as numbers
from pipeline.records import Reference

VERSION = "1"

_BLANK = "[ \\t\u00a0\u200b\u202f]"
_START = re.compile(r"(?<![\w/$€£+])(?<![0-9][.,])(?:[0-9]|[OoIl](?=[0-9OoIl]{0,3}[0-9]))")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_BARE = re.compile(
    r"(?P<number>[0-9]{1,5})(?:/(?P<year>(?:19|20)[0-9]{2}))?"
    r"(?![\w%²³/$€]|[.,:][0-9]|[-\u2010-\u2015][\w]|[ \u00a0]?%)"
)
_NEXT_WORD = re.compile(f"{_BLANK}+([^\\W\\d_]+)")
_OPEN_BRACKET = re.compile(f"{_BLANK}*[(\\[]{_BLANK}*\\Z")
_BRACKET = re.compile(f"{_BLANK}*[(\\[]{_BLANK}*")
_NOTHING = re.compile(f"{_BLANK}*,?{_BLANK}*\\Z")
_STOP = re.compile(r"[.;!?:](?=\s|\Z)|\n")
_CLAUSE_END = re.compile(r"[.;:!?](?=\s|\Z)|[,()\[\]\n\"“”«»]")
# A law's year and a bracket may stand between its name and its number.
_YEAR_GAP = re.compile(r"(?:(?:19|20)[0-9]{2})?[ \u00a0]*[(]?")
_WITHIN_NAME = re.compile(r"[^,()0-9]*")
_MID_SENTENCE = re.compile(r"[^\W\d_][,;]?[ \u00a0]\Z")
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "”"}
_LOOK_BACK = 120
_LOOK_AHEAD = 200
_LONGEST_TITLE = 400
_LONGEST_CHAIN = 30


@dataclass(frozen=True, slots=True)
class _Noun:
    """A noun for documents: the types it stands for, the likeliest first."""

    types: tuple[str, ...]
    kind: str | None = None
    weak: bool = False
    label: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """What ``references.toml`` of one language compiles to."""

    nouns: dict[str, _Noun]
    suffixes: tuple[str, ...]
    longest: int
    marker: re.Pattern[str]
    joiner: re.Pattern[str]
    dated: re.Pattern[str]
    dated_weak: re.Pattern[str]
    dated_beside: re.Pattern[str]
    issued: re.Pattern[str]
    relative: re.Pattern[str]
    passive: re.Pattern[str]
    other_day: re.Pattern[str]
    title: re.Pattern[str]
    after: frozenset[str]
    counted: frozenset[str]
    issuers: dict[str, re.Pattern[str]]
    subjects: dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Lead:
    """What leads up to a number: where noun and marker begin, and how they are written."""

    start: int
    noun: _Noun | None = None
    marked: bool = False
    capital: bool = False
    adjacent: bool = False


@dataclass(slots=True)
class _Hit:
    """A reference on its way to its identity."""

    start: int
    end: int
    lead: _Lead
    number: str
    full: numbers.DocumentNumber | None = None
    code: str | None = None
    year: str | None = None
    chained: bool = False
    canonical: str | None = None
    score: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Article:
    """The article, and the same in lower case with the same offsets."""

    text: str
    low: str
    words: _Words
    language: str
    published: datetime.date | None


def _either(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(f"{_BLANK}+".join(map(re.escape, w.split())) for w in ordered) + ")"


@cache
def _words(language: str) -> _Words:
    data: dict[str, Any] = languages.data(language, "references")
    words = data["words"]
    nouns = {
        word: _Noun(
            tuple(entry["types"]),
            entry.get("kind"),
            entry.get("weak", False),
            entry.get("label", False),
        )
        for entry in data["nouns"]
        for word in entry["words"]
    }
    # What a translation left in Vietnamese, or went through English.
    for code, names in numbers.type_words().items():
        for name in names:
            nouns.setdefault(name.lower(), _Noun((code,), weak=True))
    marker = f"(?:{_either(words['marker'])}|n[°º]|№|#|s[ốô])(?:{_BLANK}?[.:]){{0,2}}{_BLANK}*"
    joiner = _either(words["list_joiner"])
    return _Words(
        nouns=nouns,
        suffixes=tuple(words["suffixes"]),
        longest=max(len(word.split()) for word in nouns),
        marker=re.compile(rf"(?<!\w){marker}\Z"),
        joiner=re.compile(
            f"(?:{_BLANK}*[,;/&]{_BLANK}*(?:{joiner}{_BLANK}+)?|{_BLANK}+{joiner}{_BLANK}+)"
            f"(?:(?<!\\w){marker})?"
        ),
        dated=re.compile(rf"(?<!\w){_either(words['dated'])}{_BLANK}+\Z"),
        dated_weak=re.compile(rf"(?<!\w){_either(words['dated_weak'])}{_BLANK}+\Z"),
        dated_beside=re.compile(rf"{_BLANK}*{_either(words['dated_beside'])}{_BLANK}+"),
        issued=re.compile(rf"(?<!\w){_either(words['issued'])}(?!\w)"),
        relative=re.compile(rf",?{_BLANK}{{0,3}}{_either(words['relative'])}(?!\w)"),
        passive=re.compile(rf"(?<!\w){_either(words['passive'])}(?!\w)"),
        other_day=re.compile(rf"(?<!\w){_either(words['other_day'])}(?!\w)"),
        title=re.compile(rf"(?<!\w){_either(words['title'])}{_BLANK}+"),
        after=frozenset(words["after_number"]),
        counted=frozenset(data["counted"]["words"]),
        issuers={k: re.compile(rf"(?<!\w){_either(v)}") for k, v in data["issuers"].items()},
        subjects={k: re.compile(rf"(?<!\w){_either(v)}") for k, v in data["subjects"].items()},
    )


def references(text: str, language: str, published: datetime.date | None = None) -> list[Reference]:
    """The numbered documents that ``text`` mentions, sorted and without overlap.

    Offsets are Unicode code points, half-open; the span runs from the document's noun through
    its number and never over the end of a line. ``published`` gives the year to a day of issue
    worded without one. Raises ``UnknownLanguage`` for a language that has no data.
    """
    article = _Article(text, dates.lowered(text), _words(language), language, published)
    hits = _hits(article)
    _identify(hits, article)
    found: list[Reference] = []
    reached = 0
    for index, hit in enumerate(hits):
        following = hits[index + 1].start if index + 1 < len(hits) else len(text)
        if hit.canonical:
            record, reached = _record(hit, reached, following, article)
            found.append(record)
    return found


def _line_start(text: str, position: int) -> int:
    """Where the line of ``position`` begins, or how far back is looked at most."""
    floor = max(0, position - _LOOK_BACK)
    return max(floor, text.rfind("\n", floor, position) + 1)


def _line_end(text: str, position: int) -> int:
    """Where the line of ``position`` ends, or how far ahead is looked at most."""
    ceiling = min(len(text), position + _LOOK_AHEAD)
    found = text.find("\n", position, ceiling)
    return found if found >= 0 else ceiling


# Where references stand


def _hits(article: _Article) -> list[_Hit]:
    hits: list[_Hit] = []
    reached = 0
    for match in _START.finditer(article.text):
        if match.start() < reached:
            continue
        last = hits[-1] if hits else None
        if hit := _hit(match.start(), reached, last, article):
            hits.append(hit)
            reached = hit.end
    return hits


def _hit(start: int, reached: int, last: _Hit | None, article: _Article) -> _Hit | None:
    """The reference whose digits begin at ``start``, after the reference ``last``."""
    text, low = article.text, article.low
    if start > 1 and text[start - 1] in "-‐‑–" and text[start - 2].isalnum():
        return None
    chained = bool(
        last
        and start - last.end <= _LONGEST_CHAIN
        and article.words.joiner.fullmatch(low, last.end, start)
    )
    line = max(reached, _line_start(text, start))
    lead = _lead(line, start, article)
    announced = lead.marked or lead.adjacent or chained
    if full := numbers.number_at(text, start, announced):
        if lead.noun is None and chained and last:
            lead = replace(last.lead, start=lead.start, capital=False)
        elif lead.noun is None:
            lead = _far_lead(line, start, lead, full, article)
        return _Hit(lead.start, full.end, lead, full.number, full, full.type, full.year, chained)
    if lead.noun is None and chained and last:
        lead = replace(last.lead, start=lead.start)
    if lead.noun is None:
        return None
    if partial := numbers.partial_at(text, start):
        end, number, code = partial
        return _Hit(lead.start, end, lead, number, None, code, None, chained)
    bare = _BARE.match(text, start)
    if not bare or (chained and last and last.full and not _goes_on(bare.end(), article)):
        return None
    return _Hit(lead.start, bare.end(), lead, bare["number"], None, None, bare["year"], chained)


def _lead(line: int, start: int, article: _Article) -> _Lead:
    """The noun and the marker right before ``start``, not before ``line``."""
    low, words = article.low, article.words
    marker = words.marker.search(low, max(line, start - 24), start)
    marked = bool(marker)
    stop = marker.start() if marker else start
    before = list(_WORD.finditer(low, max(line, stop - 50), stop))
    lead = _Lead(stop, marked=marked)
    if not before or low[before[-1].end() : stop].strip(' \t\u00a0\u200b\u202f"“:('):
        return lead
    if not marked and before[-1].end() == stop:
        return lead
    for size in range(min(words.longest, len(before)), 0, -1):
        first = before[-size].start()
        phrase = " ".join(low[first : before[-1].end()].split())
        if noun := _noun(phrase, words):
            capital = article.text[first].isupper()
            return _Lead(first, noun, marked, capital, adjacent=True)
    return lead


def _noun(phrase: str, words: _Words) -> _Noun | None:
    """The noun that a word or phrase in lower case is, a plural or compound among them."""
    if noun := words.nouns.get(phrase):
        return noun
    half, _, other = phrase.rpartition("-")
    if half and half == other and half in words.nouns:
        return words.nouns[half]
    for suffix in words.suffixes if " " not in phrase else ():
        if phrase.endswith(suffix) and len(phrase) > len(suffix) + 2:
            return words.nouns[suffix]
    return None


def _far_lead(
    line: int, start: int, lead: _Lead, full: numbers.DocumentNumber, article: _Article
) -> _Lead:
    """``lead`` with a noun from which a title or an issuer divides the number.

    The span begins at that noun only for a law, whose title is part of its name.
    """
    low = article.low
    before = list(_WORD.finditer(low, line, lead.start))[-8:]
    end = lead.start
    for word in reversed(before):
        gap = low[word.end() : end].strip(" \t\u00a0,")
        if gap and not (full.type is None and _YEAR_GAP.fullmatch(gap)):
            break
        end = word.start()
        if noun := _noun(word[0], article.words):
            law = full.type is None and noun.types[0] == numbers.assembly_types()[0]
            named = law and _WITHIN_NAME.fullmatch(low, end, lead.start)
            begin = word.start() if named else lead.start
            return _Lead(begin, noun, lead.marked, article.text[begin].isupper())
    return lead


def _goes_on(end: int, article: _Article) -> bool:
    """Whether what follows a bare number lets it be a document's."""
    following = _NEXT_WORD.match(article.low, end)
    return not following or following[1] in article.words.after


# Which they are


# Full numbers by value, type and year, and without the year; each list in the article's order.
_Known = dict[tuple[int, str, str | None], list[_Hit]]


def _identify(hits: list[_Hit], article: _Article) -> None:
    """Give each hit that is a reference its canonical id; the others keep none."""
    known: _Known = {}
    for hit in hits:
        if hit.full:
            hit.canonical = hit.full.canonical
            hit.score = (1.0 if hit.full.known else 0.8) - (0.02 if hit.full.repaired else 0.0)
            hit.reason = "number" + ("" if hit.full.known else ", unknown issuer")
            hit.reason += ", repaired" if hit.full.repaired else ""
            for code in _codes(hit):
                for year in {None, hit.year}:
                    known.setdefault((_value(hit.number), code, year), []).append(hit)
    for index in range(len(hits) - 1, -1, -1):
        hit = hits[index]
        follower = hits[index + 1] if index + 1 < len(hits) else None
        if hit.full is None and follower and follower.chained and follower.full:
            # "Resolution 18, 19-NQ/TW": the last number carries the codes of all.
            hit.canonical = numbers.renumbered(follower.full, hit.number)
            hit.full = replace(
                follower.full, number=hit.number, canonical=hit.canonical, repaired=True
            )
            hit.code, hit.score, hit.reason = follower.code, 0.95, "codes of the list's last number"
    for index, hit in enumerate(hits):
        if hit.canonical is None:
            _complete(hit, hits[index - 1] if index else None, known, article)


def _value(number: str) -> int:
    digits = re.sub("[^0-9]", "", number)
    return int(digits) if digits else 0


def _codes(hit: _Hit) -> tuple[str, ...]:
    """The types under which a full number can be meant by noun and number alone."""
    if hit.code:
        return numbers.spoken_types(hit.code)
    return hit.lead.noun.types if hit.lead.noun else numbers.assembly_types()


def _complete(
    hit: _Hit,
    last: _Hit | None,
    known: _Known,
    article: _Article,
) -> None:
    """The identity of a noun with a bare number, if it is a reference at all."""
    noun = hit.lead.noun
    if noun is None:
        return
    codes = (hit.code,) if hit.code else noun.types
    for code in codes:
        same = known.get((_value(hit.number), code, hit.year))
        if same:
            # The nearest before it, else the first of the article.
            place = bisect.bisect_left(same, hit.start, key=lambda h: h.start)
            meant = same[max(0, place - 1)]
            hit.canonical, hit.full = meant.canonical, meant.full
            hit.code, hit.score = meant.code, 0.95
            hit.reason = "full number elsewhere in the article"
            return
    if hit.chained and last and last.full and not last.full.year:
        hit.canonical = numbers.renumbered(last.full, hit.number)
        hit.full = replace(last.full, number=hit.number, canonical=hit.canonical, repaired=True)
        hit.code, hit.score, hit.reason = last.code, 0.85, "codes of the number before"
        return
    if not _plausible(hit, noun, article):
        return
    code = codes[0]
    if hit.year and (whole := numbers.completed(code, hit.number.zfill(2), hit.year)):
        hit.canonical, hit.code, hit.score = whole, code, 0.95
        hit.reason = "number and year, only one body issues this type"
        return
    hit.code = code
    if found := _registered(hit, codes, article):
        entry, why = found
        hit.canonical, hit.score = entry, 0.85
        hit.reason = f"register: number, type and {why} agree"
        return
    hit.canonical = f"{code}:{hit.number}" + (f"/{hit.year}" if hit.year else "")
    hit.score, hit.reason = 0.7 if hit.lead.marked else 0.6, "noun and number alone"


def _plausible(hit: _Hit, noun: _Noun, article: _Article) -> bool:
    """Whether noun and bare number name a document that the article never gives in full."""
    following = _NEXT_WORD.match(article.low, hit.end)
    if following and following[1] in article.words.counted:
        return False
    if noun.label:
        return False
    if hit.lead.marked or hit.code:
        return True
    if noun.weak and hit.lead.capital and 1900 > _value(hit.number) > 0:
        # A capital inside a sentence makes a name of an everyday word.
        inside = bool(_MID_SENTENCE.search(article.text, max(0, hit.start - 12), hit.start))
        if article.words.title.match(article.low, hit.end + 1):
            return True
        return inside and _goes_on(hit.end, article)
    if noun.weak or 1900 <= _value(hit.number) <= 2100 or _value(hit.number) == 0:
        return False
    return hit.lead.capital or bool(hit.year) or _goes_on(hit.end, article)


def _registered(hit: _Hit, codes: tuple[str, ...], article: _Article) -> tuple[str, str] | None:
    """The one well-known document of this number and type whose issuer or subject is near."""
    low = article.low
    same = [
        entry
        for code in codes
        for entry in _register_index().get((_value(hit.number), code), ())
        if hit.year in {None, entry.year}
    ]
    if not same:
        return None
    after = low[hit.end : min(hit.end + 60, _line_end(low, hit.end))]
    before = low[max(hit.start - 40, _line_start(low, hit.start)) : hit.start]
    near = low[max(0, hit.start - 160) : hit.end + 160]
    beside = before + "\n" + after
    for why, agrees in (
        ("subject", [e for e in same if _found(article.words.subjects, e.canonical, near)]),
        ("issuer", [e for e in same if _found(article.words.issuers, e.issuer, beside)]),
    ):
        if len(agrees) == 1:
            return agrees[0].canonical, why
    return None


def _found(patterns: dict[str, re.Pattern[str]], key: str | None, text: str) -> bool:
    pattern = patterns.get(key or "")
    return bool(pattern and pattern.search(text))


@cache
def _register_index() -> dict[tuple[int, str], list[numbers.DocumentNumber]]:
    """The register by number and type."""
    index: dict[tuple[int, str], list[numbers.DocumentNumber]] = {}
    for canonical, entries in numbers.register().items():
        number = numbers.number_at(canonical, 0, announced=True)
        if number:
            kinds = {numbers.type_id(code): code for code in numbers.assembly_types()}
            code = number.type or kinds.get(entries[0].type, numbers.assembly_types()[0])
            index.setdefault((_value(number.number), code), []).append(number)
    return index


# What the article says of them


def _record(hit: _Hit, before: int, after: int, article: _Article) -> tuple[Reference, int]:
    """The record of ``hit``, and where the words that belong to it end.

    ``before`` is where those of the reference before it end, ``after`` where the next begins.
    """
    canonical = hit.canonical or ""
    full = hit.full
    date, date_end = _date(hit, before, after, article)
    entry = numbers.registered(canonical, date)
    noun = hit.lead.noun
    code = hit.code
    if code is None and noun:
        code = noun.types[0]
    kind = numbers.type_id(code)
    if noun and numbers.may_be(code, noun.kind):
        kind = noun.kind
    if entry:
        kind = entry.type
    reason = hit.reason
    if numbers.date_check(canonical, date) == "inconsistent":
        reason += "; the register has another date"
    if full is None and ":" not in canonical:
        full = numbers.number_at(canonical, 0, announced=True)
    record = Reference(
        start=hit.start,
        end=hit.end,
        text=article.text[hit.start : hit.end],
        canonical_id=canonical,
        label=_label(canonical, code, kind, entry),
        score=round(hit.score, 3),
        source=f"references {VERSION}",
        reason=reason,
        reference_type=kind,
        reference_number=full.number if full else hit.number,
        reference_year=(full.year if full else None) or hit.year,
        reference_issuer=full.issuer if full else None,
        reference_date=date,
        reference_title=_title(max(hit.end, date_end), after, article),
    )
    return record, max(hit.end, date_end)


def _label(
    canonical: str, code: str | None, kind: str | None, entry: numbers.Document | None
) -> str | None:
    """English: the type, the number, and the subject when the register knows it."""
    name = numbers.kind_name(kind) or (numbers.type_name(code) if code else None)
    number = canonical.partition(":")[2] or canonical
    if not name:
        return number
    subject = f" on {entry.title}" if entry and entry.title else ""
    return f"{name} {number}{subject}"


def _date(hit: _Hit, before: int, after: int, article: _Article) -> tuple[str | None, int]:
    """The day of issue beside a reference, and where it ends when it stands behind it."""
    low, words = article.low, article.words
    limit = min(after, _line_end(low, hit.end))
    window = article.text[hit.end : limit]
    found = dates.dates(window, article.language, article.published)
    if found:
        first = found[0]
        prefix = low[hit.end : hit.end + first.start]
        suffix = low[hit.end + first.end : min(limit, hit.end + first.end + 40)]
        if "/" not in first.iso and (
            _is_dated(prefix, first, words) or _is_told(prefix, suffix, first, words)
        ):
            return first.iso, hit.end + first.end
    start = max(before, _line_start(low, hit.start))
    for stop in _STOP.finditer(low, start, hit.start):
        start = stop.end()
    # A sentence that opens with a day and a verb of issuing tells the day of issue.
    lead_in = dates.dates(article.text[start : hit.start], article.language, article.published)
    if (
        len(lead_in) == 1
        and lead_in[0].first == lead_in[0].last
        and low[start + lead_in[0].end] != ")"
    ):
        tail = low[hit.end : min(limit, hit.end + 60)]
        stop_at = _STOP.search(tail)
        tail = tail[: stop_at.start()] if stop_at else tail
        if words.issued.search(low, start, hit.start) or words.issued.search(tail):
            return lead_in[0].iso, 0
    return None, 0


def _is_dated(prefix: str, date: dates.DateSpan, words: _Words) -> bool:
    """Whether what stands between a reference and a date makes it the day of issue."""
    whole_day = date.first == date.last
    if _OPEN_BRACKET.match(prefix):
        return True
    if bracket := _BRACKET.match(prefix):
        inside = prefix[bracket.end() :]
        if words.dated_beside.fullmatch(inside) or words.dated_weak.fullmatch(inside):
            return whole_day
    if _NOTHING.match(prefix) or words.dated_beside.fullmatch(prefix):
        return whole_day
    dated = words.dated.search(prefix)
    if _STOP.search(prefix[: dated.start()] if dated else prefix):
        return False
    if dated:
        return True
    weak = words.dated_weak.search(prefix)
    if not weak or not whole_day:
        return False
    between = prefix[: weak.start()]
    return len(between.split()) <= 8 and not words.title.search(between) and "," not in between


def _is_told(prefix: str, suffix: str, date: dates.DateSpan, words: _Words) -> bool:
    """Whether a clause on the document, around the date, says that it was issued then."""
    if date.first != date.last or _STOP.search(prefix) or not words.relative.match(prefix):
        return False
    stop = _STOP.search(suffix)
    clause = prefix + " " + (suffix[: stop.start()] if stop else suffix)
    return bool(words.passive.search(clause)) and not words.other_day.search(clause)


def _title(start: int, after: int, article: _Article) -> str | None:
    """The title in quotation marks, or what a reference is said to be about."""
    text, low = article.text, article.low
    limit = min(after, _line_end(low, start))
    stop = _STOP.search(low, start, limit)
    limit = stop.start() if stop else limit
    quote = next((i for i in range(start, limit) if text[i] in _QUOTES), None)
    if quote is not None and _leads_to_title(text[start:quote]):
        end = text.find(_QUOTES[text[quote]], quote + 1, quote + _LONGEST_TITLE)
        if end > 0 and "\n" not in text[quote:end]:
            return text[quote + 1 : end].strip() or None
    about = article.words.title.search(low, start, limit)
    if not about or len(text[start : about.start()].split()) > 8:
        return None
    end_match = _CLAUSE_END.search(low, about.end(), min(len(low), about.end() + _LOOK_AHEAD))
    if not end_match:
        return None
    title = text[about.end() : min(end_match.start(), after)].strip()
    # Without quotation marks nothing says where a title ends: a long one, or one with figures,
    # has run on into the sentence.
    words = title.split()
    return title if 0 < len(words) <= 12 and not any(map(str.isdigit, title)) else None


def _leads_to_title(between: str) -> bool:
    """Whether only an issuer or a session stands between a number and a quotation.

    Names have capitals, and the small words among them are short; a verb would make the quotation
    somebody's words.
    """
    words = between.split()
    return len(words) <= 12 and all(not w[:1].islower() or len(w) <= 4 for w in words)
