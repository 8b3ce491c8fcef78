"""Document references: examples, every combination of type, issuer and noise, look-alikes."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.extract.references import references
from pipeline.normalise.references import (
    completed,
    date_check,
    fold,
    number_at,
    register,
    renumbered,
    type_id,
)

LANGUAGES = languages.available()
DOCUMENTS = facts.data("documents")


def _examples(kind: str) -> list[Any]:
    return [
        pytest.param(code, entry, id=entry["text"])
        for code in LANGUAGES
        for entry in languages.examples(code, "references")[kind]
    ]


@pytest.mark.parametrize(("language", "entry"), _examples("positive"))
def test_examples(language: str, entry: dict[str, Any]) -> None:
    text = entry["text"]
    found = references(text, language)
    assert [(r.text, r.canonical_id) for r in found] == [
        (wanted["text"], wanted["id"]) for wanted in entry["references"]
    ]
    for reference, wanted in zip(found, entry["references"], strict=True):
        assert text[reference.start : reference.end] == reference.text
        assert reference.reference_date == wanted.get("date")
        if "title" in wanted:
            assert reference.reference_title == wanted["title"]


@pytest.mark.parametrize(("language", "entry"), _examples("negative"))
def test_look_alikes_stay_out(language: str, entry: dict[str, Any]) -> None:
    assert [(r.text, r.canonical_id) for r in references(entry["text"], language)] == []


# Every type with every issuer, in every kind of noise, is brought to its one form.

_IN_NUMBER = [t["code"] for t in DOCUMENTS["types"] if t.get("in_number", True)]
# Without diacritics these are spelt like commoner ones, which they are then taken for.
_LOST = {
    code
    for code in _IN_NUMBER
    if any(fold(code) == fold(other) for other in _IN_NUMBER[: _IN_NUMBER.index(code)])
}
_ISSUERS = {side: list(group) for side, group in DOCUMENTS["issuers"].items()}
_BOTH = set(_ISSUERS["party"]) & set(_ISSUERS["state"])


def _party() -> Iterator[str]:
    issuers = [i for i in _ISSUERS["party"] if i not in _BOTH]
    for number, (code, issuer) in enumerate(itertools.product(_IN_NUMBER, issuers), 1):
        yield f"{number % 300 + 1:02}-{code}/{issuer}"


def _state() -> Iterator[str]:
    issuers = [i for i in _ISSUERS["state"] if i not in _BOTH]
    for number, (code, issuer) in enumerate(itertools.product(_IN_NUMBER, issuers), 1):
        yield f"{number % 4000 + 1:02}/{code}-{issuer}"


def _dated() -> Iterator[str]:
    issuers = [i for i in _ISSUERS["state"] if i not in _BOTH]
    for number, (code, issuer) in enumerate(itertools.product(("NQ", "QĐ", "NĐ", "TT"), issuers)):
        yield f"{number % 300 + 1:02}/{2000 + number % 26}/{code}-{issuer}"


def _assembly() -> Iterator[str]:
    for term in range(10, 17):
        yield f"{term:02}/{1980 + term * 3}/QH{term}"
        yield f"{term + 1000}/{1980 + term * 3}/UBTVQH{term}"
        yield f"{term + 1000}/NQ-UBTVQH{term}"


def _joint() -> Iterator[str]:
    issuers = ["BYT", "BNV", "BCA", "VKSNDTC", "TANDTC", "BGDĐT"]
    for number, (first, second) in enumerate(itertools.permutations(issuers, 2), 1):
        yield f"{number:02}/2019/TTLT-{first}-{second}"
        yield f"{number:02}/TTLT-{first}-{second}"


def _letters() -> Iterator[str]:
    for number, issuer in enumerate(i for i in _ISSUERS["state"] if fold(i) not in _FOLDED_TYPES):
        yield f"{number + 1000}/{issuer}-VX"


_FOLDED_TYPES = {fold(code) for code in _IN_NUMBER}


def _plain(text: str) -> str:
    return text.replace("Đ", "D").replace("đ", "d").replace("Ư", "U")


def _digits_as_letters(text: str) -> str:
    head = "".join(itertools.takewhile(str.isdigit, text))
    letters = head.replace("0", "O").replace("1", "l")
    # All letters would be a word.
    return (letters if any(map(str.isdigit, letters)) else head) + text[len(head) :]


NOISE: dict[str, Callable[[str], str]] = {
    "none": lambda t: t,
    "diacritics": _plain,
    "blanks": lambda t: t.replace("-", " - ").replace("/", " / "),
    "blank before": lambda t: t.replace("-", " -", 1),
    "no-break blanks": lambda t: t.replace("-", "\u00a0-\u00a0"),
    "en dash": lambda t: t.replace("-", "–"),
    "no-break hyphen": lambda t: t.replace("-", "\u2011"),
    "minus": lambda t: t.replace("-", "\u2212"),
    "other slash": lambda t: t.replace("/", "\u2215"),
    "capitals": str.upper,
    "small letters": str.lower,
    "digits as letters": _digits_as_letters,
    "plain and spaced": lambda t: _plain(t).replace("-", " – ").replace("/", "/ "),
}


def _cases() -> Iterator[tuple[str, str]]:
    for family in (_party, _state, _dated, _assembly, _joint):
        for canonical in family():
            for name in NOISE:
                yield canonical, name


def _loses_its_diacritic(canonical: str, noise: str) -> bool:
    """Whether nothing in the noisy form tells the type from a commoner one."""
    code = canonical.replace("/", "-").split("-")[2 if canonical.count("/") == 2 else 1]
    return code in _LOST and noise in {"diacritics", "plain and spaced"}


def test_every_type_issuer_and_noise_has_one_form() -> None:
    wrong = []
    cases = 0
    for canonical, noise in _cases():
        if _loses_its_diacritic(canonical, noise):
            continue
        surface = NOISE[noise](canonical)
        found = number_at(f"{surface}, x", 0, announced=True)
        cases += 1
        if found is None or found.canonical != canonical or found.end != len(surface):
            wrong.append((canonical, noise, surface, found and found.canonical))
    assert cases > 50_000
    assert wrong == []


def test_letters_to_and_from_offices() -> None:
    wrong = []
    for canonical in _letters():
        for noise in ("none", "diacritics", "en dash", "no-break hyphen", "other slash"):
            found = number_at(NOISE[noise](canonical), 0, announced=True)
            if found is None or found.canonical != canonical:
                wrong.append((canonical, noise, found and found.canonical))
    assert wrong == []


@pytest.mark.parametrize("code", ["NQ", "QĐ", "CT", "KL", "HD", "CTr", "KH", "TB", "BC"])
@pytest.mark.parametrize("issuer", ["TW", "TU", "HU", "ĐU", "BTCTU", "UBKTTW"])
def test_a_lost_or_exchanged_separator(code: str, issuer: str) -> None:
    canonical = f"21-{code}/{issuer}"
    for surface in (
        f"21-{code}{issuer}",
        f"21{code}/{issuer}",
        f"21/{code}-{issuer}",
        f"21-{code}-{issuer}",
        f"21/{code}/{issuer}",
        f"21-{code} {issuer}",
        f"21 {code}/{issuer}",
        _plain(f"21-{code}{issuer}"),
    ):
        found = number_at(surface, 0, announced=True)
        assert found is not None, surface
        assert found.canonical == canonical, surface


@pytest.mark.parametrize(
    ("surface", "canonical"),
    [
        ("1.234/QĐ-UBND", "1234/QĐ-UBND"),
        ("1,234/QD-UBND", "1234/QĐ-UBND"),
        ("5-HD/BTCTU", "05-HD/BTCTU"),
        ("100/2019NĐ-CP", "100/2019/NĐ-CP"),
        ("100/2019/NDCP", "100/2019/NĐ-CP"),
        ("21-NQ/TƯ", "21-NQ/TW"),
        ("15/2023/QH 15", "15/2023/QH15"),
        ("15/2023/QHl5", "15/2023/QH15"),
        ("12a/QĐ-UBND", "12a/QĐ-UBND"),
        ("33-QyĐ/TU", "33-QyĐ/TU"),
        ("1938-QDNS/TW", "1938-QĐNS/TW"),
        ("77/QĐ-XYZT", "77/QĐ-XYZT"),
    ],
)
def test_other_noise(surface: str, canonical: str) -> None:
    found = number_at(surface, 0, announced=True)
    assert found is not None
    assert found.canonical == canonical


@pytest.mark.parametrize(
    "text",
    ["2020-2025", "3-1", "7/11", "5/2024", "14A-123.45", "12 TB/PC", "100 GB/x", "24/7", "38-40",
     "21-NQ\n\n/TW", "21\n- NQ/TW", "21-\nabc/TW", "12/2022", "O-CT/TW", "500 kV/ha", "4-sel", "2-PN/AB"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert number_at(text, 0) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_gives_its_type_and_begins_the_span(language: str) -> None:
    data = languages.data(language, "references")
    for entry in data["nouns"]:
        for noun in entry["words"]:
            for marker in ("", *(f"{m}. " for m in data["words"]["marker"])):
                text = f"x {noun.capitalize()} {marker}27-KL/TW y"
                found = references(text, language)
                assert [(r.text, r.canonical_id) for r in found] == [(text[2:-2], "27-KL/TW")]
            if entry.get("label"):
                continue
            text = f"x {noun} {data['words']['marker'][0]}. 27 y"
            code = entry["types"][0]
            assert [r.canonical_id for r in references(text, language)] == [f"{code}:27"], text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_mention_takes_the_full_number_of_the_article(language: str) -> None:
    for entry in languages.data(language, "references")["nouns"]:
        noun, code = entry["words"][0].capitalize(), entry["types"][0]
        if code not in _IN_NUMBER:
            continue
        text = f"{noun} 9133/{code}-UBND. {noun} 9133 x."
        found = [r.canonical_id for r in references(text, language)]
        assert found == [f"9133/{code}-UBND"] * 2, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stayed_in_vietnamese(language: str) -> None:
    text = "x Nghị quyết số 57-NQ/TW, Nghị định số 168/2024/NĐ-CP y"
    assert [(r.text, r.canonical_id) for r in references(text, language)] == [
        ("Nghị quyết số 57-NQ/TW", "57-NQ/TW"),
        ("Nghị định số 168/2024/NĐ-CP", "168/2024/NĐ-CP"),
    ]


def test_same_identity_in_every_language() -> None:
    text = "21-NQ/TW"
    rows = {
        (r.canonical_id, r.label, r.reference_number, r.reference_issuer)
        for code in LANGUAGES
        for r in references(text, code)
    }
    assert len(rows) == 1


def test_fields_of_a_reference() -> None:
    (found,) = references("04/2023/TT-BGDDT", LANGUAGES[0])
    assert (found.reference_type, found.reference_number) == ("circular", "04")
    assert (found.reference_year, found.reference_issuer) == ("2023", "BGDĐT")
    assert found.label == "Circular 04/2023/TT-BGDĐT"
    assert 0 < found.score < 1
    assert found.source.startswith("references ")


def test_register_is_sound() -> None:
    documents = list(itertools.chain.from_iterable(register().values()))
    assert len(documents) >= 60
    for document in documents:
        number = number_at(document.id, 0, announced=True)
        assert number is not None
        assert number.canonical == document.id
        assert number.known, document.id
        assert document.date is not None
        assert document.title
        if number.year:
            assert str(document.date.year) == number.year
        if number.type:
            known = {type_id(number.type), "regulation" if number.type == "QĐ" else None}
            assert document.type in known
    assert all(entry["source"] for entry in facts.data("register")["documents"])


def test_date_against_the_register() -> None:
    assert date_check("57-NQ/TW", "2024-12-22") == "consistent"
    assert date_check("57-NQ/TW", "2024-12") == "consistent"
    assert date_check("57-NQ/TW", "2024-12-23") == "inconsistent"
    assert date_check("57-NQ/TW", "1999-12-23") is None
    assert date_check("100/2019/NĐ-CP", "2018-12-30") == "inconsistent"
    assert date_check("18-NQ/TW", "2022-06-16") == "consistent"
    assert date_check("999-NQ/TW", "2022-06-16") is None
    assert date_check("57-NQ/TW", None) is None


def test_number_and_year_complete_only_what_the_law_decides() -> None:
    assert completed("NĐ", "168", "2024") == "168/2024/NĐ-CP"
    assert completed("Luật", "31", "2024") == "31/2024/QH15"
    assert completed("Luật", "31", "2021") is None
    assert completed("TT", "07", "2024") is None


def test_codes_for_the_whole_list() -> None:
    number = number_at("19-NQ/TW", 0)
    assert number is not None
    assert renumbered(number, "8") == "08-NQ/TW"


_PIECES = st.sampled_from(
    ["21", "-", "/", "NQ", "TW", "QĐ", "2023", "QH15", " ", "No.", "Resolusi", "nr.", "Besluit",
     "\n", "(", "19 Mei 2024", "van", "16 juni 2022", "\"", "dan", "en", ",", "0", "O", "UBND",
     "\u2011", "mengenai", "over", "İ", "1.234", "Wet", "Undang-undang"]
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(), st.lists(_PIECES).map("".join), st.lists(_PIECES).map(" ".join)))
def test_no_input_raises_and_offsets_hold(language: str, text: str) -> None:
    end = 0
    for found in references(text, language, datetime.date(2024, 2, 29)):
        assert found.start >= end
        assert text[found.start : found.end] == found.text
        assert found.canonical_id
        assert "\n\n" not in found.text
        assert 0 < found.score <= 1
        end = found.end


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    [
        "Resolusi 57-NQ/TW. Resolusi 57. ",
        "Wet nr. 5/2020/QH14, 6, ",
        "1",
        "1 ",
        "1-",
        "1/",
        "21-NQ/TW ",
        "21-NQ/TW, ",
        "O1",
        "Resolusi 5 ",
        "No. ",
        " ",
    ],
)
def test_long_repetitions_take_linear_time(language: str, piece: str) -> None:
    assert isinstance(references("21-NQ" + piece * 10_000, language), list)
