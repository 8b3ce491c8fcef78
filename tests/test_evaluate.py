"""Scores against gold: hand-made cases, agreement with slow counting, the command.

Where the environment variable ``SELARAS_SCORER`` names the reference scorer (``score.py``), the
numbers over ``corpus/gold/dev`` are compared with its own.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pipeline import gold, gold_figures, gold_references
from pipeline.evaluate import Evaluation, bootstrap, compared, evaluate, matching
from pipeline.gold import GoldArticle, GoldError, GoldSpan
from pipeline.gold_figures import GoldFigure
from pipeline.gold_references import GoldReference
from pipeline.records import MENTION_SCHEMA
from pipeline.run import outputs
from tests.conftest import ROOT
from tests.test_command_line import one_process
from tests.test_command_line import said_here as selaras

DEV = ROOT / "corpus" / "gold" / "dev"
Row = dict[str, Any]
_EMPTY: Row = dict.fromkeys(MENTION_SCHEMA.names)
_KINDS = {"org": "organisation", "ref": "reference", "stat": "statistic"}


def article(raw: str, path: str = "a.ms.txt") -> GoldArticle:
    text, spans = gold.parse(raw)
    story, language, _ = path.rsplit(".", 2)
    return GoldArticle(story.rpartition("/")[2], language, text, spans, path)


def row(of: GoldArticle, kind: str, surface: str, nth: int = 1, /, **columns: Any) -> Row:
    """A mention of the ``nth`` place where ``surface`` stands in an article."""
    start = -1
    for _ in range(nth):
        start = of.text.index(surface, start + 1)
    said = {"path": of.path, "language": of.language, "kind": kind, "text": surface}
    return _EMPTY | said | {"start": start, "end": start + len(surface)} | columns


def org(of: GoldArticle, surface: str, identity: str | None = None, nth: int = 1) -> Row:
    return row(of, "organisation", surface, nth, canonical_id=identity)


def ref(of: GoldArticle, surface: str, identity: str, date: str | None = None) -> Row:
    return row(of, "reference", surface, canonical_id=identity, reference_date=date)


def stat(
    of: GoldArticle, surface: str, value: float, kind: str = "count", /, **columns: Any
) -> Row:
    return row(of, "statistic", surface, value=value, value_kind=kind, **columns)


def judged(articles: Sequence[GoldArticle], rows: Sequence[Row], **choices: Any) -> Evaluation:
    read = [{"path": a.path, "status": "ok", "language": a.language} for a in articles]
    return compared(list(articles), read, list(rows), **choices)


def counts(found: Evaluation, score: str, part: str = "all") -> tuple[int, int, int]:
    said = found.scores[part][score]
    return said["hits"], said["predicted"], said["gold"]


BODIES = article(
    'Wakil <org key="a">Kelab Bola Alfa</org> dan <org key="b">Kelab Renang Beta</org> hadir. '
    '<org key="a" optional="true">Kelab itu</org> menang; Encik Gamma senyum.'
)


@pytest.mark.parametrize(
    ("found", "exact", "overlapping"),
    [
        ([], (0, 0, 2), (0, 0, 2)),
        (["Kelab Bola Alfa", "Kelab Renang Beta"], (2, 2, 2), (2, 2, 2)),
        (["Bola Alfa", "Kelab Renang Beta"], (1, 2, 2), (2, 2, 2)),
        (["Wakil", "Encik Gamma"], (0, 2, 2), (0, 2, 2)),
        # one span over two bodies meets one of them alone
        (["Kelab Bola Alfa dan Kelab Renang Beta"], (0, 1, 2), (1, 1, 2)),
        # two spans over one body: one of them is extra
        (["Kelab Bola", "Alfa"], (0, 2, 2), (1, 2, 2)),
        # given twice, counted twice
        (["Kelab Bola Alfa", "Kelab Bola Alfa"], (1, 2, 2), (1, 2, 2)),
        # optional: found or left, and by half is enough, but less than half is extra
        (["Kelab itu"], (0, 0, 2), (0, 0, 2)),
        (["Kelab itu menang"], (0, 0, 2), (0, 0, 2)),
        (["Kelab itu menang; Encik"], (0, 1, 2), (0, 1, 2)),
    ],
)
def test_bodies(
    found: list[str], exact: tuple[int, int, int], overlapping: tuple[int, int, int]
) -> None:
    result = judged([BODIES], [org(BODIES, surface, "x") for surface in found])
    assert counts(result, "org exact") == exact
    assert counts(result, "org overlap") == overlapping


def test_precision_recall_and_f1_are_rounded() -> None:
    rows = [org(BODIES, s) for s in ("Kelab Bola Alfa", "Wakil", "Encik Gamma")]
    said = judged([BODIES], rows).scores["ms"]["org exact"]
    assert (said["p"], said["r"], said["f1"]) == (0.3333, 0.5, 0.4)


DOCUMENTS = article(
    'Menurut <ref id="QĐ:37" full="37-QĐ/TW">Keputusan 37</ref>, '
    '<ref id="21-NQ/TW" date="2022-06-16">Resolusi No. 21-NQ/TW</ref> dan Projek 06.'
)


@pytest.mark.parametrize(
    ("found", "hits", "dates"),
    [
        ([], (0, 0, 2), (0, 0, 0)),
        ([("Keputusan 37", "QĐ:37", None)], (1, 1, 2), (0, 0, 0)),
        ([("37", "37-QĐ/TW", None)], (1, 1, 2), (0, 0, 0)),
        ([("Keputusan 37", "CT:37", None)], (0, 1, 2), (0, 0, 0)),
        # the right id at another place
        ([("Projek 06", "21-NQ/TW", "2022-06-16")], (0, 1, 2), (0, 0, 0)),
        ([("Resolusi No. 21-NQ/TW", "21-NQ/TW", "2022-06-16")], (1, 1, 2), (1, 1, 1)),
        ([("21-NQ/TW", "21-NQ/TW", "2022-06")], (1, 1, 2), (0, 1, 1)),
        ([("21-NQ/TW", "21-NQ/TW", None)], (1, 1, 2), (0, 0, 1)),
        # a date where the article gives none counts against
        ([("Keputusan 37", "QĐ:37", "2022-06-16")], (1, 1, 2), (0, 1, 0)),
    ],
)
def test_documents(
    found: list[tuple[str, str, str | None]],
    hits: tuple[int, int, int],
    dates: tuple[int, int, int],
) -> None:
    result = judged([DOCUMENTS], [ref(DOCUMENTS, *said) for said in found])
    assert counts(result, "ref") == hits
    assert counts(result, "ref date") == dates


ISSUED = GoldReference(frozenset({"resolution"}), "TW", "sel Parti yang kuat", 5, 13)
SHORT = GoldReference(frozenset({"regulation", "decision"}), None, None, None, None)


def described(
    first: Row | None = None, second: Row | None = None, *golds: GoldReference
) -> Evaluation:
    """The two documents of ``DOCUMENTS``: what is found of each beside its number."""
    columns = {"reference_type": "decision"} | (first or {})
    rows = [ref(DOCUMENTS, "Keputusan 37", "QĐ:37") | columns]
    columns = {"reference_type": "resolution", "reference_issuer": "TW"} | (second or {})
    rows.append(ref(DOCUMENTS, "Resolusi No. 21-NQ/TW", "21-NQ/TW") | columns)
    known = {row["start"]: said for row, said in zip(rows, golds or (SHORT, ISSUED), strict=True)}
    return judged([DOCUMENTS], rows, references={DOCUMENTS.path: known})


@pytest.mark.parametrize(
    ("score", "first", "second", "hits", "right"),
    [
        # any of the allowed types
        ("ref type", {}, {}, (2, 2, 2), 2),
        ("ref type", {"reference_type": "regulation"}, {}, (2, 2, 2), 2),
        ("ref type", {"reference_type": "directive"}, {"reference_type": None}, (0, 1, 2), 0),
        # none is right where gold has none, and wrong where it has one
        ("ref issuer", {}, {}, (1, 1, 1), 2),
        ("ref issuer", {"reference_issuer": "TU"}, {"reference_issuer": "TU"}, (0, 2, 1), 0),
        ("ref issuer", {"reference_issuer": ""}, {"reference_issuer": None}, (0, 0, 1), 1),
        ("ref title", {}, {"reference_title": " sel Parti yang kuat "}, (1, 1, 1), 2),
        ("ref title", {}, {"reference_title": "Sel Parti yang kukuh"}, (1, 1, 1), 2),
        ("ref title", {}, {"reference_title": "sel Parti"}, (0, 1, 1), 1),
        ("ref title", {"reference_title": "pelan"}, {}, (0, 1, 1), 0),
    ],
)
def test_what_documents_are(
    score: str, first: Row, second: Row, hits: tuple[int, int, int], right: int
) -> None:
    found = described(first, second)
    assert counts(found, score) == hits
    said = found.scores["all"][score]
    assert (said["accuracy"], said["references"]) == (right / 2, 2)
    assert len(found.errors.get(score, ())) == 2 - right


@pytest.mark.parametrize(
    ("first", "second", "hits", "asked", "right"),
    [
        ((None, None), (None, None), (0, 0, 1), 1, 0),
        ((None, None), (5, 13), (1, 1, 1), 1, 1),
        ((None, None), (5.0, 13.0), (1, 1, 1), 1, 1),
        # session and term are right together alone
        ((None, None), (5, None), (0, 1, 1), 1, 0),
        ((None, None), (5, 12), (0, 1, 1), 1, 0),
        ((float("nan"), float("nan")), (13, 5), (0, 1, 1), 1, 0),
        # one where gold has none is asked too
        ((3, None), (5, 13), (1, 2, 1), 2, 1),
    ],
)
def test_sessions_and_terms_are_counted_where_either_says_one(
    first: tuple[float | None, float | None],
    second: tuple[float | None, float | None],
    hits: tuple[int, int, int],
    asked: int,
    right: int,
) -> None:
    columns = [
        {"reference_session": session, "reference_term": term} for session, term in (first, second)
    ]
    found = described(*columns)
    assert counts(found, "ref session") == hits
    said = found.scores["all"]["ref session"]
    assert (said["accuracy"], said["references"]) == (round(right / asked, 4), asked)


def test_errors_of_what_documents_are_name_both_answers() -> None:
    found = described(
        {"reference_type": "law"}, {"reference_issuer": "TU", "reference_term": 13}
    ).errors
    short = {sort: [(e.text, e.expected, e.found) for e in found[sort]] for sort in found}
    assert short["ref type"] == [("Keputusan 37", "decision or regulation", "law")]
    assert short["ref issuer"] == [("Resolusi No. 21-NQ/TW", "TW", "TU")]
    assert short["ref title"] == [("Resolusi No. 21-NQ/TW", "sel Parti yang kuat", None)]
    assert short["ref session"] == [("Resolusi No. 21-NQ/TW", "session 5, term 13", "term 13")]


def test_a_document_that_is_not_found_is_not_asked_what_it_is() -> None:
    known = {DOCUMENTS.path: {DOCUMENTS.spans[0].start: SHORT, DOCUMENTS.spans[1].start: ISSUED}}
    wrong = ref(DOCUMENTS, "Resolusi No. 21-NQ/TW", "22-NQ/TW")
    right = ref(DOCUMENTS, "Keputusan 37", "QĐ:37") | {"reference_type": "decision"}
    said = judged([DOCUMENTS], [wrong, right], references=known).scores["all"]
    assert said["ref type"]["references"] == 1
    assert "ref session" not in said


def test_without_a_table_nothing_is_said_of_what_documents_are() -> None:
    found = judged([DOCUMENTS], [ref(DOCUMENTS, "Keputusan 37", "QĐ:37")])
    assert not {"ref type", "ref issuer", "ref title", "ref session"} & set(found.scores["all"])


FIGURES = article(
    'Ada <stat value="90" kind="count" qualifier="almost" unit="pesakit baharu">hampir 90</stat> '
    'pesakit baharu, naik <stat value="3" to="5" kind="percentage" change="up">3 hingga 5%</stat>, '
    'kos <stat value="25000000" kind="money" currency="VND">VND 25 juta</stat>, '
    '<stat value="2" of="3" kind="fraction" unit="gajah">dua pertiga</stat>.'
)


@pytest.mark.parametrize(
    ("found", "hits", "full"),
    [
        ([("hampir 90", 90.0, "count", {"qualifier": "almost"})], 1, 1),
        ([("90", 90.0, "count", {})], 1, 0),
        ([("90", 90.0, "count", {"qualifier": "over"})], 1, 0),
        ([("90", 91.0, "count", {})], 0, 0),
        ([("90", 90.0, "age", {})], 0, 0),
        ([("3 hingga 5%", 3.0, "percentage", {"to": 5.0, "change": "up"})], 1, 1),
        ([("3 hingga 5%", 3.0, "percentage", {"to": 5.0})], 1, 0),
        ([("3 hingga 5%", 3.0, "percentage", {"change": "up"})], 0, 0),
        ([("VND 25 juta", 25e6, "money", {"currency": "VND"})], 1, 1),
        ([("VND 25 juta", 25e6, "money", {"currency": "USD"})], 0, 0),
        ([("VND 25 juta", 25e6, "money", {})], 0, 0),
        ([("dua pertiga", 2.0, "fraction", {"of": 3.0})], 1, 1),
        ([("dua pertiga", 2.0, "fraction", {"of": float("nan")})], 0, 0),
    ],
)
def test_figures(found: list[tuple[str, float, str, Row]], hits: int, full: int) -> None:
    rows = [stat(FIGURES, surface, value, kind, **rest) for surface, value, kind, rest in found]
    result = judged([FIGURES], rows)
    assert counts(result, "stat") == (hits, len(rows), 4)
    assert counts(result, "stat full") == (full, len(rows), 4)


@pytest.mark.parametrize(
    ("unit", "accuracy"),
    [("pesakit baharu", 1.0), ("Baharu pesakit", 1.0), ("pesakit", 0.0), (None, 0.0)],
)
def test_units(unit: str | None, accuracy: float) -> None:
    """Two words and one of them share 2/3, which is not above it."""
    rows = [
        stat(FIGURES, "90", 90.0, unit=unit),
        # the gold unit of the fraction stands nowhere near: it is not asked for
        stat(FIGURES, "dua pertiga", 2.0, "fraction", of=3.0, unit="orang"),
    ]
    said = judged([FIGURES], rows).scores["all"]["stat unit"]
    assert (said["accuracy"], said["gold"]) == (accuracy, 1)


def test_two_of_three_words_of_a_unit_are_enough() -> None:
    assert matching.same_unit("pesakit luar baharu", "pesakit baharu")
    assert not matching.same_unit("pesakit luar baharu", "doktor baharu")
    assert not matching.same_unit("pesakit", None)


SCHOOLS = [
    article(
        '<org key="a">Sekolah Alfa</org> ada <stat value="9" kind="count">9</stat> guru; '
        '<org key="b">Kolej Beta</org> ada <stat value="7" kind="count">7</stat> guru.',
        "s.ms.txt",
    ),
    article(
        'Er zijn <stat value="9" kind="count">9</stat> leraren op <org key="a">school Alfa</org>.',
        "s.nl.txt",
    ),
]
YEAR = ("2025-01-01", "2025-12-31")


def about(
    *found: tuple[tuple[str | None, str | None], str | None],
    gold: Sequence[GoldFigure],
    bodies: Sequence[str | None] = ("id-a", "id-b", "id-a"),
) -> Evaluation:
    """The three figures of ``SCHOOLS``: what is found of each, its period and its body."""
    names = [(SCHOOLS[0], "Sekolah Alfa"), (SCHOOLS[0], "Kolej Beta"), (SCHOOLS[1], "school Alfa")]
    places = [(SCHOOLS[0], "9"), (SCHOOLS[0], "7"), (SCHOOLS[1], "9")]
    rows = [org(of, name, body) for (of, name), body in zip(names, bodies, strict=True)]
    known: dict[str, dict[int, GoldFigure]] = {"s.ms.txt": {}, "s.nl.txt": {}}
    for (of, value), (period, body), said in zip(places, found, gold, strict=True):
        columns = {"period_start": period[0], "period_end": period[1], "organisation_id": body}
        rows.append(stat(of, value, float(value), **columns))
        known[of.path][rows[-1]["start"]] = said
    return judged(SCHOOLS, rows, figures=known)


NONE = GoldFigure(None, None)


def test_periods_of_figures() -> None:
    found = about(
        (YEAR, None),
        (("2025-01-01", "2025-06-30"), None),
        ((None, None), None),
        gold=[GoldFigure(YEAR, None), GoldFigure(YEAR, None), NONE],
    )
    assert counts(found, "figure period") == (1, 2, 2)
    score = found.scores["all"]["figure period"]
    assert (score["accuracy"], score["figures"]) == (0.6667, 3)
    (error,) = found.errors["figure period"]
    assert (error.text, error.expected) == ("7", "2025-01-01/2025-12-31")
    assert error.found == "2025-01-01/2025-06-30"


@pytest.mark.parametrize(
    ("said", "hits", "predicted", "right"),
    [
        (("id-a", "id-b", "id-a"), 3, 3, 3),
        (("id-b", "id-b", None), 1, 2, 1),  # another body is wrong, none is not right
        ((None, None, None), 0, 0, 0),
        (("a", "b", "a"), 0, 3, 0),  # keys are no ids
    ],
)
def test_bodies_of_figures(
    said: tuple[str | None, ...], hits: int, predicted: int, right: int
) -> None:
    gold_bodies = [GoldFigure(None, key) for key in ("a", "b", "a")]
    found = about(*(((None, None), body) for body in said), gold=gold_bodies)
    assert counts(found, "figure body") == (hits, predicted, 3)
    assert found.scores["all"]["figure body"]["accuracy"] == round(right / 3, 4)
    assert len(found.errors.get("figure body", ())) == 3 - right


def test_the_body_of_a_figure_without_one_is_wrong_and_none_right() -> None:
    found = about(
        ((None, None), "id-a"), ((None, None), None), ((None, None), None), gold=[NONE] * 3
    )
    assert counts(found, "figure body") == (0, 1, 0)
    assert found.scores["all"]["figure body"]["accuracy"] == 0.6667


def test_a_body_that_its_article_leaves_without_id_has_that_of_its_story() -> None:
    gold_bodies = [GoldFigure(None, "a")] * 3
    said = ("id-a", "id-a", "id-a")
    found = about(
        *(((None, None), body) for body in said), gold=gold_bodies, bodies=("id-a", "id-b", None)
    )
    assert counts(found, "figure body", "nl") == (1, 1, 1)


def test_without_a_table_nothing_is_said_of_periods_and_bodies() -> None:
    found = judged(SCHOOLS, [])
    assert not {"figure period", "figure body"} & set(found.scores["all"])


def linked(*stories: dict[str, list[tuple[str, str | None]]]) -> Evaluation:
    """Articles that say bodies by the letter of their key, found under the given ids."""
    articles, rows = [], []
    for i, story in enumerate(stories):
        for language, bodies in story.items():
            raw = " ".join(f'<org key="{key}">Badan {key}</org>' for key, _ in bodies)
            made = article(raw, f"s{i}.{language}.txt")
            articles.append(made)
            rows += [
                _EMPTY
                | {"path": made.path, "language": language, "kind": "organisation"}
                | {"text": s.text, "start": s.start, "end": s.end, "canonical_id": identity}
                for s, (_, identity) in zip(made.spans, bodies, strict=True)
            ]
    return judged(articles, rows)


@pytest.mark.parametrize(
    ("stories", "pairwise", "across"),
    [
        ([{"ms": [("a", "x"), ("a", "x")], "nl": [("a", "x")]}], (3, 3, 3), (2, 2, 2)),
        ([{"ms": [("a", "x"), ("a", "y")], "nl": [("a", "x")]}], (1, 1, 3), (1, 1, 2)),
        ([{"ms": [("a", "x"), ("b", "x")], "nl": [("b", "x")]}], (1, 3, 1), (1, 2, 1)),
        # what has no id is joined to nothing
        ([{"ms": [("a", None), ("a", None)], "nl": [("a", None)]}], (0, 0, 3), (0, 0, 2)),
        # mentions of different stories are pairs too
        ([{"ms": [("a", "x")]}, {"ms": [("a", "x")], "nl": [("a", "y")]}], (1, 1, 3), (0, 0, 2)),
    ],
)
def test_links(
    stories: list[dict[str, list[tuple[str, str | None]]]],
    pairwise: tuple[int, int, int],
    across: tuple[int, int, int],
) -> None:
    found = linked(*stories)
    assert counts(found, "link") == pairwise
    assert counts(found, "link across") == across
    assert counts(found, "link across", "ms") == (0, 0, 0)


def test_an_optional_body_is_linked_only_when_it_has_an_id() -> None:
    rows = [org(BODIES, "Kelab Bola Alfa", "x"), org(BODIES, "Kelab itu", "x")]
    assert counts(judged([BODIES], rows), "link") == (1, 1, 1)
    rows[1]["canonical_id"] = None
    assert counts(judged([BODIES], rows), "link") == (0, 0, 0)


def figures(*stories: dict[str, list[tuple[int, str | None]]]) -> Evaluation:
    articles, rows = [], []
    for i, story in enumerate(stories):
        for language, said in story.items():
            raw = " ".join(f'<stat value="{v}" kind="count">{v}</stat>' for v, _ in said)
            made = article(raw, f"s{i}.{language}.txt")
            articles.append(made)
            rows += [
                _EMPTY
                | {"path": made.path, "language": language, "kind": "statistic", "text": s.text}
                | {"start": s.start, "end": s.end, "canonical_id": identity}
                | {"value": float(v), "value_kind": "count"}
                for s, (v, identity) in zip(made.spans, said, strict=True)
            ]
    return judged(articles, rows)


@pytest.mark.parametrize(
    ("stories", "recall", "asked", "precision", "made"),
    [
        ([{"ms": [(4, "x")], "nl": [(4, "x")]}], 1.0, 1, 1.0, 1),
        ([{"ms": [(4, "x")], "nl": [(4, "y")]}], 0.0, 1, None, 0),
        ([{"ms": [(4, None)], "nl": [(4, None)]}], 0.0, 1, None, 0),
        # twice in one translation: not asked, but the pairs made count
        ([{"ms": [(4, "x"), (4, "y")], "nl": [(4, "x")]}], None, 0, 1.0, 1),
        # different figures joined
        ([{"ms": [(4, "x"), (5, "y")], "nl": [(4, "x"), (6, "y")]}], 1.0, 1, 0.5, 2),
        # one row for figures of two stories is wrong, once for each pair of stories
        (
            [{"ms": [(4, "x")], "nl": [(4, "x")]}, {"ms": [(4, "x")], "nl": [(4, "x")]}],
            1.0,
            2,
            0.6667,
            3,
        ),
    ],
)
def test_figures_across(
    stories: list[dict[str, list[tuple[int, str | None]]]],
    recall: float | None,
    asked: int,
    precision: float | None,
    made: int,
) -> None:
    said = figures(*stories).scores["all"]["stat link across"]
    assert (said["recall"], said["pairs"]) == (recall, asked)
    assert (said["precision"], said["made"]) == (precision, made)


def test_one_language_scores_its_articles_alone() -> None:
    other = article('<org key="a">Club Alfa</org> wint.', "a.nl.txt")
    found = judged([BODIES, other], [org(other, "Club Alfa", "x")], language="nl")
    assert list(found.scores) == ["nl"]
    assert counts(found, "org exact", "nl") == (1, 1, 1)
    assert found.articles == 1
    assert "org missed" not in found.errors


def test_offsets_that_do_not_hold_are_counted() -> None:
    wrong = org(BODIES, "Kelab Bola Alfa") | {"text": "Kelab"}
    found = judged([BODIES], [wrong])
    assert found.scores["ms"]["offset mismatches"] == 1
    assert [(e.expected, e.found) for e in found.errors["offset"]] == [("Kelab Bola Alfa", "Kelab")]


def test_stories_of_one_name_in_two_folders_are_two() -> None:
    first = article('<stat value="4" kind="count">4</stat>', "x/a.ms.txt")
    second = article('<stat value="4" kind="count">4</stat>', "y/a.nl.txt")
    found = judged([first, second], [stat(a, "4", 4.0) for a in (first, second)])
    assert found.stories == 2
    assert found.scores["all"]["stat link across"]["pairs"] == 0


def test_errors_name_what_was_expected_and_what_was_found() -> None:
    rows = [
        org(BODIES, "Bola Alfa", "x"),
        org(BODIES, "Kelab Renang Beta", "x"),
        ref(DOCUMENTS, "Keputusan 37", "CT:37"),
        stat(FIGURES, "90", 91.0),
        stat(FIGURES, "3 hingga 5%", 3.0, "percentage", to=5.0),
    ]
    parts = [
        article_with_path(BODIES, "a.ms.txt"),
        article_with_path(DOCUMENTS, "b.ms.txt"),
        article_with_path(FIGURES, "c.ms.txt"),
    ]
    for said, path in zip(rows, ("a", "a", "b", "c", "c"), strict=True):
        said["path"] = f"{path}.ms.txt"
    found = judged(parts, rows).errors
    short = {
        sort: [(e.path, e.text, e.expected, e.found) for e in errors]
        for sort, errors in found.items()
    }
    assert short["org missed"] == [("a.ms.txt", "Kelab Bola Alfa", "Kelab Bola Alfa", "Bola Alfa")]
    assert short["org extra"] == [("a.ms.txt", "Bola Alfa", "Kelab Bola Alfa", "Bola Alfa")]
    assert ("b.ms.txt", "Keputusan 37", "QĐ:37 or 37-QĐ/TW", "CT:37") in short["ref missed"]
    assert short["ref extra"] == [("b.ms.txt", "Keputusan 37", "QĐ:37 or 37-QĐ/TW", "CT:37")]
    assert ("c.ms.txt", "hampir 90", "90 count", "91 count") in short["stat missed"]
    assert short["stat extra"] == [("c.ms.txt", "90", "90 count", "91 count")]
    assert short["stat full"] == [("c.ms.txt", "3 hingga 5%", "change up", "change -")]
    assert [e[1] for e in short["link merged"]] == ["Kelab Renang Beta"]
    for errors in found.values():
        for error in errors:
            text = next(a.text for a in parts if a.path == error.path)
            assert text[error.start : error.end] == error.text
            assert error.text in error.context


def article_with_path(of: GoldArticle, path: str) -> GoldArticle:
    return GoldArticle(path.split(".")[0], of.language, of.text, of.spans, path)


def test_links_that_fail_are_errors() -> None:
    found = linked({"ms": [("a", "x"), ("a", "y")], "nl": [("a", "x")]}).errors
    assert [(e.path, e.found) for e in found["link split"]] == [("s0.ms.txt", "y")]
    split = figures({"ms": [(4, "x")], "nl": [(4, "y")]}).errors
    assert [e.text for e in split["stat link"]] == ["4"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("<org>Kelab Alfa</org>", "has no key"),
        ("<ref>Resolusi 5</ref>", "has no id"),
        ('<stat value="4">4</stat>', "has no kind"),
        ('<stat value="empat" kind="count">4</stat>', "value is no number"),
    ],
)
def test_gold_without_what_a_score_needs_is_refused(raw: str, message: str) -> None:
    with pytest.raises(GoldError, match=message):
        judged([article(raw)], [])


# Agreement with counting the slow way.


def _slow_pairs(items: Sequence[tuple[str, str | None, str]], across: bool) -> tuple[int, int, int]:
    both = found = true = 0
    for (k1, c1, l1), (k2, c2, l2) in itertools.combinations(items, 2):
        if across and l1 == l2:
            continue
        joined = c1 is not None and c1 == c2
        both += joined and k1 == k2
        found += joined
        true += k1 == k2
    return both, found, true


@pytest.mark.parametrize("seed", range(10))
def test_links_agree_with_counting_every_pair(seed: int) -> None:
    chance = random.Random(seed)
    stories = [
        {
            language: [
                (chance.choice("abcde"), chance.choice(["x", "y", "z", None]))
                for _ in range(chance.randrange(8))
            ]
            for language in ("ms", "nl")
        }
        for _ in range(6)
    ]
    items = [(k, c, code) for story in stories for code, said in story.items() for k, c in said]
    found = linked(*stories)
    assert counts(found, "link") == _slow_pairs(items, across=False)
    assert counts(found, "link across") == _slow_pairs(items, across=True)


@pytest.mark.parametrize("seed", range(20))
def test_pairs_of_spans_agree_with_trying_every_pair(seed: int) -> None:
    chance = random.Random(seed)
    edges = sorted(chance.sample(range(60), 16))
    spans = [GoldSpan("org", a, b, "", {}) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    rows: list[Row] = []
    for n in range(12):
        start = chance.randrange(58)
        rows.append({"start": start, "end": start + chance.randrange(1, 9), "n": n})
    options = sorted(
        (-matching.overlap(s, r), i, j)
        for i, s in enumerate(spans)
        for j, r in enumerate(rows)
        if matching.overlap(s, r) > 0
    )
    expected, taken_spans, taken_rows = [], set(), set()
    for _, i, j in options:
        if i not in taken_spans and j not in taken_rows:
            taken_spans.add(i)
            taken_rows.add(j)
            expected.append((spans[i], rows[j]))
    assert matching.pair_up(spans, rows) == expected


# Intervals.


def _slow_weighted(
    weights: Sequence[int], by_story: Sequence[Mapping[str, int]], inside: bool
) -> int:
    """Every copy of every story written out; copies of one story are no pair."""
    copies = [(s, c) for s, n in enumerate(weights) for c in range(n)]
    items = [(s, c, g) for s, c in copies for g, n in by_story[s].items() for _ in range(n)]
    return sum(
        g1 == g2 and (s1 != s2 or (c1 == c2 and inside))
        for (s1, c1, g1), (s2, c2, g2) in itertools.combinations(items, 2)
    )


@pytest.mark.parametrize("inside", [True, False])
def test_weighed_pairs_agree_with_writing_the_draw_out(
    inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_COLUMNS", 2)
    chance = random.Random(7)
    by_story = [Counter(chance.choice("abcdef") for _ in range(6)) for _ in range(4)]
    drawn = bootstrap.draws(4, 25)
    found = bootstrap.pairs(drawn, by_story, inside=inside)
    for weights, pairs in zip(drawn.astype(int), found, strict=True):
        assert pairs == _slow_weighted(list(weights), by_story, inside)


def test_draws_are_always_the_same_and_of_as_many_stories() -> None:
    first, second = bootstrap.draws(9), bootstrap.draws(9)
    assert first.shape == (bootstrap.RESAMPLES, 9)
    assert np.array_equal(first, second)
    assert set(first.sum(axis=1)) == {9.0}


def test_an_interval_is_the_middle_and_needs_two_stories() -> None:
    values = np.arange(1001) / 1000
    assert bootstrap.interval(values, 5) == [0.025, 0.975]
    assert bootstrap.interval(values, 1) is None
    assert bootstrap.interval(np.full(5, np.nan), 5) is None
    assert bootstrap.interval(np.array([0.5, np.nan, 0.5]), 5) == [0.5, 0.5]


def test_intervals_of_scores() -> None:
    alike = linked(*({"ms": [("a", "x"), ("b", "y")]} for _ in range(4))).scores["ms"]
    assert alike["org exact"]["intervals"]["f1"] == [1.0, 1.0]
    assert alike["link"]["intervals"]["f1"] == [1.0, 1.0]
    right = [article('<org key="a">Kelab Alfa</org>', f"r{i}.ms.txt") for i in range(2)]
    wrong = [article('<org key="a">Kelab Beta</org>', f"w{i}.ms.txt") for i in range(2)]
    mixed = judged([*right, *wrong], [org(a, "Kelab Alfa") for a in right]).scores["ms"]
    assert mixed["org exact"]["r"] == 0.5
    # 1 in 16 draws misses both right stories, 1 in 16 draws both
    assert mixed["org exact"]["intervals"]["f1"] == [0.0, 1.0]
    one = judged([BODIES], [org(BODIES, "Kelab Bola Alfa")]).scores["ms"]
    assert one["org exact"]["intervals"]["f1"] is None


# The program itself.

GOLD = {
    "klinik.ms.txt": """<org key="health-department/ha-giang">Jabatan Kesihatan Wilayah Ha Giang</org> melaporkan bahawa wilayah itu kini mempunyai <stat value="35" kind="count" unit="klinik">35</stat> klinik & pusat rawatan.
