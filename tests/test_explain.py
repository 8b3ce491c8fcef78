"""The mentions behind a row: of a real run, of hand-made ones, and asked for wrongly."""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

import pipeline
from pipeline.explanation import UnknownRow, open_run
from pipeline.explanation.show import show
from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, table_schema
from pipeline.run.outputs import OutputError
from tests.test_command_line import said_here as selaras

Row = dict[str, Any]
BODY = "peoples-committee/nghe-an"
SENTENCE = "Kelab Alfa mempunyai 40 pemain."


def write(
    out: Path, table: list[Row], mentions: list[Row], articles: list[Row] | None = None
) -> Path:
    """The files of a run, from rows that name only the columns that matter."""
    paths = dict.fromkeys(row["path"] for row in mentions)
    articles = articles or [{"path": path} for path in paths]
    articles = [{"article_id": row["path"], "status": "ok"} | row for row in articles]
    out.mkdir()
    for name, rows, schema in (
        ("articles", articles, ARTICLE_SCHEMA),
        ("mentions", mentions, MENTION_SCHEMA),
        ("table", table, table_schema(["ms", "nl"])),
    ):
        arrow = pa.Table.from_pylist(rows, schema=schema)
        pq.write_table(arrow, out / f"{name}.parquet", row_group_size=50)
    (out / "run.json").write_text('{"program": "selaras"}')
    return out


def mention(identity: str, path: str = "a.ms.txt", start: int = 0, **columns: Any) -> Row:
    said = {"article_id": path, "path": path, "language": "ms", "kind": "organisation"}
    said |= {"text": "Kelab", "start": start, "end": start + 5, "score": 0.5}
    said |= {"sentence": SENTENCE, "sentence_start": start, "canonical_id": identity}
    return said | columns


def row(identity: str, mentions: int = 1, kind: str = "organisation", **columns: Any) -> Row:
    return {"kind": kind, "canonical_id": identity, "mentions": mentions, "score": 0.5} | columns


def test_every_row_has_its_mentions_and_no_other(few_run: Path) -> None:
    table = pd.read_parquet(few_run / "table.parquet")
    mentions = pd.read_parquet(few_run / "mentions.parquet")
    stories = pd.read_parquet(few_run / "articles.parquet").set_index("path").story_id
    with open_run(few_run) as reader:
        for kind, identity in zip(table.kind, table.canonical_id, strict=True):
            (said,) = (r for r in reader.rows(identity) if r["kind"] == kind)
            found = list(reader.mentions(said))
            own = mentions[(mentions.kind == kind) & (mentions.canonical_id == identity)]
            assert {(m["path"], m["start"]) for m in found} == set(
                zip(own.path, own.start, strict=True)
            )
            assert len(found) == said["mentions"]
            assert all(m["story_id"] == stories[m["path"]] for m in found)


def test_the_row_then_its_sentences_with_the_reason(sample_run: Path) -> None:
    done = selaras("explain", sample_run, BODY)
    assert done.returncode == 0, done.stderr
    head, *articles = done.stdout.split("\n\n")
    table = pd.read_parquet(sample_run / "table.parquet").set_index("canonical_id")
    for column in ("label", "agreement", "reason", "ms", "nl", "name_vi"):
        assert str(table.loc[BODY, column]) in head
    assert "stories 1, articles 2" in head
    assert len(articles) == 2
    for article, code in zip(articles, ("ms", "nl"), strict=True):
        place, *lines = article.strip("\n").splitlines()
        assert place.split()[0] == f"nghe-an-council-science.{code}.txt"
        assert place.split()[2].startswith("story-")
        assert f"[{table.loc[BODY, code]}]" in lines[0]
        assert lines[1].strip().endswith(": place in the title")


