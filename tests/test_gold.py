"""The gold reader, and that every gold file keeps the rules."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from pipeline import gold, languages
from tests.conftest import ROOT

GOLD = ROOT / "corpus" / "gold"
PARTS = ("train", "dev", "test")
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
    stories = [{a.story for a in gold.read(GOLD / part)} for part in PARTS]
    assert not stories[0] & stories[1]
    assert not stories[0] & stories[2]
    assert not stories[1] & stories[2]
