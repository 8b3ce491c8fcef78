"""The kinds of files that are read. A new kind is one line here, and one function in a module.

An article's function is ``parse(data) -> Document``; that of a file that holds several articles is
``unpack(stream, opening) -> Iterator[Piece]`` (``pipeline.read.pieces``). Either raises
``Unreadable`` with a reason. The modules are imported when the first file of their kind is met, so
that a folder of plain text loads none of their libraries.
"""

from __future__ import annotations

import functools
import importlib
import posixpath
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its endings, and the function that reads it as ``module:name``.

    ``many`` is whether it holds articles instead of being one. ``whole`` is whether it can only be
    read from a place that can be gone back to: inside an archive it is held in memory.
    """

    endings: tuple[str, ...]
    function: str
    many: bool = False
    whole: bool = False

    def load(self) -> Any:
        """The function, its module imported."""
        module, _, name = self.function.partition(":")
        return getattr(importlib.import_module(f"pipeline.read.{module}"), name)


FORMATS = (
    Format((".txt", ".text"), "files:parse"),
    Format((".html", ".htm", ".xhtml"), "pages:parse"),
    Format((".md", ".markdown"), "markdown:parse"),
    Format((".pdf",), "pdf:parse"),
    Format((".docx",), "word:parse"),
    Format((".epub",), "epub:unpack", many=True, whole=True),
    Format((".zip",), "archives:unpack_zip", many=True, whole=True),
    Format((".tar",), "archives:unpack_tar", many=True),
    Format((".jsonl", ".ndjson"), "tables:unpack_jsonl", many=True),
    Format((".json",), "tables:unpack_json", many=True),
    Format((".csv", ".tsv"), "tables:unpack_csv", many=True),
    Format((".parquet",), "parquet:unpack", many=True, whole=True),
)
# Endings of files that were packed as they are, each with the module of the standard library.
COMPRESSIONS = {".gz": "gzip:GzipFile", ".bz2": "bz2:BZ2File", ".xz": "lzma:LZMAFile"}
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".tbz": ".tar.bz2", ".txz": ".tar.xz"}

# Lists of saved pages: looked for when files are discovered, and no article themselves.
SITEMAPS = (".xml", ".xml.gz")

_OF_ENDING = {ending: kind for kind in FORMATS for ending in kind.endings}


def ending_of(name: str) -> str:
    """The ending of a file name in small letters (``.html``, ``.tar.gz``), or an empty text."""
    stem, ending = posixpath.splitext(name.lower())
    ending = _SHORT.get(ending, ending)
    if ending in COMPRESSIONS:
        return ending_of(stem) + ending
    return ending


def packed(ending: str) -> tuple[str, str | None]:
    """The ending of what was packed, and the compression: ``.tar.gz`` to ``.tar``, ``.gz``."""
    inner, last = posixpath.splitext(f"x{ending}")
    return (inner[1:], last) if last in COMPRESSIONS else (ending, None)


def of(ending: str) -> Format | None:
    """The kind of file with this ending, in small letters; ``None`` for one that is not read."""
    return _OF_ENDING.get(ending)


@functools.cache
def listed() -> str:
    """The kinds that are read, for messages: every ending, and what may be packed."""
    *first, last = COMPRESSIONS
    endings = (ending for kind in FORMATS for ending in kind.endings)
    packed_as = f"any of them packed as {', '.join(first)} or {last}"
    return ", ".join([*endings, f"{SITEMAPS[0]} of a sitemap", packed_as])


def not_read(ending: str) -> str:
    """The reason why a file with this ending is not read."""
    return f"{ending or 'no ending'}: not a kind of file that is read ({listed()})"
