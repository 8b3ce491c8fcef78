"""Where references stand: every number of an article with what leads up to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.extract.references.words import (
    BLANK,
    DASHES,
    STOP,
    WORD,
    Article,
    Noun,
    line_start,
)
from pipeline.normalise import references as numbers

# Digits that open a number; behind a letter only where a document's codes follow ("no12/QĐ-UBND").
_START = re.compile(
    # Tried first, for it rules out nearly every place of a text.
    r"(?=[0-9OoIl])(?:(?<![\w/$€£+])|(?<=[0-9]/)|(?<=[^\W\d_])(?=[0-9]{1,5}/[A-ZĐ0-9])"
    r"|(?<=[A-ZĐ]{2})(?=[0-9]{1,3}(?!\w)))(?<![0-9][.,])"
    r"(?:[0-9]|[OoIl](?=[0-9OoIl]{0,3}[0-9]))"
)
_BARE = re.compile(
    r"(?P<number>[0-9]{1,2}[.,][0-9]{3}(?![.,]?[0-9])|[0-9]{1,5})(?:/(?P<year>(?:19|20)[0-9]{2}))?"
    rf"(?![\w%²³/$€+]|[.,:][0-9]|[{DASHES}][\w]|[ \u00a0]?%)"
)
_LETTERS_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_]{2,4}\Z")
_PLAIN_CODE = re.compile(r"[0-9]{1,5}[ \u00a0]?/")
_CODED = re.compile(r"[0-9]{1,5}[ \u00a0]?[/-][ \u00a0]?[A-ZĐ]")
_COMPOUND = re.compile(rf"(?P<number>[0-9]{{1,5}})[{DASHES}](?P<noun>[^\W\d_]{{4,}})(?!\w)")
_SLASHED = re.compile(r"[0-9]{1,4}(?=/[0-9]{1,4}(?![0-9/]))")
_NEXT_WORD = re.compile(f"{BLANK}+([^\\W\\d_]+(?:-[^\\W\\d_]+)*)")
# A law's year and a bracket may stand between its name and its number.
_YEAR_GAP = re.compile(r"(?:(?:19|20)[0-9]{2})?[ \u00a0]*[(]?")
_WITHIN_NAME = re.compile(r"[^,()0-9]*")
_BRACKET = re.compile(r"[ \u00a0]?\([^()\n]{0,30}[0-9][^()\n]{0,10}\)")
_BESIDE = re.compile(f"(?:{BLANK}+|[{DASHES}])")
_LONGEST_CHAIN = 60
_LONGEST_MARKER = 24
_LONGEST_NOUN = 50


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads up to a number: where noun and marker begin, and how they are written.

    ``adjacent`` is whether the noun stands right before, ``far`` that other words divide them;
    ``ordinal`` whether the number is said as one ("the 72nd resolution"): it then stands only for a
    document whose whole number the article gives.
    """

    start: int
    noun: Noun | None = None
    marked: bool = False
    capital: bool = False
    adjacent: bool = False
    ordinal: bool = False
    far: bool = False


@dataclass(slots=True)
class Hit:
    """A reference on its way to its identity."""

    start: int
    end: int
    lead: Lead
    number: str
    full: numbers.DocumentNumber | None = None
    code: str | None = None
    year: str | None = None
    chained: bool = False
    canonical: str | None = None
    basis: str | None = None
    score: float = 1.0
    reason: str = ""


def hits(article: Article) -> list[Hit]:
    """What may be references, in order and without overlap; not all turn out to be."""
    found: list[Hit] = []
    reached = 0
    for match in _START.finditer(article.text):
        if match.start() < reached:
            continue
        last = found[-1] if found else None
        if hit := _hit(match.start(), reached, last, article):
            found.append(hit)
            reached = hit.end
    return found


def goes_on(end: int, article: Article, strict: bool = False) -> bool:
    """Whether what follows a bare number lets it be a document's: no noun that it would count.

    ``strict`` is for a number without a noun of its own: a name behind it may be a month.
    """
    following = _NEXT_WORD.match(article.low, end)
    if not following or following[1] in article.words.after:
        return True
    if strict:
        return False
    at = following.start(1)
    if following[1] in article.words.levels:
        # "plan 14 of ward Cam Ly", and not of 14 wards
        name = _NEXT_WORD.match(article.text, following.end())
        return bool(name and name[1][0].isupper())
    return article.text[at].isupper() or bool(article.words.verb.fullmatch(following[1]))


