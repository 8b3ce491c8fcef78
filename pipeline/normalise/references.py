"""A document number in whatever state a translation left it, brought to its one true form.

The grammar is that of Vietnam's own offices (sources in ``facts/documents.toml``):

* Party: ``NUMBER-TYPE/ISSUER`` (``21-NQ/TW``);
* State: ``NUMBER/TYPE-ISSUER`` (``1234/QĐ-TTg``), with the year for legal documents
  (``100/2019/NĐ-CP``), several issuers for joint ones (``05/2019/TTLT-BYT-BTC``);
* National Assembly: ``NUMBER/YEAR/QH`` and the term (``15/2023/QH15``);
* letters: ``NUMBER/ISSUER-UNIT`` (``4521/UBND-VX``).

Repaired are lost diacritics, blanks and dashes of every kind, lost or exchanged separators,
case, letters read for digits, a thousands separator, a lost leading zero.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from pipeline import facts

Side = Literal["party", "state"]

_BLANK = "[ \\t\u00a0\u00ad\u2002-\u200b\u202f\u2060\ufeff]"
_DASHES = "\\-\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d\u02d7~"
_SLASHES = "/\u2044\u2215\u29f8\uff0f\\\\|"
_SEPARATOR = re.compile(
    f"(?P<before>{_BLANK}{{0,2}})(?P<mark>[{_SLASHES}{_DASHES}])(?P<after>{_BLANK}{{0,2}})"
)
_ONLY_BLANK = re.compile(f"{_BLANK}{{1,2}}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?![0-9])")
_LETTERS = re.compile(r"[^\W\d_]+(?:&[^\W\d_]+)?(?:\.(?=[^\W\d_]{2}))?")
_TERM = re.compile(f"{_BLANK}{{0,2}}([0-9OoIl]{{1,2}})(?![0-9^\\w])")
_TRAILING_DIGITS = re.compile(r"[0-9]{1,2}(?![0-9])")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
_NUMBER = re.compile(
    r"(?:(?P<thousands>[0-9]{1,2}[.,][0-9]{3})|(?P<plain>(?=[OoIl]{0,4}[0-9])[0-9OoIl]{1,5}))"
    r"(?P<letter>[a-cA-C])?(?![0-9])"
)
_MAX_TOKENS = 7


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number read from an article.

    ``start`` and ``end`` are where it stands (Unicode code points, half-open). ``number`` is
    its number as Vietnam writes it (two digits at least), ``type`` the letters of the type
    (``QĐ``), ``issuer`` those of who issued it. ``known`` says that every part is in the facts,
    ``repaired`` that the article writes it otherwise than ``canonical``.
    """

    start: int
    end: int
    canonical: str
    number: str
    year: str | None
    type: str | None
    issuer: str | None
    known: bool
    repaired: bool


@dataclass(frozen=True, slots=True)
class _Token:
    mark: str
    spaced: bool
    text: str
    end: int


@dataclass(frozen=True, slots=True)
class _Grammar:
    types: dict[str, str]
    exact_types: frozenset[str]
    type_ids: dict[str, str]
    type_names: dict[str, str]
    issuers: dict[str, str]
    exact_issuers: frozenset[str]
    sides: dict[str, Side]
    issuer_names: dict[str, str]
    units: dict[str, str]
    terms: tuple[tuple[int, int, str], ...]
    sole: dict[str, str]


def fold(text: str) -> str:
    """``text`` without Vietnamese diacritics, in capitals: what noise leaves of a code."""
    plain = unicodedata.normalize("NFD", text).upper().replace("Đ", "D")
    return "".join(char for char in plain if not unicodedata.combining(char))


