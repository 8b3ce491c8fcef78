"""The text layer of a PDF to the text of its article: lines joined to paragraphs, as on no page."""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.read.files import Document, Unreadable
from pipeline.read.said import phrase

_MOST_PAGES = 5_000
# A hyphen at the end of a line, as PDFium gives it: in place of the line end.
_HYPHENS = (0xFFFE, 0x02, 0xAD)
_LINE_ENDS = (0x0A, 0x0D)
# So many lines from the top and the bottom of a page may be its header and footer, if they stand on
# so many of the pages: left and right pages can have different ones.
_EDGE_LINES = 3
_REPEATED = 0.4
_SAME_HEIGHT = 12.0  # points
# Of a text whose letters are not known, more than this part are signs that mean nothing.
_GARBLED = 0.3
# Gaps and letters that differ by less than this are alike.
_GAP = 1.3
_SIZE = 0.12
_INDENT = 0.8  # of the size of its letters

_NUMBER = re.compile(r"\d+")
_ITEM = re.compile(r"(?:[•▪●◦■*–—-]|\(?\d{1,2}[.)]|[a-z]\))\s")
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LAST_PART = re.compile(r"[^\W_]+$")
_FIRST_PART = re.compile(r"[^\W_]+")
_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|rtf|pdf|indd|qxd|pub|pptx?|xlsx?|html?|txt|tex|dvi)\b"
    r"|^Microsoft \w+ - |^untitled",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Line:
    """A line as it stands on a page; lengths are in points, heights from the bottom."""

    text: str
    left: float
    right: float
    height: float
    size: float
    first_word: float
    hyphen: bool


