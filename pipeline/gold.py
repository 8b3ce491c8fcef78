"""Reader of gold articles: plain text with inline tags, as ``corpus/gold`` holds them.

    <org key="health-department/ha-giang">Jabatan Kesihatan</org>

Tags never nest. ``&``, ``<`` and ``>`` of the article itself are written as entities.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path

_TAG = re.compile(r"<(/?)(org|ref|stat)((?:\s+[a-z]+=\"[^\"<>]*\")*)\s*>")
_ATTRIBUTE = re.compile(r"([a-z]+)=\"([^\"]*)\"")
_FILE = re.compile(r"^(?P<story>.+)\.(?P<language>[a-z]{2,3})\.txt$")


class GoldError(ValueError):
    """A gold file that breaks the format; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """One tagged span: ``type`` is ``org``, ``ref`` or ``stat``; offsets are code points."""

    type: str
    start: int
    end: int
    text: str
    attributes: dict[str, str] = field(hash=False)

    @property
    def optional(self) -> bool:
        """Whether a system may find it or leave it."""
        return "optional" in self.attributes


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """One gold article: its story, its language, its text without tags, its spans in order.

    ``path`` is where its file lies below the folder that was read, with ``/``.
    """

    story: str
    language: str
    text: str
    spans: tuple[GoldSpan, ...]
    path: str = ""


def parse(raw: str, name: str = "gold") -> tuple[str, tuple[GoldSpan, ...]]:
    """The text of ``raw`` without its tags, and its spans.

    Raises ``GoldError`` for a tag that nests, is left open or closes nothing.
    """
    pieces: list[str] = []
    spans: list[GoldSpan] = []
    length = position = 0
    opened: tuple[str, int, dict[str, str]] | None = None
    for match in _TAG.finditer(raw):
        piece = html.unescape(raw[position : match.start()])
        pieces.append(piece)
        length += len(piece)
        position = match.end()
        closing, kind, attributes = match.groups()
        if closing:
            if opened is None or opened[0] != kind:
                raise GoldError(f"{name}: </{kind}> at character {match.start()} closes nothing")
            text = "".join(pieces)[opened[1] : length]
            spans.append(GoldSpan(kind, opened[1], length, text, opened[2]))
            opened = None
        elif opened is not None:
            raise GoldError(f"{name}: <{kind}> at character {match.start()} inside <{opened[0]}>")
        else:
            said = {k: html.unescape(v) for k, v in _ATTRIBUTE.findall(attributes)}
            opened = kind, length, said
    if opened is not None:
        raise GoldError(f"{name}: <{opened[0]}> is never closed")
    pieces.append(html.unescape(raw[position:]))
    return "".join(pieces), tuple(spans)


def read(folder: Path, language: str | None = None) -> list[GoldArticle]:
    """The gold articles below ``folder``, sorted by path; those of one ``language`` if given.

    Raises ``GoldError`` for a file that is not named ``STORY.LANGUAGE.txt``, is no UTF-8 or breaks
    the format.
    """
    articles = []
    for path in sorted(folder.rglob("*.txt")):
        match = _FILE.match(path.name)
        if match is None:
            raise GoldError(f"{path}: a gold file is named STORY.LANGUAGE.txt")
        if language is None or match["language"] == language:
            try:
                raw = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise GoldError(f"{path}: is no UTF-8 text: {error}") from error
            text, spans = parse(raw, str(path))
            below = path.relative_to(folder).as_posix()
            articles.append(GoldArticle(match["story"], match["language"], text, spans, below))
    return articles
