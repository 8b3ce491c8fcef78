"""Numbers read back: words of each language against a writer of them, and digits."""

from __future__ import annotations

import itertools
from decimal import Decimal

import num2words  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.numbers import digits, lexicon, parse, scan

UNITS = ["", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "lapan", "sembilan"]
SCALES = [(10**12, "trilion"), (10**9, "bilion"), (10**6, "juta"), (1000, "ribu"), (100, "ratus")]


def malay(n: int) -> str:
    """``n`` in Malay words, after Tatabahasa Dewan: "dua puluh lima", "seribu dua ratus"."""
    if n == 0:
        return "sifar"
    for size, word in SCALES:
        if n >= size:
            count, rest = divmod(n, size)
            one = count == 1 and size <= 10**6
            head = "se" + word if one else f"{malay(count)} {word}"
            return head + (f" {malay(rest)}" if rest else "")
    if n >= 20:
        return f"{UNITS[n // 10]} puluh" + (f" {UNITS[n % 10]}" if n % 10 else "")
    if n >= 10:
        return {10: "sepuluh", 11: "sebelas"}.get(n, f"{UNITS[n % 10]} belas")
    return UNITS[n]


def dutch(n: int) -> str:
    """``n`` in Dutch words."""
    return str(num2words.num2words(n, lang="nl"))


WRITERS = {"ms": malay, "nl": dutch}


def read(text: str, language: str) -> Decimal | None:
    number = parse(text, language)
    return None if number is None else number.value


@pytest.mark.parametrize("language", WRITERS)
def test_whole_numbers_to_a_million(language: str) -> None:
    write = WRITERS[language]
    wrong = [(n, write(n)) for n in range(2, 1_000_001, 29) if read(write(n), language) != n]
    assert wrong == []


@pytest.mark.parametrize("language", WRITERS)
def test_every_whole_number_to_three_thousand(language: str) -> None:
    write = WRITERS[language]
    first = 2  # "een" alone is an article
    wrong = [(n, write(n)) for n in range(first, 3000) if read(write(n), language) != n]
    assert wrong == []


@pytest.mark.parametrize("language", WRITERS)
@given(st.integers(min_value=2, max_value=10**15))
def test_large_whole_numbers(language: str, n: int) -> None:
    assert read(WRITERS[language](n), language) == n


@pytest.mark.parametrize("language", WRITERS)
@given(st.integers(min_value=2, max_value=10**12), st.sampled_from(["upper", "title", "spaced"]))
def test_case_and_white_space_do_not_matter(language: str, n: int, how: str) -> None:
    words = WRITERS[language](n)
    changed = {"upper": words.upper(), "title": words.title(), "spaced": f" {words}\n"}[how]
    assert read(changed, language) == n


@pytest.mark.parametrize("language", WRITERS)
@given(st.integers(min_value=0, max_value=10**15))
def test_digits_grouped_the_way_of_the_language(language: str, n: int) -> None:
    grouped = f"{n:,}".replace(",", lexicon(language).group)
    assert read(grouped, language) == n
    assert read(str(n), language) == n


@pytest.mark.parametrize("language", WRITERS)
@given(
    st.integers(min_value=0, max_value=999_999),
    st.integers(min_value=1, max_value=99),
    st.sampled_from([None, 1000, 10**6, 10**9]),
)
def test_fractions_and_scale_words(language: str, whole: int, part: int, scale: int | None) -> None:
    lex = lexicon(language)
    text = f"{whole}{lex.decimal}{part:02}"
    value = Decimal(f"{whole}.{part:02}")
    if scale is not None:
        word = next(w for w, v in lex.scales.items() if v == scale)
        text, value = f"{text} {word}", value * scale
    assert read(text, language) == value


@pytest.mark.parametrize("language", languages.available())
def test_examples(language: str) -> None:
    data = languages.examples(language, "numbers")
    for example in data["positive"]:
        number = parse(example["text"], language)
        assert number is not None, example["text"]
        assert float(number.value) == example["value"], example["text"]
        of = example.get("of")
        assert (None if number.of is None else float(number.of)) == of, example["text"]
    for example in data["negative"]:
        assert parse(example["text"], language) is None, example["text"]


def test_one_sign_before_three_digits_has_two_readings() -> None:
    read = digits("8.000")
    assert read is not None
    assert read.ambiguous
    assert (read.grouped, read.decimal) == (Decimal(8000), Decimal("8.000"))


@pytest.mark.parametrize(
    ("surface", "value"),
    [("0.125", "0.125"), ("1234.567", "1234.567"), ("38.13", "38.13"), ("1,2345", "1.2345")],
)
def test_digits_that_can_only_be_a_fraction(surface: str, value: str) -> None:
    read = digits(surface)
    assert read is not None
    assert (read.grouped, read.decimal) == (None, Decimal(value))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(languages.UnknownLanguage):
        parse("12", "xx")


def test_scan_gives_offsets() -> None:
    text = "Tiga ratus rumah dan 1.2 juta orang,\ndua pertiga siap."
    found = scan(text, "ms")
    assert [(n.surface, n.value, n.of) for n in found] == [
        ("Tiga ratus", Decimal(300), None),
        ("1.2 juta", Decimal(1_200_000), None),
        ("dua pertiga", Decimal(2), Decimal(3)),
    ]
    assert all(text[n.start : n.end] == n.surface for n in found)


@pytest.mark.parametrize("language", WRITERS)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_raises(language: str, text: str) -> None:
    parse(text, language)
    found = scan(text, language)
    assert all(text[n.start : n.end] == n.surface for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


WORDS = st.sampled_from(
    [
        *("dua", "puluh", "belas", "ratus", "ribu", "juta", "setengah", "pertiga", "perpuluhan"),
        *("twee", "en", "half", "honderd", "duizend", "miljoen", "derde", "komma", "anderhalf"),
        *("1.200", "3,5", "12", "-", "suku", "satu", "een", "één", "nul", "tweeënhalf", "mln."),
    ]
)


@pytest.mark.parametrize("language", WRITERS)
@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_order_of_number_words_is_read_without_error(language: str, text: str) -> None:
    parse(text, language)
    found = scan(text, language)
    assert all(text[n.start : n.end] == n.surface and n.value >= 0 for n in found)
