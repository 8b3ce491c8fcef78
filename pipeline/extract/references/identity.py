"""Which documents the references are: their one true number, and what decided it."""

from __future__ import annotations

import bisect
import re
from dataclasses import replace

from pipeline.extract import dates
from pipeline.extract.references.finding import Hit, goes_on, next_word
from pipeline.extract.references.words import (
    BLANK,
    Article,
    Noun,
    line_end,
    line_start,
    subjects,
)
from pipeline.normalise import references as numbers
from pipeline.user_lexicon import remembered

# What the identity rests on, as the column ``reference_basis`` says it.
STATED, ELSEWHERE, LIST, LAW, REGISTER, NOUN = (
    "number", "article", "list", "law", "register", "noun",
)  # fmt: skip

# "5 against 2", "2 and 3 times"
_TALLY = re.compile(f"{BLANK}+([^\\W\\d_]+){BLANK}+[0-9]+")
_DATE_GOES_ON = re.compile("[-/.][0-9]")
_BLANKS = re.compile(f"{BLANK}+")
_WORD_AHEAD = re.compile(f"([^\\W\\d_]+){BLANK}+")
_MID_SENTENCE = re.compile(r"[^\W\d_][,;]?[ \u00a0]\Z")
# How far from a number the words stand that tell its subject, and its issuer, in characters.
_SUBJECT, _AFTER, _BEFORE = 160, 60, 40
_LAST_DAY = 31
_FEW = 10  # below this, a number behind a noun in small letters counts more often than it names

# Full numbers by value, type and year, and without the year; each list in the article's order.
_Known = dict[tuple[int, str, str | None], list[Hit]]


def identify(hits: list[Hit], article: Article) -> None:
    """Give each hit that is a reference its canonical id; the others keep none."""
    known: _Known = {}
    for hit in hits:
        if hit.full:
            hit.canonical, hit.basis = hit.full.canonical, STATED
            hit.score = (1.0 if hit.full.known else 0.8) - (0.02 if hit.full.repaired else 0.0)
            hit.reason = "number" + ("" if hit.full.known else ", unknown issuer")
            hit.reason += ", repaired" if hit.full.repaired else ""
            _remember(hit, known)
    listed = []
    for index in range(len(hits) - 1, -1, -1):
        hit = hits[index]
        follower = hits[index + 1] if index + 1 < len(hits) else None
        if hit.full is None and follower and follower.chained and follower.full:
            # "Resolution 18, 19-NQ/TW": the last number carries the codes of all; but the year of
            # a legal document is its own, and the article may have given it before.
            alone = follower.full.year and not hit.year and (_value(hit.number), follower.code)
            if not alone or (*alone, None) not in known:
                _take_codes(hit, follower, 0.95, "codes of the list's last number")
                listed.append(hit)
    for hit in reversed(listed):
        _remember(hit, known)
    bare = []
    for index, hit in enumerate(hits):
        if hit.canonical is None and _complete(hit, hits[index - 1] if index else None, known):
            continue
        if hit.canonical is None and hit.lead.noun and _plausible(hit, hit.lead.noun, article):
            bare.append((hit, hits[index + 1].start if index + 1 < len(hits) else None))
    _look_up(bare, article)


def _remember(hit: Hit, known: _Known) -> None:
    """Let the short mentions of an article find ``hit``, which has its whole number."""
    for code in _codes(hit):
        for year in {None, hit.year}:
            bisect.insort(
                known.setdefault((_value(hit.number), code, year), []), hit, key=lambda h: h.start
            )


def _value(number: str) -> int:
    digits = re.sub("[^0-9]", "", number)
    return int(digits) if digits else 0


def _codes(hit: Hit) -> tuple[str, ...]:
    """The types under which a full number can be meant by noun and number alone."""
    if hit.code:
        return numbers.spoken_types(hit.code)
    return hit.lead.noun.types if hit.lead.noun else numbers.assembly_types()


def _take_codes(hit: Hit, other: Hit, score: float, reason: str) -> None:
    """Give ``hit`` the type, year and issuer of ``other`` of the same list."""
    assert other.full
    year = hit.year if other.full.year else None
    hit.canonical = numbers.renumbered(other.full, hit.number, year)
    hit.full = replace(
        other.full,
        number=hit.number.lstrip("0").zfill(2),
        year=year or other.full.year,
        canonical=hit.canonical,
        repaired=True,
    )
    hit.code, hit.basis, hit.score, hit.reason = other.code, LIST, score, reason


