"""The files of a run, read back: columns, types, offsets, determinism, what a second run keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline import languages, tabulate
from pipeline.run import batch, outputs, work
from pipeline.tabulate import database
from tests.conftest import ARTICLES, FEW, SAMPLE_STORIES, SAMPLES

STRING, DOUBLE, INTEGER, DATE = "string", "double", "int64", "date32[day]"
ARTICLE_COLUMNS = {
    "article_id": STRING,
    "path": STRING,
    "story_id": STRING,
    "language": STRING,
    "language_score": DOUBLE,
    "status": STRING,
    "reason": STRING,
    "title": STRING,
    "published": DATE,
    "source_url": STRING,
    "text": STRING,
}
MERGED_COLUMNS = {
    "body": STRING,
    "parent_id": STRING,
    "place_id": STRING,
    "place": STRING,
    "place_successor_id": STRING,
    "name_vi": STRING,
    "reference_type": STRING,
    "reference_number": STRING,
    "reference_year": STRING,
    "reference_issuer": STRING,
    "reference_date": STRING,
    "reference_title": STRING,
    "value": DOUBLE,
    "of": DOUBLE,
    "to": DOUBLE,
    "value_kind": STRING,
    "currency": STRING,
    "unit": STRING,
    "unit_id": STRING,
    "qualifier": STRING,
    "change": STRING,
    "period_start": STRING,
    "period_end": STRING,
    "organisation_id": STRING,
    "indicator_id": STRING,
}
MENTION_COLUMNS = {
    "article_id": STRING,
    "path": STRING,
    "language": STRING,
    "kind": STRING,
    "text": STRING,
    "start": INTEGER,
    "end": INTEGER,
    "sentence": STRING,
    "sentence_start": INTEGER,
    "canonical_id": STRING,
    "label": STRING,
    "score": DOUBLE,
    "source": STRING,
    "reason": STRING,
    **MERGED_COLUMNS,
}
TABLE_COLUMNS = {
    "kind": STRING,
    "canonical_id": STRING,
    "label": STRING,
    "ms": STRING,
    "nl": STRING,
    **MERGED_COLUMNS,
    "languages": STRING,
    "stories": INTEGER,
    "articles": INTEGER,
    "mentions": INTEGER,
    "score": DOUBLE,
    "reason": STRING,
    "agreement": STRING,
    "check": STRING,
    "example": STRING,
    "example_path": STRING,
}


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("articles.parquet", ARTICLE_COLUMNS),
        ("mentions.parquet", MENTION_COLUMNS),
        ("table.parquet", TABLE_COLUMNS),
    ],
)
def test_columns_and_types(sample_run: Path, file: str, columns: dict[str, str]) -> None:
    written = {f.name: str(f.type) for f in pq.read_schema(sample_run / file)}
    assert columns.items() <= written.items()


def test_the_csv_is_the_table(sample_run: Path) -> None:
    table = pd.read_parquet(sample_run / "table.parquet")
    sheet = pd.read_csv(sample_run / "table.csv")
    assert list(sheet.columns) == list(table.columns)
    assert len(sheet) == len(table) > 100
    assert sheet.canonical_id.tolist() == table.canonical_id.tolist()
    assert sheet.value.round(6).equals(table.value.round(6))


def test_run_json(sample_run: Path) -> None:
    said = json.loads((sample_run / "run.json").read_text(encoding="utf-8"))
    assert said["program"] == "selaras"
    assert {"selaras", "content", *languages.available()} <= set(said["versions"])
    assert said["counts"]["articles"] == SAMPLES
    assert said["counts"]["languages"] == {"ms": SAMPLE_STORIES, "nl": SAMPLE_STORIES}
    assert said["failures"] == []
    assert {"configuration", "inputs", "started", "seconds"} <= set(said)


def test_every_mention_is_where_it_says(sample_run: Path) -> None:
    articles = pd.read_parquet(sample_run / "articles.parquet").set_index("article_id")
    mentions = pd.read_parquet(sample_run / "mentions.parquet")
    assert set(mentions.kind) == {"organisation", "reference", "statistic"}
    for m in mentions.itertuples():
        text = articles.loc[m.article_id, "text"]
        assert text[m.start : m.end] == m.text
        assert text[m.sentence_start :].startswith(m.sentence)
        assert m.sentence_start <= m.start
        assert m.end <= m.sentence_start + len(m.sentence)
        assert 0 <= m.score <= 1
        assert m.source
        assert m.language == articles.loc[m.article_id, "language"]


def test_values_are_of_the_contract(sample_run: Path) -> None:
    table = pd.read_parquet(sample_run / "table.parquet")
    assert set(table.agreement) <= {"single", "agree", "conflict", "translation"}
    assert set(table.check.dropna()) <= {"consistent", "inconsistent"}
    assert set(table.qualifier.dropna()) <= {"almost", "about", "over", "at_least", "at_most"}
    assert set(table.change.dropna()) <= {"up", "down"}
    assert not table.duplicated(["kind", "canonical_id"]).any()
    statistics = table[table.kind == "statistic"]
    assert statistics.value.notna().all()
    assert statistics.indicator_id.notna().all()
    money = statistics[statistics.value_kind == "money"]
    assert money.currency.notna().all()


def test_the_samples_join_both_languages(sample_run: Path) -> None:
    """Each story in its two languages is one story, and its figures share rows."""
    articles = pd.read_parquet(sample_run / "articles.parquet")
    by_story = articles.groupby("story_id").path.agg(lambda p: {x.split(".")[0] for x in p})
    assert len(by_story) == SAMPLE_STORIES
    assert by_story.map(len).eq(1).all()
    table = pd.read_parquet(sample_run / "table.parquet")
    both = table[table.languages == "ms,nl"].kind.value_counts()
    assert both["organisation"] >= 10
    assert both["reference"] >= 3
    assert both["statistic"] >= 50
    known = table[table.canonical_id == "21-NQ/TW"].iloc[0]
    assert known.stories >= 2
    assert known.agreement == "agree"


def test_two_stories_that_contradict_each_other(sample_run: Path) -> None:
    """Stories that give two numbers of one body's members or students in one year."""
    table = pd.read_parquet(sample_run / "table.parquet")
    conflict = table[table.agreement == "conflict"]
    said = conflict.groupby("indicator_id").value.agg(lambda values: sorted(values)).to_dict()
    department = "party-committee/agriculture-and-rural-development-department/kien-giang"
    assert said == {
        f"party-member/count/{department}/2023": [1402.0, 1420.0],
        "party-member/count/party-committee/general-hospital/thai-binh/2024": [412.0, 421.0],
        "student/count/university/tay-nguyen/2024": [2846.0, 2864.0],
    }
    assert set(conflict.languages) == {"ms,nl"}


