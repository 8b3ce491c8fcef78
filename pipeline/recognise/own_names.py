"""The names of the user's lexicon among those that a model found."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.normalise.lexicon import own_spans
from pipeline.recognise import Name
from pipeline.user_lexicon import REASON

_SURE = 1.0


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
