"""Statistics: the rules of the annotation guide, on sentences of our own."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import languages
from pipeline.extract.dates import DateSpan
from pipeline.extract.furniture import furniture
from pipeline.extract.statistics import statistics
from pipeline.records import Statistic

FIELDS = ("value", "of", "to", "value_kind", "currency", "unit", "qualifier", "change")


def brief(found: Statistic) -> dict[str, object]:
    """A statistic as the examples write it: only what it has."""
    fields = {name: getattr(found, name) for name in FIELDS}
    fields["kind"] = fields.pop("value_kind")
    return {"text": found.text, **{k: v for k, v in fields.items() if v is not None}}


def values(text: str, language: str) -> list[float]:
    return [s.value for s in statistics(text, language)]


def one(text: str, language: str) -> Statistic:
    (found,) = statistics(text, language)
    return found


@pytest.mark.parametrize("language", languages.available())
def test_examples(language: str) -> None:
    data = languages.examples(language, "statistics")
    for example in data["positive"]:
        found = [brief(s) for s in statistics(example["text"], language)]
        assert found == example["found"], example["text"]
    for example in data["negative"]:
        assert statistics(example["text"], language) == [], example["text"]


CLASSES = (
    *("times", "dates", "years", "ordinals", "codes", "labels", "phones", "lists", "names"),
    *("furniture", "ranks", "multiples", "vague"),
)


@pytest.mark.parametrize("language", languages.available())
@pytest.mark.parametrize("kind", CLASSES)
def test_numbers_that_count_nothing(kind: str, language: str) -> None:
    texts = languages.examples(language, "statistics")["negatives"][kind]
    assert len(set(texts)) >= 12
    for text in texts:
        page = furniture(text, language)
        assert statistics(text, language, excluded=page.spans) == [], text


@pytest.mark.parametrize("language", languages.available())
def test_every_class_of_negative_example_is_named(language: str) -> None:
    assert set(languages.examples(language, "statistics")["negatives"]) == set(CLASSES)


@pytest.mark.parametrize("language", languages.available())
def test_bounds_and_movements(language: str) -> None:
    for example in languages.examples(language, "statistics")["told"]:
        found = statistics(example["text"], language)
        told = [" ".join(filter(None, (s.qualifier, s.change))) for s in found]
        assert told == example["found"], example["text"]


@pytest.mark.parametrize("language", languages.available())
def test_kinds(language: str) -> None:
    for example in languages.examples(language, "statistics")["kinds"]:
        found = statistics(example["text"], language)
        assert [s.value_kind for s in found] == example["found"], example["text"]


def test_a_level_below_zero_is_no_change() -> None:
    for language, text in (
        ("ms", "Suhu -5°C, tolak 2 darjah."),
        ("nl", "Het is -5 °C, min 2 graden."),
    ):
        found = statistics(text, language)
        assert [(s.value, s.change) for s in found] == [(-5, None), (-2, None)]


@pytest.mark.parametrize("language", languages.available())
def test_the_examples_hold_every_kind_qualifier_and_change(language: str) -> None:
    data = languages.examples(language, "statistics")
    found = [f for example in data["positive"] for f in example["found"]]
    kinds = {"count", "percentage", "ratio", "fraction", "money", "measure", "age", "duration"}
    assert {f["kind"] for f in found} == kinds
    qualifiers = {"almost", "about", "over", "at_least", "at_most"}
    assert {f["qualifier"] for f in found if "qualifier" in f} == qualifiers
    assert {f["change"] for f in found if "change" in f} == {"up", "down"}


@pytest.mark.parametrize(
    ("text", "language", "value", "why"),
    [
        ("8.000 pekerja", "ms", 8000, "no fraction"),
        ("1,461 pekerja", "ms", 1461, "convention"),
        ("1,050 leerlingen", "nl", 1050, "no fraction"),
        ("3.162 leden", "nl", 3162, "convention"),
        ("97.5% van de leden", "nl", 97.5, "not before three digits"),
        ("3,4% ahli", "ms", 3.4, "not before three digits"),
        ("12.500 hektar", "ms", 12500, "does not end in 0"),
        ("2.345 hektar", "ms", 2.345, "convention"),
        ("45.678 hektar", "ms", 45678, "three decimals"),
        ("50.000 VND", "ms", 50000, "VND has no fraction"),
        ("99.125% ahli", "ms", 99.125, "percentage"),
        ("1,234,567 inwoners", "nl", 1234567, "repeats"),
        ("1.234,5 ton", "nl", 1234.5, "groups"),
        ("lima ratus rumah", "ms", 500, "number word"),
    ],
)
def test_the_reading_of_a_separator_is_kept(
    text: str, language: str, value: float, why: str
) -> None:
    found = one(text, language)
    assert found.value == value
    assert found.reason is not None
    assert why in found.reason


def test_the_articles_other_numbers_decide_a_separator() -> None:
    doubtful = "Hasilnya 2.345 juta tan."
    assert values(doubtful, "ms") == [2_345_000]
    assert values(doubtful + " Bandar itu mempunyai 1.234.567 penduduk.", "ms")[0] == 2_345_000_000


def test_a_percentage_beside_a_ratio_decides_its_separators() -> None:
    text = "Sebanyak 1.250/2.500 isi rumah (50%) dan 1.250/2.5 bahagian."
    assert next((s.value, s.of) for s in statistics(text, "ms")) == (1250, 2500)


def test_offsets_point_into_the_article() -> None:
    text = "Tajuk\n\nDaripada 60 sel, 45 daripada 60 cemerlang; hampir 90% puas hati.\nKomen (0)"
    found = statistics(text, "ms")
    assert [text[s.start : s.end] for s in found] == ["60", "45 daripada 60", "hampir 90%"]
    assert [s.start for s in found] == sorted(s.start for s in found)
    assert all(s.text == text[s.start : s.end] and s.source and s.reason for s in found)


def test_excluded_spans_hold_no_statistic() -> None:
    text = "Hospital Seratus Katil dan 12 klinik."
    name = (0, text.index(" dan"))
    assert values(text, "ms")[-1] == 12
    assert [s.value for s in statistics(text, "ms", excluded=[name])] == [12]
    assert statistics(text, "ms", excluded=[name, (0, len(text))]) == []


def test_dates_given_are_no_statistics_and_are_the_period() -> None:
    text = "Musim itu 437 ahli diterima."
    season = DateSpan(0, 9, "Musim itu", datetime.date(2023, 2, 1), datetime.date(2023, 4, 30))
    (found,) = statistics(text, "ms", dates=[season])
    assert (found.period_start, found.period_end) == ("2023-02-01", "2023-04-30")


def test_a_period_needs_one_date_in_the_sentence() -> None:
    (alone,) = statistics("Pada 2024, 54 ahli diterima.", "ms")
    assert (alone.period_start, alone.period_end) == ("2024-01-01", "2024-12-31")
    (elsewhere,) = statistics("Pada 2024 mesyuarat diadakan. Seramai 54 ahli diterima.", "ms")
    assert (elsewhere.period_start, elsewhere.period_end) == (None, None)
    (two,) = statistics("In 2023 en 2024 werden 54 leden toegelaten.", "nl")
    assert two.value == 54


def test_a_year_before_a_count_is_no_part_of_it() -> None:
    assert values("tussen 2020 en juli 2023 437 partijleden opgenomen", "nl") == [437]
    assert values("antara 2020 dan Julai 2023 437 ahli diterima", "ms") == [437]
    assert values("Pada 2024, 2,024 ahli dan 2024 lagi.", "ms") == [2024]


def test_levels_carry_no_change() -> None:
    found = statistics("De armoede daalde van 12,3% naar 8,1%, een daling van 4,2%.", "nl")
    assert [(s.value, s.change) for s in found] == [(12.3, None), (8.1, None), (4.2, "down")]


def test_what_exceeds_a_plan_is_no_change() -> None:
    assert one("Hasil meningkat 5% berbanding rancangan.", "ms").change is None
    assert one("Hasil meningkat 5% berbanding tahun lalu.", "ms").change == "up"


def test_list_numbering_is_no_statistic() -> None:
    text = "1. Membina 5 jambatan\n2) Melatih 20 guru\n- 3 klinik\n(4) Membaiki 6 jalan"
    assert values(text, "ms") == [5, 20, 3, 6]


def test_a_label_is_passed_on_to_the_numbers_after_it() -> None:
    assert values("hangar nr. 3 en 4, loket 5 en 6", "nl") == []
    assert values("kelas 8 dan 9; dermaga 3 dan 4.", "ms") == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(languages.UnknownLanguage):
        statistics("12 rumah", "xx")


FURNITURE = {
    "ms": ["Sumber", "Komen (0)", "Ulasan (1234)", "https://a.vn/2025/11/04/1.234-tan.html"],
    "nl": ["Bron", "Reactie (0)", "Reacties (1234)", "https://a.vn/2025/11/04/1.234-ton.html"],
}
NUMBERS = (
    "12 1,461 3.162 3,4 0 007 2024 1.2.3 5kg 13e ke-15 4-sel COVID-19 108 19 €5 https://a.vn/1"
)
SIGNS = (
    "% / - – ( ) . , ; : \" ' $ peratus procent mata jarige -jarige VND USD dong orang buah ha km"
)
MALAY = "hampir hingga daripada antara dan tahun jam pukul meningkat kali ganda rumah ahli setengah"
DUTCH = "bijna tot van tussen en jaar uur om steeg daalde met keer zo leden mensen een één helft"
WORDS = "dua puluh ratus ribu juta bilion satu suku pertiga vijfentwintig honderd miljoen mln kwart"
PIECES = st.sampled_from(["\n", *" ".join((NUMBERS, SIGNS, MALAY, DUTCH, WORDS)).split()])


@pytest.mark.parametrize("language", languages.available())
@settings(deadline=None)  # other programs share the machine
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_any_order_of_words_is_read_without_error(language: str, text: str) -> None:
    found = statistics(text, language)
    assert all(text[s.start : s.end] == s.text for s in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all((s.of is not None) == (s.value_kind in ("ratio", "fraction")) for s in found)
    assert all((s.currency is not None) == (s.value_kind == "money") for s in found)
    assert all(s.to is None or s.to > s.value for s in found)
    assert all(s.unit for s in found if s.value_kind in ("measure", "duration"))
    assert all(0 <= s.score <= 1 for s in found)


@pytest.mark.parametrize("language", languages.available())
@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_raises(language: str, text: str) -> None:
    found = statistics(text, language)
    assert all(text[s.start : s.end] == s.text for s in found)


@pytest.mark.parametrize("language", languages.available())
@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_page_furniture_changes_nothing(language: str, text: str) -> None:
    """Neither before the article nor behind it."""

    def read(page: str, at: int) -> list[Statistic]:
        found = statistics(page, language, excluded=furniture(page, language).spans)
        return [dataclasses.replace(s, start=s.start - at, end=s.end - at) for s in found]

    lines = "\n".join(FURNITURE[language]) + "\n"
    alone = read(text, 0)
    assert read(f"{text}\n{lines}", 0) == alone
    assert read(lines + text, len(lines)) == alone


@pytest.mark.parametrize(
    "piece",
    [
        *("12 ", "satu ", "(", "1/2/", "een honderd ", "...", "1.", "3-", '"5 ', "dua dan "),
        *("½ ", "1 juta ", "kedua puluh ", "honderd en ", "sejam setengah "),
    ],
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        begin = time.process_time()  # what other programs do to the machine does not count
        for language in languages.available():
            statistics(text, language)
        return time.process_time() - begin

    seconds(500)  # the lexicons are made ready
    size = 1000 if seconds(500) < 0.3 else 250  # what is slow shows soon how it grows
    limit = 8 * 3 * max(min(seconds(size) for _ in range(2)), 0.01)
    assert any(seconds(8 * size) < limit for _ in range(2))


@pytest.mark.parametrize(
    ("language", "text", "period"),
    [
        ("ms", "Pada tahun 2024 hospital itu menerima 54 doktor.", ("2024-01-01", "2024-12-31")),
        (
            "ms",
            "Hospital itu menerima 54 doktor, lebih banyak berbanding tahun 2023.",
            (None, None),
        ),
        ("ms", "Sejak tahun 2021 hospital itu menerima 54 doktor.", (None, None)),
        ("nl", "In 2024 nam het ziekenhuis 54 artsen aan.", ("2024-01-01", "2024-12-31")),
        ("nl", "Het ziekenhuis nam 54 artsen aan, meer dan in 2023.", (None, None)),
        ("nl", "Sinds 2021 nam het ziekenhuis 54 artsen aan.", (None, None)),
        ("nl", "In 2024 nam het 54 artsen aan, vergeleken met 2023.", ("2024-01-01", "2024-12-31")),
    ],
)
def test_the_period_of_a_figure_is_not_the_one_it_is_compared_with(
    language: str, text: str, period: tuple[str | None, str | None]
) -> None:
    (found,) = statistics(text, language)
    assert (found.period_start, found.period_end) == period


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("NTP 1719 membiayai 15 komun.", [15]),
        ("UNICEF 120 komputer.", [120]),
        ("KKP 54 pesakit dirawat.", [54]),
    ],
)
def test_digits_after_capitals(text: str, values: list[float]) -> None:
    assert [s.value for s in statistics(text, "ms")] == values
