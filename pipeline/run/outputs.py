"""The folder of results: checked before a run, read back, written so that no file is ever half."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import ARTICLE_SCHEMA, MENTION_SCHEMA, table_schema

ARTICLES, MENTIONS, TABLE, CSV, RUN = (
    "articles.parquet",
    "mentions.parquet",
    "table.parquet",
    "table.csv",
    "run.json",
)
FILES = frozenset({ARTICLES, MENTIONS, TABLE, CSV, RUN})
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


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside ``path`` and put it in place at once."""
    part = path.with_name(f".{path.name}.part")
    write(part)
    os.replace(part, path)


def read(out: Path) -> tuple[Rows, Rows]:
    """The rows of articles and mentions in ``out``.

    Raises ``OutputError`` when there are none, or when a stopped run left files that do not belong
    together.
    """
    try:
        articles: Rows = pq.read_table(out / ARTICLES, schema=ARTICLE_SCHEMA).to_pylist()
        mentions: Rows = pq.read_table(out / MENTIONS, schema=MENTION_SCHEMA).to_pylist()
    except FileNotFoundError as error:
        missing = Path(str(error.filename or ARTICLES)).name
        raise OutputError(
            f"{out}: holds no run ({missing} is missing); make one: selaras run"
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{out}: its files cannot be read: {error}") from error
    ok = {row["article_id"] for row in articles if row["status"] == "ok"}
    if not ok.issuperset(row["article_id"] for row in mentions):
        raise OutputError(f"{out}: a run was stopped while writing here; run selaras run again")
    return articles, mentions


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


def csv_text(frame: pd.DataFrame) -> str:
    """A table as CSV: whole numbers without a point, no cell that a spreadsheet would run."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [
                f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
                for cell in safe[column]
            ]
    return safe.to_csv(index=False, lineterminator="\n", float_format="%.15g")


def write(
    out: Path,
    articles: Rows,
    mentions: Rows,
    table: Rows,
    languages: Sequence[str],
    run: dict[str, Any],
) -> None:
    """Write the five files of a run.

    ``run.json`` goes first and comes last: while it is there, the files beside it belong together.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / RUN).unlink(missing_ok=True)
    arrow = pa.Table.from_pylist(table, schema=table_schema(languages))

    def parquet(data: pa.Table) -> Callable[[Path], None]:
        return lambda path: pq.write_table(data, path, compression="zstd")

    _replace(out / ARTICLES, parquet(pa.Table.from_pylist(articles, schema=ARTICLE_SCHEMA)))
    _replace(out / MENTIONS, parquet(pa.Table.from_pylist(mentions, schema=MENTION_SCHEMA)))
    _replace(out / TABLE, parquet(arrow))
    text = csv_text(arrow.to_pandas())
    _replace(out / CSV, lambda path: _write_text(path, text))
    said = json.dumps(run, ensure_ascii=False, indent=2) + "\n"
    _replace(out / RUN, lambda path: _write_text(path, said))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
