"""Bodies with a name of their own, known by its parts: however a translation words them.

The facts know ``Vietnam Export Import Commercial Joint Stock Bank``; a translation that says
``Bank Perdagangan Saham Bersama Eksport Import Vietnam`` means the same head and field.
"""

from __future__ import annotations

from collections import defaultdict

from pipeline import facts, languages
from pipeline.normalise import lexicon
from pipeline.normalise.lexicon import Part, kind_of
from pipeline.user_lexicon import remembered

_Key = tuple[str, frozenset[str], frozenset[str], frozenset[str], bool]


def _key(part: Part) -> _Key:
    return (
        kind_of(part.kind).get("same_as", part.kind),
        frozenset(part.fields),
        frozenset(part.proper),
        frozenset(part.numbers),
        "centre" in part.levels,
    )


@remembered()
def _by_parts(language: str) -> dict[_Key, str]:
    """What the names of the facts say by their parts, where that is one body's alone."""
    said: dict[_Key, set[str]] = defaultdict(set)
    own = languages.data(language, "organisations")["names"]
    for name_id, row in facts.named().items():
        for name in (*row.get("names", ()), row["label"], row.get("vi", ""), *own.get(name_id, ())):
            parsed = lexicon.parse_by_parts(name, language) if " " in name else None
            if parsed is not None and len(parsed.parts) == 1 and not parsed.parts[0].areas:
                said[_key(parsed.parts[0])].add(name_id)
    return {key: next(iter(ids)) for key, ids in said.items() if key[1] and len(ids) == 1}


def known_by_parts(part: Part, language: str, of_vietnam: bool) -> str | None:
    """The body whose name says what ``part`` says; ``None`` when none or several do.

    One field alone names no body (``bank perdagangan``), unless it is Vietnam's or a group.
    """
    if part.name_id or part.areas or set(part.levels) - {"centre"}:
        return None
    if len(part.fields) + len(part.proper) < 2 and not (of_vietnam or part.kind == "group"):
        return None
    return _by_parts(language).get(_key(part))
