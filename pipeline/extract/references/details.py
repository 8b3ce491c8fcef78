"""What the article says of a reference: day of issue, title, issuer, session and term."""

from __future__ import annotations

import itertools
import re

from pipeline.extract import dates
from pipeline.extract.references.finding import Hit
from pipeline.extract.references.words import (
    BLANK,
    LOOK_AHEAD,
    LOOK_BACK,
    STOP,
    Article,
    Words,
    line_end,
    line_start,
)
from pipeline.normalise import references as numbers
from pipeline.records import Reference

VERSION = "2"

_OPEN_BRACKET = re.compile(f"{BLANK}*[(\\[]{BLANK}*\\Z")
_BRACKET = re.compile(f"{BLANK}*[(\\[]{BLANK}*")
_NOTHING = re.compile(f"{BLANK}*,?{BLANK}*\\Z")
_CLAUSE_END = re.compile(r"[.;:!?](?=\s|\Z)|[,()\[\]\n\"“”«»]")
_NAME_THEN_BRACKET = re.compile(f'[^,()"“”]*\\({BLANK}*\\Z')
# A separable verb of the sentence may end right behind the number.
_PARTICLE = re.compile(f"^(?:{BLANK}+[^\\W\\d_]{{2,5}})?,")
_NAME_THEN_COMMA = re.compile(f'([^,()"“”]+),{BLANK}*\\Z')
_DIGIT = re.compile("[0-9]")
_SENTENCE_END = re.compile(r"[.!?;][\"”’)]?\s+(?=[\"“‘„(]?[^\W\d_a-z])")
_OPENING = re.compile(r"[\"“”«„]|(?<=[\s(])[‘'](?=\w)")
_CLOSING = {
    opening: re.compile(closing)
    for opening, closing in {
        '"': '"', "“": "[”“]", "”": "”", "«": "»", "„": "[”“]", "‘": r"’(?!\w)", "'": r"'(?!\w)",
    }.items()
}  # fmt: skip
_LONGEST_TITLE = 400
_LONGEST_UNQUOTED, _LONGEST_BETWEEN, _LONGEST_CLAUSE, _LONGEST_NAME = 22, 16, 16, 8  # words
# How far behind a date or a reference the verb of its clause may stand.
_SUFFIX = 140
# How far before a date the verb may stand that it belongs to for sure.
_NEAR = 40
# How far the issuer's name stands behind a bare number, and before it, in characters.
_AFTER, _BEFORE = 60, 40


def record(
    hit: Hit,
    before: int,
    after: int,
    listed: tuple[int, int],
    shared: tuple[int, int],
    place: tuple[int, int],
    article: Article,
) -> tuple[Reference, int]:
    """The record of ``hit``, and where the words that belong to it end.

    ``before`` is where those of the reference before it end, ``after`` where the next begins.
    ``listed`` is where the list of numbers under one noun ends that ``hit`` stands in, and where
    the next reference begins behind that: a title or a session there is said of all of them.
    ``shared`` is the same for references that are only joined by a word: a day there may be said of
    both. ``place`` is which of how many numbers of its list ``hit`` is, from 0.
    """
    canonical = hit.canonical or ""
    full = hit.full
    date, date_end = _date(hit, before, after, article)
    if each := _own_date(hit, place, listed, article):
        date = each
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
        days = sorted(e.date.isoformat() for e in numbers.register()[canonical] if e.date)
        reason += f"; the register has {' or '.join(days)}"
    if full is None and ":" not in canonical:
        full = numbers.number_at(canonical, 0, announced=True)
    issuer = full.issuer if full else _issuer(hit, before, after, article)
    if full and not numbers.names_office(full.type):
        issuer = None
    session, term = _session(hit.start, listed[0], before, listed[1], article)
    if date is None:
        date = _shared_date(shared, article)
    if date is None and listed[0] > hit.end:
        date = _listed_date(hit, listed, article)
    found = Reference(
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
        reference_issuer=issuer,
        reference_date=date,
        reference_title=_title(max(listed[0], date_end), listed[1], article)
        or (_title(listed[0], listed[1], article) if date_end else None),
        reference_session=session,
        reference_term=term,
        reference_basis=hit.basis,
    )
    return found, max(hit.end, date_end)


