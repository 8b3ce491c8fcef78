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
_TRAILING_DIGITS = re.compile(r"[0-9]{1,2}(?![0-9])")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
_NUMBER = re.compile(
    r"(?:(?P<thousands>[0-9]{1,2}[.,][0-9]{3})|(?P<plain>(?=[OoIl]{0,4}[0-9])[0-9OoIl]{1,5}))"
    r"(?:(?P<letter>[a-cA-C])(?![^\W_]))?(?![0-9])"
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
    exact_types: dict[str, str]
    type_ids: dict[str, str]
    type_names: dict[str, str]
    issuers: dict[str, str]
    exact_issuers: dict[str, str]
    sides: dict[str, Side]
    issuer_names: dict[str, str]
    units: dict[str, str]
    terms: tuple[tuple[int, int, str], ...]
    sole: dict[str, str]
    as_signed: frozenset[str]
    aliases: dict[str, str]
    assembly: re.Pattern[str]
    assembly_types: tuple[str, ...]
    letter: str
    short: dict[str, str]
    also: dict[str, frozenset[str]]


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
            # ``HĐ`` without its diacritic is taken for ``HD``, which is far commoner.
            types.setdefault(fold(code), code)
    issuers: dict[str, str] = {}
    sides: dict[str, Side] = {}
    issuer_names: dict[str, str] = {}
    exact: set[str] = set()
    exact_types = {e["code"] for e in data["types"] if e.get("in_number", True)}
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
        exact_types={code.upper(): code for code in exact_types},
        type_ids=ids,
        type_names=names,
        issuers=issuers,
        exact_issuers={code.upper(): code for code in exact},
        sides=sides,
        issuer_names=issuer_names,
        units={fold(code): code for code in data["units"]["codes"]},
        terms=tuple((a, b, t) for t, (a, b) in data["assembly_terms"].items()),
        sole=dict(data["sole_issuer"]),
        as_signed=frozenset(exact | exact_types),
        aliases=dict(data["aliases"]),
        assembly=re.compile(
            f"(?P<code>{'|'.join(data['assembly']['codes'])}){_BLANK}{{0,2}}"
            r"(?P<term>[0-9OoIl]{1,2})(?!\w)",
            re.IGNORECASE,
        ),
        assembly_types=tuple(data["assembly"]["types"]),
        letter=data["letters"]["type"],
        short={e["code"]: e["short"] for e in data["types"] if "short" in e},
        also={e["code"]: frozenset(e.get("also", ())) for e in data["types"]},
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
            if not code or (tokens and not blank and not after_year):
                break
            if code[0] not in grammar.as_signed and not code[0].isupper():
                break
            if not _is_known(code[0], grammar) or len(tokens) > 2:
                break
        year = _YEAR.match(text, after) if mark and not tokens else None
        if year:
            tokens.append(_Token(mark, spaced, year[0], year.end()))
            position = year.end()
            continue
        if assembly := grammar.assembly.match(text, after):
            word = assembly["code"].upper() + assembly["term"].translate(_LIKE_DIGITS)
            tokens.append(_Token(mark, spaced, word, assembly.end()))
            position = assembly.end()
            continue
        code = _LETTERS.match(text, after)
        if not code:
            break
        word, end = unicodedata.normalize("NFC", code[0]).rstrip("."), code.end()
        if digits := _TRAILING_DIGITS.match(text, end):
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
    match = _grammar().assembly.fullmatch(fold(word))
    if not match or not match["term"].isdecimal() or not 0 < int(match["term"]) < 30:
        return None
    return f"{match['code']}{int(match['term'])}"


def _glued(folded: str, grammar: _Grammar) -> tuple[str, str] | None:
    """Type and issuer that lost what stood between them, the longest type first."""
    for size in range(min(6, len(folded) - 1), 1, -1):
        kind, rest = folded[:size], folded[size:]
        if kind in grammar.types and rest in grammar.issuers:
            return grammar.types[kind], grammar.issuers[rest]
    return None


def _type(token: _Token, grammar: _Grammar) -> str | None:
    return grammar.exact_types.get(token.text.upper()) or grammar.types.get(fold(token.text))


def _extended_type(word: str, grammar: _Grammar) -> str | None:
    """``word`` in true form when it begins with a known type and goes on in capitals."""
    for size in range(len(word) - 1, 1, -1):
        if word.isupper() and (code := grammar.types.get(fold(word[:size]))):
            return code + word[size:]
    return None


def _issuer(token: _Token, grammar: _Grammar, announced: bool) -> tuple[str, bool] | None:
    """An issuer's code in true form, and whether the facts know it."""
    word = token.text
    if assembly := _assembly(word):
        return assembly, True
    if alias := grammar.aliases.get(word.upper()):
        return alias, True
    if code := grammar.exact_issuers.get(word.upper()) or grammar.issuers.get(fold(word)):
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
    if (
        code
        and len(rest) > 1
        and (issuer := _issuer(rest[1], grammar, announced and rest[0].mark != ""))
    ):
        return _assemble(number, year, code, issuer, rest, 1, announced)
    office = fold(first.text) in grammar.issuers and not year and len(rest) > 1
    if glued and not office:
        return _assemble(number, year, glued[0], (glued[1], True), rest, 0, announced)
    if code or year or not first.mark:
        return None
    if first.mark == "-" and len(rest) > 1 and rest[1].mark == "/":
        # A Party type with more letters ("QĐNS", a decision on personnel).
        extended = _extended_type(first.text, grammar)
        issuer = _issuer(rest[1], grammar, announced)
        if extended and issuer:
            return _assemble(number, None, extended, issuer, rest, 1, announced)
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
        known_unit = len(token.text) > 2 and fold(token.text) in grammar.issuers
        unit = _unit(token, grammar)
        if not unit or not token.mark or (token.text.islower() and not known_unit):
            break
        if token.spaced and not (known_unit if code else announced and len(bodies) == 1):
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
        0, end, canonical, number, year, code or grammar.letter, issuers, known, False
    )


