"""The folder of results: checked before a run, read back, written so that no file is ever half."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, table_schema
from pipeline.tabulate import merging, write_rows

ARTICLES, MENTIONS, TABLE = merging.ARTICLES, merging.MENTIONS, merging.TABLE
CSV, RUN = "table.csv", "run.json"
FILES = frozenset({ARTICLES, MENTIONS, TABLE, CSV, RUN})
_WORK = ".selaras-work"  # begins with a dot: no result, and nothing that a run reads
_ROWS_AT_ONCE = 16_384
# A cell that begins so is run as a formula by spreadsheets; an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = list[dict[str, Any]]


class OutputError(ValueError):
    """A folder of results that cannot be used; the message says what to do."""


def check(out: Path) -> None:
    """Make sure that results may be written to ``out``, before anything is.

    Raises ``OutputError`` when it is a file, holds something other than a run, or cannot be
    written to.
    """
    if out.is_file() or (out.exists() and not out.is_dir()):
        raise OutputError(f"{out}: is a file; name a folder for the results")
    if out.is_dir():
        try:
            # Names with a dot are left alone: viewers leave locks and thumbnails behind.
            strange = sorted(
                p.name for p in out.iterdir() if p.name not in FILES and not p.name.startswith(".")
            )
        except OSError as error:
            raise OutputError(f"{out}: cannot be listed: {error.strerror}") from error
        if strange:
            raise OutputError(
                f"{out}: already holds other things ({strange[0]!r}); name a new or empty folder"
            )
        if not os.access(out, os.W_OK):
            raise OutputError(f"{out}: cannot be written to; choose another folder")
        return
    ancestor = next(p for p in out.absolute().parents if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK):
        raise OutputError(f"{out}: cannot be made, {ancestor} is no folder that can be written to")


@contextmanager
def workplace(out: Path | None) -> Iterator[Path]:
    """A folder for files in the making, gone afterwards: inside ``out``, so that they can be put in
    place at once, or among the temporary ones. What a killed run left there is removed first."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="selaras-") as temporary:
            yield Path(temporary)
        return
    made = not out.exists()
    folder = out / _WORK
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made and not any(out.iterdir()):
            out.rmdir()


def _replace(path: Path, source: Path) -> None:
    """Put a finished file in place at once."""
    os.replace(source, path)


def read(out: Path) -> tuple[Rows, Rows]:
    """The rows of articles and mentions in ``out``.

    Raises ``OutputError`` when there are none, or when a stopped run left files that do not belong
    together.
    """
    try:
        articles: Rows = pq.read_table(out / ARTICLES, schema=ARTICLE_SCHEMA).to_pylist()
        mentions: Rows = pq.read_table(out / MENTIONS, schema=MENTION_SCHEMA).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(out, error) from error
    ok = {row["article_id"] for row in articles if row["status"] == "ok"}
    if not ok.issuperset(row["article_id"] for row in mentions):
        raise OutputError(_stopped(out))
    return articles, mentions


def _stopped(out: Path) -> str:
    return f"{out}: a run was stopped while writing here; run selaras run again"


def check_readable(out: Path) -> None:
    """Make sure that ``out`` holds articles and mentions that belong together.

    Raises ``OutputError`` as ``read`` does, without holding what it reads.
    """
    try:
        with pq.ParquetFile(out / ARTICLES) as file:
            ok = {
                article
                for batch in file.iter_batches(_ROWS_AT_ONCE, columns=["article_id", "status"])
                for article, status in zip(*(c.to_pylist() for c in batch.columns), strict=True)
                if status == "ok"
            }
        with pq.ParquetFile(out / MENTIONS) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=["article_id"]):
                if not ok.issuperset(batch.column(0).unique().to_pylist()):
                    raise OutputError(_stopped(out))
    except (OSError, KeyError, pa.ArrowException) as error:
        raise _unreadable(out, error) from error


def _unreadable(out: Path, error: Exception) -> OutputError:
    if isinstance(error, FileNotFoundError):
        missing = next((n for n in (ARTICLES, MENTIONS) if not (out / n).exists()), ARTICLES)
        return OutputError(f"{out}: holds no run ({missing} is missing); make one: selaras run")
    return OutputError(f"{out}: its files cannot be read: {error}")


def paths(out: Path) -> set[str]:
    """The paths of the articles in ``out``."""
    column = pq.read_table(out / ARTICLES, columns=["path"]).column("path")
    return set(column.to_pylist())


def read_table(out: Path, languages: Sequence[str]) -> Rows:
    """The rows of the table in ``out``. Raises ``OutputError`` when they cannot be read."""
    try:
        rows: Rows = pq.read_table(out / TABLE, schema=table_schema(languages)).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{out}: {TABLE} cannot be read: {error}") from error
    return rows


def read_run(out: Path) -> dict[str, Any]:
    """What ``run.json`` says, or nothing when there is none that can be read."""
    try:
        said = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def csv_text(frame: pd.DataFrame, header: bool = True) -> str:
    """A table as CSV: whole numbers without a point, no cell that a spreadsheet would run."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [
                f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
                for cell in safe[column]
            ]
    return safe.to_csv(index=False, header=header, lineterminator="\n", float_format="%.15g")


def write(
    out: Path,
    articles: Rows,
    mentions: Rows,
    table: Rows,
    languages: Sequence[str],
    run: dict[str, Any],
) -> None:
    """Write the five files of a run from its rows."""
    with workplace(out) as folder:
        write_rows(folder / ARTICLES, ARTICLE_SCHEMA, articles)
        write_rows(folder / MENTIONS, MENTION_SCHEMA, mentions)
        write_rows(folder / TABLE, table_schema(languages), table)
        put(out, folder, run)


def put(out: Path, folder: Path, run: dict[str, Any]) -> None:
    """Put the results in ``folder`` (articles, mentions and table as Parquet) in place in ``out``,
    with the table as CSV and with what ``run.json`` says.

    Everything is written before anything is replaced. ``run.json`` goes first and comes last: while
    it is there, the files beside it belong together.
    """
    with (
        (folder / CSV).open("w", encoding="utf-8", newline="") as sheet,
        pq.ParquetFile(folder / TABLE) as table,
    ):
        sheet.write(csv_text(table.schema_arrow.empty_table().to_pandas()))
        for batch in table.iter_batches(_ROWS_AT_ONCE):
            sheet.write(csv_text(batch.to_pandas(), header=False))
    said = json.dumps(run, ensure_ascii=False, indent=2) + "\n"
    (folder / RUN).write_text(said, encoding="utf-8", newline="\n")
    (out / RUN).unlink(missing_ok=True)
    for name in (ARTICLES, MENTIONS, TABLE, CSV, RUN):
        _replace(out / name, folder / name)
