"""What an article is once it is read, and its bytes to text."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import charset_normalizer

from pipeline.read import formats

MAX_BYTES = 20_000_000

# How zip archives (APPNOTE.TXT of PKWARE, 4.3.7) and old Office files ([MS-CFB], 2.2) begin.
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"  # OpenDocument 1.3, part 2, 3.3
_WORKBOOK = b"xl/workbook."  # the part that Excel writes, plain in the names of the archive

# What articles are saved in. UTF-16 without a byte-order mark and Windows-1252 are told apart
# from binary files by charset-normalizer, which measures how much of the result is plausible text.
_ENCODINGS = ["utf_8", "utf_16", "utf_16_le", "utf_16_be", "cp1252"]


class Unreadable(Exception):
    """A file that gives no article. The message is the reason that its row shows."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one article (``\\n`` line ends, no byte-order mark) and its page's metadata."""

    text: str
    title: str | None = None
    published: datetime.date | None = None
    source_url: str | None = None


def workbook(data: bytes) -> str | None:
    """What ``data`` is, where a table saved as CSV was asked for and this is a workbook (``an Excel
    workbook``) or another archive; ``None`` for what is neither."""
    if data.startswith(_ZIP):
        if _SPREADSHEET in data[:200]:  # its first member, never packed
            return "an OpenDocument spreadsheet"
        return "an Excel workbook" if _WORKBOOK in data else "a zip archive"
    return "an old Excel workbook" if data.startswith(_COMPOUND) else None


def decode(data: bytes) -> str:
    """Bytes to text. Raises ``Unreadable`` when they are no text in an encoding we know."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        match = charset_normalizer.from_bytes(data, cp_isolation=_ENCODINGS).best()
        if match is None:
            raise Unreadable(
                "not text in UTF-8, UTF-16 or Windows-1252 (a binary file?); save it as UTF-8 text"
            ) from None
        text = str(match).removeprefix("\ufeff")
    if "\0" in text:
        match = charset_normalizer.from_bytes(
            data, cp_isolation=["utf_16", "utf_16_le", "utf_16_be"]
        ).best()
        if match is None or "\0" in str(match):
            raise Unreadable("holds null bytes (a binary file?); save it as UTF-8 text")
        text = str(match).removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(data: bytes) -> Document:
    """The article in a file of plain text. Raises ``Unreadable`` when it is no text."""
    return Document(decode(data))


def read_bytes(data: bytes, ending: str) -> Document:
    """The article in ``data``, which came from a file with this ``ending`` (``.html``).

    What is of no known kind is read as plain text. Raises ``Unreadable`` with the reason for the
    file's row.
    """
    kind = formats.of(ending.lower())
    if kind is None:
        return parse(data)
    if kind.many:
        raise Unreadable(f"{ending}: holds articles and is none itself; selaras run reads them")
    found = kind.load()(data)
    assert isinstance(found, Document)
    return found
