"""Reader of the gold of language detection: which language each paragraph of an article is in.

A file ``NAME.CODE.txt`` has a paragraph a line, its language (ISO 639-1, or 639-3 where that has
none) before a tab, ``-`` for one in no language (names, figures, page furniture); empty lines stand
as they are. ``CODE`` is the language that most of it is in, ``und`` for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.gold import GoldError

NONE = "-"
_CODE = re.compile(r"[a-z]{2,3}|-")


@dataclass(frozen=True, slots=True)
class GoldParagraph:
    """A paragraph: its code points in the article, half-open, and its language."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class GoldText:
    """An article without its marks, its main language, and its paragraphs."""

    name: str
    language: str
    text: str
    paragraphs: tuple[GoldParagraph, ...]


def read(folder: Path) -> Iterator[GoldText]:
    """The articles of ``folder`` by name. Raises ``GoldError`` with file and line for a line that
    has no language."""
    for file in sorted(folder.glob("*.txt")):
        name, _, language = file.stem.rpartition(".")
        pieces, paragraphs, position = [], [], 0
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            code, tab, said = line.partition("\t")
            if line and not (tab and said.strip() and _CODE.fullmatch(code)):
                raise GoldError(f"{file}:{number}: a line is a language, a tab and a paragraph")
            if line:
                paragraphs.append(GoldParagraph(position, position + len(said), code))
            pieces.append(said)
            position += len(said) + 1
        yield GoldText(name, language, "\n".join(pieces), tuple(paragraphs))
