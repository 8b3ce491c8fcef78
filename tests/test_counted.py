"""What figures count: the noun phrases of the examples, and that they stand in their sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import gold, languages
from pipeline.extract import counted
from pipeline.extract.counted import ranking
from pipeline.extract.counted.candidates import Question
from pipeline.extract.statistics import statistics
from pipeline.train.counted import examples, features_of, train


@pytest.mark.parametrize("language", languages.available())
def test_examples(language: str) -> None:
    for example in languages.examples(language, "counted")["positive"]:
        found = [s.unit or "" for s in statistics(example["text"], language)]
        assert found == example["units"], example["text"]
        assert all(unit in example["text"] for unit in found)


@pytest.mark.parametrize("language", languages.available())
def test_the_weights_are_summed_as_they_were_trained(language: str) -> None:
    weights = ranking.of(language)
    assert weights is not None
    known = weights.weights
    asked: list[Question] = []
    with counted.watched(lambda s, draft, question: asked.append(question)):
        for example in languages.examples(language, "counted")["positive"]:
            statistics(example["text"], language)
    assert len(asked) > 20
    for question in asked:
        slots = [sum(known.get(f, 0.0) for f in slot) for slot in features_of(question)]
        expected = [sum(slots[i] for i in c.slots) for c in question.candidates]
        assert weights.scores(question) == pytest.approx(expected)


def test_the_answer_of_the_rules_counts_beside_the_weights() -> None:
    language = languages.available()[0]
    asked: list[Question] = []
    with counted.watched(lambda s, draft, question: asked.append(question)):
        statistics("Seramai 12 guru hadir.", language)
    (question,) = asked
    nothing_known = ranking.Ranking({})
    chosen = nothing_known.best(question, "guru")
    assert chosen is not None
    assert chosen.text == "guru"
    assert nothing_known.best(question, "another word") is None


def test_training_learns_what_the_gold_says(tmp_path: Path) -> None:
    told = '<stat value="12" kind="count" unit="guru">12</stat> guru hadir.'
    other = 'Seramai <stat value="40" kind="count" unit="murid">40</stat> murid baharu datang.'
    for n in range(3):
        raw = "\n\n".join([f"Seramai {told}", other] * 4)
        (tmp_path / f"story-{n}.ms.txt").write_text(raw, encoding="utf-8")
    found = examples(gold.read(tmp_path))
    assert len(found) == 24
    trained = ranking.Ranking(train(found))
    for example in found:
        chosen = trained.best(example.question, None)
        assert chosen is not None
        assert chosen.text in ("guru", "murid")
