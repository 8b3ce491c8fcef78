"""From mentions to stories, indicators, checks and rows; on rows made by hand."""

from __future__ import annotations

import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import merge as benchmark
from pipeline import tabulate
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA
from pipeline.tabulate import agreement, database, merging, rows, settle, stories
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


def test_a_day_that_differs_from_the_register_is_flagged_and_kept() -> None:
    a, b = article("a", "ms"), article("b", "nl")
    wrong = reference(a, 0, "57-NQ/TW") | {"reference_date": "2024-12-21"}
    row = table([a], [wrong])[0]
    assert (row["check"], row["reference_date"]) == ("inconsistent", "2024-12-21")
    right = reference(b, 0, "57-NQ/TW") | {"reference_date": "2024-12-22"}
    assert table([b], [right])[0]["check"] is None


def test_a_day_of_issue_gives_the_row_its_subject() -> None:
    a, b = article("a", "ms"), article("b", "nl")
    plain = {"label": "Resolution 21-NQ/TW"}
    titled = {"label": "Resolution 21-NQ/TW on cells", "reference_date": "2022-06-16"}
    mentions = [
        reference(a, 0, "21-NQ/TW") | plain,
        reference(a, 50, "21-NQ/TW") | plain,
        reference(b, 0, "21-NQ/TW") | titled,
    ]
    assert table([a, b], mentions)[0]["label"] == "Resolution 21-NQ/TW on cells"
    mentions[1] |= {"reference_date": "2017-10-25"}
    # Two days: two documents with one number, and no subject is that of both.
    assert table([a, b], mentions)[0]["label"] == "Resolution 21-NQ/TW"


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


def made(folder: Path, number: int) -> tuple[Path, Path]:
    """Files of made-up articles and their mentions."""
    benchmark.make(folder, number)
    return folder / merging.ARTICLES, folder / merging.MENTIONS


def merged(given: tuple[Path, Path], folder: Path, workers: int = 1) -> dict[str, bytes]:
    folder.mkdir()
    with tabulate.helpers(1000, workers) as helpers:
        tabulate.merge_files(*given, LANGUAGES, folder, helpers)
    names = (merging.ARTICLES, merging.MENTIONS, merging.TABLE)
    return {name: (folder / name).read_bytes() for name in names}


def test_the_same_bytes_whatever_the_order_the_threads_and_what_is_held_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = made(tmp_path / "given", 3000)
    once = merged(given, tmp_path / "once")
    mentions = pq.read_table(given[1])
    for seed in (1, 2):
        order = list(range(len(mentions)))
        random.Random(seed).shuffle(order)
        pq.write_table(mentions.take(order), given[1], row_group_size=700)
        assert merged(given, tmp_path / f"shuffled-{seed}") == once
    monkeypatch.setattr(database, "_MOST_THREADS", 1)
    monkeypatch.setattr(database, "_BATCH", 7)
    monkeypatch.setattr(settle, "_MENTIONS", 50)
    monkeypatch.setattr(rows, "_ROWS", 13)
    monkeypatch.setattr(stories, "_PAIRS", 3)
    assert merged(given, tmp_path / "piecemeal") == once
    monkeypatch.setattr(settle, "_MENTIONS", 1000)
    assert merged(given, tmp_path / "helped", workers=2) == once
    again = (tmp_path / "once" / merging.ARTICLES, tmp_path / "once" / merging.MENTIONS)
    assert merged(again, tmp_path / "again") == once


def test_what_does_not_fit_is_laid_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = made(tmp_path / "given", 10_000)
    once = merged(given, tmp_path / "once")
    monkeypatch.setattr(database, "MEMORY", "64MB")
    monkeypatch.setattr(database, "_MOST_THREADS", 1)
    assert merged(given, tmp_path / "little") == once


def test_too_little_memory_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = made(tmp_path / "given", 3000)
    monkeypatch.setattr(database, "MEMORY", "1MB")
    with pytest.raises(tabulate.MergeError) as error:
        merged(given, tmp_path / "none")
    assert "could not be merged" in str(error.value.strerror)


