"""The gold reader, and that every gold file keeps the rules."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from pipeline import gold, gold_figures, gold_references, languages
from pipeline.normalise.references import kind_name
from tests.conftest import ROOT

GOLD = ROOT / "corpus" / "gold"
PARTS = (
    "train", "dev", "test", "identity", "figures", "figures-test", "references", "references-test",
)  # fmt: skip
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


REFERENCED = ("references", "references-test")  # the parts that say what their references are


@pytest.mark.parametrize("part", REFERENCED)
def test_every_reference_has_its_row_and_every_row_its_reference(part: str) -> None:
    articles = gold.read(GOLD / part)
    references = gold_references.read(GOLD / part, articles)
    for article in articles:
        spans = [s for s in article.spans if s.type == "ref"]
        assert [s.start for s in spans] == list(references[article.path]), article.path
        for span in spans:
            said = references[article.path][span.start]
            where = (article.path, span.text)
            assert all(map(kind_name, said.types)), where
            number = span.attributes["id"]
            # of a number without letters the issuer is one that the article names
            assert ":" in number or number.endswith(said.issuer or ""), where
    every = [r for of in references.values() for r in of.values()]
    assert sum(r.issuer is not None for r in every) > 0.9 * len(every)
    assert sum(r.title is not None for r in every) > 50
    assert sum(r.session is not None or r.term is not None for r in every) > 20


@pytest.mark.parametrize("part", REFERENCED)
def test_both_translations_say_the_same_of_their_references(part: str) -> None:
    articles = gold.read(GOLD / part)
    references = gold_references.read(GOLD / part, articles)
    by_story: dict[str, list[Counter[object]]] = defaultdict(list)
    for article in articles:
        by_story[article.story].append(
            Counter(
                # a title may stand in a compound noun in one language ("Huisvestingswet")
                (s.attributes["id"], of.types, of.issuer, of.session, of.term)
                for s in article.spans
                if s.type == "ref"
                for of in [references[article.path][s.start]]
            )
        )
    assert [story for story, (one, other) in by_story.items() if one != other] == []


HEADER = ",".join(gold_figures.COLUMNS)
REFERENCES_HEADER = ",".join(gold_references.COLUMNS)
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


PLAN = (
    '<ref id="21-NQ/TW">Resolusi 21-NQ/TW</ref> Persidangan Ke-5 Sesi XIII tentang sel Parti dan '
    '<ref id="64/PA-CAT">64/PA-CAT</ref>.'
)
RESOLUTION = "s.ms.txt,0,Resolusi 21-NQ/TW,resolution,TW,sel Parti,5,13"
SCHEME = "s.ms.txt,67,64/PA-CAT,plan|scheme,CAT,,,"


def _with_references(
    folder: Path, *rows: str, header: str = REFERENCES_HEADER
) -> gold_references.References:
    (folder / "in").mkdir()
    (folder / "in" / "s.ms.txt").write_text(PLAN, encoding="utf-8")
    (folder / "in" / "t.ms.txt").write_text(PLAN, encoding="utf-8")
    table = "\n".join([header, *rows]) + "\n"
    (folder / "in" / "references.csv").write_text(table, encoding="utf-8")
    return gold_references.read(folder, gold.read(folder))


def test_a_table_of_references_says_what_each_is(tmp_path: Path) -> None:
    found = _with_references(tmp_path, RESOLUTION, SCHEME)
    first = gold_references.GoldReference(frozenset({"resolution"}), "TW", "sel Parti", 5, 13)
    second = gold_references.GoldReference(frozenset({"plan", "scheme"}), "CAT", None, None, None)
    assert found == {"in/s.ms.txt": {0: first, 67: second}}


def test_an_issuer_may_be_left_empty(tmp_path: Path) -> None:
    found = _with_references(tmp_path, RESOLUTION.replace(",TW,", ",,"), SCHEME)
    assert found["in/s.ms.txt"][0].issuer is None


def test_no_table_of_references_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.ms.txt").write_text(PLAN, encoding="utf-8")
    assert gold_references.read(tmp_path, gold.read(tmp_path)) == {}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (SCHEME.replace("s.ms", "u.ms"), "no article 'u.ms.txt'"),
        (SCHEME.replace("67", "x"), "'x'"),
        (SCHEME.replace("67", "66"), "no reference '64/PA-CAT' at 66"),
        (SCHEME.replace("64/PA-CAT", "64/PA"), "no reference '64/PA' at 67"),
        (SCHEME.replace("plan|scheme", ""), "'' is no type"),
        (SCHEME.replace("plan|scheme", "plan|"), "'plan|' is no type"),
        (SCHEME.replace("plan|scheme", "Scheme"), "'Scheme' is no type"),
        (SCHEME.replace(",CAT,", ",CAT CA,"), "'CAT CA' has blanks"),
        (SCHEME.replace(",CAT,,", ",CAT,keselamatan,"), "a title 'keselamatan'"),
        (SCHEME.replace(",CAT,,", ",CAT, Parti,"), "a title ' Parti'"),
        (SCHEME.replace(",CAT,,,", ",CAT,,V,"), "the session 'V' is no Arabic number"),
        (SCHEME.replace(",CAT,,,", ",CAT,,,013"), "the term '013' is no Arabic number"),
        (SCHEME + ",", "line 3"),
        ("", "line 3"),
        (RESOLUTION, "a second row for the reference at 0"),
    ],
)
def test_a_row_of_a_reference_that_cannot_be_used_is_named(
    tmp_path: Path, row: str, message: str
) -> None:
    with pytest.raises(
        gold.GoldError, match=r"references\.csv, line 3|references\.csv: .* line 3"
    ) as said:
        _with_references(tmp_path, RESOLUTION, row)
    assert message in str(said.value)


def test_an_article_that_is_listed_has_a_row_for_every_reference(tmp_path: Path) -> None:
    with pytest.raises(
        gold.GoldError, match=r"references\.csv, line 2: in/s\.ms\.txt .* '64/PA-CAT' at 67"
    ):
        _with_references(tmp_path, RESOLUTION)


@pytest.mark.parametrize(
    "header", ["", "path,start", REFERENCES_HEADER.replace("type", "kind"), HEADER]
)
def test_a_table_of_references_with_other_columns_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(gold.GoldError, match=r"references\.csv"):
        _with_references(tmp_path, RESOLUTION, SCHEME, header=header)
