"""One gold article against what a run found in it: hits counted, links and errors kept.

The rules are those of ``corpus/gold/README.md``, and the numbers those of the reference scorer.
"""

from __future__ import annotations

import bisect
import dataclasses
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.evaluate.errors import Error, around, of_link
from pipeline.gold import GoldArticle, GoldError, GoldSpan
from pipeline.gold_figures import GoldFigure
from pipeline.gold_references import GoldReference

Row = dict[str, Any]
Pair = tuple[GoldSpan, Row]

# Within so many characters of its number a unit must be worded to be asked for.
_UNIT_NEAR = 120
# Kinds whose unit is what they count; the unit of the others is part of how they are written.
_COUNTING = frozenset({"count", "ratio", "fraction", "percentage"})
# The least harmonic mean of shared words for two units or titles to be the same.
_ALIKE = 2 / 3
_TOLERANCE = 1e-9
_WORD = re.compile(r"\w+")
_NEEDED = {"org": ("key",), "ref": ("id",), "stat": ("value", "kind")}
_NUMBERS = ("value", "of", "to")


@dataclass(frozen=True, slots=True)
class Link:
    """A gold mention and the row found for it: whether both name one thing is judged over a set.

    ``gold`` is the key of a body, or the figure of a statistic; ``found`` the id from the run.
    """

    path: str
    story: str
    language: str
    start: int
    end: int
    text: str
    context: str
    gold: tuple[object, ...]
    found: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One article measured. ``counts`` is by score and part: ``("ref", "hits")``.

    ``subjects`` are the matched figures whose body the gold says or leaves empty: ``gold`` the key
    of the body, ``found`` the id that the run gives the figure's.
    """

    path: str
    story: str
    language: str
    counts: Counter[tuple[str, str]] = field(hash=False)
    bodies: tuple[Link, ...]
    figures: tuple[Link, ...]
    errors: tuple[Error, ...]
    subjects: tuple[Link, ...] = ()


def number(value: object) -> float | None:
    """A number of a tag or a row; ``None`` for one that is empty or not a number."""
    if value is None or value == "":
        return None
    read = float(str(value))
    return None if math.isnan(read) else read


def said(value: object) -> str | None:
    """A text of a tag or a row; ``None`` for none and for an empty one."""
    return value if isinstance(value, str) and value else None


def overlap(span: GoldSpan, row: Row) -> int:
    """How many characters ``span`` and ``row`` share; not above zero when none."""
    return min(span.end, int(row["end"])) - max(span.start, int(row["start"]))


def _any(_span: GoldSpan, _row: Row) -> bool:
    return True


def pair_up(
    spans: Sequence[GoldSpan],
    rows: Sequence[Row],
    accept: Callable[[GoldSpan, Row], bool] = _any,
) -> list[Pair]:
    """One-to-one pairs that share characters and that ``accept`` holds for, largest overlap first.

    ``spans`` are sorted and disjoint, as gold is. Of equal overlaps the first span wins, then the
    first row.
    """
    ends = [s.end for s in spans]
    options: list[tuple[int, int, int]] = []
    for j, row in enumerate(rows):
        for i in range(bisect.bisect_right(ends, row["start"]), len(spans)):
            if spans[i].start >= row["end"]:
                break
            shared = overlap(spans[i], row)
            if shared > 0 and accept(spans[i], row):
                options.append((-shared, i, j))
    used_spans: set[int] = set()
    used_rows: set[int] = set()
    pairs: list[Pair] = []
    for _, i, j in sorted(options):
        if i not in used_spans and j not in used_rows:
            used_spans.add(i)
            used_rows.add(j)
            pairs.append((spans[i], rows[j]))
    return pairs


def _same(a: object, b: object) -> bool:
    first, second = number(a), number(b)
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def same_statistic(span: GoldSpan, row: Row) -> bool:
    """Whether value, whole, upper end, kind and currency are equal."""
    said_of = span.attributes
    return (
        all(_same(said_of.get(name), row[name]) for name in _NUMBERS)
        and said_of["kind"] == row["value_kind"]
        and said(said_of.get("currency")) == said(row["currency"])
    )


def same_reference(span: GoldSpan, row: Row) -> bool:
    """Whether the id is the one in the text or the full one."""
    short = span.attributes["id"]
    return said(row["canonical_id"]) in {short, span.attributes.get("full", short)}


def _words(text: str | None) -> set[str]:
    return set(_WORD.findall((text or "").lower()))


def same_unit(gold: str | None, found: str | None) -> bool:
    """Whether two wordings of a unit share enough of their words."""
    a, b = _words(gold), _words(found)
    return bool(a & b) and 2 * len(a & b) / (len(a) + len(b)) > _ALIKE


def same_title(gold: str | None, found: str | None) -> bool:
    """Whether two titles of a document are equal or share enough of their words."""
    a, b = (gold or "").strip(), (found or "").strip()
    return a == b or same_unit(a, b)


def _asks_unit(span: GoldSpan, text: str) -> bool:
    unit = span.attributes.get("unit")
    if not unit or span.attributes["kind"] not in _COUNTING:
        return False
    near = text[max(0, span.start - _UNIT_NEAR) : span.end + _UNIT_NEAR]
    return _words(unit) <= _words(near)


def _figure(span: GoldSpan) -> tuple[object, ...]:
    """What must be equal for two figures to be one: numbers, kind, currency, change."""
    rest = tuple(span.attributes.get(name) for name in ("kind", "currency", "change"))
    return tuple(number(span.attributes.get(name)) for name in _NUMBERS) + rest


def _check(article: GoldArticle) -> None:
    """Raise ``GoldError`` for a tag without the attributes that its scores need."""
    for span in article.spans:
        for name in _NEEDED[span.type]:
            if not span.attributes.get(name):
                raise GoldError(f"{article.path}: {span.type} {span.text!r} has no {name}")
        for name in _NUMBERS if span.type == "stat" else ():
            try:
                number(span.attributes.get(name))
            except ValueError as error:
                raise GoldError(
                    f"{article.path}: stat {span.text!r}: {name} is no number: "
                    f"{span.attributes[name]!r}"
                ) from error


class _Judge:
    """Counts and errors of one article, as they come up."""

    def __init__(
        self,
        article: GoldArticle,
        rows: Sequence[Row],
        figures: Mapping[int, GoldFigure],
        documents: Mapping[int, GoldReference],
    ) -> None:
        self.article = article
        self.figures = figures
        self.documents = documents
        self.subjects: list[Link] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.errors: list[Error] = []
        self.spans = {
            kind: [s for s in article.spans if s.type == kind] for kind in ("org", "ref", "stat")
        }
        self.rows = {
            kind: [r for r in rows if r["kind"] == kind]
            for kind in ("organisation", "reference", "statistic")
        }
        for row in rows:
            surface = article.text[row["start"] : row["end"]]
            if surface != row["text"]:
                self.counts["offset mismatches", "hits"] += 1
                self.error("offset", row["start"], row["end"], expected=surface, found=row["text"])

    def error(
        self,
        sort: str,
        start: int,
        end: int,
        *,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        self.errors.append(Error.at(sort, self.article, start, end, expected=expected, found=found))

    def count(self, score: str, hits: int, predicted: int, gold: int) -> None:
        self.counts[score, "hits"] += hits
        self.counts[score, "predicted"] += predicted
        self.counts[score, "gold"] += gold

    def link(
        self, span: GoldSpan, row: Row, gold: tuple[object, ...], column: str = "canonical_id"
    ) -> Link:
        return Link(
            path=self.article.path,
            story=_story(self.article),
            language=self.article.language,
            start=span.start,
            end=span.end,
            text=span.text,
            context=around(self.article.text, span.start, span.end),
            gold=gold,
            found=said(row[column]),
        )

    def organisations(self) -> list[Link]:
        spans, rows = self.spans["org"], self.rows["organisation"]
        optional = [s for s in spans if s.optional]
        needed = [s for s in spans if not s.optional]
        gold = {(s.start, s.end) for s in needed}
        counted = [
            r
            for r in rows
            if (r["start"], r["end"]) in gold
            or not any(2 * overlap(s, r) >= r["end"] - r["start"] for s in optional)
        ]
        found = {(r["start"], r["end"]) for r in counted}
        self.count("org exact", len(gold & found), len(counted), len(gold))
        pairs = pair_up(needed, counted)
        self.count("org overlap", len(pairs), len(counted), len(needed))
        for span in needed:
            if (span.start, span.end) not in found:
                near = [r["text"] for r in counted if overlap(span, r) > 0]
                self.error(
                    "org missed", span.start, span.end, expected=span.text, found=_joined(near)
                )
        for row in counted:
            if (row["start"], row["end"]) not in gold:
                meant = [s.text for s in needed if overlap(s, row) > 0]
                self.error(
                    "org extra",
                    row["start"],
                    row["end"],
                    expected=_joined(meant),
                    found=row["text"],
                )
        return [
            self.link(span, row, (span.attributes["key"],))
            for span, row in sorted(pair_up(spans, rows), key=_place)
            if not span.optional or said(row["canonical_id"])
        ]

    def references(self) -> None:
        spans, rows = self.spans["ref"], self.rows["reference"]
        pairs = pair_up(spans, rows, same_reference)
        self.count("ref", len(pairs), len(rows), len(spans))
        for span, row in pairs:
            date = str(row["reference_date"] or "")[:10]
            expected = span.attributes.get("date")
            right = bool(date) and date == expected
            self.count("ref date", int(right), int(bool(date)), int(expected is not None))
            if not right and (date or expected):
                self.error("ref date", span.start, span.end, expected=expected, found=date or None)
            if (document := self.documents.get(span.start)) is not None:
                self.describes(span, row, document)
        self._unpaired("ref", pairs, spans, rows, _said_of_reference, _found_reference)

    def describes(self, span: GoldSpan, row: Row, gold: GoldReference) -> None:
        """What a matched reference is judged: type, issuer, title, session with term."""
        kind, issuer = said(row["reference_type"]), said(row["reference_issuer"])
        title = said(row["reference_title"])
        expected = " or ".join(sorted(gold.types))
        self.answer("ref type", span, kind in gold.types, expected, kind)
        self.answer("ref issuer", span, issuer == gold.issuer, gold.issuer, issuer)
        self.answer("ref title", span, same_title(gold.title, title), gold.title, title)
        term, found = (gold.session, gold.term), _term(row)
        if any((*term, *found)):
            self.answer("ref session", span, term == found, _session(*term), _session(*found))

    def answer(
        self, score: str, span: GoldSpan, right: bool, expected: str | None, found: str | None
    ) -> None:
        """One thing that gold and run each say of a reference, or leave empty."""
        self.count(
            score,
            int(right and found is not None),
            int(found is not None),
            int(expected is not None),
        )
        self.counts[score, "right"] += right
        self.counts[score, "references"] += 1
        if not right:
            self.error(score, span.start, span.end, expected=expected, found=found)

    def statistics(self) -> list[Link]:
        spans, rows = self.spans["stat"], self.rows["statistic"]
        pairs = pair_up(spans, rows, same_statistic)
        self.count("stat", len(pairs), len(rows), len(spans))
        full = 0
        for span, row in pairs:
            names = ("qualifier", "change")
            wrong = [n for n in names if said(span.attributes.get(n)) != said(row[n])]
            full += not wrong
            if wrong:
                self.error(
                    "stat full",
                    span.start,
                    span.end,
                    expected=", ".join(f"{n} {span.attributes.get(n) or '-'}" for n in wrong),
                    found=", ".join(f"{n} {row[n] or '-'}" for n in wrong),
                )
            if _asks_unit(span, self.article.text):
                alike = same_unit(span.attributes["unit"], row["unit"])
                self.count("stat unit", int(alike), 1, 1)
                if not alike:
                    self.error(
                        "stat unit",
                        span.start,
                        span.end,
                        expected=span.attributes["unit"],
                        found=said(row["unit"]),
                    )
            if (figure := self.figures.get(span.start)) is not None:
                self.about(span, row, figure)
        self.count("stat full", full, len(rows), len(spans))
        self._unpaired("stat", pairs, spans, rows, _said_of_statistic, _found_statistic)
        return [self.link(span, row, _figure(span)) for span, row in sorted(pairs, key=_place)]

    def about(self, span: GoldSpan, row: Row, figure: GoldFigure) -> None:
        """The period of a matched figure judged, its body kept for when all bodies are known."""
        found = _period(row)
        right = found == figure.period
        self.count(
            "figure period",
            int(right and found is not None),
            int(found is not None),
            int(figure.period is not None),
        )
        self.counts["figure period", "right"] += right
        self.counts["figure period", "figures"] += 1
        if not right:
            self.error(
                "figure period",
                span.start,
                span.end,
                expected=_stretch(figure.period),
                found=_stretch(found),
            )
        self.subjects.append(self.link(span, row, (figure.body,), "organisation_id"))

    def _unpaired(
        self,
        kind: str,
        pairs: Sequence[Pair],
        spans: Sequence[GoldSpan],
        rows: Sequence[Row],
        of_span: Callable[[GoldSpan], str],
        of_row: Callable[[Row], str],
    ) -> None:
        """What no pair holds: gold that was missed, rows that are extra, each with its neighbour
        that is of another identity or value."""
        hit_spans = {id(s) for s, _ in pairs}
        hit_rows = {id(r) for _, r in pairs}
        for span in spans:
            if id(span) not in hit_spans:
                near = [of_row(r) for r in rows if overlap(span, r) > 0]
                self.error(
                    f"{kind} missed",
                    span.start,
                    span.end,
                    expected=of_span(span),
                    found=_joined(near),
                )
        for row in rows:
            if id(row) not in hit_rows:
                meant = [of_span(s) for s in spans if overlap(s, row) > 0]
                self.error(
                    f"{kind} extra",
                    row["start"],
                    row["end"],
                    expected=_joined(meant),
                    found=of_row(row),
                )


def _place(pair: Pair) -> int:
    return pair[0].start


def _joined(texts: Sequence[str]) -> str | None:
    return " | ".join(texts) or None


def _said_of_reference(span: GoldSpan) -> str:
    full = span.attributes.get("full")
    return span.attributes["id"] + (f" or {full}" if full else "")


def _found_reference(row: Row) -> str:
    return said(row["canonical_id"]) or "-"


def _numbers(value: object, of: object, to: object) -> str:
    shown = [f"{n:.15g}" if n is not None else None for n in map(number, (value, of, to))]
    return (
        (shown[0] or "-")
        + (f" of {shown[1]}" if shown[1] else "")
        + (f" to {shown[2]}" if shown[2] else "")
    )


def _said_of_statistic(span: GoldSpan) -> str:
    a = span.attributes
    shown = _numbers(a["value"], a.get("of"), a.get("to"))
    return " ".join(filter(None, (shown, a["kind"], a.get("currency"))))


def _found_statistic(row: Row) -> str:
    shown = _numbers(row["value"], row["of"], row["to"])
    return " ".join(filter(None, (shown, row["value_kind"], row["currency"])))


def _story(article: GoldArticle) -> str:
    """The story of an article, with its folder: a name may come again in another."""
    return article.path.rsplit(".", 2)[0] if article.path else article.story


def _period(row: Row) -> tuple[str, str] | None:
    """The period of a row as ISO days."""
    first, last = (str(row[name] or "")[:10] for name in ("period_start", "period_end"))
    return (first, last) if first and last else None


def _term(row: Row) -> tuple[int | None, int | None]:
    """Session and term of a row."""
    session, term = (number(row[name]) for name in ("reference_session", "reference_term"))
    return (None if session is None else int(session)), (None if term is None else int(term))


def _session(session: int | None, term: int | None) -> str | None:
    said_of = (("session", session), ("term", term))
    return ", ".join(f"{name} {n}" for name, n in said_of if n is not None) or None


def _stretch(period: tuple[str, str] | None) -> str | None:
    return "/".join(period) if period else None


def measure(
    article: GoldArticle,
    rows: Sequence[Row],
    figures: Mapping[int, GoldFigure] | None = None,
    documents: Mapping[int, GoldReference] | None = None,
) -> Measured:
    """``article`` against the mention rows of a run over its plain text, in the run's order.

    ``figures`` are the period and body of its figures by where they start; the bodies are counted
    by ``with_bodies_of_figures``. ``documents`` are what its references are, likewise. Raises
    ``GoldError`` for a tag without the attributes that its scores need.
    """
    _check(article)
    judge = _Judge(article, rows, figures or {}, documents or {})
    bodies = judge.organisations()
    judge.references()
    matched = judge.statistics()
    return Measured(
        path=article.path,
        story=_story(article),
        language=article.language,
        counts=judge.counts,
        bodies=tuple(bodies),
        figures=tuple(matched),
        errors=tuple(judge.errors),
        subjects=tuple(judge.subjects),
    )


def with_bodies_of_figures(measured: Sequence[Measured]) -> list[Measured]:
    """``measured`` with the bodies of their figures counted, as ``figure body``.

    Keys of gold and ids of a run are named differently: the right id is the one that most mentions
    of the body in the article have, or else in its story; of equally many, the first.
    """
    ids: dict[tuple[str, object], Counter[str]] = defaultdict(Counter)
    for m in measured:
        for link in m.bodies:
            if link.found is not None:
                for where in {m.path, m.story}:
                    ids[where, link.gold[0]][link.found] += 1

    def right_id(m: Measured, key: object) -> str | None:
        near = ids.get((m.path, key)) or ids.get((m.story, key))
        return near.most_common(1)[0][0] if near else None

    judged: list[Measured] = []
    for m in measured:
        counts, wrong = m.counts.copy(), list(m.errors)
        for link in m.subjects:
            (key,) = link.gold
            expected = right_id(m, key) if key is not None else None
            hit = link.found is not None and link.found == expected
            right = hit or (key is None and link.found is None)
            counts["figure body", "hits"] += hit
            counts["figure body", "predicted"] += link.found is not None
            counts["figure body", "gold"] += key is not None
            counts["figure body", "right"] += right
            counts["figure body", "figures"] += 1
            if not right:
                said_key = f"{key}, here {expected or '-'}" if key is not None else None
                wrong.append(of_link("figure body", link, said_key, link.found))
        judged.append(dataclasses.replace(m, counts=counts, errors=tuple(wrong)))
    return judged
