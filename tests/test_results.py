"""What an analyst asks of a run in Python, and how it shows itself in Jupyter."""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.display import jupyter
from pipeline.display.hints import hint, nearest
from pipeline.display.marks import marked
from pipeline.display.normal_form import normal_form
from pipeline.explanation import open_run
from pipeline.export.results import Results
from pipeline.languages import available
from pipeline.overview import Overview, Selection
from pipeline.records import own_columns
from pipeline.report import report
from pipeline.results import Result
from pipeline.run.work import Tally
from pipeline.sheets import SeveralValues
from tests.conftest import ARTICLES

LANGUAGES, OTHER = available(), "xx"


@pytest.fixture(scope="module")
def result(sample_run: Path) -> Result:
    return pipeline.read_run(sample_run)


def test_rows_of_each_kind_have_its_columns(result: Result) -> None:
    for kind, rows in (
        ("organisation", result.organisations),
        ("reference", result.references),
        ("statistic", result.statistics),
    ):
        assert list(rows.canonical_id) == list(result.table[result.table.kind == kind].canonical_id)
        own = set(own_columns(kind)) - {"article_identity"}
        assert own <= set(rows.columns)
        others = {c for k in ("organisation", "reference", "statistic") for c in own_columns(k)}
        assert not (others - own) & set(rows.columns)


def test_conflicts_stand_together(result: Result) -> None:
    found = result.conflicts
    assert len(found) >= 2
    assert set(found.agreement) == {"conflict"}
    assert found.indicator_id.is_monotonic_increasing
    assert (found.groupby("indicator_id").value.nunique() > 1).all()


def test_stories(result: Result) -> None:
    read = result.articles[result.articles.status == "ok"]
    assert set(result.stories.story_id) == set(read.story_id)
    assert result.stories.articles.sum() == len(read)
    assert result.stories.mentions.sum() == len(result.mentions)
    assert set(result.stories.languages) == {"ms,nl"}
    paths = [path for paths in result.stories.paths for path in paths.split(" | ")]
    assert sorted(paths) == sorted(read.path)


def test_an_article_comes_back_as_it_was_read(result: Result) -> None:
    for row in result.articles.itertuples():
        reading = result.article(row.path)
        assert reading.article == result.article(row.article_id).article
        assert reading.text == row.text
        want = result.mentions[result.mentions.path == row.path].reset_index(drop=True)
        # What the article alone had said of a figure is no part of the figure.
        pd.testing.assert_frame_equal(
            reading.to_frame().drop(columns="article_identity"),
            want.drop(columns="article_identity"),
        )


def test_an_article_that_is_not_there(result: Result) -> None:
    with pytest.raises(KeyError, match="'lang-son'; the nearest: lang-son-education"):
        result.article("lang-son")


def test_an_article_that_was_not_read(result: Result) -> None:
    unread = result.articles.assign(status="skipped", reason="no model for language 'fr'")
    other = dataclasses.replace(result, articles=unread)
    reading = other.article(unread.path[0])
    assert reading.mentions == ()
    assert "skipped: no model for language 'fr'" in repr(reading)
    assert "no model for language &#x27;fr&#x27;" in reading._repr_html_()
    assert f"{len(unread) - 10:,} more" in other._repr_html_()


def test_sentences_of_a_row_and_of_an_indicator(result: Result) -> None:
    first = result.conflicts.iloc[0]
    found = result.sentences(first.canonical_id)
    assert len(found) == first.mentions
    assert set(found.language) == set(first.languages.split(","))
    assert [s in t for s, t in zip(found.text, found.sentence, strict=True)] == [True] * len(found)
    whole = result.sentences(first.indicator_id)
    assert set(whole.canonical_id) == set(
        result.conflicts[result.conflicts.indicator_id == first.indicator_id].canonical_id
    )
    with pytest.raises(KeyError, match="no row of the table has the id 'nothing'"):
        result.sentences("nothing")


def test_sentences_agree_with_explain(result: Result, sample_run: Path) -> None:
    for identity in result.table.canonical_id[::17]:
        explained = pipeline.explain(sample_run, identity)
        want = [(m["path"], m["start"]) for e in explained for m in e.mentions]
        found = result.sentences(identity)
        assert sorted(zip(found.path, found.start, strict=True)) == sorted(want)


