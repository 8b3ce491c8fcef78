"""How sure a language is: from what langdetect and the words say, the probability of being right.

The words of a text are no independent witnesses, and a text in a language that nothing here knows
is most like some other: a logistic regression over a few measures of the evidence, fitted on texts
of known language (``pipeline/train/detection.py``), says how often such evidence is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, log1p, sqrt
from typing import Any

from pipeline import models

# What langdetect says of a language that it gives no chance, or does not know.
FLOOR = 0.003
# Of the words of a text in a language that has relatives here, at least this part is known.
_MOST_WORDS = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a language: how far, in log odds, it is before the next, its own votes, how
    many words there are and are known, and langdetect's probability of it."""

    margin: float
    votes: float
    words: int
    known: int
    probability: float

    def measures(self) -> tuple[float, ...]:
        """The measures that the regression weighs."""
        n = self.words + 1
        return (
            1.0,
            log1p(max(self.margin, 0.0)),
            min(self.margin / sqrt(n), 8.0),
            log(n),
            self.votes / n,
            self.known / n,
            log(max(self.probability, FLOOR)),
        )


@cache
def _fitted() -> dict[str, Any]:
    file = models.folder(models.DETECTION) / "confidence.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def leanings() -> Mapping[str, float]:
    """What each language gets beside its votes, in log odds: relatives would else be taken for the
    one with the longer list of words."""
    found: dict[str, float] = _fitted()["leanings"]
    return found


def logistic(measures: Sequence[float], weights: Sequence[float]) -> float:
    """The probability that ``weights`` give to ``measures``, 0 to 1."""
    odds = sum(m * w for m, w in zip(measures, weights, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, odds))))


def confidence(evidence: Evidence, *, close: bool) -> float:
    """The probability that the language with this evidence is right, 0 to 1; ``close`` says that it
    has relatives, of which the words tell it apart."""
    sure = logistic(evidence.measures(), _fitted()["close" if close else "other"])
    share = evidence.known / max(evidence.words, 1)
    # Of these languages most words are known: a text without them is in a relative that is not.
    return sure * min(1.0, share / _MOST_WORDS) ** 2 if close else sure
