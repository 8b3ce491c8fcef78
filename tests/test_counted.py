"""What figures count: the noun phrases of the examples, and that they stand in their sentence."""

from __future__ import annotations

import pytest

from pipeline import languages
from pipeline.extract.statistics import statistics


@pytest.mark.parametrize("language", languages.available())
def test_examples(language: str) -> None:
    for example in languages.examples(language, "counted")["positive"]:
        found = [s.unit or "" for s in statistics(example["text"], language)]
        assert found == example["units"], example["text"]
        assert all(unit in example["text"] for unit in found)
