"""The mentions of one article, and what the article says around them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline import languages
from pipeline.normalise import places
from pipeline.normalise.lexicon import Part
from pipeline.normalise.places import Place
from pipeline.records import Organisation

# How many mentions to either side are looked at: an article of any length takes linear time.
WINDOW = 400

# What a mention takes from the body that it turns out to mean.
_IDENTITY = ("body", "kind", "own", "stem", "parent", "path", "place", "label", "id", "unplaced")


@dataclass(slots=True)
class Reading:
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

    def become(self, owner: Reading) -> None:
        """Takes the identity of the body that this mention turns out to mean."""
        for name in _IDENTITY:
            setattr(self, name, getattr(owner, name))


class Document:
    """The mentions of one article in order, and what is known of the article."""

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
        self.readings = [Reading(m) for m in mentions]
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

    def before(self, index: int) -> list[Reading]:
        """The mentions before ``index`` that are near enough to matter, in order."""
        return self.readings[max(0, index - WINDOW) : index]

    def after(self, index: int) -> list[Reading]:
        """The mentions after ``index`` that are near enough to matter, in order."""
        return self.readings[index + 1 : index + 1 + WINDOW]
