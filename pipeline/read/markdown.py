"""A Markdown file to the text of its article, without the marks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from pipeline.read.files import Document, decode
from pipeline.read.said import NOTHING, Sidecar, from_cells

_LARGEST_FRONT_MATTER = 64_000
_DEEPEST = 10
_CELLS = " | "
_SPACES = re.compile(r" +(?=[ \n])")


def parse(data: bytes) -> Document:
    """The text of a Markdown file: its blocks with empty lines between, the rows of its tables.

    Title, date and address are those of its front matter; without them the title is its first
    heading of the first level. Raises ``Unreadable`` when it is no text.
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(front_matter_plugin)
    tokens = parser.parse(decode(data))
    said = NOTHING
    if tokens and tokens[0].type == "front_matter":
        said = _front_matter(tokens[0].content)
    text = "\n\n".join(_blocks(tokens))
    return Document(
        text + "\n" if text else "", said.title or _heading(tokens), said.published, said.source_url
    )


def _front_matter(text: str) -> Sidecar:
    """What the front matter says; nothing where it is no plain YAML mapping.

    An alias can make a few lines into gigabytes, deep nesting takes minutes to parse, and no front
    matter needs either.
    """
    if len(text) > _LARGEST_FRONT_MATTER:
        return NOTHING
    try:
        depth = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                return NOTHING
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return NOTHING
    if not isinstance(found, dict):
        return NOTHING
    return from_cells({str(name).strip().casefold(): value for name, value in found.items()})


def _heading(tokens: Sequence[Token]) -> str | None:
    for token, inside in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return " ".join(_inline(inside).split()) or None
    return None


def _blocks(tokens: Sequence[Token]) -> list[str]:
    """The text of each block, in order."""
    blocks: list[str] = []
    row: list[str] | None = None
    rows: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            rows.append(_CELLS.join(row or []))
            row = None
        elif token.type == "table_close":
            blocks.append("\n".join(rows))
            rows = []
        elif token.type == "inline":
            text = _inline(token)
            if row is not None:
                row.append(" ".join(text.split()))
            else:
                blocks.append(text)
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.strip("\n"))
        elif token.type == "html_block":
            blocks.append(_without_tags(token.content))
    return [block for block in blocks if block.strip()]


def _inline(token: Token) -> str:
    """The words of a paragraph. Lines that were wrapped are joined, broken ones stay."""
    pieces: list[str] = []
    for child in token.children or ():
        if child.type == "softbreak":
            pieces.append(" ")
        elif child.type == "hardbreak":
            pieces.append("\n")
        elif child.type == "html_inline":
            pieces.append("\n" if child.content.lower().startswith("<br") else "")
        elif child.type != "image":  # its words describe a picture, and stand nowhere on the page
            pieces.append(child.content)
    return _SPACES.sub("", "".join(pieces)).strip()


_ENDS_LINE = frozenset(("br", "p", "div", "li", "tr", "h1", "h2", "h3"))


def _without_tags(content: str) -> str:
    """The words in a block of HTML."""
    try:
        root: Any = html.fragment_fromstring(content, create_parent="div")
    except (ValueError, AssertionError, html.etree.LxmlError):
        return ""
    lines = (" ".join(line.split()) for line in "".join(_words(root)).splitlines())
    return "\n".join(line for line in lines if line)


def _words(element: Any) -> Iterator[str]:
    """The text in an element. The tree is only read: it may hold signs that lxml does not take."""
    if not isinstance(element.tag, str) or element.tag in ("script", "style"):
        return
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield "\n" if child.tag in _ENDS_LINE else ""
        yield child.tail or ""
