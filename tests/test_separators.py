"""What a point or comma in a number means: every kind of evidence, either way, in each language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.statistics import statistics
from pipeline.records import Statistic

LANGUAGES = ("ms", "nl")
# A sign and the other one: ``{s}`` and ``{o}`` of the texts below.
SIGNS = ((",", "."), (".", ","))

# Texts for each language whose figure beyond doubt is read alike whichever sign it has: the text,
# which figure is meant, its values, and what must be the reason.
EVIDENCE: dict[str, list[tuple[dict[str, str], int, tuple[float, ...], str]]] = {
    "pattern": [
        (
            {"ms": "Jalan sepanjang 12{s}5 km.", "nl": "Een weg van 12{s}5 km."},
            0,
            (12.5,),
            "not before three digits",
        ),
        (
            {"ms": "Kebun seluas 0{s}125 ha.", "nl": "Een tuin van 0{s}125 ha."},
            0,
            (0.125,),
            "after 0",
        ),
        (
            {"ms": "Hasil 1{s}234{s}567 tan.", "nl": "Een oogst van 1{s}234{s}567 ton."},
            0,
            (1234567,),
            "repeats",
        ),
        (
            {"ms": "Hasil 1{s}234{o}5 tan.", "nl": "Een oogst van 1{s}234{o}5 ton."},
            0,
            (1234.5,),
            "before the fraction",
        ),
    ],
    "what is counted": [
        ({"ms": "Seramai 1{s}461 orang.", "nl": "Er waren 1{s}461 mensen."}, 0, (1461,), ""),
        ({"ms": "Harganya 45{s}678 VND.", "nl": "Het kost 45{s}678 VND."}, 0, (45678,), "VND"),
        (
            {"ms": "Harganya 4{s}527 USD.", "nl": "Het kost 4{s}527 USD."},
            0,
            (4527,),
            "two decimals",
        ),
        (
            {"ms": "Seluas 2{s}340 ha.", "nl": "Een gebied van 2{s}340 ha."},
            0,
            (2340,),
            "does not end in 0",
        ),
        (
            {"ms": "Seluas 45{s}678 ha.", "nl": "Een gebied van 45{s}678 ha."},
            0,
            (45678,),
            "three decimals",
        ),
        (
            {"ms": "Larian sejauh 42{s}195 km.", "nl": "Een loop van 42{s}195 km."},
            0,
            (42.195,),
            "marathon",
        ),
        (
            {
                "ms": "Pelaburan 14{s}872 bilion VND.",
                "nl": "Een investering van 14{s}872 miljard VND.",
            },
            0,
            (14_872_000_000_000,),
            "thousands of such a scale",
        ),
    ],
    "percentage": [
        ({"ms": "Kadarnya 12{s}345%.", "nl": "Het aandeel is 12{s}345%."}, 0, (12.345,), "percent"),
        (
            {"ms": "Harganya naik 1{s}200%.", "nl": "De prijs steeg met 1{s}200%."},
            0,
            (1200,),
            "no percentage ends so",
        ),
    ],
    "the article's other numbers": [
        (
            {
                "ms": "Seramai 1{s}461 orang hadir. Ada 3{s}162 ahli. Hasilnya 2{s}345 tan.",
                "nl": "Er kwamen 1{s}461 mensen. Er zijn 3{s}162 leden. De oogst was 2{s}345 ton.",
            },
            2,
            (2345,),
            "as in the article's other numbers",
        ),
        (
            {
                "ms": "Kadarnya 97{s}5%. Jalan 12{s}3 km itu siap. Hasilnya 2{s}345 tan.",
                "nl": "Het aandeel is 97{s}5%. De 12{s}3 km weg is klaar. De oogst was 2{s}345 ton.",
            },
            2,
            (2.345,),
            "as in the article's other numbers",
        ),
        (
            {
                "ms": "Hasilnya 2{s}345 tan. Kemudian seramai 1{s}461 orang hadir dan 3{s}162 ahli.",
                "nl": "De oogst was 2{s}345 ton. Later kwamen 1{s}461 mensen en 3{s}162 leden.",
            },
            0,
            (2345,),
            "as in the article's other numbers",
        ),
        (
            {
                "ms": "Seluas 2345 ha ditanam. Kawasan 2{s}345 ha itu subur.",
                "nl": "Er werd 2345 ha beplant. Dat gebied van 2{s}345 ha is vruchtbaar.",
            },
            1,
            (2345,),
            "written 2345 elsewhere",
        ),
    ],
    "figures beside it": [
        (
            {
                "ms": "Padi 12{s}5 ha, jagung 1{s}5 ha dan teh 2{s}345 ha.",
                "nl": "Rijst 12{s}5 ha, mais 1{s}5 ha en thee 2{s}345 ha.",
            },
            2,
            (2.345,),
            "as in the figures beside it",
        ),
        (
            {
                "ms": "Padi 1{s}250 ha, jagung 3{s}400 ha dan teh 2{s}345 ha.",
                "nl": "Rijst 1{s}250 ha, mais 3{s}400 ha en thee 2{s}345 ha.",
            },
            2,
            (2345,),
            "does not end in 0",
        ),
    ],
    "sums": [
        (
            {
                "ms": "Hasil 5{s}745 tan: 3{s}243 tan padi dan 2502 tan jagung.",
                "nl": "Een oogst van 5{s}745 ton: 3{s}243 ton rijst en 2502 ton mais.",
            },
            0,
            (5745,),
            "add up",
        ),
        (
            {
                "ms": "Hasil 3{s}243 tan padi, 2{s}5 tan jagung, semuanya 5{s}743 tan.",
                "nl": "Een oogst van 3{s}243 ton rijst, 2{s}5 ton mais, samen 5{s}743 ton.",
            },
            2,
            (5.743,),
            "add up",
        ),
    ],
    "a share and its percentage": [
        (
            {
                "ms": "Daripada 4690 ha, 2{s}345 ha (50%) sudah ditanam.",
                "nl": "Van 4690 ha is 2{s}345 ha (50%) beplant.",
            },
            1,
            (2345,),
            "agrees with 50%",
        ),
        (
            {
                "ms": "Daripada 5 ha, 2{s}345 ha (47%) sudah ditanam.",
                "nl": "Van 5 ha is 2{s}345 ha (47%) beplant.",
            },
            1,
            (2.345,),
            "agrees with 47%",
        ),
        (
            {
                "ms": "Ditanam 1{s}125/4{s}5 ha (25%).",
                "nl": "Er is 1{s}125/4{s}5 ha (25%) beplant.",
            },
            0,
            (1.125, 4.5),
            "agrees with 25%",
        ),
        (
            {"ms": "Ditanam 1{s}125/4500 ha (25%).", "nl": "Er is 1{s}125/4500 ha (25%) beplant."},
            0,
            (1125, 4500),
            "agrees with 25%",
        ),
    ],
    "the other number of a pair": [
        (
            {"ms": "Ditanam 2{s}345/3 ha.", "nl": "Er is 2{s}345/3 ha beplant."},
            0,
            (2.345, 3),
            "no more than its whole",
        ),
        ({"ms": "Hasil 1{s}255 - 3 tan.", "nl": "Oogst 1{s}255 - 3 ton."}, 0, (1.255, 3), "rises"),
        (
            {"ms": "Hasil 900 - 1{s}255 tan.", "nl": "Oogst 900 - 1{s}255 ton."},
            0,
            (900, 1255),
            "rises",
        ),
        (
            {
                "ms": "Bernilai 2{s}345 hingga 2{s}9 juta dong.",
                "nl": "Een waarde van 2{s}345 tot 2{s}9 miljoen dong.",
            },
            0,
            (2_345_000, 2_900_000),
            "rises",
        ),
        (
            {
                "ms": "Luasnya berubah daripada 2100 ha kepada 2{s}345 ha.",
                "nl": "De oppervlakte ging van 2100 ha naar 2{s}345 ha.",
            },
            1,
            (2345,),
            "near the level",
        ),
    ],
}


def _read(text: str, language: str, n: int) -> tuple[Statistic, tuple[float, ...]]:
    found = statistics(text, language)[n]
    second = found.of if found.of is not None else found.to
    return found, (found.value,) if second is None else (found.value, second)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("signs", SIGNS, ids=["comma", "point"])
@pytest.mark.parametrize("kind", EVIDENCE)
def test_evidence_is_stronger_than_the_convention(
    kind: str, signs: tuple[str, str], language: str
) -> None:
    for texts, n, values, why in EVIDENCE[kind]:
        text = texts[language].format(s=signs[0], o=signs[1])
        found, read = _read(text, language, n)
        assert read == pytest.approx(values, rel=1e-12), text
        assert found.reason is not None
        assert why in found.reason, (text, found.reason)


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ms", "Seluas 2.345 ha.", 2.345),
        ("ms", "Seluas 2,345 ha.", 2345),
        ("nl", "Een gebied van 2.345 ha.", 2345),
        ("nl", "Een gebied van 2,345 ha.", 2.345),
    ],
)
def test_without_evidence_the_convention_decides(language: str, text: str, value: float) -> None:
    (found,) = statistics(text, language)
    assert found.value == value
    assert found.reason is not None
    assert "convention" in found.reason


def test_a_year_with_a_sign_for_thousands_is_no_count() -> None:
    for language, text in (
        ("ms", "Ia bermula pada tahun 2{s}024."),
        ("nl", "Dat was in het jaar 2{s}024."),
    ):
        for sign in ".,":
            assert statistics(text.format(s=sign), language) == []
    assert [s.value for s in statistics("Pada tahun 2,024 sekolah dibuka.", "ms")] == [2024]


# Numbers written with the signs of one language, in contexts that leave no doubt.
WORDS = {
    "ms": {
        "count": "seramai {} orang",
        "percentage": "kadarnya {}%",
        "money": "harganya {} VND",
        "measure": "jalan {} km",
        "scaled": "hasil {} juta tan",
        "doubt": "kebun {} ha",
    },
    "nl": {
        "count": "er waren {} mensen",
        "percentage": "het aandeel is {}%",
        "money": "de prijs is {} VND",
        "measure": "een weg van {} km",
        "scaled": "een oogst van {} miljoen ton",
        "doubt": "een tuin van {} ha",
    },
}
GROUPED = {"ms": ",", "nl": "."}


def _written(value: str, group: str) -> str:
    """A plain decimal with ``group`` between thousands and the other sign before the fraction."""
    whole, _, part = value.partition(".")
    whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", group, whole)
    return whole + (("." if group == "," else ",") + part if part else "")


def _fraction(whole: st.SearchStrategy[int], digits: int) -> st.SearchStrategy[str]:
    last = st.integers(1, 9).map(str)
    rest = st.lists(st.integers(0, 9).map(str), min_size=0, max_size=digits - 1).map("".join)
    return st.tuples(whole, rest, last).map(lambda t: f"{t[0]}.{t[1]}{t[2]}")


whole_number = st.integers(1000, 9_999_999).map(str)
FIGURES: dict[str, st.SearchStrategy[str]] = {
    "count": whole_number,
    "money": whole_number,
    "percentage": _fraction(st.integers(0, 99), 2),
    "measure": _fraction(st.integers(0, 999), 2),
    "scaled": _fraction(st.integers(0, 9), 2),
}
sure = st.sampled_from(sorted(FIGURES)).flatmap(
    lambda kind: FIGURES[kind].map(lambda value: (kind, value))
)
# What one sign leaves in doubt: thousands of hectares, or thousandths of one.
thousands = st.integers(1001, 9999).filter(lambda n: n % 10).map(lambda n: ("doubt", str(n)))
thousandths = (
    st.integers(1001, 9999)
    .filter(lambda n: n % 10)
    .map(lambda n: ("doubt", f"{n // 1000}.{n % 1000:03}"))
)


def _value(kind: str, value: str) -> float:
    return float(value) * (10**6 if kind == "scaled" else 1)


def _article(language: str, figures: list[tuple[str, str]], group: str) -> str:
    words: Callable[[str], str] = WORDS[language].__getitem__
    return ". ".join(words(kind).format(_written(value, group)) for kind, value in figures) + "."


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None, max_examples=150)
@given(
    st.lists(sure, min_size=1, max_size=6),
    st.integers(0, 6),
    st.one_of(thousands, thousandths),
    st.integers(1000, 9_999_999),
)
def test_numbers_keep_their_value_in_the_other_convention(
    language: str, certain: list[tuple[str, str]], at: int, doubt: tuple[str, str], people: int
) -> None:
    """Every figure is beyond doubt, or the others of the article say how it is to be read."""
    more = [("count", str(people)), ("count", "4321"), ("measure", "12.5"), ("percentage", "3.4")]
    figures = [*certain[:at], doubt, *certain[at:], *more]
    own = GROUPED[language]
    for group in (own, "." if own == "," else ","):
        text = _article(language, figures, group)
        found = statistics(text, language)
        assert [s.value for s in found] == pytest.approx([_value(*f) for f in figures]), text
        assert all(text[s.start : s.end] == s.text for s in found)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None, max_examples=100)
@given(sure, st.booleans())
def test_a_number_alone_keeps_its_value(
    language: str, figure: tuple[str, str], other: bool
) -> None:
    own = GROUPED[language]
    group = own if not other else ("." if own == "," else ",")
    (found,) = statistics(_article(language, [figure], group), language)
    assert found.value == pytest.approx(_value(*figure))


def test_the_languages_of_these_tests_are_all_there_are() -> None:
    """A language that is added gets its texts here."""
    assert set(LANGUAGES) == set(languages.available())
