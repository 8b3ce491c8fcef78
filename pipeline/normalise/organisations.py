"""Organisation names to identities that are the same in every language.

A name is read into parts (``lexicon.parse``), the parts are composed into a key by the scheme
KIND-OR-FIELD[/PARENT BODY][/PROVINCE[/DISTRICT OR COMMUNE]], and what a name leaves unsaid is
taken from its article: the place it is about, the body that a short form points back at, the
long form of an abbreviation. Nothing is filled in by guess: what stays unknown stays out of the
key, so that two bodies are rather left apart than joined wrongly.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline import facts, languages
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import Parsed, Part, kind_of
from pipeline.normalise.places import Place, fold, slugify
from pipeline.records import Organisation


@dataclass(slots=True)
class _Reading:
    """One mention as far as it is understood."""

    mention: Organisation
    parts: list[Part] = field(default_factory=list)
    body: str | None = None
    kind: str = ""
    own: str = ""
    stem: str = ""
    parent: str | None = None
    path: tuple[str, ...] = ()
    place: Place | None = None
    label: str | None = None
    id: str | None = None
    reasons: list[str] = field(default_factory=list)
    pointer: bool = False
    heads: frozenset[str] = frozenset()
    said_place: bool = False
    unplaced: bool = False  # one of many such bodies, and nothing says where
    ministry: str | None = None
    unknown: int = 0


# What a mention takes from the body that it turns out to mean.
_IDENTITY = ("body", "kind", "own", "stem", "parent", "path", "place", "label", "id", "unplaced")


@cache
def _facts() -> dict[str, Any]:
    return facts.data("organisations")


@cache
def _field_names() -> dict[frozenset[str], tuple[str, str | None]]:
    return {frozenset(r["of"]): (r["name"], r.get("vi")) for r in _facts()["field_names"]}


def _field_slug(fields: Sequence[str]) -> str:
    """One name for a set of fields, whatever order a translation gives them."""
    unique = frozenset(fields)
    known = _field_names().get(unique)
    return known[0] if known else "-".join(sorted(unique))


def _field_vi(slug: str) -> str | None:
    for name, vi in _field_names().values():
        if name == slug:
            return vi
    vi = _facts()["fields"].get(slug, {}).get("vi")
    return vi if isinstance(vi, str) else None


def _english(slug: str) -> str:
    """A readable English name of a slug."""
    small = {"and", "of", "for", "the", "in"}
    words = slug.replace("/", " ").split("-")
    return " ".join(w if w in small else w[:1].upper() + w[1:] for w in " ".join(words).split(" "))


def _classes(kind: str) -> frozenset[str]:
    row = kind_of(kind)
    return frozenset(k for k in (kind, row.get("class"), row.get("same_as")) if k)


_PIECE = re.compile(r"\w+|[^\w\s,]")
_ABBREVIATION = re.compile(r"\s?\(\s?([A-ZĐ][\w&.-]{1,14})\s?\)")
_BARE_ABBREVIATION = re.compile(r"[A-ZĐ][A-ZĐ0-9&.-]{1,14}|[A-ZĐ][a-z]{0,3}[A-ZĐ][\w&.-]{0,12}")


# How many mentions to either side are looked at: an article of any length takes linear time.
_WINDOW = 400

# Heads that a unit of a hospital may have.
_UNITS = frozenset({"department", "unit", "centre", "office"})

# Heads that with words no lexicon has describe a body and name none.
_VAGUE = frozenset(
    {"agency", "organisation", "team", "unit", "group", "company", "station", "club"}
)

# How far the body that a short form means must lead the next one; chosen on the dev articles.
MARGIN = 1.5
DECAY = 0.3


class _Document:
    """The mentions of one article, read in order with what the article says around them."""

    def __init__(
        self,
        mentions: Sequence[Organisation],
        text: str,
        language: str,
        title: str | None,
        published: datetime.date | None,
        place: str | None,
    ) -> None:
        self.text = text
        self.language = language
        self.published = published
        self.place, self.place_reason = places.article_place(
            text, title, language, published, hint=place
        )
        self.found = places.find(text, language, published)
        self.readings = [_Reading(m) for m in mentions]
        self.starts = [f.start for f in self.found]
        self.central: list[int] = []
        self.fuller: set[frozenset[str]] = set()
        known = language in languages.available()
        words = languages.data(language, "organisations") if known else {}
        self.joiners = {
            word
            for key in ("conjunctions", "articles")
            for joiner in words.get(key, ())
            for word in joiner.split()
        }

    # -- reading ---------------------------------------------------------------------------

    def run(self) -> list[Organisation]:
        for reading in self.readings:
            self._read(reading)
        self.central = [
            r.mention.start
            for r in self.readings
            if r.ministry and not _facts()["fields"].get(r.ministry, {}).get("department")
        ]
        self.fuller = {
            frozenset(p.fields)
            for r in self.readings
            for p in r.parts
            if p.kind in ("department", "ministry") and _field_slug(p.fields) in _facts()["fields"]
        }
        departments = self._provincial_fields()
        later = []
        for i, reading in enumerate(self.readings):
            if not reading.pointer and reading.parts:
                if self._needs_owner(reading):
                    later.append((i, reading))
                else:
                    self._compose(reading, i, departments)
        for i, reading in later:
            self._compose(reading, i, departments)
        self._abbreviations()
        for i, reading in enumerate(self.readings):
            if reading.pointer and reading.id is None:
                self._point(reading, i)
        for i, reading in enumerate(self.readings):
            if reading.pointer and reading.id is None:
                self._beside(reading, i)
        return [self._finish(r) for r in self.readings]

    def _needs_owner(self, reading: _Reading) -> bool:
        """Whether a name can only be read when the other bodies of the article are."""
        first, last = reading.parts[0], reading.parts[-1]
        hospital = set(first.fields) & set(_facts()["units"]["hospital"])
        return bool(hospital and first.kind in _UNITS) or (
            len(reading.parts) > 1 and last.is_bare() and bool(kind_of(last.kind).get("generic"))
        )

    def _read(self, reading: _Reading) -> None:
        parsed: Parsed | None = None
        try:
            parsed = lexicon.parse(reading.mention.text, self.language)
        except languages.UnknownLanguage:
            parsed = None
        if parsed is None:
            return
        reading.unknown = parsed.unknown
        reading.parts = [_copy(p) for p in parsed.parts]
        first = reading.parts[0]
        reading.heads = frozenset().union(*(_classes(p.kind) for p in reading.parts[:1]))
        if any(p.kind == "ministry" for p in reading.parts):
            reading.ministry = next(
                (_field_slug(p.fields) for p in reading.parts if p.kind == "ministry" and p.fields),
                None,
            )
        row = kind_of(first.kind)
        unsaid = row.get("generic") or row.get("scope") in ("area", "part", "unit", "named")
        if len(reading.parts) == 1 and first.is_bare() and unsaid:
            reading.pointer = row.get("generic", False) or not (
                row.get("national")
                or (
                    row.get("scope") == "area"
                    and not row.get("of_body")
                    and row.get("class") not in ("commission", "court", "council", "command")
                )
            )

    def _provincial_fields(self) -> set[str]:
        """Fields whose word for a ministry stands for a department of the article's province.

        Machine translation into some languages words both alike. In an article about a province
        a ministry of a field that has departments is the department, unless the article names
        that department as a ministry with its place or level, or the sentence shows the ministry
        (``_issues``): right on four of five such mentions of the train articles.
        """
        if self.place is None or not self._translates_departments():
            return set()
        fields = {r.ministry for r in self.readings if r.ministry}
        for reading in self.readings:
            if any(p.areas or any(v != "centre" for v in p.levels) for p in reading.parts):
                fields.discard(reading.ministry or "")
        return {f for f in fields if _facts()["fields"].get(f, {}).get("department")}

    def _translates_departments(self) -> bool:
        """Whether this language words departments as ministries at all."""
        data = languages.data(self.language, "organisations")
        return bool(data.get("ministry_means_department", False))

    # -- composing -------------------------------------------------------------------------

    def _compose(self, reading: _Reading, index: int, departments: set[str]) -> None:
        parts = reading.parts
        self._ministries(reading, departments)
        for part in parts:
            if part.kind in ("department", "ministry") and part.fields:
                self._whole_fields(part)
        parts = self._absorb(parts)
        reading.parts = parts
        head = parts[0]
        centre = any("centre" in p.levels for p in parts)
        for part in parts:
            if kind_of(part.kind).get("scope") == "area" and part.proper and not part.areas:
                joined = " ".join(part.proper)
                if (
                    len(part.proper) < 4
                    and self.place is not None
                    and any(
                        places.resolve(joined, lv, self.place, self.published)
                        for lv in ("district", "commune")
                    )
                ):
                    part.areas.append((None, joined))
                    part.proper.clear()
        keys: list[tuple[str, str, str]] = []
        for i, part in enumerate(parts):
            under = parts[i + 1] if i + 1 < len(parts) else None
            keys.append(self._body(part, under, centre))
        if not keys[0][0]:
            if len(parts) == 1 or (
                parts[1].is_bare()
                and kind_of(parts[1].kind).get("generic")
                and not kind_of(head.kind).get("of_body")
            ):
                reading.pointer = head.is_bare() or len(parts) > 1
                if not reading.pointer:
                    reading.reasons.append("says whose it is and not what")
                return
            keys[0] = (keys[0][1], keys[0][1], "")
        reading.kind = keys[0][1]
        if (
            head.kind in _VAGUE
            and not (head.fields or head.areas or head.levels or head.numbers)
            and len(parts) == 1
            and reading.mention.text[reading.mention.text.find(" ") + 1 :].islower()
        ):
            reading.reasons.append("describes a body and names none")
            return
        reading.body = keys[0][1] or keys[0][0]
        reading.own = keys[0][0]
        row = kind_of(reading.kind)
        # What it belongs to.
        above = [k[0] for k in keys[1:] if k[0]]
        reading.stem = "/".join([keys[0][0], *above])
        if len(parts) > 1 and not keys[-1][0]:
            owner = self._nearest(index, _classes(parts[-1].kind), parts[-1].kind)
            if owner is not None and owner.id is not None:
                reading.id = "/".join([keys[0][0], *above, owner.id])
                reading.parent = "/".join([*above, owner.id])
                reading.label = f"{self._label(reading)} of the {owner.label or owner.id}"
                reading.path, reading.place = owner.path, owner.place
                reading.unplaced = owner.unplaced
                reading.reasons.append(f"{parts[-1].kind} points back at {owner.id}")
                return
        explicit = [a for p in parts for a in p.areas]
        levels = [lv for p in parts for lv in p.levels]
        countries = [c for p in parts for c in p.countries if c != "vietnam"]
        said = [c for p in parts for c in p.countries]
        if len(said) > 1 and said[0] == "vietnam" and head.kind in _facts()["abroad"]["kinds"]:
            keys[0] = (f"vietnam-{keys[0][0]}", *keys[0][1:])
            reading.own = keys[0][0]
        scopes = {kind_of(k[1]).get("scope", "named") for k in keys}
        if countries and head.kind in _facts()["abroad"]["kinds"]:
            reading.path = (countries[0],)
            for _, said_name in explicit:
                here = places.resolve(said_name, "province", None, self.published)
                if here is not None:
                    reading.path, reading.place = (countries[0], here.slug), here
            reading.reasons.append("country in the name")
        elif countries and not explicit:
            reading.path = (countries[0],)
            reading.reasons.append("country in the name")
        elif explicit or any(lv not in ("centre", "region") for lv in levels):
            self._locate(reading, explicit, levels, index)
        elif (
            centre
            or self._of_ministry(index)
            or any(k[1] == "ministry" or k[0].endswith("-ministry") for k in keys)
        ):
            reading.reasons.append("central body")
        elif row.get("national") and any("vietnam" in p.countries for p in parts):
            reading.reasons.append("national body")
        elif head.name_id or scopes <= {"state"}:
            pass
        elif self._hospital_unit(reading, head, index):
            return
        elif len(parts) > 1 and (
            parts[-1].name_id
            or (
                parts[-1].proper
                and kind_of(keys[-1][1]).get("scope") == "named"
                and not kind_of(keys[-1][1]).get("local")
            )
        ):
            reading.reasons.append("belongs to a body with a name of its own")
        elif "area" in scopes or row.get("local"):
            self._unsaid_place(reading, index, row)
        elif row.get("field") and not head.proper:
            self._named_elsewhere(reading, index)
        state = head.kind == "party-central-committee" or row.get("scope") == "state"
        if state and not countries and not head.name_id and not (row.get("branches") and explicit):
            reading.path, reading.place = (), None
        if len(keys) > 1 and kind_of(keys[-1][1]).get("scope") == "state":
            reading.unplaced = False  # a part of a body that is one in the country
        if above:
            reading.parent = "/".join([*above, *reading.path])
        reading.id = "/".join([keys[0][0], *above, *reading.path])
        reading.label = self._label(reading, above)

    def _whole_fields(self, part: Part) -> None:
        """A department named by some of its fields, where the article names all of them."""
        if _field_slug(part.fields) in _facts()["fields"]:
            return
        fuller = {whole for whole in self.fuller if set(part.fields) < whole}
        if len(fuller) == 1:
            part.fields = sorted(next(iter(fuller)))

    def _ministries(self, reading: _Reading, departments: set[str]) -> None:
        """A ministry of a province is its department."""
        local = any(p.areas or any(level != "centre" for level in p.levels) for p in reading.parts)
        for index, part in enumerate(reading.parts):
            if part.kind != "ministry" or not part.fields or part.countries:
                continue
            if index and not local and reading.parts[0].kind in ("department", "agency"):
                continue
            slug = _field_slug(part.fields)
            department = _facts()["fields"].get(slug, {}).get("department")
            if (local and department) or (slug in departments and not self._issues(reading)):
                part.kind = "department"
                reading.reasons.append("a ministry below the centre is the department")

    def _of_ministry(self, index: int) -> bool:
        """Whether a ministry stands in brackets right behind the mention."""
        stop = self.readings[index].mention.end
        after = self.text[stop : stop + 3]
        if not re.fullmatch(r"\s?\(.*", after, re.DOTALL) or index + 1 == len(self.readings):
            return False
        other = self.readings[index + 1]
        return (
            other.ministry is not None
            and other.mention.start - self.readings[index].mention.end <= 3
        )

    def _before(self, index: int) -> list[_Reading]:
        """The mentions before ``index`` that are near enough to matter, in order."""
        return self.readings[max(0, index - _WINDOW) : index]

    def _after(self, index: int) -> list[_Reading]:
        """The mentions after ``index`` that are near enough to matter, in order."""
        return self.readings[index + 1 : index + 1 + _WINDOW]

    def _beside_ministry(self, reading: _Reading) -> bool:
        """Whether the sentence names a ministry that no province has a department for."""
        start = max(
            self.text.rfind(sign, max(0, reading.mention.start - 1000), reading.mention.start)
            for sign in (". ", "\n", "? ", "! ")
        )
        far = reading.mention.end + 1000
        ends = [self.text.find(sign, reading.mention.end, far) for sign in (". ", "\n")]
        end = min((e for e in ends if e >= 0), default=far)
        here = bisect.bisect_left(self.central, start)
        return here < len(self.central) and self.central[here] < end

    def _issues(self, reading: _Reading) -> bool:
        """Whether a document number of a ministry stands right before the mention."""
        before = self.text[max(0, reading.mention.start - 60) : reading.mention.start]
        if before.rstrip().endswith("(") or self._beside_ministry(reading):
            return True
        return _MINISTRY_NUMBER.search(before) is not None

    def _absorb(self, parts: list[Part]) -> list[Part]:
        """Parts that together are one body (``inspection commission`` of a party committee)."""
        parts = list(parts)
        for part in parts:
            if kind_of(part.kind).get("centre"):
                part.kind = kind_of(part.kind)["class"]
                part.levels.append("centre")
            if "general" in part.fields and kind_of(part.kind).get("national"):
                part.levels.append("centre")
        i = 0
        while i < len(parts):
            part = parts[i]
            if part.party and part.kind == "standing-committee":
                part.kind = "party-standing-committee"
            if part.party and part.kind == "executive-committee":
                part.kind = "party-executive-committee"
            if part.kind == "party-central-committee" and part.fields:
                part.kind = "party-committee"
                part.levels.append("centre")
            whole = (
                i + 1 < len(parts)
                and not (part.fields or part.proper or part.numbers or part.areas)
                and (
                    part.kind == "party-central-committee"
                    or part.kind == "sub-department"
                    or (
                        part.kind == "executive-committee"
                        and kind_of(parts[i + 1].kind).get("national")
                    )
                    or (
                        part.kind in ("department", "team", "unit", "office")
                        and parts[i + 1].kind.endswith("-police")
                    )
                )
            )
            if whole and part.kind != "party-central-committee":
                under = parts[i + 1]
                _merge(under, part)
                del parts[i]
                continue
            if whole:
                under = parts.pop(i + 1)
                under.levels.append("centre")
                parts[i] = under
                continue
            if (
                part.kind.endswith("-police")
                and i + 1 < len(parts)
                and (parts[i + 1].kind == "police")
            ):
                _merge(part, parts.pop(i + 1))
            if (
                part.kind == "party-secretariat"
                and i + 1 < len(parts)
                and (parts[i + 1].kind not in ("party-central-committee", "party-committee"))
            ):
                part.kind = "secretariat"
            if i + 1 < len(parts):
                under = parts[i + 1]
                for row in _facts()["compositions"]:
                    if (
                        row.get("absorbs")
                        and _heads_fit(row, part)
                        and not part.fields
                        and under.kind in row["under"]
                    ):
                        _merge(part, under)
                        part.kind = row["body"]
                        del parts[i + 1]
                        break
                else:
                    body = _composed(part, under, False)
                    if kind_of(body or part.kind).get("party") and under.kind in (
                        "party-committee",
                        "party-organisation",
                        "party-central-committee",
                    ):
                        if body:
                            part.kind, part.fields = body, []
                        if under.kind == "party-central-committee":
                            part.levels.append("centre")
                        _merge(part, under)
                        del parts[i + 1]
                        continue
            i += 1
        return parts

    def _body(self, part: Part, under: Part | None, centre: bool) -> tuple[str, str, str]:
        """Key, kind and name of its own of one part; an empty key when it says too little."""
        if part.name_id:
            more = slugify(" ".join(part.proper))
            return (f"{part.name_id}-{more}" if more else part.name_id), part.kind, ""
        kind = part.kind
        row = kind_of(kind)
        composed = _composed(part, under, centre)
        if composed:
            return composed, composed, ""
        if kind == "party-committee" and centre and not under and not part.fields:
            return "party-central-committee", "party-central-committee", ""
        kind = row.get("same_as", kind)
        fields = list(part.fields)
        scope = row.get("scope", "named")
        if scope == "named" and "centre" in part.levels:
            fields.append("central")
        # The number before a standing body counts its terms (the 13th Central Committee).
        term = scope in ("state", "area") and not row.get("generic") and row.get("class") != "team"
        names = [*part.proper, *([] if term else part.numbers)]
        if scope == "named" and kind not in _facts()["abroad"]["kinds"] and (fields or names):
            names += [c for c in part.countries if c != "vietnam"]
            part.countries.clear()
        if scope == "unit":
            own = slugify(" ".join([*part.numbers, *part.proper]))
            return (f"{kind}/{own}" if own else kind if part.areas else ""), kind, own
        own = slugify(" ".join(names))
        slug = _field_slug(fields) if fields else ""
        pattern: str | None = row.get("field")
        if slug and pattern:
            body = pattern.format(field=slug)
            return (f"{body}/{own}" if own else body), kind, own
        if scope == "named":
            said = "-".join(x for x in (own, slug) if x)
            if said:
                return f"{kind}/{said}", kind, said
            if part.areas or part.countries:
                return kind, kind, ""
            if part.levels and not row.get("generic"):
                return kind, kind, ""
            return ("" if row.get("generic") and not part.levels else kind), kind, ""
        if row.get("generic") and not own and not slug:
            return "", kind, ""
        if not row.get("generic") and set(fields) <= {"general"}:
            slug = ""
        if own or slug:
            return "/".join([kind, "-".join(x for x in (own, slug) if x)]), kind, own
        return kind, kind, ""

    def _label(self, reading: _Reading, above: Sequence[str] = ()) -> str:
        """The English name."""
        row = kind_of(reading.body or "")
        named = facts.named().get(reading.own)
        if named:
            label: str = named["label"]
        elif reading.own == reading.body and row.get("label"):
            label = row["label"]
        elif reading.own.startswith(f"{reading.body}/"):
            label = f"{_english(reading.own.split('/', 1)[1])} {row.get('label', '')}".strip()
        else:
            label = _english(reading.own)
        for body in above:
            inner = kind_of(body).get("label") or _english(body)
            label += f" of the {inner}"
        if reading.place is not None:
            names = [
                reading.place.name,
                *(p.name for p in places.gazetteer().ancestors(reading.place)),
            ]
            label += f" of {', '.join(names)}"
        elif reading.path:
            label += f" of {', '.join(_english(s) for s in reversed(reading.path))}"
        return label

    # -- places ----------------------------------------------------------------------------

    def _locate(
        self,
        reading: _Reading,
        explicit: Sequence[tuple[str | None, str]],
        levels: Sequence[str],
        index: int,
    ) -> None:
        """Place from what the name says, the rest from the article."""
        province: Place | None = None
        below: Place | None = None
        unknown: str | None = None
        region = None
        for level, name in explicit:
            if level == "region":
                region = slugify(name)
                continue
            if name.isascii() and name.isdigit():
                word = "district" if level == "district" else "ward"
                below = places.resolve(f"{word} {name}", level, self.place, self.published)
                unknown = f"{level}-{int(name)}" if below is None else None
                continue
            if level in (None, "province", "city"):
                here = places.resolve(name, "province", None, self.published)
                if here is not None and not (level == "city" and self._is_town(here)):
                    province = here
                    continue
            inside = province or self.place
            hit = None
            for wanted in (
                [level] if level not in (None, "village", "region") else ["district", "commune"]
            ):
                hit = (
                    hit
                    or (places.resolve(name, wanted, inside, self.published) if inside else None)
                    or places.resolve(name, wanted, None, self.published)
                )
            if hit is not None:
                below = hit
            else:
                unknown = slugify(name)
        if region is not None:
            national = kind_of(reading.kind)
            whole = national.get("scope") == "state" or national.get("national")
            reading.path = (region,) if whole else (*self._province_path(province), region)
            reading.place = province
            reading.said_place = True
            return
        wanted_levels = [lv for lv in levels if lv != "centre"]
        if below is None and unknown is None:
            low = [lv for lv in wanted_levels if lv in ("district", "commune", "town", "village")]
            if low and not explicit:
                below, why = self._salient(reading, low[-1], index)
                if below is None:
                    owner = self._same_level(index, low[-1])
                    if owner is not None:
                        reading.path, reading.place = owner.path, owner.place
                        reading.reasons.append(f"place of {owner.id}")
                        return
                    reading.unplaced = True
                    reading.reasons.append(f"{low[-1]} not named")
                    reading.path = ()
                    return
                reading.reasons.append(why)
        if below is not None:
            if province is None and self.place is not None and places.is_within(below, self.place):
                province = self.place
            top = province or places.gazetteer().province(below)
            if top.era != below.era and province is None:
                top = places.gazetteer().province(below)
            reading.path = (top.slug, below.slug) if top.id != below.id else (top.slug,)
            reading.place = below
            reading.said_place = bool(explicit)
            reading.reasons.append(
                "place in the name" if explicit else "nearest place of its level"
            )
            return
        if unknown is not None:
            reading.path = (*self._province_path(province), unknown)
            reading.place = province
            reading.said_place = True
            reading.reasons.append("place in the name, not in the register")
            return
        if province is not None:
            reading.path, reading.place = (province.slug,), province
            reading.said_place = True
            reading.reasons.append("place in the name")
            return
        self._take_article_place(reading)

    def _is_town(self, here: Place) -> bool:
        """A city word beside a province's name that is a town of that province."""
        return not places.is_city(here) and bool(
            self.place is not None and self.place.id == here.id
        )

    def _province_path(self, province: Place | None) -> tuple[str, ...]:
        here = province or self.place
        return (here.slug,) if here is not None else ()

    def _salient(self, reading: _Reading, level: str, index: int) -> tuple[Place | None, str]:
        """The district or commune meant by a level alone: the nearest one named before."""
        kinds = {
            "district": ("district",),
            "commune": ("commune",),
            "village": ("commune",),
            "town": ("district", "commune"),
        }[level]
        here = bisect.bisect_left(self.starts, reading.mention.start)
        fits = [
            f
            for f in self.found[max(0, here - _WINDOW) : here + _WINDOW]
            if f.place.level in kinds
            and (self.place is None or places.is_within(f.place, self.place))
        ]
        before = [f for f in fits if f.start < reading.mention.start]
        if before:
            return before[-1].place, f"nearest {level} named before"
        if len({f.place.slug for f in fits}) == 1:
            return fits[0].place, f"only {level} named"
        return None, ""

    def _same_level(self, index: int, level: str) -> _Reading | None:
        for other in reversed(self._before(index)):
            if other.id and len(other.path) == 2 and any(level in p.levels for p in other.parts):
                return other
        return None

    def _take_article_place(self, reading: _Reading) -> None:
        if self.place is not None:
            reading.path, reading.place = (self.place.slug,), self.place
            reading.reasons.append(self.place_reason)
        else:
            reading.unplaced = True
            reading.reasons.append(self.place_reason)

    def _unsaid_place(self, reading: _Reading, index: int, row: dict[str, Any]) -> None:
        """A name without level and place: the body named so before, else the article's place."""
        for other in reversed(self._before(index)):
            if (
                other.stem == reading.stem
                and other.said_place
                and other.path
                and (
                    other.place is None
                    or self.place is None
                    or places.is_within(other.place, self.place)
                )
                and (reading.parts[0].is_bare() or not other.path[-1].startswith("region-"))
            ):
                reading.path, reading.place = other.path, other.place
                reading.reasons.append(f"named before as {other.id}")
                return
        self._take_article_place(reading)

    def _named_elsewhere(self, reading: _Reading, index: int) -> None:
        """The place of the one body of this name that the article names with its place."""
        said = {}
        for other in [*reversed(self._before(index)), *self._after(index)]:
            for part in other.parts:
                same = part.kind == reading.parts[0].kind
                same = same and part.fields == reading.parts[0].fields
                if same and (part.areas or part.levels or part.proper):
                    said[other.mention.start] = other
        first = next(iter(said.values()), None)
        if first is None or first.parts[0].kind != reading.parts[0].kind:
            return
        if first.id is None and first.parts:
            explicit = [a for p in first.parts for a in p.areas]
            self._locate(reading, explicit, [lv for p in first.parts for lv in p.levels], index)
        else:
            reading.path, reading.place = first.path, first.place
        reading.reasons.append(f"named in full as {first.mention.text[:80]}")

    def _hospital_unit(self, reading: _Reading, head: Part, index: int) -> bool:
        """A ward of a hospital belongs to the hospital named nearest."""
        if head.kind not in _UNITS or not head.fields:
            return False
        if not set(head.fields) & set(_facts()["units"]["hospital"]):
            return False
        owner = self._nearest(index, frozenset({"hospital"}), "hospital")
        if owner is None or owner.id is None:
            return False
        reading.parent, reading.place = owner.id, owner.place
        reading.own = f"{_field_slug(head.fields)}-department"
        reading.id = f"{reading.own}/{owner.id}"
        reading.label = f"{_english(reading.own)} of the {owner.label or owner.id}"
        reading.reasons.append(f"unit of the hospital named nearest, {owner.id}")
        return True

    # -- short forms -----------------------------------------------------------------------

    def _nearest(self, index: int, classes: frozenset[str], kind: str) -> _Reading | None:
        """The body of such a kind that the article names most, else the nearest before."""

        def fits(other: _Reading) -> bool:
            return (
                other.id is not None
                and not other.pointer
                and bool(other.heads & classes or _classes(other.kind) & classes)
            )

        before = [r for r in self._before(index) if fits(r)]
        after = [r for r in self._after(index) if fits(r)]
        counts = Counter(r.id for r in (*before, *after))
        ranked = counts.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
            return next(r for r in (*before, *after) if r.id == ranked[0][0])
        return before[-1] if before else None

    def _point(self, reading: _Reading, index: int) -> None:
        part = reading.parts[0] if reading.parts else None
        if part is None:
            return
        owner = self._salient_body(index, part)
        if owner is None:
            return
        for name in _IDENTITY:
            setattr(reading, name, getattr(owner, name))
        reading.reasons.append(f"short form of {owner.mention.text[:80]}")

    def _beside(self, reading: _Reading, index: int) -> None:
        """A bare council or committee takes the place of the body it is co-ordinated with.

        ``Majlis Rakyat dan Jawatankuasa Rakyat Wilayah``: the council is the province's too.
        """
        row = kind_of(reading.parts[0].kind) if len(reading.parts) == 1 else {}
        if row.get("scope") != "area" or row.get("generic"):
            return
        for other in self.readings[index + 1 : index + 2] + self.readings[index - 1 : index]:
            first, second = sorted((reading, other), key=lambda r: r.mention.start)
            between = self.text[first.mention.end : second.mention.start]
            joined = len(between) <= 20 and set(_PIECE.findall(fold(between))) <= self.joiners
            if not joined or other.id is None or not (other.path or other.unplaced):
                continue
            if kind_of(other.kind).get("scope") != "area":
                continue
            reading.kind = reading.body = reading.own = reading.stem = reading.parts[0].kind
            reading.path, reading.place = other.path, other.place
            reading.unplaced = other.unplaced
            reading.id = "/".join([reading.own, *reading.path])
            reading.label = self._label(reading)
            reading.reasons.append(f"named together with {other.mention.text[:80]}")
            return

    def _salient_body(self, index: int, part: Part) -> _Reading | None:
        """The body a short form means: of its kind, worded with its word, named near and often.

        Each mention before counts, one further away a little less; the best must lead clearly.
        """
        classes = (
            _classes(part.kind) if kind_of(part.kind).get("generic") else frozenset({part.kind})
        )
        word = fold(self.readings[index].mention.text)
        weights: dict[str, float] = {}
        alike: dict[str, float] = {}
        last: dict[str, _Reading] = {}
        for step, other in enumerate(reversed(self._before(index)), 1):
            if step > 40:
                break
            if other.id is None or not other.parts:
                continue
            if not (other.heads & classes or other.kind == part.kind):
                continue
            weight = float(step) ** -DECAY
            if other.pointer:
                weight *= 0.5 if word == fold(other.mention.text) else 0.0
            elif word in fold(other.mention.text):
                alike[other.id] = alike.get(other.id, 0.0) + weight
            if weight:
                weights[other.id] = weights.get(other.id, 0.0) + weight
                last.setdefault(other.id, other)
        if not weights:
            later = {
                r.id: r
                for r in self._after(index)
                if r.id and r.parts and not r.pointer and (r.heads & classes or r.kind == part.kind)
            }
            return next(iter(later.values())) if len(later) == 1 else None
        ranked = sorted((alike or weights).items(), key=lambda kv: -kv[1])
        if len(ranked) > 1 and ranked[0][1] < MARGIN * ranked[1][1]:
            return None
        return last[ranked[0][0]]

    def _abbreviations(self) -> None:
        """Abbreviations in brackets, known names, and names of companies without their head."""
        by_start = {r.mention.start: r for r in self.readings}
        learnt: dict[str, _Reading] = {}
        for reading in self.readings:
            if reading.id is None:
                continue
            m = _ABBREVIATION.match(self.text, reading.mention.end)
            if m is None:
                continue
            other = by_start.get(m.start(1))
            if other is None and _BARE_ABBREVIATION.fullmatch(m[1]):
                learnt.setdefault(m[1], reading)
            elif (
                other is not None
                and other.mention.end == m.end(1)
                and (_BARE_ABBREVIATION.fullmatch(m[1]) and other.unknown == 0)
            ):
                if other.id is not None and other.parts and other.parts[0].name_id:
                    if (
                        len(reading.parts) == 1
                        and not reading.parts[0].name_id
                        and not reading.parts[0].areas
                        and other.kind not in ("media", "university")
                    ):
                        self._same(reading, other, "abbreviation in brackets")
                else:
                    self._same(other, reading, "abbreviation in brackets")
                learnt.setdefault(other.mention.text, reading)
        own: dict[str, _Reading] = {}
        for reading in self.readings:
            if reading.id is not None and reading.parts and len(reading.parts) == 1:
                first = reading.parts[0]
                areas = [name for _, name in first.areas] if first.proper else []
                proper = slugify(" ".join([*first.proper, *areas]))
                if proper and not (first.fields and first.kind != "club"):
                    own.setdefault(proper, reading)
        for reading in self.readings:
            if reading.id is not None:
                continue
            if reading.mention.text in learnt:
                self._same(reading, learnt[reading.mention.text], "abbreviation of")
                continue
            if reading.parts:
                continue
            slug = slugify(reading.mention.text)
            if reading.mention.text.islower():
                reading.reasons.append("no name and no known kind of body")
            elif slug in own:
                self._same(reading, own[slug], "name without its kind of")
            elif slug:
                reading.id = slug
                reading.own = slug
                reading.label = reading.mention.text
                reading.reasons.append("name as written")

    def _same(self, reading: _Reading, owner: _Reading, why: str) -> None:
        for name in _IDENTITY:
            setattr(reading, name, getattr(owner, name))
        reading.pointer = False
        reading.reasons.append(f"{why} {owner.mention.text[:80]}")

    # -- result ----------------------------------------------------------------------------

    def _finish(self, reading: _Reading) -> Organisation:
        place = reading.place
        return dataclasses.replace(
            reading.mention,
            canonical_id=reading.id,
            label=reading.label if reading.id else None,
            body=reading.body if reading.id else None,
            parent_id=reading.parent if reading.id else None,
            place_id=place.id if place else None,
            place=place.name if place else None,
            place_successor_id=(place.successor_id or place.id) if place else None,
            place_missing=reading.unplaced and reading.id is not None,
            name_vi=self._vietnamese(reading),
            reason="; ".join(dict.fromkeys(reading.reasons)) or None,
        )

    def _vietnamese(self, reading: _Reading) -> str | None:
        """The official Vietnamese name, where every part of it is known."""
        if reading.id is None or reading.parent is not None:
            return None
        named = facts.named().get(reading.own)
        if named:
            vi: str | None = named.get("vi") if not reading.path else None
            return vi
        if reading.path and reading.place is None:
            return None
        name: str | None = None
        row = kind_of(reading.own)
        if reading.own == reading.body:
            name = row.get("vi")
            if row.get("scope") == "area" and reading.place is None and not row.get("national"):
                return None
            own_word = row.get("vi_of", {}).get(
                reading.place.name_vi.split(" ")[0].lower() if reading.place else ""
            )
            if own_word and reading.place is not None:
                return f"{own_word} {places.bare_name(reading.place)}"
        elif reading.own.endswith("-ministry"):
            vi = _field_vi(reading.own.removesuffix("-ministry"))
            name = f"Bộ {vi}" if vi else None
        elif reading.own.endswith("-department"):
            vi = _field_vi(reading.own.removesuffix("-department"))
            name = f"Sở {vi}" if vi and len(reading.path) == 1 else None
        if name is None:
            return None
        if reading.place is None:
            return name
        if len(reading.path) > 1 and reading.place.level == "province":
            return None
        area = reading.place.name_vi
        return f"{name} {area[0].lower()}{area[1:]}"


