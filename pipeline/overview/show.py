"""Overview, sheet and article as a person reads them in a terminal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.display.normal_form import figure, period
from pipeline.explanation import Row
from pipeline.explanation.show import line
from pipeline.overview.article import Marked, pieces, things
from pipeline.overview.fitting import GAP, Column, fitted, print_table
from pipeline.overview.reading import CONFLICTS, Overview
from pipeline.overview.sheet import Sheet, cell
from pipeline.terminal import counted, noun, printable

_FAILURES = 5
_UNKNOWN = "und"  # as ISO 639-2 calls a language that is not known
_LONGEST = 300  # characters of one cell
TITLES = {
    "organisation": "Organisations",
    "reference": "References",
    "statistic": "Statistics",
    CONFLICTS: "Conflicts",
}
_AGREEMENTS = ("single", "agree", "translation", "conflict")
_CHECKS = ("consistent", "inconsistent")
# What a reader looks for; it is shown besides, never by colour alone.
_STYLES = {
    "agree": "green",
    "consistent": "green",
    "translation": "yellow",
    "conflict": "bold red",
    "inconsistent": "bold red",
}
_KINDS = {
    "organisation": ("O", "green"),
    "reference": ("R", "cyan"),
    "statistic": ("S", "yellow"),
}
_ID = "canonical_id"
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def show_overview(console: Console, overview: Overview, limit: int, *, filtered: bool) -> None:
    """What the run was, counts, and the first ``limit`` rows of each kind."""
    if not filtered:
        _run(console, overview)
    counts = overview.counts()
    if not counts:
        line(console, "no rows" + (" are so: leave out an option" if filtered else ""))
        return
    _counts(console, counts)
    left_out = {}
    one = ""
    for section in overview.sections():
        size = overview.size(section)
        if not size or not limit:
            continue
        rows = overview.rows(section, limit)
        one = one or rows[0][_ID]
        console.print()
        line(console, Text(f"{TITLES[section]}: {size:,}", style="bold"))
        if missing := print_table(console, _columns(section, rows, overview.languages)):
            left_out[section] = missing
        if size > len(rows):
            line(console, Text(f"… and {size - len(rows):,} more: --limit N", style="dim"))
    if left_out:
        console.print()
        said = "; ".join(f"{TITLES[s].lower()}: {', '.join(n)}" for s, n in left_out.items())
        line(console, Text(f"No room at {console.width} columns for {said}", style="dim"))
    if one:
        how = printable(shlex.join(("selaras", "show", str(overview.reader.out), one)))
        # Unbroken: it is to be copied.
        console.print(Text(f"One of them: {how}", style="dim"), soft_wrap=True)


def _run(console: Console, overview: Overview) -> None:
    """What was read, and what was not."""
    run = overview.run
    title = Text(printable(str(overview.reader.out)), style="bold")
    version = (run.get("versions") or {}).get("selaras")
    inputs = ", ".join(printable(str(name)) for name in run.get("inputs") or ())
    said = [f"by selaras {printable(str(version))}"] if version else []
    said += [f"from {inputs[:_LONGEST]}{'…' if len(inputs) > _LONGEST else ''}"] if inputs else []
    line(console, title.append("".join(f"  {s}" for s in said), style="not bold dim"))
    articles = overview.articles()
    total = sum(row["articles"] for row in articles)
    stories = counted(overview.stories(), "story", "stories")
    line(console, f"{counted(total, 'article')}, {stories}")
    by_status: dict[str, list[Row]] = {}
    for row in articles:
        by_status.setdefault(row["status"], []).append(row)
    width = max(map(len, by_status), default=0)
    for status, rows in by_status.items():
        number = sum(row["articles"] for row in rows)
        languages = ", ".join(
            f"{printable(r['language'] or _UNKNOWN)} {r['articles']:,}" for r in rows
        )
        style = "" if status == "ok" else "red" if status == "failed" else "yellow"
        text = Text(f"{printable(status):{width}}  {number:,}  ", style=style)
        line(console, text.append(f"({languages})", style="not bold dim"), 2)
    unread = total - sum(row["articles"] for row in by_status.get("ok", ()))
    if unread:
        failures = overview.failures(_FAILURES)
        for row in failures:
            text = Text(f"{printable(row['status'])} {printable(row['path'])}: ")
            line(console, text.append(_cut(row["reason"] or ""), style="dim"), 2)
        if unread > len(failures):
            out = printable(str(overview.reader.out))
            line(console, f"… and {unread - len(failures):,} more, in {out}/articles.parquet", 2)
    console.print()


def _counts(console: Console, counts: Sequence[Row]) -> None:
    """A line for each kind: how many rows, how they agree, what their checks say."""
    cells: dict[str, Counter[str]] = {}
    for row in counts:
        of_kind = cells.setdefault(row["kind"], Counter())
        of_kind["rows"] += row["rows"]
        for column in ("agreement", "check"):
            if row[column] is not None:
                of_kind[row[column]] += row["rows"]
    known = ["rows", *_AGREEMENTS, *_CHECKS]
    others = sorted({name for c in cells.values() for name in c} - set(known))
    names = [n for n in (*known, *others) if any(c[n] for c in cells.values())]
    columns = [Column("kind", [Text(printable(kind)) for kind in cells], 0)]
    for name in names:
        # Contradictions are the last to go.
        rank = 1 if name == "rows" else 2 if _STYLES.get(name) == "bold red" else len(columns) + 3
        style = _STYLES.get(name, "")
        values = [
            Text(f"{c[name]:,}", style=style) if c[name] else Text("–", style="dim")
            for c in cells.values()
        ]
        columns.append(Column(printable(name), values, rank, right=True))
    if missing := print_table(console, columns):
        console.print(Text(f"No room for {', '.join(missing)}", style="dim"))


def _columns(section: str, rows: Sequence[Row], languages: Sequence[str]) -> list[Column]:
    """The columns of a section, the most telling first; those that say nothing are left out."""

    def text(value: object, style: str = "") -> Text:
        return Text(_cut("" if value is None else str(value)), style=style)

    def plain(name: str, rank: int, least: int | None, style: str = "") -> Column:
        return Column(name, [text(row[name], style) for row in rows], rank, least)

    def identity(rank: int, style: str = "") -> Column:
        # Whole, however long: it is what other commands ask for.
        cells = [Text(printable(str(row[_ID])), style=style) for row in rows]
        return Column(_ID, cells, rank, beneath=True)

    def stated(name: str, rank: int) -> Column:
        cells = [text(row[name], _STYLES.get(str(row[name]), "")) for row in rows]
        return Column(name, cells, rank)

    def count(name: str, rank: int) -> Column:
        return Column(name, [text(f"{row[name] or 0:,}") for row in rows], rank, right=True)

    names = [text(_called(row, languages)) for row in rows]
    values = [text(figure(row)) for row in rows]
    wordings = [plain(code, 6, 14) for code in languages]
    of_statistics = [
        Column("what", names, 0, 18),
        Column("value", values, 1, 16, right=True),
    ]
    shapes: dict[str, Callable[[], list[Column]]] = {
        "organisation": lambda: [
            Column("name", names, 0, 18),
            identity(5, "dim"),
            *wordings,
            count("stories", 4),
            count("mentions", 3),
        ],
        "reference": lambda: [
            identity(1),
            Column("name", names, 0, 18),
            plain("reference_date", 5, None),
            *wordings,
            count("stories", 4),
            count("mentions", 3),
        ],
        "statistic": lambda: [
            *of_statistics,
            Column("period", [text(period(row)) for row in rows], 8, None),
            stated("agreement", 3),
            stated("check", 4),
            *wordings,
            count("stories", 5),
            identity(9, "dim"),
        ],
        CONFLICTS: lambda: [
            *of_statistics,
            stated("agreement", 2),
            stated("check", 3),
            *wordings,
            plain("example_path", 5, 18),
            identity(9, "dim"),
        ],
    }
    columns = shapes[section]()
    return [c for c in columns if any(cell.plain for cell in c.cells)]


def _called(row: Row, languages: Sequence[str]) -> str:
    """The English name of a thing, or how a language words it."""
    for name in ("label", *languages, _ID):
        if row[name]:
            return str(row[name])
    return ""


def _cut(text: str) -> str:
    """A text for a cell; one that no table has room for is cut, and says so."""
    text = printable(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def show_sheet(console: Console, found: Sheet, unit: str) -> None:
    """Bodies by years; years that there is no room for come in further tables below."""
    figures = sum(len(rows) for body in found.bodies for rows in body.cells.values())
    known = sum(body.body is not None for body in found.bodies)
    title = f"{printable(unit)}: {counted(figures, 'figure')} of {counted(known, 'body', 'bodies')}"
    if found.bodies_in_all > known:
        title += f", of {found.bodies_in_all:,} in all"
    line(console, Text(title, style="bold"))
    names = Column("body", [Text(_cut(body.label)) for body in found.bodies], 0, 18)
    years = [
        Column(name, [_figures(body.cells.get(name, ())) for body in found.bodies], 1, 14)
        for name in found.periods
    ]
    while years and found.bodies:
        shown: list[Column] = []
        for column in years:  # as many as there is room for, the earliest first
            if shown and len(fitted([names, *shown, column], console.width)) < len(shown) + 2:
                break
            shown.append(column)
        if len(fitted([names, *shown], console.width)) < len(shown) + 1:
            # Not even one fits beside the names: there is room for both below each other only.
            names.least = max(1, console.width - GAP - shown[0].narrowest)
        console.print()
        print_table(console, [names, *shown])
        years = years[len(shown) :]
    if more := found.bodies_in_all - known:
        bodies = counted(more, "more body", "more bodies")
        line(console, Text(f"… and {bodies}: --limit N", style="dim"))
    others = found.left_out.get("shares_and_changes", 0)
    nobodys = found.left_out.get("no_body", 0)
    said = [counted(others, "share or change", "shares and changes")] if others else []
    said += [f"{counted(nobodys, 'figure')} that {noun(nobodys, 'names', 'name')} no body"] * bool(
        nobodys
    )
    if said:
        line(console, Text(f"Left out: {', '.join(said)}: --all", style="dim"))


def _figures(rows: Sequence[Row]) -> Text:
    """All values of a cell, one a line; those that contradict others say so."""
    said = Text()
    for i, row in enumerate(rows):
        marks = [row[name] for name in ("agreement", "check") if row[name] in _CONFLICTING]
        style = "bold red" if marks else ""
        said.append("\n" if i else "")
        said.append(cell(row), style=style)
        said.append("".join(f" !{mark}" for mark in marks), style=style)
    return said


_CONFLICTING = frozenset({"conflict", "translation", "inconsistent"})


def show_article(console: Console, found: Marked) -> None:
    """The text of an article with its mentions marked, and their normal forms beneath."""
    article = found.article
    heading = Text(printable(article["path"]), style="bold")
    for name in ("language", "published", "story_id", "article_id"):
        if article[name] is not None:
            heading.append(f"  {printable(str(article[name]))}", style="not bold dim")
    line(console, heading)
    if article["status"] != "ok":
        said = f"{printable(article['status'])}: {printable(article['reason'] or '')}"
        line(console, Text(said, style="red"))
    for name in ("title", "source_url"):
        if article[name]:
            line(console, Text(printable(article[name]), style="italic"))
    if not article["text"]:
        return
    console.print()
    numbers = {key: i for i, key in enumerate(things(found.mentions), start=1)}
    colour = console.color_system is not None and not console.no_color
    text = _marked(article["text"].rstrip("\n"), found.mentions, numbers, colour)
    for paragraph in text.split("\n", allow_blank=True):
        line(console, paragraph)
    if numbers:
        console.print()
        _normal_forms(console, found.mentions, numbers)


def _marked(text: str, mentions: Sequence[Row], numbers: dict[Any, int], colour: bool) -> Text:
    """The text with each mention in the colour of its kind and with its number, or, where there are
    no colours, in brackets with the letter of its kind: ``[O1 Jawatankuasa Rakyat]``."""
    marked = Text()
    for piece in pieces(text, mentions):
        style = "" if piece.mention is None else _style(mentions[piece.mention])
        if not colour:
            for i in piece.opened:
                marked.append(f"[{_letter(mentions[i])}{_number(mentions[i], numbers)} ")
        stretch = text[piece.start : piece.end]
        marked.append("\n".join(map(printable, stretch.split("\n"))), style=style)
        for i in piece.closed:
            if colour:
                number = str(_number(mentions[i], numbers)).translate(_SUPERSCRIPT)
                marked.append(number, style=f"not underline {_letter_style(mentions[i])}")
            else:
                marked.append("]")
    return marked


def _number(mention: Row, numbers: dict[Any, int]) -> int:
    return numbers[mention["kind"], mention[_ID]]


def _letter(mention: Row) -> str:
    return _KINDS.get(mention["kind"], ("?", ""))[0]


def _letter_style(mention: Row) -> str:
    return _KINDS.get(mention["kind"], ("?", ""))[1]


def _style(mention: Row) -> str:
    return f"bold underline {_letter_style(mention)}"


def _normal_forms(console: Console, mentions: Sequence[Row], numbers: dict[Any, int]) -> None:
    """What each mark stands for, in the order of the text."""
    found = list(things(mentions).items())
    marks, kinds, times, worded, forms, ids = (list[Text]() for _ in range(6))
    for key, some in found:
        first = some[0]
        style = _letter_style(first)
        marks.append(Text(f"{_letter(first)}{numbers[key]}", style=style))
        kinds.append(Text(printable(first["kind"]), style=style))
        times.append(Text(str(len(some))))
        worded.append(Text(_cut(first["text"])))
        said = (figure(first), period(first), first["label"])
        forms.append(Text(_cut("; ".join(part for part in said if part))))
        ids.append(Text(printable(first[_ID] or ""), style="dim"))
    columns = [
        Column("", marks, 0),
        Column("kind", kinds, 5),
        Column("as worded", worded, 2, 14),
        Column("normal form", forms, 1, 16),
        Column("times", times, 4, right=True),
        Column(_ID, ids, 6, beneath=True),
    ]
    if missing := print_table(console, columns):
        names = ", ".join(missing)
        line(console, Text(f"No room at {console.width} columns for {names}", style="dim"))