def test_two_translations_that_differ(sample_run: Path) -> None:
    """The Malay article has 13,900 farmers where the Dutch one of the same story has 19.300."""
    table = pd.read_parquet(sample_run / "table.parquet")
    differing = table[table.agreement == "translation"]
    assert dict(zip(differing.languages, differing.value, strict=True)) == {
        "ms": 13_900.0,
        "nl": 19_300.0,
    }
    assert differing.indicator_id.nunique() == 1


def test_members_of_a_body_year_by_year(sample_run: Path) -> None:
    """Five bodies have their party members of three years or more, of which one share is wrong."""
    table = pd.read_parquet(sample_run / "table.parquet")
    members = table[(table.unit_id == "party-member") & table.organisation_id.notna()]
    counts = members[members.value_kind.eq("count") & members.period_end.notna()]
    years = counts.assign(year=pd.to_datetime(counts.period_end).dt.year)
    by_body = years.groupby("organisation_id").year.nunique()
    assert by_body[by_body >= 3].to_dict() == {
        "party-committee/agriculture-and-rural-development-department/kien-giang": 4,
        "party-committee/dak-lak/buon-don": 4,
        "party-committee/kien-giang/an-bien": 3,
        "party-committee/military-command/ninh-thuan": 4,
        "party-committee/university/tay-nguyen": 5,
    }
    wrong = members[members.check == "inconsistent"]
    assert set(wrong.organisation_id) == {"party-committee/dak-lak/buon-don"}
    assert set(wrong.value_kind) == {"ratio", "percentage"}