WORDS = st.sampled_from(["x", "y", "ÿ", "Z", "=1"])
MADE_UP = st.lists(
    st.tuples(
        st.integers(0, 5),  # article
        st.sampled_from(["organisation", "reference"]),
        st.sampled_from(["a/b", "c", "ç"]),
        WORDS,
        st.sampled_from([None, "L", "l"]),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(MADE_UP)
def test_rows_are_what_plain_counting_gives(
    found: list[tuple[int, str, str, str, str | None, float]],
) -> None:
    articles = [article(f"{i:02d}", LANGUAGES[i % 2]) for i in range(6)]
    mentions = [
        mention(
            articles[of],
            kind,
            10 * i,
            text,
            canonical_id=identity,
            label=label,
            score=score,
            reason=text,
        )
        for i, (of, kind, identity, text, label, score) in enumerate(found)
    ]
    expected = {}
    for kind, identity in {(m["kind"], m["canonical_id"]) for m in mentions}:
        own = [m for m in mentions if (m["kind"], m["canonical_id"]) == (kind, identity)]
        own.sort(key=lambda m: (m["path"], m["start"]))

        def commonest(values: list[Any]) -> Any:
            said = Counter(v for v in values if v is not None)
            return min(said, key=lambda v: (-said[v], v)) if said else None

        expected[kind, identity] = {
            "label": commonest([m["label"] for m in own]),
            **{c: commonest([m["text"] for m in own if m["language"] == c]) for c in LANGUAGES},
            "languages": ",".join(sorted({m["language"] for m in own})),
            "articles": len({m["article_id"] for m in own}),
            "stories": len({m["article_id"] for m in own}),
            "mentions": len(own),
            "score": round(math.fsum(m["score"] for m in own) / len(own), 4),
            "agreement": "agree" if len({m["article_id"] for m in own}) > 1 else "single",
            "example_path": max(own, key=lambda m: m["score"])["path"],
        }
    rows = table(articles, mentions)
    assert {
        (r["kind"], r["canonical_id"]): {name: r[name] for name in said}
        for r in rows
        for said in [next(iter(expected.values()))]
    } == expected


QUALIFIERS = st.sampled_from([None, None, "about", "over", "almost", "at_least", "at_most"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([90.0, 95.0, 100.0, 107.0]), QUALIFIERS),
        min_size=1,
        max_size=8,
    )
)
def test_conflicts_are_those_of_every_pair(said: list[tuple[int, float, str | None]]) -> None:
    known = {
        "unit_id": "student",
        "organisation_id": "school/x",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
    }
    articles = [article(name, "ms") for name in "abcd"]
    mentions = [
        statistic(articles[of], 10 * i, value, qualifier=qualifier, **known)
        for i, (of, value, qualifier) in enumerate(said)
    ]
    bounds: dict[float, list[tuple[float, float]]] = {}
    by_article: dict[int, set[float]] = {}
    for row, (of, value, _) in zip(mentions, said, strict=True):
        bounds.setdefault(value, []).append(agreement.bounds(row))
        by_article.setdefault(of, set()).add(value)
    sole = {next(iter(values)) for values in by_article.values() if len(values) == 1}

    def apart(one: float, other: float) -> bool:
        return not any(a[0] <= b[1] and b[0] <= a[1] for a in bounds[one] for b in bounds[other])

    conflicts = {one for one in sole if any(apart(one, other) for other in sole)}
    found = table(articles, mentions)
    assert {r["value"] for r in found if r["agreement"] == "conflict"} == conflicts


@given(st.lists(st.floats(0, 1) | st.floats(1e-12, 1e12)))
def test_a_sum_is_exact(values: list[float]) -> None:
    total = rows._Sum()
    for value in values:
        total.add(value)
    assert total.total() == math.fsum(values)


def test_an_address_of_very_many_articles_joins_none() -> None:
    same = [article(f"{i:03d}", "ms", source_url="https://x.vn/news/latest?a=1") for i in range(60)]
    mentions = []
    for of in same:
        mentions += [statistic(of, 10 * i, 1111.0 + i) for i in range(8)]
    articles, _ = merge(same[:50], [m for m in mentions if m["article_id"] < "050"])
    assert len({a["story_id"] for a in articles}) == 1
    articles, _ = merge(same, mentions)
    assert len({a["story_id"] for a in articles}) == 60


def test_texts_of_any_sort_pass_through() -> None:
    of = article("a", "ms", path="a'b[1]*?.ms.txt", text="x\x00y")
    said = organisation(of, 0, "B\x00'\"; DROP TABLE story; -- 😀", "x/'y'")
    found = tabulate.merge([of], [said], LANGUAGES)
    assert found.articles[0]["text"] == of["text"]
    assert found.mentions[0]["text"] == found.table[0]["ms"] == said["text"]
    assert found.table[0]["canonical_id"] == "x/'y'"


def test_nothing_gives_an_empty_table() -> None:
    assert tabulate.merge([], [], LANGUAGES) == tabulate.Merged([], [], [])
    failed = article("a", "und", status="failed")
    assert tabulate.merge([failed], [], LANGUAGES).articles == [failed]
