"""Bodies with a name of their own, known by its parts: however a translation words them.

The facts know the ``Military Industry and Telecoms Group``; a translation that says ``Kumpulan
Industri - Telekomunikasi Tentera`` means the same head and fields.
"""

from __future__ import annotations

from collections import defaultdict

from pipeline import facts, languages
from pipeline.normalise import lexicon
from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.places import fold
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
def _by_parts(language: str) -> dict[_Key, dict[str, bool]]:
    """What the names of the facts say by their parts: the bodies, and if the name says Vietnam."""
    said: dict[_Key, dict[str, bool]] = defaultdict(dict)
    own = languages.data(language, "organisations")["names"]
    for name_id, row in facts.named().items():
        # The user's lexicon may give a body no English name.
        label = row["label"] or ""
        for name in (*row.get("names", ()), label, row.get("vi", ""), *own.get(name_id, ())):
            parsed = lexicon.parse_by_parts(name, language) if " " in name else None
            if parsed is None or len(parsed.parts) != 1:
                continue
            part = parsed.parts[0]
            if part.fields and not (part.areas or set(part.countries) - {"vietnam"}):
                ours = said[_key(part)].get(name_id, False) or "vietnam" in fold(name)
                said[_key(part)][name_id] = ours
    return said


def known_by_parts(part: Part, language: str, of_vietnam: bool) -> str | None:
    """The body whose name says what ``part`` says; ``None`` when none or several do.

    One field alone names no body (``bank perdagangan``), unless it is a group, or the body and the
    name say that it is Vietnam's.
    """
    if part.name_id or part.areas or set(part.levels) - {"centre"}:
        return None
    if set(part.countries) - {"vietnam"}:
        return None
    bodies = _by_parts(language).get(_key(part), {})
    if len(part.fields) + len(part.proper) < 2 and part.kind != "group":
        bodies = {name_id: ours for name_id, ours in bodies.items() if ours and of_vietnam}
    return next(iter(bodies)) if len(bodies) == 1 else None
