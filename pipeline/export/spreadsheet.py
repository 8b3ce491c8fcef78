"""A workbook: a sheet for each kind of thing, the articles, and what the columns mean."""

from __future__ import annotations

import datetime
import math
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.export.results import Results
from pipeline.run.outputs import FORMULA, WRITTEN

# Excel's own limits: rows of a sheet, characters of a cell.
_ROWS, _CELL = 1_048_576, 32_767
_FIRST_YEAR = 1900
_A3 = 8
_WIDEST, _NARROWEST = 60, 9  # characters
_SHEETS = {
    "organisation": "Organisations",
    "reference": "Documents",
    "statistic": "Figures",
}
_OF_ARTICLES = ("text", "input_digest", "article_id")  # that no reader of a sheet looks for


def xlsx(results: Results, folder: Path) -> None:
    """``selaras.xlsx``: headers frozen and filtered, numbers and days as such, no formula, no link.

    What is more than a sheet or a cell can hold goes on in the next sheet, or is cut with a note
    that says so; the other formats have it whole.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
    }
    # Sheets are put together in files beside the book, where there is room for it.
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        book = Workbook(str(folder / "selaras.xlsx"), options | {"tmpdir": temporary})
        book.set_properties({"title": "Selaras", "created": WRITTEN})
        look = _Look(book)
        for kind, title in _SHEETS.items():
            columns = results.columns_of(kind)
            rows = (row for row in results.rows("table") if row["kind"] == kind)
            _write(book, look, title, columns, rows)
        columns = [n for n in results.schema("articles").names if n not in _OF_ARTICLES]
        _write(book, look, "Articles", columns, results.rows("articles"))
        _write(book, look, "Columns", ["sheet", "column", "meaning"], _meanings(results))
        book.close()


def _meanings(results: Results) -> Iterable[dict[str, str]]:
    shown = {title: ("table", results.columns_of(kind)) for kind, title in _SHEETS.items()}
    articles = [n for n in results.schema("articles").names if n not in _OF_ARTICLES]
    shown["Articles"] = ("articles", articles)
    for title, (name, columns) in shown.items():
        for column in columns:
            meaning = results.meanings[name][column]
            yield {"sheet": title, "column": column, "meaning": meaning}


class _Look:
    """How cells look."""

    def __init__(self, book: Workbook) -> None:
        self.header: Format = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.plain: Format = book.add_format({"valign": "top"})
        # Shown with the mark of a text, it stays one when the cell is edited.
        self.text: Format = book.add_format({"valign": "top", "quote_prefix": True})
        self.day: Format = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})


def _write(
    book: Workbook, look: _Look, title: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]
) -> None:
    """One sheet, and as many more as its rows need."""
    sheet, at, number = _sheet(book, look, title, columns), 1, 1
    widths = [len(name) for name in columns]
    for row in rows:
        if at == _ROWS:
            _finish(sheet, at, widths)
            number += 1
            sheet, at = _sheet(book, look, f"{title} {number}", columns), 1
        for column, name in enumerate(columns):
            widths[column] = max(widths[column], _cell(sheet, look, at, column, row[name]))
        at += 1
    _finish(sheet, at, widths)


def _sheet(book: Workbook, look: _Look, title: str, columns: Sequence[str]) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)  # as wide as a page, as long as it is
    sheet.repeat_rows(0)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, look.header)
    return sheet


def _finish(sheet: Worksheet, rows: int, widths: Sequence[int]) -> None:
    sheet.autofilter(0, 0, rows - 1, len(widths) - 1)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, width + 2)))


def _cell(sheet: Worksheet, look: _Look, row: int, column: int, value: Any) -> int:
    """Write one value; gives how wide it is."""
    if value is None:
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look.plain)
        return 5
    if isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(row, column, value, look.plain)
        return len(f"{value:g}")
    if isinstance(value, datetime.date) and value.year >= _FIRST_YEAR:
        sheet.write_datetime(row, column, value, look.day)
        return 10
    text = _fitting(str(value))
    sheet.write_string(row, column, text, look.text if text.startswith(FORMULA) else look.plain)
    return max(map(len, text.split("\n")))


def _fitting(text: str) -> str:
    """A text that a cell can hold, which counts in UTF-16."""
    coded = text.encode("utf-16-le")
    if len(coded) <= 2 * _CELL:
        return text
    note = f" … [{len(text):,} characters, cut for this sheet]"
    return coded[: 2 * (_CELL - len(note))].decode("utf-16-le", "ignore") + note
