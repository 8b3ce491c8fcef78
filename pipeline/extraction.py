"""One article to its mentions: every extractor and normaliser in turn."""

from __future__ import annotations

import bisect
import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline import languages, models
from pipeline.extract import subjects
from pipeline.extract.dates import DateSpan, dates
from pipeline.extract.furniture import furniture
from pipeline.extract.references import references
from pipeline.extract.sentences import containing, sentences
from pipeline.extract.statistics import statistics
from pipeline.normalise import coreference, places
from pipeline.normalise.measures import measure_id, measure_label
from pipeline.normalise.organisations import corrected, identify
from pipeline.normalise.units import unit_id
from pipeline.recognise import Name, Recogniser, engines
from pipeline.recognise.own_names import with_own_names, without_nones
from pipeline.recognise.snap import is_person
from pipeline.records import Mention, Organisation, Reference, Span, Statistic
from pipeline.stages import stage
from pipeline.user_lexicon import REASON, UserLexicon, active, using

# A model that is as sure as this of a name is right even where the name looks like another thing.
_SURE = 0.9
# How near behind a document, in characters, its day of issue stands.
_NEXT_TO = 60
# Within how many characters an article names the day that it tells of.
_BEGINNING, _RECENT = 1200, 2010  # an earlier day is one that the article looks back to


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one article says: its mentions in order of place, and its sentences.

    ``none_lines`` are the numbers of the lines of the user's lexicon that took a name away.
    """

    mentions: tuple[Mention, ...]
    sentences: tuple[Span, ...]
    none_lines: frozenset[int] = frozenset()

    @property
    def organisations(self) -> list[Organisation]:
        """The organisations, in order."""
        return [m for m in self.mentions if isinstance(m, Organisation)]

    @property
    def references(self) -> list[Reference]:
        """The document references, in order."""
        return [m for m in self.mentions if isinstance(m, Reference)]

    @property
    def statistics(self) -> list[Statistic]:
        """The statistics, in order."""
        return [m for m in self.mentions if isinstance(m, Statistic)]

    def sentence(self, mention: Mention) -> Span:
        """The sentence that ``mention`` stands in."""
        return containing(self.sentences, mention.start, mention.end)


def _is_body(organisation: Organisation) -> bool:
    """Whether what the model took for a name is that of a body.

    A bare noun of kind that points at no body of the article is a kind in general. A name without
    any word of the lexicon that is a place or a person is just that, unless the model is sure: a
    company may be called so, and the second of two bodies under one head is a bare place.
    """
    if organisation.canonical_id is None:
        return False
    if organisation.reason == REASON:
        return True
    if organisation.body is not None or organisation.score >= _SURE:
        return True
    words = organisation.text.split()
    if places.candidates(organisation.text) or is_person(words[-3:]) or is_person(words[-4:]):
        return False
    return not (len(words) == 1 and places.fold(words[0]) in places.gazetteer().surnames)


def _told(days: Sequence[DateSpan]) -> datetime.date | None:
    """The day of the news, where the page has none: the first full date near its beginning."""
    for day in days:
        if day.start > _BEGINNING:
            break
        if day.first == day.last and day.first.year >= _RECENT:
            return day.first
    return None


def _today(days: Sequence[DateSpan], issued: Sequence[Span]) -> datetime.date | None:
    """The day from which a page without one counts its years, if its dates leave no doubt.

    That of the news; none where the page tells of days in other years as well, before or after.
    """
    none = set(issued)
    full = [d for d in days if (d.first.year, d.first.month) == (d.last.year, d.last.month)]
    told = _told([d for d in full if (d.start, d.end) not in none])
    if told is None or any(d.first.year > told.year for d in full):
        return None
    return told


def _unit(figure: Statistic, language: str) -> str | None:
    """What a figure counts or is measured in, in no language."""
    if not figure.unit:
        return None
    known = measure_id if figure.value_kind == "measure" else unit_id
    return known(figure.unit, language)


def _days_of_issue(days: Sequence[DateSpan], documents: Sequence[Reference]) -> list[Span]:
    """The dates that say when a document was issued: no figure beside them is of that day."""
    ends = [r.end for r in documents]
    found = []
    for day in days:
        at = bisect.bisect_right(ends, day.start) - 1
        if at >= 0 and day.start - ends[at] <= _NEXT_TO:
            said = documents[at].reference_date
            if said is not None and day.iso.startswith(said):
                found.append((day.start, day.end))
    return found


def recogniser(language: str, ner: Mapping[str, str] | None = None) -> Recogniser:
    """The recogniser of organisation names for ``language``, loaded once a process.

    ``ner`` has the engines of the languages that have another than the default. Raises
    ``recognise.ModelError`` when it cannot be loaded.
    """
    return engines.recogniser((ner or {}).get(language, engines.DEFAULT), language)


def load_engines(ner: Mapping[str, str]) -> None:
    """Load the engines that a user chose, so that a bad choice is known before any work.

    Raises ``recognise.ModelError``.
    """
    for language in ner:
        recogniser(language, ner)


def _free(spans: Sequence[Name], taken: Sequence[Span]) -> list[Name]:
    """The names that overlap none of the sorted, disjoint ``taken`` spans."""
    starts = [s for s, _ in taken]

    def overlaps(name: Name) -> bool:
        at = bisect.bisect_left(starts, name.end)
        return at > 0 and taken[at - 1][1] > name.start

    return [name for name in spans if not overlaps(name)]


def extract(
    text: str,
    language: str,
    *,
    title: str | None = None,
    published: datetime.date | None = None,
    place: str | None = None,
    ner: Mapping[str, str] | None = None,
    lexicon: UserLexicon | None = None,
) -> Extraction:
    """The organisations, references and statistics of one article.

    ``language`` is one that has a model; ``place`` is where the article is about, if the user
    says so; ``ner`` is as ``recogniser`` takes it; ``lexicon`` is what the user knows better.
    Offsets are code points into ``text``. Raises ``recognise.ModelError`` when the model of the
    language cannot be loaded.
    """
    with using(lexicon):
        return _extract(text, language, title, published, place, ner)


def _extract(
    text: str,
    language: str,
    title: str | None,
    published: datetime.date | None,
    place: str | None,
    ner: Mapping[str, str] | None,
) -> Extraction:
    page = furniture(text, language)
    with stage("dates"):
        found_dates = dates(text, language, published)
    with stage("references"):
        found_references = references(text, language, published)
    numbered = [(r.start, r.end) for r in found_references]
    with stage("names"):
        engine = recogniser(language, ner)
        # Before anything is made of names, so that all is as if they had not been found.
        known, none_lines = without_nones(engine.recognise(text), text, language)
        names = _free(with_own_names(known, text, language), numbered)
    with stage("identity"):
        organisations = _identified(
            names, engine.source, text, language, title, published or _told(found_dates), place
        )
    issued = _days_of_issue(found_dates, found_references)
    excluded = sorted(
        [
            *numbered,
            *page.spans,
            *((o.start, o.end) for o in organisations),
            *issued,
        ]
    )
    with stage("statistics"):
        today = published or _today(found_dates, issued)
        found_statistics = statistics(
            text,
            language,
            excluded=excluded,
            dates=found_dates if published == today else dates(text, language, today),
            published=published,
            today=today,
        )
        spans = sentences(text, language)
        about = subjects.bodies(text, language, found_statistics, organisations, spans)
        units = [_unit(s, language) for s in found_statistics]
    found_statistics = [
        dataclasses.replace(
            s,
            unit_id=unit,
            label=measure_label(unit) if unit else None,
            organisation_id=body,
        )
        for s, unit, body in zip(found_statistics, units, about, strict=True)
    ]
    mentions: list[Mention] = [*organisations, *found_references, *found_statistics]
    mentions.sort(key=lambda m: (m.start, m.end, m.kind))
    return Extraction(tuple(mentions), tuple(spans), none_lines)


def _identified(
    names: Sequence[Name],
    source: str,
    text: str,
    language: str,
    title: str | None,
    published: datetime.date | None,
    place: str | None,
) -> list[Organisation]:
    """The bodies that names found by ``source`` are of."""
    own = active()
    organisations = identify(
        [
            Organisation(
                start=n.start,
                end=n.end,
                text=text[n.start : n.end],
                score=n.score,
                source=own.source if own and n.reason == REASON else source,
                reason=n.reason,
            )
            for n in names
        ],
        text,
        language,
        title=title,
        published=published,
        place=place,
    )
    organisations = coreference.resolve([o for o in organisations if _is_body(o)], language)
    return corrected(organisations, language)


def languages_with_model(ner: Iterable[str] = ()) -> tuple[str, ...]:
    """The languages that have both data and a model, sorted; ``ner`` are those that the user has
    a model for."""
    return tuple(sorted({*models.available(), *ner} & {*languages.available()}))