def test_what_stands_in_the_same_stories(result: Result) -> None:
    identity = "21-NQ/TW"
    found = result.together(identity)
    told = result.mentions.merge(result.articles[["article_id", "story_id"]], on="article_id")
    stories = {
        (kind, key): set(rows.story_id)
        for (kind, key), rows in told.groupby(["kind", "canonical_id"])
    }
    here = stories.pop(("reference", identity))
    shared = {key: len(there & here) for key, there in stories.items() if there & here}
    assert (
        dict(
            zip(
                zip(found.kind, found.canonical_id, strict=True),
                found.stories_together,
                strict=True,
            )
        )
        == shared
    )
    assert found.stories_together.is_monotonic_decreasing
    assert list(found.columns) == [*result.table.columns, "stories_together"]
    with pytest.raises(KeyError, match="'21-nq'; the nearest: 21-NQ/TW"):
        result.together("21-nq")


def test_pivot_in_one_line(result: Result) -> None:
    with pytest.warns(SeveralValues):
        sheet = result.pivot(unit="party-member", rows="organisation", columns="year")
    assert 2024 in sheet.columns
    for cell in sheet.attrs["cells"]:
        rows = result.table[result.table.canonical_id.isin(cell["canonical_ids"])]
        assert set(rows.value) == set(cell["values"])
        assert sheet.loc[cell["organisation"], cell["year"]] in cell["values"]
    assert "party-member" in set(result.units.unit)


def test_it_says_what_it_is_in_a_line(result: Result) -> None:
    assert re.fullmatch(
        r"<Result of \d+ files, \d+ read: \d+ organisations, \d+ references, \d+ statistics>",
        repr(result),
    )


# In Jupyter


