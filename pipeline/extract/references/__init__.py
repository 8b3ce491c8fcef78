"""Numbered documents of Party and State in an article: where they stand and which they are.

``finding`` looks once at every number of an article: what follows it must be a document's codes
(``normalise/references.py`` reads them), or what leads up to it a document's noun
(``languages/<code>/references.toml``). ``identity`` completes a number with a noun alone from the
rest of the article, from the law, or from the register; ``details`` reads what the article says of
each: its day of issue, its title, who issued it and in which session.
"""

from __future__ import annotations

import datetime
import itertools

from pipeline.extract import dates
from pipeline.extract.blanks import has_rare
from pipeline.extract.references import details, finding, identity
from pipeline.extract.references.words import Article, words_of
from pipeline.records import Reference


def references(text: str, language: str, published: datetime.date | None = None) -> list[Reference]:
    """The numbered documents that ``text`` mentions, sorted and without overlap.

    Offsets are Unicode code points, half-open; the span runs from the document's noun through its
    number. ``published`` gives the year to a day of issue worded without one. Raises
    ``UnknownLanguage`` for a language that has no data.
    """
    low, plain = dates.lowered(text), not ("Đ" in text or "\u00d0" in text)
    article = Article(text, low, words_of(language, has_rare(text)), language, published, plain)
    hits = finding.hits(article)
    identity.identify(hits, article)
    hits = [hit for hit in hits if hit.canonical]
    starts = [*(hit.start for hit in hits), len(text)][1:]
    # The end of the list that each stands in, and where the next reference begins.
    listed = [(hit.end, start) for hit, start in zip(hits, starts, strict=True)]
    for index in range(len(hits) - 2, -1, -1):
        if hits[index + 1].chained:
            listed[index] = listed[index + 1]
    # The same for references that a word joins, each with a noun of its own.
    joined = list(listed)
    for index in range(len(hits) - 2, -1, -1):
        if details.joins(hits[index], hits[index + 1], article):
            joined[index] = joined[index + 1]
    # Which of how many numbers of its list each is.
    places = [
        (place, len(group))
        for group in (list(members) for _, members in itertools.groupby(listed))
        for place in range(len(group))
    ]
    found: list[Reference] = []
    reached = 0
    for hit, following, tail, shared, place in zip(
        hits, starts, listed, joined, places, strict=True
    ):
        record, reached = details.record(hit, reached, following, tail, shared, place, article)
        found.append(record)
    return found
