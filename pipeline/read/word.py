"""A Word file (.docx) to the text of its article."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from pipeline.read.files import Document, Unreadable
from pipeline.read.said import phrase

# Text in XML packs to a tenth or less; what unpacks to far more was made to.
_LARGEST_XML = 100_000_000
_LARGEST = 500_000_000
_MOST_PARTS = 10_000
_CELLS = " | "

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT_BOX = qn("w:txbxContent")
_WORDS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# What was deleted or moved away; settings; the second spelling of a drawing for old programs.
_LEFT_OUT = frozenset(
    {
        qn("w:del"),
        qn("w:moveFrom"),
        qn("w:pPr"),
        qn("w:rPr"),
        qn("w:sdtPr"),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)


def parse(data: bytes) -> Document:
    """The paragraphs and tables of a Word file in order, and the title in its properties.

    Insertions that nobody accepted yet belong to the text, deletions do not. The day a file was
    made is not that of the article. Raises ``Unreadable``.
    """
    _check(data)
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = [b for b in _blocks(document.element.body) if b.strip()]
        title = phrase(document.core_properties.title) or _title(document)
    except Exception as error:  # the library meets hostile files, and raises what it likes
        raise Unreadable(
            f"not a Word file that can be read ({type(error).__name__}: {error})"
        ) from error
    return Document("\n\n".join(blocks) + "\n" if blocks else "", title)


def _check(data: bytes) -> None:
    """Raises ``Unreadable`` for what is no zip archive, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise Unreadable("an old or protected Word file; save it as plain .docx") from error
        raise Unreadable(f"broken or no Word file ({error})") from error
    # No more is ever unpacked of a part than its header says.
    xml = sum(p.file_size for p in parts if p.filename.lower().endswith((".xml", ".rels")))
    if xml > _LARGEST_XML or sum(p.file_size for p in parts) > _LARGEST or len(parts) > _MOST_PARTS:
        raise Unreadable("unpacks to more than a Word file may; save its text as .txt")


def _blocks(parent: Any) -> Iterator[str]:
    """The text of each paragraph and table below an element, whatever lies between."""
    for element in parent.iterchildren(etree.Element):
        if element.tag == _PARAGRAPH:
            yield "".join(_words(element)).strip()
            for box in element.iter(_TEXT_BOX):
                if not any(above.tag in _LEFT_OUT for above in box.iterancestors()):
                    yield from _blocks(box)
        elif element.tag == _TABLE:
            rows = (_row(row) for row in element.iterdescendants(_ROW) if _table_of(row) is element)
            yield "\n".join(row for row in rows if row)
        elif element.tag not in _LEFT_OUT:
            yield from _blocks(element)


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(_TABLE))


def _row(row: Any) -> str:
    """The cells of a row, each in one line; a table inside a cell is part of it."""
    cells = [
        " ".join(" ".join(_blocks(cell)).split())
        for cell in row.iterdescendants(_CELL)
        if next(cell.iterancestors(_ROW)) is row
    ]
    return _CELLS.join(cells).rstrip() if any(cells) else ""


def _words(element: Any) -> Iterator[str]:
    """The words of a paragraph; a text box in it has paragraphs of its own."""
    for child in element.iterchildren(etree.Element):
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _WORDS:
            yield _WORDS[child.tag]
        elif child.tag not in _LEFT_OUT and child.tag != _TEXT_BOX:
            yield from _words(child)


def _title(document: Any) -> str | None:
    """The paragraph in the style of a title, which stands near the begin."""
    for paragraph in document.paragraphs[:10]:
        if paragraph.style is not None and paragraph.style.name == "Title":
            return phrase(paragraph.text)
    return None
