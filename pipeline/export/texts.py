"""CSV and JSON Lines: a file for the table, the mentions and the articles each."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

from pipeline.export.results import NAMES, Results
from pipeline.run.outputs import csv_text


def csv(results: Results, folder: Path) -> None:
    """``table.csv``, ``mentions.csv``, ``articles.csv``; no cell is one that a spreadsheet runs."""
    for name in NAMES:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(csv_text(results.schema(name).empty_table().to_pandas()))
            for some in results.batches(name):
                file.write(csv_text(some.to_pandas(integer_object_nulls=True), header=False))


def jsonl(results: Results, folder: Path) -> None:
    """``table.jsonl`` and so on: one object a line, days in ISO 8601."""
    for name in NAMES:
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for row in results.rows(name):
                print(json.dumps(finite(row), ensure_ascii=False, default=_plain), file=file)


def finite(row: dict[str, Any]) -> dict[str, Any]:
    """``row`` with nulls for infinities and what is no number: JSON has no word for them."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}


def _plain(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
