"""What the site writes around an article, and where sentences end."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.furniture import date_in_address, furniture, without_furniture
from pipeline.extract.sentences import containing, sentences

MALAY = "Jabatan itu mempunyai 12 cawangan.\nSumber: https://bao.example.vn/tin/2024/05/19/a-1.htm\nKomen (0)"
DUTCH = "De afdeling telt 12 kantoren.\nBron\n\n\nReactie (0)"


def _marked(text: str, language: str) -> list[str]:
    return [text[a:b] for a, b in furniture(text, language).spans]


def test_furniture_lines() -> None:
    assert _marked(MALAY, "ms") == [
        "Sumber: https://bao.example.vn/tin/2024/05/19/a-1.htm",
        "Komen (0)",
    ]
    assert _marked(DUTCH, "nl") == ["Bron", "Reactie (0)"]


def test_the_source_line_gives_address_and_date() -> None:
    url = furniture(MALAY, "ms").source_url
    assert url == "https://bao.example.vn/tin/2024/05/19/a-1.htm"
    assert date_in_address(url) == datetime.date(2024, 5, 19)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.vn/a-20240519083000.htm", datetime.date(2024, 5, 19)),
        ("https://x.vn/19-5-2024/a", datetime.date(2024, 5, 19)),
        ("https://x.vn/a-2024999912.htm", None),
        ("https://x.vn/post1067628.vnp", None),
    ],
)
def test_dates_in_addresses(url: str, day: datetime.date | None) -> None:
    assert date_in_address(url) == day


def test_words_of_furniture_inside_prose_are_prose() -> None:
    text = "Sumber air di kampung itu cukup untuk 300 keluarga.\nBron van inkomsten zijn 40 boten."
    assert _marked(text, "ms") == []
    assert _marked(text, "nl") == []


def test_without_furniture_is_the_article() -> None:
    found = without_furniture(DUTCH)
    assert found.split() == ["De", "afdeling", "telt", "12", "kantoren."]
    assert len(found) == len(DUTCH)
    assert found.index("afdeling") == DUTCH.index("afdeling")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ms", "Satu ayat. Dua ayat! Tiga?", ["Satu ayat.", "Dua ayat!", "Tiga?"]),
        ("ms", "Resolusi No. 21-NQ/TW dibaca. Lagi.", ["Resolusi No. 21-NQ/TW dibaca.", "Lagi."]),
        ("ms", "Kadar ialah 3.4%. Naik.", ["Kadar ialah 3.4%.", "Naik."]),
        ("nl", "Dr. Nguyen sprak. Hij ging.", ["Dr. Nguyen sprak.", "Hij ging."]),
        ("nl", "Er zijn 8.000 mensen. Goed zo.", ["Er zijn 8.000 mensen.", "Goed zo."]),
        ("nl", "Titel zonder punt\nDe tekst.", ["Titel zonder punt", "De tekst."]),
        ("nl", "„Kom.” Hij kwam... en ging.", ["„Kom.”", "Hij kwam... en ging."]),
        (
            "nl",
            "Zie nr. 37, art. 5 van de wet. Klaar.",
            ["Zie nr. 37, art. 5 van de wet.", "Klaar."],
        ),
    ],
)
def test_sentences(language: str, text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text, language)] == expected


@given(st.text(alphabet="ab .!?\n\"'()1…", max_size=120))
def test_sentences_cover_everything_that_is_not_blank(text: str) -> None:
    for language in languages.available():
        spans = sentences(text, language)
        covered = "".join(text[a:b] for a, b in spans)
        assert "".join(covered.split()) == "".join(text.split())
        assert spans == sorted(spans)
        for a, b in spans:
            assert containing(spans, a, b) == (a, b)


def test_a_thing_across_two_sentences_gets_both() -> None:
    spans = [(0, 10), (11, 20)]
    assert containing(spans, 8, 13) == (0, 20)