@cache
def _grammar() -> _Grammar:
    data = facts.data("documents")
    types: dict[str, str] = {}
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for entry in data["types"]:
        code = entry["code"]
        ids[code] = entry["id"]
        names[code] = entry["en"]
        if entry.get("in_number", True):
            # ``HĐ`` and ``DA`` are rarer than ``HD`` and ``ĐA``, which lost diacritics make of them.
            types.setdefault(fold(code), code)
    issuers: dict[str, str] = {}
    sides: dict[str, Side] = {}
    issuer_names: dict[str, str] = {}
    exact = set()
    for side, group in data["issuers"].items():
        for code, (_, english) in group.items():
            exact.add(code)
            issuers.setdefault(fold(code), code)
            issuer_names.setdefault(code, english)
            if side in ("party", "state"):
                sides.setdefault(code, side)
    # In a State number ``BTC`` and ``BCT`` are ministries, in a Party number Party bodies.
    ambiguous = set(data["issuers"]["party"]) & set(data["issuers"]["state"])
    for code in ambiguous:
        del sides[code]
        issuer_names[code] = data["issuers"]["state"][code][1]
    return _Grammar(
        types=types,
        exact_types=frozenset(ids),
        type_ids=ids,
        type_names=names,
        issuers=issuers,
        exact_issuers=frozenset(exact),
        sides=sides,
        issuer_names=issuer_names,
        units={fold(code): code for code in data["units"]["codes"]},
        terms=tuple((a, b, t) for t, (a, b) in data["assembly_terms"].items()),
        sole=dict(data["sole_issuer"]),
    )


def number_at(text: str, start: int, announced: bool = False) -> DocumentNumber | None:
    """The document number whose digits begin at ``start``, or ``None``.

    ``announced`` says that a document's noun, ``No.`` or a list of documents leads up to it;
    codes that no fact knows are then accepted where the form is right. A number never goes on
    over the end of a line.
    """
    match = _NUMBER.match(text, start)
    if not match:
        return None
    tokens = _tokens(text, match.end(), announced)
    if not tokens:
        return None
    digits = re.sub("[.,]", "", match["thousands"] or match["plain"]).translate(_LIKE_DIGITS)
    number = digits.lstrip("0").zfill(2) + (match["letter"] or "").lower()
    found = _read(number, tokens, announced)
    if not found:
        return None
    surface = text[start : found.end]
    return replace(found, start=start, repaired=surface != found.canonical)


def _tokens(text: str, position: int, announced: bool) -> list[_Token]:
    """The codes after a number, each with the separator before it."""
    grammar = _grammar()
    tokens: list[_Token] = []
    while len(tokens) < _MAX_TOKENS:
        separator = _SEPARATOR.match(text, position)
        if separator:
            mark = "/" if re.match(f"[{_SLASHES}]", separator["mark"]) else "-"
            spaced = bool(separator["before"] or separator["after"])
            after = separator.end()
        else:
            blank = _ONLY_BLANK.match(text, position)
            mark, spaced = ("", bool(blank))
            after = blank.end() if blank else position
            # Without a separator only a known code in capitals goes on a number.
            code = _LETTERS.match(text, after)
            after_year = bool(tokens) and tokens[-1].text.isdecimal()
            if not code or not code[0].isupper() or (tokens and not blank and not after_year):
                break
            if not _is_known(code[0], grammar) or len(tokens) > 2:
                break
        year = _YEAR.match(text, after) if mark and not tokens else None
        if year:
            tokens.append(_Token(mark, spaced, year[0], year.end()))
            position = year.end()
            continue
        code = _LETTERS.match(text, after)
        if not code:
            break
        word, end = unicodedata.normalize("NFC", code[0]).rstrip("."), code.end()
        if fold(word) in {"QH", "UBTVQH"}:
            term = _TERM.match(text, end)
            if term:
                word += term[1].translate(_LIKE_DIGITS)
                end = term.end()
        elif digits := _TRAILING_DIGITS.match(text, end):
            word += digits[0]
            end = digits.end()
        if end < len(text) and (text[end].isalnum() or text[end] == "_"):
            break
        tokens.append(_Token(mark, spaced, word, end))
        position = end
    return tokens


