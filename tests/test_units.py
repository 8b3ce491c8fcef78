"""What is counted, in no language: the examples, and that the languages know the same things."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.normalise.units import unit_id, unit_label

LANGUAGES = languages.available()
LABELS = facts.data("units")["labels"]


@pytest.mark.parametrize(
    ("language", "phrase", "identity"),
    [
        (code, phrase, identity)
        for code in LANGUAGES
        for phrase, identity in languages.examples(code, "units")["positive"].items()
    ],
)
def test_examples(language: str, phrase: str, identity: str) -> None:
    assert unit_id(phrase, language) == identity


@pytest.mark.parametrize(
    ("language", "phrase"),
    [(c, p) for c in LANGUAGES for p in languages.examples(c, "units")["negative"]["phrases"]],
)
def test_unknown_phrases_have_no_identity(language: str, phrase: str) -> None:
    assert unit_id(phrase, language) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_its_identity(language: str) -> None:
    units = languages.data(language, "units")["units"]
    wrong = [
        (form, identity, unit_id(written, language))
        for identity, forms in units.items()
        for form in forms
        for written in (form, form.upper(), form.replace(" ", "\u00a0"), f" {form} ")
        if unit_id(written, language) != identity
    ]
    assert wrong == []
    forms = [form for group in units.values() for form in group]
    assert len(forms) == len(set(forms))


def test_languages_and_labels_know_the_same_units() -> None:
    assert len(LABELS) >= 300
    for code in LANGUAGES:
        units = languages.data(code, "units")["units"]
        assert set(units) == set(LABELS)
        assert all(units.values()), code


def test_labels() -> None:
    assert unit_label("party-member") == "party members"
    assert unit_label("no-such-unit") is None
    assert all(label.strip() for label in LABELS.values())


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_no_input_raises(language: str, text: str) -> None:
    found = unit_id(text, language)
    assert found is None or found in LABELS


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_input_takes_no_time(language: str) -> None:
    assert unit_id("kata kata " * 100_000, language) is None