def joins(hit: Hit, following: Hit, article: Article) -> bool:
    """Whether ``following`` is the next of several references that share a sentence's predicate."""
    gap = article.text[hit.end : following.start]
    if len(gap) > LOOK_BACK or STOP.search(gap):
        return False
    joined = article.words.and_.search(gap.lower())
    before = gap[: joined.start()] if joined else gap.rstrip(" ,\u00a0")
    return bool(joined or gap.rstrip().endswith(",")) and _is_name(before, article.words)


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


# The day of issue


def _date(hit: Hit, before: int, after: int, article: Article) -> tuple[str | None, int]:
    """The day of issue beside a reference, and where it ends when it stands behind it."""
    low, words = article.low, article.words
    limit = min(after, line_end(low, hit.end))
    start = max(before, line_start(low, hit.start))
    for stop in STOP.finditer(low, start, hit.start):
        start = stop.end()
    ended = _SENTENCE_END.search(article.text, hit.end, limit)
    limit = ended.start() if ended else limit
    found = _dates(hit.end, limit, article)
    if found and (quoted := _quoted(hit.end, hit.end + found[0].start, article)):
        found = [day for day in found if hit.end + day.start >= quoted]
    if found and "/" not in found[0].iso:
        first = found[0]
        start_of = _behind_apposition(hit.end, article)
        start_of = start_of if start_of <= hit.end + first.start else hit.end
        prefix = low[start_of : hit.end + first.start]
        suffix = low[hit.end + first.end : min(limit, hit.end + first.end + _SUFFIX)]
        if (
            _is_dated(prefix, first, article.text[start_of : hit.end + first.start], words)
            or _is_told(prefix, suffix, first, words)
            or (_is_act(prefix, first, words) and words.issued.search(low, start, hit.start))
        ):
            return first.iso, hit.end + first.end
    # A sentence that opens with a day and a verb of issuing tells the day of issue.
    if not words.issued.search(low, start, limit):
        # Without such a verb only a date right before the reference may be one.
        start = max(start, hit.start - _NEAR)
    lead_in = _dates(start, hit.start, article)
    if not lead_in or low[start + lead_in[-1].end] == ")":
        return None, 0
    day = lead_in[-1]
    between = low[start + day.end : hit.start].split()
    if between and between[-1] in words.attributive and day.first == day.last:
        return day.iso, 0  # "the decree, on 3 May 2024 issued by the Government"
    if len(lead_in) != 1:
        return None, 0
    near = len(between) <= 1
    issuing = words.active.search(low, start + day.end, hit.start)
    if not (day.first == day.last or ((near or issuing) and _is_month(day))):
        return None, 0
    carried = len(between) < 3 and between and between[0] in words.carried
    if carried or (near and _is_after_noun(start, day, article)):
        return day.iso, 0
    stop_at = STOP.search(low, hit.end, limit)
    limit = stop_at.start() if stop_at else limit
    if start == before and before:
        # Behind another reference of the sentence the date may be that one's.
        close = max(start, start + day.start - _NEAR)
        verb = words.issued.search(low, close, start + day.start)
        verb = verb or words.issued.search(low, start + day.end, min(limit, hit.end + _SUFFIX))
        return (day.iso if verb else None), 0
    verb = words.issued.search(low, start, hit.start)
    if verb and not words.passive.fullmatch(verb[0]):
        return day.iso, 0
    if verb and not words.other_day.search(low, hit.end, limit):
        return day.iso, 0
    verb = words.issued.search(low, hit.end, min(limit, hit.end + _SUFFIX))
    if verb and not words.other_day.search(low, hit.end, verb.start()):
        return day.iso, 0
    return None, 0


def _behind_apposition(end: int, article: Article) -> int:
    """Where what is said of a reference goes on behind its noun in apposition.

    "72-NQ/TW, the resolution of the Politburo of 9 September 2025".
    """
    apposed = article.words.apposition.match(article.low, end)
    return apposed.end() if apposed and article.words.noun(apposed["noun"]) else end


def _quoted(start: int, position: int, article: Article) -> int | None:
    """Where the quotation ends that opens behind ``start`` and goes on over ``position``."""
    opening = _OPENING.search(article.text, start, position)
    if not opening:
        return None
    closing = _CLOSING[opening[0]].search(
        article.text, opening.end(), opening.end() + _LONGEST_TITLE
    )
    return closing.end() if closing and closing.start() > position else None