def test_title_and_date_of_the_article(sample_run: Path) -> None:
    done = selaras("explain", sample_run, "police/khanh-hoa", "--limit", "1")
    article = pd.read_parquet(sample_run / "articles.parquet").set_index("path")
    page = article.loc["khanh-hoa-police-online-services.ms.html"]
    assert f"ms  {page.published.isoformat()}  {page.story_id}  {page.title}" in done.stdout
    assert done.stdout.rstrip().endswith("more: --limit N")


def test_json_has_all_and_limit_has_fewer(sample_run: Path) -> None:
    table = pd.read_parquet(sample_run / "table.parquet").set_index("canonical_id")
    said = json.loads(selaras("explain", sample_run, "21-NQ/TW", "--json").stdout)
    assert said["asked"] == "21-NQ/TW"
    ((found,),) = [said["rows"]]
    assert found["row"]["label"] == table.loc["21-NQ/TW", "label"]
    assert found["row"]["label"].startswith("Resolution 21-NQ/TW on ")
    assert len(found["mentions"]) == table.loc["21-NQ/TW", "mentions"] > 2
    for m in found["mentions"]:
        at = m["start"] - m["sentence_start"]
        assert m["sentence"][at : at + len(m["text"])] == m["text"]
        assert {"reason", "path", "story_id", "language", "source"} <= set(m)
    fewer = json.loads(selaras("explain", sample_run, "21-NQ/TW", "--json", "--limit", "2").stdout)
    assert fewer["rows"][0]["mentions"] == found["mentions"][:2]


def test_from_python(sample_run: Path) -> None:
    (found,) = pipeline.explain(sample_run, "21-NQ/TW", limit=3)
    assert found.row["reference_date"] == "2022-06-16"
    frame = found.to_frame()
    assert len(frame) == 3
    assert [*frame.columns[:3], *frame.columns[-4:]] == [
        *("article_id", "path", "language"),
        *("title", "published", "story_id", "source_url"),
    ]
    with pytest.raises(OutputError, match="has no row"):
        pipeline.explain(sample_run, "21-NQ")


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("peoples-comittee/nghe-an", BODY),
        ("21-nq/tw", "21-NQ/TW"),
        ("37-qd/tw", "37-QĐ/TW"),
        ("People's Committee of Nghe An", BODY),
        ("nghe-an", "peoples-council/nghe-an"),
        ("Lạng Sơn", "party-committee/education-and-training-department/lang-son"),
    ],
)
def test_an_unknown_id_names_the_nearest(sample_run: Path, asked: str, nearest: str) -> None:
    with open_run(sample_run) as reader, pytest.raises(UnknownRow) as said:
        reader.rows(asked)
    assert str(said.value).partition("the nearest: ")[2].split(", ")[0] == nearest


@pytest.mark.parametrize("asked", ["", "zzzz", "x" * 5000, "a\nb\x1b[31m", "'; DROP TABLE x"])
def test_an_unknown_id_is_one_line_and_exit_code_2(sample_run: Path, asked: str) -> None:
    done = selaras("explain", sample_run, "--", asked)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"selaras: {sample_run}: its table has no row")
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 1500
    assert "\x1b" not in done.stderr


def test_an_indicator_gives_all_its_values(tmp_path: Path) -> None:
    said = {"kind": "statistic", "indicator_id": "player/count/kelab/2024"}
    ids = [f"{said['indicator_id']}={n}" for n in (40, 50)]
    other = "player/count/kelab/2025=40"
    out = write(
        tmp_path / "out",
        [
            row(ids[1], **said, agreement="conflict", value=50.0),
            row(ids[0], **said, agreement="conflict", value=40.0),
            row(other, kind="statistic", indicator_id="player/count/kelab/2025"),
        ],
        [mention(i, f"{n}.txt", **said) for n, i in enumerate([*ids, other])],
    )
    found = pipeline.explain(out, "player/count/kelab/2024")
    assert [e.row["value"] for e in found] == [50, 40]
    assert [[m["path"] for m in e.mentions] for e in found] == [["1.txt"], ["0.txt"]]
    assert [e.row["canonical_id"] for e in pipeline.explain(out, ids[0])] == [ids[0]]