Menurut <ref id="21-NQ/TW">Resolusi No. 21-NQ/TW</ref>, bilangan kakitangan telah meningkat <stat value="12.5" kind="percentage" change="up">12.5%</stat> berbanding tahun sebelumnya.
""",
    "deeper/sekolah.nl.txt": """Het <org key="education-and-training-department/ha-giang">departement van Onderwijs en Opleiding van de provincie Ha Giang</org> meldt dat er nu <stat value="1250" kind="count" unit="leerlingen">1.250</stat> leerlingen zijn.
Volgens <ref id="21-NQ/TW">Resolutie 21-NQ/TW</ref> moet het aantal scholen in de bergen de komende jaren verder groeien.
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold")
    for name, raw in GOLD.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(raw.replace(" & ", " &amp; "), encoding="utf-8")
    return folder


def test_the_command_as_json_and_what_it_keeps(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = selaras("evaluate", folder, "--json", "--errors", "3", "--out", out)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["stories"], said["articles"], said["unread"]) == (2, 2, {})
    assert list(said["scores"]) == ["ms", "nl", "all"]
    assert said["scores"]["all"]["ref"]["f1"] == 1.0
    assert said["scores"]["all"]["stat"]["hits"] == 3
    assert set(said["errors"]) <= {"org missed", "org extra", "stat unit", "link split"}
    articles, mentions = outputs.read(out)
    assert {a["path"] for a in articles} == set(GOLD)
    assert "klinik & pusat" in next(a["text"] for a in articles if a["language"] == "ms")
    again = compared(gold.read(folder), articles, mentions, folder=folder.as_posix())
    assert json.loads(json.dumps(again.to_dict(3))) == said