def _is_after_noun(start: int, day: dates.DateSpan, article: Article) -> bool:
    """Whether a date stands between a document's noun and its number."""
    before = article.low[max(0, start + day.start - 40) : start + day.start].split()
    while before and before[-1] in article.words.small:
        before.pop()
    return bool(before and article.words.noun(before[-1]))


def _shared_date(last: tuple[int, int], article: Article) -> str | None:
    """The day behind the last of several references that is said of each of them.

    "Both issued on ...", "signed together on ...".
    """
    end, after = last
    low, words = article.low, article.words
    limit = min(after, line_end(low, end))
    if not words.both.search(low, end, limit):
        return None
    found = _dates(end, limit, article)
    both = words.both.search(low, end, end + found[0].start) if found else None
    if not both or len(low[end : both.start()].split()) > _LONGEST_NAME:
        return None
    prefix, suffix = low[end : end + found[0].start], low[end + found[0].end : limit]
    stop = STOP.search(suffix)
    said = prefix[both.start() - end :] + " " + (suffix[: stop.start()] if stop else suffix)
    if STOP.search(prefix):
        return None
    dated = (
        words.dated.search(prefix)
        or words.passive.search(said)
        or words.dated_weak.fullmatch(low[both.end() : end + found[0].start].lstrip())
    )
    return found[0].iso if dated else None


def _listed_date(hit: Hit, listed: tuple[int, int], article: Article) -> str | None:
    """The day right behind a list of numbers under one noun, which dates all of them."""
    end, after = listed
    found = _dates(end, min(after, line_end(article.low, end)), article)
    if not found:
        return None
    first, prefix = found[0], article.low[end : end + found[0].start]
    if len(found) > 1 and article.words.joiner.fullmatch(
        article.low, end + first.end, end + found[1].start
    ):
        return None  # one for each
    year = hit.full.year if hit.full else None
    written = article.text[end : end + first.start]
    if year not in {None, first.iso[:4]} or not _is_dated(prefix, first, written, article.words):
        return None
    return first.iso


def _own_date(
    hit: Hit, place: tuple[int, int], listed: tuple[int, int], article: Article
) -> str | None:
    """The day of one of several numbers behind which as many days stand, in their order."""
    index, number = place
    end, after = listed
    if number < 2:
        return None
    low = article.low
    found = _dates(end, min(after, line_end(low, end)), article)[:number]
    if len(found) < number or STOP.search(low, end, end + found[-1].start):
        return None
    gaps = itertools.pairwise(found)
    if all(article.words.joiner.fullmatch(low, end + a.end, end + b.start) for a, b in gaps):
        return found[index].iso
    return None


def _dates(start: int, end: int, article: Article) -> list[dates.DateSpan]:
    """The dates from ``start`` to ``end``, their offsets counted from ``start``."""
    window = article.text[start:end]
    if not _DIGIT.search(window):
        return []
    return dates.dates(window, article.language, article.published)


def _is_month(date: dates.DateSpan) -> bool:
    return (date.first.year, date.first.month) == (date.last.year, date.last.month)


