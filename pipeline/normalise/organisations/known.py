"""Bodies with a name of their own, known by its parts: however a translation words them.

The facts know the ``Military Industry and Telecoms Group``; a translation that says ``Kumpulan
Industri - Telekomunikasi Tentera`` means the same head and fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline import facts, languages
from pipeline.normalise import lexicon
from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.lexicon.entries import SHORTEST_COMPOUND, without_names
from pipeline.normalise.lexicon.settling import worded
from pipeline.normalise.lexicon.tokens import phrase_words
from pipeline.normalise.places import fold
from pipeline.user_lexicon import remembered

_Key = tuple[str, frozenset[str], frozenset[str], frozenset[str], bool]
_KEPT = 4096  # answers that are remembered: a run asks about the same bodies again


def _key(part: Part) -> _Key:
    return (
        kind_of(part.kind).get("same_as", part.kind),
        frozenset(part.fields),
        frozenset(part.proper),
        frozenset(part.numbers),
        "centre" in part.levels,
    )


class Names:
    """The names of the facts in one language, each read when it may say what is asked.

    There are thousands, and an article asks about few.
    """

    def __init__(self, language: str) -> None:
        own = languages.data(language, "organisations")["names"]
        self._language = language
        self._names = [
            (name_id, name)
            for name_id, row in facts.named().items()
            # A body that only the user names may have no label.
            for name in (*row.get("names", ()), row["label"], row.get("vi"), *own.get(name_id, ()))
            if name and " " in name
        ]
        self._with_word: dict[str, set[int]] = defaultdict(set)
        for number, (_, name) in enumerate(self._names):
            for word in phrase_words(name):
                self._with_word[word].add(number)
        self._long_words = [w for w in self._with_word if len(w) >= SHORTEST_COMPOUND]
        self._field_words = without_names(language).field_words()
        self._with_field: dict[str, set[int]] = {}
        self._read: dict[int, _Key | None] = {}

    def saying(self, key: _Key) -> dict[str, bool]:
        """The bodies with a name of these parts, and whether such a name says Vietnam."""
        said: dict[str, bool] = {}
        for number in self.that_may_say(key):
            if self.key(number) == key:
                name_id, name = self._names[number]
                said[name_id] = said.get(name_id, False) or "vietnam" in fold(name)
        return said

    def that_may_say(self, key: _Key) -> Iterable[int]:
        """The numbers of all names of these parts, and of some others.

        Words that no lexicon has stand in the name as they do in the parts; a field is worded by
        a phrase of the lexicon, which may be part of a compound.
        """
        _, fields, proper, _, _ = key
        if proper:
            return set.intersection(*(self._with_word.get(word, set()) for word in proper))
        worded_by = [said for field in fields if (said := worded(field)) is not None]
        if not worded_by:
            return range(len(self._names))
        return set.intersection(*(set().union(*map(self._wording, said)) for said in worded_by))

    def _wording(self, field: str) -> set[int]:
        """The numbers of the names with a word that may begin a phrase for ``field``."""
        found = self._with_field.get(field)
        if found is None:
            words = self._field_words.get(field, frozenset())
            compounds = (w for w in self._long_words if any(word in w for word in words))
            found = set().union(*(self._with_word.get(w, ()) for w in (*words, *compounds)))
            self._with_field[field] = found
        return found

    def key(self, number: int) -> _Key | None:
        """The parts of a name; ``None`` where they tell no single body by its fields."""
        if number not in self._read:
            parsed = lexicon.parse_by_parts(self._names[number][1], self._language)
            part = parsed.parts[0] if parsed is not None and len(parsed.parts) == 1 else None
            if part and (not part.fields or part.areas or set(part.countries) - {"vietnam"}):
                part = None
            self._read[number] = _key(part) if part else None
        return self._read[number]

    def __len__(self) -> int:
        return len(self._names)


@remembered()
def names_by_parts(language: str) -> Names:
    """The names of the facts in ``language``, by their parts."""
    return Names(language)


@remembered(maxsize=_KEPT)
def _saying(key: _Key, language: str) -> dict[str, bool]:
    return names_by_parts(language).saying(key)


def known_by_parts(part: Part, language: str, of_vietnam: bool) -> str | None:
    """The body whose name says what ``part`` says; ``None`` when none or several do.

    One field alone names no body (``bank perdagangan``), unless it is a group, or the body and the
    name say that it is Vietnam's.
    """
    if part.name_id or not part.fields or part.areas or set(part.levels) - {"centre"}:
        return None
    if set(part.countries) - {"vietnam"}:
        return None
    bodies = _saying(_key(part), language)
    if len(part.fields) + len(part.proper) < 2 and part.kind != "group":
        bodies = {name_id: ours for name_id, ours in bodies.items() if ours and of_vietnam}
    return next(iter(bodies)) if len(bodies) == 1 else None