def _complete(hit: Hit, last: Hit | None, known: _Known) -> bool:
    """Whether the article gives the whole number of a noun with a bare one; ``hit`` takes it."""
    noun = hit.lead.noun
    if noun is None:
        return False
    for code in (hit.code,) if hit.code else noun.types:
        if same := known.get((_value(hit.number), code, hit.year)):
            # The nearest before it, else the first of the article.
            place = bisect.bisect_left(same, hit.start, key=lambda h: h.start)
            meant = same[max(0, place - 1)]
            hit.canonical, hit.full, hit.code = meant.canonical, meant.full, meant.code
            hit.basis, hit.score = ELSEWHERE, 0.95
            hit.reason = "full number elsewhere in the article"
            return True
    if hit.chained and last and last.full and (not last.full.year or hit.year):
        _take_codes(hit, last, 0.85, "codes of the number before")
        return True
    return False


def _plausible(hit: Hit, noun: Noun, article: Article) -> bool:
    """Whether noun and bare number name a document that the article never gives in full."""
    if noun.label or hit.lead.ordinal:
        return False
    following = next_word(hit.end, article)
    dated = following in article.words.month_names and _value(hit.number) > _LAST_DAY
    if following in article.words.counted and not hit.lead.marked and not dated:
        return False
    if hit.lead.far and not hit.code:
        # "two decisions of the Prime Minister: no. 150", and not "beaten by the number 1"
        said = article.low[max(hit.start - _BEFORE, 0) : hit.start]
        return bool(article.words.named.search(said))
    if hit.lead.marked or hit.code:
        return True
    if 1900 <= _value(hit.number) <= 2100 or _value(hit.number) == 0:
        return False
    if noun.types[0] == numbers.assembly_types()[0] and not hit.year:
        # A law is known by its name, and has no number without its year.
        return False
    if noun.weak:
        # Both languages count before the noun: a number behind it is its name, unless what follows
        # is counted.
        if hit.lead.capital and noun.name and not _said_issuer(hit, article):
            return False
        if _is_tally(hit, article):
            return False
        return bool(
            article.words.title.match(article.low, hit.end + 1)
            or (_value(hit.number) >= _FEW and _said_issuer(hit, article))
            or goes_on(hit.end, article)
        )
    if hit.year:
        return True
    if hit.lead.capital and (_value(hit.number) >= _FEW or _is_inside(hit, article)):
        return True
    if not hit.lead.capital and _value(hit.number) < _FEW:
        # "the conclusion 1 and the same"
        return goes_on(hit.end, article) and not article.words.joiner.match(article.low, hit.end)
    return goes_on(hit.end, article)


def _is_tally(hit: Hit, article: Article) -> bool:
    """ "5 against 2", "2 and 3 times", "18 and 19 February": what follows shows a count."""
    tally = _TALLY.match(article.low, hit.end)
    if tally is None:
        return False
    counts = next_word(tally.end(), article) in article.words.counted
    if tally[1] in article.words.small and (
        counts or _DATE_GOES_ON.match(article.low, tally.end())
    ):
        return False  # "of 3 February" is its day
    return _value(hit.number) < _FEW or counts


def _said_issuer(hit: Hit, article: Article) -> str | None:
    """The letters of the issuer whose name stands right behind a bare number."""
    blank = _BLANKS.match(article.low, hit.end)
    if blank is None:
        return None
    at = blank.end()
    while word := _WORD_AHEAD.match(article.low, at):
        if word[1] not in article.words.small:
            break
        at = word.end()
    named = article.words.named.match(article.low, at)
    if named is None or (at == blank.end() and article.text[at].islower()):
        return None
    return article.words.codes[" ".join(named[0].split())]


def _is_inside(hit: Hit, article: Article) -> bool:
    """Whether the noun stands inside a sentence, where its capital makes a name of it."""
    return bool(_MID_SENTENCE.search(article.text, max(0, hit.start - 12), hit.start))