_MINISTRY_NUMBER = re.compile(
    r"\d+\s?/\s?(?:\d{4}\s?/\s?)?(?:TT|QĐ|QD|CV|TTLT|KH|CT)\s?-\s?B[A-ZĐ]{1,6}\b|\bB[A-ZĐ]{2,6}\b"
)


def _copy(part: Part) -> Part:
    return Part(
        part.kind,
        part.name_id,
        list(part.fields),
        list(part.levels),
        list(part.areas),
        list(part.proper),
        list(part.numbers),
        list(part.countries),
        part.party,
    )


def _merge(part: Part, under: Part) -> None:
    part.levels += under.levels
    part.areas += under.areas
    part.countries += under.countries
    part.numbers += under.numbers
    part.proper += under.proper


def _heads_fit(row: dict[str, Any], part: Part) -> bool:
    if "only" in row:
        return bool(part.kind == row["only"])
    return part.kind in row["heads"] or (
        kind_of(part.kind).get("class") in row["heads"] and bool(kind_of(part.kind).get("generic"))
    )


def _composed(part: Part, under: Part | None, centre: bool) -> str | None:
    """The kind of body that a generic head and its fields make, if the facts know it."""
    if not kind_of(part.kind).get("generic"):
        return None
    fields = frozenset(part.fields)
    for row in _facts()["compositions"]:
        if row.get("absorbs") or not _heads_fit(row, part):
            continue
        if frozenset(row.get("fields", ())) != fields:
            continue
        wanted = row.get("under")
        if wanted and not (
            (under is not None and under.kind in wanted) or ("centre" in wanted and centre)
        ):
            continue
        body: str = row["body"]
        return body
    return None


def identify(
    organisations: Sequence[Organisation],
    text: str,
    language: str,
    *,
    title: str | None = None,
    published: datetime.date | None = None,
    place: str | None = None,
) -> list[Organisation]:
    """The mentions of one article with their identity filled in, in the order given.

    ``organisations`` have offsets into ``text``; ``title`` and ``published`` are what the page
    says, ``place`` the province its user names. Fills ``canonical_id``, ``label`` (English),
    ``body``, ``parent_id``, ``place_id``, ``place``, ``place_successor_id``, ``name_vi`` and
    ``reason``; ``canonical_id`` is ``None`` where nothing certain can be said.
    """
    order = sorted(
        range(len(organisations)), key=lambda i: (organisations[i].start, organisations[i].end)
    )
    document = _Document([organisations[i] for i in order], text, language, title, published, place)
    done = document.run()
    result: list[Organisation] = list(organisations)
    for i, organisation in zip(order, done, strict=True):
        result[i] = organisation
    return result
