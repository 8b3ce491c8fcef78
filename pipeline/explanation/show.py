"""The mentions behind a row as a person reads them in a terminal, or a program as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pipeline.explanation import Reader, Row
from pipeline.records import languages_of_table
from pipeline.terminal import counted, is_limited, json_text, printable

_NONE = "–"
_BRIEFLY = 10  # rows
_AROUND = 300  # characters of a sentence to either side of a mention
_COUNTS = ("languages", "stories", "articles", "mentions", "score")
# What is said of every row, whether or not there is anything to say.
_ALWAYS = ("label", "agreement", "check", "reason")
# In the heading, in the counts, or shown with the mentions themselves.
_ELSEWHERE = frozenset({"kind", "canonical_id", *_ALWAYS, *_COUNTS, "example", "example_path"})


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
    worded = languages_of_table(row)
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
        shown = 0
        for mention in _under_articles(console, reader.mentions(row, limit)):
            show_mention(console, mention)
            shown += 1
        if row["mentions"] > shown:
            line(console, f"… and {row['mentions'] - shown} more: --limit N", 2)


def show_briefly(console: Console, reader: Reader, rows: Sequence[Row], limit: int) -> None:
    """Each row with a sentence from each of its first ``limit`` articles, and nothing of how a
    mention came to its identity: what a thing is, where ``show`` says why it is so. Of an indicator
    with many values the first stand for all."""
    for i, row in enumerate(rows[:_BRIEFLY]):
        if i:
            console.print()
        show_row(console, row)
        shown = 0
        for mention in _under_articles(console, reader.mentions(row, limit, each=1)):
            line(console, _sentence(mention), 4)
            shown += 1
        if row["mentions"] > shown:
            how = _explain(reader, row["canonical_id"])
            console.print()
            more = counted(row["mentions"] - shown, "more mention")
            line(console, f"… and {more}: {how}", 2)
    if len(rows) > _BRIEFLY:
        how = _explain(reader, rows[0]["indicator_id"] or rows[0]["canonical_id"])
        console.print()
        line(console, f"… and {counted(len(rows) - _BRIEFLY, 'more value')}: {how}")


def _explain(reader: Reader, identity: str) -> str:
    """The command that says all."""
    words = ("selaras", "explain", str(reader.out), identity)
    return printable(shlex.join(words))


def _under_articles(console: Console, mentions: Iterable[Row]) -> Iterator[Row]:
    """The mentions, before each article its line."""
    path = None
    for mention in mentions:
        if mention["path"] != path:
            path = mention["path"]
            console.print()
            show_article(console, mention)
        yield mention


def _pieces(
    asked: str,
    reader: Reader,
    rows: Iterable[Row],
    limit: int | None,
    each: int | None,
    ascii_only: bool,
) -> Iterator[str]:
    """A JSON object with the rows and their mentions, piece by piece."""

    def value(said: object) -> str:
        return json_text(said, ascii_only=ascii_only)

    yield f'{{"asked": {value(asked)}, "rows": ['
    for i, row in enumerate(rows):
        yield f'{"," if i else ""}\n {{"row": {value(row)},\n  "mentions": ['
        for j, mention in enumerate(reader.mentions(row, limit, each=each)):
            yield f"{',' if j else ''}\n   {value(mention)}"
        yield "]}"
    yield "]}\n"


def write_json(
    file: IO[str],
    asked: str,
    reader: Reader,
    rows: Iterable[Row],
    limit: int | None,
    each: int | None = None,
) -> None:
    """Write rows and mentions as one JSON object, never all of them in memory; of an article the
    first ``each`` mentions."""
    file.writelines(_pieces(asked, reader, rows, limit, each, is_limited(file)))
