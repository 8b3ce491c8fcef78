"""Dates: the examples beside each language's data, and what no input may break."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.dates import DateSpan, dates, masked, month_names
from pipeline.languages import cldr

LANGUAGES = languages.available()


def _examples(kind: str) -> list[Any]:
    return [
        pytest.param(code, entry, languages.examples(code, "dates")["published"], id=entry["text"])
        for code in LANGUAGES
        for entry in languages.examples(code, "dates").get(kind, ())
    ]


@pytest.mark.parametrize(("language", "entry", "published"), _examples("positive"))
def test_examples(language: str, entry: dict[str, Any], published: datetime.date) -> None:
    text = entry["text"]
    found = [[d.text, d.iso] for d in dates(text, language, published)]
    assert found == entry.get("dates", [])
    covered = [text[start:end] for start, end in masked(text, language)]
    for surface in [*(s for s, _ in entry.get("dates", ())), *entry.get("masked", ())]:
        assert surface in covered


@pytest.mark.parametrize(("language", "entry", "published"), _examples("negative"))
def test_negative_examples(language: str, entry: dict[str, Any], published: datetime.date) -> None:
    assert dates(entry["text"], language, published) == []
    assert masked(entry["text"], language) == []


def _phrases() -> list[Any]:
    return [
        pytest.param(
            code, phrase, [said] if isinstance(said, str) and said else list(said), id=phrase
        )
        for code in LANGUAGES
        for phrase, said in languages.examples(code, "dates")["phrases"].items()
    ]


@pytest.mark.parametrize(("language", "phrase", "iso"), _phrases())
def test_phrases(language: str, phrase: str, iso: list[str]) -> None:
    published = languages.examples(language, "dates")["published"]
    for written in (phrase, phrase.upper(), phrase.replace(" ", "\u00a0")):
        assert [d.iso for d in dates(f"x {written} y", language, published)] == iso
    # What the text itself says needs no day of publication.
    alone = {d.iso for d in dates(f"x {phrase} y", language)}
    assert alone <= {*iso, *(year for part in iso for year in part.split("/"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_are_complete(language: str) -> None:
    known = cldr.months(language)
    own = languages.data(language, "dates")["months"]
    assert not set(known) & set(own), "CLDR has them"
    names = month_names(language)
    assert set(names.values()) == set(range(1, 13))
    locale = cldr.locale(language)
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in locale.months[context][width].items():
                for said in (name, name.lower(), name.upper(), name.rstrip(".") + "."):
                    first = datetime.date(2024, number, 15)
                    assert dates(f"x 15 {said} 2024 y", language) == [
                        DateSpan(2, 10 + len(said), f"15 {said} 2024", first, first)
                    ]
    for name, number in names.items():
        assert dates(f"x {name} 2024", language)[0].iso == f"2024-{number:02}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_in_every_style(language: str) -> None:
    names = {number: name for name, number in reversed(month_names(language).items())}
    day = datetime.date(2023, 12, 20)
    for _ in range(450):
        styles = (
            f"{day.day} {names[day.month]} {day.year}",
            f"{day.day} {names[day.month].upper()} {day.year}",
            f"{day.day}\u00a0{names[day.month].capitalize()}\u00a0{day.year}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day:%d-%m-%Y}",
            f"{day:%d.%m.%Y}",
            day.isoformat(),
        )
        for style in styles:
            assert dates(f"x {style}, y", language) == [
                DateSpan(2, 2 + len(style), style, day, day)
            ]
        day += datetime.timedelta(days=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_without_a_year_needs_the_day_of_publication(language: str) -> None:
    name = next(iter(month_names(language)))
    text = f"x 15 {name} y"
    assert dates(text, language) == []
    assert [text[a:b] for a, b in masked(text, language)] == [f"15 {name}"]
    assert [d.iso for d in dates(text, language, datetime.date(2024, 2, 1))] == ["2024-01-15"]


@pytest.mark.parametrize(
    ("first", "last", "iso"),
    [
        ((2022, 6, 16), (2022, 6, 16), "2022-06-16"),
        ((2024, 5, 1), (2024, 5, 31), "2024-05"),
        ((2024, 1, 1), (2024, 12, 31), "2024"),
        ((2020, 1, 1), (2025, 12, 31), "2020/2025"),
        ((2024, 1, 1), (2024, 9, 30), "2024-01/2024-09"),
        ((2024, 4, 28), (2024, 5, 2), "2024-04-28/2024-05-02"),
    ],
)
def test_iso_is_as_precise_as_the_text(first: Any, last: Any, iso: str) -> None:
    assert DateSpan(0, 0, "", datetime.date(*first), datetime.date(*last)).iso == iso


_PIECES = st.sampled_from(
    ["19", "2024", "31", "/", "-", ".", " ", "Mei", "mei", "tahun", "jaar", "pertama", "eerste",
     "bulan", "maanden", "pukul", "uur", "hingga", "tot", "\n", "İ", "q1", "0", "000", ","]
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), st.lists(_PIECES).map("".join), st.lists(_PIECES).map(" ".join)))
def test_no_input_raises_and_offsets_hold(language: str, text: str) -> None:
    found = dates(text, language, datetime.date(2024, 2, 29))
    end = 0
    for date in found:
        assert date.start >= end
        assert text[date.start : date.end] == date.text
        assert date.first <= date.last
        assert "\n" not in date.text
        end = date.end
    spans = masked(text, language)
    assert spans == sorted(spans)
    assert all(a < b for a, b in spans)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", ["1", "1 ", "1/", "mei ", "2024 - ", "eerste ", "dua ", " "])
@pytest.mark.parametrize("head", ["", "5 mei"])
def test_long_repetitions_take_linear_time(language: str, piece: str, head: str) -> None:
    text = head + piece * 100_000
    assert isinstance(dates(text, language), list)