def _behind_bracket(end: int, text: str) -> int:
    """Where a bracket ends that opens right behind ``end``, else ``end``."""
    bracket = _BRACKET.match(text, end)
    return bracket.end() if bracket else end


def _goes_on_list(last: Hit | None, start: int, end: int, article: Article) -> bool:
    """Whether a number without a noun of its own belongs to the list that ``last`` stands in.

    Behind a comma alone ("05-CTr/TU, 12 are done") only the end of a clause or a further number
    says so.
    """
    following = next_word(end, article)
    if following in article.words.counted or article.text.startswith(")", end):
        return False  # "..., 19 February", "...; 2) Resolution ..."
    if not last or any(char.isalpha() for char in article.text[last.end : start]):
        strong = bool(last and last.lead.noun and not last.lead.noun.weak)
        return goes_on(end, article, strict=True) or (strong and end - start > 1)
    if article.text.startswith(".", end) and ";" in article.text[last.end : start]:
        return False  # "...; 2. plan 156"
    return (
        following is None
        or bool(article.words.joiner.match(article.low, end))
        or bool(article.words.title.match(article.low, end + 1))
    )


def next_word(end: int, article: Article) -> str | None:
    """The word right behind ``end``, in lower case."""
    following = _NEXT_WORD.match(article.low, end)
    return following[1] if following else None


def _hit(start: int, reached: int, last: Hit | None, article: Article) -> Hit | None:
    """The reference whose digits begin at ``start``, after the reference ``last``."""
    text, low = article.text, article.low
    before = text[start - 1] if start else ""
    chained = bool(
        last
        and start - last.end <= _LONGEST_CHAIN
        # "118 (9 June 2025), 61 (23 April 2018) and 107"
        and article.words.joiner.fullmatch(low, _behind_bracket(last.end, text), start)
    )
    if before == "/" and not chained:
        return None
    line = max(reached, _lead_floor(start, article))
    if before.isalpha() and not article.words.marker.search(low, line, start):
        return _glued(line, start, article) or _reversed(line, start, article)
    if before and before in "-‐‑–" and start > 1 and text[start - 2].isalnum():
        lead = _ordinal_lead(line, start, article) or _hyphened(line, start, article)
    else:
        lead = _lead(line, start, article)
    if lead is None:
        return None
    if turned := _reversed(line, start, article):
        return turned
    announced = lead.marked or lead.adjacent or chained
    types = lead.noun.types if lead.noun else ()
    if not types and (lead.marked or _CODED.match(text, start)):
        # "permit operasi 214/GPHD-SYT": a word or two divide them.
        types = _noun_types(line, lead, article)
    if full := numbers.number_at(text, start, announced, types, article.plain):
        if lead.noun is None and chained and last:
            lead = replace(last.lead, start=lead.start, capital=False)
        elif lead.noun is None or lead.far:
            found = _far_lead(line, lead, full, article)
            lead = found if found.noun else lead
        if lead.noun is None:
            lead = replace(lead, noun=_noun_behind(full.end, article))
        if lead.noun is None and not numbers.names_office(full.type):
            # The number of a case before the court is like that of its judgment.
            words = WORD.findall(low[max(line, lead.start - _LONGEST_NOUN) : lead.start])
            if words and words[-1] in article.words.numbered:
                return None
        return Hit(lead.start, full.end, lead, full.number, full, full.type, full.year, chained)
    if lead.noun is None and chained and last:
        lead = replace(last.lead, start=lead.start)
    if lead.noun is None:
        return (
            _compound(start, lead, article)
            or _ordinal_before_noun(start, lead, article)
            or _first_of_list(line, start, lead, article)
        )
    if partial := numbers.partial_at(text, start, types):
        end, number, code = partial
        return Hit(lead.start, end, lead, number, code=code, chained=chained)
    if "\n" in text[lead.start : start] and not lead.marked:
        return None
    bare = _BARE.match(text, start)
    if not bare:
        return _slashed(start, lead, chained, article)
    if chained and not _goes_on_list(last, start, bare.end(), article):
        return None
    number = re.sub("[.,]", "", bare["number"])
    return Hit(lead.start, bare.end(), lead, number, year=bare["year"], chained=chained)


