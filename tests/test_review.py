"""``selaras review``: what is drawn, what is kept, how sure it is, and what the corrections make."""

from __future__ import annotations

import csv
import fcntl
import itertools
import json
import math
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import pipeline
from pipeline import evaluate, gold
from pipeline.cli import main
from pipeline.configuration import Configuration
from pipeline.records import KINDS, table_schema
from pipeline.reviewing import drawing, forms, precision, tagged
from pipeline.reviewing import review as core
from pipeline.reviewing.forms import CorrectionError
from pipeline.reviewing.judgements import Judgement, Judgements
from pipeline.reviewing.review import Item, Review
from pipeline.run import batch
from pipeline.run.outputs import OutputError
from pipeline.train import data
from pipeline.user_lexicon.read import read_lexicon
from tests.conftest import ARTICLES
from tests.test_explain import mention, row, write

BODY = "peoples-committee/nghe-an"


@pytest.fixture
def out(sample_run: Path, tmp_path: Path) -> Path:
    """A run of its own, with nothing judged."""
    return Path(shutil.copytree(sample_run, tmp_path / "out"))


def typed(out: Path, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    """``selaras review`` with lines of answers."""
    done = CliRunner().invoke(main, ["review", str(out), *arguments], input=answers)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def saved(out: Path) -> list[dict[str, str]]:
    with (out.parent / "out-review" / "judgements.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def item_of(review: Review, identity: str, kind: str | None = None) -> Item:
    return next(i for i in review.items if i.canonical_id == identity and kind in (None, i.kind))


def everything(out: Path, **choices: Any) -> Review:
    return Review(out, sample=10_000, **choices)


# What is drawn.


def test_the_draw_is_the_same_whatever_the_order_of_rows(out: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(out, tmp_path / "other"))
    table = pq.read_table(other / "table.parquet")
    pq.write_table(table.take(list(reversed(range(table.num_rows)))), other / "table.parquet")
    with Review(out, sample=30) as one, Review(other, sample=30) as two:
        drawn = [(i.kind, i.canonical_id) for i in one.items]
        assert drawn == [(i.kind, i.canonical_id) for i in two.items]
        assert len(set(drawn)) == 30
        item = max(one.items, key=lambda i: i.row["mentions"])
        assert one.mentions(item) == two.mentions(item_of(two, item.canonical_id))
    with Review(out, sample=30, seed=1) as three:
        assert drawn != [(i.kind, i.canonical_id) for i in three.items]


def sizes(out: Path) -> dict[str, int]:
    """How many rows of each kind the table of ``out`` has."""
    kinds = pq.read_table(out / "table.parquet")["kind"].to_pylist()
    return {kind: kinds.count(kind) for kind in KINDS}


def test_a_larger_sample_has_the_smaller_in_it_and_kinds_are_equal(out: Path) -> None:
    with Review(out, sample=12) as small, Review(out, sample=60) as large:
        assert {i.key for i in small.items} <= {i.key for i in large.items}
        for kind, number in (("organisation", 4), ("reference", 4), ("statistic", 4)):
            assert sum(i.kind == kind for i in small.items) == number
        kinds = [i.kind for i in large.items]
        assert [kinds.count(k) for k in KINDS] == [20, 20, 20]
    references = sizes(out)["reference"]
    # More than there are: the rest is shared by the others.
    with Review(out, sample=3 * references + 6) as most:
        kinds = [i.kind for i in most.items]
        shares = [references + 3, references, references + 3]
        assert [kinds.count(k) for k in KINDS] == shares


def test_of_every_kind_the_same_share_has_come_at_any_moment(out: Path) -> None:
    references = sizes(out)["reference"]
    with Review(out, sample=4 * references) as review:
        kinds = [i.kind for i in review.items]
    for first in range(0, len(kinds), 8):
        bodies, documents, figures = (kinds[:first].count(kind) for kind in KINDS)
        assert abs(bodies - figures) <= 2
        assert abs(documents - first / 4) <= 2


@pytest.mark.parametrize(
    ("sizes", "sample", "given"),
    [
        ({"a": 100, "b": 100}, 10, {"a": 5, "b": 5}),
        ({"a": 2, "b": 100, "c": 100}, 11, {"a": 2, "b": 5, "c": 4}),
        ({"a": 2, "b": 3}, 50, {"a": 2, "b": 3}),
        ({"a": 2, "b": 3}, 1, {"a": 1}),
    ],
)
def test_how_many_of_each(sizes: dict[str, int], sample: int, given: dict[str, int]) -> None:
    assert drawing.allocate(sizes, sample) == given


def test_choices_leave_out_the_other_rows(out: Path) -> None:
    with everything(out, kind="organisation", language="nl") as review:
        assert review.items
        for item in review.items:
            assert item.kind == "organisation"
            assert "nl" in item.row["languages"].split(",")
        assert len(review.items) < pq.read_table(out / "table.parquet").num_rows
    with everything(out, agreement="agree") as review:
        assert {i.row["agreement"] for i in review.items} == {"agree"}


def test_the_sentences_of_a_row_with_many_are_drawn_from_all(tmp_path: Path) -> None:
    paths = [f"{i:03}.ms.txt" for i in range(200)]
    out = write(tmp_path / "out", [row("a", 200)], [mention("a", p) for p in paths])
    with Review(out, sentences=10) as review, Review(out, sentences=10, seed=5) as other:
        found = [m["path"] for m in review.mentions(review.items[0])]
        assert found == sorted(found)
        assert len(set(found)) == 10
        assert max(found) > "050"
        assert found != [m["path"] for m in other.mentions(other.items[0])]
        assert len(review.mentions(review.items[0], every=True)) == 200


# How sure it is.


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(
    right: int, judged: int, low: float, high: float
) -> None:
    found = precision.wilson(right / judged, judged)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_an_interval_ends_at_the_share_when_all_is_judged() -> None:
    assert precision.of_stratum(precision.Stratum(3, 4, 4)) == (0.75, (0.75, 0.75))
    some = precision.of_stratum(precision.Stratum(3, 4, 5))
    endless = precision.wilson(0.75, 4)
    assert some is not None
    assert endless[0] < some[1][0] < 0.75 < some[1][1] < endless[1]
    assert precision.of_stratum(precision.Stratum(0, 0, 5)) is None


def test_together_weighs_by_what_there_is() -> None:
    strata = [precision.Stratum(10, 10, 9000), precision.Stratum(0, 10, 1000)]
    found = precision.together(strata)
    assert found is not None
    share, (low, high) = found
    assert share == pytest.approx(0.9)
    # 1 / (0.9² / 10 + 0.1² / 10) with hardly any correction for the finite table.
    size = 1 / (0.81 / precision.effective(10, 9000) + 0.01 / precision.effective(10, 1000))
    assert size == pytest.approx(12.2, abs=0.03)
    assert (low, high) == pytest.approx(precision.wilson(0.9, size))
    # Equal shares of equal strata are one sample.
    halves = [precision.Stratum(8, 10, 10**9), precision.Stratum(8, 10, 10**9)]
    assert precision.together(halves) == (
        pytest.approx(0.8),
        pytest.approx(precision.wilson(0.8, 20), abs=1e-6),
    )


def test_mentions_that_are_wrong_together_make_it_less_sure() -> None:
    alike = precision.of_clusters([(8, 10)] * 10)
    apart = precision.of_clusters([(10, 10)] * 8 + [(0, 10)] * 2)
    assert alike is not None
    assert apart is not None
    assert alike[0] == apart[0] == 0.8
    assert alike[1] == pytest.approx(precision.wilson(0.8, 100))
    # Two in ten clusters: as if nine had been drawn (ten less the one that the mean takes).
    assert apart[1] == pytest.approx(precision.wilson(0.8, 9))
    perfect = precision.of_clusters([(40, 40)] * 3)
    assert perfect == (1.0, precision.wilson(1.0, 3))
    assert precision.of_clusters([(0, 0)]) is None


def test_no_interval_of_nonsense() -> None:
    for share, size in ((1.1, 5), (0.5, 0), (0.5, -1)):
        with pytest.raises(ValueError, match="no share"):
            precision.wilson(share, size)
    assert precision.wilson(0.5, math.inf) == (0.5, 0.5)


# A session.


def test_a_typed_session_counts_and_goes_on(out: Path) -> None:
    first = typed(out, "--sample", "6", answers="r\nw\n1\ns\nq\n")
    assert first.returncode == 0, first.stderr
    assert "row: 1 of 6" in first.stdout
    assert "row: 4 of 6" in first.stdout
    assert [r["verdict"] for r in saved(out)] == ["right", "wrong", "skipped"]
    assert saved(out)[1]["sort"] == "nothing"
    again = typed(out, "--sample", "6", answers="r\nr\nr\nr\n")
    assert "going on: 2 of 6 are judged" in again.stdout
    assert "row: 3 of 6" in again.stdout  # the skipped one comes again
    assert "row: 2 of 6" not in again.stdout
    verdicts = sorted(r["verdict"] for r in saved(out))
    assert verdicts == ["right"] * 5 + ["wrong"]
    done = typed(out, "--sample", "6")
    assert "all 6 of this sample are judged" in done.stdout
    larger = typed(out, "--sample", "7")
    assert "going on: 6 of 7" in larger.stdout


def test_back_replaces_and_a_wrong_key_is_said(out: Path) -> None:
    done = typed(out, "--sample", "4", answers="x\nr\nb\n?\nw\n2\nr\nr\nr\n")
    assert "no answer 'x' here" in done.stdout
    assert "judged before: right" in done.stdout
    assert "you cannot tell" in done.stdout
    assert [r["verdict"] for r in saved(out)] == ["wrong", "right", "right", "right"]
    assert saved(out)[0]["sort"] == "border"
    assert len(saved(out)) == 4


def test_the_summary_says_what_the_sample_says(out: Path) -> None:
    with Review(out, sample=9) as review:
        for i, item in enumerate(review.items):
            if i % 4 == 1:
                review.judge(item, forms.WRONG, sort="detail")
            else:
                review.judge(item, forms.RIGHT)
        expected = review.summary()
    said = json.loads(typed(out, "--summary", "--json").stdout)
    assert said == expected
    (rows,) = said["rows"]
    assert rows["among"] == "all rows"
    assert sum(k["judged"] for k in rows["kinds"]) == 9 == rows["together"]["judged"]
    assert [k["of"] for k in rows["kinds"]] == list(sizes(out).values())
    weighed = sum(k["of"] * k["precision"] for k in rows["kinds"]) / sum(sizes(out).values())
    assert rows["together"]["precision"] == pytest.approx(weighed)
    assert said["sorts"] == {"detail": 2}
    assert said["changed"] == said["gone"] == 0
    shown = typed(out, "--summary").stdout
    assert f"{rows['together']['precision']:.1%}" in shown
    assert "Wilson" in shown
    assert not list(out.parent.glob("out-review/lexicon.csv"))


def test_rows_judged_for_one_draw_count_in_another_that_has_them(out: Path) -> None:
    with everything(out, kind="reference") as review:
        for item in review.items:
            review.judge(item, forms.RIGHT)
    with everything(out, kind="reference", agreement="agree") as review:
        number = len(review.items)
        assert 0 < number < sizes(out)["reference"]
        assert review.next(0) is None
        said = {rows["among"]: rows for rows in review.summary()["rows"]}
    assert said["all rows"]["kinds"][1]["judged"] == sizes(out)["reference"]
    assert said["agreement agree"]["together"]["judged"] == number
    # And none of those that are not in it does.
    with everything(out, language="ms", kind="organisation") as review:
        assert review.next(0) == 0


def test_judgements_of_a_row_that_changed_are_said_and_not_counted(out: Path) -> None:
    with everything(out, kind="reference") as review:
        for item in review.items[:5]:
            review.judge(item, forms.RIGHT)
        gone, changed = review.items[0].canonical_id, review.items[1].canonical_id
    table = pq.read_table(out / "table.parquet").to_pylist()
    table = [r for r in table if r["canonical_id"] != gone]
    for r in table:
        if r["canonical_id"] == changed:
            r["reference_date"] = "1999-01-01"
        r["score"] = 0.123  # is not judged
    arrow = pa.Table.from_pylist(table, schema=table_schema(["ms", "nl"]))
    pq.write_table(arrow, out / "table.parquet")
    with everything(out, kind="reference") as review:
        said = review.summary()
        assert (said["changed"], said["gone"]) == (1, 1)
        assert said["rows"][0]["together"]["judged"] == 3
        assert not review.is_done(item_of(review, changed))
        assert review.is_done(item_of(review, review.items[3].canonical_id))
        review.judge(item_of(review, changed), forms.RIGHT)
    assert "2 judgement" not in (shown := typed(out, "--summary").stdout)
    assert "1 judgement of another run not counted: of things" in shown
    assert len(saved(out)) == 6


def test_two_windows_lose_nothing_of_each_other(out: Path) -> None:
    with Review(out, sample=20) as one, Review(out, sample=20) as two:

        def judge(review: Review, half: int) -> None:
            for item in review.items[half::2]:
                review.judge(item, forms.RIGHT)

        threads = [threading.Thread(target=judge, args=pair) for pair in ((one, 0), (two, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(saved(out)) == 20


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """What a terminal shows, read until a word is there."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._unread = ""

    def until(self, word: str) -> str:
        """All up to ``word``, which is shown behind what was read before."""
        end = time.monotonic() + 60
        while word not in (plain := _COLOUR.sub("", self._unread)):
            assert time.monotonic() < end, plain
            if select.select([self._master], [], [], 1)[0]:
                self._unread += os.read(self._master, 65536).decode("utf-8", "replace")
        shown, _, self._unread = plain.partition(word)
        return shown


def test_single_keys_on_a_terminal_and_ctrl_c_loses_nothing(out: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "pipeline", "review", str(out), "--sample", "5"]
    environment = os.environ | {"COLUMNS": "70", "TERM": "xterm"}
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # Ctrl-C is of this terminal
    )
    os.close(slave)
    screen = Screen(master)
    try:
        shown = screen.until("? help >")
        assert "row: 1 of 5" in shown
        assert max(len(line) for line in shown.splitlines()) <= 70
        os.write(master, b"r")
        assert "row: 2 of 5" in screen.until("? help >")
        os.write(master, b"w")
        screen.until("none of these >")
        os.write(master, b"\x1b[A")  # an arrow is no answer
        screen.until("none of these >")
        os.write(master, b"2r")  # typed ahead
        assert "row: 3 of 5" in screen.until("? help >")
        assert "row: 4 of 5" in screen.until("? help >")
        os.write(master, b"\x03")
        assert "stopped" in screen.until("same command goes on")
        assert process.wait(30) == 1
    finally:
        process.kill()
        process.wait()
        os.close(master)
    assert [r["verdict"] for r in saved(out)] == ["right", "wrong", "right"]
    assert saved(out)[1]["sort"] == "border"
    assert not list(out.parent.glob("out-review/.*.half"))


def test_a_part_of_a_name_shows_the_ids_that_it_may_be(out: Path) -> None:
    answers = f"c\n1\nNghe An\npeoples-comittee/nghe-an\nxqzwv\n{BODY}\nq\n"
    with everything(out, kind="organisation") as review:
        for item in itertools.takewhile(lambda i: i.canonical_id == BODY, review.items):
            review.judge(item, forms.RIGHT)  # it cannot be itself
    done = typed(out, "--kind", "organisation", "--sample", "10000", answers=answers)
    shown = " ".join(done.stdout.split())
    assert "its id (a part of its name: shows the nearest)" in shown
    part, typo, nothing = shown.split("the table has no body ")[1:]
    for said, expected in ((part, None), (typo, BODY)):
        ids = said.partition("; the nearest: ")[2].partition("; check it")[0].split(", ")
        assert expected in ids if expected else all("nghe-an" in identity for identity in ids)
        with everything(out, kind="organisation") as review:
            assert set(ids) <= {item.canonical_id for item in review.items}
    assert nothing.startswith("'xqzwv'; check it, or give its names the id")
    assert [r["verdict"] for r in saved(out)][-1] == "corrected"


# What the corrections make.


def test_a_corrected_name_has_its_id_in_the_next_run(out: Path, tmp_path: Path) -> None:
    answers = "c\n2\n\nbrave-committee\nBrave Committee\nNghe An\nq\n"
    with everything(out, kind="organisation") as review:
        place = next(
            i for i, item in enumerate(review.items) if item.canonical_id == "company/loc-troi"
        )
        other = item_of(review, "farmers-union/thai-binh")
        review.judge(
            other,
            forms.CORRECTED,
            way="same",
            right={"id": "peoples-committee/thai-binh"},
        )
        for item in review.items[:place]:
            if item is not other:
                review.judge(item, forms.RIGHT)
    done = typed(out, "--kind", "organisation", "--sample", "10000", answers=answers)
    assert done.returncode == 0, done.stderr
    lexicon = out.parent / "out-review" / "lexicon.csv"
    assert f"{lexicon}: 3 lines for --lexicon" in done.stdout.replace("\n", " ").replace("  ", " ")
    found = read_lexicon(lexicon)
    assert {n.id for n in found.names} == {"brave-committee"}
    assert {n.language for n in found.names} == {"ms", "nl"}
    again = tmp_path / "again"
    batch.run([ARTICLES], again, Configuration(lexicon=found), workers=1)
    ids = {r["canonical_id"]: r for r in pq.read_table(again / "table.parquet").to_pylist()}
    assert ids["brave-committee"]["label"] == "Brave Committee"
    assert ids["brave-committee"]["mentions"] == 2
    assert "company/loc-troi" not in ids
    assert "farmers-union/thai-binh" not in ids
    # In the new run the old rows are gone, and what was corrected stays so.
    shutil.copy(again / "table.parquet", out / "table.parquet")
    before = lexicon.read_bytes()
    assert typed(out, "--apply").returncode == 0
    assert lexicon.read_bytes() == before
    with everything(out) as review:
        assert review.summary()["gone"] >= 2


def test_every_kind_of_line_is_taken(out: Path) -> None:
    with everything(out) as review:
        review.judge(
            item_of(review, BODY),
            forms.CORRECTED,
            way="place",
            right={"text": "Kota Kabut", "id": "misty-town", "label": "Misty Town", "place": "Hue"},
        )
        review.judge(
            item_of(review, "57-NQ/TW"),
            forms.CORRECTED,
            right={
                "id": "58-NQ/TW",
                "label": "seaweed",
                "date": "2024-12-22",
                "text": "laut",
                "language": "ms",
            },
        )
        figure = next(i for i in review.items if i.row["unit_id"] == "volunteer-team")
        review.judge(figure, forms.CORRECTED, right={"id": "sago-team", "label": "sago teams"})
        value = next(i for i in review.items if i.row["unit_id"] == "party-cell")
        review.judge(value, forms.CORRECTED, right={"value": "34", "qualifier": "-"})
        text = item_of(review, "police/khanh-hoa")
        worded = review.wordings(text)[0]
        review.judge(
            text,
            forms.CORRECTED,
            way="text",
            right={"id": "traffic-police/khanh-hoa"},
            wordings=[(worded.language, worded.text)],
        )
        written = review.write()
    assert written.lexicon is not None
    with written.lexicon.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert {line["kind"] for line in lines} == {"place", "document", "unit", "name"}
    found = read_lexicon(written.lexicon)
    assert len(lines) == written.lines
    assert found.documents[0].id == "58-NQ/TW"
    assert {u.id for u in found.units} == {"sago-team"}
    assert [left.reason for left in written.left_out] == [
        "a lexicon says nothing of values and borders"
    ]
    (said,) = [r for r in saved(out) if r["right_value"]]
    assert (said["right_value"], said["right_qualifier"]) == ("34", "'-")


def test_of_corrections_that_contradict_the_last_holds(out: Path) -> None:
    with everything(out, kind="organisation") as review:
        for one, other in (("politburo", BODY), (BODY, "politburo")):
            review.judge(item_of(review, one), forms.CORRECTED, way="same", right={"id": other})
        written = review.write()
    assert written.lexicon is not None
    assert read_lexicon(written.lexicon).same == {BODY: "politburo"}
    (left,) = written.left_out
    assert "becomes itself again" in left.reason


def test_words_that_mean_other_bodies_too_are_in_no_line(tmp_path: Path) -> None:
    out = write(
        tmp_path / "out",
        [row("a", 2), row("b", 1)],
        [
            mention("a", text="Jabatan itu"),
            mention("a", "b.ms.txt", text="Jabatan Alfa"),
            mention("b", "c.ms.txt", text="Jabatan itu"),
        ],
    )
    with Review(out) as review:
        item = item_of(review, "a")
        assert {w.text: w.others for w in review.wordings(item)} == {
            "Jabatan itu": ("b",),
            "Jabatan Alfa": (),
        }
        review.judge(item, forms.CORRECTED, way="id", right={"id": "alfa"})
        assert [j.wordings for j in review.judgements] == [(("ms", "Jabatan Alfa"),)]
        other = item_of(review, "b")
        with pytest.raises(CorrectionError, match="each of its wordings stands for other bodies"):
            review.judge(other, forms.CORRECTED, way="id", right={"id": "beta"})
        review.judge(
            other,
            forms.CORRECTED,
            way="id",
            right={"id": "beta"},
            wordings=[("ms", "Jabatan itu")],
        )
        written = review.write()
    assert written.lexicon is not None
    assert {(n.text, n.id) for n in read_lexicon(written.lexicon).names} == {
        ("Jabatan Alfa", "alfa"),
        ("Jabatan itu", "beta"),
    }


# What is no body at all.

REEF = {
    "reef.ms.txt": "Dewan Rakyat Wilayah Khanh Hoa meluluskan 45 projek terumbu karang pada 2024.\n"
    "Gambar: Pusat Konservasi. Pusat Konservasi Hon Mun menanam 1,200 karang.\n",
    "reef.nl.txt": "De Volksraad van de provincie Khanh Hoa keurde in 2024 45 projecten goed.\n"
    "Foto: Natuurcentrum. Het Natuurcentrum Hon Mun plantte 1.200 koralen.\n",
}
CAPTIONS = {"conservation-centre/khanh-hoa", "nature-centre/khanh-hoa"}


def lines_of(written: core.Written) -> set[tuple[str, str | None, str]]:
    """The lines of the lexicon that was written: what they are, their language and their text."""
    if written.lexicon is None:
        return set()
    with written.lexicon.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert read_lexicon(written.lexicon).lines == len(lines) == written.lines
    return {(line["kind"], line["language"], line["text"]) for line in lines}


def test_a_row_that_is_no_body_is_gone_in_the_next_run(tmp_path: Path) -> None:
    articles, out = tmp_path / "articles", tmp_path / "out"
    articles.mkdir()
    for name, text in REEF.items():
        (articles / name).write_text(text)
    batch.run([articles], out, workers=1)
    with everything(out, kind="organisation") as review:
        keys = ["w\n1\n" if i.canonical_id in CAPTIONS else "r\n" for i in review.items]
    assert keys.count("w\n1\n") == 2 < len(keys)
    done = typed(out, "--kind", "organisation", answers="".join(keys))
    lexicon = out.parent / "out-review" / "lexicon.csv"
    assert "2 lines for --lexicon" in done.stdout.replace("\n", " ")
    assert "not in the lexicon" not in done.stdout
    found = read_lexicon(lexicon)
    assert {(n.language, n.text) for n in found.nones} == {
        ("ms", "Pusat Konservasi"),
        ("nl", "Natuurcentrum"),
    }
    again = tmp_path / "again"
    run = batch.run([articles], again, Configuration(lexicon=found), workers=1).run
    assert run["none_lines"] == [2, 3]

    def rows(folder: Path, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = pq.read_table(folder / name).to_pylist()
        return [r for r in found if r["canonical_id"] not in CAPTIONS]

    before = pq.read_table(out / "table.parquet")["canonical_id"].to_pylist()
    assert set(before) >= CAPTIONS
    assert rows(again, "table.parquet") == rows(out, "table.parquet")  # of others nothing changed
    assert rows(again, "mentions.parquet") == rows(out, "mentions.parquet")
    ids = pq.read_table(again / "table.parquet")["canonical_id"].to_pylist()
    assert set(ids) == set(before) - CAPTIONS
    # In the new run the rows are gone, and the lines stay.
    shutil.rmtree(out)
    shutil.copytree(again, out)
    text = lexicon.read_bytes()
    assert typed(out, "--apply").returncode == 0
    assert lexicon.read_bytes() == text


def captions(tmp_path: Path, *of_b: str) -> Path:
    """Results with a body ``a`` of two wordings, and one ``b`` of the wordings ``of_b``."""
    return write(
        tmp_path / "out",
        [row("a", 2), *([row("b", len(of_b))] if of_b else [])],
        [
            mention("a", text="Pusat Alfa"),
            mention("a", "b.ms.txt", text="Balai Alfa"),
            *(mention("b", f"c{i}.ms.txt", text=text) for i, text in enumerate(of_b)),
        ],
    )


def judged_none(review: Review, identity: str, **more: Any) -> None:
    review.judge(item_of(review, identity), forms.WRONG, sort="nothing", **more)


ALFA = {("none", "ms", "Pusat Alfa"), ("none", "ms", "Balai Alfa")}


def test_a_wording_of_another_body_is_no_none(tmp_path: Path) -> None:
    with Review(captions(tmp_path, "PUSAT-ÁLFA", "Dewan")) as review:
        judged_none(review, "a")
        written = review.write()
        assert lines_of(written) == {("none", "ms", "Balai Alfa")}
        (left,) = written.left_out
        assert left.what == "organisation 'a': 'Pusat Alfa'"
        assert left.reason == "is what b is called too, not judged to be none"
        judged_none(review, "b")  # now nobody is called so; nor is it said twice
        written = review.write()
        texts = {text.casefold() for _, _, text in lines_of(written)}
        assert {"balai alfa", "dewan"} < texts
        assert len(texts) == 3
        assert not written.left_out
        for item in review.items:
            review.judge(item, forms.RIGHT)
        assert review.write().lexicon is None


def test_a_wording_that_was_not_shown_is_no_none(tmp_path: Path) -> None:
    with Review(captions(tmp_path), sentences=1) as review:
        judged_none(review, "a")
        (shown,) = review.mentions(item_of(review, "a"))
        written = review.write()
        assert lines_of(written) == {("none", "ms", shown["text"])}
        (left,) = written.left_out
        assert left.reason == "stood in no sentence that was shown"
        judged_none(review, "a", every=True)
        written = review.write()
        assert lines_of(written) == ALFA
        assert not written.left_out
    (tmp_path / "out-review" / "judgements.csv").unlink()
    typed(tmp_path / "out", "--sentences", "1", answers="m\nw\n1\n")
    assert [json.loads(r["wordings"]) for r in saved(tmp_path / "out")] == [
        [["ms", "Balai Alfa"], ["ms", "Pusat Alfa"]]
    ]


def test_a_row_that_is_a_body_in_another_run_is_none_no_more(tmp_path: Path) -> None:
    with Review(captions(tmp_path)) as review:
        judged_none(review, "a")
        assert lines_of(review.write()) == ALFA
    shutil.rmtree(tmp_path / "out")
    out = write(tmp_path / "out", [row("a", 1)], [mention("a", text="Pusat Alfa")])
    with Review(out) as review:
        assert lines_of(review.write()) == ALFA
        review.judge(item_of(review, "a"), forms.SKIPPED)
        assert lines_of(review.write()) == ALFA
        review.judge(item_of(review, "a"), forms.RIGHT)
        assert len(list(review.judgements)) == 2
        assert lines_of(review.write()) == set()


def test_of_a_name_and_none_the_last_holds(tmp_path: Path) -> None:
    with Review(captions(tmp_path, "pusat alfa")) as review:
        judged_none(review, "a")
        judged_none(review, "b")
        review.judge(
            item_of(review, "b"),
            forms.CORRECTED,
            way="id",
            right={"id": "beta"},
            wordings=[("ms", "pusat alfa")],
        )
        written = review.write()
        assert lines_of(written) == {("name", "ms", "pusat alfa"), ("none", "ms", "Balai Alfa")}
        assert [left.what for left in written.left_out] == ["organisation 'a': 'Pusat Alfa'"]


@pytest.mark.parametrize("sort", ["border", "identity", "detail"])
def test_a_row_that_is_otherwise_wrong_is_no_none(tmp_path: Path, sort: str) -> None:
    with Review(captions(tmp_path)) as review:
        review.judge(item_of(review, "a"), forms.WRONG, sort=sort)
        written = review.write()
        assert (written.lexicon, written.left_out) == (None, [])


def test_only_a_row_of_an_organisation_is_a_none(little: Path) -> None:
    with Review(little, articles=1) as review:
        for item in review.items[:-1]:
            review.judge(item, forms.WRONG, sort="nothing")
        assert review.write().lexicon is None
    with everything(little) as review:
        kinds = {item.kind for item in review.items}
        for item in review.items:
            if item.kind != "organisation":
                review.judge(item, forms.WRONG, sort="nothing")
        written = review.write()
    assert len(kinds) > 1
    assert (written.lexicon, written.left_out) == (None, [])


def test_a_wording_that_a_spreadsheet_would_run_is_no_none(tmp_path: Path) -> None:
    out = write(tmp_path / "out", [row("a", 1)], [mention("a", text="=Alfa()")])
    with Review(out) as review:
        judged_none(review, "a")
        written = review.write()
    assert written.lexicon is None
    assert "a spreadsheet takes for a formula" in written.left_out[0].reason


@pytest.mark.parametrize(
    ("identity", "way", "right", "said"),
    [
        (BODY, "same", {"id": "nothing-like-it"}, "the table has no body"),
        (BODY, "same", {"id": BODY}, "the id of this row itself"),
        (BODY, "id", {"id": "Not An Id"}, "no id of a body"),
        ("company/loc-troi", "id", {"id": "a/in-story-12"}, "a body of one story"),
        (BODY, "id", {"id": ""}, "id is needed"),
        ("company/loc-troi", "id", {"id": "a", "place": "Atlantis"}, "no place 'Atlantis'"),
        (BODY, "id", {"id": "a", "colour": "red"}, "no field 'colour'"),
        (BODY, "none", {"id": "a"}, "is corrected by same, id, text, place"),
        ("57-NQ/TW", None, {"id": "58NQTW"}, "write 58-NQ/TW"),
        ("57-NQ/TW", None, {"id": "57-NQ/TW", "date": "22.12.2024"}, "write it as 2024-12-26"),
        ("57-NQ/TW", None, {"id": "57-NQ/TW", "label": "a", "language": "xx"}, "no language 'xx'"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_said_and_not_saved(
    out: Path, identity: str, way: str | None, right: dict[str, str], said: str
) -> None:
    with everything(out) as review:
        with pytest.raises(CorrectionError, match=said):
            review.judge(item_of(review, identity), forms.CORRECTED, way=way, right=right)
        assert list(review.judgements) == []


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ({"value": "1,461"}, "without other separators"),
        ({"value": "nan"}, "no number"),
        ({"value": "-"}, "cannot be none"),
        ({"qualifier": "roughly"}, "none of almost"),
        ({"value_kind": "-"}, "cannot be none"),
        ({}, "nothing is filled in"),
    ],
)
def test_a_figure_that_cannot_be(out: Path, right: dict[str, str], said: str) -> None:
    with everything(out, kind="statistic") as review:
        with pytest.raises(CorrectionError, match=said):
            review.judge(review.items[0], forms.CORRECTED, right=right)
        with pytest.raises(CorrectionError, match="what is wrong is one of"):
            review.judge(review.items[0], forms.WRONG, sort="identity")


# Articles.

MALAY = (
    "Jabatan Kesihatan Wilayah Ha Giang & rakan <b>mempunyai</b> 557 ahli Parti pada tahun 2024.\n\n"
    "Mengikut Resolusi No. 21-NQ/TW, Jawatankuasa Rakyat Wilayah Ha Giang menubuhkan 12 pasukan. "
    "Kelab Bunga Teratai menyertai kempen ini, dan Kelab Bunga Teratai memberi 40 hadiah "
    "kepada penduduk di kampung yang paling jauh dari pusat wilayah itu.\n"
)


@pytest.fixture(scope="module")
def little_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("little")
    (folder / "in").mkdir()
    (folder / "in" / "ha giang.ms.txt").write_text(MALAY, encoding="utf-8")
    batch.run([folder / "in"], folder / "out", workers=1)
    return folder / "out"


@pytest.fixture
def little(little_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(little_run, tmp_path / "out"))


def test_an_article_becomes_gold_that_is_taken(little: Path) -> None:
    with Review(little, articles=1) as review:
        *mentions, whole = review.items
        assert whole.unit == forms.ARTICLE
        by_text = {item.row["text"]: item for item in mentions}
        assert {"557", "12", "40", "Resolusi No. 21-NQ/TW"} <= set(by_text)
        assert review.write().not_gold == []
        for item in mentions:
            if item.row["text"] == "12":
                review.judge(
                    item,
                    forms.CORRECTED,
                    right={"text": "menubuhkan 12", "value": "13", "change": "up"},
                )
            elif item.row["text"] == "40" or "Teratai" in item.row["text"]:
                review.judge(item, forms.WRONG, sort=forms.NOTHING)
            else:
                review.judge(item, forms.RIGHT)
        (left,) = review.write().not_gold
        assert "nothing more was missed" in left.reason
        made = review.miss(whole, "organisation", {"text": "Bunga Teratai", "id": "club/lotus"})
        assert [MALAY[j.start : j.end] for j in made] == ["Bunga Teratai"] * 2
        with pytest.raises(CorrectionError, match="found there already"):
            review.miss(whole, "statistic", {"text": "557", "value": "557"})
        with pytest.raises(CorrectionError, match="does not stand in the article"):
            review.miss(whole, "organisation", {"text": "Kelab Mawar", "id": "club/rose"})
        review.judge(whole, forms.RIGHT)
        said = review.summary()["articles"]
        written = review.write()
    assert said["reviewed"] == 1
    body, _, figure = said["kinds"]
    assert figure["right"] == figure["judged"] - 2
    assert figure["recall"] == pytest.approx((figure["judged"] - 2) / (figure["judged"] - 1))
    assert body["there"] >= 2
    (file,) = written.gold
    assert file.name == "ha-giang.ms.txt"
    (article,) = gold.read(file.parent)
    assert article.text == MALAY
    tags = {(s.type, s.text): s.attributes for s in article.spans}
    assert tags["stat", "menubuhkan 12"]["value"] == "13"
    assert tags["stat", "menubuhkan 12"]["change"] == "up"
    assert tags["stat", "557"]["value"] == "557"
    assert tags["ref", "Resolusi No. 21-NQ/TW"]["id"] == "21-NQ/TW"
    assert tags["org", "Bunga Teratai"] == {"key": "club/lotus"}
    assert ("stat", "40") not in tags
    assert sum(s.text == "Bunga Teratai" for s in article.spans) == 2

    (text,) = data.of_gold([article])
    assert {text.text[s.start : s.end] for s in text.spans} >= {"Bunga Teratai"}
    measured = evaluate.evaluate(file.parent)
    assert measured.unread == {}
    assert measured.articles == 1
    counts = {
        name: tuple(
            measured.scores[evaluate.TOGETHER][name][n] for n in ("hits", "predicted", "gold")
        )
        for name in ("org exact", "ref", "stat")
    }
    # What was judged wrong is found anew and is not gold; what was missed is gold and not found.
    assert counts == {"org exact": (2, 4, 4), "ref": (1, 1, 1), "stat": (1, 3, 2)}
    assert "club/lotus" in (file.parent.parent / "lexicon.csv").read_text("utf-8")
    # An answer that is changed takes it back.
    with Review(little, articles=1) as review:
        review.judge(review.items[0], forms.SKIPPED)
        (left,) = review.write().not_gold
    assert "is skipped" in left.reason
    assert not file.exists()


def test_an_article_is_typed(little: Path) -> None:
    with Review(little, articles=1) as review:
        number = len(review.items) - 1
    answers = (
        "r\n" * number
        + "a\n1\nrakan\n1\nNot An Id\nclub/friends\n\n\nd\na\n1\nrakan\n\nfriends\n\n\ny\n"
    )
    done = typed(little, "--articles", "1", answers=answers)
    assert done.returncode == 0, done.stderr
    assert "[557] ahli Parti" in done.stdout
    assert "no id of a body" in done.stdout
    assert "dropped: rakan = club/friends" in done.stdout
    assert "[rakan]" in done.stdout
    assert "mentions in 1 article wholly reviewed" in done.stdout
    assert done.stdout.count(": gold") == 1
    assert len(saved(little)) == number + 2


def test_signs_of_tags_and_line_ends_come_back() -> None:
    text = '\ufeffA & B <org key="x"> &amp; \r\n1 < 2 </stat> \'q\' "r"\x00 end'
    start = text.index("1 < 2")
    span = gold.GoldSpan("org", start, start + 5, "", {"key": 'a"b<c>&d'})
    again, (found,) = gold.parse(tagged.marked(text, [span]))
    assert again == text
    assert (found.start, found.text, found.attributes) == (start, "1 < 2", span.attributes)


def test_what_the_format_cannot_say_is_said() -> None:
    one = gold.GoldSpan("org", 0, 8, "", {"key": "a"})
    inner = gold.GoldSpan("stat", 4, 8, "", {"value": "1"})
    with pytest.raises(tagged.NotGold, match="lies in another tag"):
        tagged.marked("Bank 1234", [one, inner])
    with pytest.raises(tagged.NotGold, match="cannot be written"):
        tagged.marked("Bank \udc80 1", [one])


def test_names_of_gold_articles_never_meet() -> None:
    def article(path: str, story: str, language: str) -> dict[str, Any]:
        return {"path": path, "story_id": story, "language": language, "article_id": f"id-{path}"}

    names = tagged.names(
        [
            article("a/x.ms.txt", "s1", "ms"),
            article("a/x.nl.txt", "s1", "nl"),
            article("b/x.ms.txt", "s2", "ms"),
            article("c.zip#../../etc/passwd", "s3", "ms"),
        ]
    )
    assert len(set(names.values())) == 4
    assert names["id-a/x.nl.txt"] == "x.nl.txt"
    assert not any("/" in name or name.startswith(".") for name in names.values())


# Hostile text, and misuse.

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \x1b[31m\u202eKelab"


def hostile(tmp_path: Path) -> Path:
    said = mention(
        "a", text=HOSTILE, sentence=f"{HOSTILE} satu", sentence_start=0, end=len(HOSTILE)
    )
    return write(tmp_path / "out", [row("a", 1, label=HOSTILE, example=HOSTILE)], [said])


def test_hostile_text_runs_nowhere(tmp_path: Path) -> None:
    out = hostile(tmp_path)
    done = typed(out, answers="c\n2\n\nown-body\n@label\n\nq\n")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    with (tmp_path / "out-review" / "judgements.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    (again,) = Judgements(tmp_path / "out-review")
    assert again.right["label"] == "@label"
    assert again.wordings == (("ms", HOSTILE),)
    lexicon = tmp_path / "out-review" / "lexicon.csv"
    with lexicon.open(newline="", encoding="utf-8") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert read_lexicon(lexicon).names[0].label == "label"


def test_cells_come_back_as_they_were(tmp_path: Path) -> None:
    for text in ("=1", "'=1", "'", "''x", "a\nb", 'q"', ""):
        judged = Judgement(
            unit="mention", kind="statistic", canonical_id=text, digest="d", strata=("a", "b"),
            verdict="corrected", start=0, end=3, text=text, right={"of": "-"}, right_start=0,
        )  # fmt: skip
        folder = tmp_path / "kept"
        folder.mkdir(exist_ok=True)
        Judgements(folder).save(judged)
        assert list(Judgements(folder)) == [judged]
        assert next(iter(Judgements(folder))).right == {"of": "-"}
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--summary"], "holds no finished run"),
        (["--articles", "1", "--kind", "statistic"], "leave --kind and --agreement out"),
        (["--json"], "--json goes with --summary"),
        (["--summary", "--apply"], "give one of them"),
    ],
)
def test_misuse_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "nothing").mkdir()
    done = typed(tmp_path / "nothing", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_language_that_no_article_has(out: Path) -> None:
    done = typed(out, "--language", "xx")
    assert done.returncode == 2
    assert "no article in language 'xx'; there are ms, nl" in done.stderr


def test_a_judgement_of_very_many_wordings_is_read_again(tmp_path: Path) -> None:
    judged = Judgement(
        unit="row",
        kind="organisation",
        canonical_id="club",
        digest="0" * 16,
        strata=("organisation: all rows",),
        verdict="corrected",
        way="id",
        right={"id": "other"},
        wordings=tuple(("nl", f"naam van de vereniging {i:05}") for i in range(10_000)),
    )
    Judgements(tmp_path).save(judged)
    csv.field_size_limit(131_072)  # as Python begins
    assert list(Judgements(tmp_path)) == [judged]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace(",right,", ",rigth,"), "line 2: verdict 'rigth' is none of"),
        (lambda text: text.replace("unit,", "thing,", 1), "has not the columns"),
        (lambda text: text + "row,organisation\n", "line 3: has 2 cells"),
        (lambda text: text + '"row,', "cannot be read as a CSV table"),
        (lambda _: "", "has not the columns"),
    ],
)
def test_damaged_judgements_are_one_line_and_stay(out: Path, damage: Any, said: str) -> None:
    with Review(out, sample=3) as review:
        review.judge(review.items[0], forms.RIGHT)
    file = out.parent / "out-review" / "judgements.csv"
    file.write_text(damaged := damage(file.read_text("utf-8")), "utf-8")
    done = typed(out, answers="r\n")
    assert done.returncode == 2
    assert said in done.stderr
    assert str(file) in done.stderr
    assert done.stderr.count("\n") == 1
    assert file.read_text("utf-8") == damaged


def test_a_folder_that_cannot_be_written_is_one_line(out: Path) -> None:
    (out.parent / "out-review").write_text("a file in the way")
    done = typed(out, answers="r\n")
    assert done.returncode == 2
    assert "out-review" in done.stderr
    assert done.stderr.count("\n") == 1
    assert typed(out, "--summary").returncode == 2


def test_an_answer_that_cannot_be_written_leaves_the_file_whole(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Review(out, sample=3) as review:
        review.judge(review.items[0], forms.RIGHT)
        before = review.judgements.file.read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            review.judge(review.items[1], forms.RIGHT)
        assert not review.is_done(review.items[1])
        assert review.judgements.file.read_bytes() == before
        assert sorted(p.name for p in review.folder.iterdir()) == [".lock", "judgements.csv"]


def test_nothing_is_written_into_the_run(out: Path) -> None:
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    typed(out, "--sample", "3", answers="r\nr\nr\n")
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


# In a notebook.

widgets = pytest.importorskip("ipywidgets")


def test_buttons_judge_as_keys_do(out: Path) -> None:
    shown = pipeline.review(out, sample=6)
    review = shown.review
    assert review.items[0].canonical_id in shown.shown.value.replace("&#x27;", "'")
    assert "<mark>" in shown.shown.value
    shown.right.click()
    assert shown.progress.value == 1
    assert "100.0%" in shown.result.value
    shown.wrong.click()
    shown.choice.value = "border"
    shown.save.click()
    assert shown.progress.value == 2
    shown.skip.click()
    shown.back.click()
    assert shown.item is review.items[2]
    assert "judged before: skipped" in shown.shown.value
    shown.right.click()
    for _ in range(3):
        shown.right.click()
    assert shown.item is None
    assert "All of this sample is judged" in shown.shown.value
    assert [r["verdict"] for r in saved(out)] == ["right", "wrong"] + ["right"] * 4
    assert typed(out, "--sample", "6").stdout.count("all 6 of this sample are judged") == 1
    again = pipeline.review(pipeline.read_run(out), sample=6)
    assert again.item is None


def test_a_correction_is_filled_in_and_written(out: Path) -> None:
    shown = pipeline.review(out, sample=10_000, kind="organisation")
    while shown.item is not None and shown.item.canonical_id != "company/loc-troi":
        shown.right.click()
    shown.corrected.click()
    shown.choice.value = "id"
    shown.fields["id"].value = "Wrong Id"
    shown.save.click()
    assert "no id of a body" in shown.error.value
    assert shown.item is not None
    assert shown.item.canonical_id == "company/loc-troi"
    shown.fields["id"].value = "brave-company"
    shown.save.click()
    assert shown.error.value == ""
    assert shown.item is None or shown.item.canonical_id != "company/loc-troi"
    shown.write.click()
    lexicon = out.parent / "out-review" / "lexicon.csv"
    assert "2 for lexicon=" in shown.result.value
    assert {n.id for n in read_lexicon(lexicon).names} == {"brave-company"}


def test_buttons_say_what_is_no_body(tmp_path: Path) -> None:
    shown = pipeline.review(captions(tmp_path), sentences=1)
    shown.more.click()
    shown.wrong.click()
    assert shown.choice.value == "nothing"
    shown.save.click()
    shown.write.click()
    assert "2 for lexicon=" in shown.result.value
    assert lines_of(shown.review.write()) == ALFA


def test_an_article_with_buttons(little: Path) -> None:
    shown = pipeline.review(little, articles=1)
    while shown.item is not None and shown.item.unit == forms.MENTION:
        shown.right.click()
    assert "&lt;b&gt;mempunyai&lt;/b&gt;" in shown.shown.value
    shown.corrected.click()
    shown.choice.value = "organisation"
    shown.fields["text"].value = "rakan"
    shown.fields["id"].value = "friends"
    shown.save.click()
    assert "<mark>rakan</mark>" in shown.shown.value
    shown.drop.click()
    assert "<mark>rakan</mark>" not in shown.shown.value
    shown.right.click()
    assert shown.item is None
    shown.write.click()
    assert ": gold" in shown.result.value


def test_hostile_text_is_no_markup_in_a_notebook(tmp_path: Path) -> None:
    shown = pipeline.review(hostile(tmp_path))
    page = shown.shown.value
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    shown.corrected.click()
    shown.fields["id"].value = "<img src=x onerror=alert(1)>"
    shown.save.click()
    assert "<img" not in shown.error.value
    assert shown.error.value


def test_a_run_in_memory_has_nowhere_to_keep_judgements(out: Path) -> None:
    found = pipeline.Result(None, None, None, {})  # type: ignore[arg-type]
    with pytest.raises(OutputError, match="out="):
        pipeline.review(found)
    for wrong in (
        {"kind": "x"},
        {"agreement": "x"},
        {"sample": 0},
        {"articles": 1, "kind": "statistic"},
    ):
        with pytest.raises(ValueError, match=r"none of|at least|of no kind"):
            core.Review(out, **wrong)