def plain(markup: str) -> str:
    """The text of some HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def row(start: int, end: int, kind: str = "organisation", **more: object) -> dict[str, object]:
    return {"kind": kind, "start": start, "end": end, "canonical_id": "x", "value": 1.0} | more


def test_marks_leave_the_text_as_it_is(result: Result) -> None:
    for path in result.articles.path:
        reading = result.article(path)
        rows = [{"kind": m.kind, **dataclasses.asdict(m)} for m in reading.mentions]
        markup = marked(reading.text, rows)
        assert plain(markup) == reading.text
        assert markup.count("<mark") == markup.count("</mark>") >= len(rows)


def test_marks_inside_one_another_and_across() -> None:
    text = "abcdefgh"
    markup = marked(text, [row(0, 5), row(3, 8, "statistic"), row(3, 4, "reference"), row(8, 8)])
    assert plain(markup) == text
    opened = re.findall(r'<mark class="selaras-(\w+)"|(</mark>)', markup)
    depth = 0
    for kind, _ in opened:
        depth += 1 if kind else -1
        assert depth >= 0
    assert depth == 0
    assert [kind for kind, _ in opened if kind].count("statistic") == 2  # cut where it crosses


def test_marks_of_a_sentence_count_from_the_article() -> None:
    markup = marked("def", [row(4, 5), row(0, 2), row(5, 9)], start=3)
    assert re.fullmatch(r"d<mark [^>]*>e</mark>f", markup)


def test_an_article_runs_nothing() -> None:
    hostile = "<script>alert(1)</script>&amp;\"'><img src=x onerror=alert(2)>"
    text = f"{hostile} x"
    mention = row(0, len(text), label=hostile, name_vi=hostile, place=hostile, parent_id=hostile)
    markup = marked(text, [mention])
    assert "<script" not in markup
    assert "<img" not in markup
    assert plain(markup) == text
    assert re.match(r'<mark class="[\w-]+" style="[^"<>]*" title="[^"<>]*">', markup)


def test_normal_forms() -> None:
    figure = {
        "kind": "statistic",
        "value": 557.0,
        "of": 1461.0,
        "to": float("nan"),
        "value_kind": "ratio",
        "unit": "ahli Parti",
        "unit_id": "party-member",
        "qualifier": "at_least",
        "change": None,
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
        "organisation_id": "party-committee/ha-giang",
    }
    assert normal_form(figure) == [
        "557 of 1,461 party members",
        "ratio, at least",
        "party-committee/ha-giang, 2024",
    ]
    share = figure | {"value": 38.13, "of": None, "value_kind": "percentage", "change": "up"}
    assert normal_form(share)[:2] == ["38.13% party members", "percentage, at least, an increase"]
    money = {"kind": "statistic", "value": 5e9, "value_kind": "money", "currency": "VND"}
    assert normal_form(money) == ["5,000,000,000 VND", "money"]
    unknown = {
        "kind": "statistic",
        "value": 2.0,
        "to": 3.0,
        "value_kind": "count",
        "unit": "gu <b>",
    }
    assert normal_form(unknown)[0] == "2–3 gu <b>"
    document = {
        "kind": "reference",
        "canonical_id": "21-NQ/TW",
        "reference_type": "resolution",
        "reference_issuer": None,
        "reference_date": "2022-06-16",
    }
    assert normal_form(document) == ["Resolution 21-NQ/TW", "2022-06-16"]


def test_a_row_explained_shows_its_sentences_side_by_side(result: Result) -> None:
    first = result.conflicts.iloc[0]
    found = result.explain(first.indicator_id)
    pd.testing.assert_frame_equal(found.sentences, result.sentences(first.indicator_id))
    assert set(found.rows.canonical_id) == set(found.sentences.canonical_id)
    text = repr(found)
    markup = found._repr_html_()
    for row in found.sentences.itertuples():
        begin = row.start - row.sentence_start
        end = row.end - row.sentence_start
        marked_ = f"{row.sentence[:begin]}[{row.text}]{row.sentence[end:]}"
        assert f"{row.path}: {marked_}" in text.splitlines()
        assert row.sentence in plain(markup)
    assert markup.count("<mark ") == len(found.sentences)
    assert markup.count("<th ") == 2 * len(found.rows)  # a column for each language
    with pytest.raises(KeyError, match="no row of the table"):
        result.explain("nothing")


def test_what_is_explained_runs_nothing(result: Result) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    articles = result.articles.assign(title=hostile, source_url="javascript:alert(1)")
    table = result.table.assign(label=hostile)
    other = dataclasses.replace(result, articles=articles, table=table)
    markup = other.explain("21-NQ/TW")._repr_html_()
    assert "<img" not in markup
    assert "href" not in markup
    linked = dataclasses.replace(result, articles=articles.assign(source_url='https://a/"b'))
    assert 'href="https://a/&quot;b"' in linked.explain("21-NQ/TW")._repr_html_()


def test_a_result_in_jupyter(result: Result) -> None:
    pytest.importorskip("itables")
    markup = result._repr_html_()
    assert f"{len(result.articles)} ok" in markup
    assert "21-NQ/TW" in markup
    assert not re.search(r"<(?:script|link|img)[^>]+https?:", markup)  # nothing from elsewhere
    assert "from 'https:" not in markup


def test_the_table_is_sorted_and_searched_offline(
    result: Result, browser: Any, tmp_path: Path
) -> None:
    pytest.importorskip("itables")
    file = tmp_path / "result.html"
    hostile = "</script><img src=x onerror=document.title='run'>"
    table = result.table.assign(label=[hostile, *result.table.label[1:]])
    page = f"<meta charset=utf-8>{dataclasses.replace(result, table=table)._repr_html_()}"
    file.write_text(page, encoding="utf-8")
    window = browser.new_page()
    wrong: list[str] = []
    window.on("pageerror", lambda error: wrong.append(str(error)))
    window.on("request", lambda request: wrong.append(request.url))
    window.goto(file.as_uri())
    rows = window.locator("table.dataTable tbody tr")
    rows.first.wait_for()
    assert hostile in rows.first.inner_text()
    head = window.locator("th", has_text=re.compile("^value$"))
    for way in ("ascending", "descending"):
        head.locator(".dt-column-order").click()
        window.wait_for_function(
            "way => document.querySelector(`th[aria-sort=${way}]`) !== null", arg=way
        )
    most = result.table.value.max()
    assert f"{most:,.15g}" in rows.first.inner_text()  # as numbers, not as text
    window.locator("input[type=search]").fill("21-NQ/TW")
    window.wait_for_function("() => document.querySelectorAll('.dataTable tbody tr').length < 5")
    assert "21-NQ/TW" in rows.first.inner_text()
    assert window.title() != "run"
    assert [url for url in wrong if not url.startswith(("file:", "blob:", "data:"))] == []
    window.close()


def test_a_result_without_itables(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter.importlib.util, "find_spec", lambda _name: None)
    hostile = "<script>alert(1)</script>"
    table = pd.concat([result.table.assign(label=hostile)] * 10)
    markup = dataclasses.replace(result, table=table)._repr_html_()
    assert "<script" not in markup
    assert html.escape(hostile) in markup
    assert f"{len(table) - 1000:,} rows more" in markup


def test_a_very_long_table_is_sortable_as_far_as_it_is_shown(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("itables")
    given: list[pd.DataFrame] = []
    monkeypatch.setattr(jupyter, "_MOST", 5)
    monkeypatch.setattr(jupyter, "_interactive", lambda rows: given.append(rows) or "")
    assert f"{len(result.table) - 5:,} rows more" in result._repr_html_()
    assert list(given[0].canonical_id) == list(result.table.canonical_id[:5])


def test_hostile_cells_in_the_sortable_table(result: Result) -> None:
    pytest.importorskip("itables")
    hostile = "</script><img src=x onerror=alert(1)>"
    markup = dataclasses.replace(result, table=result.table.assign(label=hostile))._repr_html_()
    assert hostile not in markup
    assert "<img src=x" not in markup


def test_a_run_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    selaras = pipeline.load()
    articles = ARTICLES.glob("*commune*")
    for article in articles:
        shutil.copy(article, tmp_path)
    seen: list[tuple[str, int]] = []

    def stop(tally: Tally) -> None:
        seen.append((tally.stage, tally.done))
        if tally.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        selaras.run(tmp_path, tmp_path / "out", progress=stop)
    assert seen[-1] == ("reading", 1)
    found = selaras.run(tmp_path, tmp_path / "out", progress=True)
    assert found.run["resumed"] == 1
    assert "going on with a run that was stopped: 1 articles are done" in capsys.readouterr().err
    selaras.run(tmp_path, tmp_path / "out")
    assert capsys.readouterr() == ("", "")


def test_sentences_are_those_of_explain_in_their_order(sample_run: Path, result: Result) -> None:
    indicators = result.statistics.groupby("indicator_id", sort=False).size()
    asked = [*indicators[indicators > 1].index, *result.table.canonical_id[::40]]
    assert len(asked) > 10
    for identity in asked:
        explained = [
            (mention["canonical_id"], mention["path"], mention["start"])
            for row in pipeline.explain(sample_run, identity)
            for mention in row.mentions
        ]
        found = result.sentences(identity)
        assert list(zip(found.canonical_id, found.path, found.start, strict=True)) == explained


def test_what_may_be_meant() -> None:
    known = ["b/ha-giang", "a/ha-giang", "decision/Hà Giang", "quite-other"]
    assert sorted(nearest("HÀ-GIANG", known)) == ["a/ha-giang", "b/ha-giang"]
    assert nearest("decision/ha giang", known) == ["decision/Hà Giang"]
    assert nearest("b/ha-gang", known)[0] == "b/ha-giang"
    assert nearest("", known) == nearest("\udcff", known) == nearest("x", []) == []
    assert hint("xyz", known) == ""
    assert hint("quite", known) == "; the nearest: quite-other"


def test_the_table_says_which_languages_it_has(sample_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    table = pq.read_table(out / "table.parquet")
    names = [{LANGUAGES[0]: OTHER}.get(name, name) for name in table.column_names]
    # As a run with other models than those that are installed here wrote it.
    pq.write_table(table.rename_columns(names), out / "table.parquet")
    wanted = (OTHER, *LANGUAGES[1:])
    again = pipeline.read_run(out)
    assert again.languages == Results(out).languages == wanted
    assert again.table[OTHER].notna().sum() == sum(map(bool, table[LANGUAGES[0]].to_pylist()))
    with open_run(out) as reader:
        assert Overview(reader, Selection()).languages == wanted
    assert report(out, tmp_path / "page.html").file.stat().st_size