def test_an_id_of_two_kinds_gives_both(tmp_path: Path) -> None:
    mentions = [mention("x"), mention("x", start=9, kind="reference")]
    out = write(tmp_path / "out", [row("x"), row("x", kind="reference")], mentions)
    found = pipeline.explain(out, "x")
    assert [e.row["kind"] for e in found] == ["organisation", "reference"]
    assert [[m["start"] for m in e.mentions] for e in found] == [[0], [9]]


def test_translations_stand_together_whatever_their_folders(tmp_path: Path) -> None:
    stories = {"ms/a": "s2", "ms/b": "s1", "nl/c": "s2", "nl/d": "s1"}
    articles = [{"path": p, "story_id": s} for p, s in stories.items()]
    # A copy of an article has its id too, and is none of its sources.
    articles.append({"path": "copy", "article_id": "ms/a", "status": "skipped"})
    mentions = [mention("x", p, start) for p in reversed(stories) for start in (7, 0)]
    mentions += [mention("y", "ms/a", 3)] * 300
    (found,) = pipeline.explain(write(tmp_path / "out", [row("x", 8)], mentions, articles), "x")
    order = [(m["path"], m["start"]) for m in found.mentions]
    assert order == [(p, s) for p in ("ms/a", "nl/c", "ms/b", "nl/d") for s in (0, 7)]


def test_nothing_in_an_article_moves_the_terminal_and_long_sentences_are_cut(
    tmp_path: Path,
) -> None:
    sentence = "kata " * 1000 + "\x1b[2JKelab [b]Alfa[/b]\n" + "kata " * 1000
    start = sentence.index("Kelab")
    said = {"sentence": sentence, "sentence_start": 0, "reason": "\x07named"}
    articles = [{"path": "a.ms.txt", "title": "A\rB", "published": datetime.date(2024, 5, 1)}]
    out = write(tmp_path / "out", [row("x", 2)], [mention("x", start=start, **said)], articles)
    for is_terminal in (True, False):
        file = io.StringIO()
        console = Console(file=file, width=80, force_terminal=is_terminal, highlight=False)
        with open_run(out) as reader:
            show(console, reader, reader.rows("x"), 20)
        shown = file.getvalue()
        assert not set(shown) & {"\x07", "\r"}
        assert "\x1b[2J" not in shown
        assert len(shown) < 3000
        assert "… and 1 more" in shown
        assert "A B" in shown
        if not is_terminal:
            assert " [2J[Kelab] [b]Alfa[/b] kata" in shown
            assert "2024-05-01" in shown


def test_the_name_of_the_folder_is_no_pattern(tmp_path: Path) -> None:
    write(tmp_path / "outx", [row("other")], [mention("other")])
    out = write(tmp_path / "out[x]*", [row("x")], [mention("x")])
    assert len(pipeline.explain(out, "x")[0].mentions) == 1
    with pytest.raises(UnknownRow):
        pipeline.explain(out, "other")


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    out = write(tmp_path / "out", [row("x", 3000)], [mention("x", start=n) for n in range(3000)])
    for options in (["--json"], ["--limit", "3000"]):
        command = [sys.executable, "-m", "pipeline", "explain", out, "x", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
            assert done.stdout is not None
            assert done.stderr is not None
            done.stdout.read(10)
            done.stdout.close()
            assert done.stderr.read() == b""


def test_a_folder_without_a_finished_run(tmp_path: Path) -> None:
    out = write(tmp_path / "out", [row("x")], [mention("x")])
    (out / "mentions.parquet").write_bytes(b"broken")
    done = selaras("explain", out, "x", "--json")
    assert done.returncode == 2
    assert "its files cannot be read" in done.stderr
    assert done.stderr.count("\n") == 1
    (out / "run.json").unlink()
    with pytest.raises(OutputError, match="holds no finished run"):
        pipeline.explain(out, "x")
