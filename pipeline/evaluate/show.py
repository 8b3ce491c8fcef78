"""Scores, errors and comparisons as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.evaluate import TOGETHER, Evaluation
from pipeline.evaluate.bootstrap import CONFIDENCE, RESAMPLES
from pipeline.evaluate.compare import SIDES, Comparison, Difference
from pipeline.evaluate.scores import ABOUT, ACROSS
from pipeline.terminal import counted, printable

_NONE = "–"
_AROUND = 60
_UNREAD_SHOWN = 10


def _line(console: Console, text: str) -> None:
    """One line as it is: no markup, no wrapping."""
    console.print(Text(printable(text)), soft_wrap=True)


def _heading(console: Console, title: str, number: int) -> None:
    console.print()
    _line(console, f"{title}: {number}")


def _table(*columns: str, left: int = 1) -> Table:
    """A table without vertical lines, its first ``left`` columns flush left."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i < left else "right", no_wrap=True)
    return table


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _between(bounds: list[float] | None) -> str:
    return _NONE if bounds is None else f"{bounds[0]:.3f}–{bounds[1]:.3f}"


def _score_rows(name: str, score: dict[str, Any]) -> list[tuple[str, ...]]:
    """The lines of one score: value, interval, precision, recall, and what they are made of."""
    intervals = score["intervals"]
    shares: list[tuple[str, ...]] = []
    if "accuracy" in score:
        value, bounds = _number(score["accuracy"]), _between(intervals["accuracy"])
        whole = score[ABOUT.get(name, "gold")]
        shares = [(f"{name}, share", value, bounds, "", "", "", "", str(whole))]
    if "f1" in score:
        if not score["predicted"] and not score["gold"]:
            return [*shares, (name, *[_NONE] * 4, "0", "0", "0")]
        counts = (str(score[part]) for part in ("hits", "predicted", "gold"))
        p = score["p"] if score["predicted"] else None
        r = score["r"] if score["gold"] else None
        return [
            *shares,
            (
                name,
                _number(score["f1"]),
                _between(intervals["f1"]),
                _number(p),
                _number(r),
                *counts,
            ),
        ]
    return shares or [
        (
            f"{name.removesuffix(' across')}, {part}",
            _number(score[part]),
            _between(intervals[part]),
            *["", "", "", "", str(score[whole])],
        )
        for part, whole in (("recall", "pairs"), ("precision", "made"))
    ]


def show_scores(console: Console, found: Evaluation) -> None:
    """A table per language and one together, and what was not read."""
    _line(
        console,
        f"{found.gold}: {counted(found.stories, 'story', 'stories')}, "
        f"{counted(found.articles, 'article')}; "
        f"{CONFIDENCE:.0%} intervals from {RESAMPLES} draws of the stories",
    )
    for code, scores in found.scores.items():
        together = code == TOGETHER
        title = "together" if together else code
        table = _table(title, "F1", "interval", "precision", "recall", "hits", "found", "gold")
        for name, score in scores.items():
            if isinstance(score, dict) and (together or name not in ACROSS):
                for row in _score_rows(name, score):
                    table.add_row(*row)
        console.print(table)
        if scores["offset mismatches"]:
            _line(console, f"{title}: {scores['offset mismatches']} mentions not at their offsets")
    if found.unread:
        _line(console, f"{len(found.unread)} articles were not read as what they are:")
        for path, reason in list(found.unread.items())[:_UNREAD_SHOWN]:
            _line(console, f"  {path}: {reason}")
        _more(console, len(found.unread) - _UNREAD_SHOWN)


def _more(console: Console, number: int) -> None:
    if number > 0:
        _line(console, f"  … and {number} more")


def show_errors(console: Console, found: Evaluation, shown: int) -> None:
    """``shown`` errors of each sort, one a line: where, what, expected, found, surroundings."""
    for sort, errors in found.errors.items():
        _heading(console, sort, len(errors))
        for error in errors[:shown]:
            said = [
                f"{verb} {what};"
                for verb, what in (("expected", error.expected), ("found", error.found))
                if what not in (None, error.text)
            ]
            place = f"{error.path}:{error.start}"
            _line(console, "  ".join(["", place, repr(error.text), *said, f"«{error.context}»"]))
        _more(console, len(errors) - shown)


def _context(d: Difference) -> str:
    """The sentence around a mention, the mention in brackets."""
    start = min(max(d.start - d.sentence_start, 0), len(d.sentence))
    end = min(max(d.end - d.sentence_start, start), len(d.sentence))
    before, after = d.sentence[:start], d.sentence[end:]
    return (
        ("…" if len(before) > _AROUND else "")
        + before[-_AROUND:]
        + f"[{d.sentence[start:end]}]"
        + after[:_AROUND]
        + ("…" if len(after) > _AROUND else "")
    )


def _value(value: object) -> str:
    if value is None:
        return _NONE
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _listed(
    console: Console, title: str, found: Sequence[Difference], limit: int, other: str = ""
) -> None:
    if not found:
        return
    _heading(console, title, len(found))
    for d in found[:limit]:
        said = "".join(
            f"  {column}: {_value(a)} → {_value(b)};" for column, (a, b) in d.changed.items()
        )
        if not d.changed:
            said = f"  {d.canonical_id or _NONE}"
        if d.instead:
            said += f"  {other} has {' | '.join(map(repr, d.instead))}"
        _line(console, f"  {d.path}:{d.start}  {d.kind} {d.text!r}{said}  «{_context(d)}»")
    _more(console, len(found) - limit)


def _paths(console: Console, title: str, paths: Sequence[str], limit: int) -> None:
    if paths:
        _heading(console, title, len(paths))
        for path in paths[:limit]:
            _line(console, f"  {path}")
        _more(console, len(paths) - limit)


def show_comparison(console: Console, found: Comparison, limit: int) -> None:
    """Counts by kind and language, then articles and mentions, ``limit`` of each list."""
    _line(console, f"{counted(found.common, 'article')} in both runs")
    table = _table("kind", "language", "same", "changed", "only A", "only B", left=2)
    for (kind, language), counts in found.counts.items():
        table.add_row(kind, language, *(str(counts[side]) for side in SIDES))
    if found.counts:
        console.print(table)
    for (kind, column), n in found.columns.items():
        _line(console, f"{kind} {column}: {n} changed")
    _paths(console, "articles only in A", found.only_articles_a, limit)
    _paths(console, "articles only in B", found.only_articles_b, limit)
    _paths(console, "articles with another text, not compared", found.other_text, limit)
    said = [
        f"{path}:"
        + "".join(f"  {name}: {_value(a)} → {_value(b)};" for name, (a, b) in values.items())
        for path, values in found.articles.items()
    ]
    _paths(console, "articles read differently", said, limit)
    _listed(console, "changed from A to B", found.changed, limit)
    _listed(console, "only in A", found.only_a, limit, other="B")
    _listed(console, "only in B", found.only_b, limit, other="A")
