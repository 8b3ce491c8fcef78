"""``selaras export``: the results in other programs' formats, read back with those programs."""

from __future__ import annotations

import csv
import datetime
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import export, facts, records
from pipeline.cli import export as export_command
from pipeline.export import spreadsheet
from pipeline.export.results import Results
from pipeline.run import batch, outputs
from tests.conftest import FEW, ROOT
from tests.test_command_line import said_here

NAMES = ("table", "mentions", "articles")
TABLES = {"table": "things", "mentions": "mentions", "articles": "articles"}


@pytest.fixture(scope="module")
def made(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "made"
    done = said_here(
        "export", sample_run, "--format", "csv,jsonl,xlsx,sqlite,DuckDB", "--to", folder
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == sorted(str(p) for p in folder.iterdir())
    return folder


def rows_of(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / f"{name}.parquet").to_pylist()
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_in_every_format(sample_run: Path, made: Path, name: str) -> None:
    wanted = rows_of(sample_run, name)
    plain = [json.loads(json.dumps(row, default=str)) for row in wanted]
    lines = (made / f"{name}.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == plain
    with sqlite3.connect(made / "selaras.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {TABLES[name]}").fetchall()
    assert [dict(row) for row in found] == plain
    with duckdb.connect(str(made / "selaras.duckdb"), read_only=True) as connection:
        assert connection.sql(f"FROM {TABLES[name]}").to_arrow_table().to_pylist() == wanted
    with (made / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [row.keys() for row in cells] == [row.keys() for row in wanted]
    for row, given in zip(cells, wanted, strict=True):
        for column, value in given.items():
            if isinstance(value, float):
                assert float(row[column]) == value
            elif not isinstance(value, str):
                assert row[column] == ("" if value is None else str(value))


def test_the_table_as_csv_is_that_of_the_run(sample_run: Path, made: Path) -> None:
    assert (made / "table.csv").read_bytes() == (sample_run / "table.csv").read_bytes()


def test_a_workbook_has_a_sheet_for_each_kind(sample_run: Path, made: Path) -> None:
    book = openpyxl.load_workbook(made / "selaras.xlsx")
    assert book.sheetnames == ["Organisations", "Documents", "Figures", "Articles", "Columns"]
    results = Results(sample_run)
    for kind, title in spreadsheet._SHEETS.items():
        sheet = book[title]
        header = [cell.value for cell in sheet[1]]
        assert header == results.columns_of(kind)
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        wanted = [row for row in rows_of(sample_run, "table") if row["kind"] == kind]
        found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        assert found == [[row[name] for name in header] for row in wanted]
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(9 <= width <= 61 for width in widths)
    assert "value" in results.columns_of("statistic")
    assert not {"value", "reference_type"} & set(results.columns_of("organisation"))
    days = {row["published"] for row in rows_of(sample_run, "articles")}
    header = [cell.value for cell in book["Articles"][1]]
    column = header.index("published")
    shown = {row[column].value for row in book["Articles"].iter_rows(min_row=2)}
    assert {day.date() if day else None for day in shown} == days
    said = [[cell.value for cell in row] for row in book["Columns"].iter_rows(min_row=2)]
    assert {(sheet, column) for sheet, column, _ in said} == {
        (sheet.title, cell.value) for sheet in book.worksheets[:4] for cell in sheet[1]
    }
    assert all(meaning for _, _, meaning in said)


def test_every_column_has_a_meaning_and_no_other_has(sample_run: Path, made: Path) -> None:
    said = facts.data("columns")
    assert list(said["articles"]) == records.ARTICLE_SCHEMA.names
    assert set(said["mentions"]) == set(records.MENTION_SCHEMA.names)
    own = set(said["table"]) - {"<language>"}
    assert own <= set(records.table_schema([]).names) <= own | set(said["mentions"])
    with sqlite3.connect(made / "selaras.sqlite") as connection:
        rows = connection.execute('SELECT "table", name, meaning FROM columns').fetchall()
    schemas = {TABLES[name]: Results(sample_run).schema(name).names for name in NAMES}
    assert [row[:2] for row in rows] == [(t, c) for t, names in schemas.items() for c in names]
    assert all(meaning for _, _, meaning in rows)


def altered(sample_run: Path, out: Path, column: str, values: list[str]) -> Path:
    """A copy of a run whose table has other values in its first rows."""
    out.mkdir()
    for name in outputs.FILES:
        (out / name).write_bytes((sample_run / name).read_bytes())
    table = pq.read_table(out / "table.parquet")
    cells = values + table.column(column).to_pylist()[len(values) :]
    at = table.schema.get_field_index(column)
    pq.write_table(table.set_column(at, column, pa.array(cells)), out / "table.parquet")
    return out


@pytest.mark.parametrize("bad", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_run(sample_run: Path, tmp_path: Path, bad: str) -> None:
    out = altered(sample_run, tmp_path / "out", "example", [bad, "http://example.org/x"])
    export.export(out, tmp_path / "made", ["csv", "xlsx"])
    with (tmp_path / "made" / "table.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["example"] == f"'{bad}"
    book = openpyxl.load_workbook(tmp_path / "made" / "selaras.xlsx")
    cells = [c for sheet in book for row in sheet for c in row]
    (found,) = [c for c in cells if c.value == bad]
    assert found.data_type == "s"
    assert found.quotePrefix
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]


def test_what_a_sheet_cannot_hold_is_told_and_goes_on(
    sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "x" * 40_000
    out = altered(sample_run, tmp_path / "out", "example", [long])
    monkeypatch.setattr(spreadsheet, "_ROWS", 20)
    export.export(out, tmp_path / "made", ["xlsx", "csv"])
    book = openpyxl.load_workbook(tmp_path / "made" / "selaras.xlsx")
    assert book.sheetnames[:2] == ["Organisations", "Organisations 2"]
    kept = sum(sheet.max_row - 1 for sheet in book if sheet.title.startswith("Figures"))
    kinds = [row["kind"] for row in rows_of(out, "table")]
    assert kept == kinds.count("statistic")
    (cut,) = [c.value for s in book for row in s for c in row if str(c.value).startswith("xxx")]
    assert len(cut) == 32_767
    assert cut.endswith(" … [40,000 characters, cut for this sheet]")
    assert long in (tmp_path / "made" / "table.csv").read_text("utf-8")


def test_the_same_results_are_the_same_bytes(sample_run: Path, made: Path, tmp_path: Path) -> None:
    export.export(sample_run, tmp_path, list(export.FORMATS))
    again = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    before = {p.name: p.read_bytes() for p in made.iterdir()}
    differing = [name for name in before if again[name] != before[name]]
    assert differing == ["selaras.duckdb"]  # DuckDB gives each file a number of its own


def test_the_command_offers_every_format() -> None:
    assert set(export_command.FORMATS) == set(export.FORMATS)


def test_by_default_it_lies_beside_the_results(sample_run: Path, tmp_path: Path) -> None:
    out = altered(sample_run, tmp_path / "out", "example", [])
    other = tmp_path / "out-export" / "mine.txt"
    other.parent.mkdir()
    other.write_text("mine")
    done = said_here("export", out, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    names = sorted(p.name for p in other.parent.iterdir())
    assert names == ["articles.jsonl", "mentions.jsonl", "mine.txt", "table.jsonl"]
    assert said_here("run", "--help").returncode == 0
    outputs.check(out)  # a further run may be written there


@pytest.mark.parametrize("name", ["language=ms", "kind=organisation", "a*b", "a[b]"])
def test_no_folder_is_a_column_or_a_pattern(sample_run: Path, tmp_path: Path, name: str) -> None:
    """DuckDB takes ``language=ms`` in a path for a column, and ``*`` for any other name."""
    (tmp_path / name).mkdir()
    (tmp_path / "aXb").mkdir()
    altered(sample_run, tmp_path / "aXb" / "out", "example", [])
    out = altered(sample_run, tmp_path / name / "out", "example", [])
    wanted = (sample_run / "table.csv").read_bytes()
    assert said_here("table", out).returncode == 0
    assert (out / "table.csv").read_bytes() == wanted
    (made,) = export.export(out, tmp_path / name / "made", ["duckdb"])
    with duckdb.connect(str(made), read_only=True) as connection:
        for table, query in TABLES.items():
            found = connection.sql(f"FROM {query}").to_arrow_table().to_pylist()
            assert found == rows_of(sample_run, table)
    identity = rows_of(sample_run, "table")[0]["canonical_id"]
    said = [said_here("explain", folder, identity, "--json") for folder in (out, sample_run)]
    assert said[0].returncode == 0, said[0].stderr
    assert said[0].stdout == said[1].stdout


def test_a_run_in_a_folder_with_a_key_is_like_any_other(few_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "language=ms" / "out"
    batch.run_into(FEW, out, manner=batch.Manner(workers=1, isolated=False))
    assert (out / "table.csv").read_bytes() == (few_run / "table.csv").read_bytes()
    assert batch.run(FEW, out, workers=1).run["extracted"] == 0


def test_a_full_disk_is_one_line(sample_run: Path, tmp_path: Path) -> None:
    """Of each format; all in one process, to which every disk is full."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(sample_run), str(tmp_path), *export.FORMATS],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in said] == list(export.FORMATS)
    for line in said:
        assert "cannot be written to (" in line
        assert "make room or name another folder: --to" in line
        assert line.endswith(" [] []"), (
            "nothing is left, there or in the folder for what is passing"
        )


_FULL = """
import resource, signal, sys
from pathlib import Path
from pipeline.export import export
from pipeline.run.outputs import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))
results, folder = map(Path, sys.argv[1:3])
for name in sys.argv[3:]:
    to = folder / name
    try:
        export(results, to, [name])
    except OutputError as error:
        print(f"{name}: {error}", list(to.iterdir()), list((folder / "temporary").iterdir()))
"""


def _a_column_of(file: Path, name: str) -> int:
    """Where the bytes of a column begin that is not read before the export begins."""
    group = pq.read_metadata(file).row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    (at,) = [c.dictionary_page_offset for c in columns if c.path_in_schema == name]
    return int(at)


def test_damaged_results_are_not_the_fault_of_the_folder(sample_run: Path, tmp_path: Path) -> None:
    out = altered(sample_run, tmp_path / "out", "example", [])
    # The table is not read for the texts with their mentions.
    for name in ("table", "mentions"):
        data = bytearray((out / f"{name}.parquet").read_bytes())
        at = _a_column_of(out / f"{name}.parquet", "label")
        data[at : at + 200] = b"x" * 200
        (out / f"{name}.parquet").write_bytes(bytes(data))
    for name in export.FORMATS:
        with pytest.raises(outputs.OutputError, match="its files cannot be read"):
            export.export(out, tmp_path / "made", [name])


def test_the_folder_of_results_may_be_where_one_stands(
    sample_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = altered(sample_run, tmp_path / "out", "example", [])
    monkeypatch.chdir(out)
    assert said_here("export", ".", "--format", "csv").returncode == 0
    assert (tmp_path / "out-export" / "table.csv").exists()
    with pytest.raises(outputs.OutputError, match="say where the export shall go"):
        export.beside(Path("/"))


def test_values_that_a_sheet_has_no_word_for(sample_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    altered(sample_run, out, "example", ["😀" * 20_000])
    table = pq.read_table(out / "table.parquet")
    values = [float("inf"), float("nan"), *table.column("value").to_pylist()[2:]]
    at = table.schema.get_field_index("value")
    table = table.set_column(at, "value", pa.array(values, pa.float64()))
    kinds = ["statistic", "statistic", *table.column("kind").to_pylist()[2:]]
    pq.write_table(table.set_column(0, "kind", pa.array(kinds)), out / "table.parquet")
    articles = pq.read_table(out / "articles.parquet")
    days = [datetime.date(1850, 1, 1), *articles.column("published").to_pylist()[1:]]
    at = articles.schema.get_field_index("published")
    days_column = pa.array(days, pa.date32())
    pq.write_table(articles.set_column(at, "published", days_column), out / "articles.parquet")
    export.export(out, tmp_path / "made", ["xlsx", "jsonl"])
    book = openpyxl.load_workbook(tmp_path / "made" / "selaras.xlsx")
    cells = [c for sheet in book for row in sheet for c in row]
    assert {"inf", "nan", "1850-01-01"} <= {c.value for c in cells}
    assert not [c for c in cells if c.data_type in "fe"]
    (smile,) = [c.value for c in cells if str(c.value).startswith("😀")]
    assert len(smile.encode("utf-16-le")) // 2 in (32_766, 32_767)
    lines = (tmp_path / "made" / "table.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line, parse_constant=pytest.fail)["value"] for line in lines[:2]] == [
        None
    ] * 2


def test_bad_input_is_one_line(sample_run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    altered(sample_run, tmp_path / "run", "example", [])
    for said, wanted in (
        ([tmp_path / "none", "--format", "csv"], "holds no run"),
        ([sample_run, "--format", "pdf"], "'pdf' is none of csv, jsonl, xlsx, sqlite, duckdb"),
        ([sample_run, "--format", ","], "is none of csv"),
        ([sample_run, "--format", "csv", "--to", sample_run / "x"], "name another folder: --to"),
        ([sample_run, "--format", "csv", "--to", tmp_path / "file" / "x"], "cannot be written to"),
        ([sample_run, "--format", "csv", "--to", tmp_path / "run"], "holds the results of a run"),
    ):
        done = said_here("export", *said)
        assert done.returncode == 2
        assert wanted in done.stderr
        assert "Traceback" not in done.stderr
    assert {p.name for p in sample_run.iterdir()} == outputs.FILES
