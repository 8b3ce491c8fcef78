"""A document number in whatever state a translation left it, brought to its one true form.

The grammar is that of Vietnam's own offices (sources in ``facts/documents.toml``):

* Party: ``NUMBER-TYPE/ISSUER`` (``21-NQ/TW``);
* State: ``NUMBER/TYPE-ISSUER`` (``1234/QĐ-TTg``), with the year for legal documents
  (``100/2019/NĐ-CP``), several issuers for joint ones (``05/2019/TTLT-BYT-BTC``);
* National Assembly: ``NUMBER/YEAR/QH`` and the term (``15/2023/QH15``);
* letters: ``NUMBER/ISSUER-UNIT`` (``4521/UBND-VX``).

Repaired are lost diacritics, blanks and dashes of every kind, lost or exchanged separators,
case, letters read for digits, a thousands separator, a lost leading zero, a break of the line.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from pipeline import facts
from pipeline.normalise import lost_letters
from pipeline.user_lexicon import active, remembered

Side = Literal["party", "state"]

_BLANK = "[ \\t\u00a0\u00ad\u2002-\u200b\u202f\u2060\ufeff]"
_DASHES = "\\-\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d\u02d7~_"
_SLASHES = "/\u2044\u2215\u29f8\uff0f\\\\|"
# Where a line ends within a number, the next goes on with it; an empty line ends everything.
_WRAP = f"{_BLANK}{{0,2}}\\n{_BLANK}{{0,8}}"
_SEPARATOR = re.compile(
    f"(?P<before>{_WRAP}(?=[{_SLASHES}])|{_BLANK}{{0,2}})(?P<mark>[{_SLASHES}{_DASHES}])(?P=mark)?"
    f"(?P<after>{_WRAP}|{_BLANK}{{0,2}})"
)
_POINTED_TYPE = re.compile(r"\.(?=(?P<code>[^\W\d_]{2,4})[/-])")
_ONLY_BLANK = re.compile(f"{_BLANK}{{1,2}}")
_YEAR = re.compile(r"(?:[1lI]9|2[0Oo])[0-9OoIl]{2}(?![0-9])")
_LETTERS = re.compile(r"[^\W\d_]+(?:&[^\W\d_]+)?(?:\.(?=[^\W\d_]{2}))?")
# "T.Ư", "U.B.N.D": a point after each letter.
_POINTED = re.compile(r"(?:[^\W\d_]\.){1,6}[^\W\d_](?!\w)")
_REST_OF_CODE = re.compile(f"{_BLANK}([^\\W\\d_]{{1,6}})(?![\\w])")
_TRAILING_DIGITS = re.compile(r"[0-9]{1,3}(?![0-9])")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
_NUMBER = re.compile(
    r"(?:(?P<thousands>[0-9]{1,2}[.,][0-9]{3})|(?P<plain>(?=[OoIl]{0,4}[0-9])[0-9OoIl]{1,5}))"
    r"(?:(?P<letter>[a-cA-C])(?![^\W_]))?(?![0-9])"
)
# A blank inside a number that is announced ("nummer 41 2/BC-UBND").
_SPLIT = re.compile(
    r"(?P<plain>[0-9]{1,3}[ \u00a0][0-9]{1,3})(?P<thousands>)(?P<letter>)(?=[ \u00a0]?[/-])"
)
_ROMAN_TERM = {"X": 10, "XI": 11, "XII": 12, "XIII": 13, "XIV": 14, "XV": 15, "XVI": 16}
_MAX_TOKENS = 7
_LONGEST_CODE, _LONGEST_UNIT = 16, 6


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
    wrapped: bool
    text: str
    end: int


@dataclass(frozen=True, slots=True)
class _Grammar:
    types: dict[str, tuple[str, ...]]
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
    assembly_codes: frozenset[str]
    assembly_types: tuple[str, ...]
    letter: str
    short: dict[str, str]
    also: dict[str, frozenset[str]]
    officeless: frozenset[str]


# Letters of other alphabets that look like Vietnamese ones, as old fonts and keyboards leave them.
_LIKE_BARRED = str.maketrans("\u00d0\u00f0\u0189\u0256", "ĐđĐđ")


def _barred(text: str) -> str:
    return text if text.isascii() else text.translate(_LIKE_BARRED)


def fold(text: str) -> str:
    """``text`` without Vietnamese diacritics, in capitals: what noise leaves of a code."""
    plain = unicodedata.normalize("NFD", _barred(text)).upper().replace("Đ", "D")
    return "".join(char for char in plain if not unicodedata.combining(char))


@cache
def _grammar() -> _Grammar:
    data = facts.data("documents")
    types: dict[str, tuple[str, ...]] = {}
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for entry in data["types"]:
        code = entry["code"]
        ids[code] = entry["id"]
        names[code] = entry["en"]
        if entry.get("in_number", True):
            # ``HĐ`` without its diacritic is taken for ``HD``, which is far commoner, unless the
            # article's noun says that it is a contract.
            types[fold(code)] = (*types.get(fold(code), ()), code)
    issuers: dict[str, str] = {}
    sides: dict[str, Side] = {}
    issuer_names: dict[str, str] = {}
    exact: set[str] = set()
    exact_types = {e["code"] for e in data["types"] if e.get("in_number", True)}
    for side, group in data["issuers"].items():
        for code, issuer in group.items():
            exact.add(code)
            issuers.setdefault(fold(code), code)
            issuer_names.setdefault(code, issuer["en"])
            if side in ("party", "state"):
                sides.setdefault(code, side)
    # In a State number ``BTC`` and ``BCT`` are ministries, in a Party number Party bodies.
    ambiguous = set(data["issuers"]["party"]) & set(data["issuers"]["state"])
    for code in ambiguous:
        del sides[code]
        issuer_names[code] = data["issuers"]["state"][code]["en"]
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
            f"(?P<code>{'|'.join(data['assembly']['codes'])})(?:{_BLANK}|[{_DASHES}]){{0,2}}"
            r"(?P<term>[0-9OoIl]{1,2}|XI{0,3}|XIV|XVI?)(?!\w)",
            re.IGNORECASE,
        ),
        assembly_codes=frozenset(data["assembly"]["codes"]),
        assembly_types=tuple(data["assembly"]["types"]),
        letter=data["letters"]["type"],
        short={e["code"]: e["short"] for e in data["types"] if "short" in e},
        also={e["code"]: frozenset(e.get("also", ())) for e in data["types"]},
        officeless=frozenset(e["code"] for e in data["types"] if not e.get("issuer", True)),
    )


def number_at(
    text: str,
    start: int,
    announced: bool = False,
    types: tuple[str, ...] = (),
    plain: bool = False,
) -> DocumentNumber | None:
    """The document number whose digits begin at ``start``, or ``None``.

    ``announced`` says that a document's noun, ``No.`` or a list of documents leads up to it;
    codes that no fact knows are then accepted where the form is right. ``types`` are those that
    the noun stands for: they decide between codes that only a diacritic tells apart. ``plain`` says
    that the text has lost its Vietnamese letters; a number that lost one in its type has lost them
    all. A number goes on over the end of a line only at a separator and with a code that the facts
    know.
    """
    match = (_SPLIT.match(text, start) if announced else None) or _NUMBER.match(text, start)
    if not match:
        return None
    tokens = _tokens(text, match.end())
    if not tokens:
        return None
    digits = re.sub("[., \u00a0]", "", match["thousands"] or match["plain"])
    digits = digits.translate(_LIKE_DIGITS)
    number = digits.lstrip("0").zfill(2) + (match["letter"] or "").lower()
    lost = _is_plain(tokens)
    found = _read(
        _Reading(number, announced, types, plain or None if lost is None else lost), tokens
    )
    if not found:
        return None
    surface = text[start : found.end]
    return replace(found, start=start, repaired=surface != found.canonical)


_CODE_BEFORE = re.compile(
    f"(?<![^\\W_])(?P<code>[^\\W\\d_]{{2,4}}){_BLANK}{{0,2}}[{_DASHES}]?{_BLANK}{{0,2}}\\Z"
)


def reversed_at(text: str, start: int, floor: int) -> tuple[int, DocumentNumber] | None:
    """A number whose type stands before it (``QĐ 1234/UBND``, ``NQ-57/TW``), and where that begins.

    Its digits begin at ``start``; nothing before ``floor`` is looked at. Both codes must be known.
    """
    grammar = _grammar()
    before = _CODE_BEFORE.search(text, max(floor, start - 10), start)
    match = _NUMBER.match(text, start)
    code = grammar.exact_types.get(before["code"]) if before else None
    code = code or (
        _type(before["code"], (), grammar) if before and before["code"].isupper() else None
    )
    if before is None or match is None or code is None or match["thousands"]:
        return None
    tokens = _tokens(text, match.end())
    year = tokens[0].text if tokens and _YEAR.fullmatch(tokens[0].text) else None
    rest = tokens[1:] if year else tokens
    if not rest or not rest[0].mark or rest[0].text.islower():
        return None
    issuer = _issuer(rest[0], grammar, False, None)
    if issuer is None or not issuer[1] or _type(rest[0].text, (), grammar):
        return None
    number = match["plain"].translate(_LIKE_DIGITS).lstrip("0").zfill(2)
    found = _assemble(_Reading(number, False, (), None), year, code, issuer, rest, 0)
    return (before.start(), replace(found, start=start, repaired=True)) if found else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number whose codes are being read, and what leads up to it."""

    number: str
    announced: bool
    types: tuple[str, ...]
    plain: bool | None