def _is_dated(prefix: str, date: dates.DateSpan, written: str, words: Words) -> bool:
    """Whether what stands between a reference and a date makes it the day of issue.

    ``prefix`` is ``written`` in lower case.
    """
    whole_day = date.first == date.last
    if _OPEN_BRACKET.match(prefix):
        return True
    if bracket := _BRACKET.match(prefix):
        inside = prefix[bracket.end() :]
        if words.dated_beside.fullmatch(inside) or words.dated_weak.fullmatch(inside):
            return whole_day
    if _NOTHING.match(prefix) or words.dated_beside.fullmatch(prefix):
        return _is_month(date)
    dated = words.dated.search(prefix)
    if STOP.search(prefix[: dated.start()] if dated else prefix):
        return False
    if dated:
        return True
    if _NAME_THEN_BRACKET.match(prefix):
        if words.title.match(prefix.lstrip()):
            return whole_day
        said = written.rstrip("( \t\u00a0")
        return (whole_day or (_is_month(date) and len(said.split()) < 2)) and _is_name(said, words)
    if beside := words.on_day.search(prefix):
        named = "," not in prefix and _is_title_case(written[: beside.start()], words)
        return named and (
            whole_day or (_is_month(date) and beside[0].split()[-1] in words.month_words)
        )
    if bracket and _NAME_THEN_COMMA.fullmatch(prefix[bracket.end() :]):
        # "(Hanoi, 20 December 2022)"
        return whole_day and _is_title_case(written[bracket.end() :].rstrip(", \t\u00a0"), words)
    if apart := _NAME_THEN_COMMA.match(prefix):
        return _is_month(date) and _is_name(written[: apart.end(1)], words)
    if bracket and words.session_hint.search(prefix):
        return whole_day and _is_name(written[bracket.end() :], words)
    weak = words.dated_weak.search(prefix)
    if not weak:
        return False
    between = prefix[: weak.start()]
    if not between.strip(" ,\u00a0"):
        return _is_month(date)
    if not _is_month(date) or "," in between or words.other_day.search(between):
        return False
    if not whole_day:
        return _is_name(written[: weak.start()], words)
    return len(between.split()) <= _LONGEST_NAME and not words.title.search(between)


def _is_told(prefix: str, suffix: str, date: dates.DateSpan, words: Words) -> bool:
    """Whether a clause on the document, around the date, says that it was issued then."""
    if not _is_month(date) or STOP.search(prefix):
        return False
    opened = [match.start() for match in words.relative.finditer(prefix)]
    if not opened:
        passive = words.passive.search(prefix)
        if passive is None or prefix[: passive.start()].strip(" ,(\u00a0"):
            # "..., op 3 mei 2024 vastgesteld"
            apposed = words.apposed.search(_PARTICLE.sub(",", prefix, count=1))
            apposed = apposed or (words.by.match(prefix) and words.on_day.search(prefix))
            clause = _CLAUSE_END.split(suffix, maxsplit=1)[0]
            following = words.passive.match(clause.lstrip())
            closing = words.passive.search(clause)
            ended = closing and not clause[closing.end() :].strip()
            return bool(apposed and (following or ended))
        clause = prefix[passive.start() :]
    else:
        clause = prefix[opened[-1] :]
    if len(clause.split()) > _LONGEST_CLAUSE or words.other_day.search(clause):
        return False
    if words.passive.search(clause):
        return date.first == date.last or bool(words.on_day.search(clause))
    if date.first != date.last:
        return False
    stop = STOP.search(suffix)
    rest = suffix[: stop.start()] if stop else suffix
    if words.of_day.fullmatch(clause.lstrip(", \u00a0")):
        return True  # "dat van 12 november 2025 is"
    passive = words.passive.search(rest) or words.issued.search(rest)
    return bool(passive and not words.other_day.search(rest, 0, passive.start()))


def _is_title_case(between: str, words: Words) -> bool:
    """Whether nothing but a name of at most a few words stands there, each with a capital."""
    said = between.split()
    if said and said[0] in words.small:
        said = said[1:]
    return 0 < len(said) <= _LONGEST_NAME and all(w[0].isupper() or w.isdecimal() for w in said)


def _is_act(prefix: str, date: dates.DateSpan, words: Words) -> bool:
    """Whether a date may tell when the verb before a reference was done to it."""
    if date.first != date.last or STOP.search(prefix) or "," in prefix:
        return False
    if len(prefix.split()) > _LONGEST_CLAUSE or words.other_day.search(prefix):
        return False
    return bool(words.on_day.search(prefix)) and not words.subordinate.search(prefix)


# Title


def _title(start: int, after: int, article: Article) -> str | None:
    """The title in quotation marks, or what a reference is said to be about."""
    text, low = article.text, article.low
    start = _behind_apposition(start, article)
    limit = min(after, line_end(low, start))
    stop = STOP.search(low, start, limit)
    limit = stop.start() if stop else limit
    quote = _OPENING.search(text, start, limit)
    if quote and _is_name(text[start : quote.start()], article.words):
        closing = _CLOSING[quote[0]].search(text, quote.end(), quote.end() + _LONGEST_TITLE)
        if closing and "\n" not in text[quote.start() : closing.start()]:
            return text[quote.end() : closing.start()].strip() or None
    about = article.words.title.search(low, start, limit)
    if not about or not _is_name(text[start : about.start()], article.words):
        return None
    end = _title_end(about.end(), after, article)
    if end is None:
        return None
    title = text[about.end() : end].strip()
    # Without quotation marks nothing says where a title ends: a long one has run on into the
    # sentence.
    return title if 0 < len(title.split()) <= _LONGEST_UNQUOTED else None


