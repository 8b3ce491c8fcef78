"""Candidates weighed: a linear model whose weights gold articles taught (``models/counted``).

The weights are plain JSON, so that loading executes nothing, and sums run in a fixed order, so that
every machine chooses the same. How they come about is in ``pipeline/train/counted.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from pipeline import models
from pipeline.extract.counted.candidates import (
    Candidate,
    Question,
    pair_features,
    word_features,
)

# How much the answer of the rules counts beside the weights, in log odds; chosen on sentences that
# neither the rules nor the weights had seen.
RULE = 2.0
_MOST_CACHED = 100_000


class Ranking:
    """The weights of one language."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights
        # By role and by feature, so that no string is put together for a word.
        self._roles: dict[str, dict[str, float]] = {}
        for name, weight in weights.items():
            role, _, feature = name.partition("|")
            self._roles.setdefault(role, {})[feature] = weight
        self._words: dict[tuple[str, str, bool], float] = {}
        self._pairs: dict[tuple[str, str, str], float] = {}
        self._features: dict[tuple[str, bool], list[str]] = {}

    def scores(self, question: Question) -> list[float]:
        """How much speaks for each candidate, in log odds and without the answer of the rules."""
        slots = [0.0] * question.size
        words, pairs, weights = self._words, self._pairs, self.weights
        if len(words) + len(pairs) > _MOST_CACHED:  # any text, any length: the memory stays bounded
            words.clear()
            pairs.clear()
            self._features.clear()
        for index, role, token, closed in question.words:
            key = role, "" if token is None else token.text, closed
            score = words.get(key)
            if score is None:
                own = self._roles.get(role, {})
                known = self._features.get(key[1:])
                if known is None:
                    known = word_features(token, question.gram, closed)
                    self._features[key[1:]] = known
                score = words[key] = sum([own[f] for f in known if f in own])
            slots[index] = score
        for index, role, first, second in question.pairs:
            pair = role, first, second
            score = pairs.get(pair)
            if score is None:
                features = pair_features(role, first, second)
                score = pairs[pair] = sum([weights[f] for f in features if f in weights])
            slots[index] = score
        for index, features in question.notes:
            slots[index] = sum([weights[f] for f in features if f in weights])
        return [sum([slots[i] for i in c.slots]) for c in question.candidates]

    def best(self, question: Question, rule: str | None) -> Candidate | None:
        """The candidate that most speaks for, ``rule`` being the answer of the rules.

        ``None`` where the rules' answer is no candidate: they saw further, and keep it. Of equals
        the first, so that the answer never depends on anything else.
        """
        of_rule = [candidate.text == rule for candidate in question.candidates]
        if not any(of_rule):
            return None
        scores = [s + RULE * ruled for s, ruled in zip(self.scores(question), of_rule, strict=True)]
        return question.candidates[scores.index(max(scores))]


@cache
def of(language: str) -> Ranking | None:
    """The ranking of ``language``, ``None`` where none was trained."""
    path = models.folder(models.COUNTED) / f"{language}.json"
    if not path.is_file():
        return None
    return Ranking(json.loads(path.read_text(encoding="utf-8"))["weights"])
