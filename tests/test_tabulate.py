"""From mentions to stories, indicators, checks and rows; on rows made by hand."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipeline import tabulate
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.tabulate.checks import check
from pipeline.tabulate.stories import address_key

Row = dict[str, Any]
LANGUAGES = ("ms", "nl")


def merge(articles: list[Row], mentions: list[Row]) -> tuple[list[Row], list[Row]]:
    found = tabulate.merge(articles, mentions, LANGUAGES)
    return found.articles, found.mentions


def table(articles: list[Row], mentions: list[Row]) -> list[Row]:
    return tabulate.merge(articles, mentions, LANGUAGES).table


def article(name: str, language: str, **said: Any) -> Row:
    return {
        **dict.fromkeys(ARTICLE_SCHEMA.names),
        "article_id": name,
        "path": f"{name}.{language}.txt",
        "language": language,
        "status": "ok",
        **said,
    }


def mention(of: Row, kind: str, start: int, text: str, /, **said: Any) -> Row:
    return {
        **dict.fromkeys(MENTION_SCHEMA.names),
        "article_id": of["article_id"],
        "path": of["path"],
        "language": of["language"],
        "kind": kind,
        "text": text,
        "start": start,
        "end": start + len(text),
        "sentence": text,
        "sentence_start": start,
        "score": 0.9,
        "source": "test",
        **said,
    }


def statistic(of: Row, start: int, value: float, /, **said: Any) -> Row:
    return mention(
        of, "statistic", start, f"{value:g}", **{"value": value, "value_kind": "count", **said}
    )


def reference(of: Row, start: int, number: str) -> Row:
    return mention(of, "reference", start, number, canonical_id=number)


def organisation(of: Row, start: int, text: str, key: str) -> Row:
    return mention(of, "organisation", start, text, canonical_id=key, label=key)


def translations() -> tuple[list[Row], list[Row]]:
    """One story in two languages, and an unrelated article."""
    ms, nl, other = article("a", "ms"), article("b", "nl"), article("c", "nl")
    rows = []
    for of, unit in ((ms, "ahli Parti"), (nl, "partijleden")):
        rows += [
            reference(of, 0, "21-NQ/TW"),
            statistic(of, 50, 557.0, unit=unit, unit_id="party-member"),
            statistic(of, 70, 38.13, value_kind="percentage"),
            statistic(of, 90, 1461.0, unit_id="civil-servant" if of is ms else None),
            statistic(of, 120, 42.0),
            organisation(of, 150, "x", "health-department/ha-giang"),
        ]
    rows += [reference(other, 0, "21-NQ/TW"), statistic(other, 30, 42.0)]
    return [ms, nl, other], rows


def test_translations_are_one_story_and_an_unrelated_article_is_another() -> None:
    articles, _ = merge(*translations())
    story = {r["article_id"]: r["story_id"] for r in articles}
    assert story["a"] == story["b"] != story["c"]


def test_merging_again_and_in_any_order_changes_nothing() -> None:
    articles, mentions = translations()
    once = merge(articles, mentions)
    again = merge(*once)
    rows = table(*once)
    assert table(*again) == rows
    rng = random.Random(1)
    for _ in range(5):
        rng.shuffle(articles)
        rng.shuffle(mentions)
        assert table(articles, mentions) == rows


def test_one_address_is_one_story() -> None:
    a = article("a", "ms", source_url="https://www.vietnam.vn/ms/ha-giang-1")
    b = article("b", "nl", source_url="https://vietnam.vn/nl/ha-giang-1?utm_source=x")
    c = article("c", "nl", source_url="https://www.vietnam.vn/")
    d = article("d", "ms", source_url="https://www.vietnam.vn/")
    articles, _ = merge([a, b, c, d], [])
    story = {r["article_id"]: r["story_id"] for r in articles}
    assert story["a"] == story["b"]
    assert len(set(story.values())) == 3


@pytest.mark.parametrize("url", [None, "", "https://www.vietnam.vn", "https://www.vietnam.vn/ms/"])
def test_the_address_of_a_whole_site_is_no_story(url: str | None) -> None:
    assert address_key(url) is None


def test_a_figure_of_two_translations_is_one_row() -> None:
    rows = table(*translations())
    by_value = {r["value"]: r for r in rows if r["kind"] == "statistic" and r["articles"] == 2}
    assert set(by_value) == {557.0, 38.13, 1461.0, 42.0}
    members = by_value[557.0]
    assert (members["ms"], members["nl"]) == ("557 ahli Parti", "557 partijleden")
    assert (members["languages"], members["stories"], members["agreement"]) == (
        "ms,nl",
        1,
        "single",
    )


def test_a_reference_of_two_stories_agrees() -> None:
    rows = table(*translations())
    row = next(r for r in rows if r["canonical_id"] == "21-NQ/TW")
    assert (row["articles"], row["stories"], row["agreement"]) == (3, 2, "agree")


def test_stories_are_compared_only_where_unit_body_and_period_are_known() -> None:
    known = {
        "unit_id": "party-member",
        "organisation_id": "party-committee/hospital/x",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
    }
    a, b, c = article("a", "ms"), article("b", "nl"), article("c", "nl")

    def agreements(*rows: Row) -> list[str]:
        merged = table([a, b, c], list(rows))
        return [r["agreement"] for r in merged]

    assert agreements(statistic(a, 0, 412.0, **known), statistic(b, 0, 421.0, **known)) == [
        "conflict",
        "conflict",
    ]
    assert agreements(statistic(a, 0, 412.0, **known), statistic(b, 0, 412.0, **known)) == ["agree"]
    unknown = known | {"period_start": None, "period_end": None}
    assert agreements(statistic(a, 0, 412.0, **unknown), statistic(b, 0, 421.0, **unknown)) == [
        "single",
        "single",
    ]
    about = known | {"qualifier": "about"}
    assert agreements(statistic(a, 0, 412.0, **known), statistic(b, 0, 410.0, **about)) == [
        "single",
        "single",
    ]


def test_a_body_without_a_place_is_the_same_as_no_body_of_another_story() -> None:
    articles, mentions = translations()
    for row in mentions:
        if row["kind"] == "organisation":
            row |= {"canonical_id": "party-committee", "place_missing": True}
        elif row["kind"] == "statistic":
            row["organisation_id"] = "party-committee"
    mentions.append(organisation(articles[2], 90, "y", "party-committee") | {"place_missing": True})
    merged = merge(articles, mentions)
    ids: dict[str, set[str]] = {}
    for row in merged[1]:
        if row["kind"] == "organisation":
            ids.setdefault(row["article_id"], set()).add(row["canonical_id"])
    assert ids["a"] == ids["b"] != ids["c"]
    assert all(i.startswith("party-committee/in-story-") for s in ids.values() for i in s)
    about = {r["organisation_id"] for r in merged[1] if r["article_id"] == "a"} - {None}
    assert about == ids["a"]
    assert merge(*merged) == merged


def test_values_conflict_one_by_one_whatever_the_order_of_files() -> None:
    known = {
        "unit_id": "party-member",
        "organisation_id": "party-committee/hospital/x",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
    }
    a, b, c = article("a", "ms"), article("b", "nl"), article("c", "nl")
    mentions = [
        statistic(a, 0, 412.0, **known),
        statistic(b, 0, 500.0, **known),
        statistic(c, 0, 415.0, qualifier="about", **known),
    ]
    rows = table([a, b, c], mentions)
    assert {r["value"]: r["agreement"] for r in rows} == {
        412.0: "conflict",
        500.0: "conflict",
        415.0: "conflict",
    }
    rows = table([a, c], [mentions[0], mentions[2]])
    assert {r["agreement"] for r in rows} == {"single"}
    thirds = [
        statistic(a, 0, 1.0, **{**known, "of": 3.0, "value_kind": "fraction"}),
        statistic(b, 0, 2.0, **{**known, "of": 6.0, "value_kind": "fraction"}),
    ]
    rows = table([a, b], thirds)
    assert {r["agreement"] for r in rows} == {"single"}


def test_two_offices_with_one_number_do_not_agree() -> None:
    a, b = article("a", "ms"), article("b", "nl")
    mentions = [
        reference(a, 0, "21/KH-UBND") | {"reference_date": "2024-03-03"},
        reference(b, 0, "21/KH-UBND") | {"reference_date": "2025-09-09"},
    ]
    row = table([a, b], mentions)[0]
    assert (row["agreement"], row["reference_date"]) == ("single", None)
    mentions[1]["reference_date"] = "2024"
    row = table([a, b], mentions)[0]
    assert (row["agreement"], row["reference_date"]) == ("agree", "2024-03-03")


def test_what_is_not_all_known_is_no_mistranslation() -> None:
    url = "https://www.vietnam.vn/ms/x-1"
    a, b = article("a", "ms", source_url=url), article("b", "nl", source_url=url)
    known = {"unit_id": "student", "organisation_id": "school/x"}
    rows = table([a, b], [statistic(a, 0, 8000.0, **known), statistic(b, 0, 8.0, **known)])
    assert {r["agreement"] for r in rows} == {"single"}


def test_documents_alone_make_no_story() -> None:
    articles, mentions = [], []
    for i in range(14):
        of = article(f"{i:02d}", "ms" if i % 2 else "nl")
        articles.append(of)
        mentions.append(statistic(of, 40, 1000.0 + 7 * i))
    for of in articles[:2]:
        mentions += [reference(of, 0, "29-NQ/TW"), reference(of, 20, "71-NQ/TW")]
    merged, _ = merge(articles, mentions)
    assert len({r["story_id"] for r in merged}) == 14


def test_translations_that_differ_in_value_say_so() -> None:
    url = "https://www.vietnam.vn/ms/x-1"
    a, b = article("a", "ms", source_url=url), article("b", "nl", source_url=url)
    known = {
        "unit_id": "student",
        "organisation_id": "school/x",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
    }
    rows = table([a, b], [statistic(a, 0, 8000.0, **known), statistic(b, 0, 8.0, **known)])
    assert [r["agreement"] for r in rows] == ["translation", "translation"]


def _checked(first: Row, second: Row, sentence: str) -> str | None:
    rows = [
        first | {"sentence": sentence},
        second | {"sentence": sentence, "sentence_start": first["sentence_start"]},
    ]
    return check(rows).get(first["start"])


@pytest.mark.parametrize(
    ("part", "whole", "percentage", "qualifier", "verdict"),
    [
        (557.0, 1461.0, 38.13, None, "consistent"),
        (557.0, 1461.0, 38.1, None, "consistent"),
        (557.0, 1461.0, 38.0, None, "consistent"),
        (257.0, 900.0, 30.0, "almost", "consistent"),
        (257.0, 900.0, 28.0, "over", "consistent"),
        (557.0, 1461.0, 83.13, None, "inconsistent"),
        (257.0, 900.0, 25.0, "almost", "inconsistent"),
    ],
)
def test_a_ratio_against_its_percentage(
    part: float, whole: float, percentage: float, qualifier: str | None, verdict: str
) -> None:
    of = article("a", "ms")
    ratio = statistic(of, 0, part, of=whole, value_kind="ratio")
    share = statistic(of, 12, percentage, value_kind="percentage", qualifier=qualifier)
    assert _checked(ratio, share, "0123456789 (38.13%)") == verdict


def test_a_percentage_against_the_two_counts_before_it() -> None:
    of = article("a", "ms")
    part, whole = statistic(of, 0, 628.0), statistic(of, 20, 1702.0)
    share = statistic(of, 40, 36.9, value_kind="percentage")
    rows = [r | {"sentence_start": 0} for r in (part, whole, share)]
    assert check(rows) == dict.fromkeys((0, 20, 40), "consistent")
    rows[2] = rows[2] | {"value": 63.9}
    assert check(rows) == {}


def test_two_figures_of_one_sentence_that_differ_are_not_held_against_each_other() -> None:
    of = article("a", "ms")
    ratio = statistic(of, 0, 25.0, of=29.0, value_kind="ratio")
    growth = statistic(of, 40, 11.23, value_kind="percentage")
    assert _checked(ratio, growth, "25/29 targets were met; growth averaged 11.23% a year") is None
