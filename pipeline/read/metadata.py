"""A sidecar table: what the user knows about the articles and their text does not say."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

from pipeline.read.discover import InputError
from pipeline.read.files import Unreadable, decode, workbook
from pipeline.read.said import Sidecar

COLUMNS = ("path", "title", "published", "source_url", "place")


def read_sidecar(file: Path) -> dict[str, Sidecar]:
    """The sidecar table ``file`` (CSV with a ``path`` column) by article path.

    Raises ``InputError`` when the file cannot be read, has no ``path`` column, names an article
    twice or holds a date that is not ISO 8601.
    """
    try:
        data = file.read_bytes()
        if kind := workbook(data):
            raise InputError(f"{file}: is {kind}: save the sheet as CSV (UTF-8)")
        text = decode(data)
        header = text.partition("\n")[0]
        separator = max(",;\t", key=header.count)  # spreadsheets write what their country uses
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except OSError as error:
        raise InputError(f"{file}: cannot be opened: {error.strerror or error}") from error
    except (csv.Error, Unreadable) as error:
        raise InputError(f"{file}: cannot be read as a CSV table: {error}") from error
    columns = [c.strip().lower() for c in rows[0]] if rows else []
    if "path" not in columns:
        raise InputError(f"{file}: has no 'path' column; its columns may be {', '.join(COLUMNS)}")
    found: dict[str, Sidecar] = {}
    for line, row in enumerate(rows[1:], start=2):
        said = dict(zip(columns, row, strict=False))
        cells = {k: v.strip() or None for k, v in said.items() if k in COLUMNS}
        path = cells.pop("path", None)
        if path is None:
            continue
        path = path.replace("\\", "/").removeprefix("./")
        if path in found:
            raise InputError(f"{file}: line {line}: {path} stands twice; keep one line of it")
        day = cells.pop("published", None)
        try:
            published = datetime.date.fromisoformat(day[:10]) if day else None
        except ValueError as error:
            raise InputError(
                f"{file}: line {line}: published={day!r} is no date; write it as 2024-05-19"
            ) from error
        found[path] = Sidecar(published=published, **cells)
    return found
