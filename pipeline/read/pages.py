"""A saved page to the text of its article."""

from __future__ import annotations

import datetime
from typing import Any

import trafilatura
from lxml import etree

from pipeline.read.files import Document, Unreadable


def parse(data: bytes) -> Document:
    """The main text of an HTML page, without menus, and its title, date and address.

    Raises ``Unreadable`` for what is no page or has no main text.
    """
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
