"""Bodies of different ids that are one by what their names mean, over a whole corpus.

An id whose names have words that no lexicon knows is only a wording: the same body has another
one in the other language, and in the next article. It is joined with the ids that stand nearest to
it, as far as nothing in their names or places tells them apart and every two names of a group are
near enough. A name that no place, number or proper name holds is left as it is: the like of it
stands for another body in every province.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, combinations, groupby
from operator import itemgetter

import numpy as np

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.meaning.traits import Traits, differ, traits
from pipeline.normalise.meaning.vectors import Array, Vectors, default, rounded
from pipeline.processes import Helpers

# A wording of a body: its id, name, language, kind of body, official code of its place, how often.
Named = tuple[str, str, str, str | None, str | None, int]
_Key = tuple[str, ...]  # of a block

_NAMES = 3  # of an id that are compared, the commonest
_WORDINGS, _BODIES = 1000, 200  # that are read, and compared, at once
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


def _bodies(wordings: Sequence[Named], unread: bool) -> list[_Body]:
    """The ids of ``wordings``, where those of one id stand together, with what their names show;
    ``unread`` as if no lexicon read them."""
    bodies = []
    for identity, said in groupby(wordings, key=itemgetter(0)):
        body = _Body(identity)
        for _, text, language, kind, place, n in said:
            body.count += n
            body.names[text, language] += n
            if kind:
                body.kinds[kind] += n
            if place:
                body.places[place] += n
        _read(body, unread)
        bodies.append(body)
    return bodies


def _held(wordings: Sequence[Named], unread: bool) -> list[tuple[_Key, bool, bytes]]:
    """Of the bodies that can be joined: the block, whether they are open, and all else of them.

    As bytes, which take a tenth of the memory: most are of no use once their block is known.
    """
    found = []
    for body in _bodies(wordings, unread):
        if _is_held(body):
            body.names.clear()
            found.append((_block(body), body.open, pickle.dumps(body)))
    return found


def _by_id(wordings: Iterable[Named]) -> Iterator[list[Named]]:
    """Some wordings at once, sorted by id, all of one id together."""
    held: list[Named] = []
    for _, said in groupby(sorted(wordings, key=_order), key=itemgetter(0)):
        held += said
        if len(held) >= _WORDINGS:
            yield held
            held = []
    yield held


def _order(wording: Named) -> tuple[str, ...]:
    identity, text, language, kind, place, _ = wording
    return identity, text, language, kind or "", place or ""


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


def _block(body: _Body) -> _Key:
    """What bodies share that are compared at all: numbers and proper names, else the place."""
    first = body.traits[0]
    if first.proper or first.numbers:
        return (*first.numbers, "".join(sorted(first.proper)))
    return ("", *sorted(body.where))


def _is_held(body: _Body) -> bool:
    """Whether more than its meaning holds a name to one body."""
    return bool(body.where) or all(t.proper or t.countries for t in body.traits)


def _are_apart(a: _Body, b: _Body) -> bool:
    """Whether two ids, one of them only a wording, cannot be of one body, whatever they mean."""
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
    # Most bodies of a block are told apart by their traits alone; the others need vectors.
    together = {
        (i, j)
        for i, j in combinations(range(size), 2)
        if (bodies[i].open or bodies[j].open) and not _are_apart(bodies[i], bodies[j])
    }
    near: list[tuple[float, int, int]] = []
    partners: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(together):
        partners[i].append(j)
    vector = {i: vectors.of(bodies[i].words) for i in sorted({*chain(*together)})}
    for i, others in partners.items():
        flat = np.concatenate([vector[j] for j in others])
        owner = np.repeat(np.arange(len(others)), [len(vector[j]) for j in others])
        spoken = np.asarray([language for j in others for language in bodies[j].languages])
        likeness = rounded(vector[i] @ flat.T)
        translated = np.asarray(bodies[i].languages)[:, None] != spoken
        across, within = (
            _best(np.where(kept, likeness, -1.0).max(axis=0), owner, len(others))
            for kept in (translated, ~translated)
        )
        stricter = np.where(across > -1, threshold, (1 + threshold) / 2)
        enough = ((across == -1) | (across >= threshold)) & ((within == -1) | (within >= stricter))
        for at in np.nonzero(enough)[0].tolist():
            near.append((-float(max(across[at], within[at])), i, others[at]))
    may = {(i, j) for _, i, j in near}
    group = {i: [i] for i in range(size)}
    for _, i, j in sorted(near):
        one, other = group[i], group[j]
        if one is other:
            continue
        if all((min(x, y), max(x, y)) in may for x in one for y in other):
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
    helpers: Helpers | None = None,
) -> dict[str, tuple[str, float]]:
    """Ids that stand for one body with another id: each to that id, and how alike they are.

    ``wordings`` are ``(id, name, language, kind of body, official code of its place, how often)``
    of any number of articles; their order does not matter. Of ids that are one the best stands for
    all: one that the lexicon reads, then the commonest. ``vectors`` and ``threshold`` are those
    that come with the program when not given; with ``unread`` no id counts as read by the lexicon,
    to measure on names that are. ``helpers`` do it where the program's own vectors are used.
    Raises ``recognise.ModelError`` when the model cannot be loaded.
    """
    helpers = helpers if helpers and vectors is None else Helpers(1)
    blocks: dict[_Key, list[tuple[bool, bytes]]] = defaultdict(list)
    for held in helpers.map(partial(_held, unread=unread), _by_id(wordings)):
        for key, is_open, body in held:
            blocks[key].append((is_open, body))
    several = (
        [body for _, body in blocks[key]]
        for key in sorted(blocks)
        if len(blocks[key]) > 1 and any(is_open for is_open, _ in blocks[key])
    )
    join = partial(_joined, vectors=vectors, threshold=threshold)
    found: dict[str, tuple[str, float]] = {}
    for some in helpers.map(join, _some(several)):
        found |= some
    return found


def _some(blocks: Iterable[list[bytes]]) -> Iterator[list[list[bytes]]]:
    """As many blocks at once as are worth a helper's while."""
    held: list[list[bytes]] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= _BODIES:
            yield held
            held = []
    yield held


def _joined(
    blocks: Iterable[list[bytes]], vectors: Vectors | None, threshold: float | None
) -> dict[str, tuple[str, float]]:
    """What ``joined`` gives, of the bodies of some blocks as ``_held`` gives them."""
    found: dict[str, tuple[str, float]] = {}
    for held in blocks:
        bodies: list[_Body] = sorted(map(pickle.loads, held), key=lambda b: (-b.count, b.id))
        block = bodies[:_MOST]
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
