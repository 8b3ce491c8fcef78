"""What ``references.toml`` of one language compiles to, and the article as its patterns see it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pipeline import languages
from pipeline.extract import blanks, dates
from pipeline.normalise import references as numbers
from pipeline.user_lexicon import active, remembered

BLANK = "[ \\t\u00a0\u200b\u202f]"
DASHES = "-\u2010-\u2015"
LOOK_BACK = 120
LOOK_AHEAD = 320
STOP = re.compile(r"[.;!?:](?=\s|\Z)|\n")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for documents: the types it stands for, the likeliest first.

    ``kind`` is the ``reference_type`` that it says where the letters leave it open; ``weak`` that
    it is an everyday word too; ``label`` that a bare number behind it names no document; ``code``
    that it is a type's letters, which are capitals; ``name`` that it is a proper name as well.
    """

    types: tuple[str, ...]
    kind: str | None = None
    weak: bool = False
    label: bool = False
    code: bool = False
    name: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The words and patterns by which one language speaks of documents."""

    nouns: dict[str, Noun]
    suffixes: tuple[str, ...]
    longest: int
    ends: frozenset[str]
    marker: re.Pattern[str]
    marker_ends: tuple[str, ...]
    joiner: re.Pattern[str]
    dated: re.Pattern[str]
    dated_weak: re.Pattern[str]
    dated_beside: re.Pattern[str]
    issued: re.Pattern[str]
    relative: re.Pattern[str]
    passive: re.Pattern[str]
    other_day: re.Pattern[str]
    title: re.Pattern[str]
    title_end: re.Pattern[str]
    trailing: re.Pattern[str]
    before_session: re.Pattern[str]
    listed: re.Pattern[str]
    on_day: re.Pattern[str]
    subordinate: re.Pattern[str]
    and_: re.Pattern[str]
    of_day: re.Pattern[str]
    apposed: re.Pattern[str]
    by: re.Pattern[str]
    attributive: frozenset[str]
    month_words: frozenset[str]
    active: re.Pattern[str]
    small: frozenset[str]
    both: re.Pattern[str]
    between: frozenset[str]
    after: frozenset[str]
    verb: re.Pattern[str]
    ordinal_prefix: re.Pattern[str]
    ordinal_number: re.Pattern[str]
    apposition: re.Pattern[str]
    carried: frozenset[str]
    counted: frozenset[str]
    month_names: frozenset[str]
    levels: frozenset[str]
    numbered: frozenset[str]
    issuers: dict[str, re.Pattern[str]]
    named: re.Pattern[str]
    codes: dict[str, str]
    session_hint: re.Pattern[str]
    sessions: tuple[re.Pattern[str], ...]
    terms: tuple[re.Pattern[str], ...]
    ordinals: dict[str, int]

    def ends_noun(self, text: str) -> bool:
        """Whether the last word of ``text`` in lower case may be that of a noun for documents."""
        said = text.rstrip(' \t\n\u00a0\u200b\u202f"“:(').rsplit(None, 1)
        last = said[-1].rpartition("-")[2].lstrip('("“') if said else ""
        return last in self.ends or last.endswith(self.suffixes)

    def noun(self, phrase: str) -> Noun | None:
        """The noun that a word or phrase in lower case is, a plural or compound among them."""
        if noun := self.nouns.get(phrase):
            return noun
        half, _, other = phrase.rpartition("-")
        if half and half == other and half in self.nouns:
            return self.nouns[half]
        if " " in phrase or not phrase.endswith(self.suffixes):
            return None
        for suffix in self.suffixes:
            if phrase.endswith(suffix) and len(phrase) > len(suffix) + 2:
                return self.nouns[suffix]
        return None

    def ordinal(self, said: str) -> int | None:
        """The number that digits, a Roman numeral or a word in lower case say, up to 39."""
        if said in self.ordinals:
            return self.ordinals[said]
        if said.isdecimal():
            return int(said)
        values = [_ROMAN[char] for char in said]
        pairs = zip(values, [*values[1:], 0], strict=True)
        return sum(-value if value < following else value for value, following in pairs)


@dataclass(frozen=True, slots=True)
class Article:
    """The article, and the same in lower case with the same offsets.

    ``plain`` is whether it has lost its Vietnamese letters: it has none of them.
    """

    text: str
    low: str
    words: Words
    language: str
    published: datetime.date | None
    plain: bool


def line_start(text: str, position: int) -> int:
    """Where the line of ``position`` begins, or how far back is looked at most."""
    floor = max(0, position - LOOK_BACK)
    return max(floor, text.rfind("\n", floor, position) + 1)


def line_end(text: str, position: int) -> int:
    """Where the line of ``position`` ends, or how far ahead is looked at most."""
    ceiling = min(len(text), position + LOOK_AHEAD)
    found = text.find("\n", position, ceiling)
    return found if found >= 0 else ceiling


def either(words: Iterable[str]) -> str:
    """A pattern for any of ``words``, the longest first, with any blanks inside."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(f"{BLANK}+".join(map(re.escape, w.split())) for w in ordered) + ")"


