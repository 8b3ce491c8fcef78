"""What is known of an article from outside its text, and by which names tables call it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

# What tables, front matter and the like call the things that we keep, the most usual name first.
NAMES = {
    "title": ("title",),
    "published": ("published", "date"),
    "source_url": ("source_url", "url"),
    "place": ("place",),
}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a table, an archive or a sitemap says of one article; ``None`` where it says nothing."""

    title: str | None = None
    published: datetime.date | None = None
    source_url: str | None = None
    place: str | None = None

    def or_else(self, other: Sidecar) -> Sidecar:
        """This, and what ``other`` says where this says nothing."""
        return Sidecar(
            self.title or other.title,
            self.published or other.published,
            self.source_url or other.source_url,
            self.place or other.place,
        )


NOTHING = Sidecar()


def day(said: object) -> datetime.date | None:
    """The day in a cell: a date, a moment or a text that begins with an ISO date; else ``None``."""
    if isinstance(said, datetime.datetime):
        return said.date()
    if isinstance(said, datetime.date):
        return said
    try:
        return datetime.date.fromisoformat(said.strip()[:10]) if isinstance(said, str) else None
    except ValueError:
        return None


def phrase(said: object) -> str | None:
    """A cell as one line of text; ``None`` for what is empty or no text."""
    return " ".join(said.split()) or None if isinstance(said, str) else None


def from_cells(cells: Mapping[str, object]) -> Sidecar:
    """What a row says in the columns of ``NAMES``, whose names are in small letters here.

    What is no text, and a date that is not ISO 8601, counts as not said.
    """

    def first(wanted: str) -> object:
        return next((cells[n] for n in NAMES[wanted] if cells.get(n) is not None), None)

    return Sidecar(
        title=phrase(first("title")),
        published=day(first("published")),
        source_url=phrase(first("source_url")),
        place=phrase(first("place")),
    )