def _title_end(start: int, after: int, article: Article) -> int | None:
    """Where a title without quotation marks ends that begins at ``start``."""
    low, words = article.low, article.words
    ceiling = min(len(low), start + LOOK_AHEAD)
    position = start
    while True:
        match = _CLAUSE_END.search(low, position, ceiling)
        if match is None:
            return None if after >= ceiling and ceiling < len(low) else min(after, ceiling)
        # "the management, protection and development of forests"
        if match[0] != "," or not words.listed.match(low, match.end()):
            break
        position = match.end()
    end = min(match.start(), after)
    if ends := words.title_end.search(low, start, end):
        end = ends.start()
    if session := _ordinals(start, end, article):
        end = session[0]
        while trailing := words.before_session.search(low, start, end):
            end = trailing.start()
    if trailing := words.trailing.search(low, start, end):
        end = trailing.start()
    return end


def _is_name(between: str, words: Words) -> bool:
    """Whether only an issuer, a session or a date stands between a number and its title.

    Names have capitals, and the small words among them are short or such as name bodies; a verb
    would make the quotation somebody's words.
    """
    said = between.split()
    return len(said) <= _LONGEST_BETWEEN and all(
        not w[:1].islower()
        or len(w) <= 4
        or w.strip(",()").lower() in words.between
        or any(map(str.isdigit, w))
        for w in said
    )


# Issuer, session and term


def _issuer(hit: Hit, before: int, after: int, article: Article) -> str | None:
    """The letters of who issued a document of which the article never gives the whole number."""
    low, named = article.low, article.words.named
    start = max(before, hit.start - _BEFORE, line_start(low, hit.start))
    end = min(after, hit.end + _AFTER, line_end(low, hit.end))
    stop = STOP.search(low, hit.end, end)
    end = stop.start() if stop else end
    behind = named.search(low, hit.end, end)
    ahead = list(named.finditer(low, start, hit.start))
    near = [(behind.start() - hit.end, behind[0])] if behind else []
    near += [(hit.start - ahead[-1].end(), ahead[-1][0])] if ahead else []
    return article.words.codes[" ".join(min(near)[1].split())] if near else None


def _session(
    start: int, end: int, before: int, after: int, article: Article
) -> tuple[int | None, int | None]:
    """The session and the term of the body that adopted a document, where its sentence says so.

    The reference, or the list that it stands in, is from ``start`` to ``end``.
    """
    low = article.low
    limit = min(after, line_end(low, end))
    stop = STOP.search(low, end, limit)
    found = _ordinals(end, stop.start() if stop else limit, article)
    # "... at its 24th session approved Resolution ...": what the next reference belongs to.
    clause = low[found[1] : limit].partition(",")[0] if found else ""
    if found is None or article.words.active.search(clause):
        first = max(before, line_start(low, start))
        for stop in STOP.finditer(low, first, start):
            first = stop.end()
        found = _ordinals(first, start, article)
        # Behind another reference of the sentence a comma ends what is said of that one.
        behind_another = before and not STOP.search(low, before, start)
        if found is None or (behind_another and "," in low[found[1] : start]):
            return None, None
    return found[2], found[3]


def _ordinals(
    start: int, end: int, article: Article
) -> tuple[int, int, int | None, int | None] | None:
    """Where session and term stand between ``start`` and ``end``, and which they are."""
    low, words = article.low, article.words
    if not words.session_hint.search(low, start, end):
        return None
    found: list[tuple[int, int, int] | None] = []
    for patterns in (words.sessions, words.terms):
        near = [
            (match.start(), match.end(), number)
            for pattern in patterns
            for match in pattern.finditer(low, start, end)
            if (number := words.ordinal(match["n"]))
        ]
        found.append(min(near) if near else None)
    said = [match for match in found if match]
    if not said:
        return None
    session, term = (match[2] if match else None for match in found)
    return min(m[0] for m in said), max(m[1] for m in said), session, term
