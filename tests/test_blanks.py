"""Rare blanks: patterns know them, and are without them for texts that have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.dates import dates
from pipeline.extract.references import references
from tests.conftest import ARTICLES

RARE = ("\u200b", "\u202f")


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.txt")), ids=lambda path: path.name)
def test_a_rare_blank_elsewhere_changes_nothing(path: Path) -> None:
    text, language = path.read_text(), path.suffixes[0][1:]
    for find in (dates, references):
        plain = find(text, language, None)
        for blank in RARE:
            assert find(f"{text}\n{blank}\n", language, None) == plain


@pytest.mark.parametrize(
    ("language", "text"), [("ms", "pada 15 Mac 2024."), ("nl", "op 15 maart 2024.")]
)
def test_a_narrow_blank_stands_inside_a_date(language: str, text: str) -> None:
    assert [d.iso for d in dates(text.replace(" ", "\u202f"), language)] == ["2024-03-15"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ms", "Kerajaan mengeluarkan Dekri No. {}15/2020."),
        ("nl", "De regering vaardigde Decreet nr. {}15/2020 uit."),
    ],
)
def test_a_narrow_blank_stands_before_a_number(language: str, text: str) -> None:
    plain, rare = (references(text.replace(" {}", b), language, None) for b in (" ", "\u202f"))
    assert len(plain) == 1
    assert [r.canonical_id for r in rare] == [r.canonical_id for r in plain]