def _is_plain(tokens: list[_Token]) -> bool | None:
    """Whether a number has lost its Vietnamese letters; ``None`` when its type had none."""
    grammar = _grammar()
    for token in tokens[:2]:
        if not token.text.isascii():
            return False
        if token.text.upper() not in grammar.exact_types:
            codes = grammar.types.get(token.text.upper(), ())
            if codes and not codes[0].isascii():
                return True
    return None


def _tokens(text: str, position: int) -> list[_Token]:
    """The codes after a number, each with the separator before it."""
    grammar = _grammar()
    tokens: list[_Token] = []
    while len(tokens) < _MAX_TOKENS:
        separator = _SEPARATOR.match(text, position)
        if separator:
            mark = "/" if re.match(f"[{_SLASHES}]", separator["mark"]) else "-"
            spaced = bool(separator["before"] or separator["after"])
            wrapped = "\n" in separator[0]
            after = separator.end()
        else:
            blank = _ONLY_BLANK.match(text, position)
            # A separator may have become a point ("27/2025/NQ.HĐND").
            pointed = bool(tokens) and text[position - 1] == "."
            if not tokens and (opened := _POINTED_TYPE.match(text, position)):
                blank = opened if opened["code"] in grammar.exact_types else blank
            mark, spaced, wrapped = ("", bool(blank), False)
            after = blank.end() if blank else position
            # Without a separator only a known code in capitals goes on a number.
            code = _LETTERS.match(text, after)
            after_year = bool(tokens) and tokens[-1].text.isdecimal()
            if not code or (tokens and not blank and not after_year and not pointed):
                break
            if code[0] not in grammar.as_signed and not code[0].isupper():
                break
            numbered = _TRAILING_DIGITS.match(text, code.end())
            whole = code[0] + numbered[0] if numbered else code[0]
            if not (_is_known(code[0], grammar) or _is_known(whole, grammar)) or len(tokens) > 2:
                break
        year = _YEAR.match(text, after) if mark and not tokens else None
        if year:
            digits = year[0].translate(_LIKE_DIGITS)
            tokens.append(_Token(mark, spaced, wrapped, digits, year.end()))
            position = year.end()
            continue
        if assembly := grammar.assembly.match(text, after):
            term = assembly["term"].upper()
            term = str(_ROMAN_TERM.get(term, "")) or assembly["term"].translate(_LIKE_DIGITS)
            word = assembly["code"].upper() + term
            tokens.append(_Token(mark, spaced, wrapped, word, assembly.end()))
            position = assembly.end()
            continue
        code = _POINTED.match(text, after) or _LETTERS.match(text, after)
        if not code:
            break
        word, end = unicodedata.normalize("NFC", _barred(code[0])), code.end()
        word = word.rstrip(".") if code.re is _LETTERS else word.replace(".", "")
        if trailing := _TRAILING_DIGITS.match(text, end):
            word += trailing[0]
            end = trailing.end()
        if end < len(text) and text[end - 1] != "." and text[end].isalnum():
            break
        if wrapped and (word.islower() or not _is_known(word, grammar)):
            break
        # A blank inside a code ("13-NQ/T W").
        if word.isupper() and not _is_known(word, grammar):
            rest = _REST_OF_CODE.match(text, end)
            if rest and fold(word + rest[1]) in _known_codes():
                word, end = word + rest[1], rest.end()
        # The point is part of the number only where a further code follows it.
        tokens.append(_Token(mark, spaced, wrapped, word, end - (text[end - 1] == ".")))
        position = end
    return tokens


