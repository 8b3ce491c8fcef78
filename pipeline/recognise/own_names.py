"""The names of the user's lexicon among those that a model found, and what it says is none."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.normalise.lexicon import no_body, own_spans
from pipeline.recognise import Name
from pipeline.user_lexicon import REASON

_SURE = 1.0


def without_nones(
    names: Sequence[Name], text: str, language: str
) -> tuple[list[Name], frozenset[int]]:
    """The ``names`` that a recogniser found in ``text``, but for those that are no body by the
    user's lexicon; and the numbers of its lines by which some were taken away.

    A longer name that holds such words stays.
    """
    kept: list[Name] = []
    lines: set[int] = set()
    for name in names:
        if said := no_body(text[name.start : name.end], language):
            lines.update(none.line for none in said)
        else:
            kept.append(name)
    return kept, frozenset(lines)


def with_own_names(names: Sequence[Name], text: str, language: str) -> list[Name]:
    """The ``names`` that a recogniser found in ``text``, and those of the user's lexicon.

    Both are sorted and do not overlap. A name of the lexicon counts wherever its words stand, with
    capitals where the lexicon has them; inside a longer name that was found it is a part of that.
    """
    own = [Name(start, end, _SURE, REASON) for start, end in own_spans(text, language)]
    kept = []
    at = 0
    for name in names:
        while at < len(own) and own[at].end <= name.start:
            at += 1
        others = own[at : at + 1]
        inside = others and name.start <= others[0].start and others[0].end <= name.end
        if inside or not others or others[0].start >= name.end:
            kept.append(name)
    at = 0
    added = []
    for name in own:
        while at < len(kept) and kept[at].end <= name.start:
            at += 1
        if at == len(kept) or kept[at].start >= name.end:
            added.append(name)
    return sorted([*kept, *added])