def test_a_company_of_many_names_is_one_by_two_lines_of_a_lexicon(tmp_path: Path) -> None:
    """Stories call it by its Vietnamese and by its English name: two bodies, till a user says."""
    lexicon = tmp_path / "names.csv"
    lexicon.write_text(
        "kind,language,text,id,label\n"
        "name,,Bien Bac,company/silver-sea,Silver Sea Aquatic\n"
        "name,,Silver Sea,company/silver-sea,\n"
    )
    stories = sorted(ARTICLES.glob("kien-giang-*"))
    plain = pipeline.load().run(stories).table
    mended = pipeline.load(lexicon=lexicon).run(stories).table
    companies = [t[t.body.eq("company")].set_index("canonical_id").stories for t in (plain, mended)]
    assert companies[0].to_dict() == {"company/aquatic-sea-silver": 1, "company/bien-bac": 1}
    assert companies[1].to_dict() == {"company/silver-sea": 2}


def test_no_text_is_cut_and_no_page_furniture_counted(sample_run: Path) -> None:
    for row in pd.read_parquet(sample_run / "articles.parquet").itertuples():
        if row.path.endswith(".txt"):
            assert row.text == (ARTICLES / row.path).read_text(encoding="utf-8")
    mentions = pd.read_parquet(sample_run / "mentions.parquet")
    assert not mentions.text.isin(["0", "(0)"]).any()


def _bytes(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in outputs.FILES - {outputs.RUN}}


def test_the_same_bytes_whatever_the_order_and_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    pages = ARTICLES.glob("khanh-hoa-*.html")
    for i in range(2):  # of one text, so that a story has several articles in each language
        for path in sorted([*FEW, *pages], reverse=True):
            text = path.read_text(encoding="utf-8")
            (copies / f"{i}-{path.name}").write_text(
                text.replace("</p>", "\u2009" * i + "</p>")
                if path.suffix == ".html"
                else text + "\n" * i,
                encoding="utf-8",
            )
    batch.run([copies], tmp_path / "one", workers=1)
    # Several parts, as of many articles: what is in which depends on who was done first.
    monkeypatch.setattr(work, "PART_ARTICLES", 3)
    batch.run([copies], tmp_path / "two", workers=2)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    files = sorted(copies.iterdir(), reverse=True)
    batch.run(files, tmp_path / "again", workers=1)
    assert _bytes(tmp_path / "again") == _bytes(tmp_path / "one")


def test_a_second_run_does_only_what_is_new_or_changed(tmp_path: Path) -> None:
    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    for path in FEW:
        shutil.copy(path, folder)
    first = batch.run([folder], out, workers=1)
    assert (first.run["extracted"], first.run["reused"]) == (len(FEW), 0)
    changed = next(folder.glob("*.nl.txt"))
    changed.write_text(changed.read_text(encoding="utf-8") + "\nHet volkscomité telt 77 leden.\n")
    (folder / "new.nl.txt").write_text(
        "De afdeling Volksgezondheid van Ha Giang heeft 31 artsen.\n" * 2
    )
    second = batch.run([folder], out, workers=1)
    assert (second.run["extracted"], second.run["reused"]) == (2, len(FEW) - 1)
    fresh = tmp_path / "fresh"
    batch.run([folder], fresh, workers=1)
    assert _bytes(out) == _bytes(fresh)


def test_a_word_from_the_user_redoes_what_it_must(tmp_path: Path) -> None:
    from pipeline.read import Sidecar

    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    (folder / "a.nl.txt").write_text(
        "Het Partijcomité van de afdeling Volksgezondheid telt 90 leden.\n"
    )
    before = batch.run([folder], out, workers=1)
    after = batch.run([folder], out, sidecars={"a.nl.txt": Sidecar(place="Quang Ninh")}, workers=1)
    assert after.run["extracted"] == 1
    assert before.mentions[0]["place"] is None
    assert after.mentions[0]["place"] == "Quang Ninh"