@cache
def _known_codes() -> frozenset[str]:
    """The issuers and types as noise leaves them."""
    grammar = _grammar()
    return frozenset(grammar.issuers) | frozenset(grammar.types)


def _term(word: str, year: int) -> str | None:
    """The term that a number of the National Assembly lost, where its year decides it."""
    grammar = _grammar()
    if word.upper() not in grammar.assembly_codes:
        return None
    return next((term for first, last, term in grammar.terms if first <= year <= last), None)


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


def _glued(folded: str, grammar: _Grammar, meant: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Type and issuer that lost what stood between them, the longest type first."""
    for size in range(min(6, len(folded) - 1), 1, -1):
        kind, rest = folded[:size], folded[size:]
        issuer = grammar.issuers.get(rest) or _assembly(rest)
        if kind in grammar.types and issuer:
            return _type(kind, meant, grammar) or "", issuer
    return None


def _type(word: str, meant: tuple[str, ...], grammar: _Grammar) -> str | None:
    """The type that ``word`` is, of those ``meant`` where its letters leave it open."""
    codes = grammar.types.get(fold(word), ())
    exact = grammar.exact_types.get(word.upper())
    if exact and not (word.isascii() and any(code in meant for code in codes)):
        return exact
    return next((code for code in codes if code in meant), exact or (codes[0] if codes else None))


def _extended_type(word: str, meant: tuple[str, ...], grammar: _Grammar) -> str | None:
    """``word`` in true form when it begins with a known type and goes on in capitals."""
    for size in range(len(word) - 1, 1, -1):
        if word.isupper() and (code := _type(word[:size], meant, grammar)):
            return code + word[size:]
    return None


def _issuer(
    token: _Token, grammar: _Grammar, unknown: bool, plain: bool | None
) -> tuple[str, bool] | None:
    """An issuer's code in true form, and whether the facts know it.

    ``unknown`` says that one the facts do not know may stand here, ``plain`` that the text has lost
    its Vietnamese letters.
    """
    word = token.text
    if assembly := _assembly(word):
        return assembly, True
    for written, alias in grammar.aliases.items():
        if word.upper().endswith(written):
            word = word[: -len(written)] + alias
            if word == alias:
                return alias, True
    if code := grammar.exact_issuers.get(word.upper()) or grammar.issuers.get(fold(word)):
        return code, True
    letters = word.rstrip("0123456789")
    if letters != word and fold(letters) in grammar.issuers:
        # A steering board is called by the number of what founded it ("BCĐ389").
        return grammar.issuers[fold(letters)] + word[len(letters) :], True
    if unknown and word.islower() and 2 < len(word) <= _LONGEST_CODE:
        word = word.upper()
    if _is_code(word) and (unknown or not word.isascii()):
        return _restored(word, plain), False
    return None


@cache
def _lossy() -> re.Pattern[str]:
    """Codes with letters that articles lose, as they are left, at either end of a longer one."""
    known = _grammar().issuers.values()
    parts = sorted((fold(c) for c in known if not c.isascii() and len(c) > 2), key=len)
    either = "|".join(map(re.escape, reversed(parts)))
    return re.compile(f"^(?:{either})|(?:{either})$")


def _restored(word: str, plain: bool | None) -> str:
    """An unknown code with the Vietnamese letters that it lost.

    Those of a known code at either end of it, and in a ``plain`` text those that are likely; none
    where the number shows that it has kept them.
    """
    if plain is False or not word.isascii() or not word.isupper():
        return word
    grammar = _grammar()
    found = _lossy().sub(lambda m: grammar.issuers[m[0]], word)
    if not plain or "D" not in found:
        return found
    likely = lost_letters.restored(word)
    # The same letters in the same places, each as whichever of the two knows better.
    return "".join(max(pair) for pair in zip(found, likely, strict=True))


def _is_code(word: str) -> bool:
    """Whether a word looks like an office's abbreviation: capitals, a small letter or two."""
    if re.fullmatch("[A-Z][0-9]{2}", word):
        return True  # a department of the police ("C01")
    capitals = sum(char.isupper() for char in word)
    letters = sum(char.isalpha() for char in word)
    return letters >= 2 and capitals >= 2 and letters - capitals <= 2 and len(word) <= _LONGEST_CODE


def _read(reading: _Reading, tokens: list[_Token]) -> DocumentNumber | None:
    grammar = _grammar()
    number, announced = reading.number, reading.announced
    year = None
    rest = tokens
    if _YEAR.fullmatch(tokens[0].text):
        year, rest = tokens[0].text, tokens[1:]
        if not rest:
            return None
    first = rest[0]
    if year and (term := _term(first.text, int(year))):
        first = replace(first, text=first.text.upper() + term)
    if (assembly := _assembly(first.text)) and (year or announced):
        parts = [number, year, assembly] if year else [number, assembly]
        return DocumentNumber(
            0, first.end, "/".join(p for p in parts if p), number, year, None, assembly, True, False
        )
    glued = _glued(fold(first.text), grammar, reading.types)
    code = _type(first.text, reading.types, grammar)
    if (
        code
        and len(rest) > 1
        and (
            issuer := _issuer(
                rest[1], grammar, _may_be_unknown(reading, tokens, code), reading.plain
            )
        )
    ):
        return _assemble(reading, year, code, issuer, rest, 1)
    office = fold(first.text) in grammar.issuers and not year and len(rest) > 1
    if glued and not office:
        return _assemble(reading, year, glued[0], (glued[1], True), rest, 0)
    lost = announced and len(rest) > 1 and rest[1].mark == "-"
    if code or not (first.mark or lost):
        return None
    extended = _extended_type(first.text, reading.types, grammar) if len(rest) > 1 else None
    if extended and (
        (first.mark == "-" and rest[1].mark == "/") or type_of(extended) in reading.types
    ):
        # A Party type with more letters ("QĐNS", a decision on personnel), or of the State one
        # that the noun names ("GPMT", an environmental permit).
        issuer = _issuer(rest[1], grammar, announced, reading.plain)
        if issuer:
            return _assemble(reading, year, extended, issuer, rest, 1)
    if year:
        return None
    issuer = _issuer(first, grammar, announced, reading.plain)
    if not issuer or (len(rest) == 1 and not (announced and issuer[1])):
        return None
    if first.text.islower() and not (announced and issuer[1]):
        return None
    if not announced and first.spaced:
        return None
    return _assemble(reading, None, None, issuer, rest, 0)


def _may_be_unknown(reading: _Reading, tokens: list[_Token], code: str) -> bool:
    """Whether an issuer that no fact knows may stand after the type ``code``.

    Where nothing announces a document the form alone must show it: undisturbed, and with a year,
    with letters that only Vietnamese has, or with a part of an office's code that the facts know.
    """
    dated = bool(_YEAR.fullmatch(tokens[0].text))
    first, second = tokens[dated : dated + 2]
    if reading.announced:
        return bool(first.mark)
    if any(t.spaced or not t.mark or not t.text[0].isupper() for t in (first, second)):
        return False
    if {first.mark, second.mark} != {"/", "-"} or first.text != code:
        return False
    return (
        dated
        or not code.isascii()
        or (first.mark == "/" and len(second.text) > 2 and len(code) > 1)
        or _is_composed(second.text)
    )


def _is_composed(word: str) -> bool:
    """Whether a longer code begins or ends with an office's that the facts know."""
    folded, known = fold(word), _grammar().issuers
    sizes = range(2, len(folded) - 1)
    return any(folded[:size] in known or folded[-size:] in known for size in sizes)


def _assemble(
    reading: _Reading,
    year: str | None,
    code: str | None,
    issuer: tuple[str, bool],
    tokens: list[_Token],
    index: int,
) -> DocumentNumber | None:
    """The number with type ``code``, its issuer at ``tokens[index]`` and what follows that."""
    grammar = _grammar()
    number, announced = reading.number, reading.announced
    name, known = issuer
    if tokens[index].text.islower() and not known and (code is None or tokens[index].spaced):
        return None
    bodies = [name]
    end = tokens[index].end
    for token in tokens[index + 1 :]:
        letters = fold(token.text)
        known_unit = len(letters) > 2 and (letters in grammar.issuers or letters in grammar.units)
        unit = _unit(token, grammar, reading.plain)
        small = token.text.islower() and not known_unit
        if not unit or not token.mark or (small and not tokens[0].text.islower()):
            break
        # Behind a blank and a dash the sentence may go on, unless what stands there is capitals.
        capitals = (announced or known) and len(token.text) > 1 and token.text.isupper()
        if token.spaced and not (
            (known_unit or capitals) if code else (announced or capitals) and len(bodies) == 1
        ):
            break
        bodies.append(unit)
        end = token.end
    if code is None and len(bodies) == 1 and not known:
        return None
    issuers = "-".join(bodies)
    side = "state" if _assembly(name) else grammar.sides.get(name)
    if side is None:
        # A lost separator leaves the other to tell: the Party writes the slash last.
        last = tokens[index].mark if index else ""
        written = tokens[0].mark or {"/": "-", "-": "/"}.get(last, "")
        side = "party" if written == "-" and not year and code else "state"
        if not known and last == "-" and tokens[0].mark == "-":
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


def _unit(token: _Token, grammar: _Grammar, plain: bool | None) -> str | None:
    """A further issuer or a unit inside one, in true form."""
    word = token.text
    if (len(word) > 2 or word.isupper()) and (unit := grammar.units.get(fold(word))):
        return unit
    if len(word) < 3:
        # Too short to tell which letters lost a diacritic.
        return word if word.isupper() else None
    found = _issuer(token, grammar, True, plain)
    if found is None and word.islower() and not token.spaced and len(word) <= _LONGEST_UNIT:
        return word.upper()
    return found[0] if found else None


_PARTIAL = re.compile(
    f"{_BLANK}{{0,2}}[{_DASHES}{_SLASHES}]{_BLANK}{{0,2}}(?P<code>[^\\W\\d_]{{2,6}})(?![\\w&])"
    f"(?!{_BLANK}{{0,2}}[{_SLASHES}]{_BLANK}{{0,2}}\\w)"
)


def partial_at(text: str, start: int, types: tuple[str, ...] = ()) -> tuple[int, str, str] | None:
    """End, number and type of a number that lost its issuer (``21-NQ``), or ``None``.

    ``types`` are as in ``number_at``.
    """
    match = _NUMBER.match(text, start)
    code = _PARTIAL.match(text, match.end()) if match and match["plain"] else None
    if not match or not code or code["code"].islower():
        return None
    kind = _type(code["code"], types, _grammar())
    if not kind:
        return None
    number = match["plain"].translate(_LIKE_DIGITS) + (match["letter"] or "").lower()
    return code.end(), number, kind


def renumbered(like: DocumentNumber, number: str, year: str | None = None) -> str:
    """The canonical id of ``like`` under another number; its type, issuer and year stay.

    ``year`` is that of the other number where it has one of its own.
    """
    codes = like.canonical.removeprefix(like.number)
    if year and like.year:
        codes = codes.replace(like.year, year, 1)
    return number.lstrip("0").zfill(2) + codes


def type_of(code: str) -> str | None:
    """The type that letters are or begin with (``GPMT`` is a ``GP``), ``None`` for no type."""
    ids = _grammar().type_ids
    prefixes = (code, *(code[:size] for size in range(len(code) - 1, 1, -1)))
    return next((prefix for prefix in prefixes if prefix in ids), None)


def type_id(code: str | None) -> str | None:
    """The value of ``reference_type`` for a type's letters, those of a longer type included."""
    known = type_of(code) if code else None
    return _grammar().type_ids[known] if known else None


def type_name(code: str) -> str | None:
    """The English name of a type (``Resolution``), ``None`` when the facts lack it."""
    return _grammar().type_names.get(code)


def type_words() -> dict[str, tuple[str, str]]:
    """The Vietnamese and the English name of each type, by its letters."""
    return {e["code"]: (e["vi"], e["en"]) for e in facts.data("documents")["types"]}


def codes_as_nouns() -> dict[str, bool]:
    """Letters of types that stand for the noun, and whether before a number alone as well."""
    data = facts.data("documents")["as_nouns"]
    return dict.fromkeys(data["whole"], False) | dict.fromkeys(data["alone"], True)


def assembly_types() -> tuple[str, ...]:
    """The types that a number of the National Assembly may stand for, laws first."""
    return _grammar().assembly_types


def issued_by(issuer: str) -> Callable[[str], bool]:
    """Whether ``issuer`` issues documents of a type; true where the facts do not say."""
    types = facts.data("documents")["issues"].get(issuer)
    return lambda code: types is None or code in types


def names_office(code: str | None) -> bool:
    """Whether the letters behind a type say who issued it; those of a judgment do not."""
    return code not in _grammar().officeless


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


def issuer_codes(language: str) -> dict[str, str]:
    """The letters of each issuer by its name in ``language``, in lower case.

    Names of several offices, and those that the facts lack in this language, are left out; two ways
    to write the letters of one office (``SNN&MT``) are one.
    """
    found: dict[str, list[str]] = {}
    for group in facts.data("documents")["issuers"].values():
        for code, names in group.items():
            if language in names:
                found.setdefault(names[language].lower(), []).append(code)
    return {
        name: codes[0]
        for name, codes in found.items()
        if len({code.replace("&", "") for code in codes}) == 1
    }


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


@remembered()
def register() -> dict[str, tuple[Document, ...]]:
    """The well-known documents of ``facts/register.toml`` by canonical id.

    Several documents may bear one number: Party numbers begin anew with each term, those of
    many State documents with each year. The documents of the active user lexicon are among them,
    and go before those of their number.
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
    lexicon = active()
    own: dict[str, tuple[Document, ...]] = {}
    for said in lexicon.documents if lexicon else ():
        day = datetime.date.fromisoformat(said.date) if said.date else None
        number = number_at(said.id, 0, announced=True)
        kind = type_id(number.type if number else None) or type_id(assembly_types()[0])
        document = Document(said.id, kind or "", day, said.label)
        if document not in own.get(said.id, ()):
            own[said.id] = (*own.get(said.id, ()), document)
    return found | own


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
