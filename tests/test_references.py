"""Document references in articles: examples, look-alikes, nouns, short mentions, attributes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.extract.references import references

LANGUAGES = languages.available()
DOCUMENTS = facts.data("documents")
_IN_NUMBER = [t["code"] for t in DOCUMENTS["types"] if t.get("in_number", True)]


# What an example may say of a reference, by the column that has it.
FIELDS = {
    "date": "reference_date",
    "title": "reference_title",
    "type": "reference_type",
    "number": "reference_number",
    "year": "reference_year",
    "issuer": "reference_issuer",
    "session": "reference_session",
    "term": "reference_term",
    "basis": "reference_basis",
}


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
        assert set(wanted) <= {"text", "id", *FIELDS}
        for field, column in FIELDS.items():
            if field in wanted:
                assert getattr(reference, column) == wanted[field], field


@pytest.mark.parametrize(("language", "entry"), _examples("negative"))
def test_look_alikes_stay_out(language: str, entry: dict[str, Any]) -> None:
    assert [(r.text, r.canonical_id) for r in references(entry["text"], language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hundreds_of_look_alikes_stay_out(language: str) -> None:
    sentences = languages.examples(language, "look_alikes")["sentences"]
    assert len(sentences) >= 300
    taken = [(s, [r.text for r in references(s, language)]) for s in sentences]
    assert [(sentence, found) for sentence, found in taken if found] == []
    # One article of all of them: nothing in one makes a document of another.
    assert references("\n\n".join(sentences), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_have_every_attribute(language: str) -> None:
    said = [
        r for e in languages.examples(language, "references")["positive"] for r in e["references"]
    ]
    for field in FIELDS:
        assert sum(field in reference for reference in said) >= 2, field
    assert {r["basis"] for r in said if "basis" in r} == {
        "number", "article", "list", "law", "register", "noun",
    }  # fmt: skip


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
