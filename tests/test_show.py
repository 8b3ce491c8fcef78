"""``selaras show``: the tables of a run in terminals of every width, a row, an article, a sheet."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipeline.cli import COMMANDS
from pipeline.display.normal_form import figure, period
from pipeline.explanation import open_run
from pipeline.overview import Overview, Selection
from pipeline.overview.article import find_article, pieces
from pipeline.overview.fitting import GAP, Column, fitted, print_table
from pipeline.overview.sheet import cell, sheet
from pipeline.overview.show import show_article, show_overview, show_sheet
from pipeline.terminal import json_text, printable
from tests.conftest import ROOT, SAMPLE_STORIES, SAMPLES
from tests.test_command_line import said_here as selaras
from tests.test_explain import mention, row, write

BODY = "peoples-committee/nghe-an"
# What moves a cursor, sets a title, begins a command in one byte, turns the direction, ends a line.
HOSTILE = "\x1b[2J\x1b]0;x\x07\x9b31m\u202e\u2066\r\n\u2028[b]Kelab[/b]"


def shown(out: Path, width: int = 80, limit: int = 10, **chosen: Any) -> str:
    file = io.StringIO()
    with open_run(out) as reader:
        overview = Overview(reader, Selection(**chosen))
        show_overview(Console(file=file, width=width), overview, limit, filtered=bool(chosen))
    return file.getvalue()


def is_harmless(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


def test_the_run_its_counts_and_its_first_rows(sample_run: Path) -> None:
    said = shown(sample_run, 200)
    table = pd.read_parquet(sample_run / "table.parquet")
    assert f"{SAMPLES} articles, {SAMPLE_STORIES} stories" in said
    half = SAMPLES // 2
    assert f"ok  {SAMPLES}  (ms {half}, nl {half})" in said
    for kind, title in (("organisation", "Organisations"), ("reference", "References")):
        rows = table[table.kind == kind]
        assert f"{title}: {len(rows)}\n" in said
        assert all(i in said for i in rows.canonical_id.head(10) if len(i) < 30)
        assert f"… and {len(rows) - 10} more: --limit N" in said
    differing = table.agreement.isin(["conflict", "translation"])
    conflicts = table[differing | (table.check == "inconsistent")]
    part = said.partition(f"Conflicts: {len(conflicts)}\n")[2]
    for value, agreement in zip(conflicts.value, conflicts.agreement, strict=True):
        assert re.search(rf"\b{value:,.15g}(%| of [\d,]+|/[\d,]+)?  +{agreement}", part)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_tables_fit_and_name_what_they_have_no_room_for(sample_run: Path, width: int) -> None:
    said = shown(sample_run, width)
    tables = [t for t in said.split("\n\n") if "───" in t]
    assert len(tables) == 5
    known = set(pd.read_parquet(sample_run / "table.parquet").canonical_id)
    for line in "\n".join(tables).splitlines():
        beneath = line.startswith("  ") and line.strip() in known
        assert cell_len(line) <= width or beneath or line.startswith("One of them: ")
    assert ("No room at" in said) == (width < 200)
    assert "canonical_id" not in said.partition("No room at")[2].partition("\n")[0]


@pytest.mark.parametrize("width", [40, 80, 120, 200, 300])
def test_every_row_has_its_id_in_one_piece(sample_run: Path, width: int) -> None:
    table = pd.read_parquet(sample_run / "table.parquet")
    for kind in ("organisation", "reference", "statistic"):
        said = shown(sample_run, width, limit=1000, kinds=(kind,))
        words = set(said.partition("───\n")[2].split())
        assert set(table[table.kind == kind].canonical_id) <= words
    file = io.StringIO()
    with open_run(sample_run) as reader:
        found = find_article(reader, "nghe-an-council-science.ms.txt")
    assert found is not None
    show_article(Console(file=file, width=width), found)
    assert {m["canonical_id"] for m in found.mentions} <= set(file.getvalue().split())


def test_a_cell_without_an_id_has_no_line_beneath() -> None:
    columns = [
        Column("what", [Text("one"), Text("two"), Text("three")], 0),
        Column("id", [Text("a" * 50), Text(""), Text("b")], 1, beneath=True),
        Column("wide", [Text("c" * 50)] * 3, 2),
    ]
    file = io.StringIO()
    assert print_table(Console(file=file, width=20), columns) == ["wide"]
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines == ["what", "─" * 5, "one", f"  {'a' * 50}", "two", "three", "  b"]


def test_the_last_line_opens_one_of_the_rows_that_are_shown(tmp_path: Path) -> None:
    rows = [row("story-1/player/?=1 000", kind="statistic"), row("b", kind="statistic")]
    out = write(tmp_path / "the results", rows, [mention(r["canonical_id"]) for r in rows])
    for width in (40, 200):
        last = shown(out, width).splitlines()[-1]
        words = shlex.split(last.removeprefix("One of them: "))
        assert words == ["selaras", "show", str(out), "story-1/player/?=1 000"]
    assert "statistic  story-1/player/?=1 000" in selaras(*words[1:]).stdout


@given(
    st.lists(
        st.tuples(
            st.text("aà字 ", max_size=40),
            st.integers(0, 4),
            st.sampled_from([None, 3, 12]),
            st.booleans(),
        ),
        min_size=1,
        max_size=7,
    ),
    st.integers(20, 200),
)
def test_any_table_fits_any_terminal(
    cells: list[tuple[str, int, int | None, bool]], width: int
) -> None:
    columns = [
        Column(f"c{i}", [Text(text), Text("x")], rank, least, right)
        for i, (text, rank, least, right) in enumerate(cells)
    ]
    kept = fitted(columns, width)
    first = [c for c in columns if c.rank == min(c.rank for c in columns)]
    assert {id(c) for c in first} <= {id(c) for c, _ in kept}
    if sum(c.narrowest for c in first) + GAP * (len(first) - 1) <= width:
        assert sum(w for _, w in kept) + GAP * (len(kept) - 1) <= width
        file = io.StringIO()
        left_out = print_table(Console(file=file, width=width), columns)
        assert len(left_out) == len(columns) - len(kept)
        assert all(cell_len(line) <= width for line in file.getvalue().splitlines())


def ids(out: Path, *options: str) -> list[str]:
    done = selaras("show", out, "--json", "--limit", 1000, *options)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    return [r["canonical_id"] for kind, some in rows.items() if kind != "conflict" for r in some]


def test_rows_are_chosen_and_sorted(sample_run: Path) -> None:
    table = pd.read_parquet(sample_run / "table.parquet")

    def of(chosen: pd.Series) -> list[str]:
        return list(table[chosen].canonical_id)

    assert ids(sample_run) == list(table.canonical_id)
    assert ids(sample_run, "--kind", "reference") == of(table.kind == "reference")
    assert ids(sample_run, "--agreement", "conflict") == of(table.agreement == "conflict")
    assert ids(sample_run, "--unit", "party-member") == of(table.unit_id == "party-member")
    assert ids(sample_run, "--unit", "vnd") == of(table.currency == "VND")
    assert ids(sample_run, "--language", "nl") == of(table.nl.notna())
    found = ids(sample_run, "--search", "LẠNG  sơn")
    assert "education-and-training-department/lang-son" in found
    assert ids(sample_run, "--search", "quyet định khong co") == []
    dutch = ids(sample_run, "--search", "coooperatie".replace("ooo", "oö"))
    assert "cooperative/tan-binh-agriculture-services/vinh-long" in dutch
    for sort, ascending in (("value", False), ("-value", True)):
        given_ids = ids(sample_run, "--kind", "statistic", "--sort", sort)
        values = table.set_index("canonical_id").value[given_ids]
        assert list(values) == sorted(values, reverse=not ascending)
    labels = table.set_index("canonical_id").label[
        ids(sample_run, "--kind", "statistic", "--sort", "label")
    ]
    assert list(labels.dropna()) == sorted(labels.dropna())
    assert labels.notna().sum() == labels.isna().values.argmax()  # those without come last


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--sort", "mention"), "has no column 'mention'; it has: kind, canonical_id"),
        (("--language", "xx"), "has no language 'xx'; it has: ms, nl"),
        (
            ("--unit", "partymember"),
            "has no figures of 'partymember'; the nearest units: party-member,",
        ),
        (("--sheet", "partymember"), "the nearest units: party-member,"),
        (("peoples-comittee/nghe-an",), f"the nearest: {BODY}"),
        (("nghe-an-council-sciense.ms.txt",), "the nearest: nghe-an-council-science.ms.txt"),
        (("a\x1b[31m\u202e",), "no row of its table and no article of it is 'a [31m '"),
        (("x" * 5000,), "no row of its table"),
    ],
)
def test_what_is_not_there_is_one_line(
    sample_run: Path, options: tuple[str, ...], wanted: str
) -> None:
    done = selaras("show", sample_run, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert wanted in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 1500
    assert is_harmless(done.stderr)


def test_misuse(sample_run: Path, tmp_path: Path) -> None:
    assert "leave out" in selaras("show", sample_run, BODY, "--kind", "reference").stderr
    assert "leave out --unit" in selaras("show", sample_run, "--sheet", "x", "--unit", "y").stderr
    for words, wanted in (
        (("--sheet", "party-member", "--kind", "organisation"), "leave out --kind"),
        (("--sheet", "party-member", "--sort", "value"), "sorted by body or by one of its years"),
        (("--all",), "give --sheet UNIT too"),
    ):
        done = selaras("show", sample_run, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert wanted in done.stderr
    done = selaras("show", tmp_path)
    assert done.returncode == 2
    assert "holds no finished run" in done.stderr


def test_a_row_with_a_sentence_of_each_of_a_few_articles(sample_run: Path) -> None:
    said = selaras("show", sample_run, "57-NQ/TW").stdout
    table = pd.read_parquet(sample_run / "table.parquet").set_index("canonical_id")
    mentions = pd.read_parquet(sample_run / "mentions.parquet")
    own = mentions[mentions.canonical_id == "57-NQ/TW"]
    assert table.loc["57-NQ/TW", "label"] in said
    paths = re.findall(r"^  (\S+\.(?:txt|html)) ", said, re.M)
    assert len(paths) == len(set(paths)) == 4
    assert set(paths) <= set(own.path)
    assert said.count("[Resol") + said.count("[Keput") == 4
    assert "score 1:" not in said  # the reasons are those of explain
    assert f"… and {len(own) - 4} more mentions: selaras explain" in said
    as_json = json.loads(selaras("show", sample_run, "57-NQ/TW", "--json", "--limit", 3).stdout)
    assert len({m["path"] for m in as_json["rows"][0]["mentions"]}) == 3


def test_an_indicator_of_many_values_is_told_in_short(tmp_path: Path) -> None:
    said = {"kind": "statistic", "indicator_id": "player/count/kelab/2024"}
    rows = [row(f"i={n:02}", **said, value=float(n)) for n in range(30)]
    out = write(tmp_path / "out", rows, [mention(r["canonical_id"], **said) for r in rows])
    shown_rows = selaras("show", out, said["indicator_id"]).stdout
    assert shown_rows.count("statistic  i=") == 10
    assert f"… and 20 more values: selaras explain {out} {said['indicator_id']}" in shown_rows


def test_an_article_with_its_mentions_marked(sample_run: Path) -> None:
    path = "nghe-an-council-science.ms.txt"
    article = pd.read_parquet(sample_run / "articles.parquet").set_index("path").loc[path]
    mentions = pd.read_parquet(sample_run / "mentions.parquet")
    own = mentions[mentions.path == path].sort_values("start")
    said = selaras("show", sample_run, path).stdout
    text, _, forms = said.partition("as worded")
    marks = re.findall(r"\[([ORS])\d+ ([^\]\[]*)\]", text)
    assert [surface for _, surface in marks] == list(own.text)
    assert [letter for letter, _ in marks] == [kind[0].upper() for kind in own.kind]
    plain = re.sub(r"\[[ORS]\d+ ([^\]\[]*)\]", r"\1", text)
    for line in article.text.strip().splitlines():
        assert line in plain
    for identity in own[own.kind == "reference"].canonical_id:
        assert identity in forms
    for other in (f"corpus/articles/{path}", article.article_id):
        assert selaras("show", sample_run, other).stdout == said
    as_json = json.loads(selaras("show", sample_run, path, "--json").stdout)
    assert as_json["article"]["text"] == article.text
    assert [m["text"] for m in as_json["mentions"]] == list(own.text)


def test_an_article_that_was_not_read_says_why(tmp_path: Path) -> None:
    articles = [
        {"path": "a.txt", "text": "Kelab"},
        {"path": "b/c.txt", "status": "failed", "reason": "binary"},
        {
            "path": "d/c.txt",
            "status": "skipped",
            "reason": "duplicate of a.txt",
            "article_id": "a.txt",
        },
    ]
    out = write(tmp_path / "out", [row("x")], [mention("x", "a.txt")], articles)
    assert "failed: binary" in selaras("show", out, "b/c.txt").stdout
    copy = selaras("show", out, "d/c.txt").stdout
    assert "skipped: duplicate of a.txt" in copy
    assert "[O1" not in copy
    done = selaras("show", out, "c.txt")
    assert done.returncode == 2
    assert "several articles end so: b/c.txt, d/c.txt" in done.stderr
    overview = selaras("show", out).stdout
    assert "3 articles" in overview
    assert "failed b/c.txt: binary" in overview


def test_failures_are_counted_where_there_are_many(tmp_path: Path) -> None:
    bad = [{"path": f"{i:02}.txt", "status": "failed", "reason": "binary"} for i in range(40)]
    out = write(tmp_path / "out", [row("x")], [mention("x")], [{"path": "a.ms.txt"}, *bad])
    said = selaras("show", out).stdout
    assert said.count(": binary") == 5
    assert "… and 35 more" in said
    assert len(json.loads(selaras("show", out, "--json").stdout)["failures"]) == 10


SPANS = st.lists(st.tuples(st.integers(-2, 25), st.integers(-2, 25)), max_size=6)


@given(st.text(max_size=20), SPANS)
def test_pieces_are_the_text_and_every_mention_is_in_them(
    text: str, spans: list[tuple[int, int]]
) -> None:
    mentions = [{"start": a, "end": b} for a, b in spans]
    found = list(pieces(text, mentions))
    assert "".join(text[p.start : p.end] for p in found) == text
    opened = [i for p in found for i in p.opened]
    closed = [i for p in found for i in p.closed]
    real = [i for i, (a, b) in enumerate(spans) if max(a, 0) < min(b, len(text))]
    assert sorted(opened) == sorted(closed) == real
    for i in real:
        begun = next(p.start for p in found if i in p.opened)
        done = next(p.end for p in found if i in p.closed)
        assert (begun, done) == (max(spans[i][0], 0), min(spans[i][1], len(text)))


def figure_row(
    body: str | None, value: float, start: str | None, end: str | None, **more: Any
) -> dict[str, Any]:
    whose = body or "?"
    indicator = f"{'' if body else 'story-1/'}player/count/{whose}/{start}"
    said = {"kind": "statistic", "unit_id": "player", "organisation_id": body, "value": value}
    said |= {
        "period_start": start,
        "period_end": end,
        "indicator_id": indicator,
        "agreement": "single",
    }
    return row(f"{indicator}={value}", **(said | more))


def test_a_sheet_has_every_figure_in_one_cell(tmp_path: Path) -> None:
    year = ("2024-01-01", "2024-12-31")
    rows = [
        row("club/a", label="Club A"),
        figure_row("club/a", 40, *year, agreement="conflict"),
        figure_row("club/a", 50, *year, agreement="conflict"),
        figure_row("club/a", 41, "2025-06-30", "2025-06-30"),
        figure_row("club/a", 43, "2025-09-01", "2025-09-30"),
        figure_row("club/b", 7, "2021-01-01", "2023-12-31", qualifier="at_least"),
        figure_row(None, 3, None, None, value_kind="percentage", change="up"),
    ]
    out = write(tmp_path / "out", rows, [mention(r["canonical_id"]) for r in rows])
    said = selaras("show", out, "--sheet", "player", "--all").stdout
    assert "player: 6 figures of 2 bodies\n" in said
    assert "Left out" not in said
    head = next(line for line in said.splitlines() if line.startswith("body"))
    assert re.split(r"  +", head.strip()) == ["body", "2021–2023", "2024", "2025", "not said"]
    lines = said.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Club A"))
    at = head.index("2024")
    assert [lines[first + i][at:].split("  ")[0] for i in (0, 1)] == [
        "40 !conflict",
        "50 !conflict",
    ]
    assert "41 (06-30)" in lines[first]
    assert "43 (2025-09)" in lines[first + 1]
    assert "at least 7" in said
    assert re.fullmatch(r"not said +up 3%", lines[-1].strip())
    as_json = json.loads(selaras("show", out, "--sheet", "player", "--all", "--json").stdout)
    cells = {
        b["body"]: {p: [f["value"] for f in c] for p, c in b["figures"].items()}
        for b in as_json["bodies"]
    }
    assert cells == {
        "club/a": {"2024": [40, 50], "2025": [41, 43]},
        "club/b": {"2021–2023": [7]},
        None: {"not said": [3]},
    }
    one = selaras("show", out, "--sheet", "player", "--limit", 1).stdout
    assert "player: 4 figures of 1 body, of 2 in all" in one
    assert "… and 1 more body: --limit N" in one


def sorts_of_figures(tmp_path: Path) -> Path:
    """A level, a rise and every share of a body, and one of each of none."""
    year = ("2024-01-01", "2024-12-31")
    kinds: list[dict[str, Any]] = [
        {},
        {"change": "up"},
        {"value_kind": "percentage"},
        {"value_kind": "fraction"},
        {"value_kind": "ratio"},
    ]
    rows = [row("club/a", label="Club A")]
    for n, body in enumerate(("club/a", None)):
        rows += [figure_row(body, 10 * n + i, *year, **kind) for i, kind in enumerate(kinds)]
    rows.append(figure_row("club/shares", 50, *year, value_kind="percentage"))
    return write(tmp_path / "out", rows, [mention(r["canonical_id"]) for r in rows])


def test_a_sheet_is_of_levels_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    out = sorts_of_figures(tmp_path)
    said = selaras("show", out, "--sheet", "player").stdout
    assert "player: 1 figure of 1 body\n" in said
    assert said.endswith("Left out: 9 shares and changes, 1 figure that names no body: --all\n")
    as_json = json.loads(selaras("show", out, "--sheet", "player", "--json").stdout)
    assert [b["body"] for b in as_json["bodies"]] == ["club/a"]
    assert [f["value"] for f in as_json["bodies"][0]["figures"]["2024"]] == [0]
    assert as_json["left_out"] == {"shares_and_changes": 9, "no_body": 1}
    every = json.loads(selaras("show", out, "--sheet", "player", "--all", "--json").stdout)
    assert {b["body"]: len(b["figures"]["2024"]) for b in every["bodies"]} == {
        "club/a": 5,
        "club/shares": 1,
        None: 5,
    }
    assert (every["of"], every["left_out"]) == (2, {})


def test_a_sheet_is_sorted_by_body_or_year(tmp_path: Path) -> None:
    years = {y: (f"{y}-01-01", f"{y}-12-31") for y in (2023, 2024)}
    rows = [
        *(row(f"club/{key}", label=f"{name} club") for key, name in zip("abc", "ZÁm", strict=True)),
        figure_row("club/a", 9, *years[2023]),
        figure_row("club/a", 900, *years[2024]),
        figure_row("club/b", 1000, *years[2024]),
        figure_row("club/b", 1, *years[2024]),
        figure_row("club/c", 80, *years[2023]),
        figure_row(None, 5000, *years[2023]),
    ]
    out = write(tmp_path / "out", rows, [mention(r["canonical_id"]) for r in rows])

    def order(*options: str | int) -> list[str | None]:
        done = selaras("show", out, "--sheet", "player", "--json", *options)
        return [b["body"] for b in json.loads(done.stdout)["bodies"]]

    assert order("--sort", "2024") == ["club/b", "club/a", "club/c"]
    assert order("--sort", "-2024") == ["club/a", "club/b", "club/c"]
    assert order("--sort", "2023", "--limit", 1) == ["club/c"]
    assert order("--sort", "body") == ["club/b", "club/c", "club/a"]
    assert order("--sort", "-body", "--all") == ["club/a", "club/c", "club/b", None]
    done = selaras("show", out, "--sheet", "player", "--sort", "value")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "sorted by body or by one of its years, not by 'value'; it has: 2023, 2024" in done.stderr
    )


def test_bodies_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rows = [
        *(row(f"club/{key}", label="Club") for key in "ab"),
        row("club/c", label="Other club"),
        *(figure_row(f"club/{key}", 40, "2024-01-01", "2024-12-31") for key in "abc"),
    ]
    out = write(tmp_path / "out", rows, [mention(r["canonical_id"]) for r in rows])
    with open_run(out) as reader:
        found = sheet(Overview(reader, Selection(unit="player")), 10)
    assert [b.label for b in found.bodies] == ["Club (club/a)", "Club (club/b)", "Other club"]


@pytest.mark.parametrize("width", [30, 40, 80])
def test_years_without_room_come_below(tmp_path: Path, width: int) -> None:
    rows = [
        figure_row("club/a", 1_000_000 + y, f"{y}-01-01", f"{y}-12-31") for y in range(2000, 2025)
    ]
    out = write(tmp_path / "out", rows, [mention(r["canonical_id"]) for r in rows])
    file = io.StringIO()
    with open_run(out) as reader:
        found = sheet(Overview(reader, Selection(unit="player")), 10)
    show_sheet(Console(file=file, width=width), found, "player")
    said = file.getvalue()
    assert all(cell_len(line) <= width for line in said.splitlines())
    for y in range(2000, 2025):
        assert said.count(f"{1_000_000 + y:,}") == 1
        assert str(y) in said


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"value": 1702.0}, "1,702"),
        ({"value": 79.0, "of": 83.0}, "79 of 83"),
        ({"value": 2.0, "of": 3.0, "value_kind": "fraction"}, "2/3"),
        ({"value": 3.0, "to": 5.0, "value_kind": "percentage", "of": float("nan")}, "3–5%"),
        ({"value": float("nan")}, ""),
        ({"value": 5.0, "qualifier": "about", "change": "up"}, "up about 5"),
        ({"value": 36.9, "value_kind": "percentage", "qualifier": "at_least"}, "at least 36.9%"),
        ({"value": 3.0, "to": 5.0}, "3–5"),
        ({"value": 3.2e11, "currency": "VND", "change": "up"}, "up 320,000,000,000 VND"),
        ({"value": None}, ""),
    ],
)
def test_figures_are_worded(cells: dict[str, Any], wanted: str) -> None:
    assert figure(cells) == wanted


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2024-01-01", "2024-12-31", "2024"),
        ("2021-01-01", "2025-12-31", "2021–2025"),
        ("2024-02-01", "2024-02-29", "2024-02"),
        ("2023-02-01", "2023-02-27", "2023-02-01 to 2023-02-27"),
        ("2024-01-01", "2024-06-30", "2024-01 to 2024-06"),
        ("2024-09-17", "2024-09-17", "2024-09-17"),
        ("2024-12-31", "2025-01-01", "2024-12-31 to 2025-01-01"),
        ("9999-12-01", "9999-12-31", "9999-12-01 to 9999-12-31"),
        ("2024-12-31", None, ""),
        (float("nan"), "2024-12-31", ""),
    ],
)
def test_periods_are_worded(start: Any, end: Any, wanted: str) -> None:
    assert period({"period_start": start, "period_end": end}) == wanted


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2024-01-01", "2024-12-31", "7"),
        ("2024-09-17", "2024-09-17", "7 (09-17)"),
        ("2024-03-01", "2024-03-31", "7 (2024-03)"),
        ("2024-03-02", "2024-06-29", "7 (03-02 to 06-29)"),
        ("2023-03-02", "2024-06-29", "7 (2023-03-02 to 2024-06-29)"),
        (None, None, "7"),
    ],
)
def test_a_cell_says_when_in_the_year(start: str | None, end: str | None, wanted: str) -> None:
    assert cell({"value": 7.0, "period_start": start, "period_end": end}) == wanted


def hostile(tmp_path: Path) -> Path:
    """Results every text of which would take over a terminal."""
    said = {
        "label": HOSTILE,
        "ms": HOSTILE,
        "example": HOSTILE,
        "reason": HOSTILE,
        "check": HOSTILE,
    }
    rows = [
        row(f"x{HOSTILE}", **said),
        figure_row(f"club{HOSTILE}", 4, HOSTILE, HOSTILE, unit=HOSTILE, currency=HOSTILE, **said)
        | {"agreement": "conflict"},
    ]
    text = f"Kelab {HOSTILE} Alfa"
    mentions = [mention("x", f"{HOSTILE}.txt", text=text[:9], sentence=text, label=HOSTILE)]
    articles = [
        {
            "path": f"{HOSTILE}.txt",
            "article_id": "1",
            "text": text,
            "title": HOSTILE,
            "language": HOSTILE,
        },
        {"path": f"b{HOSTILE}", "status": "failed", "reason": HOSTILE},
    ]
    mentions[0]["article_id"] = "1"
    return write(tmp_path / "out", rows, mentions, articles)


def test_nothing_in_the_results_moves_the_terminal(tmp_path: Path) -> None:
    out = hostile(tmp_path)
    for words in ((), ("--sheet", "player"), ("1",), (f"x{HOSTILE}",), ("zzz",)):
        for more in ((), ("--json",)):
            done = selaras("show", out, *words, *more)
            assert is_harmless(done.stdout), (words, more)
            assert is_harmless(done.stderr), (words, more)
            assert done.stdout or done.returncode == 2
    for name in COMMANDS:
        done = selaras(name, f"--x{HOSTILE}")
        assert done.returncode == 2
        assert is_harmless(done.stderr)
    for words in (("detect", HOSTILE), ("extract", HOSTILE), ("explain", out, HOSTILE), (HOSTILE,)):
        done = selaras(*words)
        assert done.returncode == 2
        assert is_harmless(done.stdout + done.stderr)


def test_json_for_a_terminal_is_the_same_json() -> None:
    said = {"a": [HOSTILE, "Nghệ An", "\U000e0001", "\ud800", 1.5, None], "b": float("nan")}
    text = json_text(said, indent=2)
    assert is_harmless(text)
    assert "Nghệ An" in text
    assert json.loads(text) == said | {"b": None}
    assert json_text(["é"], ascii_only=True) == '["\\u00e9"]'
    assert printable("a\u202eb\u2069c\n") == "a b c "


def on_terminal(*words: str | Path, **said: str) -> bytes:
    """What a command writes to a terminal of its own."""
    pty = pytest.importorskip("pty")
    names = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TTY_COMPATIBLE")
    environment = {k: v for k, v in os.environ.items() if k not in names}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)} | said
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "pipeline", *map(str, words)]
    with subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environment
    ) as done:
        os.close(follower)
        found = b""
        while True:
            try:
                part = os.read(leader, 65_536)
            except OSError:  # Linux says so when the last writer has gone
                break
            if not part:
                break
            found += part
    os.close(leader)
    assert done.returncode == 0, found
    return found


@pytest.mark.parametrize(
    ("said", "options", "coloured"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"TERM": "dumb"}, (), False),
        ({"CLICOLOR": "0"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({}, ("--color", "never"), False),
    ],
)
def test_colours_on_a_terminal(
    sample_run: Path, said: dict[str, str], options: tuple[str, ...], coloured: bool
) -> None:
    path = "nghe-an-council-science.ms.txt"
    found = on_terminal("show", sample_run, path, *options, **said)
    assert (b"\x1b[" in found) == coloured
    assert (b"[O1 Majlis" in found) != coloured
    assert ("¹".encode() in found) == coloured


def test_colours_elsewhere(sample_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def coloured(*options: str) -> bool:
        # The runner of click takes colours out itself where it is asked for nothing else.
        return "\x1b[" in selaras("show", sample_run, BODY, *options).stdout

    assert not coloured()
    assert coloured("--color", "always")
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "1")
        assert coloured()
        assert not coloured("--color", "never")
        monkeypatch.setenv("NO_COLOR", "1")
        assert not coloured()
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.delenv(name)


def test_a_terminal_that_knows_few_letters_gets_what_it_can(sample_run: Path) -> None:
    for words in (("37-QĐ/TW",), ("37-QĐ/TW", "--json")):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "show", sample_run, *words],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 0, done.stderr
        text = done.stdout.decode("ascii")
        assert "37-Q\\u0110/TW" in text
    assert json.loads(text)["rows"][0]["row"]["canonical_id"] == "37-QĐ/TW"


def test_colour_and_brackets_mark_the_same(sample_run: Path) -> None:
    with open_run(sample_run) as reader:
        found = find_article(reader, "nghe-an-council-science.nl.txt")
    assert found is not None
    file = io.StringIO()
    show_article(Console(file=file, width=100, force_terminal=True, color_system="standard"), found)
    first = next(m for m in found.mentions if m["kind"] == "statistic")
    assert f"\x1b[1;4;33m{first['text']}\x1b[0m" in file.getvalue()


def test_many_rows_take_little_time(tmp_path: Path, sample_run: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("articles.parquet", "mentions.parquet", "run.json"):
        (out / name).write_bytes((sample_run / name).read_bytes())
    table = pq.read_table(sample_run / "table.parquet")
    some = pa.concat_tables([table] * 100)
    with pq.ParquetWriter(out / "table.parquet", table.schema) as file:
        for _ in range(10):
            file.write_table(some)
    began = time.process_time()
    said = shown(out, limit=10) + shown(out, search="nghe an") + shown(out, sort="value")
    assert time.process_time() - began < 10  # of all cores
    assert re.search(r"Statistics: \d{3},\d{3}\n", said)


def test_every_command_has_an_example_and_fits_80_columns() -> None:
    for name in ("", *COMMANDS):
        done = selaras(*([name] if name else []), "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80, name
        assert "..." not in done.stdout.partition("Commands:")[2].partition("Example")[0]


@pytest.mark.parametrize(
    ("typed", "meant"), [("shwo", "show"), ("Run", "run"), ("exprot", "export")]
)
def test_a_command_that_is_none_names_the_nearest(typed: str, meant: str) -> None:
    done = selaras(typed)
    assert done.returncode == 2
    assert f"No such command '{typed}'. Did you mean {meant}" in done.stderr
    assert "Did you mean" not in selaras("qqqq").stderr
    assert selaras().returncode == 2
