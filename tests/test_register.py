"""The register of well-known documents: sound facts, dates held against it, the user's own."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

from pipeline import facts, languages
from pipeline.extract.references import references
from pipeline.normalise.references import date_check, number_at, register, registered, type_id
from pipeline.user_lexicon import using
from pipeline.user_lexicon.read import LexiconError, read_lexicon

LANGUAGES = languages.available()
ENTRIES = facts.data("register")["documents"]


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
            assert document.type in known, document.id
    assert len({(d.id, d.date) for d in documents}) == len(documents)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e['id']} {e['date']}")
def test_every_entry_names_issuer_and_source(entry: dict[str, object]) -> None:
    assert entry["source"]
    assert entry["source"] != "cited"
    assert entry["issuer"]
    assert isinstance(entry["date"], datetime.date)
    assert entry["date"] < datetime.date(2027, 1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_are_of_registered_documents(language: str) -> None:
    subjects = languages.data(language, "references")["subjects"]
    assert set(subjects) <= set(register())
    assert all(len(word) > 3 for words in subjects.values() for word in words)
    assert all(word == word.lower() for words in subjects.values() for word in words)


def test_date_against_the_register() -> None:
    assert date_check("57-NQ/TW", "2024-12-22") == "consistent"
    assert date_check("57-NQ/TW", "2024-12") == "consistent"
    assert date_check("57-NQ/TW", "2024-12-23") == "inconsistent"
    assert date_check("57-NQ/TW", "1999-12-23") is None
    assert date_check("100/2019/NĐ-CP", "2018-12-30") == "inconsistent"
    assert date_check("18-NQ/TW", "2022-06-16") == "consistent"
    assert date_check("999-NQ/TW", "2022-06-16") is None
    assert date_check("57-NQ/TW", None) is None


def test_a_date_tells_documents_of_one_number_apart() -> None:
    old, new = registered("18-NQ/TW", "2017-10-25"), registered("18-NQ/TW", "2022-06-16")
    assert old is not None
    assert new is not None
    assert old.title != new.title
    assert registered("18-NQ/TW", None) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_date_is_told_and_not_corrected(language: str) -> None:
    noun = languages.data(language, "references")["nouns"][0]["words"][0]
    (found,) = references(f"x {noun} 57-NQ/TW (21/12/2024) y", language)
    assert found.reference_date == "2024-12-21"
    assert found.reason is not None
    assert "2024-12-22" in found.reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_completes_a_short_mention(language: str) -> None:
    """Noun, number and one word of the subject; where two documents have them, none is taken."""
    data = languages.data(language, "references")
    nouns: dict[str, str] = {}
    for entry in data["nouns"]:
        nouns.setdefault(entry["types"][0], entry["words"][0])
    right = number = 0
    for canonical, words in data["subjects"].items():
        document = number_at(canonical, 0, announced=True)
        assert document is not None
        noun = nouns.get(document.type or "Luật")
        if noun is None:
            continue
        for word in words:
            text = f"x {noun} {data['words']['marker'][0]}. {document.number} y {word} z"
            (found,) = references(text, language)
            number += 1
            right += found.canonical_id == canonical
            if found.canonical_id == canonical:
                assert found.reference_basis == "register"
                assert found.reason is not None
                assert found.reason.startswith("register: ")
    assert number > 100
    assert right / number > 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_issue_completes_a_short_mention(language: str) -> None:
    noun = languages.data(language, "references")["nouns"][0]["words"][0]
    (found,) = references(f"x {noun} 57 (22/12/2024) y", language)
    assert (found.canonical_id, found.reference_basis) == ("57-NQ/TW", "register")
    (found,) = references(f"x {noun} 57 (22/12/2023) y", language)
    assert (found.canonical_id, found.reference_basis) == ("NQ:57", "noun")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_mention_that_is_known_makes_known_all_of_its_number(language: str) -> None:
    noun = languages.data(language, "references")["nouns"][0]["words"][0].capitalize()
    filler = "xa " * 200
    text = f"{noun} 57 (22/12/2024) y. {filler}\n\nxa {noun} 57."
    assert [r.canonical_id for r in references(text, language)] == ["57-NQ/TW"] * 2


# The documents of the user


def _lexicon(folder: Path, *lines: str) -> Path:
    file = folder / "my.csv"
    file.write_text("kind,id,text,language,label,date\n" + "\n".join(lines) + "\n", "utf-8")
    return file


def test_own_documents_complete_short_mentions_and_give_labels(tmp_path: Path) -> None:
    own = read_lexicon(
        _lexicon(
            tmp_path,
            "document,4711/QĐ-UBND,zeewier,nl,seaweed farms,2025-03-05",
            "document,4711/QĐ-UBND,rumpai laut,ms,,",
            "document,57-NQ/TW,,,my own title,2024-12-21",
        )
    )
    with using(own):
        (found,) = references("Besluit nr. 4711 gaat over zeewier.", "nl")
        assert (found.canonical_id, found.reference_basis) == ("4711/QĐ-UBND", "register")
        assert found.label == "Decision 4711/QĐ-UBND on seaweed farms"
        (found,) = references("Keputusan No. 4711 tentang rumpai laut.", "ms")
        assert found.canonical_id == "4711/QĐ-UBND"
        assert date_check("4711/QĐ-UBND", "2025-03-06") == "inconsistent"
        # What the user says of a number holds.
        assert date_check("57-NQ/TW", "2024-12-21") == "consistent"
    (found,) = references("Besluit nr. 4711 gaat over zeewier.", "nl")
    assert found.canonical_id == "QĐ:4711"
    assert date_check("4711/QĐ-UBND", "2025-03-06") is None
    assert date_check("57-NQ/TW", "2024-12-21") == "inconsistent"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("document,Resolution 57,,,,", "is no number of a document"),
        ("document,57-nq/tw,,,,", "write 57-NQ/TW"),
        ("document,57-NQ/TW,,,,22/12/2024", "write it as 2024-12-26"),
        ("document,57-NQ/TW,12,,,", "it needs a letter"),
        ("name,school/a,A B,,,2024-12-22", "a name has no date"),
        ("document,57-NQ/TW,a,,one,\ndocument,57-NQ/TW,b,,two,", "keep one of them"),
        ("document,57-NQ/TW,a,xx,,", "no language"),
    ],
)
def test_a_bad_document_says_where_and_what(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message) as said:
        read_lexicon(_lexicon(tmp_path, line))
    assert "my.csv: line " in str(said.value)
