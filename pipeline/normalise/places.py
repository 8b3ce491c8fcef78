"""Places of Vietnam: official codes, names before and after July 2025, and what replaced them.

The data are those of the library ``vietnamadminunits`` (both systems of provinces, districts and
communes, and the conversion between them), read from its packaged files once, when first needed.
Its own code is not imported: it loads geographical libraries that nothing here needs.

On 1 July 2025 63 provinces became 34 and all districts were abolished (Resolution 202/2025/QH15).
Names of before keep working: they give a place with ``era`` ``before-2025`` and the
``successor_id`` of what took its area.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import importlib.util
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline import facts, languages
from pipeline.user_lexicon import OwnPlace, active, remembered

Level = Literal["province", "district", "commune"]
Era = Literal["2025", "before-2025"]

# A Vietnamese syllable without its marks: onset, then the rimes that the language has.
# Source: L. C. Thompson, A Vietnamese Reference Grammar (1987), the tables of onsets and rimes.
SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?"
    r"(?:a(?:ch|ng|nh|[cimnoptuy])?|e(?:ch|ng|nh|[cmnoptu])?"
    r"|i(?:a|ch|nh|e(?:ng|[cmnptu])|[mnptu])?"
    r"|o(?:ng|a(?:ch|ng|nh|[cimnoty])?|e[not]?|oc|ong|[cimnpt])?"
    r"|u(?:ng|a(?:ng|[nty])?|e(?:ch|nh)?|o(?:ng|[cimnptu])?|y(?:a|ch|e[nt]|nh|[tpu])?|[cimnptu])?"
    r"|y(?:e[mntu]|[mnt])?)"
)
MERGER = datetime.date(2025, 7, 1)
_OLD = "before-2025"


@dataclass(frozen=True, slots=True)
class Place:
    """A province, district or commune of Vietnam.

    ``id`` is the official code, with ``before-2025/`` before it when the unit is one that July
    2025 abolished or changed (codes are used again). ``name`` is without diacritics, ``name_vi``
    official and with its level (``Tỉnh Quảng Ninh``), ``slug`` for keys. ``parent`` is the id of
    the unit above; ``successor_id`` that of the unit which has its area now, ``None`` for a unit
    of today or where the area was divided among several.
    """

    id: str
    name: str
    name_vi: str
    slug: str
    level: Level
    era: Era
    parent: str | None = None
    successor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A place name in running text; ``text[start:end]`` is the name with its level word, if any."""

    start: int
    end: int
    place: Place


_TOKEN = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")


_KEY_WORD = re.compile(r"[a-z0-9]+")


def _plain(character: str) -> str:
    """A letter without its diacritics; a combining mark alone becomes nothing."""
    decomposed = unicodedata.normalize("NFD", character)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# Latin letters of every European and Vietnamese alphabet, and the combining marks.
_FOLDED = {
    code: _plain(chr(code))
    for code in (*range(0xC0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))
} | {ord("đ"): "d", ord("Đ"): "D"}


def fold(text: str) -> str:
    """Lower case without diacritics, ``đ`` as ``d``: what two spellings of a name share."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()


def slugify(text: str) -> str:
    """``text`` as it stands in a key: folded words joined by ``-``; other scripts leave none."""
    return "-".join(_KEY_WORD.findall(fold(text)))


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The words of ``text``, composed or decomposed letters alike."""
    return _TOKEN.finditer(text)


@dataclass(frozen=True)
class Gazetteer:
    """All places, by id, by folded name and level."""

    by_id: dict[str, Place]
    by_name: dict[str, tuple[Place, ...]]
    aliases: dict[str, str]
    children: dict[str, frozenset[str]]
    longest: int
    first_words: frozenset[str]
    surnames: frozenset[str]

    def ancestors(self, place: Place) -> Iterator[Place]:
        """The units above ``place``, nearest first."""
        while place.parent is not None:
            place = self.by_id[place.parent]
            yield place

    def province(self, place: Place) -> Place:
        """The province that ``place`` is or lies in."""
        return [place, *self.ancestors(place)][-1]


