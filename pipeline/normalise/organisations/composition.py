"""Parts of a name to one key: what body they are together, by the facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline import facts, languages
from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.places import slugify


@cache
def body_facts() -> dict[str, Any]:
    """The facts about organisations, as they stand in their file."""
    return facts.data("organisations")


@cache
def field_names() -> dict[frozenset[str], tuple[str, str | None]]:
    """Sets of fields that one body has: their slug and the Vietnamese name."""
    return {frozenset(r["of"]): (r["name"], r.get("vi")) for r in body_facts()["field_names"]}


def field_slug(fields: Sequence[str]) -> str:
    """One name for a set of fields, whatever order a translation gives them."""
    unique = frozenset(fields)
    known = field_names().get(unique)
    return known[0] if known else "-".join(sorted(unique))


def classes_of(kind: str) -> frozenset[str]:
    """A kind, its class and the kind it is the same as: what short forms may call it."""
    row = kind_of(kind)
    return frozenset(k for k in (kind, row.get("class"), row.get("same_as")) if k)


def _of_party(parts: list[Part], language: str) -> list[Part]:
    """The Party of a body is its party committee: ``Parti Jabatan Kesihatan``."""
    head, words = parts[0], languages.data(language, "organisations")["party_words"]
    if head.proper and head.proper[0] in words and not head.name_id:
        head.proper = head.proper[1:]
        return [Part("party-committee"), *parts]
    return parts


def _branches(parts: list[Part]) -> list[Part]:
    """A branch of a body that has them, named before or behind it: ``cawangan Bank Negara``."""
    if len(parts) == 2 and any(kind_of(p.kind).get("branches") for p in parts):
        body, branch = sorted(parts, key=lambda p: not kind_of(p.kind).get("branches"))
        if branch.kind in ("sub-department", "department") and not branch.fields:
            _merge(body, branch)
            if not (body.name_id or "centre" in body.levels):
                body.levels.append("province")
            return [body]
    return parts


def absorb(parts: list[Part], language: str) -> list[Part]:
    """Parts that together are one body (``inspection commission`` of a party committee)."""
    parts = _branches(_of_party(list(parts), language))
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
        if part.kind.endswith("-police") and i + 1 < len(parts) and (parts[i + 1].kind == "police"):
            _merge(part, parts.pop(i + 1))
        if (
            part.kind == "party-secretariat"
            and i + 1 < len(parts)
            and (parts[i + 1].kind not in ("party-central-committee", "party-committee"))
        ):
            part.kind = "secretariat"
        if i + 1 < len(parts):
            under = parts[i + 1]
            for row in body_facts()["compositions"]:
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
                body = composed(part, under, False)
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


def body_key(part: Part, under: Part | None, centre: bool) -> tuple[str, str, str]:
    """Key, kind and name of its own of one part; an empty key when it says too little."""
    if part.name_id:
        more = slugify(" ".join(part.proper))
        return (f"{part.name_id}-{more}" if more else part.name_id), part.kind, ""
    kind = part.kind
    row = kind_of(kind)
    whole = composed(part, under, centre)
    if whole:
        return whole, whole, ""
    if kind == "party-committee" and centre and not under and not part.fields:
        return "party-central-committee", "party-central-committee", ""
    kind = row.get("same_as", kind)
    fields = list(part.fields)
    scope = row.get("scope", "named")
    if scope == "named" and "centre" in part.levels:
        fields.append("central")
    # The number before a standing body counts its terms (the 13th Central Committee).
    term = (
        scope in ("state", "area")
        and not row.get("generic")
        and row.get("class") not in body_facts()["numbered"]["classes"]
    )
    names = [*part.proper, *([] if term else part.numbers)]
    if scope == "named" and kind not in body_facts()["abroad"]["kinds"] and (fields or names):
        names += [c for c in part.countries if c != "vietnam"]
        part.countries.clear()
    if scope == "unit":
        own = slugify(" ".join([*part.numbers, *part.proper]))
        return (f"{kind}/{own}" if own else kind if part.areas else ""), kind, own
    own = slugify(" ".join(names))
    slug = field_slug(fields) if fields else ""
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


def composed(part: Part, under: Part | None, centre: bool) -> str | None:
    """The kind of body that a generic head and its fields make, if the facts know it."""
    if not kind_of(part.kind).get("generic"):
        return None
    fields = frozenset(part.fields)
    for row in body_facts()["compositions"]:
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


def _heads_fit(row: dict[str, Any], part: Part) -> bool:
    if "only" in row:
        return bool(part.kind == row["only"])
    return part.kind in row["heads"] or (
        kind_of(part.kind).get("class") in row["heads"] and bool(kind_of(part.kind).get("generic"))
    )


def _merge(part: Part, under: Part) -> None:
    part.levels += under.levels
    part.areas += under.areas
    part.countries += under.countries
    part.numbers += under.numbers
    part.proper += under.proper