def _glued(line: int, start: int, article: Article) -> Hit | None:
    """The reference whose number a type's letters touch ("NĐ168/2024/NĐ-CP", "NQ70")."""
    letters = _LETTERS_BEFORE.search(article.text, line, start)
    noun = article.words.nouns.get(letters[0].lower()) if letters else None
    if letters is None or noun is None or not noun.code:
        return None
    lead = Lead(letters.start(), noun, capital=True, adjacent=True)
    if full := numbers.number_at(article.text, start, True, noun.types, article.plain):
        return Hit(lead.start, full.end, lead, full.number, full, full.type, full.year)
    bare = None if noun.label else _BARE.match(article.text, start)
    return Hit(lead.start, bare.end(), lead, bare["number"], year=bare["year"]) if bare else None


def _reversed(line: int, start: int, article: Article) -> Hit | None:
    """The reference whose type stands before its number at ``start``."""
    if not _PLAIN_CODE.match(article.text, start):
        return None
    found = numbers.reversed_at(article.text, start, line)
    if found is None:
        return None
    begins, full = found
    lead = _lead(line, begins, article)
    return Hit(lead.start, full.end, lead, full.number, full, full.type, full.year)


def _lead_floor(start: int, article: Article) -> int:
    """Where the words that may lead up to a number begin: its line, or the one before.

    The line before is looked at where a number, with its ``No.`` or without, opens a line.
    """
    text = article.text
    line = line_start(text, start)
    if line == 0 or start - line > _LONGEST_MARKER or text[line - 1] != "\n":
        return line
    opening = text[line:start].strip()
    if opening and not article.words.marker.fullmatch(article.low, line, start):
        return line
    before = line_start(text, line - 1)
    return before if text[before : line - 1].strip() else line


def _lead(line: int, start: int, article: Article) -> Lead:
    """The noun and the marker right before ``start``, not before ``line``."""
    low, words = article.low, article.words
    marker = None
    if low[max(line, start - _LONGEST_MARKER) : start].rstrip().endswith(words.marker_ends):
        marker = words.marker.search(low, max(line, start - _LONGEST_MARKER), start)
    stop = marker.start() if marker else start
    if not marker and not words.ends_noun(low[max(line, stop - _LONGEST_NOUN) : stop]):
        return Lead(stop)
    before = list(WORD.finditer(low, max(line, stop - _LONGEST_NOUN), stop))
    marked = bool(marker) and not (before and before[-1][0] in words.numbered)
    lead = Lead(stop, marked=marked)
    if not before or low[before[-1].end() : stop].strip(' \t\n\u00a0\u200b\u202f"“:('):
        return lead
    if not marker and before[-1].end() == stop:
        return lead
    for size in range(min(words.longest, len(before)), 0, -1):
        first = before[-size].start()
        phrase = " ".join(low[first : before[-1].end()].split())
        if noun := words.noun(phrase):
            capital = article.text[first].isupper()
            if noun.code and article.text[first : before[-1].end()].islower():
                continue
            return Lead(first, noun, marked, capital, adjacent=True)
    if marked and (types := _noun_types(line, lead, article)):
        return replace(lead, noun=Noun(types, weak=True), far=True)
    return lead


def _hyphened(line: int, start: int, article: Article) -> Lead | None:
    """The noun that a hyphen joins to the number at ``start`` ("Resolutie-57")."""
    before = list(WORD.finditer(article.low, max(line, start - _LONGEST_NOUN), start - 1))
    if not before or before[-1].end() != start - 1:
        return None
    noun = article.words.noun(before[-1][0])
    if noun is None:
        return None
    if (noun.weak or noun.label) and not numbers.number_at(article.text, start, announced=True):
        return None
    first = before[-1].start()
    return Lead(first, noun, capital=article.text[first].isupper(), adjacent=True)


