"""The gold reader, and that every gold file keeps the rules."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from pipeline import gold, gold_figures, languages
from tests.conftest import ROOT

GOLD = ROOT / "corpus" / "gold"
PARTS = ("train", "dev", "test", "identity", "figures", "figures-test")
ALLOWED = {
    "org": {"key", "optional"},
    "ref": {"id", "full", "date"},
    "stat": {"value", "kind", "of", "to", "qualifier", "unit", "currency", "change"},
}
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")


def test_tags_are_taken_off_and_offsets_are_those_of_the_text() -> None:
    raw = 'De <org key="a/b">Bank &amp; Co</org> telt <stat value="2" kind="count">twee</stat> lokalen.'
    text, spans = gold.parse(raw)
    assert text == "De Bank & Co telt twee lokalen."
    assert [(s.type, text[s.start : s.end]) for s in spans] == [
        ("org", "Bank & Co"),
        ("stat", "twee"),
    ]
    assert spans[0].attributes == {"key": "a/b"}


@pytest.mark.parametrize(
    "raw",
    [
        '<org key="a">x',
        "x</org>",
        '<org key="a">x <stat value="1" kind="count">1</stat></org>',
        '<org key="a">x</stat>',
    ],
)
def test_broken_tags_are_refused(raw: str) -> None:
    with pytest.raises(gold.GoldError, match="somewhere"):
        gold.parse(raw, "somewhere")


@pytest.mark.parametrize("part", PARTS)
def test_every_file_keeps_the_rules(part: str) -> None:
    articles = gold.read(GOLD / part)
    assert articles
    for article in articles:
        where = f"{part}/{article.story}.{article.language}"
        assert article.language in languages.available(), where
        position = 0
        for span in article.spans:
            assert span.start >= position, where
            position = span.end
            assert span.text == article.text[span.start : span.end] == span.text.strip() != "", (
                where
            )
            assert "\n" not in span.text, where
            assert set(span.attributes) <= ALLOWED[span.type], (where, span)
            if span.type == "org":
                assert KEY.fullmatch(span.attributes["key"]), (where, span)
            if span.type == "stat":
                assert float(span.attributes["value"]) >= 0, (where, span)
            if span.type == "ref":
                assert any(c.isdigit() for c in span.attributes["id"]), (where, span)


@pytest.mark.parametrize("part", PARTS)
def test_both_translations_of_a_story_stand_in_one_part(part: str) -> None:
    by_story = defaultdict(set)
    for article in gold.read(GOLD / part):
        by_story[article.story].add(article.language)
    assert {story: said for story, said in by_story.items() if said != {"ms", "nl"}} == {}


def test_no_story_stands_in_two_parts() -> None:
    parts = {part: {a.story for a in gold.read(GOLD / part)} for part in PARTS}
    shared = {(x, y): parts[x] & parts[y] for x, y in itertools.combinations(PARTS, 2)}
    assert {pair: stories for pair, stories in shared.items() if stories} == {}


FIGURED = ("dev", "test")  # the parts whose figures have a period and a body


@pytest.mark.parametrize("part", FIGURED)
def test_every_figure_has_its_row_and_every_row_its_figure(part: str) -> None:
    articles = gold.read(GOLD / part)
    figures = gold_figures.read(GOLD / part, articles)
    for article in articles:
        starts = [s.start for s in article.spans if s.type == "stat"]
        assert starts == list(figures[article.path]), article.path
        keys = {s.attributes["key"] for s in article.spans if s.type == "org"}
        bodies = {f.body for f in figures[article.path].values()}
        assert bodies <= keys | {None}, article.path
    said = [f for of in figures.values() for f in of.values()]
    assert min(sum(f.period is not None for f in said), sum(f.body is not None for f in said)) > 100


@pytest.mark.parametrize("part", FIGURED)
def test_both_translations_say_the_same_of_their_figures(part: str) -> None:
    articles = gold.read(GOLD / part)
    figures = gold_figures.read(GOLD / part, articles)
    by_story: dict[str, list[Counter[object]]] = defaultdict(list)
    for article in articles:
        by_story[article.story].append(
            Counter(
                (*(s.attributes.get(n) for n in ("value", "of", "to", "kind")), of.period, of.body)
                for s in article.spans
                if s.type == "stat"
                for of in [figures[article.path][s.start]]
            )
        )
    assert [story for story, (one, other) in by_story.items() if one != other] == []


HEADER = ",".join(gold_figures.COLUMNS)
SCHOOL = '<org key="school/alfa">Sekolah Alfa</org> ada <stat value="9" kind="count">9</stat> guru.'


def _with_table(folder: Path, *rows: str, header: str = HEADER) -> gold_figures.Figures:
    (folder / "in").mkdir()
    (folder / "in" / "s.ms.txt").write_text(SCHOOL, encoding="utf-8")
    table = "\n".join([header, *rows]) + "\n"
    (folder / "in" / "figures.csv").write_text(table, encoding="utf-8")
    return gold_figures.read(folder, gold.read(folder))


def test_a_table_of_figures_lies_beside_its_articles(tmp_path: Path) -> None:
    found = _with_table(tmp_path, "s.ms.txt,17,9,2025-01-01,2025-12-31,school/alfa")
    said = gold_figures.GoldFigure(("2025-01-01", "2025-12-31"), "school/alfa")
    assert found == {"in/s.ms.txt": {17: said}}


def test_empty_cells_say_that_there_is_none(tmp_path: Path) -> None:
    found = _with_table(tmp_path, "s.ms.txt,17,9,,,")
    assert found["in/s.ms.txt"][17] == gold_figures.GoldFigure(None, None)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("t.ms.txt,17,9,,,", "no article 't.ms.txt'"),
        ("../../s.ms.txt,17,9,,,", "no article"),
        ("s.ms.txt,x,9,,,", "'x'"),
        ("s.ms.txt,16,9,,,", "no figure '9' at 16"),
        ("s.ms.txt,17,8,,,", "no figure '8' at 17"),
        ("s.ms.txt,17,9,,,school/beta", "'school/beta'"),
        ("s.ms.txt,17,9,2025-01-01,,", "isoformat"),
        ("s.ms.txt,17,9,2025-13-01,2025-13-31,", "month"),
        ("s.ms.txt,17,9,20250101,20250131,", "is no period"),
        ("s.ms.txt,17,9,2025-02-01,2025-01-01,", "is no period"),
        ("s.ms.txt,17,9,,,,", "line 3"),
        ("", "line 3"),
        ("s.ms.txt,17,9,,,", "a second row"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(
        gold.GoldError, match=r"figures\.csv, line 3|figures\.csv: .* line 3"
    ) as said:
        _with_table(tmp_path, "s.ms.txt,17,9,,,", row)
    assert message in str(said.value)


@pytest.mark.parametrize("header", ["", "path,start", HEADER.replace("path", "file")])
def test_a_table_with_other_columns_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(gold.GoldError, match=r"figures\.csv"):
        _with_table(tmp_path, "s.ms.txt,17,9,,,", header=header)
