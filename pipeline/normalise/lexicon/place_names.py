"""Names of places among the words of a text."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.normalise import places
from pipeline.normalise.lexicon.tokens import Token
from pipeline.user_lexicon import remembered


@remembered()
def _province_names() -> frozenset[str]:
    names = {
        n for n, ps in places.gazetteer().by_name.items() if any(p.level == "province" for p in ps)
    }
    return frozenset(names | set(places.gazetteer().aliases))


def province_at(tokens: Sequence[Token], i: int) -> int:
    """How many tokens from ``i`` on name a province; 0 for none."""
    if not tokens[i].capital or tokens[i].word not in places.gazetteer().first_words:
        return 0
    names = _province_names()
    for n in range(min(5, len(tokens) - i), 0, -1):
        if (
            all(t.capital for t in tokens[i : i + n])
            and " ".join(t.word for t in tokens[i : i + n]) in names
        ):
            return n
    return 0


def name_at(tokens: Sequence[Token], i: int) -> int:
    """How many capitalised tokens from ``i`` on are a Vietnamese place name; 0 below two."""
    if not tokens[i].capital or tokens[i].word not in places.gazetteer().first_words:
        return 0
    names = places.gazetteer().by_name
    for n in range(min(4, len(tokens) - i), 1, -1):
        run = tokens[i : i + n]
        if not all(t.capital for t in run):
            continue
        found = names.get(" ".join(t.word for t in run))
        if found and any(t.exact for t in run):
            written = " ".join(t.exact or t.word for t in run)
            found = tuple(p for p in found if p.name_vi.lower().endswith(written))
        if found:
            return n
    return 0


def of_syllables(tokens: Sequence[Token]) -> bool:
    """Whether a name is all of syllables that places have too."""
    return all(t.word in places.syllables() for t in tokens)