def _is_known(word: str, grammar: _Grammar) -> bool:
    folded = fold(word)
    return (
        folded in grammar.types
        or folded in grammar.issuers
        or _glued(folded, grammar) is not None
        or bool(_assembly(word))
    )


def _assembly(word: str) -> str | None:
    """``QH15`` and the like in true form."""
    match = re.fullmatch(r"(UBTVQH|QH)([0-9]{1,2})", fold(word))
    return f"{match[1]}{int(match[2])}" if match and 0 < int(match[2]) < 30 else None


def _glued(folded: str, grammar: _Grammar) -> tuple[str, str] | None:
    """Type and issuer that lost what stood between them, the longest type first."""
    for size in range(min(6, len(folded) - 1), 1, -1):
        kind, rest = folded[:size], folded[size:]
        if kind in grammar.types and rest in grammar.issuers:
            return grammar.types[kind], grammar.issuers[rest]
    return None


def _type(token: _Token, grammar: _Grammar) -> str | None:
    if token.text in grammar.exact_types and fold(token.text) in grammar.types:
        return token.text
    return grammar.types.get(fold(token.text))


def _issuer(token: _Token, grammar: _Grammar, announced: bool) -> tuple[str, bool] | None:
    """An issuer's code in true form, and whether the facts know it."""
    word = token.text
    if assembly := _assembly(word):
        return assembly, True
    if word.upper() in {"T\u01af", "TW\u01af"}:
        # Trung ương; without its horn the letter would make it a provincial committee.
        return "TW", True
    if word in grammar.exact_issuers:
        return word, True
    if code := grammar.issuers.get(fold(word)):
        return code, True
    if _is_code(word) and (announced or not word.isascii()):
        return word, False
    return None


def _is_code(word: str) -> bool:
    """Whether a word looks like an office's abbreviation: capitals, a small letter or two."""
    capitals = sum(char.isupper() for char in word)
    letters = sum(char.isalpha() for char in word)
    return letters >= 2 and capitals >= 2 and letters - capitals <= 2 and len(word) <= 14


def _read(number: str, tokens: list[_Token], announced: bool) -> DocumentNumber | None:
    grammar = _grammar()
    year = None
    rest = tokens
    if _YEAR.fullmatch(tokens[0].text):
        year, rest = tokens[0].text, tokens[1:]
        if not rest:
            return None
    first = rest[0]
    if (assembly := _assembly(first.text)) and (year or announced):
        parts = [number, year, assembly] if year else [number, assembly]
        return DocumentNumber(
            0, first.end, "/".join(p for p in parts if p), number, year, None, assembly, True, False
        )
    glued = _glued(fold(first.text), grammar)
    code = _type(first, grammar)
    if code and len(rest) > 1 and (issuer := _issuer(rest[1], grammar, announced and rest[0].mark != "")):
        return _assemble(number, year, code, issuer, rest, 1, announced)
    if glued:
        return _assemble(number, year, glued[0], (glued[1], True), rest, 0, announced)
    if code or year or not first.mark:
        return None
    issuer = _issuer(first, grammar, announced)
    if not issuer or (len(rest) == 1 and not (announced and issuer[1])):
        return None
    if first.text.islower() or (not announced and first.spaced):
        return None
    return _assemble(number, None, None, issuer, rest, 0, announced)


