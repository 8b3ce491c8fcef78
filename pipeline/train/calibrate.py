"""Scores that are probabilities: Platt's line through the log odds, fitted on the dev part.

Source: J. Platt, Probabilistic outputs for support vector machines (1999), with his targets, which
keep a small set from making the line too steep.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline import gold
from pipeline.recognise.encoder import Array, EncoderRecogniser, calibrated, log_odds, snap

_RIDGE = 0.1  # holds the line near the identity where there are few cases


class Case(NamedTuple):
    """One name that the model found: its raw score, whether gold has it, which story."""

    raw: float
    right: bool
    story: str


def cases(model: EncoderRecogniser, articles: Sequence[gold.GoldArticle]) -> list[Case]:
    """The names that ``model`` finds in gold; those on optional spans count on neither side."""
    found = []
    for article in articles:
        need = {(s.start, s.end) for s in article.spans if s.type == "org" and not s.optional}
        maybe = [(s.start, s.end) for s in article.spans if s.type == "org" and s.optional]
        for name in model.find(article.text):
            edges = snap(article.text, name.start, name.end, model.articles)
            if edges is None or name.kind not in model.kinds:
                continue
            a, b = edges
            if edges not in need and any(2 * (min(b, d) - max(a, c)) >= b - a for c, d in maybe):
                continue
            found.append(Case(name.raw, edges in need, article.story))
    return found


def fit(found: Sequence[Case]) -> tuple[float, float]:
    """Slope and shift of the line for ``encoder.calibrated``; the identity for too few cases."""
    right = sum(c.right for c in found)
    wrong = len(found) - right
    if right < 5 or wrong < 5:
        return 1.0, 0.0
    odds = np.array([log_odds(c.raw) for c in found])
    high, low = (right + 1) / (right + 2), 1 / (wrong + 2)
    target = np.where([c.right for c in found], high, low)
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    line = np.array([1.0, 0.0])

    def loss(line: Array) -> float:
        z = design @ line
        pull = _RIDGE * float(((line - [1.0, 0.0]) ** 2).sum()) / 2
        return float((np.logaddexp(0, z) - target * z).sum()) + pull

    for _ in range(100):  # Newton's method; a step that does not help is halved
        p = 1 / (1 + np.exp(-design @ line))
        gradient = design.T @ (p - target) + _RIDGE * (line - [1.0, 0.0])
        curve = (design * (p * (1 - p))[:, None]).T @ design + _RIDGE * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        while loss(line - step) > loss(line) and np.abs(step).max() > 1e-9:
            step = step / 2
        line = line - step
        if np.abs(step).max() < 1e-8:
            break
    return round(float(line[0]), 5), round(float(line[1]), 5)


class Bin(NamedTuple):
    """Names whose scores lie in one range: how many, the mean score, the share that is right."""

    names: int
    score: float
    right: float


def reliability(found: Sequence[Case], bins: int = 10) -> tuple[list[Bin], float]:
    """The reliability table and the expected calibration error, each story scored by the others.

    The stories are dealt into five parts; a part's scores come from a line fitted on the rest.
    """
    stories = sorted({c.story for c in found})
    part = {story: i % 5 for i, story in enumerate(stories)}
    scores: list[tuple[float, bool]] = []
    for i in range(5):
        line = fit([c for c in found if part[c.story] != i])
        scores += [(calibrated(c.raw, *line), c.right) for c in found if part[c.story] == i]
    if not scores:
        return [], 0.0
    values: Array = np.array([s for s, _ in scores])
    truth: Array = np.array([r for _, r in scores])
    where = np.minimum((values * bins).astype(int), bins - 1)
    table = []
    error = 0.0
    for i in range(bins):
        here = where == i
        if here.any():
            row = Bin(int(here.sum()), float(values[here].mean()), float(truth[here].mean()))
            table.append(Bin(row.names, round(row.score, 4), round(row.right, 4)))
            error += row.names / len(scores) * abs(row.score - row.right)
    return table, round(error, 4)
