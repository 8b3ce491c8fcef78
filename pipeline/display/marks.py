"""A text with its mentions marked, as HTML that runs nothing and needs nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.display.normal_form import normal_form

# Translucent, so that they hold on light and on dark; the line tells them apart without colour.
STYLES = {
    "organisation": "background:rgba(38,132,255,.22);border-bottom:2px solid #2684ff",
    "reference": "background:rgba(232,139,0,.25);border-bottom:2px double #d97b00",
    "statistic": "background:rgba(30,160,90,.22);border-bottom:2px dotted #1ea05a",
}
_MARK = "color:inherit;border-radius:2px;padding:0 1px;"


def _opening(mention: Mapping[str, Any]) -> str:
    kind = str(mention["kind"])
    # A line of a title is a line; of what an article says nothing else may begin one.
    title = "\n".join(" ".join(line.split()) for line in normal_form(mention))
    style = f"{_MARK}{STYLES[kind]}"
    return f'<mark class="selaras-{kind}" style="{style}" title="{html.escape(title)}">'


def marked(text: str, mentions: Iterable[Mapping[str, Any]], start: int = 0) -> str:
    """``text`` as HTML in which each of ``mentions`` is a ``<mark>`` with its normal form as title.

    ``start`` is the offset (code points) in the article at which ``text`` begins: that of a
    sentence, of which only the mentions inside it are given. Marks inside one another are nested;
    of two that cross, the later is cut in two at the border.
    """
    inside = sorted(
        (m for m in mentions if m["start"] >= start and m["end"] <= start + len(text)),
        key=lambda m: (m["start"], -m["end"]),
    )
    pieces: list[str] = []
    open_marks: list[Mapping[str, Any]] = []
    at = 0

    def say(to: int) -> None:
        nonlocal at
        pieces.append(html.escape(text[at:to]))
        at = to

    def close(to: int) -> None:
        """Close every mark that ends at ``to`` or before; those it crosses open again behind."""
        while ends := [m["end"] - start for m in open_marks if m["end"] - start <= to]:
            end = min(ends)
            say(end)
            crossed = []
            while any(m["end"] - start == end for m in open_marks):
                mark = open_marks.pop()
                pieces.append("</mark>")
                if mark["end"] - start > end:
                    crossed.append(mark)
            for mark in reversed(crossed):
                pieces.append(_opening(mark))
                open_marks.append(mark)

    for mention in inside:
        close(mention["start"] - start)
        say(mention["start"] - start)
        pieces.append(_opening(mention))
        open_marks.append(mention)
    close(len(text))
    say(len(text))
    return "".join(pieces)


def legend(kinds: Sequence[str] = tuple(STYLES)) -> str:
    """Which mark is which, as one line of HTML."""
    return " ".join(
        f'<mark class="selaras-{kind}" style="{_MARK}{STYLES[kind]}">{html.escape(kind)}</mark>'
        for kind in kinds
    )