def test_the_command_as_tables(folder: Path) -> None:
    with one_process():
        done = selaras("evaluate", folder, "--errors", "1")
        one = selaras("evaluate", folder, "--language", "nl")
    assert done.returncode == 0, done.stderr
    for words in ("org exact", "stat unit, share", "link across", "stat link, recall", "together"):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines()[:20])) <= 80 + len(str(folder))
    assert "together" not in one.stdout
    assert " nl " in one.stdout


def test_the_command_scores_what_documents_are(folder: Path, tmp_path: Path) -> None:
    for name, raw in GOLD.items():
        (tmp_path / Path(name).name).write_text(raw.replace(" & ", " &amp; "), encoding="utf-8")
    rows = [
        f"{a.path},{s.start},{s.text},resolution,TW,,,"
        for a in gold.read(tmp_path)
        for s in a.spans
        if s.type == "ref"
    ]
    table = "\n".join([",".join(gold_references.COLUMNS), *rows]) + "\n"
    (tmp_path / gold_references.NAME).write_text(table, encoding="utf-8")
    with one_process():
        done = selaras("evaluate", tmp_path)
        read = selaras("evaluate", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    for words in ("ref type, share", "ref issuer, share", "ref title, share"):
        assert words in done.stdout
    said = json.loads(read.stdout)["scores"]["all"]
    assert (said["ref type"]["accuracy"], said["ref type"]["references"]) == (1.0, 2)
    assert (said["ref issuer"]["accuracy"], said["ref title"]["accuracy"]) == (1.0, 1.0)
    (tmp_path / gold_references.NAME).write_text(table + rows[0], encoding="utf-8")
    broken = selaras("evaluate", tmp_path)
    assert broken.returncode == 2
    assert "references.csv, line 4: a second row" in broken.stderr


def test_articles_that_were_not_read_are_named_and_missed(tmp_path: Path) -> None:
    (tmp_path / "short.ms.txt").write_text('<stat value="12" kind="count">12</stat>')
    with one_process():
        found = evaluate(tmp_path)
    assert list(found.unread) == ["short.ms.txt"]
    assert counts(found, "stat") == (0, 0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["empty"], "no gold articles here"),
        (["named"], "is named STORY.LANGUAGE.txt"),
        (["broken"], "is never closed"),
        (["latin"], "is no UTF-8 text"),
        (["keyless"], "has no key"),
        (["good", "--language", "xx"], "no gold articles in language 'xx'; there are ms"),
        (["good", "--out", "a-file"], "a-file: is a file"),
        (["good", "--out", "empty-not"], "already holds other things"),
    ],
)
def test_misuse_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name, file, data in (
        ("named", "story.txt", b"x"),
        ("broken", "s.ms.txt", b'<org key="a">x'),
        ("latin", "s.ms.txt", "é".encode("cp1252")),
        ("keyless", "s.ms.txt", b"<org>Kelab Alfa</org> menang."),
        ("good", "s.ms.txt", b"Kelab menang."),
        ("empty-not", "letter.doc", b"mine"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_bytes(data)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").write_text("x")
    done = selaras("evaluate", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evaluation, Path]:
    out = tmp_path_factory.mktemp("dev") / "out"
    with one_process():
        return evaluate(DEV, out=out), out


def test_dev_is_read_whole_and_scored_the_same_from_its_files(
    dev: tuple[Evaluation, Path],
) -> None:
    found, out = dev
    assert found.unread == {}
    assert found.articles == len(list(DEV.glob("*.txt")))
    articles = gold.read(DEV)
    figures = gold_figures.read(DEV, articles)
    rows = outputs.read(out)
    again = compared(articles, *rows, folder=DEV.as_posix(), figures=figures)
    assert found.scores["all"]["figure body"]["figures"] > 400
    assert again.to_dict(5) == found.to_dict(5)
    for scores in found.scores.values():
        for score in scores.values():
            if isinstance(score, dict):
                for name, bounds in score["intervals"].items():
                    if bounds and score[name] is not None:
                        assert 0 <= bounds[0] <= score[name] <= bounds[1] <= 1


def _scorer(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_scorer", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _disturbed(rows: Sequence[Row], chance: random.Random) -> list[Row]:
    """Rows with things lost, borders moved, values, ids, dates and units changed."""
    found: list[Row] = []
    for said in rows:
        changed = dict(said)
        what = chance.randrange(9)
        if what == 0:
            continue
        if what == 1:
            changed["end"] = max(changed["start"] + 1, changed["end"] - chance.randrange(1, 4))
        elif what == 2:
            changed["canonical_id"] = chance.choice([None, rows[0]["canonical_id"], "other"])
        elif what == 3 and changed["value"] is not None:
            changed["value"] += 1
        elif what == 4:
            changed["reference_date"] = chance.choice([None, "2024-06-07"])
        elif what == 5:
            changed |= {"qualifier": chance.choice([None, "over"]), "unit": "orang besar"}
        elif what == 6:
            found.append(dict(said))
        found.append(changed)
    return found


@pytest.mark.skipif("SELARAS_SCORER" not in os.environ, reason="no reference scorer is named")
@pytest.mark.parametrize("disturbed", [False, True])
@pytest.mark.parametrize("language", [None, "ms", "nl"])
def test_agrees_with_the_reference_scorer(
    dev: tuple[Evaluation, Path], tmp_path: Path, language: str | None, disturbed: bool
) -> None:
    articles, mentions = outputs.read(dev[1])
    if disturbed:
        mentions = _disturbed(mentions, random.Random(3))
    outputs.write(tmp_path / "out", articles, mentions, [], ("ms", "nl"), {})
    scorer = _scorer(os.environ["SELARAS_SCORER"])
    expected, errors = scorer.score(DEV, tmp_path / "out", language)
    found = compared(gold.read(DEV), articles, mentions, language=language)
    scores = found.scores[language or "all"]
    assert set(scores) == set(expected)
    for name, said in expected.items():
        ours = scores[name]
        if isinstance(ours, dict):
            ours = {key: value for key, value in ours.items() if key != "intervals"}
        assert ours == said, name
    for sort, listed in errors.items():
        assert len(found.errors.get(sort, [])) == len(listed), sort