def _unit(token: _Token, grammar: _Grammar) -> str | None:
    """A further issuer or a unit inside one, in true form."""
    word = token.text
    if word.upper() == word and fold(word) in grammar.units:
        return grammar.units[fold(word)]
    if len(word) < 3:
        # Too short to tell which letters lost a diacritic.
        return word if word.isupper() else None
    found = _issuer(token, grammar, True)
    return found[0] if found else None


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


def renumbered(like: DocumentNumber, number: str) -> str:
    """The canonical id of ``like`` under another number: its type, year and issuer stay."""
    return number.lstrip("0").zfill(2) + like.canonical.removeprefix(like.number)


def type_id(code: str | None) -> str | None:
    """The value of ``reference_type`` for a type's letters, those of a longer type included."""
    if not code:
        return None
    ids = _grammar().type_ids
    prefixes = (code, *(code[:size] for size in range(len(code) - 1, 1, -1)))
    return next((ids[prefix] for prefix in prefixes if prefix in ids), None)


def type_name(code: str) -> str | None:
    """The English name of a type (``Resolution``), ``None`` when the facts lack it."""
    return _grammar().type_names.get(code)


def type_words() -> dict[str, tuple[str, str]]:
    """The Vietnamese and the English name of each type, by its letters."""
    return {e["code"]: (e["vi"], e["en"]) for e in facts.data("documents")["types"]}


def assembly_types() -> tuple[str, ...]:
    """The types that a number of the National Assembly may stand for, laws first."""
    return _grammar().assembly_types


def spoken_types(code: str) -> tuple[str, ...]:
    """The types under which a document of type ``code`` is spoken of, itself first."""
    short = _grammar().short.get(code)
    return (code, short) if short else (code,)


def may_be(code: str | None, kind: str | None) -> bool:
    """Whether documents with the letters ``code`` may be of the other type ``kind`` as well."""
    return kind is not None and kind in _grammar().also.get(code or "", frozenset())


@cache
def _kind_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in facts.data("documents")["types"]:
        names.setdefault(entry["id"], entry["en"])
    return names


def kind_name(kind: str | None) -> str | None:
    """The English name of a ``reference_type`` (``regulation`` gives ``Regulation``)."""
    return _kind_names().get(kind) if kind else None


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
    assembly = facts.data("documents")["assembly"]["codes"][0]
    if code == grammar.assembly_types[0]:
        for first, last, term in grammar.terms:
            if first <= int(year) <= last:
                return f"{number}/{year}/{assembly}{term}"
    return None


@dataclass(frozen=True, slots=True)
class Document:
    """An entry of the register: what is known of a document apart from what articles say."""

    id: str
    type: str
    date: datetime.date | None
    title: str | None
    shared: bool = False


@cache
def register() -> dict[str, tuple[Document, ...]]:
    """The well-known documents of ``facts/register.toml`` by canonical id.

    Several documents may bear one number: Party numbers begin anew with each term, those of
    many State documents with each year.
    """
    found: dict[str, tuple[Document, ...]] = {}
    for entry in facts.data("register")["documents"]:
        document = Document(
            entry["id"],
            entry["type"],
            entry.get("date"),
            entry.get("title"),
            entry.get("shared", False),
        )
        found[document.id] = (*found.get(document.id, ()), document)
    return found


def registered(canonical_id: str, date: str | None) -> Document | None:
    """The register's document of this number, issued on ``date`` where the article says so.

    ``None`` when none is known, or when several bear the number and no date tells them apart.
    """
    entries = register().get(canonical_id, ())
    if date:
        same = [e for e in entries if e.date and e.date.isoformat().startswith(date)]
        return same[0] if len(same) == 1 else None
    return entries[0] if len(entries) == 1 and not entries[0].shared else None


# Years after which a number may stand for another document: a Party committee's term, a year.
_PARTY_TERM = 5


def date_check(canonical_id: str | None, date: str | None) -> str | None:
    """Whether a date of issue (ISO 8601, of any precision) agrees with the register.

    ``consistent``, ``inconsistent``, or ``None`` when the register or the article is silent, or
    when the date is so far off that another document bears the same number.
    """
    entries = [e.date for e in register().get(canonical_id or "", ()) if e.date]
    if not entries or not date or not canonical_id:
        return None
    if any(day.isoformat().startswith(date) for day in entries):
        return "consistent"
    apart = min(abs(day.year - int(date[:4])) for day in entries)
    if re.match(r"[^/]+/(?:19|20)[0-9]{2}/", canonical_id):
        return "inconsistent"
    party = re.match(r"[^/]+-", canonical_id)
    return "inconsistent" if apart < (_PARTY_TERM if party else 1) else None
