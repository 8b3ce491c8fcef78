"""The mentions behind a row as a person reads them in a terminal, or a program as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pipeline.explanation import Reader, Row
from pipeline.records import table_schema
from pipeline.terminal import printable

_NONE = "–"
_AROUND = 300  # characters of a sentence to either side of a mention
_COUNTS = ("languages", "stories", "articles", "mentions", "score")
# What is said of every row, whether or not there is anything to say.
_ALWAYS = ("label", "agreement", "check", "reason")
# In the heading, in the counts, or shown with the mentions themselves.
_ELSEWHERE = frozenset({"kind", "canonical_id", *_ALWAYS, *_COUNTS, "example", "example_path"})
_KNOWN = frozenset(table_schema(()).names)


def _value(value: object) -> str:
    if value is None:
        return _NONE
    return f"{value:.15g}" if isinstance(value, float) else printable(str(value))


def line(console: Console, text: Text | str, indent: int = 0) -> None:
    """A line as it is: on a terminal wrapped behind its indent, else never."""
    said = Text(text) if isinstance(text, str) else text
    if console.is_terminal:
        console.print(Padding(said, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(said), soft_wrap=True)


def _sentence(mention: Row) -> Text:
    """The sentence with the mention in brackets, cut where it is very long."""
    sentence = mention["sentence"]
    start = min(max(mention["start"] - mention["sentence_start"], 0), len(sentence))
    end = min(max(mention["end"] - mention["sentence_start"], start), len(sentence))
    before, after = printable(sentence[:start]), printable(sentence[end:])
    text = Text("…" if len(before) > _AROUND else "")
    text.append(before[-_AROUND:])
    text.append(f"[{printable(sentence[start:end])}]", style="bold reverse")
    text.append(after[:_AROUND])
    text.append("…" if len(after) > _AROUND else "")
    return text


def show_row(console: Console, row: Row) -> None:
    """The values of a row: what it is, how sure, how worded, and all that it says besides."""
    heading = Text(printable(row["kind"]), style="dim")
    line(console, heading.append(f"  {printable(row['canonical_id'])}", style="bold not dim"))
    worded = [name for name in row if name not in _KNOWN]
    others = [
        name
        for name, value in row.items()
        if name not in (*_ELSEWHERE, *worded) and value is not None and value is not False
    ]
    named = [(name, _value(row[name])) for name in _ALWAYS]
    named.append(("counts", ", ".join(f"{name} {_value(row[name])}" for name in _COUNTS)))
    named += [(name, _value(row[name])) for name in (*worded, *others)]
    width = max(len(name) for name, _ in named) + 2
    for name, value in named:
        line(console, Text(f"{name:{width}}", style="dim").append(value, style="not dim"), 2)


def show_article(console: Console, mention: Row) -> None:
    """The article of a mention: path, language, day, story and title."""
    text = Text(printable(mention["path"]), style="bold")
    for name in ("language", "published", "story_id"):
        if name in mention:
            text.append(f"  {printable(mention[name])}", style="not bold")
    if "title" in mention:
        text.append(f"  {printable(mention['title'])}", style="not bold italic")
    line(console, text, 2)


def show_mention(console: Console, mention: Row) -> None:
    """The sentence of a mention, where it stands and why it is what it is."""
    line(console, _sentence(mention), 4)
    said = f"at {mention['start']}, score {_value(mention['score'])}"
    if mention.get("reason"):
        said += f": {printable(mention['reason'])}"
    line(console, Text(said, style="dim"), 6)


def show(console: Console, reader: Reader, rows: Iterable[Row], limit: int) -> None:
    """Each row with the first ``limit`` of its mentions, under their articles."""
    for i, row in enumerate(rows):
        if i:
            console.print()
        show_row(console, row)
        path, shown = None, 0
        for mention in reader.mentions(row, limit):
            if mention["path"] != path:
                path = mention["path"]
                console.print()
                show_article(console, mention)
            show_mention(console, mention)
            shown += 1
        if row["mentions"] > shown:
            line(console, f"… and {row['mentions'] - shown} more: --limit N", 2)


def _pieces(asked: str, reader: Reader, rows: Iterable[Row], limit: int | None) -> Iterator[str]:
    """A JSON object with the rows and their mentions, piece by piece."""

    def value(said: object) -> str:
        return json.dumps(said, ensure_ascii=False)

    yield f'{{"asked": {value(asked)}, "rows": ['
    for i, row in enumerate(rows):
        yield f'{"," if i else ""}\n {{"row": {value(row)},\n  "mentions": ['
        for j, mention in enumerate(reader.mentions(row, limit)):
            yield f"{',' if j else ''}\n   {value(mention)}"
        yield "]}"
    yield "]}\n"


def write_json(
    file: IO[str], asked: str, reader: Reader, rows: Iterable[Row], limit: int | None
) -> None:
    """Write rows and mentions as one JSON object, never all of them in memory."""
    file.writelines(_pieces(asked, reader, rows, limit))