def parse(data: bytes) -> Document:
    """The text of all pages, without the headers, footers and numbers that repeat on them.

    Lines that were wrapped are joined to paragraphs, words that were divided to words. The day a
    file was made is not that of the article. Raises ``Unreadable`` for what is no PDF, is protected
    by a password or has no text layer.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("protected by a password; save it without one") from error
        raise Unreadable(f"broken or no .pdf file ({error})") from error
    try:
        if len(document) > _MOST_PAGES:
            raise Unreadable(f"more than {_MOST_PAGES:,} pages; split it into articles")
        pages, scans = [], 0
        for number in range(len(document)):
            lines, has_picture = _page(document, number)
            pages.append(lines)
            scans += not lines and has_picture
        title = phrase(document.get_metadata_value("Title"))
    except pdfium.PdfiumError as error:
        raise Unreadable(f"a PDF that cannot be read ({error})") from error
    finally:
        document.close()
    _check(pages, scans)
    paragraphs = list(_paragraphs(_without_furniture(pages), _words(pages)))
    if title is not None and (_FILE_NAME.search(title) or not any(map(str.isalpha, title))):
        title = None
    return Document("\n\n".join(paragraphs) + "\n" if paragraphs else "", title)


def _check(pages: Sequence[Sequence[_Line]], scans: int) -> None:
    """Raises ``Unreadable`` where pictures stand for the text, or signs that mean nothing."""
    if scans and 2 * scans > len(pages):
        which = "" if scans == len(pages) else f"{scans} of its {len(pages)} pages: "
        raise Unreadable(f"{which}a scan without a text layer; run OCR first")
    signs = [c for lines in pages for line in lines for c in line.text if not c.isspace()]
    strange = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc") for c in signs)
    if not any(map(str.isalnum, signs)) and not strange:
        raise Unreadable("a PDF without text")
    if strange > _GARBLED * len(signs):
        raise Unreadable("its text layer does not say which letters it has; run OCR first")


def _page(document: pdfium.PdfDocument, number: int) -> tuple[list[_Line], bool]:
    """The lines of a page in the order of its text, and whether it has a picture."""
    page = document[number]
    text_page = page.get_textpage()
    try:
        codes = [raw.FPDFText_GetUnicode(text_page, i) for i in range(text_page.count_chars())]
        lines = []
        begin = 0
        for at, code in enumerate([*codes, 0x0A]):
            if code in _LINE_ENDS or (code in _HYPHENS and at > begin):
                line = _line(text_page, codes, begin, at, code in _HYPHENS)
                if line is not None:
                    lines.append(line)
                begin = at + 1
        pictures = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)
        return lines, not lines and next(iter(pictures), None) is not None
    finally:
        text_page.close()
        page.close()


def _line(
    text_page: pdfium.PdfTextPage, codes: Sequence[int], begin: int, end: int, hyphen: bool
) -> _Line | None:
    """The line of the characters from ``begin`` to ``end``; ``None`` for an empty one."""
    seen = [i for i in range(begin, end) if not chr(codes[i]).isspace()]
    if not seen:
        return None
    text = "".join(map(chr, codes[begin:end]))
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    # Ligatures (ﬁ) are a matter of the typesetter.
    text = "".join(unicodedata.normalize("NFKC", c) if "ﬀ" <= c <= "ﬆ" else c for c in text)
    text = " ".join(text.replace("\0", "").split())
    if not hyphen and text.endswith("-") and text[-2:-1].isalnum():
        text, hyphen = text[:-1], True
    first, last = seen[0], seen[-1]
    left, bottom, _, top = text_page.get_charbox(first, loose=True)
    right = text_page.get_charbox(last, loose=True)[2]
    gap = next((i for i in range(first, end) if chr(codes[i]).isspace()), end)
    first_word = text_page.get_charbox(gap - 1, loose=True)[2] - left
    size = abs(top - bottom) or 1.0
    return _Line(text, left, right, bottom, size, first_word, hyphen)


def _without_furniture(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """The pages without the lines that stand at the edge of many of them in the same place."""
    downward = [sorted(lines, key=lambda line: -line.height) for lines in pages]
    heights: dict[str, list[float]] = {}
    for lines in downward:
        edge = [*lines[:_EDGE_LINES], *lines[_EDGE_LINES:][-_EDGE_LINES:]]
        for text, height in {_masked(line): line.height for line in edge}.items():
            heights.setdefault(text, []).append(height)
    enough = max(2, _REPEATED * sum(bool(lines) for lines in pages))
    repeated = {t: statistics.median(h) for t, h in heights.items() if len(h) >= enough}
    kept = []
    for lines, in_order in zip(downward, pages, strict=True):
        left_out = {
            id(line)
            for from_edge in (lines, lines[::-1])
            for line in from_edge[: _furniture(from_edge, repeated, _usual_gap(lines))]
        }
        kept.append([line for line in in_order if id(line) not in left_out])
    return kept


def _furniture(lines: Sequence[_Line], repeated: Mapping[str, float], gap: float) -> int:
    """How many of ``lines``, counted from an edge of the page, are no part of the article.

    The same words begin or end some pages by chance: a header stands apart from what follows it.
    """
    found = 0
    for count, line in enumerate(lines[:_EDGE_LINES], start=1):
        height = repeated.get(_masked(line))
        if height is None or abs(line.height - height) > _SAME_HEIGHT:
            break
        after = lines[count] if count < len(lines) else None
        if after is not None and (
            abs(line.height - after.height) > _GAP * gap + 1
            or abs(line.size - after.size) > _SIZE * after.size
            or not any(map(str.isalpha, line.text))
        ):
            found = count
    return found


def _masked(line: _Line) -> str:
    """The text of a line whatever the page number in it."""
    return _NUMBER.sub("#", line.text)


def _words(pages: Sequence[Sequence[_Line]]) -> frozenset[str]:
    """The words of the article that no line end divides: how it spells them."""
    return frozenset(
        word.casefold()
        for lines in pages
        for line in lines
        for word in _WORD.findall(line.text.rpartition(" ")[0] if line.hyphen else line.text)
    )


def _paragraphs(pages: Sequence[Sequence[_Line]], words: frozenset[str]) -> Iterator[str]:
    """The lines of all pages, joined where a paragraph was wrapped."""
    text, before = "", None
    gap, edge = 0.0, 0.0
    for lines in pages:
        next_gap = _usual_gap(lines)
        for at, line in enumerate(lines):
            if before is None:
                text = line.text
            elif _goes_on(before, line, gap, edge, new_page=at == 0):
                text = _joined(text, line.text, before.hyphen, words)
            else:
                yield text + ("-" if before.hyphen else "")
                text = line.text
            before, gap, edge = line, next_gap, _right_edge(line, lines)
    if before is not None:
        yield text + ("-" if before.hyphen else "")


def _usual_gap(lines: Sequence[_Line]) -> float:
    """How far one line of a page stands below the other, in most cases."""
    gaps = [a.height - b.height for a, b in itertools.pairwise(lines)]
    below = [gap for gap in gaps if gap > 1]
    return statistics.median_low(below) if below else 0.0


def _right_edge(line: _Line, lines: Sequence[_Line]) -> float:
    """Where the lines of its column end at most."""
    beside = (
        other.right
        for other in lines
        if min(line.right, other.right) - max(line.left, other.left)
        >= 0.5 * min(line.right - line.left, other.right - other.left)
    )
    return max(beside, default=line.right)  # turned text ends left of where it begins


def _goes_on(before: _Line, line: _Line, gap: float, edge: float, *, new_page: bool) -> bool:
    """Whether a line goes on with the paragraph of the one before it."""
    if abs(line.size - before.size) > _SIZE * before.size:
        return False
    if before.hyphen:
        return True
    down = before.height - line.height
    if not new_page and abs(down) < 0.3 * before.size:
        return True  # a gap in one line
    if _ITEM.match(line.text):
        return False
    # A line was wrapped when the next word had no room in it.
    if before.right + 0.25 * before.size + line.first_word < edge:
        return False
    if new_page or down < 0:  # another page or column
        return not _SENTENCE_END.search(before.text)
    return down <= _GAP * gap + 1 and line.left <= before.left + _INDENT * before.size


def _joined(text: str, following: str, hyphen: bool, words: frozenset[str]) -> str:
    """Two lines as one. A hyphen between them stays where the word is spelled with it."""
    if not hyphen:
        return f"{text} {following}"
    first, last = _LAST_PART.search(text), _FIRST_PART.match(following)
    if first is None or last is None:
        return f"{text}-{following}"
    a, b = first[0].casefold(), last[0].casefold()
    common = min(len(a), len(b))
    keep = (
        not last[0][0].islower()
        or not first[0][-1].isalpha()
        or (f"{a}-{b}" in words and a + b not in words)
        # Words said twice (kanak-kanak, berturut-turut) have a hyphen of their own.
        or (common >= 3 and a + b not in words and a[-common:] == b[:common])
    )
    return f"{text}{'-' if keep else ''}{following}"
