"""The edges of names, and what is no body at all."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from pipeline.normalise.lexicon import match_spans
from pipeline.recognise import Name
from pipeline.recognise.snap import is_person, snap


def snapped(text: str, surface: str, language: str) -> str:
    start = text.index(surface)
    name = Name(start, start + len(surface), 0.9, "test")
    found = snap([name], match_spans(text, language), text, language)
    return text[found[0].start : found[0].end]


@pytest.mark.parametrize(
    ("language", "text", "surface", "expected"),
    [
        (
            "nl",
            "Volgens het Volkscomité van de provincie is het zo.",
            "het Volkscomité van de provincie",
            "Volkscomité van de provincie",
        ),
        (
            "nl",
            "Zij is secretaris van het Provinciaal Partijcomité Tran Thi Hoa.",
            "Provinciaal Partijcomité Tran Thi Hoa",
            "Provinciaal Partijcomité",
        ),
        (
            "ms",
            "Setiausaha Jawatankuasa Parti Wilayah Nguyen Van Binh hadir.",
            "Jawatankuasa Parti Wilayah Nguyen Van Binh",
            "Jawatankuasa Parti Wilayah",
        ),
        (
            "ms",
            "Sumbangan Persekutuan Buruh Wilayah 300 juta VND.",
            "Persekutuan Buruh Wilayah 300",
            "Persekutuan Buruh Wilayah",
        ),
        (
            "ms",
            'Menurut "Jabatan Kesihatan", ia selamat.',
            '"Jabatan Kesihatan",',
            "Jabatan Kesihatan",
        ),
        (
            "nl",
            "Het vergroten van de kwaliteit van leden voor het Provinciaal Partijcomité telt.",
            "kwaliteit van leden voor het Provinciaal Partijcomité",
            "Provinciaal Partijcomité",
        ),
        (
            "ms",
            "Resolusi Jawatankuasa Eksekutif Pusat ke-13, lama.",
            "Jawatankuasa Eksekutif Pusat",
            "Jawatankuasa Eksekutif Pusat ke-13",
        ),
        (
            "nl",
            "Zij komt van de Tran Phu middelbare school (Nghe An).",
            "Tran Phu middelbare school (Nghe An",
            "Tran Phu middelbare school",
        ),
        ("ms", "Rejimen 877 menghantar askar.", "Rejimen 877", "Rejimen 877"),
        (
            "ms",
            "Wakil Syarikat Penghantaran Kuasa 3 hadir.",
            "Syarikat Penghantaran Kuasa 3",
            "Syarikat Penghantaran Kuasa 3",
        ),
        (
            "nl",
            "Zij is voorzitter van de Provinciale VrouwenunieTran Thi Hoa.",
            "Provinciale VrouwenunieTran",
            "Provinciale Vrouwenunie",
        ),
        ("nl", "De telefoons van VinFast Trading zijn op.", "VinFast Trading", "VinFast Trading"),
        (
            "nl",
            "Het Volkscomité van de provincie Ha Giang vergadert.",
            "Volkscomité van de provincie Ha Giang",
            "Volkscomité van de provincie Ha Giang",
        ),
    ],
)
def test_edges(language: str, text: str, surface: str, expected: str) -> None:
    assert snapped(text, surface, language) == expected


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("Nguyen Van Binh", True),
        ("Trần Thị Hoa", True),
        ("Ha Giang", False),
        ("Hoa Phat", False),
        ("Nguyen", False),
        ("Jabatan Kesihatan", False),
    ],
)
def test_persons(words: str, person: bool) -> None:
    assert is_person(words.split()) is person


def test_a_kind_in_general_is_no_body() -> None:
    text = "Jawatankuasa parti di semua peringkat dan hospital di seluruh negara perlu berusaha."
    assert extract(text, "ms").organisations == []


def test_a_short_form_is_the_body_it_points_at() -> None:
    text = "Hospital Am Wilayah Quang Nam dibuka. Selepas itu hospital tersebut menerima pesakit."
    found = extract(text, "ms").organisations
    assert {o.canonical_id for o in found} == {"general-hospital/quang-nam"}


def test_an_ordinal_behind_a_name_and_an_open_bracket() -> None:
    name = "Jawatankuasa Eksekutif Pusat"
    assert snapped(f"Resolusi {name} ke-13, lama.", name, "ms") == f"{name} ke-13"
    school = "Tran Phu middelbare school"
    assert snapped(f"Zij komt van de {school} (Nghe An).", f"{school} (Nghe An", "nl") == school


def test_the_rest_of_a_country_is_no_company() -> None:
    text = "Ia dieksport ke Jepun dan Amerika Syarikat pada tahun ini."
    start = text.index("Syarikat")
    name = Name(start, start + len("Syarikat"), 0.9, "test")
    assert snap([name], match_spans(text, "ms"), text, "ms") == []


@pytest.mark.parametrize(
    ("language", "text", "surface", "kept"),
    [
        (
            "ms",
            "Surat kepada Jawatankuasa Rakyat komun, wad dan zon khas.",
            "Jawatankuasa Rakyat komun",
            False,
        ),
        ("ms", "Pegawai Kesatuan Wanita komun dan wad hadir.", "Kesatuan Wanita komun", False),
        (
            "ms",
            "Jawatankuasa Rakyat komun dan wad Tan Lap hadir.",
            "Jawatankuasa Rakyat komun",
            True,
        ),
        ("ms", "Polis Komun, bersama penduduk, tiba.", "Polis Komun", True),
        ("nl", "Het volkscomité van de gemeente en de wijk.", "volkscomité van de gemeente", False),
        (
            "nl",
            "Het volkscomité van de gemeente en de politie.",
            "volkscomité van de gemeente",
            True,
        ),
    ],
)
def test_bodies_of_many_places_are_none(language: str, text: str, surface: str, kept: bool) -> None:
    start = text.index(surface)
    name = Name(start, start + len(surface), 0.9, "test")
    assert bool(snap([name], match_spans(text, language), text, language)) is kept