def _ordinal_patterns(data: dict[str, Any], name: str, rare: bool) -> tuple[re.Pattern[str], ...]:
    """The patterns of sessions or terms, their ``{n}`` an ordinal, ``{few}`` a word or none."""
    worded = "|".join(sorted(map(re.escape, data["ordinals"]), key=lambda w: (-len(w), w)))
    roman = "(?:x{1,3}(?:ix|iv|v?i{0,3})|ix|iv|vi{0,3}|i{1,3})"
    fields = {
        " ": f"{BLANK}+",
        "{roman}": f"(?P<n>{roman})",
        "{n}": f"(?P<n>[0-9]{{1,2}}|{roman})",
        "{word}": f"(?P<n>{worded})",
        "{few}": f"(?:{BLANK}+[^\\W\\d]+){{0,4}}?",
        "{meeting}": either(data["meetings"]),
        "{term}": either(data["term_words"]),
        "{body}": either(data["bodies"]),
    }
    found = []
    for pattern in data[name]:
        for field, value in fields.items():
            pattern = pattern.replace(field, value)
        found.append(blanks.compiled(rf"(?<!\w){pattern}(?!\w)", rare))
    return tuple(found)


@cache
def words_of(language: str, rare: bool) -> Words:
    """The words of one language, for texts with ``rare`` blanks or without.

    Raises ``UnknownLanguage`` for a language that has no data.
    """
    compile_ = partial(blanks.compiled, rare=rare)
    data: dict[str, Any] = languages.data(language, "references")
    words = data["words"]
    nouns = {
        word: Noun(
            tuple(entry["types"]),
            entry.get("kind"),
            entry.get("weak", False),
            entry.get("label", False),
            name=entry.get("name", False),
        )
        for entry in data["nouns"]
        for word in entry["words"]
    }
    # What a translation left in Vietnamese, or went through English.
    for code, names in numbers.type_words().items():
        for name in names:
            for spelling in (name.lower(), numbers.fold(name).lower()):
                nouns.setdefault(spelling, Noun((code,), weak=True))
    for code, alone in numbers.codes_as_nouns().items():
        nouns.setdefault(code.lower(), Noun((code,), code=True, label=not alone))
    marker = f"(?:{either(words['marker'])}|n[°º]|№|#|s[ốô])(?:{BLANK}?[.:]){{0,2}}{BLANK}*"
    joiner = either(words["list_joiner"])
    # Who issues, as the article words it; the wordings of the language go before the names.
    months = dates.month_names(language)
    codes = numbers.issuer_codes(language)
    codes |= {name: code for code, names in data["issuers"].items() for name in names}
    return Words(
        nouns=nouns,
        suffixes=tuple(words["suffixes"]),
        longest=max(len(word.split()) for word in nouns),
        ends=frozenset(re.split("[ -]", word)[-1] for word in nouns),
        marker=compile_(rf"(?<!\w){marker}(?:\n{BLANK}*)?\Z"),
        marker_ends=(".", ":", "°", "º", "№", "#", "số", "số", *words["marker"]),
        joiner=compile_(
            f"(?:{BLANK}*[,;/&]{BLANK}*(?:{joiner}{BLANK}+)?|{BLANK}+{joiner}{BLANK}+)"
            f"(?:(?<!\\w){marker})?"
        ),
        dated=compile_(rf"(?<!\w){either(words['dated'])}{BLANK}+\Z"),
        dated_weak=compile_(rf"(?<!\w){either(words['dated_weak'])}{BLANK}+\Z"),
        dated_beside=compile_(rf"{BLANK}*{either(words['dated_beside'])}{BLANK}+"),
        issued=compile_(rf"(?<!\w){either(words['issued'])}(?!\w)"),
        relative=compile_(rf"(?:\A|,){BLANK}{{0,3}}{either(words['relative'])}(?!\w)"),
        passive=compile_(rf"(?<!\w){either(words['passive'])}(?!\w)"),
        other_day=compile_(rf"(?<!\w){either(words['other_day'])}(?!\w)"),
        title=compile_(rf"(?<!\w){either(words['title'])}{BLANK}+"),
        title_end=compile_(rf"(?<!\w){either(words['title_end'])}(?!\w)"),
        trailing=compile_(
            rf"{BLANK}+{either((*words['list_joiner'], *words['title_trailing']))}{BLANK}*\Z"
        ),
        before_session=compile_(rf"{BLANK}+{either(words['before_session'])}{BLANK}*\Z"),
        listed=compile_(rf"(?:{BLANK}+[^\W\d_]+){{1,3}}{BLANK}+{either(words['and'])}(?!\w)"),
        and_=compile_(rf"(?<!\w){either(words['and'])}(?!\w)"),
        of_day=compile_(
            rf"{either(words['relative'])}{BLANK}+"
            rf"{either((*words['dated'], *words['dated_weak']))}{BLANK}+"
        ),
        apposed=compile_(
            rf",{BLANK}*{either((*words['dated_beside'], *words['carried']))}{BLANK}+\Z"
        ),
        by=compile_(rf"{BLANK}*,{BLANK}*{either(words['by'])}{BLANK}"),
        attributive=frozenset(words["attributive"]),
        month_words=frozenset(words["month_words"]),
        active=compile_(rf"(?<!\w){either(set(words['issued']) - set(words['passive']))}(?!\w)"),
        small=frozenset(
            (*words["dated_weak"], *words["dated"], *words["dated_beside"], *words["articles"])
        ),
        on_day=compile_(rf"(?<!\w){either(words['dated_beside'])}{BLANK}+\Z"),
        subordinate=compile_(rf"(?<!\w){either(words['relative'])}(?!\w)"),
        both=compile_(rf"(?<!\w){either(words['both'])}(?!\w)"),
        between=frozenset(
            word
            for entry in (
                *words["title_intro"],
                *data["counted"]["levels"],
                *words["title"],
                *words["passive"],
                *words["relative"],
                *words["dated"],
                *words["issued"],
                *data["sessions"]["meetings"],
                *data["sessions"]["term_words"],
                *data["sessions"]["bodies"],
                *data["sessions"]["ordinals"],
                *words["dated_weak"],
                *codes,
            )
            for word in entry.split()
        ),
        after=frozenset(words["after_number"]),
        verb=compile_(words["verb_form"]),
        ordinal_prefix=compile_(words["ordinal_prefix"] + r"\Z"),
        ordinal_number=compile_(
            rf"(?P<number>[0-9]{{1,5}}){words['ordinal_suffix']}{BLANK}+(?P<noun>[^\W\d_]+)(?!\w)"
        ),
        apposition=compile_(
            rf"{BLANK}*,{BLANK}*(?:{either(words['articles'])}{BLANK}+)?(?P<noun>[^\W\d_]+)(?!\w)"
        ),
        carried=frozenset(words["carried"]),
        counted=frozenset((*data["counted"]["words"], *months)),
        month_names=frozenset(months),
        levels=frozenset(data["counted"]["levels"]),
        numbered=frozenset(words["numbered"]),
        issuers={k: compile_(rf"(?<!\w){either(v)}") for k, v in data["issuers"].items()},
        named=compile_(rf"(?<!\w){either(codes)}"),
        codes=codes,
        session_hint=compile_(
            either(
                (
                    *data["sessions"]["meetings"],
                    *data["sessions"]["term_words"],
                    *data["sessions"]["bodies"],
                    *data["sessions"]["terms_or_sessions"],
                )
            )
        ),
        sessions=_ordinal_patterns(data["sessions"], "session", rare),
        terms=_ordinal_patterns(data["sessions"], "term", rare),
        ordinals=data["sessions"]["ordinals"],
    )


@remembered(maxsize=64)
def subjects(language: str) -> dict[str, re.Pattern[str]]:
    """By the number of a well-known document, what its subject is called in ``language``.

    The active user lexicon adds its own documents.
    """
    said: dict[str, list[str]] = languages.data(language, "references")["subjects"]
    words = {key: list(value) for key, value in said.items()}
    lexicon = active()
    for document in lexicon.documents if lexicon else ():
        if document.text and document.language in {None, language}:
            words.setdefault(document.id, []).append(document.text.lower())
    return {key: re.compile(rf"(?<!\w){either(value)}") for key, value in words.items()}
