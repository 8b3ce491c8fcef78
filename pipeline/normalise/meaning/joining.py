"""Bodies of different ids that are one by what their names mean, over a whole corpus.

An id whose names have words that no lexicon knows is only a wording: the same body has another
one in the other language, and in the next article. It is joined with the ids that stand nearest to
it, as far as nothing in their names or places tells them apart and every two names of a group are
near enough. A name that no place, number or proper name holds is left as it is: the like of it
stands for another body in every province.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.meaning.traits import Traits, differ, traits
from pipeline.normalise.meaning.vectors import Array, Vectors, default, rounded

# A wording of a body: its id, name, language, kind of body, official code of its place, how often.
Named = tuple[str, str, str, str | None, str | None, int]

_NAMES = 3  # of an id that are compared, the commonest
_MOST = 3000  # ids of one block that are compared; the rarest beyond are left apart


@dataclass(slots=True)
class _Body:
    """An id with its commonest names."""

    id: str
    count: int = 0
    names: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    traits: list[Traits] = field(default_factory=list)
    where: frozenset[str] = frozenset()  # slugs of places, all those above it too
    open: bool = False


def _bodies(wordings: Iterable[Named], unread: bool) -> list[_Body]:
    """The ids, sorted, with what their names show; ``unread`` as if no lexicon read them."""
    found: dict[str, _Body] = {}
    for identity, text, language, kind, place, n in wordings:
        body = found.setdefault(identity, _Body(identity))
        body.count += n
        body.names[text, language] += n
        if kind:
            body.kinds[kind] += n
        if place:
            body.places[place] += n
    for body in found.values():
        _read(body, unread)
    return [found[identity] for identity in sorted(found)]


def _read(body: _Body, unread: bool) -> None:
    ranked = sorted(body.names.items(), key=lambda item: (-item[1], item[0]))[:_NAMES]
    shown = [traits(text, language) for (text, language), _ in ranked]
    unsure = sum(n for name, n in body.names.items() if traits(*name).open)
    body.open = unread or (body.id not in facts.named() and 2 * unsure >= body.count)
    if unread:
        shown = [dataclasses.replace(t, open=True) for t in shown]
    body.words = [text for (text, _), _ in ranked]
    body.languages = [language for (_, language), _ in ranked]
    gazetteer = places.gazetteer()
    place = None
    if body.places:
        code = min(body.places, key=lambda p: (-body.places[p], p))
        place = gazetteer.by_id.get(code)
    if place is not None:
        above = [place, *gazetteer.ancestors(place)]
        body.where = frozenset(p.slug for p in above)
        area = frozenset(word for slug in body.where for word in slug.split("-"))
        shown = [_placed(t, area) for t in shown]
    else:
        body.where = frozenset().union(*(t.places for t in shown))
    body.traits = shown


def _placed(name: Traits, area: frozenset[str]) -> Traits:
    """A name's traits where the words of the body's own place are no proper name."""
    kept = tuple(w for w in name.proper if w not in area)
    return dataclasses.replace(name, proper=kept, area=name.area | area)


def _block(body: _Body) -> tuple[str, ...]:
    """What bodies share that are compared at all: numbers and proper names, else the place."""
    first = body.traits[0]
    if first.proper or first.numbers:
        return (*first.numbers, "".join(sorted(first.proper)))
    return ("", *sorted(body.where))


def _is_held(body: _Body) -> bool:
    """Whether more than its meaning holds a name to one body."""
    return bool(body.where) or all(t.proper or t.countries for t in body.traits)


def _are_apart(a: _Body, b: _Body) -> bool:
    """Whether two ids cannot be of one body, whatever their names mean."""
    if not (a.open or b.open):
        return True
    if a.where != b.where and (a.places or b.places or a.where or b.where):
        # A name that cannot be read has no place of its own: then its proper name must hold it.
        unread = [body for body in (a, b) if not body.kinds and not body.where]
        if not unread or not all(t.proper for body in unread for t in body.traits):
            return True
    return any(differ(x, y) is not None for x in a.traits for y in b.traits)


def _groups(bodies: Sequence[_Body], vectors: Vectors, threshold: float) -> Iterator[list[int]]:
    """Bodies of one block that are one: every two of a group may be, and are near enough.

    Two names in one language are seldom of one body: where there is no other pair they must be
    twice as near. Where there is, they must be as near as those: an id that has a wording of its
    own in a language is not what another wording of that language names.
    """
    size = len(bodies)
    near: list[tuple[float, int, int]] = []
    vector = [vectors.of(body.words) for body in bodies]
    flat, owner = np.concatenate(vector), np.repeat(np.arange(size), [len(v) for v in vector])
    spoken = np.asarray([language for body in bodies for language in body.languages])
    apart: dict[tuple[int, int], bool] = {}  # of those near enough
    for i in range(size - 1):
        rest = np.nonzero(owner > i)[0]
        likeness = rounded(vector[i] @ flat[rest].T)
        translated = np.asarray(bodies[i].languages)[:, None] != spoken[rest]
        across, within = (
            _best(np.where(kept, likeness, -1.0).max(axis=0), owner[rest], size)
            for kept in (translated, ~translated)
        )
        stricter = np.where(across > -1, threshold, (1 + threshold) / 2)
        enough = ((across == -1) | (across >= threshold)) & ((within == -1) | (within >= stricter))
        for j in np.nonzero(enough & (np.arange(size) > i))[0].tolist():
            apart[i, j] = _are_apart(bodies[i], bodies[j])
            if not apart[i, j]:
                near.append((-float(max(across[j], within[j])), i, j))
    group = {i: [i] for i in range(size)}
    for _, i, j in sorted(near):
        one, other = group[i], group[j]
        if one is other:
            continue
        if all(not apart.get((min(x, y), max(x, y)), True) for x in one for y in other):
            one += other
            for member in other:
                group[member] = one
    for i in range(size):
        if group[i][0] == i and len(group[i]) > 1:
            yield group[i]


def _best(likeness: Array, owner: Array, size: int) -> Array:
    """The greatest of ``likeness`` for each of ``size`` owners; -1 for none."""
    found: Array = np.full(size, -1.0)
    np.maximum.at(found, owner, likeness)
    return found


def joined(
    wordings: Iterable[Named],
    vectors: Vectors | None = None,
    threshold: float | None = None,
    *,
    unread: bool = False,
) -> dict[str, tuple[str, float]]:
    """Ids that stand for one body with another id: each to that id, and how alike they are.

    ``wordings`` are ``(id, name, language, kind of body, official code of its place, how often)``
    of any number of articles; their order does not matter. Of ids that are one the best stands for
    all: one that the lexicon reads, then the commonest. ``vectors`` and ``threshold`` are those
    that come with the program when not given; with ``unread`` no id counts as read by the lexicon,
    to measure on names that are.
    Raises ``recognise.ModelError`` when the model cannot be loaded.
    """
    blocks: dict[tuple[str, ...], list[_Body]] = defaultdict(list)
    for body in _bodies(wordings, unread):
        if _is_held(body):
            blocks[_block(body)].append(body)
    found: dict[str, tuple[str, float]] = {}
    for key in sorted(blocks):
        block = blocks[key]
        if len(block) < 2 or not any(body.open for body in block):
            continue
        block = sorted(block, key=lambda b: (-b.count, b.id))[:_MOST]
        vectors = vectors or default()
        least = vectors.threshold if threshold is None else threshold
        for group in _groups(block, vectors, least):
            members = [block[i] for i in group]
            best = min(members, key=lambda b: (b.open, not b.kinds, -b.count, len(b.id), b.id))
            for body in members:
                if body is not best:
                    likeness = vectors.likeness(body.words, best.words)
                    found[body.id] = (best.id, float(likeness.max()))
    return found