def _look_up(bare: list[tuple[Hit, int | None]], article: Article) -> None:
    """Complete nouns with bare numbers from the law or the register, or name them as they are.

    ``bare`` has each with where the next reference begins. Where the register knows one of several
    mentions of one number, it knows them all.
    """
    registered: dict[tuple[int, tuple[str, ...], str | None], tuple[str, str]] = {}
    groups = []
    for hit, following in bare:
        assert hit.lead.noun
        codes = (hit.code,) if hit.code else hit.lead.noun.types
        if issuer := _said_issuer(hit, article):
            # "Instruction 24 of the Prime Minister" is none of the guidances that others issue.
            codes = tuple(filter(numbers.issued_by(issuer), codes)) or codes
        hit.code = codes[0]
        groups.append((hit, codes, (_value(hit.number), codes, hit.year)))
        if hit.year and (whole := numbers.completed(codes[0], hit.number.zfill(2), hit.year)):
            hit.canonical, hit.basis, hit.score = whole, LAW, 0.95
            hit.reason = "number and year, only one body issues this type"
        elif found := _registered(hit, codes, following, article):
            registered.setdefault(groups[-1][2], found)
            hit.canonical, hit.basis, hit.score = found[0], REGISTER, 0.85
            hit.reason = f"register: number, type and {found[1]} agree"
    for hit, codes, group in groups:
        if hit.canonical is None and group in registered:
            hit.canonical, hit.basis, hit.score = registered[group][0], REGISTER, 0.8
            hit.reason = "register: as elsewhere in the article"
        elif hit.canonical is None:
            # Vietnam's offices write two digits at least; so "5" and "05" are one.
            number = hit.number.lstrip("0").zfill(2)
            hit.canonical = f"{codes[0]}:{number}" + (f"/{hit.year}" if hit.year else "")
            hit.basis, hit.score = NOUN, 0.7 if hit.lead.marked else 0.6
            hit.reason = "noun and number alone"


def _registered(
    hit: Hit, codes: tuple[str, ...], following: int | None, article: Article
) -> tuple[str, str] | None:
    """The one well-known document of this number and type, and what beside it agrees.

    Its subject, its day or year of issue, or its issuer; what tells several apart decides nothing.
    """
    low = article.low
    same = [
        (entry, code)
        for code in codes
        for entry in _register_index().get((_value(hit.number), code), ())
        if hit.year in {None, entry.year}
    ]
    if not same:
        return None
    if said := _said_issuer(hit, article):
        # What the article says right behind the number holds.
        same = [(e, code) for e, code in same if (e.issuer or "").startswith(said)]
    after = low[hit.end : min(hit.end + _AFTER, line_end(low, hit.end))]
    beside = low[max(hit.start - _BEFORE, line_start(low, hit.start)) : hit.start] + "\n" + after
    near = low[max(0, hit.start - _SUBJECT) : hit.end + _SUBJECT]
    subject = subjects(article.language)
    day = _day(hit, following, article)
    for why, agrees in (
        ("subject", [e for e, _ in same if _found(subject.get(e.canonical), near)]),
        ("date", [e for e, _ in same if day and _issued(e, day)]),
        # Number and issuer alone are too little for a type that the noun seldom stands for.
        (
            "issuer",
            [
                e
                for e, code in same
                if code == codes[0] and _found(article.words.issuers.get(e.issuer or ""), beside)
            ],
        ),
    ):
        if len(agrees) == 1:
            return agrees[0].canonical, why
    return None


def _found(pattern: re.Pattern[str] | None, text: str) -> bool:
    return bool(pattern and pattern.search(text))


def _day(hit: Hit, following: int | None, article: Article) -> dates.DateSpan | None:
    """The date right behind a bare number, with a word that introduces one or with none."""
    window = article.text[hit.end : min(following or len(article.text), hit.end + _AFTER)]
    found = dates.dates(window.partition("\n")[0], article.language, article.published)
    if not found:
        return None
    prefix = article.low[hit.end : hit.end + found[0].start]
    words = article.words
    near = not prefix.strip(" ,(\u00a0") or words.dated.search(prefix)
    return found[0] if near or words.dated_weak.search(prefix) else None


def _issued(entry: numbers.DocumentNumber, day: dates.DateSpan) -> bool:
    """Whether the register has a document of this number that was issued in the time ``day``."""
    return any(
        document.date and day.first <= document.date <= day.last
        for document in numbers.register().get(entry.canonical, ())
    )


@remembered()
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