def _assemble(
    number: str,
    year: str | None,
    code: str | None,
    issuer: tuple[str, bool],
    tokens: list[_Token],
    index: int,
    announced: bool,
) -> DocumentNumber | None:
    """The number with type ``code``, its issuer at ``tokens[index]`` and what follows that."""
    grammar = _grammar()
    name, known = issuer
    if tokens[index].text.islower() and not known:
        return None
    bodies = [name]
    end = tokens[index].end
    for token in tokens[index + 1 :]:
        unit = _unit(token, grammar, announced)
        if not unit or token.text.islower() or not token.mark:
            break
        if token.spaced and (
            token.text not in grammar.exact_issuers if code else not announced or len(bodies) > 1
        ):
            break
        bodies.append(unit)
        end = token.end
    issuers = "-".join(bodies)
    side = grammar.sides.get(name)
    if side is None:
        written = tokens[0].mark
        side = "party" if written == "-" and not year and code else "state"
        if not known and tokens[index].mark == "-" and written == "-":
            side = "state"
    if code is None:
        canonical = f"{number}/{issuers}"
    elif side == "party" and not year:
        canonical = f"{number}-{code}/{issuers}"
    elif year:
        canonical = f"{number}/{year}/{code}-{issuers}"
    else:
        canonical = f"{number}/{code}-{issuers}"
    return DocumentNumber(
        0, end, canonical, number, year, code or "CV", issuers, known, False
    )


def _unit(token: _Token, grammar: _Grammar, announced: bool) -> str | None:
    """A further issuer or a unit inside one, in true form."""
    word = token.text
    if word.upper() == word and fold(word) in grammar.units:
        return grammar.units[fold(word)]
    if found := _issuer(token, grammar, True):
        return found[0]
    return word if word.isupper() else None


_PARTIAL = re.compile(
    f"{_BLANK}{{0,2}}[{_DASHES}{_SLASHES}]{_BLANK}{{0,2}}(?P<code>[^\\W\\d_]{{2,6}})(?![\\w&])"
    f"(?!{_BLANK}{{0,2}}[{_SLASHES}]{_BLANK}{{0,2}}\\w)"
)


def partial_at(text: str, start: int) -> tuple[int, str, str] | None:
    """End, number and type of a number that lost its issuer (``21-NQ``), or ``None``."""
    match = _NUMBER.match(text, start)
    code = _PARTIAL.match(text, match.end()) if match and match["plain"] else None
    if not match or not code or code["code"].islower():
        return None
    kind = _grammar().types.get(fold(code["code"]))
    if not kind:
        return None
    number = match["plain"].translate(_LIKE_DIGITS) + (match["letter"] or "").lower()
    return code.end(), number, kind


def type_id(code: str | None, issuer: str | None = None) -> str | None:
    """The value of ``reference_type`` for a type's letters."""
    return _grammar().type_ids.get(code) if code else None


def type_name(code: str) -> str | None:
    """The English name of a type (``Resolution``), ``None`` when the facts lack it."""
    return _grammar().type_names.get(code)


def issuer_name(code: str) -> str | None:
    """The English name of an issuer, ``None`` when the facts lack it."""
    return _grammar().issuer_names.get(code)


def completed(code: str, number: str, year: str) -> str | None:
    """The whole number of a document known by type, number and year, where these decide it.

    Only the Government issues decrees, only the National Assembly laws; a year in which two
    terms of the Assembly met decides nothing.
    """
    grammar = _grammar()
    if issuer := grammar.sole.get(code):
        return f"{number}/{year}/{code}-{issuer}"
    if code == "Luật":
        for first, last, term in grammar.terms:
            if first <= int(year) <= last:
                return f"{number}/{year}/QH{term}"
    return None


@dataclass(frozen=True, slots=True)
class Document:
    """An entry of the register: what is known of a document apart from what articles say."""

    id: str
    type: str
    date: datetime.date | None
    title: str | None


@cache
def register() -> dict[str, Document]:
    """The well-known documents of ``facts/register.toml`` by canonical id."""
    return {
        entry["id"]: Document(entry["id"], entry["type"], entry.get("date"), entry.get("title"))
        for entry in facts.data("register")["documents"]
    }


def date_check(canonical_id: str | None, date: str | None) -> str | None:
    """Whether a date of issue (ISO 8601, of any precision) agrees with the register.

    ``consistent``, ``inconsistent``, or ``None`` when the register or the article is silent.
    """
    entry = register().get(canonical_id or "")
    if not entry or not entry.date or not date:
        return None
    return "consistent" if entry.date.isoformat().startswith(date) else "inconsistent"