def test_a_run_stopped_while_writing_spoils_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "articles", tmp_path / "out"
    folder.mkdir()
    text = (ARTICLES / "nghe-an-council-science.nl.txt").read_text(encoding="utf-8")
    (folder / "a.txt").write_text(text)
    batch.run([folder], out, workers=1)
    (folder / "b.txt").write_text(text + "\nHet volkscomité telt 77 leden.\n")
    real = outputs._replace

    def stopped(path: Path, write: object) -> None:
        if path.name == outputs.MENTIONS:
            raise KeyboardInterrupt
        real(path, write)  # type: ignore[arg-type]

    monkeypatch.setattr(outputs, "_replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        batch.run([folder], out, workers=1)
    monkeypatch.undo()
    batch.run([folder], out, workers=1)
    fresh = tmp_path / "fresh"
    batch.run([folder], fresh, workers=1)
    assert _bytes(out) == _bytes(fresh)


def test_a_merge_that_fails_leaves_the_earlier_results(
    sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    left = out / ".selaras-work"  # of a run that was killed
    left.mkdir()
    (left / "mentions.parquet").write_text("half")
    monkeypatch.setattr(database, "MEMORY", "1MB")
    with pytest.raises(tabulate.MergeError):
        batch.retabulate(out)
    with pytest.raises(tabulate.MergeError):
        batch.run([ARTICLES / "nghe-an-council-science.nl.txt"], tmp_path / "new", workers=1)
    monkeypatch.undo()
    assert _bytes(out) == _bytes(sample_run)
    assert {p.name for p in out.iterdir()} == outputs.FILES
    # What was extracted is kept, for when there is room.
    again = batch.run([ARTICLES / "nghe-an-council-science.nl.txt"], tmp_path / "new", workers=1)
    assert (again.run["extracted"], again.run["resumed"]) == (0, 1)
    assert {p.name for p in (tmp_path / "new").iterdir()} == outputs.FILES
    batch.retabulate(out)
    assert {p.name for p in out.iterdir()} == outputs.FILES


def test_mentions_of_no_article_are_refused(sample_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    articles = pq.read_table(out / "articles.parquet")
    pq.write_table(articles.slice(1), out / "articles.parquet")
    with pytest.raises(outputs.OutputError, match="run selaras run again"):
        batch.retabulate(out)
    (out / "mentions.parquet").unlink()
    with pytest.raises(outputs.OutputError, match=r"mentions\.parquet is missing"):
        batch.retabulate(out)


def test_a_changed_program_or_model_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("De afdeling Volksgezondheid van Ha Giang heeft 31 artsen.\n")
    batch.run([tmp_path / "a.txt"], tmp_path / "out", workers=1)
    monkeypatch.setattr(batch, "content", lambda: "other")
    assert batch.run([tmp_path / "a.txt"], tmp_path / "out", workers=1).run["extracted"] == 1


def test_what_a_viewer_leaves_behind_is_left_alone(sample_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    (out / ".DS_Store").write_text("x")
    (out / ".~lock.table.csv#").write_text("x")
    batch.retabulate(out)
    assert (out / ".DS_Store").exists()


def test_an_article_that_breaks_the_program_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("De afdeling Volksgezondheid van Ha Giang heeft 31 artsen.\n")
    (tmp_path / "b.txt").write_text("De afdeling Volksgezondheid van Ha Giang heeft 32 artsen.\n")
    from pipeline import articles

    real = articles.extract

    def breaks(article: object, configuration: object) -> object:
        if "31" in article.text:  # type: ignore[attr-defined]
            raise RuntimeError("inside")
        return real(article, configuration)  # type: ignore[arg-type]

    monkeypatch.setattr(articles, "extract", breaks)
    rows = batch.run([tmp_path], workers=1).articles
    assert [r["status"] for r in rows] == ["failed", "ok"]
    assert "inside" in rows[0]["reason"]


def test_retabulating_changes_nothing(sample_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    batch.retabulate(out)
    assert _bytes(out) == _bytes(sample_run)


def test_cells_that_a_spreadsheet_would_run_are_text() -> None:
    frame = pd.DataFrame(
        {"ms": ["=1+1", "@x", "-2,1%", "plain", None], "value": [-1.0, 2.0, 1e6, 3.5, 0.1]}
    )
    lines = outputs.csv_text(frame).splitlines()
    assert lines[1:] == ["'=1+1,-1", "'@x,2", '"\'-2,1%",1000000', "plain,3.5", ",0.1"]
