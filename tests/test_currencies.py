"""Amounts of money: signs, codes and words, before and after the number, in both languages."""

from __future__ import annotations

import re

import pytest
from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

from pipeline import facts, languages
from pipeline.extract.statistics import statistics
from pipeline.languages import cldr

LANGUAGES = languages.available()
FACTS = facts.data("currencies")
CODES = FACTS["codes"]


def amounts(text: str, language: str) -> list[tuple[str, str | None, float]]:
    """Surface, currency and value of the amounts of money in a text; no other figure is in it."""
    found = statistics(text, language)
    assert all(s.value_kind == "money" for s in found), [(s.text, s.value_kind) for s in found]
    return [(s.text, s.currency, s.value) for s in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples(language: str) -> None:
    examples = languages.examples(language, "statistics")["money"]
    assert len(examples) > 50
    for written, (currency, value) in examples.items():
        for text in (f"x {written} y.", f"({written})", written, f"x {written}, y."):
            assert amounts(text, language) == [(written, currency, value)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_sign_and_alias(language: str) -> None:
    signs = {**dict(zip(CODES, CODES, strict=True)), **FACTS["aliases"], **FACTS["signs"]}
    for sign, code in signs.items():
        for written in (f"{sign}500", f"{sign} 500", f"500 {sign}"):
            assert amounts(f"x {written}.", language) == [(written, code, 500.0)], written
    for code in CODES:
        assert amounts(f"x 500 {code.lower()}.", language) == [(f"500 {code.lower()}", code, 500.0)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_name_of_the_locale(language: str, code: str) -> None:
    locale = Locale.parse(languages.data(language, "language")["locale"])
    for count in (None, 1, 2):
        name = get_currency_name(code, count, locale=locale)
        for said in (name, name.lower(), name.upper()):
            assert amounts(f"x 500 {said}.", language) == [(f"500 {said}", code, 500.0)]
    symbol = get_currency_symbol(code, locale)
    assert amounts(f"x {symbol}500.", language) == [(f"{symbol}500", code, 500.0)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_names_are_those_that_the_locale_lacks(language: str) -> None:
    money = languages.data(language, "statistics")["money"]
    assert not set(money["words"]) & set(cldr.currency_names(language, tuple(CODES)))
    assert set(money["words"].values()) <= set(CODES)
    assert set(money["before"]) <= {*money["words"], *cldr.currency_names(language, tuple(CODES))}
    for name, code in money["words"].items():
        head = name.split()[-1]
        for said in (name, *(name.removesuffix(head) + p for p in money["plurals"].get(head, ()))):
            assert amounts(f"x 500 {said}.", language) == [(f"500 {said}", code, 500.0)]
    for name in money["before"]:
        assert [c for _, c, _ in amounts(f"x {name} 500 y.", language)] != [None]


def test_facts() -> None:
    assert len(CODES) == len(set(CODES))
    assert all(re.fullmatch("[A-Z]{3}", code) for code in CODES)
    assert {*FACTS["aliases"].values(), *FACTS["signs"].values(), *FACTS["minor"]["none"]} <= set(
        CODES
    )
    assert not {*FACTS["aliases"], *FACTS["signs"]} & set(CODES)