def _ordinal_lead(line: int, start: int, article: Article) -> Lead | None:
    """What leads up to a number that is said as an ordinal ("Laporan ke-133/BC-UBND")."""
    prefix = article.words.ordinal_prefix.search(article.low, line, start)
    if not prefix:
        return None
    lead = _lead(line, prefix.start(), article)
    if numbers.number_at(article.text, start, announced=True):
        return replace(lead, start=lead.start if lead.noun else start, marked=True)
    return replace(lead, ordinal=True) if lead.noun else None


def _first_of_list(line: int, start: int, lead: Lead, article: Article) -> Hit | None:
    """A number whose codes follow at the next one, a word from its noun.

    "Keputusan penalti 88, 93/QĐ-XPHC".
    """
    bare = _BARE.match(article.text, start)
    joined = article.words.joiner.match(article.low, bare.end()) if bare else None
    if not bare or not joined or 1900 <= int(re.sub("[.,]", "", bare["number"])) <= 2100:
        return None
    full = numbers.number_at(article.text, joined.end(), announced=True)
    types = _noun_types(line, lead, article)
    if full is None or full.type not in types:
        return None
    lead = replace(lead, noun=Noun(types, weak=True), far=True)
    return Hit(lead.start, bare.end(), lead, bare["number"], year=bare["year"])


def _ordinal_before_noun(start: int, lead: Lead, article: Article) -> Hit | None:
    """A number said as an ordinal before its noun ("de 72e resolutie")."""
    match = article.words.ordinal_number.match(article.low, start)
    noun = article.words.noun(match["noun"]) if match else None
    if not match or noun is None or noun.label:
        return None
    lead = replace(lead, start=start, noun=noun, ordinal=True)
    return Hit(start, match.end("noun"), lead, match["number"])


def _compound(start: int, lead: Lead, article: Article) -> Hit | None:
    """A bare number with its noun behind it in one word ("57-resolutie")."""
    match = _COMPOUND.match(article.low, start)
    noun = article.words.noun(match["noun"]) if match else None
    if not match or noun is None or noun.weak or noun.label:
        return None
    lead = replace(lead, noun=noun, marked=True)
    return Hit(lead.start, match.end("number"), lead, match["number"])


def _slashed(start: int, lead: Lead, chained: bool, article: Article) -> Hit | None:
    """The first of two numbers of one list that a slash divides ("18/19-NQ/TW")."""
    match = _SLASHED.match(article.text, start)
    if not match or not numbers.number_at(article.text, match.end() + 1, announced=True):
        return None
    return Hit(lead.start, match.end(), lead, match[0], chained=chained)


def _noun_types(line: int, lead: Lead, article: Article) -> tuple[str, ...]:
    """The types of the last noun among the three words before ``lead``."""
    before = STOP.split(article.low[max(line, lead.start - _LONGEST_NOUN) : lead.start])[-1]
    nouns = (article.words.noun(word) for word in reversed(WORD.findall(before)[-3:]))
    return next((noun.types for noun in nouns if noun), ())


def _noun_behind(end: int, article: Article) -> Noun | None:
    """The noun right behind a full number ("37-QĐ/TW-verordening")."""
    match = _BESIDE.match(article.low, end)
    word = WORD.match(article.low, match.end()) if match else None
    return article.words.noun(word[0]) if word else None


def _far_lead(line: int, lead: Lead, full: numbers.DocumentNumber, article: Article) -> Lead:
    """``lead`` with a noun from which a title or an issuer divides the number.

    The span begins at that noun only for a law, whose title is part of its name.
    """
    low = article.low
    before = list(WORD.finditer(low, line, lead.start))[-8:]
    end = lead.start
    for word in reversed(before):
        gap = low[word.end() : end].strip(" \t\n\u00a0,")
        if gap and not (full.type is None and _YEAR_GAP.fullmatch(gap)):
            break
        end = word.start()
        if noun := article.words.noun(word[0]):
            law = full.type is None and noun.types[0] == numbers.assembly_types()[0]
            named = law and _WITHIN_NAME.fullmatch(low, end, lead.start)
            begin = word.start() if named else lead.start
            return Lead(begin, noun, lead.marked, article.text[begin].isupper())
    return lead
