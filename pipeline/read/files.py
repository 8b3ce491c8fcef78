"""One file to the text of its article, with what the page itself says about it."""

from __future__ import annotations

import datetime
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import charset_normalizer

TEXT_ENDINGS = frozenset({".txt", ".text"})
PAGE_ENDINGS = frozenset({".html", ".htm", ".xhtml"})
MAX_BYTES = 20_000_000

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


def _page(data: bytes) -> Document:
    """The main text of an HTML page, without menus, and its title, date and address."""
    import trafilatura  # slow to import, and folders of plain text never need it
    from lxml import etree

    try:
        page: Any = trafilatura.bare_extraction(
            data,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            # Only a date that the page states of itself; a day in its prose may be any.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (etree.LxmlError, ValueError, TypeError, RecursionError, AssertionError) as error:
        raise Unreadable(f"HTML that cannot be parsed: {error}") from error
    text = (page.text or "").strip() if page is not None else ""
    if page is None or not any(map(str.isalnum, text)):
        raise Unreadable("HTML with no main text (broken, or only menus and links)")
    try:
        published = datetime.date.fromisoformat(page.date) if page.date else None
    except ValueError:
        published = None
    return Document(text + "\n", page.title or None, published, page.url or None)


def read_bytes(data: bytes, ending: str) -> Document:
    """The article in ``data``, which came from a file with this ``ending`` (``.html``).

    Raises ``Unreadable`` with the reason for the file's row.
    """
    return _page(data) if ending.lower() in PAGE_ENDINGS else Document(decode(data))


def read(file: Path, *, named: bool = False, max_bytes: int = MAX_BYTES) -> Document:
    """The article in ``file``. A file that the user ``named`` is read as text whatever its ending.

    Raises ``Unreadable`` with the reason for the file's row: of a kind that is not read, no plain
    file, larger than ``max_bytes`` (it is never cut), not to be opened, or no text.
    """
    ending = file.suffix.lower()
    if ending not in TEXT_ENDINGS | PAGE_ENDINGS and not named and not file.is_dir():
        raise Unreadable(f"{ending or 'no ending'}: not a kind of file that is read (.txt, .html)")
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("a folder that cannot be listed")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not a plain file")
        if status.st_size > max_bytes:
            raise Unreadable(
                f"{status.st_size / 1e6:.0f} MB, over the limit of {max_bytes / 1e6:g} MB a file; "
                "split it into articles, or raise --max-megabytes"
            )
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}") from error
    return read_bytes(data, ending)
