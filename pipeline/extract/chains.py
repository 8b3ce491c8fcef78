"""Figures and dates of one sentence that take turns: which of the dates each figure has.

``742 in 2021, 768 in 2022 en 795 in 2023`` has each figure before its date, ``in 2021 742, in 2022
768`` behind it; ``in 2021 en 2022 respectievelijk 742 en 768`` has two lists of one order. What
takes no such turns is paired with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

# Characters between a figure and its date, and between a date or a list and what goes with it.
_BEFORE_DATE, _BEHIND_DATE, _BESIDE = 30, 60, 100
_MANY = 40  # of figures and dates above which it is a table

Span = tuple[int, int]


class _Item(NamedTuple):
    """A figure or a date: where it stands, and the how manieth of its sort it is."""

    start: int
    end: int
    is_date: bool
    number: int


class ListWords(NamedTuple):
    """``between``: what may stand between two of a list; ``respectively``: what says that two lists
    are of one order."""

    between: re.Pattern[str]
    respectively: re.Pattern[str]


def paired(
    text: str, words: ListWords, figures: Iterable[Span], dates: Iterable[Span]
) -> tuple[Mapping[int, int], bool]:
    """For each figure that has one, its date, both by their number in what is given; and whether
    they stand in lists.

    ``text`` is a clause in lower case, into which the spans point. Two dates at least take turns.
    """
    items = sorted(
        [_Item(*span, is_date=False, number=n) for n, span in enumerate(figures)]
        + [_Item(*span, is_date=True, number=n) for n, span in enumerate(dates)]
    )
    runs = [list(run) for _, run in groupby(items, key=lambda item: item.is_date)]
    if len(items) > _MANY or sum(item.is_date for item in items) < 2:
        return {}, False
    if len(runs) == 2:
        return _listed(text, words, *runs), True
    return _in_turns(text, runs), False


def _listed(
    text: str, words: ListWords, first: Sequence[_Item], second: Sequence[_Item]
) -> dict[int, int]:
    def bare(run: Sequence[_Item]) -> bool:
        gaps = [(one.end, other.start) for one, other in pairwise(run)]
        return all(words.between.fullmatch(text, *gap) for gap in gaps)

    dates, figures = (first, second) if first[0].is_date else (second, first)
    one_order = bare(figures) or words.respectively.search(text) is not None
    near = second[0].start - first[-1].end <= _BESIDE
    if len(first) != len(second) or not (one_order and near and bare(dates)):
        return {}
    return {f.number: d.number for f, d in zip(figures, dates, strict=True)}


def _in_turns(text: str, runs: Sequence[Sequence[_Item]]) -> dict[int, int]:
    """Each date alone between figures, all behind theirs or all before them.

    A figure that a comma parts from the one beside its date is left alone: "12 in 2021, waarvan 3
    vrouwen, en 15 in 2022".
    """
    if len(runs) % 2 or any(len(run) > 1 for run in runs if run[0].is_date):
        return {}
    found: dict[int, int] = {}
    for first, second in zip(runs[::2], runs[1::2], strict=True):
        behind = second[0].is_date
        (date,) = second if behind else first
        for n, figure in enumerate(first if behind else second):
            if behind:
                last = first[-1]
                near = date.start - last.end <= _BEFORE_DATE and (
                    n == len(first) - 1
                    or (
                        date.start - figure.end <= _BEHIND_DATE
                        and "," not in text[figure.end : last.start]
                    )
                )
            else:
                near = figure.start - date.end <= (_BESIDE if n else _BEHIND_DATE)
            if near:
                found[figure.number] = date.number
    return found