def _load(name: str) -> dict[str, Any]:
    """A data file of the library, found without importing it. Raises ``ModuleNotFoundError``."""
    spec = importlib.util.find_spec("vietnamadminunits")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("vietnamadminunits", name="vietnamadminunits")
    path = Path(spec.submodule_search_locations[0]) / "data" / f"{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _bare(name_vi: str, types: Sequence[str]) -> str:
    """A unit's name without its type word; a name that is a number keeps it (``Quận 1``)."""
    lowered = name_vi.lower()
    for word in types:
        if lowered.startswith(word):
            rest = name_vi[len(word) + 1 :]
            return name_vi if rest.isdigit() else rest
    return name_vi


def _ascii_name(name: str) -> str:
    return name.translate(_FOLDED)


@remembered()
def gazetteer() -> Gazetteer:
    """The places of both eras, and those of the user's lexicon; loaded on first use."""
    own = active()
    return _with_own(_registers(), own.places) if own and own.places else _registers()


def _with_own(known: Gazetteer, own: Sequence[OwnPlace]) -> Gazetteer:
    """The register with a user's places and spellings, which stand before its own."""
    by_id, by_name, aliases = dict(known.by_id), dict(known.by_name), dict(known.aliases)
    children = dict(known.children)
    for row in own:
        if row.label is not None:
            level: Level = "commune" if row.within else "province"
            slug = slugify(row.label)
            place = Place(row.id, row.label, row.label, slug, level, "2025", row.within)
            by_id[row.id] = place
            name = slug.replace("-", " ")
            by_name[name] = (place, *(p for p in by_name.get(name, ()) if p.id != place.id))
            if row.within:
                children[row.within] = children.get(row.within, frozenset()) | {row.id}
    for row in own:
        name = " ".join(_TOKEN.findall(fold(row.text)))
        aliases.pop(name, None)
        by_name[name] = (by_id[row.id],)
    names = [*by_name, *aliases]
    return dataclasses.replace(
        known,
        by_id=by_id,
        by_name=by_name,
        aliases=aliases,
        children=children,
        longest=max(n.count(" ") + 1 for n in names),
        first_words=frozenset(n.split(" ", 1)[0] for n in names),
    )


