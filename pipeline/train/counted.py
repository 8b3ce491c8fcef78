"""Trains the weights by which the noun of a figure is chosen: ``python -m pipeline.train.counted``.

For every counting figure of gold articles that the program reads, the candidates of its sentence
are known and which of them says what the gold says. A log-linear model (a softmax over the
candidates of one figure) is fitted to them by AdaGrad (Duchi, Hazan and Singer, 2011), its weights
averaged over the last half of the epochs. Wordings that the score takes for the same count a part
of the exact one. Numpy is all that it needs; half a minute a language.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from pipeline import gold, languages, models
from pipeline.evaluate.matching import same_unit
from pipeline.extract import counted
from pipeline.extract.amounts import Draft, Sentence
from pipeline.extract.counted.candidates import Question, pair_features, word_features
from pipeline.extract.counted.rules import COUNTING
from pipeline.extract.statistics import statistics
from pipeline.gold import GoldArticle, GoldSpan

EPOCHS = 12
ORDERS = 3
RATE = 0.1
PENALTY = 1e-2
# A feature of fewer figures than this says nothing.
LEAST = 2
# What a wording that the score takes for the same counts beside the exact one, and a figure whose
# gold names no noun beside one that does.
NEAR, NO_NOUN = 0.3, 0.5
# Weights nearer to nothing than this are left out of the file.
SMALLEST = 0.02

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A figure with its candidates, how right each is, and its features by slot."""

    question: Question
    right: Floats
    features: tuple[tuple[str, ...], ...]
    has_noun: bool


def features_of(question: Question) -> tuple[tuple[str, ...], ...]:
    """The features of every slot of a question, by index."""
    slots: list[tuple[str, ...]] = [()] * question.size
    for index, role, token, closed in question.words:
        known = word_features(token, question.gram, closed)
        slots[index] = tuple(f"{role}|{f}" for f in known)
    for index, role, first, second in question.pairs:
        slots[index] = pair_features(role, first, second)
    for index, features in question.notes:
        slots[index] = features
    return tuple(slots)


def _rightness(question: Question, unit: str | None) -> Floats:
    right = np.zeros(len(question.candidates))
    for i, candidate in enumerate(question.candidates):
        if not unit:
            right[i] = candidate.text is None
        elif candidate.text == unit:
            right[i] = 1.0
        elif candidate.text and same_unit(unit, candidate.text):
            right[i] = NEAR
    return right


def examples(articles: Iterable[GoldArticle]) -> list[Example]:
    """The figures of gold articles that the program reads and that some candidate is right for."""
    found: list[Example] = []
    for article in articles:
        asked: list[tuple[int, int, Question]] = []

        def watch(s: Sentence, draft: Draft, question: Question) -> None:
            start, end = s.tokens[draft.start].start, s.tokens[draft.end - 1].end
            asked.append((start, end, question))  # noqa: B023

        excluded = [(g.start, g.end) for g in article.spans if g.type in ("org", "ref")]
        with counted.watched(watch):
            statistics(article.text, article.language, excluded=excluded)
        figures = [g for g in article.spans if g.type == "stat"]
        for start, end, question in asked:
            span = next((g for g in figures if g.start < end and start < g.end), None)
            if span is not None and _counts(span):
                unit = span.attributes.get("unit")
                right = _rightness(question, unit)
                if right.any():
                    found.append(Example(question, right, features_of(question), bool(unit)))
    return found


def _counts(span: GoldSpan) -> bool:
    return span.attributes["kind"] in COUNTING


class _Sums:
    """One example as arrays: features summed to slots, slots to candidates."""

    def __init__(self, example: Example, ids: dict[str, int]) -> None:
        by_slot = [[ids[f] for f in slot if f in ids] or [0] for slot in example.features]
        self.ids: Ids = np.array([i for slot in by_slot for i in slot], dtype=np.int32)
        self.slots = np.array([len(slot) for slot in by_slot], dtype=np.int32)
        self.first = np.concatenate(([0], np.cumsum(self.slots)[:-1]))
        uses = [c.slots for c in example.question.candidates]
        self.uses: Ids = np.array([i for use in uses for i in use], dtype=np.int32)
        self.sizes = np.array([len(use) for use in uses], dtype=np.int32)
        self.starts = np.concatenate(([0], np.cumsum(self.sizes)[:-1]))
        self.right = example.right
        self.weight = 1.0 if example.has_noun else NO_NOUN

    def gradient(self, weights: Floats) -> tuple[Ids, Floats]:
        """The features of the example and the slope of its loss in each."""
        slots = np.add.reduceat(weights[self.ids], self.first)
        scores = np.add.reduceat(slots[self.uses], self.starts)
        chance = np.exp(scores - scores.max())
        chance /= chance.sum()
        wanted = chance * self.right
        wanted /= max(wanted.sum(), 1e-12)
        slope = self.weight * (chance - wanted)
        by_slot = np.bincount(
            self.uses, weights=np.repeat(slope, self.sizes), minlength=len(self.slots)
        )
        features, where = np.unique(self.ids, return_inverse=True)
        slopes = np.bincount(where, weights=np.repeat(by_slot, self.slots))
        return features, slopes.astype(np.float64)


def train(found: Sequence[Example]) -> dict[str, float]:
    """The weights of the features of ``found``, to three places, a mean over ``ORDERS`` orders."""
    counts: Counter[str] = Counter()
    for example in found:
        counts.update({f for slot in example.features for f in slot})
    names = ["", *sorted(f for f, n in counts.items() if n >= LEAST)]
    ids = {name: i for i, name in enumerate(names)}
    sums = [_Sums(example, ids) for example in found]
    mean: Floats = np.mean([_fit(sums, len(names), seed) for seed in range(ORDERS)], axis=0)
    return {n: round(float(w), 3) for n, w in zip(names, mean, strict=True) if abs(w) >= SMALLEST}


def _fit(sums: Sequence[_Sums], size: int, seed: int) -> Floats:
    """The weights after all epochs over examples in an order of ``seed``."""
    weights, squares = np.zeros(size), np.full(size, 1e-8)
    total, added = np.zeros(size), 0
    order = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        for k in order.permutation(len(sums)):
            features, slope = sums[k].gradient(weights)
            slope = slope + PENALTY * weights[features]
            slope[features == 0] = 0.0
            squares[features] += slope * slope
            weights[features] -= RATE * slope / np.sqrt(squares[features])
        if epoch >= EPOCHS // 2:
            total += weights
            added += 1
    return total / added


@click.command(help=__doc__)
@click.option("--gold", "folders", multiple=True, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=models.folder(models.COUNTED))
def main(folders: tuple[Path, ...], out: Path) -> None:
    """The command: weights of every language from the gold in ``--gold`` into ``--out``."""
    articles = [article for folder in folders for article in gold.read(folder)]
    out.mkdir(parents=True, exist_ok=True)
    for language in languages.available():
        found = examples(a for a in articles if a.language == language)
        weights = train(found)
        content = {"figures": len(found), "weights": weights}
        text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
        (out / f"{language}.json").write_text(text, encoding="utf-8")
        click.echo(f"{language}: {len(found):,} figures, {len(weights):,} weights")


if __name__ == "__main__":
    main()
