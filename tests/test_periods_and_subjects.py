"""The period and the body of figures: the examples of every language, and what no page may do."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest

from pipeline import languages
from pipeline.extract import subjects
from pipeline.extract.sentences import sentences
from pipeline.extract.statistics import statistics
from pipeline.records import Organisation


def _examples(topic: str) -> list[Any]:
    return [
        pytest.param(code, example, id=f"{code}: {example['text'][:50]}")
        for code in languages.available()
        for example in languages.examples(code, "statistics")[topic]
    ]


def _named(text: str, names: list[str]) -> list[Organisation]:
    """The bodies of a text, each with its name for an identity."""
    return [
        Organisation(
            start=(at := text.index(name)),
            end=at + len(name),
            text=name,
            score=1.0,
            source="test",
            canonical_id=name,
        )
        for name in names
    ]


def _bodies(code: str, text: str, names: list[str]) -> list[str]:
    organisations = _named(text, names)
    figures = statistics(text, code, excluded=[(o.start, o.end) for o in organisations])
    found = subjects.bodies(text, code, figures, organisations, sentences(text, code))
    return [body or "" for body in found]


@pytest.mark.parametrize(("code", "example"), _examples("period"))
def test_periods(code: str, example: dict[str, Any]) -> None:
    found = statistics(example["text"], code, published=example.get("published"))
    said = [f"{f.period_start}/{f.period_end}" if f.period_start else "" for f in found]
    assert said == example["found"]


@pytest.mark.parametrize(("code", "example"), _examples("body"))
def test_bodies(code: str, example: dict[str, Any]) -> None:
    assert _bodies(code, example["text"], example["bodies"]) == example["found"]


def test_a_day_read_from_the_text_counts_years_but_ends_nothing() -> None:
    today = datetime.date(2025, 8, 10)
    (year,) = statistics("Tahun lalu 300 pokok ditanam.", "ms", today=today)
    assert year.period_start == "2024-01-01"
    (since,) = statistics("Sejak 2021, 300 pokok ditanam.", "ms", today=today)
    assert since.period_start is None


def test_a_leap_day_has_a_year_before() -> None:
    text = "Setakat 29 Februari 2024, ada 90 ahli (tempoh yang sama 80 ahli)."
    assert [f.period_start for f in statistics(text, "ms")] == ["2024-02-29", "2023-02-28"]


def test_a_body_without_identity_is_nobodys() -> None:
    text = "Hospital Alfa merawat 45 pesakit."
    figures = statistics(text, "ms", excluded=[(0, 13)])
    alone = Organisation(start=0, end=13, text=text[:13], score=1.0, source="test")
    assert subjects.bodies(text, "ms", figures, [alone], sentences(text, "ms")) == [None]


@pytest.mark.parametrize("code", languages.available())
def test_long_pages_take_time_in_proportion(code: str) -> None:
    piece = "2024 12 %, (2023) 45 ha Alfa, 2025 7 % "

    def seconds(times: int) -> float:
        text = piece * times
        begin = time.process_time()
        statistics(text, code, published=datetime.date(2025, 1, 1))
        return time.process_time() - begin

    seconds(50)
    limit = 4 * 3 * max(min(seconds(300) for _ in range(2)), 0.01)
    assert any(seconds(1200) < limit for _ in range(2))
