"""Places of both eras: resolving a name, finding names in text, the province of an article."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalise import places

BEFORE, AFTER = datetime.date(2024, 5, 1), datetime.date(2025, 9, 1)


def test_both_eras_are_whole() -> None:
    every = places.gazetteer().by_id.values()
    new = [p for p in every if p.level == "province" and p.era == "2025"]
    assert len(new) == 34
    merged = [p for p in every if p.level == "province" and p.era == "before-2025"]
    unchanged = 63 - len(merged)
    assert unchanged == 11
    assert all(p.successor_id in {q.id for q in new} for p in merged)
    assert len({p.slug for p in merged} | {p.slug for p in new}) == 63
    districts = [p for p in every if p.level == "district"]
    assert len(districts) == 696
    assert all(p.parent for p in every if p.level != "province")


@pytest.mark.parametrize(
    ("name", "level", "slug", "era"),
    [
        ("Quang Ninh", None, "quang-ninh", "2025"),
        ("Quảng Ninh", None, "quang-ninh", "2025"),
        ("Hà Giang", None, "ha-giang", "before-2025"),
        ("Ha Giang", "province", "ha-giang", "before-2025"),
        ("Ha Noi", None, "hanoi", "2025"),
        ("Hanoi", "city", "hanoi", "2025"),
        ("Ho Chi Minh", "city", "ho-chi-minh-city", "2025"),
        ("Thua Thien Hue", None, "hue", "2025"),
        ("Daklak", None, "dak-lak", "2025"),
        ("Meo Vac", "district", "meo-vac", "before-2025"),
        ("Đồng Văn", "district", "dong-van", "before-2025"),
        ("Vinh Te", "commune", "vinh-te", "2025"),
    ],
)
def test_resolve(name: str, level: str | None, slug: str, era: str) -> None:
    place = places.resolve(name, level)
    assert place is not None
    assert (place.slug, place.era) == (slug, era)


def test_the_date_chooses_between_the_eras() -> None:
    before, after = (
        places.resolve("Lam Dong", None, None, BEFORE),
        places.resolve("Lam Dong", None, None, AFTER),
    )
    assert before is not None
    assert after is not None
    assert (before.era, after.era) == ("before-2025", "2025")
    assert before.successor_id == after.id
    assert before.slug == after.slug


def test_successor_of_an_abolished_province() -> None:
    kien_giang = places.resolve("Kien Giang")
    an_giang = places.resolve("An Giang", None, None, AFTER)
    assert kien_giang is not None
    assert an_giang is not None
    assert kien_giang.successor_id == an_giang.id
    assert places.is_within(kien_giang, an_giang)
    quang_ninh = places.resolve("Quang Ninh")
    assert quang_ninh is not None
    assert not places.is_within(kien_giang, quang_ninh)


def test_nothing_uncertain_is_resolved() -> None:
    assert places.resolve("Meo Vac") is None  # a district, and nothing says so
    assert places.resolve("Tan Thanh", "commune") is None  # many communes have this name
    assert places.resolve("Atlantis") is None
    assert places.resolve("") is None


def test_a_shared_name_needs_its_province() -> None:
    long_an = places.resolve("Long An")
    place = places.resolve("Tan Thanh", "district", long_an)
    assert place is not None
    assert places.gazetteer().province(place).slug == "long-an"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wilayah Ha Giang dan daerah Meo Vac", ["ha-giang", "meo-vac"]),
        ("de provincie Nghe An en de stad Da Nang", ["nghe-an", "da-nang"]),
        ("Presiden Ho Chi Minh melawat Bandar Raya Ho Chi Minh", ["ho-chi-minh-city"]),
        ("de leer van Ho Chi Minh in Ho Chi Minhstad", ["ho-chi-minh-city"]),
        ("Encik Nguyen Thai Binh tiba di Thai Binh", ["thai-binh"]),
        ("quang ninh", []),
        ("komun Sung Tra, daerah Meo Vac, wilayah Ha Giang", ["sung-tra", "meo-vac", "ha-giang"]),
    ],
)
def test_find(text: str, found: list[str]) -> None:
    hits = places.find(text)
    assert [h.place.slug for h in hits] == found
    assert all(0 <= h.start < h.end <= len(text) for h in hits)


def test_find_reads_composed_and_decomposed_letters_alike() -> None:
    import unicodedata

    text = "tỉnh Hà Giang và tỉnh Cà Mau"
    for form in ("NFC", "NFD"):
        hits = places.find(unicodedata.normalize(form, text))
        assert [h.place.slug for h in hits] == ["ha-giang", "ca-mau"]


@pytest.mark.parametrize(
    ("text", "title", "slug", "why"),
    [
        ("Mesyuarat hari ini.", "Wilayah Son La membina jalan", "son-la", "title"),
        ("Lai Chau - Pagi ini hujan.\nDi Lai Chau.", "Hujan lebat", "lai-chau", "dateline"),
        ("Ada banyak kerja di Ca Mau. Ca Mau maju.", "Kerja", "ca-mau", "most"),
        ("Ca Mau dan Ha Tinh. Nghe An.", "Tiga", None, "no place"),
        ("Foto: X\nSumber: https://baohagiang.vn/abc", "Mesyuarat", "ha-giang", "paper"),
        ("", None, None, "no place"),
    ],
)
def test_article_place(text: str, title: str | None, slug: str | None, why: str) -> None:
    place, reason = places.article_place(text, title, "ms")
    assert (place.slug if place else None) == slug
    assert why in reason


@pytest.mark.parametrize("language", ["ms", "nl"])
def test_an_article_of_today_is_about_a_province_of_today(language: str) -> None:
    """Ha Giang is a part of Tuyen Quang since July 2025; together they are named most."""
    text = "Ha Giang, Ha Giang, Tuyen Quang, Lao Cai."
    now, reason = places.article_place(text, "", language, AFTER)
    assert now is not None
    assert (now.slug, now.era) == ("tuyen-quang", "2025")
    assert "3 of 4" in reason
    for day in (BEFORE, None):
        then, reason = places.article_place(text, "", language, day)
        assert then is None, day
        assert "no place" in reason


def test_a_title_with_the_name_of_before_is_read_by_the_day() -> None:
    told = {
        day: places.article_place("Hujan.", "Wilayah Ha Giang", "ms", day)[0]
        for day in (AFTER, BEFORE)
    }
    assert {day: p.slug for day, p in told.items() if p} == {
        AFTER: "tuyen-quang",
        BEFORE: "ha-giang",
    }
    both, _ = places.article_place("Hujan.", "Ha Giang dan Tuyen Quang", "ms", AFTER)
    assert both is not None
    assert both.slug == "tuyen-quang"
    assert places.article_place("Hujan.", "Ha Giang dan Tuyen Quang", "ms", BEFORE)[0] is None


def test_what_the_user_says_comes_first() -> None:
    place, reason = places.article_place("Ca Mau. Ca Mau.", "Ca Mau", "ms", hint="Quảng Ninh")
    assert place is not None
    assert place.slug == "quang-ninh"
    assert "metadata" in reason


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for hit in places.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
    places.article_place(text, None, "nl")
    places.resolve(text)