@cache
def _registers() -> Gazetteer:
    """The places of both eras as the registers have them (about a fifth of a second)."""
    own = facts.data("places")
    exceptions: dict[str, dict[str, str]] = own["provinces"]
    types: list[str] = own["type_words"]
    new, old, change = _load("parser_from_2025"), _load("parser_legacy"), _load("converter_2025")

    by_id: dict[str, Place] = {}
    official: dict[str, str] = {}  # names as slugs, by id

    def add(name_vi: str, id_: str, level: Level, era: Era, **kw: str | None) -> Place:
        name = _ascii_name(_bare(name_vi, types))
        slug = official[id_] = slugify(name)
        if level == "province" and slug in exceptions:
            name = exceptions[slug]["name"]
            slug = slugify(name)
        words = slug.split("-")
        if level != "province" and words[-1].isdigit():
            number = words[-1].lstrip("0") or "0"
            name = f"{'District' if level == 'district' else 'Ward'} {number}"
            slug = slugify(name)
        place = Place(id_, name, name_vi, slug, level, era, **kw)
        by_id[id_] = place
        return place

    province_new: dict[str, Place] = {}
    commune_new: dict[tuple[str, str], Place] = {}
    for key, row in new["DICT_PROVINCE"].items():
        province_new[key] = add(row["province"], row["provinceCode"], "province", "2025")
        for table in ("DICT_PROVINCE_WARD_NO_ACCENTED", "DICT_PROVINCE_WARD_ACCENTED"):
            for ward_key, ward in new[table].get(key, {}).items():
                commune_new[key, ward_key] = add(
                    ward["ward"], ward["wardCode"], "commune", "2025", parent=province_new[key].id
                )

    into = {o: n for n, olds in change["DICT_PROVINCE"].items() for o in olds}
    unchanged = {olds[0] for olds in change["DICT_PROVINCE"].values() if len(olds) == 1}
    ward_into: dict[str, Place] = {}
    for key, wards in change["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward_key, olds in wards.items():
            if (key, ward_key) in commune_new:
                ward_into.update(dict.fromkeys(olds, commune_new[key, ward_key]))

    for key, row in old["DICT_PROVINCE"].items():
        successor = province_new[into[key]]
        if key in unchanged:
            province = successor
        else:
            province = add(
                row["province"],
                f"{_OLD}/{row['provinceCode']}",
                "province",
                "before-2025",
                successor_id=successor.id,
            )
        for d_key, d_row in old["DICT_PROVINCE_DISTRICT"].get(key, {}).items():
            district = add(
                d_row["district"],
                f"{_OLD}/{d_row['districtCode']}",
                "district",
                "before-2025",
                parent=province.id,
            )
            for table in (
                "DICT_PROVINCE_DISTRICT_WARD_NO_ACCENTED",
                "DICT_PROVINCE_DISTRICT_WARD_ACCENTED",
            ):
                for w_key, w_row in old[table].get(key, {}).get(d_key, {}).items():
                    if not isinstance(w_row["ward"], str):
                        continue
                    after = ward_into.get(f"{key}_{d_key}_{w_key}")
                    add(
                        w_row["ward"],
                        f"{_OLD}/{w_row['wardCode']}",
                        "commune",
                        "before-2025",
                        parent=district.id,
                        successor_id=after.id if after else None,
                    )

    by_name: dict[str, list[Place]] = {}
    for place in by_id.values():
        for spelling in {official[place.id], place.slug}:
            by_name.setdefault(spelling.replace("-", " "), []).append(place)
    aliases = {
        alias: slug.replace("-", " ")
        for slug, row in exceptions.items()
        for alias in row.get("aliases", ())
    }
    for row in own["aliases"]:
        aliases.update(dict.fromkeys(row["names"], row["of"]))
    for code in languages.available():
        with contextlib.suppress(languages.UnknownLanguage):
            for slug, names in languages.data(code, "organisations").get("places", {}).items():
                aliases.update(dict.fromkeys(map(fold, names), slug.replace("-", " ")))
    aliases = {
        " ".join(_TOKEN.findall(a)): slugify(of).replace("-", " ") for a, of in aliases.items()
    }
    children: dict[str, set[str]] = {}
    for place in by_id.values():
        if place.parent is not None:
            children.setdefault(place.parent, set()).add(place.id)
    names = [*by_name, *aliases]
    return Gazetteer(
        by_id,
        {n: tuple(ps) for n, ps in by_name.items()},
        aliases,
        {k: frozenset(v) for k, v in children.items()},
        max(n.count(" ") + 1 for n in names),
        frozenset(n.split(" ", 1)[0] for n in names),
        frozenset(own["surnames"]),
    )


@cache
def _city_word() -> str:
    word: str = facts.data("places")["city_word"]
    return word


def is_city(place: Place) -> bool:
    """Whether ``place`` is officially a city, of the centre or of a province."""
    return place.name_vi.lower().startswith(_city_word())


def bare_name(place: Place) -> str:
    """The Vietnamese name of ``place`` without its type (``Quảng Ninh``)."""
    return _bare(place.name_vi, facts.data("places")["type_words"])


@cache
def _level_words(language: str | None) -> dict[tuple[str, ...], str]:
    """Folded level words of a language, or of all, to the level they say."""
    codes = languages.available() if language is None else (language,)
    words: dict[tuple[str, ...], str] = {}
    for code in codes:
        try:
            levels: dict[str, list[str]] = languages.data(code, "organisations")["levels"]
        except languages.UnknownLanguage:
            continue
        for level, phrases in levels.items():
            for phrase in phrases:
                words.setdefault(tuple(slugify(phrase).split("-")), level)
    return words


@remembered()
def syllables() -> frozenset[str]:
    """The folded words of all place names: nearly every syllable that Vietnamese names have."""
    return frozenset(w for name in gazetteer().by_name for w in name.split(" "))


_LEVELS: dict[str, tuple[Level, ...]] = {
    "province": ("province",),
    "city": ("province", "district", "commune"),
    "district": ("district",),
    "town": ("district", "commune"),
    "commune": ("commune",),
}
_PLACE_LEVELS: tuple[Level, ...] = ("province", "district", "commune")


@remembered(maxsize=4096)
def candidates(name: str) -> tuple[Place, ...]:
    """Every place that ``name`` may mean, with or without diacritics; none if it is unknown.

    Diacritics in ``name`` count: when they agree with some of the places only those are given.
    """
    places = gazetteer()
    folded = " ".join(_TOKEN.findall(fold(name)))
    found = places.by_name.get(places.aliases.get(folded, folded), ())
    if len(found) > 1 and not name.isascii():
        written = unicodedata.normalize("NFC", name).lower()
        exact = tuple(p for p in found if p.name_vi.lower().endswith(written))
        return exact or found
    return found


def current(place: Place) -> Place:
    """The unit that has the area of ``place`` today; ``place`` itself where that is divided."""
    return gazetteer().by_id[place.successor_id] if place.successor_id else place


def is_within(place: Place, area: Place) -> bool:
    """Whether ``place`` is or lies in ``area``, where the merger of 2025 makes no difference."""
    here = {place.id, *(p.id for p in gazetteer().ancestors(place))}
    if area.id in here or area.successor_id in here:
        return True
    if area.level == "province":
        now = {current(gazetteer().by_id[i]).id for i in here}
        return area.id in now
    return False


def _era(published: datetime.date | None) -> Era | None:
    if published is None:
        return None
    return "2025" if published >= MERGER else "before-2025"


def resolve(
    name: str,
    level: str | None = None,
    within: Place | None = None,
    published: datetime.date | None = None,
) -> Place | None:
    """The place that ``name`` certainly means, or ``None``.

    ``level`` is a level as languages name it (``city`` may be a province or a district),
    ``within`` an area it must lie in, ``published`` chooses between a unit of before and of after
    July 2025 of the same name. Without level and area only provinces are certain.
    """
    found = candidates(name)
    if level is not None:
        found = tuple(p for p in found if p.level in _LEVELS.get(level, ()))
    if within is not None:
        inside = tuple(p for p in found if is_within(p, within))
        if not inside and level in ("province", "city"):
            inside = tuple(p for p in found if p.level == "province")
        found = inside
    return _choose(found, level, within, _era(published))


def _choose(
    found: Sequence[Place], level: str | None, within: Place | None, era: Era | None
) -> Place | None:
    for wanted in _PLACE_LEVELS:
        same = [p for p in found if p.level == wanted]
        if not same:
            continue
        if wanted != "province" and level is None and within is None:
            return None
        if len(same) > 1:
            of_era = [p for p in same if p.era == (era or "2025")]
            same = of_era or same
        if len({(p.slug, gazetteer().province(p).slug) for p in same}) == 1:
            return same[0]
        if len(same) == 1:
            return same[0]
        return None
    return None


PIECE = 1 << 16  # characters looked at together: a long line is cut between words


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of stretches of ``text`` that follow each other: whole lines, if not long."""
    start = 0
    while start < len(text):
        end = min(len(text), start + PIECE)
        if end < len(text):
            cut = max(text.rfind("\n", start, end), text.rfind(". ", start, end))
            if cut < start:
                cut = text.rfind(" ", start, end)
            end = cut + 1 if cut >= start else end
        yield start, end
        start = end


@dataclass(frozen=True, slots=True)
class _Named:
    """A name of the gazetteer in text: its words' numbers, its offsets and its level word."""

    first: int
    last: int
    start: int
    end: int
    name: str
    level: str | None


def _named(
    text: str, start: int, end: int, base: int, language: str | None
) -> tuple[list[_Named], int]:
    """Names in ``text[start:end]``, whose first word has number ``base``; the next number."""
    places = gazetteer()
    level_words = _level_words(language)
    longest_level = max((len(w) for w in level_words), default=0)
    never_alone = frozenset(facts.data("places")["certain"]["never_alone"])
    known_syllables = syllables()
    matches = list(_TOKEN.finditer(text, start, end))
    words = [fold(m[0]) for m in matches]
    raw: list[_Named] = []
    i = 0
    while i < len(matches):
        if words[i] not in places.first_words or not (
            matches[i][0][0].isupper() or matches[i][0][0].isdigit()
        ):
            i += 1
            continue
        step = 1
        limit = 1
        while (
            limit < places.longest
            and i + limit < len(matches)
            and matches[i + limit][0][0].isupper()
            and text[matches[i + limit - 1].end() : matches[i + limit].start()]
            in (" ", "-", " - ", "\u2013", " \u2013 ", "\xa0")
        ):
            limit += 1
        for n in range(limit, 0, -1):
            name = " ".join(words[i : i + n])
            if name not in places.by_name and name not in places.aliases:
                continue
            level, first = None, i
            for k in range(min(longest_level, i), 0, -1):
                said = level_words.get(tuple(words[i - k : i]))
                if said and text[matches[i - 1].end() : matches[i].start()] in (" ", "\xa0", "-"):
                    level, first = said, i - k
                    break
            if level is None:
                for k in range(longest_level, 0, -1):
                    said = level_words.get(tuple(words[i + n : i + n + k]))
                    gap = text[matches[i + n - 1].end() : matches[i + n].start()] if said else ""
                    if said and gap == "-":
                        level = said
                        break
            if level is None:
                if name in never_alone:
                    break
                before = text[matches[i - 1].end() : matches[i].start()] if i else "\n"
                if (
                    i
                    and before == " "
                    and matches[i - 1][0][0].isupper()
                    and (words[i - 1] in places.surnames)
                ):
                    break
                stop = matches[i + n - 1].end()
                if (
                    i + n < len(matches)
                    and matches[i + n][0][0].isupper()
                    and text[stop : matches[i + n].start()] == " "
                    and words[i + n] in known_syllables
                    and tuple(words[i + n : i + n + 1]) not in level_words
                    and n < 3
                ):
                    break
            stop = matches[i + n - 1].end()
            raw.append(
                _Named(
                    base + first,
                    base + i + n,
                    matches[first].start(),
                    stop,
                    text[matches[i].start() : stop],
                    level,
                )
            )
            step = n
            break
        i += step
    return raw, base + len(matches)


def find(
    text: str, language: str | None = None, published: datetime.date | None = None
) -> list[Found]:
    """Place names in ``text``, in order, not overlapping; linear in its length.

    Provinces are found by name; districts and communes when a level word stands beside the name
    or the province they lie in follows, and one place of the text's provinces fits.
    ``language`` says whose level words count (all when ``None``).
    """
    return list(_find(text, language, published))


@remembered(maxsize=4)  # an article is asked about twice, with its title between
def _find(text: str, language: str | None, published: datetime.date | None) -> tuple[Found, ...]:
    raw: list[_Named] = []
    base = 0
    for start, end in pieces(text):
        some, base = _named(text, start, end, base, language)
        raw += some
    era = _era(published)
    provinces: list[Place] = []
    for hit in raw:
        name, level = hit.name, hit.level
        if level in (None, "province", "city"):
            place = _choose([p for p in candidates(name) if p.level == "province"], None, None, era)
            if place is not None and place not in provinces:
                provinces.append(place)
    found: list[Found] = []
    for index, hit in enumerate(raw):
        name, level = hit.name, hit.level
        chosen = None
        options = candidates(name)
        if level is not None:
            options = tuple(p for p in options if p.level in _LEVELS.get(level, ()))
        if level in (None, "province", "city"):
            chosen = _choose([p for p in options if p.level == "province"], level, None, era)
        if chosen is None:
            follows = raw[index + 1] if index + 1 < len(raw) else None
            if follows is not None and follows.first - hit.last <= 2:
                for province in provinces:
                    if fold(province.name) in fold(follows.name) and any(
                        is_within(p, province) for p in options
                    ):
                        chosen = _choose(
                            [p for p in options if is_within(p, province)], level, province, era
                        )
                        break
            if chosen is None and level is not None:
                inside = [p for p in options if any(is_within(p, q) for q in provinces)]
                chosen = _choose(inside or options, level, None, era)
        if chosen is not None:
            found.append(Found(hit.start, hit.end, chosen))
    return tuple(found)


_ADDRESS = re.compile(r"https?://(?:www\.)?([a-z0-9.-]{1,100})", re.IGNORECASE)
_DATELINE = re.compile(r"^\W{0,3}([^\n,:–—-]{3,40}?)\s*(?:[,(][^)\n]{0,30}\)?)?\s*[:–—-]\s")


@remembered()
def _joined_names() -> dict[str, str]:
    return {
        name.replace(" ", ""): name
        for name, ps in gazetteer().by_name.items()
        if any(p.level == "province" for p in ps)
    }


def _source_province(text: str) -> str | None:
    """The name in the address of a provincial paper or portal (``baohagiang.vn``), if any."""
    joined = _joined_names()
    for m in _ADDRESS.finditer(text[-3000:]):
        for part in fold(m[1]).split("."):
            for candidate in (part, part.removeprefix("bao")):
                if candidate in joined:
                    return joined[candidate]
    return None


def article_place(
    text: str,
    title: str | None,
    language: str,
    published: datetime.date | None = None,
    hint: str | None = None,
) -> tuple[Place | None, str]:
    """The province an article is about, and what says so; ``None`` when that is unsure.

    In this order: what the user says (``hint``), title, dateline, the province named most (with
    its districts and communes), the address of a provincial paper.
    """
    if hint:
        said = resolve(hint, None, None, published) or _hinted(hint, published)
        if said is not None:
            return said, "place given by metadata"
    places = gazetteer()
    start = 0
    if title is None:
        line, _, _ = text.partition("\n")
        if len(line) < 200:
            title, start = line, len(line)
    found = find(text, language, published)
    after_merger = _era(published) == "2025"

    def province(place: Place) -> str:
        """The province of today, where the article is of today: it may use the old names."""
        whole = places.province(place)
        return (whole.successor_id or whole.id) if after_merger else whole.id

    named = Counter(province(f.place) for f in found)
    if title:
        heads = {province(f.place) for f in find(title, language, published)}
        if len(heads) == 1:
            return places.by_id[heads.pop()], "place in the title"
    dateline = _DATELINE.match(text[start : start + 200].lstrip()[:90])
    if dateline:
        said = resolve(dateline[1], None, None, published)
        if said is not None and said.slug not in facts.data("places")["certain"]["capital"]:
            return places.province(said), "place in the dateline"
    source = _source_province(text)
    if source is not None:
        local = resolve(source, "province", None, published) or resolve(
            source, "city", None, published
        )
        if local is not None and (
            not named or named[local.id] * 2 >= max(named.values()) or named[local.id] > 1
        ):
            return local, "provincial paper"
    if named:
        (top, count), *rest = sorted(named.items(), key=lambda kv: (-kv[1], kv[0]))
        others = sum(n for _, n in rest)
        if places.by_id[top].slug in facts.data("places")["certain"]["capital"]:
            worded = [f for f in found if f.place.id == top and f.end - f.start > 8]
            if len(worded) < 3:
                return None, "no place certain: only the capital is named"
        if count >= 2 and count > others * 1.5:
            return places.by_id[top], f"place named most ({count} of {count + others})"
        if count == 1 and not rest:
            return places.by_id[top], "only place named"
    return None, "no place certain"


def _hinted(hint: str, published: datetime.date | None) -> Place | None:
    found = find(hint, None, published)
    return found[-1].place if found else None
