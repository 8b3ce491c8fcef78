"""How far a score would swing with other stories: the percentile bootstrap over stories.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. Stories and not
sentences are drawn, for the mentions of one story resemble each other, and so do its translations.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Group = TypeVar("Group", bound=Hashable)

RESAMPLES = 1000
CONFIDENCE = 0.95
_SEED = 20240607
_COLUMNS = 4096  # of groups, at once: bounds the memory that pairs take


def draws(stories: int, resamples: int = RESAMPLES) -> Floats:
    """How often each of ``stories`` comes up in each resample: a row per resample.

    Always the same for the same numbers.
    """
    generator = np.random.default_rng(_SEED)
    picked = generator.integers(0, stories, size=(resamples, stories))
    drawn = np.zeros((resamples, stories))
    np.add.at(drawn, (np.arange(resamples)[:, None], picked), 1.0)
    return drawn


def pairs(drawn: Floats, by_story: Sequence[Mapping[Group, int]], *, inside: bool = True) -> Floats:
    """For each row of ``drawn``, how many pairs of items lie in one group.

    ``by_story`` is, for each story, how many items of each group it has. A story that is drawn
    twice is two stories for the others, but its two copies are no pair: they would agree without
    merit. Without ``inside`` only pairs of different stories count.
    """
    sizes: dict[Group, int] = {}
    for story in by_story:
        for group, n in story.items():
            sizes[group] = sizes.get(group, 0) + n
    columns = {group: i for i, group in enumerate(g for g, n in sizes.items() if n > 1)}
    total = np.zeros(len(drawn))
    for first in range(0, len(columns), _COLUMNS):
        width = min(_COLUMNS, len(columns) - first)
        items = np.zeros((len(by_story), width))
        for row, story in enumerate(by_story):
            for group, n in story.items():
                column = columns.get(group, -1) - first
                if 0 <= column < width:
                    items[row, column] = n
        squares = (items**2).sum(axis=1)
        total += (((drawn @ items) ** 2).sum(axis=1) - drawn**2 @ squares) / 2
        if inside:
            total += drawn @ ((squares - items.sum(axis=1)) / 2)
    return total


def interval(values: Floats, stories: int) -> list[float] | None:
    """The middle ``CONFIDENCE`` of the resampled ``values``, rounded to four digits.

    Resamples where the score does not exist (NaN) are left out. ``None`` when it exists in none,
    and for fewer than two stories, which say nothing of others.
    """
    known = values[~np.isnan(values)]
    if stories < 2 or not len(known):
        return None
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(known, [tail, 100 - tail])
    return [round(float(low), 4), round(float(high), 4)]
